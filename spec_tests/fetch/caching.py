"""A client with an HTTP cache, whose clock the test sets, and a server that says how its responses
may be cached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from spec_tests.fakes import FakeClock
from worker_runtime.fetch.http_cache_partitions import HTTPCache, HTTPCachePartitions
from worker_runtime.host.storage.backend import StorageBackend
from worker_runtime.html.settings_objects import current_settings_object

from .scripted_network import Received, ScriptedNetwork, network_of

A = "http://a.example/"


class CachingClient:
    """The clock and the network of the client, and how often the server was asked."""

    def __init__(self, network: ScriptedNetwork, clock: FakeClock) -> None:
        self.network = network
        self.clock = clock

    @property
    def count(self) -> int:
        """How many requests the server has got."""
        return len(self.network.requests)

    @property
    def last(self) -> dict[str, str]:
        """The headers of the last request."""
        return self.network.requests[-1].headers

    @property
    def cache(self) -> HTTPCache:
        """The cache, when it has been used."""
        [cache] = current_settings_object().host.record(HTTPCachePartitions)
        return cache


@contextmanager
def caching_client(
    serve: Callable[[Received], bytes | None],
    storage: StorageBackend | None = None,
    browser_at: str | None = None,
) -> Iterator[CachingClient]:
    """Run what is in the block as such a client."""
    with network_of(serve, browser_at) as network:
        host = current_settings_object().host
        host.clock = clock = FakeClock()
        host.http_cache = True
        if storage is not None:
            host.storage = storage
        yield CachingClient(network, clock)
