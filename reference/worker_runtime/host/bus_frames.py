"""Frames of the bus: what goes between a member and the broker.

     0                   4   5                   9
    +-------------------+---+-------------------+--------
    | length of the rest| k | number            | data
    +-------------------+---+-------------------+--------

Integers are big-endian. `k` is the kind; what the number and the data are, the kinds say.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from struct import Struct
from typing import NamedTuple

from .bus import BusFailure

VERSION = 1
MOST_BYTES_OF_A_MESSAGE = 32 * 1024 * 1024
MOST_BYTES_OF_A_NAME = 64 * 1024
MOST_BYTES_OF_A_FRAME = MOST_BYTES_OF_A_MESSAGE + 1024  # of the rest, after the length

HEADER = Struct(">IBI")
LENGTH_OF_THE_REST_OF_A_HEADER = 5
NUMBER = Struct(">I")


class Kind(IntEnum):
    """What a frame is for."""

    # from a member to the broker
    HELLO = 1  # number: the version
    CLAIM = 2  # number: of this question; data: a name
    RELEASE = 3  # data: a name
    # from a member to another: the number is who gets it, and then who has sent it
    MESSAGE = 4  # data: the length of the topic in a byte, the topic, the message
    TAKEN = 5  # data: how many bytes of messages were taken
    # from the broker to a member
    WELCOME = 6  # number: the member's own; data: the identity of the server, numbers of others
    JOINED = 7  # number: a new member's
    GONE = 8  # number: that of one that is dead
    OWNER = 9  # number: of the question; data: the number of the member that owns the name


class Frame(NamedTuple):
    """A frame; see its kind."""

    kind: Kind
    number: int
    data: bytes = b""


def encode(frame: Frame) -> bytes:
    """A frame as bytes."""
    kind, number, data = frame
    return HEADER.pack(LENGTH_OF_THE_REST_OF_A_HEADER + len(data), kind, number) + data


class FrameReader:
    """Makes frames of bytes as they come. BusFailure if they are not frames."""

    __slots__ = ("_buffer",)

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that are complete now."""
        buffer = self._buffer
        buffer += data
        begin, size = 0, len(buffer)
        try:
            while size - begin >= HEADER.size:
                length, kind, number = HEADER.unpack_from(buffer, begin)
                if not LENGTH_OF_THE_REST_OF_A_HEADER <= length <= MOST_BYTES_OF_A_FRAME:
                    raise BusFailure(f"A frame of the bus cannot have {length} bytes")
                end = begin + NUMBER.size + length
                if size < end:
                    break
                if kind not in KINDS:
                    raise BusFailure(f"There is no frame of the kind {kind}")
                content = bytes(memoryview(buffer)[begin + HEADER.size : end])
                begin = end
                yield Frame(Kind(kind), number, content)
        finally:
            del buffer[:begin]


KINDS = frozenset(Kind)


def number_of(data: bytes) -> int:
    """The number that data is. BusFailure if it is not a number."""
    if len(data) != NUMBER.size:
        raise BusFailure("A number has four bytes")
    number: int = NUMBER.unpack(data)[0]
    return number


def pack_message(topic: str, message: bytes) -> bytes:
    """The data of a message. BusFailure if that is too large."""
    if len(message) > MOST_BYTES_OF_A_MESSAGE:
        raise BusFailure(
            f"A message between processes has at most {MOST_BYTES_OF_A_MESSAGE} bytes, "
            f"not {len(message)}"
        )
    name = topic.encode("ascii")
    return bytes([len(name)]) + name + message


def unpack_message(data: bytes) -> tuple[str, bytes]:
    """The topic and the message. BusFailure if there is none."""
    length = data[0] if data else 256
    if len(data) <= length or not data[1 : length + 1].isascii():
        raise BusFailure("A message of the bus has no topic")
    return data[1 : length + 1].decode("ascii"), data[length + 1 :]
