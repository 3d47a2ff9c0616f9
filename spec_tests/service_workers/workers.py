"""Workers that a service worker makes, for tests: their scripts are texts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from spec_tests.service_workers.harness import Site
from worker_runtime import Client, ServiceWorkerGlobalScope, SharedWorker, Worker
from worker_runtime.html.settings_objects import run_in_realm
from worker_runtime.service_workers.lifecycle import terminate_service_worker

BEGIN = """
from worker_runtime import *

container = navigator.serviceWorker

def tell(*words):
    postMessage(words)

"""


class SiteWithWorkers(Site):
    """A site whose service worker has made workers, with what it and they have said."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.said: list[Any] = []  # by the workers, with `tell`
        self.events: list[Any] = []  # of the service worker
        self.scopes: list[ServiceWorkerGlobalScope] = []
        self.workers: list[object] = []

    async def begin(
        self, script: Callable[[ServiceWorkerGlobalScope], object] = lambda scope: None
    ) -> ServiceWorkerGlobalScope:
        """Install a version of the service worker that notes messages."""

        def listen(scope: ServiceWorkerGlobalScope) -> None:
            self.scopes.append(scope)
            scope.onmessage = self.events.append
            scope.onmessageerror = self.events.append
            script(scope)

        await self.install(listen)
        return self.scopes[-1]

    def make(self, text: str, kind: type[Worker] | type[SharedWorker] = Worker) -> Any:
        """Let the service worker make a worker with that script."""
        number = len(self.workers)
        file = self.folder / f"{number}.py"
        file.write_text(BEGIN + text)
        worker: Any = run_in_realm(self.scopes[-1]._settings_object, kind, str(file))
        if isinstance(worker, Worker):
            worker.onmessage = lambda event: self.said.append(event.data)
        self.workers.append(worker)
        return worker

    async def client(self, type: Any = "worker") -> Client:
        """The first client of that type, when it is there."""
        while not (found := await self.scopes[-1].clients.matchAll(type=type)):
            await asyncio.sleep(0.001)
        return found[0]

    async def hear(self, heard: list[Any], count: int) -> list[Any]:
        """Wait until so much was said."""
        while len(heard) < count:
            await asyncio.sleep(0.001)
        return heard

    def end(self) -> None:
        """All workers end."""
        for worker in (self.registration.active_worker, self.registration.waiting_worker):
            if worker is not None:
                terminate_service_worker(worker)
