"""Headers: lists of them, which of them are safe or forbidden, and what their values say.

Fetch Standard, 2.2.2: https://fetch.spec.whatwg.org/#terminology-headers

A header is a pair of a name and a value. The standard's byte sequences are `str` of code points up
to U+00FF here, from the socket to the worker and back, so that nothing is converted on the way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, KeysView, Sequence
from typing import Literal, TypeAlias

from ..infra.strings import collect_a_sequence_of_code_points
from .methods import TOKEN, is_forbidden_method

Header: TypeAlias = tuple[str, str]
HeadersGuard: TypeAlias = Literal["immutable", "request", "request-no-cors", "response", "none"]

HTTP_TAB_OR_SPACE = "\t "  # https://fetch.spec.whatwg.org/#http-tab-or-space
HTTP_WHITESPACE = "\n\r\t "  # https://fetch.spec.whatwg.org/#http-whitespace

NEITHER_QUOTE_NOR_COMMA = '[^",]*'


class HeaderList:
    """Headers in their order, those of one name together.

    It takes any sequence of pairs and looks into it only when somebody asks for a header by its
    name.

    https://fetch.spec.whatwg.org/#concept-header-list
    """

    __slots__ = ("_headers", "_names", "_repeated", "_sorted", "_values")

    def __init__(self, headers: Sequence[Header] = ()) -> None:
        # The headers as they came, until they change: then `_names` and `_values` are the list, and
        # this is None.
        self._headers: Sequence[Header] | None = headers
        # By the name in lower case: the first value of each, made for the first look-up; all values
        # of those that stand there more than once; and the names as they are written.
        self._values: dict[str, str] | None = None
        self._repeated: dict[str, list[str]] = {}
        self._names: dict[str, str] = {}
        self._sorted: list[Header] | None = None

    def __iter__(self) -> Iterator[Header]:
        if self._headers is not None:
            return iter(self._headers)
        if not self._repeated:
            return iter(list(zip(self._names.values(), self._index().values())))
        names = self._names.items()
        return iter(
            [(name, value) for lowercase, name in names for value in self.values_of(lowercase)]
        )

    def __repr__(self) -> str:
        return f"HeaderList({list(self)!r})"

    def copy(self) -> HeaderList:
        """Another list of the same headers."""
        copy = HeaderList(self._headers or ())
        if self._headers is None:
            copy._headers = None
            copy._values = self._index().copy()
            copy._repeated = {name: values.copy() for name, values in self._repeated.items()}
            copy._names = self._names.copy()
        return copy

    def _index(self) -> dict[str, str]:
        """The first value of each name, for a look-up."""
        if self._values is None:
            assert self._headers is not None
            self._values = {}
            for name, value in self._headers:
                lowercase = name.lower()
                if lowercase in self._values:
                    self._repeated.setdefault(lowercase, [self._values[lowercase]]).append(value)
                else:
                    self._values[lowercase] = value
        return self._values

    def _changeable(self) -> dict[str, str]:
        """The first value of each name, for a change."""
        values = self._index()
        self._sorted = None
        if self._headers is not None:
            headers, self._headers = self._headers, None
            for name, _ in headers:
                self._names.setdefault(name.lower(), name)
        return values

    def names(self) -> KeysView[str]:
        """Each name once, in lower case."""
        return self._index().keys()

    def contains(self, name: str) -> bool:
        """https://fetch.spec.whatwg.org/#header-list-contains"""
        if self._headers is not None and not self._headers:
            return False
        return name.lower() in (self._values or self._index())

    def get(self, name: str) -> str | None:
        """The values of all headers of that name, joined by a comma and a space; None if there is
        none.

        https://fetch.spec.whatwg.org/#concept-header-list-get
        """
        lowercase = name.lower()
        values = self._values or self._index()
        return (
            ", ".join(self._repeated[lowercase])
            if lowercase in self._repeated
            else values.get(lowercase)
        )

    def values_of(self, name: str) -> list[str]:
        """The values of all headers of that name, each by itself."""
        lowercase = name.lower()
        values = self._index()
        if lowercase in self._repeated:
            return self._repeated[lowercase].copy()
        return [values[lowercase]] if lowercase in values else []

    def get_decode_and_split(self, name: str) -> list[str] | None:
        """The members of a header that is a list; None if there is no such header.

        https://fetch.spec.whatwg.org/#concept-header-list-get-decode-split
        """
        value = self.get(name)
        return None if value is None else get_decode_and_split(value)

    def append(self, name: str, value: str) -> None:
        """https://fetch.spec.whatwg.org/#concept-header-list-append"""
        if self._headers is not None and not self._headers:
            # OPTIMIZATION: a list of one header needs no index, as one that came needs none.
            self._headers = [(name, value)]
            self._values = self._sorted = None
            return
        values = self._changeable()
        lowercase = name.lower()
        if lowercase in values:
            self._repeated.setdefault(lowercase, [values[lowercase]]).append(value)
        else:
            values[lowercase] = value
            self._names[lowercase] = name

    def begin_with(
        self, lowercase: Sequence[str], names: Sequence[str], values: Sequence[str]
    ) -> bool:
        """Append headers to an empty list all at once, or return False if one of the names is
        repeated.
        """
        by_name = dict(zip(lowercase, values))
        if self._headers is None or self._headers or len(by_name) < len(names):
            return False
        self._headers = list(zip(names, values))
        self._values = by_name
        return True

    def delete(self, name: str) -> None:
        """https://fetch.spec.whatwg.org/#concept-header-list-delete"""
        lowercase = name.lower()
        if self._changeable().pop(lowercase, None) is not None:
            del self._names[lowercase]
            self._repeated.pop(lowercase, None)

    def set(self, name: str, value: str) -> None:
        """https://fetch.spec.whatwg.org/#concept-header-list-set"""
        lowercase = name.lower()
        self._changeable()[lowercase] = value
        self._names.setdefault(lowercase, name)
        self._repeated.pop(lowercase, None)

    def combine(self, name: str, value: str) -> None:
        """https://fetch.spec.whatwg.org/#concept-header-list-combine"""
        values = self.values_of(name)
        if not values:
            self.append(name, value)
            return
        self.set(name, f"{values[0]}, {value}")
        for other in values[1:]:
            self.append(name, other)

    def clear(self) -> None:
        """Empty the list."""
        HeaderList.__init__(self)

    def sort_and_combine(self) -> list[Header]:
        """Each name once, in lower case and in order; only `set-cookie` stands as often as it was
        set.

        The list is the same object until the headers change.

        https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine
        """
        if self._sorted is None:
            headers = sorted(self._index().items())
            if self._repeated:
                names = [name for name, _ in headers]
                headers = []
                for name in names:
                    values = self.values_of(name)
                    headers += [
                        (name, value)
                        for value in (values if name == "set-cookie" else [", ".join(values)])
                    ]
            self._sorted = headers
        return self._sorted


# ---- names and values ----------------------------------------------------------------------------


# OPTIMIZATION: most names are among the few that everybody uses. These were seen lately; here they
# are in lower case.
KNOWN_NAMES: dict[str, str] = {}
MOST_KNOWN_NAMES, LONGEST_KNOWN_NAME = 512, 64


def is_header_name(value: str) -> bool:
    """https://fetch.spec.whatwg.org/#header-name"""
    if value in KNOWN_NAMES:
        return True
    if not re.fullmatch(TOKEN, value):
        return False
    if len(value) <= LONGEST_KNOWN_NAME:
        if len(KNOWN_NAMES) == MOST_KNOWN_NAMES:
            KNOWN_NAMES.clear()  # somebody makes names up; those that are in use are soon back
        KNOWN_NAMES[value] = value.lower()
    return True


def is_header_value(value: str) -> bool:
    """https://fetch.spec.whatwg.org/#header-value"""
    return value == value.strip(HTTP_TAB_OR_SPACE) and not (
        "\0" in value or "\n" in value or "\r" in value
    )


def normalize(potential_value: str) -> str:
    """https://fetch.spec.whatwg.org/#concept-header-value-normalize"""
    return potential_value.strip(HTTP_WHITESPACE)


def get_decode_and_split(value: str) -> list[str]:
    """The parts between the commas, but for those within quotes, without tabs and spaces around
    them.

    https://fetch.spec.whatwg.org/#header-value-get-decode-and-split
    """
    from ..mimesniff.mime_types import collect_an_http_quoted_string

    if '"' not in value:
        # OPTIMIZATION: quotes are rare.
        return [part.strip(HTTP_TAB_OR_SPACE) for part in value.split(",")]
    values = []
    position = 0
    start = 0  # of the temporary value, which is a run of the input
    neither_quote_nor_comma = re.compile(NEITHER_QUOTE_NOR_COMMA)
    while True:
        _, position = collect_a_sequence_of_code_points(neither_quote_nor_comma, value, position)
        if position < len(value) and value[position] == '"':
            _, position = collect_an_http_quoted_string(value, position)
            if position < len(value):
                continue
        values.append(value[start:position].strip(HTTP_TAB_OR_SPACE))
        if position >= len(value):
            return values
        position += 1
        start = position


def convert_header_names_to_a_sorted_lowercase_set(header_names: Iterable[str]) -> list[str]:
    """https://fetch.spec.whatwg.org/#convert-header-names-to-a-sorted-lowercase-set"""
    return sorted({name.lower() for name in header_names})


# ---- safelisted and forbidden headers ------------------------------------------------------------

# https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2, the delimiters but for "," "/" ";" "=", and
# all controls but the tab
CORS_UNSAFE_REQUEST_HEADER_BYTE = r'[\x00-\x08\x0A-\x1F"():<>?@\[\\\]{}\x7F]'
LANGUAGE_VALUE = r"[0-9A-Za-z *,\-.;=]*"
SAFELISTED_ESSENCES = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
FORBIDDEN_REQUEST_HEADER_NAMES = frozenset({
    "accept-charset", "accept-encoding", "access-control-request-headers",
    "access-control-request-method", "connection", "content-length", "cookie", "cookie2", "date",
    "dnt", "expect", "host", "keep-alive", "origin", "referer", "set-cookie", "te", "trailer",
    "transfer-encoding", "upgrade", "via",
})  # fmt: skip
FORBIDDEN_RESPONSE_HEADER_NAMES = frozenset({"set-cookie", "set-cookie2"})
CORS_SAFELISTED_RESPONSE_HEADER_NAMES = frozenset({
    "cache-control", "content-language", "content-length", "content-type", "expires",
    "last-modified", "pragma",
})  # fmt: skip


def is_cors_safelisted_request_header(name: str, value: str) -> bool:
    """https://fetch.spec.whatwg.org/#cors-safelisted-request-header"""
    from ..mimesniff.mime_types import parse_a_mime_type

    if len(value) > 128:
        return False
    match name.lower():
        case "accept":
            return not re.search(CORS_UNSAFE_REQUEST_HEADER_BYTE, value)
        case "accept-language" | "content-language":
            return re.fullmatch(LANGUAGE_VALUE, value) is not None
        case "content-type":
            # Not `extract_a_mime_type`: that is more forgiving than the servers that this is about.
            mime_type = (
                None
                if re.search(CORS_UNSAFE_REQUEST_HEADER_BYTE, value)
                else parse_a_mime_type(value)
            )
            return mime_type is not None and mime_type.essence in SAFELISTED_ESSENCES
        case "range":
            range_value = parse_a_single_range_header_value(value, False)
            return range_value is not None and range_value[0] is not None
        case _:
            return False


def cors_unsafe_request_header_names(headers: Iterable[Header]) -> list[str]:
    """https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names"""
    unsafe_names: list[str] = []
    potentially_unsafe_names: list[str] = []
    safelist_value_size = 0
    for name, value in headers:
        if is_cors_safelisted_request_header(name, value):
            potentially_unsafe_names.append(name)
            safelist_value_size += len(value)
        else:
            unsafe_names.append(name)
    if safelist_value_size > 1024:
        unsafe_names += potentially_unsafe_names
    return convert_header_names_to_a_sorted_lowercase_set(unsafe_names)


def is_cors_non_wildcard_request_header_name(name: str) -> bool:
    """https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name"""
    return name.lower() == "authorization"


def is_privileged_no_cors_request_header_name(name: str) -> bool:
    """https://fetch.spec.whatwg.org/#privileged-no-cors-request-header-name"""
    return name.lower() == "range"


def is_cors_safelisted_response_header_name(name: str, list: Iterable[str]) -> bool:
    """The list is of the names that the response itself exposes, in lower case.

    https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
    """
    name = name.lower()
    return name in CORS_SAFELISTED_RESPONSE_HEADER_NAMES or (
        name in list and not is_forbidden_response_header_name(name)
    )


def is_no_cors_safelisted_request_header_name(name: str) -> bool:
    """https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header-name"""
    return name.lower() in ("accept", "accept-language", "content-language", "content-type")


def is_no_cors_safelisted_request_header(name: str, value: str) -> bool:
    """https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header"""
    return is_no_cors_safelisted_request_header_name(name) and is_cors_safelisted_request_header(
        name, value
    )


def is_forbidden_request_header(name: str, value: str) -> bool:
    """https://fetch.spec.whatwg.org/#forbidden-request-header"""
    name = name.lower()
    if name in FORBIDDEN_REQUEST_HEADER_NAMES or name.startswith(("proxy-", "sec-")):
        return True
    if name in ("x-http-method", "x-http-method-override", "x-method-override"):
        return any(is_forbidden_method(method) for method in get_decode_and_split(value))
    return False


def is_forbidden_response_header_name(name: str) -> bool:
    """https://fetch.spec.whatwg.org/#forbidden-response-header-name"""
    return name.lower() in FORBIDDEN_RESPONSE_HEADER_NAMES


def is_request_body_header_name(name: str) -> bool:
    """https://fetch.spec.whatwg.org/#request-body-header-name"""
    return name.lower() in (
        "content-encoding",
        "content-language",
        "content-location",
        "content-type",
    )


# ---- what values say -----------------------------------------------------------------------------

# https://fetch.spec.whatwg.org/#http-new-header-syntax and
# https://www.rfc-editor.org/rfc/rfc9110#section-8.4
LISTS_OF_TOKENS = (
    "access-control-allow-headers", "access-control-allow-methods", "access-control-expose-headers",
    "content-encoding",
)  # fmt: skip
DELTA_SECONDS = "[0-9]+"
RANGE = "bytes=([0-9]*)-([0-9]*)"
RANGE_WITH_WHITESPACE = "bytes[\t ]*=[\t ]*([0-9]*)[\t ]*-[\t ]*([0-9]*)"


class HeaderFailure(ValueError):
    """A header is not what the grammar of its name says.

    Part of https://fetch.spec.whatwg.org/#extract-header-list-values
    """


def extract_header_values(header: Header) -> list[str]:
    """The values that a header has by the grammar of its name, or HeaderFailure.

    https://fetch.spec.whatwg.org/#extract-header-values
    """
    name, value = header
    values = [value]
    match name.lower():
        case "location":  # any text; whether it is a URL is for the URL parser to say
            is_valid = True
        # https://www.rfc-editor.org/rfc/rfc6455#section-11.3.4: a server sends one token
        case "sec-websocket-protocol":
            is_valid = is_header_name(value)
        case "access-control-max-age":
            is_valid = re.fullmatch(DELTA_SECONDS, value) is not None
        case lowercase:
            assert lowercase in LISTS_OF_TOKENS
            # https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1.2: elements may be empty, and
            # count for nothing then
            values = [
                token
                for token in (part.strip(HTTP_TAB_OR_SPACE) for part in value.split(","))
                if token
            ]
            is_valid = all(map(is_header_name, values))
    if not is_valid:
        raise HeaderFailure(f"Not a value of {name}: {value!r}")
    return values


def extract_header_list_values(name: str, list: HeaderList) -> list[str] | None:
    """The values of all headers of a name, None if there is no such header, or HeaderFailure.

    https://fetch.spec.whatwg.org/#extract-header-list-values
    """
    headers = list.values_of(name)
    if not headers:
        return None
    if len(headers) > 1 and name.lower() not in LISTS_OF_TOKENS:
        raise HeaderFailure(f"More than one {name}: {headers!r}")
    return [value for header in headers for value in extract_header_values((name, header))]


def build_a_content_range(range_start: int, range_end: int, full_length: int) -> str:
    """https://fetch.spec.whatwg.org/#build-a-content-range"""
    return f"bytes {range_start}-{range_end}/{full_length}"


def parse_a_single_range_header_value(
    value: str, allow_whitespace: bool
) -> tuple[int | None, int | None] | None:
    """The first and the last byte, one of which may be missing; None for failure.

    https://fetch.spec.whatwg.org/#simple-range-header-value
    """
    match = re.fullmatch(RANGE_WITH_WHITESPACE if allow_whitespace else RANGE, value)
    if match is None:
        return None
    range_start, range_end = (
        _number_of_bytes(digits) if digits else None for digits in match.groups()
    )
    if range_start is None and range_end is None:
        return None
    if range_start is not None and range_end is not None and range_start > range_end:
        return None
    return range_start, range_end


def _number_of_bytes(digits: str) -> int:
    """A decimal number. `int` does not take thousands of digits; no length has more than 20."""
    digits = digits.lstrip("0")
    return int(digits or "0") if len(digits) <= 20 else 10**20
