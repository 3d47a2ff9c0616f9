"""DOM, 3.2: abort algorithms and garbage collection."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from spec_tests.fakes import FakeClock, running_worker
from worker_runtime import AbortController, AbortSignal
from worker_runtime.dom.abort_algorithms import add, remove
from worker_runtime.html.timers import Timers

spec = pytest.mark.spec


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """What a test loses is collected when the test says so."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def is_gone(reference: weakref.ref[AbortSignal]) -> bool:
    gc.collect()
    return reference() is None


@spec("https://dom.spec.whatwg.org/#abortsignal-add")
class TestAdd:
    def test_algorithms_run_in_their_order_before_the_event(self) -> None:
        controller, seen = AbortController(), list[str]()
        controller.signal.onabort = lambda event: seen.append("event")
        add(controller.signal, lambda: seen.append("first"))
        add(controller.signal, lambda: seen.append("second"))
        controller.abort()
        assert seen == ["first", "second", "event"]

    def test_the_same_one_twice_runs_once(self) -> None:
        controller, seen = AbortController(), list[str]()

        def algorithm() -> None:
            seen.append("run")

        add(controller.signal, algorithm)
        add(controller.signal, algorithm)
        controller.abort()
        assert seen == ["run"]

    def test_an_aborted_signal_takes_none(self) -> None:
        seen: list[str] = []
        add(AbortSignal.abort(), lambda: seen.append("run"))
        assert seen == []


@spec("https://dom.spec.whatwg.org/#abortsignal-remove")
class TestRemove:
    def test_it_does_not_run(self) -> None:
        controller, seen = AbortController(), list[str]()

        def algorithm() -> None:
            seen.append("run")

        add(controller.signal, algorithm)
        remove(controller.signal, algorithm)
        remove(controller.signal, algorithm)
        controller.abort()
        assert seen == []

    def test_one_may_remove_a_later_one(self) -> None:
        controller, seen = AbortController(), list[str]()

        def later() -> None:
            seen.append("later")

        add(controller.signal, lambda: remove(controller.signal, later))
        add(controller.signal, later)
        controller.abort()
        assert seen == []


@spec("https://dom.spec.whatwg.org/#abort-signal-garbage-collection")
class TestKeepAliveWhileObserved:
    def test_a_dependent_signal_that_nobody_observes_goes_and_leaves_nothing_behind(self) -> None:
        controller = AbortController()
        dependent = weakref.ref(AbortSignal.any([controller.signal]))
        assert is_gone(dependent)
        assert not controller.signal._dependent_signals

    def test_one_with_a_listener_lives_as_long_as_its_source(self) -> None:
        controller, seen = AbortController(), list[str]()
        dependent = weakref.ref(AbortSignal.any([controller.signal]))
        signal = AbortSignal.any([controller.signal])
        signal.addEventListener("abort", lambda event: seen.append("aborted"))
        observed = weakref.ref(signal)
        del signal
        assert is_gone(dependent) and not is_gone(observed)
        controller.abort()
        assert seen == ["aborted"]
        assert is_gone(observed)

    def test_its_source_gone_it_goes_too(self) -> None:
        controller = AbortController()
        signal = AbortSignal.any([controller.signal])
        signal.onabort = print
        observed = weakref.ref(signal)
        del signal, controller
        assert is_gone(observed)

    def test_one_whose_last_listener_has_gone_goes(self) -> None:
        controller = AbortController()
        signal = AbortSignal.any([controller.signal])
        signal.addEventListener("abort", print)
        signal.onabort = print
        signal.addEventListener("other", print)
        signal.removeEventListener("abort", print)
        signal.onabort = None
        observed = weakref.ref(signal)
        del signal
        assert is_gone(observed)

    def test_one_with_an_algorithm_lives_until_it_is_removed(self) -> None:
        controller = AbortController()
        signal = AbortSignal.any([controller.signal])
        add(signal, print)
        observed = weakref.ref(signal)
        del signal
        assert not is_gone(observed)
        remove(observed(), print)  # type: ignore[arg-type]
        assert is_gone(observed)

    async def test_a_timeout_that_nobody_observes_goes_and_so_does_its_timer(self) -> None:
        clock = FakeClock()
        with running_worker(clock=clock):
            timeout = weakref.ref(AbortSignal.timeout(1000))
            assert is_gone(timeout)
            assert not clock.alarms

    async def test_a_timeout_with_a_listener_lives_until_it_is_up(self) -> None:
        clock, seen = FakeClock(), list[str]()
        with running_worker(clock=clock) as worker:
            signal = AbortSignal.timeout(1000)
            signal.addEventListener("abort", lambda event: seen.append(event.target.reason.name))
            timeout = weakref.ref(signal)
            del signal
            assert not is_gone(timeout)
            clock.advance(1)
            assert seen == ["TimeoutError"]
            assert is_gone(timeout)
            assert not worker.settings_object.record(Timers).observed_timeout_signals

    async def test_a_timeout_lives_for_a_dependent_that_is_observed(self) -> None:
        clock, seen = FakeClock(), list[str]()
        with running_worker(clock=clock):
            AbortSignal.any([AbortSignal.timeout(1000)]).addEventListener(
                "abort", lambda event: seen.append("aborted")
            )
            gc.collect()
            clock.advance(1)
        assert seen == ["aborted"]

    async def test_a_timeout_lives_for_a_dependent_that_somebody_holds(self) -> None:
        clock = FakeClock()
        with running_worker(clock=clock):
            signal = AbortSignal.any([AbortSignal.timeout(1000), AbortController().signal])
            gc.collect()
            clock.advance(1)
            assert signal.aborted

    async def test_a_timeout_goes_with_a_dependent_that_nobody_observes_any_more(self) -> None:
        clock = FakeClock()
        with running_worker(clock=clock) as worker:
            signal = AbortSignal.any([AbortSignal.timeout(1000)])
            signal.onabort = print
            assert len(worker.settings_object.record(Timers).observed_timeout_signals) == 1
            signal.onabort = None
            del signal
            gc.collect()
            assert not clock.alarms
