"""HTML, 10.2.4."""

from __future__ import annotations

import asyncio

import pytest

from spec_tests.fakes import FakeClock, running_worker
from worker_runtime import Promise, setInterval, setTimeout
from worker_runtime.html.workers.processing_model import terminate_a_worker

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/workers.html#terminate-a-worker")
class TestTerminateAWorker:
    async def test_no_timer_is_left_and_none_that_is_started_later_rings(self) -> None:
        clock, seen = FakeClock(), list[str]()
        with running_worker(clock=clock) as worker:
            setInterval(seen.append, 1, "before")
            terminate_a_worker(worker.settings_object)
            assert not clock.alarms
            setTimeout(seen.append, 1, "after")
            clock.advance(1)
        assert seen == []

    async def test_no_task_begins(self) -> None:
        with running_worker() as worker:
            Promise.reject("why")
            terminate_a_worker(worker.settings_object)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        assert worker.reports == []
