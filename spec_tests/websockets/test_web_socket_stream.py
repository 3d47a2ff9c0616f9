"""WebSocketStream, with a server in memory."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from spec_tests.fetch.scripted_network import Received, ScriptedStream, network_of, response
from spec_tests.server.test_upgrade import echo, serving
from worker_runtime import (
    AbortController,
    DOMException,
    ReadableStream,
    WebSocketError,
    WebSocketStream,
)
from worker_runtime.dom.aborting_ongoing_activities import AbortSignal
from worker_runtime.websocket_protocol.connection import Connection
from worker_runtime.websockets.web_socket_stream import WebSocketCloseInfo, WebSocketOpenInfo
from worker_runtime.websockets.websocket_connections import LONG_MESSAGE

from .test_opening_handshake import accepted

spec = pytest.mark.spec


class Server:
    """The other side of a stream."""

    def __init__(self, accepts: bool = True) -> None:
        self.protocol = Connection("server", 100_000_000, os.urandom)
        self.accepts = accepts
        self.requests: list[Received] = []
        self.heard: list[object] = []

    def answer(self, request: Received) -> bytes | None:
        self.requests.append(request)
        return accepted(request, **self.headers(request)) if self.accepts else None

    def headers(self, request: Received) -> dict[str, str]:
        protocol = request.headers.get("sec-websocket-protocol")
        return {"Sec_WebSocket_Protocol": protocol.partition(",")[0]} if protocol else {}

    @property
    def stream(self) -> ScriptedStream:
        return self.requests[0].stream

    def send(self, data: str | bytes) -> None:
        self.stream.feed(self.protocol.send_message(data))

    def close(self, code: int | None = None, reason: str = "") -> None:
        self.stream.feed(self.protocol.start_the_closing_handshake(code, reason))

    def listen(self) -> list[object]:
        """All that the client has sent; a close is answered."""
        if self.stream.sent:
            data, self.stream.sent = self.stream.sent, b""
            self.protocol.receive_data(data)
            while (event := self.protocol.next_event()) is not None:
                self.heard.append(event)
            if answers := self.protocol.take_answers():
                self.stream.feed(answers)
            if self.protocol.received_close is not None:
                self.stream.end()
        return self.heard

    async def until(self, condition: Callable[[], object]) -> None:
        for _ in range(1000):
            self.listen() if self.requests else None
            if condition():
                return
            await asyncio.sleep(0)
        raise AssertionError(f"it does not come to that: {self.heard}")

    async def outcome(self, promise: Any) -> Any:
        """What a promise is settled with, while the server listens."""
        future = asyncio.ensure_future(settled(promise))
        await self.until(future.done)
        return future.result()


async def collected(readable: ReadableStream) -> list[object]:
    return [chunk async for chunk in readable]


async def settled(promise: Any) -> Any:
    try:
        return await promise
    except Exception as error:
        return error


@contextmanager
def server_of(accepts: bool = True) -> Iterator[Server]:
    server = Server(accepts)
    with network_of(server.answer):
        yield server


async def opened(server: Server, **options: Any) -> tuple[WebSocketStream, WebSocketOpenInfo]:
    wss = WebSocketStream("ws://x.example/", **options)
    return wss, await server.outcome(wss.opened)


def described(error: Any) -> tuple[object, ...]:
    assert isinstance(error, WebSocketError)
    return error.closeCode, error.reason


@spec("SPEC_NOTES.md#web-socket-stream")
class TestWebSocketStream:
    @pytest.mark.parametrize("url", ["relative", "mailto:x", "ws://x/#f"])
    async def test_what_is_no_url_of_a_socket_is_a_syntax_error(self, url: str) -> None:
        with pytest.raises(DOMException) as error:
            WebSocketStream(url)
        assert error.value.name == "SyntaxError"

    async def test_protocols_are_a_list_of_different_tokens(self) -> None:
        with pytest.raises(TypeError, match="a list of strings, not the string 'chat'"):
            WebSocketStream("ws://x/", protocols="chat")
        with pytest.raises(DOMException, match="different tokens"):
            WebSocketStream("ws://x/", protocols=["a", "a"])

    async def test_a_connection_in_both_directions(self) -> None:
        async with serving(echo) as server:
            wss = WebSocketStream(f"http://127.0.0.1:{server.port}/a?b")
            assert wss.url == f"ws://127.0.0.1:{server.port}/a?b"
            readable, writable, extensions, protocol = await wss.opened
            assert extensions.startswith("permessage-deflate") and protocol == ""
            writer, reader = writable.getWriter(), readable.getReader()
            long = os.urandom(3 * LONG_MESSAGE) + b"z" * 3 * LONG_MESSAGE
            for message in ("text", b"bytes", bytearray(b"buffer"), "ä" * LONG_MESSAGE, long, ""):
                await writer.write(message)
                value, done = await reader.read()
                assert (value, done) == (message, False)
            await writer.close()
            assert await wss.closed == (1005, "")
            assert (await reader.read()).done


@spec("SPEC_NOTES.md#web-socket-open-info")
class TestWebSocketOpenInfo:
    async def test_says_what_was_agreed_on(self) -> None:
        with server_of() as server:
            wss, info = await opened(server, protocols=["alpha", "beta"])
            assert (info.protocol, info.extensions) == ("alpha", "")
            wss.close()
            await server.outcome(wss.closed)


@spec("SPEC_NOTES.md#web-socket-close-info")
class TestWebSocketCloseInfo:
    async def test_has_the_code_and_the_reason_of_the_other_side(self) -> None:
        with server_of() as server:
            wss, _ = await opened(server)
            server.close(4222, "remote")
            assert await server.outcome(wss.closed) == WebSocketCloseInfo(
                closeCode=4222, reason="remote"
            )


@spec("SPEC_NOTES.md#web-socket-stream-signal")
class TestAbortTheHandshake:
    async def test_before_it_begins(self) -> None:
        with server_of() as server:
            wss = WebSocketStream("ws://x.example/", signal=AbortSignal.abort("why"))
            for promise in (wss.opened, wss.closed):
                assert (await server.outcome(promise)).value == "why"
            wss.close()
        assert server.requests == []

    async def test_while_it_lasts(self) -> None:
        with server_of(accepts=False) as server:
            controller = AbortController()
            wss = WebSocketStream("ws://x.example/", signal=controller.signal)
            await server.until(lambda: server.requests)
            controller.abort()
            for promise in (wss.opened, wss.closed):
                assert (await server.outcome(promise)).name == "AbortError"
            await server.until(lambda: server.stream.is_closed)


@spec("SPEC_NOTES.md#web-socket-stream-opened")
class TestForgetTheSignal:
    async def test_when_it_is_done_the_signal_does_nothing_and_holds_nothing(self) -> None:
        with server_of() as server:
            controller = AbortController()
            wss, info = await opened(server, signal=controller.signal)
            assert controller.signal._abort_algorithms == {}
            controller.abort()
            await server.outcome(info.writable.getWriter().write("still here"))
            assert server.listen() == ["still here"]
            wss.close()
            await server.outcome(wss.closed)


@spec("SPEC_NOTES.md#web-socket-stream-feedback")
class TestFeedback:
    async def test_a_message_that_nobody_wants_is_not_followed_by_another(self) -> None:
        with server_of() as server:
            wss, info = await opened(server)
            for number in range(5):
                server.send(str(number))
                for _ in range(10):
                    await asyncio.sleep(0)
            # one is in the stream's queue, and one waits to get there
            assert len(server.stream.coming) == 3
            reader = info.readable.getReader()
            assert [(await reader.read()).value for _ in range(5)] == ["0", "1", "2", "3", "4"]
            wss.close()
            await server.outcome(wss.closed)

    async def test_who_closes_does_not_wait_for_its_reader(self) -> None:
        with server_of() as server:
            wss, info = await opened(server)
            for _ in range(5):
                server.send("unread")
                for _ in range(10):
                    await asyncio.sleep(0)
            wss.close()
            assert await server.outcome(wss.closed) == (1005, "")
            reader = info.readable.getReader()
            assert [(await reader.read()).done for _ in range(2)] == [False, True]


@spec("SPEC_NOTES.md#web-socket-stream-established")
class TestEstablished:
    async def test_who_has_closed_meanwhile_gets_no_streams(self) -> None:
        with server_of() as server:
            wss = WebSocketStream("ws://x.example/")
            await server.until(lambda: server.requests)
            wss.close()
            for promise in (wss.opened, wss.closed):
                assert described(await server.outcome(promise)) == (1006, "")
            await server.until(lambda: server.stream.is_closed)


@spec("SPEC_NOTES.md#web-socket-stream-message")
class TestMessage:
    async def test_is_a_chunk(self) -> None:
        with server_of() as server:
            wss, info = await opened(server)
            server.send("text")
            server.send(b"bytes")
            reader = info.readable.getReader()
            assert [(await reader.read()).value for _ in range(2)] == ["text", b"bytes"]
            cancelling = reader.cancel()
            server.send("too late")
            assert await server.outcome(cancelling) is None
            assert await server.outcome(wss.closed) == (1005, "")


@spec("SPEC_NOTES.md#web-socket-stream-closing")
@spec("SPEC_NOTES.md#web-socket-stream-closed")
class TestClosed:
    async def test_without_a_connection_both_promises_are_rejected(self) -> None:
        with network_of(lambda request: response(b"", "404 Not Found")):
            wss = WebSocketStream("ws://x.example/")
            assert described(await settled(wss.opened)) == (1006, "")
            assert described(await settled(wss.closed)) == (1006, "")

    async def test_cleanly(self) -> None:
        with server_of() as server:
            wss, info = await opened(server)
            server.close(1000)
            assert await server.outcome(wss.closed) == (1000, "")
            assert (await info.readable.getReader().read()).done
            assert (await settled(info.writable.getWriter().ready)).name == "InvalidStateError"

    async def test_by_a_connection_that_breaks(self) -> None:
        with server_of() as server:
            wss, info = await opened(server)
            server.stream.end()
            error = await server.outcome(wss.closed)
            assert described(error) == (1006, "")
            assert await settled(info.readable.getReader().read()) is error
            assert await settled(info.writable.getWriter().ready) is error

    async def test_while_a_message_is_on_its_way_it_is_not_clean(self) -> None:
        with server_of() as server:
            wss, info = await opened(server)
            writer = info.writable.getWriter()
            write = writer.write(bytes(100 * LONG_MESSAGE))
            for _ in range(10):
                await asyncio.sleep(0)
            server.close(4567, "enough")
            error = await server.outcome(write)
            assert error.name == "InvalidStateError"
            assert described(await server.outcome(wss.closed)) == (4567, "enough")
            assert await server.outcome(writer.write("more")) is error


@spec("SPEC_NOTES.md#web-socket-stream-pull")
class TestPull:
    async def test_a_close_is_heard_behind_what_was_read(self) -> None:
        with server_of() as server:
            wss, info = await opened(server)
            for message in ("one", "two", "three"):
                server.send(message)
            server.close()
            assert await server.outcome(collected(info.readable)) == ["one", "two", "three"]
            assert await server.outcome(wss.closed) == (1005, "")


@spec("SPEC_NOTES.md#web-socket-stream-write")
@spec("SPEC_NOTES.md#web-socket-stream-send")
@spec("SPEC_NOTES.md#web-socket-stream-sent")
class TestWrite:
    async def test_a_chunk_is_a_message(self) -> None:
        with server_of() as server:
            wss, info = await opened(server)
            writer = info.writable.getWriter()
            for chunk in ("a\ud800", b"b", memoryview(b"c"), 4):
                assert await server.outcome(writer.write(chunk)) is None
            assert server.listen() == ["a\ufffd", b"b", b"c", "4"]
            wss.close()
            await server.outcome(wss.closed)

    async def test_what_is_no_message_is_a_type_error(self) -> None:
        with server_of() as server:
            wss, info = await opened(server)
            assert isinstance(
                await server.outcome(info.writable.getWriter().write(None)), TypeError
            )
            wss.close()
            await server.outcome(wss.closed)

    async def test_nothing_is_written_after_a_close(self) -> None:
        with server_of() as server:
            wss, info = await opened(server)
            wss.close()
            assert (await settled(info.writable.getWriter().write("x"))).name == "InvalidStateError"
            assert await server.outcome(wss.closed) == (1005, "")

    async def test_a_close_waits_for_the_end_of_a_long_message(self) -> None:
        with server_of() as server:
            wss, info = await opened(server)
            writer = info.writable.getWriter()
            message = os.urandom(4 * LONG_MESSAGE)
            write = writer.write(message)
            for _ in range(5):
                await asyncio.sleep(0)
            wss.close(closeCode=3000)
            assert await server.outcome(write) is None
            assert await server.outcome(wss.closed) == (3000, "")
            assert server.heard[0] == message


@spec("SPEC_NOTES.md#web-socket-stream-close")
class TestClose:
    async def test_closing_the_writable_is_done_when_the_other_side_has_closed(self) -> None:
        with server_of() as server:
            wss, info = await opened(server)
            closing = asyncio.ensure_future(settled(info.writable.close()))
            for _ in range(20):
                await asyncio.sleep(0)
            assert not closing.done()
            await server.until(closing.done)
            assert (closing.result(), await wss.closed) == (None, (1005, ""))


@spec("SPEC_NOTES.md#web-socket-stream-close-using-reason")
class TestCloseUsingReason:
    @pytest.mark.parametrize("is_abort", [True, False])
    @pytest.mark.parametrize(
        "reason, code, words",
        [(None, 1005, ""), ("words", 1005, ""), (DOMException("x", "DataCloneError"), 1005, ""),
         (WebSocketError("", closeCode=3333), 3333, ""),
         (WebSocketError("", reason="why"), 1000, "why"),
         (WebSocketError("", closeCode=3456, reason="set"), 3456, "set")],
    )  # fmt: skip
    async def test_a_web_socket_error_says_how(
        self, is_abort: bool, reason: Any, code: int, words: str
    ) -> None:
        with server_of() as server:
            wss, info = await opened(server)
            await server.outcome(
                info.writable.abort(reason) if is_abort else info.readable.cancel(reason)
            )
            await server.outcome(wss.closed)
            assert server.heard == [(code, words)]

    async def test_a_code_of_the_other_side_is_not_sent_back(self) -> None:
        with server_of() as server:
            wss, _ = await opened(server)
            server.stream.end()
            error = await server.outcome(wss.closed)
        with server_of() as server:
            wss, info = await opened(server)
            await server.outcome(info.readable.cancel(error))
            assert await server.outcome(wss.closed) == (1005, "")


@spec("SPEC_NOTES.md#web-socket-stream-close-and-read-no-more")
class TestCloseMethod:
    @pytest.mark.parametrize(
        "init, sent",
        [({}, (1005, "")), ({"reason": ""}, (1005, "")), ({"reason": "x"}, (1000, "x")),
                       ({"closeCode": 3456, "reason": "pizza"}, (3456, "pizza"))],
    )  # fmt: skip
    async def test_code_and_reason_are_sent(self, init: Any, sent: tuple[int, str]) -> None:
        with server_of() as server:
            wss, _ = await opened(server)
            wss.close(**init)
            await server.outcome(wss.closed)
            assert server.heard == [sent]

    @pytest.mark.parametrize("code", [999, 1001, 2999, 5000])
    async def test_a_code_that_may_not_be_sent_is_refused(self, code: int) -> None:
        with server_of() as server:
            wss, _ = await opened(server)
            with pytest.raises(DOMException) as error:
                wss.close(closeCode=code)
            assert error.value.name == "InvalidAccessError"
            with pytest.raises(TypeError):
                wss.close(closeCode=65536)
            wss.close()
            await server.outcome(wss.closed)
