"""One request and its response."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from worker_runtime import AbortController
from worker_runtime.fetch import request_class
from worker_runtime.fetch.bodies import BodyRecord
from worker_runtime.fetch.infrastructure import FetchController
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import ResponseRecord, network_error
from worker_runtime.server.config import Config
from worker_runtime.server.service import Answer, Logged, RequestHandler
from worker_runtime.streams.readable_stream import ReadableStream
from worker_runtime.webidl.promises import a_promise_resolved_with

from .raw_http import (
    GET,
    HOST,
    LAST_GET,
    content_of,
    echo,
    hello,
    response,
    serving,
    statuses,
    until,
)


def answering(answer: Callable[[], Answer]) -> RequestHandler:
    return lambda request, controller: answer()


def body_of(chunks: AsyncIterator[object]) -> BodyRecord:
    return BodyRecord(stream=ReadableStream.from_(chunks))


async def chunks_of(*chunks: object) -> AsyncIterator[object]:
    for chunk in chunks:
        await asyncio.sleep(0)
        yield chunk


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is wrong with workers, as far as the loop was told."""
    seen: list[str] = []
    monkeypatch.setattr(
        asyncio.BaseEventLoop,
        "call_exception_handler",
        lambda loop, context: seen.append(repr(context.get("exception"))),
    )
    return seen


class TestAnswers:
    async def test_a_handler_may_answer_at_once_or_later(self) -> None:
        async def later(request: RequestRecord, controller: FetchController) -> ResponseRecord:
            return hello(request, controller)

        async def much_later(request: RequestRecord, controller: FetchController) -> ResponseRecord:
            await asyncio.sleep(0)
            return hello(request, controller)

        for handle_request in (hello, later, much_later):
            async with serving(handle_request) as server:
                answer = await server.ask(GET + LAST_GET)
                assert statuses(answer) == [200, 200] and answer.count(b"hello") == 2

    async def test_a_response_is_complete(self) -> None:
        async with serving(
            answering(lambda: response(b"hi", 418, content_type="text/x", X_Y="z"))
        ) as server:
            head, _, content = (await server.ask(LAST_GET)).partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        assert lines[0] == b"HTTP/1.1 418 " and content == b"hi"
        assert {
            b"content-type: text/x",
            b"X-Y: z",
            b"content-length: 2",
            b"connection: close",
        } < set(lines)
        assert re.search(rb"\r\ndate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n", head)

    async def test_what_a_status_is_called(self) -> None:
        record = response()
        async with serving(answering(lambda: record)) as server:
            assert (await server.ask(LAST_GET)).startswith(b"HTTP/1.1 200 OK\r\n")
            record = response()
            record.status_message = "Fine"
            assert (await server.ask(LAST_GET)).startswith(b"HTTP/1.1 200 Fine\r\n")

    async def test_nobody_responds(self) -> None:
        async with serving(answering(lambda: None)) as server:
            assert statuses(await server.ask(GET + LAST_GET)) == [404, 404]

    async def test_a_network_error_is_a_500(self) -> None:
        async with serving(answering(network_error)) as server:
            assert statuses(await server.ask(GET + LAST_GET)) == [500, 500]

    async def test_a_handler_that_fails_is_a_500_that_says_nothing(
        self, reports: list[str]
    ) -> None:
        def fail() -> Answer:
            raise KeyError("secret")

        async with serving(answering(fail)) as server:
            answer = await server.ask(GET + LAST_GET)
        assert statuses(answer) == [500, 500] and b"secret" not in answer
        assert reports == ["KeyError('secret')"] * 2

    @pytest.mark.parametrize(
        "name, value",
        [
            ("X", "a\r\nSet-Cookie: b=c"), ("X", "a\nb"), ("X", "a\rb"), ("X", "a\0b"),
            ("X", "a\r\n\r\n<html>"), ("X\r\nY", "a"), ("X: y\r\nZ", "a"), ("X Y", "a"), ("", "a"),
            ("X", "\u010d\u010a\r\n"),
        ],
    )  # fmt: skip
    async def test_no_response_is_split(self, name: str, value: str, reports: list[str]) -> None:
        record = response()
        record.header_list.append(name, value)
        async with serving(answering(lambda: record)) as server:
            answer = await server.ask(LAST_GET)
        assert statuses(answer) == [500] and b"Set-Cookie" not in answer and b"hello" not in answer
        assert len(reports) == 1

    async def test_nor_by_what_its_status_is_called(self, reports: list[str]) -> None:
        record = response()
        record.status_message = "OK\r\nX: y"
        async with serving(answering(lambda: record)) as server:
            assert statuses(await server.ask(LAST_GET)) == [500]
        assert len(reports) == 1

    async def test_a_response_may_end_the_connection(self) -> None:
        async with serving(answering(lambda: response(Connection="close"))) as server:
            assert statuses(await server.ask(GET + GET)) == [200]

    async def test_a_log_is_told_of_each_exchange(self) -> None:
        seen: list[tuple[str, str, int, int]] = []

        def log(exchange: Logged) -> None:
            seen.append(
                (exchange.request.method, exchange.request.target, exchange.status, exchange.sent)
            )

        async with serving(hello, Config(content=1), log=log) as server:
            head, post = (
                GET.replace(b"GET /", b"HEAD /x"),
                b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\n\r\n",
            )
            await server.ask(GET + head + post)
        assert seen[:2] == [("GET", "/", 200, 5), ("HEAD", "/x", 200, 0)]
        assert seen[2][2] == 413


class TestResponsesWithoutContent:
    @pytest.mark.parametrize(
        "method, record, expected",
        [
            (b"HEAD", lambda: response(b"hello"), [b"content-length: 5"]),
            (b"HEAD", lambda: response(None), [b"transfer-encoding: chunked"]),
            (b"HEAD", lambda: response(None, Content_Length="42"), [b"content-length: 42"]),
            (
                b"HEAD",
                lambda: response(body_of(chunks_of(b"hello"))),
                [b"transfer-encoding: chunked"],
            ),
            (b"GET", lambda: response(None), [b"content-length: 0"]),
            (b"GET", lambda: response(None, Content_Length="42"), [b"content-length: 0"]),
            (b"GET", lambda: response(b"hello", Content_Length="42"), [b"content-length: 5"]),
            (b"GET", lambda: response(None, 204), []),
            (b"GET", lambda: response(None, 304), []),
            (b"GET", lambda: response(None, 304, Content_Length="42"), [b"content-length: 42"]),
        ],
    )
    async def test_the_length_is_of_what_there_is_or_would_be(
        self, method: bytes, record: Callable[[], ResponseRecord], expected: list[bytes]
    ) -> None:
        async with serving(answering(record)) as server:
            answer = await server.ask(method + b" / HTTP/1.1\r\n" + HOST + b"\r\n" + LAST_GET)
        first, _, rest = answer.partition(b"\r\n\r\n")
        assert re.findall(rb"content-length: \d+|transfer-encoding: \w+", first) == expected
        if expected != [b"content-length: 5"] or method == b"HEAD":
            assert rest.startswith(b"HTTP/1.1")

    async def test_a_stream_that_nobody_wants_is_canceled(self) -> None:
        canceled = asyncio.Event()
        stream = ReadableStream({"cancel": lambda reason: canceled.set()})
        async with serving(answering(lambda: response(BodyRecord(stream=stream)))) as server:
            await server.ask(b"HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            await canceled.wait()


class TestHandlersThatRaise:
    @pytest.mark.parametrize("turns", [0, 1], ids=["at once", "later"])
    @pytest.mark.parametrize(
        "error",
        [
            KeyError("k"),
            SystemExit(4),
            KeyboardInterrupt(),
            GeneratorExit(),
            asyncio.CancelledError(),
            StopAsyncIteration(),
            BaseExceptionGroup("all", [SystemExit(1)]),
        ],
        ids=lambda error: type(error).__name__,
    )
    async def test_whatever_it_is_it_is_answered(
        self, error: BaseException, turns: int, reports: list[str]
    ) -> None:
        async def handle_request(
            request: RequestRecord, controller: FetchController
        ) -> ResponseRecord:
            if request.method == "HEAD":
                return response()
            for _ in range(turns):
                await asyncio.sleep(0)
            raise error

        async with serving(handle_request) as server:
            answer = await server.ask(GET + LAST_GET.replace(b"GET", b"HEAD"))
        assert statuses(answer) == [500, 200] and reports == [repr(error)]


class TestResponsesThatAreStreams:
    async def test_each_chunk_is_a_chunk(self) -> None:
        def answer_with_chunks() -> Answer:
            return response(body_of(chunks_of(b"a", b"", bytearray(b"bc"), memoryview(b"d"))))

        async with serving(answering(answer_with_chunks)) as server:
            answer = await server.ask(LAST_GET)
        assert b"transfer-encoding: chunked" in answer
        assert answer.endswith(b"\r\n\r\n1\r\na\r\n2\r\nbc\r\n1\r\nd\r\n0\r\n\r\n")

    async def test_http_1_0_gets_them_until_the_end(self) -> None:
        async with serving(answering(lambda: response(body_of(chunks_of(b"a", b"bc"))))) as server:
            answer = await server.ask(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        assert (
            b"chunked" not in answer
            and b"connection: close" in answer
            and answer.endswith(b"\r\n\r\nabc")
        )

    async def test_a_length_that_was_said_is_kept(self) -> None:
        async with serving(
            answering(lambda: response(body_of(chunks_of(b"a", b"bc")), Content_Length="3"))
        ) as server:
            answer = await server.ask(GET + LAST_GET)
        assert answer.count(b"content-length: 3") == 2 and answer.endswith(b"\r\n\r\nabc")

    @pytest.mark.parametrize("length, sent", [("2", b"a"), ("4", b"abc")])
    async def test_a_length_that_was_wrong_ends_the_connection(
        self, length: str, sent: bytes, reports: list[str]
    ) -> None:
        async with serving(
            answering(lambda: response(body_of(chunks_of(b"a", b"bc")), Content_Length=length))
        ) as server:
            answer = await server.ask(GET + GET)
        assert statuses(answer) == [200] and answer.endswith(b"\r\n\r\n" + sent)
        assert len(reports) == 1

    async def test_a_chunk_arrives_before_the_next_one_is_there(self) -> None:
        release = asyncio.Event()

        async def chunks() -> AsyncIterator[bytes]:
            await asyncio.sleep(0)
            yield b"first"
            await release.wait()
            yield b"second"

        async with (
            serving(answering(lambda: response(body_of(chunks())))) as server,
            server.client() as client,
        ):
            client.send(LAST_GET)
            await client.read_until(b"first\r\n")
            release.set()
            assert await client.read_to_end() == b"6\r\nsecond\r\n0\r\n\r\n"

    async def test_the_head_arrives_before_the_first_chunk(self) -> None:
        stream = ReadableStream()
        async with (
            serving(answering(lambda: response(BodyRecord(stream=stream)))) as server,
            server.client() as client,
        ):
            client.send(GET)
            assert statuses(await client.read_until(b"\r\n\r\n")) == [200]

    @pytest.mark.parametrize("chunk", ["text", 1, None])
    async def test_a_chunk_that_is_no_bytes_ends_the_connection(
        self, chunk: object, reports: list[str]
    ) -> None:
        async with serving(answering(lambda: response(body_of(chunks_of(b"a", chunk))))) as server:
            answer = await server.ask(GET + GET)
        assert statuses(answer) == [200] and answer.endswith(b"\r\n\r\n1\r\na\r\n")
        assert len(reports) == 1 and "bytes" in reports[0]

    @pytest.mark.parametrize("version", [b"1.1", b"1.0"])
    async def test_a_stream_that_fails_does_not_look_complete(
        self, version: bytes, reports: list[str]
    ) -> None:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"a"
            await asyncio.sleep(0)
            raise KeyError("k")

        async with (
            serving(answering(lambda: response(body_of(chunks())))) as server,
            server.client() as client,
        ):
            client.send(b"GET / HTTP/" + version + b"\r\n" + HOST + b"\r\n")
            if version == b"1.1":
                assert not (await client.read_to_end()).endswith(b"0\r\n\r\n")
            else:
                with pytest.raises(ConnectionError):
                    await client.read_to_end()
        assert reports == ["KeyError('k')"]

    async def test_no_more_is_read_than_the_client_takes(self) -> None:
        made = 0

        def pull(controller: Any) -> None:
            nonlocal made
            made += 100_000
            controller.enqueue(bytes(100_000))

        stream = ReadableStream({"pull": pull})
        async with (
            serving(answering(lambda: response(BodyRecord(stream=stream)))) as server,
            server.client() as client,
        ):
            client.send(GET)
            await until(
                lambda: any(c._client.stream.is_held_up for c in server.listener._connections)
            )
            before = made
            for _ in range(50):
                await asyncio.sleep(0)
            assert made == before < 50_000_000
            await client.reader.readexactly(made // 2)
            await until(lambda: made > before)


class TestClientsThatLeave:
    async def test_the_worker_is_told(self) -> None:
        begun, told = asyncio.Event(), asyncio.Event()

        async def handle_request(
            request: RequestRecord, controller: FetchController
        ) -> ResponseRecord:
            controller.upon_abort(lambda reason: told.set())
            begun.set()
            await told.wait()
            return response()

        async with serving(handle_request, Config(half_close_timeout=0.1)) as server:
            async with server.client() as client:
                client.send(GET)
                await begun.wait()
            await told.wait()

    async def test_a_response_stream_is_canceled(self) -> None:
        canceled: asyncio.Future[object] = asyncio.get_running_loop().create_future()

        async def pull(controller: Any) -> None:
            await asyncio.sleep(0)
            controller.enqueue(b"x" * 1000)

        stream = ReadableStream({"pull": pull, "cancel": canceled.set_result})
        async with serving(answering(lambda: response(BodyRecord(stream=stream)))) as server:
            async with server.client() as client:
                client.send(GET)
                await client.read_until(b"x")
            reason = await canceled
        assert reason is not None

    async def test_a_request_that_breaks_off_fails_where_it_is_read(self) -> None:
        failures: list[BaseException] = []
        begun, over = asyncio.Event(), asyncio.Event()

        async def handle_request(
            request: RequestRecord, controller: FetchController
        ) -> ResponseRecord:
            begun.set()
            try:
                await content_of(request)
            except TypeError as error:
                failures.append(error)
            over.set()
            return response()

        for framing in (
            b"Content-Length: 10\r\n\r\nabc",
            b"Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
        ):
            begun.clear()
            over.clear()
            async with serving(handle_request) as server:
                async with server.client() as client:
                    client.send(b"POST / HTTP/1.1\r\n" + HOST + framing)
                    await begun.wait()
                await over.wait()
        assert len(failures) == 2 and all(
            "content of the request" in str(failure) for failure in failures
        )


class TestRequestContent:
    """What `content` makes of it, seen from both ends."""

    async def test_what_comes_with_the_head_is_bytes(self) -> None:
        sources: list[object] = []

        def handle_request(request: RequestRecord, controller: FetchController) -> ResponseRecord:
            assert request.body is not None
            sources.append(request.body.source)
            return response()

        async with serving(handle_request) as server:
            await server.ask(
                b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
                b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
                b"0\r\n\r\n"
                b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n"
                b"\r\n0\r\n\r\n"
            )
        assert sources == [b"hello", b"hello", b""]

    @pytest.mark.parametrize("framing", ["length", "chunked"])
    async def test_what_comes_later_is_a_stream(self, framing: str) -> None:
        content = bytes(range(256)) * 4096
        async with serving(echo) as server, server.client() as client:
            if framing == "length":
                client.send(
                    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
                    % len(content)
                )
            else:
                client.send(
                    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                    b"Connection: close\r\n\r\n"
                )
            for start in range(0, len(content), 10_000):
                piece = content[start : start + 10_000]
                client.send(piece if framing == "length" else b"%x\r\n%b\r\n" % (len(piece), piece))
                await asyncio.sleep(0)
            client.send(b"" if framing == "length" else b"0\r\n\r\n")
            assert (await client.read_to_end()).endswith(b"\r\n\r\n" + content)

    async def test_a_request_can_be_echoed_while_it_comes(self) -> None:
        def handle_request(request: RequestRecord, controller: FetchController) -> ResponseRecord:
            assert request.body is not None
            return response(BodyRecord(stream=request.body.stream))

        async with serving(handle_request) as server, server.client() as client:
            client.send(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            await client.read_until(b"\r\n\r\n")
            for word in (b"ping", b"pong"):
                client.send(b"4\r\n%b\r\n" % word)
                assert await client.read_until(word + b"\r\n") == b"4\r\n" + word + b"\r\n"
            client.send(
                b"0\r\n\r\nPUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n"
                b"\r\nok"
            )
            answer = await client.read_to_end()
        assert answer.startswith(b"0\r\n\r\nHTTP/1.1 200 OK\r\n") and answer.endswith(
            b"2\r\nok\r\n0\r\n\r\n"
        )

    async def test_who_does_not_read_makes_the_client_wait(self) -> None:
        release = asyncio.Event()

        async def handle_request(
            request: RequestRecord, controller: FetchController
        ) -> ResponseRecord:
            await release.wait()
            return response(str(len(await content_of(request))).encode())

        async with serving(handle_request) as server, server.client() as client:
            size = 30_000_000
            client.send(
                b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
                % size
            )
            client.send(bytes(size))
            transport = client.writer.transport
            left = -1
            while left != transport.get_write_buffer_size():  # until nothing moves any more
                left = transport.get_write_buffer_size()
                for _ in range(50):
                    await asyncio.sleep(0)
            assert left > 10_000_000
            release.set()
            assert (await client.read_to_end()).endswith(b"\r\n\r\n30000000")

    async def test_the_word_to_go_on_is_said_when_the_content_is_read(self) -> None:
        release = asyncio.Event()

        async def handle_request(
            request: RequestRecord, controller: FetchController
        ) -> ResponseRecord:
            await release.wait()
            return response(await content_of(request))

        async with serving(handle_request) as server, server.client() as client:
            client.send(
                b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n"
                b"Connection: close\r\n\r\n"
            )
            await until(lambda: server.listener._connections)
            (connection,) = server.listener._connections
            await until(lambda: connection._exchange)
            assert connection._client.http.expects_continue
            release.set()
            assert await client.read_until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
            client.send(b"hello")
            assert (await client.read_to_end()).endswith(b"\r\n\r\nhello")

    async def test_who_was_not_told_to_go_on_is_told_that_this_is_the_end(self) -> None:
        async with serving(hello) as server:
            answer = await server.ask(
                b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
            )
        assert statuses(answer) == [200] and b"connection: close" in answer

    async def test_content_that_was_not_read_is_skipped(self) -> None:
        async with serving(hello) as server, server.client() as client:
            for framing in (b"Content-Length: 5\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n"):
                client.send(b"POST / HTTP/1.1\r\nHost: a\r\n" + framing)
                await client.read_until(b"hello")
                client.send(b"5\r\nGET /\r\n0\r\n\r\n" if b"chunked" in framing else b"GET /")
            client.send(LAST_GET)
            assert statuses(await client.read_to_end()) == [200]

    @pytest.mark.parametrize("framing", ["length", "chunked"])
    async def test_unless_it_is_too_much(self, framing: str) -> None:
        async with serving(hello, Config(unread_content=1000)) as server, server.client() as client:
            if framing == "length":
                client.send(
                    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" + bytes(100_000)
                )
            else:
                client.send(
                    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n30d40\r\n"
                    + bytes(100_000)
                )
            answer = await client.read_to_end()
        assert statuses(answer) == [200]
        assert (b"connection: close" in answer) == (framing == "length")

    @pytest.mark.parametrize(
        "data",
        [
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nhello!",
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nExpect: 100-continue\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello!\r\n0\r\n"
            b"\r\n",
            b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhell\r\n",
        ],
    )
    async def test_a_limit_that_is_set_holds(self, data: bytes) -> None:
        async with serving(echo, Config(content=5)) as server, server.client() as client:
            client.send(data)
            await until(lambda: server.listener._connections)
            (connection,) = server.listener._connections
            await until(
                lambda: connection._is_over or connection._client.deadlines.awaited == "content"
            )
            client.send(b"2\r\no!\r\n")
            answer = await client.read_to_end()
        assert statuses(answer) == [413] and b"connection: close" in answer

    @pytest.mark.parametrize("framing", ["length", "chunked"])
    @pytest.mark.parametrize("how", ["collected", "cloned", "streamed"])
    async def test_what_is_collected_has_a_limit_of_its_own(self, framing: str, how: str) -> None:
        size = 300_000

        async def handle_request(
            record: RequestRecord, controller: FetchController
        ) -> ResponseRecord:
            request = request_class.create(record, "immutable", lambda: AbortController().signal)
            length = 0
            if how == "streamed":
                assert request.body is not None
                async for chunk in request.body:
                    length += len(chunk)
            else:
                request = request.clone() if how == "cloned" else request
                length = len(await request.bytes())
            return response(str(length).encode())

        config = Config(collected_content=100_000)
        async with serving(handle_request, config) as server, server.client() as client:
            fields = b"Connection: close\r\n"
            if framing == "length":
                client.send(
                    b"POST / HTTP/1.1\r\n" + HOST + fields + b"Content-Length: %d\r\n\r\n" % size
                )
                client.send(bytes(size))
            else:
                client.send(
                    b"POST / HTTP/1.1\r\n" + HOST + fields + b"Transfer-Encoding: chunked\r\n\r\n"
                )
                client.send(b"%x\r\n%b\r\n0\r\n\r\n" % (size, bytes(size)))
            answer = await client.read_to_end()
        if how == "streamed":
            assert statuses(answer) == [200] and answer.endswith(b"\r\n\r\n300000")
        else:
            assert statuses(answer) == [413] and b"longer than 100000 bytes" in answer

    async def test_content_that_turns_out_to_be_broken_is_a_bad_request(self) -> None:
        async with serving(echo) as server, server.client() as client:
            client.send(
                b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
            )
            await until(
                lambda: [
                    c
                    for c in server.listener._connections
                    if c._client.deadlines.awaited == "content"
                ]
            )
            client.send(b"-1\r\n")
            assert statuses(await client.read_to_end()) == [400]

    async def test_after_the_response_there_is_no_more_of_it(self) -> None:
        kept: list[RequestRecord] = []

        def handle_request(request: RequestRecord, controller: FetchController) -> ResponseRecord:
            kept.append(request)
            return response()

        async with serving(handle_request) as server, server.client() as client:
            client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe")
            await client.read_until(b"hello")
            client.send(b"llo" + GET)
            await client.read_until(b"hello")
            with pytest.raises(TypeError, match="response has been sent"):
                await content_of(kept[0])

    async def test_what_outlives_the_response_may_read_to_the_end(self) -> None:
        contents: list[bytes] = []

        async def read(request: RequestRecord, turns: int) -> None:
            for _ in range(turns):
                await asyncio.sleep(0)
            contents.append(await content_of(request))

        def handle_request(request: RequestRecord, controller: FetchController) -> ResponseRecord:
            if request.method == "POST":
                reading = read(request, int(request.header_list.get("X-Turns") or 0))
                controller.lifetime = a_promise_resolved_with(reading)
            return response(status=202)

        for turns in (0, 1, 20):
            for size in (10, 2_000_000):
                async with serving(handle_request) as server, server.client() as client:
                    fields = b"X-Turns: %d\r\nContent-Length: %d\r\n\r\n" % (turns, size)
                    client.send(b"POST / HTTP/1.1\r\n" + HOST + fields)
                    assert statuses(await client.read_until(b"hello")) == [202]
                    client.send(b"a" * size + LAST_GET)
                    await until(lambda: contents)
                    assert contents.pop() == b"a" * size
                    if size < 1000:  # else the connection ends, so that nobody has to wait for it
                        assert statuses(await client.read_to_end()) == [202]

    async def test_a_client_that_leaves_ends_the_reading_that_outlives_the_response(self) -> None:
        failures: list[str] = []

        async def read(request: RequestRecord) -> None:
            try:
                await content_of(request)
            except TypeError as error:
                failures.append(str(error))

        def handle_request(request: RequestRecord, controller: FetchController) -> ResponseRecord:
            controller.lifetime = a_promise_resolved_with(read(request))
            return response(status=202)

        async with serving(handle_request) as server:
            async with server.client() as client:
                client.send(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 10\r\n\r\nabc")
                await client.read_until(b"hello")
            await until(lambda: failures)
        assert "broken off" in failures[0]
