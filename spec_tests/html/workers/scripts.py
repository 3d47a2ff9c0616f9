"""Workers in tests: a scope that makes them and is told what they say, and ends them at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from spec_tests.fakes import RecordingConsole, running_in
from worker_runtime import Event
from worker_runtime.global_scope.worker_global_scope import (
    WorkerGlobalScope,
    set_up_a_worker_environment_settings_object,
)
from worker_runtime.host.host import Host
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, terminate_a_worker
from worker_runtime.html.workers.processing_model import OwnedWorkers
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.webidl.interfaces import new


class Maker:
    """A scope that makes workers."""

    def __init__(self, folder: Path, host: Host | None = None) -> None:
        self.folder = folder
        self.console = RecordingConsole()
        self.host = Host(console=self.console) if host is None else host
        self.settings_object: EnvironmentSettingsObject = (
            set_up_a_worker_environment_settings_object(
                new(WorkerGlobalScope), url_parser("https://maker.example/"), self.host
            )
        )
        self.scope: WorkerGlobalScope = self.settings_object.global_object

    def script(self, source: str, name: str = "worker.py") -> Path:
        """A file with a script that has imported what it needs."""
        path = self.folder / name
        path.write_text(f"from worker_runtime import *\n{source}\n", "utf-8")
        return path


@asynccontextmanager
async def making(folder: Path, host: Host | None = None) -> AsyncIterator[Maker]:
    """Run what is in the block in a scope; no thread of its workers is left after it."""
    maker = Maker(folder, host)
    threads = []
    with running_in(maker.settings_object):
        try:
            yield maker
        finally:
            threads = [w.agent.thread for w in maker.settings_object.record(OwnedWorkers)]
            terminate_a_worker(maker.settings_object)
    for thread in threads:
        await asyncio.to_thread(thread.join, 20)
        assert not thread.is_alive()


class Mailbox:
    """What comes to a target as messages and errors, one after another."""

    def __init__(self, target: Any, worker: Any = None) -> None:
        self.queue: asyncio.Queue[Any] = asyncio.Queue()
        target.onmessage = lambda event: self.queue.put_nowait(event.data)
        target.onmessageerror = lambda event: self.queue.put_nowait(event)
        (worker or target).addEventListener("error", self.take_an_error)

    def take_an_error(self, event: Event) -> None:
        """Handle it, so that it goes no further."""
        event.preventDefault()
        self.queue.put_nowait(event)

    async def next(self) -> Any:
        """The next one; it comes within 20 seconds or never."""
        return await asyncio.wait_for(self.queue.get(), 20)


async def end_of(worker: Any) -> None:
    """Wait until the thread of a worker is gone."""
    thread = worker._worker.agent.thread
    await asyncio.to_thread(thread.join, 20)
    assert not thread.is_alive()
