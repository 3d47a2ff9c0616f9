"""What is sent in a turn of the event loop is written at its end."""

from __future__ import annotations

import pytest

from worker_runtime.html.event_loops import relevant_event_loop
from worker_runtime.websockets.turns import Turn

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#event-loop-processing-model")
class TestTurn:
    async def test_steps_for_its_end_are_performed_then_and_once(self) -> None:
        log: list[str] = []
        turn = relevant_event_loop().record(Turn)

        def steps() -> int:
            assert turn.will_perform_at_its_end(lambda: log.append("end"))
            log.append("turn")
            return 7

        assert turn.perform(steps) == 7
        assert turn.perform(lambda: 8) == 8
        assert log == ["turn", "end"]

    async def test_between_turns_nothing_is_taken(self) -> None:
        turn = relevant_event_loop().record(Turn)
        assert not turn.will_perform_at_its_end(lambda: None)
        turn.perform(lambda: None)
        assert not turn.will_perform_at_its_end(lambda: None)

    async def test_what_is_for_the_end_is_performed_also_if_the_turn_fails(self) -> None:
        log: list[str] = []
        turn = relevant_event_loop().record(Turn)

        def steps() -> None:
            turn.will_perform_at_its_end(lambda: log.append("end"))
            raise KeyError

        with pytest.raises(KeyError):
            turn.perform(steps)
        assert log == ["end"]
