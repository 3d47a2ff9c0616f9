"""The ws command: a WebSocket for trying a worker, line by line."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from ..streams.writable_stream import WritableStream
from ..webidl.exceptions import DOMException
from ..websocket_protocol.frames import CloseCode
from ..websockets.web_socket_error import WebSocketError
from ..websockets.web_socket_stream import WebSocketStream

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

FAILED, INTERRUPTED = 1, 130  # exit statuses
GOOD_CODES = frozenset(
    {CloseCode.NORMAL_CLOSURE, CloseCode.GOING_AWAY, CloseCode.NO_STATUS_RECEIVED}
)
LINES_READ_AHEAD = 64


def add_ws_command(commands: Commands) -> None:
    """The command and its options."""
    parser = commands.add_parser(
        "ws", help="talk to a WebSocket",
        description=("Each line of standard input is a message; each message is a line of standard "
            "output."),
        epilog=(
            "Exit status: 0 if the other side closes with 1000, 1001 or no code, or input ends; "
            "130 after Ctrl-C; else 1."),
    )  # fmt: skip
    parser.set_defaults(run=ws_command)
    parser.add_argument(
        "url", metavar="URL", help="ws:// or wss://; http:// and https:// stand for them"
    )
    parser.add_argument("--binary", action="store_true", help="send each line as bytes")
    parser.add_argument(
        "--wait", type=float, default=0.5, metavar="SECONDS",
        help="for another message when input has ended (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--protocol", action="append", default=[], metavar="NAME", help="a subprotocol; repeatable"
    )


def ws_command(options: argparse.Namespace) -> int:
    """Talk until either side has had enough."""
    try:
        return asyncio.run(talk(options))
    except BrokenPipeError:  # the reader of the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except DOMException as error:
        hint = "" if "protocol" in error.message else "; write ws://HOST/PATH or wss://HOST/PATH"
        print(f"{options.url}: {error.message}{hint}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED


async def talk(options: argparse.Namespace) -> int:
    """Connect, and carry lines and messages; returns the exit status. DOMException if the URL or a
    protocol is wrong.
    """
    socket = WebSocketStream(options.url, protocols=options.protocol)
    try:
        readable, writable, _, protocol = await socket.opened
    except WebSocketError:
        return FAILED  # the console has said why
    if sys.stdin.isatty():
        print(
            f"Connected{protocol and f' with the protocol {protocol}'}. Ctrl-D ends it.",
            file=sys.stderr,
        )
    loop = asyncio.get_running_loop()
    timer: asyncio.TimerHandle | None = None  # from the end of input

    def wait_for_another() -> None:
        nonlocal timer
        if timer is not None:
            timer.cancel()
        timer = loop.call_later(
            options.wait, lambda: socket.close(closeCode=CloseCode.NORMAL_CLOSURE)
        )

    sending = asyncio.ensure_future(send_lines(writable, options.binary))
    sending.add_done_callback(lambda task: None if task.cancelled() else wait_for_another())
    try:
        async for message in readable:
            sys.stdout.buffer.write(
                message + b"\n" if isinstance(message, bytes) else message.encode() + b"\n"
            )
            sys.stdout.flush()
            if timer is not None:
                wait_for_another()
        code, reason = await socket.closed
    except WebSocketError as error:
        code, reason = error.closeCode or CloseCode.ABNORMAL_CLOSURE, error.reason
    sending.cancel()
    if timer is not None:
        timer.cancel()
    if code in GOOD_CODES:
        return 0
    print(f"Closed with {code}{reason and ': '}{reason}", file=sys.stderr)
    return FAILED


async def send_lines(writable: WritableStream, is_binary: bool) -> None:
    """Send each line of standard input, as fast as the other side takes them, until they end or the
    WebSocket is closed.
    """
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[bytes] = asyncio.Queue()
    room = threading.Semaphore(LINES_READ_AHEAD)

    def read_lines() -> None:
        # A file object of its own: at its end the interpreter takes hold of that in `sys.stdin`,
        # which must not be in use then.
        with (
            open(sys.stdin.fileno(), "rb", closefd=False) as standard_input,
            suppress(RuntimeError),
        ):
            line = b" "
            while line:
                room.acquire()
                line = standard_input.readline()
                # RuntimeError if nobody is interested any more
                loop.call_soon_threadsafe(lines.put_nowait, line)

    # A thread, for no event loop can wait for every kind of standard input; a daemon, for nobody
    # can wake it.
    threading.Thread(target=read_lines, name="standard input", daemon=True).start()
    writer = writable.getWriter()
    with suppress(DOMException):  # it is closed
        while line := await lines.get():
            line = line.removesuffix(b"\n")
            await writer.write(line if is_binary else line.decode(errors="replace"))
            room.release()
