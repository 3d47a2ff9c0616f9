"""Cookie infrastructure: which cookies a request may have, and which path they are for if they say
none.

Fetch Standard, 3.1.3: https://fetch.spec.whatwg.org/#cookie-infrastructure
"""

from __future__ import annotations

from ..cookies.main_algorithms import SameSiteMode
from ..cookies.subcomponent_algorithms import cookie_default_path
from ..url.url_representation import URLRecord
from ..url.url_serializing import url_path_serializer
from .requests import RequestRecord, redirect_taint


def determine_the_same_site_mode(request: RequestRecord) -> SameSiteMode:
    """A worker does not navigate and has no ancestors, so what tells is where a request was
    redirected.

    https://fetch.spec.whatwg.org/#determine-the-same-site-mode
    """
    # DEVIATION: the text asserts that the method is GET or POST, but it comes by here with any
    # other method, too.
    return "unset-or-less" if redirect_taint(request) == "cross-site" else "strict-or-less"


def serialized_cookie_default_path(url: URLRecord) -> str:
    """https://fetch.spec.whatwg.org/#serialized-cookie-default-path"""
    assert not isinstance(url.path, str)
    return url_path_serializer(URLRecord(path=list(cookie_default_path(url.path))))
