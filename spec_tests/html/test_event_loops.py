"""HTML, 8.1.7: event loops."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from queue import SimpleQueue

import pytest

from worker_runtime import Promise
from worker_runtime.html import event_loops
from worker_runtime.html.event_loops import (
    WAITS_IN_A_TURN,
    EventLoop,
    ParallelQueue,
    a_microtask_would_be_next,
    clean_up_after_running_script,
    in_a_thread,
    in_parallel,
    is_running,
    perform_a_microtask_checkpoint,
    prepare_to_run_script,
    queue_a_microtask,
    queue_a_task,
    relevant_event_loop,
    use_host_job_queue,
)

spec = pytest.mark.spec
variable: ContextVar[str] = ContextVar("variable", default="outside")


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
        asyncio.get_running_loop().set_exception_handler(
            lambda _, context: reported.append(context["exception"])
        )
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


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#clean-up-after-running-script")
class TestCleanUpBeforeWaiting:
    async def test_what_microtasks_settle_is_there_without_a_turn_of_the_loop(self) -> None:
        seen: list[str] = []
        asyncio.get_running_loop().call_soon(seen.append, "callback")
        assert await Promise.resolve(1).then(lambda x: x + 1).then(lambda x: x + 1) == 3
        assert seen == []

    async def test_microtasks_keep_their_order(self) -> None:
        seen: list[str] = []
        queue_a_microtask(lambda: seen.append("before"))
        await Promise.resolve().then(lambda _: seen.append("awaited"))
        assert seen == ["before", "awaited"]

    async def test_the_loop_has_its_turn_however_much_is_there(self) -> None:
        count = 0
        timer_ran_at: list[int] = []
        asyncio.get_running_loop().call_soon(lambda: timer_ran_at.append(count))
        for _ in range(3 * WAITS_IN_A_TURN):
            await Promise.resolve().then()
            count += 1
        assert timer_ran_at and timer_ran_at[0] < 2 * WAITS_IN_A_TURN

    async def test_a_coroutine_that_has_just_been_started_is_part_of_the_script_that_did_so(
        self,
    ) -> None:
        seen: list[str] = []

        async def callback() -> None:
            await Promise.resolve().then(lambda _: seen.append("microtask"))
            seen.append("callback went on")

        promise = Promise.resolve(callback())
        seen.append("script")
        await promise
        assert seen == ["script", "microtask", "callback went on"]

    async def test_a_context_variable_that_a_microtask_sets_stays_with_it(self) -> None:
        await Promise.resolve().then(lambda _: variable.set("inside"))
        assert variable.get() == "outside"


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#perform-a-microtask-checkpoint")
class TestAMicrotaskWouldBeNext:
    async def test_unless_one_waits_or_runs(self) -> None:
        queue_a_microtask(lambda: None)
        assert not a_microtask_would_be_next()
        await asyncio.sleep(0)
        assert a_microtask_would_be_next()
        seen: list[bool] = []
        queue_a_microtask(lambda: seen.append(a_microtask_would_be_next()))
        await asyncio.sleep(0)
        assert seen == [False]

    async def test_of_a_queue_that_is_the_hosts_nothing_is_known(self) -> None:
        queue_a_microtask(lambda: None)
        await asyncio.sleep(0)
        use_host_job_queue(lambda steps: None)
        try:
            assert not a_microtask_would_be_next()
        finally:
            use_host_job_queue(None)


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#event-loop-for-spec-authors")
class TestIsRunning:
    async def test_is_true_of_the_loop_that_runs(self) -> None:
        assert is_running(relevant_event_loop())

    @spec("https://html.spec.whatwg.org/multipage/webappapis.html#event-loop")
    def test_is_false_when_it_has_ended(self) -> None:
        async def get() -> EventLoop:
            return relevant_event_loop()

        assert not is_running(asyncio.run(get()))


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


@spec("https://html.spec.whatwg.org/multipage/infrastructure.html#parallel-queue")
class TestParallelQueue:
    def test_threads_are_as_many_as_allowed_and_end_with_the_work(self) -> None:
        queue = ParallelQueue(most_threads=2)
        started = threading.Semaphore(0)
        may_end = threading.Event()
        ended = threading.Semaphore(0)

        def steps() -> None:
            started.release()
            may_end.wait()
            ended.release()

        for _ in range(3):
            queue.enqueue(steps)
        started.acquire()
        started.acquire()
        assert (queue.thread_count, len(queue.algorithm_queue)) == (2, 1)
        threads = [thread for thread in threading.enumerate() if thread.name == "parallel queue"]
        may_end.set()
        for _ in range(3):
            ended.acquire()
        for thread in threads:
            thread.join()
        assert (queue.thread_count, len(queue.algorithm_queue)) == (0, 0)

    def test_a_patient_one_keeps_its_threads_for_a_while(self) -> None:
        queue = ParallelQueue(most_threads=1, patience=0.05)
        taken: SimpleQueue[tuple[int, str]] = SimpleQueue()

        def steps() -> None:
            taken.put((threading.get_ident(), threading.current_thread().name))

        queue.enqueue(steps)
        first = taken.get()
        while not queue.idle_threads:
            time.sleep(0.001)
        (thread,) = queue.idle_threads
        assert thread.name == "idle parallel queue"
        queue.enqueue(steps)
        assert taken.get() == first
        thread.join()
        assert (queue.thread_count, queue.idle_threads) == (0, [])
        queue.enqueue(steps)
        assert taken.get()[1] == "parallel queue"


@spec("https://html.spec.whatwg.org/multipage/infrastructure.html#in-parallel")
class TestInAThread:
    async def test_the_promise_is_of_what_the_steps_return_or_raise(self) -> None:
        assert await in_a_thread(lambda: 5) == 5
        error = KeyError("k")

        def fail() -> None:
            raise error

        with pytest.raises(KeyError) as caught:
            await in_a_thread(fail)
        assert caught.value is error

    async def test_the_steps_run_beside_the_event_loop_in_its_context(self) -> None:
        variable: ContextVar[str] = ContextVar("variable")
        variable.set("seen")
        thread, value = await in_a_thread(lambda: (threading.current_thread(), variable.get()))
        assert thread is not threading.current_thread()
        assert thread.daemon
        assert value == "seen"

    async def test_reactions_run_in_the_task_that_settles(self) -> None:
        seen: list[str] = []
        may_end = threading.Event()

        def first_reaction(_: object) -> None:
            seen.append("first")
            asyncio.get_running_loop().call_soon(seen.append, "next callback")

        promise = (
            in_a_thread(may_end.wait).then(first_reaction).then(lambda _: seen.append("second"))
        )
        may_end.set()
        await promise
        await asyncio.sleep(0)
        assert seen == ["first", "second", "next callback"]

    def test_what_ends_after_its_loop_tells_nobody(self) -> None:
        may_end = threading.Event()
        threads: list[threading.Thread] = []

        def steps() -> None:
            threads.append(threading.current_thread())
            may_end.wait()

        async def leave_it() -> None:
            in_a_thread(steps)
            while not threads:
                await asyncio.sleep(0)

        asyncio.run(leave_it())
        may_end.set()
        threads[0].join()

    def test_a_process_that_ends_does_not_wait(self) -> None:
        script = """
import asyncio, threading
from worker_runtime.html.event_loops import in_a_thread
async def main():
    started = threading.Event()
    in_a_thread(lambda: (started.set(), threading.Event().wait()))
    started.wait()
asyncio.run(main())
"""
        folder = Path(event_loops.__file__).parents[2]
        subprocess.run(
            [sys.executable, "-c", script], check=True, env=os.environ | {"PYTHONPATH": str(folder)}
        )
