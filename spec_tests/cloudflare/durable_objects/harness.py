"""A world with Durable Objects that do what a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from worker_runtime.testing import World

WORKER = Path(__file__).with_name("objects.py")

# What a test wants the objects to do, by the name of an operation, and the instances there were.
operations: dict[str, Callable[..., Any]] = {}
instances: list[Any] = []


@asynccontextmanager
async def objects(**wanted: Callable[..., Any]) -> AsyncIterator[tuple[World, Any]]:
    """A world, and a stub of an object in it. `await stub.run("name", ...)` does one."""
    operations.clear()
    operations.update(wanted)
    instances.clear()
    async with World(WORKER, durable={"SUBJECT": "Subject"}) as world:
        yield world, world.durable["SUBJECT"].getByName("it")


async def some_turns(count: int = 5) -> None:
    """Wait without time: others have their turn."""
    for _ in range(count):
        await asyncio.sleep(0)
