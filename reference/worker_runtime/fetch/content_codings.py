"""Content codings: gzip, deflate, br and zstd, decoded as they come.

Fetch Standard, 2.2.4: https://fetch.spec.whatwg.org/#bodies
RFC 9110, 8.4.1: https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1
RFC 7932, 13: https://www.rfc-editor.org/rfc/rfc7932#section-13
RFC 8878, 7.2: https://www.rfc-editor.org/rfc/rfc8878#section-7.2

A few bytes can mean gigabytes, the more so in several layers. So one step is taken at a time, there
are few layers, and what lies between two of them is bounded.
"""

from __future__ import annotations

import zlib

from ..compression.decompression_contexts import DecompressionContext
from .headers import HeaderFailure, HeaderList, extract_header_list_values

MOST_CODINGS = 4  # honest content has one
# How many bytes what lies between two codings may have more than the content. A coding that makes
# its input shorter, as all should, never comes near.
MOST_SURPLUS = 1 << 20
# The formats, by the names of the codings: https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.3-3
FORMATS = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate", "br": "brotli", "zstd": "zstd"}
# Decoded in Python, which takes a hundred times as long: such a coding has to be asked for.
SLOW_CODINGS = frozenset({"br", "zstd"})
ACCEPT_ENCODING = {
    "server": "gzip, deflate",
    "browser": "gzip, deflate, br, zstd",
}  # by the profile


class CodingFailure(ValueError):
    """The content is not what its Content-Encoding says, or costs too much.

    Part of https://www.rfc-editor.org/rfc/rfc9110#section-8.4-4
    """


class Decoder:
    """What undoes one coding, which may consist of several compressed streams.

    Part of https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1
    """

    __slots__ = ("_begin", "_coding", "_context", "_is_over", "steps_in_a_turn")

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._begin = b""  # of deflate, until it shows its format
        self._context = DecompressionContext(FORMATS[coding])
        self._is_over = False  # whether what comes now is ignored
        self.steps_in_a_turn = self._context.steps_in_a_turn

    def receive(self, data: bytes) -> None:
        """Take in more of the coded content. The steps before this one have to be done."""
        if self._coding == "deflate" and len(self._begin) < 2:
            data = self._begin + data
            self._begin = data[:2]
            if len(data) < 2:
                return
            # https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.2-3: some send no zlib format.
            # https://www.rfc-editor.org/rfc/rfc1950#page-5
            if data[0] & 0x0F != 8 or int.from_bytes(data[:2]) % 31:
                self._context = DecompressionContext("deflate-raw")
        if not self._is_over:
            self._context.receive(data)

    def step(self) -> bytes | None:
        """Some output, or no bytes after work that gave none; None if more input is needed.
        CodingFailure if the input is wrong.
        """
        if self._is_over:
            return None
        context = self._context
        try:
            piece = context.step()
        except (ValueError, zlib.error) as error:
            raise CodingFailure(f"the content is not {self._coding}: {error}") from None
        if piece is None and context.is_at_the_end and (rest := context.unused_data):
            # https://www.rfc-editor.org/rfc/rfc1952#page-5: another member may follow. Frames of
            # zstd follow each other. Anything else behind the end is ignored.
            if self._coding == "zstd" or FORMATS[self._coding] == "gzip" and rest[0] == 0x1F:
                context.begin()
                return b""
            self._is_over = True
        return piece

    def end(self) -> None:
        """There is no more input; CodingFailure if there should be."""
        if not self._context.is_at_the_end:
            raise CodingFailure(f"the {self._coding} content ends in the middle")


class ContentDecoder:
    """What undoes all codings of a message: `receive` content, then ask for the pieces that come of
    it.

    Part of https://fetch.spec.whatwg.org/#handle-content-codings
    """

    __slots__ = ("_at", "_decoders", "_has_received", "_steps_left", "_surplus")

    def __init__(self, codings: list[str]) -> None:
        """The codings are in the order in which they were applied; each has to be known."""
        self._decoders = [Decoder(coding) for coding in reversed(codings)]
        self._at = 0  # the decoder that takes the next step; those behind it want input
        self._has_received = False
        self._steps_left = self._steps_in_a_turn()
        # by how many bytes the output of each decoder but the last exceeds that of the last
        self._surplus = [0] * (len(codings) - 1)

    def _steps_in_a_turn(self) -> int:
        return min(decoder.steps_in_a_turn for decoder in self._decoders)

    def receive(self, data: bytes) -> None:
        """Take in some content; the last `next_piece` has to be None."""
        self._has_received = True
        self._decoders[0].receive(data)

    def next_piece(self) -> bytes | None:
        """Some output; None if more content is needed. No bytes, if others should have their turn
        before this is called again. CodingFailure if the content is wrong.
        """
        last = len(self._decoders) - 1
        while self._steps_left:
            piece = self._decoders[self._at].step()
            if piece is None:
                if self._at == 0:
                    return None
                self._at -= 1
                continue
            self._steps_left -= 1
            if piece and self._at == last:
                self._surplus = [max(0, surplus - len(piece)) for surplus in self._surplus]
                return piece
            if piece:
                self._surplus[self._at] += len(piece)
                if self._surplus[self._at] > MOST_SURPLUS:
                    raise CodingFailure("the content is much shorter than what it is coded as")
                self._at += 1
                self._decoders[self._at].receive(piece)
        self._steps_left = self._steps_in_a_turn()
        return b""

    def end(self) -> None:
        """There is no more content; CodingFailure if there should be. No content at all is fine."""
        if self._has_received:
            for decoder in self._decoders:
                decoder.end()


def content_decoder(codings: list[str], accepted: list[str]) -> ContentDecoder | None:
    """What decodes content with these codings; None where it is to be left as it is, because one of
    them is unknown.

    `accepted` is the value of Accept-Encoding. CodingFailure if there are too many codings, or one
    that is slow and was not asked for.

    Part of https://www.rfc-editor.org/rfc/rfc9110#section-8.4
    """
    codings = [coding for coding in map(str.lower, codings) if coding != "identity"]
    if len(codings) > MOST_CODINGS:
        raise CodingFailure(f"the content has {len(codings)} codings; {MOST_CODINGS} are supported")
    if not codings or not all(coding in FORMATS for coding in codings):
        return None
    for coding in SLOW_CODINGS.intersection(codings):
        if not is_acceptable(coding, accepted):
            raise CodingFailure(
                f"the content has the coding {coding}, which the request's Accept-Encoding lacks"
            )
    return ContentDecoder(codings)


def is_acceptable(coding: str, accepted: list[str]) -> bool:
    """Whether the values of Accept-Encoding ask for a coding, by its name or by "*".

    Part of https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
    """
    weights = {}
    for value in accepted:
        name, _, weight = value.lower().partition(";")
        weights[name.strip()] = weight.replace(" ", "")
    weight = weights.get(coding, weights.get("*", "q=0"))
    return not weight or weight.strip("q=0.") != ""


def filtered_coding(header_list: HeaderList) -> str:
    """What may be told of the coding of the content.

    Part of https://fetch.spec.whatwg.org/#concept-http-network-fetch
    """
    try:
        codings = extract_header_list_values("Content-Encoding", header_list)
    except HeaderFailure:
        return ""
    if codings is None or len(codings) != 1:
        return "multiple" if codings else ""
    coding = codings[0].lower()
    return coding if coding in FORMATS else "@unknown"
