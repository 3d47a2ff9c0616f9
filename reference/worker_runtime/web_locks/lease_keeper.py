"""The lease keeper: which names of locks are this process's, where several share a storage.

SPEC_NOTES.md#locks-between-processes

It is a thread, since a storage may make its callers wait; it lives while there is a name to keep.
All that it asks of the storage comes one after another.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Condition, Thread
from time import monotonic
from typing import Protocol
from weakref import finalize

from ..host.bus import Bus, BusFailure
from ..host.host import Host
from ..host.storage.backend import StorageError
from ..host.storage.memory import MemoryStorage

DURATION = 6.0  # seconds, of a lease: what a process takes along that crashes
RENEWED_AFTER = DURATION / 3
RETRIED_AFTER = 0.05
# How long a name is kept of which nobody holds a lock, and while others of this process want it.
IDLE = 0.02
LONGEST_IN_A_ROW = 0.5


class Leases(Protocol):
    """Where names are owned: a storage, or the bus. StorageError if that cannot be said.

    Part of SPEC_NOTES.md#locks-between-processes.
    """

    def lease(self, name: bytes, owner: bytes, duration: float) -> bool:
        """Own a name for so many seconds; False if somebody else does."""

    def release(self, name: bytes, owner: bytes) -> None:
        """Let others own it."""


class LeasesOfTheBus:
    """Names of which the broker of the bus knows the owners: they end with their process.

    Part of SPEC_NOTES.md#locks-between-processes.
    """

    __slots__ = ("_bus",)

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def lease(self, name: bytes, owner: bytes, duration: float) -> bool:
        """Own a name, as long as this process lives."""
        try:
            return self._bus.claim_in_a_thread(name) == self._bus.member
        except BusFailure as failure:
            raise StorageError(str(failure)) from failure

    def release(self, name: bytes, owner: bytes) -> None:
        """Let others own it."""
        if owner == self._bus.identity_of(self._bus.member):
            self._bus.release(name)


class Lease:
    """A name that this process wants, and owns or does not own yet.

    Part of SPEC_NOTES.md#locks-between-processes.
    """

    __slots__ = ("due", "expires", "is_owned", "is_wanted", "on_granted", "on_lost", "on_refused",
                 "since")  # fmt: skip

    def __init__(
        self,
        on_granted: Callable[[], object],
        on_refused: Callable[[], object],
        on_lost: Callable[[], object],
    ) -> None:
        self.is_wanted = True
        self.is_owned = False
        self.due = self.since = self.expires = 0.0
        self.on_granted = on_granted
        self.on_refused = on_refused
        self.on_lost = on_lost


class LeaseKeeper:
    """The names of a host. It calls back in its own thread.

    SPEC_NOTES.md#locks-between-processes
    """

    __slots__ = ("_bus", "_changed", "_dead", "_leases", "_owner", "_runs", "_storage")

    def __init__(self, host: Host) -> None:
        self._bus = bus = host.bus
        self._storage: Leases = host.storage
        self._owner = host.entropy.random_bytes(16)
        if bus.is_shared:
            self._owner = bus.identity_of(bus.member)
            bus.when_gone(self._on_gone)
            if isinstance(host.storage, MemoryStorage):
                self._storage = LeasesOfTheBus(bus)
        self._leases: dict[bytes, Lease] = {}
        self._dead: list[bytes] = []  # owners that are dead, and may have left leases behind
        self._changed = Condition()
        self._runs = False
        finalize(host, _release_all, self._storage, self._owner, self._leases)

    def owns(self, name: bytes) -> bool:
        """Whether locks of that name may be granted here."""
        lease = self._leases.get(name)
        return lease is not None and lease.is_owned

    def want(self, name: bytes, lease: Lease) -> None:
        """Ask for a name, until it is given up."""
        with self._changed:
            if (known := self._leases.setdefault(name, lease)) is not lease:
                known.is_wanted = True
            if not self._runs:
                self._runs = True
                Thread(target=self._run, name="lease keeper", daemon=True).start()
            self._changed.notify()

    def give_up(self, name: bytes) -> None:
        """Nobody here wants it any more."""
        with self._changed:
            if (lease := self._leases.get(name)) is not None and lease.is_wanted:
                lease.is_wanted = False
                lease.due = monotonic() + IDLE
                self._changed.notify()

    def let_others_have_their_turn(self, name: bytes) -> None:
        """Between two locks of this process: if the name has been its for long, others may get it
        before the next one.
        """
        with self._changed:
            lease = self._leases.get(name)
            if lease is None or not lease.is_owned or monotonic() - lease.since < LONGEST_IN_A_ROW:
                return
            lease.is_owned = False
            lease.due = 0.0
            self._changed.notify()

    def _on_gone(self, member: int) -> None:
        """What a process had that is dead can be had at once; what this one has is lost with the
        bus.
        """
        with self._changed:
            if not self._leases:
                return
            if member != self._bus.member:
                self._dead.append(self._bus.identity_of(member))
            for lease in self._leases.values():
                if member == self._bus.member:
                    lease.expires = 0.0
                lease.due = 0.0 if lease.is_wanted else lease.due
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                dead, self._dead = self._dead, []
                now = monotonic()
                due = {name: lease for name, lease in self._leases.items() if lease.due <= now}
                ended = [name for name, lease in due.items() if not lease.is_wanted]
                for name in ended:
                    del self._leases[name], due[name]
                if not ended and not due and not dead:
                    if not self._leases:
                        self._runs = False
                        return
                    self._changed.wait(min(lease.due for lease in self._leases.values()) - now)
                    continue
            for owner in dead:
                for name in due:
                    self._release(name, owner)
            for name in ended:
                self._release(name, self._owner)
            for name, lease in due.items():
                self._ask(name, lease)

    def _ask(self, name: bytes, lease: Lease) -> None:
        if not lease.is_owned and lease.since:  # it rests
            lease.since = 0.0
            lease.due = monotonic() + 2 * RETRIED_AFTER
            self._release(name, self._owner)
            return
        try:
            is_granted = self._storage.lease(name, self._owner, DURATION)
        except StorageError:
            is_granted = lease.is_owned and monotonic() + RETRIED_AFTER < lease.expires
            lease.due = monotonic() + RETRIED_AFTER
        else:
            if is_granted:
                lease.expires = monotonic() + DURATION
            lease.due = monotonic() + (RENEWED_AFTER if is_granted else RETRIED_AFTER)
        if is_granted and not lease.is_owned:
            lease.since = monotonic()
            lease.is_owned = True
            lease.on_granted()
        elif not is_granted and lease.is_owned:
            lease.is_owned, lease.since = False, 0.0
            lease.on_lost()
        elif not is_granted:
            lease.on_refused()

    def _release(self, name: bytes, owner: bytes) -> None:
        with suppress(StorageError):  # it expires
            self._storage.release(name, owner)


def _release_all(storage: Leases, owner: bytes, leases: dict[bytes, Lease]) -> None:
    """The end of the host, or of the process."""
    with suppress(StorageError):
        for name in list(leases):
            storage.release(name, owner)
