"""Coroutines that begin at once."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar, copy_context

import pytest

from worker_runtime.server.steps import run_to_first_wait


class TestRunToFirstWait:
    async def test_what_never_waits_needs_no_task(self) -> None:
        seen: list[str] = []

        async def steps() -> None:
            seen.append("done")

        assert run_to_first_wait(steps(), copy_context()) is None
        assert seen == ["done"]

    async def test_what_waits_goes_on_in_a_task(self) -> None:
        seen: list[object] = []
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        async def steps() -> None:
            seen.append("begun")
            seen.append(await future)
            await asyncio.sleep(0)
            async with asyncio.timeout(1):
                seen.append(asyncio.current_task())

        task = run_to_first_wait(steps(), copy_context())
        assert seen == ["begun"] and task is not None
        future.set_result("ready")
        await task
        assert seen == ["begun", "ready", task]

    async def test_a_turn_of_the_loop_is_a_wait(self) -> None:
        async def steps() -> None:
            await asyncio.sleep(0)

        task = run_to_first_wait(steps(), copy_context())
        assert task is not None
        await task

    @pytest.mark.parametrize("turns", [0, 1, 2])
    async def test_a_task_that_is_cancelled_can_clean_up(self, turns: int) -> None:
        seen: list[str] = []

        async def steps() -> None:
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                await asyncio.sleep(0)
                seen.append("clean")

        task = run_to_first_wait(steps(), copy_context())
        assert task is not None
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert seen == ["clean"]

    async def test_a_failure_is_the_callers_or_the_tasks(self) -> None:
        async def fail(turns: int) -> None:
            for _ in range(turns):
                await asyncio.sleep(0)
            raise KeyError("k")

        with pytest.raises(KeyError):
            run_to_first_wait(fail(0), copy_context())
        task = run_to_first_wait(fail(1), copy_context())
        assert task is not None
        with pytest.raises(KeyError):
            await task

    @pytest.mark.parametrize("turns", [0, 1])
    async def test_variables_stay_in_the_context(self, turns: int) -> None:
        variable = ContextVar("variable", default="of the caller")
        seen: list[str] = []

        async def steps() -> None:
            variable.set("of the steps")
            for _ in range(turns):
                await asyncio.sleep(0)
            seen.append(variable.get())

        task = run_to_first_wait(steps(), copy_context())
        if task is not None:
            await task
        assert seen == ["of the steps"] and variable.get() == "of the caller"
