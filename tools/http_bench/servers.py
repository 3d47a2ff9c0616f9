"""Servers: each is a process of its own, this file run by some Python.

    python3 -P tools/http_bench/servers.py ours hello

It prints its port. For each line that it is sent it prints something back: "count" begins to count
calls, "counted N" ends that, and what it prints are the calls of each of N requests, as JSON.
"""

from __future__ import annotations

import asyncio
import gc
import json
import re
import socket
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "reference")]

from tools.http_bench.calls import CallCounter  # noqa: E402
from tools.http_bench.scenarios import CHUNK, CHUNK_COUNT, HELLO, SCENARIOS  # noqa: E402


def announce(port: int) -> None:
    """Say where this server listens, and from now on answer questions."""
    loop = asyncio.get_running_loop()
    threading.Thread(target=answer_questions, args=(loop,), daemon=True).start()
    print(port, flush=True)


def answer_questions(loop: asyncio.AbstractEventLoop) -> None:
    """Count calls, as the lines of the standard input say."""
    counter = CallCounter()

    def answer(word: str, number: str) -> None:
        if word == "count":
            counter.start()
            print(flush=True)
        else:
            print(json.dumps(counter.stop(int(number))._asdict()), flush=True)

    for line in sys.stdin:
        word, _, number = line.strip().partition(" ")
        loop.call_soon_threadsafe(answer, word, number)


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


# ---- ours ----------------------------------------------------------------------------------------


@asynccontextmanager
async def serving(scenario: str) -> AsyncIterator[int]:
    """The worker of a scenario, as `serve` serves it without a log; gives its port."""
    from worker_runtime.host.network import TCPAddress
    from worker_runtime.runtime.runtime import Runtime
    from worker_runtime.server.answering import request_handler
    from worker_runtime.server.listener import Listener
    from worker_runtime.server.service import Service

    with TemporaryDirectory() as folder:
        file = Path(folder, "worker.py")
        file.write_text(SCENARIOS[scenario].worker, "utf-8")
        async with Runtime() as runtime:
            worker = await runtime.start(file)
            listener = Listener(Service(request_handler(worker, None)))
            [address] = await listener.listen(TCPAddress("127.0.0.1", 0))
            assert isinstance(address, TCPAddress)
            gc.freeze()
            yield address.port
            await listener.drain()


async def serve_ours(scenario: str) -> None:
    """Serve the worker of a scenario."""
    async with serving(scenario) as port:
        announce(port)
        await asyncio.Event().wait()


# ---- bare asyncio streams ------------------------------------------------------------------------


def canned(content: bytes) -> bytes:
    """A whole response."""
    return (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/plain;charset=UTF-8\r\ncontent-length: %d\r\n"
        b"date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n%b" % (len(content), content)
    )


CANNED_HELLO = canned(HELLO)
CHUNKED_HEAD = (
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n"
)
FRAMED_CHUNK = b"%x\r\n%b\r\n" % (len(CHUNK), CHUNK)


async def answer_barely(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The least that asyncio's streams can do for a request: it looks at nothing that it need not
    know.
    """
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            if head.startswith(b"GET /stream"):
                writer.write(CHUNKED_HEAD)
                for _ in range(CHUNK_COUNT):
                    writer.write(FRAMED_CHUNK)
                    await writer.drain()
                writer.write(b"0\r\n\r\n")
            elif head.startswith(b"POST"):
                length = int(head.partition(b"Content-Length: ")[2].partition(b"\r")[0])
                content = await reader.readexactly(length)
                if head.startswith(b"POST /json"):
                    value = json.dumps(json.loads(content), separators=(",", ":"))
                    writer.write(canned(value.encode()))
                else:
                    parts = content.split(b"\r\n--" + content[2 : content.index(b"\r\n")])
                    name, _, file, _ = [part.partition(b"\r\n\r\n")[2] for part in parts]
                    writer.write(canned(b"%b %d" % (name, len(file))))
            elif head.startswith(b"GET /items/"):
                target = head[4 : head.index(b" ", 4)]
                path, _, query = target.partition(b"?")
                language = head.partition(b"Accept-Language: ")[2].partition(b"\r")[0]
                writer.write(canned(b"%b %b %b" % (path, query.removeprefix(b"page="), language)))
            else:
                if head.startswith(b"GET /wait"):
                    await asyncio.sleep(0)
                writer.write(CANNED_HELLO)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def serve_barely(scenario: str) -> None:
    """Serve with asyncio's streams."""
    server = await asyncio.start_server(answer_barely, "127.0.0.1", 0)
    announce(server.sockets[0].getsockname()[1])
    await asyncio.Event().wait()


# ---- uvicorn, alone and below Starlette ----------------------------------------------------------


async def asgi_application(scope: Any, receive: Any, send: Any) -> None:
    """What the workers do, by ASGI alone."""
    path = scope["path"]
    type = b"text/plain;charset=UTF-8"
    if path == "/stream":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(CHUNK_COUNT):
            await send({"type": "http.response.body", "body": CHUNK, "more_body": True})
        await send({"type": "http.response.body"})
        return
    content = HELLO
    if path == "/wait":
        await asyncio.sleep(0)
    elif path == "/json":
        received = b""
        more = True
        while more:
            message = await receive()
            received += message.get("body", b"")
            more = message.get("more_body", False)
        content = json.dumps(json.loads(received), separators=(",", ":")).encode()
        type = b"application/json"
    elif path.startswith("/items/"):
        page = re.search(rb"(?:^|&)page=([^&]*)", scope["query_string"])
        language = dict(scope["headers"]).get(b"accept-language", b"")
        content = b"%b %b %b" % (path.encode(), page[1] if page else b"", language)
    fields = [(b"content-type", type), (b"content-length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": 200, "headers": fields})
    await send({"type": "http.response.body", "body": content})


def starlette_application() -> Any:
    """What the workers do, by Starlette."""
    applications: Any = import_module("starlette.applications")
    responses: Any = import_module("starlette.responses")
    routing: Any = import_module("starlette.routing")

    async def hello(request: Any) -> Any:
        return responses.PlainTextResponse("Hello World")

    async def wait(request: Any) -> Any:
        await asyncio.sleep(0)
        return responses.PlainTextResponse("Hello World")

    async def item(request: Any) -> Any:
        url = request.url
        page, language = request.query_params["page"], request.headers.get("accept-language")
        return responses.PlainTextResponse(f"{url.path} {page} {language}")

    async def echo(request: Any) -> Any:
        return responses.JSONResponse(await request.json())

    async def upload(request: Any) -> Any:
        async with request.form() as form:
            return responses.PlainTextResponse(f"{form['name']} {form['file'].size}")

    async def stream(request: Any) -> Any:
        return responses.StreamingResponse(chunks())

    routes = [
        routing.Route("/", hello),
        routing.Route("/wait", wait),
        routing.Route("/items/{number}", item),
        routing.Route("/json", echo, methods=["POST"]),
        routing.Route("/form", upload, methods=["POST"]),
        routing.Route("/stream", stream),
    ]
    return applications.Starlette(routes=routes)


async def chunks() -> AsyncIterator[bytes]:
    """A mebibyte."""
    for _ in range(CHUNK_COUNT):
        yield CHUNK


async def serve_with_uvicorn(application: Any, **options: str) -> None:
    """Serve an ASGI application."""
    uvicorn: Any = import_module("uvicorn")
    port = free_port()
    config = uvicorn.Config(
        application, port=port, log_level="warning", access_log=False, lifespan="off", **options
    )
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    announce(port)
    await serving


async def serve_with_uvicorn_h11(scenario: str) -> None:
    """uvicorn in pure Python."""
    await serve_with_uvicorn(asgi_application, http="h11")


async def serve_with_uvicorn_httptools(scenario: str) -> None:
    """uvicorn with its C."""
    await serve_with_uvicorn(asgi_application, http="httptools")


async def serve_with_starlette(scenario: str) -> None:
    """Starlette on uvicorn with its C."""
    await serve_with_uvicorn(starlette_application(), http="httptools")


# ---- aiohttp -------------------------------------------------------------------------------------


async def serve_with_aiohttp(scenario: str) -> None:
    """aiohttp; AIOHTTP_NO_EXTENSIONS in its environment decides about its C."""
    web: Any = import_module("aiohttp.web")

    async def hello(request: Any) -> Any:
        return web.Response(text="Hello World")

    async def wait(request: Any) -> Any:
        await asyncio.sleep(0)
        return web.Response(text="Hello World")

    async def item(request: Any) -> Any:
        language = request.headers.get("Accept-Language")
        return web.Response(text=f"{request.url.path} {request.url.query['page']} {language}")

    async def echo(request: Any) -> Any:
        return web.json_response(await request.json())

    async def upload(request: Any) -> Any:
        form = await request.post()
        return web.Response(text=f"{form['name']} {len(form['file'].file.read())}")

    async def stream(request: Any) -> Any:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        for _ in range(CHUNK_COUNT):
            await response.write(CHUNK)
        return response

    application = web.Application()
    application.router.add_get("/", hello)
    application.router.add_get("/wait", wait)
    application.router.add_get("/items/{number}", item)
    application.router.add_post("/json", echo)
    application.router.add_post("/form", upload)
    application.router.add_get("/stream", stream)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    announce(port)
    await asyncio.Event().wait()


SERVERS: dict[str, Callable[[str], Awaitable[None]]] = {
    "ours": serve_ours,
    "bare": serve_barely,
    "uvicorn-h11": serve_with_uvicorn_h11,
    "uvicorn-httptools": serve_with_uvicorn_httptools,
    "starlette": serve_with_starlette,
    "aiohttp": serve_with_aiohttp,
}


async def serve(name: str, scenario: str) -> None:
    """Be one of the servers."""
    await SERVERS[name](scenario)


if __name__ == "__main__":
    if "uvloop" in sys.argv[3:]:
        import_module("uvloop").run(serve(sys.argv[1], sys.argv[2]))
    else:
        asyncio.run(serve(sys.argv[1], sys.argv[2]))
