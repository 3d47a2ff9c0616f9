"""permessage-deflate: messages that are compressed, one by one.

RFC 7692, 7: https://www.rfc-editor.org/rfc/rfc7692#section-7

A message is decompressed when all of it is there, piece by piece, and no further than the limit for
messages. What is not whole yet takes no more memory than what was sent of it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .frames import CloseCode, ConnectionFailure

NAME = "permessage-deflate"
# what ends an empty block without compression: it ends every message, and is not sent
TAIL = b"\x00\x00\xff\xff"
PIECE_LENGTH = 64 * 1024  # bytes that go into a decompressor, or come out of it, at once
SHORTEST_WORTH_COMPRESSING = 256  # bytes, for a message that cannot refer to the ones before


class ExtensionOffer(NamedTuple):
    """An extension and its parameters, in their order; a parameter without a value has None.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-9.1
    """

    name: str
    parameters: list[tuple[str, str | None]]


class DeflateParameters(NamedTuple):
    """What the two sides agree on.

    Part of https://www.rfc-editor.org/rfc/rfc7692#section-7.1
    """

    server_no_context_takeover: bool = False
    client_no_context_takeover: bool = False
    server_max_window_bits: int = 15
    client_max_window_bits: int = 15


class InvalidParameters(ValueError):
    """An offer is to be declined; a response fails the connection.

    Part of https://www.rfc-editor.org/rfc/rfc7692#section-5.1
    """


# ---- negotiation ---------------------------------------------------------------------------------


def no_context_takeover(name: str, value: str | None) -> bool:
    """Part of https://www.rfc-editor.org/rfc/rfc7692#section-7.1.1
    Part of https://www.rfc-editor.org/rfc/rfc7692#section-7.1.1.1
    Part of https://www.rfc-editor.org/rfc/rfc7692#section-7.1.1.2
    """
    if value is not None:
        raise InvalidParameters(f"{name} has no value, but here it is {value!r}")
    return True


def max_window_bits(name: str, value: str | None) -> int:
    """Part of https://www.rfc-editor.org/rfc/rfc7692#section-7.1.2"""
    if value not in ("8", "9", "10", "11", "12", "13", "14", "15"):
        raise InvalidParameters(f"{name} is a number from 8 to 15, not {value!r}")
    return int(value)


def extension_parameters(offer: ExtensionOffer, is_offer: bool) -> DeflateParameters:
    """The parameters of an offer or a response; InvalidParameters if one is unknown, invalid, or
    there twice.

    Part of https://www.rfc-editor.org/rfc/rfc7692#section-7.1.3
    """
    agreed: dict[str, int] = {}
    for name, value in offer.parameters:
        if name in agreed or name not in DeflateParameters._fields:
            raise InvalidParameters(
                f"permessage-deflate has the parameter {name!r} twice, or does not know it"
            )
        if name.endswith("no_context_takeover"):
            agreed[name] = no_context_takeover(name, value)
        elif name == "client_max_window_bits" and value is None and is_offer:
            agreed[name] = 15
        else:
            agreed[name] = max_window_bits(name, value)
    return DeflateParameters(**agreed)  # type: ignore[arg-type]


def accept_an_offer(
    offers: Sequence[ExtensionOffer], keeps_contexts: bool = False
) -> tuple[DeflateParameters, str] | None:
    """What a server agrees to, and the words of its response; None if nothing that is offered can
    be done.

    A server that does not keep contexts says so for both sides: then a connection that is silent
    needs no memory for them.

    Part of https://www.rfc-editor.org/rfc/rfc7692#section-7.1.2.1
    """
    for offer in offers:
        if offer.name != NAME:
            continue
        try:
            parameters = extension_parameters(offer, is_offer=True)
        except InvalidParameters:
            continue
        if parameters.server_max_window_bits == 8:
            continue  # zlib cannot compress with a window that small
        if not keeps_contexts:
            parameters = parameters._replace(
                server_no_context_takeover=True, client_no_context_takeover=True
            )
        words = [NAME]
        words += [
            name
            for name in ("server_no_context_takeover", "client_no_context_takeover")
            if getattr(parameters, name)
        ]
        # a limit that is agreed to is said, also if it limits nothing
        if "server_max_window_bits" in dict(offer.parameters):
            words.append(f"server_max_window_bits={parameters.server_max_window_bits}")
        if parameters.client_max_window_bits < 15:
            words.append(f"client_max_window_bits={parameters.client_max_window_bits}")
        return parameters, "; ".join(words)
    return None


def accept_a_response(response: ExtensionOffer) -> DeflateParameters:
    """What a server has agreed to, where a client has offered `permessage-deflate;
    client_max_window_bits`.

    Part of https://www.rfc-editor.org/rfc/rfc7692#section-7.1.2.2
    """
    return extension_parameters(response, is_offer=False)


# ---- messages ------------------------------------------------------------------------------------


class Compressor:
    """The messages that go out. Without context takeover, nothing is kept between two of them.

    Part of https://www.rfc-editor.org/rfc/rfc7692#section-7.2.1
    """

    __slots__ = ("_context", "_window_bits")

    def __init__(self, window_bits: int, no_context_takeover: bool) -> None:
        self._window_bits = window_bits
        self._context = None if no_context_takeover or window_bits == 8 else self._new_context()

    def _new_context(self) -> zlib._Compress:
        return zlib.compressobj(wbits=-self._window_bits)

    def compress_in_pieces(self, pieces: Iterable[bytes | memoryview]) -> Iterator[bytes] | None:
        """The payload of a long message, piece by piece; None if it is better sent as it is."""
        if self._window_bits == 8:
            return None
        return self._compressed_pieces(self._context or self._new_context(), pieces)

    def _compressed_pieces(
        self, context: zlib._Compress, pieces: Iterable[bytes | memoryview]
    ) -> Iterator[bytes]:
        """All but the last keep their tails: they are what a frame may end with.

        Part of https://www.rfc-editor.org/rfc/rfc7692#section-7.2.3.5
        """
        previous = b""
        for piece in pieces:
            if previous:
                yield previous
            previous = context.compress(piece) + context.flush(zlib.Z_SYNC_FLUSH)
        yield previous[: -len(TAIL)]

    def compress(self, payload: bytes) -> bytes | None:
        """The payload of a message, compressed; None if it is better sent as it is, which any
        message may be.
        """
        if self._window_bits == 8:  # zlib cannot
            return None
        context = self._context
        if context is None:
            if len(payload) < SHORTEST_WORTH_COMPRESSING:
                return None
            context = self._new_context()
        compressed = context.compress(payload) + context.flush(zlib.Z_SYNC_FLUSH)
        return compressed[: -len(TAIL)]


class Decompressor:
    """The messages that come in, one by one. Without context takeover, nothing is kept between two
    of them.

    Part of https://www.rfc-editor.org/rfc/rfc7692#section-7.2.2
    """

    __slots__ = ("_context", "_keeps_context", "_window_bits")

    def __init__(self, window_bits: int, no_context_takeover: bool) -> None:
        self._window_bits = max(9, window_bits)
        self._keeps_context = not no_context_takeover
        self._context: zlib._Decompress | None = None

    def decompress(self, payload: bytes | bytearray, most: int) -> Iterator[bytes]:
        """The payload of a whole message, decompressed, in pieces of 64 KiB at the most;
        ConnectionFailure if they are longer than the limit.
        """
        try:
            for start in range(0, len(payload), PIECE_LENGTH):
                for piece in self._decompress(bytes(payload[start : start + PIECE_LENGTH]), most):
                    most -= len(piece)
                    yield piece
            yield from self._decompress(TAIL, most)
        except zlib.error as error:
            message = f"A message cannot be decompressed: {error}"
            raise ConnectionFailure(CloseCode.INVALID_FRAME_PAYLOAD_DATA, message) from None
        if not self._keeps_context:
            self._context = None

    def _decompress(self, data: bytes, most: int) -> Iterator[bytes]:
        is_full = False  # then there may be more output, even if all input is taken
        while data or is_full:
            if self._context is None:
                self._context = zlib.decompressobj(wbits=-self._window_bits)
            length = min(PIECE_LENGTH, most + 1)
            piece = self._context.decompress(data, length)
            is_full = len(piece) == length
            most -= len(piece)
            if most < 0:
                raise ConnectionFailure(
                    CloseCode.MESSAGE_TOO_BIG, "A decompressed message is too long"
                )
            if piece:
                yield piece
            data = self._context.unconsumed_tail
            if self._context.eof:  # https://www.rfc-editor.org/rfc/rfc7692#section-7.2.3.4
                data, is_full = self._context.unused_data, False
                self._context = None
