"""The URL class.

URL Standard, 6.1: https://url.spec.whatwg.org/#url-class
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Self

from ..webidl.interfaces import missing_attribute, new
from ..webidl.type_mapping import to_usv_string
from .host_serializing import host_serializer
from .origins import Origin, ascii_serialization_of_an_origin
from .url_parsing import basic_url_parser, set_the_password, set_the_username
from .url_parsing_states import (
    State,
    fragment_state,
    host_state,
    hostname_state,
    path_start_state,
    port_state,
    query_state,
    scheme_start_state,
)  # fmt: skip
from .url_representation import URLRecord
from .url_search_params import URLSearchParams
from .url_serializing import origin, url_path_serializer, url_serializer
from .urlencoded import urlencoded_string_parser
from .writing import URLFailure


def api_url_parser(url: str, base: str | None = None) -> URLRecord:
    """https://url.spec.whatwg.org/#api-url-parser"""
    return basic_url_parser(url, None if base is None else basic_url_parser(base))


# What `urllib.parse` and other frameworks call the parts of one.
OTHER_NAMES = {
    **dict.fromkeys(("query_params", "args", "params"), "url.searchParams"),
    "fragment": "url.hash",
    "netloc": "url.host",
    "path": "url.pathname",
    "query": "url.search, or url.searchParams",
    "scheme": "url.protocol",
}


class URL:
    """A URL to take apart and to change. What a setter cannot use it ignores.

    https://url.spec.whatwg.org/#url
    """

    __slots__ = ("_query_object", "_url")

    def __init__(self, url: str | URL, base: str | URL | None = None) -> None:
        """TypeError if the URL is invalid, or is relative and there is no base.

        https://url.spec.whatwg.org/#dom-url-url
        """
        try:
            parsed_url = api_url_parser(
                to_usv_string(url), None if base is None else to_usv_string(base)
            )
        except URLFailure as failure:
            against = "" if base is None else f" with base {str(base)!r}"
            raise TypeError(f"Invalid URL: {str(url)!r}{against} ({failure})") from None
        self._initialize(parsed_url)

    def _initialize(self, url_record: URLRecord) -> None:
        """https://url.spec.whatwg.org/#url-initialize"""
        self._url = url_record
        # OPTIMIZATION: the query object is made when it is first asked for.
        self._query_object: URLSearchParams | None = None

    @classmethod
    def parse(cls, url: str | URL, base: str | URL | None = None) -> Self | None:
        """A URL, or None where the constructor raises.

        https://url.spec.whatwg.org/#dom-url-parse
        """
        try:
            parsed_url = api_url_parser(
                to_usv_string(url), None if base is None else to_usv_string(base)
            )
        except URLFailure:
            return None
        result = new(cls)
        result._initialize(parsed_url)
        return result

    @staticmethod
    def canParse(url: str | URL, base: str | URL | None = None) -> bool:
        """https://url.spec.whatwg.org/#dom-url-canparse"""
        try:
            api_url_parser(to_usv_string(url), None if base is None else to_usv_string(base))
        except URLFailure:
            return False
        return True

    def extract_an_origin(self) -> Origin:
        """What HTML asks of a platform object that stands for an origin: the origin of this URL."""
        return origin(self._url)

    def _basic_url_parse(self, input: str, state_override: State) -> None:
        """How a setter uses the parser: what it has not come to when it fails stays as it was."""
        with suppress(URLFailure):
            basic_url_parser(input, url=self._url, state_override=state_override)

    def _set_list(self, query: str) -> None:
        if self._query_object is not None:
            self._query_object._list = urlencoded_string_parser(query)
            self._query_object._url_of_the_object = self._url

    @property
    def href(self) -> str:
        """The whole URL. Setting it raises TypeError where the constructor does.

        https://url.spec.whatwg.org/#dom-url-href
        """
        return url_serializer(self._url)

    @href.setter
    def href(self, value: str) -> None:
        try:
            self._url = basic_url_parser(to_usv_string(value))
        except URLFailure as failure:
            raise TypeError(f"Invalid URL: {value!r} ({failure})") from None
        self._set_list(self._url.query or "")

    def __str__(self) -> str:
        """https://url.spec.whatwg.org/#URL-stringification-behavior"""
        return self.href

    def toJSON(self) -> str:
        """https://url.spec.whatwg.org/#dom-url-tojson"""
        return self.href

    @property
    def origin(self) -> str:
        """https://url.spec.whatwg.org/#dom-url-origin"""
        return ascii_serialization_of_an_origin(origin(self._url))

    @property
    def protocol(self) -> str:
        """The scheme and a colon.

        https://url.spec.whatwg.org/#dom-url-protocol
        """
        return self._url.scheme + ":"

    @protocol.setter
    def protocol(self, value: str) -> None:
        self._basic_url_parse(to_usv_string(value) + ":", scheme_start_state)

    @property
    def username(self) -> str:
        """https://url.spec.whatwg.org/#dom-url-username"""
        return self._url.username

    @username.setter
    def username(self, value: str) -> None:
        value = to_usv_string(value)
        if not self._url.cannot_have_a_username_password_port:
            set_the_username(self._url, value)

    @property
    def password(self) -> str:
        """https://url.spec.whatwg.org/#dom-url-password"""
        return self._url.password

    @password.setter
    def password(self, value: str) -> None:
        value = to_usv_string(value)
        if not self._url.cannot_have_a_username_password_port:
            set_the_password(self._url, value)

    @property
    def host(self) -> str:
        """The host, and the port if it is not the scheme's default. Setting it without a port keeps
        the port.

        https://url.spec.whatwg.org/#dom-url-host
        """
        url = self._url
        if url.host is None:
            return ""
        if url.port is None:
            return host_serializer(url.host)
        return f"{host_serializer(url.host)}:{url.port}"

    @host.setter
    def host(self, value: str) -> None:
        value = to_usv_string(value)
        if not self._url.has_an_opaque_path:
            self._basic_url_parse(value, host_state)

    @property
    def hostname(self) -> str:
        """https://url.spec.whatwg.org/#dom-url-hostname"""
        return "" if self._url.host is None else host_serializer(self._url.host)

    @hostname.setter
    def hostname(self, value: str) -> None:
        value = to_usv_string(value)
        if not self._url.has_an_opaque_path:
            self._basic_url_parse(value, hostname_state)

    @property
    def port(self) -> str:
        """The port in digits; empty if it is the scheme's default.

        https://url.spec.whatwg.org/#dom-url-port
        """
        return "" if self._url.port is None else str(self._url.port)

    @port.setter
    def port(self, value: str) -> None:
        value = to_usv_string(value)
        if self._url.cannot_have_a_username_password_port:
            return
        if value == "":
            self._url.port = None
        else:
            self._basic_url_parse(value, port_state)

    @property
    def pathname(self) -> str:
        """https://url.spec.whatwg.org/#dom-url-pathname"""
        return url_path_serializer(self._url)

    @pathname.setter
    def pathname(self, value: str) -> None:
        value = to_usv_string(value)
        if not self._url.has_an_opaque_path:
            self._url.path = []
            self._basic_url_parse(value, path_start_state)

    @property
    def search(self) -> str:
        """The query behind its "?"; empty if there is none or it is empty.

        https://url.spec.whatwg.org/#dom-url-search
        """
        return "?" + self._url.query if self._url.query else ""

    @search.setter
    def search(self, value: str) -> None:
        input = to_usv_string(value)
        if input == "":
            self._url.query = None
        else:
            input = input.removeprefix("?")
            self._url.query = ""
            self._basic_url_parse(input, query_state)
        self._set_list(input)

    @property
    def searchParams(self) -> URLSearchParams:
        """The names and values of the query; the same object each time, which changes with the URL
        and changes it.

        https://url.spec.whatwg.org/#dom-url-searchparams
        """
        if self._query_object is None:
            self._query_object = URLSearchParams(None)
            if self._url.query:
                self._query_object._list = urlencoded_string_parser(self._url.query)
            self._query_object._url_of_the_object = self._url
        return self._query_object

    @property
    def hash(self) -> str:
        """The fragment behind its "#"; empty if there is none or it is empty.

        https://url.spec.whatwg.org/#dom-url-hash
        """
        return "#" + self._url.fragment if self._url.fragment else ""

    @hash.setter
    def hash(self, value: str) -> None:
        value = to_usv_string(value)
        if value == "":
            self._url.fragment = None
            return
        self._url.fragment = ""
        self._basic_url_parse(value.removeprefix("#"), fragment_state)

    if not TYPE_CHECKING:  # which would take any name for an attribute that is there

        def __getattr__(self, name):
            raise missing_attribute(self, name, OTHER_NAMES)
