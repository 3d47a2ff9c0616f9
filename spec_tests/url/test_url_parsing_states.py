"""URL Standard, 4.4: the states of the basic URL parser, one by one. The official vectors are in
test_url_parsing.py.
"""

from __future__ import annotations

import pytest

from worker_runtime.url.url_parsing import basic_url_parser
from worker_runtime.url.url_parsing_states import (
    State,
    file_host_state,
    fragment_state,
    host_state,
    hostname_state,
    opaque_path_state,
    path_start_state,
    path_state,
    port_state,
    query_state,
    scheme_start_state,
    scheme_state,
)
from worker_runtime.url.url_representation import URLRecord
from worker_runtime.url.url_serializing import url_serializer
from worker_runtime.url.writing import URLFailure

spec = pytest.mark.spec


def href(input: str, base: str | None = None) -> str:
    return url_serializer(basic_url_parser(input, None if base is None else basic_url_parser(base)))


def changed(url: str, input: str, state_override: State) -> str:
    """What is left of a URL after parsing a value into it, be that a failure or not."""
    record = basic_url_parser(url)
    try:
        basic_url_parser(input, url=record, state_override=state_override)
    except URLFailure:
        return url_serializer(record) + " (failure)"
    return url_serializer(record)


@spec("https://url.spec.whatwg.org/#scheme-start-state")
class TestSchemeStartState:
    @pytest.mark.parametrize("input", ["1:x", "+:x", ":x", "", "\xe9:x", "\u212a:x"])
    def test_a_scheme_begins_with_an_ascii_alpha(self, input: str) -> None:
        with pytest.raises(URLFailure, match="missing-scheme-non-relative-URL"):
            basic_url_parser(input)
        assert changed("a:b", input, scheme_start_state) == "a:b (failure)"


@spec("https://url.spec.whatwg.org/#scheme-state")
class TestSchemeState:
    @pytest.mark.parametrize(
        "input, output",
        [
            ("A1+-.:x", "a1+-.:x"),
            ("HTTP://h", "http://h/"),
            ("a_b:c", "http://base/a_b:c"),
            ("abc", "http://base/abc"),
            ("a:", "a:"),
        ],
    )
    def test_what_is_not_followed_by_a_colon_is_none(self, input: str, output: str) -> None:
        assert href(input, "http://base/x") == output

    @pytest.mark.parametrize(
        "url, input, output",
        [
            ("http://h/", "HTTPS:", "https://h/"),
            ("http://h/", "a:", "http://h/"),
            ("a://h/", "http:", "a://h/"),
            ("a://h/", "b:", "b://h/"),
            ("http://h:443/", "https:", "https://h/"),
            ("http://u@h/", "file:", "http://u@h/"),
            ("http://h:8/", "file:", "http://h:8/"),
            ("http://h/", "file:", "file://h/"),
            ("file:///", "http:", "file:///"),
            ("file://h/", "http:", "http://h/"),
            ("http://h/", "https", "http://h/ (failure)"),
            ("http://h/", "ht tp:", "http://h/ (failure)"),
        ],
    )
    def test_a_scheme_is_changed_within_bounds(self, url: str, input: str, output: str) -> None:
        assert changed(url, input, scheme_start_state) == output

    def test_may_be_where_a_caller_begins(self) -> None:
        assert changed("http://h/", "ws:", scheme_state) == "ws://h/"


@spec("https://url.spec.whatwg.org/#no-scheme-state")
class TestNoSchemeState:
    def test_a_base_with_an_opaque_path_takes_a_fragment_only(self) -> None:
        assert href("#f", "mailto:x?q#g") == "mailto:x?q#f"
        for input in ("", "x", "?q", "/"):
            with pytest.raises(URLFailure, match="missing-scheme-non-relative-URL"):
                href(input, "mailto:x")


@spec("https://url.spec.whatwg.org/#special-relative-or-authority-state")
class TestSpecialRelativeOrAuthorityState:
    @pytest.mark.parametrize(
        "input, output",
        [
            ("http:x", "http://h/a/x"),
            ("http:/x", "http://h/x"),
            ("http://x", "http://x/"),
            ("ws:x", "ws://x/"),
        ],
    )
    def test_one_scheme_for_both_makes_it_relative(self, input: str, output: str) -> None:
        assert href(input, "http://h/a/b") == output


@spec("https://url.spec.whatwg.org/#path-or-authority-state")
class TestPathOrAuthorityState:
    @pytest.mark.parametrize(
        "input, host, path",
        [
            ("a://h/p", "h", ["p"]),
            ("a:/p/q", None, ["p", "q"]),
            ("a:/", None, [""]),
            ("a:///p", "", ["p"]),
        ],
    )
    def test_the_second_slash_decides(self, input: str, host: str | None, path: list[str]) -> None:
        url = basic_url_parser(input)
        assert (url.host, url.path) == (host, path)


@spec("https://url.spec.whatwg.org/#relative-state")
class TestRelativeState:
    @pytest.mark.parametrize(
        "input, output",
        [
            ("", "http://u:p@h:8/a/b?q"),
            ("?", "http://u:p@h:8/a/b?"),
            ("?r", "http://u:p@h:8/a/b?r"),
            ("#g", "http://u:p@h:8/a/b?q#g"),
            ("c", "http://u:p@h:8/a/c"),
            ("/c", "http://u:p@h:8/c"),
            ("\\c", "http://u:p@h:8/c"),
            ("//c", "http://c/"),
        ],
    )
    def test_takes_what_is_missing_from_the_base(self, input: str, output: str) -> None:
        assert href(input, "http://u:p@h:8/a/b?q#f") == output

    def test_a_reverse_solidus_is_one_in_a_special_url_only(self) -> None:
        assert href("\\c", "a://h/b") == "a://h/\\c"


@spec("https://url.spec.whatwg.org/#relative-slash-state")
class TestRelativeSlashState:
    @pytest.mark.parametrize(
        "input, base, output",
        [
            ("/\\x", "http://h/a", "http://x/"),
            ("\\/x", "http://h/a", "http://x/"),
            ("////x", "http://h/a", "http://x/"),
            ("//x", "a://h/a", "a://x"),
            ("///x", "a://h/a", "a:///x"),
            ("/\\x", "a://h/a", "a://h/\\x"),
        ],
    )
    def test_two_begin_an_authority(self, input: str, base: str, output: str) -> None:
        assert href(input, base) == output


@spec("https://url.spec.whatwg.org/#special-authority-slashes-state")
class TestSpecialAuthoritySlashesState:
    @pytest.mark.parametrize("input", ["http:h", "http:/h", "http:\\h", "http:/\\h", "http://h"])
    def test_none_is_needed(self, input: str) -> None:
        assert href(input) == "http://h/"


@spec("https://url.spec.whatwg.org/#special-authority-ignore-slashes-state")
class TestSpecialAuthorityIgnoreSlashesState:
    def test_any_number_is_ignored(self) -> None:
        assert href("http://\\/\\///h//p") == "http://h//p"


@spec("https://url.spec.whatwg.org/#authority-state")
class TestAuthorityState:
    @pytest.mark.parametrize(
        "input, username, password",
        [
            ("http://u@h", "u", ""),
            ("http://u:@h", "u", ""),
            ("http://:p@h", "", "p"),
            ("http://@h", "", ""),
            ("http://u:p:q@h", "u", "p%3Aq"),
            ("http://u@v:p@q@h", "u%40v", "p%40q"),
            ("http://u@@h", "u%40", ""),
            ("a://u\\[:;=\xe9@h", "u%5C%5B", "%3B%3D%C3%A9"),
            ("http://%41:%zz@h", "%41", "%zz"),
        ],
    )
    def test_credentials_end_at_the_last_at_sign(
        self, input: str, username: str, password: str
    ) -> None:
        url = basic_url_parser(input)
        assert (url.username, url.password, url.host) == (username, password, "h")

    @pytest.mark.parametrize("input, path", [("http://h/u@v", ["u@v"]), ("http://h\\u@v", ["u@v"])])
    def test_and_at_a_slash(self, input: str, path: list[str]) -> None:
        url = basic_url_parser(input)
        assert (url.username, url.path) == ("", path)

    @pytest.mark.parametrize(
        "input", ["http://u@", "a://u@", "http://u@/x", "http://u@?", "a://@", "http://u:p@#"]
    )
    def test_credentials_without_a_host_are_failure(self, input: str) -> None:
        with pytest.raises(URLFailure, match="host-missing"):
            basic_url_parser(input)


@spec("https://url.spec.whatwg.org/#host-state")
class TestHostState:
    @pytest.mark.parametrize(
        "input", ["http://", "http:///", "http://?", "http://:80", "a://:80", "ws:#"]
    )
    def test_a_missing_host_is_failure(self, input: str) -> None:
        with pytest.raises(URLFailure, match="host-missing"):
            basic_url_parser(input)

    def test_but_may_be_empty_in_a_url_that_is_not_special(self) -> None:
        assert basic_url_parser("a://").host == basic_url_parser("a:///x").host == ""

    @pytest.mark.parametrize(
        "input, host, port",
        [
            ("http://[::1]:81", (0, 0, 0, 0, 0, 0, 0, 1), 81),
            ("a://h\\:81", None, None),
            ("http://h\\:81", "h", None),
            ("http://[::1", None, None),
            ("http://a[b:81]", None, None),
        ],
    )
    def test_a_colon_within_brackets_is_the_hosts(
        self, input: str, host: object, port: int | None
    ) -> None:
        if host is None:
            with pytest.raises(URLFailure):
                basic_url_parser(input)
        else:
            url = basic_url_parser(input)
            assert (url.host, url.port) == (host, port)

    @pytest.mark.parametrize(
        "url, input, output",
        [
            ("http://h:8/p", "x", "http://x:8/p"),
            ("http://h:8/p", "x:9", "http://x:9/p"),
            ("http://h:8/p", "x:80", "http://x/p"),
            ("http://h:8/p", "x/9", "http://x:8/p"),
            ("http://h:8/p", "x?y#z", "http://x:8/p"),
            ("http://h:8/p", "x\\y", "http://x:8/p"),
            ("http://h/p", "", "http://h/p (failure)"),
            ("http://h/p", ":9", "http://h/p (failure)"),
            ("http://h/p", "a b", "http://h/p (failure)"),
            ("http://h/p", "x:", "http://x/p (failure)"),
            ("http://h/p", "x:y", "http://x/p (failure)"),
            ("http://h/p", "x:70000", "http://x/p (failure)"),
            ("a://h/p", "", "a:///p"),
            ("a://u@h/p", "", "a://u@h/p (failure)"),
            ("a://h:8/p", "", "a://h:8/p (failure)"),
            ("a:/p", "x", "a://x/p"),
            ("file://h/p", "x", "file://x/p"),
            ("file://h/p", "localhost", "file:///p"),
            ("file://h/p", "", "file:///p"),
            ("file://h/p", "x:9", "file://h/p (failure)"),
        ],
    )
    def test_a_host_is_changed_within_bounds(self, url: str, input: str, output: str) -> None:
        assert changed(url, input, host_state) == output


@spec("https://url.spec.whatwg.org/#hostname-state")
class TestHostnameState:
    @pytest.mark.parametrize(
        "url, input, output",
        [
            ("http://h:8/p", "x", "http://x:8/p"),
            ("http://h:8/p", "x:9", "http://h:8/p (failure)"),
            ("http://h:8/p", ":9", "http://h:8/p (failure)"),
            ("http://h:8/p", "[::1]", "http://[::1]:8/p"),
            ("file://h/p", "", "file:///p"),
        ],
    )
    def test_there_may_be_no_port(self, url: str, input: str, output: str) -> None:
        assert changed(url, input, hostname_state) == output


@spec("https://url.spec.whatwg.org/#port-state")
class TestPortState:
    @pytest.mark.parametrize(
        "input, port",
        [
            ("http://h:", None),
            ("http://h:80", None),
            ("http://h:443", 443),
            ("https://h:443", None),
            ("ftp://h:21", None),
            ("ws://h:80", None),
            ("wss://h:443", None),
            ("a://h:80", 80),
            ("http://h:0", 0),
            ("http://h:65535/", 65535),
            ("http://h:000000080\\", None),
            ("http://h:" + "0" * 5000 + "8?", 8),
        ],
    )
    def test_the_default_port_is_left_out(self, input: str, port: int | None) -> None:
        assert basic_url_parser(input).port == port

    @pytest.mark.parametrize(
        "input", ["http://h:65536", "http://h:100000", "http://h:" + "9" * 5000]
    )
    def test_a_port_of_more_than_sixteen_bits_is_failure(self, input: str) -> None:
        with pytest.raises(URLFailure, match="port-out-of-range"):
            basic_url_parser(input)

    @pytest.mark.parametrize(
        "input",
        [
            "http://h:a",
            "http://h:8a",
            "http://h:-1",
            "http://h: 8",
            "a://h:8\\",
            "http://h:8:9",
            "http://h:\u0661",
        ],
    )
    def test_a_port_of_other_than_digits_is_failure(self, input: str) -> None:
        with pytest.raises(URLFailure, match="port-invalid"):
            basic_url_parser(input)

    @pytest.mark.parametrize(
        "url, input, output",
        [
            ("http://h:8/p", "9", "http://h:9/p"),
            ("http://h:8/p", "80", "http://h/p"),
            ("http://h:8/p", "9x", "http://h:9/p"),
            ("http://h:8/p", "x9", "http://h:8/p (failure)"),
            ("http://h:8/p", "", "http://h:8/p (failure)"),
            ("http://h:8/p", "65536", "http://h:8/p (failure)"),
        ],
    )
    def test_a_port_is_changed_by_the_digits_that_lead(
        self, url: str, input: str, output: str
    ) -> None:
        assert changed(url, input, port_state) == output


@spec("https://url.spec.whatwg.org/#file-state")
class TestFileState:
    @pytest.mark.parametrize(
        "input, base, output",
        [
            ("file:", None, "file:///"),
            ("file:x", None, "file:///x"),
            ("file:?q", None, "file:///?q"),
            ("file:", "file://h/a/b?q", "file://h/a/b?q"),
            ("file:#f", "file://h/a/b?q", "file://h/a/b?q#f"),
            ("file:?r", "file://h/a/b?q", "file://h/a/b?r"),
            ("file:x", "file://h/a/b?q", "file://h/a/x"),
            ("file:x", "http://h/a/b", "file:///x"),
            ("x", "file:///C:/", "file:///C:/x"),
            ("..", "file:///C:", "file:///C:/"),
            ("file:d:", "file:///C:/a/b", "file:///d:"),
            ("D|/x", "file:///C:/a/b", "file:///D:/x"),
            ("d:x", "file:///C:/a/b", "d:x"),
        ],
    )
    def test_is_relative_to_a_file(self, input: str, base: str | None, output: str) -> None:
        assert href(input, base) == output


@spec("https://url.spec.whatwg.org/#file-slash-state")
class TestFileSlashState:
    @pytest.mark.parametrize(
        "input, base, output",
        [
            ("/x", "file:///C:/a/b", "file:///C:/x"),
            ("\\x", "file://h/C:/a/b", "file://h/C:/x"),
            ("/D:/x", "file:///C:/a/b", "file:///D:/x"),
            ("/x", "file://h/a/b", "file://h/x"),
            ("file:/x", None, "file:///x"),
        ],
    )
    def test_keeps_the_drive_of_the_base(self, input: str, base: str | None, output: str) -> None:
        assert href(input, base) == output


@spec("https://url.spec.whatwg.org/#file-host-state")
class TestFileHostState:
    @pytest.mark.parametrize(
        "input, output",
        [
            ("file://h", "file://h/"),
            ("file://", "file:///"),
            ("file:///", "file:///"),
            ("file://LOCALHOST/x", "file:///x"),
            ("file://C|", "file:///C:"),
            ("file://c:/x", "file:///c:/x"),
            ("file://C|/../x", "file:///C:/x"),
            ("file:\\\\h\\x", "file://h/x"),
            ("file://1/", "file://0.0.0.1/"),
        ],
    )
    def test_a_drive_letter_is_no_host(self, input: str, output: str) -> None:
        assert href(input) == output

    def test_a_port_is_failure(self) -> None:
        with pytest.raises(URLFailure):
            basic_url_parser("file://h:80/")

    def test_may_be_where_a_caller_begins(self) -> None:
        assert changed("file:///p", "x", file_host_state) == "file://x/p"


@spec("https://url.spec.whatwg.org/#path-start-state")
class TestPathStartState:
    @pytest.mark.parametrize(
        "input, output",
        [
            ("http://h", "http://h/"),
            ("http://h\\", "http://h/"),
            ("http://h?q", "http://h/?q"),
            ("a://h", "a://h"),
            ("a://h?q", "a://h?q"),
            ("a://h#f", "a://h#f"),
            ("a://h/", "a://h/"),
        ],
    )
    def test_only_a_special_url_always_has_a_path(self, input: str, output: str) -> None:
        assert href(input) == output

    @pytest.mark.parametrize(
        "scheme, host, input, path",
        [
            ("a", None, "", [""]),
            ("a", "h", "", []),
            ("http", "h", "", [""]),
            ("a", "h", "?", ["%3F"]),
        ],
    )
    def test_a_path_is_set(
        self, scheme: str, host: str | None, input: str, path: list[str]
    ) -> None:
        assert (
            basic_url_parser(
                input, url=URLRecord(scheme, host), state_override=path_start_state
            ).path
            == path
        )


@spec("https://url.spec.whatwg.org/#path-state")
class TestPathState:
    @pytest.mark.parametrize(
        "input, path",
        [
            ("http://h/a/b", ["a", "b"]),
            ("http://h/a/", ["a", ""]),
            ("http://h//", ["", ""]),
            ("http://h/a\\b", ["a", "b"]),
            ("a://h/a\\b", ["a\\b"]),
            ("http://h/.", [""]),
            ("http://h/a/..", [""]),
            ("http://h/a/../", [""]),
            ("http://h/a/./b", ["a", "b"]),
            ("http://h/../../a", ["a"]),
            ("http://h/a/%2E%2e/b/%2e", ["b", ""]),
            ("http://h/...", ["..."]),
            ("http://h/a//../b", ["a", "b"]),
            ('http://h/ "^`{}\xe9|~%zz', ["%20%22%5E%60%7B%7D%C3%A9|~%zz"]),
            ("file:///C|/..", ["C:", ""]),
            ("file:///a/../C|", ["C:"]),
            ("file:///a/C|", ["a", "C|"]),
            ("file:///C%7C/", ["C%7C", ""]),
            ("http://h/C|/", ["C|", ""]),
        ],
    )
    def test_dots_are_resolved_and_code_points_encoded(self, input: str, path: list[str]) -> None:
        assert basic_url_parser(input).path == path

    def test_a_caller_may_set_what_would_end_a_path(self) -> None:
        assert changed("http://h/a", "/b?c#d", path_state) == "http://h/a//b%3Fc%23d"


@spec("https://url.spec.whatwg.org/#cannot-be-a-base-url-path-state")
class TestOpaquePathState:
    @pytest.mark.parametrize(
        "input, path",
        [
            ("a:b/../c", "b/../c"),
            ("a:", ""),
            ('a:"<>`{}^\x01\x7f\xe9%zz', '"<>`{}^%01%7F%C3%A9%zz'),
            ("a:b c ", "b c"),
            ("a:b c  ?q", "b c %20"),
            ("a:b  #f", "b %20"),
            ("a: ?", "%20"),
        ],
    )
    def test_spaces_stay_but_for_one_before_a_query_or_fragment(
        self, input: str, path: str
    ) -> None:
        assert basic_url_parser(input).path == path

    def test_may_be_where_a_caller_begins(self) -> None:
        url = basic_url_parser(
            "b \xe9", url=URLRecord("a", path=""), state_override=opaque_path_state
        )
        assert url.path == "b %C3%A9"


@spec("https://url.spec.whatwg.org/#query-state")
class TestQueryState:
    @pytest.mark.parametrize(
        "input, query",
        [
            ("http://h/?", ""),
            ("http://h/?a?b'\"<>`#f", "a?b%27%22%3C%3E`"),
            ("a:?'`\xe9", "'`%C3%A9"),
            ("http://h", None),
            ("a:#?", None),
        ],
    )
    def test_an_apostrophe_is_encoded_in_special_urls(self, input: str, query: str | None) -> None:
        assert basic_url_parser(input).query == query

    def test_a_caller_may_set_what_would_end_a_query(self) -> None:
        assert changed("http://h/?q#f", "a#b", query_state) == "http://h/?a%23b#f"


@spec("https://url.spec.whatwg.org/#fragment-state")
class TestFragmentState:
    @pytest.mark.parametrize(
        "input, fragment",
        [("a:#", ""), ("a:#b#?'\"<>`\xe9", "b#?'%22%3C%3E%60%C3%A9"), ("a:", None)],
    )
    def test_goes_to_the_end(self, input: str, fragment: str | None) -> None:
        assert basic_url_parser(input).fragment == fragment

    def test_may_be_where_a_caller_begins(self) -> None:
        assert changed("a:b#c", "d e", fragment_state) == "a:b#d%20e"
