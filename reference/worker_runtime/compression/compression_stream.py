"""The CompressionStream interface.

Compression Standard, 4: https://compression.spec.whatwg.org/#compression-stream
"""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from functools import partial
from itertools import chain
from typing import Any

from ..html.event_loops import promise_of_another_turn
from ..streams.other_specifications_writable import (
    GenericTransformStream,
    enqueue_into_transform_stream,
    set_up_transform_stream,
)
from ..streams.transform_stream import TransformStream
from ..webidl.interfaces import new
from ..webidl.type_mapping import get_a_copy_of_the_buffer_source
from .supported_formats import (
    CompressionContext,
    CompressionFormat,
    compression_context,
    to_compression_format,
)


class CompressionStream(GenericTransformStream):
    """Compresses a stream of bytes.

    https://compression.spec.whatwg.org/#compressionstream
    """

    __slots__ = ("_context", "_format", "_transform")

    _context: CompressionContext
    _format: CompressionFormat

    def __init__(self, format: CompressionFormat) -> None:
        """TypeError if the format is not supported. Needs a running event loop.

        https://compression.spec.whatwg.org/#dom-compressionstream-compressionstream
        """
        self._format = to_compression_format(format)
        self._context = compression_context(self._format)
        self._transform = new(TransformStream)
        set_up_transform_stream(
            self._transform,
            partial(compress_and_enqueue_a_chunk, self),
            partial(compress_flush_and_enqueue, self),
        )


def compress_and_enqueue_a_chunk(
    cs: CompressionStream, chunk: object
) -> Coroutine[Any, Any, None] | None:
    """TypeError if the chunk is not a buffer.

    https://compression.spec.whatwg.org/#compress-and-enqueue-a-chunk
    """
    return _enqueue(cs, cs._context.compress(get_a_copy_of_the_buffer_source(chunk)))


def compress_flush_and_enqueue(cs: CompressionStream) -> Coroutine[Any, Any, None] | None:
    """https://compression.spec.whatwg.org/#compress-flush-and-enqueue"""
    return _enqueue(cs, cs._context.flush())


def _enqueue(cs: CompressionStream, steps: Iterator[bytes]) -> Coroutine[Any, Any, None] | None:
    """Take the first step at once; a coroutine takes more of them, if there are any."""
    _enqueue_if_any(cs, next(steps, b""))
    second = next(steps, None)
    return None if second is None else _enqueue_more(cs, chain((second,), steps))


async def _enqueue_more(cs: CompressionStream, steps: Iterator[bytes]) -> None:
    """Other tasks have their turn after each step."""
    for buffer in steps:
        _enqueue_if_any(cs, buffer)
        await promise_of_another_turn()


def _enqueue_if_any(cs: CompressionStream, buffer: bytes) -> None:
    if buffer:
        enqueue_into_transform_stream(cs._transform, buffer)
