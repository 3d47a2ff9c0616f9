"""What code with a gate around it knows of it."""

from __future__ import annotations

import asyncio
from typing import Any

from worker_runtime.host.clock import SystemClock
from worker_runtime.host.gates import Steps, current_gate, let_steps_out, without_a_gate


class TestWithoutAGate:
    def test_the_platform_has_none(self) -> None:
        gate: Any = object()
        assert without_a_gate(lambda value: (value, current_gate.get()), 1) == (1, None)
        token = current_gate.set(gate)
        try:
            assert without_a_gate(lambda: current_gate.get()) is None
            assert current_gate.get() is gate
        finally:
            current_gate.reset(token)

    async def test_timers_of_the_platform_have_none(self) -> None:
        gate: Any = object()
        seen: list[object] = []
        token = current_gate.set(gate)
        SystemClock().call_later(0, lambda: seen.append(current_gate.get()))
        current_gate.reset(token)
        while not seen:
            await asyncio.sleep(0)
        assert seen == [None]


class TestLetStepsOut:
    def test_now_without_a_gate_and_else_when_it_says_so(self) -> None:
        class Held:
            def let_out(self, steps: Steps) -> None:
                held.append(steps)

        held: list[Steps] = []
        done: list[str] = []
        let_steps_out(lambda: done.append("at once"))
        gate: Any = Held()
        token = current_gate.set(gate)
        let_steps_out(lambda: done.append("later"))
        current_gate.reset(token)
        assert done == ["at once"]
        held[0]()
        assert done == ["at once", "later"]
