"""HTML, 8.1.8.1."""

from __future__ import annotations

import asyncio
import gc
import weakref

import pytest

from spec_tests.fakes import running_worker
from worker_runtime import AbortController, ErrorEvent, Event, EventTarget
from worker_runtime.html.event_handlers import (
    EventHandlerIDLAttribute,
    activate_an_event_handler,
    deactivate_an_event_handler,
    get_the_current_value_of_the_event_handler,
)
from worker_runtime.html.runtime_script_errors import report_an_exception

spec = pytest.mark.spec


class Port(EventTarget):
    onmessage = EventHandlerIDLAttribute()
    onerror = EventHandlerIDLAttribute()


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#event-handler-idl-attributes")
class TestEventHandlerIDLAttribute:
    def test_is_none_until_it_is_set(self) -> None:
        port = Port()
        assert port.onmessage is None
        port.onmessage = print
        assert (port.onmessage, port.onerror, Port().onmessage) == (print, None, None)

    def test_is_visible_on_the_class(self) -> None:
        assert isinstance(Port.onmessage, EventHandlerIDLAttribute)

    def test_what_is_not_callable_counts_as_none(self) -> None:
        port = Port()
        port.onmessage = print
        port.onmessage = "print()"  # type: ignore[assignment]
        assert port.onmessage is None

    def test_a_target_with_a_handler_goes_when_nobody_holds_it(self) -> None:
        port = Port()
        port.onmessage = print
        reference = weakref.ref(port)
        gc.disable()
        del port
        assert reference() is None
        gc.enable()


@spec(
    "https://html.spec.whatwg.org/multipage/webappapis.html#getting-the-current-value-of-the-event-handler"
)
class TestGetTheCurrentValueOfTheEventHandler:
    def test_is_what_was_set(self) -> None:
        port = Port()
        assert get_the_current_value_of_the_event_handler(port, "onmessage") is None
        port.onmessage = print
        assert get_the_current_value_of_the_event_handler(port, "onmessage") is print


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#activate-an-event-handler")
class TestActivateAnEventHandler:
    def test_a_handler_keeps_the_place_in_which_it_was_first_set(self) -> None:
        port, seen = Port(), list[str]()
        port.onmessage = lambda event: seen.append("old")
        port.addEventListener("message", lambda event: seen.append("listener"))
        port.onmessage = lambda event: seen.append("new")
        activate_an_event_handler(port, "onmessage")
        port.dispatchEvent(Event("message"))
        assert seen == ["new", "listener"]


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#deactivate-an-event-handler")
class TestDeactivateAnEventHandler:
    def test_a_handler_that_was_none_comes_back_as_the_last(self) -> None:
        port, seen = Port(), list[str]()
        port.onmessage = lambda event: seen.append("old")
        port.addEventListener("message", lambda event: seen.append("listener"))
        port.onmessage = None
        port.dispatchEvent(Event("message"))
        assert seen == ["listener"]
        port.onmessage = lambda event: seen.append("new")
        port.dispatchEvent(Event("message"))
        assert seen == ["listener", "listener", "new"]

    def test_one_that_is_not_there_is_no_error(self) -> None:
        port = Port()
        deactivate_an_event_handler(port, "onmessage")
        assert port.onmessage is None

    def test_one_that_is_deactivated_during_the_dispatch_is_not_called(self) -> None:
        port, seen = Port(), list[Event]()

        def deactivate(event: Event) -> None:
            port.onmessage = None

        port.addEventListener("message", deactivate)
        port.onmessage = seen.append
        port.dispatchEvent(Event("message"))
        assert seen == []


@spec(
    "https://html.spec.whatwg.org/multipage/webappapis.html#the-event-handler-processing-algorithm"
)
class TestTheEventHandlerProcessingAlgorithm:
    @pytest.mark.parametrize(
        "returned, canceled", [(False, True), (None, False), (0, False), ("", False), (True, False)]
    )
    def test_returning_false_cancels(self, returned: object, canceled: bool) -> None:
        port = Port()
        port.onmessage = lambda event: returned
        assert port.dispatchEvent(Event("message", cancelable=True)) is not canceled

    def test_an_error_event_of_a_scope_comes_in_five_arguments(self) -> None:
        with running_worker() as worker:
            seen: list[tuple[object, ...]] = []
            worker.scope.onerror = lambda *args: seen.append(args)
            worker.scope.dispatchEvent(
                ErrorEvent("error", message="m", filename="f", lineno=1, colno=2, error="e")
            )
        assert seen == [("m", "f", 1, 2, "e")]

    @pytest.mark.parametrize(
        "returned, canceled", [(True, True), (False, False), (None, False), (1, False)]
    )
    def test_returning_true_cancels_that(self, returned: object, canceled: bool) -> None:
        with running_worker() as worker:
            worker.scope.onerror = lambda *args: returned
            report_an_exception(worker.settings_object, "why")
        assert (worker.reports == []) is canceled

    def test_an_error_event_of_anything_else_is_an_event(self) -> None:
        port, seen = Port(), list[Event]()
        port.onerror = seen.append
        event = ErrorEvent("error")
        with running_worker():
            port.dispatchEvent(event)
        assert seen == [event]

    def test_so_is_another_event_named_error_of_a_scope(self) -> None:
        with running_worker() as worker:
            seen: list[Event] = []
            worker.scope.onerror = seen.append
            worker.scope.dispatchEvent(Event("error"))
        assert len(seen) == 1

    def test_what_it_raises_is_reported(self) -> None:
        port, error = Port(), ValueError("v")

        def fail(event: Event) -> None:
            raise error

        port.onmessage = fail
        with running_worker() as worker:
            port.dispatchEvent(Event("message"))
        assert worker.reports == [(error, "Uncaught")]

    async def test_a_coroutine_function_runs_to_its_end(self) -> None:
        controller, ended = AbortController(), asyncio.Event()

        async def handler(event: Event) -> None:
            await asyncio.sleep(0)
            ended.set()

        controller.signal.onabort = handler
        controller.abort()
        await ended.wait()
