"""Cache storage: the caches of an origin, by name.

Service Workers, 5.5: https://w3c.github.io/ServiceWorker/#cachestorage-interface
"""

from __future__ import annotations

from typing import Unpack

from ..fetch.request_class import RequestInfo
from ..fetch.response_class import Response
from ..html.settings_objects import current_settings_object
from ..storage.storage_bottles import Entries
from ..storage.storage_sheds import obtain_a_local_storage_bottle_map
from ..webidl.dictionaries import to_dictionary
from ..webidl.interfaces import illegal_constructor
from ..webidl.exceptions import DOMException
from ..webidl.promises import Promise, a_promise_rejected_with, react
from ..webidl.type_mapping import to_dom_string
from . import cache
from .cache import Cache, first_match, request_to_look_for, response_object_of
from .cached_item import CachedItem
from .query_cache import CacheQueryOptions
from .request_response_list import ItemsOfACache, NameToCacheMap


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

        try:
            query = to_dictionary(MultiCacheQueryOptions, options, members)
            name = to_dom_string(query["cacheName"]) if "cacheName" in query else None
            r = request_to_look_for(request, query)
            caches = relevant_name_to_cache_map()
        except Exception as error:
            return a_promise_rejected_with(error)

        def match(entries: Entries) -> CachedItem | None:
            for key, number in caches.names(entries):
                if name is None or name == key:
                    items = ItemsOfACache(caches.cache(number), entries)
                    if (item := first_match(items, r, query)) is not None:
                        return item
            return None

        return react(caches.contents.read(match), response_object_of)

    def has(self, cacheName: str) -> Promise[bool]:
        """Whether there is a cache with that name.

        https://w3c.github.io/ServiceWorker/#dom-cachestorage-has
        """
        try:
            name = to_dom_string(cacheName)
            caches = relevant_name_to_cache_map()
        except Exception as error:
            return a_promise_rejected_with(error)
        return caches.contents.read(lambda entries: caches.find(entries, name) is not None)

    def open(self, cacheName: str) -> Promise[Cache]:
        """The cache with that name, a new one if there is none; QuotaExceededError if the storage
        is full.

        https://w3c.github.io/ServiceWorker/#dom-cachestorage-open
        """
        try:
            name = to_dom_string(cacheName)
            caches = relevant_name_to_cache_map()
        except Exception as error:
            return a_promise_rejected_with(error)
        return react(caches.open(name), cache.create)

    def delete(self, cacheName: str) -> Promise[bool]:
        """Remove the cache with that name; whether there was one. A caller that holds a Cache
        object of it can go on using it.

        https://w3c.github.io/ServiceWorker/#dom-cachestorage-delete
        """

        try:
            name = to_dom_string(cacheName)
            return relevant_name_to_cache_map().remove(name)
        except Exception as error:
            return a_promise_rejected_with(error)

    def keys(self) -> Promise[list[str]]:
        """The names of all caches, in the order in which they were opened for the first time.

        https://w3c.github.io/ServiceWorker/#dom-cachestorage-keys
        """
        try:
            caches = relevant_name_to_cache_map()
        except Exception as error:
            return a_promise_rejected_with(error)
        return caches.contents.read(lambda entries: [name for name, _ in caches.names(entries)])


def relevant_name_to_cache_map() -> NameToCacheMap:
    """That of the running scope. "SecurityError" if nothing can be stored there.

    https://w3c.github.io/ServiceWorker/#relevant-name-to-cache-map
    """
    proxy_map = obtain_a_local_storage_bottle_map(current_settings_object(), "caches")
    if proxy_map is None:
        raise DOMException("This origin is opaque, and has no caches", "SecurityError")
    return NameToCacheMap(proxy_map.bottle)
