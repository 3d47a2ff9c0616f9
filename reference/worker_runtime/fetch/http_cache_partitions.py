"""HTTP cache partitions: the responses that are kept for the next request, and for whom.

Fetch Standard, 2.8: https://fetch.spec.whatwg.org/#http-cache-partitions

A cache lies in the storage of its host, which several processes may share, beside what scripts
keep in `caches`. Its keys are

    http/response/SITE 0 URL 0 NUMBER       a response without its body; behind the URL may be a space and a Host
    http/use/TIME NUMBER                    of the response that was used then: its bytes, the number of its body, its key
    http/total                              how many responses there are, and how many bytes they take

The bodies lie with those of `caches`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from weakref import WeakSet

from ..host.host import Host
from ..host.storage.backend import StorageBackend, StorageError
from ..html.origins import serialization_of_a_site
from ..http.fields import combined_field_values
from ..http_caching.constructing_responses import chosen_response, matches, nominated_fields
from ..http_caching.field_definitions import cache_directives
from ..http_caching.invalidation import SAFE_METHODS, invalidated_urls, located_url
from ..http_caching.storing_responses import (
    fields_may_be_stored,
    fields_to_store,
    forbids_storing,
    may_be_stored,
    updated_fields,
)
from ..http_caching.validation import is_confirmed_by_head, is_freshened
from ..url.url_representation import URLRecord
from ..url.url_serializing import url_serializer
from .cached_responses import CachedResponse, parse_cached_response, serialize_cached_response
from .headers import HeaderList
from .http_network_fetch import authority
from .network_partition_keys import (
    NetworkPartitionKey,
    determine_the_network_partition_key_of_a_request,
)
from .requests import RequestRecord
from .responses import ResponseRecord
from .statuses import is_null_body_status
from .storage_bottle import bottle_of
from .stored_bodies import NO_BODY, BodyWriter
from .storing_bodies import BodyBeingStored, body_to_read

RESPONSE = b"http/response/"
USE = b"http/use/"
TOTAL = b"http/total"
MOST_BYTES = 64 * 2**20
MOST_RESPONSES = 10_000
MOST_RESPONSES_OF_A_URL = 16  # that Vary tells apart
FRACTION_OF_A_BODY = 8  # a body is no longer than this part of all bytes
SECONDS_OF_A_USE = 1.0  # uses that are no further apart are one


def determine_the_http_cache_partition(request: RequestRecord) -> HTTPCache | None:
    """The cache of the client's host for the request, None if it has none. In the profile "browser"
    every host has one.

    https://fetch.spec.whatwg.org/#determine-the-http-cache-partition
    """
    client = request.reserved_client or request.client
    # The switch comes first: a host that has it off pays for nothing else.
    if client is None or not (client.host.http_cache or client.host.profile == "browser"):
        return None
    key = determine_the_network_partition_key_of_a_request(request)
    assert key is not None
    return client.host.record(HTTPCachePartitions).cache_of(key)


class HTTPCachePartitions:
    """The HTTP caches of a host, by their network partition keys.

    Part of https://fetch.spec.whatwg.org/#http-cache-partitions
    """

    __slots__ = ("_caches", "_host")

    def __init__(self, host: Host) -> None:
        self._host = host
        self._caches: dict[NetworkPartitionKey, HTTPCache] = {}

    def cache_of(self, key: NetworkPartitionKey) -> HTTPCache | None:
        """The cache of a partition, made when it is first asked for; None if storage fails."""
        http_cache = self._caches.get(key)
        if http_cache is None:
            site, is_shared = serialization_of_a_site(key[0]), self._host.profile == "server"
            try:
                http_cache = HTTPCache(self._host.storage, site, is_shared=is_shared)
            except StorageError:
                return None
            self._caches[key] = http_cache
        return http_cache

    def __iter__(self) -> Iterator[HTTPCache]:
        return iter(self._caches.values())


class HTTPCache:
    """A cache of responses. What goes wrong with its storage makes it a cache that has nothing, and
    no fetch fails.

    On a server it is shared: its worker asks for many, and what is private for one of them is not
    stored.

    https://fetch.spec.whatwg.org/#http-cache-partitions
    """

    __slots__ = (
        "_being_stored", "_bottle", "_most_bytes", "_most_responses", "_prefix",
        "being_revalidated", "is_shared", "storage",
    )  # fmt: skip

    def __init__(
        self,
        storage: StorageBackend,
        site: str,
        is_shared: bool,
        most_bytes: int = MOST_BYTES,
        most_responses: int = MOST_RESPONSES,
    ) -> None:
        """StorageError if the storage does not work."""
        self.storage = storage
        self.is_shared = is_shared
        # the keys of responses that are validated while they are used
        self.being_revalidated: set[bytes] = set()
        self._bottle = bottle_of(storage)
        self._being_stored: WeakSet[BodyBeingStored] = WeakSet()
        self._most_bytes = most_bytes
        self._most_responses = most_responses
        self._prefix = RESPONSE + site.encode() + b"\0"

    # ---- finding ---------------------------------------------------------------------------------

    def select(self, request: RequestRecord, includes_credentials: bool) -> CachedResponse | None:
        """The response that is stored for a request, whether or not it has to be validated.

        Part of https://www.rfc-editor.org/rfc/rfc9111#section-4-1
        """
        if request.method not in ("GET", "HEAD") or request.header_list.contains("Range"):
            return None
        with suppress(StorageError):
            responses = list(self._responses_at(key_url_of(request), includes_credentials))
            return chosen_response(responses, values_of(request.header_list)) if responses else None
        return None

    def response(
        self, cached: CachedResponse, now: float, is_validated: bool = False
    ) -> ResponseRecord | None:
        """What answers a request with a stored response; None if another process has removed that
        just now.

        Part of https://www.rfc-editor.org/rfc/rfc9111#section-4-3
        """
        try:
            response = cached.response_with_body(self._bottle, None if is_validated else now)
        except TypeError:
            return None
        with suppress(StorageError):
            self._note_use(cached, now)
        response.cache_state = "validated" if is_validated else "local"
        return response

    def _responses_at(
        self, url: str, includes_credentials: bool | None = None
    ) -> Iterator[CachedResponse]:
        for key, value in self.storage.scan(self._prefix + url.encode() + b"\0"):
            try:
                cached = parse_cached_response(key, value)
            except StorageError:
                self.storage.delete(key)
                continue
            if includes_credentials in (None, cached.includes_credentials):
                yield cached

    def _note_use(self, cached: CachedResponse, now: float) -> None:
        if key_of_use(now - SECONDS_OF_A_USE, cached) <= cached.last_use <= key_of_use(now, cached):
            return
        with self._bottle.transaction():
            value, use = self.storage.get(cached.key), self.storage.get(cached.last_use)
            if value is not None and use is not None:  # else, another process has been here
                current = parse_cached_response(cached.key, value)
                self.storage.delete(current.last_use)
                current.last_use = key_of_use(now, cached)
                self.storage.put(current.last_use, use)
                self.storage.put(current.key, serialize_cached_response(current))

    # ---- storing ---------------------------------------------------------------------------------

    def store(
        self,
        request: RequestRecord,
        includes_credentials: bool,
        response: ResponseRecord,
        request_time: float,
        response_time: float,
    ) -> None:
        """Store a response to a request, if it may be stored, as soon as its body has been read to
        its end.

        https://www.rfc-editor.org/rfc/rfc9111#section-3
        """
        request_values, values = values_of(request.header_list), values_of(response.header_list)
        content_location = located_url(values, "content-location", request.current_url)
        content_location_is_target = content_location is not None and url_serializer(
            content_location, exclude_fragment=True
        ) == url_serializer(request.current_url, exclude_fragment=True)
        if not may_be_stored(
            request.method,
            request_values,
            response.status,
            values,
            self.is_shared,
            content_location_is_target,
        ):
            return
        cached = CachedResponse(
            status=response.status, reason=response.status_message,
            fields=fields_to_store([(name.lower(), value) for name, value in response.header_list]),
            nominated=nominated_fields(values.get("vary", ""), request_values),
            request_time=request_time, response_time=response_time,
            key=self._prefix + key_url_of(request).encode() + b"\0",
            includes_credentials=includes_credentials, body_number=NO_BODY, length=None, last_use=b"",
        )  # fmt: skip
        has_body = response.body is not None and not is_null_body_status(response.status)
        being_stored = BodyBeingStored(
            self._bottle, key_url_of(request), self._most_bytes // FRACTION_OF_A_BODY,
            partial(self._add, cached, request_values, has_body),
        )  # fmt: skip
        if response.body is None or not has_body:
            being_stored.finish()
        else:
            self._being_stored.add(being_stored)
            response.body = body_to_read(response.body, being_stored)

    def _add(
        self,
        cached: CachedResponse,
        request_values: dict[str, str],
        has_body: bool,
        body: BodyWriter,
    ) -> None:
        with self._bottle.transaction():
            url = cached.key.removeprefix(self._prefix)[:-1].decode()
            others = list(self._responses_at(url, cached.includes_credentials))
            replaced = [other for other in others if matches(other, request_values)]
            if any(other.response_time > cached.response_time for other in replaced):
                return
            for other in replaced:
                self._remove(other.last_use)
            rest = [other for other in others if other not in replaced]
            for other in rest[: max(0, len(rest) + 1 - MOST_RESPONSES_OF_A_URL)]:
                self._remove(other.last_use)
            if has_body:
                cached.body_number, cached.length = body.finish(), body.length
            cached.key += self._bottle.next_number()
            cached.last_use = key_of_use(cached.response_time, cached)
            value = serialize_cached_response(cached)
            size = len(cached.key) + len(value) + (cached.length or 0)
            self.storage.put(cached.key, value)
            self.storage.put(cached.last_use, b"%d %b %b" % (size, cached.body_number, cached.key))
            self._make_room(*self._add_to_total(1, size))

    def _make_room(self, count: int, size: int) -> None:
        """What was not used for the longest time goes first."""
        while count > self._most_responses or size > self._most_bytes:
            uses = self.storage.scan(USE, limit=1)
            if not uses:
                raise StorageError(f"The storage is damaged: {TOTAL!r} is more than there is")
            count, size = self._remove(uses[0][0])

    def _remove(self, last_use: bytes) -> tuple[int, int]:
        """Remove a response; who has begun to read its body can go on. Returns the total. Call it
        within a transaction.
        """
        use = self.storage.get(last_use)
        if use is None:
            return self._add_to_total(0, 0)
        self.storage.delete(last_use)
        try:
            size, body_number, key = use.split(b" ", 2)
            freed = int(size)
        except ValueError:
            raise StorageError(f"The storage is damaged: {last_use!r} is {use[:40]!r}") from None
        self.storage.delete(key)
        self._bottle.drop(body_number)
        return self._add_to_total(-1, -freed)

    def _add_to_total(self, count: int, size: int) -> tuple[int, int]:
        total = self.storage.get(TOTAL) or b"0 0"
        try:
            old_count, old_size = map(int, total.split())
        except ValueError:
            raise StorageError(f"The storage is damaged: {TOTAL!r} is {total[:40]!r}") from None
        self.storage.put(TOTAL, b"%d %d" % (old_count + count, old_size + size))
        return old_count + count, old_size + size

    def remove(self, cached: CachedResponse) -> None:
        """Forget a response, which is not what the server has.

        Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.3.4-4
        """
        with suppress(StorageError), self._bottle.transaction():
            self._remove(cached.last_use)

    # ---- changing --------------------------------------------------------------------------------

    def freshen(
        self,
        cached: CachedResponse,
        request: RequestRecord,
        response: ResponseRecord,
        request_time: float,
        response_time: float,
    ) -> ResponseRecord | None:
        """Update what a 304 is about, the response that was asked for and others. Returns the
        former, with the fields of the 304; None if it is about others only, or just gone.

        Who has asked gets all of those fields; what is stored gets them if they may be stored.

        Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.3.4-2
        """
        values, request_values = values_of(response.header_list), values_of(request.header_list)
        if not is_freshened(cached, values, is_validated=True):
            return None
        update(cached, response, request_time, response_time)
        validated_response = self.response(cached, response_time, is_validated=True)
        with suppress(StorageError), self._bottle.transaction():
            for other in self._responses_at(key_url_of(request), cached.includes_credentials):
                is_validated = other.key == cached.key
                if (is_validated or matches(other, request_values)) and is_freshened(
                    other, values, is_validated
                ):
                    self._update(other, request_values, response, request_time, response_time)
        return validated_response

    def apply_head(
        self,
        request: RequestRecord,
        includes_credentials: bool,
        response: ResponseRecord,
        request_time: float,
        response_time: float,
    ) -> None:
        """What a response to HEAD says of those that are stored for GET: it updates or removes
        them.

        Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.3.5-2
        """
        values, request_values = values_of(response.header_list), values_of(request.header_list)
        with suppress(StorageError), self._bottle.transaction():
            for cached in self._responses_at(key_url_of(request), includes_credentials):
                if matches(cached, request_values):
                    if is_confirmed_by_head(cached, values):
                        self._update(cached, request_values, response, request_time, response_time)
                    else:
                        self._remove(cached.last_use)

    def _update(
        self,
        cached: CachedResponse,
        request_values: dict[str, str],
        response: ResponseRecord,
        request_time: float,
        response_time: float,
    ) -> None:
        """Store the fields of a newer response in an older one. If the newer one forbids that, the
        older one goes; if they are for one user alone, it stays as it is, to be validated again.
        """
        values = values_of(response.header_list)
        if fields_may_be_stored(request_values, cached.status, values, self.is_shared):
            update(cached, response, request_time, response_time)
            self.storage.put(cached.key, serialize_cached_response(cached))
        elif forbids_storing(
            cached.status, cache_directives(values.get("cache-control")), self.is_shared
        ):
            self._remove(cached.last_use)

    def invalidate(self, request: RequestRecord, response: ResponseRecord) -> None:
        """Remove what a request has made outdated, and do without what is being stored of it.

        Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.4-1
        """
        if request.method in SAFE_METHODS:
            return
        urls = invalidated_urls(
            request.method, request.current_url, response.status, values_of(response.header_list)
        )
        for key_url in {key_url_of(request, url) for url in urls}:
            for being_stored in [
                being_stored for being_stored in self._being_stored if being_stored.url == key_url
            ]:
                being_stored.discard()
            with suppress(StorageError), self._bottle.transaction():
                for cached in self._responses_at(key_url):
                    self._remove(cached.last_use)


def update(
    cached: CachedResponse, response: ResponseRecord, request_time: float, response_time: float
) -> None:
    """Let a stored response be as new as a response that has said it is still good.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.3.4-5
    """
    cached.fields = updated_fields(
        cached.fields, [(name.lower(), value) for name, value in response.header_list]
    )
    cached.request_time, cached.response_time = request_time, response_time
    for derived in ("values", "directives", "date"):
        cached.__dict__.pop(derived, None)


def key_url_of(request: RequestRecord, url: URLRecord | None = None) -> str:
    """What a response to the request is stored under: its URL, or another one of the same origin,
    and behind a space its Host, if that names another authority. The server may answer that with
    anything, and whoever asks without it must not get it.

    Part of https://www.rfc-editor.org/rfc/rfc9110#section-7.1
    """
    url = url or request.current_url
    key_url = url_serializer(url, exclude_fragment=True)
    host = request.header_list.get("Host")
    return key_url if host is None or host == authority(url) else f"{key_url} {host}"


def values_of(header_list: HeaderList) -> dict[str, str]:
    """The value of each header by its name in lower case.

    Part of https://www.rfc-editor.org/rfc/rfc9110#section-5.2
    """
    return combined_field_values([(name.lower(), value) for name, value in header_list])


def key_of_use(time: float, cached: CachedResponse) -> bytes:
    """Such keys have the order of their times; of one time, that in which the responses were
    stored.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-2-2
    """
    return b"%b%015x%b" % (USE, int(max(0.0, time) * 1000), cached.key[-16:])
