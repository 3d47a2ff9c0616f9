"""What a server answers to requests, good and bad, byte by byte."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextvars import ContextVar

import pytest

from spec_tests.fakes import FakeClock
from worker_runtime.fetch.bodies import BodyRecord
from worker_runtime.fetch.infrastructure import FetchController
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import ResponseRecord
from worker_runtime.host.socket_stream import NO_LINGERING, SocketStream
from worker_runtime.streams.readable_stream import ReadableStream
from worker_runtime.url.url_serializing import url_path_serializer, url_serializer

from .raw_http import HOST, Server, content_of, echo, hello, response, serving, statuses, until

GET = b"GET / HTTP/1.1\r\n" + HOST
POST = b"POST / HTTP/1.1\r\n" + HOST
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"

# What is sent, and the status of the answer; the connection is closed after it.
HOSTILE: dict[str, tuple[bytes, int]] = {
    # request smuggling: https://www.rfc-editor.org/rfc/rfc9112#section-11.2
    "Content-Length and Transfer-Encoding": (POST
        + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "Transfer-Encoding and Content-Length": (POST
        + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400),
    "two equal lengths": (POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400),
    "two lengths": (POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", 400),
    "a list of lengths": (POST + b"Content-Length: 5, 5\r\n\r\nhello", 400),
    "an empty length": (POST + b"Content-Length:\r\n\r\n", 400),
    "a length with a plus": (POST + b"Content-Length: +5\r\n\r\nhello", 400),
    "a negative length": (POST + b"Content-Length: -5\r\n\r\nhello", 400),
    "a hexadecimal length": (POST + b"Content-Length: 0x5\r\n\r\nhello", 400),
    "a length with an underscore": (POST + b"Content-Length: 1_0\r\n\r\nhellohello", 400),
    "a length with a space in it": (POST + b"Content-Length: 1 0\r\n\r\nhellohello", 400),
    "a length in other digits": (POST + b"Content-Length: \xd9\xa5\r\n\r\nhello", 400),
    "a length that is too long": (POST + b"Content-Length: " + b"9" * 19 + b"\r\n\r\nhello", 400),
    "chunked twice": (POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400),
    "chunked in two lines": (POST
        + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "chunked and then identity": (POST
        + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", 400),
    "chunked that is not the last": (POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
        400),
    "a coding that is not chunked": (POST + b"Transfer-Encoding: gzip\r\n\r\n", 400),
    "a coding before chunked": (POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    "a coding that looks like chunked": (POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        400),
    "chunked with a vertical tab": (POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", 400),
    "chunked in quotes": (POST + b'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n', 400),
    "chunked with a parameter": (POST + b"Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n", 400),
    "an empty coding": (POST + b"Transfer-Encoding:\r\n\r\n", 400),
    "chunked in HTTP/1.0": (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    # lines and whitespace: https://www.rfc-editor.org/rfc/rfc9112#section-2.2
    "lines that end with LF": (b"GET / HTTP/1.1\nHost: a\n\n", 400),
    "a field line that ends with LF": (b"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400),
    "an empty line that ends with LF": (b"GET / HTTP/1.1\r\nHost: a\r\n\n", 400),
    "a CR in a value": (GET + b"X: a\rb\r\n\r\n", 400),
    "a CR in a name": (GET + b"X\r: a\r\n\r\n", 400),
    "a CR before a CRLF": (GET + b"X: a\r\r\n\r\n", 400),
    "a CR in the request line": (b"GET /\r HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a NUL in a value": (GET + b"X: a\0b\r\n\r\n", 400),
    "a NUL in a name": (GET + b"X\0: a\r\n\r\n", 400),
    "a NUL in the target": (b"GET /\0 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a DEL in a value": (GET + b"X: \x7f\r\n\r\n", 400),
    "a folded line": (GET + b"X: a\r\n b\r\n\r\n", 400),
    "a line folded with a tab": (GET + b"X: a\r\n\tb\r\n\r\n", 400),
    "whitespace before the first field": (b"GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
    "a line of whitespace": (GET + b" \r\n\r\n", 400),
    "a space before the colon": (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
    "a tab before the colon": (GET + b"X\t: a\r\n\r\n", 400),
    "a field without a colon": (GET + b"X\r\n\r\n", 400),
    "a field without a name": (GET + b": a\r\n\r\n", 400),
    "a name beyond ASCII": (GET + b"X\xe9: a\r\n\r\n", 400),
    "a name in parentheses": (GET + b"(X): a\r\n\r\n", 400),
    # the request line: https://www.rfc-editor.org/rfc/rfc9112#section-3
    "HTTP/0.9": (b"GET /\r\n", 400),
    "an HTTP/0.9 version": (b"GET / HTTP/0.9\r\n\r\n", 505),
    "the HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "a version that is none": (b"GET / HTTP/1.1.1\r\n" + HOST + b"\r\n", 400),
    "a version in lower case": (b"GET / http/1.1\r\n" + HOST + b"\r\n", 400),
    "a version with a leading zero": (b"GET / HTTP/01.1\r\n" + HOST + b"\r\n", 400),
    "two spaces": (b"GET  / HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a tab for a space": (b"GET\t/ HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a space before the method": (b" GET / HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a space after the version": (b"GET / HTTP/1.1 \r\n" + HOST + b"\r\n", 400),
    "a space in the target": (b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a method that is no token": (b"G(T / HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "no method": (b" / HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a target beyond ASCII": (b"GET /caf\xc3\xa9 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a fragment": (b"GET /#a HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a target that is no path": (b"GET a HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "an asterisk for GET": (b"GET * HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "another scheme": (b"GET ftp://a/ HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a user in the target": (b"GET http://user@a/ HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "https without TLS": (b"GET https://a/ HTTP/1.1\r\n" + HOST + b"\r\n", 421),
    "a tunnel": (b"CONNECT a:443 HTTP/1.1\r\n" + HOST + b"\r\n", 501),
    "a tunnel to nowhere": (b"CONNECT / HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "TLS for a plain port": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\n" * 10, 400),
    "a response": (b"HTTP/1.1 200 OK\r\n\r\n", 400),
    # Host: https://www.rfc-editor.org/rfc/rfc9112#section-3.2-6
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "two hosts": (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    "two equal hosts": (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
    "a host and an empty one": (b"GET / HTTP/1.1\r\nHost: a\r\nHost:\r\n\r\n", 400),
    "a host with a path": (b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
    "a host with a user": (b"GET / HTTP/1.1\r\nHost: b@a\r\n\r\n", 400),
    "a host with a space": (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
    "a list of hosts": (b"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400),
    "a port that is none": (b"GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400),
    "a port out of range": (b"GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", 400),
    "a host that is no IPv4 address": (b"GET / HTTP/1.1\r\nHost: 1.2.3.256\r\n\r\n", 400),
    "a host that is no IPv6 address": (b"GET / HTTP/1.1\r\nHost: [::g]\r\n\r\n", 400),
    "a missing host beside an absolute target": (b"GET http://a/ HTTP/1.1\r\n\r\n", 400),
    # chunks: https://www.rfc-editor.org/rfc/rfc9112#section-7.1
    "a negative chunk size": (CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n", 400),
    "a chunk size with a plus": (CHUNKED + b"+5\r\nhello\r\n0\r\n\r\n", 400),
    "a chunk size with 0x": (CHUNKED + b"0x5\r\nhello\r\n0\r\n\r\n", 400),
    "a chunk size with an underscore": (CHUNKED + b"1_0\r\nhellohellohello!\r\n0\r\n\r\n", 400),
    "a chunk size of other letters": (CHUNKED + b"G\r\nhello\r\n0\r\n\r\n", 400),
    "an empty chunk size": (CHUNKED + b"\r\nhello\r\n0\r\n\r\n", 400),
    "a huge chunk size": (CHUNKED + b"1" + b"0" * 16 + b"\r\nhello\r\n0\r\n\r\n", 400),
    "a chunk size after a space": (CHUNKED + b" 5\r\nhello\r\n0\r\n\r\n", 400),
    "a chunk size before a space": (CHUNKED + b"5 \r\nhello\r\n0\r\n\r\n", 400),
    "a chunk size that ends with LF": (CHUNKED + b"5\nhello\r\n0\r\n\r\n", 400),
    "a chunk that ends with LF": (CHUNKED + b"5\r\nhello\n0\r\n\r\n", 400),
    "a chunk that is too long": (CHUNKED + b"5\r\nhello!\r\n0\r\n\r\n", 400),
    "a chunk that does not end": (CHUNKED + b"5\r\nhello0\r\n\r\n", 400),
    "a chunk extension that is none": (CHUNKED + b"5;a b\r\nhello\r\n0\r\n\r\n", 400),
    "a chunk extension with LF": (CHUNKED + b"5;a\nb\r\nhello\r\n0\r\n\r\n", 400),
    "a long chunk extension": (CHUNKED + b"5;" + b"a" * 5000 + b"\r\nhello\r\n0\r\n\r\n", 400),
    "many chunk extensions": (CHUNKED + (b"1;" + b"a" * 1000 + b"\r\na\r\n") * 20 + b"0\r\n\r\n",
        400),
    "a trailer that is none": (CHUNKED + b"0\r\nX : a\r\n\r\n", 400),
    "a folded trailer": (CHUNKED + b"0\r\nX: a\r\n b\r\n\r\n", 400),
    "a trailer with a NUL": (CHUNKED + b"0\r\nX: \0\r\n\r\n", 400),
    "a trailer that ends with LF": (CHUNKED + b"0\r\nX: a\n\r\n", 400),
    "long trailers": (CHUNKED + b"0\r\nX: " + b"a" * 20000 + b"\r\n\r\n", 431),
    "many trailers": (CHUNKED + b"0\r\n" + b"X: a\r\n" * 201 + b"\r\n", 431),
    # limits
    "a long request line": (b"GET /" + b"a" * 16 * 1024 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
    "a request line without end": (b"GET /" + b"a" * 20 * 1024, 414),
    "a long method": (b"A" * 20 * 1024, 414),
    "a long field": (GET + b"X: " + b"a" * 64 * 1024 + b"\r\n\r\n", 431),
    "a field without end": (GET + b"X: " + b"a" * 70 * 1024, 431),
    "long fields": (GET + (b"X: " + b"a" * 1000 + b"\r\n") * 70 + b"\r\n", 431),
    "many fields": (GET + b"X: a\r\n" * 200 + b"\r\n", 431),
    # expectations: https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1
    "an expectation that nobody knows": (POST + b"Expect: tea\r\nContent-Length: 5\r\n\r\n", 417),
}  # fmt: skip

# What is sent, and what the handler sees of it: method, URL, content.
UNUSUAL: dict[str, tuple[bytes, tuple[str, str, bytes]]] = {
    "a target in absolute form": (b"GET http://b:8080/x?y HTTP/1.1\r\n" + HOST + b"\r\n",
        ("GET", "http://b:8080/x?y", b"")),
    "a target in absolute form without a path": (b"GET HTTP://b HTTP/1.1\r\n" + HOST + b"\r\n",
        ("GET", "http://b/", b"")),
    "an asterisk": (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", ("OPTIONS", "http://a/", b"")),
    "two slashes": (b"GET //b/c HTTP/1.1\r\n" + HOST + b"\r\n", ("GET", "http://a//b/c", b"")),
    "characters that browsers send": (b"GET /|[]\"<>{}?|'^` HTTP/1.1\r\n" + HOST + b"\r\n",
                                      ("GET", "http://a/|[]%22%3C%3E%7B%7D?|%27^`", b"")),
    "a method in lower case": (b"get / HTTP/1.1\r\n" + HOST + b"\r\n", ("get", "http://a/", b"")),
    "a method that nobody knows": (b"M-SEARCH / HTTP/1.1\r\n" + HOST + b"\r\n",
        ("M-SEARCH", "http://a/", b"")),
    "a later minor version": (b"GET / HTTP/1.2\r\n" + HOST + b"\r\n", ("GET", "http://a/", b"")),
    "an empty line before the request": (b"\r\n" + GET + b"\r\n", ("GET", "http://a/", b"")),
    "no space after the colon": (b"GET / HTTP/1.1\r\nHost:a\r\n\r\n", ("GET", "http://a/", b"")),
    "whitespace after the value": (b"GET / HTTP/1.1\r\nHost: a \t\r\n\r\n",
        ("GET", "http://a/", b"")),
    "a host with a port": (b"GET / HTTP/1.1\r\nHost: EXAMPLE.com:80\r\n\r\n",
        ("GET", "http://example.com/", b"")),
    "an IPv6 host": (b"GET / HTTP/1.1\r\nHost: [::1]:81\r\n\r\n", ("GET", "http://[::1]:81/", b"")),
    "bytes beyond ASCII in a value": (GET + b"X: \xff\xfe\r\n\r\n", ("GET", "http://a/", b"")),
    "content for GET": (GET + b"Content-Length: 5\r\n\r\nhello", ("GET", "http://a/", b"hello")),
    "a length with zeros before it": (POST + b"Content-Length: 005\r\n\r\nhello",
        ("POST", "http://a/", b"hello")),
    "no content": (POST + b"Content-Length: 0\r\n\r\n", ("POST", "http://a/", b"")),
    "chunks": (CHUNKED + b'5;a;b="c"\r\nhello\r\n00\r\nX: y\r\n\r\n',
        ("POST", "http://a/", b"hello")),
    "chunked in another case": (POST + b"Transfer-Encoding: , ChunkeD\r\n\r\n1\r\na\r\n0\r\n\r\n",
        ("POST", "http://a/", b"a")),
}  # fmt: skip


class TestServedConnection:
    @pytest.mark.parametrize("name", HOSTILE)
    @pytest.mark.parametrize("is_whole", [True, False], ids=["whole", "in two pieces"])
    async def test_what_is_no_request_is_refused_and_ends_the_connection(
        self, name: str, is_whole: bool
    ) -> None:
        data, status = HOSTILE[name]
        answered = []

        async def handle_request(
            request: RequestRecord, controller: FetchController
        ) -> ResponseRecord:
            await content_of(request)
            answered.append(request)
            return response()

        async with serving(handle_request) as server, server.client() as client:
            if not is_whole:
                client.send(data[: len(data) // 2])
                await asyncio.sleep(0)
                data = data[len(data) // 2 :]
            client.send(data)
            client.send(GET + b"\r\n")  # smuggled in: nobody may answer that
            answer = await client.read_to_end()
        assert statuses(answer) == [status] and answered == []
        assert b"connection: close\r\n" in answer

    @pytest.mark.parametrize("name", UNUSUAL)
    async def test_what_is_one_is_answered_and_the_connection_goes_on(self, name: str) -> None:
        data, seen_of_it = UNUSUAL[name]
        seen = []

        async def handle_request(
            request: RequestRecord, controller: FetchController
        ) -> ResponseRecord:
            content = await content_of(request)
            seen.append((request.method, url_serializer(request.url), content))
            return response()

        async with serving(handle_request) as server:
            answer = await server.ask(data + GET + b"Connection: close\r\n\r\n")
        assert statuses(answer) == [200, 200]
        assert seen[0] == seen_of_it

    async def test_http_1_0_ends_the_connection_and_may_do_without_host(self) -> None:
        seen = []

        def handle_request(request: RequestRecord, controller: FetchController) -> ResponseRecord:
            seen.append(url_serializer(request.url))
            return response()

        async with serving(handle_request) as server:
            answer = await server.ask(b"GET /x HTTP/1.0\r\n\r\n")
            assert seen == [f"http://127.0.0.1:{server.port}/x"]
        assert b"connection: close" in answer and answer.endswith(b"\r\n\r\nhello")

    async def test_http_1_0_with_keep_alive_does_not(self) -> None:
        async with serving(hello) as server:
            answer = await server.ask(
                b"GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n"
            )
        assert [re.findall(rb"connection: \S+", part) for part in answer.split(b"hello")[:2]] == [
            [b"connection: keep-alive"], [b"connection: close"],
        ]  # fmt: skip

    async def test_pipelined_requests_are_answered_in_their_order(self) -> None:
        delays = iter([3, 0, 2, 0, 1])

        async def handle_request(
            request: RequestRecord, controller: FetchController
        ) -> ResponseRecord:
            for _ in range(next(delays)):
                await asyncio.sleep(0)
            return response(await content_of(request) + url_path_serializer(request.url).encode())

        requests = b"".join(
            b"POST /%d HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n:" % number
            for number in range(4)
        )
        async with serving(handle_request) as server:
            answer = await server.ask(
                requests + b"GET /4 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
        assert re.findall(rb"\r\n\r\n(:?/\d)", answer) == [b":/0", b":/1", b":/2", b":/3", b"/4"]

    async def test_a_request_may_come_byte_by_byte(self) -> None:
        async with serving(echo) as server, server.client() as client:
            for byte in CHUNKED + b"5\r\nhello\r\n0\r\n\r\n" + GET + b"Connection: close\r\n\r\n":
                client.send(bytes([byte]))
                await asyncio.sleep(0)
            answer = await client.read_to_end()
        assert statuses(answer) == [200, 200] and b"\r\n\r\nhelloHTTP" in answer

    async def test_nothing_is_answered_after_connection_close(self) -> None:
        async with serving(hello) as server:
            assert statuses(
                await server.ask(GET + b"Connection: close\r\n\r\n" + GET + b"\r\n")
            ) == [200]

    async def test_a_client_that_has_said_all_still_gets_its_answers(self) -> None:
        release = asyncio.Event()

        async def handle_request(
            request: RequestRecord, controller: FetchController
        ) -> ResponseRecord:
            await release.wait()
            return response()

        async with serving(handle_request) as server, server.client() as client:
            client.send(GET + b"\r\n" + GET + b"\r\n")
            client.writer.write_eof()
            await asyncio.sleep(0)
            release.set()
            assert statuses(await client.read_to_end()) == [200, 200]

    async def test_an_end_within_a_head_is_a_bad_request(self) -> None:
        async with serving(hello) as server, server.client() as client:
            client.send(b"GET / HT")
            client.writer.write_eof()
            assert statuses(await client.read_to_end()) == [400]


user: ContextVar[str] = ContextVar("user", default="nobody")
SMALL_POST = POST + b"Content-Length: 5\r\n\r\nhello"
LARGE_POST = POST + b"Content-Length: 3000000\r\n\r\n" + bytes(3_000_000)
CHUNKED_POST = CHUNKED + b"3\r\nabc\r\n"


class TestContexts:
    """What one request sets, no other sees."""

    async def set_and_read(
        self, request: RequestRecord, controller: FetchController
    ) -> ResponseRecord:
        seen = user.get()
        user.set(request.method)
        await content_of(request)
        user.set(request.method)
        return response(seen.encode())

    def set_at_once(self, request: RequestRecord, controller: FetchController) -> ResponseRecord:
        seen = user.get()
        user.set(request.method)
        return response(seen.encode())

    @pytest.mark.parametrize("is_at_once", [False, True], ids=["later", "at once"])
    @pytest.mark.parametrize(
        "first", [GET + b"\r\n", SMALL_POST, LARGE_POST], ids=["none", "small", "large"]
    )
    @pytest.mark.parametrize("is_pipelined", [False, True], ids=["one by one", "pipelined"])
    async def test_the_next_request_of_a_connection_begins_anew(
        self, first: bytes, is_at_once: bool, is_pipelined: bool
    ) -> None:
        handle_request = self.set_at_once if is_at_once else self.set_and_read
        async with serving(handle_request) as server, server.client() as client:
            second = GET + b"Connection: close\r\n\r\n"
            client.send(first + (second if is_pipelined else b""))
            answer = await client.read_until(b"nobody")
            client.send(b"" if is_pipelined else second)
            if not (is_at_once and first is LARGE_POST):  # which is not read to its end
                answer += await client.read_to_end()
                assert statuses(answer) == [200, 200] and answer.endswith(b"nobody")

    async def test_content_that_waits_does_not_bring_its_readers_context(self) -> None:
        async with serving(self.set_and_read) as server, server.client() as client:
            client.send(CHUNKED_POST)
            await asyncio.sleep(0)
            client.send(b"0\r\n\r\n")
            await client.read_until(b"nobody")
            client.send(GET + b"Connection: close\r\n\r\n")
            assert (await client.read_to_end()).endswith(b"nobody")

    async def test_a_response_that_is_held_back_does_not_bring_its_writers_context(self) -> None:
        async def handle_request(
            request: RequestRecord, controller: FetchController
        ) -> ResponseRecord:
            seen = user.get().encode()
            user.set("somebody")
            return response(seen * (1_000_000 if request.method == "POST" else 1))

        async with serving(handle_request) as server, server.client() as client:
            client.send(POST + b"Content-Length: 0\r\n\r\n")
            head = await client.read_until(b"\r\n\r\n")
            assert b"content-length: 6000000" in head
            await client.reader.readexactly(6_000_000)
            client.send(GET + b"Connection: close\r\n\r\n")
            assert (await client.read_to_end()).endswith(b"\r\n\r\nnobody")


async def read_slowly(
    server: Server, clock: FakeClock, data: bytes, seconds: float, is_all: bool = False
) -> int:
    """Send a request, and read so slowly that seconds pass for each 100 kB; returns how many bytes
    came. If the request `is_all`, the client ends its side then.
    """
    connection = socket.socket()
    # so that what was read can be seen from the other side
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 50_000)
    connection.setblocking(False)
    await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", server.port))
    reader, writer = await asyncio.open_connection(sock=connection, limit=50_000)
    writer.write(data)
    if is_all:
        writer.write_eof()
    received = passed = 0
    while piece := await reader.read(100_000):
        received += len(piece)
        while passed < received:
            passed += 100_000
            for _ in range(10):
                await asyncio.sleep(0)
            if server.listener._connections:
                clock.advance(seconds)
    writer.close()
    return received


class TestDeadlinesOfClients:
    """Time passes on a clock of the test's own."""

    def awaited(self, server: Server) -> str | None:
        """What the server waits for from its only client."""
        return next(
            (connection._client.deadlines.awaited for connection in server.listener._connections),
            None,
        )

    async def test_who_connects_and_says_nothing_is_let_go_in_silence(self) -> None:
        clock = FakeClock()
        async with serving(hello, clock=clock) as server, server.client() as client:
            await until(lambda: self.awaited(server) == "request")
            clock.advance(29)
            assert server.listener._connections
            clock.advance(2)
            assert await client.read_to_end() == b""

    async def test_a_head_has_its_time_however_it_drips_in(self) -> None:
        clock = FakeClock()
        async with serving(hello, clock=clock) as server, server.client() as client:
            client.send(b"GET / HT")
            await until(lambda: self.awaited(server) == "head")
            clock.advance(20)
            client.send(b"TP/1.1\r\nX-Slow")
            await until(lambda: len(self.buffer(server)) > 15)
            clock.advance(11)
            answer = await client.read_to_end()
        assert statuses(answer) == [408] and b"connection: close" in answer

    def due(self, server: Server) -> float:
        return next(iter(server.listener._connections))._client.deadlines._sent_by

    def buffer(self, server: Server) -> bytes | bytearray:
        return next(iter(server.listener._connections))._client.http._buffer

    async def test_between_requests_there_is_more_time_and_then_silence(self) -> None:
        clock = FakeClock()
        async with serving(hello, clock=clock) as server, server.client() as client:
            for _ in range(3):
                client.send(GET + b"\r\n")
                assert statuses(await client.read_until(b"hello")) == [200]
                clock.advance(74)
            clock.advance(2)
            assert await client.read_to_end() == b""

    async def test_content_that_does_not_come_is_a_timeout(self) -> None:
        clock = FakeClock()
        async with serving(echo, clock=clock) as server, server.client() as client:
            client.send(POST + b"Content-Length: 5\r\n\r\n")
            await until(lambda: self.awaited(server) == "content")
            for _ in range(3):
                clock.advance(50)
                client.send(b"h")
                await until(lambda: self.due(server) == clock.now + 60)
            clock.advance(61)
            answer = await client.read_to_end()
        assert statuses(answer) == [408]

    async def test_who_does_not_take_the_response_is_cut_off(self) -> None:
        clock = FakeClock()

        def handle_request(request: RequestRecord, controller: FetchController) -> ResponseRecord:
            return response(bytes(50_000_000))

        async with serving(handle_request, clock=clock) as server, server.client() as client:
            client.send(GET + b"\r\n")
            await until(
                lambda: any(c._client.stream.is_held_up for c in server.listener._connections)
            )
            clock.advance(61)
            await until(lambda: not server.listener._connections)

    async def test_a_worker_may_take_its_time(self) -> None:
        clock = FakeClock()
        begun, release = asyncio.Event(), asyncio.Event()

        async def handle_request(
            request: RequestRecord, controller: FetchController
        ) -> ResponseRecord:
            begun.set()
            await release.wait()
            return response()

        async with serving(handle_request, clock=clock) as server, server.client() as client:
            client.send(GET + b"\r\n")
            await begun.wait()
            clock.advance(100_000)
            release.set()
            assert statuses(await client.read_until(b"hello")) == [200]

    async def test_a_connection_has_one_timer(self) -> None:
        clock = FakeClock()
        async with serving(echo, clock=clock) as server, server.client() as client:
            for _ in range(50):
                client.send(POST + b"Content-Length: 5\r\n\r\n")
                await until(lambda: self.awaited(server) == "content")
                client.send(b"hello")
                await client.read_until(b"hello")
                clock.advance(1)
                assert len(clock.alarms) == 1

    @pytest.mark.parametrize("is_stream", [False, True], ids=["bytes", "stream"])
    async def test_who_takes_the_response_steadily_may_take_long(self, is_stream: bool) -> None:
        clock, size = FakeClock(), 12_000_000

        def handle_request(request: RequestRecord, controller: FetchController) -> ResponseRecord:
            body = bytes(size)
            return response(BodyRecord(stream=ReadableStream.from_([body])) if is_stream else body)

        async with serving(handle_request, clock=clock) as server:
            data = GET + b"Connection: close\r\n\r\n"
            assert await read_slowly(server, clock, data, 30) > size
        assert clock.now > 1500

    async def test_the_end_of_a_response_may_take_long_too(self) -> None:
        """All of it is written, and the connection is to be closed."""
        clock, size = FakeClock(), 12_000_000
        async with serving(
            lambda request, controller: response(bytes(size)), clock=clock
        ) as server:
            data = b"GET / HTTP/1.0\r\n\r\n"
            assert await read_slowly(server, clock, data, 30) > size


class TestClientsThatMayHaveLeft:
    """Time passes on a clock of the test's own."""

    async def until_gone(self, server: Server, clock: FakeClock) -> float:
        """The seconds that pass until the server has no connection."""
        begin = clock.now
        while server.listener._connections:
            await asyncio.sleep(0.001)
            clock.advance(0.5)
            assert clock.now < begin + 60
        return clock.now - begin

    async def test_a_source_of_events_that_is_idle_is_cancelled(self) -> None:
        clock = FakeClock()
        reasons: list[object] = []
        ended = asyncio.Event()

        async def events() -> AsyncIterator[bytes]:
            try:
                yield b"data: 1\n\n"
                await asyncio.Event().wait()
            finally:
                ended.set()

        def handle_request(request: RequestRecord, controller: FetchController) -> ResponseRecord:
            controller.upon_abort(reasons.append)
            return response(BodyRecord(stream=ReadableStream.from_(events())))

        async with serving(handle_request, clock=clock) as server:
            async with server.client() as client:
                client.send(GET + b"\r\n")
                await client.read_until(b"data: 1\n\n")
            assert 3 <= await self.until_gone(server, clock) < 7
            assert [getattr(reason, "name", None) for reason in reasons] == ["AbortError"]
            await ended.wait()

    @pytest.mark.parametrize("method", ["GET", "POST"])
    async def test_a_handler_that_never_answers_keeps_no_connection(self, method: str) -> None:
        clock, never = FakeClock(), asyncio.Event()

        async def handle_request(
            request: RequestRecord, controller: FetchController
        ) -> ResponseRecord:
            controller.upon_abort(lambda reason: never.set())  # so that the test leaves no task
            await never.wait()
            return response()

        async with serving(handle_request, clock=clock) as server:
            async with server.client() as client:
                client.send(
                    f"{method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello".encode()
                )
                await until(lambda: server.listener._connections)
            assert 3 <= await self.until_gone(server, clock) < 7

    @pytest.mark.parametrize("how", ["closes", "resets"])
    async def test_a_client_that_goes_while_its_content_waits_is_noticed(self, how: str) -> None:
        clock, never = FakeClock(), asyncio.Event()

        async def handle_request(
            request: RequestRecord, controller: FetchController
        ) -> ResponseRecord:
            controller.upon_abort(lambda reason: never.set())
            await never.wait()
            return response()

        async with serving(handle_request, clock=clock) as server:
            async with server.client() as client:
                client.send(POST + b"Content-Length: 300000\r\n\r\n" + bytes(200_000))
                await client.writer.drain()
                await until(lambda: server.listener._connections)
                (connection,) = server.listener._connections
                assert isinstance(connection._client.stream, SocketStream)
                stream = connection._client.stream
                await until(lambda: stream._is_paused)
                if how == "resets":
                    client.writer.get_extra_info("socket").setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGERING
                    )
            assert await self.until_gone(server, clock) < 10

    async def test_who_has_said_all_and_still_reads_gets_all(self) -> None:
        clock, size = FakeClock(), 12_000_000

        async def handle_request(
            request: RequestRecord, controller: FetchController
        ) -> ResponseRecord:
            while clock.now < 1002:
                await asyncio.sleep(0)
            return response(bytes(size))

        async with serving(handle_request, clock=clock) as server:
            reading = asyncio.ensure_future(
                read_slowly(server, clock, GET + b"\r\n", 1, is_all=True)
            )
            await until(lambda: server.listener._connections)
            clock.advance(2)
            assert await reading > size

    async def test_a_client_that_stays_is_left_alone(self) -> None:
        clock, release = FakeClock(), asyncio.Event()

        async def handle_request(
            request: RequestRecord, controller: FetchController
        ) -> ResponseRecord:
            await release.wait()
            return response()

        async with serving(handle_request, clock=clock) as server, server.client() as client:
            client.send(GET + b"\r\n")
            await until(lambda: server.listener._connections)
            for _ in range(100):
                await asyncio.sleep(0)
                clock.advance(10)
            release.set()
            assert statuses(await client.read_until(b"hello")) == [200]
