"""Encoding Standard, 10 and 11."""

from __future__ import annotations

from itertools import product

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
from worker_runtime.encoding.indexes import (
    index_big5,
    index_gb18030,
    index_gb18030_ranges_code_point,
)
from worker_runtime.encoding.names_and_labels import get_an_encoding

spec = pytest.mark.spec

GB18030_PIECES = [
    b"a", b"0", b"9", b"\n", b"\x7f", b"\x80", b"\xff", b"\x81", b"\x81\x30", b"\x81\x30\x81",
    b"\x81\x30\x81\x30", b"\x81\x35\xf4\x37", b"\xa3\xa0", b"\xa6\xd9", b"\xa8\xbc", b"\xfe\x59",
    b"\x84\x31\xa4\x39", b"\x84\x31\xa5\x30", b"\x90\x30\x81\x30", b"\xe3\x32\x9a\x36", b"\xd6\xd0",
    b"\xce\xc4\xa3\xac", b"\xa2\xe3", b"\xfe\xfe", b"\xe3\x32",
]  # fmt: skip
BIG5_PIECES = [
    b"a", b"A", b"B", b"\n", b"\x7f", b"\x80", b"\xff", b"\x81", b"\x81\x40", b"\x87\x40",
    b"\x88\x62", b"\x88\xa5", b"\xa1\x45", b"\xa1\xfe", b"\xa2\x41", b"\xa2\x42", b"\xa2\x44",
    b"\xa4\x40", b"\xa4", b"\xc6\xa1", b"\xfe\xfe", b"\xf9\xfe",
]  # fmt: skip


def encoding_of(label: str) -> Encoding:
    encoding = get_an_encoding(label)
    assert encoding is not None
    return encoding


def gb18030_pairs() -> dict[bytes, str]:
    pairs = map(bytes, product(range(0x81, 0xFF), [*range(0x40, 0x7F), *range(0x80, 0xFF)]))
    return {
        pair: code_point
        for pair, code_point in zip(pairs, index_gb18030().code_points)
        if code_point
    }


def gb18030_quadruple(pointer: int) -> bytes:
    leading, fourth = divmod(pointer, 10)
    leading, third = divmod(leading, 126)
    first, second = divmod(leading, 10)
    return bytes([first + 0x81, second + 0x30, third + 0x81, fourth + 0x30])


def big5_pairs() -> dict[bytes, str]:
    code_points = [*index_big5().code_points]
    code_points[1133], code_points[1135] = "\u00ca\u0304", "\u00ca\u030c"
    code_points[1164], code_points[1166] = "\u00ea\u0304", "\u00ea\u030c"
    pairs = map(bytes, product(range(0x81, 0xFF), [*range(0x40, 0x7F), *range(0xA1, 0xFF)]))
    return {pair: code_point for pair, code_point in zip(pairs, code_points) if code_point}


@spec("https://encoding.spec.whatwg.org/#gb18030-decoder")
class TestGB18030Decoder:
    def test_every_pair_is_a_code_point_of_the_index_or_an_error(self) -> None:
        code_points = gb18030_pairs()
        for pair in map(bytes, product(range(0x81, 0xFF), range(0x100))):
            error = "\ufffd" + (
                chr(pair[1]) if pair[1] <= 0x7F and pair[1] not in b"0123456789" else ""
            )
            assert TextDecoder("gb18030").decode(pair) == code_points.get(pair, error), pair

    def test_a_run_of_all_pairs_is_what_each_of_them_is(self) -> None:
        input, output = b"".join(gb18030_pairs()), "".join(gb18030_pairs().values())
        assert TextDecoder("gb18030").decode(input) == output
        assert (
            decode_in_chunks("gbk", (input[at : at + 1001] for at in range(0, len(input), 1001)))
            == output
        )

    def test_a_run_of_quadruples_is_what_each_of_them_is(self) -> None:
        pointers = [*range(39420), *range(189000, 1237576, 101), 1237575]
        input = b"".join(map(gb18030_quadruple, pointers))
        output = "".join(index_gb18030_ranges_code_point(pointer) or "" for pointer in pointers)
        assert TextDecoder("gb18030").decode(input) == output
        assert (
            decode_in_chunks(
                "gb18030", (input[at : at + 1001] for at in range(0, len(input), 1001))
            )
            == output
        )

    @pytest.mark.parametrize("pointer", [39420, 100000, 188999, 1237576, 1587599])
    def test_a_quadruple_outside_the_ranges_is_one_error(self, pointer: int) -> None:
        assert TextDecoder("gb18030").decode(gb18030_quadruple(pointer) + b"a") == "\ufffda"

    @pytest.mark.parametrize(
        "input, output",
        [
            (b"\x80", "\u20ac"), (b"\xff", "\ufffd"), (b"\xa3\xa0", "\u3000"),
            (b"\xa8\xbc\x81\x35\xf4\x37", "\u1e3f\ue7c7"), (b"\x81\x30", "\ufffd"),
            (b"\x81\x30\x81", "\ufffd"), (b"\x81\x30a", "\ufffd0a"),
            (b"\x81\x30\x81 ", "\ufffd0\ufffd "), (b"\x81\x30\x81\xff", "\ufffd0\ufffd"),
            (b"\x81\x30\xff", "\ufffd0\ufffd"), (b"\x81\x7fa", "\ufffd\x7fa"),
            (b"\x81\xff", "\ufffd"),
        ],
    )  # fmt: skip
    def test_masks_no_ascii_but_at_the_end(self, input: bytes, output: str) -> None:
        assert TextDecoder("gb18030").decode(input) == output
        assert decode_byte_by_byte("gb18030", input) == output

    def test_it_does_not_matter_where_the_input_is_cut(self) -> None:
        for input in mixtures(GB18030_PIECES, 400):
            assert borders_that_matter("gb18030", input) == [], input


@spec("https://encoding.spec.whatwg.org/#gbk-decoder")
class TestGBKDecoder:
    @pytest.mark.parametrize(
        "input", [b"\x80", b"\xd6\xd0", b"\x81\x30\x81\x30", b"\xe3\x32\x9a\x35", b"\xa3\xa0"]
    )
    def test_is_that_of_gb18030(self, input: bytes) -> None:
        assert TextDecoder("gbk").decode(input) == TextDecoder("gb18030").decode(input)


@spec("https://encoding.spec.whatwg.org/#encoding")
@spec("https://encoding.spec.whatwg.org/#gb18030-encoder")
class TestGB18030Encoder:
    def test_every_scalar_value_but_one_comes_back(self) -> None:
        code_points = [
            *range(0xD800),
            *range(0xE000, 0xE5E5),
            *range(0xE5E6, 0x10000),
            *range(0x10000, 0x110000, 1009),
        ]
        text = "".join(map(chr, code_points))
        bytes = encode(text, encoding_of("gb18030"))
        old = {
            0xE78D + at: new
            for at, new in enumerate("\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19")
        }
        old |= {0xE81E: "\u9fb4", 0xE826: "\u9fb5", 0xE82B: "\u9fb6", 0xE82C: "\u9fb7"}
        old |= {0xE832: "\u9fb8", 0xE843: "\u9fb9", 0xE854: "\u9fba", 0xE864: "\u9fbb"}
        assert TextDecoder("gb18030", ignoreBOM=True).decode(bytes) == text.translate(old)

    @pytest.mark.parametrize(
        "input, bytes",
        [
            ("\u20ac", b"\xa2\xe3"), ("\u3000", b"\xa1\xa1"), ("\u00e4", b"\x81\x30\x8a\x31"),
            ("\ue7c7", b"\x81\x35\xf4\x37"),
            ("\ue5e5", b"&#58853;"),
            ("\u1e3f", b"\xa8\xbc"), ("\ue78d", b"\xa6\xd9"), ("\ufe10", b"\xa6\xd9"),
            ("\ue864", b"\xfe\xa0"), ("\U0010ffff", b"\xe3\x32\x9a\x35"),
        ],
    )  # fmt: skip
    def test_has_one_two_or_four_bytes_a_code_point(self, input: str, bytes: bytes) -> None:
        assert encode(input, encoding_of("gb18030")) == bytes


@spec("https://encoding.spec.whatwg.org/#gbk-encoder")
class TestGBKEncoder:
    @pytest.mark.parametrize(
        "input, bytes",
        [
            ("a\u4e2d", b"a\xd6\xd0"),
            ("\u20ac", b"\x80"),
            ("\u00e4", b"&#228;"),
            ("\ue5e5", b"&#58853;"),
        ],
    )
    def test_has_one_or_two_bytes_a_code_point(self, input: str, bytes: bytes) -> None:
        assert encode(input, encoding_of("gbk")) == bytes


@spec("https://encoding.spec.whatwg.org/#big5-decoder")
class TestBig5Decoder:
    def test_every_pair_is_what_the_index_has_or_an_error(self) -> None:
        code_points = big5_pairs()
        for pair in map(bytes, product(range(0x81, 0xFF), range(0x100))):
            error = "\ufffd" + (chr(pair[1]) if pair[1] <= 0x7F else "")  # ASCII is put back
            assert TextDecoder("big5").decode(pair) == code_points.get(pair, error), pair

    def test_a_run_of_all_pairs_is_what_each_of_them_is(self) -> None:
        input, output = b"".join(big5_pairs()), "".join(big5_pairs().values())
        assert TextDecoder("big5").decode(input) == output
        assert (
            decode_in_chunks("big5", (input[at : at + 1001] for at in range(0, len(input), 1001)))
            == output
        )

    def test_four_pairs_are_two_code_points(self) -> None:
        input, output = (
            b"\x88\x62\x88\x64\x88\xa3\x88\xa5",
            "\u00ca\u0304\u00ca\u030c\u00ea\u0304\u00ea\u030c",
        )
        assert TextDecoder("big5").decode(input) == output

    def test_it_does_not_matter_where_the_input_is_cut(self) -> None:
        for input in mixtures(BIG5_PIECES, 300):
            assert borders_that_matter("big5", input) == [], input


@spec("https://encoding.spec.whatwg.org/#big5-encoder")
class TestBig5Encoder:
    def test_every_code_point_outside_hong_kongs_extensions_comes_back(self) -> None:
        text = "".join(
            {
                code_point
                for code_point in index_big5().code_points[(0xA1 - 0x81) * 157 :]
                if code_point
            }
        )
        assert TextDecoder("big5").decode(encode(text, encoding_of("big5"))) == text

    @pytest.mark.parametrize(
        "input, bytes",
        [
            ("a\u4e00", b"a\xa4\x40"), ("\u2550", b"\xf9\xf9"), ("\u255e", b"\xf9\xe9"),
            ("\u5341", b"\xa4\x51"), ("\u5345", b"\xa4\xca"),
            ("\u43f0", b"&#17392;"), ("\u00ca\u0304", b"&#202;&#772;"), ("\uffed", b"\xf9\xfe"),
        ],
    )  # fmt: skip
    def test_has_one_or_two_bytes_a_code_point(self, input: str, bytes: bytes) -> None:
        assert encode(input, encoding_of("big5")) == bytes
