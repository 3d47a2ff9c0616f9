"""WebSocketPair and upgradeWebSocket, without a network."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from worker_runtime import (
    Blob,
    DOMException,
    Event,
    MessageEvent,
    Request,
    Response,
    WebSocket,
    WebSocketPair,
    queueMicrotask,
    upgradeWebSocket,
)  # fmt: skip
from worker_runtime.dom.dispatching_events import fire_an_event

spec = pytest.mark.spec


def listen(socket: WebSocket) -> list[tuple[object, ...]]:
    """What a socket is told from now on."""
    events: list[tuple[object, ...]] = []

    def on_close(event: Any) -> None:
        events.append(("close", event.code, event.reason, event.wasClean))

    socket.addEventListener("message", lambda event: events.append(("message", event.data)))
    socket.addEventListener("close", on_close)
    socket.addEventListener("error", lambda event: events.append(("error",)))
    return events


async def tasks() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@spec("SPEC_NOTES.md#web-socket-pair")
class TestWebSocketPair:
    async def test_unpacks_in_two_open_sockets(self) -> None:
        pair = WebSocketPair()
        client, server = pair
        assert (pair[0], pair[1], len(pair)) == (client, server, 2)
        assert isinstance(client, WebSocket)
        assert (client.readyState, server.readyState) == (WebSocket.OPEN, WebSocket.OPEN)
        assert (client.url, client.bufferedAmount) == ("", 0)

    async def test_messages_arrive_in_tasks_of_their_own(self) -> None:
        client, server = WebSocketPair()
        client.accept()
        server.accept()
        events = listen(server)
        for message in ("text", b"bytes", bytearray(b"more"), Blob(["blob"]), "lone \ud800"):
            client.send(message)
        assert events == []
        await tasks()
        assert [data for _, data in events] == ["text", b"bytes", b"more", b"blob", "lone \ufffd"]

    async def test_each_message_has_a_microtask_checkpoint_of_its_own(self) -> None:
        client, server = WebSocketPair()
        client.accept()
        server.accept()
        order: list[object] = []

        def listener(event: Any) -> None:
            order.append(event.data)
            queueMicrotask(lambda: order.append("microtask of " + event.data))

        server.addEventListener("message", listener)
        client.send("a")
        client.send("b")
        await tasks()
        assert order == ["a", "microtask of a", "b", "microtask of b"]

    async def test_the_event_of_a_message_is_as_fire_an_event_makes_it(self) -> None:
        client, server = WebSocketPair()
        client.accept()
        server.accept()
        seen: list[MessageEvent] = []
        server.addEventListener("message", seen.append)
        client.send("a")
        await tasks()
        fire_an_event("message", server, MessageEvent, data="a", origin="")
        names = [
            name
            for name in (*Event.__slots__, *MessageEvent.__slots__)
            if name not in ("__weakref__", "_unsafe_time")
        ]
        of_a_message, fired = seen
        assert [getattr(of_a_message, name) for name in names] == [
            getattr(fired, name) for name in names
        ]

    async def test_binary_messages_are_blobs_if_that_is_wanted(self) -> None:
        client, server = WebSocketPair()
        client.accept()
        server.accept()
        assert server.binaryType == "arraybuffer"
        server.binaryType = "blob"
        events = listen(server)
        client.send(b"bytes")
        await tasks()
        assert isinstance(events[0][1], Blob)


@spec("SPEC_NOTES.md#web-socket-pair-accept")
class TestAccept:
    async def test_what_came_before_is_dispatched_then(self) -> None:
        client, server = WebSocketPair()
        client.accept()
        events = listen(server)
        client.send("early")
        client.close(3000, "bye")
        await tasks()
        assert events == []
        server.accept()
        await tasks()
        assert events == [("message", "early"), ("close", 3000, "bye", True)]

    async def test_an_end_is_accepted_once_and_before_it_is_used(self) -> None:
        client, server = WebSocketPair()
        with pytest.raises(TypeError, match="accept"):
            client.send("x")
        with pytest.raises(TypeError, match="accept"):
            client.close()
        client.accept()
        with pytest.raises(TypeError, match="has been accepted"):
            client.accept()


@spec("SPEC_NOTES.md#web-socket-pair-joined")
class TestClose:
    @pytest.mark.parametrize(
        "arguments, close",
        [
            ((), (1005, "")),
            ((1000,), (1000, "")),
            ((4999, "x"), (4999, "x")),
            ((None, "x"), (1000, "x")),
        ],
    )
    async def test_either_end_is_told_once(
        self, arguments: tuple[Any, ...], close: tuple[int, str]
    ) -> None:
        client, server = WebSocketPair()
        client.accept()
        server.accept()
        of_client, of_server = listen(client), listen(server)
        client.close(*arguments)
        assert client.readyState == WebSocket.CLOSING
        server.close(4000)
        client.send("late")
        assert client.bufferedAmount == 4
        await tasks()
        assert (of_client, of_server) == ([("close", *close, True)], [("close", *close, True)])
        assert (client.readyState, server.readyState) == (WebSocket.CLOSED, WebSocket.CLOSED)

    @pytest.mark.parametrize("code", [0, 999, 1001, 1005, 2999, 5000, 70_000])
    async def test_codes_are_those_of_the_standard(self, code: int) -> None:
        client, server = WebSocketPair()
        client.accept()
        with pytest.raises(DOMException, match=r"from 3000 to 4999") as error:
            client.close(code)
        assert error.value.name == "InvalidAccessError"
        with pytest.raises(DOMException, match="at most 123 bytes"):
            client.close(1000, "ä" * 62)


@spec("SPEC_NOTES.md#serialize-attachment")
@spec("SPEC_NOTES.md#deserialize-attachment")
class TestAttachment:
    async def test_a_copy_is_kept_with_an_end(self) -> None:
        client, server = WebSocketPair()
        value: dict[str, Any] = {"user": [1, None, b"x"]}
        assert server.deserializeAttachment() is None
        server.serializeAttachment(value)
        value["user"].append("later")
        assert server.deserializeAttachment() == {"user": [1, None, b"x"]}
        server.deserializeAttachment()["user"].clear()
        assert server.deserializeAttachment() == {"user": [1, None, b"x"]}
        assert client.deserializeAttachment() is None

    async def test_what_is_too_long_or_no_data_is_refused(self) -> None:
        _, server = WebSocketPair()
        server.serializeAttachment("kept")
        message = r"cannot be larger than 16384 bytes\.'attachment' was 20006 bytes\."
        with pytest.raises(RuntimeError, match=message):
            server.serializeAttachment("x" * 20_000)
        with pytest.raises(DOMException, match="cannot be copied"):
            server.serializeAttachment(lambda: None)
        assert server.deserializeAttachment() == "kept"


@spec("SPEC_NOTES.md#web-socket-pair-response")
class TestResponse:
    async def test_an_end_goes_with_the_status_101(self) -> None:
        client, server = WebSocketPair()
        response = Response(None, status=101, webSocket=client)
        assert (response.status, response.webSocket, response.body) == (101, client, None)
        assert Response().webSocket is None

    async def test_nothing_else_does(self) -> None:
        client, server = WebSocketPair()
        for arguments in (
            {"webSocket": client},
            {"status": 200, "webSocket": client},
            {"status": 101, "webSocket": "x"},
        ):
            with pytest.raises(TypeError, match="goes with the status 101"):
                Response(None, **arguments)
        with pytest.raises(TypeError, match="no body"):
            Response("body", status=101, webSocket=client)
        with pytest.raises(ValueError, match="200 to 599"):
            Response(None, status=101)


@spec("SPEC_NOTES.md#upgrade-web-socket")
class TestUpgradeWebSocket:
    async def test_a_request_has_to_ask_for_it(self) -> None:
        with pytest.raises(TypeError, match="does not ask for a WebSocket"):
            upgradeWebSocket(Request("http://x/"))
        with pytest.raises(TypeError, match="does not ask for the protocol 'chat'"):
            upgradeWebSocket(
                Request("http://x/", headers={"upgrade": "websocket"}), protocol="chat"
            )

    async def test_the_socket_is_connecting_until_the_response_is_sent(self) -> None:
        socket, response = upgradeWebSocket(Request("http://x/", headers={"upgrade": "WebSocket"}))
        assert (socket.readyState, response.status, response.webSocket is not None) == (
            WebSocket.CONNECTING,
            101,
            True,
        )
        with pytest.raises(DOMException, match="before the connection is open"):
            socket.send("x")
