"""What the tests of streams share: sources and sinks that note what happens to them, and tables of
states and operations.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from worker_runtime import (
    Promise,
    ReadableStream,
    ReadableStreamDefaultController,
    TransformStreamDefaultController,
    WritableStreamDefaultController,
)


class Failure(Exception):
    """An error that no part of the platform makes."""


FAILURE = Failure("failure")


async def turns(count: int = 4) -> None:
    """Let everything happen that can happen by itself."""
    for _ in range(count):
        await asyncio.sleep(0)


async def collect(stream: ReadableStream) -> list[Any]:
    """The chunks of a stream."""
    return [chunk async for chunk in stream]


class Source:
    """An underlying source that notes its calls; what it does in them can be set."""

    def __init__(self, **members: Any) -> None:
        self.events: list[Any] = []
        self.controller: Any = None
        self.members = members

    def start(self, controller: ReadableStreamDefaultController) -> Any:
        self.controller = controller
        return self.members.get("start", lambda controller: None)(controller)

    def pull(self, controller: ReadableStreamDefaultController) -> Any:
        self.events.append("pull")
        return self.members.get("pull", lambda controller: None)(controller)

    def cancel(self, reason: object) -> Any:
        self.events.append(("cancel", reason))
        return self.members.get("cancel", lambda reason: None)(reason)


class ByteSource(Source):
    """The same for a byte stream."""

    type = "bytes"

    def __init__(self, autoAllocateChunkSize: int | None = None, **members: Any) -> None:
        super().__init__(**members)
        self.autoAllocateChunkSize = autoAllocateChunkSize


class Sink:
    """An underlying sink that notes its calls; what it does in them can be set."""

    def __init__(self, **members: Any) -> None:
        self.events: list[Any] = []
        self.controller: Any = None
        self.members = members

    def start(self, controller: WritableStreamDefaultController) -> Any:
        self.controller = controller
        return self.members.get("start", lambda controller: None)(controller)

    def write(self, chunk: object, controller: WritableStreamDefaultController) -> Any:
        self.events.append(("write", chunk))
        return self.members.get("write", lambda chunk, controller: None)(chunk, controller)

    def close(self) -> Any:
        self.events.append("close")
        return self.members.get("close", lambda: None)()

    def abort(self, reason: object) -> Any:
        self.events.append(("abort", reason))
        return self.members.get("abort", lambda reason: None)(reason)


class Transformer:
    """A transformer that notes its calls; what it does in them can be set. Chunks pass as they
    are.
    """

    def __init__(self, **members: Any) -> None:
        self.events: list[Any] = []
        self.controller: Any = None
        self.members = members

    def start(self, controller: TransformStreamDefaultController) -> Any:
        self.controller = controller
        return self.members.get("start", lambda controller: None)(controller)

    def transform(self, chunk: object, controller: TransformStreamDefaultController) -> Any:
        self.events.append(("transform", chunk))
        return self.members.get("transform", lambda chunk, controller: controller.enqueue(chunk))(
            chunk, controller
        )

    def flush(self, controller: TransformStreamDefaultController) -> Any:
        self.events.append("flush")
        return self.members.get("flush", lambda controller: None)(controller)

    def cancel(self, reason: object) -> Any:
        self.events.append(("cancel", reason))
        return self.members.get("cancel", lambda reason: None)(reason)


def table(text: str) -> list[tuple[str, str, str]]:
    """The cells of a table: (state, operation, outcome), from the heads of the columns and of the
    rows.
    """
    (_, *states), *rows = [
        [cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()
    ]
    return [
        (state, row[0], outcome)
        for row in rows
        for state, outcome in zip(states, row[1:], strict=True)
    ]


async def outcome_of(operation: Callable[[], Any]) -> str:
    """What an operation does, in a few words."""
    try:
        result = operation()
    except Exception as error:
        return f"raises {type(error).__name__}"
    if not isinstance(result, Promise):
        return describe(result)
    settled: list[str] = []
    result.then(
        lambda value: settled.append(describe(value)),
        lambda reason: settled.append(f"rejects {type(reason).__name__}"),
    )
    await turns()
    return settled[0] if settled else "pending"


def describe(value: object) -> str:
    """A value in a few words."""
    if isinstance(value, tuple):
        return "done" if value[1] else f"{value[0]!r}"
    if value is None or isinstance(value, (bool, int, float, str, bytes)):
        return repr(value)
    return "an object"
