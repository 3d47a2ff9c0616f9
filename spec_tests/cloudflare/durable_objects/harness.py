"""A world with Durable Objects that do what a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from worker_runtime.host.bus_member import BusMember
from worker_runtime.host.memory_bus import MemoryBroker
from worker_runtime.host.storage.object_database import FolderOfDatabases
from worker_runtime.testing import World
from worker_runtime.webidl.promises import Promise, a_new_promise, resolve

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


@asynccontextmanager
async def listeners(**wanted: Callable[..., Any]) -> AsyncIterator[tuple[World, Any]]:
    """A world whose WebSockets an object accepts, and a stub of it."""
    operations.clear()
    operations.update(wanted)
    instances.clear()
    async with World(WORKER, durable={"LISTENER": "Listener"}) as world:
        yield world, world.durable["LISTENER"].getByName("it")


class Process(World):
    """A world that is as a process of a server which has others."""

    def __init__(self, folder: Path, broker: MemoryBroker, bus: BusMember) -> None:
        databases = FolderOfDatabases(folder)
        super().__init__(WORKER, durable={"SUBJECT": "Subject"}, databases=databases, bus=bus)
        self.broker = broker
        self.bus = bus

    def stub(self, name: str = "it") -> Any:
        return self.durable["SUBJECT"].getByName(name)

    def has(self, name: str = "it") -> bool:
        """Whether there is an instance of an object here."""
        return str(self.stub(name).id) in self.durable["SUBJECT"]._space.containers

    def kill(self) -> None:
        """It is as if the system had ended it."""
        self.broker.kill(self.bus.member)


@asynccontextmanager
async def processes(
    folder: Path, count: int = 2, **wanted: Callable[..., Any]
) -> AsyncIterator[list[Process]]:
    """Processes of one server, each with the same class of objects, in one event loop."""
    operations.clear()
    operations.update(wanted)
    instances.clear()
    broker = MemoryBroker()
    async with AsyncExitStack() as stack:
        worlds = []
        for _ in range(count):
            process = Process(folder, broker, await broker.join())
            stack.callback(process.databases.close)
            worlds.append(await stack.enter_async_context(process))
        await worlds[0].advance(seconds=0)  # who wakes is agreed on
        yield worlds


async def some_turns(count: int = 5) -> None:
    """Wait without time: others have their turn."""
    for _ in range(count):
        await asyncio.sleep(0)


def note_commits(it: Any, log: list[str]) -> None:
    """Let each implicit commit of an object be noted."""
    gate = it.ctx._container.output_gate
    commit = gate.commit

    def commit_and_note() -> None:
        log.append("commit")
        commit()

    gate.commit = commit_and_note


def use_a_slow_disk(it: Any, log: list[str]) -> None:
    """Let it take a second until what an object has committed is durable."""
    gate, clock = it.ctx._container.output_gate, it.ctx._container.space.host.clock

    def make_durable() -> Promise[None]:
        promise: Promise[None] = a_new_promise()

        def done() -> None:
            log.append("durable")
            resolve(promise)

        clock.call_later(1, done)
        return promise

    gate.make_durable = make_durable
