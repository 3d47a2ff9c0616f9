"""The default cache of Cloudflare Workers."""

from __future__ import annotations

from pathlib import Path

import pytest

from spec_tests.fakes import running_in, running_worker
from worker_runtime import Response, caches
from worker_runtime.host.host import Host
from worker_runtime.host.storage.sqlite import SQLiteStorage
from worker_runtime.html.settings_objects import EnvironmentSettingsObject

A = "https://a.example/"


@pytest.mark.spec("SPEC_NOTES.md#caches-default")
class TestDefault:
    async def test_it_is_there_without_being_opened(self) -> None:
        with running_worker():
            await caches.default.put(A, Response("x", headers={"vary": "a"}))
            found = await caches.default.match(A)
            assert found is not None and await found.text() == "x"
            assert await caches.default.delete(A)
            assert await caches.default.match(A) is None

    async def test_it_has_no_name(self) -> None:
        with running_worker():
            await caches.default.put(A, Response("x"))
            assert await caches.keys() == [] and await caches.match(A) is None
            assert await (await caches.open("default")).match(A) is None
            assert not await caches.delete("") and await caches.default.match(A) is not None

    async def test_each_scope_has_its_own_and_it_stays(self, tmp_path: Path) -> None:
        for text in ("old", "new"):
            storage = SQLiteStorage(tmp_path / "storage")
            with running_in(EnvironmentSettingsObject(Host(storage=storage))):
                found = await caches.default.match(A)
                assert (found is None) is (text == "old")
                await caches.default.put(A, Response(text * 100_000))
            with running_worker():
                assert await caches.default.match(A) is None
            storage.close()
