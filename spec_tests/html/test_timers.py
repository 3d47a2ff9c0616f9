"""HTML, 8.7."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import pytest

from spec_tests.fakes import FakeClock, running_worker
from worker_runtime import Promise, clearInterval, clearTimeout, setInterval, setTimeout
from worker_runtime.html.settings_objects import current_settings_object
from worker_runtime.html.timers import (
    Timers,
    clear_the_map_of_active_timers,
    run_steps_after_a_timeout,
)

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#dom-settimeout")
class TestSetTimeout:
    async def test_calls_once_with_the_arguments_when_the_time_has_passed(self) -> None:
        clock, seen = FakeClock(), list[Any]()
        with running_worker(clock=clock):
            setTimeout(lambda *args: seen.append(args), 10, "a", 1)
            clock.advance(0.009)
            assert seen == []
            clock.advance(0.001)
            clock.advance(1)
        assert seen == [("a", 1)]

    async def test_works_in_a_plain_script(self) -> None:
        called = asyncio.Event()
        setTimeout(called.set)
        assert await called.wait()

    async def test_ids_are_positive_and_differ(self) -> None:
        with running_worker():
            ids = [setTimeout(print), setInterval(print), setTimeout(print)]
        assert all(id > 0 for id in ids) and len(set(ids)) == 3

    @pytest.mark.parametrize("timeout", [-100, 0, None, float("nan"), float("inf"), 2**32, 0.9])
    async def test_a_timeout_is_a_long_and_not_negative(self, timeout: Any) -> None:
        clock, seen = FakeClock(), list[str]()
        with running_worker(clock=clock):
            setTimeout(seen.append, timeout, "called")
            clock.advance(0)
        assert seen == ["called"]

    @pytest.mark.parametrize("handler", ["alert()", None, 5])
    async def test_what_is_not_callable_is_refused(self, handler: Any) -> None:
        with pytest.raises(TypeError, match="is a callable"):
            setTimeout(handler)

    def test_needs_an_event_loop_and_says_so(self) -> None:
        with pytest.raises(RuntimeError, match="running event loop"):
            setTimeout(print)

    async def test_a_handler_that_is_a_coroutine_function_runs_to_its_end(self) -> None:
        ended = asyncio.Event()

        async def handler() -> None:
            await asyncio.sleep(0)
            ended.set()

        setTimeout(handler)
        await ended.wait()


@spec("https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#dom-setinterval")
class TestSetInterval:
    async def test_calls_again_and_again(self) -> None:
        clock, seen = FakeClock(), list[float]()
        with running_worker(clock=clock):
            setInterval(lambda: seen.append(clock.now - 1000), 500)
            clock.advance(1.6)
        assert seen == pytest.approx([0.5, 1.0, 1.5])

    @spec("https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#dom-clearinterval")
    async def test_may_end_itself(self) -> None:
        clock, seen = FakeClock(), list[str]()

        def handler() -> None:
            seen.append("called")
            clearInterval(interval)

        with running_worker(clock=clock):
            interval = setInterval(handler, 10)
            clock.advance(1)
            assert not clock.alarms
        assert seen == ["called"]

    async def test_one_that_raises_goes_on(self) -> None:
        clock = FakeClock()

        def fail() -> None:
            raise ValueError("v")

        with running_worker(clock=clock) as worker:
            setInterval(fail, 10)
            clock.advance(0.035)
        assert [what for _, what in worker.reports] == ["Uncaught"] * 3


@spec("https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#dom-cleartimeout")
class TestClearTimeout:
    @pytest.mark.parametrize("start", [setTimeout, setInterval])
    @pytest.mark.parametrize("clear", [clearTimeout, clearInterval])
    async def test_stops_either_kind_and_leaves_nothing_behind(
        self, start: Callable[..., int], clear: Callable[[int], None]
    ) -> None:
        clock = FakeClock()

        def handler() -> None:
            raise NotImplementedError

        with running_worker(clock=clock) as worker:
            reference = weakref.ref(handler)
            clear(start(handler, 10))
            del handler
            gc.collect()
            assert reference() is None
            assert not clock.alarms
            assert not worker.settings_object.record(Timers).map_of_active_timers

    async def test_what_is_not_there_is_no_error(self) -> None:
        with running_worker() as worker:
            clearTimeout(1)
            timer = setTimeout(print)
            for other in (timer + 1, None, -5):
                clearTimeout(other)
            clearTimeout()
            assert [
                *worker.settings_object.record(Timers).map_of_settimeout_and_setinterval_ids
            ] == [timer]

    async def test_one_stops_another_that_is_due_at_the_same_moment(self) -> None:
        clock, seen = FakeClock(shuffles=True), list[str]()
        with running_worker(clock=clock):
            setTimeout(lambda: clearTimeout(second), 10)
            second = setTimeout(seen.append, 10, "second")
            setTimeout(seen.append, 10, "third")
            clock.advance(1)
        assert seen == ["third"]


@spec(
    "https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#run-steps-after-a-timeout"
)
class TestRunStepsAfterATimeout:
    async def test_those_of_the_same_length_are_done_in_the_order_of_their_start(self) -> None:
        clock, seen = FakeClock(shuffles=True), list[int]()
        with running_worker(clock=clock):
            for number in range(10):
                setTimeout(seen.append, 5, number)
            clock.advance(1)
        assert seen == list(range(10))

    async def test_a_shorter_one_may_overtake(self) -> None:
        clock, seen = FakeClock(), list[str]()
        with running_worker(clock=clock):
            setTimeout(seen.append, 20, "long")
            setTimeout(seen.append, 10, "short")
            clock.advance(1)
        assert seen == ["short", "long"]

    async def test_each_is_a_task_with_its_microtasks(self) -> None:
        clock, seen = FakeClock(shuffles=True), list[str]()

        def handler(name: str) -> None:
            seen.append(name)
            Promise.resolve().then(lambda _: seen.append(f"after {name}"))

        with running_worker(clock=clock):
            for name in "ab":
                setTimeout(handler, 0, name)
            clock.advance(0)
        assert seen == ["a", "after a", "b", "after b"]

    async def test_each_has_the_context_in_which_it_was_started(self) -> None:
        variable: ContextVar[str] = ContextVar("variable")
        clock, seen = FakeClock(shuffles=True), list[tuple[str, bool]]()
        with running_worker(clock=clock) as worker:
            for name in "ab":
                variable.set(name)
                here = current_settings_object
                setTimeout(
                    lambda: seen.append((variable.get(), here() is worker.settings_object)), 5
                )
            variable.set("c")
            worker.clock.advance(1)
        assert seen == [("a", True), ("b", True)]

    async def test_a_timer_may_be_stopped_more_than_once(self) -> None:
        clock = FakeClock()
        with running_worker(clock=clock):
            timer = run_steps_after_a_timeout(10, print)
            timer.stop()
            timer.stop()
            assert not clock.alarms


@spec(
    "https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#timer-initialisation-steps"
)
class TestTimerInitializationSteps:
    async def test_from_the_sixth_level_on_a_timeout_is_at_least_four_milliseconds(self) -> None:
        clock, seen = FakeClock(), list[float]()

        def nest() -> None:
            seen.append(round((clock.now - 1000) * 1000))
            if len(seen) < 10:
                setTimeout(nest, 1)

        with running_worker(clock=clock):
            setTimeout(nest, 1)
            clock.advance(1)
        assert seen == [1, 2, 3, 4, 5, 6, 10, 14, 18, 22]

    async def test_an_interval_nests_in_itself(self) -> None:
        clock, seen = FakeClock(), list[float]()
        with running_worker(clock=clock):
            setInterval(lambda: seen.append(round((clock.now - 1000) * 1000)), 0)
            clock.advance(0.012)
        assert seen == [0, 0, 0, 0, 0, 0, 4, 8, 12]

    async def test_a_timer_that_no_timer_has_started_is_not_nested(self) -> None:
        clock, seen = FakeClock(), list[float]()

        def fail() -> None:
            setTimeout(fail) if len(seen) < 8 else None
            seen.append(clock.now)
            raise ValueError("v")

        with running_worker(clock=clock):
            setTimeout(fail)
            clock.advance(1)
            before = clock.now
            setTimeout(lambda: seen.append(clock.now))
            clock.advance(0)
        assert seen[-1] == before

    async def test_what_a_handler_raises_is_reported(self) -> None:
        clock, error = FakeClock(), ValueError("v")

        def fail() -> None:
            raise error

        with running_worker(clock=clock) as worker:
            setTimeout(fail)
            clock.advance(0)
        assert worker.reports == [(error, "Uncaught")]


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#responsible-event-loop")
class TestTimersOf:
    def test_timers_go_with_their_event_loop(self) -> None:
        seen: list[str] = []

        async def first() -> None:
            setTimeout(seen.append, 1000, "of a loop that has ended")
            setTimeout(seen.append, 60_000, "of a loop that has ended")

        async def second() -> None:
            called = asyncio.Event()
            setTimeout(called.set, 1)
            await called.wait()
            assert len(current_settings_object().record(Timers).map_of_active_timers) == 0

        loop = asyncio.new_event_loop()
        loop.run_until_complete(first())
        loop.close()
        asyncio.run(second())
        assert seen == []


@spec("https://html.spec.whatwg.org/multipage/workers.html#dom-workerglobalscope-closing")
class TestClearTheMapOfActiveTimers:
    async def test_none_is_left(self) -> None:
        clock = FakeClock()
        with running_worker(clock=clock) as worker:
            setTimeout(print, 10)
            setTimeout(print, 10)
            setInterval(print, 20)
            clear_the_map_of_active_timers(worker.settings_object)
            clear_the_map_of_active_timers(worker.settings_object)
            assert not clock.alarms
