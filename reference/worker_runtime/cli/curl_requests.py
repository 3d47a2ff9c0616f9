"""curl's requests: what `fetch` sends for a command line, redirect by redirect.

What goes over the wire is what curl would send, field by field, but for the name of the program.
It is not what `fetch()` does in a worker: that follows redirects, and asks for compressed content.

Four things are not curl's: cookies of the command line are for its server alone; nobody is asked
for a 100 before content is sent; the length of content that is not there is said, as RFC 9110, 8.6,
has it; and a URL is one of the URL Standard, without globs.
"""

from __future__ import annotations

import argparse
import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote_to_bytes

from ..cookies.cookie_concepts import Cookie, CookieStoreRecord
from ..cookies.main_algorithms import (
    garbage_collect_cookies,
    parse_and_store_a_cookie,
    retrieve_cookies,
    serialize_cookies,
)
from ..fetch.headers import HeaderFailure, HeaderList
from ..fetch.http_network_fetch import http_network_fetch
from ..fetch.infrastructure import FetchParams
from ..fetch.methods import is_method
from ..fetch.requests import RequestRecord
from ..fetch.responses import ResponseRecord, location_url
from ..fetch.url import is_http_scheme
from ..html.settings_objects import USER_AGENT, current_settings_object
from ..http.body_framing import has_content
from ..infra.byte_sequences import isomorphic_decode
from ..url.origins import Origin
from ..url.url_parsing import url_parser
from ..url.url_representation import URLRecord
from ..url.url_serializing import origin, url_serializer
from ..url.writing import URLFailure
from .cookie_files import parse_a_cookie_file
from .curl_content import Content, ContentError, content_of

MOST_REDIRECTS = 50
ACCEPTED_CODINGS = "deflate, gzip, br, zstd"
# What a command line says for one server, and another one should not get.
FOR_ONE_ORIGIN = ("authorization", "cookie", "host")

Options: TypeAlias = argparse.Namespace


class FetchFailure(Exception):
    """There is no response; the message says why."""

    def __init__(self, message: str, cause: object = None) -> None:
        super().__init__(message)
        self.is_late = isinstance(cause, TimeoutError)


class Requests:
    """The requests of a command line: the first, and those that redirects lead to."""

    def __init__(self, options: Options) -> None:
        """ContentError if the options do not go together; OSError if a file cannot be read."""
        settings_object = current_settings_object()
        self._host = settings_object.host
        self._options = options
        self._cookies = CookieStoreRecord()
        self._own_cookies = "; ".join(text for text in options.cookie if "=" in text)
        files = [text for text in options.cookie if "=" not in text]
        self.keeps_cookies = bool(files) or options.cookie_jar is not None
        for file in filter(None, files):
            for cookie in parse_a_cookie_file(read_latin_1(file)):
                self._cookies.cookies[cookie.key] = cookie
        self._content = content_of(options.data, self._host.entropy)
        try:
            self.url = url_parser(options.url)
        except URLFailure:
            raise ContentError(f"{options.url!r} is not a URL") from None
        self._first_origin: Origin = origin(self.url)
        self._method = self._first_method()
        if self._content is not None and options.get:
            self._ask_in_the_query()

    def _first_method(self) -> str:
        options = self._options
        kinds = {
            "--head": options.head,
            "--upload-file": options.upload_file is not None,
            "--data": self._content is not None and not options.get,
        }
        named = [name for name, is_there in kinds.items() if is_there]
        if len(named) > 1:
            raise ContentError(f"{' and '.join(named)} do not go together: keep one of them")
        if options.upload_file is not None:
            self._upload(options.upload_file)
        method = {"--head": "HEAD", "--upload-file": "PUT", "--data": "POST"}.get(
            "".join(named), "GET"
        )
        if options.request is not None and not is_method(options.request):
            raise ContentError(f"{options.request!r} is not a method")
        return method

    def _upload(self, file: str) -> None:
        if file == "-":
            self._content = Content([None])
            return
        Path(file).stat()  # it is there
        self._content = Content([Path(file)])
        path = self.url.path
        if isinstance(path, list) and path[-1:] == [""]:
            path[-1] = url_parser(Path(file).name, url_parser("http://a/")).path[-1]

    def _ask_in_the_query(self) -> None:
        assert self._content is not None
        data = self._content.body().take_bytes()
        if data is None:
            raise ContentError("--get goes with --data, not with files of a form")
        query = "&".join(filter(None, [self.url.query, isomorphic_decode(data)]))
        base = url_serializer(self.url, exclude_fragment=True).partition("?")[0]
        self.url = url_parser(f"{base}?{query}")
        self._content = None

    async def responses(self) -> AsyncIterator[ResponseRecord]:
        """Each response, the last of which is the one that was asked for. FetchFailure."""
        for _ in range(MOST_REDIRECTS + 1):
            request = self._request()
            params = FetchParams(request)
            params.decodes_content = self._options.compressed
            response = await http_network_fetch(params)
            if response.type == "error":
                raise FetchFailure(str(response.failure), response.cause)
            response.url_list = request.url_list
            if not has_content(response.status, request.method):
                response.body = None
            self._keep_cookies(response)
            yield response
            if not self.goes_on_after(response):
                return
            location = location_of(response)
            assert location is not None
            if not is_http_scheme(location.scheme):
                text = url_serializer(location)[:200]
                raise FetchFailure(f"the server redirects to {text!r}, which is not at HTTP")
            self._redirect(response.status, location)
        raise FetchFailure(f"the server redirects more than {MOST_REDIRECTS} times")

    def goes_on_after(self, response: ResponseRecord) -> bool:
        """Whether it is a redirect that is followed."""
        return bool(self._options.location) and location_of(response) is not None

    def cookies(self) -> list[Cookie]:
        """Those that there are now."""
        now = self._host.clock.wall()
        return [each for each in self._cookies.cookies.values() if not each.is_expired(now)]

    def _redirect(self, status: int, location: URLRecord) -> None:
        if (status in (301, 302) and self._method == "POST") or (
            status == 303 and self._method not in ("GET", "HEAD")
        ):
            self._content, self._method = None, "GET"
        if self._content is not None and self._content.length is None:
            raise FetchFailure("the server redirects, and a pipe cannot be sent again")
        self.url = location

    # ---- a request -------------------------------------------------------------------------------

    def _request(self) -> RequestRecord:
        method = self._options.request or self._method
        body = None if self._content is None else self._content.body()
        request = RequestRecord(self.url, method, self._header_list(), body)
        request.client = current_settings_object()
        return request

    def _header_list(self) -> HeaderList:
        """What curl sends by itself, unless the command line has something else to say."""
        options, content = self._options, self._content
        is_first_origin = origin(self.url) == self._first_origin
        own = HeaderList(
            [
                (name, value)
                for name, value in options.header
                if value is not None and (is_first_origin or name.lower() not in FOR_ONE_ORIGIN)
            ]
        )
        left_out = {name.lower() for name, _ in options.header}
        fields = [
            ("Authorization", self._authorization() if is_first_origin else None),
            ("User-Agent", options.user_agent if options.user_agent is not None else USER_AGENT),
            ("Accept", (content and content.accept) or "*/*"),
            ("Accept-Encoding", ACCEPTED_CODINGS if options.compressed else None),
            ("Cookie", self._cookie(is_first_origin)),
        ]
        kept = [(name, value) for name, value in fields if value and name.lower() not in left_out]
        type = [("Content-Type", content.type)] if content and content.type else []
        if "content-type" in left_out:
            type = []
        return HeaderList([*kept, *own, *type])

    def _authorization(self) -> str | None:
        credentials = self._options.user
        if credentials is None:
            if not self.url.includes_credentials:
                return None
            parts = (self.url.username, self.url.password)
            user_and_password = b":".join(map(unquote_to_bytes, parts))
        else:
            user_and_password = credentials.encode("utf-8", "surrogateescape")
        return f"Basic {base64.b64encode(user_and_password).decode()}"

    def _cookie(self, is_first_origin: bool) -> str:
        url = self.url
        stored = ""
        if self.keeps_cookies and url.host is not None and not isinstance(url.path, str):
            now = self._host.clock.wall()
            is_secure = url.scheme == "https"
            stored = serialize_cookies(
                retrieve_cookies(
                    self._cookies, is_secure, url.host, url.path, True, "strict-or-less", now
                )
            )
        return "; ".join(filter(None, [stored, self._own_cookies if is_first_origin else ""]))

    def _keep_cookies(self, response: ResponseRecord) -> None:
        url = self.url
        if not self.keeps_cookies or url.host is None or isinstance(url.path, str):
            return
        now = self._host.clock.wall()
        for value in response.header_list.values_of("Set-Cookie"):
            parse_and_store_a_cookie(
                self._cookies, value, url.scheme == "https", url.host, url.path, True, False, True,
                now,
            )  # fmt: skip
        garbage_collect_cookies(self._cookies, url.host, now)


def location_of(response: ResponseRecord) -> URLRecord | None:
    """Where a redirect leads; None for any other response, and where it leads nowhere."""
    try:
        return location_url(response, None)
    except (HeaderFailure, URLFailure):
        return None


def read_latin_1(file: str) -> str:
    """What is in a file, a code point for each byte; nothing if there is no such file."""
    try:
        return Path(file).read_bytes().decode("latin-1")
    except FileNotFoundError:
        return ""
