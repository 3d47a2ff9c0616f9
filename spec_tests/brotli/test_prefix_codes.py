"""RFC 7932, 1.5.1 and 3: bits, and the codes that they are read with."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from worker_runtime.brotli.prefix_codes import (
    CODE_LENGTH_ORDER,
    PIECE_LENGTH,
    BitReader,
    BrotliFailure,
    prefix_code,
    read_complex_prefix_code,
    read_prefix_code,
    read_simple_prefix_code,
)

from .streams import stream_of

spec = pytest.mark.spec


def reader_of(bits: str) -> BitReader:
    reader = BitReader()
    reader.data = stream_of(bits)
    return reader


def result_of(steps: Generator[bytes | None, bytes, Any]) -> Any:
    """What a step returns that needs no more input."""
    with pytest.raises(StopIteration) as stop:
        next(steps)
    return stop.value.value


def symbols(reader: BitReader, code: Any, number: int) -> list[int]:
    return [result_of(reader.read_symbol(code)) for _ in range(number)]


@spec("https://www.rfc-editor.org/rfc/rfc7932#section-1.5.1")
class TestBitReader:
    def test_integers_have_the_least_significant_bit_first(self) -> None:
        reader = reader_of("1 10 001 " + "0" * 99 + "1")
        assert [result_of(reader.read(count)) for count in (1, 2, 3, 0, 100)] == [
            1,
            1,
            4,
            0,
            1 << 99,
        ]

    def test_it_waits_for_input_and_hands_over_output_before(self) -> None:
        reader = reader_of("11111111")
        reader.output += b"output"
        steps = reader.read(12)
        assert next(steps) == b"output"
        assert next(steps) == b""
        assert steps.send(b"") == b""
        with pytest.raises(StopIteration) as stop:
            steps.send(b"\x0f")
        assert stop.value.value == 0xFFF

    def test_a_symbol_can_be_the_last_bits(self) -> None:
        reader = reader_of("1" * 8)
        code = prefix_code([*range(1, 15), 15, 15])
        assert symbols(reader_of("1" * 16), code, 1) == [15]
        steps = reader.read_symbol(code)
        assert next(steps) == b""
        with pytest.raises(StopIteration) as stop:
            steps.send(b"\x01")
        assert stop.value.value == 9
        assert (reader.bits, reader.count) == (0, 6)

    def test_bits_that_fill_a_byte_are_zero(self) -> None:
        reader = reader_of("101 00000 11111111")
        result_of(reader.read(3))
        reader.align()
        assert reader.rest() == b"\xff"
        reader = reader_of("101 00010")
        result_of(reader.read(3))
        with pytest.raises(BrotliFailure, match="not zero"):
            reader.align()

    def test_what_no_distance_goes_back_to_is_forgotten(self) -> None:
        reader = BitReader()
        reader.window_size = 1008
        for number in range(50):
            reader.output += bytes([number]) * PIECE_LENGTH
            assert list(reader.hand_over()) == [bytes([number]) * PIECE_LENGTH]
            assert (
                min(PIECE_LENGTH * (number + 1), 1008)
                <= len(reader.output)
                < 1008 + 5 * PIECE_LENGTH
            )


@spec("https://www.rfc-editor.org/rfc/rfc7932#section-3.2")
class TestPrefixCode:
    def test_the_example_of_the_standard(self) -> None:
        code = prefix_code([3, 3, 3, 3, 3, 2, 4, 4])
        for symbol, bits in enumerate(("010", "011", "100", "101", "110", "00", "1110", "1111")):
            assert symbols(reader_of(bits + "0" * 16), code, 1) == [symbol]

    def test_codes_are_read_with_the_first_bit_first(self) -> None:
        code = prefix_code([3, 3, 3, 3, 3, 2, 4, 4])
        assert symbols(reader_of("010 011 1111 00 1110" + "0" * 16), code, 5) == [0, 1, 7, 5, 6]

    def test_a_single_symbol_has_no_bits(self) -> None:
        reader = reader_of("1")
        assert symbols(reader, prefix_code([0, 0, 1]), 9) == [2] * 9
        assert result_of(reader.read(1)) == 1

    def test_codes_that_are_longer_than_what_is_looked_up_at_once(self) -> None:
        lengths = [2, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 15]
        code = prefix_code(lengths)
        following = 0
        for symbol, length in enumerate(lengths):
            assert symbols(
                reader_of(f"{following >> 15 - length:0{length}b}" + "0" * 16), code, 1
            ) == [symbol]
            following += 1 << 15 - length

    def test_a_table_is_no_larger_than_its_codes_need(self) -> None:
        # 254 codes of 8 bits, and four of 9.
        code = prefix_code([8] * 254 + [9] * 4)
        assert [len(table) for length, table in code if length > 8] == [2, 2]


@spec("https://www.rfc-editor.org/rfc/rfc7932#section-3")
class TestReadPrefixCode:
    def test_the_first_two_bits_tell_simple_from_complex(self) -> None:
        assert symbols(
            reader_of(""), result_of(read_prefix_code(reader_of("10 00 11000000"), 256)), 1
        ) == [3]
        with pytest.raises(BrotliFailure, match="complete"):
            result_of(read_prefix_code(reader_of("00" + "0" * 200), 256))


@spec("https://www.rfc-editor.org/rfc/rfc7932#section-3.4")
class TestSimplePrefixCode:
    @pytest.mark.parametrize("bits, lengths", [
        ("00 110", [0, 0, 0, 1]),
        ("10 110 100", [0, 1, 0, 1]),
        ("01 110 100 000", [2, 2, 0, 1]),
        ("11 000 100 010 110 0", [2, 2, 2, 2]),
        ("11 110 100 010 000 1", [3, 2, 3, 1]),
    ])  # fmt: skip
    def test_up_to_four_symbols_have_lengths_by_their_order(
        self, bits: str, lengths: list[int]
    ) -> None:
        assert result_of(read_simple_prefix_code(reader_of(bits), 5)) == prefix_code(lengths)

    @pytest.mark.parametrize("bits", ["00 101", "10 110 110"])
    def test_a_symbol_outside_the_alphabet_or_twice_is_a_failure(self, bits: str) -> None:
        with pytest.raises(BrotliFailure, match="simple prefix code"):
            result_of(read_simple_prefix_code(reader_of(bits), 5))


def complex_code(used: dict[int, int], codes: str) -> str:
    """The lengths of the codes for code lengths, and what is written with them."""
    end = max(map(CODE_LENGTH_ORDER.index, used)) + 1 if len(used) > 1 else 18
    return (
        "".join(
            ("00", "1110", "110", "01", "10", "1111")[used.get(symbol, 0)]
            for symbol in CODE_LENGTH_ORDER[:end]
        )
        + codes
    )


@spec("https://www.rfc-editor.org/rfc/rfc7932#section-3.5")
class TestComplexPrefixCode:
    def test_repeats_of_repeats_multiply(self) -> None:
        # 7, and 16 four times: 3 repeats become 4 * (3 - 2) + 5, then 4 * (9 - 2) + 5, and then 4 *
        # (33 - 2) + 3, which is 127.
        repeats, count = [], 127
        while count >= 3:
            repeats.append("1" + f"{count - 3 & 3:02b}"[::-1])
            count = (count - 3 >> 2) + 2
        assert len(repeats) == 4
        bits = complex_code({7: 1, 16: 1}, "0" + "".join(reversed(repeats)))
        assert result_of(read_complex_prefix_code(reader_of(bits), 128, 0)) == prefix_code(
            [7] * 128
        )

    def test_a_repeat_at_the_begin_repeats_eight(self) -> None:
        # Only 16 is used, so its code has no bits: 3, then 4 * 1 + 6 and so on, until there are
        # 256.
        repeats, count = [], 256
        while count >= 3:
            repeats.append(f"{count - 3 & 3:02b}"[::-1])
            count = (count - 3 >> 2) + 2
        code = result_of(
            read_complex_prefix_code(
                reader_of(complex_code({16: 3}, "".join(reversed(repeats)))), 256, 0
            )
        )
        assert code == prefix_code([8] * 256)

    @pytest.mark.parametrize("bits, message", [
        (complex_code({16: 3}, "11" * 9), "more than the 200 lengths"),
        (complex_code({17: 3}, "111" * 9), "more than the 200 lengths"),
        (complex_code({0: 3}, ""), "of a prefix code make no complete code"),
        (complex_code({1: 1, 2: 2}, ""), "codes for code lengths make no complete code"),
        ("110 110 110 1110", "codes for code lengths make no complete code"),
    ])  # fmt: skip
    def test_lengths_that_make_no_code_are_a_failure(self, bits: str, message: str) -> None:
        with pytest.raises(BrotliFailure, match=message):
            result_of(read_complex_prefix_code(reader_of(bits + "0" * 64), 200, 0))


@spec("https://www.rfc-editor.org/rfc/rfc7932#section-12")
class TestBrotliFailure:
    def test_is_a_value_error(self) -> None:
        assert issubclass(BrotliFailure, ValueError)
