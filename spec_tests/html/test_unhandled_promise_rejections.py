"""HTML, 8.1.4.7 and 8.1.6.4."""

from __future__ import annotations

import asyncio
import gc
import weakref

import pytest

from spec_tests.fakes import Worker, running_worker
from worker_runtime import Event, Promise, PromiseRejectionEvent
from worker_runtime.html.event_loops import use_host_job_queue
from worker_runtime.html.unhandled_promise_rejections import RejectedPromises
from worker_runtime.webidl.promises import mark_as_handled

spec = pytest.mark.spec


async def tasks() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def record(worker: Worker) -> list[tuple[str, object]]:
    """What the scope is told, and when."""
    seen: list[tuple[str, object]] = []
    for type in ("unhandledrejection", "rejectionhandled"):
        worker.scope.addEventListener(type, lambda event: seen.append((event.type, event.reason)))
    return seen


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#promiserejectionevent")
class TestPromiseRejectionEvent:
    def test_needs_a_promise(self) -> None:
        with pytest.raises(
            TypeError, match=r"PromiseRejectionEvent\(\) needs the option 'promise'"
        ):
            PromiseRejectionEvent("unhandledrejection")  # type: ignore[call-overload]

    def test_has_what_it_is_given(self) -> None:
        promise = Promise[None]()
        event = PromiseRejectionEvent(
            "unhandledrejection", promise=promise, reason="why", cancelable=True
        )
        assert (event.promise, event.reason, event.cancelable) == (promise, "why", True)
        assert PromiseRejectionEvent("unhandledrejection", promise=promise).reason is None


@spec(
    "https://html.spec.whatwg.org/multipage/webappapis.html#the-hostpromiserejectiontracker-implementation"
)
class TestHostPromiseRejectionTracker:
    async def test_a_rejection_that_is_handled_in_the_same_task_is_no_news(self) -> None:
        with running_worker() as worker:
            seen = record(worker)
            promise = Promise.reject("why")
            promise.then(None, lambda reason: None)
            mark_as_handled(Promise.reject("marked"))
            with pytest.raises(Exception, match="awaited"):
                await Promise.reject(ValueError("awaited"))
            await tasks()
        assert (seen, worker.reports) == ([], [])

    async def test_nor_is_one_that_is_handled_in_a_microtask(self) -> None:
        with running_worker() as worker:
            promise = Promise.reject("why")
            step = Promise.resolve()
            for _ in range(20):
                step = step.then(lambda _: None)
            step.then(lambda _: promise.then(None, lambda reason: None) and None)
            await tasks()
        assert worker.reports == []

    async def test_one_that_is_handled_later_is_told_of_again(self) -> None:
        with running_worker() as worker:
            seen = record(worker)
            promise = Promise.reject("why")
            await tasks()
            promise.then(None, lambda reason: None)
            assert seen == [("unhandledrejection", "why")]
            await tasks()
        assert seen == [("unhandledrejection", "why"), ("rejectionhandled", "why")]

    async def test_one_that_is_handled_by_the_listener_is_not(self) -> None:
        with running_worker() as worker:
            seen = record(worker)
            worker.scope.addEventListener(
                "unhandledrejection", lambda event: event.promise.then(None, print) and None
            )
            Promise.reject("why").then(None, None)
            mark_as_handled(Promise.reject("other"))
            await tasks()
        assert [type for type, _ in seen] == ["unhandledrejection"]

    async def test_works_with_the_job_queue_of_an_embedder(self) -> None:
        loop = asyncio.get_running_loop()
        use_host_job_queue(loop.call_soon)
        try:
            with running_worker() as worker:
                Promise.reject("why")
                await tasks()
        finally:
            use_host_job_queue(None)
        assert worker.reports == [("why", "Uncaught (in promise)")]


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#notify-about-rejected-promises")
class TestNotifyAboutRejectedPromises:
    async def test_fires_at_the_scope_and_then_it_goes_to_the_console(self) -> None:
        error = ValueError("v")
        with running_worker() as worker:
            seen: list[PromiseRejectionEvent] = []
            worker.scope.onunhandledrejection = seen.append
            promise = Promise.reject(error)
            await tasks()
        [event] = seen
        assert (event.promise, event.reason, event.cancelable, event.isTrusted) == (
            promise,
            error,
            True,
            True,
        )
        assert worker.reports == [(error, "Uncaught (in promise)")]

    async def test_a_listener_that_cancels_the_event_keeps_it_from_the_console(self) -> None:
        with running_worker() as worker:
            worker.scope.addEventListener("unhandledrejection", Event.preventDefault)
            Promise.reject("why")
            await tasks()
        assert worker.reports == []

    async def test_a_derived_promise_is_the_one_that_is_told_of(self) -> None:
        with running_worker() as worker:
            seen = record(worker)
            Promise.reject("why").then(lambda value: value)
            await tasks()
        assert seen == [("unhandledrejection", "why")]

    async def test_each_scope_is_told_of_its_own(self) -> None:
        with running_worker() as first:
            Promise.reject(1)
        with running_worker() as second:
            Promise.reject(2)
            Promise.reject(3)
            first.settings_object.closing = False
            await tasks()
        assert [reason for reason, _ in first.reports] == [1]
        assert [reason for reason, _ in second.reports] == [2, 3]

    async def test_a_promise_that_is_told_of_is_not_kept(self) -> None:
        with running_worker() as worker:
            promise = weakref.ref(Promise.reject("why"))
            await tasks()
            gc.collect()
            assert promise() is None
            assert len(worker.settings_object.record(RejectedPromises).outstanding) == 0

    def test_a_script_that_ends_with_one_says_so(self, capsys: pytest.CaptureFixture[str]) -> None:
        async def main(reason: str) -> None:
            Promise.reject(reason)

        for reason in ("first", "second"):  # each on a loop of its own
            asyncio.run(main(reason))
        assert (
            capsys.readouterr().err
            == "Uncaught (in promise) 'first'\nUncaught (in promise) 'second'\n"
        )

    def test_one_that_a_dead_loop_has_left_is_told_of_by_the_next(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        async def main() -> None:
            Promise.reject("new")

        def reject_and_stop() -> None:
            Promise.reject("left")
            loop.stop()

        loop = asyncio.new_event_loop()
        loop.call_soon(reject_and_stop)
        loop.run_forever()
        loop.close()
        asyncio.run(main())
        assert (
            capsys.readouterr().err == "Uncaught (in promise) 'left'\nUncaught (in promise) 'new'\n"
        )
