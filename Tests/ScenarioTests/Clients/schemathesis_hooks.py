# SPDX-License-Identifier: Apache-2.0
"""What an OpenAPI description cannot say of requests that follow one another."""
import itertools
import re

import schemathesis

keys = itertools.count(1)


@schemathesis.hook
def before_call(context, case, kwargs):
    # A key stands for one request: with the same text in each, all but the first would be refused.
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and re.fullmatch("[!-~]{1,255}", key):
        case.headers["Idempotency-Key"] = f"key-{next(keys)}"
    # A long poll has other tests.
    wait = (case.query or {}).get("wait")
    if re.fullmatch("1?[0-9]|20", str(wait)):
        case.query["wait"] = 0
