"""Cookie Store, 7.2 and 7.3: set a cookie, delete a cookie."""

from __future__ import annotations

from typing import Any

import pytest

from worker_runtime.cookies.cookie_concepts import CookieStoreRecord
from worker_runtime.cookies.main_algorithms import parse_and_store_a_cookie
from worker_runtime.cookiestore.set_a_cookie import (
    EncodedCookie,
    date_serialize,
    delete_a_cookie,
    encode_a_cookie,
    set_a_cookie,
)
from worker_runtime.url.url_parsing import url_parser

spec = pytest.mark.spec

URL = url_parser("https://www.a.example/x/y")


def encoded(*arguments: Any, **keywords: Any) -> EncodedCookie:
    cookie = encode_a_cookie(URL, *arguments, **keywords)
    assert not isinstance(cookie, str), cookie
    return cookie


@spec("https://cookiestore.spec.whatwg.org/#set-a-cookie")
class TestSetACookie:
    def test_name_value_and_attributes_are_as_a_server_sends_them(self) -> None:
        cookie = encoded("\té ", " ü", 5e3, "A.example", "", "lax", True)
        assert cookie == ("\xc3\xa9", "\xc3\xbc", [
            ("Domain", "a.example"), ("Expires", "Thu, 01 Jan 1970 00:00:05 GMT"), ("Path", "/x"),
            ("Secure", ""), ("SameSite", "Lax"), ("Partitioned", ""),
        ])  # fmt: skip
        assert encoded("a", "b", max_age=-1).attributes == [
            ("Max-Age", "-1"), ("Path", "/"), ("Secure", ""), ("SameSite", "Strict"),
        ]  # fmt: skip

    @pytest.mark.parametrize("arguments, what", [
        (("a;", "1"), "semicolon"), (("a", "1;"), "semicolon"), (("a\n", "1"), "control"),
        (("a", "\x7f"), "control"), (("a", "1\r\nx"), "control"), (("a=b", "1"), 'no "="'),
        (("", ""), "neither"), (("", "a=b"), 'no "="'), (("", "__Host-a"), "begin"),
        (("", "__SECURE-"), "begin"), (("__Http-a", "1"), "httpOnly"),
        (("__Host-HTTP-a", "1"), "httpOnly"), (("a", "1" * 4096), "4096 bytes"),
        (("a", "é" * 2048), "4096 bytes"), (("a", "1", None, ".a.example"), "no dot"),
        (("__Host-a", "1", None, "a.example"), "no domain"),
        (("a", "1", None, "b.example"), "domain"), (("a", "1", None, "example"), "domain"),
        (("a", "1", None, ""), "domain"), (("a", "1", None, "x.www.a.example"), "domain"),
        (("a", "1", 0.0, None, "/", "strict", False, 0), "either"),
        (("a", "1", None, None, "x"), "begins"), (("__host-a", "1", None, None, "/x"), "has the"),
        (("a", "1", None, None, "/" + "é" * 512), "1024 bytes"),
    ])  # fmt: skip
    def test_failure_says_what_is_wrong(self, arguments: tuple[Any, ...], what: str) -> None:
        failure = encode_a_cookie(URL, *arguments)
        assert isinstance(failure, str) and what in failure

    @pytest.mark.parametrize("arguments", [
        ("a", ""), ("", "a"), ("__Host-a", "1"), ("a", "1" * 4095), ("a\tb", "\t1\t2\t"),
        ("a", 'x=y, "z"'), ("a", "1", None, "www.a.example"), ("a", "1", None, None, "/é"),
    ])  # fmt: skip
    def test_what_may_be(self, arguments: tuple[Any, ...]) -> None:
        assert isinstance(encode_a_cookie(URL, *arguments), EncodedCookie)

    def test_a_server_may_say_more(self) -> None:
        cookie = encoded("a", "1", is_http_only=True, is_secure=False)
        assert [name for name, _ in cookie.attributes] == ["Path", "SameSite", "HttpOnly"]

    def test_it_takes_the_place_of_another_one(self) -> None:
        store = CookieStoreRecord()
        for value in ("1", "2"):
            set_a_cookie(store, encoded("a", value, domain="a.example"), URL, 5.0)
        [cookie] = store.cookies.values()
        assert (cookie.value, cookie.host, cookie.secure, cookie.same_site) == (
            "2", "a.example", True, "strict",
        )  # fmt: skip

    def test_what_servers_keep_to_themselves_stays(self) -> None:
        store = CookieStoreRecord()
        parse_and_store_a_cookie(
            store, "a=1; HttpOnly", True, "www.a.example", [""], True, False, True, 1.0
        )
        set_a_cookie(store, encoded("a", "2"), URL, 5.0)
        assert [cookie.value for cookie in store.cookies.values()] == ["1"]

    def test_what_has_expired_and_what_is_too_much_goes(self) -> None:
        store = CookieStoreRecord()
        set_a_cookie(store, encoded("old", "1", expires=1e3), URL, 5.0)
        for number in range(60):
            set_a_cookie(store, encoded(f"a{number}", "1"), URL, 5.0 + number)
        names = [cookie.name for cookie in store.cookies.values()]
        assert names == [f"a{number}" for number in range(10, 60)]


@spec("https://cookiestore.spec.whatwg.org/#delete-a-cookie")
class TestDeleteACookie:
    @pytest.mark.parametrize("name", ["a", ""])
    def test_one_that_has_expired_takes_its_place(self, name: str) -> None:
        store = CookieStoreRecord()
        set_a_cookie(store, encoded(name, "1", domain="a.example", path="/x"), URL, 5.0)
        for domain, path in ((None, "/x"), ("a.example", "/"), ("a.example", "/x")):
            assert len(store.cookies) == 1
            deletion = delete_a_cookie(URL, name, domain, path)
            assert not isinstance(deletion, str)
            set_a_cookie(store, deletion, URL, 5.0)
        assert not store.cookies


@spec("https://cookiestore.spec.whatwg.org/#date-serialize")
@pytest.mark.parametrize("millis, date", [
    (784_111_777_000, "Sun, 06 Nov 1994 08:49:37 GMT"),
    (784_111_777_499.9, "Sun, 06 Nov 1994 08:49:37 GMT"),
    (-1e300, "Mon, 01 Jan 1601 00:00:00 GMT"), (1e300, "Fri, 31 Dec 9999 23:59:59 GMT"),
])  # fmt: skip
def test_date_serialize(millis: float, date: str) -> None:
    assert date_serialize(millis) == date
