"""The command `serve`: a worker answers HTTP, until somebody stops it."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from ..host.host import Host
from ..host.network import ServerTLS, TCPAddress, UnixAddress
from ..host.timeouts import Timeouts
from ..http.message import Limits
from ..runtime.bindings import IDLE_SECONDS, Binding, DurableBinding, folder_binding
from ..server.config import Config
from ..server.inheritance import inheritance
from ..url.url_parsing import url_parser
from ..url.writing import URLFailure
from .request_log import log_json, log_text
from .running import run
from .serving import ServeOptions, StartFailure, announce, bound_sockets, serve_here
from .stopping import Stop

SERVE_HELP = """Serve a worker over HTTP, until SIGINT (Ctrl-C) or SIGTERM.

  serve                                        a page that shows what this runtime can do
  serve hello.py                               the worker in hello.py, at http://localhost:8000/
  serve hello.py --reload                      again whenever a file beside hello.py changes
  serve hello.py --env NAME=value              `env.NAME` in a module worker
  serve hello.py --kv NAME --storage DIR       `env.NAME` is a key-value store, in DIR
  serve hello.py --dir NAME=DIR:ro             `env.NAME` is the folder DIR, to be read
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
    where.add_argument("--open", action="store_true", help="show it in the browser")
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
        "--durable-object-idle",
        type=float,
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
        "--dir",
        type=dir_binding,
        action="append",
        default=[],
        metavar="NAME=DIR[:ro]",
        help="a member of `env` that is a folder, a FileSystemDirectoryHandle; with :ro it is not "
        "written to; repeatable",
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


def folder(argument: str) -> Path:
    """A folder that is there."""
    path = Path(argument)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {argument!r}")
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
    from ..url.host_parsing import host_parser
    from ..url.host_serializing import host_serializer

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


def dir_binding(argument: str) -> tuple[str, Binding]:
    """A name, and the folder at a path, which may end with ":ro"."""
    name, _, path = argument.partition("=")
    if not name.isidentifier() or not path:
        raise argparse.ArgumentTypeError(f"a folder is NAME=DIR or NAME=DIR:ro, not {argument!r}")
    folder = Path(path.removesuffix(":ro")).absolute()
    if not folder.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {str(folder)!r}")
    return name, folder_binding(name, folder, path.endswith(":ro"))


def durable_binding(argument: str) -> tuple[str, DurableBinding]:
    """A name, and the namespace of a class."""
    name, _, class_name = argument.partition("=")
    if not name.isidentifier() or not class_name.isidentifier():
        raise argparse.ArgumentTypeError(f"Durable Objects are NAME=CLASS, not {argument!r}")
    return name, DurableBinding(class_name)


def cron(argument: str) -> str:
    """A cron expression."""
    from ..cloudflare.cron_expressions import CronFailure, parse_a_cron_expression

    try:
        return parse_a_cron_expression(argument).text
    except CronFailure as failure:
        raise argparse.ArgumentTypeError(str(failure)) from None


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
    env = variables_in_files(options)
    for name in ("key", "client_ca"):
        if getattr(options, name) and not options.cert:
            raise StartFailure(f"--{name.replace('_', '-')} goes with --cert FILE, or --cert dev")
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
        env={
            **env,
            **dict(options.env),
            **dict(options.kv),
            **dict(options.dir),
            **dict(options.durable),
        },
        durable_object_idle=max(0.0, options.durable_object_idle),
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


def variables_in_files(options: argparse.Namespace) -> dict[str, str]:
    """What .env and the files that are named say for `env`. StartFailure if one cannot be read."""
    files = [Path(".env")] if Path(".env").is_file() else []
    if options.env_file:
        files.append(options.env_file)
    env: dict[str, str] = {}
    try:
        for file in files:
            from .env_files import read_env_file

            env |= read_env_file(file)
        if options.secrets:
            from .secret_files import read_secret_files

            file = options.secrets
            env |= read_secret_files(file)
    except OSError as error:
        raise StartFailure(f"Cannot read {str(file)!r}: {error.strerror}") from None
    except ValueError as error:  # EnvFileError, SecretFileError
        raise StartFailure(str(error)) from None
    return env


async def serve(options: ServeOptions) -> int:
    """Serve in this process, or in processes of its own where there are several workers or
    versions; returns the exit status.
    """
    inherited = inheritance()
    if inherited is not None:
        from .serve_processes import serve_for_a_supervisor

        return await serve_for_a_supervisor(options, inherited)
    bound = bound_sockets(options.address)
    if options.reload or options.workers > 1:
        if sys.platform == "win32":
            bound.close()
            raise StartFailure(
                "--reload and --workers need processes that inherit sockets, which Python's "
                "subprocess cannot do on Windows"
            )
        from .serve_processes import supervise

        return await supervise(options, bound)
    stop = Stop(options.config.drain_timeout)
    stop.listen_for_signals()
    await serve_here(options, bound, stop, lambda: announce(options, bound))
    return 0
