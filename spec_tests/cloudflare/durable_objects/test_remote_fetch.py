"""SPEC_NOTES.md, "Objects of several processes": fetch."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from spec_tests.cloudflare.durable_objects.harness import Process, processes, some_turns
from worker_runtime import AbortController, ReadableStream, Request, Response, WebSocketPair
from worker_runtime.cloudflare.durable_objects.ownership import Ownership
from worker_runtime.cloudflare.durable_objects.remote_bodies import MOST_BYTES_WITH_THE_HEAD
from worker_runtime.cloudflare.durable_objects.remote_fetch import (
    MOST_BYTES_ON_THE_WAY,
    MOST_MESSAGES_ON_THE_WAY,
    IncomingFetch,
    header_list_of,
    read_a_body,
)
from worker_runtime.cloudflare.durable_objects.remote_messages import to_bytes
from worker_runtime.cloudflare.durable_objects.served_calls import ServedCalls
from worker_runtime.host import bus_frames, bus_member
from worker_runtime.testing import in_virtual_time
from worker_runtime.webidl.promises import PENDING, Promise

spec = pytest.mark.spec


@asynccontextmanager
async def asking(folder: Path, fetch: Any) -> AsyncIterator[tuple[Process, Process]]:
    """The process that has an object, and another one; in the end nothing is left in either."""
    async with processes(folder, fetch=fetch) as (owner, other):
        await owner.stub().increment()
        yield owner, other
        await some_turns(12)
        for process in (owner, other):
            assert process.host.record(ServedCalls)._fetches == {}
            assert process.host.record(Ownership)._fetches == {}


@spec("SPEC_NOTES.md#remote-fetch")
@spec("SPEC_NOTES.md#outgoing-fetch")
@spec("SPEC_NOTES.md#incoming-fetch")
class TestRemoteFetch:
    @in_virtual_time
    async def test_request_and_response_arrive_whole(self, tmp_path: Path) -> None:
        async def answer(it: Any, request: Request) -> Response:
            assert (request.method, request.url) == ("PUT", "https://x.example/p?q")
            assert request.headers["a"] == "b" and request.redirect == "manual"
            headers = [("set-cookie", "a=1"), ("set-cookie", "b=2"), ("x", "y")]
            return Response(await request.text(), status=418, statusText="Tea", headers=headers)

        async with asking(tmp_path, answer) as (_, other):
            request = Request(
                "https://x.example/p?q", method="PUT", body="text", headers={"a": "b"},
                redirect="manual",
            )  # fmt: skip
            response = await other.stub().fetch(request)
            assert (response.status, response.statusText, response.ok) == (418, "Tea", False)
            assert response.headers.getSetCookie() == ["a=1", "b=2"]
            assert response.headers["x"] == "y" and await response.text() == "text"
            response.headers.set("more", "1")  # as the object's own would let one
            assert request.bodyUsed

    @pytest.mark.parametrize("size", [0, MOST_BYTES_WITH_THE_HEAD, 3_000_000])
    def test_bodies_of_any_size(self, size: int, tmp_path: Path) -> None:
        @in_virtual_time
        async def test() -> None:
            async def answer(it: Any, request: Request) -> Response:
                return Response(request.body)

            data = bytes(range(256)) * (size // 256)
            async with asking(tmp_path, answer) as (_, other):
                response = await other.stub().fetch("https://x.example/", method="POST", body=data)
                assert await response.bytes() == data

        test()

    @in_virtual_time
    async def test_streams_go_both_ways_as_they_are_read(self, tmp_path: Path) -> None:
        pulled: list[int] = []

        async def numbers() -> Any:
            for number in range(1000):
                pulled.append(number)
                yield b"%d " % number

        async def answer(it: Any, request: Request) -> Response:
            assert request.body is not None
            return Response(request.body)

        async with asking(tmp_path, answer) as (_, other):
            response = await other.stub().fetch(
                "https://x.example/", method="POST", duplex="half",
                body=ReadableStream.from_(numbers()),
            )  # fmt: skip
            reader = response.body.getReader()
            assert bytes((await reader.read()).value) == b"0 "
            await some_turns(20)
            assert len(pulled) < 10
            await reader.cancel("enough")
            await some_turns(20)
            assert len(pulled) < 10

    @pytest.mark.parametrize("reads", [False, True])
    def test_a_response_that_nobody_has_is_wanted_no_more(
        self, reads: bool, tmp_path: Path
    ) -> None:
        @in_virtual_time
        async def test() -> None:
            ends: list[str] = []

            async def chunks() -> Any:
                try:
                    while True:
                        yield b"a"
                finally:
                    ends.append("chunks")

            async def answer(it: Any, request: Request) -> Response:
                return Response(ReadableStream.from_(chunks()))

            async with asking(tmp_path, answer) as (_, other):
                response = await other.stub().fetch("https://x.example/")
                if reads:
                    await response.body.getReader().read()
                gc.collect()
                await some_turns(12)
                assert ends == []
                del response
                gc.collect()
                await some_turns(12)
                assert ends == (["chunks"] if reads else [])

        test()

    @in_virtual_time
    async def test_after_a_failure_nobody_waits_for_the_request(self, tmp_path: Path) -> None:
        seen: list[str] = []

        async def read(request: Request) -> None:
            try:
                await request.text()
            except TypeError as error:
                seen.append(str(error))

        async def answer(it: Any, request: Request) -> Response:
            it.ctx.waitUntil(read(request))
            await some_turns(3)
            raise ValueError("too early")

        async with asking(tmp_path, answer) as (_, other):
            goes_on = asyncio.Event()
            stalled: Any = ReadableStream({"pull": lambda controller: goes_on.wait()})
            with pytest.raises(ValueError, match="too early"):
                await other.stub().fetch(
                    "https://x.example/", method="POST", body=stalled, duplex="half"
                )
            await some_turns(12)
            assert len(seen) == 1
            goes_on.set()

    @in_virtual_time
    async def test_a_request_that_is_aborted_is_aborted_there(self, tmp_path: Path) -> None:
        async def answer(it: Any, request: Request) -> Response:
            aborted = asyncio.Event()
            request.signal.addEventListener("abort", lambda event: aborted.set())
            await aborted.wait()
            return Response("was aborted")

        async with asking(tmp_path, answer) as (_, other):
            controller = AbortController()
            promise = other.stub().fetch("https://x.example/", signal=controller.signal)
            await some_turns(10)
            controller.abort()
            assert await (await promise).text() == "was aborted"

    @in_virtual_time
    async def test_what_is_no_response_is_a_type_error(self, tmp_path: Path) -> None:
        async def answer(it: Any, request: Request) -> Any:
            return "text"

        async with asking(tmp_path, answer) as (_, other):
            with pytest.raises(TypeError, match="returns a Response, not 'text'"):
                await other.stub().fetch("https://x.example/")

    @in_virtual_time
    async def test_an_error_response_stays_one(self, tmp_path: Path) -> None:
        async def answer(it: Any, request: Request) -> Any:
            return Response.error()

        async with asking(tmp_path, answer) as (_, other):
            assert (await other.stub().fetch("https://x.example/")).type == "error"

    @in_virtual_time
    async def test_a_body_ends_with_an_error_when_its_process_dies(self, tmp_path: Path) -> None:
        async def chunks() -> Any:
            yield b"a"
            await asyncio.Event().wait()

        async def answer(it: Any, request: Request) -> Response:
            return Response(ReadableStream.from_(chunks()))

        async with processes(tmp_path, fetch=answer) as (owner, other):
            await owner.stub().increment()
            reader = (await other.stub().fetch("https://x.example/")).body.getReader()
            assert bytes((await reader.read()).value) == b"a"
            owner.kill()
            with pytest.raises(RuntimeError, match="Network connection lost"):
                await reader.read()

    @in_virtual_time
    async def test_an_object_stays_while_its_response_is_read(self, tmp_path: Path) -> None:
        async def chunks() -> Any:
            for _ in range(3):
                await asyncio.sleep(30)
                yield b"a"

        async def answer(it: Any, request: Request) -> Response:
            return Response(ReadableStream.from_(chunks()))

        async with asking(tmp_path, answer) as (owner, other):
            response = await other.stub().fetch("https://x.example/")
            reading = response.text()
            for _ in range(8):
                await owner.advance(seconds=10)
                assert owner.has()
            await owner.advance(seconds=30)
            assert await reading == "aaa"

    @pytest.mark.parametrize(
        "head",
        [["request"], ["request", "GET", "http://a/", [], "sideways", [None, False, None]],
         ["request", "GET", "http://a/", [["a"]], "follow", [None, False, None]],
         ["request", "GET", "http://a/", [], "follow", [b"", True, None]],
         ["request", "GET", "http://a/", [], "follow", []]],
    )  # fmt: skip
    async def test_what_is_no_head_is_refused(self, head: list[Any]) -> None:
        with pytest.raises(ValueError):
            IncomingFetch(to_bytes(head), lambda kind, *items: None)

    def test_headers_and_bodies_of_a_head(self) -> None:
        assert list(header_list_of([["a", "b"]])) == [("a", "b")]
        body, receiver = read_a_body([b"ab", False, 2], lambda kind: None)
        assert body is not None and body.source == b"ab" and receiver is None


@spec("SPEC_NOTES.md#remote-socket")
class TestRemoteSocket:
    @asynccontextmanager
    async def connected(self, folder: Path) -> AsyncIterator[tuple[Process, Process, Any, Any]]:
        """The owner, another process, the socket there, and what the object has heard."""
        heard: list[Any] = []

        async def answer(it: Any, request: Request) -> Response:
            client, server = WebSocketPair()
            server.accept()

            def echo(event: Any) -> None:
                heard.append(event.data)
                server.send(event.data)

            server.addEventListener("message", echo)
            server.addEventListener("close", lambda event: heard.append((event.code, event.reason)))
            return Response(None, status=101, webSocket=client)

        async with processes(folder, fetch=answer) as (owner, other):
            await owner.stub().increment()
            headers = {"upgrade": "websocket"}
            response = await other.stub().fetch("https://x.example/", headers=headers)
            assert response.status == 101
            response.webSocket.accept()
            yield owner, other, response.webSocket, heard

    @in_virtual_time
    async def test_messages_and_the_end_go_both_ways(self, tmp_path: Path) -> None:
        async with self.connected(tmp_path) as (owner, other, socket, heard):
            came: list[Any] = []
            socket.addEventListener("message", lambda event: came.append(event.data))
            for data in ("text", b"bytes"):
                socket.send(data)
            await some_turns(20)
            assert came == heard == ["text", b"bytes"]
            socket.close(3001, "bye")
            await some_turns(20)
            assert heard[2:] == [(3001, "bye")]
            assert owner.host.record(ServedCalls)._fetches == {}
            assert other.host.record(Ownership)._fetches == {}

    @in_virtual_time
    async def test_the_network_waits_for_an_object_that_is_slow(self, tmp_path: Path) -> None:
        goes_on, handled = asyncio.Event(), 0

        async def handle(event: Any) -> None:
            nonlocal handled
            await goes_on.wait()
            handled += 1

        async def answer(it: Any, request: Request) -> Response:
            client, server = WebSocketPair()
            server.accept()
            server.addEventListener("message", handle)
            return Response(None, status=101, webSocket=client)

        async with processes(tmp_path, fetch=answer) as (owner, other):
            await owner.stub().increment()
            headers = {"upgrade": "websocket"}
            response = await other.stub().fetch("https://x.example/", headers=headers)
            way_in = response.webSocket._other_end._way_in
            sent, room = 0, None
            while room is None:
                sent, room = sent + 1, way_in.message_received("message")
                assert sent <= 3 * MOST_MESSAGES_ON_THE_WAY  # some run in the object
                await some_turns(1)
            await some_turns(20)
            assert not isinstance(room, Promise) or room._state == PENDING
            goes_on.set()
            await room
            await some_turns(20)
            assert handled == sent
            await way_in.message_received("x" * MOST_BYTES_ON_THE_WAY)
            response.webSocket.accept()
            response.webSocket.close()
            await some_turns(20)

    @in_virtual_time
    async def test_one_that_nobody_has_is_lost(self, tmp_path: Path) -> None:
        heard: list[int] = []

        async def answer(it: Any, request: Request) -> Response:
            client, server = WebSocketPair()
            server.accept()
            server.addEventListener("close", lambda event: heard.append(event.code))
            return Response(None, status=101, webSocket=client)

        async with asking(tmp_path, answer) as (_, other):
            headers = {"upgrade": "websocket"}
            response = await other.stub().fetch("https://x.example/", headers=headers)
            socket = response.webSocket
            del response
            gc.collect()
            await some_turns(12)
            assert heard == []
            del socket
            gc.collect()
            await some_turns(12)
            assert heard == [1006]

    @in_virtual_time
    async def test_when_the_object_s_process_dies_it_is_closed(self, tmp_path: Path) -> None:
        async with self.connected(tmp_path) as (owner, _, socket, heard):
            ends: list[Any] = []
            socket.addEventListener("close", lambda event: ends.append((event.code, event.reason)))
            owner.kill()
            await some_turns(20)
            assert ends == [(1011, "Network connection lost.")]

    @in_virtual_time
    async def test_when_the_other_process_dies_it_is_lost(self, tmp_path: Path) -> None:
        async with self.connected(tmp_path) as (_, other, socket, heard):
            other.kill()
            await some_turns(20)
            assert heard == [(1006, "")]

    @pytest.mark.parametrize(
        "limit, code", [("MOST_BYTES_OF_A_MESSAGE", 1009), ("MOST_BYTES_THAT_WAIT", 1013)]
    )
    def test_what_the_bus_does_not_take_ends_it(
        self, limit: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        @in_virtual_time
        async def test() -> None:
            async with self.connected(tmp_path) as (_, _, socket, heard):
                ends: list[int] = []
                socket.addEventListener("close", lambda event: ends.append(event.code))
                where = bus_frames if code == 1009 else bus_member
                monkeypatch.setattr(where, limit, 1000)
                socket.send(bytes(2000))
                await some_turns(20)
                assert ends == [code] and [end[0] for end in heard] == [code]

        test()
