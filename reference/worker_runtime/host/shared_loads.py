"""Shared loads: how many connections each process has that accepts at the same address, in memory
that they share.

Who has more than another one lets that one accept first. So they have about as many each, also of
connections that live for long.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from heapq import heappop, heappush
from struct import Struct

COUNT = Struct("=I")
MOST_PROCESSES = 256  # that can have a place; further ones accept whatever comes
NOBODY = 0  # in the place of a process; else it is one more than its connections


class SharedLoads:
    """The memory: a place for each process. The descriptor is for processes to inherit."""

    def __init__(self) -> None:
        with tempfile.TemporaryFile() as file:
            file.truncate(MOST_PROCESSES * COUNT.size)
            self.descriptor = os.dup(file.fileno())
        self._memory = mmap.mmap(self.descriptor, MOST_PROCESSES * COUNT.size)
        self._free = list(range(MOST_PROCESSES))

    def take_a_place(self) -> int:
        """For a process that is about to start; MOST_PROCESSES if there is none."""
        return heappop(self._free) if self._free else MOST_PROCESSES

    def leave(self, place: int) -> None:
        """The process is dead."""
        if place < MOST_PROCESSES:
            COUNT.pack_into(self._memory, place * COUNT.size, NOBODY)
            heappush(self._free, place)

    def close(self) -> None:
        """Nobody needs it any more."""
        self._memory.close()
        os.close(self.descriptor)


class Load:
    """The place of this process, and a look at the others."""

    __slots__ = ("_connections", "_memory", "_place")

    def __init__(self, descriptor: int, place: int) -> None:
        self._memory = mmap.mmap(descriptor, MOST_PROCESSES * COUNT.size)
        os.close(descriptor)
        self._place = place
        self._connections = 0

    def set(self, connections: int) -> None:
        """This process accepts, and has so many."""
        self._connections = connections
        self._write(connections + 1)

    def end(self) -> None:
        """It accepts no more."""
        self._write(NOBODY)
        self._place = MOST_PROCESSES  # what is set from now on, nobody sees

    def another_has_fewer(self, arriving: int) -> bool:
        """Whether another process accepts that has fewer than this one with those that arrive."""
        if self._place == MOST_PROCESSES:
            return False
        counts = memoryview(self._memory[:]).cast("I").tolist()
        counts[self._place] = NOBODY
        connections = self._connections + arriving
        return min(filter(None, counts), default=connections + 1) <= connections

    def _write(self, value: int) -> None:
        if self._place < MOST_PROCESSES:
            COUNT.pack_into(self._memory, self._place * COUNT.size, value)
