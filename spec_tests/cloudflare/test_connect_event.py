"""SPEC_NOTES.md, "Connect events"."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from spec_tests.service_workers.harness import Site, site_with
from worker_runtime import ConnectEvent, Socket
from worker_runtime.cloudflare.connect_event import ConnectResult, create, fire_a_connect_event
from worker_runtime.cloudflare.module_worker import add_module_handlers
from worker_runtime.host.byte_stream import ByteStream
from worker_runtime.host.memory_network import MemoryNetwork
from worker_runtime.host.network import TCPAddress
from worker_runtime.html.settings_objects import EnvironmentSettingsObject
from worker_runtime.testing import World, in_virtual_time

spec = pytest.mark.spec


@asynccontextmanager
async def ends() -> AsyncIterator[tuple[ByteStream, ByteStream]]:
    network, accepted = MemoryNetwork(), list[ByteStream]()
    await network.listen(TCPAddress("127.0.0.1", 1), accepted.append)
    client = await network.dial(TCPAddress("127.0.0.1", 1))
    yield client, accepted[0]
    client.abort()
    await accepted[0].wait_closed()


async def fire(
    listener: Callable[[ConnectEvent], object], client: Callable[[ByteStream], Any]
) -> tuple[ConnectResult, Any, Site]:
    """What comes of an event, and what the client comes to."""
    site = await site_with(lambda scope: scope.addEventListener("connect", listener))
    async with ends() as (stream, server):
        firing = asyncio.ensure_future(fire_a_connect_event(site.registration, server))
        outcome = await client(stream)
        return await firing, outcome, site


async def read_all(stream: ByteStream) -> bytes:
    data = b""
    try:
        while piece := await stream.read():
            data += piece
    except ConnectionResetError:
        return data + b" reset"
    return data


async def ask(stream: ByteStream) -> bytes:
    stream.write(b"question")
    stream.write_eof()
    return await read_all(stream)


def echo(event: ConnectEvent) -> None:
    event.waitUntil(event.socket.readable.pipeTo(event.socket.writable))


@spec("SPEC_NOTES.md#fire-a-connect-event")
@spec("SPEC_NOTES.md#connect-event")
@spec("SPEC_NOTES.md#connect-event-socket")
class TestFireAConnectEvent:
    async def test_a_listener_gets_the_connection(self) -> None:
        seen: list[ConnectEvent] = []

        def listener(event: ConnectEvent) -> None:
            seen.append(event)
            echo(event)

        result, answer, _ = await fire(listener, ask)
        assert (result, answer) == ("ok", b"question")
        (event,) = seen
        assert event.isTrusted and event.type == "connect" and isinstance(event.socket, Socket)

    async def test_the_connection_ends_when_the_worker_is_done(self) -> None:
        async def greet(socket: Socket) -> None:
            await socket.writable.getWriter().write(b"hello")

        result, answer, _ = await fire(lambda event: event.waitUntil(greet(event.socket)), read_all)
        assert (result, answer) == ("ok", b"hello")
        assert (await fire(lambda event: None, read_all))[:2] == ("ok", b"")

    async def test_what_was_written_is_sent_before(self) -> None:
        def write_and_go(event: ConnectEvent) -> None:
            writer = event.socket.writable.getWriter()
            for _ in range(10):
                writer.write(b"x" * 10_000)

        assert (await fire(write_and_go, read_all))[:2] == ("ok", b"x" * 100_000)

    async def test_it_is_broken_off_when_the_worker_fails(self) -> None:
        async def fail() -> None:
            raise KeyError("x")

        result, answer, site = await fire(lambda event: event.waitUntil(fail()), read_all)
        assert (result, answer) == ("exception", b" reset")
        assert [type(error) for error, _ in site.reports] == [KeyError]
        result, answer, _ = await fire(lambda event: 1 / 0, read_all)
        assert (result, answer) == ("exception", b" reset")

    async def test_a_worker_that_takes_none_gets_none(self) -> None:
        site = await site_with(lambda scope: scope.addEventListener("fetch", print))
        async with ends() as (client, server):
            assert await fire_a_connect_event(site.registration, server) == "skipped"
            assert await read_all(client) == b" reset"

    async def test_only_the_platform_makes_one(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            ConnectEvent()
        async with ends() as (_, server):
            event = create(server, EnvironmentSettingsObject())
            assert (await event.socket.opened).remoteAddress == "127.0.0.1:49152"


@spec("SPEC_NOTES.md#be-connected-to")
@spec("SPEC_NOTES.md#connect-event-client-has-left")
class TestBeConnectedTo:
    async def outcome(
        self, handler: object, client: Callable[[ByteStream], Any]
    ) -> tuple[ConnectResult, Any, Site]:
        site = await site_with(
            lambda scope: add_module_handlers(scope, {"connect": handler}, {"NAME": "Ada"})
        )
        async with ends() as (stream, server):
            firing = asyncio.ensure_future(fire_a_connect_event(site.registration, server))
            answer = await client(stream)
            return await firing, answer, site

    async def test_a_handler_gets_as_many_arguments_as_it_takes(self) -> None:
        async def one(socket: Socket) -> None:
            await socket.writable.getWriter().write(b"one")

        async def three(socket: Socket, env: Any, ctx: Any) -> None:
            text = f"{env.NAME} {ctx.remoteAddr.hostname}:{ctx.remoteAddr.port}"
            ctx.waitUntil(socket.writable.getWriter().write(text.encode()))

        assert (await self.outcome(one, read_all))[:2] == ("ok", b"one")
        assert (await self.outcome(three, read_all))[:2] == ("ok", b"Ada 127.0.0.1:49152")

    async def test_the_client_may_end_and_still_be_answered(self) -> None:
        async def count(socket: Socket) -> None:
            length = sum([len(chunk) async for chunk in socket.readable])
            writer = socket.writable.getWriter()
            await writer.write(str(length))
            await writer.close()

        assert (await self.outcome(count, ask))[:2] == ("ok", b"8")

    async def test_a_client_that_leaves_is_no_failure(self) -> None:
        async def leave(stream: ByteStream) -> None:
            stream.write(b"x")
            await asyncio.sleep(0)
            stream.abort()

        async def pipe(socket: Socket) -> None:
            await socket.readable.pipeTo(socket.writable)

        result, _, site = await self.outcome(pipe, leave)
        assert result == "ok" and site.reports == []

    async def test_what_else_it_raises_is_one(self) -> None:
        async def fail(socket: Socket) -> None:
            raise KeyError("x")

        result, answer, site = await self.outcome(fail, read_all)
        assert (result, answer) == ("exception", b" reset")
        assert [type(error) for error, _ in site.reports] == [KeyError]


class TestInAWorld:
    def test_a_worker_talks_to_a_server_that_the_test_has_made(self, tmp_path: Path) -> None:
        """A proxy: what comes in goes on to another server, and back."""
        worker = tmp_path / "worker.py"
        worker.write_text(
            "from worker_runtime import connect as dial\n"
            "async def connect(socket):\n"
            "    other = dial('backend.example:7')\n"
            "    there = socket.readable.pipeTo(other.writable)\n"
            "    await other.readable.pipeTo(socket.writable)\n"
            "    await there\n"
        )

        async def shout(stream: ByteStream) -> None:
            while data := await stream.read():
                stream.write(data.upper())
            stream.close()

        @in_virtual_time
        async def test() -> None:
            async with World(worker) as world:
                await world.network.listen(
                    TCPAddress("backend.example", 7),
                    lambda stream: asyncio.ensure_future(shout(stream)),
                )
                socket = await world.connect()
                writer = socket.writable.getWriter()
                await writer.write(b"hello")
                await writer.close()
                answer = b"".join([bytes(chunk) async for chunk in socket.readable])
                assert answer == b"HELLO"
                await socket.close()

        test()
