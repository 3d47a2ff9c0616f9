"""Origins: who a URL speaks for. The URL Standard returns them; the rest of what HTML says of them
is in the room `html`.

HTML Standard, 7.1.1: https://html.spec.whatwg.org/multipage/browsers.html#origin
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from .host_representation import Host
from .host_serializing import host_serializer


class OpaqueOrigin:
    """An origin that is the same as itself and nothing else.

    https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-opaque
    """

    __slots__ = ()


class TupleOrigin(NamedTuple):
    """A scheme, a host, a port or None for the scheme's default, and a domain that scripts have
    set, or None.

    https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-tuple
    """

    scheme: str
    host: Host
    port: int | None
    domain: str | None = None


# https://html.spec.whatwg.org/multipage/browsers.html#concept-origin
Origin: TypeAlias = "OpaqueOrigin | TupleOrigin"


def ascii_serialization_of_an_origin(origin: Origin) -> str:
    """Such as "https://example.com:8443"; "null" for an opaque one.

    https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
    """
    if isinstance(origin, OpaqueOrigin):
        return "null"
    result = f"{origin.scheme}://{host_serializer(origin.host)}"
    return result if origin.port is None else f"{result}:{origin.port}"
