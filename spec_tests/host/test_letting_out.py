"""What leaves code with a gate around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from worker_runtime.host.gates import current_gate
from worker_runtime.host.letting_out import let_out, until_let_out
from worker_runtime.webidl.promises import Promise, is_fulfilled


class Closed:
    """A gate that keeps what it is given."""

    def __init__(self) -> None:
        self.held: list[Callable[[], object]] = []

    def let_out(self, steps: Callable[[], object]) -> None:
        self.held.append(steps)


class TestLettingOut:
    async def test_without_a_gate_it_is_now(self) -> None:
        promise = Promise.resolve(1)
        assert let_out(lambda: promise) is promise
        assert is_fulfilled(until_let_out())

    async def test_a_gate_decides_when(self) -> None:
        gate: Any = Closed()
        token = current_gate.set(gate)
        promise, until = let_out(lambda: Promise.resolve(1)), until_let_out()
        current_gate.reset(token)
        assert not is_fulfilled(promise) and not is_fulfilled(until)
        for steps in gate.held:
            steps()
        assert await promise == 1
        await until
