"""Cookies in files."""

from __future__ import annotations

import pytest

from worker_runtime.cli.cookie_files import parse_a_cookie_file, serialize_a_cookie_file
from worker_runtime.cookies.cookie_concepts import Cookie


class TestParseACookieFile:
    def test_each_line_is_a_cookie(self) -> None:
        text = (
            "# Netscape HTTP Cookie File\n\n"
            "a.example\tFALSE\t/\tFALSE\t0\tn\tv\r\n"
            "#HttpOnly_.b.example\tTRUE\t/x/y\tTRUE\t1900000000\tm\t\n"
            "[::1]\tFALSE\t/\tFALSE\t0\te"
        )
        first, second, third = parse_a_cookie_file(text)
        assert (first.name, first.value, first.host, first.host_only) == ("n", "v", "a.example", 1)
        assert (first.expiry_time, first.secure, first.http_only) == (None, False, False)
        assert (second.host, second.host_only, second.path) == ("b.example", False, ("x", "y"))
        assert (second.expiry_time, second.secure, second.http_only) == (1.9e9, True, True)
        assert (third.name, third.value) == ("e", "")

    @pytest.mark.parametrize(
        "line",
        [
            "", "no cookie", "a\tFALSE\t/\tFALSE\t0", "a\tFALSE\t/\tFALSE\t0\tn\tv\tw",
            "a b\tFALSE\t/\tFALSE\t0\tn\tv", "a\tFALSE\tx\tFALSE\t0\tn\tv",
            "a\tFALSE\t/\tFALSE\tsoon\tn\tv", "a\tFALSE\t/\tFALSE\t\u00b2\tn\tv",
            "a\tFALSE\t/\tFALSE\t0\tn\tv\rX: y", "a\tFALSE\t/\tFALSE\t0\t\t",
            f"a\tFALSE\t/\tFALSE\t0\tn\t{'v' * 4097}",
        ],
    )  # fmt: skip
    def test_what_is_none_is_passed_over(self, line: str) -> None:
        good = "a\tFALSE\t/\tFALSE\t0\tn\tgood\n"
        cookies = list(parse_a_cookie_file(f"{line}\n{good}"))
        assert [cookie.value for cookie in cookies] == ["good"]


class TestSerializeACookieFile:
    def test_what_is_written_is_read_again(self) -> None:
        cookies = [
            Cookie("n", "v\xe9", host="a.example", host_only=True),
            Cookie("m", "", True, "b.example", False, ("x", ""), http_only=True, expiry_time=9e9),
        ]
        text = serialize_a_cookie_file(cookies).decode("latin-1")
        again = list(parse_a_cookie_file(text))
        assert [(each.key, each.value, each.expiry_time) for each in again] == [
            (each.key, each.value, each.expiry_time) for each in cookies
        ]

    def test_what_the_format_cannot_have_is_left_out(self) -> None:
        cookies = [Cookie("n", "a\tb", host="a.example"), Cookie("m", "v", host="a.example")]
        assert serialize_a_cookie_file(cookies).count(b"a.example") == 1
