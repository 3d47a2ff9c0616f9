"""Servers that do a client wrong: a fetch ends with a TypeError within its limit, and half a body
is not taken for the whole.
"""

from __future__ import annotations

import asyncio
import gc
import gzip
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from spec_tests.fakes import FakeClock
from worker_runtime import AbortController, ReadableStream, fetch
from worker_runtime.fetch.connections import connection_pool
from worker_runtime.fetch.http_network_fetch import MOST_INTERIM_RESPONSES
from worker_runtime.fetch.http_redirect_fetch import MOST_REDIRECTS
from worker_runtime.html.settings_objects import current_settings_object
from worker_runtime.webidl.promises import Promise

from .scripted_network import Received, ScriptedNetwork, network_of, response

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"

# What a server sends before it ends the connection, and why that is not a response.
BAD_HEADS = {
    "nothing": (b"", "ended before the response did"),
    "half a status line": (b"HTTP/1.1 20", "ended before the response did"),
    "half a head": (OK + b"Content-Length: 5\r\n", "ended before the response did"),
    "garbage before the status line": (b"garbage\r\n" + response(b"x"), "not the status line"),
    "spaces before the status line": (b" " + response(b"x"), "not the status line"),
    "HTTP/0.9": (b"<html>\n<p>hello\n\n</html>", "not the status line"),
    "HTTP/2": (
        b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00d\r\n\r\n",
        "NUL|not the status line",
    ),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "not the status line"),
    "another version": (b"HTTP/2.0 200 OK\r\n\r\n", "not the status line"),
    "a status of two digits": (b"HTTP/1.1 20 OK\r\n\r\n", "not the status line"),
    "a status of four digits": (b"HTTP/1.1 2000 OK\r\n\r\n", "not the status line"),
    "a line without a colon": (OK + b"nonsense\r\n\r\n", "no colon|not a field name"),
    "a name with a space": (OK + b"Content-Length : 5\r\n\r\nhello", "not a field name"),
    "an empty name": (OK + b": x\r\n\r\n", "not a field name"),
    "NUL in a value": (OK + b"X: a\0b\r\n\r\n", "NUL"),
    "NUL in a name": (OK + b"X\0: a\r\n\r\n", "NUL"),
    "CR in a value": (OK + b"X: a\rY: b\r\n\r\n", "CR without its LF"),
    "headers without end": (OK + b"X: y\r\n" * 20_000, "longer than 65536 bytes"),
    "a long header": (OK + b"X: " + b"y" * 70_000, "longer than 65536 bytes"),
    "a long status line": (b"HTTP/1.1 200 " + b"O" * 70_000, "longer than 65536 bytes"),
    "a head that is too long, in one piece": (
        response(b"", x="y" * 70_000),
        "longer than 65536 bytes",
    ),
    "interim responses without end": (
        b"HTTP/1.1 103 Early Hints\r\n\r\n" * (MOST_INTERIM_RESPONSES + 1),
        "interim",
    ),
    "only an interim response": (b"HTTP/1.1 100 Continue\r\n\r\n", "ended before the response did"),
    "an upgrade": (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        "nobody has asked for",
    ),
    "two lengths": (OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy", "several lengths"),
    "two lengths in one": (OK + b"Content-Length: 1, 2\r\n\r\nxy", "several lengths"),
    "a length that is too large": (
        OK + b"Content-Length: 99999999999999999999\r\n\r\nx",
        "a number of bytes",
    ),
    "a coding that nobody knows": (OK + b"Transfer-Encoding: x\r\n\r\nhello", "not supported"),
    "chunked, and then another": (
        OK + b"Transfer-Encoding: chunked, gzip\r\n\r\n",
        "not supported",
    ),
    "chunked twice": (
        OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        "not supported",
    ),
    "codings without end": (response(b"x", content_encoding=", ".join(["gzip"] * 5)), "5 codings"),
}

NO_SIZE = "a hexadecimal number|not the beginning of a chunk"

# What a server sends before it ends the connection, and why the body is broken off.
BAD_BODIES = {
    "too short": (response(b"half", content_length="8"), "4 bytes before the content did"),
    "no content": (response(b"", content_length="8"), "8 bytes before the content did"),
    "no chunk": (CHUNKED, "before the last chunk"),
    "half a chunk": (CHUNKED + b"8\r\nhalf", "before the last chunk"),
    "no last chunk": (CHUNKED + b"4\r\nhalf\r\n", "before the last chunk"),
    "no end of the trailers": (CHUNKED + b"4\r\nhalf\r\n0\r\n", "before the last chunk"),
    "a chunk longer than its size": (CHUNKED + b"2\r\nhalf\r\n0\r\n\r\n", "longer than its size"),
    "a chunk shorter than its size": (CHUNKED + b"5\r\nhalf\r\n0\r\n\r\n",
        "longer than its size|LF alone"),
    "no line break behind a chunk": (CHUNKED + b"4\r\nhalf0\r\n\r\n", "longer than its size"),
    "a line feed alone": (CHUNKED + b"4\nhalf\n0\n\n", "LF alone"),
    "a negative size": (CHUNKED + b"-4\r\nhalf\r\n0\r\n\r\n", NO_SIZE),
    "a signed size": (CHUNKED + b"+4\r\nhalf\r\n0\r\n\r\n", NO_SIZE),
    "a size with a prefix": (CHUNKED + b"0x4\r\nhalf\r\n0\r\n\r\n", NO_SIZE),
    "a size that is too large": (CHUNKED + b"1" * 17 + b"\r\nhalf\r\n0\r\n\r\n", "1 to 16 digits"),
    "no size": (CHUNKED + b"\r\nhalf\r\n0\r\n\r\n", NO_SIZE),
    "garbage for a size": (CHUNKED + b"4\r\nhalf\r\ngarbage", "not the beginning of a chunk"),
    "a long extension": (CHUNKED + b"4;" + b"x" * 5000, "longer than 4096 bytes"),
    "extensions without end": (CHUNKED + (b"1;" + b"x" * 4000 + b"\r\na\r\n") * 5,
        "extensions are longer than 16384 bytes"),
    "a malformed extension": (CHUNKED + b"4;\x00\r\nhalf\r\n0\r\n\r\n",
        "not a chunk size with extensions"),
    "trailers without end": (CHUNKED + b"0\r\n" + b"X: y\r\n" * 4000,
        "trailer section is longer than 16384 bytes"),
    "many trailers": (CHUNKED + b"0\r\n" + b"X: y\r\n" * 300 + b"\r\n", "300 trailer fields"),
    "a trailer without a colon": (CHUNKED + b"0\r\nnonsense\r\n\r\n", "no colon|not a field name"),
    "NUL in a trailer": (CHUNKED + b"0\r\nX: \0\r\n\r\n", "control character"),
    "no gzip": (response(b"not gzip", content_encoding="gzip"), "not gzip"),
    "no deflate": (response(b"\xff\xff\xff\xff", content_encoding="deflate"), "not deflate"),
    "half of gzip": (response(gzip.compress(b"half")[:-4], content_encoding="gzip"),
        "in the middle"),
    "half of deflate": (response(zlib.compress(b"half")[:-4], content_encoding="deflate"),
        "in the middle"),
    "gzip with a wrong sum": (response(gzip.compress(b"half")[:-8] + bytes(8),
        content_encoding="gzip"), "not gzip"),
    "half of what is chunked and gzip": (
        OK + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n"
        + gzip.compress(b"half")[:5], "last chunk"
    ),
}  # fmt: skip


def sends_and_hangs_up(data: bytes, step: int) -> ScriptedNetwork:
    """A network whose server sends data in pieces of so many bytes, and ends."""

    def serve(request: Received) -> None:
        for start in range(0, len(data), step):
            request.stream.feed(data[start : start + step])
        request.stream.end()

    return ScriptedNetwork(serve)


class TestFaults:
    @pytest.mark.parametrize("step", [1000, 1 << 20])
    @pytest.mark.parametrize("data, message", BAD_HEADS.values(), ids=BAD_HEADS)
    async def test_what_is_no_head_fails_the_fetch(
        self, data: bytes, message: str, step: int
    ) -> None:
        with network_of(sends_and_hangs_up(data, step).serve) as network:
            with pytest.raises(TypeError, match=f"fetch failed: a.example: .*({message})"):
                await fetch("http://a.example/")
            assert network.streams[0].is_closed

    @pytest.mark.parametrize("step", [1, 1000])
    @pytest.mark.parametrize("data, message", BAD_BODIES.values(), ids=BAD_BODIES)
    async def test_half_a_body_is_not_taken_for_the_whole(
        self, data: bytes, message: str, step: int
    ) -> None:
        with network_of(sends_and_hangs_up(data, step).serve) as network:
            answer = await fetch("http://a.example/")
            with pytest.raises(TypeError, match=f"broken off: .*({message})"):
                await answer.bytes()
            assert network.streams[0].is_closed

    @pytest.mark.parametrize("name", ["too short", "no last chunk", "half of gzip"])
    async def test_nor_by_who_reads_it_chunk_by_chunk(self, name: str) -> None:
        with network_of(sends_and_hangs_up(BAD_BODIES[name][0], 1 << 20).serve):
            answer = await fetch("http://a.example/")
            assert answer.body is not None
            with pytest.raises(TypeError, match="broken off"):
                async for _ in answer.body:
                    pass

    @pytest.mark.parametrize("data, text", [
        (response(b"hello", x="a\r\n b"), "hello"),  # a folded line is one
        (b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello", "hello"),
        (b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", "hello"),
        (response(b"hello, and more", content_length="5"), "hello"),
        (response(b"hello", content_length="5, 5"), "hello"),
        (OK + b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            "hello"),
        (CHUNKED + b"005;a=b\r\nhello\r\n0\r\nContent-Length: 1\r\nSet-Cookie: a=b\r\n\r\n",
            "hello"),
        (b"HTTP/1.1 204 No Content\r\n\r\nhello", ""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello", ""),
    ])  # fmt: skip
    async def test_what_is_only_odd_is_read_as_the_standards_say(
        self, data: bytes, text: str
    ) -> None:
        with network_of(lambda request: data) as network:
            answer = await fetch("http://a.example/")
            assert await answer.text() == text
            assert answer.headers.get("Set-Cookie") is None
            # What came beyond the response is not a response to the next request.
            network.serve = lambda request: response(b"next")
            assert await (await fetch("http://a.example/")).text() == "next"

    async def test_content_of_a_response_to_head_is_not_the_next_response(self) -> None:
        with network_of(lambda request: response(b"HTTP/1.1 200 OK\r\n\r\n")) as network:
            await fetch("http://a.example/", method="HEAD")
            assert await (await fetch("http://a.example/")).text() == "HTTP/1.1 200 OK\r\n\r\n"
            assert len(network.streams) == 2

    @pytest.mark.parametrize("location, message", [
        ("/", f"more than {MOST_REDIRECTS} times"),
        ("http://[", "no URL"),
        ("http://a.example:99999/", "no URL"),
        ("ftp://a.example/", "not at an HTTP server"),
        ("data:,x", "not at an HTTP server"),
        ("file:///etc/passwd", "not at an HTTP server"),
        ("http://a.example:22/", "port 22 is blocked"),
    ])  # fmt: skip
    async def test_a_redirect_that_leads_nowhere_fails_the_fetch(
        self, location: str, message: str
    ) -> None:
        with network_of(lambda request: response(b"", "302 Found", location=location)) as network:
            with pytest.raises(TypeError, match=message):
                await fetch("http://a.example/")
            assert len(network.requests) <= MOST_REDIRECTS + 1

    async def test_a_redirect_without_a_location_is_a_response(self) -> None:
        with network_of(lambda request: response(b"where?", "302 Found")):
            answer = await fetch("http://a.example/")
            assert (answer.status, await answer.text()) == (302, "where?")

    async def test_what_begins_as_no_response_is_not_waited_for(self) -> None:
        with network_of(lambda request: b"SSH-2.0-OpenSSH_9.2\r\n"):
            with pytest.raises(TypeError, match="not the status line"):
                await fetch("http://a.example/")


class TestTimeouts:
    """What no data ends, time does."""

    async def fails_in(
        self,
        seconds: float,
        clock: FakeClock,
        network: ScriptedNetwork,
        drip: bytes,
        promise: Promise[Any],
    ) -> str:
        """Let time pass, with a byte now and then, until the promise is rejected; why it is, and
        when.
        """
        reasons: list[object] = []
        promise.then(None, reasons.append)
        begin = clock.now
        while not reasons:
            assert clock.now - begin <= seconds, "it is not given up"
            if drip and not network.streams[-1].is_closed:
                network.streams[-1].feed(drip)
            clock.advance(1)
            for _ in range(10):
                await asyncio.sleep(0)
        assert clock.now - begin == seconds
        assert network.streams[-1].is_closed
        return str(reasons[0])

    @pytest.mark.parametrize("drip", [b"", b"x"])
    async def test_a_head_has_its_time_however_it_comes(self, drip: bytes) -> None:
        clock = FakeClock()
        with network_of(lambda request: OK + b"X: " if drip else None, clock=clock) as network:
            promise = fetch("http://a.example/")
            while not network.requests:
                await asyncio.sleep(0)
            assert "no response within 120 seconds" in await self.fails_in(
                120, clock, network, drip, promise
            )

    async def test_a_server_that_is_asked_again_and_does_not_answer_is_not_asked_a_third_time(
        self,
    ) -> None:
        clock = FakeClock()
        with network_of(lambda request: response(b"x"), clock=clock) as network:
            await fetch("http://a.example/")
            network.serve = lambda request: None
            promise = fetch("http://a.example/")
            while len(network.requests) < 2:
                await asyncio.sleep(0)
            assert "no response within 120 seconds" in await self.fails_in(
                120, clock, network, b"", promise
            )
            assert len(network.streams) == 1

    @pytest.mark.parametrize("data", [
        response(b"beginning", content_length="1000"), CHUNKED, OK + b"\r\nuntil the end",
        response(b"\x1f\x8b\x08", content_encoding="gzip", content_length="1000"),
    ])  # fmt: skip
    async def test_content_that_does_not_come_is_not_waited_for(self, data: bytes) -> None:
        clock = FakeClock()
        with network_of(lambda request: data, clock=clock) as network:
            promise = (await fetch("http://a.example/")).text()
            await asyncio.sleep(0)
            message = await self.fails_in(60, clock, network, b"", promise)
            assert "broken off: no more content within 60 seconds" in message

    async def test_a_byte_a_minute_is_too_little(self) -> None:
        clock = FakeClock()
        with network_of(
            lambda request: response(b"", content_length="1000"), clock=clock
        ) as network:
            promise = (await fetch("http://a.example/")).text()
            await asyncio.sleep(0)
            clock.advance(59)
            network.streams[0].feed(b"x")
            for _ in range(10):
                await asyncio.sleep(0)
            assert "no more content" in await self.fails_in(60, clock, network, b"", promise)

    async def test_who_reads_slowly_has_time(self) -> None:
        clock = FakeClock()
        with network_of(
            lambda request: response(b"one", content_length="6"), clock=clock
        ) as network:
            answer = await fetch("http://a.example/")
            assert answer.body is not None
            reader = answer.body.getReader()
            assert (await reader.read()).value == b"one"
            clock.advance(10_000)
            network.streams[0].feed(b"two")
            assert (await reader.read()).value == b"two"

    @pytest.mark.parametrize("is_stream", [False, True])
    async def test_content_that_is_not_taken_is_not_sent_for_ever(self, is_stream: bool) -> None:
        clock = FakeClock()

        async def chunks() -> AsyncIterator[bytes]:
            yield bytes(100_000)
            yield bytes(100_000)

        with network_of(lambda request: None, clock=clock) as network:
            body = ReadableStream.from_(chunks()) if is_stream else bytes(200_000)
            network.are_held_up = True
            promise = fetch("http://a.example/", method="POST", body=body, duplex="half")
            while not network.streams or not network.streams[0].drainer:
                await asyncio.sleep(0)
            message = await self.fails_in(60, clock, network, b"", promise)
            assert "the server takes no more of the request within 60 seconds" in message

    async def test_a_request_that_is_long_in_the_making_is_waited_for(self) -> None:
        clock = FakeClock()
        go_on = asyncio.Event()

        async def chunks() -> AsyncIterator[bytes]:
            yield b"one"
            await go_on.wait()
            yield b"two"

        with network_of(lambda request: response(request.body), clock=clock) as network:
            promise = fetch(
                "http://a.example/",
                method="POST",
                body=ReadableStream.from_(chunks()),
                duplex="half",
            )
            while not network.streams or b"one" not in network.streams[0].sent:
                await asyncio.sleep(0)
            clock.advance(10_000)
            go_on.set()
            assert "two" in await (await promise).text()

    async def test_the_clock_stops_between_requests(self) -> None:
        clock = FakeClock()
        with network_of(lambda request: response(b"x"), clock=clock) as network:
            for _ in range(100):
                assert await (await fetch("http://a.example/")).text() == "x"
                clock.advance(10)
            assert len(network.streams) == 1 and len(clock.alarms) <= 2


class TestUnreadResponses:
    @pytest.mark.parametrize("way", ["dropped", "cancelled", "aborted"])
    async def test_leave_nothing_behind(self, way: str) -> None:
        with network_of(lambda request: response(b"beginning", content_length="1000")) as network:
            pool = connection_pool(current_settings_object())
            for _ in range(10):
                controller = AbortController()
                promises = [
                    fetch("http://a.example/", signal=controller.signal) for _ in range(100)
                ]
                responses = [await promise for promise in promises]
                assert len(pool._in_use) == 100
                if way == "aborted":
                    controller.abort()
                elif way == "cancelled":
                    for stream in [answer.body for answer in responses]:
                        assert stream is not None
                        await stream.cancel()
                    del stream
                del promises, responses
                gc.collect()
                for _ in range(3):
                    await asyncio.sleep(0)
                assert not pool._in_use and not pool._idle
            assert len(network.streams) == 1000 and all(
                stream.is_closed for stream in network.streams
            )
            assert len(asyncio.all_tasks()) == 1
