"""ECMA-262, 27.7: async functions, as Python's coroutines."""

from __future__ import annotations

import asyncio
import gc
import weakref
from contextvars import ContextVar

import pytest

from worker_runtime.webidl.awaitables import future_of, running_tasks, tasks_begun_by

spec = pytest.mark.spec
variable: ContextVar[str] = ContextVar("variable", default="outside")


@spec("https://tc39.es/ecma262/#sec-async-functions-abstract-operations-async-function-start")
class TestFutureOf:
    async def test_a_coroutine_runs_to_its_first_wait_at_once(self) -> None:
        seen: list[str] = []

        async def steps() -> str:
            seen.append("began")
            await asyncio.sleep(0)
            seen.append("went on")
            return "result"

        future = future_of(steps())
        assert seen == ["began"]
        assert await future == "result"
        assert seen == ["began", "went on"]

    async def test_a_coroutine_that_never_waits_has_its_result(self) -> None:
        async def steps() -> str:
            return "result"

        assert await future_of(steps()) == "result"

    async def test_a_future_with_a_result_does_not_hold_who_made_it(self) -> None:
        class Thing:
            pass

        async def steps() -> int:
            return 1

        def make() -> tuple[asyncio.Future[int], weakref.ref[Thing]]:
            thing = Thing()
            return future_of(steps()), weakref.ref(thing)

        future, reference = make()
        assert await future == 1
        gc.collect()
        assert reference() is None

    async def test_what_it_raises_is_the_futures(self) -> None:
        async def at_once() -> None:
            raise KeyError("at once")

        async def later() -> None:
            await asyncio.sleep(0)
            raise KeyError("later")

        for steps in (at_once, later):
            with pytest.raises(KeyError, match=steps.__name__.replace("_", " ")):
                await future_of(steps())

    async def test_its_first_step_is_its_own_tasks(self) -> None:
        async def steps() -> tuple[asyncio.Task[object] | None, asyncio.Task[object] | None]:
            first = asyncio.current_task()
            await asyncio.sleep(0)
            return first, asyncio.current_task()

        task = future_of(steps())
        assert await task == (task, task)
        assert asyncio.current_task() is not task

    async def test_a_timeout_of_its_first_step_ends_it_and_nobody_else(self) -> None:
        async def steps() -> str:
            try:
                async with asyncio.timeout(0):
                    await asyncio.sleep(60)
            except TimeoutError:
                return "timed out"
            return "not reached"

        assert await future_of(steps()) == "timed out"

    async def test_a_task_group_of_its_first_step_works(self) -> None:
        async def steps() -> int:
            async with asyncio.TaskGroup() as group:
                task = group.create_task(asyncio.sleep(0, 7))
            return task.result()

        assert await future_of(steps()) == 7

    async def test_it_can_be_cancelled_before_and_after_its_second_step(self) -> None:
        ends: list[str] = []

        async def steps(name: str) -> None:
            try:
                await asyncio.sleep(60)
            finally:
                ends.append(name)

        for turns in (0, 2):
            task = future_of(steps(f"after {turns}"))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert ends == ["after 0", "after 2"]

    async def test_its_context_is_a_copy(self) -> None:
        async def steps() -> str:
            variable.set("inside")
            await asyncio.sleep(0)
            return variable.get()

        future = future_of(steps())
        assert variable.get() == "outside"
        assert await future == "inside"

    async def test_a_future_is_itself(self) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        assert future_of(future) is future

    async def test_tasks_are_held_until_they_end(self) -> None:
        task = future_of(asyncio.sleep(0))
        assert task in running_tasks
        await task
        await asyncio.sleep(0)
        assert task not in running_tasks


@spec("https://tc39.es/ecma262/#sec-asyncfunctionstart")
class TestTasksBegunBy:
    async def test_are_those_that_still_run(self) -> None:
        async def waits() -> None:
            await asyncio.sleep(0)

        (task,) = tasks_begun_by(lambda: future_of(waits()))
        assert not task.done()
        await task
        assert tasks_begun_by(lambda: None) == []
