"""`Cross-Origin-Resource-Policy` header: who may embed a response without reading it.

Fetch Standard, 3.7: https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header
"""

from __future__ import annotations

from ..html.origins import same_origin, schemelessly_same_site
from ..url.origins import Origin, TupleOrigin
from ..url.url_serializing import origin as origin_of
from .http_extensions import Verdict
from .requests import RequestRecord
from .responses import ResponseRecord


def cross_origin_resource_policy_check(request: RequestRecord, response: ResponseRecord) -> Verdict:
    """A worker has no embedder policy: that is "unsafe-none".

    https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check
    """
    assert request.origin != "client"
    return cross_origin_resource_policy_internal_check(request.origin, response)


def cross_origin_resource_policy_internal_check(
    origin: Origin, response: ResponseRecord
) -> Verdict:
    """https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check"""
    assert response.url is not None
    response_origin = origin_of(response.url)
    match response.header_list.get("Cross-Origin-Resource-Policy"):
        case "same-origin":
            return "allowed" if same_origin(origin, response_origin) else "blocked"
        case "same-site":
            is_secure = isinstance(origin, TupleOrigin) and origin.scheme == "https"
            is_same_site = schemelessly_same_site(origin, response_origin) and (
                is_secure or response.url.scheme != "https"
            )
            return "allowed" if is_same_site else "blocked"
    return "allowed"
