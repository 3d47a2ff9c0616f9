"""Storage Standard, 4.1: the APIs that store something."""

from __future__ import annotations

import pytest

from worker_runtime.storage.storage_endpoints import REGISTERED_STORAGE_ENDPOINTS


@pytest.mark.spec("https://storage.spec.whatwg.org/#storage-endpoint")
class TestStorageEndpoint:
    def test_no_two_share_a_place(self) -> None:
        prefixes = [endpoint.prefix for endpoint in REGISTERED_STORAGE_ENDPOINTS]
        assert not any(
            one is not other and one.startswith(other) for one in prefixes for other in prefixes
        )

    def test_caches_lie_where_they_always_did(self) -> None:
        [caches] = [e for e in REGISTERED_STORAGE_ENDPOINTS if e.identifier == "caches"]
        assert (caches.prefix, caches.quota, set(caches.types)) == (b"cache/", None, {"local"})
