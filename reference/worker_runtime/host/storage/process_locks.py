"""Process locks: what one process claims, others see, until it ends."""

from __future__ import annotations

import os
from pathlib import Path
from threading import RLock

from ..open_files import O_BINARY

try:
    import fcntl
except ImportError:  # Windows: a process sees no claims but its own
    fcntl = None  # type: ignore[assignment]

MODES = 4  # each has a byte of its own in the file
DIGITS = 15  # of a name: with two bits for the mode they are less than 2**63


class ProcessLocks:
    """Claims on names of hexadecimal digits, as locks on bytes of a file that has none.

    The operating system gives them back when a process ends, however that comes. A process that has
    the same file open twice does not see its own locks, and gives all of them up by closing one.
    """

    __slots__ = ("_counts", "_descriptor", "_lock")

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | O_BINARY, 0o600)
        self._counts: dict[tuple[str, int | None], int] = {}
        self._lock = RLock()

    def take(self, name: str, mode: int | None) -> bool:
        """Claim a name, in a mode that others may claim it in, too, or alone if it is None."""
        with self._lock:
            count = self._counts.get((name, mode), 0)
            if mode is None and count:
                return False
            if any(
                (name, other) in self._counts for other in (None, *range(MODES)) if other != mode
            ):
                return False
            if not count and not self._take_from_other_processes(name, mode):
                return False
            self._counts[name, mode] = count + 1
            return True

    def release(self, name: str, mode: int | None) -> None:
        """Give up a claim, if there is one."""
        with self._lock:
            count = self._counts.get((name, mode), 0)
            if count > 1:
                self._counts[name, mode] = count - 1
            elif count:
                del self._counts[name, mode]
                if self._descriptor >= 0:
                    self._unlock(first_byte(name), MODES)

    def _take_from_other_processes(self, name: str, mode: int | None) -> bool:
        first = first_byte(name)
        if mode is None:
            return self._lock_bytes(first, MODES, alone=True)
        if not self._lock_bytes(first + mode, 1, alone=False):
            return False
        for other in range(MODES):
            if other != mode:
                if not self._lock_bytes(first + other, 1, alone=True):
                    self._unlock(first + mode, 1)
                    return False
                self._unlock(first + other, 1)
        return True

    def _lock_bytes(self, first: int, length: int, alone: bool) -> bool:
        if fcntl is None:
            return True
        try:
            kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
            fcntl.lockf(self._descriptor, kind | fcntl.LOCK_NB, length, first)
        except (BlockingIOError, PermissionError):
            return False
        return True

    def _unlock(self, first: int, length: int) -> None:
        if fcntl is not None:
            fcntl.lockf(self._descriptor, fcntl.LOCK_UN, length, first)

    def close(self) -> None:
        """Give up all claims."""
        with self._lock:
            descriptor, self._descriptor = self._descriptor, -1
            if descriptor >= 0:
                os.close(descriptor)


def first_byte(name: str) -> int:
    """Where the bytes of a name begin."""
    return int(name[:DIGITS], 16) * MODES
