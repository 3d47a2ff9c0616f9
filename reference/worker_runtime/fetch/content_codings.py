"""Content codings: gzip, deflate, br and zstd, decoded as they come.

Fetch Standard, 2.2.4: https://fetch.spec.whatwg.org/#bodies
RFC 9110, 8.4.1: https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1
RFC 7932, 13: https://www.rfc-editor.org/rfc/rfc7932#section-13
RFC 8878, 7.2: https://www.rfc-editor.org/rfc/rfc8878#section-7.2

A few bytes can mean gigabytes, so a decoder gives its output piece by piece, as it is asked for it.
"""

from __future__ import annotations

import zlib
from collections.abc import Generator, Iterator

OUTPUT_LENGTH = 256 * 1024  # bytes that come out of a decoder at once
# bytes that go into one at once: what it does not consume is copied each time
INPUT_LENGTH = 64 * 1024
MOST_CODINGS = 4  # nobody means more
# how zlib is told of a format
GZIP, ZLIB, RAW = zlib.MAX_WBITS + 16, zlib.MAX_WBITS, -zlib.MAX_WBITS
# https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.3-3
WBITS = {"gzip": GZIP, "x-gzip": GZIP, "deflate": ZLIB}
PYTHON_CODINGS = ("br", "zstd")  # what zlib does not do
# By the profile. What zlib decodes is decoded a hundred times as fast, so a server does not ask for
# the rest.
ACCEPT_ENCODING = {"server": "gzip, deflate", "browser": "gzip, deflate, br, zstd"}


class CodingFailure(ValueError):
    """The content is not what its Content-Encoding says.

    https://www.rfc-editor.org/rfc/rfc9110#section-8.4-4
    """


class Decoder:
    """What undoes a coding of zlib's.

    https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.3
    """

    __slots__ = ("_begin", "_coding", "_context", "_is_over")

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._begin = b""  # of the content, until it shows its format
        self._context = zlib.decompressobj(wbits=WBITS[coding])
        self._is_over = False  # whether all that comes now is of no interest

    def decode(self, data: bytes) -> Iterator[bytes]:
        """The output for some input, in pieces that are not empty; CodingFailure if the input is
        wrong.
        """
        if WBITS[self._coding] == ZLIB and len(self._begin) < 2:
            data = self._begin + data
            self._begin = data[:2]
            if len(data) < 2:
                return
            # https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.2-3, for those who send no zlib format:
            # https://www.rfc-editor.org/rfc/rfc1950#page-5
            if data[0] & 0x0F != 8 or int.from_bytes(data[:2]) % 31:
                self._context = zlib.decompressobj(wbits=RAW)
        for start in range(0, len(data), INPUT_LENGTH):
            yield from self._decode(data[start : start + INPUT_LENGTH])

    def _decode(self, data: bytes) -> Iterator[bytes]:
        while not self._is_over:
            try:
                piece = self._context.decompress(data, OUTPUT_LENGTH)
            except zlib.error as error:
                raise CodingFailure(f"the content is not {self._coding}: {error}") from None
            if piece:
                yield piece
            data = self._context.unconsumed_tail
            if self._context.eof:
                # https://www.rfc-editor.org/rfc/rfc1952#page-5: another member may follow; what is none counts for nothing.
                data = self._context.unused_data
                if not data:
                    return
                self._is_over = WBITS[self._coding] != GZIP or data[0] != 0x1F
                self._context = zlib.decompressobj(wbits=GZIP)
            elif len(piece) < OUTPUT_LENGTH:  # the context has given all that it could
                return

    def end(self, received: bool) -> None:
        """There is no more input; CodingFailure if there should be. Of no content at all, nothing
        is expected.
        """
        if received and not (self._is_over or self._context.eof):
            raise CodingFailure(f"the {self._coding} content ends in the middle")


class PythonDecoder:
    """What undoes br or zstd.

    https://www.rfc-editor.org/rfc/rfc8878#section-7.2
    """

    __slots__ = ("_coding", "_is_complete", "_stream")

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._stream: Generator[bytes, bytes, bytes] | None = None
        self._is_complete = False

    def decode(self, data: bytes) -> Iterator[bytes]:
        """The output for some input, in pieces that are not empty; CodingFailure if the input is
        wrong.
        """
        # Frames of zstd may follow each other; what follows br counts for nothing.
        while data and not (self._is_complete and self._coding == "br"):
            if self._stream is None:
                self._stream = _decoding(self._coding)
                next(self._stream)
                self._is_complete = False
            try:
                piece = self._stream.send(data)
                while piece:
                    yield piece
                    piece = next(self._stream)
                return
            except StopIteration as end:
                self._stream, self._is_complete, data = None, True, end.value
            except ValueError as error:
                raise CodingFailure(f"the content is not {self._coding}: {error}") from None

    def end(self, received: bool) -> None:
        """There is no more input; CodingFailure if there should be. Of no content at all, nothing
        is expected.
        """
        if received and not self._is_complete:
            raise CodingFailure(f"the {self._coding} content ends in the middle")


def _decoding(coding: str) -> Generator[bytes, bytes, bytes]:
    """A decoder, which is loaded when it is first needed."""
    if coding == "br":
        from ..brotli.decoder import decode

        return decode()
    from ..zstandard.frames import frame

    return frame()


class ContentDecoder:
    """What undoes all codings of a message.

    https://fetch.spec.whatwg.org/#handle-content-codings
    """

    __slots__ = ("_decoders", "_received")

    def __init__(self, codings: list[str]) -> None:
        """The codings are in the order in which they were applied; each has to be known."""
        self._decoders = [
            (PythonDecoder if coding in PYTHON_CODINGS else Decoder)(coding)
            for coding in reversed(codings)
        ]
        self._received = False

    def decode(self, data: bytes) -> Iterator[bytes]:
        """The output for some input, in pieces that are not empty; CodingFailure if the input is
        wrong.
        """
        self._received = True
        pieces = iter((data,))
        for decoder in self._decoders:
            pieces = _chained(decoder, pieces)
        return pieces

    def end(self) -> None:
        """There is no more input; CodingFailure if there should be."""
        for decoder in self._decoders:
            decoder.end(self._received)


def _chained(decoder: Decoder | PythonDecoder, pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield from decoder.decode(piece)


def content_decoder(codings: list[str]) -> ContentDecoder | None:
    """What decodes content with these codings, or None where it is to be left as it is: nobody
    knows one of them.

    CodingFailure if there are too many.

    https://www.rfc-editor.org/rfc/rfc9110#section-8.4
    """
    codings = [coding for coding in map(str.lower, codings) if coding != "identity"]
    if len(codings) > MOST_CODINGS:
        raise CodingFailure(f"the content has {len(codings)} codings; {MOST_CODINGS} are supported")
    is_known = all(coding in WBITS or coding in PYTHON_CODINGS for coding in codings)
    return ContentDecoder(codings) if codings and is_known else None
