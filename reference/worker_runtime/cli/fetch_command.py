"""The command `fetch`: the client from a shell, with curl's options. The body of the response goes
to standard output as it comes.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ..fetch.fetch_method import fetch
from ..fetch.infrastructure import AnyResponse
from ..host.clock import SystemClock
from ..host.console import escaped
from ..host.timeouts import Timeouts
from ..html.settings_objects import current_settings_object
from ..infra.byte_sequences import isomorphic_decode
from ..webidl.exceptions import DOMException
from .cookie_files import serialize_a_cookie_file
from .curl_content import ContentError
from .curl_options import add_curl_options
from .curl_requests import FetchFailure, Requests
from .observed_network import ObservedNetwork

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

# exit statuses; the last three are those of curl
FAILED, INTERRUPTED, WRONG_USAGE, BAD_STATUS, TOO_LATE = 1, 130, 2, 22, 28
SECONDS_BETWEEN_REPORTS = 0.2
# What to do, by words of what has gone wrong.
ADVICE = {
    "certificate verify failed": " (--insecure does not look at it; SSL_CERT_FILE=... trusts it)",
    "WRONG_VERSION_NUMBER": " (the server does not speak TLS: is it http://?)",
    "Name or service not known": " (is the name right, and is there a network?)",
    "with the scheme": " (http:// and https:// can)",
    "Connection refused": " (nothing listens there: is the server running, and is it this port?)",
}


def add_fetch_command(commands: Commands) -> None:
    """The command and its options, named as curl names them."""
    parser = commands.add_parser(
        "fetch", help="fetch a URL, with curl's options",
        description="Fetch a URL; the body of the response goes to standard output. The options are"
        " curl's, and so is what is sent for them.",
        epilog="Exit status: 0 for a response, 22 for one with a status from 400 up (with --fail), "
        "28 if it takes too long, 2 for a wrong option,"
        " 1 for any other failure, also of half a response."
        " Certificates are verified; SSL_CERT_FILE names further authorities.",
    )  # fmt: skip
    parser.set_defaults(run=fetch_command)
    parser.add_argument("url", type=url, metavar="URL", help="with a scheme, or it is http")
    add_curl_options(parser)


def url(argument: str) -> str:
    """A URL; what has no scheme is taken for that of an HTTP server, as people write it."""
    return (
        argument
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://|(?:data|about|blob):", argument)
        else f"http://{argument}"
    )


def fetch_command(options: argparse.Namespace) -> int:
    """Fetch; returns the exit status."""
    transfer = Transfer(options)
    try:
        return asyncio.run(transfer.perform())
    except BrokenPipeError:  # the reader of the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except ContentError as error:
        print(f"worker-runtime fetch: {error}", file=sys.stderr)
        return WRONG_USAGE
    except TimeoutError:
        transfer.complain(f"no end within {options.max_time:g} seconds (--max-time)")
        return TOO_LATE
    except FetchFailure as failure:
        transfer.complain(str(failure))
        return TOO_LATE if failure.is_late else FAILED
    except OSError as error:
        transfer.complain(f"{error.filename or 'output'}: {error.strerror or error}")
        return FAILED
    except (TypeError, DOMException) as error:
        transfer.complain(str(error))
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED


class Transfer:
    """What a command line asks for: requests, and where what comes back goes."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._heads: list[bytes] = []  # those of responses, which are not written yet
        self._files = ExitStack()
        self._file: BinaryIO | None = None

    def complain(self, message: str) -> None:
        """Say why there is no response."""
        options = self._options
        if not options.silent or options.show_error:
            advice = next((text for words, text in ADVICE.items() if words in message), "")
            print(f"{options.url}: {escaped(message)}{advice}", file=sys.stderr)

    async def perform(self) -> int:
        """Fetch, and write what comes where it is wanted; returns the exit status.

        ContentError if the options do not go together; TimeoutError if it takes too long;
        FetchFailure, TypeError, DOMException or OSError if it fails.
        """
        options = self._options
        host = current_settings_object().host
        host.timeouts = timeouts_of(options)
        host.network = ObservedNetwork(self._observe, not options.insecure)
        with self._files:
            async with asyncio.timeout(options.max_time):
                if re.match("https?:", options.url, re.IGNORECASE):
                    return await self._perform_requests()
                response = (await fetch(options.url))._response  # data: and the like
                self._heads.append(head_of(response))
                return await self._take(response, is_last=True)

    async def _perform_requests(self) -> int:
        options = self._options
        if options.user is not None and ":" not in options.user:
            from getpass import getpass

            options.user += ":" + getpass(f"Password of {options.user}: ")
        requests = Requests(options)
        status = 0
        try:
            async for response in requests.responses():
                status = await self._take(response, not requests.goes_on_after(response))
        finally:
            if options.cookie_jar is not None:
                write_file(options.cookie_jar, serialize_a_cookie_file(requests.cookies()))
        return status

    def _observe(self, kind: str, line: bytes) -> None:
        if kind == "<":
            self._heads.append(line)
        if self._options.verbose:
            for each in isomorphic_decode(line).removesuffix("\n").split("\n"):
                print(f"{kind} {escaped(each.removesuffix(chr(13)))}", file=sys.stderr, flush=True)

    async def _take(self, response: AnyResponse, is_last: bool) -> int:
        options = self._options
        if options.fail and response.status >= 400:
            self.complain(f"the server answers {response.status} {response.status_message}")
            return BAD_STATUS
        heads, self._heads = self._heads, []
        if options.include or options.head:
            self._output().write(b"".join(heads))
        if is_last:
            await self._write_body(response)
        return 0

    def _output(self) -> BinaryIO:
        """Where the response goes; a file is made when there is something to write."""
        if self._file is None:
            name = self._options.output
            if self._options.remote_name:
                name = remote_name(self._options.url)
            if name is None or name == "-":
                self._file = sys.stdout.buffer
            else:
                self._file = self._files.enter_context(open(name, "wb"))
        return self._file

    async def _write_body(self, response: AnyResponse) -> None:
        """Write it chunk by chunk, and show how far it is where somebody can see that."""
        file = self._output()
        shows_progress = not self._options.silent and sys.stderr.isatty() and not file.isatty()
        clock = SystemClock()
        received, reported_at = 0, clock.monotonic()
        if response.body is not None:
            async for chunk in response.body.stream:
                file.write(chunk)
                received += len(chunk)
                if shows_progress and clock.monotonic() - reported_at > SECONDS_BETWEEN_REPORTS:
                    reported_at = clock.monotonic()
                    print(f"\r{progress(received, response)}", end="", file=sys.stderr, flush=True)
        file.flush()
        if shows_progress:
            print(f"\r{progress(received, response)}", file=sys.stderr)


def timeouts_of(options: argparse.Namespace) -> Timeouts:
    """How long the server is waited for."""
    timeouts = Timeouts()
    if options.connect_timeout is not None:
        timeouts = timeouts._replace(connect=options.connect_timeout)
    if options.timeout is not None:
        timeouts = timeouts._replace(head=options.timeout, content=options.timeout)
    return timeouts


def remote_name(url: str) -> str:
    """The last part of a URL's path, as the name of a file. ContentError if it cannot be one."""
    name = re.split(r"[/\\]", re.split("[?#]", url)[0].partition("://")[2])
    if len(name) < 2 or name[-1] in ("", ".", ".."):
        raise ContentError("the URL ends with no name for --remote-name: write --output FILE")
    return name[-1]


def write_file(name: str, content: bytes) -> None:
    """Write to a file; `-` is standard output."""
    if name == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    else:
        Path(name).write_bytes(content)


def head_of(response: AnyResponse) -> bytes:
    """The head of a response that has come over no connection."""
    fields = "".join(f"{name}: {value}\r\n" for name, value in response.header_list)
    return f"HTTP/1.1 {response.status} {response.status_message}\r\n{fields}\r\n".encode("latin-1")


def progress(received: int, response: AnyResponse) -> str:
    """How much of a response is there."""
    length = response.header_list.get("Content-Length")
    if length is None or not length.isdecimal() or length == "0":
        return f"{received:,} bytes"
    return f"{received:,} of {int(length):,} bytes ({100 * received // int(length)} %)"
