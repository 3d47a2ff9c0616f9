"""Query Cache, Request Matches Cached Item and Batch Cache Operations: which items of a cache are
meant, and how they change.

Service Workers, Appendix A: https://w3c.github.io/ServiceWorker/#query-cache-algorithm
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypedDict

from ..fetch.infrastructure import AnyResponse
from ..fetch.requests import RequestRecord
from ..fetch.url import is_http_scheme
from ..storage.large_values import ValueWriter
from ..url.url_serializing import url_serializer
from ..webidl.exceptions import DOMException
from .cached_item import CachedItem
from .request_response_list import ItemsOfACache, key_of


class CacheQueryOptions(TypedDict, total=False):
    """All are false by default.

    https://w3c.github.io/ServiceWorker/#dictdef-cachequeryoptions
    """

    ignoreSearch: bool
    ignoreMethod: bool
    ignoreVary: bool


NO_OPTIONS: CacheQueryOptions = {}


class CacheBatchOperation:
    """What is to be done to a cache. Of a response that is put, the body is what was written of it
    before.

    https://w3c.github.io/ServiceWorker/#dfn-cache-batch-operation
    """

    __slots__ = ("body", "options", "request", "response", "type")

    def __init__(
        self,
        type: Literal["delete", "put"],
        request: RequestRecord,
        response: AnyResponse | None = None,
        body: ValueWriter | None = None,
        options: CacheQueryOptions | None = None,
    ) -> None:
        self.type = type
        self.request = request
        self.response = response
        self.body = body
        self.options = options


def query_cache(
    request_query: RequestRecord,
    options: CacheQueryOptions | None,
    target_storage: ItemsOfACache | Iterable[CachedItem],
) -> list[CachedItem]:
    """The items that match a request, in their order.

    https://w3c.github.io/ServiceWorker/#query-cache-algorithm
    """
    options = options or NO_OPTIONS
    if isinstance(target_storage, ItemsOfACache):
        # OPTIMIZATION: only what lies under that URL is looked at, and of that only the variants
        # that match, unless all are wanted.
        ignore_search = bool(options.get("ignoreSearch"))
        if ignore_search or options.get("ignoreVary"):
            target_storage = target_storage.items_at(request_query.url, ignore_search)
        else:
            target_storage = target_storage.variants_for(request_query)
    return [
        item
        for item in target_storage
        if request_matches_cached_item(request_query, item.request, item.response, options)
    ]


def request_matches_cached_item(
    request_query: RequestRecord,
    request: RequestRecord,
    response: AnyResponse | None = None,
    options: CacheQueryOptions = NO_OPTIONS,
) -> bool:
    """https://w3c.github.io/ServiceWorker/#request-matches-cached-item-algorithm"""
    if not options.get("ignoreMethod") and request.method != "GET":
        return False
    ignore_search = bool(options.get("ignoreSearch"))
    if key_of(request_query.url, ignore_search) != key_of(request.url, ignore_search):
        return False
    if response is None or options.get("ignoreVary"):
        return True
    return all(
        field_value != "*"
        and request.header_list.get(field_value) == request_query.header_list.get(field_value)
        for field_value in response.header_list.get_decode_and_split("Vary") or ()
    )


def batch_cache_operations(
    operations: list[CacheBatchOperation], cache: ItemsOfACache
) -> list[CachedItem]:
    """Perform all operations or none; returns the items that are not in the cache any more. Call it
    in steps that write, in place of a backup.

    InvalidStateError if two operations are about the same item.

    https://w3c.github.io/ServiceWorker/#batch-cache-operations-algorithm
    """
    # DEVIATION: as written, the result has an item for each operation, whatever that did, and
    # `delete()` would always be true.
    result_list: list[CachedItem] = []
    added_items: set[bytes] = set()  # their numbers
    for operation in operations:
        request_responses = query_cache(operation.request, operation.options, cache)
        # OPTIMIZATION: what was added is in the cache, so one query finds it.
        if any(item.number in added_items for item in request_responses):
            url = url_serializer(operation.request.url)
            raise DOMException(
                f"Two operations are about the same item: {url!r}", "InvalidStateError"
            )
        for request_response in request_responses:
            cache.remove(request_response)
        if operation.type == "put":
            assert operation.response is not None
            assert is_http_scheme(operation.request.url.scheme)
            assert operation.request.method == "GET" and operation.options is None
            added_items.add(cache.append(operation.request, operation.response, operation.body))
        result_list += request_responses
    return result_list
