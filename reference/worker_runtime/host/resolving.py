"""Resolving: the numbers that the name of a host stands for."""

from __future__ import annotations

import asyncio
import socket
from itertools import chain, zip_longest
from typing import Any, NamedTuple

from .addresses import TCPAddress
from .network_policy import not_admitted
from .socket_options import FAMILIES, SocketOptions

# https://fetch.spec.whatwg.org/#resolve-an-origin
LOOPBACK_ADDRESSES = ("::1", "127.0.0.1")


class Place(NamedTuple):
    """Where one address of a host is, as sockets take it."""

    family: int
    where: Any


async def places_of(address: TCPAddress, kind: int, options: SocketOptions) -> list[Place]:
    """The places that an address stands for, the best first; OSError if there are none,
    NotAllowed if none of them may be reached.

    "localhost", and what is below it, is this machine, whatever a name server or the file of hosts
    says:
    https://www.rfc-editor.org/rfc/rfc6761#section-6.3
    """
    host, port = address
    found: list[Place] = []
    failure: OSError | None = None
    for name in LOOPBACK_ADDRESSES if is_localhost(host) else (host,):
        try:
            found += await _looked_up(name, port, kind, FAMILIES[options.family])
        except OSError as error:
            failure = error
        # The system is not asked for a name with an empty label, or one of over 63 characters.
        except ValueError as error:
            failure = OSError(f"{host!r} cannot be looked up: {error}")
            failure.__cause__ = error
    if not found:
        assert failure is not None
        raise failure
    if options.admits is not None:
        admitted = [place for place in found if options.admits(place.where[0])]
        if not admitted:
            raise not_admitted(host, (place.where[0] for place in found))
        found = admitted
    return found


def is_localhost(host: str) -> bool:
    """Whether a name, in lower case, is this machine's.

    https://www.rfc-editor.org/rfc/rfc6761#section-6.3
    """
    name = host.removesuffix(".")
    return name == "localhost" or name.endswith(".localhost")


async def _looked_up(host: str, port: int, kind: int, family: int) -> list[Place]:
    try:  # a number, for which nobody has to be asked
        found = socket.getaddrinfo(host, port, family, kind, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, family=family, type=kind)
    return [Place(family, where) for family, _, _, _, where in found]


def in_turns(places: list[Place]) -> list[Place]:
    """The same, one of each family after the other, beginning with that of the first.

    https://www.rfc-editor.org/rfc/rfc8305#section-4
    """
    first = [place for place in places if place.family == places[0].family]
    others = [place for place in places if place.family != places[0].family]
    return [place for place in chain(*zip_longest(first, others)) if place is not None]
