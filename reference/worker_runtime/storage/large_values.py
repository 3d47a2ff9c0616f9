"""Large values: bytes that need not fit into memory, in chunks, and who still needs what nobody
else can find.

SPEC_NOTES.md#large-values

What a bottle keeps this way has a number, which is given out once. The keys within the bottle are

    number                      the last number that was given out
    body/NUMBER/INDEX           a chunk of a value
    loose/NUMBER                what nothing leads to, and who has to remove it in the end

A value that is being written is loose, and so is what was deleted while somebody in this process
used it. Its owner keeps a lease. When the lease has run out the owner is gone, and whoever comes by
removes what it has left.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import TypeVar
from weakref import WeakValueDictionary

from ..host.storage.backend import StorageBusy, StorageError
from ..streams.other_specifications import (
    cancel_reader,
    close_readable_stream,
    enqueue_into_readable_stream,
    set_up_readable_stream_with_byte_reading_support,
)
from ..streams.readable_stream import ReadableStream
from ..streams.readers import ReadableStreamDefaultReader
from ..webidl.interfaces import new
from ..webidl.promises import (
    Promise,
    a_promise_resolved_with,
    mark_as_handled,
    react,
)
from .storage_bottles import Entries, StorageBottle, StorageProxyMap

LAST_NUMBER = b"number"
BODY = b"body/"
LOOSE = b"loose/"
LENGTH_OF_NUMBER = 16
NO_BODY = b"0" * LENGTH_OF_NUMBER  # in the place of the number of a value without bytes
SECONDS_OF_LEASE = 60.0
CHUNK_SIZE = 65_536
MOST_BYTES_AT_ONCE = 2**20
LEFT_OVER = (
    "What was being stored is gone: it was taken for left over, as nothing more of it came for a "
    "long time"
)

T = TypeVar("T")


class Hold:
    """While this object lives, what has the number can be used, even if it is deleted.

    SPEC_NOTES.md#hold
    """

    __slots__ = ("__weakref__", "_ended_holds", "number")

    def __init__(self, ended_holds: set[bytes], number: bytes) -> None:
        self._ended_holds = ended_holds
        self.number = number

    def __del__(self) -> None:
        # This may happen in the middle of anything, so it is only noted.
        self._ended_holds.add(self.number)


class LargeValues(StorageProxyMap):
    """The large values of a bottle: `bottle.record(LargeValues)`. What takes `entries` is done
    within the steps of a `read` or a `write`.

    SPEC_NOTES.md#large-values
    """

    __slots__ = ("__weakref__", "_ended_holds", "_has_tidied_up", "_holds", "_lock", "_owner")

    def __init__(self, bottle: StorageBottle) -> None:
        super().__init__(bottle)
        self._ended_holds: set[bytes] = set()
        self._has_tidied_up = False
        self._holds: WeakValueDictionary[bytes, Hold] = WeakValueDictionary()
        self._lock = Lock()
        self._owner = bottle.map.queue.owner

    def write(self, steps: Callable[[Entries], T], takes_long: bool = False) -> Promise[T]:
        """As that of every bottle. What nobody uses any more is removed before."""

        def tidy_up_and_perform(entries: Entries) -> T:
            if not self._has_tidied_up:
                self.remove_what_is_left_over(entries)
                self._has_tidied_up = True
            for number in self._ended_holds.copy():
                if not self.is_held(number) and self.is_loose(entries, number):
                    self.remove(entries, number)
                self._ended_holds.discard(number)
            return steps(entries)

        return super().write(tidy_up_and_perform, takes_long)

    def hold(self, number: bytes) -> Hold:
        """Use what has this number for as long as one likes."""
        with self._lock:
            hold = self._holds.get(number)
            if hold is None:
                hold = self._holds[number] = Hold(self._ended_holds, number)
            return hold

    def is_held(self, number: bytes) -> bool:
        """Whether anybody in this process uses what has this number."""
        with self._lock:
            return number in self._holds

    def next_number(self, entries: Entries) -> bytes:
        """A number that nothing else has; numbers have the order in which they are given out."""
        last = entries.get(LAST_NUMBER) or b"0"
        try:
            number = b"%016x" % (int(last, 16) + 1)
        except ValueError:
            raise StorageError(
                f"The storage is damaged: its last number is {last[:40]!r}"
            ) from None
        entries.put(LAST_NUMBER, number)
        return number

    def is_loose(self, entries: Entries, number: bytes) -> bool:
        """Whether nothing leads to what has this number, and it is still there."""
        return entries.get(LOOSE + number) is not None

    def loosen(self, entries: Entries, number: bytes) -> None:
        """What has this number is to be removed later, by this process or, if that dies, by another
        one.
        """
        entries.put(LOOSE + number, self._owner)
        self.renew_the_lease(entries)

    def renew_the_lease(self, entries: Entries) -> None:
        """This process is alive, and wants what is loose."""
        entries.lease(LOOSE + self._owner, self._owner, SECONDS_OF_LEASE)

    def fasten(self, entries: Entries, number: bytes) -> bool:
        """Something leads to what has this number now. False if it is not there any more."""
        return entries.delete(LOOSE + number)

    def drop(self, entries: Entries, number: bytes) -> None:
        """Nothing leads to what has this number any more: remove it now, or when nobody uses it."""
        if self.is_held(number):
            self.loosen(entries, number)
        else:
            self.remove(entries, number)

    def remove(self, entries: Entries, number: bytes) -> None:
        """Remove what has this number."""
        entries.delete(LOOSE + number)
        entries.delete_prefix(BODY + number + b"/")

    def remove_what_is_left_over(self, entries: Entries) -> None:
        """Remove what is loose and nobody uses any more."""
        owners_that_are_gone: set[bytes] = set()
        for key, owner in entries.scan(LOOSE):
            number = key.removeprefix(LOOSE)
            if owner == self._owner:
                is_left_over = not self.is_held(number)
            else:
                is_left_over = entries.lease(LOOSE + owner, self._owner, SECONDS_OF_LEASE)
                if is_left_over:
                    owners_that_are_gone.add(owner)
            if is_left_over:
                self.remove(entries, number)
        for owner in owners_that_are_gone:
            entries.release(LOOSE + owner, self._owner)


class ValueWriter:
    """The bytes of a value on their way into the storage: loose, until something leads to them.

    SPEC_NOTES.md#value-writer
    """

    __slots__ = ("_chunk_count", "_hold", "_rest", "_values", "length")

    def __init__(self, values: LargeValues) -> None:
        self._values = values
        self._hold: Hold | None = None  # of the number, which it has with the first chunk
        self._chunk_count = 0  # of those that are stored, or on their way
        self._rest = bytearray()  # up to a chunk: it may be the last one
        self.length = 0

    def write(self, bytes: bytes | bytearray | memoryview) -> Promise[None]:
        """Add bytes, and promise that they are stored, as far as they are not the last ones;
        QuotaExceededError if there is no room.
        """
        view = memoryview(bytes).cast("B")
        self.length += len(view)
        room = CHUNK_SIZE - len(self._rest)
        if len(view) <= room:
            self._rest += view
            return a_promise_resolved_with(None)
        self._rest += view[:room]
        chunks = [self._rest]
        rest = view[room:]
        while len(rest) > CHUNK_SIZE:
            chunks.append(bytearray(rest[:CHUNK_SIZE]))
            rest = rest[CHUNK_SIZE:]
        self._rest = bytearray(rest)
        first_index, self._chunk_count = self._chunk_count, self._chunk_count + len(chunks)
        takes_long = len(view) > MOST_BYTES_AT_ONCE
        return self._values.write(partial(self._store, first_index, chunks), takes_long)

    def _store(self, first_index: int, chunks: list[bytearray], entries: Entries) -> None:
        if first_index == 0:
            self._values.remove_what_is_left_over(entries)
            number = self._values.next_number(entries)
            self._values.loosen(entries, number)
            self._hold = self._values.hold(number)
        elif self._hold is None or not self._values.is_loose(entries, self._hold.number):
            raise StorageError(LEFT_OVER)
        else:
            number = self._hold.number
            self._values.renew_the_lease(entries)
        for index, chunk in enumerate(chunks, first_index):
            entries.put(chunk_key(number, index), bytes(chunk))

    async def write_all(
        self,
        reader: ReadableStreamDefaultReader,
        check_length: Callable[[int], object] = lambda length: None,
    ) -> None:
        """Write all that a stream has. `check_length` is called with the length so far. If that
        raises, or the stream fails, or has a chunk that is not bytes, or the storage fails, all is
        discarded.
        """
        try:
            while True:
                chunk, done = await reader.read()
                if done:
                    return
                if not isinstance(chunk, (bytes, bytearray, memoryview)):
                    raise TypeError(f"Expected a chunk of bytes, not {type(chunk).__name__}")
                check_length(self.length + len(chunk))
                await self.write(chunk)
        except BaseException as error:
            mark_as_handled(cancel_reader(reader, error))
            self.discard()
            raise

    def finish(self, entries: Entries) -> bytes:
        """Store the rest; returns the number that something has to lead to. Call it in the steps
        that write what leads to it, when all promises of `write` are fulfilled.
        """
        if self.length == 0:
            return NO_BODY
        if self._chunk_count == 0:
            number = self._values.next_number(entries)
        elif self._hold is None or not self._values.fasten(entries, self._hold.number):
            raise StorageError(LEFT_OVER)
        else:
            number = self._hold.number
        entries.put(chunk_key(number, self._chunk_count), bytes(self._rest))
        return number

    def discard(self) -> None:
        """Remove what was written, unless something leads to it."""
        if self._chunk_count == 0:
            return

        def remove(entries: Entries) -> None:
            hold, self._hold = self._hold, None
            if hold is not None and self._values.is_loose(entries, hold.number):
                self._values.remove(entries, hold.number)

        # If it cannot be removed now, it is left over, and goes later.
        mark_as_handled(self._values.write(remove))


def chunk_key(number: bytes, index: int) -> bytes:
    """The key of a chunk of a value.

    SPEC_NOTES.md#chunk-key
    """
    return b"%b%b/%08x" % (BODY, number, index)


class StoredValue:
    """A value that is stored, and held: it can be read to its end although nothing leads to it any
    more. Make one in the steps that read what leads to it.

    If another process has deleted it, reading fails with a TypeError.

    SPEC_NOTES.md#stored-value
    """

    __slots__ = ("_hold", "_index", "_values", "length", "remaining")

    def __init__(self, values: LargeValues, number: bytes, length: int) -> None:
        self._values = values
        self._hold = values.hold(number)
        self._index = 0
        self.length = length
        self.remaining = length  # bytes that have not been read

    def next_chunk(self, entries: Entries) -> bytes:
        """The next chunk; TypeError if it is not there."""
        try:
            chunk = entries.get(chunk_key(self._hold.number, self._index))
        except StorageBusy:
            raise
        except StorageError as error:
            raise TypeError(f"Cannot read the stored bytes: {error}") from error
        if chunk is None or len(chunk) != min(CHUNK_SIZE, self.remaining):
            missing = f"The stored bytes end {self.remaining} bytes too early"
            raise TypeError(
                f"{missing}: another process has deleted them, or the storage is damaged"
            )
        self._index += 1
        self.remaining -= len(chunk)
        return chunk

    def rest(self, entries: Entries) -> bytes:
        """All bytes that have not been read."""
        if self.remaining > MOST_BYTES_AT_ONCE:
            entries.begin_what_takes_long()
        chunks = []
        while self.remaining:
            chunks.append(self.next_chunk(entries))
        return b"".join(chunks)

    def stream(self) -> ReadableStream:
        """A byte stream of what has not been read. A chunk is read when it is wanted."""
        stream = new(ReadableStream)

        def enqueue(chunk: bytes) -> None:
            enqueue_into_readable_stream(stream, chunk)
            if not self.remaining:
                close_readable_stream(stream)

        def pull_algorithm() -> Promise[None]:
            return react(self._values.read(self.next_chunk), enqueue)

        set_up_readable_stream_with_byte_reading_support(stream, pull_algorithm)
        return stream
