"""URL representation: what a URL consists of.

URL Standard, 4.1 and 4.2: https://url.spec.whatwg.org/#url-representation and
https://url.spec.whatwg.org/#url-miscellaneous
"""

from __future__ import annotations

import re
from typing import Final, Protocol

from .host_representation import Host
from .origins import Origin

# https://url.spec.whatwg.org/#special-scheme, each with its
# https://url.spec.whatwg.org/#default-port
SPECIAL_SCHEMES: Final[dict[str, int | None]] = {
    "ftp": 21,
    "file": None,
    "http": 80,
    "https": 443,
    "ws": 80,
    "wss": 443,
}

# https://url.spec.whatwg.org/#single-dot-path-segment,
# https://url.spec.whatwg.org/#double-dot-path-segment
SINGLE_DOT_PATH_SEGMENTS = frozenset({".", "%2e", "%2E"})
DOUBLE_DOT_PATH_SEGMENTS = frozenset(
    one + other for one in SINGLE_DOT_PATH_SEGMENTS for other in SINGLE_DOT_PATH_SEGMENTS
)

# https://url.spec.whatwg.org/#windows-drive-letter,
# https://url.spec.whatwg.org/#normalized-windows-drive-letter and
# https://url.spec.whatwg.org/#start-with-a-windows-drive-letter
WINDOWS_DRIVE_LETTER = re.compile("[A-Za-z][:|]")
NORMALIZED_WINDOWS_DRIVE_LETTER = re.compile("[A-Za-z]:")
START_WITH_A_WINDOWS_DRIVE_LETTER = re.compile(r"[A-Za-z][:|](?=[/\\?#]|\Z)")


class Environment(Protocol):
    """So much of an environment settings object as a URL asks for.

    https://html.spec.whatwg.org/multipage/webappapis.html#environment
    """

    @property
    def origin(self) -> Origin: ...


class BlobURLEntry(Protocol):
    """So much of a blob URL entry as a URL asks for.

    https://url.spec.whatwg.org/#concept-url-blob-entry
    """

    @property
    def environment(self) -> Environment: ...


class URLRecord:
    """A URL: its items are in ASCII, percent-encoded, and only the parser puts them there.

    A path is a list of segments, or a str if it is opaque. A port is None if it is the scheme's
    default.

    https://url.spec.whatwg.org/#concept-url
    """

    __slots__ = (
        "blob_url_entry",
        "fragment",
        "host",
        "password",
        "path",
        "port",
        "query",
        "scheme",
        "username",
    )

    def __init__(
        self,
        scheme: str = "",
        host: Host | None = None,
        port: int | None = None,
        path: list[str] | str | None = None,
        query: str | None = None,
        fragment: str | None = None,
    ) -> None:
        self.scheme = scheme
        self.username = ""
        self.password = ""
        self.host = host
        self.port = port
        self.path: list[str] | str = [] if path is None else path
        self.query = query
        self.fragment = fragment
        self.blob_url_entry: BlobURLEntry | None = None

    @property
    def is_special(self) -> bool:
        """https://url.spec.whatwg.org/#is-special"""
        return self.scheme in SPECIAL_SCHEMES

    @property
    def includes_credentials(self) -> bool:
        """https://url.spec.whatwg.org/#include-credentials"""
        return self.username != "" or self.password != ""

    @property
    def has_an_opaque_path(self) -> bool:
        """https://url.spec.whatwg.org/#url-opaque-path"""
        return isinstance(self.path, str)

    @property
    def cannot_have_a_username_password_port(self) -> bool:
        """https://url.spec.whatwg.org/#cannot-have-a-username-password-port"""
        return self.host is None or self.host == "" or self.scheme == "file"


def shorten_a_urls_path(url: URLRecord) -> None:
    """https://url.spec.whatwg.org/#shorten-a-urls-path"""
    path = url.path
    assert isinstance(path, list)
    if (
        url.scheme == "file"
        and len(path) == 1
        and NORMALIZED_WINDOWS_DRIVE_LETTER.fullmatch(path[0])
    ):
        return
    if path:
        path.pop()
