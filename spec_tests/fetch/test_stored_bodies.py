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
from worker_runtime.fetch.storage_bottle import BODY, LOOSE, SECONDS_OF_LEASE, bottle_of
from worker_runtime.fetch.stored_bodies import CHUNK_SIZE, NO_BODY, BodyWriter, stored_body
from worker_runtime.host.host import Host
from worker_runtime.host.storage.backend import StorageBackend
from worker_runtime.host.storage.sqlite import SQLiteStorage
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, realm_execution_context
from worker_runtime.webidl.promises import Promise

spec = pytest.mark.spec

A = "https://a.example/"
PATTERN = bytes(range(256)) * 4000  # about a mebibyte

# A process whose clock stands at 1000 puts a body over an old one, and is killed on the way.
KILLED_PROCESS = """
import asyncio, os, signal, sys
from worker_runtime import Response, caches
from worker_runtime.host.clock import SystemClock
from worker_runtime.host.storage.sqlite import SQLiteStorage
from worker_runtime.html.settings_objects import current_settings_object

class Clock(SystemClock):
    wall = staticmethod(lambda: 1000.0)

async def chunks():
    yield bytes(1_000_000)
    os.kill(os.getpid(), signal.SIGKILL)

async def main():
    current_settings_object().host.storage = SQLiteStorage(sys.argv[1], Clock())
    cache = await caches.open("test")
    await cache.put("https://a.example/", Response("old"))
    await cache.put("https://a.example/", Response(chunks()))

asyncio.run(main())
"""


async def stored(cache: Cache, url: str = A) -> Response:
    response = await cache.match(url)
    assert response is not None
    return response


def loose_and_chunks(storage: StorageBackend) -> tuple[int, int]:
    return len(storage.scan(LOOSE)), len(storage.scan(BODY))


@spec("https://fetch.spec.whatwg.org/#concept-body")
class TestBodyWriter:
    @pytest.mark.parametrize(
        "size", [0, 1, CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1, 3 * CHUNK_SIZE, len(PATTERN)]
    )
    @pytest.mark.parametrize("piece", [7919, CHUNK_SIZE, 10 * CHUNK_SIZE])
    async def test_any_pieces_are_read_as_they_were_written(
        self, storage: StorageBackend, size: int, piece: int
    ) -> None:
        bottle = bottle_of(storage)
        writer = BodyWriter(bottle)
        for start in range(0, size, piece):
            writer.write(memoryview(PATTERN)[start : min(size, start + piece)])
        with bottle.transaction():
            number = writer.finish()
        assert (number == NO_BODY) is (size == 0) and writer.length == size
        assert await Response(stored_body(bottle, number, size).stream).bytes() == PATTERN[:size]
        assert {len(chunk) for _, chunk in storage.scan(BODY)[:-1]} <= {CHUNK_SIZE}
        assert loose_and_chunks(storage) == (0, -(-size // CHUNK_SIZE))

    def test_what_was_undone_is_loose_again_and_can_be_discarded(
        self, storage: StorageBackend
    ) -> None:
        bottle = bottle_of(storage)
        writer = BodyWriter(bottle)
        writer.write(PATTERN)
        with pytest.raises(KeyError), bottle.transaction():
            writer.finish()
            raise KeyError
        assert len(storage.scan(LOOSE)) == 1
        writer.discard()
        assert loose_and_chunks(storage) == (0, 0)

    def test_one_that_is_dropped_leaves_nothing(self, storage: StorageBackend) -> None:
        bottle = bottle_of(storage)
        BodyWriter(bottle).write(PATTERN)
        gc.collect()
        with bottle.transaction():
            assert loose_and_chunks(storage) == (0, 0)

    def test_another_writer_does_not_take_it_for_left_over(
        self, storage: StorageBackend, clock: FakeClock
    ) -> None:
        bottle = bottle_of(storage)
        first, second = BodyWriter(bottle), BodyWriter(bottle)
        first.write(PATTERN)
        clock.advance(SECONDS_OF_LEASE + 1)
        second.write(PATTERN)
        first.write(PATTERN)
        with bottle.transaction():
            assert first.finish() != second.finish()


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
            with storage.transaction():
                bottle_of(storage).remove(key.removeprefix(LOOSE))
            yield PATTERN

        with pytest.raises(Exception, match="UnknownError.*left over"):
            await cache.put(A, Response(chunks()))  # type: ignore[arg-type]
        assert loose_and_chunks(storage) == (0, 0)

    @pytest.mark.skipif(os.name != "posix", reason="it kills itself as POSIX does")
    async def test_a_process_that_is_killed_leaves_the_old_response_and_in_the_end_nothing_of_the_new_one(
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
            TypeError, match=f"ends {len(PATTERN) - 3 * CHUNK_SIZE} bytes too early"
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
