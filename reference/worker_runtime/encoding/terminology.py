"""Terminology: I/O queues.

Encoding Standard, 3: https://encoding.spec.whatwg.org/#terminology
"""

from __future__ import annotations

from enum import Enum
from typing import Final, Generic, Literal, TypeAlias, TypeVar

Items = TypeVar("Items", bytes, str)


class Signal(Enum):
    """The special item behind the last one of an I/O queue.

    Part of https://encoding.spec.whatwg.org/#end-of-stream
    """

    END_OF_QUEUE = "end-of-queue"


EndOfQueue: TypeAlias = Literal[Signal.END_OF_QUEUE]
END_OF_QUEUE: Final = Signal.END_OF_QUEUE


class IOQueue(Generic[Items]):
    """An I/O queue of bytes or of scalar values to read from. Its mode is immediate: behind its
    last item is end-of-queue.

    An item is an int; several are bytes, or a str. A queue that is only written to is a list of
    bytes or str, which `b"".join` and `"".join` convert.

    https://encoding.spec.whatwg.org/#concept-stream
    """

    __slots__ = ("_items", "_position")

    def __init__(self, input: Items) -> None:
        """Part of https://encoding.spec.whatwg.org/#to-i-o-queue-convert"""
        self._items: Items = input
        self._position = 0

    def read(self) -> int | EndOfQueue:
        """https://encoding.spec.whatwg.org/#concept-stream-read"""
        position = self._position
        if position == len(self._items):
            return END_OF_QUEUE
        self._position = position + 1
        return ord(self._items[position : position + 1])

    def read_run(self, number: int | None = None) -> Items:
        """The item that was read last and those behind it: `number` of them, or all there are. They
        count as read.
        """
        start = self._position - 1
        run = self._items[start:] if number is None else self._items[start : start + number]
        self._position = start + len(run)
        return run

    def push(self, items: Items) -> None:
        """https://encoding.spec.whatwg.org/#concept-stream-push"""
        self._items = self._items[self._position :] + items
        self._position = 0

    def restore(self, items: Items) -> None:
        """Put back the items that were read last.

        https://encoding.spec.whatwg.org/#concept-stream-prepend
        """
        self._position -= len(items)
        if self._position < 0:  # the first of them were read before the last push
            self._items = items[: -self._position] + self._items
            self._position = 0
