"""Methods: what a request may ask for.

Fetch Standard, 2.2.1: https://fetch.spec.whatwg.org/#methods
"""

from __future__ import annotations

import re

# https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2. In this room patterns are compiled by `re`
# when they are first used.
TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"


def is_method(value: str) -> bool:
    """https://fetch.spec.whatwg.org/#concept-method"""
    return re.fullmatch(TOKEN, value) is not None


def is_cors_safelisted_method(method: str) -> bool:
    """https://fetch.spec.whatwg.org/#cors-safelisted-method"""
    return method in ("GET", "HEAD", "POST")


def is_forbidden_method(method: str) -> bool:
    """https://fetch.spec.whatwg.org/#forbidden-method"""
    return method.upper() in ("CONNECT", "TRACE", "TRACK")


def normalize(method: str) -> str:
    """The six well-known methods in upper case; every other is as it is, so `patch` is not `PATCH`.

    https://fetch.spec.whatwg.org/#concept-method-normalize
    """
    upper = method.upper()
    return upper if upper in ("DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT") else method
