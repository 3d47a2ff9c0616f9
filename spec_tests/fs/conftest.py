"""The places where files can be: in memory, in a storage on a disk, in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from spec_tests.fakes import FakeClock, running_in
from spec_tests.fs.places import Place
from worker_runtime.host.host import Host
from worker_runtime.host.storage.backend import StorageBackend
from worker_runtime.host.storage.memory import MemoryStorage
from worker_runtime.host.storage.sqlite import storage_in
from worker_runtime.html.settings_objects import EnvironmentSettingsObject


@pytest.fixture(params=["memory", "storage", "folder"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Each of them."""
    yield from a_place(request.param, tmp_path)


@pytest.fixture(params=["memory", "storage"])
def bucket(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Those of a scope's own."""
    yield from a_place(request.param, tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Place]:
    """A real folder."""
    yield from a_place("folder", tmp_path)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Place]:
    """Files in memory."""
    yield from a_place("memory", tmp_path)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Place]:
    """Files in a storage on a disk."""
    yield from a_place("storage", tmp_path)


def a_place(kind: str, tmp_path: Path) -> Iterator[Place]:
    storage: StorageBackend = (
        storage_in(tmp_path / "storage") if kind == "storage" else MemoryStorage()
    )
    path = None
    if kind == "folder":
        path = tmp_path / "folder"
        path.mkdir()
    with running_in(EnvironmentSettingsObject(Host(clock=FakeClock(), storage=storage))) as scope:
        yield Place(scope, path)
        while scope.closing_steps:
            scope.closing_steps.pop()()
    storage.close()
