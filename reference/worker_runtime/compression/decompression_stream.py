"""The DecompressionStream interface.

Compression Standard, 5: https://compression.spec.whatwg.org/#decompression-stream
"""

from __future__ import annotations

import zlib
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
from .supported_formats import CompressionFormat, DecompressionContext, decompression_context, to_compression_format

INPUT_LENGTH = 64 * 1024  # bytes that go into a context at once: what it does not consume is copied each time
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
            self._transform, partial(decompress_and_enqueue_a_chunk, self), partial(decompress_flush_and_enqueue, self)
        )


def decompress_and_enqueue_a_chunk(ds: DecompressionStream, chunk: object) -> Promise[None] | None:
    """TypeError if the chunk is no buffer, if the data is corrupt, or if there is more of it behind its end.

    https://compression.spec.whatwg.org/#decompress-and-enqueue-a-chunk
    """
    input = memoryview(get_a_copy_of_the_buffer_source(chunk))
    array = data = b""

    # DEVIATION: the arrays that come of one chunk wait for each other to be read. A few bytes can mean gigabytes.
    def decompress_and_enqueue_arrays(_: None = None) -> Promise[None] | None:
        nonlocal input, array, data
        while len(array) == OUTPUT_LENGTH or input:
            if len(array) < OUTPUT_LENGTH:  # the context has given all that it could
                data, input = bytes(input[:INPUT_LENGTH]), input[INPUT_LENGTH:]
            try:
                array = ds._context.decompress(data, OUTPUT_LENGTH)
            except zlib.error as error:
                raise TypeError(f"Not {ds._format}: {error}") from None
            if ds._context.unused_data or ds._context.eof and input:
                raise TypeError(f"There is more data behind the end of the {ds._format}")
            data = ds._context.unconsumed_tail
            if array:
                enqueue_into_transform_stream(ds._transform, array)
                if (room := promise_of_room_in_transform_stream(ds._transform)) is not None:
                    return react(room, decompress_and_enqueue_arrays)
        return None

    return decompress_and_enqueue_arrays()


def decompress_flush_and_enqueue(ds: DecompressionStream) -> None:
    """TypeError if the end of the compressed data is missing. There is no output left: each chunk has given all of its own.

    https://compression.spec.whatwg.org/#decompress-flush-and-enqueue
    """
    if not ds._context.eof:
        raise TypeError(f"The end of the {ds._format} is missing")
