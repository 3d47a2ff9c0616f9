"""The default cache: one that is there without being opened.

SPEC_NOTES.md#caches-default
"""

from __future__ import annotations

from ..service_workers.cache import Cache, create
from ..service_workers.cache_storage import relevant_name_to_cache_map
from ..service_workers.request_response_list import NUMBER_WITHOUT_NAME


class CacheStorageForWorkers:
    """What a CacheStorage has beside the standard's members.

    Part of SPEC_NOTES.md#caches-default
    """

    __slots__ = ()

    @property
    def default(self) -> Cache:
        """The cache without a name.

        SPEC_NOTES.md#caches-default
        """
        return create(relevant_name_to_cache_map().cache(NUMBER_WITHOUT_NAME))
