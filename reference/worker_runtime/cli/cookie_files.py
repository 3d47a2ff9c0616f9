"""Cookie files: cookies as curl keeps them, in the format that Netscape had.

Each line is a cookie, with tabs between its seven fields: the host, whether hosts below it get the
cookie, too, the path, whether it is for https alone, the second since 1970 at which it expires (0:
never), the name and the value. `#HttpOnly_` before the host is for HTTP alone. Other lines that
begin with `#` are comments. What is not such a line is passed over, as curl does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..cookies.cookie_concepts import MOST_BYTES_OF_NAME_AND_VALUE, Cookie
from ..cookies.main_algorithms import CONTROL_BYTE
from ..infra.strings import isomorphic_encode
from ..url.host_parsing import host_parser
from ..url.host_serializing import host_serializer
from ..url.writing import URLFailure

HTTP_ONLY = "#HttpOnly_"
HEAD = "# Netscape HTTP Cookie File\n# https://curl.se/docs/http-cookies.html\n\n"


def parse_a_cookie_file(text: str) -> Iterator[Cookie]:
    """The cookies in the text of a file; the caller has read it as Latin-1, byte by byte."""
    for line in text.split("\n"):
        is_http_only = line.startswith(HTTP_ONLY)
        line = line.removesuffix("\r").removeprefix(HTTP_ONLY)
        fields = line.split("\t")
        if line.startswith("#") or not 6 <= len(fields) <= 7:
            continue
        domain, subdomains, path, secure, expires, name = fields[:6]
        value = fields[6] if len(fields) == 7 else ""
        try:
            host = host_parser(domain.removeprefix("."))
        except URLFailure:
            continue
        length = len(name) + len(value)
        if not 0 < length <= MOST_BYTES_OF_NAME_AND_VALUE or CONTROL_BYTE.search(name + value):
            continue
        if not path.startswith("/") or not expires.isascii() or not expires.isdigit():
            continue
        yield Cookie(
            name,
            value,
            secure == "TRUE",
            host,
            subdomains != "TRUE",
            tuple(path[1:].split("/")),
            True,
            http_only=is_http_only,
            expiry_time=float(expires[:15]) or None,
        )


def serialize_a_cookie_file(cookies: Iterable[Cookie]) -> bytes:
    """The file that has these cookies, but for those with a tab, which the format cannot have."""
    lines = []
    for cookie in cookies:
        assert cookie.host is not None
        if "\t" in cookie.name + cookie.value + "/".join(cookie.path):
            continue
        fields = (
            (HTTP_ONLY if cookie.http_only else "")
            + ("" if cookie.host_only else ".")
            + host_serializer(cookie.host),
            "FALSE" if cookie.host_only else "TRUE",
            "/" + "/".join(cookie.path),
            "TRUE" if cookie.secure else "FALSE",
            str(0 if cookie.expiry_time is None else max(1, int(cookie.expiry_time))),
            cookie.name,
            cookie.value,
        )
        lines.append("\t".join(fields) + "\n")
    return isomorphic_encode(HEAD + "".join(lines))
