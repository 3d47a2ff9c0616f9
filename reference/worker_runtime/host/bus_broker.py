"""The broker of a bus: it knows the members, passes messages on, and keeps who owns which name.

It has no socket and no clock: somebody brings frames, and takes those that it writes.
"""

from __future__ import annotations

from collections.abc import Callable

from .bus import BusFailure
from .bus_frames import MOST_BYTES_OF_A_NAME, NUMBER, VERSION, Frame, Kind

Write = Callable[[Frame], object]


class Broker:
    """The broker of one server. `identity` tells that server from all others."""

    def __init__(self, identity: bytes) -> None:
        self._identity = identity
        self._last_number = 0
        self._members: dict[int, Write] = {}
        self._owners: dict[bytes, int] = {}
        self._names: dict[int, set[bytes]] = {}

    def connect(self) -> int:
        """A number for one that may become a member, which it is when it has said hello."""
        self._last_number += 1
        return self._last_number

    def receive(self, number: int, frame: Frame, write: Write) -> None:
        """What one that is connected has sent. BusFailure if it may not send that: then it cannot
        be trusted, and has to end.
        """
        kind = frame.kind
        if kind is Kind.HELLO:
            self._welcome(number, frame, write)
        elif number not in self._members:
            raise BusFailure("The first frame is a hello")
        elif kind is Kind.MESSAGE or kind is Kind.TAKEN:
            receiver = self._members.get(frame.number)
            if receiver is not None:  # else it has died meanwhile
                receiver(Frame(kind, number, frame.data))
        elif kind is Kind.CLAIM:
            self._check_name(frame.data)
            owner = self._owners.setdefault(frame.data, number)
            if owner == number:
                self._names[number].add(frame.data)
            write(Frame(Kind.OWNER, frame.number, NUMBER.pack(owner)))
        elif kind is Kind.RELEASE:
            if self._owners.get(frame.data) != number:
                raise BusFailure("What is released is another member's")
            del self._owners[frame.data]
            self._names[number].discard(frame.data)
        else:
            raise BusFailure(f"A member does not send {kind.name}")

    def leave(self, number: int) -> None:
        """It is certain that a member is dead, or will never do anything any more."""
        if self._members.pop(number, None) is None:
            return
        for name in self._names.pop(number):
            del self._owners[name]
        for write in list(self._members.values()):
            write(Frame(Kind.GONE, number))

    def _welcome(self, number: int, frame: Frame, write: Write) -> None:
        if number in self._members or frame.number != VERSION:
            raise BusFailure("A hello comes once, and in the version of the broker")
        others = b"".join(map(NUMBER.pack, self._members))
        write(Frame(Kind.WELCOME, number, self._identity + others))
        for other in list(self._members.values()):
            other(Frame(Kind.JOINED, number))
        self._members[number] = write
        self._names[number] = set()

    def _check_name(self, name: bytes) -> None:
        if len(name) > MOST_BYTES_OF_A_NAME:
            raise BusFailure(f"A name has at most {MOST_BYTES_OF_A_NAME} bytes")


BYTES_OF_AN_IDENTITY = 16
