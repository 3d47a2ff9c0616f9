"""Cache: requests with their responses, which stay until the worker removes them.

Service Workers, 5.4: https://w3c.github.io/ServiceWorker/#cache-interface
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from functools import partial
from typing import Unpack

from ..dom.aborting_ongoing_activities import create_a_dependent_abort_signal
from ..fetch import request_class, response_class
from ..fetch.cross_origin_resource_policy import cross_origin_resource_policy_internal_check
from ..fetch.request_class import Request, RequestInfo
from ..fetch.requests import RequestRecord
from ..fetch.response_class import Response
from ..fetch.responses import FilteredResponse
from ..html.settings_objects import current_settings_object
from ..webidl.dictionaries import to_dictionary
from ..webidl.interfaces import illegal_constructor, new
from ..webidl.promises import (
    Promise,
    a_promise_rejected_with,
    a_promise_resolved_with,
    react,
)
from .adding_to_caches import add_all, put
from .cached_item import CachedItem
from .query_cache import CacheBatchOperation, CacheQueryOptions, batch_cache_operations, query_cache
from .request_response_list import ItemsOfACache, RequestResponseList


MOST_BODIES_AT_ONCE = 32  # that are read on the event loop


class EveryRequest(Enum):
    """In the place of a request: all that there are.

    Part of https://w3c.github.io/ServiceWorker/#dom-cache-matchall
    """

    EVERY_REQUEST = "every request"


EVERY_REQUEST = EveryRequest.EVERY_REQUEST


class Cache:
    """https://w3c.github.io/ServiceWorker/#cache"""

    __slots__ = ("__weakref__", "_list")

    _list: RequestResponseList

    __init__ = illegal_constructor

    def match(
        self,
        request: RequestInfo,
        options: CacheQueryOptions | None = None,
        **members: Unpack[CacheQueryOptions],
    ) -> Promise[Response | None]:
        """The first response to a request, None if there is none.

        https://w3c.github.io/ServiceWorker/#dom-cache-match
        """

        try:
            query = to_dictionary(CacheQueryOptions, options, members)
            r = request_to_look_for(request, query)
        except Exception as error:
            return a_promise_rejected_with(error)
        return react(
            self._list.read(lambda items: first_match(items, r, query)), response_object_of
        )

    def matchAll(
        self,
        request: RequestInfo | None = None,
        options: CacheQueryOptions | None = None,
        **members: Unpack[CacheQueryOptions],
    ) -> Promise[tuple[Response, ...]]:
        """All responses to a request; without one, all that there are.

        https://w3c.github.io/ServiceWorker/#dom-cache-matchall
        """

        try:
            query = to_dictionary(CacheQueryOptions, options, members)
            r = EVERY_REQUEST if request is None else request_to_look_for(request, query)
        except Exception as error:
            return a_promise_rejected_with(error)

        def match_all(items: ItemsOfACache) -> list[CachedItem]:
            found = matching_items(items, r, query)
            if len(found) > MOST_BODIES_AT_ONCE:
                items.entries.begin_what_takes_long()
            for item in found:
                item.read_body(items.entries, items.cache.contents)
            return found

        return react(
            self._list.read(match_all),
            lambda found: tuple(map(response_object_of, found)),
        )

    def add(self, request: RequestInfo) -> Promise[None]:
        """Fetch a request and put its response; TypeError if there is none, or if its status is not
        ok.

        https://w3c.github.io/ServiceWorker/#dom-cache-add
        """
        return react(self.addAll([request]), lambda _: None)

    def addAll(self, requests: Iterable[RequestInfo]) -> Promise[None]:
        """Fetch requests and put their responses, all of them or none.

        https://w3c.github.io/ServiceWorker/#dom-cache-addall
        """
        try:
            return add_all(self._list, requests)
        except Exception as error:
            return a_promise_rejected_with(error)

    def put(self, request: RequestInfo, response: Response) -> Promise[None]:
        """Keep a response in the place of those that match the request. Its body is used up; it may
        have any size.

        TypeError if the request is not a GET of an http or https URL, or the response is partial
        (206), varies with everything (`Vary: *`), or has a body that is in use. QuotaExceededError
        if the storage is full.

        https://w3c.github.io/ServiceWorker/#dom-cache-put
        """
        try:
            return put(self._list, request, response)
        except Exception as error:
            return a_promise_rejected_with(error)

    def delete(
        self,
        request: RequestInfo,
        options: CacheQueryOptions | None = None,
        **members: Unpack[CacheQueryOptions],
    ) -> Promise[bool]:
        """Remove what matches a request; whether anything did.

        https://w3c.github.io/ServiceWorker/#dom-cache-delete
        """

        try:
            query = to_dictionary(CacheQueryOptions, options, members)
            r = request_to_look_for(request, query)
        except Exception as error:
            return a_promise_rejected_with(error)
        if r is None:
            return a_promise_resolved_with(False)
        operation = CacheBatchOperation("delete", r, options=query)
        return self._list.write(lambda items: bool(batch_cache_operations([operation], items)))

    def keys(
        self,
        request: RequestInfo | None = None,
        options: CacheQueryOptions | None = None,
        **members: Unpack[CacheQueryOptions],
    ) -> Promise[tuple[Request, ...]]:
        """The requests that match one; without one, all that there are.

        https://w3c.github.io/ServiceWorker/#dom-cache-keys
        """

        try:
            query = to_dictionary(CacheQueryOptions, options, members)
            r = EVERY_REQUEST if request is None else request_to_look_for(request, query)
        except Exception as error:
            return a_promise_rejected_with(error)
        return react(
            self._list.read(lambda items: matching_items(items, r, query)),
            lambda found: tuple(map(request_object_of, found)),
        )


def create(cache: RequestResponseList) -> Cache:
    """An object that represents a cache; there may be any number of them.

    Part of https://w3c.github.io/ServiceWorker/#cache-interface
    """
    cache_object: Cache = new(Cache)
    cache_object._list = cache
    return cache_object


def request_to_look_for(request: RequestInfo, options: CacheQueryOptions) -> RequestRecord | None:
    """The request's record; None if nothing can match. TypeError if it is not a request.

    Part of https://w3c.github.io/ServiceWorker/#dom-cache-match
    """
    if request is None:
        raise TypeError("Expected a request, not None")
    if is_of_another_method(request, options):
        return None
    return (request if isinstance(request, Request) else Request(request))._request


def first_match(
    items: ItemsOfACache, request: RequestRecord | None, options: CacheQueryOptions
) -> CachedItem | None:
    """The first item that matches, with its body; in the steps of a read.

    Part of https://w3c.github.io/ServiceWorker/#dom-cache-match
    """
    for item in matching_items(items, request, options):
        item.read_body(items.entries, items.cache.contents)
        return item
    return None


def matching_items(
    items: ItemsOfACache, request: RequestRecord | EveryRequest | None, options: CacheQueryOptions
) -> list[CachedItem]:
    """The items that match a request; in the steps of a read.

    Part of https://w3c.github.io/ServiceWorker/#dom-cache-matchall
    """
    if isinstance(request, EveryRequest):
        return list(items)
    return [] if request is None else query_cache(request, options, items)


def is_of_another_method(request: RequestInfo, options: CacheQueryOptions) -> bool:
    """Whether nothing can match, for only what was got is in a cache.

    https://w3c.github.io/ServiceWorker/#dom-cachequeryoptions-ignoremethod
    """
    return (
        isinstance(request, Request)
        and request._request.method != "GET"
        and not options.get("ignoreMethod")
    )


def response_object_of(item: CachedItem | None) -> Response | None:
    """The response of an item, None if there is none; TypeError if its policy forbids to show it
    here.

    https://w3c.github.io/ServiceWorker/#dom-cache-matchall-request-options-request
    """
    if item is None:
        return None
    response = item.response_with_body()
    if isinstance(response, FilteredResponse) and response.type == "opaque":
        origin = current_settings_object().origin
        if (
            cross_origin_resource_policy_internal_check(origin, response.internal_response)
            == "blocked"
        ):
            raise TypeError(
                "The cached response may not be used by this origin (Cross-Origin-Resource-Policy)"
            )
    return response_class.create(response, "immutable")


def request_object_of(item: CachedItem) -> Request:
    """The request of an item.

    Part of https://w3c.github.io/ServiceWorker/#cache-keys
    """
    return request_class.create(
        item.request, "immutable", partial(create_a_dependent_abort_signal, [])
    )
