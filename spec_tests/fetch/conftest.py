"""Caches on both kinds of storage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from spec_tests.fakes import FakeClock
from worker_runtime.host.host import Host
from worker_runtime.host.storage.backend import StorageBackend
from worker_runtime.host.storage.memory import MemoryStorage
from worker_runtime.host.storage.sqlite import SQLiteStorage
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, realm_execution_context
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.url.url_serializing import origin


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["memory", "sqlite"])
def storage(
    request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock
) -> Iterator[StorageBackend]:
    """The storage of the scope that runs the test."""
    storage: StorageBackend = (
        MemoryStorage(clock)
        if request.param == "memory"
        else SQLiteStorage(tmp_path / "storage", clock)
    )
    url = url_parser("https://site.example/worker.py")
    token = realm_execution_context.set(
        EnvironmentSettingsObject(Host(storage=storage), api_base_url=url, origin=origin(url))
    )
    yield storage
    realm_execution_context.reset(token)
    storage.close()
