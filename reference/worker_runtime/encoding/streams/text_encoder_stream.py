"""TextEncoderStream: text in, UTF-8 out, also where the chunks part two surrogates.

Encoding Standard, 7.6: https://encoding.spec.whatwg.org/#interface-textencoderstream
"""

from __future__ import annotations

from functools import partial

from ...infra.strings import convert_to_scalar_value_string
from ...streams.other_specifications_writable import (
    GenericTransformStream,
    enqueue_into_transform_stream,
    set_up_transform_stream,
)
from ...streams.transform_stream import TransformStream
from ...webidl.interfaces import new
from ...webidl.type_mapping import to_dom_string
from ..hooks import utf_8_encode
from ..text_encoder import TextEncoderCommon


class TextEncoderStream(TextEncoderCommon, GenericTransformStream):
    """Turns a stream of strings into one of UTF-8.

    https://encoding.spec.whatwg.org/#textencoderstream
    """

    __slots__ = ("_leading_surrogate", "_transform")

    _leading_surrogate: str  # or none: ""

    def __init__(self) -> None:
        """Needs a running event loop.

        https://encoding.spec.whatwg.org/#dom-textencoderstream
        """
        self._leading_surrogate = ""
        self._transform = new(TransformStream)
        set_up_transform_stream(
            self._transform,
            partial(encode_and_enqueue_a_chunk, self),
            partial(encode_and_flush, self),
        )


def encode_and_enqueue_a_chunk(encoder: TextEncoderStream, chunk: object) -> None:
    """TypeError if the chunk cannot be a string.

    https://encoding.spec.whatwg.org/#encode-and-enqueue-a-chunk
    """
    input = to_dom_string(chunk)
    output = utf_8_encode(convert_code_units_to_scalar_values(encoder, input))
    if output:
        enqueue_into_transform_stream(encoder._transform, output)


def convert_code_units_to_scalar_values(encoder: TextEncoderStream, input: str) -> str:
    """The standard's algorithm for one code unit, over all of them. A leading surrogate at the end
    waits for the next chunk.

    https://encoding.spec.whatwg.org/#convert-code-unit-to-scalar-value
    """
    input = encoder._leading_surrogate + input
    encoder._leading_surrogate = input[-1:] if "\ud800" <= input[-1:] <= "\udbff" else ""
    return convert_to_scalar_value_string(input.removesuffix(encoder._leading_surrogate))


def encode_and_flush(encoder: TextEncoderStream) -> None:
    """https://encoding.spec.whatwg.org/#encode-and-flush"""
    if encoder._leading_surrogate:
        enqueue_into_transform_stream(encoder._transform, b"\xef\xbf\xbd")
