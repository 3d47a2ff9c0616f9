"""Origins: who may see what of whom. What an origin is, stands beside the URLs that have one, in
`url/origins`.

HTML Standard, 7.1.1: https://html.spec.whatwg.org/multipage/browsers.html#origin
"""

from __future__ import annotations

from typing import TypeAlias

from ..url.host_representation import Host, public_suffix
from ..url.host_serializing import host_serializer
from ..url.origins import OpaqueOrigin, Origin
from ..url.writing import URLFailure

# https://html.spec.whatwg.org/multipage/browsers.html#site
Site: TypeAlias = "OpaqueOrigin | tuple[str, Host]"


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


def obtain_a_site(origin: Origin) -> Site:
    """https://html.spec.whatwg.org/multipage/browsers.html#obtain-a-site"""
    # DEVIATION: there is no list of public suffixes here, so every host is a site of its own.
    return origin if isinstance(origin, OpaqueOrigin) else (origin.scheme, origin.host)


def serialization_of_a_site(site: Site) -> str:
    """Such as "https://example.com"; "null" for an opaque one.

    https://html.spec.whatwg.org/multipage/browsers.html#serialization-of-a-site
    """
    return "null" if isinstance(site, OpaqueOrigin) else f"{site[0]}://{host_serializer(site[1])}"


def is_a_registrable_domain_suffix_of_or_is_equal_to(
    host_suffix_string: str, original_host: Host
) -> bool:
    """Whether a host may speak for that domain: it is that one, or lies below it.

    https://html.spec.whatwg.org/multipage/browsers.html#is-a-registrable-domain-suffix-of-or-is-equal-to
    """
    if not host_suffix_string:
        return False
    try:
        from ..url.host_parsing import host_parser

        host_suffix = host_parser(host_suffix_string)
    except URLFailure:
        return False
    if host_suffix == original_host:
        return True
    return (
        isinstance(host_suffix, str)
        and isinstance(original_host, str)
        and original_host.endswith("." + host_suffix)
        and public_suffix(host_suffix) != host_suffix
    )
