#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""DNSimple's own client against the management API: what its tutorial on certificates does, a renewal, a wildcard,
an order with the other key, and orders that fail.

    dnsimple_calls.py BASE_URL TOKEN TOKEN_FOR_KEYS DOMAIN HOOK_URL DNS_PORT ORDERS

DNS_PORT: where pebble-challtestsrv is told what names are. ORDERS: the file by which relay.py has the CA refuse the last
order. `nowhere.DOMAIN` does not exist. Prints a report in JSON.
"""
import json
import re
import sys
import time
import urllib.request

import dnsimple
from dnsimple.struct import LetsencryptCertificateInput, Webhook

base, token, keys_token, domain, hook, dns_port, orders = sys.argv[1:]
client = dnsimple.Client(base_url=base, access_token=token)
trusted = dnsimple.Client(base_url=base, access_token=keys_token)
certificates = client.certificates
report = {}


def fields(struct):
    names = ("id", "domain_id", "name", "common_name", "csr", "state", "auto_renew", "alternate_names",
             "expires_on", "certificate_id", "old_certificate_id", "new_certificate_id")
    return {name: getattr(struct, name, None) for name in names}


def declined(call, *arguments):
    try:
        call(*arguments)
    except Exception as error:  # what the client makes of an error is what is of interest
        response = getattr(error, "response", None)
        return {"message": getattr(error, "message", None) or str(error),
                "status": getattr(response, "status_code", None)}
    return None


def purchased(**terms):
    return certificates.purchase_letsencrypt_certificate(account, domain, LetsencryptCertificateInput(**terms)).data


def issue(number):
    return certificates.issue_letsencrypt_certificate(account, domain, number).data


def download(number):
    return certificates.download_certificate(account, domain, number).data.server


def renewed_order(number):
    """Orders a renewal of a certificate that was issued: it may be on its way into service for a moment."""
    limit = time.monotonic() + 120
    while True:
        try:
            return certificates.purchase_letsencrypt_certificate_renewal(account, domain, number).data
        except dnsimple.DNSimpleException as error:
            if "is not done" not in str(error) or time.monotonic() > limit:
                raise
        time.sleep(0.05)


def make_record(message):
    """Makes the CNAME that an error asks for."""
    host, target = re.search(r"needs a CNAME (\S+) -> (\S+)", message).groups()
    body = json.dumps({"host": host, "target": target}).encode()
    urllib.request.urlopen(f"http://127.0.0.1:{dns_port}/set-cname", body)


def ended(number):
    limit = time.monotonic() + 120
    while time.monotonic() < limit:
        certificate = certificates.get_certificate(account, domain, number).data
        if certificate.state not in ("new", "requesting"):
            return certificate
        time.sleep(0.05)
    raise SystemExit(f"certificate {number} is still {certificate.state}")


answer = client.identity.whoami()
account = answer.data.account.id
report["account"] = account
report["rate_limit"] = answer.rate_limit
report["unknown"] = declined(certificates.list_certificates, account, "unknown.test")
client.webhooks.create_webhook(account, Webhook.new(hook))
report["webhooks"] = [webhook.url for webhook in client.webhooks.list_webhooks(account).data]

order = purchased(name="www", alternate_names=["api." + domain], auto_renew=True)
report["order"] = fields(order)
report["not_issued"] = declined(
    certificates.download_certificate, account, domain, order.certificate_id)
report["begun"] = fields(issue(order.certificate_id))
certificate = ended(order.certificate_id)
report["certificate"] = fields(certificate)

# The tutorial's handler asks by the numbers that the webhook tells.
bundle = certificates.download_certificate(
    account, certificate.domain_id, certificate.id).data
report["server"], report["chain"], report["root"] = bundle.server, bundle.chain, bundle.root
report["no_key"] = declined(
    certificates.get_certificate_private_key, account, certificate.domain_id, certificate.id)
report["key"] = trusted.certificates.get_certificate_private_key(
    account, certificate.domain_id, certificate.id).data.private_key

renewal = renewed_order(certificate.id)
report["renewal"] = fields(renewal)
report["renewal_begun"] = fields(certificates.issue_letsencrypt_certificate_renewal(
    account, domain, certificate.id, renewal.id).data)
renewed = ended(renewal.new_certificate_id)
report["renewed"] = fields(renewed)
report["renewed_server"] = download(renewed.id)
listed = certificates.list_certificates(account, domain)
report["listed"] = [entry.id for entry in listed.data]
report["entries"] = listed.pagination.total_entries

# The client leaves out what is false.
other = purchased(name="rsa", signature_algorithm="RSA", auto_renew=False)
issue(other.certificate_id)
report["rsa"] = fields(ended(other.certificate_id))
report["rsa_server"] = download(other.certificate_id)

report["undelegated"] = declined(lambda: purchased(name="*"))
make_record(report["undelegated"]["message"])
wildcard = purchased(name="*")
issue(wildcard.certificate_id)
report["wildcard"] = fields(ended(wildcard.certificate_id))
report["wildcard_server"] = download(wildcard.certificate_id)

report["unrouted"] = declined(issue, purchased(name="nowhere").certificate_id)
refused = purchased(name="refused")
with open(orders, "w") as file:
    print("refused /order-plz", file=file)
issue(refused.certificate_id)
report["refused"] = fields(ended(refused.certificate_id))
report["refused_download"] = declined(
    certificates.download_certificate, account, domain, refused.certificate_id)
report["states"] = {entry.common_name: entry.state
                    for entry in certificates.list_certificates(account, domain, per_page=100).data}
report["domains"] = [entry.name for entry in client.domains.list_domains(account).data]
print(json.dumps(report))
