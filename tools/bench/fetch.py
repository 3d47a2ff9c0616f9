"""Fetch's classes: Headers beside starlette's, forms beside the PyPI package `multipart`, where
those are installed.

A ratio above 1 means that ours is the faster. "form" reads a thousand fields, "file" a file of 8
MiB, both with their encoding.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from importlib import import_module
from statistics import median
from time import perf_counter
from typing import Any

from worker_runtime import File, FormData, Headers, Request, Response

ROUNDS = 15
FIELDS = {
    "Host": "api.example.com",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-US,en;q=0.5", "Accept-Encoding": "gzip, deflate, br",
    "Referer": "https://example.com/start", "DNT": "1", "Connection": "keep-alive",
    "Cookie": "session=0123456789abcdef; theme=dark", "Upgrade-Insecure-Requests": "1",
    "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Cache-Control": "max-age=0",
    "X-Request-Id": "7f3f2c1e",
}  # fmt: skip


def main() -> None:
    """Print a row for each task: the medians of interleaved rounds, and the other's time over
    ours.
    """
    print(f"{'task':34} {'ours':>11} {'theirs':>11} {'ratio':>6}")
    theirs = from_module("starlette.datastructures", headers_of)
    compare("Headers: 14 fields, 3 gets, iterate", 2000, headers_of(Headers), theirs)
    for name, form_data in (
        ("form: 1,000 fields", form_of_fields()),
        ("file: 8 MiB", form_of_a_file()),
    ):
        body, content_type = asyncio.run(encode(form_data))
        theirs = from_module(
            "multipart", lambda module: parse_with_multipart(module, body, content_type)
        )
        compare(name, 5, lambda: asyncio.run(read_form(body, content_type)), theirs)
    compare('Response("Hello World")', 20_000, lambda: Response("Hello World"), None)
    compare(
        "Response.json({...})",
        10_000,
        lambda: Response.json({"hello": "world", "list": [1, 2, 3]}),
        None,
    )
    compare("Request(url)", 5_000, lambda: Request("https://example.com/path?query"), None)


def compare(
    name: str, repeats: int, ours: Callable[[], object], theirs: Callable[[], object] | None
) -> None:
    """Measure one task in rounds, ours and theirs in turn."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for task, durations in zip((ours, theirs), times, strict=True):
            if task is not None:
                start = perf_counter()
                for _ in range(repeats):
                    task()
                durations.append((perf_counter() - start) / repeats)
    row = f"{name:34} {median(times[0]) * 1e6:8.1f} us"
    if theirs is not None:
        row += f" {median(times[1]) * 1e6:8.1f} us {median(times[1]) / median(times[0]):6.2f}"
    print(row)


def from_module(
    name: str, make: Callable[[Any], Callable[[], object]]
) -> Callable[[], object] | None:
    """What is made of a module, or None where it is not installed."""
    try:
        return make(import_module(name))
    except ImportError:
        return None


def headers_of(interface: Any) -> Callable[[], object]:
    """Build, look up, iterate: what a handler does. Both take a mapping, and starlette's iteration
    over pairs is `items`.
    """
    constructor = getattr(interface, "Headers", interface)

    def task() -> list[tuple[str, str]]:
        headers = constructor(FIELDS)
        headers.get("host")
        headers.get("User-Agent")
        headers.get("x-missing")
        return [
            (name, value)
            for name, value in (headers.entries if constructor is Headers else headers.items)()
        ]

    return task


def form_of_fields() -> FormData:
    """A thousand short fields."""
    form_data = FormData()
    for index in range(1000):
        form_data.append(f"field-{index}", f"value of field {index}")
    return form_data


def form_of_a_file() -> FormData:
    """One file of 8 MiB, with a line break here and there as in any binary file."""
    form_data = FormData()
    form_data.append(
        "file", File([bytes(range(256)) * 32768], "file.bin", type="application/octet-stream")
    )
    return form_data


async def encode(form_data: FormData) -> tuple[bytes, str]:
    """The form as bytes, and its Content-Type."""
    response = Response(form_data)
    return await response.bytes(), response.headers.get("content-type") or ""


async def read_form(body: bytes, content_type: str) -> FormData:
    """What a handler does with a form."""
    return await Response(body, headers={"content-type": content_type}).formData()


def parse_with_multipart(module: Any, body: bytes, content_type: str) -> Callable[[], object]:
    """The same with the package `multipart`, without its limits."""
    boundary = content_type.partition("boundary=")[2]
    limit = 1 << 30

    def task() -> list[Any]:
        parser = module.MultipartParser(
            io.BytesIO(body),
            boundary,
            part_limit=limit,
            memory_limit=limit,
            spool_limit=limit,
            partsize_limit=limit,
        )
        return [(part.name, part.file if part.filename else part.value) for part in parser]

    return task
