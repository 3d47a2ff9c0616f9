"""Profile: whose user agent this is. What the Fetch Standard forbids to protect a browser's user
may be a server's daily work.

https://fetch.spec.whatwg.org/#goals

In the profile "browser" the standard holds to the letter, and a scope has a cookie store. In the
profile "server", which is the default, a worker is its own user agent: it may set any header, among
them `Cookie` on a request and `Set-Cookie` on a response.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Literal

# Who runs a worker sets it in the worker's context.
profile: ContextVar[Literal["server", "browser"]] = ContextVar("profile", default="server")
