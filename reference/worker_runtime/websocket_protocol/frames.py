"""Frames: what goes over the wire once the handshake is done.

RFC 6455, 5.2 and 5.3: https://www.rfc-editor.org/rfc/rfc6455#section-5.2
"""

from __future__ import annotations

from collections.abc import Generator
from enum import IntEnum
from functools import cache
from typing import NamedTuple

CONTINUATION, TEXT, BINARY = 0x0, 0x1, 0x2
CLOSE, PING, PONG = 0x8, 0x9, 0xA
OPCODES = frozenset({CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG})

FIN, RSV1, RSV2_AND_RSV3, MASK = 0x80, 0x40, 0x30, 0x80
MOST_OF_A_CONTROL_FRAME = 125
XOR_AT_ONCE = 512  # bytes: a longer payload is masked by the translation of every fourth byte


class CloseCode(IntEnum):
    """Part of https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1"""

    NORMAL_CLOSURE = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    UNSUPPORTED_DATA = 1003
    NO_STATUS_RECEIVED = 1005
    ABNORMAL_CLOSURE = 1006
    INVALID_FRAME_PAYLOAD_DATA = 1007
    POLICY_VIOLATION = 1008
    MESSAGE_TOO_BIG = 1009
    MANDATORY_EXTENSION = 1010
    INTERNAL_ERROR = 1011
    TRY_AGAIN_LATER = 1013
    TLS_HANDSHAKE = 1015


class ConnectionFailure(Exception):
    """The other side breaks the protocol, or a limit; `code` is what it is told.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-7.1.7
    """

    def __init__(self, code: CloseCode, message: str) -> None:
        super().__init__(message)
        self.code = code


class FrameHead(NamedTuple):
    """What comes before the payload of a frame; `length` is the payload's, in bytes. A frame
    without a mask has no key.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-11.8
    """

    fin: bool
    rsv1: bool
    opcode: int
    masking_key: bytes
    length: int


def frame_head(is_masked: bool, has_compression: bool) -> Generator[int, bytes, FrameHead]:
    """Yields how many bytes it wants, and returns the head. `is_masked` is what the other side's
    role demands.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-5.2
    """
    first, second = yield 2
    opcode, length = first & 0x0F, second & 0x7F
    if first & RSV2_AND_RSV3 or (
        first & RSV1 and not (has_compression and opcode in (TEXT, BINARY))
    ):
        raise ConnectionFailure(
            CloseCode.PROTOCOL_ERROR, f"A frame has reserved bits set: {first:#04x}"
        )
    if opcode not in OPCODES:
        raise ConnectionFailure(
            CloseCode.PROTOCOL_ERROR, f"A frame has the opcode {opcode:#x}, which is reserved"
        )
    if bool(second & MASK) != is_masked:
        what = "A client's frame has no mask" if is_masked else "A server's frame has a mask"
        raise ConnectionFailure(CloseCode.PROTOCOL_ERROR, what)
    if opcode >= CLOSE and (length > MOST_OF_A_CONTROL_FRAME or not first & FIN):
        raise ConnectionFailure(
            CloseCode.PROTOCOL_ERROR, "A control frame is fragmented, or longer than 125 bytes"
        )
    if length >= 126:
        is_short = length == 126
        length = int.from_bytes((yield 2 if is_short else 8), "big")
        if not (126 <= length if is_short else 1 << 16 <= length < 1 << 63):
            raise ConnectionFailure(
                CloseCode.PROTOCOL_ERROR,
                f"The length {length} of a frame is not in its shortest form",
            )
    masking_key = (yield 4) if is_masked else b""
    return FrameHead(bool(first & FIN), bool(first & RSV1), opcode, masking_key, length)


def serialize_frame(
    opcode: int,
    payload: bytes | memoryview,
    masking_key: bytes | None = None,
    fin: bool = True,
    rsv1: bool = False,
) -> bytes:
    """A frame as bytes, masked if there is a key.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-6.1
    """
    first = opcode | FIN * fin | RSV1 * rsv1
    length = len(payload)
    mask_bit = 0 if masking_key is None else MASK
    if length < 126:
        head = bytes((first, length | mask_bit))
    elif length < 1 << 16:
        head = bytes((first, 126 | mask_bit)) + length.to_bytes(2, "big")
    else:
        head = bytes((first, 127 | mask_bit)) + length.to_bytes(8, "big")
    return (
        head + payload
        if masking_key is None
        else b"".join((head, masking_key, mask(payload, masking_key)))
    )


def mask(payload: bytes | bytearray | memoryview, masking_key: bytes) -> bytes | bytearray:
    """Mask a payload, or take its mask away: the same either way.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-5.3
    """
    length = len(payload)
    if length <= XOR_AT_ONCE:
        key = (masking_key * (length // 4 + 1))[:length]
        return (int.from_bytes(payload, "little") ^ int.from_bytes(key, "little")).to_bytes(
            length, "little"
        )
    # OPTIMIZATION: all bytes that meet the same byte of the key are translated at once.
    masked = bytearray(payload)
    for index, key_byte in enumerate(masking_key):
        if key_byte:
            masked[index::4] = masked[index::4].translate(xor_table(key_byte))
    return masked


@cache
def xor_table(key_byte: int) -> bytes:
    """What each byte is when it has met that byte of a key. There are 256 such tables at most, made
    when they are wanted.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-10.3
    """
    return bytes(byte ^ key_byte for byte in range(256))
