"""RFC 9111, 3.3: only what was read to its end is stored."""

from __future__ import annotations

import asyncio
import gc

import pytest

from spec_tests.storage.fake_storages import SlowStorage
from worker_runtime import ReadableStream, Response
from worker_runtime.fetch.bodies import BodyRecord
from worker_runtime.fetch.bodies_into_storage import (
    MOST_CHUNKS_TO_WAIT,
    BodyBeingStored,
    body_to_read,
)
from worker_runtime.host.host import Host
from worker_runtime.host.storage.backend import StorageBackend
from worker_runtime.storage.large_values import LargeValues, ValueWriter
from worker_runtime.storage.storage_bottles import Entries
from worker_runtime.storage.storage_sheds import StorageShed
from worker_runtime.webidl.promises import Promise, a_promise_rejected_with

spec = pytest.mark.spec

LONG = bytes(range(256)) * 1000  # four chunks of a storage


class Copy:
    """A body that is being stored, and the bytes of it that are kept in the end."""

    def __init__(self, storage: StorageBackend, most_bytes: int = 10**9) -> None:
        self.storage = storage
        self.kept: bytes | None = None
        bottle = Host(storage=storage).record(StorageShed).bottle_of_the_host(b"b/")
        self.values = bottle.record(LargeValues)
        self.being_stored = BodyBeingStored(self.values, "http://a.example/", most_bytes, self.keep)

    def keep(self, writer: ValueWriter) -> Promise[None]:
        def steps(entries: Entries) -> None:
            number = writer.finish(entries)
            self.kept = b"".join(value for _, value in entries.scan(b"body/" + number))

        return self.values.write(steps)

    async def rest(self) -> int:
        """How many keys are left of what is not kept."""
        gc.collect()

        def count(entries: Entries) -> int:
            bodies = entries.scan(b"body/") if self.kept is None else []
            return len(entries.scan(b"loose/")) + len(bodies)

        return await self.values.write(count)


def stream_of(*chunks: object) -> tuple[ReadableStream, list[object]]:
    """A stream, and the chunks of it that nobody has wanted yet."""
    rest = list(chunks)

    def pull(controller: object) -> None:
        chunk = rest.pop(0) if rest else None
        if isinstance(chunk, Exception):
            controller.error(chunk)  # type: ignore[attr-defined]
        elif chunk is None:
            controller.close()  # type: ignore[attr-defined]
        else:
            controller.enqueue(chunk)  # type: ignore[attr-defined]

    return ReadableStream({"pull": pull}, {"highWaterMark": 0}), rest


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-3.3-1")
class TestBodyBeingStored:
    async def test_is_kept_when_it_is_whole(self, storage: StorageBackend) -> None:
        copy = Copy(storage)
        copy.being_stored.write(b"a")
        assert copy.kept is None
        copy.being_stored.write(LONG)
        copy.being_stored.finish()
        await asyncio.sleep(0)
        assert copy.kept == b"a" + LONG and await copy.rest() == 0

    async def test_nothing_is_left_of_what_is_discarded(self, storage: StorageBackend) -> None:
        copy = Copy(storage)
        copy.being_stored.write(LONG)
        copy.being_stored.discard()
        copy.being_stored.write(LONG)
        copy.being_stored.finish()
        assert copy.kept is None and await copy.rest() == 0

    async def test_nothing_is_left_of_what_is_dropped(self, storage: StorageBackend) -> None:
        copy = Copy(storage)
        copy.being_stored.write(LONG)
        del copy.being_stored
        assert await copy.rest() == 0

    async def test_what_is_too_long_is_not_stored(self, storage: StorageBackend) -> None:
        copy = Copy(storage, most_bytes=len(LONG))
        copy.being_stored.write(LONG)
        copy.being_stored.write(b"x")
        copy.being_stored.finish()
        assert copy.kept is None and await copy.rest() == 0

    async def test_a_storage_that_fails_is_nobodys_concern(self, storage: StorageBackend) -> None:
        for failing in (Copy(storage), Copy(storage)):
            failing.being_stored.write(LONG)
            storage.close()
            failing.being_stored.write(LONG)
            failing.being_stored.finish()
            assert failing.kept is None

    async def test_neither_is_one_that_fails_when_it_is_to_be_kept(
        self, storage: StorageBackend
    ) -> None:
        def fail(writer: ValueWriter) -> Promise[None]:
            return a_promise_rejected_with(KeyError("full"))

        copy = Copy(storage)
        copy.being_stored = BodyBeingStored(copy.values, "", 10**9, fail)
        copy.being_stored.write(LONG)
        copy.being_stored.finish()
        await asyncio.sleep(0)
        assert await copy.rest() == 0

    async def test_it_is_kept_when_all_of_it_is_written(self) -> None:
        storage = SlowStorage()
        copy = Copy(storage)
        copy.being_stored.write(LONG)
        copy.being_stored.finish()
        await asyncio.sleep(0)
        assert copy.kept is None
        storage.goes_on.set()
        while copy.kept is None:
            await copy.values.read(Entries.scan)
        assert copy.kept == LONG

    async def test_it_waits_for_no_slow_storage(self) -> None:
        storage = SlowStorage()
        copy = Copy(storage)
        for _ in range(MOST_CHUNKS_TO_WAIT + 1):
            copy.being_stored.write(LONG)
        copy.being_stored.finish()
        storage.goes_on.set()
        assert await copy.rest() == 0 and copy.kept is None


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-3.3-2")
class TestBodyToRead:
    async def test_what_is_in_hand_is_stored_at_once(self, storage: StorageBackend) -> None:
        copy = Copy(storage)
        body = BodyRecord(b"hello")
        assert (
            body_to_read(body, copy.being_stored) is body
            and not body.is_unusable
            and copy.kept == b"hello"
        )

    async def test_a_stream_is_stored_as_it_is_read(self, storage: StorageBackend) -> None:
        copy = Copy(storage)
        body = body_to_read(BodyRecord(None, 7, stream_of(LONG, b"x")[0]), copy.being_stored)
        assert (
            body.length == 7
            and await Response(body.stream).bytes() == LONG + b"x" == copy.kept
            and await copy.rest() == 0
        )

    async def test_nothing_is_received_that_the_consumer_does_not_want(
        self, storage: StorageBackend
    ) -> None:
        copy = Copy(storage)
        stream, rest = stream_of(b"1", b"2", b"3")
        reader = body_to_read(BodyRecord(stream=stream), copy.being_stored).stream.getReader()
        assert (await reader.read()).value == b"1"
        await asyncio.sleep(0)
        assert rest == [b"2", b"3"] and copy.kept is None
        await reader.cancel("enough")
        assert rest == [b"2", b"3"] and copy.kept is None and await copy.rest() == 0

    async def test_the_consumers_reason_reaches_who_sends(self, storage: StorageBackend) -> None:
        reasons: list[object] = []
        stream = ReadableStream({"cancel": reasons.append})
        await body_to_read(BodyRecord(stream=stream), Copy(storage).being_stored).stream.cancel(
            "enough"
        )
        assert reasons == ["enough"]

    async def test_what_breaks_off_is_not_stored(self, storage: StorageBackend) -> None:
        copy = Copy(storage)
        body = body_to_read(
            BodyRecord(stream=stream_of(LONG, KeyError("lost"))[0]), copy.being_stored
        )
        with pytest.raises(KeyError, match="lost"):
            await Response(body.stream).bytes()
        assert copy.kept is None and await copy.rest() == 0
