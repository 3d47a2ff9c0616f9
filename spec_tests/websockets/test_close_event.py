"""CloseEvent."""

from __future__ import annotations

import pytest

from worker_runtime import CloseEvent, Event

spec = pytest.mark.spec


@spec("https://websockets.spec.whatwg.org/#closeevent")
class TestCloseEvent:
    def test_defaults(self) -> None:
        event = CloseEvent("close")
        assert isinstance(event, Event)
        assert (event.type, event.wasClean, event.code, event.reason) == ("close", False, 0, "")

    def test_members_are_converted(self) -> None:
        event = CloseEvent("x", cancelable=True, wasClean=True, code=65536 + 1000, reason="a\ud800")
        assert (event.cancelable, event.wasClean, event.code, event.reason) == (
            True,
            True,
            1000,
            "a\ufffd",
        )
