"""Frames: what a stream consists of.

RFC 8878, 3: https://www.rfc-editor.org/rfc/rfc8878#section-3.1
"""

from __future__ import annotations

from typing import NamedTuple

from .bitstreams import Decoding, ZstandardFailure
from .blocks import BlockDecoder
from .xxh64 import XXH64

MAGIC_NUMBER = 0xFD2FB528
SKIPPABLE_MAGIC_NUMBER = 0x184D2A50  # and the 15 that follow
# https://www.rfc-editor.org/rfc/rfc9659#section-3
MOST_WINDOW_SIZE = 8 << 20
MOST_BLOCK_SIZE = 128 << 10
EMPTY_BLOCKS_AT_ONCE = 16  # before a rest; each may take a millisecond
RAW_BLOCK, RLE_BLOCK, COMPRESSED_BLOCK = 0, 1, 2


class ByteReader:
    """The input, in the lengths that the format has.

    Part of https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1
    """

    __slots__ = ("data", "position")

    def __init__(self) -> None:
        self.data = b""  # from `position` on it has not been read
        self.position = 0

    def take(self, length: int) -> Decoding[bytes]:
        """That many bytes of the input."""
        if len(self.data) - self.position < length:
            pieces = [self.data[self.position :]]
            missing = length - len(pieces[0])
            while missing > 0:
                pieces.append((yield b""))
                missing -= len(pieces[-1])
            self.data, self.position = b"".join(pieces), 0
        self.position += length
        return self.data[self.position - length : self.position]

    def skip(self, length: int) -> Decoding[None]:
        """Pass over that many bytes."""
        while length:
            part = min(length, max(1, len(self.data) - self.position))
            yield from self.take(part)
            length -= part

    def take_integer(self, length: int) -> Decoding[int]:
        """The integer in that many bytes."""
        return int.from_bytes((yield from self.take(length)), "little")


class FrameHeader(NamedTuple):
    """What a frame says of itself; the content size may be unknown.

    https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.1
    """

    window_size: int
    content_size: int | None
    has_checksum: bool


def frame() -> Decoding[bytes]:
    """Decode a frame, in steps; the output comes block by block. It returns what stands behind the
    frame, which can be another.

    ZstandardFailure if the data is not a frame, or needs a dictionary or too large a window.

    https://www.rfc-editor.org/rfc/rfc8878#section-3.1
    Part of https://www.rfc-editor.org/rfc/rfc8878#section-3.1.2
    """
    reader = ByteReader()
    magic_number = yield from reader.take_integer(4)
    if magic_number == MAGIC_NUMBER:
        yield from _zstandard_frame(reader)
    elif magic_number & ~0xF == SKIPPABLE_MAGIC_NUMBER:
        # https://www.rfc-editor.org/rfc/rfc8878#section-3.1.2
        yield from reader.skip((yield from reader.take_integer(4)))
    else:
        raise ZstandardFailure(f"a frame begins with {magic_number:#010x}")
    return reader.data[reader.position :]


def _zstandard_frame(reader: ByteReader) -> Decoding[None]:
    header = yield from frame_header(reader)
    block_maximum_size = min(header.window_size, MOST_BLOCK_SIZE)
    block_decoder = BlockDecoder()
    output = bytearray()  # the end of the content, as far as offsets can go back
    content_size = empty_blocks = 0
    checksum = XXH64()
    last_block = False
    while not last_block:
        block_header = yield from reader.take_integer(3)
        last_block = bool(block_header & 1)
        block_type, block_size = block_header >> 1 & 3, block_header >> 3
        if block_size > block_maximum_size:
            raise ZstandardFailure(
                f"a block has {block_size} bytes; {block_maximum_size} is the most"
            )
        begin = len(output)
        if block_type == RAW_BLOCK:
            output += yield from reader.take(block_size)
        elif block_type == RLE_BLOCK:
            output += (yield from reader.take(1)) * block_size
        elif block_type == COMPRESSED_BLOCK:
            yield from block_decoder.decode(
                (yield from reader.take(block_size)), output, header.window_size, block_maximum_size
            )
        else:
            raise ZstandardFailure("a block has the reserved type")
        block = bytes(output[begin:])
        content_size += len(block)
        if header.has_checksum:
            checksum.update(block)
        if block:
            yield block
        else:
            empty_blocks += 1
            if not empty_blocks % EMPTY_BLOCKS_AT_ONCE:
                yield None
        if len(output) > header.window_size + 4 * MOST_BLOCK_SIZE:
            del output[: -header.window_size]
    if header.content_size is not None and content_size != header.content_size:
        raise ZstandardFailure(
            f"the content has {content_size} bytes; its frame says {header.content_size}"
        )
    if (
        header.has_checksum
        and (yield from reader.take_integer(4)) != checksum.digest() & 0xFFFFFFFF
    ):
        raise ZstandardFailure("the checksum of the content is another")


def frame_header(reader: ByteReader) -> Decoding[FrameHeader]:
    """The header that comes next; ZstandardFailure if it asks for what is not supported.

    https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.1.1
    Part of https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.1.2
    Part of https://www.rfc-editor.org/rfc/rfc9659#section-3
    """
    descriptor = yield from reader.take_integer(1)
    if descriptor & 8:
        raise ZstandardFailure("the reserved bit of a frame is set")
    single_segment = bool(descriptor & 0x20)
    window_size = 0
    if not single_segment:
        # https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.1.2
        window_descriptor = yield from reader.take_integer(1)
        window_base = 1 << 10 + (window_descriptor >> 3)
        window_size = window_base + (window_base >> 3) * (window_descriptor & 7)
    if dictionary_id := (yield from reader.take_integer((0, 1, 2, 4)[descriptor & 3])):
        raise ZstandardFailure(f"the dictionary {dictionary_id} is needed")
    content_size: int | None = None
    fcs_field_size = (int(single_segment), 2, 4, 8)[descriptor >> 6]
    if fcs_field_size:
        content_size = (yield from reader.take_integer(fcs_field_size)) + (
            256 if fcs_field_size == 2 else 0
        )
        if single_segment:
            window_size = content_size
    if window_size > MOST_WINDOW_SIZE:
        raise ZstandardFailure(
            f"the window has {window_size} bytes; {MOST_WINDOW_SIZE} is the most"
        )
    return FrameHeader(window_size, content_size, bool(descriptor & 4))
