"""What takes its time is not waited for for ever."""

from __future__ import annotations

import asyncio

import pytest

from spec_tests.fakes import FakeClock
from worker_runtime.host.waiting import within


async def done_after(turns: int) -> str:
    for _ in range(turns):
        await asyncio.sleep(0)
    return "done"


class TestWithin:
    async def test_is_what_comes_of_it(self) -> None:
        clock = FakeClock()
        assert await within(7, clock, done_after(2), lambda _: None) == "done"
        assert not clock.alarms

    async def test_or_a_timeout(self) -> None:
        async def for_ever() -> str:
            await asyncio.get_running_loop().create_future()
            return ""

        clock = FakeClock()
        waiting = asyncio.ensure_future(within(7, clock, for_ever(), lambda _: None))
        await asyncio.sleep(0)
        clock.advance(6.9)
        await asyncio.sleep(0)
        assert not waiting.done()
        clock.advance(0.1)
        with pytest.raises(TimeoutError, match="nothing within 7 seconds"):
            await waiting

    async def test_what_fails_fails(self) -> None:
        async def fail() -> str:
            raise OSError("no")

        with pytest.raises(OSError, match="no"):
            await within(7, FakeClock(), fail(), lambda _: None)

    @pytest.mark.parametrize("turns", range(1, 6))
    async def test_what_comes_about_when_nobody_waits_is_dropped(self, turns: int) -> None:
        dropped: list[str] = []
        made: list[str] = []

        async def make() -> str:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            made.append("made")
            return "made"

        clock = FakeClock()
        waiting = asyncio.ensure_future(within(7, clock, make(), dropped.append))
        for _ in range(turns):
            await asyncio.sleep(0)
        waiting.cancel()
        for _ in range(4):
            await asyncio.sleep(0)
        assert waiting.cancelled() or waiting.result() == "made"
        assert dropped == (made if waiting.cancelled() else [])
        assert not clock.alarms
