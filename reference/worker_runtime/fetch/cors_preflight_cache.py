"""CORS-preflight cache: what servers have said they allow.

Fetch Standard, 4.9: https://fetch.spec.whatwg.org/#cors-preflight-cache
"""

from __future__ import annotations

from typing import NamedTuple

from ..html.settings_objects import current_settings_object
from ..url.url_serializing import url_serializer
from .headers import is_cors_non_wildcard_request_header_name
from .requests import RequestRecord, serializing_a_request_origin

MOST_ENTRIES = 1000
LONGEST_MAX_AGE = 7200  # seconds


class CacheEntryKey(NamedTuple):
    """Whom an entry is about: `method` or `header_name` is None.

    https://fetch.spec.whatwg.org/#cache-entry
    """

    byte_serialized_origin: str
    url: str
    credentials: bool
    method: str | None
    header_name: str | None


# The moment, on the monotonic clock, until which each entry is good; the process has one such
# cache.
# https://fetch.spec.whatwg.org/#concept-cache
_cache: dict[CacheEntryKey, float] = {}


def create_a_new_cache_entry(
    request: RequestRecord, max_age: float, method: str | None, header_name: str | None
) -> None:
    """An entry that is there gets the new age.

    https://fetch.spec.whatwg.org/#concept-cache-create-entry
    """
    key = _key(request, request.credentials_mode == "include", method, header_name)
    _cache.pop(key, None)
    _cache[key] = current_settings_object().host.clock.monotonic() + min(max_age, LONGEST_MAX_AGE)
    if len(_cache) > MOST_ENTRIES:
        del _cache[next(iter(_cache))]


def clear_cache_entries(request: RequestRecord) -> None:
    """https://fetch.spec.whatwg.org/#concept-cache-clear"""
    origin, url = serializing_a_request_origin(request), url_serializer(request.current_url)
    for key in [key for key in _cache if key.byte_serialized_origin == origin and key.url == url]:
        del _cache[key]


def method_cache_entry_match(method: str, request: RequestRecord) -> bool:
    """https://fetch.spec.whatwg.org/#concept-cache-match-method"""
    return _has_entry(request, method, None) or _has_entry(request, "*", None)


def header_name_cache_entry_match(header_name: str, request: RequestRecord) -> bool:
    """https://fetch.spec.whatwg.org/#concept-cache-match-header"""
    if _has_entry(request, None, header_name.lower()):
        return True
    return not is_cors_non_wildcard_request_header_name(header_name) and _has_entry(
        request, None, "*"
    )


def _has_entry(request: RequestRecord, method: str | None, header_name: str | None) -> bool:
    """https://fetch.spec.whatwg.org/#concept-cache-match"""
    now = current_settings_object().host.clock.monotonic()
    credentials = (True,) if request.credentials_mode == "include" else (True, False)
    return any(
        _cache.get(_key(request, include, method, header_name), 0) > now for include in credentials
    )


def _key(
    request: RequestRecord, credentials: bool, method: str | None, header_name: str | None
) -> CacheEntryKey:
    origin = serializing_a_request_origin(request)
    return CacheEntryKey(
        origin, url_serializer(request.current_url), credentials, method, header_name
    )
