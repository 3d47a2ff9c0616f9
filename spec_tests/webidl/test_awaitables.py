"""ECMA-262, 27.7: async functions, as Python's coroutines."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Callable, Generator
from contextvars import ContextVar

import pytest

from worker_runtime import Promise
from worker_runtime.webidl.awaitables import (
    begin,
    future_of,
    is_starting,
    let_go,
    running_tasks,
    tasks_begun_by,
)

spec = pytest.mark.spec
variable: ContextVar[str] = ContextVar("variable", default="outside")


@spec("https://tc39.es/ecma262/#sec-async-functions-abstract-operations-async-function-start")
class TestBegin:
    async def test_a_coroutine_that_never_waits_schedules_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def steps() -> str:
            return "result"

        def call_soon(*args: object, **kwargs: object) -> None:
            raise AssertionError("something was scheduled")

        loop = asyncio.get_running_loop()
        before = asyncio.all_tasks()
        monkeypatch.setattr(loop, "call_soon", call_soon)
        assert begin(steps()) == ("result",)
        monkeypatch.undo()
        assert asyncio.all_tasks() == before

    async def test_its_task_is_one_object_however_it_goes_on(self) -> None:
        seen: list[object] = []

        async def steps(turns: int) -> str:
            seen.append(asyncio.current_task())
            for _ in range(turns):
                await asyncio.sleep(0)
                seen.append(asyncio.current_task())
            return "result"

        outer = asyncio.current_task()
        task = begin(steps(2))
        assert asyncio.current_task() is outer
        assert isinstance(task, asyncio.Task)
        assert await task == "result"
        assert seen == [task] * 3
        assert begin(steps(0)) == ("result",)
        assert len({id(each) for each in seen}) == 2
        assert isinstance(seen[3], asyncio.Task) and "Task" in repr(seen[3])

    async def test_a_step_may_look_at_its_task_first(self) -> None:
        def names(task: asyncio.Task[object] | None) -> object:
            assert task is not None
            return task.get_name()

        def shows(task: asyncio.Task[object] | None) -> object:
            return repr(task)

        def compares(task: asyncio.Task[object] | None) -> object:
            return task == asyncio.current_task() and {task: 1}[asyncio.current_task()]

        async def steps(look: Callable[[asyncio.Task[object] | None], object]) -> object:
            seen = look(asyncio.current_task())
            if look is shows:
                await asyncio.sleep(0)
            return seen

        for look in (names, shows, compares):
            assert await future_of(steps(look))

    async def test_a_step_that_cancels_its_own_task_and_returns_is_cancelled(self) -> None:
        async def steps() -> str:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            return "result"

        future = begin(steps())
        assert isinstance(future, asyncio.Future)
        with pytest.raises(asyncio.CancelledError):
            await future
        assert future.cancelled()

    async def test_a_step_that_raises_a_cancelled_error_is_cancelled(self) -> None:
        async def steps() -> None:
            raise asyncio.CancelledError

        future = begin(steps())
        assert isinstance(future, asyncio.Future) and future.cancelled()

    async def test_what_it_raises_at_once_is_there_at_once(self) -> None:
        async def steps() -> None:
            raise KeyError("at once")

        future = begin(steps())
        assert isinstance(future, asyncio.Future)
        assert isinstance(future.exception(), KeyError)

    @spec("https://tc39.es/ecma262/#sec-asyncblockstart")
    @pytest.mark.parametrize("error", [SystemExit(4), KeyboardInterrupt()], ids=repr)
    async def test_an_exit_is_a_failure_like_any(self, error: BaseException) -> None:
        async def steps() -> None:
            raise error

        before = asyncio.current_task()
        future = begin(steps())
        assert isinstance(future, asyncio.Future) and future.exception() is error
        assert asyncio.current_task() is before
        assert not is_starting()

    async def test_one_may_begin_another(self) -> None:
        async def inner() -> tuple[bool, object]:
            return is_starting(), asyncio.current_task()

        async def outer() -> object:
            task = asyncio.current_task()
            begun = begin(inner())
            assert isinstance(begun, tuple)
            was_starting, inner_task = begun[0]
            assert inner_task is not task and asyncio.current_task() is task
            return was_starting and is_starting()

        assert begin(outer()) == (True,)
        assert not is_starting()

    async def test_each_has_a_context_of_its_own_from_its_first_step_to_its_last(self) -> None:
        async def sets(turns: int) -> str:
            before = variable.get()
            variable.set("inside")
            for _ in range(turns):
                await asyncio.sleep(0)
            return before + " " + variable.get()

        assert begin(sets(0)) == ("outside inside",)
        assert begin(sets(0)) == ("outside inside",)
        assert await future_of(sets(2)) == "outside inside"
        assert variable.get() == "outside"

    async def test_asyncios_helpers_work_in_a_first_step(self) -> None:
        async def wait_for() -> object:
            return await asyncio.wait_for(asyncio.sleep(0, "value"), 60)

        async def gather() -> object:
            return await asyncio.gather(asyncio.sleep(0, 1), asyncio.sleep(0, 2))

        async def shield() -> object:
            return await asyncio.shield(asyncio.sleep(0, 3))

        async def timeout() -> object:
            async with asyncio.timeout(60):
                return "in time"

        assert await future_of(wait_for()) == "value"
        assert await future_of(gather()) == [1, 2]
        assert await future_of(shield()) == 3
        assert await future_of(timeout()) == "in time"

    async def test_any_awaitable_is_awaited(self) -> None:
        class Awaitable:
            def __await__(self) -> Generator[None, None, str]:
                yield
                return "result"

        task = begin(Awaitable())
        assert isinstance(task, asyncio.Task)
        assert await task == "result"


@spec("https://tc39.es/ecma262/#sec-async-function-definitions-EvaluateBody")
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


@spec("https://docs.python.org/3/library/asyncio-task.html#asyncio.create_task")
class TestLetGo:
    async def test_a_task_that_was_begun_is_held_until_then(self) -> None:
        task = begin(asyncio.sleep(0))
        assert isinstance(task, asyncio.Task) and task in running_tasks
        await task
        let_go(task)
        let_go(task)
        assert task not in running_tasks

    async def test_a_promise_of_it_lets_it_go(self) -> None:
        before = set(running_tasks)
        promise = Promise.resolve(asyncio.sleep(0, 7))
        (task,) = running_tasks - before
        assert await promise == 7
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
