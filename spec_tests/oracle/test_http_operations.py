"""What can be asked about HTTP: each operation with a result and an error."""

from __future__ import annotations

from typing import Any

import pytest

from spec_tests.oracle.harness import error_name, reply_to, result_of

POST = (
    "POST /a HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\n"
    "T: u\r\n\r\nrest"
)
DATE = 784111777  # the example of RFC 9110, 5.6.7

RESULTS: list[tuple[str, list[Any], Any]] = [
    ("method.is_method", ["pat^ch"], True),
    ("method.is_method", [""], False),
    ("method.is_forbidden", ["Trace"], True),
    ("method.normalize", ["post"], "POST"),
    ("method.normalize", ["patch"], "patch"),
    ("header.is_name", ["a b"], False),
    ("header.is_value", ["a\0"], False),
    ("header.is_value", ["a \xff"], True),
    ("header.normalize", ["\r\n a\tb\t"], "a\tb"),
    ("header.get_decode_and_split", ['a, "b,c" ,'], ["a", '"b,c"', ""]),
    ("header.is_forbidden_request_header", ["Sec-x", ""], True),
    ("header.is_forbidden_request_header", ["X-HTTP-Method", "a, TRACE"], True),
    ("header.is_forbidden_response_header_name", ["Set-Cookie2"], True),
    ("header.is_cors_safelisted_request_header", ["Accept", "*/*"], True),
    ("header.is_cors_safelisted_request_header", ["Range", "bytes=-1"], False),
    ("header.is_no_cors_safelisted_request_header", ["Range", "bytes=1-"], False),
    ("header.parse_range", ["bytes=1-2"], [1, 2]),
    ("header.parse_range", ["bytes = 1 -", True], [1, None]),
    ("header.build_content_range", [1, 2, 3], "bytes 1-2/3"),
    ("headers.get", [[["A", "1"], ["a", "2"]], "a"], "1, 2"),
    ("headers.get", [[], "a"], None),
    ("headers.sort_and_combine",
        [[["B", "1"], ["set-cookie", "c"], ["b", "2"], ["Set-Cookie", "d"]]],
     [["b", "1, 2"], ["set-cookie", "c"], ["set-cookie", "d"]]),
    ("headers.cors_unsafe_request_header_names", [[["B", ""], ["accept", "a"], ["A", ""]]],
        ["a", "b"]),
    ("headers.extract_values", ["Content-Encoding", [["content-encoding", "gzip,, br"]]],
        ["gzip", "br"]),
    ("headers.extract_values", ["Location", []], None),
    ("headers.extract_length", [[["Content-Length", "42"], ["Content-Length", "42"]]], 42),
    ("headers.extract_length", [[["Content-Length", "x"]]], None),
    ("headers.extract_mime_type", [[["Content-Type", "a/b;charset=c"], ["Content-Type", "a/b"]]],
     {"type": "a", "subtype": "b", "parameters": [["charset", "c"]]}),
    ("headers.determine_nosniff", [[["X-Content-Type-Options", "NoSniff,x"]]], True),
    ("mime.legacy_extract_encoding", [{"parameters": [["charset", "latin1"]]}, "utf-8"],
        "windows-1252"),
    ("mime.legacy_extract_encoding", [{}, "sjis"], "Shift_JIS"),
    ("http.format_date", [DATE], "Sun, 06 Nov 1994 08:49:37 GMT"),
    ("http.parse_date", ["Sunday, 06-Nov-94 08:49:37 GMT", DATE], DATE),
    ("http.parse_request", [{"bytes": POST}], {
        "method": "POST", "target": "/a", "version": "1.1",
        "fields": [["host", "b"], ["transfer-encoding", "chunked"]],
        "content": {"bytes": "abc"}, "trailers": [["t", "u"]], "persists": True,
        "rest": {"bytes": "rest"},
    }),
    ("http.parse_response", [{"bytes": "HTTP/1.0 404 No\r\nA:b\r\n\r\ncd"}], {
        "version": "1.0", "status": 404, "reason": "No", "fields": [["a", "b"]],
        "content": {"bytes": "cd"}, "trailers": [], "persists": False, "rest": {"bytes": ""},
    }),
    ("http.parse_response", [{"bytes": "HTTP/1.1 200\r\nContent-Length:9\r\n\r\n"}, "HEAD"], {
        "version": "1.1", "status": 200, "reason": "", "fields": [["content-length", "9"]],
        "content": {"bytes": ""}, "trailers": [], "persists": True, "rest": {"bytes": ""},
    }),
    ("websocket.accept", ["dGhlIHNhbXBsZSBub25jZQ=="], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
    ("websocket.parse_extensions", ['a; b=1; c, d; e="f"'],
        [["a", [["b", "1"], ["c", None]]], ["d", [["e", "f"]]]]),
]  # fmt: skip
ERRORS: list[tuple[str, list[Any], str]] = [
    ("method.is_method", ["\u0100"], "BadQuestion"),
    ("method.is_forbidden", [], "BadQuestion"),
    ("method.normalize", [None], "BadQuestion"),
    ("header.is_name", ["a", "b"], "BadQuestion"),
    ("header.is_value", [1], "BadQuestion"),
    ("header.normalize", ["\u20ac"], "BadQuestion"),
    ("header.get_decode_and_split", [["a"]], "BadQuestion"),
    ("header.is_forbidden_request_header", ["a"], "BadQuestion"),
    ("header.is_forbidden_response_header_name", [], "BadQuestion"),
    ("header.is_cors_safelisted_request_header", ["a"], "BadQuestion"),
    ("header.is_no_cors_safelisted_request_header", ["a"], "BadQuestion"),
    ("header.parse_range", ["bytes=2-1"], "failure"),
    ("header.parse_range", ["bytes = 1-2"], "failure"),
    ("header.build_content_range", [1, 2, 3.5], "BadQuestion"),
    ("headers.get", [{"a": "1"}, "a"], "BadQuestion"),
    ("headers.sort_and_combine", [["a"]], "BadQuestion"),
    ("headers.cors_unsafe_request_header_names", ["a"], "BadQuestion"),
    ("headers.extract_values", ["Location", [["location", "a"], ["location", "b"]]], "failure"),
    ("headers.extract_values", ["Access-Control-Max-Age", [["access-control-max-age", "x"]]],
        "failure"),
    ("headers.extract_values", ["X", []], "BadQuestion"),
    ("headers.extract_length", [[["Content-Length", "1"], ["Content-Length", "2"]]], "failure"),
    ("headers.extract_mime_type", [[["Content-Type", "a"]]], "failure"),
    ("headers.determine_nosniff", ["nosniff"], "BadQuestion"),
    ("mime.legacy_extract_encoding", [{}, "nothing"], "BadQuestion"),
    ("http.format_date", [-1], "BadQuestion"),
    ("http.format_date", [1e999], "BadQuestion"),
    ("http.parse_date", ["yesterday", DATE], "failure"),
    ("http.parse_date", ["", -1], "BadQuestion"),
    ("http.parse_request", [{"bytes": ""}], "failure"),
    ("http.parse_request", [{"bytes": "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na"}],
        "failure"),
    ("http.parse_response", [{"bytes": "HTTP/1.1 "}], "failure"),
    ("http.parse_response", [{"bytes": ""}, "GE T"], "failure"),
    ("websocket.accept", ["\u20ac"], "BadQuestion"),
    ("websocket.parse_extensions", ["a=b"], "failure"),
]  # fmt: skip


class TestHTTPOperations:
    @pytest.mark.parametrize("op, args, result", RESULTS)
    def test_answer(self, op: str, args: list[Any], result: Any) -> None:
        assert result_of(op, *args) == result

    @pytest.mark.parametrize("op, args, name", ERRORS)
    def test_name_their_errors(self, op: str, args: list[Any], name: str) -> None:
        assert error_name(op, *args) == name

    @pytest.mark.parametrize("data, status", [
        ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        ("GET /" + 20_000 * "a", 414),
    ])  # fmt: skip
    def test_a_request_that_is_none_is_answered_with_a_status(self, data: str, status: int) -> None:
        assert reply_to("http.parse_request", {"bytes": data})["error"]["status"] == status
