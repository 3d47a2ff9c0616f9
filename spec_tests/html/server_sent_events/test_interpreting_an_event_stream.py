"""HTML, 9.2.6: interpreting an event stream."""

from __future__ import annotations

import pytest

from worker_runtime.html.server_sent_events import interpreting_an_event_stream
from worker_runtime.html.server_sent_events.interpreting_an_event_stream import (
    LONGEST_RECONNECTION_TIME,
    EventStreamInterpreter,
    ReceivedEvent,
)
from worker_runtime.html.server_sent_events.parsing_an_event_stream import StreamTooLong

spec = pytest.mark.spec


def events_of(text: str) -> list[ReceivedEvent]:
    return list(EventStreamInterpreter().events(text.split("\n")[:-1]))


@spec("https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation")
@spec("https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage")
class TestInterpretingAnEventStream:
    @pytest.mark.parametrize(
        "text, events",
        [
            ("data: a\n\n", [("message", "a", "")]),
            ("data: a\ndata: b\ndata\n\n", [("message", "a\nb\n", "")]),
            ("data\n\ndata\ndata\n\ndata:\n", [("message", "", ""), ("message", "\n", "")]),
            ("data:a\n\ndata:  b\n\n", [("message", "a", ""), ("message", " b", "")]),
            ("event: x\ndata: a\n\ndata: b\n\n", [("x", "a", ""), ("message", "b", "")]),
            ("event: x\nevent\ndata: a\n\n", [("message", "a", "")]),
            ("event: x\n\ndata: a\n\n", [("message", "a", "")]),
            ("id: 1\ndata: a\n\ndata: b\n\n", [("message", "a", "1"), ("message", "b", "1")]),
            ("id: 1\n\nid\ndata: a\n\n", [("message", "a", "")]),
            ("id: 1\nid: \0\ndata: a\n\n", [("message", "a", "1")]),
            (": comment\n:\ndata: a\n\n", [("message", "a", "")]),
            ("data: a\n", []),
            (" data: a\nDATA: a\ndata : a\nother: a\n\n", []),
            ("data: a:b: c\n\n", [("message", "a:b: c", "")]),
        ],
    )
    def test_events_are_made_of_fields(self, text: str, events: list[tuple[str, str, str]]) -> None:
        assert events_of(text) == events

    def test_the_last_event_id_is_that_of_the_last_block_that_has_ended(self) -> None:
        interpreter = EventStreamInterpreter("0")
        assert list(interpreter.events(["data: a", ""])) == [ReceivedEvent("message", "a", "0")]
        assert list(interpreter.events(["id: 1", "id: 2", ""])) == []
        assert interpreter.last_event_id_string == "2"
        assert list(interpreter.events(["id: 3"])) == []
        assert interpreter.last_event_id_string == "2"

    @pytest.mark.parametrize(
        "value, time",
        [
            ("3000", 3000), ("0", 0), ("007", 7), ("", None), ("-1", None), ("1.5", None),
            ("1000x", None), ("  1", None), ("\u0663", None), ("\u00b2", None),
            ("9" * 5000, LONGEST_RECONNECTION_TIME), ("0" * 5000 + "5", 5),
        ],
    )  # fmt: skip
    def test_retry_is_digits(self, value: str, time: int | None) -> None:
        interpreter = EventStreamInterpreter()
        assert list(interpreter.events([f"retry:{value}"])) == []
        assert interpreter.reconnection_time == time

    def test_the_data_of_an_event_have_an_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(interpreting_an_event_stream, "MOST_CHARACTERS", 10)
        interpreter = EventStreamInterpreter()
        assert len(list(interpreter.events(3 * ["data:12345", "data:789", ""]))) == 3
        with pytest.raises(StreamTooLong):
            list(interpreter.events(["data:12345", "data:7890", ""]))
