"""HTML, 8.8."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from spec_tests.fakes import running_worker
from worker_runtime import Promise, queueMicrotask

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#dom-queuemicrotask")
class TestQueueMicrotask:
    async def test_comes_in_turn_with_the_reactions_of_promises(self) -> None:
        seen: list[str] = []
        Promise.resolve().then(lambda _: seen.append("a"))
        queueMicrotask(lambda: seen.append("b"))
        Promise.reject().then(None, lambda _: seen.append("c"))
        assert seen == []
        await asyncio.sleep(0)
        assert seen == ["a", "b", "c"]

    async def test_what_it_raises_is_reported_and_the_next_one_runs(self) -> None:
        error, seen = ValueError("v"), list[str]()

        def fail() -> None:
            raise error

        with running_worker() as worker:
            queueMicrotask(fail)
            queueMicrotask(lambda: seen.append("next"))
            await asyncio.sleep(0)
        assert (worker.reports, seen) == ([(error, "Uncaught")], ["next"])

    async def test_a_coroutine_function_runs_to_its_end(self) -> None:
        ended = asyncio.Event()

        async def callback() -> None:
            await asyncio.sleep(0)
            ended.set()

        queueMicrotask(callback)
        await ended.wait()

    @pytest.mark.parametrize("callback", [None, 5, "x = 5"])
    def test_what_is_not_callable_is_refused(self, callback: Any) -> None:
        with pytest.raises(TypeError, match="A microtask is a callable"):
            queueMicrotask(callback)
