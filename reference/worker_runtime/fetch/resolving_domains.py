"""Resolving domains: where a host is.

Fetch Standard, 2.5: https://fetch.spec.whatwg.org/#resolving-domains
"""

from __future__ import annotations

from ..url.host_representation import public_suffix


def resolve_an_origin(host: str) -> str:
    """The name or address to dial for a host. Names are looked up by the network that dials.

    https://fetch.spec.whatwg.org/#resolve-an-origin
    """
    # Whatever a name server says, such a name is this machine, which knows whether it has ::1,
    # 127.0.0.1 or both.
    return "localhost" if public_suffix(host) in ("localhost", "localhost.") else host
