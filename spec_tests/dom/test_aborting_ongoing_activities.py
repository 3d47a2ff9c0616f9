"""DOM, 3."""

from __future__ import annotations

import asyncio
import math

import pytest

from spec_tests.fakes import FakeClock, running_worker
from worker_runtime import AbortController, AbortSignal, DOMException, Event, Thrown
from worker_runtime.dom.aborting_ongoing_activities import (
    create_a_dependent_abort_signal,
    signal_abort,
)

spec = pytest.mark.spec


@spec("https://dom.spec.whatwg.org/#dom-abortsignal-reason")
@spec("https://dom.spec.whatwg.org/#abortcontroller")
class TestAbortController:
    def test_is_made_and_aborts_without_an_event_loop(self) -> None:
        controller = AbortController()
        assert controller.signal is controller.signal
        assert (controller.signal.aborted, controller.signal.reason) == (False, None)
        controller.abort()
        assert controller.signal.aborted

    def test_the_reason_may_be_any_value(self) -> None:
        for reason in (ValueError("v"), "why", 0, False, ""):
            controller = AbortController()
            controller.abort(reason)
            assert controller.signal.aborted
            assert controller.signal.reason is reason

    def test_a_missing_reason_is_an_abort_error(self) -> None:
        controller = AbortController()
        controller.abort()
        assert isinstance(controller.signal.reason, DOMException)
        assert controller.signal.reason.name == "AbortError"
        assert controller.signal.reason is controller.signal.reason


@spec("https://dom.spec.whatwg.org/#abortsignal")
class TestAbortSignal:
    def test_cannot_be_constructed(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            AbortSignal()

    @spec("https://dom.spec.whatwg.org/#dom-abortsignal-throwifaborted")
    def test_throw_if_aborted_raises_the_reason(self) -> None:
        AbortController().signal.throwIfAborted()
        error = ValueError("v")
        with pytest.raises(ValueError) as caught:
            AbortSignal.abort(error).throwIfAborted()
        assert caught.value is error
        with pytest.raises(Thrown) as thrown:
            AbortSignal.abort("why").throwIfAborted()
        assert thrown.value.value == "why"

    def test_onabort_is_called_with_a_trusted_event(self) -> None:
        controller, seen = AbortController(), list[Event]()
        controller.signal.onabort = seen.append
        controller.abort()
        [event] = seen
        assert (event.type, event.target, event.isTrusted) == ("abort", controller.signal, True)
        assert (event.bubbles, event.cancelable) == (False, False)


@spec("https://dom.spec.whatwg.org/#dom-abortsignal-aborted")
@spec("https://dom.spec.whatwg.org/#dom-abortsignal-abort")
class TestAbort:
    def test_is_aborted_and_fires_nothing(self) -> None:
        signal = AbortSignal.abort()
        assert (signal.aborted, signal.reason.name) == (True, "AbortError")
        assert AbortSignal.abort("why").reason == "why"


@spec("https://dom.spec.whatwg.org/#dom-abortsignal-timeout")
class TestTimeout:
    async def test_is_aborted_when_the_time_has_passed(self) -> None:
        clock = FakeClock()
        with running_worker(clock=clock):
            signal = AbortSignal.timeout(1500)
            clock.advance(1.4)
            assert not signal.aborted
            clock.advance(0.1)
            assert signal.reason.name == "TimeoutError"

    async def test_those_that_are_up_at_once_come_in_their_order(self) -> None:
        clock, seen = FakeClock(shuffles=True), list[int]()
        with running_worker(clock=clock):
            for number in range(5):
                AbortSignal.timeout(5).onabort = lambda event, number=number: seen.append(number)
            clock.advance(1)
        assert seen == [0, 1, 2, 3, 4]

    async def test_works_in_a_plain_script(self) -> None:
        aborted = asyncio.Event()
        AbortSignal.timeout(0).onabort = lambda event: aborted.set()
        await aborted.wait()

    async def test_the_longest_one_is_no_problem(self) -> None:
        assert not AbortSignal.timeout(2**53 - 1).aborted

    @pytest.mark.parametrize("milliseconds", [-1, 2**53, math.nan, math.inf])
    async def test_what_is_out_of_range_is_refused(self, milliseconds: float) -> None:
        with pytest.raises(TypeError):
            AbortSignal.timeout(milliseconds)

    def test_needs_an_event_loop_and_says_so(self) -> None:
        with pytest.raises(RuntimeError, match="running event loop"):
            AbortSignal.timeout(1)


@spec("https://dom.spec.whatwg.org/#dom-abortsignal-any")
class TestAny:
    def test_follows_each_of_its_signals(self) -> None:
        for index in range(3):
            controllers = [AbortController() for _ in range(3)]
            signal = AbortSignal.any(controller.signal for controller in controllers)
            controllers[index].abort(index + 1)
            assert signal.reason == index + 1

    def test_of_none_is_never_aborted(self) -> None:
        assert not AbortSignal.any([]).aborted
        assert not AbortSignal.any([AbortSignal.any([])]).aborted

    def test_what_is_no_signal_is_refused(self) -> None:
        with pytest.raises(TypeError, match="Not an AbortSignal"):
            AbortSignal.any([AbortController()])


@spec("https://dom.spec.whatwg.org/#abortsignal-signal-abort")
class TestSignalAbort:
    def test_a_second_time_does_nothing(self) -> None:
        controller, seen = AbortController(), list[Event]()
        controller.signal.onabort = seen.append
        signal_abort(controller.signal, "first")
        signal_abort(controller.signal, "second")
        assert (controller.signal.reason, len(seen)) == ("first", 1)

    def test_dependents_are_aborted_before_any_event_and_told_in_the_order_in_which_they_were_made(
        self,
    ) -> None:
        controller, seen = AbortController(), list[tuple[int, bool]]()
        signals = [controller.signal]
        signals += [AbortSignal.any([signals[0]]), AbortSignal.any([signals[0]])]
        signals += [AbortSignal.any([signals[2]]), AbortSignal.any([signals[1]])]
        for index, signal in enumerate(signals):
            signal.onabort = lambda event, index=index: seen.append(
                (index, all(s.aborted for s in signals))
            )
        controller.abort()
        assert seen == [(index, True) for index in range(5)]

    def test_a_listener_that_aborts_another_source_comes_too_late(self) -> None:
        first, second, seen = AbortController(), AbortController(), list[Event]()
        signal = AbortSignal.any([first.signal, second.signal])
        signal.onabort = seen.append
        first.signal.onabort = lambda event: second.abort("second")
        first.abort("first")
        assert (signal.reason, len(seen)) == ("first", 1)


@spec("https://dom.spec.whatwg.org/#run-the-abort-steps")
class TestRunTheAbortSteps:
    def test_what_a_listener_raises_is_reported_and_the_rest_goes_on(self) -> None:
        controller = AbortController()
        dependent = AbortSignal.any([controller.signal])
        error = ValueError("v")

        def fail(event: Event) -> None:
            raise error

        controller.signal.onabort = fail
        with running_worker() as worker:
            controller.abort()
        assert (dependent.aborted, worker.reports) == (True, [(error, "Uncaught")])


@spec("https://dom.spec.whatwg.org/#create-a-dependent-abort-signal")
class TestCreateADependentAbortSignal:
    def test_the_first_one_that_is_aborted_gives_the_reason(self) -> None:
        signals = [
            AbortController().signal,
            AbortSignal.abort("first"),
            AbortSignal.abort("second"),
        ]
        assert create_a_dependent_abort_signal(signals).reason == "first"

    def test_is_of_the_interface_that_is_asked_for(self) -> None:
        class TaskSignal(AbortSignal):
            __slots__ = ()

        assert type(create_a_dependent_abort_signal([], TaskSignal)) is TaskSignal

    def test_its_sources_are_those_that_can_abort_and_each_is_there_once(self) -> None:
        first, second = AbortController(), AbortController()
        inner = AbortSignal.any([first.signal, second.signal])
        signal = AbortSignal.any([inner, first.signal, inner])
        assert signal._source_signals == (first.signal, second.signal)
