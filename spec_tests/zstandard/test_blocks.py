"""RFC 8878, 3.1.1.3 to 3.1.1.5: compressed blocks that are made by hand."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from worker_runtime.zstandard.bitstreams import BackwardBitstream, ZstandardFailure
from worker_runtime.zstandard.blocks import (
    LITERALS_LENGTHS,
    MATCH_LENGTHS,
    BlockDecoder,
    predefined_table,
)

spec = pytest.mark.spec

HISTORY = b"0123456789"


def raw_literals(data: bytes) -> bytes:
    return bytes([len(data) << 3]) + data


def bitstream(*fields: tuple[int, int]) -> bytes:
    """Integers, each with its width, in the order in which they are read."""
    bits = "1" + "".join(f"{value:0{width}b}" for value, width in fields if width)
    return int(bits, 2).to_bytes((len(bits) + 7) // 8, "little")


def with_codes(
    literals_length: int, offset: int, match_length: int, fields: bytes, number: int = 1
) -> bytes:
    """The section of sequences that all have the same codes."""
    return bytes([number, 0b01010100, literals_length, offset, match_length]) + fields


def result_of(steps: Generator[bytes | None, bytes, Any]) -> Any:
    """What steps return that only rest."""
    while True:
        try:
            assert next(steps) is None
        except StopIteration as end:
            return end.value


def executed(
    block: bytes,
    history: bytes = HISTORY,
    decoder: BlockDecoder | None = None,
    window_size: int = 1024,
    most: int = 100,
) -> bytes:
    output = bytearray(history)
    result_of((decoder or BlockDecoder()).decode(block, output, window_size, most))
    return bytes(output[len(history) :])


def fails(block: bytes, message: str) -> None:
    with pytest.raises(ZstandardFailure, match=message):
        executed(block)


@spec("https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.3")
class TestBlockDecoder:
    def test_a_block_can_have_only_literals(self) -> None:
        assert executed(raw_literals(b"abc") + b"\0") == b"abc"

    @pytest.mark.parametrize("block, message", [
        (b"", "more than the block can have"),
        (raw_literals(b"abc"), "before its sequences"),
        (raw_literals(b"abc") + b"\0\0", "goes on behind"),
        (raw_literals(b"abc") + b"\x81", "before its sequences"),
        (raw_literals(b"abc") + b"\1", "ends before them"),
        (raw_literals(b"abc") + b"\1\1", "reserved bits"),
        (raw_literals(b"abc") + bytes([1, 0xFC]) + b"\1", "no former table"),
        (raw_literals(b"abc") + with_codes(36, 0, 0, b"\1"), "does not exist"),
        (raw_literals(b"abc") + with_codes(0, 32, 0, b"\1"), "does not exist"),
        (raw_literals(b"abc") + with_codes(0, 0, 53, b"\1"), "does not exist"),
        (raw_literals(b"abc") + with_codes(0, 0, 0, b""), "final bit"),
    ])  # fmt: skip
    def test_what_is_missing_or_reserved_is_a_failure(self, block: bytes, message: str) -> None:
        fails(block, message)


@spec("https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.3.1")
class TestLiteralsSection:
    @pytest.mark.parametrize("section, literals", [
        (bytes([3 << 3]) + b"abc", b"abc"),
        (bytes([0x04 | 3 << 4, 0]) + b"abc", b"abc"),
        (bytes([0x0C | 3 << 4, 0, 0]) + b"abc", b"abc"),
        (bytes([0x01 | 9 << 3]) + b"a", b"a" * 9),
        (bytes([0x05 | (60 & 15) << 4, 60 >> 4]) + b"a", b"a" * 60),
    ])  # fmt: skip
    def test_literals_that_are_not_compressed(self, section: bytes, literals: bytes) -> None:
        assert result_of(BlockDecoder().literals_section(section + b"more", 100)) == (
            literals,
            len(section),
        )

    def test_literals_in_one_stream_and_the_same_tree_again(self) -> None:
        # The tree and the stream of the example in the standard, with the sizes 4 and 6, and then 4
        # and 2.
        tree, stream = bytes([127 + 5, 0x43, 0x20, 0x10]), bytes([0b00010000, 0b00001101])
        decoder = BlockDecoder()
        compressed = (2 | 4 << 4 | 6 << 14).to_bytes(3, "little") + tree + stream
        assert result_of(decoder.literals_section(compressed, 100)) == (
            bytes([0, 1, 5, 4]),
            len(compressed),
        )
        treeless = (3 | 4 << 4 | 2 << 14).to_bytes(3, "little") + stream
        assert result_of(decoder.literals_section(treeless, 100)) == (
            bytes([0, 1, 5, 4]),
            len(treeless),
        )

    def test_literals_in_four_streams(self) -> None:
        tree, stream = bytes([127 + 5, 0x43, 0x20, 0x10]), bytes([0b00010000, 0b00001101])
        content = tree + bytes([2, 0, 2, 0, 2, 0]) + stream * 4
        compressed = (2 | 1 << 2 | 16 << 4 | len(content) << 14).to_bytes(3, "little") + content
        assert result_of(BlockDecoder().literals_section(compressed, 100)) == (
            bytes([0, 1, 5, 4]) * 4,
            len(compressed),
        )
        broken = (
            (2 | 1 << 2 | 16 << 4 | len(content) << 14).to_bytes(3, "little")
            + tree
            + bytes([9, 0, 9, 0, 9, 0])
            + stream * 4
        )
        fails(broken, "no room")

    @pytest.mark.parametrize("section, message", [
        (bytes([3 << 3]) + b"ab", "3 literals in 3 bytes"),
        (bytes([0x05 | (101 & 15) << 4, 101 >> 4]) + b"a", "101 literals in 1 bytes"),
        ((3 | 4 << 4 | 2 << 14).to_bytes(3, "little") + b"\1\1", "no Huffman tree"),
    ])  # fmt: skip
    def test_what_a_block_cannot_have_is_a_failure(self, section: bytes, message: str) -> None:
        fails(section, message)


@spec("https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.3.2.1.1")
class TestCodes:
    def test_they_cover_every_length_once(self) -> None:
        for codes, first in ((LITERALS_LENGTHS, 0), (MATCH_LENGTHS, 3)):
            for smallest, extra_bits in codes:
                assert smallest == first
                first += 1 << extra_bits
        assert (len(LITERALS_LENGTHS), len(MATCH_LENGTHS)) == (36, 53)


@spec("https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.3.2.2")
class TestPredefinedTable:
    def test_a_row_has_what_its_code_stands_for(self) -> None:
        assert predefined_table(0)[0] == (0, 0, 4, 0)
        assert predefined_table(1)[-1] == (1 << 24, 24, 5, 0)
        assert [len(predefined_table(kind)) for kind in range(3)] == [64, 32, 64]


@spec("https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.4")
class TestSequences:
    def test_literals_and_then_what_is_so_far_back(self) -> None:
        # Two literals, the offset value 8 (the offset 5), and 4 bytes.
        assert (
            executed(raw_literals(b"abcd") + with_codes(2, 3, 1, bitstream((0, 3))))
            == b"ab" + b"789a" + b"cd"
        )

    def test_a_match_can_reach_over_its_own_begin(self) -> None:
        assert executed(raw_literals(b"xy") + with_codes(2, 0, 4, bitstream())) == b"xy" + b"y" * 7

    def test_lengths_have_extra_bits(self) -> None:
        # 17 literals of the code 16, the offset 9 of the code 3, and 36 bytes of the code 32.
        literals = bytes(range(97, 97 + 17))
        block = raw_literals(literals) + with_codes(16, 3, 32, bitstream((4, 3), (1, 1), (1, 1)))
        assert executed(block) == literals + literals[-9:] * 4

    @pytest.mark.parametrize("block, message", [
        (raw_literals(b"a") + with_codes(2, 3, 1, bitstream((0, 3))), "copy more"),
        (raw_literals(b"ab") + with_codes(2, 4, 1, bitstream((0, 4))), "goes back too far"),
        (raw_literals(b"ab") + with_codes(2, 3, 43, bitstream((0, 3), (0, 7))), "copy more"),
        (raw_literals(b"ab") + with_codes(2, 3, 1, bitstream((0, 4))), "does not end"),
        (raw_literals(b"ab") + with_codes(2, 3, 1, bitstream((0, 2))), "does not end"),
        (raw_literals(b"ab") + with_codes(0, 1, 0, bitstream((1, 1))), "an offset of 0"),
    ])  # fmt: skip
    def test_what_goes_too_far_is_a_failure(self, block: bytes, message: str) -> None:
        fails(block, message)

    def test_an_offset_is_no_longer_than_the_window(self) -> None:
        block = raw_literals(b"ab") + with_codes(2, 3, 1, bitstream((0, 3)))
        assert executed(block, window_size=5)
        with pytest.raises(ZstandardFailure, match="too far"):
            executed(block, window_size=4)


@spec("https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.5")
class TestRepeatedOffsets:
    # The sequences of the table in the standard: an offset value, literals, and the offsets after
    # it.
    STEPS = [
        (1114, 11, (1111, 1, 4)), (1, 22, (1111, 1, 4)), (2225, 22, (2222, 1111, 1)), (1114, 111,
        (1111, 2222, 1111)), (3336, 33, (3333, 1111, 2222)), (2, 22, (1111, 3333, 2222)), (3, 33,
        (2222, 1111, 3333)), (3, 0, (2221, 2222, 1111)), (1, 0, (2222, 2221, 1111)),
    ]  # fmt: skip

    def test_the_table_of_the_standard(self) -> None:
        decoder = BlockDecoder()
        output = bytearray(5000)
        for offset_value, literals_length, offsets in self.STEPS:
            code = offset_value.bit_length() - 1
            decoder.sequence_tables = [
                [(literals_length, 0, 0, 0)],
                [(1 << code, code, 0, 0)],
                [(3, 0, 0, 0)],
            ]
            stream = BackwardBitstream(bitstream((offset_value - (1 << code), code)))
            result_of(decoder.sequences(stream, 1, bytes(literals_length), output, 8192, 1000))
            assert decoder.repeated_offsets == offsets
