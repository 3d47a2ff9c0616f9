"""Serve: a worker answers HTTP until somebody stops it.

The server has one registration. Its worker is installed and activated before the first request is
answered; with `reload`, a newer version of the worker is installed beside it, and takes over when
it is ready.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from ..cli import state_of_worker_runtimes
from ..cloudflare.module_worker import add_module_handlers
from ..fetch.infrastructure import FetchController
from ..fetch.requests import RequestRecord
from ..fetch.responses import network_error
from ..global_scope.service_worker_global_scope import ServiceWorkerGlobalScope
from ..host.host import Host, use_default_host
from ..host.network import Address, Network, ServerTLS, UnixAddress
from ..host.restricted_network import RestrictedNetwork
from ..host.storage.backend import StorageBackend, StorageError
from ..host.storage.memory import MemoryStorage
from ..host.storage.sqlite import SQLiteStorage
from ..runtime.worker_loader import WorkerFile
from ..service_workers.extendable_event import wait_until_inactive
from ..service_workers.handle_fetch import cancel_the_body, create_fetch_event_and_dispatch
from ..service_workers.lifecycle import activate, install, terminate_service_worker
from ..service_workers.model import RegistrationRecord, ServiceWorkerRecord
from ..url.url_parsing import url_parser
from .config import Config
from .exchange import Exchange
from .listener import Listener
from .service import Answer, Service
from .upstream import Upstream

SECONDS_BETWEEN_LOOKS = 0.3


class ServeOptions(NamedTuple):
    """What to serve, where, and how."""

    address: Address
    worker: Path | None = None  # None: the built-in one
    tls: ServerTLS | None = None
    location: str | None = None
    storage: Path | None = None  # a folder; None: memory
    # whether what the worker fetches is kept in the storage, as HTTP allows
    http_cache: bool = False
    env: Mapping[str, object] = MappingProxyType({})
    reload: bool = False
    config: Config = Config()
    log: Callable[[Exchange], object] | None = None
    # the URL of the server that gets what the worker leaves to the network
    upstream: str | None = None
    allowed_hosts: tuple[str, ...] | None = None  # those that the worker may reach; None: all


class StartFailure(Exception):
    """The server cannot begin to serve; the message says why, to whom started it."""


class WorkerServer:
    """A worker with its registration, and the listener whose requests it answers."""

    def __init__(self, options: ServeOptions, network: Network | None = None) -> None:
        self._options = options
        self._file = None if options.worker is None else WorkerFile(options.worker, options.env)
        self._listener = Listener(
            Service(self._handle_request, options.config, log=options.log), network
        )
        self._upstream = (
            None if options.upstream is None else Upstream(options.upstream, options.config.fetch)
        )
        self._registration: RegistrationRecord
        self._storage: StorageBackend
        self._host: Host
        self._is_first_version_ready = asyncio.Event()

    async def start(self) -> str:
        """Listen, and install the worker; returns the URL where it answers. StartFailure if it does
        not come to that.
        """
        options = self._options
        self._storage = opened_storage(options.storage)
        try:
            addresses = await self._listener.listen(options.address, options.tls)
        except OSError as error:
            self._storage.close()
            raise StartFailure(
                f"Cannot listen at {shown(options.address)}: {error.strerror or error}"
            ) from None
        url = url_of(addresses[0], options.tls)
        location = url_parser(
            options.location or url + ("" if options.worker is None else options.worker.name)
        )
        host = Host(
            storage=self._storage, timeouts=options.config.fetch, http_cache=options.http_cache
        )
        if options.allowed_hosts is not None:
            host.network = RestrictedNetwork(host.network, options.allowed_hosts)
        use_default_host(host)  # what holds for the worker holds for its threads, too
        self._host = host
        self._registration = RegistrationRecord(location, host)
        if not await self._install_a_version() and not options.reload:
            await self._listener.drain()
            self._storage.close()
            raise StartFailure("The worker could not be started")
        return url

    async def run(self, until: asyncio.Event) -> None:
        """Serve until an event, looking for newer versions of the worker if they are wanted; then
        let all that goes on end.
        """
        while not until.is_set():
            try:
                await asyncio.wait_for(
                    until.wait(), SECONDS_BETWEEN_LOOKS if self._options.reload else None
                )
            except TimeoutError:
                if (
                    self._file is not None
                    and self._file.has_changed()
                    and await self._install_a_version()
                ):
                    print("The worker has changed, and is reloaded", file=sys.stderr, flush=True)
        await self._stop()

    async def _handle_request(self, request: RequestRecord, controller: FetchController) -> Answer:
        if not self._is_first_version_ready.is_set():
            await self._is_first_version_ready.wait()
        if self._registration.active_worker is None:
            return network_error()
        answer = await create_fetch_event_and_dispatch(request, self._registration, controller)
        if answer is None:
            if self._upstream is not None:
                return await self._upstream.forward(request, controller)
            cancel_the_body(request)
        return answer

    async def _install_a_version(self) -> bool:
        """Install what is in the worker's file now. What is wrong with it is shown, and the version
        before stays active.
        """
        registration = self._registration
        failure: BaseException | None = None
        try:
            script = run_built_in_worker if self._file is None else self._file.load()
        except (OSError, SyntaxError, ValueError) as error:
            failure = error.with_traceback(None)
        else:
            worker = ServiceWorkerRecord(registration.scope_url, script, registration)
            await install(worker, registration)
            if worker.state == "redundant":
                failure = worker.start_status.thrown if worker.start_status else None
            elif registration.waiting_worker is worker:
                await activate(registration)
        if failure is not None:
            self._host.console.report(failure, "The worker does not start:")
        self._is_first_version_ready.set()
        return failure is None

    async def _stop(self) -> None:
        """Requests that go on and what events wait for have their time to end."""
        await self._listener.drain()
        worker = self._registration.active_worker
        if worker is not None:
            pending = [wait_until_inactive(event) for event in worker.set_of_extended_events]
            try:
                async with asyncio.timeout(self._options.config.drain_timeout):
                    for promise in pending:
                        await promise
            except TimeoutError:
                print(
                    f"What {len(worker.set_of_extended_events)} events wait for is not done; it is left",
                    file=sys.stderr,
                )
            terminate_service_worker(worker)
        self._storage.close()


def opened_storage(folder: Path | None) -> StorageBackend:
    """What workers store, in a folder that is made if it is not there, or in memory."""
    if folder is None:
        return MemoryStorage()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return SQLiteStorage(folder / "storage.sqlite")
    except (OSError, StorageError) as error:
        raise StartFailure(f"Cannot store anything in {str(folder)!r}: {error}") from None


def run_built_in_worker(scope: ServiceWorkerGlobalScope) -> None:
    """The script of the worker that is served when none is given."""
    add_module_handlers(scope, vars(state_of_worker_runtimes), {})


def shown(address: Address) -> str:
    """An address as people write it."""
    if isinstance(address, UnixAddress):
        return address.path
    return (
        f"[{address.host}]:{address.port}"
        if ":" in address.host
        else f"{address.host or '*'}:{address.port}"
    )


def url_of(address: Address, tls: ServerTLS | None) -> str:
    """Where a browser on this machine finds what listens at an address."""
    scheme = "http" if tls is None else "https"
    if isinstance(address, UnixAddress):
        return f"{scheme}://localhost/"
    host = "localhost" if address.host in ("0.0.0.0", "::", "127.0.0.1", "::1") else address.host
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{address.port}/"
