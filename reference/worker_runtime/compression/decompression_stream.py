"""The DecompressionStream interface.

Compression Standard, 5: https://compression.spec.whatwg.org/#decompression-stream
"""

from __future__ import annotations

import zlib
from collections.abc import Coroutine
from functools import partial
from typing import Any

from ..html.event_loops import promise_of_another_turn
from ..streams.other_specifications_writable import (
    GenericTransformStream,
    enqueue_into_transform_stream,
    promise_of_room_in_transform_stream,
    set_up_transform_stream,
)
from ..streams.transform_stream import TransformStream
from ..webidl.interfaces import new
from ..webidl.promises import Promise
from ..webidl.type_mapping import get_a_copy_of_the_buffer_source
from .decompression_contexts import DecompressionContext
from .supported_formats import CompressionFormat, to_compression_format


class DecompressionStream(GenericTransformStream):
    """Decompresses a stream of bytes.

    https://compression.spec.whatwg.org/#decompressionstream
    """

    __slots__ = ("_context", "_format", "_held", "_steps_left", "_transform")

    _context: DecompressionContext
    _format: CompressionFormat
    _held: bytes  # an array that waits to be enqueued
    _steps_left: int  # of the context, before other tasks have their turn

    def __init__(self, format: CompressionFormat) -> None:
        """TypeError if the format is not supported. Needs a running event loop.

        https://compression.spec.whatwg.org/#dom-decompressionstream-decompressionstream
        """
        self._format = to_compression_format(format)
        self._context = DecompressionContext(self._format)
        self._held = b""
        self._steps_left = self._context.steps_in_a_turn
        self._transform = new(TransformStream)
        set_up_transform_stream(
            self._transform,
            partial(decompress_and_enqueue_a_chunk, self),
            partial(decompress_flush_and_enqueue, self),
        )


def decompress_and_enqueue_a_chunk(
    ds: DecompressionStream, chunk: object
) -> Coroutine[Any, Any, None] | None:
    """TypeError if the chunk is not a buffer, if the data is corrupt, or if there is more of it
    behind its end.

    https://compression.spec.whatwg.org/#decompress-and-enqueue-a-chunk
    """
    ds._context.receive(get_a_copy_of_the_buffer_source(chunk))
    # DEVIATION: the arrays that come of one chunk wait for each other to be read, and other tasks
    # have their turn between them. A few bytes can mean gigabytes.
    reason_to_wait = _enqueue_arrays(ds)
    return None if reason_to_wait is None else _enqueue_more_arrays(ds, reason_to_wait)


async def _enqueue_more_arrays(
    ds: DecompressionStream, reason_to_wait: Promise[None] | None
) -> None:
    while reason_to_wait is not None:
        await reason_to_wait
        reason_to_wait = _enqueue_arrays(ds)


def _enqueue_arrays(ds: DecompressionStream) -> Promise[None] | None:
    """Enqueue what the context gives; a promise if that has to wait for it, None if it is done."""
    context = ds._context
    while ds._steps_left:
        if not ds._held:
            ds._steps_left -= 1
            try:
                array = context.step()
            except (zlib.error, ValueError) as error:
                raise TypeError(f"Not {ds._format}: {error}") from None
            if array is None:
                if context.is_at_the_end and context.unused_data:
                    raise TypeError(f"There is more data behind the end of the {ds._format}")
                return None
            ds._held = array
        if ds._held:
            room = promise_of_room_in_transform_stream(ds._transform)
            if room is not None:
                return room
            array, ds._held = ds._held, b""
            enqueue_into_transform_stream(ds._transform, array)
    ds._steps_left = context.steps_in_a_turn
    return promise_of_another_turn()


def decompress_flush_and_enqueue(ds: DecompressionStream) -> None:
    """TypeError if the end of the compressed data is missing. There is no output left: each chunk
    has given all of its own.

    https://compression.spec.whatwg.org/#decompress-flush-and-enqueue
    """
    if not ds._context.is_at_the_end:
        raise TypeError(f"The end of the {ds._format} is missing")
