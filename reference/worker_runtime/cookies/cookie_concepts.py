"""Cookie concepts: what a cookie is, and where a user agent keeps its cookies.

Cookies, 5.1:
https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-concepts

A byte sequence is a str of code points up to U+00FF, as in a header's value. A time is a number of
seconds since 1970-01-01T00:00:00Z; the caller of an algorithm says what time it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ..url.host_representation import Host

TOTAL_COOKIES_PER_HOST_LIMIT = 50
TOTAL_COOKIES_LIMIT = 3000
COOKIE_AGE_LIMIT = 400 * 24 * 60 * 60  # seconds
MOST_BYTES_OF_NAME_AND_VALUE = 4096

SameSite: TypeAlias = Literal["strict", "lax", "unset", "none"]
# What there is at most one of in a store: a name, a host, whether it is for that host only, and a
# path.
CookieKey: TypeAlias = "tuple[str, Host | None, bool, tuple[str, ...]]"


@dataclass(slots=True, eq=False)
class Cookie:
    """A name and a value, and which requests they are sent with.

    Where a Domain attribute is not a host, the host is "", the empty host; the standard has failure
    there. A path has segments, as a URL's.

    https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-struct
    """

    name: str
    value: str
    secure: bool = False
    host: Host | None = None
    host_only: bool = False
    path: tuple[str, ...] = ("",)
    has_path_attribute: bool = False
    same_site: SameSite = "unset"
    http_only: bool = False
    creation_time: float = 0.0
    expiry_time: float | None = None
    last_access_time: float = 0.0

    @property
    def key(self) -> CookieKey:
        """What another cookie has to have in common with this one to take its place."""
        return self.name, self.host, self.host_only, self.path

    def is_expired(self, now: float) -> bool:
        """Whether its time is over; a cookie without an expiry time lives as long as the store."""
        return self.expiry_time is not None and self.expiry_time < now

    @property
    def is_host_prefix_compatible(self) -> bool:
        """Whether its name may begin with "__Host-": no other host can have set it."""
        return self.secure and self.host_only and self.has_path_attribute and self.path == ("",)

    @property
    def is_http_prefix_compatible(self) -> bool:
        """Whether its name may begin with "__Http-": no script can have set it."""
        # DEVIATION: the text says that http-only is false, and its section on the prefix (4.1.3.3)
        # that it has to be true.
        return self.secure and self.http_only


@dataclass(slots=True, eq=False)
class CookieStoreRecord:
    """The cookies of a user agent, those that were created first before the others.

    https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-store-and-limits
    """

    cookies: dict[CookieKey, Cookie] = field(default_factory=dict)

    def remove(self, cookie: Cookie) -> None:
        """Take a cookie out that is in there."""
        del self.cookies[cookie.key]
