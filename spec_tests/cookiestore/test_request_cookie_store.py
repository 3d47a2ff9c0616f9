"""SPEC_NOTES.md, cookies of requests: RequestCookieStore."""

from __future__ import annotations

from typing import Any

import pytest

from spec_tests.linear_time import grows_no_worse_than_its_input
from worker_runtime import Request, RequestCookieStore, Response, cookieStore
from worker_runtime.cookiestore.request_cookie_store import (
    AnyCookieStore,
    RequestCookieInit,
    parse_a_cookie_header,
    serialize_a_cookie_to_set,
)
from worker_runtime.cookiestore.set_a_cookie import EncodedCookie

spec = pytest.mark.spec

URL = "https://www.a.example/x/y"


def store_of(cookie: str = "", url: str = URL) -> RequestCookieStore:
    return RequestCookieStore(Request(url, headers={"Cookie": cookie} if cookie else {}))


async def pairs(store: RequestCookieStore) -> dict[str, str | None]:
    return {name: value for name, value in await store.getAll()}


def line(store: RequestCookieStore) -> str:
    [(name, value)] = store.headers
    assert name == "Set-Cookie"
    return value


@spec("SPEC_NOTES.md#request-cookie-store")
class TestRequestCookieStore:
    async def test_what_was_set_is_seen_and_goes_into_the_response(self) -> None:
        store = store_of("a=1; b=2")
        await store.set("b", "3")
        await store.set(name="c", value="4", path="", maxAge=60, sameSite="lax")
        await store.delete("a")
        assert await pairs(store) == {"b": "3", "c": "4"}
        lines = [
            "b=3; Path=/; Secure; SameSite=Strict",
            "c=4; Max-Age=60; Path=/x; Secure; SameSite=Lax",
            "a=; Max-Age=0; Path=/; Secure; SameSite=Strict",
        ]
        assert Response("", headers=store.headers).headers.getSetCookie() == lines
        response = Response("", headers=[("Content-Type", "text/html"), *store.headers])
        assert response.headers.getSetCookie() == lines

    async def test_two_requests_have_nothing_in_common(self) -> None:
        one, two = store_of("a=1"), store_of("a=1")
        await one.set("a", "2")
        assert await two.get("a") == ("a", "1") and two.headers == []

    async def test_it_needs_no_worker(self) -> None:
        assert await store_of("a=1").get("a") == ("a", "1")


@spec("SPEC_NOTES.md#any-cookie-store")
def test_each_store_can_be_wrapped() -> None:
    stores: list[AnyCookieStore] = [store_of(), cookieStore]
    assert all(callable(store.getAll) for store in stores)


@spec("SPEC_NOTES.md#request-cookie-store-constructor")
class TestConstructor:
    @pytest.mark.parametrize("request_", [
        None, URL, {"headers": {}}, Response(""), Request("data:,x"), Request("blob:x"),
    ])  # fmt: skip
    def test_it_takes_a_request_over_http(self, request_: Any) -> None:
        with pytest.raises(TypeError):
            RequestCookieStore(request_)


@spec("SPEC_NOTES.md#parse-a-cookie-header")
class TestParseACookieHeader:
    @pytest.mark.parametrize("header, cookies", [
        ("a=1; b=2", [("a", "1"), ("b", "2")]), ("a=1;b=2;;  ;\t", [("a", "1"), ("b", "2")]),
        ("a=1=2; b", [("a", "1=2"), ("", "b")]), ("=v", [("", "v")]), ("=", []), ("", []),
        (' a \t=\t"1, 2" ', [("a", '"1, 2"')]), ("a=1; a=2", [("a", "1"), ("a", "2")]),
        ("\xc3\xa9=\xff", [("\xe9", "\ufffd")]), ("a=%20+", [("a", "%20+")]),
    ])  # fmt: skip
    def test_as_they_stand_there(self, header: str, cookies: list[tuple[str, str]]) -> None:
        assert parse_a_cookie_header(header) == cookies

    def test_it_takes_linear_time(self) -> None:
        grows_no_worse_than_its_input(parse_a_cookie_header, lambda n: "a=1;" * n, 2000)


@spec("SPEC_NOTES.md#request-cookie-store-get")
class TestGet:
    async def test_the_first_or_all_of_a_name(self) -> None:
        store = store_of("a=1; b=2; a=3")
        assert await store.get(" a\t") == await store.get(name="a") == ("a", "1")
        assert await store.get("c") is None
        assert await store.getAll("a") == [("a", "1"), ("a", "3")]
        assert await store.getAll() == [("a", "1"), ("b", "2"), ("a", "3")]

    async def test_for_the_url_of_the_request_alone(self) -> None:
        store = store_of("a=1")
        assert await store.get(name="a", url="#x") == await store.get(url=URL) == ("a", "1")
        for url in ("/", "https://b.example/x/y", "https://a b/"):
            with pytest.raises(TypeError):
                await store.getAll(url=url)

    async def test_something_has_to_be_said(self) -> None:
        with pytest.raises(TypeError):
            await store_of("a=1").get()


@spec("SPEC_NOTES.md#request-cookie-store-set")
@spec("SPEC_NOTES.md#request-cookie-init")
class TestSet:
    async def test_what_a_server_may_say(self) -> None:
        store = store_of()
        init: RequestCookieInit = {
            "name": "__Http-a", "value": "é", "httpOnly": True, "domain": "a.example",
            "expires": 1e15, "partitioned": True, "sameSite": "none",
        }  # fmt: skip
        await store.set(init)
        assert line(store) == (
            "__Http-a=\xc3\xa9; Domain=a.example; Expires=Fri, 31 Dec 9999 23:59:59 GMT; Path=/; "
            "Secure; SameSite=None; Partitioned; HttpOnly"
        )

    async def test_the_last_word_on_a_cookie_counts(self) -> None:
        store = store_of("a=0")
        await store.set("a", "1")
        await store.set(name="a", value="2", path="/z")
        await store.set(name="a", value="3", secure=False)
        assert [value for _, value in store.headers] == [
            "a=3; Path=/; SameSite=Strict", "a=2; Path=/z; Secure; SameSite=Strict",
        ]  # fmt: skip
        assert await store.getAll("a") == [("a", "3")]

    @pytest.mark.parametrize("options, is_seen", [
        ({}, True), ({"path": "/x"}, True), ({"path": "/x/y"}, True), ({"path": "/x/y/z"}, False),
        ({"path": "/z"}, False), ({"domain": "a.example"}, True), ({"httpOnly": True}, True),
        ({"maxAge": 1}, True),
    ])  # fmt: skip
    async def test_what_is_for_another_path_is_not_seen(self, options: Any, is_seen: bool) -> None:
        store = store_of("a=1")
        await store.set(name="a", value="2", **options)
        assert await store.getAll() == [("a", "2" if is_seen else "1")]

    @pytest.mark.parametrize("options", [
        {"path": "/; Domain=b.example"}, {"path": "/\r\nSet-Cookie: b=1"}, {"path": "x"},
        {"value": "1\r\nX: y"}, {"value": "1; Path=/"}, {"name": "a; b"}, {"name": "a\0"},
        {"domain": "b.example"}, {"domain": "a.example; Path=/"}, {"domain": "example"},
        {"name": "__Http-a"}, {"name": "__Host-a", "path": "/x"}, {"value": "1" * 4096},
        {"sameSite": "x"}, {"expires": 1, "maxAge": 1}, {"httponly": True},
        # what every user agent would drop
        {"name": "__Secure-a", "secure": False}, {"name": "__host-a", "secure": False},
        {"partitioned": True, "secure": False}, {"sameSite": "none", "secure": False},
    ])  # fmt: skip
    async def test_nothing_else_gets_into_the_line(self, options: Any) -> None:
        store = store_of("a=1")
        init: Any = {"name": "a", "value": "2", **options}
        with pytest.raises(TypeError):
            await store.set(init)
        assert store.headers == [] and await store.get("a") == ("a", "1")

    async def test_deleting(self) -> None:
        store = store_of("a=1; b=2", "http://127.0.0.1/")
        await store.delete(name="a", path="/z")
        await store.delete(name="b", secure=False, httpOnly=True)
        assert await pairs(store) == {"a": "1"}
        assert [value for _, value in store.headers] == [
            "a=; Max-Age=0; Path=/z; Secure; SameSite=Strict",
            "b=; Max-Age=0; Path=/; SameSite=Strict; HttpOnly",
        ]
        for options in ({}, {"name": "a=b"}, {"name": "a", "value": "1"}):
            unchecked: Any = store
            with pytest.raises(TypeError):
                await unchecked.delete(options)


@spec("SPEC_NOTES.md#request-cookie-store-headers")
class TestHeaders:
    @pytest.mark.parametrize("cookie, value", [
        (EncodedCookie("a", "1", [("Path", "/"), ("Secure", "")]), "a=1; Path=/; Secure"),
        (EncodedCookie("", "1", []), "1"), (EncodedCookie("a", "", []), "a="),
    ])  # fmt: skip
    def test_the_line(self, cookie: EncodedCookie, value: str) -> None:
        assert serialize_a_cookie_to_set(cookie) == value

    async def test_a_list_of_its_own_each_time(self) -> None:
        store = store_of()
        await store.set("a", "1")
        store.headers.clear()
        assert len(store.headers) == 1
