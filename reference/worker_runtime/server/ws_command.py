"""The ws command: a WebSocket for trying a worker, line by line."""

from __future__ import annotations

import argparse
import asyncio
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..webidl.exceptions import DOMException
from ..websocket_protocol.frames import CloseCode
from ..websockets.close_event import CloseEvent
from ..websockets.web_socket import WebSocket

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

GOOD_CODES = frozenset({CloseCode.NORMAL_CLOSURE, CloseCode.GOING_AWAY, CloseCode.NO_STATUS_RECEIVED})


def add_ws_command(commands: Commands) -> None:
    """The command and its options."""
    parser = commands.add_parser(
        "ws", help="talk to a WebSocket",
        description="Each line of standard input is a message; each message is a line of standard output.",
        epilog="Exit status: 0 if the other side closes with 1000, 1001 or no code, or input ends; else 1.",
    )  # fmt: skip
    parser.set_defaults(run=ws_command)
    parser.add_argument("url", metavar="URL", help="ws:// or wss://; http:// and https:// stand for them")
    parser.add_argument("--binary", action="store_true", help="send each line as bytes")
    parser.add_argument(
        "--wait", type=float, default=0.5, metavar="SECONDS",
        help="for another message when input has ended (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--protocol", action="append", default=[], metavar="NAME", help="a subprotocol; repeatable")


def ws_command(options: argparse.Namespace) -> int:
    """Talk until either side has had enough."""
    try:
        with suppress(KeyboardInterrupt):
            return asyncio.run(talk(options))
    except DOMException as error:
        print(error.message, file=sys.stderr)
        return 1
    return 130


async def talk(options: argparse.Namespace) -> int:
    """Connect, and carry lines and messages; returns the exit status."""
    loop = asyncio.get_running_loop()
    closed: asyncio.Future[CloseEvent] = loop.create_future()
    socket = WebSocket(options.url, options.protocol)
    socket.binaryType = "arraybuffer"
    timer: asyncio.TimerHandle | None = None  # from the end of input

    def wait_for_another() -> None:
        nonlocal timer
        if timer is not None:
            timer.cancel()
        timer = loop.call_later(options.wait, socket.close, CloseCode.NORMAL_CLOSURE)

    def send(line: bytes) -> None:
        if not line:
            wait_for_another()
        elif socket.readyState == WebSocket.OPEN:
            line = line.removesuffix(b"\n")
            socket.send(line if options.binary else line.decode(errors="replace"))

    def read_lines() -> None:
        line = b" "
        with suppress(RuntimeError):  # the loop is closed: nobody is interested any more
            while line:
                line = sys.stdin.buffer.readline()
                loop.call_soon_threadsafe(send, line)

    def write(event: Any) -> None:
        sys.stdout.buffer.write(event.data + b"\n" if isinstance(event.data, bytes) else event.data.encode() + b"\n")
        sys.stdout.flush()
        if timer is not None:
            wait_for_another()

    # A thread, for no event loop can wait for every kind of standard input; a daemon, for nobody can wake it.
    socket.onopen = lambda event: threading.Thread(target=read_lines, name="standard input", daemon=True).start()
    socket.onmessage = write
    socket.onclose = closed.set_result
    event = await closed
    if timer is not None:
        timer.cancel()
    if event.wasClean and event.code in GOOD_CODES:
        return 0
    print(f"Closed with {event.code}{event.reason and ': '}{event.reason}", file=sys.stderr)
    return 1
