"""DOM, 2.7."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from worker_runtime import AbortController, DOMException, Event, EventTarget, Promise

spec = pytest.mark.spec


@spec("https://dom.spec.whatwg.org/#eventtarget")
class TestEventTarget:
    def test_a_derived_class_needs_no_call_of_its_init(self) -> None:
        class Station(EventTarget):
            def __init__(self, name: str) -> None:
                self.name = name

        station, seen = Station("s"), []
        station.addEventListener(
            "train", lambda event: seen.append((event.target.name, event.type))
        )
        station.dispatchEvent(Event("train"))
        assert seen == [("s", "train")]


@spec("https://dom.spec.whatwg.org/#dom-eventtarget-addeventlistener")
class TestAddEventListener:
    @pytest.mark.parametrize("callback", [[], {}, (), set(), Path("f"), iter([])])
    def test_what_can_never_be_called_is_refused(self, callback: Any) -> None:
        with pytest.raises(TypeError, match="A listener is callable or has handleEvent, not"):
            EventTarget().addEventListener("x", callback)

    async def test_what_was_called_is_refused(self) -> None:
        async def listener() -> None: ...

        for callback in (listener(), Promise.resolve()):
            callback_: Any = callback
            with pytest.raises(TypeError, match="pass the function itself, without calling it"):
                EventTarget().addEventListener("x", callback_)

    def test_listeners_are_called_in_the_order_in_which_they_came(self) -> None:
        target, seen = EventTarget(), list[str]()
        for name in "abc":
            target.addEventListener("x", lambda event, name=name: seen.append(name))
        target.dispatchEvent(Event("x"))
        assert seen == ["a", "b", "c"]

    def test_capturing_ones_come_before_the_others(self) -> None:
        target, seen = EventTarget(), list[str]()
        target.addEventListener("x", lambda event: seen.append("not capturing"))
        target.addEventListener("x", lambda event: seen.append("capturing"), True)
        target.addEventListener("x", lambda event: seen.append("capturing by name"), capture=True)
        target.dispatchEvent(Event("x"))
        assert seen == ["capturing", "capturing by name", "not capturing"]

    def test_once_is_once(self) -> None:
        target, seen = EventTarget(), list[Event]()
        target.addEventListener("x", seen.append, once=True)
        target.dispatchEvent(Event("x"))
        target.dispatchEvent(Event("x"))
        assert len(seen) == 1

    @pytest.mark.parametrize("passive, canceled", [(None, True), (False, True), (True, False)])
    def test_a_passive_listener_cannot_cancel(self, passive: bool | None, canceled: bool) -> None:
        target = EventTarget()
        target.addEventListener("x", lambda event: event.preventDefault(), passive=passive)
        event = Event("x", cancelable=True)
        assert (target.dispatchEvent(event), event.defaultPrevented) == (not canceled, canceled)

    def test_passive_is_of_one_listener_only(self) -> None:
        target = EventTarget()
        target.addEventListener("x", lambda event: None, passive=True)
        target.addEventListener("x", lambda event: event.preventDefault())
        assert target.dispatchEvent(Event("x", cancelable=True)) is False

    def test_an_object_is_called_by_its_method(self) -> None:
        class Listener:
            def __init__(self) -> None:
                self.seen: list[Event] = []

            def handleEvent(self, event: Event) -> None:
                self.seen.append(event)

        target, listener, event = EventTarget(), Listener(), Event("x")
        target.addEventListener("x", listener)
        target.dispatchEvent(event)
        assert listener.seen == [event]

    @spec("https://dom.spec.whatwg.org/#dom-eventlistener-handleevent")
    def test_the_method_is_looked_up_at_each_call(self) -> None:
        class Listener:
            handleEvent = staticmethod(lambda event: seen.append("old"))

        seen: list[str] = []
        target, listener = EventTarget(), Listener()
        target.addEventListener("x", listener)
        listener.handleEvent = lambda event: seen.append("new")
        target.dispatchEvent(Event("x"))
        assert seen == ["new"]

    @pytest.mark.parametrize("callback", ["alert()", b"", 5, 1.5, True])
    def test_a_plain_value_is_no_listener(self, callback: object) -> None:
        with pytest.raises(TypeError, match="A listener is a callable"):
            EventTarget().addEventListener("x", callback)  # type: ignore[arg-type]

    def test_a_controller_is_no_signal(self) -> None:
        with pytest.raises(TypeError, match="signal is not an AbortSignal"):
            EventTarget().addEventListener("x", print, signal=AbortController())  # type: ignore[arg-type]

    def test_null_is_a_listener_that_is_not_there(self) -> None:
        target = EventTarget()
        target.addEventListener("x", None)
        target.removeEventListener("x", None)
        assert target.dispatchEvent(Event("x"))


@spec("https://dom.spec.whatwg.org/#dom-eventtarget-removeeventlistener")
class TestRemoveEventListener:
    def test_takes_the_type_the_callback_and_capture(self) -> None:
        target, seen = EventTarget(), list[Event]()
        target.addEventListener("x", seen.append, True)
        target.removeEventListener("x", seen.append)
        target.removeEventListener("y", seen.append, True)
        target.dispatchEvent(Event("x"))
        assert len(seen) == 1
        target.removeEventListener("x", seen.append, True)
        target.dispatchEvent(Event("x"))
        assert len(seen) == 1


@spec("https://dom.spec.whatwg.org/#dom-eventtarget-dispatchevent")
class TestDispatchEvent:
    def test_an_event_of_the_platform_that_a_script_dispatches_is_not_trusted(self) -> None:
        controller, target, seen = AbortController(), EventTarget(), list[bool]()

        def again(event: Event) -> None:
            seen.append(event.isTrusted)
            abort_events.append(event)

        abort_events: list[Event] = []
        controller.signal.addEventListener("abort", again)
        controller.abort()
        target.addEventListener("abort", lambda event: seen.append(event.isTrusted))
        target.dispatchEvent(abort_events[0])
        assert seen == [True, False]

    def test_one_that_is_being_dispatched_is_refused(self) -> None:
        target, names = EventTarget(), list[str]()

        def dispatch_again(event: Event) -> None:
            with pytest.raises(DOMException) as caught:
                EventTarget().dispatchEvent(event)
            names.append(caught.value.name)

        target.addEventListener("x", dispatch_again)
        target.dispatchEvent(Event("x"))
        assert names == ["InvalidStateError"]

    def test_one_that_was_never_initialized_is_refused(self) -> None:
        class Forgetful(Event):
            def __init__(self) -> None: ...

        with pytest.raises(DOMException, match="never initialized"):
            EventTarget().dispatchEvent(Forgetful())

    def test_what_is_no_event_is_refused(self) -> None:
        with pytest.raises(TypeError, match="Not an Event: 'x'"):
            EventTarget().dispatchEvent("x")  # type: ignore[arg-type]
