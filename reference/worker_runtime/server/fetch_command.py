"""The command `fetch`: the client from a shell. The body of the response goes to standard output as it comes."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ..dom.aborting_ongoing_activities import AbortSignal
from ..fetch.fetch_method import fetch
from ..fetch.request_class import RequestInit
from ..fetch.response_class import Response
from ..host.clock import SystemClock
from ..webidl.exceptions import DOMException

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

FAILED, INTERRUPTED, BAD_STATUS = 1, 130, 22  # exit statuses; the last is what curl --fail has
SECONDS_BETWEEN_REPORTS = 0.2


def add_fetch_command(commands: Commands) -> None:
    """The command and its options, named as curl names them."""
    parser = commands.add_parser(
        "fetch", help="fetch a URL", description="Fetch a URL; the body of the response goes to standard output.",
        epilog="Exit status: 0 for a response, 22 for one with a status from 400 up (with --fail), 1 if there is none."
        " Certificates are verified; SSL_CERT_FILE names further authorities.",
    )  # fmt: skip
    parser.set_defaults(run=fetch_command)
    parser.add_argument("url", metavar="URL")
    parser.add_argument("-X", "--request", metavar="METHOD", help="default: GET, or POST if there is data")
    parser.add_argument("-H", "--header", type=header, action="append", default=[], metavar="NAME: VALUE", help="repeatable")
    parser.add_argument("-d", "--data", metavar="DATA", help="the body: text, @FILE for that of a file, @- for standard input")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="where the body goes")
    parser.add_argument("-i", "--include", action="store_true", help="write status and headers before the body")
    parser.add_argument("-f", "--fail", action="store_true", help="a status from 400 up is a failure, without output")
    parser.add_argument("-s", "--silent", action="store_true", help="no progress")
    parser.add_argument("--max-time", type=float, metavar="SECONDS", help="for all of it")
    parser.add_argument("--no-redirect", action="store_true", help="do not follow redirects")


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
    except BrokenPipeError:  # who reads the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except (TypeError, DOMException, OSError) as error:
        print(f"{options.url}: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED


async def fetch_and_write(options: argparse.Namespace) -> int:
    """Fetch, and write the response where it is wanted. TypeError, DOMException or OSError if that fails."""
    init: RequestInit = {"headers": options.header, "redirect": "manual" if options.no_redirect else "follow"}
    if options.data is not None:
        init["body"] = data_of(options.data)
    if options.request or options.data is not None:
        init["method"] = options.request or "POST"
    if options.max_time is not None:
        init["signal"] = AbortSignal.timeout(options.max_time * 1000)
    response = await fetch(options.url, **init)
    if options.fail and response.status >= 400:
        print(f"{options.url}: the server answers {response.status} {response.statusText}", file=sys.stderr)
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


async def write(response: Response, file: BinaryIO, options: argparse.Namespace) -> None:
    """Write a response chunk by chunk, and show how far it is where somebody can see that."""
    if options.include:
        head = f"HTTP/1.1 {response.status} {response.statusText}\r\n" + "".join(f"{n}: {v}\r\n" for n, v in response.headers)
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
