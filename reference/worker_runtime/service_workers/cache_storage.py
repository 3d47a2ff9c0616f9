"""Cache storage: the caches of an origin, by name.

Service Workers, 5.5: https://w3c.github.io/ServiceWorker/#cachestorage-interface
"""

from __future__ import annotations

from typing import Unpack

from ..fetch.request_class import RequestInfo
from ..fetch.response_class import Response
from ..fetch.storage_bottle import bottle_of
from ..html.settings_objects import current_settings_object
from ..webidl.dictionaries import to_dictionary
from ..webidl.interfaces import illegal_constructor, new
from ..webidl.promises import Promise
from ..webidl.type_mapping import to_dom_string
from . import cache
from .answers import answer
from .cache import Cache, first_match
from .query_cache import CacheQueryOptions
from .request_response_list import NameToCacheMap


class MultiCacheQueryOptions(CacheQueryOptions, total=False):
    """Of all caches, by default.

    https://w3c.github.io/ServiceWorker/#dictdef-multicachequeryoptions
    """

    cacheName: str


class CacheStorage:
    """The caches of the running scope. They lie in its storage, and stay there when it ends.

    https://w3c.github.io/ServiceWorker/#cachestorage
    """

    __slots__ = ("__weakref__",)

    __init__ = illegal_constructor

    def match(
        self,
        request: RequestInfo,
        options: MultiCacheQueryOptions | None = None,
        **members: Unpack[MultiCacheQueryOptions],
    ) -> Promise[Response | None]:
        """The first response to a request that a cache has, in the order in which they were opened,
        or the named cache has.

        https://w3c.github.io/ServiceWorker/#dom-cachestorage-match
        """

        def match() -> Response | None:
            query = to_dictionary(MultiCacheQueryOptions, options, members)
            caches = relevant_name_to_cache_map()
            name = to_dom_string(query["cacheName"]) if "cacheName" in query else None
            responses = (
                first_match(caches.cache(number), request, query)
                for key, number in caches
                if name is None or name == key
            )
            return next((response for response in responses if response is not None), None)

        return answer(match)

    def has(self, cacheName: str) -> Promise[bool]:
        """Whether there is a cache with that name.

        https://w3c.github.io/ServiceWorker/#dom-cachestorage-has
        """
        return answer(
            lambda: relevant_name_to_cache_map().find(to_dom_string(cacheName)) is not None
        )

    def open(self, cacheName: str) -> Promise[Cache]:
        """The cache with that name, a new one if there is none; QuotaExceededError if the storage
        is full.

        https://w3c.github.io/ServiceWorker/#dom-cachestorage-open
        """
        return answer(
            lambda: cache.create(relevant_name_to_cache_map().open(to_dom_string(cacheName)))
        )

    def delete(self, cacheName: str) -> Promise[bool]:
        """Remove the cache with that name; whether there was one. Who holds a Cache object of it
        can go on using it.

        https://w3c.github.io/ServiceWorker/#dom-cachestorage-delete
        """

        def delete() -> bool:
            caches = relevant_name_to_cache_map()
            number = caches.find(to_dom_string(cacheName))
            if number is None:
                return False
            caches.remove(number)
            return True

        return answer(delete)

    @property
    def default(self) -> Cache:
        """The cache of that name, at once. Not of the standard, but of Cloudflare Workers.

        SPEC_NOTES.md#caches-default
        """
        return cache.create(relevant_name_to_cache_map().open("default"))

    def keys(self) -> Promise[list[str]]:
        """The names of all caches, in the order in which they were opened for the first time.

        https://w3c.github.io/ServiceWorker/#dom-cachestorage-keys
        """
        return answer(lambda: [name for name, _ in relevant_name_to_cache_map()])


def relevant_name_to_cache_map() -> NameToCacheMap:
    """That of the running scope.

    https://w3c.github.io/ServiceWorker/#relevant-name-to-cache-map
    """
    return NameToCacheMap(bottle_of(current_settings_object().host.storage))


# https://w3c.github.io/ServiceWorker/#global-caches
caches: CacheStorage = new(CacheStorage)
