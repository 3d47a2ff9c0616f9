"""Scenarios: what is asked, and the worker that answers it here. The other servers answer the same
paths with the same content.
"""

from __future__ import annotations

import json
from typing import NamedTuple

HELLO = b"Hello World"
CHUNK = bytes(64 * 1024)
CHUNK_COUNT = 16
DOCUMENT = {
    "id": 1729,
    "customer": {"name": "Ada Lovelace", "city": "London", "is_new": False},
    "items": [
        {"name": f"Item {number}", "price": number + 0.99, "tags": ["a", "b"], "in_stock": True}
        for number in range(20)
    ],
}
FILE = bytes(range(256)) * 64
BOUNDARY = b"----WebKitFormBoundary7MA4YWxkTrZu0gW"
BROWSER_FIELDS = (
    b"Connection: keep-alive\r\nCache-Control: max-age=0\r\nUpgrade-Insecure-Requests: 1\r\n"
    b"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    b"Chrome/128.0.0.0 Safari/537.36\r\n"
    b"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
    b'\r\nSec-Ch-Ua: "Chromium";v="128", "Not;A=Brand";v="24"\r\nSec-Ch-Ua-Mobile: ?0\r\n'
    b'Sec-Ch-Ua-Platform: "Linux"\r\nSec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\n'
    b"Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en-US,en;q=0.9\r\n"
)

EVENT_WORKER = """\
from worker_runtime import Response, addEventListener
addEventListener("fetch", lambda event: event.respondWith(Response("Hello World")))
"""
HELLO_WORKER = """\
from worker_runtime import Response

async def fetch(request, env, ctx):
    return Response("Hello World")
"""
WAITING_WORKER = """\
import asyncio
from worker_runtime import Response

async def fetch(request, env, ctx):
    await asyncio.sleep(0)
    return Response("Hello World")
"""
ROUTES_WORKER = """\
from worker_runtime import URL, Response

async def fetch(request, env, ctx):
    url = URL(request.url)
    if url.pathname.startswith("/items/"):
        page = url.searchParams.get("page")
        return Response(f"{url.pathname} {page} {request.headers.get('accept-language')}")
    return Response("Not found", status=404)
"""
JSON_WORKER = """\
from worker_runtime import Response

async def fetch(request, env, ctx):
    return Response.json(await request.json())
"""
FORM_WORKER = """\
from worker_runtime import Response

async def fetch(request, env, ctx):
    form = await request.formData()
    return Response(f"{form.get('name')} {form.get('file').size}")
"""
PULL_WORKER = """\
from worker_runtime import ReadableStream, Response

CHUNK = bytes(64 * 1024)

async def fetch(request, env, ctx):
    left = 16

    def pull(controller):
        nonlocal left
        if left == 0:
            controller.close()
        else:
            left -= 1
            controller.enqueue(CHUNK)

    return Response(ReadableStream({"pull": pull}))
"""
GENERATOR_WORKER = """\
from worker_runtime import ReadableStream, Response

CHUNK = bytes(64 * 1024)

async def chunks():
    for _ in range(16):
        yield CHUNK

async def fetch(request, env, ctx):
    return Response(ReadableStream.from_(chunks()))
"""


class Scenario(NamedTuple):
    """`requests` are sent one after another on each connection, over and over."""

    name: str
    worker: str
    requests: tuple[bytes, ...]
    content_length: int  # of each response
    connections: int = 64  # and how many requests a round has, for each of them:
    requests_a_connection: int = 80


def get(path: str, fields: bytes = b"") -> bytes:
    """A request without content."""
    return b"GET %b HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n%b\r\n" % (path.encode(), fields)


def post(path: str, type: bytes, content: bytes) -> bytes:
    """A request with content."""
    fields = b"Host: 127.0.0.1:8000\r\nContent-Type: %b\r\nContent-Length: %d\r\n" % (
        type,
        len(content),
    )
    return b"POST %b HTTP/1.1\r\n%b\r\n%b" % (path.encode(), fields, content)


def form() -> bytes:
    """Two fields and a file of 16 KiB."""
    parts = (
        (b'name="name"', b"Ada Lovelace"),
        (b'name="city"', b"London"),
        (b'name="file"; filename="a.bin"\r\nContent-Type: application/octet-stream', FILE),
    )
    return b"".join(
        b"--%b\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n" % (BOUNDARY, head, content)
        for head, content in parts
    ) + b"--%b--\r\n" % (BOUNDARY,)


JSON_TEXT = json.dumps(DOCUMENT, separators=(",", ":")).encode()
LANGUAGE = b"Accept-Language: en-US,en;q=0.9\r\n"

SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("hello, event form", EVENT_WORKER, (get("/"),), len(HELLO)),
        Scenario("hello", HELLO_WORKER, (get("/"),), len(HELLO)),
        Scenario("hello that waits", WAITING_WORKER, (get("/wait"),), len(HELLO)),
        Scenario(
            "routes",
            ROUTES_WORKER,
            tuple(get(f"/items/{1000 + number}?page=2", LANGUAGE) for number in range(64)),
            len(b"/items/1000 2 en-US,en;q=0.9"),
        ),
        Scenario(
            "14 fields, changing",
            HELLO_WORKER,
            tuple(
                get("/", BROWSER_FIELDS + b"Cookie: session=%032x\r\n" % number)
                for number in range(64)
            ),
            len(HELLO),
        ),
        Scenario(
            "JSON echo",
            JSON_WORKER,
            (post("/json", b"application/json", JSON_TEXT),),
            len(JSON_TEXT),
            requests_a_connection=32,
        ),
        Scenario(
            "form upload",
            FORM_WORKER,
            (post("/form", b"multipart/form-data; boundary=" + BOUNDARY, form()),),
            len(b"Ada Lovelace 16384"),
            requests_a_connection=16,
        ),
        Scenario(
            "1 MiB, pull source",
            PULL_WORKER,
            (get("/stream"),),
            CHUNK_COUNT * len(CHUNK),
            connections=16,
            requests_a_connection=40,
        ),
        Scenario(
            "1 MiB, async generator",
            GENERATOR_WORKER,
            (get("/stream"),),
            CHUNK_COUNT * len(CHUNK),
            connections=16,
            requests_a_connection=40,
        ),
    )
}
