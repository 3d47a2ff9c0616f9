"""RFC 8878, 4.2: Huffman trees and streams."""

from __future__ import annotations

import pytest

from worker_runtime.zstandard.bitstreams import ZstandardFailure
from worker_runtime.zstandard.huffman import (
    HuffmanTable,
    huffman_coded_stream,
    huffman_table,
    huffman_tree_description,
)

spec = pytest.mark.spec

EXAMPLE = [4, 3, 2, 0, 1]  # the weights of the example in the standard, but the last


@spec("https://www.rfc-editor.org/rfc/rfc8878#section-4.2.1.3")
class TestHuffmanTable:
    def test_the_example_of_the_standard(self) -> None:
        table = huffman_table(EXAMPLE)
        assert table.max_number_of_bits == 4
        assert table.rows == [(4, 4), (4, 5), *[(3, 2)] * 2, *[(2, 1)] * 4, *[(1, 0)] * 8]

    @pytest.mark.parametrize("weights", [[], [0, 0], [1] * 5, [12], [15], [1] * 256])
    def test_weights_that_cannot_be_completed_are_a_failure(self, weights: list[int]) -> None:
        with pytest.raises(ZstandardFailure, match="no complete code"):
            huffman_table(weights)


@spec("https://www.rfc-editor.org/rfc/rfc8878#section-4.2.1")
class TestHuffmanTreeDescription:
    def test_weights_can_be_written_as_they_are(self) -> None:
        assert huffman_tree_description(bytes([127 + 5, 0x43, 0x20, 0x10]) + b"more") == (
            huffman_table(EXAMPLE),
            4,
        )

    @pytest.mark.parametrize("data, message", [
        (b"", "does not add up"),
        (bytes([127 + 5, 0x43, 0x20]), "too short|complete"),
        (bytes([3, 0x10, 0, 0]), "FSE table|final bit"),
        (bytes([200, 1]), "too short|complete"),
    ])  # fmt: skip
    def test_what_is_too_short_is_a_failure(self, data: bytes, message: str) -> None:
        with pytest.raises(ZstandardFailure, match=message):
            huffman_tree_description(data)


@spec("https://www.rfc-editor.org/rfc/rfc8878#section-4.2")
@spec("https://www.rfc-editor.org/rfc/rfc8878#section-4.2.2")
class TestHuffmanCodedStream:
    def test_the_bits_of_the_example_by_the_codes_of_the_example(self) -> None:
        # The codes are 1, 01, 0001 and 0000, so the last two literals are in another order than
        # what the standard writes beside them.
        assert huffman_coded_stream(
            huffman_table(EXAMPLE), bytes([0b00010000, 0b00001101]), 4
        ) == bytes([0, 1, 5, 4])

    @pytest.mark.parametrize("size", [0, 3, 5, 100])
    def test_any_other_number_of_symbols_is_a_failure(self, size: int) -> None:
        with pytest.raises(ZstandardFailure, match="does not end|too short"):
            huffman_coded_stream(huffman_table(EXAMPLE), bytes([0b00010000, 0b00001101]), size)

    def test_a_table_is_a_record(self) -> None:
        assert HuffmanTable(1, [(1, 0), (1, 1)]) == huffman_table([1])
