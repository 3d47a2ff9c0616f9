"""The DecompressionStream interface.

Compression Standard, 5: https://compression.spec.whatwg.org/#decompression-stream
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import partial

from ..streams.other_specifications_writable import (
    GenericTransformStream,
    enqueue_into_transform_stream,
    promise_of_room_in_transform_stream,
    set_up_transform_stream,
)
from ..streams.transform_stream import TransformStream
from ..webidl.interfaces import new
from ..webidl.promises import Promise, react
from ..webidl.type_mapping import get_a_copy_of_the_buffer_source
from .supported_formats import (
    CompressionFormat,
    DecompressionContext,
    decompression_context,
    to_compression_format,
)

# bytes that go into a context at once: what it does not consume is copied each time
INPUT_LENGTH = 64 * 1024
OUTPUT_LENGTH = 256 * 1024  # bytes that come out of it at once


class DecompressionStream(GenericTransformStream):
    """Decompresses a stream of bytes.

    https://compression.spec.whatwg.org/#decompressionstream
    """

    __slots__ = ("_context", "_format", "_transform")

    _context: DecompressionContext
    _format: CompressionFormat

    def __init__(self, format: CompressionFormat) -> None:
        """TypeError if the format is not supported. Needs a running event loop.

        https://compression.spec.whatwg.org/#dom-decompressionstream-decompressionstream
        """
        self._format = to_compression_format(format)
        self._context = decompression_context(self._format)
        self._transform = new(TransformStream)
        set_up_transform_stream(
            self._transform,
            partial(decompress_and_enqueue_a_chunk, self),
            partial(decompress_flush_and_enqueue, self),
        )


def decompress_and_enqueue_a_chunk(ds: DecompressionStream, chunk: object) -> Promise[None] | None:
    """TypeError if the chunk is no buffer, if the data is corrupt, or if there is more of it behind
    its end.

    https://compression.spec.whatwg.org/#decompress-and-enqueue-a-chunk
    """
    arrays = _decompress(ds, get_a_copy_of_the_buffer_source(chunk))

    # DEVIATION: the arrays that come of one chunk wait for each other to be read. A few bytes can
    # mean gigabytes.
    def enqueue_from(array: bytes | None) -> Promise[None] | None:
        while array is not None:
            enqueue_into_transform_stream(ds._transform, array)
            array = next(arrays, None)
            if (
                array is not None
                and (room := promise_of_room_in_transform_stream(ds._transform)) is not None
            ):
                return react(room, lambda _: enqueue_from(array))
        return None

    return enqueue_from(next(arrays, None))


def _decompress(ds: DecompressionStream, input: bytes) -> Iterator[bytes]:
    """The output of a context for an input, in non-empty arrays."""
    for start in range(0, len(input), INPUT_LENGTH):
        data = input[start : start + INPUT_LENGTH]
        is_last = start + INPUT_LENGTH >= len(input)
        while True:
            try:
                array = ds._context.decompress(data, OUTPUT_LENGTH)
            except (zlib.error, ValueError) as error:
                raise TypeError(f"Not {ds._format}: {error}") from None
            if ds._context.unused_data or ds._context.eof and not is_last:
                raise TypeError(f"There is more data behind the end of the {ds._format}")
            if array:
                yield array
            if len(array) < OUTPUT_LENGTH:  # the context has given all that it could
                break
            data = ds._context.unconsumed_tail


def decompress_flush_and_enqueue(ds: DecompressionStream) -> None:
    """TypeError if the end of the compressed data is missing. There is no output left: each chunk
    has given all of its own.

    https://compression.spec.whatwg.org/#decompress-flush-and-enqueue
    """
    if not ds._context.eof:
        raise TypeError(f"The end of the {ds._format} is missing")
