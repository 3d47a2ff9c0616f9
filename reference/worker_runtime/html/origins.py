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
