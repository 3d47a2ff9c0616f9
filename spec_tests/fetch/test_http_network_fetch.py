"""HTTP-network fetch: what is sent, and what servers that misbehave are good for."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator

import pytest

from worker_runtime import AbortController, Blob, DOMException, ReadableStream, fetch
from worker_runtime.fetch.content_codings import CodingFailure
from worker_runtime.fetch.headers import HeaderList
from worker_runtime.fetch.http_network_fetch import (
    MOST_INTERIM_RESPONSES,
    authority,
    decoder_for,
    http_network_fetch,
    request_fields,
    request_target,
)
from worker_runtime.fetch.infrastructure import FetchParams
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.url.url_parsing import url_parser

from .scripted_network import Received, network_of, response

spec = pytest.mark.spec


async def chunks(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


@spec("https://fetch.spec.whatwg.org/#concept-http-network-fetch")
class TestHTTPNetworkFetch:
    async def test_head_and_body_of_the_response_are_there(self) -> None:
        with network_of(lambda request: response(b"hello", "299 Fine", x_one="1")):
            answer = await fetch("http://a.example/path?query#fragment")
            assert (answer.status, answer.statusText, answer.headers.get("X-One")) == (
                299,
                "Fine",
                "1",
            )
            assert (answer.url, answer.type, answer.redirected) == (
                "http://a.example/path?query",
                "basic",
                False,
            )
            assert await answer.text() == "hello"

    @pytest.mark.parametrize("body", [b"bytes", "text", Blob(["blob"])])
    async def test_a_body_at_hand_has_a_length(self, body: bytes | str | Blob) -> None:
        with network_of(lambda request: response(request.body)) as network:
            answer = await fetch("http://a.example/", method="POST", body=body)
            assert len(await answer.bytes()) == int(network.requests[0].headers["content-length"])

    async def test_a_body_that_is_a_stream_is_sent_in_chunks(self) -> None:
        with network_of(lambda request: response(request.body)):
            stream = ReadableStream.from_(chunks(b"one", b"", b"two"))
            answer = await fetch("http://a.example/", method="POST", body=stream, duplex="half")
            assert await answer.bytes() == b"3\r\none\r\n3\r\ntwo\r\n"

    async def test_a_browser_sends_no_stream_over_http_1(self) -> None:
        with network_of(lambda request: response(), browser_at="http://a.example/"):
            with pytest.raises(TypeError, match="cannot be sent over HTTP/1.1"):
                await fetch(
                    "/", method="POST", body=ReadableStream.from_(chunks(b"x")), duplex="half"
                )

    async def test_a_body_that_fails_fails_the_fetch(self) -> None:
        async def failing() -> AsyncIterator[bytes]:
            yield b"one"
            raise ValueError("no more")

        with network_of(lambda request: None) as network:
            with pytest.raises(TypeError, match="no more") as caught:
                await fetch(
                    "http://a.example/",
                    method="POST",
                    body=ReadableStream.from_(failing()),
                    duplex="half",
                )
            assert isinstance(caught.value.__cause__, ValueError)
            assert network.streams[0].is_closed

    async def test_content_is_decoded_and_the_headers_do_not_tell_of_what_is_undone(self) -> None:
        with network_of(lambda request: response(gzip.compress(b"hello"), content_encoding="gzip")):
            answer = await fetch("http://a.example/")
            assert await answer.text() == "hello"
            assert not answer.headers.has("Content-Encoding")
            assert not answer.headers.has("Content-Length")

    async def test_a_server_that_does_not_answer_is_asked_again_over_a_new_connection(self) -> None:
        def serve(request: Received) -> bytes | None:
            if request.stream is network.streams[0] and len(network.requests) > 1:
                request.stream.end()
                return None
            return response(b"x")

        with network_of(serve) as network:
            await fetch("http://a.example/")
            assert (await fetch("http://a.example/", method="PUT", body="x")).status == 200
            assert len(network.streams) == 2

    async def test_but_not_if_it_could_happen_twice(self) -> None:
        def serve(request: Received) -> bytes | None:
            if request.method == "POST":
                request.stream.end()
                return None
            return response(b"x")

        with network_of(serve) as network:
            await fetch("http://a.example/")
            with pytest.raises(TypeError, match="ended before the response did"):
                await fetch("http://a.example/", method="POST", body="x")
            assert len(network.streams) == 1

    async def test_an_abort_while_the_server_thinks_closes_the_connection(self) -> None:
        with network_of(lambda request: None) as network:
            controller = AbortController()
            promise = fetch("http://a.example/", signal=controller.signal)
            while not network.requests:
                await asyncio.sleep(0)
            controller.abort()
            with pytest.raises(DOMException, match="AbortError"):
                await promise
            await asyncio.sleep(0)
            assert network.streams[0].is_closed

    async def test_a_body_that_fails_with_an_abort_error_aborts_the_fetch(self) -> None:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"x"
            raise DOMException("enough", "AbortError")

        with network_of(lambda request: None) as network:
            with pytest.raises(DOMException, match="AbortError.*enough"):
                await fetch("http://a.example/", method="POST", body=chunks(), duplex="half")
            assert network.streams[0].is_closed

    @pytest.mark.parametrize("bytes, message", [
        (b"nonsense\r\n\r\n", "not the status line"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000, "longer than 65536 bytes"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * (MOST_INTERIM_RESPONSES + 1), "interim responses"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "nobody has asked for"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nx", "several lengths"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "not supported"),
    ])  # fmt: skip
    async def test_a_head_that_is_none_fails_the_fetch(self, bytes: bytes, message: str) -> None:
        with network_of(lambda request: bytes) as network:
            with pytest.raises(TypeError, match=f"fetch failed: a.example: .*{message}"):
                await fetch("http://a.example/")
            assert network.streams[0].is_closed

    async def test_interim_responses_are_skipped(self) -> None:
        interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n"
        with network_of(lambda request: interim + response(b"x")):
            assert await (await fetch("http://a.example/")).text() == "x"

    async def test_who_sends_content_where_there_is_none_is_not_trusted_again(self) -> None:
        with network_of(
            lambda request: response(b"", "304 Not Modified", content_length="5")
        ) as network:
            await fetch("http://a.example/")
            assert network.streams[0].is_closed


class TestWebSocketMode:
    def params(self) -> FetchParams:
        headers = HeaderList([("Upgrade", "websocket"), ("Connection", "Upgrade")])
        request = RequestRecord(url_parser("http://a.example/chat"), header_list=headers)
        request.mode = "websocket"
        return FetchParams(request)

    async def test_a_101_response_is_the_last_and_has_the_connection(self) -> None:
        head = (
            b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n"
            b"Upgrade: websocket\r\n\r\nfirst bytes"
        )
        with network_of(lambda request: head) as network:
            answer = await http_network_fetch(self.params())
            assert (
                network.requests[0].headers["upgrade"],
                network.requests[0].headers["connection"],
            ) == ("websocket", "Upgrade")
            assert (answer.status, answer.body) == (101, None)
            assert answer.connection is not None and answer.connection.stream is network.streams[0]
            assert answer.connection.leave_to_another_protocol() == b"first bytes"
            assert not network.streams[0].is_closed

    async def test_after_any_other_response_the_connection_is_not_used_again(self) -> None:
        with network_of(lambda request: response(b"no", "403 Forbidden")) as network:
            answer = await http_network_fetch(self.params())
            assert (answer.status, answer.connection) == (403, None)
            assert network.streams[0].is_closed


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-3.2.1")
class TestRequestTarget:
    def test_is_the_path_and_the_query(self) -> None:
        assert request_target(url_parser("http://user@a.example:81/p/q?r#s")) == "/p/q?r"


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-4.2.1")
class TestAuthority:
    def test_is_the_host_and_a_port_that_is_not_the_default(self) -> None:
        assert [
            authority(url_parser(url)) for url in ("http://a.example:80/", "http://[::1]:81/")
        ] == ["a.example", "[::1]:81"]


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-3.2-4")
class TestRequestFields:
    def test_have_a_host_first_and_each_name_once(self) -> None:
        headers = [("Cookie", "a=1"), ("X-One", "1"), ("cookie", "b=2"), ("x-one", "2")]
        request = RequestRecord("http://a.example:81/", header_list=HeaderList(headers))
        assert request_fields(request) == [
            ("Host", "a.example:81"),
            ("Cookie", "a=1; b=2"),
            ("X-One", "1, 2"),
        ]

    def test_leave_out_what_was_about_another_connection(self) -> None:
        headers = [
            ("connection", "close"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "x"),
            ("x-one", "1"),
        ]
        request = RequestRecord("http://a.example/", header_list=HeaderList(headers))
        assert request_fields(request) == [("Host", "a.example"), ("x-one", "1")]

    def test_leave_out_what_its_connection_names(self) -> None:
        headers = [("Connection", "X-Hop, close"), ("x-hop", "1"), ("x-one", "1")]
        request = RequestRecord("http://a.example/", header_list=HeaderList(headers))
        assert request_fields(request) == [("Host", "a.example"), ("x-one", "1")]

    def test_keep_a_host_that_was_set(self) -> None:
        request = RequestRecord(
            "http://a.example/", header_list=HeaderList([("host", "b.example")])
        )
        assert request_fields(request) == [("host", "b.example")]


@spec("https://fetch.spec.whatwg.org/#handle-content-codings")
class TestDecoderFor:
    def test_a_malformed_coding_is_none(self) -> None:
        for coding, is_decoded in (("gzip;x", False), ("gzip", True)):
            decoder = decoder_for(HeaderList([("Content-Encoding", coding)]), HeaderList())
            assert (decoder is not None) == is_decoded

    def test_a_slow_coding_has_to_be_asked_for(self) -> None:
        coded = HeaderList([("Content-Encoding", "br")])
        with pytest.raises(CodingFailure, match="the coding br, which the request's Accept-"):
            decoder_for(coded, HeaderList([("Accept-Encoding", "gzip, deflate")]))
        assert decoder_for(coded, HeaderList([("Accept-Encoding", "gzip, br;q=0.5")])) is not None
