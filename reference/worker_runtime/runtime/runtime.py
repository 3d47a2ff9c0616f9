"""The runtime: workers that answer requests, without a socket.

async with Runtime() as runtime:
    hello = await runtime.start("hello.py")
    response = await hello.fetch("/")
    print(await response.text())
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeAlias, Unpack

from ..fetch import response_class
from ..fetch.infrastructure import FetchController
from ..fetch.request_class import Request, RequestInit
from ..fetch.requests import RequestRecord
from ..fetch.response_class import Response
from ..fetch.responses import FilteredResponse, ResponseRecord
from ..host.host import Host
from ..service_workers.extendable_event import wait_until_inactive
from ..service_workers.handle_fetch import create_fetch_event_and_dispatch
from ..service_workers.lifecycle import (
    activate,
    install,
    should_skip_event,
    terminate_service_worker,
)
from ..service_workers.model import RegistrationRecord, ServiceWorkerRecord
from ..url.url_parsing import url_parser
from ..url.url_serializing import url_serializer
from ..webidl.promises import Promise
from .bindings import (
    DurableBinding,
    close_durable_objects,
    hand_over_durable_objects,
    leave_the_other_processes,
)
from .worker_files import Script, script_of_file

if TYPE_CHECKING:
    from ..cloudflare.connect_event import ConnectResult
    from ..cloudflare.scheduled_event import ScheduledResult
    from ..host.byte_stream import ByteStream

Answer: TypeAlias = ResponseRecord | FilteredResponse | None


class WorkerFailure(Exception):
    """A worker did not start; its cause is what the script, or its install event, has raised."""


class Runtime:
    """Workers side by side in one event loop, each with a scope of its own.

    When the block is left, what their events wait for has `drain_timeout` seconds to end.
    """

    def __init__(self, drain_timeout: float = 30.0) -> None:
        self.drain_timeout = drain_timeout
        self.workers: list[RunningWorker] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for worker in reversed(self.workers):
            await worker.stop(self.drain_timeout)
        self.workers.clear()

    async def start(
        self,
        worker: str | Path | Script,
        url: str = "http://localhost/",
        *,
        env: Mapping[str, object] | None = None,
        host: Host | None = None,
    ) -> RunningWorker:
        """Run a worker at that URL, which is its `location`. WorkerFailure if it does not start.

        The worker is a Python file, or a function that evaluates the script in a scope. One that is
        given no host gets a host of its own: what it stores is seen by no other.
        """
        running_worker = RunningWorker(RegistrationRecord(url_parser(url), host or Host()))
        await running_worker.update(worker, env=env)
        self.workers.append(running_worker)
        return running_worker

    def kill(self, worker: RunningWorker) -> None:
        """Forget a worker whose process is dead: none of its tasks begins any more."""
        self.workers.remove(worker)
        if worker.registration.active_worker is not None:
            terminate_service_worker(worker.registration.active_worker)
            worker.registration.active_worker = None


class RunningWorker:
    """A worker that answers requests, in the version that was started last."""

    def __init__(self, registration: RegistrationRecord) -> None:
        self.registration = registration
        self.has_durable_objects = False
        self._handing_over: Promise[None] | None = None

    async def update(
        self, worker: str | Path | Script, *, env: Mapping[str, object] | None = None
    ) -> None:
        """Let another version take over. WorkerFailure if it does not start: then the version
        before stays.
        """
        registration = self.registration
        self.has_durable_objects |= any(
            isinstance(value, DurableBinding) for value in (env or {}).values()
        )
        try:
            script = worker if callable(worker) else script_of_file(Path(worker), env or {})
        except (OSError, SyntaxError, ValueError) as error:
            raise WorkerFailure("The worker cannot be read") from error.with_traceback(None)
        service_worker = ServiceWorkerRecord(registration.scope_url, script, registration)
        await install(service_worker, registration)
        if service_worker.state == "redundant":
            start_status = service_worker.start_status
            cause = start_status.thrown if start_status else None
            raise WorkerFailure("The worker does not start") from cause
        if registration.waiting_worker is service_worker:
            await activate(registration)

    def handle(
        self, request: RequestRecord, controller: FetchController
    ) -> Coroutine[Any, Any, Answer]:
        """What the worker answers: a response, a network error, or None if it left the request to
        others.
        """
        return create_fetch_event_and_dispatch(request, self.registration, controller)

    async def fetch(
        self,
        input: Request | str,
        init: RequestInit | Request | None = None,
        **members: Unpack[RequestInit],
    ) -> Response:
        """The response to a request. A URL is relative to the worker's own.

        TypeError if there is none: the worker has raised an exception, or did not respond.
        """
        if isinstance(input, str):
            input = url_serializer(url_parser(input, self.registration.scope_url))
        request, controller = Request(input, init, **members), FetchController()
        is_aborted = asyncio.get_running_loop().create_future()

        def abort(event: object) -> None:
            controller.abort(request.signal.reason)
            is_aborted.set_result(None)

        request.signal.throwIfAborted()
        request.signal.addEventListener("abort", abort, once=True)
        answering = asyncio.ensure_future(self.handle(request._request, controller))
        try:
            await asyncio.wait([answering, is_aborted], return_when=asyncio.FIRST_COMPLETED)
            request.signal.throwIfAborted()
            answer = await answering
        finally:
            answering.cancel()
        if answer is None:
            raise TypeError("The worker did not respond to the request")
        if answer.type == "error":
            raise TypeError("The worker failed to respond to the request")
        return response_class.create(answer, "immutable")

    async def scheduled(self, cron: str, scheduled_time: float) -> ScheduledResult:
        """Call the worker as at that time, in milliseconds since 1970, and wait for all that it
        waits for.
        """
        from ..cloudflare.scheduled_event import fire_a_scheduled_event

        return await fire_a_scheduled_event(self.registration, cron, scheduled_time)

    @property
    def takes_connections(self) -> bool:
        """Whether it listens for "connect"."""
        worker = self.registration.active_worker
        return worker is not None and not should_skip_event("connect", worker)

    async def connect(self, stream: ByteStream) -> ConnectResult:
        """Give the worker a connection that has come in, and wait until it is done with it."""
        from ..cloudflare.connect_event import fire_a_connect_event

        return await fire_a_connect_event(self.registration, stream)

    def hand_over(self) -> None:
        """The worker is about to stop: what other processes can go on with is theirs."""
        if self.has_durable_objects:
            self._handing_over = hand_over_durable_objects(self.registration.host)

    async def stop(self, timeout: float) -> None:
        """End the worker when all that its events wait for is done, or the time is up; what is not
        done is said on its console.
        """
        worker = self.registration.active_worker
        if worker is None:
            return
        try:
            async with asyncio.timeout(timeout):
                for event in list(worker.set_of_extended_events):
                    await wait_until_inactive(event)
                if self._handing_over is not None:
                    await self._handing_over
        except TimeoutError:
            number = len(worker.set_of_extended_events)
            what = f"What {number} events wait for" if number else "What Durable Objects do"
            self.registration.host.console.write("warn", f"{what} is not done; it is left")
        terminate_service_worker(worker)
        if self.has_durable_objects:
            close_durable_objects(self.registration.host)
        if self._handing_over is not None:
            await leave_the_other_processes(self.registration.host)
        self.registration.active_worker = None
