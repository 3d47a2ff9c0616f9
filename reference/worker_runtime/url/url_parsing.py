"""URL parsing: from a string to a URL record.

URL Standard, 4.4: https://url.spec.whatwg.org/#url-parsing
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..infra.strings import collect_a_sequence_of_code_points
from ..webidl.host_hooks import hooks
from .host_representation import Host
from .url_representation import SPECIAL_SCHEMES, URLRecord
from .writing import (
    URLFailure,
    ValidationError,
    ValidationErrors,
    code_points_that_are_no_url_units,
)

if TYPE_CHECKING:
    from ..encoding.encoders_and_decoders import Encoding
    from .url_parsing_states import State

C0_CONTROL_OR_SPACE = "".join(map(chr, range(0x21)))
TAB_OR_NEWLINE = re.compile("[\t\n\r]+")

# An absolute URL that the states would leave as it is: a special scheme other than "file", a
# lowercase domain that does not end in a number or an IPv4 address as it is serialized, a port, and
# then code points that are in no percent-encode set.
DOMAIN = r"(?:[a-z0-9_-]++\.)*+[a-z][a-z0-9_-]*+"
IPV4_NUMBER = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
PLAIN_URL = re.compile(
    rf"(https?|wss?|ftp)://(?:({DOMAIN})|((?:{IPV4_NUMBER}\.){{3}}{IPV4_NUMBER}))"
    r"(?::([0-9]{1,5}))?+"
    r"(/[!$-;=@-\[\]_a-z|~]*+)?+(?:\?([!$-&(-;=?-~]*+))?+(?:#([!#-;=?-_a-~]*+))?+"
)
DOT_SEGMENT = re.compile(r"/(?:\.|%2[Ee]){1,2}(?:/|\Z)")


def url_parser(
    input: str,
    base: URLRecord | None = None,
    encoding: Encoding | None = None,
    validation_errors: ValidationErrors = None,
) -> URLRecord:
    """The URL that a scalar value string stands for, with the entry of a blob: URL; raises
    URLFailure. The encoding is UTF-8 if it is None.

    https://url.spec.whatwg.org/#concept-url-parser
    """
    url = basic_url_parser(input, base, encoding, validation_errors=validation_errors)
    if url.scheme == "blob":
        url.blob_url_entry = hooks.resolve_a_blob_url(url)
    return url


def basic_url_parser(
    input: str,
    base: URLRecord | None = None,
    encoding: Encoding | None = None,
    url: URLRecord | None = None,
    state_override: State | None = None,
    validation_errors: ValidationErrors = None,
) -> URLRecord:
    """A new URL, or the one that is given, changed from the state that is given on; raises
    URLFailure.

    Where a list is passed for them, the names of the validation errors are appended to it.

    https://url.spec.whatwg.org/#concept-basic-url-parser
    """
    # OPTIMIZATION: nine in ten URLs change nothing but their form on the way through the states.
    if url is None and validation_errors is None and (plain := PLAIN_URL.fullmatch(input)):
        scheme, domain, ipv4, digits, path, query, fragment = plain.groups()
        port = int(digits) if digits else None
        if (port is None or port <= 0xFFFF) and (path is None or not has_dot_segments(path)):
            return URLRecord(
                scheme,
                domain or int.from_bytes(map(int, ipv4.split("."))),
                None if port == SPECIAL_SCHEMES[scheme] else port,
                path[1:].split("/") if path else [""],
                query,
                fragment,
            )

    from .url_parsing_states import scheme_start_state  # most workers see plain URLs only

    p = URLParser(input, base, encoding, url, state_override, validation_errors)
    state: State | None = state_override or scheme_start_state
    try:
        while state is not None:
            state = state(p)
    except URLFailure as failure:
        if failure.validation_error is not None:
            p.validation_error(failure.validation_error)
        raise
    return p.url


def has_dot_segments(path: str) -> bool:
    """Whether a path has segments that the path state does not keep.

    Part of https://url.spec.whatwg.org/#path-state
    """
    may_have = "/." in path or "/%2" in path
    return may_have and DOT_SEGMENT.search(path) is not None


def is_serialized(input: str) -> bool:
    """Whether parsing and serializing would leave a string as it is, where that can be seen without
    doing so: False says nothing.

    Part of https://url.spec.whatwg.org/#concept-url-parser
    """
    plain = PLAIN_URL.fullmatch(input)
    if plain is None:
        return False
    scheme, _, _, digits, path, _, _ = plain.groups()
    if digits is not None and (
        digits[0] == "0" or int(digits) > 0xFFFF or int(digits) == SPECIAL_SCHEMES[scheme]
    ):
        return False
    return path is not None and not has_dot_segments(path)


class URLParser:
    """The variables of the basic URL parser, and the ways in which its states eat input.

    Part of https://url.spec.whatwg.org/#concept-basic-url-parser
    """

    __slots__ = (
        "base",
        "buffer",
        "encoding",
        "input",
        "pointer",
        "state_override",
        "url",
        "_validation_errors",
    )

    def __init__(
        self,
        input: str,
        base: URLRecord | None,
        encoding: Encoding | None,
        url: URLRecord | None,
        state_override: State | None,
        validation_errors: ValidationErrors,
    ) -> None:
        from ..encoding.names_and_labels import UTF_8, get_an_output_encoding

        self._validation_errors = validation_errors
        if url is None:
            url = URLRecord()
            stripped = input.strip(C0_CONTROL_OR_SPACE)
            if len(stripped) < len(input):
                self.validation_error("invalid-URL-unit")
            input = stripped
        if "\t" in input or "\n" in input or "\r" in input:
            self.validation_error("invalid-URL-unit")
            input = TAB_OR_NEWLINE.sub("", input)
        self.input = input
        self.base = base
        self.encoding = UTF_8 if encoding is None else get_an_output_encoding(encoding)
        self.url = url
        self.state_override = state_override
        self.buffer = ""
        self.pointer = 0

    @property
    def c(self) -> str:
        """The code point at the pointer; the empty string is the EOF code point.

        https://url.spec.whatwg.org/#c
        """
        return self.input[self.pointer : self.pointer + 1]

    def starts_with(self, string: str) -> bool:
        return self.input.startswith(string, self.pointer)

    def skip(self, string: str) -> bool:
        """Eat a string if the rest of the input starts with it."""
        if self.input.startswith(string, self.pointer):
            self.pointer += len(string)
            return True
        return False

    def take(self, condition: re.Pattern[str]) -> str:
        """Eat a run of the code points of a pattern, which matches an empty one, too."""
        run, self.pointer = collect_a_sequence_of_code_points(condition, self.input, self.pointer)
        return run

    def take_rest(self) -> str:
        start, self.pointer = self.pointer, len(self.input)
        return self.input[start:]

    def validation_error(self, name: ValidationError) -> None:
        if self._validation_errors is not None:
            self._validation_errors.append(name)

    def parse_host(self, buffer: str) -> Host:
        from .host_parsing import host_parser

        return host_parser(buffer, not self.url.is_special, self._validation_errors)

    def validate(self, run: str, separator: str = "") -> None:
        """A validation error for each code point that is not a URL unit; another one if it also is
        a separator.
        """
        if self._validation_errors is not None:
            for code_point in code_points_that_are_no_url_units(run):
                self._validation_errors.append(
                    "invalid-reverse-solidus" if code_point == separator else "invalid-URL-unit"
                )


def set_the_username(url: URLRecord, username: str) -> None:
    """https://url.spec.whatwg.org/#set-the-username"""
    from .percent_encoded_bytes import USERINFO_PERCENT_ENCODE_SET, utf_8_percent_encode

    url.username = utf_8_percent_encode(username, USERINFO_PERCENT_ENCODE_SET)


def set_the_password(url: URLRecord, password: str) -> None:
    """https://url.spec.whatwg.org/#set-the-password"""
    from .percent_encoded_bytes import USERINFO_PERCENT_ENCODE_SET, utf_8_percent_encode

    url.password = utf_8_percent_encode(password, USERINFO_PERCENT_ENCODE_SET)
