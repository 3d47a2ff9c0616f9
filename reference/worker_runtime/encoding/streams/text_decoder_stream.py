"""TextDecoderStream: bytes in, text out, whatever the chunks do to a character.

Encoding Standard, 7.5: https://encoding.spec.whatwg.org/#interface-textdecoderstream
"""

from __future__ import annotations

from collections.abc import Coroutine
from functools import partial
from typing import Any, Unpack

from ...html.event_loops import promise_of_another_turn
from ...streams.other_specifications_writable import (
    GenericTransformStream,
    enqueue_into_transform_stream,
    set_up_transform_stream,
)
from ...streams.transform_stream import TransformStream
from ...webidl.dictionaries import to_dictionary
from ...webidl.exceptions import RangeError
from ...webidl.interfaces import new
from ...webidl.type_mapping import get_a_copy_of_the_buffer_source, to_dom_string
from ..encoders_and_decoders import FINISHED, Encoding, Error, ErrorMode, process_an_item
from ..names_and_labels import REPLACEMENT, UTF_8, get_an_encoding
from ..terminology import END_OF_QUEUE, IOQueue
from ..text_decoder import TextDecoderCommon, TextDecoderOptions, serialize_io_queue

ITEMS_IN_A_TURN = 2048  # which take 20 milliseconds at the most


class TextDecoderStream(TextDecoderCommon, GenericTransformStream):
    """Turns a stream of bytes into one of strings.

    https://encoding.spec.whatwg.org/#textdecoderstream
    """

    __slots__ = ("_transform",)

    def __init__(
        self,
        label: str = "utf-8",
        options: TextDecoderOptions | TextDecoderCommon | None = None,
        **members: Unpack[TextDecoderOptions],
    ) -> None:
        """RangeError if no encoding has the label, or only the replacement encoding. Needs a
        running event loop.

        https://encoding.spec.whatwg.org/#dom-textdecoderstream
        """
        encoding = get_an_encoding(to_dom_string(label))
        members = to_dictionary(TextDecoderOptions, options, members)
        if encoding is None or encoding is REPLACEMENT:
            raise RangeError(f"No encoding to decode has this label: {label!r}")
        error_mode: ErrorMode = "fatal" if members.get("fatal") else "replacement"
        set_up_a_text_decoder_stream(self, encoding, error_mode, bool(members.get("ignoreBOM")))


def set_up_a_text_decoder_stream(
    stream: TextDecoderStream,
    encoding: Encoding = UTF_8,
    error_mode: ErrorMode = "replacement",
    ignore_bom: bool = False,
) -> None:
    """https://encoding.spec.whatwg.org/#set-up-a-text-decoder-stream"""
    assert encoding is not REPLACEMENT
    stream._encoding = encoding
    stream._error_mode = error_mode
    stream._ignore_bom = ignore_bom
    stream._bom_seen = False
    stream._decoder = encoding.decoder()
    stream._io_queue = IOQueue(b"")
    stream._transform = new(TransformStream)
    set_up_transform_stream(
        stream._transform,
        partial(decode_and_enqueue_a_chunk, stream),
        partial(flush_and_enqueue, stream),
    )


def decode_and_enqueue_a_chunk(
    decoder: TextDecoderStream, chunk: object
) -> Coroutine[Any, Any, None] | None:
    """TypeError if the chunk is not a buffer, or if the decoder is fatal and the bytes are wrong.

    https://encoding.spec.whatwg.org/#decode-and-enqueue-a-chunk
    """
    decoder._io_queue.push(get_a_copy_of_the_buffer_source(chunk))
    output: list[str] = []
    is_done = _decode_and_enqueue(decoder, output)
    return None if is_done else _decode_the_rest_and_enqueue(decoder, output)


async def _decode_the_rest_and_enqueue(decoder: TextDecoderStream, output: list[str]) -> None:
    """A long chunk that is full of errors takes long, so other tasks have their turn."""
    is_done = False
    while not is_done:
        await promise_of_another_turn()
        is_done = _decode_and_enqueue(decoder, output)


def _decode_and_enqueue(decoder: TextDecoderStream, output: list[str]) -> bool:
    """Whether all that is in the queue has been decoded; only then it is enqueued."""
    for _ in range(ITEMS_IN_A_TURN):
        item = decoder._io_queue.read()
        if item is END_OF_QUEUE:
            output_chunk = serialize_io_queue(decoder, output)
            if output_chunk:
                enqueue_into_transform_stream(decoder._transform, output_chunk)
            return True
        result = process_an_item(
            item, decoder._decoder, decoder._io_queue, output, decoder._error_mode
        )
        if isinstance(result, Error):
            raise TypeError(f"Not {decoder._encoding.name}")
    return False


def flush_and_enqueue(decoder: TextDecoderStream) -> None:
    """TypeError if the decoder is fatal and the bytes end within a character.

    https://encoding.spec.whatwg.org/#flush-and-enqueue
    """
    output: list[str] = []
    while True:
        item = decoder._io_queue.read()
        result = process_an_item(
            item, decoder._decoder, decoder._io_queue, output, decoder._error_mode
        )
        if result is FINISHED:
            break
        if isinstance(result, Error):
            raise TypeError(f"Not {decoder._encoding.name}: the end is missing")
    output_chunk = serialize_io_queue(decoder, output)
    if output_chunk:
        enqueue_into_transform_stream(decoder._transform, output_chunk)
