"""Snapshot state: the bytes of files that a Blob refers to, and that stay where they are.

File API, 3: https://w3c.github.io/FileAPI/#snapshot-state

Such bytes are read when somebody wants them, block by block. If the file is no longer what it was
when the Blob was made, that fails, and nobody gets the bytes of two states of a file.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Protocol, TypeVar
from weakref import WeakKeyDictionary

from ..host.host import Host
from ..host.open_files import OpenFile
from ..html.agents import end_if_it_has_to
from ..html.event_loops import relevant_event_loop
from ..html.settings_objects import current_settings_object
from ..webidl.exceptions import DOMException
from ..webidl.promises import Promise

SMALLEST_BLOCK = 64 * 1024
LARGEST_BLOCK = 2 * 2**20
SECONDS_OF_A_SLOW_READER = 0.02
BLOCKS_OF_A_CREDIT = 8
MOST_FILES_THAT_WAIT = 32  # for readers to want more of them

T = TypeVar("T")


class SnapshotState(Protocol):
    """A file as it was at some moment.

    https://w3c.github.io/FileAPI/#snapshot-state
    """

    @property
    def state(self) -> object:
        """What `OpenFile.state` says as long as it is so."""

    def open(self) -> OpenFile:
        """Open it, which may take long. "NotFoundError" if it is gone, "NotReadableError" if it
        cannot be read or is another one.
        """

    def perform(self, steps: Callable[[], T]) -> Promise[T]:
        """A promise of what steps return that may take long."""


class BytesOfAFile:
    """A part of a Blob that lies in a file.

    Part of https://w3c.github.io/FileAPI/#snapshot-state
    """

    __slots__ = ("_first", "_length", "file")

    def __init__(self, file: SnapshotState, first: int, length: int) -> None:
        self.file = file
        self._first = first
        self._length = length

    def __len__(self) -> int:
        return self._length

    def slice(self, first: int, last: int) -> BytesOfAFile:
        """Those from one on and before another."""
        return BytesOfAFile(self.file, self._first + first, last - first)

    def read(self, open_file: OpenFile, position: int, length: int) -> bytes:
        """Some of them, at most so many, in the file that is open. It may take long.
        "NotReadableError" if the file is no longer as it was.
        """
        length = min(length, self._length - position)
        try:
            data = open_file.read(self._first + position, length)
            is_as_it_was = open_file.state() == self.file.state
        except OSError as error:
            raise DOMException(
                f"Cannot read the file: {error.strerror or error}", "NotReadableError"
            ) from error
        if not is_as_it_was or len(data) != length:
            raise changed()
        return data

    def read_all(self) -> bytes:
        """All of them; see `read`."""
        end_if_it_has_to()
        open_file = self.file.open()
        try:
            return self.read(open_file, 0, self._length)
        finally:
            open_file.close()


def changed() -> DOMException:
    """What somebody gets who reads a file that is no longer what it was.

    Part of https://w3c.github.io/FileAPI/#dfn-error-codes
    """
    return DOMException(
        "The file has changed since this File was made of it: call getFile() again",
        "NotReadableError",
    )


class FileReading:
    """Reads the bytes that lie in files, one block at a time.

    Part of https://w3c.github.io/FileAPI/#blob-get-stream
    """

    __slots__ = (
        "__weakref__", "_credit", "_given_at", "_is_over", "_is_reading", "_lock", "_open_file",
        "_part", "_position", "_waiting_readings",
    )  # fmt: skip

    def __init__(self) -> None:
        self._credit = 0  # bytes that the reader has taken, less if it has become slow
        self._given_at = 0.0
        self._is_over = False
        self._is_reading = False
        self._lock = Lock()  # of the file: a thread reads it, others may let go of it
        self._open_file: OpenFile | None = None
        self._part: BytesOfAFile | None = None
        self._position = 0
        self._waiting_readings = current_settings_object().host.record(WaitingReadings)

    def begin(self, part: BytesOfAFile) -> None:
        """Read this part next."""
        self.let_go()
        self._part = part
        self._position = 0

    @property
    def is_at_an_end(self) -> bool:
        """Whether there is no part, or all of it was read."""
        return self._part is None or self._position >= len(self._part)

    def next_block(self) -> Promise[bytes]:
        """A promise of the next bytes, of which there are some. Large blocks are for who takes much
        and takes it fast, so that many who are slow, or take nothing, need little memory.
        """
        assert self._part is not None
        if self._now() - self._given_at > SECONDS_OF_A_SLOW_READER:
            self._credit //= 2
        return self._part.file.perform(self._read)

    def _read(self) -> bytes:
        part = self._part
        assert part is not None
        self._waiting_readings.remove(self)
        with self._lock:
            self._is_reading = True
        try:
            if self._open_file is None:
                self._open_file = part.file.open()
            length = min(max(self._credit // BLOCKS_OF_A_CREDIT, SMALLEST_BLOCK), LARGEST_BLOCK)
            block = part.read(self._open_file, self._position, length)
            self._position += len(block)
            return block
        except BaseException:
            self._is_over = True
            raise
        finally:
            with self._lock:
                self._is_reading = False
            if self._is_over or self._position >= len(part):
                self.let_go()
            else:
                self._waiting_readings.add(self)

    def block_was_given(self, length: int) -> None:
        """The reader has it now."""
        self._credit += length
        self._given_at = self._now()

    def _now(self) -> float:
        return relevant_event_loop().asyncio_loop.time()

    def end(self) -> None:
        """Read no more. What is being read now is read to its end."""
        self._is_over = True
        self._waiting_readings.remove(self)
        self.let_go()

    def let_go(self) -> None:
        """Close the file, unless it is being read; who wants more of it opens it again."""
        with self._lock:
            if self._is_reading:
                return
            open_file, self._open_file = self._open_file, None
        if open_file is not None:
            open_file.close()


class WaitingReadings:
    """The readings of a host that wait for their readers and have their file open: so they read
    what it was, also when another one has taken its place. But clients that take their time may be
    more than the files that a process may open.

    Part of https://w3c.github.io/FileAPI/#blob-get-stream
    """

    def __init__(self, host: Host) -> None:
        self._lock = Lock()
        # Who has waited for longest is the first; who is dropped goes by itself.
        self._waiting: WeakKeyDictionary[FileReading, None] = WeakKeyDictionary()

    def add(self, reading: FileReading) -> None:
        """It waits. One lets go of its file if there are too many."""
        longest = None
        with self._lock:
            self._waiting[reading] = None
            if len(self._waiting) > MOST_FILES_THAT_WAIT:
                longest = next(iter(self._waiting))
                del self._waiting[longest]
        if longest is not None:
            longest.let_go()

    def remove(self, reading: FileReading) -> None:
        """It does not wait any more."""
        with self._lock:
            self._waiting.pop(reading, None)
