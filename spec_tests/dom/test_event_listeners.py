"""DOM, 2.7: event listeners."""

from __future__ import annotations

import gc
import weakref

import pytest

from worker_runtime import AbortController, Event, EventTarget
from worker_runtime.dom.event_listeners import (
    EventListener,
    add_an_event_listener,
    find_an_event_listener,
    is_the_same_callback,
    remove_an_event_listener,
)

spec = pytest.mark.spec


class Counter:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, event: Event) -> None:
        self.count += 1

    def method(self, event: Event) -> None:
        self.count += 1


class Equal:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]

    def handleEvent(self, event: Event) -> None:
        raise NotImplementedError


@spec("https://dom.spec.whatwg.org/#event-listener-callback")
class TestIsTheSameCallback:
    def test_a_method_is_itself_each_time_it_is_looked_up(self) -> None:
        counter = Counter()
        assert is_the_same_callback(counter.method, counter.method)
        assert is_the_same_callback([].append, print) is False
        assert not is_the_same_callback(counter.method, Counter().method)

    def test_objects_that_are_equal_are_still_two(self) -> None:
        assert not is_the_same_callback(Equal(), Equal())


@spec("https://dom.spec.whatwg.org/#eventtarget-event-listener-list")
class TestFindAnEventListener:
    def test_type_callback_and_capture_tell_listeners_apart(self) -> None:
        target, callback = EventTarget(), Counter()
        target.addEventListener("x", callback, True)
        assert find_an_event_listener(target, "x", callback, True) is not None
        assert find_an_event_listener(target, "x", callback, False) is None
        assert find_an_event_listener(target, "y", callback, True) is None
        assert find_an_event_listener(target, "x", Counter(), True) is None


@spec("https://dom.spec.whatwg.org/#concept-event-listener")
@spec("https://dom.spec.whatwg.org/#add-an-event-listener")
class TestAddAnEventListener:
    def test_the_same_listener_twice_is_there_once(self) -> None:
        target, callback = EventTarget(), Counter()
        for once in (False, True):
            add_an_event_listener(target, EventListener("x", callback, once=once))
        target.dispatchEvent(Event("x"))
        target.dispatchEvent(Event("x"))
        assert callback.count == 2  # the first one stayed as it was

    def test_a_null_callback_is_no_listener(self) -> None:
        target = EventTarget()
        add_an_event_listener(target, EventListener("x", None))
        assert target.dispatchEvent(Event("x"))

    def test_a_signal_that_is_aborted_keeps_it_out(self) -> None:
        target, callback, controller = EventTarget(), Counter(), AbortController()
        controller.abort()
        add_an_event_listener(target, EventListener("x", callback, signal=controller.signal))
        target.dispatchEvent(Event("x"))
        assert callback.count == 0

    def test_a_signal_that_is_aborted_later_removes_it(self) -> None:
        target, callback, controller = EventTarget(), Counter(), AbortController()
        add_an_event_listener(target, EventListener("x", callback, signal=controller.signal))
        target.dispatchEvent(Event("x"))
        controller.abort()
        target.dispatchEvent(Event("x"))
        assert callback.count == 1

    def test_the_signal_of_a_listener_that_was_there_already_does_not_remove_that_one(self) -> None:
        target, callback, controller = EventTarget(), Counter(), AbortController()
        add_an_event_listener(target, EventListener("x", callback))
        add_an_event_listener(target, EventListener("x", callback, signal=controller.signal))
        controller.abort()
        target.dispatchEvent(Event("x"))
        assert callback.count == 1


@spec("https://dom.spec.whatwg.org/#remove-an-event-listener")
class TestRemoveAnEventListener:
    def test_may_be_done_twice(self) -> None:
        target, callback = EventTarget(), Counter()
        listener = EventListener("x", callback)
        add_an_event_listener(target, listener)
        remove_an_event_listener(target, listener)
        remove_an_event_listener(target, listener)
        target.dispatchEvent(Event("x"))
        assert callback.count == 0

    def test_a_signal_that_lives_on_keeps_nothing_of_it(self) -> None:
        controller, target = AbortController(), EventTarget()
        gone = weakref.ref(target)
        target.addEventListener("x", Counter(), once=True, signal=controller.signal)
        target.dispatchEvent(Event("x"))
        del target
        gc.collect()
        assert gone() is None
