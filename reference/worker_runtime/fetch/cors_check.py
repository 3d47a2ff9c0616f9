"""CORS check: whether a response lets another origin read it.

Fetch Standard, 4.10: https://fetch.spec.whatwg.org/#cors-check
"""

from __future__ import annotations

from .requests import RequestRecord, serializing_a_request_origin
from .responses import ResponseRecord


def cors_check(request: RequestRecord, response: ResponseRecord) -> bool:
    """https://fetch.spec.whatwg.org/#concept-cors-check"""
    origin = response.header_list.get("Access-Control-Allow-Origin")
    if origin is None:
        return False
    if request.credentials_mode != "include" and origin == "*":
        return True
    if serializing_a_request_origin(request) != origin:
        return False
    if request.credentials_mode != "include":
        return True
    return response.header_list.get("Access-Control-Allow-Credentials") == "true"
