"""The bus: what the processes of one server say to each other, and what each of them may call its
own.

Each process is a member, with a number that no other ever has. A broker, which is no member, passes
messages on and keeps the names that members have claimed. A member that dies is gone for all others
once it is certain that it is dead: what it has claimed is free from then on, and not before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol, TypeAlias

# Gets the number of the member that has sent a message, and the message.
Receive: TypeAlias = Callable[[int, bytes], object]


class BusFailure(Exception):
    """What was asked of the bus cannot be, or what has come is no frame of it."""


class BusOverflow(BusFailure):
    """A member does not take what is sent to it."""


class Bus(Protocol):
    """A member's end of the bus. Its event loop calls it, and it calls back there; `publish` and
    `claim_in_a_thread` are for other threads, too.

    A message has at most MOST_BYTES_OF_A_MESSAGE bytes. Messages from one member to another arrive
    in the order in which they were sent, or not at all if the other one is gone.
    """

    @property
    def member(self) -> int:
        """The number of this member."""

    @property
    def is_shared(self) -> bool:
        """Whether there may be others."""

    @property
    def others(self) -> Collection[int]:
        """The numbers of those that there are."""

    def identity_of(self, member: int) -> bytes:
        """What tells a member from those of all servers."""

    def listen(self, topic: str, receive: Receive) -> None:
        """Get the messages of a topic from now on."""

    def when_gone(self, steps: Callable[[int], object]) -> None:
        """Call back with the number of each member that is gone; with this one's own if it has lost
        the bus, and what it has claimed with it.
        """

    def publish(self, topic: str, message: bytes) -> None:
        """Send to all others. One that does not take what was sent before misses it, which is
        reported. BusFailure if the message is too large.
        """

    def send(self, member: int, topic: str, message: bytes, is_awaited: bool = False) -> None:
        """Send to one of them. BusFailure if it is gone or the message is too large, BusOverflow if
        it does not take what was sent before; but it has room for what it waits for.
        """

    async def claim(self, name: bytes) -> int:
        """Own a name, unless another member does; the number of the one that does. BusFailure if
        the bus is lost.
        """

    def owns(self, name: bytes) -> bool:
        """Whether this member owns a name."""

    def claim_in_a_thread(self, name: bytes) -> int:
        """The same for a thread that may wait."""

    def release(self, name: bytes) -> None:
        """Let others own a name, if it is this one's. Any thread may call this."""


class LoneBus:
    """The bus of a process that has no others."""

    __slots__ = ()

    member = 0
    is_shared = False
    others = ()

    def identity_of(self, member: int) -> bytes:
        """Nobody asks, since nobody else is there."""
        return b""

    def listen(self, topic: str, receive: Receive) -> None:
        """Nothing ever comes."""

    def when_gone(self, steps: Callable[[int], object]) -> None:
        """Nobody ever goes."""

    def publish(self, topic: str, message: bytes) -> None:
        """Nobody hears it."""

    def send(self, member: int, topic: str, message: bytes, is_awaited: bool = False) -> None:
        """BusFailure."""
        raise BusFailure("There is no other process")

    async def claim(self, name: bytes) -> int:
        """It is this one's."""
        return self.member

    def owns(self, name: bytes) -> bool:
        """It does."""
        return True

    def claim_in_a_thread(self, name: bytes) -> int:
        """It is this one's."""
        return self.member

    def release(self, name: bytes) -> None:
        """Nobody else wants it."""
