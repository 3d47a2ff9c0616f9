"""What is stored survives: a process that is killed, several that write, a disk that is full, files
that are deleted or may not be written.

`DEATHS` in the environment says how many processes are killed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from random import Random
from threading import Timer

import pytest

import worker_runtime
from spec_tests.fakes import running_in
from worker_runtime import KVStorageArea, Response, caches, cookieStore
from worker_runtime.cloudflare.kv_namespace import kv_namespace
from worker_runtime.host.host import Host
from worker_runtime.host.storage.sqlite import SQLiteStorage, storage_in
from worker_runtime.html.settings_objects import EnvironmentSettingsObject
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.url.url_serializing import origin
from worker_runtime.webidl.exceptions import DOMException, QuotaExceededError

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are killed as POSIX does")

A = "https://a.example/"
DEATHS = int(os.environ.get("DEATHS", "5"))

# In each round, everything is written once, in pieces that would be seen if they were left half
# done, and then said to be there.
WRITER = """
import asyncio, sys
from pathlib import Path
from worker_runtime import KVStorageArea, ReadableStream, Response, caches, cookieStore
from worker_runtime.cloudflare.kv_namespace import kv_namespace
from worker_runtime.host.host import Host
from worker_runtime.host.storage.sqlite import storage_in
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, realm_execution_context
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.url.url_serializing import origin

async def main():
    host = Host(storage=storage_in(Path(sys.argv[1])))
    url = url_parser("https://a.example/")
    scope = EnvironmentSettingsObject(host, api_base_url=url, origin=origin(url))
    realm_execution_context.set(scope)
    kv, area, cache = kv_namespace(host, "KV"), KVStorageArea("area"), await caches.open("cache")
    print("begin", flush=True)
    number = int(sys.argv[2])
    while True:
        number += 1
        data = number.to_bytes(4) * 50_000
        chunks = (data[start : start + 20_000] for start in range(0, len(data), 20_000))
        await asyncio.gather(
            kv.put("short", str(number), metadata=number),
            kv.put("long", ReadableStream.from_(chunks), metadata=number),
            area.set(["key", number % 3], {"number": number, "data": data}),
            cache.put("https://a.example/", Response(data, headers={"number": str(number)})),
            cookieStore.set("number", str(number)),
            cookieStore.set(f"number{number % 7}", f"{number}," * 400),
        )
        print(number, flush=True)

asyncio.run(main())
"""

# Two of them count in one entry of a KV store, which has no atomic operation, under a name of their
# own, and both in kvStorage areas and caches.
COUNTER = """
import asyncio, sys
from pathlib import Path
from worker_runtime import KVStorageArea, Response, caches, cookieStore
from worker_runtime.cloudflare.kv_namespace import kv_namespace
from worker_runtime.host.host import Host
from worker_runtime.host.storage.sqlite import storage_in
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, realm_execution_context
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.url.url_serializing import origin

async def main():
    host = Host(storage=storage_in(Path(sys.argv[1])))
    url = url_parser("https://a.example/")
    scope = EnvironmentSettingsObject(host, api_base_url=url, origin=origin(url))
    realm_execution_context.set(scope)
    kv, area, cache = kv_namespace(host, "KV"), KVStorageArea("area"), await caches.open("cache")
    for number in range(100):
        key = f"{sys.argv[2]} {number}"
        await asyncio.gather(
            kv.put(key, key * 1000),
            area.set(key, number),
            cache.put(f"https://a.example/{key}", Response(key * 1000)),
            kv.put("same", key * 1000),
            cookieStore.set(f"{sys.argv[2]}{number % 20}", str(number)),
        )

asyncio.run(main())
"""


def process(code: str, *arguments: object) -> subprocess.Popen[str]:
    package_folder = str(Path(worker_runtime.__file__).parent.parent)
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": package_folder},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def scope_of(host: Host) -> EnvironmentSettingsObject:
    url = url_parser(A)
    return EnvironmentSettingsObject(host, api_base_url=url, origin=origin(url))


class TestDeath:
    async def test_what_was_acknowledged_is_there_and_nothing_is_half_there(
        self, tmp_path: Path
    ) -> None:
        random, acknowledged, last = Random(1), 0, 0
        for _ in range(DEATHS):
            with process(WRITER, tmp_path, last) as writer:
                assert writer.stdout is not None
                assert writer.stdout.readline() == "begin\n"
                timer = Timer(random.random() * 0.5, writer.kill)
                timer.start()
                lines = [line for line in writer.stdout.read().split("\n")[:-1]]
                timer.join()
            if lines:
                acknowledged = int(lines[-1])
            numbers = await self.numbers_in(tmp_path)
            assert acknowledged <= min(numbers)
            last = max(numbers)
            assert last <= acknowledged + 1 or not lines

    async def numbers_in(self, folder: Path) -> set[int]:
        """Look at all that is stored; returns the numbers of the rounds that have written it."""
        storage = storage_in(folder)
        host = Host(storage=storage)
        with running_in(scope_of(host)):
            kv, area, cache = (
                kv_namespace(host, "KV"),
                KVStorageArea("area"),
                await caches.open("cache"),
            )
            numbers = set()
            short = await kv.getWithMetadata("short")
            numbers.add(int(short.value or 0))
            assert short.metadata == (int(short.value) if short.value else None)
            long = await kv.getWithMetadata("long", "arrayBuffer")
            numbers.add(long.metadata or 0)
            assert long.value == (long.metadata.to_bytes(4) * 50_000 if long.metadata else None)
            values = [value async for value in area.values()]
            for value in values:
                assert value["data"] == value["number"].to_bytes(4) * 50_000
            numbers.add(max((value["number"] for value in values), default=0))
            cookie = await cookieStore.get("number")
            numbers.add(int(cookie.value or 0) if cookie else 0)
            for name, text in await cookieStore.getAll():
                assert text is not None and (name == "number" or len(set(text.split(","))) == 2)
            response = await cache.match(A)
            cached = int(response.headers.get("number") or 0) if response else 0
            numbers.add(cached)
            assert response is None or await response.bytes() == cached.to_bytes(4) * 50_000
        storage.close()
        return numbers


class TestSeveralProcesses:
    async def test_no_update_is_lost_and_none_fails(self, tmp_path: Path) -> None:
        processes = [process(COUNTER, tmp_path, name) for name in ("one", "two")]
        outputs = [each.communicate(timeout=120) for each in processes]
        assert outputs == [("", ""), ("", "")]
        storage = storage_in(tmp_path)
        host = Host(storage=storage)
        with running_in(scope_of(host)):
            kv, area, cache = (
                kv_namespace(host, "KV"),
                KVStorageArea("area"),
                await caches.open("cache"),
            )
            keys = [f"{name} {number}" for name in ("one", "two") for number in range(100)]
            for key in keys:
                assert await kv.get(key) == key * 1000
                assert await area.get(key) == int(key.split()[1])
                response = await cache.match(A + key)
                assert response is not None and await response.text() == key * 1000
            assert {tuple(item) for item in await cookieStore.getAll()} == {
                (f"{name}{number}", str(80 + number))
                for name in ("one", "two")
                for number in range(20)
            }
            assert await kv.get("same") in {f"{name} 99" * 1000 for name in ("one", "two")}
            assert len((await kv.list()).keys) == 201 and len(await cache.keys()) == 200
        assert {key.split(b"/")[2] for key, _ in storage.scan(b"cache/body/")} == {
            key[-16:] for key, _ in storage.scan(b"cache/list/")
        }
        storage.close()


class TestFailingDisk:
    async def test_a_full_disk_is_a_quota_exceeded_error_and_the_rest_stays(
        self, tmp_path: Path
    ) -> None:
        storage = SQLiteStorage(tmp_path / "storage")
        host = Host(storage=storage)
        with running_in(EnvironmentSettingsObject(host)):
            kv, area = kv_namespace(host, "KV"), KVStorageArea("area")
            cache = await caches.open("cache")
            await kv.put("key", "old")
            await area.set("key", "old")
            await cache.put(A, Response("old"))
            for connection in (storage._connection, storage.impatient()._connection):
                assert connection is not None
                [(pages,)] = connection.execute("PRAGMA page_count")
                connection.execute(f"PRAGMA max_page_count = {pages + 2}")
            with pytest.raises(QuotaExceededError):
                await kv.put("key", bytes(2**20))
            with pytest.raises(QuotaExceededError):
                await area.set("key", bytes(2**20))
            with pytest.raises(QuotaExceededError):
                await cache.put(A, Response(bytes(2**20)))
            assert await kv.get("key") == await area.get("key") == "old"
            response = await cache.match(A)
            assert response is not None and await response.text() == "old"
            for connection in (storage._connection, storage.impatient()._connection):
                assert connection is not None
                connection.execute(f"PRAGMA max_page_count = {2**30}")
            await kv.put("key", "new")
            assert await kv.get("key") == "new"
        storage.close()

    async def test_a_file_that_may_not_be_written_is_an_unknown_error(self, tmp_path: Path) -> None:
        storage = SQLiteStorage(tmp_path / "storage")
        host = Host(storage=storage)
        kv = kv_namespace(host, "KV")
        await kv.put("key", "old")
        for connection in (storage._connection, storage.impatient()._connection):
            assert connection is not None
            connection.execute("PRAGMA query_only = 1")  # as permissions do, for who is not root
        for promise in (kv.put("key", "new"), kv.put("key", bytes(2**20)), kv.delete("key")):
            with pytest.raises(DOMException, match="readonly") as caught:
                await promise
            assert caught.value.name == "UnknownError"
        assert await kv.get("key") == "old"
        storage.close()

    async def test_a_file_that_is_deleted_beneath_is_an_unknown_error_and_then_a_new_one(
        self, tmp_path: Path
    ) -> None:
        storage = storage_in(tmp_path / "folder")
        kv = kv_namespace(Host(storage=storage), "KV")
        await kv.put("key", "old")
        for file in (tmp_path / "folder").iterdir():
            file.unlink()
        with pytest.raises(DOMException, match="UnknownError.*deleted"):
            await kv.put("key", "new")
        await kv.put("key", "new")
        assert await kv.get("key") == "new"
        storage.close()
