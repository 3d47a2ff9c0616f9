"""The command `serve`: a worker answers HTTP, until somebody stops it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from ..host.host import Host
from ..host.network import ServerTLS, TCPAddress, UnixAddress
from ..host.timeouts import Timeouts
from ..http.message import Limits
from ..runtime.bindings import IDLE_SECONDS
from ..server.config import Config
from ..server.inheritance import inheritance
from .arguments import (
    count,
    cron,
    duration,
    entry_types,
    folder,
    hosts,
    http_url,
    path,
    places_to_listen,
    port,
    positive,
    size,
    tcp_place,
    url,
    worker_file,
)
from .request_log import log_json, log_text
from .running import run
from .serving import ServeOptions, StartFailure, announce, bound_sockets, serve_here
from .stopping import Stop
from .worker_options import add_worker_options, environment_of

SERVE_HELP = """Serve a worker over HTTP, until SIGINT (Ctrl-C) or SIGTERM.

  serve                                        a page that shows what this runtime can do
  serve hello.py                               the worker in hello.py, at http://localhost:8000/
  serve hello.py --reload                      again whenever a file beside hello.py changes
  serve hello.py --env NAME=value              `env.NAME` in a module worker
  serve hello.py --kv NAME --storage DIR       `env.NAME` is a key-value store, in DIR
  serve hello.py --dir NAME=DIR:ro             `env.NAME` is the folder DIR, to be read
  serve hello.py --assets public               the files in public, and what is not there hello.py
  serve hello.py --cert dev --open             over https, and shown in the browser
  serve hello.py --host "" --port 80           for other machines, too
  serve hello.py --port 443 --cert chain.pem --key key.pem
  serve echo.py --tcp 7000                     `connect(socket)` gets connections without HTTP
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
        "--cert", metavar="FILE",
        help='serve over TLS with this certificate chain (PEM); "dev" is a throw-away one, for '
        "localhost",
    )  # fmt: skip
    where.add_argument(
        "--key", metavar="FILE", help="its private key, if that is not in the same file"
    )
    where.add_argument(
        "--client-ca", metavar="FILE",
        help="clients have to show a certificate of these authorities (PEM)",
    )  # fmt: skip
    where.add_argument(
        "--tcp", type=tcp_place, metavar="[HOST:]PORT",
        help="accept connections there, too, for the worker's handler `connect(socket, env, ctx)`",
    )  # fmt: skip
    where.add_argument("--open", action="store_true", help="show it in the browser")
    add_worker_options(serve.add_argument_group("the worker"))
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
        "--assets", type=folder, metavar="DIR",
        help="answer with the files in this folder what they answer, without the worker",
    )  # fmt: skip
    how.add_argument(
        "--location",
        type=url,
        metavar="URL",
        help="what `location` is, and relative URLs are relative to",
    )
    how.add_argument(
        "--storage-quota",
        type=positive,
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
        "--allow-listen",
        type=places_to_listen,
        metavar="[HOST:]PORT,...",
        help="where it may listen with TCPServerSocket and UDPSocket; port 0 is any that is free "
        "(default: anywhere; nowhere, if --allow-net or --net-policy says what it may reach)",
    )
    how.add_argument(
        "--net-policy",
        choices=["open", "deployed"],
        default="open",
        help='"deployed" is what services allow: no mail (port 25), and nothing that is not on the '
        "open network, such as this machine (default: %(default)s)",
    )
    how.add_argument(
        "--durable-object-idle",
        type=duration,
        default=IDLE_SECONDS,
        metavar="SECONDS",
        help="drop the instance of an object that nobody has called for so long; its storage and "
        "its WebSockets stay (default: %(default)s)",
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
        "--health",
        type=path,
        metavar="PATH",
        help="answer there with 200, without asking the worker",
    )
    how.add_argument(
        "--show-config", action="store_true", help="print what is in force and who said so, and end"
    )
    how.add_argument(
        "--log",
        choices=["text", "json", "off"],
        default="text",
        help="a line for each request (default: %(default)s)",
    )
    how.add_argument(
        "--log-performance", type=entry_types, default=frozenset(), metavar="TYPE,...",
        help="and for each `performance` entry of these types: mark, measure, resource",
    )  # fmt: skip
    limits = serve.add_argument_group("limits", "sizes in bytes, times in seconds")
    for name, default in limit_defaults().items():
        limits.add_argument(
            "--max-" + name.replace("_", "-") if not name.endswith("timeout") else "--"
            + name.replace("_", "-"),
            type=type_of_limit(name, default),
            default=default,
            dest=name,
            metavar="N",
            help="default: %(default)s" if default is not None else "default: no limit",
        )  # fmt: skip


def type_of_limit(name: str, default: int | float | None) -> Callable[[str], int | float]:
    """What an argument for a limit has to be."""
    if name == "connections":
        return positive
    return duration if isinstance(default, float) else size


def limit_defaults() -> dict[str, int | float | None]:
    """The limits that can be set, by name."""
    return {**Limits()._asdict(), **dict(zip(FETCH_TIMEOUTS, Timeouts())), **OWN_LIMITS}


# ---- serving -------------------------------------------------------------------------------------


def serve_command(options: argparse.Namespace) -> int:
    """Serve until a signal; 0 after that, 1 if it did not come to serving."""
    try:
        return run(serve(options_of(options)))
    except StartFailure as failure:
        print(f"{failure}", file=sys.stderr)
        return 1


def options_of(options: argparse.Namespace) -> ServeOptions:
    """What the command line asks for. StartFailure if that does not fit together."""
    env = environment_of(options)
    for name in ("key", "client_ca"):
        if getattr(options, name) and not options.cert:
            raise StartFailure(f"--{name.replace('_', '-')} goes with --cert FILE, or --cert dev")
    if options.tcp is not None and options.worker is None:
        raise StartFailure("--tcp goes with a WORKER that has a handler `connect`")
    workers = options.workers or os.cpu_count() or 1
    if options.cron and workers > 1 and options.storage is None:
        raise StartFailure(
            "--cron with several --workers needs --storage, through which they agree on who runs"
        )
    if options.durable and workers > 1 and options.storage is None:
        raise StartFailure(
            "--durable with several --workers needs --storage, through which one process goes on "
            "with what another one's objects have stored"
        )
    limits = Limits(**{name: getattr(options, name) for name in Limits._fields})
    timeouts = Timeouts(*(getattr(options, name) for name in FETCH_TIMEOUTS))
    return ServeOptions(
        address=UnixAddress(options.unix)
        if options.unix
        else TCPAddress(options.host, options.port),
        worker=options.worker,
        tls=tls_of(options),
        assets=options.assets,
        opens=options.open,
        location=options.location,
        storage=options.storage,
        storage_quota=options.storage_quota,
        http_cache=options.http_cache,
        env=env,
        durable_object_idle=options.durable_object_idle,
        reload=options.reload,
        workers=workers,
        config=Config(limits, timeouts, **{name: getattr(options, name) for name in OWN_LIMITS}),
        log={"text": log_text, "json": log_json, "off": None}[options.log],
        log_performance=options.log_performance,
        upstream=options.upstream,
        tcp=options.tcp,
        allowed_hosts=options.allow_net,
        allowed_to_listen=options.allow_listen,
        net_policy=options.net_policy,
        crons=tuple(options.cron),
        triggers=options.triggers or options.reload,
        health=options.health,
    )


def tls_of(options: argparse.Namespace) -> ServerTLS | None:
    """What TLS needs, if it is wanted. StartFailure if a certificate cannot be made."""
    if not options.cert:
        return None
    certificate: str = options.cert
    if certificate == "dev" and not options.key:
        from .throwaway_certificates import kept_certificate

        host = Host()
        try:
            file = kept_certificate(host.clock.wall(), host.entropy.random_bytes)
        except OSError as error:
            raise StartFailure(
                f"Cannot keep a certificate in {error.filename}: {error.strerror}; "
                "XDG_CACHE_HOME=... names another folder"
            ) from None
        certificate = str(file)
    return ServerTLS(certificate, options.key, client_authorities=options.client_ca)


async def serve(options: ServeOptions) -> int:
    """Serve in this process, or in processes of its own where there are several workers or
    versions; returns the exit status.
    """
    inherited = inheritance()
    if inherited is not None:
        from .serve_processes import serve_for_a_supervisor

        return await serve_for_a_supervisor(options, inherited)
    bound = bound_sockets(options.address)
    tcp_bound = None
    try:
        if options.tcp is not None:
            tcp_bound = bound_sockets(options.tcp)
        if options.reload or options.workers > 1:
            if sys.platform == "win32":
                raise StartFailure(
                    "--reload and --workers need processes that inherit sockets, which Python's "
                    "subprocess cannot do on Windows: leave them out"
                )
            from .serve_processes import supervise

            return await supervise(options, bound, tcp_bound)
        stop = Stop(options.config.drain_timeout)
        stop.listen_for_signals()
        say_so = partial(announce, options, bound, tcp_bound)
        await serve_here(options, bound, stop, say_so, tcp_bound=tcp_bound)
    finally:
        bound.close()
        if tcp_bound is not None:
            tcp_bound.close()
    return 0
