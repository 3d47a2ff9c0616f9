"""XMLHttpRequest Standard, 6."""

from __future__ import annotations

from typing import Any

import pytest

from worker_runtime.dom.event_target import EventTarget
from worker_runtime.xhr.progress_event import ProgressEvent, fire_a_progress_event

spec = pytest.mark.spec


@spec("https://xhr.spec.whatwg.org/#progressevent")
class TestProgressEvent:
    def test_has_its_numbers(self) -> None:
        event = ProgressEvent("progress", lengthComputable=True, loaded=1, total=2.5)
        assert (event.type, event.lengthComputable, event.loaded, event.total) == (
            "progress",
            True,
            1,
            2.5,
        )

    def test_knows_nothing_unless_told(self) -> None:
        event = ProgressEvent("x", bubbles=True)
        assert (event.bubbles, event.cancelable) == (True, False)
        assert (event.lengthComputable, event.loaded, event.total) == (False, 0, 0)

    def test_a_number_that_is_none_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="finite"):
            ProgressEvent("x", loaded=float("nan"))


@spec("https://xhr.spec.whatwg.org/#concept-event-fire-progress")
class TestFireAProgressEvent:
    @pytest.mark.parametrize("length, computable", [(0, False), (7, True)])
    def test_a_length_of_0_is_not_known(self, length: int, computable: bool) -> None:
        target = EventTarget()
        events: list[Any] = []
        target.addEventListener("load", events.append)
        fire_a_progress_event("load", target, 5, length)
        (event,) = events
        assert (event.loaded, event.total, event.lengthComputable, event.isTrusted) == (
            5,
            length,
            computable,
            True,
        )
