"""Open files: bytes at positions, in memory or on a disk."""

from __future__ import annotations

import os
from collections.abc import Sequence
from threading import Lock
from typing import Protocol

MOST_BUFFERS = 64  # that a system call gets
O_BINARY = getattr(os, "O_BINARY", 0)  # Windows would change line ends


class OpenFile(Protocol):
    """A file that is open. Every operation may wait for a disk, and may raise OSError. Any thread
    may use it.
    """

    def read(self, position: int, length: int) -> bytes:
        """At most so many bytes from a position on; fewer at the end of the file alone."""

    def read_into(self, position: int, buffer: memoryview) -> int:
        """Fill a buffer of bytes from a position on; how many bytes there were."""

    def write(self, position: int, data: memoryview) -> int:
        """Write bytes at a position; how many were written, which is fewer than all of them where
        something is wrong that the next call will say. A gap before them is full of zeros.
        """

    def write_all(self, position: int, buffers: Sequence[bytes]) -> None:
        """Write buffers one behind the other."""

    def truncate(self, size: int) -> None:
        """Cut the file, or fill it up with zeros."""

    def size(self) -> int:
        """How many bytes it has."""

    def state(self) -> object:
        """Equal to what it was before, if nobody has changed the file since."""

    def flush(self) -> None:
        """Wait until the disk has what was written."""

    def close(self) -> None:
        """Let go of it. Does nothing a second time."""


class DescriptorFile:
    """A file of the operating system, which closes the descriptor that it is made of."""

    __slots__ = ("_lock", "descriptor")

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._lock = Lock()  # of the descriptor's position, where the system knows no other

    def read(self, position: int, length: int) -> bytes:
        block = self._read_once(position, length)
        if not block or len(block) == length:
            return block
        blocks = [block]  # a read may end early, as where a signal comes
        while block:
            length -= len(block)
            position += len(block)
            block = self._read_once(position, length)
            blocks.append(block)
        return b"".join(blocks)

    def _read_once(self, position: int, length: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self.descriptor, length, position)
        with self._lock:
            os.lseek(self.descriptor, position, os.SEEK_SET)
            return os.read(self.descriptor, length)

    def read_into(self, position: int, buffer: memoryview) -> int:
        if not hasattr(os, "preadv"):
            data = self.read(position, len(buffer))
            buffer[: len(data)] = data
            return len(data)
        count = 0
        while count < len(buffer):
            more = os.preadv(self.descriptor, [buffer[count:]], position + count)
            if not more:
                break
            count += more
        return count

    def write(self, position: int, data: memoryview) -> int:
        written = 0
        while written < len(data):
            try:
                written += self._write_once(position + written, data[written:])
            except OSError:
                if written:
                    return written
                raise
        return written

    def _write_once(self, position: int, data: memoryview) -> int:
        if hasattr(os, "pwrite"):
            return os.pwrite(self.descriptor, data, position)
        with self._lock:
            os.lseek(self.descriptor, position, os.SEEK_SET)
            return os.write(self.descriptor, data)

    def write_all(self, position: int, buffers: Sequence[bytes]) -> None:
        if 1 < len(buffers) <= MOST_BUFFERS and hasattr(os, "pwritev"):
            written = os.pwritev(self.descriptor, buffers, position)
            if written == sum(map(len, buffers)):
                return
        data = memoryview(buffers[0] if len(buffers) == 1 else b"".join(buffers))
        written = 0
        while written < len(data):
            written += self.write(position + written, data[written:])

    def truncate(self, size: int) -> None:
        os.ftruncate(self.descriptor, size)

    def size(self) -> int:
        return os.fstat(self.descriptor).st_size

    def state(self) -> object:
        return state_of(os.fstat(self.descriptor))

    def flush(self) -> None:
        os.fsync(self.descriptor)

    def close(self) -> None:
        descriptor, self.descriptor = self.descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __del__(self) -> None:
        self.close()


def state_of(status: os.stat_result) -> object:
    """What tells a file from another one, and from what it was before it was changed."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


class MemoryContent:
    """Bytes in memory that several may have open."""

    __slots__ = ("data", "lock", "version")

    def __init__(self) -> None:
        self.data = bytearray()
        self.lock = Lock()
        self.version = 0


class MemoryFile:
    """A file that is in memory."""

    __slots__ = ("_content",)

    def __init__(self, content: MemoryContent) -> None:
        self._content = content

    def read(self, position: int, length: int) -> bytes:
        with self._content.lock, memoryview(self._content.data) as data:
            return bytes(data[position : position + length])

    def read_into(self, position: int, buffer: memoryview) -> int:
        data = self.read(position, len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def write(self, position: int, data: memoryview) -> int:
        content = self._content
        with content.lock:
            if position > len(content.data):
                content.data.extend(bytes(position - len(content.data)))
            content.data[position : position + len(data)] = data
            content.version += 1
        return len(data)

    def write_all(self, position: int, buffers: Sequence[bytes]) -> None:
        for buffer in buffers:
            position += self.write(position, memoryview(buffer))

    def truncate(self, size: int) -> None:
        content = self._content
        with content.lock:
            if size < len(content.data):
                del content.data[size:]
            else:
                content.data.extend(bytes(size - len(content.data)))
            content.version += 1

    def size(self) -> int:
        return len(self._content.data)

    def state(self) -> object:
        return self._content.version, len(self._content.data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass
