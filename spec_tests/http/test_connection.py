"""RFC 9112, 9."""

from __future__ import annotations

import pytest

from worker_runtime.http.connection import ClientConnection, Connection, ServerConnection
from worker_runtime.http.fields import Fields, MessageFailure
from worker_runtime.http.message import Limits

spec = pytest.mark.spec

PIPELINE = (
    b"\r\nGET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
    b"POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
    b"POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nfoo\r\n4;x=y\r\n"
    b"bar!\r\n0\r\nT: u\r\n\r\n"
    b"GET /4 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET"
)


def all_content(connection: Connection) -> bytes | None:
    """The content that is there; None if it is not all of it."""
    content = b""
    while piece := connection.next_content():
        content += piece
    return content if connection.is_content_complete else None


def server(data: bytes, limits: Limits = Limits()) -> ServerConnection:
    connection = ServerConnection(limits)
    connection.receive_data(data)
    return connection


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-9.3")
class TestConnection:
    @pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
    def test_how_the_bytes_are_cut_into_pieces_makes_no_difference(self, step: int) -> None:
        connection = ServerConnection()
        seen: list[tuple[str, bytes, Fields]] = []
        content: bytes | None = None
        for start in range(0, len(PIPELINE), step):
            connection.receive_data(PIPELINE[start : start + step])
            while True:
                if content is None:
                    request = connection.next_request()
                    if request is None:
                        break
                    content = b""
                while piece := connection.next_content():
                    content += piece
                if not connection.is_content_complete:
                    break
                assert request is not None
                seen.append((request.target, content, connection.trailers))
                connection.trailers = []
                content = None
        assert seen == [
            ("/1", b"", []),
            ("/2", b"hello", []),
            ("/3", b"foobar!", [("t", "u")]),
            ("/4", b"", []),
        ]
        assert connection.take_unused_data() == b"GET"
        assert not connection.has_unused_data

    def test_a_head_in_many_pieces_is_not_searched_from_its_beginning_each_time(self) -> None:
        connection = ServerConnection()
        data = b"GET / HTTP/1.1\r\nHost: a\r\n" + b"A: b\r\n" * 190
        for byte in data:
            connection.receive_data(bytes([byte]))
            assert connection.next_request() is None
        assert connection._checked == len(data)
        connection.receive_data(b"\r\n")
        assert connection.next_request() is not None

    def test_content_in_small_chunks_comes_in_larger_pieces(self) -> None:
        connection = server(
            b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + b"1\r\na\r\n" * 1000
        )
        connection.next_request()
        assert connection.next_content() == b"a" * 1000
        assert connection.next_content() is None

    @pytest.mark.parametrize("following", [b"", b"GET /2 HTTP/1.1\r\nHost: a\r\n\r\n"])
    def test_content_that_came_with_the_head_is_the_same_taken_whole(
        self, following: bytes
    ) -> None:
        head = b"POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"
        outcomes = []
        for way in ("whole", "next", "in pieces"):
            connection = server(head + (b"hel" if way == "in pieces" else b"hello" + following))
            assert connection.next_request() is not None
            assert not connection.is_content_complete and not connection.may_go_on
            if way == "in pieces":
                assert connection.take_whole_content() is None
                connection.receive_data(b"lo" + following)
            content = (
                connection.take_whole_content() if way == "whole" else connection.next_content()
            )
            assert connection.take_whole_content() == b""
            request = connection.next_request() if connection.has_unused_data else None
            target = request.target if request else None
            outcomes.append((content, connection.is_content_complete, connection.may_go_on, target))
        assert outcomes == [(b"hello", True, True, "/2" if following else None)] * 3

    def test_content_that_is_longer_than_its_taker_wants_is_not_taken(self) -> None:
        connection = server(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
        connection.next_request()
        assert connection.take_whole_content(4) is None
        assert connection.take_whole_content(5) == b"hello"

    def test_an_end_within_the_content_is_a_failure_and_stays_one(self) -> None:
        chunked = b"Transfer-Encoding: chunked\r\n\r\n"
        for framing in (b"Content-Length: 5\r\n\r\nabc", chunked + b"5\r\nabc", chunked + b"5"):
            connection = server(b"POST / HTTP/1.1\r\nHost: a\r\n" + framing)
            connection.next_request()
            connection.next_content()
            connection.receive_data(b"")
            with pytest.raises(MessageFailure, match="connection ended"):
                connection.next_content()
            assert not connection.is_persistent

    @pytest.mark.parametrize(
        "data, message",
        [
            (b"5\n", "LF alone"),
            (b"5\r\nhelloXY", "longer than its size"),
            (b"5\r\nhello\n0", "longer than its size"),
            (b"1;" + b"a" * 5000, "longer than 4096 bytes"),
        ],
    )
    def test_chunks_that_can_no_longer_become_right_are_refused_at_once(
        self, data: bytes, message: str
    ) -> None:
        connection = server(
            b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + data
        )
        connection.next_request()
        with pytest.raises(MessageFailure, match=message):
            while connection.next_content():
                pass

    def test_more_content_than_was_said_is_not_sent(self) -> None:
        connection = server(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.next_request()
        connection.send_response(200, "OK", "", [], 3)
        assert connection.send_content(b"ab") == b"ab"
        with pytest.raises(MessageFailure, match="longer than its Content-Length"):
            connection.send_content(b"cd")
        assert not connection.is_persistent

    def test_less_content_than_was_said_is_noticed(self) -> None:
        connection = server(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.next_request()
        connection.send_response(200, "OK", "", [], 3)
        connection.send_content(b"ab")
        with pytest.raises(MessageFailure, match="shorter than its Content-Length, by 1 bytes"):
            connection.send_end()
        assert not connection.is_persistent


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-9.3-2")
class TestPersistence:
    @pytest.mark.parametrize(
        "version, connection_field, persists",
        [
            (b"1.1", b"", True),
            (b"1.1", b"Connection: keep-alive\r\n", True),
            (b"1.1", b"Connection: close\r\n", False),
            (b"1.1", b"Connection: foo, Close\r\n", False),
            (b"1.1", b"Connection: keep-alive\r\nConnection: close\r\n", False),
            (b"1.1", b"Connection: closed\r\n", True),
            (b"1.0", b"", False),
            (b"1.0", b"Connection: Keep-Alive\r\n", True),
            (b"1.0", b"Connection: keep-alive, close\r\n", False),
            (b"1.0", b"Connection: foo\r\n", False),
        ],
    )
    def test_version_and_options_decide(
        self, version: bytes, connection_field: bytes, persists: bool
    ) -> None:
        connection = server(b"GET / HTTP/%b\r\nHost: a\r\n%b\r\n" % (version, connection_field))
        connection.next_request()
        assert connection.is_persistent == persists
        head = connection.send_response(200, "OK", "", [], 0)
        assert (b"connection: close" in head) == (not persists)
        assert (b"connection: keep-alive" in head) == (persists and version == b"1.0")


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-2.2-6")
class TestNextRequest:
    def test_empty_lines_before_a_request_are_ignored(self) -> None:
        assert server(b"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n").next_request() is not None

    @pytest.mark.parametrize(
        "fields",
        [
            b"",
            b"Host: a\r\nHost: a\r\n",
            b"Host: a\r\nHost:\r\n",
            b"Host: a b\r\n",
            b"Host: a/b\r\n",
        ],
    )
    def test_there_is_one_valid_host(self, fields: bytes) -> None:
        with pytest.raises(MessageFailure, match="(?i)host") as caught:
            server(b"GET / HTTP/1.1\r\n" + fields + b"\r\n").next_request()
        assert caught.value.status == 400

    def test_requests_that_repeat_their_fields_are_understood_as_the_first(self) -> None:
        fields = b"Host: a\r\nContent-Length: 3\r\n\r\n"
        connection = server(
            (b"POST /1 HTTP/1.1\r\n" + fields + b"abc") * 2
            + b"POST /2 HTTP/1.0\r\n"
            + fields
            + b"abc"
        )
        for persists in (True, True, False):
            assert connection.next_request() is not None
            assert connection.is_persistent == persists
            assert all_content(connection) == b"abc"

    def test_a_request_that_is_repeated_is_understood_as_the_first_whatever_changes(self) -> None:
        first = b"POST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nX: y\r\n\r\n1"
        variants = [
            first,
            first.replace(b"POST", b"PUT"),
            first.replace(b"/a?b", b"/a?c"),
            first.replace(b"1.1", b"1.0"),
            first.replace(b"Host: a", b"Host: b"),
            first.replace(b"Length: 1", b"Length: 0")[:-1],
            first.replace(b"X: y", b"X: z"),
            first.replace(b"X: y", b"Connection: close"),
            first.replace(b"X: y", b"Expect: 100-continue"),
            first.replace(b"/a?b", b"http://b/"),
            first.replace(b"X: y", b"x: y"),
        ]

        def outcome(connection: ServerConnection) -> tuple[object, ...]:
            head = connection.next_request()
            assert head is not None
            return (
                (head.method, head.target, head.form, head.version, head.fields, head.values),
                connection.is_persistent,
                connection.expects_continue,
                connection.next_content(),
                connection.is_content_complete,
            )

        for variant in variants:
            connection = server(first + variant + variant)
            alone = outcome(server(variant))
            assert outcome(connection) == outcome(server(first))
            assert outcome(connection) == alone
            assert outcome(connection) == alone

    def test_fields_that_were_refused_are_refused_again(self) -> None:
        connection = server(
            b"GET / HTTP/1.0\r\nA: b\r\n\r\n" + b"GET / HTTP/1.1\r\nA: b\r\n\r\n" * 2
        )
        assert connection.next_request() is not None
        for _ in range(2):
            with pytest.raises(MessageFailure, match="Host"):
                connection.next_request()

    def test_http_1_0_may_do_without_host(self) -> None:
        assert server(b"GET / HTTP/1.0\r\n\r\n").next_request() is not None

    def test_an_end_within_a_head_is_a_failure_but_not_before_it(self) -> None:
        connection = ServerConnection()
        connection.receive_data(b"")
        assert connection.next_request() is None
        connection.receive_data(b"GET")
        with pytest.raises(MessageFailure, match="connection ended"):
            connection.next_request()

    def test_an_expectation_that_nobody_knows_cannot_be_met(self) -> None:
        with pytest.raises(MessageFailure) as caught:
            server(b"GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n").next_request()
        assert caught.value.status == 417


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1")
class TestSendContinue:
    @pytest.mark.parametrize(
        "rest, expects",
        [
            (b"HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n", True),
            (
                b"HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
                False,
            ),
            (b"HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n", False),
            (b"HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", False),
            (b"HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", False),
        ],
    )
    def test_only_who_waits_for_it_and_has_sent_nothing_gets_it(
        self, rest: bytes, expects: bool
    ) -> None:
        connection = server(b"POST / " + rest)
        connection.next_request()
        assert connection.expects_continue == expects
        if expects:
            assert connection.send_continue() == b"HTTP/1.1 100 Continue\r\n\r\n"
            assert not connection.expects_continue


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-15")
class TestSendResponse:
    def response(
        self, method: bytes, version: bytes, status: int, fields: Fields, length: int | None
    ) -> bytes:
        connection = server(method + b" / HTTP/" + version + b"\r\nHost: a\r\n\r\n")
        connection.next_request()
        return connection.send_response(status, "", "", fields, length)

    def test_what_its_connection_names_was_about_that_one(self) -> None:
        fields = [("a", "1"), ("Connection", "X-Hop, keep-alive"), ("x-hop", "1"), ("b", "2")]
        head = self.response(b"GET", b"1.1", 200, fields, 0)
        assert b"a: 1\r\nb: 2\r\n" in head and b"hop" not in head.lower()

    @pytest.mark.parametrize(
        "method, version, status, length, framing",
        [
            (b"GET", b"1.1", 200, 5, b"content-length: 5\r\n"),
            (b"GET", b"1.1", 200, 0, b"content-length: 0\r\n"),
            (b"GET", b"1.1", 200, None, b"transfer-encoding: chunked\r\n"),
            (b"GET", b"1.0", 200, None, b"connection: close\r\n"),
            (b"HEAD", b"1.1", 200, 5, b"content-length: 5\r\n"),
            (b"HEAD", b"1.1", 200, None, b"transfer-encoding: chunked\r\n"),
            (b"HEAD", b"1.0", 200, None, b"connection: close\r\n"),
            (b"HEAD", b"1.1", 204, None, b""),
            (b"GET", b"1.1", 204, 0, b""),
            (b"GET", b"1.1", 204, None, b""),
            (b"GET", b"1.1", 304, None, b""),
            (b"GET", b"1.1", 304, 5, b"content-length: 5\r\n"),
            (b"GET", b"1.1", 103, None, b""),
        ],
    )
    def test_the_content_is_framed(
        self, method: bytes, version: bytes, status: int, length: int | None, framing: bytes
    ) -> None:
        head = self.response(method, version, status, [], length)
        assert head == b"HTTP/1.1 %d \r\n%b\r\n" % (status, framing)

    def test_fields_of_the_connection_are_its_own(self) -> None:
        fields = [
            ("Transfer-Encoding", "gzip"),
            ("Content-Length", "9"),
            ("Keep-Alive", "x"),
            ("Connection", "keep-alive"),
            ("X", "y"),
        ]
        assert (
            self.response(b"GET", b"1.1", 200, fields, 2)
            == b"HTTP/1.1 200 \r\nX: y\r\ncontent-length: 2\r\n\r\n"
        )

    def test_the_date_is_sent_unless_there_is_one(self) -> None:
        for fields, dates in (([], [b"date: now"]), ([("Date", "then")], [b"Date: then"])):
            connection = server(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            connection.next_request()
            head = connection.send_response(200, "", "now", fields, 0)
            assert [line for line in head.split(b"\r\n") if line[:4].lower() == b"date"] == dates

    def test_a_response_can_end_the_connection(self) -> None:
        assert b"connection: close" in self.response(
            b"GET", b"1.1", 200, [("Connection", "Close")], 0
        )

    def test_a_response_that_is_repeated_is_sent_as_the_first(self) -> None:
        first: Fields = [("A", "b"), ("Connection", "x")]
        messages: list[tuple[int, str, str, Fields, int | None]] = [
            (200, "OK", "now", first, 1), (200, "OK", "now", first, 22),
            (200, "OK", "then", first, 22), (404, "OK", "then", first, 22),
            (404, "OK", "then", [("A", "c")], None), (404, "OK", "then", [], 22),
            (200, "OK", "now", [*first, ("X", "y" * 5000)], 1),
            (200, "OK", "now", [*first, ("X", "y" * 5000)], 1),
            (200, "OK", "now", [("Connection", "close")], 1),
        ]  # fmt: skip
        requests = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        connection = server(requests * len(messages))
        for message in messages:
            anew = server(requests)
            assert connection.next_request() is not None and anew.next_request() is not None
            assert connection.send_response(*message) == anew.send_response(*message)
            assert connection.is_persistent == anew.is_persistent

    def test_an_upgrade_is_an_option_of_the_connection(self) -> None:
        head = self.response(b"GET", b"1.1", 101, [("Upgrade", "websocket")], None)
        assert head == b"HTTP/1.1 101 \r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n"

    @pytest.mark.parametrize(
        "field",
        [
            ("a", "b\r\nc: d"),
            ("a\r\nb", "c"),
            ("a: b\r\nc", "d"),
            ("", "a"),
            ("a b", "c"),
            ("a", "\0"),
        ],
    )
    def test_no_field_is_smuggled_in(self, field: tuple[str, str]) -> None:
        with pytest.raises(MessageFailure):
            self.response(b"GET", b"1.1", 200, [field], 0)

    def test_content_is_framed_as_the_head_says(self) -> None:
        connection = server(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.next_request()
        connection.send_response(200, "", "", [], None)
        sent = (
            connection.send_content(b"hello")
            + connection.send_content(b"")
            + connection.send_end([("T", "u")])
        )
        assert sent == b"5\r\nhello\r\n0\r\nT: u\r\n\r\n"


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-2.1-1")
class TestSendWholeResponse:
    @pytest.mark.parametrize(
        "method, content, length", [("GET", b"hello", b"5"), ("HEAD", b"", b"5")]
    )
    def test_says_how_much_there_is_and_sends_it_where_there_may_be_content(
        self, method: str, content: bytes, length: bytes
    ) -> None:
        connection = ServerConnection()
        connection.receive_data(f"{method} / HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert connection.next_request() is not None
        head, _, rest = connection.send_whole_response(
            200, "OK", "", [("a", "b")], b"hello"
        ).partition(b"\r\n\r\n")
        assert (
            head.startswith(b"HTTP/1.1 200 OK\r\na: b\r\n") and b"content-length: " + length in head
        )
        assert rest == content


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-9")
class TestSendRequest:
    @pytest.mark.parametrize(
        "method, length, framing",
        [
            ("GET", 0, b""),
            ("POST", 0, b"Content-Length: 0\r\n"),
            ("POST", 5, b"Content-Length: 5\r\n"),
            ("POST", None, b"Transfer-Encoding: chunked\r\n"),
        ],
    )
    def test_the_content_is_framed(self, method: str, length: int | None, framing: bytes) -> None:
        head = ClientConnection().send_request(
            method, "/", [("Host", "a"), ("content-length", "9")], length
        )
        assert head == method.encode() + b" / HTTP/1.1\r\nHost: a\r\n" + framing + b"\r\n"

    @pytest.mark.parametrize(
        "method, target",
        [("G T", "/"), ("", "/"), ("GET", "/ HTTP/1.1"), ("GET", "/\r\nA: b"), ("GET\r\n", "/")],
    )
    def test_nothing_is_smuggled_in(self, method: str, target: str) -> None:
        with pytest.raises(MessageFailure):
            ClientConnection().send_request(method, target, [], 0)

    def test_a_request_that_is_repeated_is_sent_as_the_first(self) -> None:
        repeated = ClientConnection()
        fields = [("Host", "a"), ("X", "1")]
        for method, target, length in [
            ("GET", "/", 0),
            ("GET", "/", 0),
            ("PUT", "/", 0),
            ("PUT", "/x", 0),
            ("PUT", "/x", None),
        ]:
            request = method, target, fields, length
            assert repeated.send_request(*request) == ClientConnection().send_request(*request)
        fields[1] = ("X", "2")
        assert b"X: 2\r\n" in repeated.send_request("PUT", "/x", fields, None)

    def test_what_was_refused_is_refused_again(self) -> None:
        connection = ClientConnection()
        for _ in range(2):
            with pytest.raises(MessageFailure):
                connection.send_request("GET", "/", [("A", "b\r\nc")], 0)


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-9.2-2")
class TestNextResponse:
    @pytest.mark.parametrize("step", [1, 3, 1000])
    def test_responses_follow_one_another(self, step: int) -> None:
        connection = ClientConnection()
        data = (
            b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
            b"\r\nok"
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
        )
        connection.send_request("GET", "/", [], 0)
        seen: list[object] = []
        head = None
        for start in range(0, len(data), step):
            connection.receive_data(data[start : start + step])
            while head is not None or (head := connection.next_response()) is not None:
                if head.status >= 200:
                    while piece := connection.next_content():
                        seen.append(piece)
                    if not connection.is_content_complete:
                        break
                seen.append(head.status)
                head = None
        assert b"".join(piece for piece in seen if isinstance(piece, bytes)) == b"okok"
        assert [status for status in seen if isinstance(status, int)] == [103, 200, 200]
        assert connection.is_persistent

    def test_a_response_without_framing_lasts_until_the_end(self) -> None:
        connection = ClientConnection()
        connection.send_request("GET", "/", [], 0)
        connection.receive_data(b"HTTP/1.1 200 OK\n\nabc")
        assert connection.next_response() is not None
        assert connection.next_content() == b"abc"
        assert connection.next_content() is None
        connection.receive_data(b"")
        assert connection.next_content() == b""
        assert connection.is_content_complete and not connection.is_persistent

    def test_a_response_to_head_has_no_content(self) -> None:
        connection = ClientConnection()
        connection.send_request("HEAD", "/", [], 0)
        connection.receive_data(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
        assert connection.next_response() is not None
        assert connection.is_content_complete and connection.is_persistent

    def test_after_switching_protocols_the_rest_belongs_to_the_other_one(self) -> None:
        connection = ClientConnection()
        connection.send_request("GET", "/", [("Upgrade", "x")], 0)
        connection.receive_data(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n\x81\x00")
        assert connection.next_response() is not None
        assert connection.take_unused_data() == b"\x81\x00"
        assert not connection.is_persistent

    def test_an_end_before_the_response_is_a_failure(self) -> None:
        connection = ClientConnection()
        connection.send_request("GET", "/", [], 0)
        connection.receive_data(b"")
        with pytest.raises(MessageFailure, match="before the response"):
            connection.next_response()

    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_responses_that_repeat_their_heads_are_understood_as_the_first(
        self, method: str
    ) -> None:
        data = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"
        repeated = ClientConnection()
        for next_method in ("GET", method, method):
            seen = []
            for connection in (repeated, ClientConnection()):
                connection.send_request(next_method, "/", [], 0)
                connection.receive_data(data)
                head = connection.next_response()
                assert head is not None
                content = b""
                if next_method == "GET":
                    connection.receive_data(b"ok")
                    content = connection.next_content() or b""
                seen.append(
                    (
                        head.status,
                        head.fields,
                        content,
                        connection.is_content_complete,
                        connection.is_persistent,
                    )
                )
            assert seen[0] == seen[1]

    @pytest.mark.parametrize("end", [b"", b"\r\n\r\n"])
    def test_a_head_without_end_is_not_collected(self, end: bytes) -> None:
        connection = ClientConnection()
        connection.send_request("GET", "/", [], 0)
        connection.receive_data(b"HTTP/1.1 200 OK\r\nA: " + b"b" * 65536 + end)
        with pytest.raises(MessageFailure, match="longer than 65536 bytes"):
            connection.next_response()
