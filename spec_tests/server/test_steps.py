"""Coroutines that begin at once."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar, copy_context

import pytest

from worker_runtime.server.steps import run_to_first_wait
from worker_runtime.webidl.awaitables import Continuation


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
        assert seen == ["begun"] and isinstance(task, asyncio.Task)
        future.set_result("ready")
        await task
        assert seen == ["begun", "ready", task]

    async def test_a_turn_of_the_loop_is_a_wait(self) -> None:
        async def steps() -> None:
            await asyncio.sleep(0)

        task = run_to_first_wait(steps(), copy_context())
        assert isinstance(task, asyncio.Task)
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
        assert isinstance(task, asyncio.Task)
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
        assert isinstance(task, asyncio.Task)
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
        if turns:
            assert isinstance(task, asyncio.Task)
            await task
        assert seen == ["of the steps"] and variable.get() == "of the caller"


class TestContinuation:
    """A wait for one leaves the coroutine as it has begun: without a task."""

    @pytest.mark.parametrize("is_soon", [False, True])
    async def test_it_goes_on_when_it_is_told_and_then_calls_back(self, is_soon: bool) -> None:
        variable, seen = ContextVar("variable", default="of the caller"), list[object]()
        wait = Continuation()

        async def steps() -> None:
            variable.set("of the steps")
            await wait
            seen.append((variable.get(), asyncio.current_task()))

        begun = run_to_first_wait(steps(), copy_context())
        assert begun is not None and not isinstance(begun, asyncio.Task)
        begun.add_done_callback(lambda it: seen.append(it), context=copy_context())
        await asyncio.sleep(0)
        assert seen == []
        loop = asyncio.get_running_loop()
        loop.call_soon(wait.go_on_soon if is_soon else wait.go_on)
        await asyncio.sleep(0)
        assert len(seen) == (0 if is_soon else 2)
        await asyncio.sleep(0)
        assert seen == [("of the steps", None), begun]
        wait.go_on()
        wait.go_on_soon()
        await asyncio.sleep(0)
        assert len(seen) == 2

    async def test_it_becomes_a_task_when_it_waits_again(self) -> None:
        wait, done = Continuation(), asyncio.get_running_loop().create_future()
        tasks: list[object] = []

        async def steps() -> None:
            await wait
            await asyncio.sleep(0)
            async with asyncio.timeout(1):
                tasks.append(asyncio.current_task())

        begun = run_to_first_wait(steps(), copy_context())
        assert begun is not None
        begun.add_done_callback(done.set_result)
        wait.go_on()
        assert isinstance(await done, asyncio.Task) and tasks == [await done]

    @pytest.mark.parametrize("moment", ["before", "in the step", "after"])
    async def test_who_is_cancelled_can_clean_up(self, moment: str) -> None:
        wait, over, seen = Continuation(), asyncio.Event(), list[str]()

        async def steps() -> None:
            try:
                await wait
                if moment == "in the step":
                    assert begun is not None
                    begun.cancel()
                    seen.append("in the step")
                await asyncio.get_running_loop().create_future()
            except asyncio.CancelledError:
                await asyncio.sleep(0)
                seen.append("cancelled")
                raise

        begun = run_to_first_wait(steps(), copy_context())
        assert begun is not None
        begun.add_done_callback(lambda task: over.set())
        if moment != "before":
            wait.go_on()
        if moment != "in the step":
            begun.cancel()
        wait.go_on()
        await over.wait()
        assert seen == ["in the step", "cancelled"][moment != "in the step" :]

    async def test_what_it_raises_is_the_loops_to_report(self) -> None:
        wait, seen = Continuation(), list[object]()

        async def steps() -> None:
            await wait
            raise KeyError("k")

        begun = run_to_first_wait(steps(), copy_context())
        assert begun is not None
        begun.add_done_callback(seen.append)
        with pytest.raises(KeyError):
            wait.go_on()
        assert seen == [begun]

    @pytest.mark.parametrize("is_cancelled", [False, True])
    async def test_a_task_waits_for_it_as_for_any_future(self, is_cancelled: bool) -> None:
        wait, seen = Continuation(), list[str]()

        async def wait_for_it() -> None:
            await wait
            seen.append("gone on")

        task = asyncio.ensure_future(wait_for_it())
        await asyncio.sleep(0)
        if is_cancelled:
            task.cancel()
        wait.go_on()
        await asyncio.wait([task])
        assert (task.cancelled(), seen) == ((True, []) if is_cancelled else (False, ["gone on"]))
