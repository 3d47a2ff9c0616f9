"""RFC 7932, 3: codes that are made are the codes that are read."""

from __future__ import annotations

from random import Random

import pytest

from worker_runtime.brotli.prefix_code_construction import code_lengths, number, written_prefix_code
from worker_runtime.brotli.prefix_codes import read_prefix_code

from .test_prefix_codes import reader_of, result_of

spec = pytest.mark.spec


@spec("https://www.rfc-editor.org/rfc/rfc7932#section-3.1")
class TestCodeLengths:
    def test_what_is_frequent_is_short(self) -> None:
        assert code_lengths({1: 5, 2: 1, 3: 1, 4: 2}, 15) == {1: 1, 2: 3, 3: 3, 4: 2}

    @pytest.mark.parametrize("most", [5, 8, 15])
    def test_no_code_is_longer_than_it_may_be_and_no_bits_are_left_over(self, most: int) -> None:
        fibonacci = [1, 1]
        while len(fibonacci) < 30:
            fibonacci.append(sum(fibonacci[-2:]))
        lengths = code_lengths(dict(enumerate(fibonacci)), most)
        assert max(lengths.values()) <= most
        assert sum(2**-length for length in lengths.values()) == 1


@spec("https://www.rfc-editor.org/rfc/rfc7932#section-3.3")
class TestWrittenPrefixCode:
    @pytest.mark.parametrize("seed", range(60))
    def test_it_is_read_as_it_was_written(self, seed: int) -> None:
        random = Random(seed)
        alphabet_size = random.choice((26, 64, 256, 704))
        used = random.sample(
            range(alphabet_size), min(alphabet_size, random.choice((1, 2, 3, 4, 5, 9, 26, 256)))
        )
        counts = {symbol: random.choice((1, 1, 2, 50, 3000)) for symbol in used}
        description, bits = written_prefix_code(counts, alphabet_size)
        written = [symbol for symbol in used for _ in range(2)]
        reader = reader_of(description + "".join(bits[symbol] for symbol in written) + "0" * 16)
        read = result_of(read_prefix_code(reader, alphabet_size))
        assert [result_of(reader.read_symbol(read)) for _ in written] == written

    def test_nothing_at_all_has_a_code_too(self) -> None:
        assert written_prefix_code({}, 256)[1] == {0: ""}

    def test_equal_lengths_of_all_symbols_are_one_repeat(self) -> None:
        description, _ = written_prefix_code(dict.fromkeys(range(256), 1), 256)
        assert len(description) < 60
        assert result_of(read_prefix_code(reader_of(description), 256))[0] == (8, 0)


@spec("https://www.rfc-editor.org/rfc/rfc7932#section-1.5")
class TestNumber:
    def test_the_least_significant_bit_comes_first(self) -> None:
        assert [number(6, 4), number(1, 1), number(0, 0)] == ["0110", "1", ""]
