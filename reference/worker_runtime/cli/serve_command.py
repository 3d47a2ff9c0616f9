"""The command `serve`: a worker answers HTTP, until somebody stops it."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

from ..cloudflare.cron_expressions import CronFailure, parse_a_cron_expression
from ..fetch.responses import network_error
from ..host.bound_sockets import BoundSockets
from ..host.console import StandardStreams
from ..host.host import Host, use_default_host
from ..host.network import Address, ServerTLS, TCPAddress, UnixAddress
from ..host.storage.backend import StorageBackend, StorageError
from ..host.storage.memory import MemoryStorage
from ..host.timeouts import Timeouts
from ..http.message import Limits
from ..runtime.bindings import Binding, DurableBinding
from ..runtime.runtime import RunningWorker, Runtime, WorkerFailure
from ..runtime.worker_files import Script, script_of_module
from ..server.answering import request_handler, with_health
from ..server.config import Config
from ..server.exchange import Exchange
from ..server.inheritance import Inheritance, inheritance
from ..server.listener import Listener
from ..server.service import RequestHandler, Service
from ..url.url_parsing import url_parser
from ..url.writing import URLFailure
from .env_files import EnvFileError, read_env_file
from .request_log import JSONConsole, log_json, log_scheduled_json, log_scheduled_text, log_text
from .running import run
from .secret_files import SecretFileError, read_secret_files

if TYPE_CHECKING:
    from ..runtime.timetable import Timetable
    from ..server.supervisor import Supervisor
    from ..server.upstream import Upstream
    from .watching import WatchedFolder

SERVE_HELP = """Serve a worker over HTTP, until SIGINT (Ctrl-C) or SIGTERM.

  serve                                        a page that shows what this runtime can do
  serve hello.py                               the worker in hello.py, at http://localhost:8000/
  serve hello.py --reload                      again whenever a file beside hello.py changes
  serve hello.py --env NAME=value              `env.NAME` in a module worker
  serve hello.py --kv NAME --storage DIR       `env.NAME` is a key-value store, in DIR
  serve hello.py --host "" --port 80           for other machines, too
  serve hello.py --port 443 --cert chain.pem --key key.pem
  serve hello.py --upstream http://localhost:81   what the worker does not answer, that server does
  serve --upstream http://localhost:81         that server answers everything

A worker is a Python file with a listener:

  from worker_runtime import Response, addEventListener
  addEventListener("fetch", lambda event: event.respondWith(Response("Hello World")))

or with a function:

  from worker_runtime import Response
  async def fetch(request, env, ctx):
      return Response("Hello World")
"""

FETCH_TIMEOUTS = [f"fetch_{name}_timeout" for name in Timeouts._fields]
OWN_LIMITS = {
    name: value for name, value in Config()._asdict().items() if name not in ("messages", "fetch")
}


SECONDS_BETWEEN_LOOKS = 0.3
SECONDS_TO_EXIT = 5.0  # for a process that has drained


class StartFailure(Exception):
    """The server cannot begin to serve; the message says why, to whoever started it."""


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
    reload: bool = False
    workers: int = 1
    config: Config = Config()
    log: Callable[[Exchange], object] | None = None
    upstream: str | None = None  # the URL of the server that gets what the worker does not answer
    allowed_hosts: tuple[str, ...] | None = None  # those that the worker may reach; None: all
    crons: tuple[str, ...] = ()  # when the worker is called
    health: str | None = None  # the path at which the server says that it is there
    triggers: bool = False  # whether there are URLs that call it


def add_serve_command(commands: Any) -> None:
    """The command and its options."""
    serve = commands.add_parser(
        "serve",
        help="serve a worker over HTTP",
        description=SERVE_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    serve.set_defaults(run=serve_command)
    serve.add_argument(
        "worker",
        nargs="?",
        type=worker_file,
        metavar="WORKER",
        help="a Python file; without one, the built-in page, or the upstream server",
    )
    where = serve.add_argument_group("where")
    where.add_argument(
        "--host",
        default="127.0.0.1",
        help='the interface to listen at (default: %(default)s; "" is all of them)',
    )
    where.add_argument(
        "--port", type=port, default=8000, help="default: %(default)s; 0 is any that is free"
    )
    where.add_argument(
        "--unix", metavar="PATH", help="listen at a socket in the file system instead"
    )
    where.add_argument(
        "--cert", metavar="FILE", help="serve over TLS with this certificate chain (PEM)"
    )
    where.add_argument(
        "--key", metavar="FILE", help="its private key, if that is not in the same file"
    )
    how = serve.add_argument_group("how")
    how.add_argument(
        "--workers", type=count, default=1, metavar="N",
        help="processes that share the port (default: %(default)s; 0: one for each processor)",
    )  # fmt: skip
    how.add_argument(
        "--reload",
        action="store_true",
        help="reload the worker when its file, or a module beside it, changes",
    )
    how.add_argument(
        "--location",
        type=url,
        metavar="URL",
        help="what `location` is, and relative URLs are relative to",
    )
    how.add_argument(
        "--storage",
        type=Path,
        metavar="DIR",
        help="keep what workers store in this folder (default: in memory)",
    )
    how.add_argument(
        "--storage-quota",
        type=int,
        metavar="BYTES",
        help="how much each origin may store (default: 10 GiB)",
    )
    how.add_argument(
        "--http-cache",
        action="store_true",
        help="keep there what it fetches, too, for as long as HTTP allows",
    )
    how.add_argument(
        "--upstream",
        type=http_url,
        metavar="URL",
        help="pass on to this server what the worker does not answer, or fetches from itself",
    )
    how.add_argument(
        "--allow-net",
        type=hosts,
        metavar="HOST,...",
        help="the only hosts it may reach: HOST, HOST:PORT or *.HOST",
    )
    how.add_argument(
        "--durable",
        type=durable_binding,
        action="append",
        default=[],
        metavar="NAME=CLASS",
        help="a namespace of Durable Objects of a class of the worker, as a member of `env`; "
        "repeatable",
    )
    how.add_argument(
        "--cron",
        type=cron,
        action="append",
        default=[],
        metavar="EXPRESSION",
        help='call the worker at these minutes, such as "*/5 * * * *", in UTC; repeatable',
    )
    how.add_argument(
        "--triggers",
        action="store_true",
        help="call it also at GET /cdn-cgi/handler/scheduled?cron=... (--reload has that, too)",
    )
    how.add_argument(
        "--env",
        type=variable,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a member of `env`; repeatable",
    )
    how.add_argument(
        "--kv",
        type=kv_binding,
        action="append",
        default=[],
        metavar="NAME",
        help="a member of `env` that is a KV namespace, which is kept in the storage; repeatable",
    )
    how.add_argument(
        "--env-file",
        type=Path,
        metavar="FILE",
        help="lines of NAME=VALUE for `env`; .env in this folder is read before it",
    )
    how.add_argument(
        "--health",
        type=path,
        metavar="PATH",
        help="answer there with 200, without asking the worker",
    )
    how.add_argument(
        "--show-config", action="store_true", help="print what is in force and who said so, and end"
    )
    how.add_argument(
        "--secrets",
        type=Path,
        metavar="DIR",
        help="a folder whose files are members of `env`, such as /run/secrets",
    )
    how.add_argument(
        "--log",
        choices=["text", "json", "off"],
        default="text",
        help="a line for each request (default: %(default)s)",
    )
    limits = serve.add_argument_group("limits", "sizes in bytes, times in seconds")
    for name, default in limit_defaults().items():
        limits.add_argument(
            "--max-" + name.replace("_", "-") if not name.endswith("timeout") else "--"
            + name.replace("_", "-"),
            type=type(default) if default is not None else int, default=default, dest=name,
            metavar="N",
            help="default: %(default)s" if default is not None else "default: no limit",
        )  # fmt: skip


def limit_defaults() -> dict[str, int | float | None]:
    """The limits that can be set, by name."""
    return {**Limits()._asdict(), **dict(zip(FETCH_TIMEOUTS, Timeouts())), **OWN_LIMITS}


def count(argument: str) -> int:
    """A number that is not negative."""
    if not argument.isdecimal() or len(argument) > 4:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 9999, not {argument!r}")
    return int(argument)


# ---- arguments -----------------------------------------------------------------------------------


def worker_file(argument: str) -> Path:
    """A worker's file, or the folder of one, that is there."""
    path = Path(argument)
    file = path / "__init__.py" if path.is_dir() else path
    if not file.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {str(file)!r}")
    return path


def port(argument: str) -> int:
    """A port number."""
    if not argument.isdecimal() or int(argument) > 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {argument!r}")
    return int(argument)


def url(argument: str) -> str:
    """An absolute URL."""
    try:
        url_parser(argument)
    except URLFailure:
        raise argparse.ArgumentTypeError(f"{argument!r} is no absolute URL") from None
    return argument


def path(argument: str) -> str:
    """The path of a URL."""
    if not argument.startswith("/"):
        raise argparse.ArgumentTypeError(f"a path begins with /, as in {'/' + argument!r}")
    return argument


def http_url(argument: str) -> str:
    """The absolute URL of an HTTP server."""
    if url_parser(url(argument)).scheme not in ("http", "https"):
        raise argparse.ArgumentTypeError(f"{argument!r} is neither an http nor an https URL")
    return argument


def hosts(argument: str) -> tuple[str, ...]:
    """Hosts between commas, each with or without a port, as they stand in a serialized URL."""
    try:
        return tuple(host_of_a_url(name.strip()) for name in argument.split(",") if name.strip())
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def host_of_a_url(text: str) -> str:
    """The same host, with its port, as the URL parser writes it; "*." is for those below it."""
    from ..host.restricted_network import host_and_port
    from ..url.host_parsing import host_parser, host_serializer

    host, port = host_and_port(text)
    wildcard = "*." if host.startswith("*.") else ""
    host = host.removeprefix("*.")
    try:
        host = host_serializer(host_parser(f"[{host}]" if ":" in host else host))
    except URLFailure as failure:
        raise ValueError(f"Not a host with or without a port: {text!r} ({failure})") from None
    return f"{wildcard}{host}" if port is None else f"{wildcard}{host}:{port}"


def variable(argument: str) -> tuple[str, str]:
    """A name and a value."""
    name, equals, value = argument.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"a variable is NAME=VALUE, not {argument!r}")
    return name, value


def kv_binding(argument: str) -> tuple[str, Binding]:
    """A name, and the KV namespace with that name."""
    if not argument.isidentifier():
        raise argparse.ArgumentTypeError(f"{argument!r} cannot be a member of `env`")

    def namespace(host: Host) -> object:
        from ..cloudflare.kv_namespace import kv_namespace

        return kv_namespace(host, argument)

    return argument, Binding(namespace)


def durable_binding(argument: str) -> tuple[str, DurableBinding]:
    """A name, and the namespace of a class."""
    name, _, class_name = argument.partition("=")
    if not name.isidentifier() or not class_name.isidentifier():
        raise argparse.ArgumentTypeError(f"Durable Objects are NAME=CLASS, not {argument!r}")
    return name, DurableBinding(class_name)


def cron(argument: str) -> str:
    """A cron expression."""
    try:
        return parse_a_cron_expression(argument).text
    except CronFailure as failure:
        raise argparse.ArgumentTypeError(str(failure)) from None


# ---- serving -------------------------------------------------------------------------------------


def serve_command(options: argparse.Namespace) -> int:
    """Serve until a signal; 0 after that, 1 if it did not come to serving."""
    try:
        return run(serve(options_of(options)))
    except (StartFailure, EnvFileError, SecretFileError) as failure:
        print(f"{failure}", file=sys.stderr)
        return 1


def options_of(options: argparse.Namespace) -> ServeOptions:
    """What the command line asks for. StartFailure if that does not fit together."""
    try:
        file = Path(".env")
        env = read_env_file(file) if file.is_file() else {}
        if options.env_file:
            file = options.env_file
            env |= read_env_file(file)
        if options.secrets:
            file = options.secrets
            env |= read_secret_files(file)
    except OSError as error:
        raise StartFailure(f"Cannot read {str(file)!r}: {error.strerror}") from None
    if options.key and not options.cert:
        raise StartFailure("--key goes with --cert")
    workers = options.workers or os.cpu_count() or 1
    if options.cron and workers > 1 and options.storage is None:
        raise StartFailure(
            "--cron with several --workers needs --storage, through which they agree on who runs"
        )
    if options.durable and workers > 1:
        raise StartFailure(
            "--durable goes with one process: of --workers each would have objects of its own"
        )
    limits = Limits(**{name: getattr(options, name) for name in Limits._fields})
    timeouts = Timeouts(*(getattr(options, name) for name in FETCH_TIMEOUTS))
    return ServeOptions(
        address=UnixAddress(options.unix)
        if options.unix
        else TCPAddress(options.host, options.port),
        worker=options.worker,
        tls=ServerTLS(options.cert, options.key) if options.cert else None,
        location=options.location,
        storage=options.storage,
        storage_quota=options.storage_quota,
        http_cache=options.http_cache,
        env={**env, **dict(options.env), **dict(options.kv), **dict(options.durable)},
        reload=options.reload,
        workers=workers,
        config=Config(limits, timeouts, **{name: getattr(options, name) for name in OWN_LIMITS}),
        log={"text": log_text, "json": log_json, "off": None}[options.log],
        upstream=options.upstream,
        allowed_hosts=options.allow_net,
        crons=tuple(options.cron),
        triggers=options.triggers or options.reload,
        health=options.health,
    )


async def serve(options: ServeOptions) -> int:
    """Serve in this process, or in processes of its own where there are several workers or
    versions; returns the exit status.
    """
    inherited = inheritance()
    if inherited is not None:
        return await serve_for_a_supervisor(options, inherited)
    bound = bound_sockets(options.address)
    if options.reload or options.workers > 1:
        if sys.platform == "win32":
            bound.close()
            raise StartFailure(
                "--reload and --workers need processes that inherit sockets, which Python's "
                "subprocess cannot do on Windows"
            )
        return await supervise(options, bound)
    stop = Stop(options.config.drain_timeout)
    stop.listen_for_signals()
    await serve_here(options, bound, stop, lambda: announce(options, bound))
    return 0


async def serve_here(
    options: ServeOptions,
    bound: BoundSockets,
    stop: Stop,
    on_ready: Callable[[], object],
    shows_failure: bool = False,
) -> None:
    """Serve in this process until it is to stop; what goes on then has its time to end.

    StartFailure if the worker does not start, unless that failure is to be shown to clients.
    """
    host = host_of(options)
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
            else:
                script = options.worker or built_in_worker()
                try:
                    worker = await runtime.start(script, url, env=options.env, host=host)
                except WorkerFailure as failure:
                    host.console.report(failure.__cause__ or failure, f"{failure}:")
                    if not shows_failure:
                        raise StartFailure("The worker could not be started") from None
                    handler = lambda request, controller: network_error()
                else:
                    handler = request_handler(worker, upstream)
                    if options.triggers:
                        from ..server.trigger_urls import with_trigger_urls

                        handler = with_trigger_urls(worker, handler)
                    if options.crons:
                        timetable = timetable_of(worker, options)
            if options.health is not None:
                handler = with_health(options.health, handler)
            if options.reload:
                handler = with_error_pages(handler, console)
            listener = Listener(Service(handler, options.config, log=options.log))
            try:
                await listener.listen(bound, options.tls)
            except OSError as error:
                raise StartFailure(f"Cannot serve: {error.strerror or error}") from None
            on_ready()
            if timetable is not None:
                timetable.start()
            await stop.is_asked_for.wait()
            if timetable is not None:
                timetable.stop()
            begin = host.clock.monotonic()
            if number := listener.number_of_exchanges:
                requests = "1 request" if number == 1 else f"{number} requests"
                tell(f"Waiting for {requests} to end; Ctrl-C again stops now")
            await listener.drain()
            passed = host.clock.monotonic() - begin
            runtime.drain_timeout = max(0.0, options.config.drain_timeout - passed)
    finally:
        bound.close()
        host.databases.close()
        host.storage.close()
        use_default_host(None)


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


class Stop:
    """Whether somebody wants the server to end: SIGINT or SIGTERM, the second of which ends the
    process at once. It ends in any case when the limit, in seconds, is over.
    """

    def __init__(self, drain_timeout: float) -> None:
        self.is_asked_for = asyncio.Event()
        self._limit = drain_timeout + 2 * SECONDS_TO_EXIT
        self._loop = asyncio.get_running_loop()
        self._was_signalled = False

    def listen_for_signals(self) -> None:
        """From now on."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)

    def listen_for_the_supervisor(self, alive: int) -> None:
        """From now on, a supervisor that has gone is a signal, too."""
        threading.Thread(target=self._when_it_ends, args=(alive,), daemon=True).start()

    def _when_it_ends(self, alive: int) -> None:
        os.read(alive, 1)
        if not self._was_signalled:
            self._loop.call_soon_threadsafe(self.is_asked_for.set)
            time.sleep(self._limit)
        os._exit(1)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._was_signalled = True
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_DFL)
        # A worker may never let the loop get to it.
        timer = threading.Timer(self._limit, os._exit, (1,))
        timer.daemon = True
        timer.start()
        self._loop.call_soon_threadsafe(self.is_asked_for.set)


def bound_sockets(address: Address) -> BoundSockets:
    """The sockets of an address. StartFailure if it cannot be taken."""
    try:
        return BoundSockets(address)
    except OSError as error:
        raise StartFailure(
            f"Cannot listen at {shown(address)}: {error.strerror or error}"
        ) from None


def host_of(options: ServeOptions) -> Host:
    """What the worker gets of the outside. StartFailure if it cannot store anything."""
    host = Host(
        storage=opened_storage(options.storage),
        timeouts=options.config.fetch,
        http_cache=options.http_cache,
        console=JSONConsole() if options.log is log_json else StandardStreams(),
    )
    if options.storage is not None:
        from ..host.storage.object_database import FolderOfDatabases

        host.databases = FolderOfDatabases(options.storage / "do")
    if options.storage_quota is not None:
        from ..storage.storage_sheds import StorageShed

        host.record(StorageShed).quota = options.storage_quota
    if options.allowed_hosts is not None:
        from ..host.restricted_network import RestrictedNetwork

        host.network = RestrictedNetwork(host.network, options.allowed_hosts)
    return host


def opened_storage(folder: Path | None) -> StorageBackend:
    """What workers store, in a folder that is made if it is not there, or in memory."""
    if folder is None:
        return MemoryStorage()
    try:
        from ..host.storage.sqlite import storage_in

        return storage_in(folder)
    except StorageError as error:
        raise StartFailure(f"Cannot store anything in {str(folder)!r}: {error}") from None


def built_in_worker() -> Script:
    """The script of the worker that is served when none is given."""
    from . import state_of_worker_runtimes

    return script_of_module(vars(state_of_worker_runtimes), {})


# ---- processes -----------------------------------------------------------------------------------


async def serve_for_a_supervisor(options: ServeOptions, inherited: Inheritance) -> int:
    """Serve in a process that has a supervisor: tell it when this one is ready, and end with it."""
    stop = Stop(options.config.drain_timeout)
    stop.listen_for_signals()
    stop.listen_for_the_supervisor(inherited.alive)
    bound = BoundSockets(inherited.descriptors)
    try:
        shows_failure = options.reload and inherited.is_alone
        say_so = partial(os.write, inherited.ready, b"!")
        await serve_here(options, bound, stop, say_so, shows_failure)
    except StartFailure:
        return 1  # what is wrong has been said
    return 0


async def supervise(options: ServeOptions, bound: BoundSockets) -> int:
    """Serve in processes of their own. With `reload`, each version of the worker has new ones,
    which take over when they are ready.
    """
    from ..server.supervisor import Supervisor, command_of_this_process

    stop = Stop(options.config.drain_timeout)
    stop.listen_for_signals()
    supervisor = Supervisor(bound, command_of_this_process(), options.workers, tell)
    folder = None
    if options.reload and options.worker is not None:
        from .watching import WatchedFolder

        folder = WatchedFolder(options.worker)  # what changes from now on is a new version
    begin = partial(start_a_version, supervisor, partial(announce, options, bound))
    serving = asyncio.ensure_future(
        begin() if folder is None else start_each_version(folder, begin)
    )
    stopping = asyncio.ensure_future(stop.is_asked_for.wait())
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done() and not serving.result():
            return 1
        await stopping
    finally:
        serving.cancel()
        stopping.cancel()
        await supervisor.drain(options.config.drain_timeout + SECONDS_TO_EXIT)
    return 0


async def start_a_version(supervisor: Supervisor, announce: Callable[[], object]) -> bool:
    """Start processes for the worker as it is now, and say what has come of it; whether they
    serve.
    """
    is_first = not supervisor.is_serving
    if await supervisor.start():
        if is_first:
            announce()
        else:
            tell("The worker has changed, and is reloaded")
        return True
    if supervisor.is_serving:
        tell("The version before goes on")
    else:
        tell("The server's process has ended before it was ready")
    return False


async def start_each_version(
    folder: WatchedFolder, begin: Callable[[], Coroutine[Any, Any, bool]]
) -> NoReturn:
    """Begin, and again whenever a file of the worker changes. A version that has not come to
    serving by then does not any more.
    """
    version = asyncio.ensure_future(begin())
    try:
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            if folder.has_changed():
                version.cancel()
                await asyncio.wait([version])
                version = asyncio.ensure_future(begin())
    finally:
        version.cancel()


def tell(text: str) -> None:
    """Say something to whoever has started the server."""
    print(text, file=sys.stderr, flush=True)


def announce(options: ServeOptions, bound: BoundSockets) -> None:
    """Say what is served, and where."""
    own_page = "this runtime's own page" if options.upstream is None else options.upstream
    name = options.worker or own_page
    address = bound.addresses[0]
    place = shown(address) if isinstance(address, UnixAddress) else url_of(address, options.tls)
    print(f"Serving {name} at {place} (Ctrl-C stops it)", flush=True)


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
