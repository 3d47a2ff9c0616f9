"""DOM, 2.2 to 2.5."""

from __future__ import annotations

import pytest

from spec_tests.fakes import FakeClock, running_worker
from worker_runtime import CustomEvent, Event, EventTarget
from worker_runtime.dom.event import (
    create_an_event,
    initialize,
    inner_event_creation_steps,
    set_the_canceled_flag,
)
from worker_runtime.webidl.interfaces import new

spec = pytest.mark.spec


@spec("https://dom.spec.whatwg.org/#event")
class TestEvent:
    def test_is_made_without_a_running_event_loop_and_has_the_defaults_of_the_standard(
        self,
    ) -> None:
        event = Event("x")
        assert (event.type, event.bubbles, event.cancelable, event.composed) == (
            "x",
            False,
            False,
            False,
        )
        assert (event.target, event.srcElement, event.currentTarget, event.composedPath()) == (
            None,
            None,
            None,
            [],
        )
        assert (event.eventPhase, event.isTrusted, event.cancelBubble) == (Event.NONE, False, False)
        assert (event.defaultPrevented, event.returnValue) == (False, True)

    def test_has_the_phases_as_constants(self) -> None:
        assert (Event.NONE, Event.CAPTURING_PHASE, Event.AT_TARGET, Event.BUBBLING_PHASE) == (
            0,
            1,
            2,
            3,
        )

    def test_options_are_converted(self) -> None:
        event = Event(5, bubbles=1, cancelable="yes", composed=None)  # type: ignore[arg-type]
        assert (event.type, event.bubbles, event.cancelable, event.composed) == (
            "5",
            True,
            True,
            False,
        )

    def test_has_no_type_without_one(self) -> None:
        with pytest.raises(TypeError):
            Event()  # type: ignore[call-arg]
        with pytest.raises(TypeError):
            Event(None)  # type: ignore[arg-type]

    def test_attributes_that_only_the_platform_sets_are_read_only(self) -> None:
        for name in ("type", "target", "isTrusted", "timeStamp", "eventPhase"):
            with pytest.raises(AttributeError):
                setattr(Event("x"), name, 1)

    @spec("https://dom.spec.whatwg.org/#dom-event-timestamp")
    def test_time_stamp_counts_from_the_scopes_time_origin(self) -> None:
        clock = FakeClock()
        with running_worker(clock=clock):
            clock.advance(1.5)
            assert Event("x").timeStamp == pytest.approx(1500)

    @spec("https://dom.spec.whatwg.org/#dom-event-returnvalue")
    def test_return_value_false_cancels_and_true_does_nothing(self) -> None:
        event = Event("x", cancelable=True)
        event.returnValue = True
        assert not event.defaultPrevented
        event.returnValue = False
        event.returnValue = True
        assert (event.defaultPrevented, event.returnValue) == (True, False)

    @spec("https://dom.spec.whatwg.org/#dom-event-cancelbubble")
    def test_cancel_bubble_sets_the_stop_propagation_flag_and_never_unsets_it(self) -> None:
        event = Event("x")
        event.cancelBubble = True
        event.cancelBubble = False
        assert event.cancelBubble is True

    @spec("https://dom.spec.whatwg.org/#dom-event-stopimmediatepropagation")
    def test_stop_immediate_propagation_stops_propagation(self) -> None:
        event = Event("x")
        event.stopImmediatePropagation()
        assert event.cancelBubble is True


@spec("https://dom.spec.whatwg.org/#dom-event-preventdefault")
@spec("https://dom.spec.whatwg.org/#set-the-canceled-flag")
class TestSetTheCanceledFlag:
    def test_an_event_that_is_not_cancelable_stays_as_it_is(self) -> None:
        event = Event("x")
        set_the_canceled_flag(event)
        event.preventDefault()
        assert not event.defaultPrevented

    def test_a_cancelable_one_is_canceled(self) -> None:
        event = Event("x", cancelable=True)
        event.preventDefault()
        assert event.defaultPrevented


@spec("https://dom.spec.whatwg.org/#concept-event-initialize")
class TestInitialize:
    def test_forgets_what_has_happened_to_the_event(self) -> None:
        event = Event("x", cancelable=True)
        EventTarget().dispatchEvent(event)
        event.preventDefault()
        event.stopImmediatePropagation()
        initialize(event, "y", True, False)
        assert (event.type, event.bubbles, event.cancelable, event.target) == (
            "y",
            True,
            False,
            None,
        )
        assert (event.defaultPrevented, event.cancelBubble) == (False, False)


@spec("https://dom.spec.whatwg.org/#dom-event-initevent")
class TestInitEvent:
    def test_gives_another_type(self) -> None:
        event = Event("x", composed=True)
        event.initEvent("y", True, True)
        assert (event.type, event.bubbles, event.cancelable, event.composed) == (
            "y",
            True,
            True,
            True,
        )

    def test_does_nothing_while_the_event_is_dispatched(self) -> None:
        target = EventTarget()
        event = CustomEvent("x", detail=1)

        def change(_: Event) -> None:
            event.initEvent("y")
            event.initCustomEvent("z", detail=2)

        target.addEventListener("x", change)
        target.dispatchEvent(event)
        assert (event.type, event.detail) == ("x", 1)


@spec("https://dom.spec.whatwg.org/#customevent")
class TestCustomEvent:
    def test_carries_any_value(self) -> None:
        detail = object()
        assert CustomEvent("x", detail=detail).detail is detail
        assert CustomEvent("x").detail is None

    @spec("https://dom.spec.whatwg.org/#dom-customevent-initcustomevent")
    def test_init_custom_event_gives_it_another(self) -> None:
        event = CustomEvent("x", detail=1)
        event.initCustomEvent("y", False, True, "new")
        assert (event.type, event.cancelable, event.detail) == ("y", True, "new")


@spec("https://dom.spec.whatwg.org/#inner-event-creation-steps")
class TestInnerEventCreationSteps:
    def test_an_event_made_with_them_is_as_its_constructor_makes_it(self) -> None:
        clock = FakeClock()
        with running_worker(clock=clock):
            made = new(Event)
            inner_event_creation_steps(made, "x", {"bubbles": True, "composed": True})
            event = Event("x", bubbles=True, composed=True)
        names = [name for name in Event.__slots__ if name != "__weakref__"]
        assert [getattr(made, name) for name in names] == [getattr(event, name) for name in names]


@spec("https://dom.spec.whatwg.org/#concept-event-create")
class TestCreateAnEvent:
    def test_is_trusted_and_has_the_attributes_given(self) -> None:
        event = create_an_event(CustomEvent, "x", cancelable=True, detail="d")
        assert (event.isTrusted, event.type, event.cancelable, event.detail) == (
            True,
            "x",
            True,
            "d",
        )
