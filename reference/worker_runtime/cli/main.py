"""The command line: `python3 reference serve hello.py`, or `worker-runtime serve hello.py` where it
is installed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shlex
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from ..host.network import Address, ServerTLS, TCPAddress, UnixAddress
from ..host.restricted_network import host_and_port
from ..host.timeouts import Timeouts
from ..http.message import Limits
from ..server.config import Config
from ..server.exchange import Exchange
from ..server.serve import ServeOptions, StartFailure, WorkerServer, shown
from ..url.host_parsing import host_parser, host_serializer
from ..url.url_parsing import url_parser
from ..url.writing import URLFailure
from .fetch_command import add_fetch_command
from .oracle_command import add_oracle_command
from .ws_command import add_ws_command

SERVE_HELP = """Serve a worker over HTTP, until SIGINT (Ctrl-C) or SIGTERM.

  serve                                        a page that shows what this runtime can do
  serve hello.py                               the worker in hello.py, at http://localhost:8000/
  serve hello.py --reload                      again whenever hello.py, or a module beside it, changes
  serve hello.py --env NAME=value              `env.NAME` in a module worker
  serve hello.py --host "" --port 80           for other machines, too
  serve hello.py --port 443 --cert chain.pem --key key.pem

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


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit status."""
    options = argument_parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    return run(options)


def argument_parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    parser = argparse.ArgumentParser(
        prog="worker-runtime",
        description="HTTP servers written against browser APIs.",
        epilog="Each command has its own --help.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
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
        help="a Python file; without one, the built-in page",
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
        "--http-cache",
        action="store_true",
        help="keep there what it fetches, too, for as long as HTTP allows",
    )
    how.add_argument(
        "--upstream",
        type=http_url,
        metavar="URL",
        help="pass on to this server what the worker does not answer",
    )
    how.add_argument(
        "--allow-net",
        type=hosts,
        metavar="HOST,...",
        help="the only hosts it may reach: HOST, HOST:PORT or *.HOST",
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
        "--env-file",
        type=Path,
        metavar="FILE",
        help="lines of NAME=VALUE, quoted as in a shell; # begins a comment",
    )
    how.add_argument(
        "--log",
        choices=["text", "json", "off"],
        default="text",
        help="a line for each request (default: %(default)s)",
    )
    add_fetch_command(commands)
    add_ws_command(commands)
    add_oracle_command(commands)
    limits = serve.add_argument_group("limits", "sizes in bytes, times in seconds")
    for name, default in limit_defaults().items():
        limits.add_argument(
            "--max-" + name.replace("_", "-") if not name.endswith("timeout") else "--" + name.replace("_", "-"),
            type=type(default) if default is not None else int, default=default, dest=name, metavar="N",
            help="default: %(default)s" if default is not None else "default: no limit",
        )  # fmt: skip
    return parser


def limit_defaults() -> dict[str, int | float | None]:
    """The limits that can be set, by name."""
    return {**Limits()._asdict(), **dict(zip(FETCH_TIMEOUTS, Timeouts())), **OWN_LIMITS}


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
    """The same host, with its port, as the URL parser writes it; what begins with "*." is below it."""
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


def read_env_file(file: Path) -> dict[str, str]:
    """The variables in a file; StartFailure if it cannot be read or has something else in it."""
    try:
        words = shlex.split(file.read_text("utf-8"), comments=True)
        return dict(variable(word) for word in words)
    except OSError as error:
        raise StartFailure(f"Cannot read {str(file)!r}: {error.strerror}") from None
    except (ValueError, argparse.ArgumentTypeError) as error:
        raise StartFailure(f"{str(file)!r} is no file of variables: {error}") from None


# ---- serve ---------------------------------------------------------------------------------------


def serve_command(options: argparse.Namespace) -> int:
    """Serve until a signal; 0 after that, 1 if it did not come to serving."""
    try:
        env = read_env_file(options.env_file) if options.env_file else {}
        if options.key and not options.cert:
            raise StartFailure("--key goes with --cert")
        address: Address = (
            UnixAddress(options.unix) if options.unix else TCPAddress(options.host, options.port)
        )
        limits = Limits(**{name: getattr(options, name) for name in Limits._fields})
        timeouts = Timeouts(*(getattr(options, name) for name in FETCH_TIMEOUTS))
        config = Config(limits, timeouts, **{name: getattr(options, name) for name in OWN_LIMITS})
        serve_options = ServeOptions(
            address,
            worker=options.worker,
            tls=ServerTLS(options.cert, options.key) if options.cert else None,
            location=options.location,
            storage=options.storage,
            http_cache=options.http_cache,
            env={**env, **dict(options.env)},
            reload=options.reload,
            config=config,
            log={"text": log_text, "json": log_json, "off": None}[options.log],
            upstream=options.upstream,
            allowed_hosts=options.allow_net,
        )
        asyncio.run(serve_until_signal(serve_options))
    except StartFailure as failure:
        print(f"{failure}", file=sys.stderr)
        return 1
    return 0


async def serve_until_signal(options: ServeOptions) -> None:
    """Serve; SIGINT or SIGTERM ends it in good order, a second one at once."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        loop.call_soon_threadsafe(stop.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    server = WorkerServer(options)
    url = await server.start()
    name = "this runtime's own page" if options.worker is None else options.worker
    place = url if not isinstance(options.address, UnixAddress) else shown(options.address)
    print(f"Serving {name} at {place} (Ctrl-C stops it)", flush=True)
    await server.run(stop)


def log_text(exchange: Exchange) -> None:
    """A line for people: what was asked for, the status, the bytes of content."""
    request = exchange.request
    print(f'"{request.method} {request.target}" {exchange.status} {exchange.sent}', flush=True)


def log_json(exchange: Exchange) -> None:
    """A line for programs."""
    request = exchange.request
    entry = {
        "method": request.method,
        "target": request.target,
        "status": exchange.status,
        "sent": exchange.sent,
    }
    print(json.dumps(entry), flush=True)
