"""URL Pattern Standard, 3."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from worker_runtime.urlpattern.canonicalization import (
    InitType,
    canonicalize_a_hash,
    canonicalize_a_hostname,
    canonicalize_a_password,
    canonicalize_a_pathname,
    canonicalize_a_port,
    canonicalize_a_protocol,
    canonicalize_a_search,
    canonicalize_a_username,
    canonicalize_an_ipv6_hostname,
    canonicalize_an_opaque_pathname,
    is_an_absolute_pathname,
    process_a_base_url_string,
    process_a_urlpatterninit,
    process_hash_for_init,
    process_pathname_for_init,
    process_port_for_init,
    process_protocol_for_init,
    process_search_for_init,
)
from worker_runtime.urlpattern.dictionaries import URLPatternInit

spec = pytest.mark.spec


class TestEncodingCallbacks:
    @spec("https://urlpattern.spec.whatwg.org/#canonicalize-a-hash")
    @spec("https://urlpattern.spec.whatwg.org/#canonicalize-a-hostname")
    @spec("https://urlpattern.spec.whatwg.org/#canonicalize-a-password")
    @spec("https://urlpattern.spec.whatwg.org/#canonicalize-a-pathname")
    @spec("https://urlpattern.spec.whatwg.org/#canonicalize-a-protocol")
    @spec("https://urlpattern.spec.whatwg.org/#canonicalize-a-search")
    @spec("https://urlpattern.spec.whatwg.org/#canonicalize-a-username")
    @spec("https://urlpattern.spec.whatwg.org/#canonicalize-an-ipv6-hostname")
    @spec("https://urlpattern.spec.whatwg.org/#canonicalize-an-opaque-pathname")
    @pytest.mark.parametrize(
        "canonicalize, value, expected",
        [
            (canonicalize_a_protocol, "HTTP", "http"),
            (canonicalize_a_protocol, "a+b", "a+b"),
            (canonicalize_a_username, "a@\xe9", "a%40%C3%A9"),
            (canonicalize_a_password, "a:b", "a%3Ab"),
            (canonicalize_a_hostname, "EX\xe4mple.com", "xn--exmple-cua.com"),
            (canonicalize_a_hostname, "0x7f.1", "127.0.0.1"),
            (canonicalize_a_hostname, "a/b", "a"),
            (canonicalize_an_ipv6_hostname, "[AB::1]", "[ab::1]"),
            (canonicalize_an_ipv6_hostname, "::]", "::]"),
            (canonicalize_a_port, "0080", "80"),
            (canonicalize_a_port, "8080x", "8080"),
            (canonicalize_a_port, "443", "443"),
            (canonicalize_a_pathname, "/a/../b \xe9", "/b%20%C3%A9"),
            (canonicalize_a_pathname, "a b", "a%20b"),
            (canonicalize_a_pathname, ".", "."),
            (canonicalize_a_pathname, "..", ".."),
            (canonicalize_a_pathname, "?#", "%3F%23"),
            (canonicalize_an_opaque_pathname, "/a/../b \xe9", "/a/../b %C3%A9"),
            (canonicalize_a_search, "a b#'", "a%20b%23%27"),
            (canonicalize_a_hash, "a b`", "a%20b%60"),
        ],
    )
    def test_text_stands_as_in_a_url(
        self, canonicalize: Callable[[str], str], value: str, expected: str
    ) -> None:
        assert canonicalize(value) == expected
        assert canonicalize("") == ""

    @pytest.mark.parametrize(
        "canonicalize, value",
        [
            (canonicalize_a_protocol, "1a"),
            (canonicalize_a_protocol, "a b"),
            (canonicalize_a_hostname, "a b"),
            (canonicalize_a_hostname, "a:80"),
            (canonicalize_a_hostname, "[:"),
            (canonicalize_an_ipv6_hostname, "[::g]"),
            (canonicalize_an_ipv6_hostname, "[::\u0661]"),
            (canonicalize_a_port, "x"),
            (canonicalize_a_port, "65536"),
        ],
    )
    def test_what_no_url_can_have_is_a_type_error(
        self, canonicalize: Callable[[str], str], value: str
    ) -> None:
        with pytest.raises(TypeError, match="Invalid"):
            canonicalize(value)

    @pytest.mark.parametrize(
        "canonicalize",
        [
            canonicalize_a_username,
            canonicalize_a_password,
            canonicalize_a_pathname,
            canonicalize_an_opaque_pathname,
        ]
        + [canonicalize_a_search, canonicalize_a_hash],
    )
    def test_every_code_point_becomes_printable_ascii(
        self, canonicalize: Callable[[str], str]
    ) -> None:
        """What the regular expressions are translated for."""
        for code in [*range(0x100), 0x2028, 0xFFFD, 0x10FFFF]:
            encoded = canonicalize(f"x{chr(code)}x")
            assert encoded.isascii() and encoded.isprintable()


@spec("https://urlpattern.spec.whatwg.org/#canonicalize-a-port")
class TestCanonicalizeAPort:
    def test_the_default_port_of_a_protocol_is_none(self) -> None:
        assert [canonicalize_a_port("80", "http"), canonicalize_a_port("80", "https")] == ["", "80"]

    def test_without_a_protocol_no_port_is_a_default(self) -> None:
        assert [canonicalize_a_port("443"), canonicalize_a_port("443", "")] == ["443", "443"]


@spec("https://urlpattern.spec.whatwg.org/#process-a-urlpatterninit")
class TestProcessAURLPatternInit:
    BASE = "https://u:p@example.com:8080/a/b?c#d"

    @spec("https://urlpattern.spec.whatwg.org/#dictdef-urlpatterninit")
    @pytest.mark.parametrize(
        "init, inherited",
        [
            ({}, "protocol hostname port pathname search hash"),
            ({"hash": ""}, "protocol hostname port pathname search"),
            ({"search": ""}, "protocol hostname port pathname"),
            ({"pathname": "/"}, "protocol hostname port"),
            ({"port": ""}, "protocol hostname"),
            ({"hostname": ""}, "protocol"),
            ({"username": ""}, "protocol hostname port pathname search hash"),
            ({"protocol": ""}, ""),
        ],
    )
    def test_a_pattern_inherits_what_is_less_specific(
        self, init: URLPatternInit, inherited: str
    ) -> None:
        result = process_a_urlpatterninit({**init, "baseURL": self.BASE}, "pattern", {})
        assert [name for name in result if name not in init] == inherited.split()

    @pytest.mark.parametrize(
        "init, inherited",
        [
            ({}, "u p"),
            ({"password": "q"}, "u q"),
            ({"username": "v"}, "v "),
            ({"port": "1"}, " "),
            ({"pathname": "/"}, "u p"),
        ],
    )
    def test_only_a_url_inherits_credentials(self, init: URLPatternInit, inherited: str) -> None:
        result = process_a_urlpatterninit(
            {**init, "baseURL": self.BASE}, "url", {"username": "", "password": ""}
        )
        assert f"{result['username']} {result['password']}" == inherited

    def test_a_base_url_is_fixed_text(self) -> None:
        result = process_a_urlpatterninit({"baseURL": "https://x/a+(b)?c*d#:e"}, "pattern", {})
        assert (result["pathname"], result["search"], result["hash"]) == (
            "/a\\+\\(b\\)",
            "c\\*d",
            "\\:e",
        )

    @pytest.mark.parametrize(
        "pathname, base_url, expected",
        [
            ("c", "https://x/a/b", "/a/c"),
            ("/c", "https://x/a/b", "/c"),
            ("{/c}", "https://x/a/b", "{/c}"),
            ("\\/c", "https://x/a/b", "\\/c"),
            ("", "https://x/a/b", "/a/"),
            ("c", "data:a/b", "c"),
            ("c", "x://y", "c"),
        ],
    )
    def test_a_relative_pathname_is_resolved(
        self, pathname: str, base_url: str, expected: str
    ) -> None:
        init: URLPatternInit = {"pathname": pathname, "baseURL": base_url}
        assert process_a_urlpatterninit(init, "pattern", {})["pathname"] == expected

    def test_an_invalid_base_url_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="Invalid base URL: 'example'"):
            process_a_urlpatterninit({"baseURL": "example"}, "pattern", {})


class TestProcessingForInit:
    @spec("https://urlpattern.spec.whatwg.org/#process-hash-for-init")
    @spec("https://urlpattern.spec.whatwg.org/#process-protocol-for-init")
    @spec("https://urlpattern.spec.whatwg.org/#process-search-for-init")
    def test_separators_are_removed_once(self) -> None:
        assert process_protocol_for_init("https::", "pattern") == "https:"
        assert process_search_for_init("??a", "pattern") == "?a"
        assert process_hash_for_init("##a", "pattern") == "#a"

    @spec("https://urlpattern.spec.whatwg.org/#process-port-for-init")
    def test_a_pattern_is_left_as_it_is_and_a_url_is_canonicalized(self) -> None:
        assert process_protocol_for_init("HTTPS:", "pattern") == "HTTPS"
        assert process_protocol_for_init("HTTPS:", "url") == "https"
        assert process_port_for_init("80", "http", "pattern") == "80"
        assert process_port_for_init("80", "http", "url") == ""

    @spec("https://urlpattern.spec.whatwg.org/#process-pathname-for-init")
    def test_a_pathname_is_opaque_if_the_protocol_is_not_special(self) -> None:
        assert process_pathname_for_init("/a/../b", "https", "url") == "/b"
        assert process_pathname_for_init("/a/../b", "", "url") == "/b"
        assert process_pathname_for_init("/a/../b", "data", "url") == "/a/../b"

    @spec("https://urlpattern.spec.whatwg.org/#process-a-base-url-string")
    @pytest.mark.parametrize("type, expected", [("pattern", "a\\?"), ("url", "a?")])
    def test_a_base_url_string_is_escaped_for_a_pattern(
        self, type: InitType, expected: str
    ) -> None:
        assert process_a_base_url_string("a?", type) == expected

    @spec("https://urlpattern.spec.whatwg.org/#is-an-absolute-pathname")
    @pytest.mark.parametrize(
        "input, absolute",
        [("/a", "both"), ("\\/a", "pattern"), ("{/a}", "pattern"), ("a", ""), ("", "")],
    )
    def test_an_absolute_pathname_begins_with_a_slash(self, input: str, absolute: str) -> None:
        assert is_an_absolute_pathname(input, "url") == (absolute == "both")
        assert is_an_absolute_pathname(input, "pattern") == (absolute in ("both", "pattern"))
