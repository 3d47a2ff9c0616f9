"""Encoding Standard, 13."""

from __future__ import annotations

from itertools import product

import pytest

from spec_tests.encoding.chunks import borders_that_matter, decode_in_chunks, mixtures
from worker_runtime import TextDecoder
from worker_runtime.encoding.hooks import encode
from worker_runtime.encoding.indexes import index_euc_kr
from worker_runtime.encoding.names_and_labels import get_an_encoding

spec = pytest.mark.spec

PIECES = [
    b"a",
    b"\n",
    b"[",
    b"\x7f",
    b"\x80",
    b"\xff",
    b"\x81",
    b"\xb0\xa1",
    b"\xc8\xfe",
    b"\xa1",
    b"\xc9\xa1",
    b"\xfe",
    b"\x81A",
]


def code_points_by_pair() -> dict[bytes, str]:
    pairs = map(bytes, product(range(0x81, 0xFF), range(0x41, 0xFF)))
    return {
        pair: code_point
        for pair, code_point in zip(pairs, index_euc_kr().code_points)
        if code_point
    }


@spec("https://encoding.spec.whatwg.org/#euc-kr-decoder")
class TestEUCKRDecoder:
    def test_every_pair_is_a_code_point_of_the_index_or_an_error(self) -> None:
        code_points = code_points_by_pair()
        for pair in map(bytes, product(range(0x81, 0xFF), range(0x100))):
            error = "\ufffd" + (chr(pair[1]) if pair[1] <= 0x7F else "")  # ASCII is put back
            assert TextDecoder("euc-kr").decode(pair) == code_points.get(pair, error), pair

    def test_a_run_of_all_code_points_is_what_each_of_them_is(self) -> None:
        code_points = code_points_by_pair()
        input, output = b"".join(code_points), "".join(code_points.values())
        assert TextDecoder("euc-kr").decode(input) == output
        assert (
            decode_in_chunks("euc-kr", (input[at : at + 1001] for at in range(0, len(input), 1001)))
            == output
        )

    @pytest.mark.parametrize("byte", [0x80, 0xFF])
    def test_a_byte_that_begins_nothing_is_an_error(self, byte: int) -> None:
        assert TextDecoder("euc-kr").decode(bytes([0x61, byte, 0x61])) == "a\ufffda"

    def test_a_leading_byte_at_the_end_is_an_error(self) -> None:
        assert TextDecoder("euc-kr").decode(b"\xb0\xa1\xb0") == "\uac00\ufffd"

    def test_it_does_not_matter_where_the_input_is_cut(self) -> None:
        for input in mixtures(PIECES, 300):
            assert borders_that_matter("euc-kr", input) == [], input


@spec("https://encoding.spec.whatwg.org/#euc-kr-encoder")
class TestEUCKREncoder:
    def test_every_code_point_has_the_first_of_its_pairs(self) -> None:
        encoding = get_an_encoding("euc-kr")
        assert encoding is not None
        pair_of: dict[str, bytes] = {}
        for pair, code_point in code_points_by_pair().items():
            pair_of.setdefault(code_point, pair)
        assert encode("".join(pair_of), encoding) == b"".join(pair_of.values())
        assert encode("aä\U0001f4a9", encoding) == b"a&#228;&#128169;"
