"""RFC 9112, 2 to 5."""

from __future__ import annotations

import pytest

from worker_runtime.http.fields import MessageFailure
from worker_runtime.http.message import (
    PLAIN_REQUEST_LINE,
    Limits,
    check_incomplete_head,
    field_line,
    is_host,
    known_lines,
    parse_field_line,
    parse_field_lines,
    parse_header_section,
    parse_request_head,
    parse_request_line,
    parse_response_head,
    reason_phrase,
    request_target_form,
    serialize_head,
    serialize_request_head,
    target_uri,
)

spec = pytest.mark.spec
LIMITS = Limits()


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-2.2-1")
class TestParseRequestHead:
    def test_a_head_with_fields(self) -> None:
        head = parse_request_head(
            b"GET /where?q=now HTTP/1.1\r\nHost: www.example.org\r\nA:1\r\na:\t2 \t", LIMITS
        )
        assert (head.method, head.target, head.form, head.version) == (
            "GET",
            "/where?q=now",
            "origin",
            1,
        )
        assert head.fields == [("host", "www.example.org"), ("a", "1"), ("a", "2")]
        assert head.values == {"host": "www.example.org", "a": "1, 2"}

    def test_a_plain_request_line_is_parsed_as_any_other(self) -> None:
        methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "X", "G:"]
        targets = [*("/" + chr(code) for code in range(0x100)), "/a?b|c", "//", "*", "a", "", "/ "]
        versions = ["HTTP/1.1", "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "http/1.1", "HTTP/1.1 ", ""]
        plain = 0
        for line in (f"{m} {t} {v}" for m in methods for t in targets for v in versions):
            is_plain = PLAIN_REQUEST_LINE.fullmatch(line) is not None
            try:
                method, target, version = parse_request_line(line)
                parsed = (method, target, request_target_form(method, target), version)
            except MessageFailure as failure:
                assert not is_plain, line
                with pytest.raises(MessageFailure) as raised:
                    parse_request_head(line.encode("latin-1"), LIMITS)
                assert str(raised.value) == str(failure)
            else:
                head = parse_request_head(line.encode("latin-1"), LIMITS)
                assert (head.method, head.target, head.form, head.version) == parsed
                plain += is_plain
        assert plain > 500

    def test_a_head_without_fields(self) -> None:
        assert parse_request_head(b"GET / HTTP/1.0", LIMITS).fields == []

    def test_bytes_beyond_ascii_are_kept_in_values(self) -> None:
        assert parse_request_head(b"GET / HTTP/1.1\r\nX: caf\xc3\xa9", LIMITS).fields == [
            ("x", "caf\xc3\xa9")
        ]

    @pytest.mark.parametrize("code", [*range(9), *range(10, 32), 127])
    def test_no_control_character_but_the_tab_is_anywhere(self, code: int) -> None:
        for block in (
            b"GET / HTTP/1.1\r\nX: a%cb",
            b"GET / HTTP/1.1\r\nX%c: a",
            b"GET /%c HTTP/1.1",
            b"GET / HTTP/1.1%c",
        ):
            with pytest.raises(MessageFailure) as caught:
                parse_request_head(block % code, LIMITS)
            assert caught.value.status == 400

    @pytest.mark.parametrize(
        "block, status",
        [
            (b"GET /" + b"a" * (16 * 1024 - 14) + b" HTTP/1.1", None),
            (b"GET /" + b"a" * (16 * 1024 - 13) + b" HTTP/1.1", 414),
            (b"GET / HTTP/1.1\r\nX: " + b"a" * (64 * 1024 - 3), None),
            (b"GET / HTTP/1.1\r\nX: " + b"a" * (64 * 1024 - 2), 431),
            (b"GET / HTTP/1.1" + b"\r\nX: a" * 200, None),
            (b"GET / HTTP/1.1" + b"\r\nX: a" * 201, 431),
        ],
    )
    def test_the_limits_are_exact(self, block: bytes, status: int | None) -> None:
        if status is None:
            parse_request_head(block, LIMITS)
        else:
            with pytest.raises(MessageFailure) as caught:
                parse_request_head(block, LIMITS)
            assert caught.value.status == status

    def test_a_header_section_that_is_repeated_means_the_same(self) -> None:
        first = parse_request_head(b"GET / HTTP/1.1\r\nHost: a\r\nA: b", LIMITS)
        for rest in (b"\r\nHost: a\r\nA: b", b"\r\nHost: a\r\nA: c", b"\r\nHost: a", b""):
            head = parse_request_head(b"POST /x HTTP/1.0" + rest, LIMITS, first)
            anew = parse_request_head(b"POST /x HTTP/1.0" + rest, LIMITS)
            assert (head.method, head.target, head.version) == ("POST", "/x", 0)
            assert (head.fields, head.values) == (anew.fields, anew.values)

    def test_limits_can_be_set(self) -> None:
        with pytest.raises(MessageFailure, match="longer than 10 bytes"):
            parse_request_head(b"GET / HTTP/1.1", Limits(request_line=10))


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-3-2")
class TestParseRequestLine:
    @pytest.mark.parametrize("version, minor", [("HTTP/1.1", 1), ("HTTP/1.0", 0), ("HTTP/1.9", 1)])
    def test_a_higher_minor_version_is_spoken_to_as_ours(self, version: str, minor: int) -> None:
        assert parse_request_line(f"GET / {version}") == ("GET", "/", minor)

    @pytest.mark.parametrize("version", ["HTTP/2.0", "HTTP/0.9", "HTTP/3.0"])
    def test_another_major_version_is_not_supported(self, version: str) -> None:
        with pytest.raises(MessageFailure, match=version) as caught:
            parse_request_line(f"GET / {version}")
        assert caught.value.status == 505

    @pytest.mark.parametrize(
        "line",
        [
            "", "GET", "GET /", "GET  / HTTP/1.1", "GET /  HTTP/1.1", " GET / HTTP/1.1",
            "GET / HTTP/1.1 ", "GET /a b HTTP/1.1", "GET / http/1.1", "GET / HTTP/1",
            "GET / HTTP/1.", "GET / HTTP/1.10", "GET / HTTP/11", "GET / HTTP 1.1",
            "GET / HTTP/a.b", "GET / HTTP/1.\u0661", "GET / XHTTP/1.1", "GET / ",
            "GET /caf\xe9 HTTP/1.1", "GET /\t HTTP/1.1", "GET\t/ HTTP/1.1", "GET /\x00 HTTP/1.1",
            "GET /\r HTTP/1.1", "GET / HTTP/1.1\n",
        ],
    )  # fmt: skip
    def test_anything_else_is_refused(self, line: str) -> None:
        with pytest.raises(MessageFailure) as caught:
            parse_request_line(line)
        assert caught.value.status == 400


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-3.2-2")
class TestRequestTargetForm:
    @pytest.mark.parametrize(
        "method, target, form",
        [
            ("GET", "/", "origin"),
            ("get", "//a/../b?c=d&e|f", "origin"),
            ("PURGE", "/a%00%zz", "origin"),
            ("OPTIONS", "*", "asterisk"),
            ("OPTIONS", "/", "origin"),
            ("CONNECT", "example.com:443", "authority"),
            ("CONNECT", "[::1]:443", "authority"),
            ("GET", "http://example.com", "absolute"),
            ("GET", "HTTPS://example.com:8080/a?b", "absolute"),
            ("GET", "http://example.com?b", "absolute"),
        ],
    )
    def test_four_forms(self, method: str, target: str, form: str) -> None:
        assert request_target_form(method, target) == form

    @pytest.mark.parametrize(
        "method, target",
        [
            ("GET", ""), ("GET", "*"), ("GET", "a"), ("GET", "?a"), ("GET", "/a#b"),
            ("GET", "http://"), ("GET", "http:///a"), ("GET", "http:a"), ("GET", "ftp://a/"),
            ("GET", "http://user@a/"), ("GET", "http://a b/"), ("GET", "http://a\\b/"),
            ("GET", "example.com:80"), ("CONNECT", "/"), ("CONNECT", "a"),
            ("CONNECT", ":80"), ("CONNECT", "a:"), ("CONNECT", "http://a:80"), ("CONNECT", "a:80/"),
            ("G(T", "/"), ("", "/"), ("G\xcbT", "/"), ("GET:", "/"),
        ],
    )  # fmt: skip
    def test_anything_else_is_refused(self, method: str, target: str) -> None:
        with pytest.raises(MessageFailure) as caught:
            request_target_form(method, target)
        assert caught.value.status == 400


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-7.2")
class TestIsHost:
    @pytest.mark.parametrize(
        "host",
        [
            "",
            "a",
            "a:",
            "a:80",
            "127.0.0.1:8080",
            "[::1]",
            "[::1]:80",
            "xn--a.b",
            "a_b",
            "%41",
            "a,b",
        ],
    )
    def test_a_host_with_or_without_a_port(self, host: str) -> None:
        assert is_host(host)
        assert is_host(host)  # also when it is known

    @pytest.mark.parametrize(
        "host",
        [
            "a b",
            "a, b",
            "a/",
            "a@b",
            "a:b",
            "a:80:80",
            "[::1",
            "::1",
            "a?",
            "a#",
            "a\\b",
            "caf\xe9",
            "%4",
            "a\t",
            "<a>",
        ],
    )
    def test_anything_else_is_none(self, host: str) -> None:
        assert not is_host(host)


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-3.3")
class TestTargetURI:
    @pytest.mark.parametrize(
        "head, uri, authority",
        [
            (b"GET /a?b HTTP/1.1\r\nHost: x:80", "https://x:80/a?b", "x:80"),
            (b"GET //a HTTP/1.1\r\nHost: x", "https://x//a", "x"),
            (b"GET /a HTTP/1.0", "https://default/a", "default"),
            (b"GET /a HTTP/1.1\r\nHost:", "https://default/a", "default"),
            (b"OPTIONS * HTTP/1.1\r\nHost: x:80", "https://x:80", "x:80"),
            (b"GET http://y/a/b HTTP/1.1\r\nHost: x", "http://y/a/b", "y"),
            (b"GET http://y?b HTTP/1.1\r\nHost: x", "http://y?b", "y"),
            (b"GET http://y:80 HTTP/1.1\r\nHost: x", "http://y:80", "y:80"),
            (b"CONNECT y:80 HTTP/1.1\r\nHost: x", "https://y:80", "y:80"),
        ],
    )
    def test_each_form_has_its_uri(self, head: bytes, uri: str, authority: str) -> None:
        assert target_uri(parse_request_head(head, LIMITS), "https", "default") == (uri, authority)


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-2.2-2")
class TestParseHeaderSection:
    def test_lines_in_their_order(self) -> None:
        assert parse_header_section(b"A: b\r\nC:d", LIMITS) == [("a", "b"), ("c", "d")]
        assert parse_header_section(b"", LIMITS) == []

    @pytest.mark.parametrize(
        "block",
        [b"\r\n", b"A: b\r\n", b"\r\nA: b", b"A: b\r\n\r\nC: d", b"A: b\nC: d", b"A: b\rC: d"],
    )
    def test_nothing_but_lines(self, block: bytes) -> None:
        with pytest.raises(MessageFailure):
            parse_header_section(block, LIMITS)


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-5.1")
class TestParseFieldLines:
    @pytest.mark.parametrize(
        "line, field",
        [
            ("A:b", ("a", "b")),
            ("A: b", ("a", "b")),
            ("A:  \t b c \t", ("a", "b c")),
            ("A:", ("a", "")),
            ("A: b: c", ("a", "b: c")),
            ("A: \xa0", ("a", "\xa0")),
        ],
    )
    def test_whitespace_around_a_value_is_not_part_of_it(
        self, line: str, field: tuple[str, str]
    ) -> None:
        assert parse_field_lines([line]) == [field]

    @pytest.mark.parametrize(
        "line",
        ["A : b", "A\t: b", ": b", "", "A", "A b", " A: b", "\tA: b", "A b: c", "caf\xe9: b"],
    )
    def test_a_line_that_is_none_is_refused(self, line: str) -> None:
        for lines in ([line], ["A: b", line]):
            with pytest.raises(MessageFailure):
                parse_field_lines(lines)

    def test_a_line_that_is_known_means_the_same(self) -> None:
        lines = ["Accept: */*", "accept:*/*", "Accept: text/html \t", "X-New:"]
        assert (
            parse_field_lines(lines)
            == parse_field_lines(lines)
            == [parse_field_line(line) for line in lines]
        )

    def test_whoever_sends_lines_does_not_fill_the_memory_nor_leave_secrets_in_it(self) -> None:
        parse_field_lines([f"X: {number}" for number in range(3000)])
        long, secret = "X: " + "a" * 300, "Cookie: secret"
        for _ in range(2):
            assert parse_field_lines([long, secret]) == [("x", "a" * 300), ("cookie", "secret")]
        assert len(known_lines) <= 1000 and long not in known_lines and secret not in known_lines

    def test_a_folded_line_is_called_that(self) -> None:
        with pytest.raises(MessageFailure, match="folded"):
            parse_field_lines(["A: b", " c"])


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-2.2-3")
class TestCheckIncompleteHead:
    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\r",
            b"G",
            b"GET / HT",
            b"GET / HTTP/1.1\r",
            b"GET / HTTP/1.1\r\n",
            b"GET / HTTP/1.1\r\nA: b\r",
            b"\x80",
        ],
    )
    def test_what_can_still_become_one_is_waited_for(self, data: bytes) -> None:
        check_incomplete_head(data, 0, LIMITS)

    @pytest.mark.parametrize(
        "data, status",
        [
            (b"\n", 400),
            (b"GET / HTTP/1.1\n", 400),
            (b"GET / HTTP/1.1\r\nA: b\n\n", 400),
            (b"GET /\r\n", 400),
            (b"GET / HTTP/2.0\r\n", 505),
            (b"GET /" + b"a" * 16 * 1024, 414),
            (b"GET / HTTP/1.1\r\nA: " + b"a" * (64 * 1024 + 1), 431),
        ],
    )
    def test_what_cannot_is_refused_at_once(self, data: bytes, status: int) -> None:
        with pytest.raises(MessageFailure) as caught:
            check_incomplete_head(data, 0, LIMITS)
        assert caught.value.status == status

    def test_a_line_that_ends_where_the_last_look_did(self) -> None:
        data = b"GET / HTTP/1.1\r\n"
        check_incomplete_head(data, len(data) - 1, LIMITS)


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-4-2")
class TestParseResponseHead:
    def test_a_head(self) -> None:
        head = parse_response_head(b"HTTP/1.1 404 Not Found\r\nA: b\r\nA: c")
        assert (head.status, head.reason, head.version) == (404, "Not Found", 1)
        assert head.fields == [("a", "b"), ("a", "c")]
        assert head.values == {"a": "b, c"}

    @pytest.mark.parametrize(
        "line, reason", [(b"HTTP/1.0 200 OK", "OK"), (b"HTTP/1.0 200 ", ""), (b"HTTP/1.0 200", "")]
    )
    def test_the_reason_may_be_missing(self, line: bytes, reason: str) -> None:
        head = parse_response_head(line)
        assert (head.status, head.reason, head.version) == (200, reason, 0)

    def test_lines_may_end_with_lf_alone(self) -> None:
        assert parse_response_head(b"HTTP/1.1 200 OK\nA: b\r\nC: d\nE: f").fields == [
            ("a", "b"),
            ("c", "d"),
            ("e", "f"),
        ]

    @pytest.mark.parametrize(
        "block", [b"HTTP/1.1 200 OK", b"HTTP/1.0 200\r\nA: b\r\nC:d \t\r\nE: caf\xc3\xa9\r\nF: \tg"]
    )
    def test_and_are_the_same_as_with_crlf(self, block: bytes) -> None:
        heads = [parse_response_head(block), parse_response_head(block.replace(b"\r\n", b"\n"))]
        fast, slow = [
            (head.status, head.reason, head.version, head.fields, head.values) for head in heads
        ]
        assert fast == slow

    def test_a_folded_line_is_one_line(self) -> None:
        assert parse_response_head(b"HTTP/1.1 200 OK\r\nA: b\r\n \t c\r\nD: e").fields == [
            ("a", "b c"),
            ("d", "e"),
        ]

    @pytest.mark.parametrize(
        "block",
        [
            b"", b"HTTP/2.0 200 OK", b"HTTP/1.1 20 OK", b"HTTP/1.1 2000 OK", b"HTTP/1.1 -20 OK",
            b"HTTP/1.1  200 OK", b"ICY 200 OK", b"HTTP/1.1\r200 OK", b"HTTP/1.1 200\rOK",
            b"HTTP/1.1 200 OK\n\rA: b", b"HTTP/1.1 200 OK\nA\r: b", b"HTTP/1.1 200 OK\nA:\r b",
            b"HTTP/1.1 200 OK\nA: b\r\r", b"HTTP/1.1 200 OK\nA: b\rC: d",
            b"HTTP/1.1 200 OK\r\nA: \0",
            b"HTTP/1.1 200 OK\r\nA", b"HTTP/1.1 200 OK\r\n: b",
        ],
    )  # fmt: skip
    def test_anything_else_is_refused(self, block: bytes) -> None:
        with pytest.raises(MessageFailure):
            parse_response_head(block)


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-2.1-2")
class TestSerializeHead:
    def test_lines_and_an_empty_one(self) -> None:
        assert (
            serialize_head(["HTTP/1.1 200 OK", "a: caf\xe9\t"])
            == b"HTTP/1.1 200 OK\r\na: caf\xe9\t\r\n\r\n"
        )

    @pytest.mark.parametrize("text", ["a\r\nb", "a\rb", "a\nb", "a\0b", "\r", "\r\n", "\n\r"])
    def test_nothing_ends_a_line_from_within(self, text: str) -> None:
        for lines in ([f"HTTP/1.1 200 {text}"], ["HTTP/1.1 200 OK", f"a: {text}"]):
            with pytest.raises(MessageFailure, match="CR, LF or NUL"):
                serialize_head(lines)

    def test_what_looks_like_a_line_feed_in_another_encoding_is_none(self) -> None:
        assert serialize_head(["HTTP/1.1 200 OK", "a: \u560a\u010d"]).count(b"\n") == 3


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-3-1")
class TestSerializeRequestHead:
    def test_the_fields_that_frame_the_message_are_those_of_the_length(self) -> None:
        fields = [("Host", "a"), ("content-length", "9"), ("Transfer-Encoding", "x")]
        assert (
            serialize_request_head("GET", "/b?c", fields, 0)
            == b"GET /b?c HTTP/1.1\r\nHost: a\r\n\r\n"
        )
        assert (
            serialize_request_head("PUT", "*", [], None)
            == b"PUT * HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        )


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-15.1")
class TestReasonPhrase:
    def test_a_status_has_a_name_or_none(self) -> None:
        assert (reason_phrase(200), reason_phrase(418), reason_phrase(599)) == ("OK", "", "")


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-5-2")
class TestFieldLine:
    def test_the_name_is_sent_as_it_was_given(self) -> None:
        assert field_line("ETag", '"a"') == 'ETag: "a"'

    @pytest.mark.parametrize("name", ["a b", "a:", "a\r\nb", ""])
    def test_a_name_that_is_none_is_not_sent(self, name: str) -> None:
        with pytest.raises(MessageFailure):
            field_line(name, "x")
