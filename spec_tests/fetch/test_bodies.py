"""Fetch Standard, 2.2.4."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime.fetch.bodies import BodyRecord, BodyWithType, fully_read
from worker_runtime.file_api.blob import Blob
from worker_runtime.streams.readable_stream import ReadableStream

spec = pytest.mark.spec


def stream_of(*chunks: object) -> ReadableStream:
    return ReadableStream.from_(list(chunks))


async def read(stream: ReadableStream) -> bytes:
    return b"".join([bytes(chunk) async for chunk in stream])


SOURCES: list[Callable[[], BodyRecord]] = [
    lambda: BodyRecord(b"abc", 3),
    lambda: BodyRecord(Blob(["a", "bc"]), 3),
    lambda: BodyRecord(stream=stream_of(b"a", b"bc")),
    lambda: BodyRecord(stream=lambda: stream_of(b"a", b"bc")),
]
each_source = pytest.mark.parametrize("make", SOURCES, ids=["bytes", "Blob", "stream", "callable"])


@spec("https://fetch.spec.whatwg.org/#concept-body")
class TestBodyRecord:
    @each_source
    async def test_has_a_stream_that_is_always_the_same(
        self, make: Callable[[], BodyRecord]
    ) -> None:
        body = make()
        stream = body.stream
        assert stream is body.stream
        assert not body.is_disturbed and not body.is_unusable
        assert await read(stream) == b"abc"
        assert body.is_disturbed and body.is_unusable

    @each_source
    async def test_is_unusable_while_somebody_holds_a_reader(
        self, make: Callable[[], BodyRecord]
    ) -> None:
        body = make()
        reader = body.stream.getReader()
        assert body.is_unusable and not body.is_disturbed
        reader.releaseLock()
        assert not body.is_unusable

    async def test_a_callable_makes_the_stream_when_it_is_asked_for(self) -> None:
        made: list[ReadableStream] = []

        def make() -> ReadableStream:
            made.append(stream_of(b"x"))
            return made[0]

        body = BodyRecord(stream=make)
        assert not body.is_disturbed and not body.is_unusable and not made
        assert body.stream is body.stream is made[0]
        assert len(made) == 1

    async def test_bytes_have_a_byte_stream(self) -> None:
        reader = BodyRecord(b"abc").stream.getReader(mode="byob")
        assert bytes((await reader.read(memoryview(bytearray(9)))).value) == b"abc"

    async def test_no_bytes_have_a_stream_that_is_closed(self) -> None:
        assert await read(BodyRecord(b"", 0).stream) == b""


@spec("https://fetch.spec.whatwg.org/#concept-body")
class TestTakeBytes:
    def test_needs_no_event_loop(self) -> None:
        assert BodyRecord(b"abc").take_bytes() == b"abc"
        assert BodyRecord(Blob(["abc"])).take_bytes() == b"abc"

    async def test_leaves_the_body_as_if_it_had_been_read(self) -> None:
        body = BodyRecord(b"abc")
        body.take_bytes()
        assert body.is_disturbed and body.is_unusable
        assert body.take_bytes() is None
        assert body.stream.locked
        with pytest.raises(TypeError):
            body.stream.getReader()

    async def test_leaves_a_stream_to_who_has_asked_for_it(self) -> None:
        body = BodyRecord(b"abc")
        stream = body.stream
        assert body.take_bytes() is None
        assert await read(stream) == b"abc"

    def test_knows_nothing_of_what_a_callable_makes(self) -> None:
        assert BodyRecord(stream=lambda: stream_of(b"x")).take_bytes() is None


@spec("https://fetch.spec.whatwg.org/#concept-body-clone")
class TestClone:
    @each_source
    async def test_both_give_all_bytes(self, make: Callable[[], BodyRecord]) -> None:
        body = make()
        clone = body.clone()
        assert (clone.source, clone.length) == (body.source, body.length)
        assert (await read(clone.stream), await read(body.stream)) == (b"abc", b"abc")

    async def test_a_stream_that_has_been_asked_for_is_teed(self) -> None:
        body = BodyRecord(b"abc")
        stream = body.stream
        clone = body.clone()
        assert stream.locked and body.stream is not stream
        assert (await read(clone.stream), await read(body.stream)) == (b"abc", b"abc")

    async def test_what_can_be_read_twice_is_not_teed(self) -> None:
        body = BodyRecord(b"abc")
        slow, fast = BodyRecord(stream=body.clone().stream).clone(), body.clone()
        assert fast.take_bytes() == await read(slow.stream)


@spec("https://streams.spec.whatwg.org/#readablestream-create-a-proxy")
class TestCreateAProxy:
    @each_source
    async def test_gives_all_bytes_and_uses_the_body_up(
        self, make: Callable[[], BodyRecord]
    ) -> None:
        body = make()
        proxy = body.create_a_proxy()
        assert body.is_unusable and body.is_disturbed and body.stream.locked
        assert await read(proxy.stream) == b"abc"

    @each_source
    async def test_a_stream_that_has_been_asked_for_is_piped(
        self, make: Callable[[], BodyRecord]
    ) -> None:
        body = make()
        stream = body.stream
        proxy = body.create_a_proxy()
        assert body.stream is stream and stream.locked and body.is_disturbed
        assert await read(proxy.stream) == b"abc"


@spec("https://fetch.spec.whatwg.org/#body-with-type")
class TestBodyWithType:
    def test_is_a_pair(self) -> None:
        body = BodyRecord(b"")
        assert BodyWithType(body, "x/y") == (body, "x/y")


@spec("https://fetch.spec.whatwg.org/#body-fully-read")
class TestFullyRead:
    @each_source
    async def test_gives_all_bytes(self, make: Callable[[], BodyRecord]) -> None:
        from worker_runtime.webidl.promises import Promise

        promise, resolve, reject = Promise.withResolvers()
        fully_read(make(), resolve, reject)
        assert await promise == b"abc"

    def test_with_bytes_in_hand_gives_them_at_once(self) -> None:
        seen: list[Any] = []
        fully_read(BodyRecord(b"abc"), seen.append, seen.append)
        assert seen == [b"abc"]

    async def test_a_locked_stream_is_an_error(self) -> None:
        body = BodyRecord(b"abc")
        body.stream.getReader()
        seen: list[Any] = []
        fully_read(body, seen.append, seen.append)
        assert isinstance(seen[0], TypeError)
