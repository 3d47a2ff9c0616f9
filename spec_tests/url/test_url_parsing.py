"""URL Standard, 4.4: the parsers as wholes. The states are in test_url_parsing_states.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple, get_args

import pytest

from spec_tests.linear_time import grows_no_worse_than_its_input
from worker_runtime.encoding.names_and_labels import get_an_encoding
from worker_runtime.infra.strings import convert_to_scalar_value_string
from worker_runtime.url import url_parsing
from worker_runtime.url.origins import OpaqueOrigin, Origin
from worker_runtime.url.url_parsing import (
    URLParser,
    basic_url_parser,
    is_serialized,
    set_the_password,
    set_the_username,
    url_parser,
)
from worker_runtime.url.url_parsing_states import host_state
from worker_runtime.url.url_representation import BlobURLEntry, URLRecord
from worker_runtime.url.url_serializing import url_serializer
from worker_runtime.url.writing import URLFailure, ValidationError
from worker_runtime.webidl.host_hooks import hooks

spec = pytest.mark.spec


def items(url: URLRecord) -> tuple[object, ...]:
    return (
        url.scheme,
        url.username,
        url.password,
        url.host,
        url.port,
        url.path,
        url.query,
        url.fragment,
    )


def parsed(
    input: str, base: str | None = None, validation_errors: list[ValidationError] | None = None
) -> tuple[object, ...] | None:
    """The items of a URL, or None for failure. Where validation errors are asked for, the states do
    all the work.
    """
    try:
        base_url = None if base is None else basic_url_parser(base)
        return items(basic_url_parser(input, base_url, validation_errors=validation_errors))
    except URLFailure:
        return None


@pytest.fixture
def test_data(wpt_data: Callable[[str], Any]) -> list[dict[str, str]]:
    """The official vectors, with scalar values where the API makes them."""
    files = ("urltestdata.json", "urltestdata-javascript-only.json")
    cases = [
        case
        for file in files
        for case in wpt_data(f"url/resources/{file}")
        if isinstance(case, dict)
    ]
    return [{**case, "input": convert_to_scalar_value_string(case["input"])} for case in cases]


@spec("https://url.spec.whatwg.org/#concept-url-parser")
class TestURLParserOfBlobs:
    class Environment:
        origin: Origin = OpaqueOrigin()

    class Entry(NamedTuple):
        environment: TestURLParserOfBlobs.Environment

    @spec("https://url.spec.whatwg.org/#concept-url-blob-entry")
    def test_resolves_a_blob_url_and_no_other(self, monkeypatch: pytest.MonkeyPatch) -> None:
        entry: BlobURLEntry = self.Entry(self.Environment())
        store = {"known": entry}
        monkeypatch.setattr(hooks, "resolve_a_blob_url", lambda url: store.get(url.path))
        assert url_parser("blob:known").blob_url_entry is entry
        assert url_parser("blob:unknown").blob_url_entry is None
        assert url_parser("blub:known").blob_url_entry is None
        assert basic_url_parser("blob:known").blob_url_entry is None

    def test_hands_up_failure(self) -> None:
        with pytest.raises(URLFailure, match="missing-scheme-non-relative-URL"):
            url_parser("/")

    def test_collects_validation_errors(self) -> None:
        validation_errors: list[ValidationError] = []
        url_parser("https:\\\\a_b", validation_errors=validation_errors)
        assert set(validation_errors) == {
            "special-scheme-missing-following-solidus",
            "domain-to-ASCII",
        }


# Each example of the table, https://url.spec.whatwg.org/#validation-error (In the one for
# file-invalid-Windows-drive-letter, "/c:/path/to/file" against "file:///c:/", no step has that
# error.)
VALIDATION_ERRORS: list[tuple[str, str | None, list[ValidationError]]] = [
    ("https://exa%23mple.org", None, ["domain-percent-encoded", "domain-to-ASCII"]),
    ("https://exam%70le.org", None, ["domain-percent-encoded"]),
    ("foo://exa[mple.org", None, ["host-invalid-code-point"]),
    ("https://127.0.0.1./", None, ["IPv4-empty-part"]),
    ("https://1.2.3/", None, ["IPv4-too-few-parts"]),
    ("https://1.2.3.4.5/", None, ["IPv4-too-many-parts"]),
    ("https://test.42", None, ["IPv4-too-few-parts", "IPv4-non-numeric-part"]),
    ("https://127.0.0x0.1", None, ["IPv4-non-decimal-part"]),
    ("https://255.255.4000.1", None, ["IPv4-out-of-range-part"]),
    ("https://[::1", None, ["IPv6-unclosed"]),
    ("https://[:1]", None, ["IPv6-invalid-compression"]),
    ("https://[1:2:3:4:5:6:7:8:9]", None, ["IPv6-too-many-pieces"]),
    ("https://[1::1::1]", None, ["IPv6-multiple-compression"]),
    ("https://[1:2:3!:4]", None, ["IPv6-invalid-code-point"]),
    ("https://[1:2:3]", None, ["IPv6-too-few-pieces"]),
    ("https://[::01]", None, ["IPv6-piece-leading-zero"]),
    ("https://[1:1:1:1:1:1:1:127.0.0.1]", None, ["IPv4-in-IPv6-too-many-pieces"]),
    ("https://[ffff::.0.0.1]", None, ["IPv4-in-IPv6-invalid-code-point"]),
    ("https://[ffff::127.0.0.4000]", None, ["IPv4-in-IPv6-out-of-range-part"]),
    ("https://[ffff::127.0.0]", None, ["IPv4-in-IPv6-too-few-parts"]),
    ("https://example.org/>", None, ["invalid-URL-unit"]),
    (" https://example.org ", None, ["invalid-URL-unit"]),
    ("ht\ntps://example.org", None, ["invalid-URL-unit"]),
    ("https://example.org/%s", None, ["invalid-URL-unit"]),
    ("file:c:/my-secret-folder", None, ["special-scheme-missing-following-solidus"]),
    ("https:example.org", None, ["special-scheme-missing-following-solidus"]),
    ("https:foo.html", "https://example.org/", ["special-scheme-missing-following-solidus"]),
    ("\U0001f4a9", None, ["missing-scheme-non-relative-URL"]),
    ("\U0001f4a9", "mailto:user@example.org", ["missing-scheme-non-relative-URL"]),
    ("https://example.org\\path\\to\\file", None, ["invalid-reverse-solidus"] * 3),
    ("https://user@example.org", None, ["invalid-credentials"]),
    ("ssh://user@example.org", None, ["invalid-credentials"]),
    ("https://#fragment", None, ["host-missing"]),
    ("https://:443", None, ["host-missing"]),
    ("https://user:pass@", None, ["invalid-credentials", "host-missing"]),
    ("https://example.org:70000", None, ["port-out-of-range"]),
    ("https://example.org:7z", None, ["port-invalid"]),
    ("/c:/path/to/file", "file:///c:/", []),
    (
        "file:c:/path",
        "file:///c:/",
        ["special-scheme-missing-following-solidus", "file-invalid-Windows-drive-letter"],
    ),
    ("file://c:", None, ["file-invalid-Windows-drive-letter-host"]),
]


@spec("https://url.spec.whatwg.org/#concept-basic-url-parser")
class TestBasicURLParser:
    # The standard's table of examples.
    @pytest.mark.parametrize(
        "input, base, is_valid, output",
        [
            ("https:example.org", None, False, "https://example.org/"),
            ("https://////example.com///", None, False, "https://example.com///"),
            ("https://example.com/././foo", None, True, "https://example.com/foo"),
            ("hello:world", "https://example.com/", True, "hello:world"),
            ("https:example.org", "https://example.com/", False, "https://example.com/example.org"),
            ("\\example\\..\\demo/.\\", "https://example.com/", False, "https://example.com/demo/"),
            ("example", "https://example.com/demo", True, "https://example.com/example"),
            ("file:///C|/demo", None, False, "file:///C:/demo"),
            ("..", "file:///C:/demo", True, "file:///C:/"),
            ("file://localhost/", None, True, "file:///"),
            ("file://loc%61lhost/", None, False, "file:///"),
            (
                "https://user:password@example.org/",
                None,
                False,
                "https://user:password@example.org/",
            ),
            ("https://example.org/foo bar", None, False, "https://example.org/foo%20bar"),
            ("https://EXAMPLE.com/../x", None, True, "https://example.com/x"),
            ("https://ex ample.org/", None, False, None),
            ("example", None, False, None),
            ("https://example.com:demo", None, False, None),
            ("http://[www.example.com]/", None, False, None),
            ("https://example.org//", None, True, "https://example.org//"),
            ("https://example.com/[]?[]#[]", None, False, "https://example.com/[]?[]#[]"),
            ("https://example/%?%#%", None, False, "https://example/%?%#%"),
            ("https://example/%25?%25#%25", None, True, "https://example/%25?%25#%25"),
        ],
    )
    def test_the_standards_examples(
        self, input: str, base: str | None, is_valid: bool, output: str | None
    ) -> None:
        base_url = None if base is None else basic_url_parser(base)
        validation_errors: list[ValidationError] = []
        if output is None:
            with pytest.raises(URLFailure):
                basic_url_parser(input, base_url, validation_errors=validation_errors)
        else:
            assert (
                url_serializer(
                    basic_url_parser(input, base_url, validation_errors=validation_errors)
                )
                == output
            )
        assert (validation_errors == []) == is_valid

    @pytest.mark.parametrize("input, base, expected", VALIDATION_ERRORS)
    def test_validation_errors_are_named(
        self, input: str, base: str | None, expected: list[ValidationError]
    ) -> None:
        validation_errors: list[ValidationError] = []
        parsed(input, base, validation_errors)
        assert validation_errors == expected

    def test_every_validation_error_has_an_example(self) -> None:
        assert {name for _, _, expected in VALIDATION_ERRORS for name in expected} == set(
            get_args(ValidationError)
        )

    def test_official_vectors(self, test_data: list[dict[str, str]]) -> None:
        for case in test_data:
            try:
                base = None if case["base"] is None else basic_url_parser(case["base"])
                href = url_serializer(basic_url_parser(case["input"], base))
            except URLFailure:
                href = None
            assert href == case.get("href"), case

    @pytest.mark.parametrize(
        "label, input, query",
        [
            ("windows-1252", "http://h/?\xe9\u2603", "%E9%26%239731%3B"),
            ("windows-1252", "file:///?\xe9", "%E9"),
            ("windows-1252", "ws://h/?\xe9", "%C3%A9"),
            ("windows-1252", "wss://h/?\xe9", "%C3%A9"),
            ("windows-1252", "a:?\xe9", "%C3%A9"),
            ("utf-16", "http://h/?\xe9", "%C3%A9"),
            ("replacement", "http://h/?\xe9", "%C3%A9"),
            ("iso-2022-jp", "http://h/?\xa5a\xa5", "%1B(J\\a\\%1B(B"),
        ],
    )
    def test_an_encoding_is_for_the_query_of_some_special_urls(
        self, label: str, input: str, query: str
    ) -> None:
        encoding = get_an_encoding(label)
        assert encoding is not None
        assert basic_url_parser(input, encoding=encoding).query == query

    def test_official_vectors_of_encodings(self, wpt_data: Callable[[str], Any]) -> None:
        for case in wpt_data("url/resources/percent-encoding.json"):
            for label, query in case["output"].items() if isinstance(case, dict) else ():
                encoding = get_an_encoding(label)
                assert encoding is not None
                url = basic_url_parser(
                    f"https://doesnotmatter.invalid/?{case['input']}#{case['input']}",
                    encoding=encoding,
                )
                assert (url.query, url.fragment) == (query, case["output"]["utf-8"])

    def test_a_url_that_is_given_is_not_stripped(self) -> None:
        url = basic_url_parser("https://example.com")
        with pytest.raises(URLFailure):
            basic_url_parser(" a", url=url, state_override=host_state)
        basic_url_parser("a\t.\nb\r", url=url, state_override=host_state)
        assert url.host == "a.b"

    @spec("https://url.spec.whatwg.org/#c")
    def test_results_share_nothing_with_the_base(self) -> None:
        base = basic_url_parser("https://example.com/a/b")
        url = basic_url_parser("?q", base)
        assert isinstance(url.path, list)
        url.path.append("c")
        assert base.path == ["a", "b"]


def mutations(string: str, random: Random) -> Iterator[str]:
    """A string with code points that mean something to the parser put in, taken out and put in
    place of others.
    """
    meaningful = "/\\?#@:[]%.|&'\"<>`{}^ \t\n\0aA0-_~+xC\x7f\xe9\u3002\U0001f4a9"
    yield string
    for _ in range(8):
        at = random.randrange(len(string) + 1)
        new = random.choice(
            [
                *meaningful,
                "%2e",
                "%2E",
                "..",
                "//",
                "xn--",
                "0x",
                ":80",
                ":443",
                ":0",
                ":65535",
                ":99999",
            ]
        )
        yield string[:at] + new + string[at:]
        yield string[:at] + new + string[at + 1 :]
        yield string[:at] + string[at + 1 :]


@spec("https://url.spec.whatwg.org/#concept-basic-url-parser")
class TestPlainURLs:
    """What the pattern for plain URLs takes, it takes as the states do; and what is said to be
    serialized is.
    """

    SEEDS = [
        "https://www.example.com:8080/a/b.c;d=e/@(f)?q=r&s[]=~#frag-ment!",
        "http://localhost", "ws://h?", "wss://h#", "ftp://a.b-c.d_e:21/%41?%41#%41",
        "http://a:80/?/?#?#", "https://h:443//a//", "http://xn--fa-hia.example/", "http://a.0b/",
        "http://0.a/", "http://a.1/", "http://-/", "http://h:00080/",
        "http://h/..a/.b", "http://127.0.0.1:65535/a?b", "http://255.255.255.255/",
        "ws://0.0.0.0:1/.",
        "http://1.2.3.4", "http://192.168.0.1:0/%2e/..", "http://10.20.30.40/a/%2E%2e?b#c",
    ]  # fmt: skip
    HOSTS = [
        "h", "h.", "a.b", "1", "0", "00", "01.2.3.4", "1.2.3.4", "1.2.3.4.", "1.2.3", "1.2.3.4.5",
        "1.2.3.256", "255.255.255.255", "0.0.0.0", "1.2.3.04", "0x1.2.3.4", "1.2.3.0x4", "1.2.3.a",
        "a.1.2.3", "1..2.3", "1.2.3.4a", "127.0.0.1", "999.1.1.1", "", "a.0x", "xn--a", "[::1]",
        "1.2.3.4-", "-1.2.3.4", "299.1.1.1", "1.2.3.4%2e", "１.2.3.4",
    ]  # fmt: skip
    PORTS = [
        "", ":", ":0", ":00", ":1", ":01", ":080", ":21", ":80", ":443", ":8080", ":9999", ":10000",
        ":59999", ":60000", ":65535", ":65536", ":99999", ":065535", ":100000", ":8a", ":80:80",
    ]  # fmt: skip

    def agree(self, inputs: Iterator[str]) -> int:
        plain = 0
        for input in inputs:
            by_the_states = parsed(input, validation_errors=[])
            assert parsed(input) == by_the_states, input
            if is_serialized(input):
                url = basic_url_parser(input, validation_errors=[])
                assert url_serializer(url) == input
            plain += url_parsing.PLAIN_URL.fullmatch(input) is not None
        return plain

    def test_mutated_seeds(self) -> None:
        random = Random(1)
        assert (
            self.agree(mutation for seed in self.SEEDS * 20 for mutation in mutations(seed, random))
            > 1000
        )

    def test_mutated_official_vectors(self, test_data: list[dict[str, str]]) -> None:
        random = Random(2)
        urls = [
            url
            for case in test_data
            for url in (case["input"], case.get("href"))
            if url is not None
        ]
        assert self.agree(mutation for url in urls for mutation in mutations(url, random)) > 1000

    def test_every_ascii_code_point_in_every_place(self) -> None:
        codes = list(map(chr, range(0x80)))
        templates = [
            "{}http://h/",
            "ht{}tp://h/",
            "http{}://h/",
            "http://{}",
            "http://h{}",
            "http://h{}h/",
            "http://h.{}/",
        ]
        templates += [
            "http://h:{}/",
            "http://h/{}",
            "http://h/a{}b",
            "http://h/?{}",
            "http://h/?a{}b",
            "http://h/#{}",
            "http://h/#a{}b",
        ]
        assert self.agree(template.format(code) for template in templates for code in codes) > 500

    def test_every_pair_of_odd_host_and_port(self) -> None:
        ends = ("", "/", "/a", "?", "#", "/./a", "/a/..", "/.a", "/%2e", "/a%2e")
        assert (
            self.agree(
                f"{scheme}://{host}{port}{end}"
                for scheme in ("http", "https", "ftp")
                for host in self.HOSTS
                for port in self.PORTS
                for end in ends
            )
            > 1000
        )

    @pytest.mark.parametrize(
        "input", ["http://127.0.0.1:8000/", "http://localhost/items/1?a=%41", "https://a:444/.a#b"]
    )
    def test_is_serialized(self, input: str) -> None:
        assert is_serialized(input)

    @pytest.mark.parametrize(
        "input",
        ["http://a", "http://a?b", "http://a:80/", "http://a:081/", "http://a/./b", "http://A/"],
    )
    def test_is_not_serialized(self, input: str) -> None:
        assert not is_serialized(input)

    @pytest.mark.parametrize("input", ["http://h/a", "http://h:81/?a=b#c", "https://a.b.c"])
    def test_they_are_plain_whatever_the_base(self, input: str) -> None:
        for base in ("http://other/x", "https://other/x", "file:///x", "mailto:x"):
            assert parsed(input, base) == parsed(input) == parsed(input, base, validation_errors=[])


def repeated(string: str, length: int) -> str:
    return string * (length // len(string)) + string[: length % len(string)]


HOSTILE_SHAPES: dict[str, Callable[[int], str]] = {
    "percent signs": lambda n: "%" * n,
    "opaque path": lambda n: "a:" + repeated("%a ", n),
    "opaque host": lambda n: "a://" + "%" * n,
    "slashes": lambda n: "http:" + "/" * n + "h",
    "reverse solidi": lambda n: "http://h" + "\\" * n,
    "brackets": lambda n: "http://" + "[" * n,
    "pairs of brackets": lambda n: "http://" + "[]" * (n // 2),
    "at signs": lambda n: "http://" + "@" * n + "h",
    "colons": lambda n: "http://h" + ":" * n,
    "colons in credentials": lambda n: "http://" + ":" * n + "@h",
    "dots": lambda n: "http://" + "." * n,
    "labels": lambda n: "http://" + "a." * (n // 2),
    "IPv4 parts": lambda n: "http://" + "1." * (n // 2) + "1",
    "IPv4 number": lambda n: "http://" + "9" * n,
    "IPv4 zeros": lambda n: "http://" + "0" * n,
    "IPv4 hexadecimal": lambda n: "http://0x" + "f" * n,
    "IPv6 colons": lambda n: "http://[" + ":" * n + "]",
    "IPv6 digits": lambda n: "http://[::1.1.1." + "1" * n + "]",
    "port": lambda n: "http://h:" + "9" * n,
    "port of zeros": lambda n: "http://h:" + "0" * n,
    "double dots": lambda n: "http://h/" + "a/../" * (n // 5),
    "encoded dots": lambda n: "http://h/" + "a/%2e%2E/" * (n // 9),
    "single dots": lambda n: "http://h/" + "./" * (n // 2),
    "relative": lambda n: "../" * (n // 3),
    "drive letters": lambda n: "file:///" + "C|/" * (n // 3),
    "encoded host": lambda n: "http://" + "%41" * (n // 3) + "/",
    "encoded dots in a host": lambda n: "http://" + "%2e" * (n // 3),
    "query": lambda n: "http://h/?" + "'" * n,
    "fragment": lambda n: "http://h/#" + "`" * n,
    "scheme": lambda n: "a" * n,
    "tabs": lambda n: "http://h/" + "\ta" * (n // 2),
    "spaces": lambda n: " " * n + "http://h/" + " " * n,
    "almost plain": lambda n: "http://" + "a." * (n // 4) + "a/" + "a" * (n // 2) + "\\",
}

HOSTILE_DOMAINS: dict[str, Callable[[int], str]] = {
    "letter": lambda n: "\xe9" * n,
    "labels": lambda n: "\xe9." * (n // 2),
    "ideographs": lambda n: "".join(chr(0x4E00 + i * 7919 % 20000) for i in range(n)),
    "marks out of order": lambda n: "a" + "\u0301" * (n // 2) + "\u0323" * (n // 2),
    "marks that decompose": lambda n: "a" + "\u0f73" * n,
    "non-joiners": lambda n: "\u0628\u200c" * (n // 2) + "\u0628",
    "joiners": lambda n: "\u0915\u094d\u200d" * (n // 3),
    "transparent between non-joiners": lambda n: (
        "\u0628" + "\u064e" * (n // 2) + "\u200c" + "\u064e" * (n // 2) + "\u0628"
    ),
    "from right to left": lambda n: "\u05d0" * n,
    "Punycode of one letter": lambda n: "xn--" + "a" * n + ".\xe9",
    "Punycode that overflows": lambda n: "xn--" + "9" * n + ".\xe9",
    "Punycode delimiters": lambda n: "xn--" + "-" * n + ".\xe9",
    "Punycode of marks": lambda n: (
        "xn--a" + "-".join(["\u0f73".encode("punycode").decode()] * (n // 6)) + ".\xe9"
    ),
    "encoded": lambda n: "%c3%a9" * (n // 6),
}


@spec("https://url.spec.whatwg.org/#concept-basic-url-parser")
class TestHostileInput:
    @pytest.mark.parametrize("name", HOSTILE_SHAPES)
    def test_of_any_shape(self, name: str) -> None:
        for errors in (lambda: None, list):
            grows_no_worse_than_its_input(
                lambda input: parsed(input, "http://h/a/b", errors()), HOSTILE_SHAPES[name], 2**13
            )

    @pytest.mark.parametrize("name", HOSTILE_DOMAINS)
    def test_of_any_shape_in_a_domain(self, name: str) -> None:
        for errors in (lambda: None, list):
            grows_no_worse_than_its_input(
                lambda input: parsed("http://" + input, "http://h/a/b", errors()),
                HOSTILE_DOMAINS[name],
                2**10,
            )

    @pytest.mark.parametrize("name", HOSTILE_SHAPES)
    def test_a_mebibyte_ends_as_a_kibibyte_does(self, name: str) -> None:
        make = HOSTILE_SHAPES[name]
        assert (parsed(make(2**20), "http://h/a/b") is None) == (
            parsed(make(2**10), "http://h/a/b") is None
        )


@spec("https://url.spec.whatwg.org/#concept-basic-url-parser")
class TestURLParser:
    def parser(self, input: str) -> URLParser:
        encoding = get_an_encoding("utf-8")
        assert encoding is not None
        return URLParser(input, None, encoding, None, None, None)

    def test_c_is_empty_at_the_end(self) -> None:
        p = self.parser("ab")
        assert (p.c, p.skip("ab"), p.c, p.skip("x"), p.skip("")) == ("a", True, "", False, True)

    def test_take_rest_leaves_nothing(self) -> None:
        p = self.parser("abc")
        p.pointer = 1
        assert (p.take_rest(), p.take_rest()) == ("bc", "")


@spec("https://url.spec.whatwg.org/#set-the-username")
class TestSetTheUsername:
    def test_percent_encodes(self) -> None:
        url = URLRecord()
        set_the_username(url, "a:b@\xe9")
        assert url.username == "a%3Ab%40%C3%A9"


@spec("https://url.spec.whatwg.org/#set-the-password")
class TestSetThePassword:
    def test_percent_encodes(self) -> None:
        url = URLRecord()
        set_the_password(url, "a/b%41")
        assert url.password == "a%2Fb%41"
