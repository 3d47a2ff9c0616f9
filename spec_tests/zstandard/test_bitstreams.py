"""RFC 8878, 4.1 and 4.2.2: bits that are read backwards."""

from __future__ import annotations

import pytest

from worker_runtime.zstandard.bitstreams import BackwardBitstream, ZstandardFailure, next_word

spec = pytest.mark.spec


@spec("https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.3.2.1.2")
class TestBackwardBitstream:
    def test_the_first_bits_are_those_below_the_highest(self) -> None:
        stream = BackwardBitstream(bytes([0b11100001, 0b00010110]))
        assert stream.left() == 12
        assert [stream.read(count) for count in (2, 2, 0, 3, 5)] == [1, 2, 0, 7, 1]
        assert stream.left() == 0

    def test_long_streams_are_read_in_words(self) -> None:
        data = bytes(range(1, 60))
        stream = BackwardBitstream(data)
        value = int.from_bytes(data, "little")
        width = value.bit_length() - 1
        for at in range(width - 7, -1, -7):
            assert stream.read(7) == value >> at & 0x7F
        assert stream.left() == width % 7

    def test_behind_the_end_are_zeros_and_then_nothing(self) -> None:
        stream = BackwardBitstream(b"\x03")
        assert stream.read(9) == 0b100000000
        assert stream.left() == -8
        with pytest.raises(ZstandardFailure, match="too short"):
            for _ in range(5):
                stream.read(60)

    @pytest.mark.parametrize("data", [b"", b"\1\0"])
    def test_without_a_final_bit_there_is_none(self, data: bytes) -> None:
        with pytest.raises(ZstandardFailure, match="final bit"):
            BackwardBitstream(data)


@spec("https://www.rfc-editor.org/rfc/rfc8878#section-4")
class TestNextWord:
    def test_gives_them_one_by_one_and_then_fails(self) -> None:
        words = iter([1])
        assert next_word(words) == 1
        with pytest.raises(ZstandardFailure, match="too short"):
            next_word(words)


@spec("https://www.rfc-editor.org/rfc/rfc8878#section-3")
class TestZstandardFailure:
    def test_is_a_value_error(self) -> None:
        assert issubclass(ZstandardFailure, ValueError)
