"""Owner: it keeps, for other rooms, what those rooms need to remember."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self, TypeVar

T = TypeVar("T")


class Owner:
    """A host, an event loop or a scope. Each room keeps one record of each kind there.

    Nothing belongs to the process: what a room remembers belongs to one of these three, and goes
    with it.
    """

    __slots__ = ()

    _records: dict[Callable[[Any], Any], Any]

    def record(self, kind: Callable[[Self], T]) -> T:
        """The record of that kind, such as `Timers`; the first call makes it, by `kind(owner)`."""
        record: T | None = self._records.get(kind)
        if record is None:
            record = self._records.setdefault(kind, kind(self))
        return record
