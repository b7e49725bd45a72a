#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""DNSimple's own client against the management API: what its tutorial on certificates does, and a renewal.

    dnsimple_calls.py BASE_URL TOKEN TOKEN_FOR_KEYS DOMAIN HOOK_URL

Prints a report in JSON.
"""
import json
import sys
import time

import dnsimple
from dnsimple.struct import LetsencryptCertificateInput, Webhook

base, token, keys_token, domain, hook = sys.argv[1:]
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


def issued(number):
    limit = time.monotonic() + 30
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

order = certificates.purchase_letsencrypt_certificate(
    account, domain, LetsencryptCertificateInput(name="www", alternate_names=["api." + domain], auto_renew=True)).data
report["order"] = fields(order)
report["not_issued"] = declined(
    certificates.download_certificate, account, domain, order.certificate_id)
report["begun"] = fields(
    certificates.issue_letsencrypt_certificate(account, domain, order.certificate_id).data)
certificate = issued(order.certificate_id)
report["certificate"] = fields(certificate)

# The tutorial's handler asks by the numbers that the webhook tells.
bundle = certificates.download_certificate(
    account, certificate.domain_id, certificate.id).data
report["server"], report["chain"], report["root"] = bundle.server, bundle.chain, bundle.root
report["no_key"] = declined(
    certificates.get_certificate_private_key, account, certificate.domain_id, certificate.id)
report["key"] = trusted.certificates.get_certificate_private_key(
    account, certificate.domain_id, certificate.id).data.private_key

renewal = certificates.purchase_letsencrypt_certificate_renewal(account, domain, certificate.id).data
report["renewal"] = fields(renewal)
report["renewal_begun"] = fields(certificates.issue_letsencrypt_certificate_renewal(
    account, domain, certificate.id, renewal.id).data)
renewed = issued(renewal.new_certificate_id)
report["renewed"] = fields(renewed)
report["renewed_server"] = certificates.download_certificate(account, domain, renewed.id).data.server
listed = certificates.list_certificates(account, domain)
report["listed"] = [entry.id for entry in listed.data]
report["entries"] = listed.pagination.total_entries
print(json.dumps(report))
