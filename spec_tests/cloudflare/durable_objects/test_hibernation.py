"""SPEC_NOTES.md, "Hibernatable WebSockets"."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from spec_tests.cloudflare.durable_objects.harness import (
    instances,
    listeners,
    note_commits,
    objects,
    some_turns,
)
from worker_runtime import RangeError, WebSocketPair, WebSocketRequestResponsePair
from worker_runtime.testing import explore, in_virtual_time

spec = pytest.mark.spec


def echo(it: Any, ws: Any, message: Any) -> None:
    ws.send(f"echo {message}")


@spec("SPEC_NOTES.md#hibernatable-web-sockets")
@spec("SPEC_NOTES.md#dispatch-a-socket-event")
@spec("SPEC_NOTES.md#state-accept-web-socket")
class TestHibernation:
    @in_virtual_time
    async def test_a_message_makes_an_instance_and_the_socket_is_the_same(self) -> None:
        made: list[int] = []

        def message(it: Any, ws: Any, message: Any) -> None:
            ws.serializeAttachment([*(ws.deserializeAttachment() or []), message])
            ws.send(f"{len(made)} {ws.deserializeAttachment()} {it.ctx.getTags(ws)}")

        async with listeners(message=message, constructor=lambda it: made.append(1)) as (world, _):
            socket = await world.websocket("/tag")
            await socket.send("a")
            assert await socket.receive() == "1 ['a'] ['/tag']"
            await world.advance(seconds=11)
            await socket.send("b")
            assert await socket.receive() == "2 ['a', 'b'] ['/tag']"
            assert len(instances) == 2 and instances[0] is not instances[1]
            await world.advance(hours=24)
            await socket.send("c")
            assert await socket.receive() == "3 ['a', 'b', 'c'] ['/tag']"
            await socket.close()

    @in_virtual_time
    async def test_bytes_come_as_bytes(self) -> None:
        async with listeners(message=lambda it, ws, message: ws.send(message)) as (world, _):
            socket = await world.websocket("/")
            await socket.send(b"\0\xff")
            assert await socket.receive() == b"\0\xff"
            await socket.close()

    @in_virtual_time
    async def test_the_next_event_of_a_socket_waits_for_the_one_before(self) -> None:
        seen: list[str] = []

        async def message(it: Any, ws: Any, message: Any) -> None:
            seen.append(f"{message}(")
            await asyncio.sleep(1)
            seen.append(f"{message})")

        def close(it: Any, ws: Any, code: int, reason: str, was_clean: bool) -> None:
            seen.append("close")

        async with listeners(message=message, close=close) as (world, _):
            one, other = await world.websocket("/"), await world.websocket("/")
            for word in ("a", "b"):
                await one.send(word)
            await other.send("x")
            closing = asyncio.ensure_future(asyncio.wait_for(one.close(), None))
            await world.advance(seconds=3)
            await closing
            assert [word for word in seen if word[0] in "abc"] == ["a(", "a)", "b(", "b)", "close"]
            assert seen.index("x(") < seen.index("a)")
            await other.close()

    @in_virtual_time
    async def test_a_handler_that_raises_is_reported_and_changes_nothing(self) -> None:
        def message(it: Any, ws: Any, message: Any) -> None:
            if message == "bad":
                raise KeyError(message)
            ws.send(message)

        async with listeners(message=message) as (world, _):
            socket = await world.websocket("/")
            await socket.send("bad")
            await socket.send("good")
            assert await socket.receive() == "good" and len(instances) == 1
            (error,) = world.errors
            assert isinstance(error, KeyError) and "webSocketMessage" in error.__notes__[0]
            world.errors.clear()
            await socket.close()

    @in_virtual_time
    async def test_the_close_of_the_other_side_is_told_with_its_code(self) -> None:
        seen: list[Any] = []

        def close(it: Any, ws: Any, code: int, reason: str, was_clean: bool) -> None:
            ws.close(1000, "is harmless")
            seen.append((code, reason, was_clean, len(it.ctx.getWebSockets()), ws.readyState))

        async with listeners(close=close, count=lambda it: len(it.ctx.getWebSockets())) as (
            world,
            stub,
        ):
            socket = await world.websocket("/")
            assert await socket.close(3000, "bye") == (3000, "")
            await world.advance()
            assert seen == [(3000, "bye", True, 1, 3)]
            assert await stub.run("count") == 0

    @in_virtual_time
    async def test_also_when_the_object_has_closed_first(self) -> None:
        seen: list[Any] = []

        def close(it: Any, ws: Any, code: int, reason: str, was_clean: bool) -> None:
            seen.append((code, reason, was_clean))

        async with listeners(
            message=lambda it, ws, message: ws.close(4000, "enough"), close=close
        ) as (world, _):
            socket = await world.websocket("/")
            await socket.send("x")
            assert await socket.closed() == (4000, "enough")
            await world.advance()
            assert seen == [(4000, "", True)]

    @in_virtual_time
    async def test_a_connection_that_is_lost_is_1006(self) -> None:
        seen: list[Any] = []

        def close(it: Any, ws: Any, code: int, reason: str, was_clean: bool) -> None:
            seen.append((code, reason, was_clean))

        async with listeners(close=close) as (world, _):
            socket = await world.websocket("/")
            socket._stream._connection._stream.abort()  # type: ignore[union-attr]
            await world.advance(seconds=11)
            assert seen == [(1006, "WebSocket disconnected without sending Close frame.", False)]
            with pytest.raises(Exception):
                await socket.closed()

    @in_virtual_time
    async def test_a_connection_that_fails_is_an_error(self) -> None:
        seen: list[str] = []
        async with listeners(error=lambda it, ws, error: seen.append(str(error))) as (world, _):
            socket = await world.websocket("/")
            connection: Any = socket._stream._connection
            connection._stream.write(b"\xff\xff\xff\xff")
            assert (await socket.closed())[0] == 1002
            await world.advance(seconds=1)
            assert seen == ["The other side has broken the WebSocket protocol, or a limit"]

    @in_virtual_time
    async def test_one_whose_other_end_goes_nowhere_is_lost(self) -> None:
        seen: list[Any] = []

        def close(it: Any, ws: Any, code: int, reason: str, was_clean: bool) -> None:
            seen.append((code, was_clean))

        def accept(it: Any) -> None:
            client, server = WebSocketPair()
            it.ctx.acceptWebSocket(server)
            if len(it.ctx.getWebSockets()) == 2:
                it.kept = client

        async with listeners(
            accept=accept, close=close, count=lambda it: len(it.ctx.getWebSockets())
        ) as (world, stub):
            socket = await world.websocket("/")
            for _ in range(3):
                await stub.run("accept")
            await world.advance(seconds=1)
            assert seen == [(1006, False)] * 2 and await stub.run("count") == 2
            await socket.close()

    @in_virtual_time
    async def test_reset_objects_close_their_sockets_and_nobody_is_told(self) -> None:
        seen: list[str] = []
        async with listeners(
            message=lambda it, ws, message: it.ctx.abort("enough"),
            close=lambda *arguments: seen.append("close"),
        ) as (world, _):
            one, other = await world.websocket("/"), await world.websocket("/")
            await one.send("x")
            assert (await one.closed())[0] == (await other.closed())[0] == 1011
            await world.advance(seconds=20)
            assert seen == [] and len(instances) == 1

    @in_virtual_time
    async def test_what_an_object_sends_waits_for_what_it_has_written(self) -> None:
        seen: list[str] = []

        async def message(it: Any, ws: Any, message: Any) -> None:
            note_commits(it, seen)
            it.ctx.storage.put("x", 1)
            ws.send("y")
            seen.append(f"{ws._connection._frames}")
            await it.ctx.storage.sync()
            seen.append(f"{b''.join(ws._connection._frames)[-1:]!r}")

        async with listeners(message=message) as (world, _):
            socket = await world.websocket("/")
            await socket.send("x")
            assert await socket.receive() == "y"
            assert seen == ["[]", "commit", "b'y'"]
            await socket.close()

    def test_messages_are_all_answered_in_every_order(self) -> None:
        async def test() -> None:
            async with listeners(message=echo) as (world, stub):
                sockets = [await world.websocket(f"/{number}") for number in range(3)]
                for socket in sockets:
                    await socket.send("a")
                    await socket.send("b")
                for socket in sockets:
                    assert [await socket.receive() for _ in "ab"] == ["echo a", "echo b"]
                assert len(instances) == 1
                for socket in sockets:
                    await socket.close()

        explore(test, runs=15)


@spec("SPEC_NOTES.md#close-the-sockets-of-an-object")
class TestCloseTheSockets:
    @in_virtual_time
    async def test_what_was_accepted_otherwise_keeps_the_instance_and_ends_with_it(self) -> None:
        async def fetch(it: Any, request: Any) -> Any:
            from worker_runtime import Response

            client, server = WebSocketPair()
            server.accept()

            async def answer(event: Any) -> None:
                async def critical() -> None:
                    await some_turns()

                await it.ctx.blockConcurrencyWhile(critical)
                server.send(f"echo {event.data}")

            server.addEventListener("message", answer)
            return Response(None, status=101, webSocket=client)

        async with objects(fetch=fetch, abort=lambda it: it.ctx.abort("over")) as (world, stub):
            response = await stub.fetch("http://x/", headers={"upgrade": "websocket"})
            client = response.webSocket
            seen: list[Any] = []
            client.accept()
            client.addEventListener("message", lambda event: seen.append(event.data))
            client.addEventListener("close", lambda event: seen.append(event.code))
            client.send("a")
            await world.advance(minutes=10)
            assert seen == ["echo a"]
            client.send("b")
            await world.advance(minutes=10)
            assert seen == ["echo a", "echo b"] and len(instances) == 1
            with pytest.raises(RuntimeError, match="over"):
                await stub.run("abort")
            await world.advance()
            assert seen[2:] == [1011]


@spec("SPEC_NOTES.md#accept-a-web-socket")
@spec("SPEC_NOTES.md#state-get-tags")
class TestAcceptAWebSocket:
    @in_virtual_time
    async def test_what_is_refused(self) -> None:
        def accepted(ws: Any) -> Any:
            ws.accept()
            return ws

        def twice(ws: Any) -> Any:
            other = ws._other_end
            other.accept()
            return ws

        def refuse(it: Any) -> list[str]:
            accept = it.ctx.acceptWebSocket
            first = WebSocketPair()[1]
            accept(first, ["a"] * 20 + ["b"])
            tags = [f"{number}" for number in range(11)]
            messages = [f"{it.ctx.getTags(first)}"]
            for call in (
                lambda: accept("no socket"),
                lambda: accept(first),
                lambda: accept(accepted(WebSocketPair()[1])),
                lambda: accept(twice(WebSocketPair()[1])),
                lambda: accept(WebSocketPair()[1], tags),
                lambda: accept(WebSocketPair()[1], ["é" * 129]),
                lambda: it.ctx.getTags(WebSocketPair()[0]),
                lambda: it.ctx.getTags(accepted(WebSocketPair()[1])),
                lambda: first.accept(),
            ):
                with pytest.raises((TypeError, RuntimeError)) as raised:
                    call()
                messages.append(f"{raised.type.__name__}: {raised.value}")
            return messages

        async with objects(refuse=refuse) as (_, stub):
            assert await stub.run("refuse") == [
                "['a', 'b']",
                "TypeError: acceptWebSocket() is for an end of a WebSocketPair, not 'no socket'",
                "RuntimeError: Cannot call `acceptWebSocket()` if the WebSocket was already "
                "accepted via `accept()`",
                "RuntimeError: Cannot call `acceptWebSocket()` if the WebSocket was already "
                "accepted via `accept()`",
                "RuntimeError: Cannot call `acceptWebSocket()` on this WebSocket because its pair "
                "has already been accepted or used in a Response.",
                "RuntimeError: a Hibernatable WebSocket cannot have more than 10 tags",
                f'RuntimeError: "{"é" * 129}" is longer than the max tag length (256 characters).',
                "RuntimeError: you must call 'acceptWebSocket()' before attempting to access the "
                "tags of a WebSocket.",
                "RuntimeError: only hibernatable websockets can have tags.",
                "TypeError: Can't accept() WebSocket after enabling hibernation.",
            ]

    @in_virtual_time
    async def test_there_is_a_limit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        module = "worker_runtime.cloudflare.durable_objects.hibernation"
        monkeypatch.setattr(f"{module}.MOST_WEB_SOCKETS", 2)

        def accept(it: Any) -> None:
            for _ in range(3):
                it.ctx.acceptWebSocket(WebSocketPair()[1])

        async with objects(accept=accept) as (_, stub):
            with pytest.raises(RuntimeError, match="only 2 websockets can be accepted"):
                await stub.run("accept")


@spec("SPEC_NOTES.md#state-get-web-sockets")
class TestGetWebSockets:
    @in_virtual_time
    async def test_the_newest_is_the_first_and_of_a_tag_the_last(self) -> None:
        def look(it: Any) -> list[Any]:
            ctx = it.ctx
            for count, tags in enumerate(["a", "b", "ab"]):
                ws = WebSocketPair()[1]
                ctx.acceptWebSocket(ws, list(tags))
                ws.serializeAttachment(count)
            found = [ctx.getWebSockets(), *(ctx.getWebSockets(tag) for tag in "abc")]
            return [[ws.deserializeAttachment() for ws in sockets] for sockets in found]

        async with objects(look=look) as (_, stub):
            assert await stub.run("look") == [[2, 1, 0], [0, 2], [1, 2], []]


@spec("SPEC_NOTES.md#state-set-web-socket-auto-response")
@spec("SPEC_NOTES.md#state-get-web-socket-auto-response")
@spec("SPEC_NOTES.md#state-get-web-socket-auto-response-timestamp")
@spec("SPEC_NOTES.md#web-socket-request-response-pair")
@spec("SPEC_NOTES.md#pair-request")
@spec("SPEC_NOTES.md#pair-response")
class TestAutoResponse:
    @in_virtual_time
    async def test_a_text_is_answered_without_an_instance(self) -> None:
        def agree(it: Any) -> list[Any]:
            ctx = it.ctx
            before = ctx.getWebSocketAutoResponse()
            ctx.setWebSocketAutoResponse(WebSocketRequestResponsePair("ping", "pong"))
            pair = ctx.getWebSocketAutoResponse()
            return [before, pair.request, pair.response]

        def message(it: Any, ws: Any, message: Any) -> None:
            ws.send(f"{it.ctx.getWebSocketAutoResponseTimestamp(ws)}")

        async with listeners(agree=agree, message=message) as (world, stub):
            assert await stub.run("agree") == [None, "ping", "pong"]
            socket = await world.websocket("/")
            await socket.send("when")
            assert await socket.receive() == "None"
            await world.advance(seconds=60)
            await socket.send("ping")
            assert await socket.receive() == "pong" and len(instances) == 1
            await world.advance(seconds=60)
            await socket.send("when")
            now = world.clock.wall() * 1000
            assert await socket.receive() == str(now - 60_000.0) and len(instances) == 2
            await socket.close()

    @in_virtual_time
    async def test_what_is_too_long_is_refused_and_none_ends_it(self) -> None:
        def refuse(it: Any) -> list[str]:
            messages = []
            for pair in (("é" * 1025, ""), ("", "x" * 2049)):
                with pytest.raises(RangeError) as raised:
                    it.ctx.setWebSocketAutoResponse(WebSocketRequestResponsePair(*pair))
                messages.append(str(raised.value))
            it.ctx.setWebSocketAutoResponse(WebSocketRequestResponsePair("x" * 2048, "y"))
            it.ctx.setWebSocketAutoResponse()
            assert it.ctx.getWebSocketAutoResponse() is None
            return messages

        async with objects(refuse=refuse) as (_, stub):
            assert await stub.run("refuse") == [
                "Request cannot be larger than 2048 bytes. A request of size 2050 was provided.",
                "Response cannot be larger than 2048 bytes. A response of size 2049 was provided.",
            ]


@spec("SPEC_NOTES.md#state-set-hibernatable-web-socket-event-timeout")
@spec("SPEC_NOTES.md#state-get-hibernatable-web-socket-event-timeout")
class TestEventTimeout:
    @in_virtual_time
    async def test_a_handler_that_takes_longer_is_canceled(self) -> None:
        canceled: list[str] = []

        async def message(it: Any, ws: Any, message: Any) -> None:
            if message == "limit":
                it.ctx.setHibernatableWebSocketEventTimeout(5_000)
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                canceled.append(message)
                raise

        async with listeners(message=message) as (world, _):
            socket = await world.websocket("/")
            await socket.send("limit")
            await socket.send("limited")
            await world.advance(seconds=64)
            assert canceled == []
            await world.advance(seconds=2)
            assert canceled == ["limited"]
            (error,) = world.errors
            assert str(error) == "webSocketMessage() took more than 5 seconds and was canceled"
            world.errors.clear()
            await socket.close()

    @in_virtual_time
    async def test_a_week_is_the_longest(self) -> None:
        def set(it: Any) -> list[Any]:
            ctx, values = it.ctx, []
            for value in (604_800_000, 0, 7, None):
                ctx.setHibernatableWebSocketEventTimeout(value)
                values.append(ctx.getHibernatableWebSocketEventTimeout())
            with pytest.raises(RuntimeError, match="Event timeout should not exceed 604800000 ms"):
                ctx.setHibernatableWebSocketEventTimeout(604_800_001)
            return values

        async with objects(set=set) as (_, stub):
            assert await stub.run("set") == [604_800_000, None, 7, None]
