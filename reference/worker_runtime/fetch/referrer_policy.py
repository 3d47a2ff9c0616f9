"""Referrer policy: how much a request tells of the page that it comes from.

Referrer Policy, 8: https://w3c.github.io/webappsec-referrer-policy/#algorithms
"""

from __future__ import annotations

from typing import Literal, cast

from ..html.origins import same_origin
from ..html.settings_objects import current_settings_object
from ..url.url_representation import URLRecord
from ..url.url_serializing import origin, url_serializer
from .mixed_content import is_url_potentially_trustworthy
from .request_class import ENUMERATIONS
from .requests import ReferrerPolicy, RequestRecord
from .responses import ResponseRecord
from .url import is_local

# https://w3c.github.io/webappsec-referrer-policy/#default-referrer-policy
DEFAULT_REFERRER_POLICY: ReferrerPolicy = "strict-origin-when-cross-origin"
LONGEST_REFERRER = 4096


def set_requests_referrer_policy_on_redirect(
    request: RequestRecord, actual_response: ResponseRecord
) -> None:
    """https://w3c.github.io/webappsec-referrer-policy/#set-requests-referrer-policy-on-redirect"""
    tokens = actual_response.header_list.get_decode_and_split("Referrer-Policy") or []
    for token in map(str.lower, tokens):  # the last one that is known counts
        if token and token in ENUMERATIONS["referrerPolicy"]:
            request.referrer_policy = cast(ReferrerPolicy, token)


def determine_requests_referrer(request: RequestRecord) -> URLRecord | Literal["no-referrer"]:
    """https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer"""
    policy = request.referrer_policy
    client = request.client or current_settings_object()
    if not isinstance(request.referrer, str):
        referrer_source = request.referrer
    elif client.api_base_url is None or current_settings_object().host.profile == "server":
        # DEVIATION: in the profile "server" a worker is not a page that one comes from.
        return "no-referrer"
    else:
        referrer_source = client.api_base_url
    referrer_url = strip_url_for_use_as_a_referrer(referrer_source)
    if referrer_url == "no-referrer":
        return "no-referrer"
    referrer_origin = strip_url_for_use_as_a_referrer(referrer_source, origin_only_flag=True)
    if len(url_serializer(referrer_url)) > LONGEST_REFERRER:
        referrer_url = referrer_origin
    url = request.current_url
    is_same_origin = same_origin(origin(referrer_source), origin(url))
    is_downgrade = is_url_potentially_trustworthy(
        referrer_source
    ) and not is_url_potentially_trustworthy(url)
    match policy:
        case "no-referrer":
            return "no-referrer"
        case "origin":
            return referrer_origin
        case "unsafe-url":
            return referrer_url
        case "strict-origin":
            return "no-referrer" if is_downgrade else referrer_origin
        case "same-origin":
            return referrer_url if is_same_origin else "no-referrer"
        case "origin-when-cross-origin":
            return referrer_url if is_same_origin else referrer_origin
        case "no-referrer-when-downgrade":
            return "no-referrer" if is_downgrade else referrer_url
        case _:
            if is_same_origin:
                return referrer_url
            return "no-referrer" if is_downgrade else referrer_origin


def strip_url_for_use_as_a_referrer(
    url: URLRecord, origin_only_flag: bool = False
) -> URLRecord | Literal["no-referrer"]:
    """https://w3c.github.io/webappsec-referrer-policy/#strip-url"""
    if is_local(url):
        return "no-referrer"
    path: list[str] | str = [""] if origin_only_flag else url.path
    return URLRecord(url.scheme, url.host, url.port, path, None if origin_only_flag else url.query)
