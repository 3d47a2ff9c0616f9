"""TextDecoder, and what it shares with TextDecoderStream.

Encoding Standard, 7.1 and 7.2: https://encoding.spec.whatwg.org/#interface-textdecoder
"""

from __future__ import annotations

from typing import TypedDict, Unpack

from ..infra.strings import ascii_lowercase
from ..webidl.dictionaries import to_dictionary
from ..webidl.exceptions import RangeError
from ..webidl.type_mapping import get_a_copy_of_the_buffer_source, to_dom_string
from .encoders_and_decoders import FINISHED, Decoder, Encoding, Error, ErrorMode, process_an_item
from .implementation_considerations import CodecDecoder
from .names_and_labels import REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, get_an_encoding
from .terminology import END_OF_QUEUE, IOQueue


class TextDecoderOptions(TypedDict, total=False):
    """Both are false by default.

    https://encoding.spec.whatwg.org/#textdecoderoptions
    """

    fatal: bool
    ignoreBOM: bool


class TextDecodeOptions(TypedDict, total=False):
    """False by default.

    https://encoding.spec.whatwg.org/#textdecodeoptions
    """

    stream: bool


class TextDecoderCommon:
    """The attributes of TextDecoder and TextDecoderStream, and the slots behind them.

    https://encoding.spec.whatwg.org/#textdecodercommon
    """

    __slots__ = ("_bom_seen", "_decoder", "_encoding", "_error_mode", "_ignore_bom", "_io_queue")

    _encoding: Encoding
    _decoder: Decoder
    _io_queue: IOQueue[bytes]
    _ignore_bom: bool
    _bom_seen: bool
    _error_mode: ErrorMode

    @property
    def encoding(self) -> str:
        """https://encoding.spec.whatwg.org/#dom-textdecoder-encoding"""
        return ascii_lowercase(self._encoding.name)

    @property
    def fatal(self) -> bool:
        """https://encoding.spec.whatwg.org/#dom-textdecoder-fatal"""
        return self._error_mode == "fatal"

    @property
    def ignoreBOM(self) -> bool:
        """https://encoding.spec.whatwg.org/#dom-textdecoder-ignorebom"""
        return self._ignore_bom


def serialize_io_queue(decoder: TextDecoderCommon, io_queue: list[str]) -> str:
    """https://encoding.spec.whatwg.org/#concept-td-serialize"""
    output = "".join(io_queue)
    encoding = decoder._encoding
    if output and not decoder._ignore_bom and not decoder._bom_seen:
        if encoding is UTF_8 or encoding is UTF_16BE or encoding is UTF_16LE:
            decoder._bom_seen = True
            return output.removeprefix("\ufeff")
    return output


class TextDecoder(TextDecoderCommon):
    """Turns bytes, in one piece or in several, into a string.

    https://encoding.spec.whatwg.org/#textdecoder
    """

    __slots__ = ("_do_not_flush",)

    def __init__(
        self,
        label: str = "utf-8",
        options: TextDecoderOptions | TextDecoderCommon | None = None,
        **members: Unpack[TextDecoderOptions],
    ) -> None:
        """RangeError if no encoding has the label, or only the replacement encoding.

        https://encoding.spec.whatwg.org/#dom-textdecoder
        """
        encoding = get_an_encoding(to_dom_string(label))
        members = to_dictionary(TextDecoderOptions, options, members)
        if encoding is None or encoding is REPLACEMENT:
            raise RangeError(f"No encoding to decode has this label: {label!r}")
        self._encoding = encoding
        self._error_mode = "fatal" if members.get("fatal") else "replacement"
        self._ignore_bom = bool(members.get("ignoreBOM"))
        self._bom_seen = False
        self._do_not_flush = False

    def decode(
        self,
        input: bytes | bytearray | memoryview | None = None,
        options: TextDecodeOptions | None = None,
        **members: Unpack[TextDecodeOptions],
    ) -> str:
        """The text of the input, a buffer. With stream, what the end of the input only begins waits
        for the next call.

        TypeError if the decoder is fatal and the bytes are wrong; what is behind the error is the
        beginning of the next call.

        https://encoding.spec.whatwg.org/#dom-textdecoder-decode
        """
        bytes = b"" if input is None else get_a_copy_of_the_buffer_source(input)
        stream = bool(to_dictionary(TextDecodeOptions, options, members).get("stream"))
        if not self._do_not_flush:
            self._decoder = self._encoding.decoder()
            self._io_queue = IOQueue(b"")
            self._bom_seen = False
        self._do_not_flush = stream
        if isinstance(self._decoder, CodecDecoder):
            # OPTIMIZATION: a codec keeps what is left of the input itself, and so needs no queue.
            try:
                return serialize_io_queue(
                    self, [self._decoder.decode(bytes, self._error_mode, not stream)]
                )
            except UnicodeDecodeError as error:
                raise TypeError(f"Not {self._encoding.name}: {error.reason}") from None
        self._io_queue.push(bytes)
        output: list[str] = []
        while True:
            item = self._io_queue.read()
            if item is END_OF_QUEUE and self._do_not_flush:
                return serialize_io_queue(self, output)
            result = process_an_item(item, self._decoder, self._io_queue, output, self._error_mode)
            if result is FINISHED:
                return serialize_io_queue(self, output)
            if isinstance(result, Error):
                raise TypeError(f"Not {self._encoding.name}")
