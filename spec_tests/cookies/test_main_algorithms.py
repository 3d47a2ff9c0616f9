"""Main algorithms: what a server sets, and what it gets back."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from spec_tests.linear_time import grows_no_worse_than_its_input
from worker_runtime.cookies.cookie_concepts import (
    COOKIE_AGE_LIMIT,
    TOTAL_COOKIES_PER_HOST_LIMIT,
    Cookie,
    CookieStoreRecord,
)
from worker_runtime.cookies.main_algorithms import (
    SameSiteMode,
    garbage_collect_cookies,
    has_what_its_prefix_promises,
    host_of,
    parse_a_cookie,
    parse_and_store_a_cookie,
    retrieve_cookies,
    serialize_cookies,
    store_a_cookie,
    would_overlay_a_secure_cookie,
)
from worker_runtime.url.host_representation import Host
from worker_runtime.url.url_parsing import url_parser

ADDRESS = "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html"
NOW = 1_700_000_000.0
spec = pytest.mark.spec


class Jar:
    """A store, and servers that set and get cookies at a URL."""

    def __init__(self) -> None:
        self.store = CookieStoreRecord()
        self.now = NOW

    def set(
        self,
        url: str,
        *headers: str,
        http_only_allowed: bool = True,
        for_public_suffixes: bool = False,
        same_site: bool = True,
    ) -> list[bool]:
        """Whether each was stored."""
        parsed = url_parser(url)
        assert parsed.host is not None and not isinstance(parsed.path, str)
        results = []
        for header in headers:
            result = parse_and_store_a_cookie(
                self.store, header, parsed.scheme == "https", parsed.host, parsed.path,
                http_only_allowed, for_public_suffixes, same_site, self.now,
            )  # fmt: skip
            results.append(result is not None)
            self.now += 1
        return results

    def get(
        self, url: str, http_only_allowed: bool = True, same_site: SameSiteMode = "strict-or-less"
    ) -> str:
        parsed = url_parser(url)
        assert parsed.host is not None and not isinstance(parsed.path, str)
        return serialize_cookies(
            retrieve_cookies(
                self.store,
                parsed.scheme == "https",
                parsed.host,
                parsed.path,
                http_only_allowed,
                same_site,
                self.now,
            )
        )


def parsed(input: str, path: Iterable[str] = ("",)) -> Cookie:
    cookie = parse_a_cookie(input, list(path), NOW)
    assert cookie is not None
    return cookie


@spec(
    "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-parse-a-cookie"
)
@spec(f"{ADDRESS}#name-parse-a-cookie")
class TestParseACookie:
    @pytest.mark.parametrize("input, name, value", [
        ("a=1", "a", "1"), ("a=", "a", ""), ("a", "", "a"), ("=a", "", "a"),
        (" a \t=\t 1 ", "a", "1"), ("a=b=c", "a", "b=c"), ('a="x y"', "a", '"x y"'),
        ("a=1;", "a", "1"), ("a=1; b=2", "a", "1"), ("a b=c d", "a b", "c d"), ("a\t=1", "a", "1"),
        ("a=\xe4\xff", "a", "\xe4\xff"), ("Secure", "", "Secure"), ("a=x,y", "a", "x,y"),
    ])  # fmt: skip
    def test_a_name_and_a_value(self, input: str, name: str, value: str) -> None:
        cookie = parsed(input)
        assert (cookie.name, cookie.value) == (name, value)

    @pytest.mark.parametrize("input", [
        "", "=", ";", " ; a=1", " = ", "a=1\0", "a=\x01", "a=\n", "a=\r", "a\x7f=1",
        "a=1; path=/\x1f", "a" * 4097, "a=" + "b" * 4096,
    ])  # fmt: skip
    def test_that_are_none(self, input: str) -> None:
        assert parse_a_cookie(input, [""], NOW) is None

    def test_together_they_may_have_4096_bytes(self) -> None:
        assert len(parsed("a=" + "b" * 4095).value) == 4095

    @pytest.mark.parametrize("attributes, expiry_time", [
        ("Max-Age=10", 10), ("max-AGE = 10 ", 10), ("Max-Age=0", None), ("Max-Age=-1", None),
        ("Max-Age=007", 7), ("Max-Age=10; Max-Age=20", 20), ("Max-Age=20; Max-Age=10", 10),
        ("Max-Age=10; Max-Age=x", 10), ("Max-Age=10; Expires=Sun, 06 Nov 1994 08:49:37 GMT", 10),
        ("Expires=Sun, 06 Nov 1994 08:49:37 GMT; Max-Age=10", 10),
        ("Max-Age=" + "9" * 1000, COOKIE_AGE_LIMIT), ("Max-Age=-" + "9" * 1000, None),
        ("Expires=Fri, 31 Dec 9999 23:59:59 GMT", COOKIE_AGE_LIMIT),
        ("Expires=Tue, 14 Nov 2023 22:13:30 GMT", 10),
    ])  # fmt: skip
    def test_when_it_expires(self, attributes: str, expiry_time: float | None) -> None:
        cookie = parsed("a=1; " + attributes)
        assert cookie.expiry_time == (float("-inf") if expiry_time is None else NOW + expiry_time)

    @pytest.mark.parametrize("attributes", [
        "Max-Age", "Max-Age=", "Max-Age=-", "Max-Age=1.5", "Max-Age=+1", "Max-Age=x", "Max-Age=1 0",
        "Max-Age=\xb2", "Expires", "Expires=", "Expires=tomorrow", "Max-Age=" + "1" * 1025,
        "Max_Age=1", "x=Max-Age=1",
    ])  # fmt: skip
    def test_or_that_it_does_not(self, attributes: str) -> None:
        assert parsed("a=1; " + attributes).expiry_time is None

    @pytest.mark.parametrize("attributes, host", [
        ("", None), ("Domain=A.Example", "a.example"), ("domain=.a.example", "a.example"),
        ("Domain=127.0.0.1", 0x7F000001), ("Domain=[::1]", (0, 0, 0, 0, 0, 0, 0, 1)),
        ("Domain=a.example; Domain=b.example", "b.example"), ("Domain=", None), ("Domain=\xe4", ""),
        ("Domain=a b", ""), ("Domain=. ; Domain=a.example", "a.example"),
        ("Domain=a.example; Domain", None), ("Domain=a.example; Domain=.", ""),
        ("Domain=a.example:80", ""),
    ])  # fmt: skip
    def test_which_host_it_is_for(self, attributes: str, host: Host | None) -> None:
        assert parsed("a=1; " + attributes).host == host

    @pytest.mark.parametrize("attributes, path, has_path_attribute", [
        ("", ("a",), False), ("Path=/", ("",), True), ("Path=/x", ("x",), True),
        ("Path=/x/", ("x", ""), True), ("Path=x", ("a",), False), ("Path=", ("a",), False),
        ("Path", ("a",), False), ("PATH=/x; path=/y/z", ("y", "z"), True),
        ("Path=/" + "x" * 1024, ("a",), False), ("Path=/x; Path=", ("a",), False),
        ("Path=/x; Path=y", ("a",), False),
    ])  # fmt: skip
    def test_which_path_it_is_for(
        self, attributes: str, path: tuple[str, ...], has_path_attribute: bool
    ) -> None:
        cookie = parsed("a=1; " + attributes, ["a", "b"])
        assert (cookie.path, cookie.has_path_attribute) == (path, has_path_attribute)

    def test_flags(self) -> None:
        cookie = parsed("a=1; secure; HTTPONLY=no; unknown; =x; samesite=STRICT")
        assert (cookie.secure, cookie.http_only, cookie.same_site) == (True, True, "strict")
        assert (parsed("a=1").secure, parsed("a=1").http_only) == (False, False)

    @pytest.mark.parametrize("attributes, same_site", [
        ("SameSite=None", "none"), ("SameSite=lax", "lax"), ("SameSite=Strict", "strict"),
        ("SameSite", "unset"), ("SameSite=other", "unset"), ("SameSite=Lax; SameSite=other", "lax"),
        ("SameSite=Lax; SameSite=None", "none"),
    ])  # fmt: skip
    def test_which_sites_it_is_for(self, attributes: str, same_site: str) -> None:
        assert parsed("a=1; " + attributes).same_site == same_site

    def test_many_attributes_are_read_once(self) -> None:
        assert parsed("a=1" + ";" * 500_000 + "secure").secure


@spec("https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#parse-a-cookie")
@spec(f"{ADDRESS}#parse-a-cookie")
class TestHostOf:
    def test_one_dot_before_it_counts_for_nothing(self) -> None:
        assert (host_of(".a.example"), host_of("..a.example"), host_of(".")) == (
            "a.example",
            ".a.example",
            "",
        )


@spec(f"{ADDRESS}#name-parse-and-store-a-cookie")
class TestParseAndStoreACookie:
    def test_what_is_no_cookie_is_not_stored(self) -> None:
        jar = Jar()
        assert jar.set("http://a.example/", "a=1", "", "b=\0") == [True, False, False]
        assert jar.get("http://a.example/") == "a=1"


@spec(
    "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-store-a-cookie"
)
@spec(f"{ADDRESS}#name-store-a-cookie")
class TestStoreACookie:
    def test_without_a_domain_it_is_for_that_host_only(self) -> None:
        jar = Jar()
        jar.set("http://a.example/", "a=1", "b=2; domain=a.example")
        assert jar.get("http://a.example/") == "a=1; b=2"
        assert jar.get("http://x.a.example/") == "b=2"
        assert jar.get("http://b.example/") == ""

    @pytest.mark.parametrize("domain, is_stored", [
        ("b.a.example", True), (".b.a.example", True), ("a.example", True),
        ("c.b.a.example", False), ("x.example", False), ("example", False), ("", True),
        ("[::1]", False), ("..a.example", False), ("a.example.", False),
        ("b..a.example", False),
    ])  # fmt: skip
    def test_a_domain_has_to_be_its_own_or_above(self, domain: str, is_stored: bool) -> None:
        assert Jar().set("http://b.a.example/", f"a=1; domain={domain}") == [is_stored]

    def test_a_public_suffix_may_set_cookies_for_itself(self) -> None:
        jar = Jar()
        assert jar.set("http://localhost/", "a=1; domain=localhost") == [True]
        assert (jar.get("http://localhost/"), jar.get("http://x.localhost/")) == ("a=1", "")
        assert jar.set("http://x.localhost/", "b=1; domain=localhost") == [False]
        assert jar.set(
            "http://x.localhost/", "b=1; domain=localhost", for_public_suffixes=True
        ) == [True]

    def test_an_address_is_a_host(self) -> None:
        jar = Jar()
        assert jar.set(
            "http://127.0.0.1/", "a=1", "b=2; domain=127.0.0.1", "c=3; domain=0.0.1"
        ) == [True, True, False]
        assert jar.get("http://127.0.0.1/") == "a=1; b=2"
        assert jar.set("http://[::1]/", "d=4; domain=[::1]") == [True]
        assert jar.get("http://[::1]/") == "d=4"

    def test_http_only_cookies_are_set_by_servers_only(self) -> None:
        jar = Jar()
        assert jar.set("http://a.example/", "a=1; httponly", http_only_allowed=False) == [False]
        assert jar.set("http://a.example/", "a=1; httponly") == [True]
        assert jar.set("http://a.example/", "a=2", http_only_allowed=False) == [False]
        assert jar.get("http://a.example/") == "a=1"

    def test_secure_cookies_are_set_over_https_only(self) -> None:
        jar = Jar()
        assert jar.set("http://a.example/", "a=1; secure") == [False]
        assert jar.set("https://a.example/", "a=1; secure; path=/login") == [True]
        assert (jar.get("http://a.example/login"), jar.get("https://a.example/login")) == (
            "",
            "a=1",
        )

    def test_a_cookie_of_another_site_has_to_say_so(self) -> None:
        jar = Jar()
        headers = [
            "a=1",
            "b=2; samesite=lax",
            "c=3; samesite=strict; secure",
            "d=4; samesite=none; secure",
        ]
        assert jar.set("https://a.example/", *headers, same_site=False) == [
            False,
            False,
            False,
            True,
        ]
        assert jar.set("https://a.example/", "e=5; samesite=none") == [False]

    def test_the_same_cookie_again_takes_the_place_of_the_other(self) -> None:
        jar = Jar()
        jar.set("http://a.example/", "a=1", "b=2", "a=3")
        assert jar.get("http://a.example/") == "a=3; b=2"
        assert [cookie.creation_time for cookie in jar.store.cookies.values()] == [NOW, NOW + 1]
        assert jar.set(
            "http://a.example/", "a=3", "a=3; max-age=9", "a=3; httponly; max-age=9"
        ) == [False, True, True]

    def test_another_path_makes_another_cookie(self) -> None:
        jar = Jar()
        jar.set("http://a.example/x/y", "a=1", "a=2; path=/", "a=3; domain=a.example")
        assert jar.get("http://a.example/x/z") == "a=1; a=3; a=2"

    def test_max_age_of_zero_takes_a_cookie_away(self) -> None:
        jar = Jar()
        jar.set("http://a.example/", "a=1", "b=2")
        jar.set("http://a.example/", "a=; max-age=0")
        assert jar.get("http://a.example/") == "b=2"

    def test_what_is_set_has_been_used_just_now(self) -> None:
        cookie = Cookie("a", "1")
        assert (
            store_a_cookie(CookieStoreRecord(), cookie, False, "a.example", True, False, True, NOW)
            is cookie
        )
        assert cookie.creation_time == cookie.last_access_time == NOW


@spec("https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#store-a-cookie")
@spec(f"{ADDRESS}#store-a-cookie")
class TestWouldOverlayASecureCookie:
    @pytest.mark.parametrize("url, header, is_stored", [
        ("http://a.example/", "a=2; path=/", True), ("http://a.example/", "a=2; path=/foo", True),
        ("http://a.example/", "a=2; path=/login", False),
        ("http://a.example/", "a=2; path=/login/en", False),
        ("http://x.a.example/", "a=2; domain=a.example; path=/login", False),
        ("http://a.example/", "b=2; path=/login", True),
        ("http://b.example/", "a=2; path=/login", True),
        ("https://a.example/", "a=2; path=/login", True),
    ])  # fmt: skip
    def test_over_http_none_can_be_hidden(self, url: str, header: str, is_stored: bool) -> None:
        jar = Jar()
        jar.set("https://a.example/", "a=1; secure; path=/login; domain=a.example")
        assert jar.set(url, header) == [is_stored]

    def test_nothing_is_overlaid_in_an_empty_store(self) -> None:
        assert not would_overlay_a_secure_cookie(
            CookieStoreRecord(), Cookie("a", "1", host="a.example")
        )


@spec(
    "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-name-prefixes"
)
@spec(f"{ADDRESS}#name-cookie-name-prefixes")
class TestHasWhatItsPrefixPromises:
    @pytest.mark.parametrize("header, is_stored", [
        ("__Secure-a=1", False), ("__secure-a=1", False), ("__Secure-a=1; secure", True),
        ("__SECURE-a=1; secure", True), ("__Host-a=1; secure", False),
        ("__Host-a=1; path=/", False), ("__Host-a=1; secure; path=/", True),
        ("__hOST-a=1; secure; path=/; domain=a.example", False),
        ("__Host-a=1; secure; path=/x", False), ("__Http-a=1; secure", False),
        ("__Http-a=1; secure; httponly", True), ("__Http-a=1; httponly", False),
        ("__Host-Http-a=1; secure; path=/", False),
        ("__Host-Http-a=1; secure; path=/; httponly", True),
        ("__Host-Http-a=1; secure; httponly", False), ("_Host-a=1", True), ("a=__Host-b", True),
        ("=__Host-a=1; secure; path=/", False), ("__Secure-; secure", False),
        ("=__http-a; secure; httponly", False), ("__Host-=1; secure; path=/", True),
    ])  # fmt: skip
    def test_over_https(self, header: str, is_stored: bool) -> None:
        assert Jar().set("https://a.example/", header) == [is_stored]

    def test_a_name_without_a_prefix_promises_nothing(self) -> None:
        assert has_what_its_prefix_promises(Cookie("a", "__Host-"))


@spec(
    "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-garbage-collect-cookies"
)
@spec(f"{ADDRESS}#name-garbage-collect-cookies")
class TestGarbageCollectCookies:
    def test_what_is_expired_and_what_is_too_much(self) -> None:
        jar = Jar()
        jar.set(
            "http://a.example/",
            "x=1; max-age=1",
            *(f"c{number}=1" for number in range(TOTAL_COOKIES_PER_HOST_LIMIT + 1)),
        )
        assert [
            cookie.name for cookie in garbage_collect_cookies(jar.store, "a.example", jar.now)
        ] == ["x", "c0"]
        assert len(jar.store.cookies) == TOTAL_COOKIES_PER_HOST_LIMIT


@spec(f"{ADDRESS}#name-retrieve-cookies")
class TestRetrieveCookies:
    def test_longer_paths_come_first_then_older_cookies(self) -> None:
        jar = Jar()
        jar.set(
            "http://a.example/", "a=1", "b=2; path=/x/y", "c=3; path=/x", "d=4", "e=5; path=/x/y"
        )
        assert jar.get("http://a.example/x/y/z") == "b=2; e=5; c=3; a=1; d=4"

    @pytest.mark.parametrize("same_site, expected", [
        ("strict-or-less", "a=1; b=2; c=3; d=4"), ("lax-or-less", "b=2; c=3; d=4"),
        ("unset-or-less", "c=3; d=4"), ("none", "d=4"),
    ])  # fmt: skip
    def test_other_sites_get_fewer(self, same_site: SameSiteMode, expected: str) -> None:
        jar = Jar()
        jar.set(
            "https://a.example/",
            "a=1; samesite=strict",
            "b=2; samesite=lax",
            "c=3",
            "d=4; samesite=none; secure",
        )
        assert jar.get("https://a.example/", same_site=same_site) == expected

    def test_scripts_do_not_get_what_is_http_only(self) -> None:
        jar = Jar()
        jar.set("http://a.example/", "a=1; httponly", "b=2")
        assert jar.get("http://a.example/", http_only_allowed=False) == "b=2"

    def test_expired_cookies_are_not_sent(self) -> None:
        jar = Jar()
        jar.set("http://a.example/", "a=1; max-age=10", "b=2")
        jar.now = NOW + 11
        assert jar.get("http://a.example/") == "b=2"

    def test_what_is_sent_has_been_used_just_now(self) -> None:
        jar = Jar()
        jar.set("http://a.example/", "a=1", "b=2; path=/x")
        jar.now = NOW + 99
        jar.get("http://a.example/")
        assert [cookie.last_access_time for cookie in jar.store.cookies.values()] == [
            NOW + 99,
            NOW + 1,
        ]


@spec(
    "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-serialize-cookies"
)
@spec(f"{ADDRESS}#name-serialize-cookies")
class TestSerializeCookies:
    def test_a_value_may_have_no_name(self) -> None:
        assert (
            serialize_cookies([Cookie("a", "1"), Cookie("", "b"), Cookie("c", "")]) == "a=1; b; c="
        )
        assert serialize_cookies([]) == ""


@spec(f"{ADDRESS}#parse-a-cookie")
class TestHostileInput:
    @pytest.mark.parametrize(
        "before", ["", "a=", "a=b;expires=", "a=b;max-age=", "a=b;domain=", "a=b;path="]
    )
    @pytest.mark.parametrize("run", [";", "=", "9", "/", "a.", " ", "1:", "jan ", "\xff", ";a=b"])
    def test_takes_linear_time(self, before: str, run: str) -> None:
        grows_no_worse_than_its_input(
            lambda header: parse_a_cookie(header, ("",), NOW),
            lambda length: before + run * (length // len(run)),
            4096,
        )
