"""Origins: who may see what of whom. What an origin is, stands beside the URLs that have one, in `url/origins`.

HTML Standard, 7.1.1: https://html.spec.whatwg.org/multipage/browsers.html#origin
"""

from __future__ import annotations

from ..url.origins import OpaqueOrigin, Origin


def same_origin(A: Origin, B: Origin) -> bool:
    """https://html.spec.whatwg.org/multipage/browsers.html#same-origin"""
    if isinstance(A, OpaqueOrigin) or isinstance(B, OpaqueOrigin):
        return A is B
    return A.scheme == B.scheme and A.host == B.host and A.port == B.port


def same_site(A: Origin, B: Origin) -> bool:
    """https://html.spec.whatwg.org/multipage/browsers.html#same-site"""
    if isinstance(A, OpaqueOrigin) or isinstance(B, OpaqueOrigin):
        return A is B
    return A.scheme == B.scheme and schemelessly_same_site(A, B)


def schemelessly_same_site(A: Origin, B: Origin) -> bool:
    """https://html.spec.whatwg.org/multipage/browsers.html#schemelessly-same-site"""
    if isinstance(A, OpaqueOrigin) or isinstance(B, OpaqueOrigin):
        return A is B
    # DEVIATION: there is no list of public suffixes here, so every host is a site of its own.
    return A.host == B.host
