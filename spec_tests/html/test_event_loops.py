"""HTML, 8.1.7: event loops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from worker_runtime import Promise
from worker_runtime.html.event_loops import (
    clean_up_after_running_script,
    in_parallel,
    perform_a_microtask_checkpoint,
    prepare_to_run_script,
    queue_a_microtask,
    queue_a_task,
    relevant_event_loop,
    use_host_job_queue,
)

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#queue-a-microtask")
class TestQueueAMicrotask:
    async def test_the_queue_is_drained_to_its_end_before_the_next_callback(self) -> None:
        seen: list[str] = []

        def first() -> None:
            seen.append("first")
            queue_a_microtask(lambda: seen.append("queued by the first"))

        queue_a_microtask(first)
        asyncio.get_running_loop().call_soon(seen.append, "callback")
        await asyncio.sleep(0)
        assert seen == ["first", "queued by the first", "callback"]

    def test_needs_a_running_loop_and_says_so(self) -> None:
        with pytest.raises(RuntimeError, match="running event loop"):
            queue_a_microtask(lambda: None)

    async def test_one_that_fails_does_not_stop_the_others(self) -> None:
        seen: list[str] = []
        reported: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context["exception"]))
        error = KeyError("k")

        def fail() -> None:
            raise error

        queue_a_microtask(fail)
        queue_a_microtask(lambda: seen.append("next"))
        await asyncio.sleep(0)
        assert (seen, reported) == (["next"], [error])

    def test_another_loop_of_the_thread_begins_with_an_empty_queue(self) -> None:
        seen: list[str] = []

        async def leave_one_behind() -> None:
            queue_a_microtask(lambda: seen.append("left behind"))

        loop = asyncio.new_event_loop()
        loop.run_until_complete(leave_one_behind())
        loop.close()

        async def use_another() -> None:
            queue_a_microtask(lambda: seen.append("new"))
            await asyncio.sleep(0)

        asyncio.run(use_another())
        assert seen[-1:] == ["new"]


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#queue-a-task")
class TestQueueATask:
    async def test_each_has_its_microtasks_run_before_the_next(self) -> None:
        seen: list[str] = []

        def task(name: str) -> Callable[[], None]:
            def steps() -> None:
                seen.append(name)
                Promise.resolve().then(lambda _: seen.append(f"after {name}"))

            return steps

        queue_a_task("networking", task("1"))
        queue_a_task("networking", task("2"))
        await asyncio.sleep(0)
        assert seen == ["1", "after 1", "2", "after 2"]


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#clean-up-after-running-script")
class TestCleanUpAfterRunningScript:
    def run_two_callbacks(self, seen: list[str]) -> None:
        for name in "ab":
            event_loop = prepare_to_run_script()
            seen.append(name)
            queue_a_microtask(lambda name=name: seen.append(f"microtask of {name}"))  # type: ignore[misc]
            clean_up_after_running_script(event_loop)

    async def test_microtasks_run_between_the_callbacks_of_a_task(self) -> None:
        seen: list[str] = []
        queue_a_task("DOM manipulation", lambda: self.run_two_callbacks(seen))
        await asyncio.sleep(0)
        assert seen == ["a", "microtask of a", "b", "microtask of b"]

    async def test_microtasks_wait_for_the_script_that_called(self) -> None:
        seen: list[str] = []
        self.run_two_callbacks(seen)
        assert seen == ["a", "b"]
        await asyncio.sleep(0)
        assert seen == ["a", "b", "microtask of a", "microtask of b"]


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#perform-a-microtask-checkpoint")
class TestPerformAMicrotaskCheckpoint:
    async def test_one_within_another_does_nothing(self) -> None:
        seen: list[str] = []

        def outer() -> None:
            queue_a_microtask(lambda: seen.append("inner"))
            perform_a_microtask_checkpoint(relevant_event_loop())
            seen.append("outer")

        queue_a_microtask(outer)
        perform_a_microtask_checkpoint(relevant_event_loop())
        assert seen == ["outer", "inner"]

    async def test_an_exit_leaves_the_rest_for_the_next_turn(self) -> None:
        seen: list[str] = []

        def leave() -> None:
            raise SystemExit

        queue_a_microtask(leave)
        queue_a_microtask(lambda: seen.append("rest"))
        with pytest.raises(SystemExit):
            perform_a_microtask_checkpoint(relevant_event_loop())
        assert seen == []
        await asyncio.sleep(0)
        assert seen == ["rest"]


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#hostenqueuepromisejob")
class TestUseHostJobQueue:
    async def test_every_microtask_goes_to_the_host(self) -> None:
        jobs: list[Callable[[], object]] = []
        seen: list[str] = []
        use_host_job_queue(jobs.append)
        try:
            queue_a_microtask(lambda: seen.append("queued"))
            Promise.resolve().then(lambda _: seen.append("reaction"))
        finally:
            use_host_job_queue(None)
        await asyncio.sleep(0)
        assert seen == []
        for job in jobs:
            job()
        assert seen == ["queued", "reaction"]


@spec("https://html.spec.whatwg.org/multipage/infrastructure.html#in-parallel")
class TestInParallel:
    async def test_the_event_loop_owns_the_task_until_it_ends(self) -> None:
        async def steps() -> str:
            return "done"

        task = in_parallel(steps())
        assert task in relevant_event_loop().parallel_tasks
        assert await task == "done"
        await asyncio.sleep(0)
        assert relevant_event_loop().parallel_tasks == set()
