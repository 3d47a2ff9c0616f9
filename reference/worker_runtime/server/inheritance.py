"""Inheritance: what a process that serves gets from its supervisor."""

from __future__ import annotations

import os
from typing import NamedTuple

INHERITANCE = "WORKER_RUNTIME_INHERITS"


class Inheritance(NamedTuple):
    """What a process gets from its supervisor."""

    descriptors: tuple[int, ...]  # of the sockets for HTTP
    tcp_descriptors: tuple[int, ...]  # of those for TCP
    ready: int  # the end of a pipe: a byte goes into it when the process is ready
    alive: int  # the end of a pipe that ends when the supervisor does
    bus: int  # the end of a socket that leads to the others
    loads: int  # how many connections each process has: memory that they share
    place: int  # of this one in it
    is_alone: bool  # no other process of the supervisor serves


def inheritance() -> Inheritance | None:
    """What this process has inherited; None if it has no supervisor."""
    text = os.environ.pop(INHERITANCE, "")
    if not text:
        return None
    numbers, _, for_tcp = text.partition(";")
    is_alone, ready, alive, bus, loads, place, *descriptors = map(int, numbers.split(","))
    tcp_descriptors = tuple(map(int, filter(None, for_tcp.split(","))))
    return Inheritance(
        tuple(descriptors), tcp_descriptors, ready, alive, bus, loads, place, bool(is_alone)
    )
