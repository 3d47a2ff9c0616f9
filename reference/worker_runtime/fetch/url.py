"""URL: the schemes that can be fetched, and what a worker's relative URLs are relative to.

Fetch Standard, 2.1: https://fetch.spec.whatwg.org/#url
"""

from __future__ import annotations

from ..html.settings_objects import current_settings_object
from ..url.url_parsing import url_parser
from ..url.url_representation import URLRecord
from ..url.writing import URLFailure


def is_local(url: URLRecord) -> bool:
    """https://fetch.spec.whatwg.org/#is-local"""
    return url.scheme in ("about", "blob", "data")


def is_http_scheme(scheme: str) -> bool:
    """https://fetch.spec.whatwg.org/#http-scheme"""
    return scheme in ("http", "https")


def is_fetch_scheme(scheme: str) -> bool:
    """https://fetch.spec.whatwg.org/#fetch-scheme"""
    return scheme in ("about", "blob", "data", "file") or is_http_scheme(scheme)


# OPTIMIZATION: a URL that was fetched may well be fetched again. What was parsed last is kept, and
# copied.
MOST_KNOWN_URLS, LONGEST_KNOWN_URL = 256, 1024
_known_urls: dict[str, URLRecord] = {}


def parse_relative_to_the_worker(input: str) -> URLRecord:
    """A URL, which may be relative where a worker with a location runs; TypeError if it is not one.

    Part of https://fetch.spec.whatwg.org/#dom-request
    """
    if (known := _known_urls.get(input)) is not None:
        return _copy(known)
    url = _parse(input)
    # whatever the base URL is
    if input.startswith(("http://", "https://")) and len(input) <= LONGEST_KNOWN_URL:
        if len(_known_urls) >= MOST_KNOWN_URLS:
            _known_urls.clear()
        _known_urls[input] = _copy(url)
    return url


def _copy(url: URLRecord) -> URLRecord:
    path = url.path if isinstance(url.path, str) else url.path.copy()
    copy = URLRecord(url.scheme, url.host, url.port, path, url.query, url.fragment)
    copy.username, copy.password = url.username, url.password
    return copy


def _parse(input: str) -> URLRecord:
    base_url = current_settings_object().api_base_url
    try:
        return url_parser(input, base_url)
    except URLFailure as failure:
        hint = (
            "" if base_url else "; where no worker with a location runs, a URL has to be absolute"
        )
        raise TypeError(f"Invalid URL: {input!r} ({failure}{hint})") from None
