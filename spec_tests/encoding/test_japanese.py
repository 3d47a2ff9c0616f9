"""Encoding Standard, 12."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from spec_tests.encoding.chunks import (
    borders_that_matter,
    decode_byte_by_byte,
    decode_in_chunks,
    mixtures,
)
from worker_runtime import TextDecoder
from worker_runtime.encoding.encoders_and_decoders import Encoding
from worker_runtime.encoding.hooks import encode
from worker_runtime.encoding.indexes import index_iso_2022_jp_katakana, index_jis0208, index_jis0212
from worker_runtime.encoding.names_and_labels import get_an_encoding

spec = pytest.mark.spec

EUC_JP_PIECES = [
    b"a", b"~", b"\n", b"\x80", b"\xff", b"\xa0", b"\x8e", b"\x8f", b"\x8e\xa1", b"\x8e\xdf",
    b"\x8e\xe0", b"\x8f\xa2\xb7", b"\x8f\xb0\xa1", b"\x8f\xa1", b"\x8f\xff", b"\xa4\xa2",
    b"\xa1\xc1", b"\xa1\xdd", b"\xa2\xcc", b"\xad\xa1", b"\xfc\xfc", b"\xfe", b"\xfe\xfe",
]  # fmt: skip
ISO_2022_JP_PIECES = [
    b"\x1b(B", b"\x1b(J", b"\x1b(I", b"\x1b$B", b"\x1b$@", b"\x1b$(D", b"\x1b", b"\x1b(", b"\x1b$",
    b"\x1b$!", b"\x1b\x1b(B", b"\x0e", b"\x0f", b"a", b"\\~", b"\n", b" ", b"\x7f", b"\x80",
    b"\xff", b"!", b"$\"", b"-!", b"!A", b"!]", b"|n", b"$\"$$", b"1Kt\x1b(B",
]  # fmt: skip
SHIFT_JIS_PIECES = [
    b"a", b"\\", b"~", b"\n", b"\x80", b"\xa0", b"\xa1", b"\xdf", b"\xfd", b"\xff", b"\x81",
    b"\x81\x40", b"\x81\x7f", b"\x81\xfd", b"\x82\xa0", b"\x83\xa0", b"\x87\x40", b"\x9f\xfc",
    b"\xe0\x40", b"\xf0\x40", b"\xf9\xfc", b"\xfa\x40", b"\xfc", b"\xfc\xfc", b"\xef\x40",
]  # fmt: skip

UPPER = range(0xA1, 0xFF)


def encoding_of(label: str) -> Encoding:
    encoding = get_an_encoding(label)
    assert encoding is not None
    return encoding


def euc_jp_pairs() -> dict[bytes, str]:
    pairs = map(bytes, product(UPPER, UPPER))
    katakana = {bytes([0x8E, byte]): chr(0xFF61 - 0xA1 + byte) for byte in range(0xA1, 0xE0)}
    return katakana | {
        pair: code_point
        for pair, code_point in zip(pairs, index_jis0208().code_points)
        if code_point
    }


def euc_jp_triples() -> dict[bytes, str]:
    triples = map(bytes, product([0x8F], UPPER, UPPER))
    return {
        triple: code_point
        for triple, code_point in zip(triples, index_jis0212().code_points)
        if code_point
    }


def shift_jis_pairs() -> dict[bytes, str]:
    code_points = [*index_jis0208().code_points]
    code_points[8836:10716] = map(chr, range(0xE000, 0xE000 + 1880))
    leading, trailing = (
        [*range(0x81, 0xA0), *range(0xE0, 0xFD)],
        [*range(0x40, 0x7F), *range(0x80, 0xFD)],
    )
    return {
        pair: code_point
        for pair, code_point in zip(map(bytes, product(leading, trailing)), code_points)
        if code_point
    }


@spec("https://encoding.spec.whatwg.org/#euc-jp-decoder")
class TestEUCJPDecoder:
    def test_every_pair_is_a_code_point_of_the_index_or_an_error(self) -> None:
        code_points = euc_jp_pairs()
        for pair in map(bytes, product([0x8E, *UPPER], range(0x100))):
            error = "\ufffd" + (chr(pair[1]) if pair[1] <= 0x7F else "")  # ASCII is put back
            assert TextDecoder("euc-jp").decode(pair) == code_points.get(pair, error), pair

    def test_every_triple_is_a_code_point_of_the_index_or_an_error(self) -> None:
        code_points = euc_jp_triples()
        for triple in map(bytes, product([0x8F], UPPER, [0x7F, 0x80, *UPPER])):
            error = "\ufffd" + (chr(triple[2]) if triple[2] <= 0x7F else "")
            assert TextDecoder("euc-jp").decode(triple) == code_points.get(triple, error), triple

    def test_a_run_of_all_code_points_is_what_each_of_them_is(self) -> None:
        code_points = euc_jp_pairs() | euc_jp_triples()
        input, output = b"".join(code_points), "".join(code_points.values())
        assert TextDecoder("euc-jp").decode(input) == output
        assert (
            decode_in_chunks("euc-jp", (input[at : at + 1001] for at in range(0, len(input), 1001)))
            == output
        )

    def test_it_does_not_matter_where_the_input_is_cut(self) -> None:
        for input in mixtures(EUC_JP_PIECES, 400):
            assert borders_that_matter("euc-jp", input) == [], input


@spec("https://encoding.spec.whatwg.org/#euc-jp-encoder")
class TestEUCJPEncoder:
    def test_every_code_point_has_the_first_of_its_pairs(self) -> None:
        text = "".join(dict.fromkeys(euc_jp_pairs().values()))
        bytes = encode(text, encoding_of("euc-jp"))
        assert TextDecoder("euc-jp").decode(bytes) == text
        assert encode("\u2252\u00ac", encoding_of("euc-jp")) == b"\xa2\xe2&#172;"

    @pytest.mark.parametrize(
        "input, bytes",
        [
            ("\xa5\u203e", b"\\~"),
            ("\uff71", b"\x8e\xb1"),
            ("\u2212", b"\xa1\xdd"),
            ("\u2603", b"&#9731;"),
            ("\u02d8", b"&#728;"),
        ],
    )
    def test_some_code_points_are_special(self, input: str, bytes: bytes) -> None:
        assert encode(input, encoding_of("euc-jp")) == bytes


@spec("https://encoding.spec.whatwg.org/#iso-2022-jp-decoder")
class TestISO2022JPDecoder:
    def test_the_official_vectors_pass(self, wpt_data: Callable[[str], Any]) -> None:
        vectors = wpt_data("encoding/iso-2022-jp-decoder.json")["data"]["decode"]
        assert len(vectors) == 34
        for input, output, description in vectors:
            assert TextDecoder("iso-2022-jp").decode(bytes(input)) == output, description
            assert borders_that_matter("iso-2022-jp", bytes(input)) == [], description

    @pytest.mark.parametrize(
        "input, output",
        [
            (b"a\x1b$B$\"\x1b(Bb", "a\u3042b"), (b"\x1b(J\\~\x1b(B\\~", "\xa5\u203e\\~"),
            (b"\x1b(I1", "\uff71"), (b"\x1b$@$\"", "\u3042"),
            (b"\x1b$B!A!]", "\uff5e\uff0d"), (b"\x1b$B-!", "\u2460"), (b"\x1b$B$", "\ufffd"),
            (b"\x1b$B$\n", "\ufffd"), (b"\x1b$B\n", "\ufffd"),
            (b"\x1b(B\x1b(B", "\ufffd"), (b"\x1b$B\x1b(Ba\x1b(Bb", "\ufffdab"), (b"\x1b", "\ufffd"),
            (b"\x1b(", "\ufffd("), (b"\x1b(H", "\ufffd(H"),
            (b"\x1b$B$\"\x1b(", "\u3042\ufffd\ufffd"), (b"\x80\x0e\x0f", "\ufffd\ufffd\ufffd"),
            (b"\x1b(I`\x20", "\ufffd\ufffd"), (b"\x1b$B$\x1b(Ba", "\ufffda"),
        ],
    )  # fmt: skip
    def test_escape_sequences_change_the_state(self, input: bytes, output: str) -> None:
        assert TextDecoder("iso-2022-jp").decode(input) == output
        assert decode_byte_by_byte("iso-2022-jp", input) == output

    def test_a_run_of_all_code_points_is_what_each_of_them_is(self) -> None:
        pairs = map(bytes, product(range(0x21, 0x7F), range(0x21, 0x7F)))
        code_points = {
            pair: code_point
            for pair, code_point in zip(pairs, index_jis0208().code_points)
            if code_point
        }
        input, output = b"\x1b$B" + b"".join(code_points), "".join(code_points.values())
        assert TextDecoder("iso-2022-jp").decode(input) == output
        assert (
            decode_in_chunks(
                "iso-2022-jp", (input[at : at + 1001] for at in range(0, len(input), 1001))
            )
            == output
        )

    def test_ascii_and_roman_are_what_each_of_them_is(self) -> None:
        ascii = bytes(byte for byte in range(0x80) if byte not in (0x0E, 0x0F, 0x1B))
        text = ascii.decode("ascii")
        roman = text.replace("\\", "\xa5").replace("~", "\u203e")
        assert (
            TextDecoder("iso-2022-jp").decode(ascii + b"\x1b(J" + ascii + b"\x1b(B" + ascii)
            == text + roman + text
        )

    def test_it_does_not_matter_where_the_input_is_cut(self) -> None:
        for input in mixtures(ISO_2022_JP_PIECES, 500):
            assert borders_that_matter("iso-2022-jp", input) == [], input


@spec("https://encoding.spec.whatwg.org/#iso-2022-jp-encoder")
class TestISO2022JPEncoder:
    @pytest.mark.parametrize(
        "input, bytes",
        [
            ("a\u3042b", b"a\x1b$B$\"\x1b(Bb"), ("\xa5", b"\x1b(J\\\x1b(B"),
            ("\xa5a\\", b"\x1b(J\\a\x1b(B\\"), ("\u203ex\u3042", b"\x1b(J~x\x1b$B$\"\x1b(B"),
            ("\uff71\uff9e", b"\x1b$B%\"!+\x1b(B"), ("\u2212", b"\x1b$B!]\x1b(B"),
            ("\u3042\xa5", b"\x1b$B$\"\x1b(J\\\x1b(B"), ("", b""),
            ("\x0e\x0f\x1b", b"&#65533;&#65533;&#65533;"),
            ("\u3042\x1b", b"\x1b$B$\"\x1b(B&#65533;"),
            ("\xa5\x0e", b"\x1b(J\\&#65533;\x1b(B"),
            ("\u2603", b"&#9731;"),
            ("\u3042\u2603\u3042", b"\x1b$B$\"\x1b(B&#9731;\x1b$B$\"\x1b(B"),
            ("\xa5\u2603", b"\x1b(J\\&#9731;\x1b(B"),
        ],
    )  # fmt: skip
    def test_escape_sequences_change_the_state_and_the_last_goes_back_to_ascii(
        self, input: str, bytes: bytes
    ) -> None:
        assert encode(input, encoding_of("iso-2022-jp")) == bytes

    def test_every_halfwidth_katakana_becomes_fullwidth(self) -> None:
        text = "".join(map(chr, range(0xFF61, 0xFFA0)))
        fullwidth = "".join(
            code_point or "" for code_point in index_iso_2022_jp_katakana().code_points
        )
        assert (
            TextDecoder("iso-2022-jp").decode(encode(text, encoding_of("iso-2022-jp"))) == fullwidth
        )

    def test_two_outputs_together_have_an_error(self) -> None:
        # https://encoding.spec.whatwg.org/#example-iso-2022-jp-encoder-oddity
        output = encode("\xa5", encoding_of("iso-2022-jp"))
        assert TextDecoder("iso-2022-jp").decode(output + output) == "\xa5\ufffd\xa5"


@spec("https://encoding.spec.whatwg.org/#shift_jis-decoder")
class TestShiftJISDecoder:
    def test_every_byte_is_a_code_point_or_an_error(self) -> None:
        for byte in range(0x100):
            code_point = "\ufffd"
            if byte <= 0x80:
                code_point = chr(byte)
            elif 0xA1 <= byte <= 0xDF:
                code_point = chr(0xFF61 - 0xA1 + byte)
            assert TextDecoder("shift_jis").decode(bytes([byte])) == code_point

    def test_every_pair_is_a_code_point_of_the_index_or_an_error(self) -> None:
        code_points = shift_jis_pairs()
        for pair in map(bytes, product([*range(0x81, 0xA0), *range(0xE0, 0xFD)], range(0x100))):
            error = "\ufffd" + (chr(pair[1]) if pair[1] <= 0x7F else "")  # ASCII is put back
            assert TextDecoder("shift_jis").decode(pair) == code_points.get(pair, error), pair

    def test_a_run_of_all_code_points_is_what_each_of_them_is(self) -> None:
        code_points = shift_jis_pairs()
        input, output = b"".join(code_points), "".join(code_points.values())
        assert TextDecoder("shift_jis").decode(input) == output
        assert (
            decode_in_chunks(
                "shift_jis", (input[at : at + 1001] for at in range(0, len(input), 1001))
            )
            == output
        )

    def test_a_quotation_mark_cannot_be_masked(self) -> None:
        # https://encoding.spec.whatwg.org/#security-background
        assert TextDecoder("shift_jis").decode(b"\x82\x22") == '\ufffd"'

    def test_it_does_not_matter_where_the_input_is_cut(self) -> None:
        for input in mixtures(SHIFT_JIS_PIECES, 400):
            assert borders_that_matter("shift_jis", input) == [], input


@spec("https://encoding.spec.whatwg.org/#shift_jis-encoder")
class TestShiftJISEncoder:
    def test_every_code_point_outside_the_private_use_area_comes_back(self) -> None:
        text = "".join({code_point for code_point in index_jis0208().code_points if code_point})
        assert TextDecoder("shift_jis").decode(encode(text, encoding_of("shift_jis"))) == text

    @pytest.mark.parametrize(
        "input, bytes",
        [
            ("a\x80", b"a\x80"), ("\xa5\u203e", b"\\~"), ("\uff71", b"\xb1"),
            ("\u2212", b"\x81\x7c"), ("\u7e8a", b"\xfa\x5c"),
            ("\ue000", b"&#57344;"),
            ("\u3042", b"\x82\xa0"), ("\u6ecc", b"\x9f\xfc"), ("\u6f3e", b"\xe0\x40"),
            ("\u2252", b"\x81\xe0"),
            ("\u2603", b"&#9731;"),
        ],
    )  # fmt: skip
    def test_has_one_or_two_bytes_a_code_point(self, input: str, bytes: bytes) -> None:
        assert encode(input, encoding_of("shift_jis")) == bytes
