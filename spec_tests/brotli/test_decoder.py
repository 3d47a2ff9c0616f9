"""RFC 7932, 9 and 10: streams that are whole, cut, corrupt, and much larger than they look."""

from __future__ import annotations

from random import Random

import pytest

from worker_runtime.brotli.decoder import BlockCategory, decode
from worker_runtime.brotli.prefix_codes import PIECE_LENGTH, BitReader, BrotliFailure, prefix_code

from .streams import STREAMS, decoded, encoded, stream_of

spec = pytest.mark.spec
each_stream = pytest.mark.parametrize("data, stream", STREAMS.values(), ids=STREAMS)


def fails(stream: bytes, message: str) -> None:
    with pytest.raises(BrotliFailure, match=message):
        decoded([stream])


@spec("https://www.rfc-editor.org/rfc/rfc7932#section-10")
class TestDecode:
    @each_stream
    def test_it_gives_back_what_was_compressed(self, data: bytes, stream: bytes) -> None:
        assert decoded([stream]) == (data, b"")

    @each_stream
    def test_a_stream_can_come_in_any_two_pieces_and_in_bytes(
        self, data: bytes, stream: bytes
    ) -> None:
        for cut in range(len(stream) + 1):
            assert decoded([stream[:cut], stream[cut:]]) == (data, b"")
        assert decoded([stream[at : at + 1] for at in range(len(stream))]) == (data, b"")

    @each_stream
    def test_what_stands_behind_the_end_is_given_back(self, data: bytes, stream: bytes) -> None:
        assert decoded([stream + b"more of it, and more"]) == (data, b"more of it, and more")

    @each_stream
    def test_a_stream_that_is_cut_has_no_end(self, data: bytes, stream: bytes) -> None:
        for length in range(len(stream)):
            output, rest = decoded([stream[:length]])
            assert rest is None and data.startswith(output)

    @each_stream
    def test_any_bit_that_is_wrong_leads_to_output_or_to_a_failure(
        self, data: bytes, stream: bytes
    ) -> None:
        for bit in range(8 * len(stream)):
            corrupt = bytearray(stream)
            corrupt[bit // 8] ^= 1 << bit % 8
            try:
                decoded([bytes(corrupt) + bytes(8)])
            except BrotliFailure as failure:
                assert str(failure)

    def test_so_do_random_bytes(self) -> None:
        random = Random(1)
        failures = 0
        for _ in range(2000):
            try:
                decoded([random.randbytes(60)])
            except BrotliFailure:
                failures += 1
        assert 0 < failures < 2000

    def test_output_comes_as_soon_as_its_input_is_there(self) -> None:
        stream = decode()
        next(stream)
        assert (
            stream.send(stream_of("0 0 00" + "0010000000000000" + "1" + "000") + b"abcde")
            == b"abcde"
        )
        assert next(stream) == b""
        with pytest.raises(StopIteration):
            stream.send(stream_of("11"))

    def test_a_bomb_goes_off_in_pieces_and_is_forgotten(self) -> None:
        data, packed = STREAMS["zeros"]
        stream = decode()
        next(stream)
        lengths = [len(stream.send(packed) or b"")]
        while sum(lengths) < len(data):
            lengths.append(len(next(stream) or b""))
        assert max(lengths) <= 2 * PIECE_LENGTH
        assert sum(lengths) == len(data)


@spec("https://www.rfc-editor.org/rfc/rfc7932#section-9.1")
class TestWBits:
    @pytest.mark.parametrize("bits", [
        "1000010", "1000110", "1000001", "1000101", "1000011", "1000111", "0", "1000000",
        "1100", "1010", "1110", "1001", "1101", "1011", "1111",
    ])  # fmt: skip
    def test_every_size_of_a_window_is_one(self, bits: str) -> None:
        assert decoded([stream_of(bits + "11")]) == (b"", b"")

    def test_the_size_of_a_large_window_is_none(self) -> None:
        fails(stream_of("1000100" + "11"), "large window")


@spec("https://www.rfc-editor.org/rfc/rfc7932#section-9.2")
class TestMetaBlockHeader:
    def test_metadata_is_skipped(self) -> None:
        stream = stream_of("0" + "0 11 0 10" + "11000000") + b"meta" + stream_of("11")
        assert decoded([stream]) == (b"", b"")
        assert decoded([stream[at : at + 1] for at in range(len(stream))]) == (b"", b"")

    @pytest.mark.parametrize("bits, message", [
        ("0 11 1", "reserved bit"),
        ("0 11 0 01 11111111 00000000", "leading zero"),
        ("0 10 1111111111111111 0000", "leading zero"),
        ("0 11 0 00 1", "not zero"),
        ("0 00 0000000000000000 1 001", "not zero"),
        ("11 00001", "not zero"),
    ])  # fmt: skip
    def test_a_field_that_is_wrong_is_a_failure(self, bits: str, message: str) -> None:
        fails(stream_of("0" + bits), message)

    def test_uncompressed_data_can_be_longer_than_a_piece(self) -> None:
        data = Random(1).randbytes(200_000)
        packed = encoded([data])
        assert decoded([packed]) == (data, b"")
        assert decoded([packed[at : at + 777] for at in range(0, len(packed), 777)]) == (data, b"")


@spec("https://www.rfc-editor.org/rfc/rfc7932#section-6")
class TestBlockCategory:
    @pytest.mark.parametrize("symbol, type", [(0, 1), (1, 0), (2, 0), (3, 1), (4, 2)])
    def test_the_next_type_is_the_former_one_the_following_one_or_named(
        self, symbol: int, type: int
    ) -> None:
        category = BlockCategory(3)
        category.type, category.former_type = 2, 1
        category.code_of_types = prefix_code([int(symbol == at) for at in range(5)])
        category.code_of_counts = prefix_code([1])
        reader = BitReader()
        reader.data = stream_of("11")
        assert list(category.switch(reader)) == []
        assert (category.type, category.former_type, category.count) == (type, 2, 4)


@spec("https://www.rfc-editor.org/rfc/rfc7932#section-9.3")
class TestCommands:
    # A header of one type of everything, with codes of a single symbol: a literal, a command, and a
    # distance.
    HEADER = (
        "0 0 00 {mlen} 0"
        + "000"
        + "00 0000"
        + "00"
        + "0 0"
        + "10 00 {literal}"
        + "10 00 {command}"
        + "10 00 {distance}"
    )

    def stream(self, mlen: int, command: int, distance: int, rest: str = "") -> bytes:
        fields = {
            "mlen": f"{mlen - 1:016b}",
            "literal": f"{ord('a'):08b}",
            "command": f"{command:010b}",
            "distance": f"{distance:06b}",
        }
        return stream_of(
            self.HEADER.format(**{name: bits[::-1] for name, bits in fields.items()}) + rest + "11"
        )

    def test_a_copy_that_reaches_over_its_own_begin_repeats_it(self) -> None:
        # The command 128 + 8 + 4 is one literal and 6 bytes copied; the distance symbol 16 is 1 and
        # an extra bit.
        assert decoded([self.stream(7, 140, 16, "0")])[0] == b"a" * 7

    @pytest.mark.parametrize("mlen, command, distance, rest, message", [
        (1, 128 + 16, 16, "0", "more literals"),
        (5, 140, 16, "0", "more is copied"),
        (20, 140, 8, "", "the distance symbol 8 comes to the distance -2"),
        (9, 128 + 8, 16, "1", "no words of 2 bytes"),
        (4, 140, 0, "", "longer than what"),
    ])  # fmt: skip
    def test_a_command_that_gives_too_much_or_goes_back_too_far_is_a_failure(
        self, mlen: int, command: int, distance: int, rest: str, message: str
    ) -> None:
        fails(self.stream(mlen, command, distance, rest), message)

    def test_codes_without_bits_take_no_input(self) -> None:
        # Each command is a literal, and two bytes from 3 less than the last distance, which is 4 at
        # first.
        assert decoded([self.stream(3, 136, 8)]) == (b"aaa", b"")

    def test_what_the_last_command_would_copy_does_not_matter(self) -> None:
        assert decoded([self.stream(1, 140, 16)]) == (b"a", b"")


class TestAgainstTheEncoder:
    @pytest.mark.parametrize("seed", range(40))
    def test_random_data_comes_back(self, seed: int) -> None:
        random = Random(seed)
        data = bytes(
            random.choices(range(random.choice((1, 2, 5, 30, 256))), k=random.randrange(600))
        ) * random.choice((1, 3, 200))
        packed = encoded([data])
        step = random.choice((1, 7, 1000))
        assert decoded([packed[at : at + step] for at in range(0, len(packed), step)]) == (
            data,
            b"",
        )
