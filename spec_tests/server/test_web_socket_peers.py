"""WebSockets with other implementations at the other end: node, Chromium, and the packages
`websockets` and `aiohttp`.

Those packages are looked for in the Python that WORKER_RUNTIME_PEERS names, or else in the one that
runs the tests. What is not there is skipped.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from spec_tests.websockets.test_web_socket import Log
from worker_runtime import URL, Request, Response, WebSocket, WebSocketPair

from .test_upgrade import serving

PYTHON = os.environ.get("WORKER_RUNTIME_PEERS", sys.executable)
BIG = 1_000_000  # bytes, a little less than a message may have
MANY = 1000


def with_package(name: str) -> str:
    if subprocess.run([PYTHON, "-c", f"import {name}"], capture_output=True).returncode:
        pytest.skip(
            f"{PYTHON} has no package {name!r}: let WORKER_RUNTIME_PEERS name a Python that has"
        )
    return PYTHON


def node() -> list[str]:
    """The command of a node that has WebSocket."""
    for flags in ([], ["--experimental-websocket"]):
        command = [shutil.which("node") or "", *flags]
        if (
            command[0]
            and subprocess.run([*command, "-e", "WebSocket"], capture_output=True).returncode == 0
        ):
            return command
    pytest.skip("there is no node with WebSocket")


def chromium(profile: Path) -> list[str]:
    """The command of a browser without a window."""
    program = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if program is None:
        pytest.skip("there is no Chromium")
    return [
        program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--remote-debugging-port=0", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", f"--user-data-dir={profile}",
    ]  # fmt: skip


@asynccontextmanager
async def running(*command: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


# ---- what every client does: it says hello, then sends this, checks what comes back, and closes --

JAVASCRIPT = """
const talk = (url, log) => {
  const big = "ä€😀x".repeat(BIG / 10), many = [...Array(MANY).keys()].map(String), seen = [];
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const expected = ["hello", "text", "1,2,3", "", big, "" + BIG, ...many];
  socket.onopen = () => {
    const messages = ["text", new Uint8Array([1, 2, 3]), "", big, new Uint8Array(BIG), ...many];
    for (const message of messages) socket.send(message);
  };
  socket.onmessage = ({ data }) => {
    const bytes = typeof data === "string" ? null : new Uint8Array(data);
    seen.push(bytes === null ? data : bytes.length > 9 ? "" + bytes.length : bytes.join());
    if (seen.length === expected.length) socket.close(3001, "enough");
  };
  socket.onclose = ({ code, wasClean }) => {
    const all = wasClean && seen.every((message, index) => message === expected[index]);
    log([all, seen.length, socket.extensions.split(";")[0], code].join(" "));
  };
};
""".replace("BIG", str(BIG)).replace("MANY", str(MANY))

NODE = JAVASCRIPT + "talk(process.argv[1], console.log);"
NODE_LEAVES = """
const socket = new WebSocket(process.argv[1]);
socket.onmessage = () => process.exit(0);
"""
PAGE = f"""<!doctype html><meta charset="utf-8"><title>A client</title><script>{JAVASCRIPT}
const tell = (result) => fetch("/result?is=" + encodeURIComponent(result));
talk(location.href.replace("http", "ws"), tell);
</script>"""

MESSAGES = f"""
import asyncio, os, sys
big, many = "ä€😀x" * ({BIG} // 10), [str(number) for number in range({MANY})]
messages = ["text", b"\\1\\2\\3", "", big, bytes({BIG}), *many]
"""
WEBSOCKETS_CLIENT = (
    MESSAGES
    + """
import websockets
async def main():
    async with websockets.connect(sys.argv[1], max_size=None) as socket:
        assert await socket.recv() == "hello"
        if sys.argv[2] == "leave":
            os._exit(0)
        sending = asyncio.ensure_future(send(socket))
        seen = [await socket.recv() for _ in messages]
        await socket.ping()
        await sending
        extensions = ",".join(extension.name for extension in socket.protocol.extensions)
        await socket.close(3001, "enough")
        print(str(seen == messages).lower(), len(seen) + 1, extensions, socket.close_code)
async def send(socket):
    for message in messages:
        await socket.send(message)
asyncio.run(main())
"""
)
AIOHTTP_CLIENT = (
    MESSAGES
    + """
import aiohttp
async def main():
    options = {"max_msg_size": 0, "compress": 15}
    connect, url = aiohttp.ClientSession.ws_connect, sys.argv[1]
    async with aiohttp.ClientSession() as session, connect(session, url, **options) as socket:
        assert await socket.receive_str() == "hello"
        if sys.argv[2] == "leave":
            os._exit(0)
        sending = asyncio.ensure_future(send(socket))
        seen = [(await socket.receive()).data for _ in messages]
        await sending
        extensions = "permessage-deflate" if socket.compress else ""
        await socket.close(code=3001, message=b"enough")
        print(str(seen == messages).lower(), len(seen) + 1, extensions, socket.close_code)
async def send(socket):
    for message in messages:
        await (socket.send_str(message) if isinstance(message, str) else socket.send_bytes(message))
asyncio.run(main())
"""
)
OUTCOME = f"true {MANY + 6} permessage-deflate 3001"


class Echo:
    """A worker that greets, then sends back what it gets, and knows how it ended; its page is a
    client in a browser.
    """

    def __init__(self) -> None:
        self.end: asyncio.Future[tuple[int, str, bool]] = asyncio.get_running_loop().create_future()
        self.result: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.answered = asyncio.Event()

    def __call__(self, request: Request) -> Response:
        url = URL(request.url)
        if url.pathname == "/result":
            self.result.set_result(url.searchParams.get("is") or "")
        if not request.headers.has("upgrade"):
            return Response(PAGE, headers={"Content-Type": "text/html; charset=utf-8"})
        client, server = WebSocketPair()
        server.accept()
        server.send("hello")
        server.addEventListener("message", lambda event: server.send(event.data))
        server.addEventListener("message", lambda event: self.answered.set())
        server.onclose = lambda event: self.end.set_result(
            (event.code, event.reason, event.wasClean)
        )
        return Response(None, status=101, webSocket=client)


async def talk(*command: str) -> None:
    """Let a client talk to our server to the end."""
    worker = Echo()
    async with (
        serving(worker) as server,
        running(*command, f"ws://127.0.0.1:{server.port}/", "stay") as process,
    ):
        output, errors = await process.communicate()
        assert output.decode().strip() == OUTCOME, errors.decode()
        assert await worker.end == (3001, "enough", True)


async def leave(*command: str) -> None:
    """Let a client end without a word."""
    worker = Echo()
    async with (
        serving(worker) as server,
        running(*command, f"ws://127.0.0.1:{server.port}/", "leave"),
    ):
        assert await worker.end == (1006, "", False)


class TestClients:
    async def test_node(self) -> None:
        await talk(*node(), "-e", NODE)

    async def test_node_leaves(self) -> None:
        await leave(*node(), "-e", NODE_LEAVES)

    async def test_websockets(self) -> None:
        await talk(with_package("websockets"), "-c", WEBSOCKETS_CLIENT)

    async def test_websockets_leaves(self) -> None:
        await leave(with_package("websockets"), "-c", WEBSOCKETS_CLIENT)

    async def test_aiohttp(self) -> None:
        await talk(with_package("aiohttp"), "-c", AIOHTTP_CLIENT)

    async def test_aiohttp_leaves(self) -> None:
        await leave(with_package("aiohttp"), "-c", AIOHTTP_CLIENT)

    async def test_chromium(self, tmp_path: Path) -> None:
        worker = Echo()
        async with serving(worker) as server:
            async with running(*chromium(tmp_path), f"http://127.0.0.1:{server.port}/"):
                assert await worker.result == OUTCOME
                assert await worker.end == (3001, "enough", True)

    async def test_chromium_leaves(self, tmp_path: Path) -> None:
        worker = Echo()
        async with serving(worker) as server:
            async with running(*chromium(tmp_path), f"http://127.0.0.1:{server.port}/?leave"):
                await worker.answered.wait()
            # Its processes end one after the other, and the one that has the network may see the
            # page go first.
            assert await worker.end in [(1006, "", False), (1001, "", True)]


# ---- servers: they send back what they get, until they are told to leave -------------------------

WEBSOCKETS_SERVER = """
import asyncio, os, websockets.asyncio.server
async def echo(socket):
    async for message in socket:
        if message == "leave":
            os._exit(0)
        await socket.send(message)
async def main():
    options = {"max_size": None, "subprotocols": ["b", "a"]}
    server = await websockets.asyncio.server.serve(echo, "127.0.0.1", 0, **options)
    print(next(iter(server.sockets)).getsockname()[1], flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""
AIOHTTP_SERVER = """
import asyncio, os
from aiohttp import web
async def echo(request):
    socket = web.WebSocketResponse(max_msg_size=0, protocols=["b", "a"])
    await socket.prepare(request)
    async for message in socket:
        if message.data == "leave":
            os._exit(0)
        is_text = isinstance(message.data, str)
        await (socket.send_str if is_text else socket.send_bytes)(message.data)
    return socket
async def main():
    application = web.Application()
    application.router.add_get("/", echo)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


@pytest.mark.parametrize(
    "package, code", [("websockets", WEBSOCKETS_SERVER), ("aiohttp", AIOHTTP_SERVER)]
)
class TestServers:
    async def test_messages_come_back(self, package: str, code: str) -> None:
        async with running(with_package(package), "-c", code) as process:
            assert process.stdout is not None
            port = int(await process.stdout.readline())
            socket = WebSocket(f"ws://127.0.0.1:{port}/", ["a", "c"])
            socket.binaryType = "arraybuffer"
            log = Log(socket)
            await log.is_open.wait()
            assert (socket.protocol, socket.extensions.partition(";")[0]) == (
                "a",
                "permessage-deflate",
            )
            messages: list[str | bytes] = [
                "text",
                b"\1\2\3",
                "",
                "ä€😀x" * (BIG // 10),
                bytes(BIG),
                *map(str, range(MANY)),
            ]
            for message in messages:
                socket.send(message)
            assert [await log.messages.get() for _ in messages] == messages
            socket.close(3001, "enough")
            await log.is_closed.wait()
            (_, (_, close_code, _, was_clean)) = log.events
            assert (close_code, was_clean) in ((3001, True), (1000, True))  # aiohttp says its own

    async def test_one_that_leaves_without_a_word_is_1006(self, package: str, code: str) -> None:
        async with running(with_package(package), "-c", code) as process:
            assert process.stdout is not None
            socket = WebSocket(f"ws://127.0.0.1:{int(await process.stdout.readline())}/")
            log = Log(socket)
            await log.is_open.wait()
            socket.send("leave")
            await log.is_closed.wait()
            assert log.events == [("open",), ("error",), ("close", 1006, "", False)]
