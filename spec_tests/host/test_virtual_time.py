"""A loop whose time passes when the test lets it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

import pytest

from worker_runtime.host.virtual_time import (
    TimeStandsStill,
    VirtualClock,
    VirtualTimeLoop,
    run_in_virtual_time,
)


def run(main: Coroutine[Any, Any, None]) -> None:
    run_in_virtual_time(main)


def the_loop() -> VirtualTimeLoop:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    return loop


class TestAdvance:
    def test_timers_ring_at_their_time_and_in_order(self) -> None:
        async def main() -> None:
            loop, seen = the_loop(), list[tuple[str, float]]()

            def note(name: str) -> None:
                seen.append((name, loop.time()))

            for name, delay in (("c", 3.0), ("a", 1.0), ("b", 2.0), ("a2", 1.0)):
                loop.call_later(delay, note, name)
            await loop.advance(2.5)
            assert seen == [("a", 1.0), ("a2", 1.0), ("b", 2.0)] and loop.time() == 2.5
            await loop.advance(0.5)
            assert seen[-1] == ("c", 3.0)

        run(main())

    def test_what_a_timer_leads_to_happens_in_the_same_time(self) -> None:
        async def main() -> None:
            loop, seen = the_loop(), []

            async def work() -> None:
                for _ in range(3):
                    await asyncio.sleep(1)
                    seen.append(loop.time())

            task = asyncio.ensure_future(work())
            await loop.advance(3)
            assert seen == [1.0, 2.0, 3.0] and task.done()

        run(main())

    def test_all_that_needs_no_time_is_done_by_an_advance_of_none(self) -> None:
        async def main() -> None:
            async def work() -> None:
                for _ in range(100):
                    await asyncio.sleep(0)

            task = asyncio.ensure_future(work())
            await the_loop().advance(0)
            assert task.done()

        run(main())

    def test_a_hundred_days_and_more_are_exact(self) -> None:
        async def main() -> None:
            loop, seen = the_loop(), []
            loop.call_later(100 * 86400.1, lambda: seen.append(loop.time()))
            for _ in range(101):
                await loop.advance(86400.1)
            assert len(seen) == 1 and abs(seen[0] - 100 * 86400.1) < 1e-6

        run(main())

    @pytest.mark.parametrize("seconds", [-1, float("inf"), float("nan")])
    def test_time_passes_forward_only(self, seconds: float) -> None:
        async def main() -> None:
            with pytest.raises(ValueError, match="passes forward"):
                await the_loop().advance(seconds)

        run(main())

    def test_two_at_once_are_refused(self) -> None:
        async def main() -> None:
            first = asyncio.ensure_future(the_loop().advance(1))
            await asyncio.sleep(0)
            with pytest.raises(RuntimeError, match="passes already"):
                await the_loop().advance(1)
            await first

        run(main())

    def test_time_does_not_pass_while_a_thread_works(self) -> None:
        async def main() -> None:
            loop, order = the_loop(), []
            loop.call_later(1, lambda: order.append("timer"))

            async def work() -> None:
                await asyncio.to_thread(time.sleep, 0.05)
                order.append("thread")

            task = asyncio.ensure_future(work())
            await asyncio.sleep(0)
            await loop.advance(2)
            assert order == ["thread", "timer"] and task.done()

        run(main())


class TestTimeStandsStill:
    def test_who_waits_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("worker_runtime.host.virtual_time.SECONDS_OF_PATIENCE", 0.01)

        async def wait_for_ever() -> None:
            await asyncio.Event().wait()

        with pytest.raises(
            TimeStandsStill, match=r"Task-\d+: .*virtual_time\.py:\d+, in wait_for_ever\(\)"
        ):
            run(wait_for_ever())

    def test_a_thread_is_waited_for(self) -> None:
        async def main() -> None:
            await asyncio.to_thread(time.sleep, 0.02)

        run(main())


class TestVirtualClock:
    def test_both_clocks_go_with_the_loop(self) -> None:
        async def main() -> None:
            clock = VirtualClock(the_loop(), wall=1e9)
            rung: list[float] = []
            clock.call_later(5, lambda: rung.append(clock.wall()))
            cancelled = clock.call_later(7, lambda: rung.append(0))
            assert clock.pending() == [5, 7]
            cancelled.cancel()
            await the_loop().advance(10)
            assert rung == [1e9 + 5] and clock.monotonic() == 10 and clock.pending() == []

        run(main())


class TestSchedule:
    def test_it_decides_which_task_goes_on(self) -> None:
        class Last:
            def choose(self, count: int) -> int:
                return count - 1

        async def main() -> None:
            seen = []

            async def say(word: str) -> None:
                await asyncio.sleep(0)
                seen.append(word)

            await asyncio.gather(say("one"), say("two"), say("three"))
            assert seen == ["three", "two", "one"]

        run_in_virtual_time(main(), Last())

    def test_callbacks_keep_their_order(self) -> None:
        class Last:
            def choose(self, count: int) -> int:
                return count - 1

        async def main() -> None:
            seen: list[int] = []
            for number in range(3):
                asyncio.get_running_loop().call_soon(seen.append, number)
            await the_loop().advance(0)
            assert seen == [0, 1, 2]

        run_in_virtual_time(main(), Last())
