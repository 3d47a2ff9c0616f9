"""Cookie store eviction: what goes when time is over or room is short."""

from __future__ import annotations

import pytest

from worker_runtime.cookies.cookie_concepts import (
    TOTAL_COOKIES_LIMIT,
    TOTAL_COOKIES_PER_HOST_LIMIT,
    Cookie,
    CookieStoreRecord,
)
from worker_runtime.cookies.cookie_store_eviction import (
    remove_excess_cookies_for_a_host,
    remove_expired_cookies,
    remove_global_excess_cookies,
)

ADDRESS = "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html"
spec = pytest.mark.spec


def store_of(*cookies: Cookie) -> CookieStoreRecord:
    return CookieStoreRecord({cookie.key: cookie for cookie in cookies})


def names(store: CookieStoreRecord) -> list[str]:
    return [cookie.name for cookie in store.cookies.values()]


@spec(
    "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-remove-expired-cookies"
)
@spec(f"{ADDRESS}#name-remove-expired-cookies")
class TestRemoveExpiredCookies:
    def test_those_whose_time_is_over(self) -> None:
        store = store_of(
            Cookie("a", "", expiry_time=1.0), Cookie("b", "", expiry_time=3.0), Cookie("c", "")
        )
        assert [cookie.name for cookie in remove_expired_cookies(store, 2.0)] == ["a"]
        assert names(store) == ["b", "c"]


@spec(
    "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-remove-excess-cookies-for-a"
)
@spec(f"{ADDRESS}#name-remove-excess-cookies-for-a")
class TestRemoveExcessCookiesForAHost:
    def test_the_insecure_ones_go_first_and_those_not_used_for_longest(self) -> None:
        secure = [
            Cookie(f"s{number}", "", secure=True, host="h", last_access_time=number)
            for number in range(TOTAL_COOKIES_PER_HOST_LIMIT)
        ]
        insecure = [Cookie("i", "", host="h", last_access_time=1e9), Cookie("other", "", host="o")]
        store = store_of(*secure, *insecure)
        assert [cookie.name for cookie in remove_excess_cookies_for_a_host(store, "h")] == ["i"]
        assert remove_excess_cookies_for_a_host(store, "h") == []
        more = Cookie("s", "", secure=True, host="h", last_access_time=1e9)
        store.cookies[more.key] = more
        assert [cookie.name for cookie in remove_excess_cookies_for_a_host(store, "h")] == ["s0"]
        assert "other" in names(store) and len(store.cookies) == TOTAL_COOKIES_PER_HOST_LIMIT + 1


@spec(
    "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-remove-global-excess-cookie"
)
@spec(f"{ADDRESS}#name-remove-global-excess-cookie")
class TestRemoveGlobalExcessCookies:
    def test_those_not_used_for_longest_go(self) -> None:
        cookies = [
            Cookie("a", "", host=str(number), last_access_time=-number)
            for number in range(TOTAL_COOKIES_LIMIT + 2)
        ]
        store = store_of(*cookies)
        assert [cookie.host for cookie in remove_global_excess_cookies(store)] == [
            str(TOTAL_COOKIES_LIMIT + 1), str(TOTAL_COOKIES_LIMIT)
        ]  # fmt: skip
        assert remove_global_excess_cookies(store) == []
        assert len(store.cookies) == TOTAL_COOKIES_LIMIT
