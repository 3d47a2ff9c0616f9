"""HTTP cache partitions: the responses that are kept for the next request, and for whom.

Fetch Standard, 2.8: https://fetch.spec.whatwg.org/#http-cache-partitions

A cache lies in a bottle of its host, which several processes may share. The keys within it are
those of large values, and

    response/SITE 0 URL 0 NUMBER    a response without its body; behind the URL may be a space and a
                                    Host
    use/TIME NUMBER                 of the response that was used then: its bytes, the number of its
                                    body, its key
    total                           how many responses there are, and how many bytes they take
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from weakref import WeakSet

from ..host.host import Host
from ..host.storage.backend import StorageError
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
from ..storage.large_values import NO_BODY, LargeValues, ValueWriter
from ..storage.storage_bottles import Entries, StorageProxyMap
from ..storage.storage_sheds import StorageShed
from ..url.url_representation import URLRecord
from ..url.url_serializing import url_serializer
from ..webidl.promises import Promise, a_promise_resolved_with, mark_as_handled, react
from .bodies_from_storage import BytesOrStored, stored_bytes
from .bodies_into_storage import BodyBeingStored, body_to_read
from .headers import HeaderList
from .http_cache_responses import (
    CachedResponse,
    parse_cached_response,
    serialize_cached_response,
)
from .http_network_fetch import authority
from .network_partition_keys import (
    NetworkPartitionKey,
    determine_the_network_partition_key_of_a_request,
)
from .requests import RequestRecord
from .responses import ResponseRecord
from .statuses import is_null_body_status

PREFIX = b"http-cache/"  # of its bottle
PREFIX_OF_VERSION_1 = b"http/"
BODY_OF_VERSION_1 = b"cache/body/"
RESPONSE = b"response/"
USE = b"use/"
TOTAL = b"total"
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

    __slots__ = ("_caches", "_is_shared", "_values")

    def __init__(self, host: Host) -> None:
        shed = host.record(StorageShed)
        self._caches: dict[NetworkPartitionKey, HTTPCache] = {}
        self._is_shared = host.profile == "server"
        self._values = shed.bottle_of_the_host(PREFIX).record(LargeValues)
        all_entries = StorageProxyMap(shed.bottle_of_the_host(b""))
        react(all_entries.read(has_version_1), partial(remove_version_1_from, all_entries), ignore)

    def cache_of(self, key: NetworkPartitionKey) -> HTTPCache:
        """The cache of a partition, made when it is first asked for."""
        http_cache = self._caches.get(key)
        if http_cache is None:
            site = serialization_of_a_site(key[0])
            http_cache = self._caches[key] = HTTPCache(self._values, site, self._is_shared)
        return http_cache

    def __iter__(self) -> Iterator[HTTPCache]:
        return iter(self._caches.values())


def has_version_1(entries: Entries) -> bool:
    """Whether an earlier version has stored responses, where the bodies lay with those of `caches`.

    Part of https://fetch.spec.whatwg.org/#http-cache-partitions
    """
    return bool(entries.scan(PREFIX_OF_VERSION_1, limit=1))


def remove_version_1_from(all_entries: StorageProxyMap, has_version_1: bool) -> None:
    """A cache may forget: what an earlier version has stored goes, with its bodies.

    Part of https://fetch.spec.whatwg.org/#http-cache-partitions
    """

    def remove(entries: Entries) -> None:
        for _, use in entries.scan(PREFIX_OF_VERSION_1 + USE):
            _, number, _ = use.split(b" ", 2)
            if number != NO_BODY:
                entries.delete_prefix(BODY_OF_VERSION_1 + number + b"/")
        entries.delete_prefix(PREFIX_OF_VERSION_1)

    if has_version_1:
        mark_as_handled(all_entries.write(remove, takes_long=True))


def ignore(_: object) -> None:
    """Part of https://fetch.spec.whatwg.org/#http-cache-partitions"""


class HTTPCache:
    """A cache of responses. What goes wrong with its storage makes it a cache that has nothing, and
    no fetch fails.

    On a server it is shared: its worker asks for many, and what is private for one of them is not
    stored.

    https://fetch.spec.whatwg.org/#http-cache-partitions
    """

    __slots__ = (
        "_being_stored", "_most_bytes", "_most_responses", "_prefix", "_values",
        "being_revalidated", "is_shared",
    )  # fmt: skip

    def __init__(
        self,
        values: LargeValues,
        site: str,
        is_shared: bool,
        most_bytes: int = MOST_BYTES,
        most_responses: int = MOST_RESPONSES,
    ) -> None:
        self.is_shared = is_shared
        # the keys of responses that are validated while they are used
        self.being_revalidated: set[bytes] = set()
        self._being_stored: WeakSet[BodyBeingStored] = WeakSet()
        self._most_bytes = most_bytes
        self._most_responses = most_responses
        self._prefix = RESPONSE + site.encode() + b"\0"
        self._values = values

    def _write(self, steps: Callable[[Entries], object]) -> None:
        """What comes of it is of no interest; what is asked for later, is asked for afterwards."""
        mark_as_handled(self._values.write(steps))

    # ---- finding ---------------------------------------------------------------------------------

    def select(
        self, request: RequestRecord, includes_credentials: bool
    ) -> Promise[CachedResponse | None]:
        """A promise of the response that is stored for a request, whether or not it has to be
        validated.

        Part of https://www.rfc-editor.org/rfc/rfc9111#section-4-1
        """
        if request.method not in ("GET", "HEAD") or request.header_list.contains("Range"):
            return a_promise_resolved_with(None)
        key_url, values = key_url_of(request), values_of(request.header_list)

        def select(entries: Entries) -> CachedResponse | None:
            found = self._responses_at(entries, key_url, includes_credentials, may_write=False)
            responses = list(found)
            return chosen_response(responses, values) if responses else None

        return react(self._values.read(select), None, ignore)

    def response(
        self, cached: CachedResponse, now: float, is_validated: bool = False
    ) -> Promise[ResponseRecord | None]:
        """A promise of what answers a request with a stored response; None if another process has
        removed that just now.

        Part of https://www.rfc-editor.org/rfc/rfc9111#section-4-3
        """

        def body(entries: Entries) -> BytesOrStored | None:
            if cached.length is None:
                return None
            return stored_bytes(entries, self._values, cached.body_number, cached.length)

        def with_body(body: BytesOrStored | None) -> ResponseRecord:
            response = cached.response_with_body(body, None if is_validated else now)
            self._note_use(cached, now)
            response.cache_state = "validated" if is_validated else "local"
            return response

        return react(self._values.read(body), with_body, ignore)

    def _responses_at(
        self,
        entries: Entries,
        key_url: str,
        includes_credentials: bool | None = None,
        may_write: bool = True,
    ) -> Iterator[CachedResponse]:
        """What is damaged is as if it were not there."""
        for key, value in entries.scan(self._prefix + key_url.encode() + b"\0"):
            try:
                cached = parse_cached_response(key, value)
            except StorageError:
                if may_write:
                    entries.delete(key)
                continue
            if includes_credentials in (None, cached.includes_credentials):
                yield cached

    def _note_use(self, cached: CachedResponse, now: float) -> None:
        if key_of_use(now - SECONDS_OF_A_USE, cached) <= cached.last_use <= key_of_use(now, cached):
            return

        def note(entries: Entries) -> None:
            value, use = entries.get(cached.key), entries.get(cached.last_use)
            if value is not None and use is not None:  # else, another process has been here
                current = parse_cached_response(cached.key, value)
                entries.delete(current.last_use)
                current.last_use = key_of_use(now, cached)
                entries.put(current.last_use, use)
                entries.put(current.key, serialize_cached_response(current))

        self._write(note)

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
            includes_credentials=includes_credentials, body_number=NO_BODY, length=None,
            last_use=b"",
        )  # fmt: skip
        has_body = response.body is not None and not is_null_body_status(response.status)
        being_stored = BodyBeingStored(
            self._values, key_url_of(request), self._most_bytes // FRACTION_OF_A_BODY,
            partial(self._add_when_complete, cached, request_values, has_body),
        )  # fmt: skip
        if response.body is None or not has_body:
            being_stored.finish()
        else:
            self._being_stored.add(being_stored)
            response.body = body_to_read(response.body, being_stored)

    def _add_when_complete(
        self,
        cached: CachedResponse,
        request_values: dict[str, str],
        has_body: bool,
        body: ValueWriter,
    ) -> Promise[None]:
        add = partial(self._add, cached, request_values, body if has_body else None)
        return self._values.write(add)

    def _add(
        self,
        cached: CachedResponse,
        request_values: dict[str, str],
        body: ValueWriter | None,
        entries: Entries,
    ) -> None:
        prefix = self._prefix + cached.key.removeprefix(self._prefix).partition(b"\0")[0] + b"\0"
        key_url = prefix.removeprefix(self._prefix)[:-1].decode()
        others = list(self._responses_at(entries, key_url, cached.includes_credentials))
        replaced = [other for other in others if matches(other, request_values)]
        if any(other.response_time > cached.response_time for other in replaced):
            raise StorageError("A newer response is stored")
        for other in replaced:
            self._remove(entries, other.last_use)
        rest = [other for other in others if other not in replaced]
        for other in rest[: max(0, len(rest) + 1 - MOST_RESPONSES_OF_A_URL)]:
            self._remove(entries, other.last_use)
        if body is not None:
            cached.body_number, cached.length = body.finish(entries), body.length
        cached.key = prefix + self._values.next_number(entries)
        cached.last_use = key_of_use(cached.response_time, cached)
        value = serialize_cached_response(cached)
        size = len(cached.key) + len(value) + (cached.length or 0)
        entries.put(cached.key, value)
        entries.put(cached.last_use, b"%d %b %b" % (size, cached.body_number, cached.key))
        self._make_room(entries, *self._add_to_total(entries, 1, size))

    def _make_room(self, entries: Entries, count: int, size: int) -> None:
        """What was not used for the longest time goes first."""
        while count > self._most_responses or size > self._most_bytes:
            uses = entries.scan(USE, limit=1)
            if not uses:
                raise StorageError(f"The storage is damaged: {TOTAL!r} is more than there is")
            count, size = self._remove(entries, uses[0][0])

    def _remove(self, entries: Entries, last_use: bytes) -> tuple[int, int]:
        """Remove a response; a reader that has begun to read its body can go on. Returns the
        total.
        """
        use = entries.get(last_use)
        if use is None:
            return self._add_to_total(entries, 0, 0)
        entries.delete(last_use)
        try:
            size, body_number, key = use.split(b" ", 2)
            freed = int(size)
        except ValueError:
            raise StorageError(f"The storage is damaged: {last_use!r} is {use[:40]!r}") from None
        entries.delete(key)
        self._values.drop(entries, body_number)
        return self._add_to_total(entries, -1, -freed)

    def _add_to_total(self, entries: Entries, count: int, size: int) -> tuple[int, int]:
        total = entries.get(TOTAL) or b"0 0"
        try:
            old_count, old_size = map(int, total.split())
        except ValueError:
            raise StorageError(f"The storage is damaged: {TOTAL!r} is {total[:40]!r}") from None
        entries.put(TOTAL, b"%d %d" % (old_count + count, old_size + size))
        return old_count + count, old_size + size

    def remove(self, cached: CachedResponse) -> None:
        """Forget a response, which is not what the server has.

        Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.3.4-4
        """
        self._write(lambda entries: self._remove(entries, cached.last_use))

    # ---- changing --------------------------------------------------------------------------------

    def freshen(
        self,
        cached: CachedResponse,
        request: RequestRecord,
        response: ResponseRecord,
        request_time: float,
        response_time: float,
    ) -> Promise[ResponseRecord | None]:
        """Update what a 304 is about, the response that was asked for and others. Returns a promise
        of the former, with the fields of the 304; None if it is about others only, or just gone.

        The caller gets all of those fields; what is stored gets them if they may be stored.

        Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.3.4-2
        """
        values, request_values = values_of(response.header_list), values_of(request.header_list)
        if not is_freshened(cached, values, is_validated=True):
            return a_promise_resolved_with(None)
        key_url = key_url_of(request)
        update(cached, response, request_time, response_time)
        validated_response = self.response(cached, response_time, is_validated=True)

        def freshen(entries: Entries) -> None:
            for other in self._responses_at(entries, key_url, cached.includes_credentials):
                is_validated = other.key == cached.key
                if (is_validated or matches(other, request_values)) and is_freshened(
                    other, values, is_validated
                ):
                    self._update(
                        entries, other, request_values, response, request_time, response_time
                    )

        self._write(freshen)
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
        key_url, response = key_url_of(request), ResponseRecord(response.header_list.copy())

        def apply(entries: Entries) -> None:
            for cached in self._responses_at(entries, key_url, includes_credentials):
                if matches(cached, request_values):
                    if is_confirmed_by_head(cached, values):
                        self._update(
                            entries, cached, request_values, response, request_time, response_time
                        )
                    else:
                        self._remove(entries, cached.last_use)

        self._write(apply)

    def _update(
        self,
        entries: Entries,
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
            entries.put(cached.key, serialize_cached_response(cached))
        elif forbids_storing(
            cached.status, cache_directives(values.get("cache-control")), self.is_shared
        ):
            self._remove(entries, cached.last_use)

    def invalidate(self, request: RequestRecord, response: ResponseRecord) -> None:
        """Remove what a request has made outdated, and do without what is being stored of it.

        Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.4-1
        """
        if request.method in SAFE_METHODS:
            return
        urls = invalidated_urls(
            request.method, request.current_url, response.status, values_of(response.header_list)
        )
        key_urls = {key_url_of(request, url) for url in urls}
        for being_stored in [each for each in self._being_stored if each.url in key_urls]:
            being_stored.discard()

        def remove(entries: Entries) -> None:
            for key_url in key_urls:
                for cached in list(self._responses_at(entries, key_url)):
                    self._remove(entries, cached.last_use)

        if key_urls:
            self._write(remove)


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
    anything, and a request without it must not get it.

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
