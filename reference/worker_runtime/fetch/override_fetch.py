"""Override fetch: where a user agent may step in.

Fetch Standard, 4.2: https://fetch.spec.whatwg.org/#override-fetch
"""

from __future__ import annotations

from typing import Literal

from .http_fetch import http_fetch
from .infrastructure import AnyResponse, FetchParams
from .requests import RequestRecord
from .responses import ResponseRecord
from .scheme_fetch import scheme_fetch


async def override_fetch(
    type: Literal["scheme-fetch", "http-fetch"],
    fetch_params: FetchParams,
    make_cors_preflight: bool = False,
) -> AnyResponse:
    """https://fetch.spec.whatwg.org/#concept-override-fetch"""
    response = potentially_override_response_for_a_request(fetch_params.request)
    if response is not None:
        return response
    if type == "scheme-fetch":
        return await scheme_fetch(fetch_params)
    return await http_fetch(fetch_params, make_cors_preflight)


def potentially_override_response_for_a_request(request: RequestRecord) -> ResponseRecord | None:
    """The standard's own trivial implementation: the network of the client decides what may be
    reached.

    https://fetch.spec.whatwg.org/#potentially-override-response-for-a-request
    """
    return None
