"""Subcomponent algorithms: dates in any order of words, hosts below hosts, paths below paths."""

from __future__ import annotations

import pytest

from worker_runtime.cookies.subcomponent_algorithms import (
    cookie_default_path,
    domain_matches,
    parse_a_date,
    path_matches,
)
from worker_runtime.http.dates import imf_fixdate

ADDRESS = "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html"
spec = pytest.mark.spec


@spec(
    "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-parse-a-date"
)
@spec(f"{ADDRESS}#name-parse-a-date")
class TestParseADate:
    @pytest.mark.parametrize("input, expected", [
        ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("1994 8:49:37 nOVEMBER 6", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("6 1994 8:9:7 nOVEMBER", "Sun, 06 Nov 1994 08:09:07 GMT"),
        ("Sat, 17-Apr-10 21:12:04 GMT", "Sat, 17 Apr 2010 21:12:04 GMT"),
        ("01 Jan 69 00:00:00", "Tue, 01 Jan 2069 00:00:00 GMT"),
        ("01 Jan 70 00:00:00", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("01 Jan 99 00:00:00", "Fri, 01 Jan 1999 00:00:00 GMT"),
        ("01 Jan 0099 00:00:00", "Fri, 01 Jan 1999 00:00:00 GMT"),
        ("01 Jan 1601 00:00:00", "Mon, 01 Jan 1601 00:00:00 GMT"),
        ("29 Feb 2024 00:00:00", "Thu, 29 Feb 2024 00:00:00 GMT"),
        ("1x Jan 2024y 00:00:00z", "Mon, 01 Jan 2024 00:00:00 GMT"),
    ])  # fmt: skip
    def test_the_words_may_be_in_any_order(self, input: str, expected: str) -> None:
        date = parse_a_date(input)
        assert date is not None and imf_fixdate(date) == expected

    @pytest.mark.parametrize("input", [
        "", "GMT", "06 Nov 1994", "06 Nov 08:49:37", "Nov 1994 08:49:37", "06 1994 08:49:37",
        "32 Jan 2000 00:00:00", "00 Jan 2000 00:00:00", "30 Feb 2000 00:00:00",
        "29 Feb 2023 00:00:00", "01 Jan 1600 00:00:00", "01 Jan 2000 24:00:00",
        "01 Jan 2000 00:60:00", "01 Jan 2000 00:00:60", "01 Jan 20000 00:00:00",
        "01 Jan 2000 00:00", "001 Jan 2000 00:00:00", "\u00b2 Jan 2000 00:00:00",
    ])  # fmt: skip
    def test_what_is_missing_or_never_was(self, input: str) -> None:
        assert parse_a_date(input) is None


@spec(
    "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-domain-matching"
)
@spec(f"{ADDRESS}#name-domain-matching")
class TestDomainMatches:
    @pytest.mark.parametrize("host, value, expected", [
        ("a.example", "a.example", True), ("b.a.example", "a.example", True),
        ("ba.example", "a.example", False), ("a.example", "b.a.example", False),
        (0x7F000001, 0x7F000001, True), (0x7F000001, 1, False), (0, "", False),
        ("1.0.0.127.example", 0x7F000001, False), ((0,) * 8, (0,) * 8, True),
    ])  # fmt: skip
    def test_it_is_that_host_or_below_it(
        self, host: str | int, value: str | int, expected: bool
    ) -> None:
        assert domain_matches(host, value) is expected


@spec(
    "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-default-path"
)
@spec(f"{ADDRESS}#name-cookie-default-path")
class TestCookieDefaultPath:
    @pytest.mark.parametrize("path, expected", [
        ([""], ("",)), (["a"], ("",)), (["a", ""], ("a",)), (["a", "b"], ("a",)),
        (["a", "b", "c"], ("a", "b")),
    ])  # fmt: skip
    def test_it_is_the_folder(self, path: list[str], expected: tuple[str, ...]) -> None:
        assert cookie_default_path(path) == expected


@spec(
    "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-path-matching"
)
@spec(f"{ADDRESS}#name-path-matching")
class TestPathMatches:
    @pytest.mark.parametrize("request_path, cookie_path, expected", [
        ("/", "/", True), ("/a", "/", True), ("/a/b", "/a", True), ("/a/b", "/a/", True),
        ("/a/", "/a", True), ("/a", "/a", True), ("/ab", "/a", False), ("/a", "/a/", False),
        ("/", "/a", False), ("/A", "/a", False),
    ])  # fmt: skip
    def test_it_is_that_path_or_below_it(
        self, request_path: str, cookie_path: str, expected: bool
    ) -> None:
        assert path_matches(request_path[1:].split("/"), cookie_path[1:].split("/")) is expected
