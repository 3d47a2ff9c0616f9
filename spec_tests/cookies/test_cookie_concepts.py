"""Cookie concepts: what a cookie is."""

from __future__ import annotations

import pytest

from worker_runtime.cookies.cookie_concepts import Cookie, CookieStoreRecord

ADDRESS = "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html"
spec = pytest.mark.spec


@spec(
    "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-struct"
)
@spec(f"{ADDRESS}#name-cookie-struct")
class TestCookie:
    def test_it_belongs_to_a_request_that_says_nothing_else(self) -> None:
        cookie = Cookie("a", "1")
        assert (cookie.secure, cookie.host_only, cookie.http_only, cookie.same_site) == (
            False,
            False,
            False,
            "unset",
        )
        assert (cookie.host, cookie.expiry_time, cookie.has_path_attribute) == (None, None, False)

    def test_it_is_expired_when_its_time_is_in_the_past(self) -> None:
        assert not Cookie("a", "1").is_expired(1e12)
        cookie = Cookie("a", "1", expiry_time=100.0)
        assert not cookie.is_expired(100.0) and cookie.is_expired(100.1)

    @pytest.mark.parametrize("secure, host_only, has_path_attribute, path, expected", [
        (True, True, True, ("",), True), (False, True, True, ("",), False),
        (True, False, True, ("",), False), (True, True, False, ("",), False),
        (True, True, True, ("a",), False), (True, True, True, ("", ""), False),
    ])  # fmt: skip
    def test_host_prefix_compatible(
        self,
        secure: bool,
        host_only: bool,
        has_path_attribute: bool,
        path: tuple[str, ...],
        expected: bool,
    ) -> None:
        cookie = Cookie("a", "1", secure, "a.example", host_only, path, has_path_attribute)
        assert cookie.is_host_prefix_compatible is expected

    @pytest.mark.parametrize("secure", [True, False])
    @pytest.mark.parametrize("http_only", [True, False])
    def test_http_prefix_compatible(self, secure: bool, http_only: bool) -> None:
        assert Cookie("a", "1", secure, http_only=http_only).is_http_prefix_compatible is (
            secure and http_only
        )


@spec(
    "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-store-and-limits"
)
@spec(f"{ADDRESS}#name-cookie-store-and-limits")
class TestCookieStore:
    def test_it_is_empty_at_first(self) -> None:
        assert CookieStoreRecord().cookies == {}

    def test_a_cookie_is_known_by_its_name_host_and_path(self) -> None:
        store = CookieStoreRecord()
        for cookie in (
            Cookie("a", "1", host="x"),
            Cookie("a", "2", host="x"),
            Cookie("a", "3", host="x", path=("b",)),
        ):
            store.cookies[cookie.key] = cookie
        assert [cookie.value for cookie in store.cookies.values()] == ["2", "3"]
        store.remove(cookie)
        assert [cookie.value for cookie in store.cookies.values()] == ["2"]
