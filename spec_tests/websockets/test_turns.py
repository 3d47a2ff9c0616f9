"""What is sent in a turn of the event loop is written at its end."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from worker_runtime.html.event_loops import queue_a_microtask, relevant_event_loop, run_a_task
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

    async def test_tasks_of_what_is_handed_on_come_right_after_it(self) -> None:
        log: list[str] = []
        turn = relevant_event_loop().record(Turn)

        def steps(name: str) -> bool:
            took = turn.will_perform_next(lambda: log.append(f"task of {name}"))
            log.append(name)
            return took

        assert turn.hand_on(steps, "first")
        assert log == ["first", "task of first"]
        assert not turn.will_perform_next(lambda: None)

    async def test_they_queue_up_where_they_would_not_be_the_next(self) -> None:
        event_loop = relevant_event_loop()
        turn = event_loop.record(Turn)
        steps = partial(turn.will_perform_next, lambda: None)
        seen: list[bool] = []
        turn.queued_tasks = 1
        assert not turn.hand_on(steps)
        turn.queued_tasks = 0
        run_a_task(event_loop, lambda: seen.append(turn.hand_on(steps)))
        queue_a_microtask(lambda: None)
        seen.append(turn.hand_on(steps))
        await asyncio.sleep(0)
        seen.append(turn.hand_on(steps))
        assert seen == [False, False, True]

    async def test_they_come_also_if_handing_on_fails(self) -> None:
        log: list[str] = []
        turn = relevant_event_loop().record(Turn)

        def steps() -> None:
            turn.will_perform_next(lambda: log.append("task"))
            raise KeyError

        with pytest.raises(KeyError):
            turn.hand_on(steps)
        assert log == ["task"]
