"""Serving in this process: what the options of `serve` come to."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..fetch.responses import network_error
from ..host.bound_sockets import BoundSockets
from ..host.console import StandardStreams
from ..host.host import Host, use_default_host
from ..host.network import Address, ServerTLS, TCPAddress, UnixAddress
from ..host.storage.backend import StorageBackend, StorageError
from ..host.storage.memory import MemoryStorage
from ..runtime.bindings import IDLE_SECONDS, drop_idle_objects_after
from ..runtime.runtime import RunningWorker, Runtime, WorkerFailure
from ..runtime.worker_files import Script, script_of_module
from ..server.answering import request_handler, with_health
from ..server.config import Config
from ..server.listener import Listener
from ..server.service import Log, RequestHandler, Service
from .request_log import JSONConsole, log_json, log_scheduled_json, log_scheduled_text
from .stopping import Stop

if TYPE_CHECKING:
    from ..host.network_policy import PolicyName
    from ..host.socket_bus import SocketBus
    from ..runtime.timetable import Timetable
    from ..server.tcp_listener import TCPListener
    from ..server.upstream import Upstream


class StartFailure(Exception):
    """The server cannot begin to serve; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """What to serve, where, and how."""

    address: Address
    worker: Path | None = None  # None: the built-in one
    tls: ServerTLS | None = None
    location: str | None = None
    storage: Path | None = None  # a folder; None: memory
    http_cache: bool = False  # whether what the worker fetches is stored, as HTTP allows
    storage_quota: int | None = None  # bytes
    env: Mapping[str, object]
    durable_object_idle: float = IDLE_SECONDS
    reload: bool = False
    workers: int = 1
    config: Config = Config()
    log: Log | None = None
    upstream: str | None = None  # the URL of the server that gets what the worker does not answer
    tcp: TCPAddress | None = None  # where connections that speak no HTTP are accepted
    allowed_hosts: tuple[str, ...] | None = None  # those that the worker may reach; None: all
    allowed_to_listen: tuple[str, ...] | None = None  # where it may; None: as `allowed_hosts` says
    net_policy: PolicyName = "open"
    crons: tuple[str, ...] = ()  # when the worker is called
    health: str | None = None  # the path at which the server says that it is there
    triggers: bool = False  # whether there are URLs that call it
    assets: Path | None = None  # a folder whose files are answers
    opens: bool = False  # whether a browser is to show it
    log_performance: frozenset[str] = frozenset()  # the types of entries that are logged


async def serve_here(
    options: ServeOptions,
    bound: BoundSockets,
    stop: Stop,
    on_ready: Callable[[], object],
    shows_failure: bool = False,
    bus_descriptor: int | None = None,
    tcp_bound: BoundSockets | None = None,
) -> None:
    """Serve in this process until it is to stop; what goes on then has its time to end.

    StartFailure if the worker does not start, unless that failure is to be shown to clients.
    """
    host = host_of(options)
    bus: SocketBus | None = None
    if bus_descriptor is not None:
        from ..host.socket_bus import join_over_a_socket

        bus = await join_over_a_socket(bus_descriptor, partial(host.console.write, "warn"))
        host.bus = bus.bus
    use_default_host(host)  # what holds for the worker holds for its threads, too
    url = options.location or url_of(bound.addresses[0], options.tls)
    if options.worker is not None and not options.location:
        url += options.worker.name
    timetable: Timetable | None = None
    if options.reload:
        from .error_pages import RememberingConsole, with_error_pages

        host.console = console = RememberingConsole(host.console)
    try:
        async with Runtime(options.config.drain_timeout) as runtime:
            upstream = upstream_of(options)
            handler: RequestHandler
            if options.worker is None and upstream is not None:
                handler = upstream.forward
            elif options.worker is None and options.assets is not None:
                handler = lambda request, controller: None
            else:
                script = options.worker or built_in_worker()
                try:
                    worker = await runtime.start(script, url, env=options.env, host=host)
                except WorkerFailure as failure:
                    host.console.report(failure.__cause__ or failure, f"{failure}:")
                    if not shows_failure:
                        from .advice import advice_on_the_start

                        advice = advice_on_the_start(failure.__cause__)
                        raise StartFailure(f"The worker could not be started. {advice}") from None
                    handler = lambda request, controller: network_error()
                else:
                    handler = request_handler(worker, upstream)
                    if options.triggers:
                        from ..server.trigger_urls import with_trigger_urls

                        handler = with_trigger_urls(worker, handler)
                    if options.crons:
                        timetable = timetable_of(worker, options)
            if options.assets is not None:
                handler = handler_with_assets(options.assets, handler)
            if options.health is not None:
                handler = with_health(options.health, handler)
            if options.reload and options.worker is not None:
                handler = with_error_pages(handler, console)
            if tcp_bound is not None and runtime.workers:
                check_that_it_takes_connections(runtime.workers[0])
            listener = Listener(Service(handler, options.config, log=options.log))
            tcp_listener: TCPListener | None = None
            try:
                await listener.listen(bound, options.tls)
                if tcp_bound is not None and runtime.workers:
                    from ..server.tcp_listener import TCPListener

                    tcp_listener = TCPListener(runtime.workers[0].connect, options.config)
                    await tcp_listener.listen(tcp_bound)
            except OSError as error:
                advice = "--cert and --client-ca take PEM; --cert dev makes one for localhost"
                raise StartFailure(f"Cannot serve: {error.strerror or error}; {advice}") from None
            # What there is now, stays: the collector need not look at it again and again, in which
            # time nobody gets an answer.
            gc.freeze()
            on_ready()
            if timetable is not None:
                timetable.start()
            await stop.is_asked_for.wait()
            if timetable is not None:
                timetable.stop()
            for running_worker in runtime.workers:
                running_worker.hand_over()
            begin = host.clock.monotonic()
            if number := listener.number_of_exchanges:
                requests = "1 request" if number == 1 else f"{number} requests"
                tell(f"Waiting for {requests} to end; Ctrl-C again stops now")
            if tcp_listener is None:
                await listener.drain()
            else:
                if number := tcp_listener.number_of_connections:
                    connections = "1 connection" if number == 1 else f"{number} connections"
                    tell(f"Waiting for {connections} to end; Ctrl-C again stops now")
                await asyncio.gather(listener.drain(), tcp_listener.drain())
            passed = host.clock.monotonic() - begin
            runtime.drain_timeout = max(0.0, options.config.drain_timeout - passed)
    finally:
        bound.close()
        if tcp_bound is not None:
            tcp_bound.close()
        host.databases.close()
        host.storage.close()
        if bus is not None:
            await bus.end()
        use_default_host(None)


def check_that_it_takes_connections(worker: RunningWorker) -> None:
    """StartFailure if the worker has nothing for those that come over TCP."""
    if not worker.takes_connections:
        raise StartFailure(
            "--tcp is for a worker that takes connections: write "
            "`async def connect(socket, env, ctx): ...`"
        )


def handler_with_assets(path: Path, handler: RequestHandler) -> RequestHandler:
    """What answers with the files of a folder first. StartFailure if it cannot be opened."""
    from ..host.folders import folder_at
    from ..server.assets import with_assets

    try:
        return with_assets(folder_at(path), handler)
    except OSError as error:
        raise StartFailure(f"Cannot open the folder {path}: {error.strerror or error}") from None


def timetable_of(worker: RunningWorker, options: ServeOptions) -> Timetable:
    """When the worker is called, where that is asked for."""
    from ..runtime.timetable import Timetable

    log = log_scheduled_json if options.log is log_json else log_scheduled_text
    return Timetable(worker, options.crons, None if options.log is None else log)


def upstream_of(options: ServeOptions) -> Upstream | None:
    """The server that gets what the worker does not answer, if there is one."""
    if options.upstream is None:
        return None
    from ..server.upstream import Upstream

    return Upstream(options.upstream, options.config.fetch)


def bound_sockets(address: Address) -> BoundSockets:
    """The sockets of an address. StartFailure if it cannot be taken."""
    try:
        return BoundSockets(address)
    except OSError as error:
        from .advice import advice_on_listening

        raise StartFailure(
            f"Cannot listen at {shown(address)}: {error.strerror or error}: "
            f"{advice_on_listening(error)}"
        ) from None


def host_of(options: ServeOptions) -> Host:
    """What the worker gets of the outside. StartFailure if it cannot store anything."""
    host = host_that_stores(options.storage)
    host.timeouts = options.config.fetch
    host.http_cache = options.http_cache
    host.console = JSONConsole() if options.log is log_json else StandardStreams()
    if options.log_performance and options.log is not None:
        from .performance_log import log_performance

        log_performance(host, options.log_performance, options.log is log_json)
    if options.durable_object_idle != IDLE_SECONDS:
        drop_idle_objects_after(host, options.durable_object_idle)
    if options.storage_quota is not None:
        from ..storage.storage_sheds import StorageShed

        host.record(StorageShed).quota = options.storage_quota
    is_open = options.allowed_hosts is None and options.allowed_to_listen is None
    if not is_open or options.net_policy != "open":
        from ..host.restricted_network import RestrictedNetwork

        host.network = RestrictedNetwork(
            host.network,
            options.allowed_hosts,
            options.allowed_to_listen or (),
            options.net_policy,
        )
    return host


def host_that_stores(folder: Path | None) -> Host:
    """The outside, with a storage in a folder or in memory. StartFailure if there can be none."""
    host = Host(storage=opened_storage(folder))
    if folder is not None:
        from ..host.storage.object_database import FolderOfDatabases

        host.databases = FolderOfDatabases(folder / "do")
    return host


def opened_storage(folder: Path | None) -> StorageBackend:
    """What workers store, in a folder that is made if it is not there, or in memory."""
    if folder is None:
        return MemoryStorage()
    try:
        from ..host.storage.sqlite import storage_in

        return storage_in(folder)
    except StorageError as error:
        from .advice import advice_on_a_folder

        reason = getattr(error.__cause__, "strerror", None) or error
        raise StartFailure(
            f"Cannot store anything in {str(folder)!r}: {reason}; {advice_on_a_folder(folder)}"
        ) from None


def built_in_worker() -> Script:
    """The script of the worker that is served when none is given."""
    from . import state_of_worker_runtimes

    return script_of_module(vars(state_of_worker_runtimes), {})


def tell(text: str) -> None:
    """Say something to the person who has started the server."""
    print(text, file=sys.stderr, flush=True)


def announce(
    options: ServeOptions, bound: BoundSockets, tcp_bound: BoundSockets | None = None
) -> None:
    """Say what is served, and where."""
    name = options.worker or options.upstream or options.assets or "this runtime's own page"
    address = bound.addresses[0]
    place = shown(address) if isinstance(address, UnixAddress) else url_of(address, options.tls)
    print(f"Serving {name} at {place} (Ctrl-C stops it)", flush=True)
    if tcp_bound is not None:
        print(f"Serving TCP connections at {shown(tcp_bound.addresses[0])}", flush=True)
    if options.tls is not None and options.tls.certificate.endswith("localhost.pem"):
        from .throwaway_certificates import place_of_the_certificate

        if options.tls.certificate == str(place_of_the_certificate()):
            file = options.tls.certificate
            tell(
                f"Nobody vouches for its certificate: tell the browser so, or curl --cacert {file}"
            )
    if options.opens and not isinstance(address, UnixAddress):
        show_in_a_browser(place)


def show_in_a_browser(url: str) -> None:
    """Open a URL in the browser of who has started the server; a browser may take its time."""
    import webbrowser

    def show() -> None:
        if not webbrowser.open(url):
            tell(f"No browser was found to show {url}: open it in one")

    threading.Thread(target=show, name="browser", daemon=True).start()


def shown(address: Address) -> str:
    """An address as people write it."""
    if isinstance(address, UnixAddress):
        return address.path
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host or '*'}:{port}"


def url_of(address: Address, tls: ServerTLS | None) -> str:
    """Where a browser on this machine finds what listens at an address."""
    scheme = "http" if tls is None else "https"
    if isinstance(address, UnixAddress):
        return f"{scheme}://localhost/"
    host = "localhost" if address.host in ("0.0.0.0", "::", "127.0.0.1", "::1") else address.host
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{address.port}/"
