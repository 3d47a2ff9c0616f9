"""The command `fetch`: the client from a shell. The body of the response goes to standard output as
it comes.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ..dom.aborting_ongoing_activities import AbortSignal
from ..fetch.fetch_method import fetch
from ..fetch.request_class import RequestInit
from ..fetch.response_class import Response
from ..host.clock import SystemClock
from ..host.timeouts import Timeouts
from ..html.event_loops import in_a_thread
from ..html.settings_objects import current_settings_object
from ..webidl.exceptions import DOMException

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

# exit statuses; the last two are those of curl
FAILED, INTERRUPTED, BAD_STATUS, TOO_LATE = 1, 130, 22, 28
SECONDS_BETWEEN_REPORTS = 0.2
PIECE = 64 * 1024  # of a file that is sent


def add_fetch_command(commands: Commands) -> None:
    """The command and its options, named as curl names them."""
    parser = commands.add_parser(
        "fetch", help="fetch a URL",
        description="Fetch a URL; the body of the response goes to standard output.",
        epilog="Exit status: 0 for a response, 22 for one with a status from 400 up (with --fail), "
        "28 if it takes too long,"
        " 1 for any other failure, also of half a response."
        " Certificates are verified; SSL_CERT_FILE names further authorities.",
    )  # fmt: skip
    parser.set_defaults(run=fetch_command)
    parser.add_argument("url", type=url, metavar="URL", help="with a scheme, or it is http")
    parser.add_argument(
        "-X", "--request", metavar="METHOD", help="default: GET, or POST if there is data"
    )
    parser.add_argument(
        "-H",
        "--header",
        type=header,
        action="append",
        default=[],
        metavar="NAME: VALUE",
        help="repeatable",
    )
    parser.add_argument(
        "-d",
        "--data",
        metavar="DATA",
        help="the body: text, @FILE for that of a file, @- for standard input",
    )
    parser.add_argument(
        "-T",
        "--upload-file",
        metavar="FILE",
        help="send a file as it is read, with PUT; - is standard input",
    )
    parser.add_argument(
        "-I", "--head", action="store_true", help="ask for status and headers alone"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="where the body goes")
    parser.add_argument(
        "-i", "--include", action="store_true", help="write status and headers before the body"
    )
    parser.add_argument(
        "-f",
        "--fail",
        action="store_true",
        help="a status from 400 up is a failure, without output",
    )
    parser.add_argument("-s", "--silent", action="store_true", help="no progress")
    parser.add_argument(
        "--max-time", type=float, metavar="SECONDS", help="for all of it (default: no limit)"
    )
    connect, head, content = Timeouts()
    connect_help = f"for a connection (default: {connect:g})"
    timeout_help = (
        f"for the server to answer (default: {head:g}), and then to send or to take "
        f"more (default: {content:g})"
    )
    parser.add_argument("--connect-timeout", type=float, metavar="SECONDS", help=connect_help)
    parser.add_argument("--timeout", type=float, metavar="SECONDS", help=timeout_help)
    parser.add_argument("--no-redirect", action="store_true", help="do not follow redirects")


def url(argument: str) -> str:
    """A URL; what has no scheme is taken for that of an HTTP server, as people write it."""
    return (
        argument
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://|(?:data|about|blob):", argument)
        else f"http://{argument}"
    )


def header(argument: str) -> tuple[str, str]:
    """A name and a value."""
    name, colon, value = argument.partition(":")
    if not colon or not name.strip():
        raise argparse.ArgumentTypeError(f"a header is NAME: VALUE, not {argument!r}")
    return name.strip(), value.strip()


def fetch_command(options: argparse.Namespace) -> int:
    """Fetch; returns the exit status."""
    try:
        return asyncio.run(fetch_and_write(options))
    except BrokenPipeError:  # the reader of the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except (TypeError, DOMException, OSError) as error:
        print(f"{options.url}: {error}", file=sys.stderr)
        is_late = isinstance(error.__cause__, TimeoutError) or (
            isinstance(error, DOMException) and error.name == "TimeoutError"
        )
        return TOO_LATE if is_late else FAILED
    except KeyboardInterrupt:
        return INTERRUPTED


async def fetch_and_write(options: argparse.Namespace) -> int:
    """Fetch, and write the response where it is wanted. TypeError, DOMException or OSError if that
    fails.
    """
    current_settings_object().host.timeouts = timeouts_of(options)
    init: RequestInit = {
        "headers": options.header,
        "redirect": "manual" if options.no_redirect else "follow",
    }
    if options.data is not None:
        init["body"] = data_of(options.data)
    if options.request or options.data is not None:
        init["method"] = options.request or "POST"
    if options.upload_file is not None:
        init["method"] = options.request or "PUT"
        init["body"] = pieces_of(
            sys.stdin.buffer if options.upload_file == "-" else Path(options.upload_file).open("rb")
        )
        init["duplex"] = "half"
    elif options.head:
        init["method"] = options.request or "HEAD"
    if options.max_time is not None:
        init["signal"] = AbortSignal.timeout(options.max_time * 1000)
    response = await fetch(options.url, **init)
    if options.fail and response.status >= 400:
        print(
            f"{options.url}: the server answers {response.status} {response.statusText}",
            file=sys.stderr,
        )
        return BAD_STATUS
    if options.output is None:
        await write(response, sys.stdout.buffer, options)
    else:
        with options.output.open("wb") as file:
            await write(response, file, options)
    return 0


def data_of(argument: str) -> bytes:
    """The body that an argument says."""
    if argument == "@-":
        return sys.stdin.buffer.read()
    return Path(argument[1:]).read_bytes() if argument.startswith("@") else argument.encode()


async def pieces_of(file: BinaryIO) -> AsyncIterator[bytes]:
    """What is in a file, piece by piece; the writer of a pipe may take its time."""
    with file:
        while piece := await in_a_thread(partial(os.read, file.fileno(), PIECE)):
            yield piece


def timeouts_of(options: argparse.Namespace) -> Timeouts:
    """How long the server is waited for."""
    timeouts = Timeouts()
    if options.connect_timeout is not None:
        timeouts = timeouts._replace(connect=options.connect_timeout)
    if options.timeout is not None:
        timeouts = timeouts._replace(head=options.timeout, content=options.timeout)
    return timeouts


async def write(response: Response, file: BinaryIO, options: argparse.Namespace) -> None:
    """Write a response chunk by chunk, and show how far it is where somebody can see that."""
    if options.include or options.head:
        head = f"HTTP/1.1 {response.status} {response.statusText}\r\n" + "".join(
            f"{n}: {v}\r\n" for n, v in response.headers
        )
        file.write((head + "\r\n").encode("latin-1"))
    shows_progress = not options.silent and sys.stderr.isatty() and not file.isatty()
    clock = SystemClock()
    received, reported_at = 0, clock.monotonic()
    if response.body is not None:
        async for chunk in response.body:
            file.write(chunk)
            received += len(chunk)
            if shows_progress and clock.monotonic() - reported_at > SECONDS_BETWEEN_REPORTS:
                reported_at = clock.monotonic()
                print(f"\r{progress(received, response)}", end="", file=sys.stderr, flush=True)
    file.flush()
    if shows_progress:
        print(f"\r{progress(received, response)}", file=sys.stderr)


def progress(received: int, response: Response) -> str:
    """How much of a response is there."""
    length = response.headers.get("Content-Length")
    if length is None or not length.isdecimal() or length == "0":
        return f"{received:,} bytes"
    return f"{received:,} of {int(length):,} bytes ({100 * received // int(length)} %)"
