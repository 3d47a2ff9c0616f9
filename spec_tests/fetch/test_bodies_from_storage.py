"""Fetch Standard, 2.2.4, for bodies that lie in a storage."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

import worker_runtime
from spec_tests.fakes import FakeClock
from worker_runtime import Cache, ReadableStream, Response, caches
from worker_runtime.fetch.bodies import BodyRecord
from worker_runtime.fetch.bodies_from_storage import body_of, stored_bytes
from worker_runtime.host.host import Host
from worker_runtime.host.storage.backend import StorageBackend
from worker_runtime.host.storage.sqlite import SQLiteStorage
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, realm_execution_context
from worker_runtime.storage.large_values import (
    CHUNK_SIZE,
    SECONDS_OF_LEASE,
    LargeValues,
    ValueWriter,
)
from worker_runtime.storage.storage_bottles import Entries
from worker_runtime.storage.storage_sheds import StorageShed
from worker_runtime.webidl.promises import Promise

spec = pytest.mark.spec

A = "https://a.example/"
BODY, LOOSE = b"cache/body/", b"cache/loose/"
PATTERN = bytes(range(256)) * 4000  # about a mebibyte

# A process whose clock stands at 1000 puts a body over an old one, and is killed on the way.
KILLED_PROCESS = """
import asyncio, os, signal, sys
from worker_runtime import Response, caches
from worker_runtime.host.clock import SystemClock
from worker_runtime.host.storage.sqlite import SQLiteStorage
from worker_runtime.host.host import Host, use_default_host

class Clock(SystemClock):
    wall = staticmethod(lambda: 1000.0)

async def chunks():
    yield bytes(1_000_000)
    os.kill(os.getpid(), signal.SIGKILL)

async def main():
    cache = await caches.open("test")
    await cache.put("https://a.example/", Response("old"))
    await cache.put("https://a.example/", Response(chunks()))

use_default_host(Host(storage=SQLiteStorage(sys.argv[1], Clock())))
asyncio.run(main())
"""


async def stored(cache: Cache, url: str = A) -> Response:
    response = await cache.match(url)
    assert response is not None
    return response


def loose_and_chunks(storage: StorageBackend) -> tuple[int, int]:
    return len(storage.scan(LOOSE)), len(storage.scan(BODY))


@spec("https://fetch.spec.whatwg.org/#bodies")
class TestBodyOf:
    @pytest.mark.parametrize("size", [0, 1, CHUNK_SIZE, CHUNK_SIZE + 1, len(PATTERN)])
    async def test_it_has_the_bytes_that_were_written(
        self, storage: StorageBackend, size: int
    ) -> None:
        values = (
            Host(storage=storage).record(StorageShed).bottle_of_the_host(b"b/").record(LargeValues)
        )
        writer = ValueWriter(values)
        await writer.write(PATTERN[:size])
        number = await values.write(writer.finish)

        def steps(entries: Entries) -> BodyRecord:
            return body_of(stored_bytes(entries, values, number, size))

        body = await values.read(steps)
        assert body.length == size and (body.take_bytes() is None) is (size > CHUNK_SIZE)
        body = await values.read(steps)
        assert await Response(body.stream).bytes() == PATTERN[:size]

    async def test_one_that_is_gone_is_a_type_error(self) -> None:
        values = Host().record(StorageShed).bottle_of_the_host(b"b/").record(LargeValues)
        with pytest.raises(TypeError, match="5 bytes too early"):
            await values.read(lambda entries: stored_bytes(entries, values, b"1" * 16, 5))


@spec("https://fetch.spec.whatwg.org/#concept-body")
class TestWriteAll:
    @pytest.mark.parametrize("failure", [KeyError("lost"), "a string"])
    async def test_a_stream_that_fails_leaves_the_old_response_and_nothing_of_the_new_one(
        self, storage: StorageBackend, failure: object
    ) -> None:
        cache = await caches.open("test")
        await cache.put(A, Response(PATTERN))
        before = loose_and_chunks(storage)
        chunks = iter([PATTERN, failure])

        def pull(controller: object) -> None:
            controller.enqueue(next(chunks))  # type: ignore[attr-defined]

        promise = cache.put(A, Response(ReadableStream({"pull": pull})))
        with pytest.raises(TypeError, match="chunk of bytes, not"):
            await promise
        assert loose_and_chunks(storage) == before
        assert await (await stored(cache)).bytes() == PATTERN

    async def test_the_reason_of_the_stream_is_that_of_the_promise(
        self, storage: StorageBackend
    ) -> None:
        def fail() -> Iterator[bytes]:
            yield PATTERN
            raise KeyError("lost")

        cache = await caches.open("test")
        with pytest.raises(KeyError, match="lost"):
            await cache.put(A, Response(fail()))
        assert await cache.keys() == () and loose_and_chunks(storage) == (0, 0)

    async def test_until_all_of_it_is_there_the_old_response_is_found(
        self, storage: StorageBackend
    ) -> None:
        cache = await caches.open("test")
        await cache.put(A, Response("old"))
        go_on: Promise[None]
        go_on, resolve, _ = Promise.withResolvers()

        async def chunks() -> object:
            yield PATTERN
            await go_on
            yield PATTERN

        promise = cache.put(A, Response(chunks()))  # type: ignore[arg-type]
        while not storage.scan(LOOSE):
            await asyncio.sleep(0)
        assert await (await stored(cache)).text() == "old"
        resolve()
        await promise
        assert await (await stored(cache)).bytes() == PATTERN * 2

    async def test_a_writer_that_was_taken_for_left_over_says_so(
        self, storage: StorageBackend
    ) -> None:
        cache = await caches.open("test")

        async def chunks() -> object:
            yield PATTERN
            (key, _), *_ = storage.scan(LOOSE)  # as another process does when the lease has run out
            storage.delete(key)
            storage.delete_prefix(BODY)
            yield PATTERN

        with pytest.raises(Exception, match="UnknownError.*left over"):
            await cache.put(A, Response(chunks()))  # type: ignore[arg-type]
        assert loose_and_chunks(storage) == (0, 0)

    @pytest.mark.skipif(os.name != "posix", reason="it kills itself as POSIX does")
    async def test_a_process_that_is_killed_leaves_the_old_response_and_in_the_end_no_new_one(
        self, tmp_path: Path
    ) -> None:
        path = tmp_path / "storage"
        package_folder = str(Path(worker_runtime.__file__).parent.parent)
        environment = {**os.environ, "PYTHONPATH": package_folder}
        killed = subprocess.run(
            [sys.executable, "-c", KILLED_PROCESS, str(path)], env=environment, check=False
        )
        assert killed.returncode < 0
        for wall, rest in (
            (1000.0, (1, 1 + 1_000_000 // CHUNK_SIZE)),
            (1000.0 + SECONDS_OF_LEASE + 1, (0, 1)),
        ):
            storage = SQLiteStorage(path, FakeClock(wall=wall))
            token = realm_execution_context.set(EnvironmentSettingsObject(Host(storage=storage)))
            assert await (await stored(await caches.open("test"))).text() == "old"
            assert loose_and_chunks(storage) == rest
            realm_execution_context.reset(token)
            storage.close()


@spec("https://fetch.spec.whatwg.org/#bodies")
class TestReading:
    @pytest.mark.parametrize("change", ["put", "delete", "delete the cache"])
    async def test_what_somebody_has_found_can_be_read_though_it_is_replaced(
        self, storage: StorageBackend, change: str
    ) -> None:
        cache = await caches.open("test")
        await cache.put(A, Response(PATTERN))
        begun, not_begun = await stored(cache), await stored(cache)
        assert begun.body is not None
        reader = begun.body.getReader()
        data = (await reader.read()).value
        match change:
            case "put":
                await cache.put(A, Response(bytes(len(PATTERN))))
            case "delete":
                await cache.delete(A)
            case _:
                await caches.delete("test")
                del cache
                gc.collect()
        while not (result := await reader.read()).done:
            data += result.value
        assert data == PATTERN == await not_begun.bytes()
        del begun, not_begun, reader
        gc.collect()
        await (await caches.open("next")).delete(A)
        await (await caches.open("test")).delete(A)
        assert loose_and_chunks(storage) == (0, 0)

    async def test_a_clone_can_be_read_too(self, storage: StorageBackend) -> None:
        cache = await caches.open("test")
        await cache.put(A, Response(PATTERN))
        response = await stored(cache)
        clone = response.clone()
        assert await clone.bytes() == PATTERN == await response.bytes()

    @pytest.mark.parametrize("damage", [None, b"short"])
    async def test_a_chunk_that_is_missing_fails_the_body(
        self, storage: StorageBackend, damage: bytes | None
    ) -> None:
        cache = await caches.open("test")
        await cache.put(A, Response(PATTERN))
        response = await stored(cache)
        key = storage.scan(BODY)[3][0]
        if damage is None:
            storage.delete(key)
        else:
            storage.put(key, damage)
        with pytest.raises(
            TypeError, match=f"end {len(PATTERN) - 3 * CHUNK_SIZE} bytes too early"
        ):
            await response.bytes()

    async def test_a_stream_that_is_cancelled_lets_go_of_it(self, storage: StorageBackend) -> None:
        cache = await caches.open("test")
        await cache.put(A, Response(PATTERN))
        response = await stored(cache)
        assert response.body is not None
        await response.body.cancel()
        await cache.delete(A)
        assert loose_and_chunks(storage) == (0, 0)


@spec("https://fetch.spec.whatwg.org/#bodies")
class TestMemory:
    async def test_a_large_body_needs_little_memory(self, tmp_path: Path) -> None:
        storage = SQLiteStorage(tmp_path / "storage")
        token = realm_execution_context.set(EnvironmentSettingsObject(Host(storage=storage)))
        size = 64 * 2**20
        cache = await caches.open("test")
        tracemalloc.start()
        try:
            await cache.put(A, Response(bytes(CHUNK_SIZE) for _ in range(size // CHUNK_SIZE)))
            read = 0
            response = await stored(cache)
            assert response.body is not None
            async for chunk in response.body:
                read += len(chunk)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            realm_execution_context.reset(token)
        storage.close()
        assert read == size and peak < 2 * 2**20
