"""Connections over a stream of bytes: what is written when, and how they end."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from spec_tests.fakes import FakeClock
from spec_tests.fetch.scripted_network import network_of, response
from worker_runtime import fetch
from worker_runtime.host.host import Host
from worker_runtime.host.network import TCPAddress
from worker_runtime.host.restricted_network import RestrictedNetwork
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, current_settings_object
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.websocket_protocol.connection import Close, Connection, Pong
from worker_runtime.websocket_protocol.permessage_deflate import DeflateParameters
from worker_runtime.websockets.websocket_connections import (
    LONG_MESSAGE,
    ConnectionLimits,
    WebSocketConnection,
    obtain_a_websocket_connection,
)  # fmt: skip

spec = pytest.mark.spec


class FakeStream:
    """A stream whose other side is the test."""

    on_data = on_end = on_loss = None
    first_look: Callable[[bytes], bool] | None = None
    local_address = remote_address = TCPAddress("", 0)
    application_protocol = None
    is_secure = False
    connected_at = 0.0
    failure = None

    def __init__(self) -> None:
        self.taken = self.bytes_written = 0
        self.written: list[bytes] = []
        self.incoming: asyncio.Queue[bytes] = asyncio.Queue()
        self.is_held_up = False
        self.fills_up = False  # whether what is written is too much for it
        self.has_room = asyncio.Event()
        self.ends: list[str] = []

    async def read(self) -> bytes:
        return await self.incoming.get()

    def look(self) -> None:
        pass

    def bytes_taken(self) -> int:
        return self.taken

    def tls_facts(self) -> None:
        return None

    def write(self, data: bytes) -> None:
        self.written.append(data)
        self.is_held_up = self.fills_up

    async def drain(self) -> None:
        if self.is_held_up:
            await self.has_room.wait()
            if "abort" in self.ends:
                raise ConnectionResetError("The connection is closed")
            self.is_held_up = False

    def close(self) -> None:
        self.ends.append("close")

    def abort(self) -> None:
        self.ends.append("abort")
        self.has_room.set()
        self.incoming.put_nowait(b"")

    def write_eof(self) -> None:
        self.ends.append("eof")


class OfferingStream(FakeStream):
    """One whose reader may have a first look, as a socket's has."""

    is_read = False

    async def read(self) -> bytes:
        self.is_read = True
        try:
            return await super().read()
        finally:
            self.is_read = False

    def come(self, data: bytes) -> None:
        is_awaited = self.is_read and self.incoming.empty()
        if not (is_awaited and data and self.first_look is not None and self.first_look(data)):
            self.incoming.put_nowait(data)


S = TypeVar("S", bound=FakeStream)


class Harness:
    """A server's connection, its client, and what the worker is told."""

    def __init__(self, **limits: float) -> None:
        self.clock = FakeClock()
        self.stream: FakeStream = FakeStream()
        self.client = Connection("client", 1000, os.urandom)
        self.told: list[object] = []
        self.room: asyncio.Future[None] | None = None
        protocol = Connection("server", 1000, os.urandom)
        all_limits = ConnectionLimits(**limits)  # type: ignore[arg-type]
        stream: Any = self.stream
        self.connection = WebSocketConnection(stream, protocol, False, self, self.clock, all_limits)

    def use(self, stream: S) -> S:
        connection: Any = self.connection
        self.stream = connection._stream = stream
        return stream

    def message_received(self, data: str | bytes) -> asyncio.Future[None] | None:
        self.told.append(data)
        return self.room

    def closing_handshake_started(self) -> None:
        self.told.append("closing")

    def closed(self, code: int, reason: str, was_clean: bool, has_failed: bool) -> None:
        self.told.append((code, reason, was_clean, has_failed))

    async def until(self, condition: Callable[[], object]) -> None:
        for _ in range(100):
            if condition():
                return
            await asyncio.sleep(0)
        raise AssertionError(
            f"it does not come to that: {self.told}, {self.stream.written}, {self.stream.ends}"
        )


@spec("https://websockets.spec.whatwg.org/#websocket-connections")
class TestWebSocketConnection:
    async def test_what_is_sent_in_one_turn_is_written_at_once(self) -> None:
        h = Harness()
        running = asyncio.ensure_future(h.connection.run())
        for message in ("a", "b", "c"):
            h.connection.send(message, 1)
        assert (h.connection.buffered_amount, h.stream.written) == (3, [])
        await h.until(lambda: h.stream.written)
        assert h.stream.written == [b"\x81\x01a\x81\x01b\x81\x01c"]
        assert h.connection.buffered_amount == 0
        h.stream.incoming.put_nowait(b"")
        await running
        assert h.told == [(1006, "", False, True)]

    async def test_a_peer_that_takes_nothing_is_neither_written_to_nor_read(self) -> None:
        h = Harness()
        h.stream.is_held_up = True
        running = asyncio.ensure_future(h.connection.run())
        h.connection.send("a", 1)
        h.stream.incoming.put_nowait(h.client.send_message("x"))
        for _ in range(10):
            await asyncio.sleep(0)
        assert (h.stream.written, h.told) == ([], [])
        h.stream.has_room.set()
        await h.until(lambda: h.told and h.stream.written)
        h.connection.fail(1000, "end of the test")
        await running

    async def test_more_than_the_limit_does_not_wait(self) -> None:
        h = Harness(unsent=100)
        h.stream.is_held_up = True
        running = asyncio.ensure_future(h.connection.run())
        h.connection.send(bytes(1000), 1000)  # one message may be longer
        h.connection.send("x", 1)
        await running
        assert h.told == [(1008, "The other side does not take what it is sent", False, True)]
        h.connection.send("after", 5)
        h.connection.close()

    async def test_nothing_is_read_before_there_is_room_for_a_message(self) -> None:
        h = Harness()
        h.room = asyncio.get_running_loop().create_future()
        running = asyncio.ensure_future(
            h.connection.run(h.client.send_message("first") + h.client.send_message("second"))
        )
        await h.until(lambda: h.told)
        assert h.told == ["first"]
        h.room.set_result(None)
        await h.until(lambda: len(h.told) == 2)
        h.stream.incoming.put_nowait(h.client.start_the_closing_handshake(1000, "bye"))
        await running
        assert h.told[2:] == ["closing", (1000, "bye", True, False)]
        assert (h.stream.written, h.stream.ends) == ([b"\x88\x02\x03\xe8"], ["close"])


@spec("https://websockets.spec.whatwg.org/#feedback-from-the-protocol")
class TestHandOnMessages:
    """What comes while the connection is read is handed on at once; the same comes of it."""

    @pytest.mark.parametrize("step", [1, 2, 5, 7, 64, 1000, 5000])
    @pytest.mark.parametrize("broken", [False, True])
    async def test_all_comes_as_it_comes_to_who_is_woken(self, step: int, broken: bool) -> None:
        outcomes = []
        for has_first_look in (False, True):
            h = Harness()
            if has_first_look:
                h.use(OfferingStream())
            fragments = b"\x01\x82\0\0\0\0ab\x00\x81\0\0\0\0c\x80\x80\0\0\0\0"
            data = b"".join(
                [
                    *(h.client.send_message(f"message {number}") for number in range(80)),
                    h.client.send_message(bytes(900)),
                    h.client.send_ping(b"ping"),
                    h.client.send_message(""),
                    fragments,
                    h.client.send_message("long " * 100),
                    *([b"\x8f\x80"] if broken else []),
                    h.client.start_the_closing_handshake(1000, "bye"),
                ]
            )
            running = asyncio.ensure_future(h.connection.run(data[:3]))
            for start in range(3, len(data), step):
                for _ in range(3):
                    await asyncio.sleep(0)
                piece = data[start : start + step]
                if isinstance(h.stream, OfferingStream):
                    h.stream.come(piece)
                else:
                    h.stream.incoming.put_nowait(piece)
            for _ in range(20):
                await asyncio.sleep(0)
            h.stream.incoming.put_nowait(b"")
            await running
            outcomes.append((h.told, b"".join(h.stream.written), h.stream.ends))
        assert outcomes[0] == outcomes[1]
        assert len(outcomes[0][0]) > 80

    async def test_a_worker_that_has_no_room_makes_the_rest_wait(self) -> None:
        h = Harness()
        stream = h.use(OfferingStream())
        running = asyncio.ensure_future(h.connection.run())
        await h.until(lambda: stream.first_look)
        h.room = asyncio.get_running_loop().create_future()
        stream.come(h.client.send_message("first") + h.client.send_message("second"))
        stream.come(h.client.send_message("third"))
        for _ in range(10):
            await asyncio.sleep(0)
        assert h.told == ["first"]
        h.room.set_result(None)
        h.room = None
        await h.until(lambda: len(h.told) == 3)
        assert h.told == ["first", "second", "third"]
        stream.incoming.put_nowait(b"")
        await running

    async def test_a_peer_that_takes_nothing_is_not_read(self) -> None:
        h = Harness()
        stream = h.use(OfferingStream())
        running = asyncio.ensure_future(h.connection.run())
        await h.until(lambda: stream.first_look)
        stream.is_held_up = True
        stream.come(h.client.send_message("first"))
        stream.come(h.client.send_message("second"))
        for _ in range(10):
            await asyncio.sleep(0)
        assert h.told == ["first"]
        stream.has_room.set()
        await h.until(lambda: len(h.told) == 2)
        stream.incoming.put_nowait(b"")
        await running


class TestTimers:
    async def test_a_close_that_is_not_answered_ends_by_itself(self) -> None:
        h = Harness()
        running = asyncio.ensure_future(h.connection.run())
        h.connection.close(1001)
        await h.until(lambda: h.stream.written == [b"\x88\x02\x03\xe9"])
        h.clock.advance(10)
        await running
        assert h.told == [(1006, "", False, True)]
        assert h.clock.alarms == set()

    async def test_silence_is_asked_about_and_then_taken_for_an_end(self) -> None:
        h = Harness(ping_interval=10, idle_timeout=15)
        running = asyncio.ensure_future(h.connection.run())
        await asyncio.sleep(0)
        h.clock.advance(10)
        await h.until(lambda: h.stream.written == [b"\x89\x00"])
        h.stream.incoming.put_nowait(h.client.send_message("here"))
        await h.until(lambda: h.told)
        h.clock.advance(14)
        await h.until(lambda: len(h.stream.written) == 2)
        h.clock.advance(1)
        await running
        assert h.told[1:] == [
            (1006, "Nothing was heard from the other side for too long", False, True)
        ]

    async def test_time_in_which_nobody_reads_is_no_silence(self) -> None:
        h = Harness(ping_interval=10, idle_timeout=15)
        h.room = asyncio.get_running_loop().create_future()
        running = asyncio.ensure_future(h.connection.run(h.client.send_message("slow")))
        await h.until(lambda: h.told)
        h.clock.advance(100)
        assert h.stream.ends == []
        h.room.set_result(None)
        h.stream.incoming.put_nowait(b"")
        await running

    async def test_who_breaks_the_protocol_has_time_to_see_why(self) -> None:
        h = Harness()
        running = asyncio.ensure_future(h.connection.run(b"\x81\x00"))
        await h.until(lambda: h.stream.ends == ["eof"])
        assert h.stream.written == [b"\x88\x1e\x03\xeaA client's frame has no mask"]
        h.clock.advance(2)
        await running
        assert h.told == [(1006, "", False, True)]


@spec("https://websockets.spec.whatwg.org/#concept-websocket-connection-obtain")
class TestObtainAWebSocketConnection:
    async def test_it_is_never_one_that_was_used(self) -> None:
        with network_of(lambda request: response(b"")) as network:
            await (await fetch("http://x.example/")).text()
            client, url = current_settings_object(), url_parser("http://x.example/chat")
            connection = await obtain_a_websocket_connection(client, url)
            other = await obtain_a_websocket_connection(client, url)
            assert [address for address, _ in network.dialled] == [("x.example", 80)] * 3
            assert not connection.has_been_used and connection is not other
            connection.close()
            other.close()

    async def test_a_network_that_allows_only_some_hosts_is_asked(self) -> None:
        with network_of(lambda request: None) as network:
            client = EnvironmentSettingsObject(
                Host(network=RestrictedNetwork(network, ["y.example"]))
            )
            with pytest.raises(PermissionError, match="x.example:443"):
                await obtain_a_websocket_connection(client, url_parser("https://x.example/"))
            assert network.dialled == []


class TestClient:
    def client(self, deflate: DeflateParameters | None = None) -> Harness:
        """A client's connection, and its server, which is called client."""
        h = Harness()
        stream: Any = h.stream
        h.client = Connection("server", 10_000_000, os.urandom, deflate)
        protocol = Connection("client", 10_000_000, os.urandom, deflate)
        h.connection = WebSocketConnection(stream, protocol, True, h, h.clock, ConnectionLimits())
        return h

    def heard(self, h: Harness) -> list[object]:
        h.client.receive_data(b"".join(h.stream.written))
        h.stream.written.clear()
        return list(iter(h.client.next_event, None))

    async def test_goes_on_reading_while_its_server_takes_nothing(self) -> None:
        h = self.client()
        h.stream.is_held_up = True
        running = asyncio.ensure_future(h.connection.run())
        h.connection.send("a", 1)
        for number in range(3):
            h.stream.incoming.put_nowait(
                h.client.send_ping(b"%d" % number) + h.client.send_message("x")
            )
        await h.until(lambda: len(h.told) == 3)
        assert h.stream.written == []
        h.stream.has_room.set()
        await h.until(lambda: h.stream.written)
        assert self.heard(h) == [Pong(b"0"), Pong(b"1"), Pong(b"2"), "a"]
        h.stream.incoming.put_nowait(b"")
        await running

    async def test_what_the_network_has_no_room_for_is_still_buffered(self) -> None:
        h = self.client()
        running = asyncio.ensure_future(h.connection.run())
        h.connection.send(bytes(1000), 1000)
        h.stream.fills_up = True
        await h.until(lambda: h.stream.written)
        assert h.connection.buffered_amount == 1000
        h.connection.send("more", 4)
        assert h.connection.buffered_amount == 1004
        h.stream.fills_up = False
        h.stream.has_room.set()
        await h.until(lambda: len(h.stream.written) == 2)
        assert h.connection.buffered_amount == 0
        h.stream.incoming.put_nowait(b"")
        await running

    async def test_a_close_that_could_not_be_answered_is_not_clean(self) -> None:
        h = self.client()
        running = asyncio.ensure_future(h.connection.run())
        h.connection.send(bytes(1000), 1000)
        h.stream.fills_up = True
        await h.until(lambda: h.stream.written)
        h.stream.incoming.put_nowait(h.client.start_the_closing_handshake(1001))
        await h.until(lambda: h.told)
        h.clock.advance(10)
        await running
        assert h.told == ["closing", (1001, "", False, False)]

    @pytest.mark.parametrize("length", [10, LONG_MESSAGE + 1])
    async def test_who_drains_waits_until_there_is_room(self, length: int) -> None:
        h = self.client()
        running = asyncio.ensure_future(h.connection.run())
        h.stream.is_held_up = True
        sending = asyncio.ensure_future(h.connection.send_and_drain(bytes(length), length))
        for _ in range(20):
            await asyncio.sleep(0)
        assert (sending.done(), h.stream.written) == (False, [])
        h.stream.has_room.set()
        assert await sending is True
        assert self.heard(h) == [bytes(length)]
        h.stream.incoming.put_nowait(b"")
        await running
        assert await h.connection.send_and_drain("x", 1) is False

    @spec("https://www.rfc-editor.org/rfc/rfc6455#section-5.4")
    async def test_a_pong_goes_between_the_frames_of_a_long_message(self) -> None:
        h = self.client()
        running = asyncio.ensure_future(h.connection.run())
        h.connection.send(bytes(10 * LONG_MESSAGE), 10 * LONG_MESSAGE)
        await h.until(lambda: h.stream.written)
        h.stream.incoming.put_nowait(h.client.send_ping(b"there?"))
        await h.until(lambda: h.connection.buffered_amount == 0)
        assert self.heard(h) == [Pong(b"there?"), bytes(10 * LONG_MESSAGE)]
        h.stream.incoming.put_nowait(b"")
        await running

    async def test_a_ping_amid_a_message_is_answered_before_the_message(self) -> None:
        h = self.client()
        running = asyncio.ensure_future(h.connection.run())
        text = [b"\x01\x05frag1", b"\x80\x05frag2"]
        h.stream.incoming.put_nowait(text[0] + h.client.send_ping(b"there?") + text[1])
        await h.until(lambda: h.told)
        h.connection.send("echo", 4)
        await h.until(lambda: h.connection.buffered_amount == 0)
        assert self.heard(h) == [Pong(b"there?"), "echo"]
        h.stream.incoming.put_nowait(b"")
        await running

    async def test_a_pong_does_not_wait_for_all_that_is_held_up(self) -> None:
        h = self.client()
        running = asyncio.ensure_future(h.connection.run())
        h.stream.fills_up = True
        h.connection.send(bytes(LONG_MESSAGE), LONG_MESSAGE)
        h.connection.send(bytes(LONG_MESSAGE), LONG_MESSAGE)
        await h.until(lambda: h.stream.written)
        h.stream.incoming.put_nowait(h.client.send_ping(b"there?") + h.client.send_message("read"))
        await h.until(lambda: h.told)
        assert len(h.stream.written) == 1
        h.stream.has_room.set()
        await h.until(lambda: len(h.stream.written) == 4)
        assert self.heard(h) == [Pong(b"there?"), bytes(LONG_MESSAGE), bytes(LONG_MESSAGE)]
        h.stream.incoming.put_nowait(b"")
        await running

    @pytest.mark.parametrize("deflate", [None, DeflateParameters()])
    async def test_messages_keep_their_order_whatever_their_lengths(
        self, deflate: DeflateParameters | None
    ) -> None:
        h = self.client(deflate)
        running = asyncio.ensure_future(h.connection.run())
        messages: list[object] = [
            "before",
            bytes(LONG_MESSAGE),
            "",
            b"short",
            "ä" * LONG_MESSAGE,
            "after",
        ]
        for message in messages:
            assert isinstance(message, (str, bytes))
            h.connection.send(
                message, len(message if isinstance(message, bytes) else message.encode())
            )
        assert h.connection.buffered_amount == 3 * LONG_MESSAGE + 16
        h.connection.close(1000)
        await h.until(lambda: h.connection.buffered_amount == 0)
        assert self.heard(h) == [*messages, Close(1000, "")]
        h.stream.incoming.put_nowait(b"")
        await running

    async def test_what_waits_behind_a_long_message_is_limited(self) -> None:
        h = self.client()
        h.stream.is_held_up = True
        running = asyncio.ensure_future(h.connection.run())
        for _ in range(200):
            h.connection.send(bytes(LONG_MESSAGE), LONG_MESSAGE)
        await running
        assert h.told == [(1008, "The other side does not take what it is sent", False, True)]

    async def test_a_long_message_is_given_up_when_the_server_closes(self) -> None:
        h = self.client()
        running = asyncio.ensure_future(h.connection.run())
        sending = asyncio.ensure_future(
            h.connection.send_and_drain(bytes(10 * LONG_MESSAGE), 10 * LONG_MESSAGE)
        )
        await h.until(lambda: h.stream.written)
        h.stream.incoming.put_nowait(h.client.start_the_closing_handshake(1000))
        assert await sending is False
        h.stream.incoming.put_nowait(b"")
        await running
        assert self.heard(h) == [Close(1000, "")]

    async def test_its_own_close_comes_after_a_long_message(self) -> None:
        h = self.client()
        running = asyncio.ensure_future(h.connection.run())
        text = "ä" * (10 * LONG_MESSAGE)
        sending = asyncio.ensure_future(h.connection.send_and_drain(text, 2 * len(text)))
        await h.until(lambda: h.stream.written)
        h.connection.close(3000, "bye")
        assert await sending is True
        assert self.heard(h) == [text, Close(3000, "bye")]
        h.stream.incoming.put_nowait(b"")
        await running
