"""Adding to caches: the steps of `put` and `addAll`.

Service Workers, 5.4.4 and 5.4.5: https://w3c.github.io/ServiceWorker/#cache-addAll,
https://w3c.github.io/ServiceWorker/#cache-put

Bodies are written to the storage while they come, and belong to the cache when all of them are
there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from ..dom import aborting_ongoing_activities
from ..dom.aborting_ongoing_activities import AbortSignal
from ..fetch import fetching
from ..fetch.bodies import BodyRecord
from ..fetch.infrastructure import AnyResponse, FetchController
from ..fetch.request_class import Request, RequestInfo
from ..fetch.requests import RequestRecord
from ..fetch.response_class import Response
from ..fetch.responses import FilteredResponse, ResponseRecord
from ..fetch.statuses import is_ok_status
from ..fetch.url import is_http_scheme
from ..html.event_loops import in_parallel
from ..storage.large_values import ValueWriter
from ..streams.other_specifications import get_a_reader
from ..url.url_serializing import url_serializer
from ..webidl.exceptions import DOMException, exception_of, reason_of
from ..webidl.promises import (
    Promise,
    a_new_promise,
    a_promise_resolved_with,
    get_a_promise_for_waiting_for_all,
    react,
    reject,
    resolve,
)
from .cached_item import CachedItem
from .query_cache import CacheBatchOperation, batch_cache_operations
from .request_response_list import CacheContents, RequestResponseList, key_of

R = TypeVar("R", RequestRecord, ResponseRecord)


def put(cache: RequestResponseList, request: RequestInfo, response: Response) -> Promise[None]:
    """Raises TypeError if a request or a response cannot be put.

    https://w3c.github.io/ServiceWorker/#cache-put
    """
    inner_request = (request if isinstance(request, Request) else Request(request))._request
    check_request(inner_request)
    if not isinstance(response, Response):
        raise TypeError(f"Expected a Response, not {response!r}")
    inner_response = response._response
    if inner_response.status == 206:
        raise TypeError("A partial response (206) cannot be put into a cache")
    check_vary(inner_response)
    if inner_response.body is not None and inner_response.body.is_unusable:
        raise TypeError(
            "The body of the response is in use: it has been read from, or somebody holds a reader"
        )
    head, body = head_and_body(inner_response)
    operation = CacheBatchOperation("put", copy_without_body(inner_request), head)
    writer = None if body is None else ValueWriter(cache.contents)
    operation.body = writer

    def put(_: object = None) -> Promise[list[CachedItem]]:
        return cache.write(lambda items: batch_cache_operations([operation], items))

    if body is None or writer is None:
        return react(put(), lambda _: None)
    bytes_in_hand = body.take_bytes()
    if bytes_in_hand is None:
        reader = get_a_reader(body.stream)
        written = a_promise_resolved_with(writer.write_all(reader))
    else:
        # OPTIMIZATION: bytes in hand need no stream.
        written = writer.write(bytes_in_hand)

    def fail(reason: object) -> None:
        writer.discard()
        raise exception_of(reason)

    return react(react(written, put), lambda _: None, fail)


def add_all(cache: RequestResponseList, requests: Iterable[RequestInfo]) -> Promise[None]:
    """Raises TypeError if a request cannot be put, an "InvalidStateError" if two are the
    same.

    https://w3c.github.io/ServiceWorker/#cache-addAll
    """
    if isinstance(requests, (str, Request)):
        raise TypeError(f"Expected a list of requests, not {requests!r}")
    requests = list(requests)
    for request in requests:
        if isinstance(request, Request):
            check_request(request._request)
    request_objects = [Request(request) for request in requests]
    for request_object in request_objects:
        check_request(request_object._request)
    check_that_all_differ([request_object._request for request_object in request_objects])
    fetches = [
        FetchIntoCache(
            cache.contents,
            request_object._request,
            request_object.signal if isinstance(request, Request) else None,
        )
        for request, request_object in zip(requests, request_objects)
    ]

    def end() -> None:
        for fetch in fetches:
            fetch.end()

    def fulfill(_: object) -> Promise[None]:
        operations = [
            CacheBatchOperation("put", fetch.request, fetch.head, fetch.body) for fetch in fetches
        ]
        return react(
            cache.write(lambda items: batch_cache_operations(operations, items)),
            lambda _: end(),
            fail,
        )

    def fail(reason: object) -> None:
        end()
        raise exception_of(reason)

    return react(
        get_a_promise_for_waiting_for_all([fetch.promise for fetch in fetches]), fulfill, fail
    )


class FetchIntoCache:
    """A fetch of `addAll`. Its promise is fulfilled when the whole response is written, though it
    belongs to no item yet.

    https://w3c.github.io/ServiceWorker/#dom-cache-addall-requests-requests
    """

    __slots__ = (
        "_controller",
        "_has_ended",
        "_signal",
        "body",
        "contents",
        "head",
        "promise",
        "request",
    )

    def __init__(
        self, contents: CacheContents, request: RequestRecord, signal: AbortSignal | None
    ) -> None:
        # DEVIATION: by the standard the item's request has what the fetch adds to it, such as
        # `Accept`; no other request would match it then, where the response varies with that.
        self.request = request.clone()
        self.contents = contents
        self.head: AnyResponse | None = None
        self.body: ValueWriter | None = None
        self.promise: Promise[None] = a_new_promise()
        self._controller: FetchController | None = None
        self._has_ended = False
        self._signal = signal
        # DEVIATION: the standard forgets the signal of a request.
        if signal is not None:
            if signal.aborted:
                reject(self.promise, signal.reason)
                return
            aborting_ongoing_activities.add(signal, self.abort)
        # Whether its client is a service worker does not matter: no request that is made here goes
        # to one.
        request.service_workers_mode = "none"
        self._controller = fetching.fetch(request, self.process_response)

    def abort(self) -> None:
        """What the signal does."""
        assert self._signal is not None
        reject(self.promise, self._signal.reason)
        if self._controller is not None:
            self._controller.abort(self._signal.reason)

    def process_response(self, response: AnyResponse) -> None:
        """Write the response, if it is one that may be put."""
        if self._has_ended:
            return
        try:
            check_fetched_response(response)
        except TypeError as error:
            reject(self.promise, error)
            return
        self.head, body = head_and_body(response)
        if body is None:
            resolve(self.promise)
        else:
            self.body = ValueWriter(self.contents)
            in_parallel(self._write(body, self.body))

    async def _write(self, body: BodyRecord, writer: ValueWriter) -> None:
        try:
            await writer.write_all(get_a_reader(body.stream))
        except Exception as error:
            reject(self.promise, reason_of(error))
        else:
            resolve(self.promise)
            if self._has_ended:
                writer.discard()

    def end(self) -> None:
        """What still goes on is of no interest any more, and what was written goes unless an item
        leads to it.
        """
        self._has_ended = True
        if self._signal is not None:
            aborting_ongoing_activities.remove(self._signal, self.abort)
        if self._controller is not None:
            self._controller.abort()
        if self.body is not None:
            self.body.discard()


def check_request(request: RequestRecord) -> None:
    """TypeError if a request cannot be put.

    Part of https://w3c.github.io/ServiceWorker/#dom-cache-put
    """
    if not is_http_scheme(request.url.scheme):
        raise TypeError(
            f"Only http and https URLs can be put into a cache, not {url_serializer(request.url)!r}"
        )
    if request.method != "GET":
        raise TypeError(
            f"Only requests with method GET can be put into a cache, not {request.method!r}"
        )


def check_that_all_differ(requests: list[RequestRecord]) -> None:
    """InvalidStateError if two requests are the same, so that one response would take the place of
    the other, whatever it varies with.

    Part of https://w3c.github.io/ServiceWorker/#batch-cache-operations-algorithm
    """
    # DEVIATION: by the letter both are fetched first, and what fails then is the error.
    seen: set[tuple[object, ...]] = set()
    for request in requests:
        headers = request.header_list
        key = (
            key_of(request.url, False),
            *((name, headers.get(name)) for name in sorted(headers.names())),
        )
        if key in seen:
            raise DOMException(
                f"The same request is there twice: {url_serializer(request.url)!r}",
                "InvalidStateError",
            )
        seen.add(key)


def check_vary(response: AnyResponse) -> None:
    """TypeError if a response varies with everything, so that it could never be found.

    Part of https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5
    """
    if "*" in (response.header_list.get_decode_and_split("Vary") or ()):
        raise TypeError("A response with Vary: * cannot be put into a cache")


def check_fetched_response(response: AnyResponse) -> None:
    """TypeError if `addAll` does not take a response.

    https://w3c.github.io/ServiceWorker/#dom-cache-add-request-request
    """
    if response.type == "error":
        assert isinstance(response, ResponseRecord)
        raise TypeError(
            f"fetch failed: {response.failure}" if response.failure else "fetch failed"
        ) from response.cause
    if not is_ok_status(response.status):
        raise TypeError(f"The status of the response is {response.status}, which is not ok")
    if response.status == 206:
        raise TypeError("A partial response (206) cannot be put into a cache")
    check_vary(response)


def head_and_body(response: AnyResponse) -> tuple[AnyResponse, BodyRecord | None]:
    """A copy of a response without its body, and the body, which is to be read.

    https://w3c.github.io/ServiceWorker/#dom-cache-put-request-response-response
    """
    internal_response = (
        response.internal_response if isinstance(response, FilteredResponse) else response
    )
    body = internal_response.body
    if body is not None and response.body is None:
        # of an opaque response, whose body nobody sees: it can be put any number of times
        body = body.clone()
    head = copy_without_body(internal_response)
    if isinstance(response, FilteredResponse):
        return FilteredResponse(head, response.type, response.header_list.copy()), body
    return head, body


def copy_without_body(record: R) -> R:
    """A copy of a request or a response, which shares nothing with it that can change.

    https://w3c.github.io/ServiceWorker/#dom-cache-put-request-response-request
    """
    body, record.body = record.body, None
    try:
        return record.clone()
    finally:
        record.body = body
