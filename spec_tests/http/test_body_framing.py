"""RFC 9112, 6 and 7."""

from __future__ import annotations

import pytest

from worker_runtime.http.body_framing import (
    BodyLength,
    Framing,
    Line,
    chunk,
    chunk_size,
    chunked_content,
    content_length,
    content_of_length,
    content_until_close,
    has_content,
    last_chunk,
    request_body_length,
    response_body_length,
)
from worker_runtime.http.fields import Fields, MessageFailure, combined_field_values
from worker_runtime.http.message import Limits, RequestHead, ResponseHead

spec = pytest.mark.spec


def request(fields: Fields, version: int = 1) -> RequestHead:
    return RequestHead("POST", "/", "origin", version, fields, combined_field_values(fields))


def response(fields: Fields, status: int = 200) -> ResponseHead:
    return ResponseHead(status, "", 1, fields, combined_field_values(fields))


def decode(framing: Framing, data: bytes) -> tuple[bytes, Fields, bytes]:
    """The content, the trailer fields and what is left; the connection ends after the data."""
    content = b""
    want = next(framing)
    try:
        while True:
            if isinstance(want, Line):
                line, end, data = data.partition(b"\r\n")
                if not end or len(line) > want.limit:
                    raise MessageFailure(want.failure, want.status)
                want = framing.send(line)
            else:
                piece, data = data[:want], data[want:]
                content += piece
                want = framing.send(piece)
    except StopIteration as end:
        return content, end.value, data


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.6")
class TestRequestBodyLength:
    @pytest.mark.parametrize(
        "fields, length",
        [
            ([], 0),
            ([("content-length", "0")], 0),
            ([("content-length", "0042")], 42),
            ([("transfer-encoding", "chunked")], "chunked"),
            ([("transfer-encoding", "Chunked")], "chunked"),
            ([("transfer-encoding", " , chunked,")], "chunked"),
        ],
    )
    def test_length_or_chunked_or_nothing(self, fields: Fields, length: BodyLength) -> None:
        assert request_body_length(request(fields)) == length

    @pytest.mark.parametrize(
        "fields, status",
        [
            ([("content-length", "5"), ("transfer-encoding", "chunked")], 400),
            ([("content-length", "5"), ("content-length", "5")], 400),
            ([("content-length", "5"), ("content-length", "6")], 400),
            ([("content-length", "5, 5")], 400),
            ([("transfer-encoding", "gzip")], 400),
            ([("transfer-encoding", "identity")], 400),
            ([("transfer-encoding", "")], 400),
            ([("transfer-encoding", "chunked, gzip")], 400),
            ([("transfer-encoding", "chunked, chunked")], 400),
            ([("transfer-encoding", "chunked"), ("transfer-encoding", "identity")], 400),
            ([("transfer-encoding", "chunked;q=1")], 400),
            ([("transfer-encoding", "xchunked")], 400),
            ([("transfer-encoding", "chun\x0bked")], 400),
            ([("transfer-encoding", '"chunked"')], 400),
            ([("transfer-encoding", "gzip, chunked")], 501),
            ([("transfer-encoding", "gzip"), ("transfer-encoding", "chunked")], 501),
        ],
    )
    def test_what_two_could_understand_in_two_ways_is_refused(
        self, fields: Fields, status: int
    ) -> None:
        with pytest.raises(MessageFailure) as caught:
            request_body_length(request(fields))
        assert caught.value.status == status

    def test_http_1_0_has_no_transfer_coding(self) -> None:
        with pytest.raises(MessageFailure, match=r"HTTP/1\.0"):
            request_body_length(request([("transfer-encoding", "chunked")], version=0))


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.1")
class TestResponseBodyLength:
    @pytest.mark.parametrize(
        "fields, length",
        [
            ([], "until close"),
            ([("content-length", "42")], 42),
            ([("transfer-encoding", "chunked"), ("content-length", "42")], "chunked"),
            ([("content-length", "42"), ("content-length", "42,42")], 42),
        ],
    )
    def test_length_or_chunked_or_until_close(self, fields: Fields, length: BodyLength) -> None:
        assert response_body_length(response(fields), "GET") == length

    @pytest.mark.parametrize("value", ["42, 30", "30,", ",30", "030, 30", "9" * 19])
    def test_lengths_that_differ_are_refused(self, value: str) -> None:
        with pytest.raises(MessageFailure):
            response_body_length(response([("content-length", value)]), "GET")

    @pytest.mark.parametrize(
        "value",
        ["abc", "-5", "+5", "5_0", "0x5", "", "\u0665", "\xb2", "5 0", "5.0", "1e3", "abc, abc"],
    )
    def test_a_length_that_is_no_number_is_an_error_or_none(self, value: str) -> None:
        head = response([("content-length", value)])
        with pytest.raises(MessageFailure, match="Content-Length"):
            response_body_length(head, "GET")
        assert response_body_length(head, "GET", is_lenient=True) == "until close"

    @pytest.mark.parametrize("is_lenient", [True, False])
    def test_a_number_of_thousands_of_digits_is_not_even_converted(self, is_lenient: bool) -> None:
        with pytest.raises(MessageFailure, match="Content-Length"):
            response_body_length(response([("content-length", "9" * 5000)]), "GET", is_lenient)

    def test_codings_that_nobody_asked_for_are_refused(self) -> None:
        for value in ("gzip", "gzip, chunked", "chunked, gzip", "chunked, chunked"):
            with pytest.raises(MessageFailure, match="not supported"):
                response_body_length(response([("transfer-encoding", value)]), "GET")

    def test_there_may_be_none_whatever_the_fields_say(self) -> None:
        for status, method in ((200, "HEAD"), (204, "GET"), (304, "GET"), (200, "CONNECT")):
            assert response_body_length(response([("content-length", "42")], status), method) == 0


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1-8")
class TestHasContent:
    def test_it_depends_on_status_and_method(self) -> None:
        assert (
            has_content(200, "GET")
            and has_content(404, "POST")
            and has_content(404, "CONNECT")
            and has_content(205, "GET")
        )
        assert not any(
            (
                has_content(200, "HEAD"),
                has_content(100, "GET"),
                has_content(204, "GET"),
                has_content(304, "GET"),
            )
        )
        assert not has_content(200, "CONNECT")


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-8.6")
class TestContentLength:
    def test_it_is_a_decimal_number(self) -> None:
        assert (content_length("0"), content_length("007"), content_length("9" * 18)) == (
            0,
            7,
            10**18 - 1,
        )

    @pytest.mark.parametrize(
        "value",
        [
            "",
            "+5",
            "-5",
            "0x5",
            "5_0",
            "5.0",
            "5e1",
            " 5",
            "5 5",
            "5,5",
            "5;",
            "\u0665",
            "\xb2",
            "9" * 19,
            "five",
        ],
    )
    def test_anything_else_is_refused(self, value: str) -> None:
        with pytest.raises(MessageFailure, match="Content-Length"):
            content_length(value)


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-6.2")
class TestContentOfLength:
    def test_so_many_bytes(self) -> None:
        assert decode(content_of_length(5), b"hello world") == (b"hello", [], b" world")

    def test_an_early_end_is_a_failure(self) -> None:
        with pytest.raises(MessageFailure, match="2 bytes before"):
            decode(content_of_length(5), b"hel")


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.8")
class TestContentUntilClose:
    def test_all_that_comes(self) -> None:
        assert decode(content_until_close(), b"hello") == (b"hello", [], b"")


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-7.1.3")
class TestChunkedContent:
    @pytest.mark.parametrize(
        "data, content, trailers",
        [
            (b"0\r\n\r\n", b"", []),
            (b"5\r\nhello\r\n0\r\n\r\n", b"hello", []),
            (b"1\r\nh\r\n0004\r\nello\r\n000\r\n\r\n", b"hello", []),
            (b"A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", b"0123456789" * 2, []),
            (b"2\r\n\r\n\r\n0\r\n\r\n", b"\r\n", []),
            (b'1;a;b=c ; d = "e;\\"" \t;f\r\nh\r\n0;g\r\n\r\n', b"h", []),
            (b"0\r\nA: b\r\na:c\r\n\r\n", b"", [("a", "b"), ("a", "c")]),
            (b"0\r\nContent-Length: 5\r\n\r\n", b"", [("content-length", "5")]),
        ],
    )
    def test_chunks_and_trailers(self, data: bytes, content: bytes, trailers: Fields) -> None:
        assert decode(chunked_content(Limits()), data + b"GET") == (content, trailers, b"GET")

    @pytest.mark.parametrize(
        "data",
        [
            b"", b"5", b"5\r\n", b"5\r\nhel", b"5\r\nhello\r\n", b"5\r\nhello0\r\n\r\n",
            b"5\r\nhello \r\n0\r\n\r\n", b"5\r\nhello\n0\r\n\r\n", b"0\r\n", b"0\r\nA: b\r\n",
            b"0\r\nA : b\r\n\r\n", b"0\r\n A: b\r\n\r\n", b"0\r\nA\r\n\r\n", b"0\r\nA: \0\r\n\r\n",
            b"0\r\nA: b\nC: d\r\n\r\n",
        ],
    )  # fmt: skip
    def test_anything_else_is_refused(self, data: bytes) -> None:
        with pytest.raises(MessageFailure):
            decode(chunked_content(Limits()), data)

    def test_extensions_are_bounded_all_together(self) -> None:
        chunks = b"1;" + b"a" * 1000 + b"\r\nh\r\n"
        assert decode(chunked_content(Limits()), chunks * 16 + b"0\r\n\r\n")[0] == b"h" * 16
        with pytest.raises(MessageFailure, match="extensions"):
            decode(chunked_content(Limits()), chunks * 17 + b"0\r\n\r\n")

    @pytest.mark.parametrize(
        "data, status",
        [
            (b"1;" + b"a" * 4095 + b"\r\n", 400),
            (b"0\r\nA: " + b"b" * 16 * 1024 + b"\r\n\r\n", 431),
            (b"0\r\n" + b"A: b\r\n" * 201 + b"\r\n", 431),
            (b"0\r\n" + b"A: " + b"b" * 1000 + b"\r\n" * 17 + b"\r\n", 431),
        ],
    )
    def test_lines_and_trailers_are_bounded(self, data: bytes, status: int) -> None:
        limits = Limits(trailer_section=1000) if data.endswith(b"\r\n" * 17 + b"\r\n") else Limits()
        with pytest.raises(MessageFailure) as caught:
            decode(chunked_content(limits), data)
        assert caught.value.status == status


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-7.1-2")
class TestChunkSize:
    @pytest.mark.parametrize(
        "line, size, extensions",
        [
            (b"0", 0, b""),
            (b"fF", 255, b""),
            (b"0" * 15 + b"1", 1, b""),
            (b"f" * 16, 2**64 - 1, b""),
            (b"1 ;a=b", 1, b"a=b"),
        ],
    )
    def test_it_is_a_hexadecimal_number(self, line: bytes, size: int, extensions: bytes) -> None:
        assert chunk_size(line) == (size, extensions)

    @pytest.mark.parametrize(
        "line",
        [
            b"", b" ", b" 5", b"5 ", b"5\t", b"+5", b"-5", b"0x5", b"5_0", b"5.", b"g", b"5h",
            b"5 5", b"0" * 17, b"f" * 17, b"5\n", b"5\r", b";a", b"5;", b"5; ", b"5;=b", b"5;a=",
            b"5;a b", b'5;a="b', b'5;a="\x00"', b"5;a=b;", b"5;a\n", b"5;\xe9",
            b"\xef\xbc\x95",
        ],
    )  # fmt: skip
    def test_anything_else_is_refused(self, line: bytes) -> None:
        with pytest.raises(MessageFailure):
            chunk_size(line)


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-7.1-3")
class TestChunk:
    def test_its_size_is_hexadecimal(self) -> None:
        assert chunk(b"a" * 26) == b"1a\r\n" + b"a" * 26 + b"\r\n"


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-7.1.2-2")
class TestLastChunk:
    def test_it_brings_the_trailer_fields(self) -> None:
        assert last_chunk([]) == b"0\r\n\r\n"
        assert last_chunk([("A", "b"), ("c", "d")]) == b"0\r\nA: b\r\nc: d\r\n\r\n"

    def test_nothing_is_smuggled_in(self) -> None:
        with pytest.raises(MessageFailure):
            last_chunk([("A", "b\r\nc: d")])
