"""SPEC_NOTES.md, "Objects of several processes": bodies."""

from __future__ import annotations

from typing import Any

import pytest

from spec_tests.cloudflare.durable_objects.harness import some_turns
from worker_runtime import ReadableStream
from worker_runtime.cloudflare.durable_objects.remote_bodies import (
    LARGEST_CHUNK,
    BodyReceiver,
    BodySender,
)

spec = pytest.mark.spec


class Way:
    """What is said on one side is heard on the other."""

    def __init__(self, stream: ReadableStream) -> None:
        self.said: list[str] = []
        self.sender = BodySender(stream, self.to_the_receiver)
        self.receiver = BodyReceiver(self.to_the_sender)
        self.body: Any = self.receiver.body(None)

    def to_the_receiver(self, kind: str, *items: Any) -> None:
        self.said.append(kind)
        self.receiver.receive(kind, list(items))

    def to_the_sender(self, kind: str) -> None:
        self.said.append(kind)
        if kind == "pull":
            self.sender.pull()
        else:
            self.sender.cancel(None)


@spec("SPEC_NOTES.md#remote-bodies")
@spec("SPEC_NOTES.md#body-sender")
@spec("SPEC_NOTES.md#body-receiver")
class TestBodies:
    async def test_chunks_go_when_they_are_asked_for(self) -> None:
        pulled: list[int] = []

        async def chunks() -> Any:
            for number in range(100):
                pulled.append(number)
                yield bytes([number]) * 10

        way = Way(ReadableStream.from_(chunks()))
        reader = way.body.stream.getReader()
        for number in range(3):
            assert bytes((await reader.read()).value) == bytes([number]) * 10
        await some_turns()
        assert len(pulled) <= 5 and way.said == ["pull", "chunk"] * 3
        await reader.cancel()
        await some_turns()
        assert way.said[-1] == "cancel" and len(pulled) <= 5

    async def test_large_chunks_go_in_pieces(self) -> None:
        data = bytes(range(256)) * (LARGEST_CHUNK // 256 * 2 + 1)
        way = Way(ReadableStream.from_([data]))
        pieces = [bytes(piece) async for piece in way.body.stream]
        assert b"".join(pieces) == data and max(map(len, pieces)) == LARGEST_CHUNK
        assert way.said[-1] == "end"

    async def test_a_failure_is_passed_on(self) -> None:
        async def chunks() -> Any:
            yield b"a"
            raise KeyError("broken")

        way = Way(ReadableStream.from_(chunks()))
        reader = way.body.stream.getReader()
        assert bytes((await reader.read()).value) == b"a"
        with pytest.raises(KeyError, match="broken"):
            await reader.read()

    async def test_what_the_other_side_may_not_say(self) -> None:
        way = Way(ReadableStream.from_([]))
        for kind, items in (("chunk", [b""]), ("chunk", ["a"]), ("failed", [1]), ("other", [])):
            with pytest.raises(ValueError):
                way.receiver.receive(kind, items)
