"""URL serializing, URL equivalence and the origin of a URL.

URL Standard, 4.5 to 4.7: https://url.spec.whatwg.org/#url-serializing,
https://url.spec.whatwg.org/#url-equivalence and
https://url.spec.whatwg.org/#origin
"""

from __future__ import annotations

from .host_serializing import host_serializer
from .origins import OpaqueOrigin, Origin, TupleOrigin
from .url_parsing import basic_url_parser
from .url_representation import URLRecord
from .writing import URLFailure


def url_serializer(url: URLRecord, exclude_fragment: bool = False) -> str:
    """https://url.spec.whatwg.org/#concept-url-serializer"""
    output = url.scheme + ":"
    if url.host is not None:
        output += "//"
        if url.includes_credentials:
            output += url.username
            if url.password:
                output += ":" + url.password
            output += "@"
        output += host_serializer(url.host)
        if url.port is not None:
            output += f":{url.port}"
    elif not url.has_an_opaque_path and len(url.path) > 1 and url.path[0] == "":
        output += "/."
    output += url_path_serializer(url)
    if url.query is not None:
        output += "?" + url.query
    if not exclude_fragment and url.fragment is not None:
        output += "#" + url.fragment
    return output


def url_path_serializer(url: URLRecord) -> str:
    """https://url.spec.whatwg.org/#url-path-serializer"""
    if isinstance(url.path, str):
        return url.path
    return "/" + "/".join(url.path) if url.path else ""


def url_equals(a: URLRecord, b: URLRecord, exclude_fragments: bool = False) -> bool:
    """https://url.spec.whatwg.org/#concept-url-equals"""
    return url_serializer(a, exclude_fragments) == url_serializer(b, exclude_fragments)


def origin(url: URLRecord) -> Origin:
    """The tuple of scheme, host and port, or a new opaque origin for a scheme that has none; the
    one of a blob: URL's maker.

    https://url.spec.whatwg.org/#concept-url-origin
    """
    match url.scheme:
        case "blob":
            if url.blob_url_entry is not None:
                return url.blob_url_entry.environment.origin
            try:
                path_url = basic_url_parser(url_path_serializer(url))
            except URLFailure:
                return OpaqueOrigin()
            if path_url.scheme in ("http", "https", "file"):
                return origin(path_url)
        case "ftp" | "http" | "https" | "ws" | "wss":
            assert url.host is not None
            return TupleOrigin(url.scheme, url.host, url.port)
    return OpaqueOrigin()
