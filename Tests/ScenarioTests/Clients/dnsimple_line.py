#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One call of DNSimple's tutorial, by DNSimple's own client for Python.

    dnsimple_line.py BASE_URL TOKEN METHOD [ARGUMENT...]

METHOD is as the tutorial's adapter calls it. Prints what is answered in JSON.
"""
import json
import sys

import dnsimple
from dnsimple.struct import LetsencryptCertificateInput

base, token, method, *arguments = sys.argv[1:]
client = dnsimple.Client(base_url=base, access_token=token)
certificates = client.certificates
calls = {
    "all_webhooks": client.webhooks.list_webhooks,
    "purchase_letsencrypt_certificate": lambda account, domain, name:
        certificates.purchase_letsencrypt_certificate(account, domain, LetsencryptCertificateInput(name=name)),
    "issue_letsencrypt_certificate": certificates.issue_letsencrypt_certificate,
    "download_certificate": certificates.download_certificate,
    "certificate_private_key": certificates.get_certificate_private_key,
}
print(json.dumps(calls[method](*arguments).data, default=vars))
