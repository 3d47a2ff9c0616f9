"""A bus between hosts of one event loop."""

from __future__ import annotations

import asyncio

import pytest

from worker_runtime.host.bus import BusFailure
from worker_runtime.host.memory_bus import MemoryBroker


class TestMemoryBroker:
    async def test_its_members_speak_with_each_other(self) -> None:
        broker, heard = MemoryBroker(), list[tuple[int, bytes]]()
        first, second = await broker.join(), await broker.join()
        second.listen("a", lambda *message: heard.append(message))
        first.send(second.member, "a", b"1")
        first.publish("a", b"2")
        for _ in range(3):
            await asyncio.sleep(0)
        assert heard == [(first.member, b"1"), (first.member, b"2")]

    async def test_the_dead_own_nothing_and_say_nothing(self) -> None:
        broker, heard, gone = MemoryBroker(), list[bytes](), list[int]()
        first, second = await broker.join(), await broker.join()
        second.listen("a", lambda member, message: heard.append(message))
        second.when_gone(gone.append)
        assert await first.claim(b"n") == await second.claim(b"n") == first.member
        first.publish("a", b"too late")
        broker.kill(first.member)
        assert await second.claim(b"n") == second.member
        assert (heard, gone) == ([], [first.member])
        with pytest.raises(BusFailure):
            await first.claim(b"n")
