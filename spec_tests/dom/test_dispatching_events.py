"""DOM, 2.9 and 2.10."""

from __future__ import annotations

import asyncio

import pytest

from spec_tests.fakes import FakeClock, running_worker
from worker_runtime import CustomEvent, Event, EventTarget, MessageEvent, Promise, Thrown
from worker_runtime.dom.dispatching_events import dispatch, fire_an_event
from worker_runtime.dom.event import create_an_event
from worker_runtime.html.event_loops import queue_a_task

spec = pytest.mark.spec


@spec("https://dom.spec.whatwg.org/#concept-event-dispatch")
class TestDispatch:
    def test_what_a_listener_sees(self) -> None:
        target, seen = EventTarget(), list[object]()

        def look(event: Event) -> None:
            seen.extend(
                [
                    event.target,
                    event.srcElement,
                    event.currentTarget,
                    event.composedPath(),
                    event.eventPhase,
                ]
            )

        target.addEventListener("x", look)
        dispatch(Event("x"), target)
        assert seen == [target, target, target, [target], Event.AT_TARGET]

    def test_what_is_left_afterwards(self) -> None:
        target, event = EventTarget(), Event("x")
        target.addEventListener("x", Event.stopImmediatePropagation)
        dispatch(event, target)
        assert (event.target, event.currentTarget, event.composedPath(), event.eventPhase) == (
            target,
            None,
            [],
            Event.NONE,
        )
        assert event.cancelBubble is False

    def test_an_event_can_be_dispatched_again_and_stays_canceled(self) -> None:
        target, event = EventTarget(), Event("x", cancelable=True)
        target.addEventListener("x", Event.preventDefault, once=True)
        assert (dispatch(event, target), dispatch(event, target)) == (False, False)

    def test_needs_no_event_loop(self) -> None:
        assert dispatch(Event("x"), EventTarget()) is True


@spec("https://dom.spec.whatwg.org/#concept-event-listener-invoke")
class TestInvoke:
    @spec("https://dom.spec.whatwg.org/#dom-event-stoppropagation")
    def test_an_event_whose_propagation_was_stopped_before_reaches_nobody(self) -> None:
        target, event, seen = EventTarget(), Event("x"), list[Event]()
        target.addEventListener("x", seen.append)
        event.stopPropagation()
        assert target.dispatchEvent(event) is True
        assert (seen, event.target) == ([], target)

    def test_stopping_it_while_capturing_stops_at_the_others(self) -> None:
        target, seen = EventTarget(), list[Event]()
        target.addEventListener("x", seen.append)
        target.addEventListener("x", Event.stopPropagation, True)
        target.addEventListener("x", seen.append, True)
        target.dispatchEvent(Event("x"))
        assert len(seen) == 1

    def test_a_listener_that_is_added_meanwhile_waits_for_the_next_event(self) -> None:
        target, seen = EventTarget(), list[Event]()
        target.addEventListener("x", lambda event: target.addEventListener("x", seen.append))
        target.dispatchEvent(Event("x"))
        assert seen == []
        target.dispatchEvent(Event("x"))
        assert len(seen) == 1


@spec("https://dom.spec.whatwg.org/#concept-event-listener-inner-invoke")
class TestInnerInvoke:
    def test_a_listener_that_is_removed_meanwhile_is_not_called(self) -> None:
        target, seen = EventTarget(), list[Event]()
        target.addEventListener("x", lambda event: target.removeEventListener("x", seen.append))
        target.addEventListener("x", seen.append)
        target.dispatchEvent(Event("x"))
        assert seen == []

    def test_stop_immediate_propagation_stops_at_once(self) -> None:
        target, seen = EventTarget(), list[Event]()
        target.addEventListener("x", Event.stopImmediatePropagation)
        target.addEventListener("x", seen.append)
        target.dispatchEvent(Event("x"))
        assert seen == []

    def test_once_is_removed_before_the_call(self) -> None:
        target, seen = EventTarget(), list[str]()

        def again(event: Event) -> None:
            seen.append("called")
            target.dispatchEvent(Event("x"))

        target.addEventListener("x", again, once=True)
        target.dispatchEvent(Event("x"))
        assert seen == ["called"]

    @pytest.mark.parametrize("error", [ValueError("v"), asyncio.CancelledError()])
    def test_what_a_listener_raises_is_reported_and_the_next_one_is_called(
        self, error: BaseException
    ) -> None:
        target, seen = EventTarget(), list[Event]()

        def fail(event: Event) -> None:
            raise error

        target.addEventListener("x", fail)
        target.addEventListener("x", seen.append)
        with running_worker() as worker:
            assert target.dispatchEvent(Event("x")) is True
        assert (worker.reports, len(seen)) == ([(error, "Uncaught")], 1)

    def test_a_value_that_is_no_exception_is_reported_as_itself(self) -> None:
        target = EventTarget()

        def fail(event: Event) -> None:
            raise Thrown("why")

        target.addEventListener("x", fail)
        with running_worker() as worker:
            target.dispatchEvent(Event("x"))
        assert worker.reports == [("why", "Uncaught")]

    def test_a_keyboard_interrupt_is_nobodys_error(self) -> None:
        target = EventTarget()

        def interrupt(event: Event) -> None:
            raise KeyboardInterrupt

        target.addEventListener("x", interrupt)
        with pytest.raises(KeyboardInterrupt):
            target.dispatchEvent(Event("x"))

    def test_an_object_without_the_method_is_reported(self) -> None:
        target = EventTarget()
        target.addEventListener("x", object())  # type: ignore[arg-type]
        with running_worker() as worker:
            target.dispatchEvent(Event("x"))
        [(error, _)] = worker.reports
        assert isinstance(error, TypeError) and "handleEvent" in str(error)

    async def test_microtasks_run_between_the_listeners_that_a_task_calls(self) -> None:
        target, seen = EventTarget(), list[str]()

        def listener(name: str) -> None:
            seen.append(name)
            Promise.resolve().then(lambda _: seen.append(f"after {name}"))

        for name in "ab":
            target.addEventListener("x", lambda event, name=name: listener(name))
        queue_a_task("DOM manipulation", lambda: target.dispatchEvent(Event("x")))
        await asyncio.sleep(0)
        assert seen == ["a", "after a", "b", "after b"]

    async def test_microtasks_wait_for_the_script_that_dispatches(self) -> None:
        target, seen = EventTarget(), list[str]()
        target.addEventListener(
            "x", lambda event: Promise.resolve().then(lambda _: seen.append("microtask")) and None
        )
        target.dispatchEvent(Event("x"))
        seen.append("dispatched")
        await asyncio.sleep(0)
        assert seen == ["dispatched", "microtask"]

    async def test_a_listener_that_is_a_coroutine_function_runs_to_its_end(self) -> None:
        target, seen = EventTarget(), list[str]()
        ended = asyncio.Event()

        async def listener(event: Event) -> None:
            seen.append(f"during the dispatch: {event.eventPhase == Event.AT_TARGET}")
            await asyncio.sleep(0)
            seen.append("afterwards")
            ended.set()

        target.addEventListener("x", listener)
        target.dispatchEvent(Event("x"))
        seen.append("dispatched")
        await ended.wait()
        assert seen == ["during the dispatch: True", "dispatched", "afterwards"]

    async def test_what_a_coroutine_raises_is_an_unhandled_rejection(self) -> None:
        error, target = ValueError("v"), EventTarget()

        async def fail(event: Event) -> None:
            raise error

        target.addEventListener("x", fail)
        with running_worker() as worker:
            target.dispatchEvent(Event("x"))
            for _ in range(4):
                await asyncio.sleep(0)
        assert worker.reports == [(error, "Uncaught (in promise)")]

    def test_a_coroutine_without_an_event_loop_is_reported(self) -> None:
        target = EventTarget()

        async def listener(event: Event) -> None:
            raise NotImplementedError

        target.addEventListener("x", listener)
        with running_worker() as worker:
            target.dispatchEvent(Event("x"))
        [(error, _)] = worker.reports
        assert isinstance(error, RuntimeError)


@spec("https://dom.spec.whatwg.org/#concept-event-fire")
class TestFireAnEvent:
    def test_dispatches_a_trusted_event_of_that_interface_with_those_attributes(self) -> None:
        target, seen = EventTarget(), list[CustomEvent]()
        target.addEventListener("x", seen.append)
        assert fire_an_event("x", target, CustomEvent, detail=7) is True
        [event] = seen
        assert (event.isTrusted, event.detail, event.cancelable) == (True, 7, False)

    def test_the_event_is_as_create_an_event_makes_it(self) -> None:
        target, seen = EventTarget(), list[MessageEvent]()
        target.addEventListener("x", seen.append)
        with running_worker(clock=FakeClock()):
            fire_an_event("x", target, MessageEvent, data=7)
            created = create_an_event(MessageEvent, "x", data=7)
            dispatch(created, target)
        fired, dispatched = seen
        names = [
            name for name in (*Event.__slots__, *MessageEvent.__slots__) if name != "__weakref__"
        ]
        assert [getattr(fired, name) for name in names] == [
            getattr(dispatched, name) for name in names
        ]

    def test_is_false_if_it_was_canceled(self) -> None:
        target = EventTarget()
        target.addEventListener("x", Event.preventDefault)
        assert fire_an_event("x", target, cancelable=True) is False
        assert fire_an_event("x", target) is True
