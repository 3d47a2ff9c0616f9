"""MessageEvent."""

from __future__ import annotations

import pytest

from worker_runtime import EventTarget, MessageEvent
from worker_runtime.html.message_event import fire_a_message_event

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/comms.html#messageevent")
class TestMessageEvent:
    def test_defaults(self) -> None:
        event = MessageEvent("message")
        assert (event.data, event.origin, event.lastEventId, event.source, event.ports) == (
            None,
            "",
            "",
            None,
            (),
        )

    def test_members_are_as_they_were_given(self) -> None:
        data, port = object(), object()
        event = MessageEvent(
            "message", data=data, origin="\ud800", lastEventId="7", source=port, ports=[port]
        )
        assert (event.data, event.origin, event.lastEventId, event.source, event.ports) == (
            data,
            "\ufffd",
            "7",
            port,
            (port,),
        )


@spec("https://html.spec.whatwg.org/multipage/comms.html#dom-messageevent-initmessageevent")
class TestInitMessageEvent:
    def test_an_event_is_made_anew(self) -> None:
        event = MessageEvent("message")
        event.initMessageEvent("other", True, False, 1, "o", "id", None, [2])
        assert (event.type, event.bubbles, event.data) == ("other", True, 1)
        assert (event.origin, event.lastEventId, event.ports) == ("o", "id", (2,))


@spec("https://html.spec.whatwg.org/multipage/comms.html#the-messageevent-interface")
class TestFireAMessageEvent:
    def test_it_is_as_one_that_was_constructed(self) -> None:
        target, events = EventTarget(), list[MessageEvent]()
        target.addEventListener("message", events.append)
        fire_a_message_event("message", target, "data", "origin", target, (1,))
        expected = MessageEvent("message", data="data", origin="origin", source=target, ports=[1])
        slots = {name for kind in MessageEvent.__mro__ for name in getattr(kind, "__slots__", ())}
        different = {"__weakref__", "_is_trusted", "_target", "_unsafe_time"}
        for name in slots - different:
            assert getattr(events[0], name) == getattr(expected, name)
        assert events[0].isTrusted and events[0].target is target
        assert 0 <= expected.timeStamp - events[0].timeStamp < 60_000
