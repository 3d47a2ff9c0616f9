"""Cookie Store, 2.1 and 7.1: query cookies."""

from __future__ import annotations

import pytest

from worker_runtime.cookies.cookie_concepts import Cookie, CookieStoreRecord
from worker_runtime.cookies.main_algorithms import parse_and_store_a_cookie
from worker_runtime.cookiestore.query_cookies import (
    CookieListItem,
    create_a_cookie_list_item,
    normalize_a_cookie_name_or_value,
    query_cookies,
)
from worker_runtime.url.url_parsing import url_parser

spec = pytest.mark.spec


def store_of(*lines: str) -> CookieStoreRecord:
    """The cookies that the server at https://www.a.example/ has set."""
    store = CookieStoreRecord()
    for now, line in enumerate(lines):
        parse_and_store_a_cookie(
            store, line, True, "www.a.example", [""], True, False, True, float(now)
        )
    return store


@spec("https://cookiestore.spec.whatwg.org/#normalize-a-cookie-name-or-value")
@pytest.mark.parametrize("input, output", [
    ("a", "a"), ("\t a b \t", "a b"), ("\na\r", "\na\r"), ("\u3000", "\u3000"), ("", ""),
])  # fmt: skip
def test_normalize_a_cookie_name_or_value(input: str, output: str) -> None:
    assert normalize_a_cookie_name_or_value(input) == output


@spec("https://cookiestore.spec.whatwg.org/#query-cookies")
class TestQueryCookies:
    @pytest.mark.parametrize("line, url, is_seen", [
        ("a=1", "https://www.a.example/x/y", True),
        ("a=1", "http://www.a.example/", True),
        ("a=1; Secure", "https://www.a.example/", True),
        ("a=1; Secure", "http://www.a.example/", True),  # a secure context for all that
        ("a=1; HttpOnly", "https://www.a.example/", False),
        ("a=1; Path=/x", "https://www.a.example/x/y", True),
        ("a=1; Path=/x", "https://www.a.example/xy", False),
        ("a=1", "https://b.a.example/", False),
        ("a=1; Domain=a.example", "https://b.a.example/", True),
        ("a=1; SameSite=Strict", "https://www.a.example/", True),
        ("a=1; Max-Age=5", "https://www.a.example/", True),
        ("a=1; Max-Age=0", "https://www.a.example/", False),
    ])  # fmt: skip
    def test_those_for_the_url_that_scripts_may_see(
        self, line: str, url: str, is_seen: bool
    ) -> None:
        found = query_cookies(store_of(line), url_parser(url), None, 1.0)
        assert found == ([("a", "1")] if is_seen else [])

    def test_the_longest_path_first_and_then_the_oldest(self) -> None:
        store = store_of("a=1", "b=2; Path=/x", "c=3", "d=4; Path=/x/y")
        found = query_cookies(store, url_parser("https://www.a.example/x/y"), None, 9.0)
        assert [item.name for item in found] == ["d", "b", "a", "c"]

    @pytest.mark.parametrize("name, values", [
        ("a", ["1", "3"]), ("\ta ", ["1", "3"]), ("A", []), ("", ["lone"]), ("é", ["2"]),
    ])  # fmt: skip
    def test_of_one_name(self, name: str, values: list[str]) -> None:
        store = store_of("a=1; Path=/x", "\xc3\xa9=2", "a=3", "lone")
        found = query_cookies(store, url_parser("https://www.a.example/x/"), name, 9.0)
        assert [item.value for item in found] == values


@spec("https://cookiestore.spec.whatwg.org/#create-a-cookielistitem")
@spec("https://cookiestore.spec.whatwg.org/#dictdef-cookielistitem")
class TestCreateACookieListItem:
    def test_bytes_are_utf_8_and_a_byte_order_mark_stays(self) -> None:
        item = create_a_cookie_list_item(Cookie("\xef\xbb\xbf\xc3\xa9", "\xff"))
        assert item == CookieListItem("\ufeff\xe9", "\ufffd")
        assert (item.name, item.value) == ("\ufeff\xe9", "\ufffd")
