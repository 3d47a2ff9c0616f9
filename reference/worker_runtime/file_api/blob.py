"""The Blob interface: bytes with a type, in memory or in files.

File API, 3: https://w3c.github.io/FileAPI/#blob-section
"""

from __future__ import annotations

import builtins
import os
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict, Unpack

from ..encoding.hooks import utf_8_decode
from ..webidl.dictionaries import to_dictionary
from ..webidl.interfaces import new
from ..webidl.promises import (
    Promise,
    a_new_promise,
    a_promise_resolved_with,
    react,
    reject,
    resolve,
)
from ..webidl.type_mapping import (
    BufferSource,
    get_a_copy_of_the_buffer_source,
    is_buffer_source,
    to_dom_string,
    to_integer,
    to_usv_string,
)
from .snapshot_state import BytesOfAFile, FileReading

BlobPart: TypeAlias = "BufferSource | Blob | str"
EndingType: TypeAlias = Literal["transparent", "native"]
Part: TypeAlias = "bytes | memoryview | BytesOfAFile"  # never to be written to

if TYPE_CHECKING:
    from ..streams.readable_stream import ReadableStream

CHUNK_SIZE = 65_536


class BlobPropertyBag(TypedDict, total=False):
    """No type and "transparent" by default.

    https://w3c.github.io/FileAPI/#dfn-BlobPropertyBag
    """

    type: str
    endings: EndingType


class Blob:
    """Bytes that do not change, with a type. It keeps the bytes of its parts where they are.

    https://w3c.github.io/FileAPI/#dfn-Blob
    """

    __slots__ = ("__weakref__", "_parts", "_size", "_type")

    _parts: list[Part]
    _size: int
    _type: str

    def __init__(
        self,
        blobParts: Iterable[BlobPart] | None = None,
        options: BlobPropertyBag | Blob | None = None,
        **members: Unpack[BlobPropertyBag],
    ) -> None:
        """https://w3c.github.io/FileAPI/#dom-blob-blob"""
        self._initialize(blobParts, to_dictionary(BlobPropertyBag, options, members))

    def _initialize(self, parts: Iterable[BlobPart] | None, options: BlobPropertyBag) -> None:
        endings = options.get("endings", "transparent")
        self._parts = [] if parts is None else process_blob_parts(parts, endings)
        self._size = sum(map(len, self._parts))
        self._type = normalize_type(to_dom_string(options.get("type", "")))

    @property
    def size(self) -> int:
        """The number of bytes.

        https://w3c.github.io/FileAPI/#dfn-size
        """
        return self._size

    @property
    def type(self) -> str:
        """The MIME type, in lower case; empty if it is not known.

        https://w3c.github.io/FileAPI/#dfn-type
        """
        return self._type

    # A serializable object: https://w3c.github.io/FileAPI/#blob-section

    def _serialization_steps(self, for_storage: bool) -> dict[str, object]:
        return {"bytes": byte_sequence(self), "type": self._type}

    @classmethod
    def _deserialization_steps(cls, data: dict[str, Any]) -> Blob:
        return create(data["bytes"], data["type"])

    def slice(
        self, start: int | None = None, end: int | None = None, contentType: str | None = None
    ) -> Blob:
        """The bytes from the start to before the end, either of which may count from behind, as in
        Python.

        https://w3c.github.io/FileAPI/#dfn-slice
        """
        return slice_blob(
            self,
            None if start is None else to_integer(start, 64, signed=True, clamp=True),
            None if end is None else to_integer(end, 64, signed=True, clamp=True),
            None if contentType is None else to_dom_string(contentType),
        )

    def stream(self) -> ReadableStream:
        """https://w3c.github.io/FileAPI/#dom-blob-stream"""
        return get_stream(self)

    def text(self) -> Promise[str]:
        """The bytes as UTF-8.

        https://w3c.github.io/FileAPI/#dom-blob-text
        """
        # OPTIMIZATION: here and below, bytes in hand need no stream.
        if is_in_memory(self):
            return a_promise_resolved_with(utf_8_decode(byte_sequence(self)))
        return react(read_all_bytes(self), utf_8_decode)

    def arrayBuffer(self) -> Promise[builtins.bytes]:
        """https://w3c.github.io/FileAPI/#dom-blob-arraybuffer"""
        if is_in_memory(self):
            return a_promise_resolved_with(byte_sequence(self))
        return read_all_bytes(self)

    def bytes(self) -> Promise[builtins.bytes]:
        """https://w3c.github.io/FileAPI/#dom-blob-bytes"""
        if is_in_memory(self):
            return a_promise_resolved_with(byte_sequence(self))
        return read_all_bytes(self)

    def textStream(self) -> ReadableStream:
        """The bytes as UTF-8, in chunks of text."""
        from ..encoding.streams.text_decoder_stream import TextDecoderStream
        from ..streams.other_specifications import pipe_through

        return pipe_through(get_stream(self), TextDecoderStream())

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._size} bytes, {self._type or 'no type'}>"


def to_blob(value: object) -> Blob:
    """TypeError for what is no Blob.

    Part of https://webidl.spec.whatwg.org/#js-interface
    """
    if not isinstance(value, Blob):
        raise TypeError(f"Expected a Blob, not {type(value).__name__}")
    return value


def create(bytes: bytes, type: str) -> Blob:
    """A Blob whose type is not normalized: how other standards make one.

    Part of https://w3c.github.io/FileAPI/#blob-section
    """
    blob = Blob([bytes])
    blob._type = type
    return blob


def is_in_memory(blob: Blob) -> bool:
    """Whether none of its bytes lie in files.

    Part of https://w3c.github.io/FileAPI/#snapshot-state
    """
    return not any(isinstance(part, BytesOfAFile) for part in blob._parts)


def byte_sequence(blob: Blob) -> bytes:
    """The bytes that a Blob refers to, in one piece. Those that lie in files are waited for:
    "NotFoundError" or "NotReadableError" if they are not there any more.

    Part of https://w3c.github.io/FileAPI/#blob-section
    """
    if len(blob._parts) == 1 and isinstance(blob._parts[0], bytes):
        return blob._parts[0]
    return b"".join(
        part.read_all() if isinstance(part, BytesOfAFile) else part for part in blob._parts
    )


def read_all_bytes(blob: Blob) -> Promise[bytes]:
    """A promise of all bytes of a Blob, which nothing waits for.

    Part of https://w3c.github.io/FileAPI/#blob-get-stream
    """
    from ..streams import other_specifications as streams

    promise: Promise[bytes] = a_new_promise()
    reader = streams.get_a_reader(get_stream(blob))
    streams.read_all_bytes(reader, partial(resolve, promise), partial(reject, promise))
    return promise


def process_blob_parts(parts: Iterable[BlobPart], endings: EndingType) -> list[Part]:
    """https://w3c.github.io/FileAPI/#process-blob-parts"""
    if isinstance(parts, str) or is_buffer_source(parts) or not isinstance(parts, Iterable):
        raise TypeError(
            f"Expected a list of parts, not {type(parts).__name__}: write a list around it"
        )
    if endings not in ("transparent", "native"):
        raise TypeError(f"endings is 'transparent' or 'native', not {endings!r}")
    processed: list[Part] = []
    for element in parts:
        if isinstance(element, Blob):
            processed += element._parts
        elif is_buffer_source(element):
            processed.append(get_a_copy_of_the_buffer_source(element))
        else:
            string = to_usv_string(element)
            processed.append(
                (convert_line_endings_to_native(string) if endings == "native" else string).encode()
            )
    return processed


def convert_line_endings_to_native(string: str) -> str:
    """https://w3c.github.io/FileAPI/#convert-line-endings-to-native"""
    return string.replace("\r\n", "\n").replace("\r", "\n").replace("\n", os.linesep)


def normalize_type(type: str) -> str:
    """A type in lower case, or none if it is not printable ASCII.

    Part of https://w3c.github.io/FileAPI/#dom-blob-blob
    """
    return type.lower() if type.isascii() and type.isprintable() else ""


def slice_blob(blob: Blob, start: int | None, end: int | None, content_type: str | None) -> Blob:
    """https://w3c.github.io/FileAPI/#slice-blob"""
    relative_start, relative_end, _ = slice(start, end).indices(blob._size)
    result = Blob(type="" if content_type is None else content_type)
    result._size = max(relative_end - relative_start, 0)
    offset = 0  # of the part
    for part in blob._parts:
        first, last = max(relative_start - offset, 0), min(relative_end - offset, len(part))
        if first < last:
            if last - first == len(part):
                result._parts.append(part)
            elif isinstance(part, BytesOfAFile):
                result._parts.append(part.slice(first, last))
            else:
                result._parts.append(memoryview(part)[first:last])
        offset += len(part)
    return result


def get_stream(blob: Blob) -> ReadableStream:
    """A byte stream of the bytes, which looks at them as it is read.

    https://w3c.github.io/FileAPI/#blob-get-stream
    """
    from ..streams import other_specifications as streams

    stream = new(streams.ReadableStream)
    chunks = _chunks(blob)
    reading = FileReading()

    def enqueue(chunk: bytes) -> None:
        streams.enqueue_into_readable_stream(stream, chunk)

    def give(block: bytes) -> None:
        reading.block_was_given(len(block))
        enqueue(block)

    def pull_algorithm() -> Promise[None] | None:
        if reading.is_at_an_end:
            chunk = next(chunks, None)
            if chunk is None:
                streams.close_readable_stream(stream)
                return None
            if isinstance(chunk, bytes):
                enqueue(chunk)
                return None
            reading.begin(chunk)
        return react(reading.next_block(), give)

    def cancel_algorithm(reason: object) -> None:
        reading.end()

    streams.set_up_readable_stream_with_byte_reading_support(
        stream, pull_algorithm, cancel_algorithm
    )
    return stream


def _chunks(blob: Blob) -> Iterator[bytes | BytesOfAFile]:
    """The bytes in pieces that are not too large, and the parts that lie in files."""
    for part in blob._parts:
        if isinstance(part, BytesOfAFile):
            yield part
            continue
        for offset in range(0, len(part), CHUNK_SIZE):
            yield bytes(part[offset : offset + CHUNK_SIZE])
