"""The same test in many orders."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from worker_runtime.testing import ScheduleFailure, World, explore, replay
from worker_runtime.world.exploring import Choices, read, trimmed, written

WORKER = Path(__file__).with_name("worker.py")


async def increments_that_may_be_lost() -> None:
    count = 0

    async def increment() -> None:
        nonlocal count
        before = count
        if before % 2:  # lets another in between now and then
            await asyncio.sleep(0)
        count = before + 1

    await asyncio.gather(*(increment() for _ in range(4)))
    assert count == 3


async def two_that_are_in_order() -> None:
    seen = []

    async def say(word: str) -> None:
        await asyncio.sleep(0)
        seen.append(word)

    await asyncio.gather(say("one"), say("other"))
    assert seen == ["one", "other"]


class TestExplore:
    def test_an_order_that_fails_is_found_made_small_and_repeated(self) -> None:
        with pytest.raises(
            ScheduleFailure, match=r"by seed \d+.*replay\(test, '\d+:1'\)"
        ) as raised:
            explore(two_that_are_in_order)
        failure = raised.value
        assert isinstance(failure.__cause__, AssertionError)
        with pytest.raises(AssertionError, match="other"):
            replay(two_that_are_in_order, failure.schedule)

    def test_the_usual_order_is_the_first(self) -> None:
        explore(two_that_are_in_order, runs=1)
        replay(two_that_are_in_order, "")

    def test_the_same_seed_finds_the_same(self) -> None:
        messages = set()
        for _ in range(2):
            with pytest.raises(ScheduleFailure) as raised:
                explore(two_that_are_in_order, seed=42)
            messages.add(str(raised.value))
        assert len(messages) == 1

    def test_what_is_right_holds_in_every_order(self) -> None:
        async def test() -> None:
            lock, count = asyncio.Lock(), 0

            async def increment() -> None:
                nonlocal count
                async with lock:
                    before = count
                    await asyncio.sleep(0)
                    count = before + 1

            await asyncio.gather(*(increment() for _ in range(5)))
            assert count == 5

        explore(test, runs=200)

    def test_a_world_holds_in_every_order(self) -> None:
        async def test() -> None:
            async with World(WORKER, kv=["CACHE"]) as world:
                responses = await asyncio.gather(*(world.fetch("/") for _ in range(3)))
                assert [await each.text() for each in responses] == ["Hello World"] * 3
                socket = await world.websocket("/chat")
                await socket.send("x")
                assert await socket.receive() == "echo x"
                await socket.close()

        explore(test, runs=30)

    def test_other_failures_are_found_too(self) -> None:
        with pytest.raises(ScheduleFailure):
            explore(increments_that_may_be_lost)


class TestChoices:
    def test_what_is_given_goes_first_and_then_the_first_is_taken(self) -> None:
        choices = Choices((2, 9))
        assert [choices.choose(4) for _ in range(4)] == [2, 3, 0, 0]
        assert choices.made == [2, 3, 0, 0]

    def test_a_schedule_is_written_and_read(self) -> None:
        assert written((0, 0, 3, 0, 1)) == "2:3 4:1"
        assert read("2:3 4:1") == (0, 0, 3, 0, 1)
        assert read("") == () == trimmed([0, 0])
