"""TAO check: whether a response lets another origin measure it.

Fetch Standard, 4.11: https://fetch.spec.whatwg.org/#tao-check
"""

from __future__ import annotations

from .requests import RequestRecord, serializing_a_request_origin
from .responses import ResponseRecord


def tao_check(request: RequestRecord, response: ResponseRecord) -> bool:
    """https://fetch.spec.whatwg.org/#concept-tao-check"""
    assert request.origin != "client"
    if request.timing_allow_failed:
        return False
    values = response.header_list.get_decode_and_split("Timing-Allow-Origin") or []
    if "*" in values or serializing_a_request_origin(request) in values:
        return True
    return request.response_tainting == "basic"
