"""What cannot be meant: values that Python's users pass, where a string, a buffer, a function or an
object is wanted, are a TypeError in every operation.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from spec_tests.fakes import running_worker
from worker_runtime import (
    URL,
    AbortSignal,
    Blob,
    CompressionStream,
    Event,
    EventTarget,
    File,
    FormData,
    Headers,
    Promise,
    ReadableStream,
    Request,
    Response,
    TextDecoder,
    TextEncoder,
    TransformStream,
    URLPattern,
    URLSearchParams,
    WebSocket,
    WritableStream,
    atob,
    btoa,
    caches,
    crypto,
    fetch,
    queueMicrotask,
    setTimeout,
)
from worker_runtime.webidl.promises import is_fulfilled

A = "https://a.example/"


async def coroutine() -> str:
    return "x"


def function() -> str:
    return "x"


class Thing:
    """Has nothing."""


VALUES: dict[str, Callable[[], Any]] = {
    "list": lambda: ["a"],
    "dict": lambda: {"a": 1},
    "tuple": lambda: ("a", 1),
    "set": lambda: {"a"},
    "path": lambda: Path("f"),
    "coroutine": coroutine,
    "promise": lambda: Promise.resolve("x"),
    "function": lambda: function,
    "class": lambda: Thing,
    "object": object,
}

# Each with the values that it takes after all.
OPERATIONS: dict[str, tuple[Callable[[Any], object], str]] = {
    "Headers()": (Headers, "dict"),
    "Headers({})": (lambda v: Headers({"a": v}), ""),
    "append of headers": (lambda v: Headers().append("a", v), ""),
    "append of headers, name": (lambda v: Headers().append(v, "a"), ""),
    "get of headers": (lambda v: Headers().get(v), ""),
    "has of headers": (lambda v: Headers().has(v), ""),
    "in headers": (lambda v: v in Headers(), ""),
    "URL()": (URL, ""),
    "URL(, base)": (lambda v: URL("/", v), ""),
    "href": (lambda v: setattr(URL(A), "href", v), ""),
    "search": (lambda v: setattr(URL(A), "search", v), ""),
    "URLSearchParams()": (URLSearchParams, "dict"),
    "append of parameters": (lambda v: URLSearchParams().append("a", v), ""),
    "get of parameters": (lambda v: URLSearchParams().get(v), ""),
    "Request()": (Request, ""),
    "Request(, init)": (lambda v: Request(A, v), ""),
    "Request(method)": (lambda v: Request(A, method=v), ""),
    "Request(body)": (lambda v: Request(A, method="POST", body=v), ""),
    "Request(signal)": (lambda v: Request(A, signal=v), ""),
    "Request(cache)": (lambda v: Request(A, cache=v), ""),
    "fetch()": (fetch, ""),
    "Response()": (Response, ""),
    "Response(, init)": (lambda v: Response("", v), ""),
    "Response(status)": (lambda v: Response("", status=v), ""),
    "Response(headers)": (lambda v: Response("", headers=v), "dict"),
    "Response.json()": (Response.json, "list dict tuple"),
    "Response.redirect()": (Response.redirect, ""),
    "Blob()": (Blob, "list dict tuple set"),
    "Blob([])": (lambda v: Blob([v]), ""),
    "Blob(type)": (lambda v: Blob([], type=v), ""),
    "File()": (lambda v: File([], v), ""),
    "append of a form": (lambda v: FormData().append("a", v), ""),
    "append of a form, name": (lambda v: FormData().append(v, "a"), ""),
    "TextEncoder.encode()": (lambda v: TextEncoder().encode(v), ""),
    "TextDecoder()": (TextDecoder, ""),
    "TextDecoder.decode()": (lambda v: TextDecoder().decode(v), ""),
    "atob()": (atob, ""),
    "btoa()": (btoa, ""),
    "Event()": (Event, ""),
    "Event(, init)": (lambda v: Event("x", v), ""),
    "dispatchEvent()": (lambda v: EventTarget().dispatchEvent(v), ""),
    "addEventListener()": (lambda v: EventTarget().addEventListener(v, print), ""),
    "addEventListener(, listener)": (
        lambda v: EventTarget().addEventListener("x", v),
        "function class object",
    ),
    "addEventListener(signal)": (
        lambda v: EventTarget().addEventListener("x", print, signal=v),
        "",
    ),
    "setTimeout()": (setTimeout, "function class"),
    "setTimeout(, ms)": (lambda v: setTimeout(print, v), ""),
    "queueMicrotask()": (queueMicrotask, "function class"),
    "ReadableStream()": (ReadableStream, "object"),
    "ReadableStream(pull)": (lambda v: ReadableStream({"pull": v}), "function class"),
    "WritableStream()": (WritableStream, "object"),
    "TransformStream()": (TransformStream, "object"),
    "from_()": (ReadableStream.from_, "list dict tuple set"),
    "pipeTo()": (lambda v: ReadableStream().pipeTo(v), ""),
    "pipeThrough()": (lambda v: ReadableStream().pipeThrough(v), ""),
    "CompressionStream()": (lambda v: CompressionStream(v), ""),
    "URLPattern({})": (lambda v: URLPattern({"pathname": v}), ""),
    "digest()": (lambda v: crypto.subtle.digest("SHA-256", v), ""),
    "getRandomValues()": (lambda v: crypto.getRandomValues(v), ""),
    "caches.open()": (caches.open, ""),
    "caches.match()": (caches.match, ""),
    "put": (lambda v: caches.default.put(A, v), ""),
    "AbortSignal.any()": (AbortSignal.any, ""),
    "AbortSignal.timeout()": (AbortSignal.timeout, ""),
    "WebSocket()": (WebSocket, ""),
    "then()": (lambda v: Promise.resolve().then(v), "function class"),
}  # fmt: skip


async def outcome_of(operation: Callable[[Any], object], value: object) -> None:
    """What the operation raises, or its promise is rejected with."""
    try:
        result = operation(value)
        if isinstance(result, Promise) and not is_fulfilled(result):
            await result
    finally:
        if isinstance(value, Coroutine):
            value.close()


@pytest.mark.parametrize("name", OPERATIONS)
async def test_it_is_a_type_error(name: str) -> None:
    operation, taken = OPERATIONS[name]
    with running_worker(), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        for kind, make in VALUES.items():
            if kind in taken.split():
                await outcome_of(operation, make())
            else:
                with pytest.raises(TypeError):
                    await outcome_of(operation, make())
                    pytest.fail(f"{name} took a {kind}")


def test_the_type_checker_refuses_it_too() -> None:
    """The comments are errors themselves where mypy --strict finds nothing to ignore."""
    for wrong in (
        lambda: Response("", headers={"X": ["a", "b"]}),  # type: ignore[arg-type]
        lambda: Response({"a": 1}),  # type: ignore[arg-type]
        lambda: Response(Path("f")),  # type: ignore[arg-type]
        lambda: Response("", 404),  # type: ignore[arg-type]
        lambda: Response("", state=404),  # type: ignore[call-arg]
        lambda: Headers({"X": ["a"]}),  # type: ignore[arg-type]
        lambda: URLSearchParams({"q": ["a"]}),  # type: ignore[arg-type]
        lambda: Request(A, body={"a": 1}, method="POST"),  # type: ignore[arg-type]
        lambda: btoa(b"x"),  # type: ignore[arg-type]
        lambda: Event("x", {"bubble": True}),  # type: ignore[arg-type]
    ):
        with pytest.raises(TypeError):
            wrong()
    assert dict(Headers({"a": "1"})) == {"a": "1"}
    assert dict(URLSearchParams("a=1")) == {"a": "1"}
