"""The FileSystemWritableFileStream interface: writes what takes the place of a file when it is
closed.

File System Standard, 2.5: https://fs.spec.whatwg.org/#api-filesystemwritablefilestream
"""

from __future__ import annotations

from collections.abc import Coroutine
from functools import partial
from typing import Any, Literal, TypeAlias, TypedDict

from ..file_api.blob import Blob, byte_sequence, get_stream, is_in_memory
from ..host.storage.backend import StorageBusy, StorageError
from ..streams.other_specifications_writable import (
    get_a_writer,
    release_writer,
    set_up_writable_stream,
)
from ..streams.other_specifications_writable import write_a_chunk as write_a_chunk_to
from ..streams.writable_stream import WritableStream
from ..webidl.dictionaries import to_dictionary
from ..webidl.exceptions import DOMException
from ..webidl.interfaces import illegal_constructor, new
from ..webidl.promises import Promise, a_promise_rejected_with
from ..webidl.type_mapping import (
    BufferSource,
    get_a_copy_of_the_buffer_source,
    is_buffer_source,
    to_integer,
    to_usv_string,
)
from .concepts import FileSystemLocator
from .exceptions import exception_for
from .file_systems import FileBuffer, FileSystem
from .taken_locks import FileInUse, TakenLock

# https://fs.spec.whatwg.org/#enumdef-writecommandtype
WriteCommandType: TypeAlias = Literal["write", "seek", "truncate"]

# SPEC_NOTES.md#modes-of-locks
FileSystemWritableFileStreamMode: TypeAlias = Literal["siloed", "exclusive"]

MOST_BYTES_TO_COLLECT = 2**20
MOST_BUFFERS_TO_COLLECT = 1024


class _Command(TypedDict):
    type: WriteCommandType


class WriteParams(_Command, total=False):
    """https://fs.spec.whatwg.org/#dictdef-writeparams"""

    size: int | None
    position: int | None
    data: BufferSource | Blob | str | None


# https://fs.spec.whatwg.org/#typedefdef-filesystemwritechunktype
FileSystemWriteChunkType: TypeAlias = "BufferSource | Blob | str | WriteParams"


class FileSystemWritableFileStream(WritableStream):
    """A stream to a file, which is as it was until the stream is closed.

    A chunk is bytes, text, a Blob, or a mapping that says what to do: `{"type": "write",
    "position": 0, "data": "x"}`, `{"type": "seek", "position": 0}`, `{"type": "truncate", "size":
    0}`.

    https://fs.spec.whatwg.org/#filesystemwritablefilestream
    """

    __slots__ = ("_buffer", "_file", "_lock", "_mode", "_seek_offset")

    __init__ = illegal_constructor

    _buffer: CollectedWrites
    _file: FileSystemLocator
    _lock: TakenLock
    _mode: FileSystemWritableFileStreamMode
    _seek_offset: int

    @property
    def mode(self) -> FileSystemWritableFileStreamMode:
        """What others may do with the file meanwhile.

        Part of SPEC_NOTES.md#modes-of-locks
        """
        return self._mode

    def write(self, data: FileSystemWriteChunkType) -> Promise[None]:
        """Write at the cursor, which moves behind that, or do what a mapping says.
        QuotaExceededError if there is no room; TypeError for what is no chunk, and then the stream
        goes on.

        https://fs.spec.whatwg.org/#dom-filesystemwritablefilestream-write
        """
        try:
            chunk = to_write_chunk(data)
        except TypeError as error:
            return a_promise_rejected_with(error)
        return write_with_a_writer(self, chunk)

    def seek(self, position: int) -> Promise[None]:
        """Move the cursor.

        https://fs.spec.whatwg.org/#dom-filesystemwritablefilestream-seek
        """
        try:
            position = to_integer(position, 64)
        except TypeError as error:
            return a_promise_rejected_with(error)
        return write_with_a_writer(self, {"type": "seek", "position": position})

    def truncate(self, size: int) -> Promise[None]:
        """Cut the file, or fill it up with zeros. The cursor is not behind its end then.

        https://fs.spec.whatwg.org/#dom-filesystemwritablefilestream-truncate
        """
        try:
            size = to_integer(size, 64)
        except TypeError as error:
            return a_promise_rejected_with(error)
        return write_with_a_writer(self, {"type": "truncate", "size": size})


def write_with_a_writer(stream: FileSystemWritableFileStream, chunk: object) -> Promise[None]:
    """Part of https://fs.spec.whatwg.org/#dom-filesystemwritablefilestream-write"""
    try:
        writer = get_a_writer(stream)
    except TypeError as error:
        return a_promise_rejected_with(error)
    result = write_a_chunk_to(writer, chunk)
    release_writer(writer)
    return result


def create_a_new_file_system_writable_file_stream(
    file: FileSystemLocator,
    lock: TakenLock,
    buffer: FileBuffer,
    mode: FileSystemWritableFileStreamMode,
) -> FileSystemWritableFileStream:
    """https://fs.spec.whatwg.org/#create-a-new-filesystemwritablefilestream"""
    stream: FileSystemWritableFileStream = new(FileSystemWritableFileStream)
    stream._buffer = writes = CollectedWrites(file.root, buffer, lock)
    stream._file = file
    stream._lock = lock
    stream._mode = mode
    stream._seek_offset = 0

    def write_algorithm(chunk: object) -> Coroutine[Any, Any, None] | None:
        # OPTIMIZATION: bytes that follow those before need no coroutine, unless something waits.
        if type(chunk) is bytes and writes.collect(stream._seek_offset, chunk):
            stream._seek_offset += len(chunk)
            return None
        return write_or_end(chunk)

    async def write_or_end(chunk: object) -> None:
        try:
            await write_a_chunk(stream, chunk)
        except BaseException:
            # DEVIATION: by the letter nobody would ever let go of its lock.
            writes.end()
            raise

    async def close_algorithm() -> None:
        try:
            await writes.commit()
        finally:
            writes.end()

    def abort_algorithm(reason: object) -> None:
        writes.end()

    set_up_writable_stream(stream, write_algorithm, close_algorithm, abort_algorithm)
    return stream


async def write_a_chunk(stream: FileSystemWritableFileStream, chunk: object) -> None:
    """https://fs.spec.whatwg.org/#write-a-chunk"""
    input = to_write_chunk(chunk)
    writes = stream._buffer
    if isinstance(input, dict):
        command = input["type"]
    else:
        command, input = "write", {"type": "write", "data": input}
    # DEVIATION: what lacks the member that its command needs is a "SyntaxError", as in browsers and
    # the official tests, not a TypeError.
    if command == "write":
        if "data" not in input:
            raise DOMException("There is no data to write", "SyntaxError")
        data, position = input["data"], input.get("position")
        if data is None:
            raise TypeError("Expected bytes, text or a Blob as data, not None")
        write_position = stream._seek_offset if position is None else position
        if isinstance(data, Blob) and not is_in_memory(data):
            await writes.write(write_position, b"")
            async for block in get_stream(data):
                await writes.write(write_position, block)
                write_position += len(block)
        else:
            data_bytes = bytes_of(data)
            await writes.write(write_position, data_bytes)
            write_position += len(data_bytes)
        stream._seek_offset = write_position
    elif command == "seek":
        if input.get("position") is None:
            raise DOMException("There is no position to seek", "SyntaxError")
        stream._seek_offset = input["position"]
    else:
        new_size = input.get("size")
        if new_size is None:
            raise DOMException("There is no size to cut the file to", "SyntaxError")
        await writes.truncate(new_size)
        stream._seek_offset = min(stream._seek_offset, new_size)


def to_write_chunk(chunk: object) -> Any:
    """What an author gives as a FileSystemWriteChunkType: a dict of what is to be done, or bytes,
    text or a Blob. TypeError for anything else.

    Part of https://fs.spec.whatwg.org/#write-a-chunk
    """
    if isinstance(chunk, Blob) or is_buffer_source(chunk):
        return chunk
    if isinstance(chunk, (str, int, float)):
        return to_usv_string(chunk)
    if chunk is None:
        raise TypeError("Expected bytes, text, a Blob, or a mapping, not None")
    nothing: Any = {}
    params: Any = to_dictionary(WriteParams, chunk, nothing, ("data",))
    if params["type"] not in ("write", "seek", "truncate"):
        raise TypeError(f"type is 'write', 'seek' or 'truncate', not {params['type']!r}")
    for name in ("position", "size"):
        if name in params:
            params[name] = to_integer(params[name], 64)
    data = params.get("data")
    if not (data is None or isinstance(data, Blob) or is_buffer_source(data)):
        params["data"] = to_usv_string(data)
    return params


def bytes_of(data: Any) -> bytes:
    """The bytes of what is to be written: text, a Blob, or a buffer.

    Part of https://fs.spec.whatwg.org/#write-a-chunk
    """
    if isinstance(data, str):
        return data.encode()
    if isinstance(data, Blob):
        return byte_sequence(data)
    return get_a_copy_of_the_buffer_source(data)


class CollectedWrites(FileInUse):
    """The buffer of a stream, and what is about to be written there: small pieces go together, so
    that the disk is not waited for each time.

    Part of https://fs.spec.whatwg.org/#filesystemwritablefilestream-buffer
    """

    __slots__ = ("_buffer", "_file_system", "_length", "_lock", "_pieces", "_position", "_size")

    def __init__(self, file_system: FileSystem, buffer: FileBuffer, lock: TakenLock) -> None:
        self._buffer = buffer
        self._file_system = file_system
        self._length = 0  # of the pieces
        self._lock = lock
        self._pieces: list[bytes] = []
        self._position = 0  # of the first one
        self._size = buffer.initial_size
        super().__init__(partial(let_go, buffer, lock))

    def collect(self, position: int, data: bytes) -> bool:
        """As `write`, if that needs not wait for anything; whether it was done."""
        end, length = position + len(data), self._length + len(data)
        if (
            position != self._position + self._length
            or length >= MOST_BYTES_TO_COLLECT
            or len(self._pieces) + 1 >= MOST_BUFFERS_TO_COLLECT
            or not data
        ):
            return False
        if end > self._size:
            try:
                self._file_system.reserve(end - self._size, may_wait=False)
            except StorageError:  # which `write` meets again
                return False
            self._size = end
        self._pieces.append(data)
        self._length = length
        return True

    async def write(self, position: int, data: bytes) -> None:
        """Write at a position. A gap before it is full of zeros, even if no bytes follow."""
        if not data:
            if position > self._size:
                await self.truncate(position)
            return
        end = position + len(data)
        if end > self._size:
            await self._reserve(end - self._size)
        if position != self._position + self._length:
            await self._write_pieces()
            self._position = position
        self._pieces.append(data)
        self._length += len(data)
        self._size = max(self._size, end)
        if self._length >= MOST_BYTES_TO_COLLECT or len(self._pieces) >= MOST_BUFFERS_TO_COLLECT:
            await self._write_pieces()

    async def truncate(self, size: int) -> None:
        """Cut it, or fill it up with zeros."""
        if size > self._size:
            await self._reserve(size - self._size)
        await self._write_pieces()
        await self._in_the_queue(partial(self._buffer.file.truncate, size))
        self._size = size

    async def commit(self) -> None:
        """Let it take the place of the file."""
        await self._write_pieces()
        if self.is_over:
            raise DOMException("The file is closed", "InvalidStateError")
        await self._buffer.commit(self._in_the_queue)

    async def _reserve(self, size: int) -> None:
        try:
            self._file_system.reserve(size, may_wait=False)
        except StorageBusy:
            await self._in_the_queue(partial(self._file_system.reserve, size, may_wait=True))
        except Exception as error:
            raise exception_for(error) from error

    async def _write_pieces(self) -> None:
        pieces, self._pieces, length, self._length = self._pieces, [], self._length, 0
        if pieces:
            position, self._position = self._position, self._position + length
            await self._in_the_queue(partial(self._buffer.file.write_all, position, pieces))

    def _in_the_queue(self, steps: Any) -> Promise[Any]:
        return self._file_system.contents_queue.perform(partial(self.perform, steps))


def let_go(buffer: FileBuffer, lock: TakenLock) -> None:
    """Discard what is not in the place of the file, and let others use that.

    Part of https://fs.spec.whatwg.org/#create-a-new-filesystemwritablefilestream
    """
    buffer.discard()
    lock.release()
