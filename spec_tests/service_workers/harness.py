"""A service worker whose script is a function of the test, and requests to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spec_tests.fakes import RecordingConsole
from worker_runtime import ReadableStream
from worker_runtime.fetch.bodies import BodyRecord
from worker_runtime.fetch.headers import HeaderList
from worker_runtime.fetch.infrastructure import FetchController
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import FilteredResponse, ResponseRecord
from worker_runtime.host.host import Host
from worker_runtime.service_workers.handle_fetch import create_fetch_event_and_dispatch
from worker_runtime.service_workers.lifecycle import install
from worker_runtime.service_workers.model import RegistrationRecord, ServiceWorkerRecord
from worker_runtime.url.url_parsing import url_parser

Script = Callable[[Any], object]


class Site:
    """A registration, the versions of its worker, and what they have reported on their consoles."""

    def __init__(self) -> None:
        self.console = RecordingConsole()
        self.reports = self.console.reports
        self.registration = RegistrationRecord(
            url_parser("https://site.example/worker.py"), Host(console=self.console)
        )

    async def install(self, script: Script) -> ServiceWorkerRecord:
        """Install a version of the worker."""
        worker = ServiceWorkerRecord(self.registration.scope_url, script, self.registration)
        await install(worker, self.registration)
        return worker

    async def fetch(
        self,
        path: str = "/",
        method: str = "GET",
        body: bytes | ReadableStream | None = None,
        controller: FetchController | None = None,
    ) -> ResponseRecord | FilteredResponse | None:
        """What the active worker answers."""
        record = RequestRecord(
            f"https://site.example{path}",
            method,
            HeaderList([("accept", "*/*")]),
            body_record(body),
        )
        record.mode = "cors"
        return await create_fetch_event_and_dispatch(
            record, self.registration, controller or FetchController()
        )


def body_record(body: bytes | ReadableStream | None) -> BodyRecord | None:
    """A body of what a test gives."""
    if body is None:
        return None
    if isinstance(body, ReadableStream):
        return BodyRecord(stream=body)
    return BodyRecord(body, len(body))


async def site_with(script: Script) -> Site:
    """A site whose first worker is active."""
    site = Site()
    await site.install(script)
    return site
