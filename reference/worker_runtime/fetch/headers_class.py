"""Headers class: header lists in the hands of a worker.

Fetch Standard, 5.1: https://fetch.spec.whatwg.org/#headers-class
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias, TypeVar, overload

from ..html.settings_objects import current_settings_object
from ..webidl import interfaces
from ..webidl.type_mapping import to_byte_string, what_it_is
from .headers import (
    FORBIDDEN_RESPONSE_HEADER_NAMES,
    KNOWN_NAMES,
    Header,
    HeaderList,
    HeadersGuard,
    is_forbidden_request_header,
    is_forbidden_response_header_name,
    is_header_name,
    is_header_value,
    is_no_cors_safelisted_request_header,
    is_no_cors_safelisted_request_header_name,
    is_privileged_no_cors_request_header_name,
    normalize,
)

T = TypeVar("T")

HeadersInit: TypeAlias = "Mapping[str, str] | Iterable[tuple[str, str] | list[str]] | Headers"


class Headers(interfaces.NamedPairs[str]):
    """The headers of a request or a response, or a list of one's own.

    https://fetch.spec.whatwg.org/#headers
    """

    __slots__ = ("_guard", "_header_list")

    _header_list: HeaderList
    _guard: HeadersGuard

    def __init__(self, init: HeadersInit | None = None) -> None:
        """TypeError if a name is not a token, or a value holds a line break, a NUL or a code point
        above U+00FF.

        https://fetch.spec.whatwg.org/#dom-headers
        """
        self._header_list = HeaderList()
        self._guard = "none"
        if init is not None:
            fill(self, init)

    def append(self, name: str, value: str) -> None:
        """Add a header behind those of its name.

        https://fetch.spec.whatwg.org/#dom-headers-append
        """
        append(self, (to_byte_string(name), to_value(name, value)))

    def delete(self, name: str) -> None:
        """https://fetch.spec.whatwg.org/#dom-headers-delete"""
        name = to_byte_string(name)
        if not validate(self, (name, "")):
            return
        if self._guard == "request-no-cors" and not (
            is_no_cors_safelisted_request_header_name(name)
            or is_privileged_no_cors_request_header_name(name)
        ):
            return
        if not self._header_list.contains(name):
            return
        self._header_list.delete(name)
        if self._guard == "request-no-cors":
            remove_privileged_no_cors_request_headers(self)

    @overload
    def get(self, name: str) -> str | None: ...
    @overload
    def get(self, name: str, default: T) -> str | T: ...
    def get(self, name: str, default: object = None) -> object:
        """The values of all headers of that name, joined by a comma and a space; the default if
        there is none.

        https://fetch.spec.whatwg.org/#dom-headers-get
        """
        # OPTIMIZATION: a name that is in the list need not be looked at.
        if not isinstance(name, str) or not name.isascii():
            name = to_byte_string(name)
        value = self._header_list.get(name)
        if value is None and not is_header_name(name):
            raise TypeError(f"Not a header name: {name!r}")
        return default if value is None else value

    def getSetCookie(self) -> list[str]:
        """The values of `Set-Cookie`, each by itself.

        https://fetch.spec.whatwg.org/#dom-headers-getsetcookie
        """
        return self._header_list.values_of("Set-Cookie")

    def has(self, name: str) -> bool:
        """https://fetch.spec.whatwg.org/#dom-headers-has"""
        return self._header_list.contains(to_header_name(name))

    def set(self, name: str, value: str) -> None:
        """Put a header in the place of all those of its name.

        https://fetch.spec.whatwg.org/#dom-headers-set
        """
        name = to_byte_string(name)
        value = normalize(to_value(name, value))
        if not validate(self, (name, value)):
            return
        if self._guard == "request-no-cors" and not is_no_cors_safelisted_request_header(
            name, value
        ):
            return
        self._header_list.set(name, value)
        if self._guard == "request-no-cors":
            remove_privileged_no_cors_request_headers(self)

    def __setitem__(self, name: str, value: str) -> None:
        self.set(name, value)

    def entries(self) -> Iterator[Header]:
        """Names in lower case and in order, each with all its values; what is added while this runs
        is seen, too.

        Part of https://webidl.spec.whatwg.org/#dfn-value-pairs-to-iterate-over
        """
        # OPTIMIZATION: while the headers do not change, the pairs stay the same list.
        header_list = self._header_list
        index = 0
        while index < len(pairs := header_list.sort_and_combine()):
            rest = iter(pairs[index:])
            for pair in rest:
                yield pair
                if header_list._sorted is not pairs:
                    break
            index = len(pairs) - len(list(rest))


def create(header_list: HeaderList, guard: HeadersGuard) -> Headers:
    """A Headers object that shares its list with somebody.

    Part of https://fetch.spec.whatwg.org/#concept-headers-header-list
    """
    headers = Headers.__new__(Headers)
    headers._header_list = header_list
    headers._guard = guard
    return headers


def to_value(name: str, value: object) -> str:
    """The value of a header as a byte string; TypeError, which says what to write, if it is no
    text.

    Part of https://fetch.spec.whatwg.org/#concept-headers-fill
    """
    if isinstance(value, str):
        return to_byte_string(value)
    if isinstance(value, (list, tuple, set)):
        raise TypeError(
            f"The value of {name!r} is a str, not {what_it_is(value)}: write "
            f"headers.append({name!r}, value) for each, or ', '.join(values)"
        )
    if value is None:
        raise TypeError(f"The value of {name!r} is a str, not None: leave the header out")
    return to_byte_string(value)


def to_header_name(name: str) -> str:
    """TypeError if the name is not a token.

    https://fetch.spec.whatwg.org/#concept-header-name
    """
    name = to_byte_string(name)
    if not is_header_name(name):
        raise TypeError(f"Not a header name: {name!r}")
    return name


def validate(headers: Headers, header: Header) -> bool:
    """Whether a header may be put into the list; TypeError if it is not a header, or nothing may
    be.

    https://fetch.spec.whatwg.org/#headers-validate
    """
    name, value = header
    if not is_header_name(name):
        raise TypeError(f"Not a header name: {name!r}")
    if not is_header_value(value):
        raise TypeError(f"Not a header value: {value!r}")
    # DEVIATION: in the profile "server" nothing is forbidden.
    match headers._guard:
        case "immutable":
            raise TypeError(f"Cannot change {name!r}: these headers are immutable")
        case "request" if is_forbidden_request_header(name, value):
            return current_settings_object().host.profile == "server"
        case "response" if is_forbidden_response_header_name(name):
            return current_settings_object().host.profile == "server"
    return True


def append(headers: Headers, header: Header) -> None:
    """https://fetch.spec.whatwg.org/#concept-headers-append"""
    name, value = header
    value = normalize(value)
    if not validate(headers, (name, value)):
        return
    if headers._guard == "request-no-cors":
        temporary_value = headers._header_list.get(name)
        temporary_value = value if temporary_value is None else f"{temporary_value}, {value}"
        if not is_no_cors_safelisted_request_header(name, temporary_value):
            return
    headers._header_list.append(name, value)
    if headers._guard == "request-no-cors":
        remove_privileged_no_cors_request_headers(headers)


def fill(headers: Headers, object: HeadersInit) -> None:
    """https://fetch.spec.whatwg.org/#concept-headers-fill"""
    if type(object) is dict or isinstance(object, Mapping):
        names, values = list(object), list(object.values())
    elif isinstance(object, Headers) and are_received(object) and headers._guard == "request":
        # DEVIATION: the Host of a request that was received names this server, not the one that is
        # asked now. The HTTP of the new request brings its own.
        names, values = names_and_values([pair for pair in object if pair[0] != "host"])
    else:
        names, values = names_and_values(object)
    # OPTIMIZATION: what no guard objects to is checked and appended all at once.
    if headers._guard in ("none", "response") and _fill_with_plain_headers(
        headers._header_list, names, values
    ):
        return
    for name, value in zip(names, values, strict=True):
        append(headers, (to_byte_string(name), to_value(name, value)))


def are_received(headers: Headers) -> bool:
    """Whether headers came from the network, and do not change.

    Part of https://fetch.spec.whatwg.org/#concept-headers-fill
    """
    return headers._guard == "immutable"


def _fill_with_plain_headers(header_list: HeaderList, names: list[str], values: list[str]) -> bool:
    """False if the list is not empty, a name is new or repeated, or something needs conversion,
    normalization or a guard.
    """
    try:
        lowercase = [KNOWN_NAMES[name] for name in names]
        all_values = "".join(values)
    except (KeyError, TypeError):
        return False
    return (
        FORBIDDEN_RESPONSE_HEADER_NAMES.isdisjoint(lowercase)
        and all_values.isascii()
        and not ("\n" in all_values or "\r" in all_values or "\0" in all_values)
        and list(map(str.strip, values)) == values
        and header_list.begin_with(lowercase, names, values)
    )


def names_and_values(headers: Iterable[tuple[str, str] | list[str]]) -> tuple[list[str], list[str]]:
    """Take pairs apart; TypeError if one is not a pair.

    Part of https://fetch.spec.whatwg.org/#concept-headers-fill
    """
    if isinstance(headers, (str, bytes)) or not isinstance(headers, Iterable):
        raise TypeError(f"Expected a mapping, or pairs of a name and a value, not {headers!r}")
    pairs = []
    for header in headers:
        pair = (
            None
            if isinstance(header, (str, bytes)) or not isinstance(header, Iterable)
            else tuple(header)
        )
        if pair is None or len(pair) != 2:
            raise TypeError(f"Expected a pair of a name and a value, not {header!r}")
        pairs.append(pair)
    return [name for name, _ in pairs], [value for _, value in pairs]


def remove_privileged_no_cors_request_headers(headers: Headers) -> None:
    """https://fetch.spec.whatwg.org/#concept-headers-remove-privileged-no-cors-request-headers"""
    headers._header_list.delete("Range")
