"""RFC 9111, 3.3: only what was read to its end is stored."""

from __future__ import annotations

import asyncio
import gc

import pytest

from worker_runtime import ReadableStream, Response
from worker_runtime.fetch.bodies import BodyRecord
from worker_runtime.fetch.storage_bottle import BODY, LOOSE, bottle_of
from worker_runtime.fetch.stored_bodies import BodyWriter
from worker_runtime.fetch.storing_bodies import BodyBeingStored, body_to_read
from worker_runtime.host.storage.backend import StorageBackend, StorageError

spec = pytest.mark.spec

LONG = bytes(range(256)) * 1000  # four chunks of a storage


class Copy:
    """A body that is being stored, and the bytes of it that are kept in the end."""

    def __init__(self, storage: StorageBackend, most_bytes: int = 10**9) -> None:
        self.storage = storage
        self.kept: bytes | None = None
        self.being_stored = BodyBeingStored(
            bottle_of(storage), "http://a.example/", most_bytes, self.keep
        )

    def keep(self, writer: BodyWriter) -> None:
        with bottle_of(self.storage).transaction():
            number = writer.finish()
        self.kept = b"".join(value for _, value in self.storage.scan(BODY + number))

    @property
    def rest(self) -> int:
        """How many keys are left of what is not kept."""
        gc.collect()
        with bottle_of(self.storage).transaction():
            return len(self.storage.scan(LOOSE)) + (
                len(self.storage.scan(BODY)) if self.kept is None else 0
            )


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
    def test_is_kept_when_it_is_whole(self, storage: StorageBackend) -> None:
        copy = Copy(storage)
        copy.being_stored.write(b"a")
        assert copy.kept is None
        copy.being_stored.write(LONG)
        copy.being_stored.finish()
        assert copy.kept == b"a" + LONG and copy.rest == 0

    def test_nothing_is_left_of_what_is_discarded(self, storage: StorageBackend) -> None:
        copy = Copy(storage)
        copy.being_stored.write(LONG)
        copy.being_stored.discard()
        copy.being_stored.write(LONG)
        copy.being_stored.finish()
        assert copy.kept is None and copy.rest == 0

    def test_nothing_is_left_of_what_is_dropped(self, storage: StorageBackend) -> None:
        copy = Copy(storage)
        copy.being_stored.write(LONG)
        del copy.being_stored
        assert copy.rest == 0

    def test_what_is_too_long_is_not_stored(self, storage: StorageBackend) -> None:
        copy = Copy(storage, most_bytes=len(LONG))
        copy.being_stored.write(LONG)
        copy.being_stored.write(b"x")
        copy.being_stored.finish()
        assert copy.kept is None and copy.rest == 0

    def test_a_storage_that_fails_is_nobodys_concern(self, storage: StorageBackend) -> None:
        for failing in (Copy(storage), Copy(storage)):
            failing.being_stored.write(LONG)
            storage.close()
            failing.being_stored.write(LONG)
            failing.being_stored.finish()
            assert failing.kept is None

    def test_neither_is_one_that_fails_when_it_is_to_be_kept(self, storage: StorageBackend) -> None:
        def fail(writer: BodyWriter) -> None:
            raise StorageError("full")

        copy = Copy(storage)
        copy.being_stored = BodyBeingStored(bottle_of(storage), "", 10**9, fail)
        copy.being_stored.write(LONG)
        copy.being_stored.finish()
        assert copy.rest == 0


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-3.3-2")
class TestBodyToRead:
    def test_what_is_in_hand_is_stored_at_once(self, storage: StorageBackend) -> None:
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
            and copy.rest == 0
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
        assert rest == [b"2", b"3"] and copy.kept is None and copy.rest == 0

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
        assert copy.kept is None and copy.rest == 0
