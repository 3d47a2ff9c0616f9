"""CORS-preflight cache: what servers have said they allow.

Fetch Standard, 4.9: https://fetch.spec.whatwg.org/#cors-preflight-cache
"""

from __future__ import annotations

from typing import NamedTuple

from ..host.host import Host
from ..html.settings_objects import current_settings_object
from ..url.url_serializing import url_serializer
from .headers import is_cors_non_wildcard_request_header_name
from .network_partition_keys import (
    NetworkPartitionKey,
    determine_the_network_partition_key_of_a_request,
)
from .requests import RequestRecord, serializing_a_request_origin

MOST_ENTRIES = 1000
LONGEST_MAX_AGE = 7200  # seconds


class CacheEntryKey(NamedTuple):
    """Whom an entry is about: `method` or `header_name` is None.

    Part of https://fetch.spec.whatwg.org/#cache-entry
    """

    key: NetworkPartitionKey | None
    byte_serialized_origin: str
    url: str
    credentials: bool
    method: str | None
    header_name: str | None


class CORSPreflightCache:
    """What servers have said they allow to the scopes of a host. `entries` are the moments, on the
    monotonic clock, until which each entry is good.

    https://fetch.spec.whatwg.org/#concept-cache
    """

    __slots__ = ("clock", "entries")

    def __init__(self, host: Host) -> None:
        self.clock = host.clock
        self.entries: dict[CacheEntryKey, float] = {}


def create_a_new_cache_entry(
    request: RequestRecord, max_age: float, method: str | None, header_name: str | None
) -> None:
    """An entry that is there gets the new age.

    https://fetch.spec.whatwg.org/#concept-cache-create-entry
    """
    cache = _cache_for(request)
    key = _key(request, request.credentials_mode == "include", method, header_name)
    cache.entries.pop(key, None)
    cache.entries[key] = cache.clock.monotonic() + min(max_age, LONGEST_MAX_AGE)
    if len(cache.entries) > MOST_ENTRIES:
        del cache.entries[next(iter(cache.entries))]


def clear_cache_entries(request: RequestRecord) -> None:
    """https://fetch.spec.whatwg.org/#concept-cache-clear"""
    entries = _cache_for(request).entries
    cleared = _key(request, False, None, None)[:3]
    for key in [key for key in entries if key[:3] == cleared]:
        del entries[key]


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
    """Part of https://fetch.spec.whatwg.org/#concept-cache-match"""
    cache = _cache_for(request)
    now = cache.clock.monotonic()
    credentials = (True,) if request.credentials_mode == "include" else (True, False)
    return any(
        cache.entries.get(_key(request, include, method, header_name), 0) > now
        for include in credentials
    )


def _cache_for(request: RequestRecord) -> CORSPreflightCache:
    return (request.client or current_settings_object()).host.record(CORSPreflightCache)


def _key(
    request: RequestRecord, credentials: bool, method: str | None, header_name: str | None
) -> CacheEntryKey:
    return CacheEntryKey(
        determine_the_network_partition_key_of_a_request(request),
        serializing_a_request_origin(request),
        url_serializer(request.current_url),
        credentials,
        method,
        header_name,
    )
