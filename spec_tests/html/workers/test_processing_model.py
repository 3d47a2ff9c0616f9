"""HTML, 10.2.4."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from spec_tests.fakes import FakeClock, running_worker
from spec_tests.html.workers.scripts import Mailbox, end_of, making
from worker_runtime import MessageEvent, Promise, Worker, setInterval, setTimeout
from worker_runtime.html.settings_objects import terminate_a_worker
from worker_runtime.html.workers.processing_model import OwnedWorkers, abandon_a_worker

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


@spec("https://html.spec.whatwg.org/multipage/workers.html#run-a-worker")
@spec("https://html.spec.whatwg.org/multipage/workers.html#close-a-worker")
@spec("https://html.spec.whatwg.org/multipage/workers.html#inside-port")
class TestStates:
    """What a worker does in each of its states."""

    # the script, then what brings it from running to the next state
    @pytest.mark.parametrize(
        "command, state, hears_the_next, says_the_last",
        [
            ("stay", "running", True, True),
            ("close", "terminated", False, True),
            ("exit", "terminated", False, False),
            ("terminate", "terminated", False, False),
        ],
    )
    async def test_table(
        self,
        command: str,
        state: str,
        hears_the_next: bool,
        says_the_last: bool,
        tmp_path: Path,
    ) -> None:
        async with making(tmp_path) as maker:
            script = maker.script(
                "import sys\n"
                "def hear(event):\n"
                "    if event.data == 'close': globalThis.close()\n"
                "    if event.data == 'exit': sys.exit()\n"
                "    if event.data == 'terminate':\n"
                "        postMessage('busy')\n"
                "        while True: pass\n"
                "    postMessage(event.data)\n"
                "globalThis.onmessage = hear\n"
            )
            worker = Worker(script)
            heard: list[Any] = []
            come = asyncio.Event()

            def hear(event: MessageEvent) -> None:
                heard.append(event.data)
                come.set()

            worker.onmessage = hear
            assert worker._worker.state in ("starting", "running")
            worker.postMessage("first")
            await come.wait()
            assert heard == ["first"]
            come.clear()
            worker.postMessage(command)
            worker.postMessage("next")
            if command == "terminate":
                await come.wait()
                worker.terminate()
            if command != "stay":
                await end_of(worker)
            elif "next" not in heard:
                while "next" not in heard:
                    come.clear()
                    await come.wait()
            for _ in range(3):
                await asyncio.sleep(0)
            assert worker._worker.state == state
            assert ("next" in heard) is hears_the_next
            assert (command in heard) is says_the_last

    async def test_after_close_the_task_goes_on_to_its_end(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            script = maker.script(
                "close()\nsetTimeout(lambda: postMessage('late'), 0)\n"
                "globalThis.onmessage = lambda event: postMessage('late')\n"
                "for number in range(3): postMessage(number)"
            )
            worker = Worker(script)
            worker.postMessage("m")
            heard: list[Any] = []
            worker.onmessage = lambda event: heard.append(event.data)
            await end_of(worker)
            for _ in range(3):
                await asyncio.sleep(0)
            assert heard == [0, 1, 2] and worker._worker.state == "terminated"

    async def test_a_scope_owns_what_it_has_made(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            worker = Worker(maker.script("postMessage(1)"))
            await Mailbox(worker).next()
            owned = maker.settings_object.record(OwnedWorkers)
            assert owned == {worker._worker}
            abandon_a_worker(maker.settings_object, worker._worker)
            await end_of(worker)
            assert worker._worker.state == "terminated"
