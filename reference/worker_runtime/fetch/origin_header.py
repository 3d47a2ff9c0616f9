"""`Origin` header: where a fetch comes from.

Fetch Standard, 3.2: https://fetch.spec.whatwg.org/#origin-header
"""

from __future__ import annotations

from ..html.origins import same_origin
from ..url.origins import TupleOrigin
from ..url.url_serializing import origin
from .requests import RequestRecord, serializing_a_request_origin


def append_a_request_origin_header(request: RequestRecord) -> None:
    """https://fetch.spec.whatwg.org/#append-a-request-origin-header"""
    assert request.origin != "client"
    serialized_origin = serializing_a_request_origin(request)
    if request.response_tainting == "cors" or request.mode in ("websocket", "webtransport"):
        request.header_list.append("Origin", serialized_origin)
    elif request.method not in ("GET", "HEAD"):
        if request.mode != "cors":
            match request.referrer_policy:
                case "no-referrer":
                    serialized_origin = "null"
                case (
                    "no-referrer-when-downgrade"
                    | "strict-origin"
                    | "strict-origin-when-cross-origin"
                ):
                    is_secure = (
                        isinstance(request.origin, TupleOrigin) and request.origin.scheme == "https"
                    )
                    if is_secure and request.current_url.scheme != "https":
                        serialized_origin = "null"
                case "same-origin" if not same_origin(request.origin, origin(request.current_url)):
                    serialized_origin = "null"
        request.header_list.append("Origin", serialized_origin)
