"""URL Standard, 1.3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime.encoding.encoders_and_decoders import Encoding
from worker_runtime.encoding.names_and_labels import UTF_8, get_an_encoding
from worker_runtime.url.percent_encoded_bytes import (
    APPLICATION_X_WWW_FORM_URLENCODED_PERCENT_ENCODE_SET,
    C0_CONTROL_PERCENT_ENCODE_SET,
    COMPONENT_PERCENT_ENCODE_SET,
    FRAGMENT_PERCENT_ENCODE_SET,
    PATH_PERCENT_ENCODE_SET,
    QUERY_PERCENT_ENCODE_SET,
    SPECIAL_QUERY_PERCENT_ENCODE_SET,
    USERINFO_PERCENT_ENCODE_SET,
    PercentEncodeSet,
    percent_decode,
    percent_decode_string,
    percent_encode,
    percent_encode_after_encoding,
    utf_8_percent_encode,
)

spec = pytest.mark.spec


def encoding(label: str) -> Encoding:
    found = get_an_encoding(label)
    assert found is not None
    return found


@spec("https://url.spec.whatwg.org/#percent-encode")
class TestPercentEncode:
    @pytest.mark.parametrize(
        "byte, output", [(0x23, "%23"), (0x7F, "%7F"), (0, "%00"), (0xFF, "%FF")]
    )
    def test_has_two_upper_hex_digits(self, byte: int, output: str) -> None:
        assert percent_encode(byte) == output


@spec("https://url.spec.whatwg.org/#percent-decode")
class TestPercentDecode:
    @pytest.mark.parametrize(
        "input, output",
        [
            (b"%25%s%1G", b"%%s%1G"),
            (b"", b""),
            (b"%", b"%"),
            (b"%4", b"%4"),
            (b"%%41", b"%A"),
            (b"%2541", b"%41"),
            (b"%c3%A9+%00", b"\xc3\xa9+\x00"),
            (b"%\xc3\xa9", b"%\xc3\xa9"),
        ],
    )
    def test_decodes_what_is_encoded_and_leaves_the_rest(self, input: bytes, output: bytes) -> None:
        assert percent_decode(input) == output

    def test_decodes_what_percent_encode_makes_of_every_byte(self) -> None:
        every_byte = bytes(range(256))
        assert percent_decode("".join(map(percent_encode, every_byte)).encode()) == every_byte

    def test_a_run_may_be_long(self) -> None:
        assert percent_decode(b"%41" * 2**19) == b"A" * 2**19


@spec("https://url.spec.whatwg.org/#string-percent-decode")
class TestPercentDecodeString:
    def test_encodes_as_utf_8_first(self) -> None:
        assert percent_decode_string("\u203d%25%2E") == b"\xe2\x80\xbd%."


@spec("https://url.spec.whatwg.org/#percent-encode-set")
class TestPercentEncodeSet:
    # What the standard names, one by one, beside the C0 controls and what is beyond U+007E.
    @pytest.mark.parametrize(
        "percent_encode_set, printable",
        [
            (C0_CONTROL_PERCENT_ENCODE_SET, ""),
            (FRAGMENT_PERCENT_ENCODE_SET, ' "<>`'),
            (QUERY_PERCENT_ENCODE_SET, ' "#<>'),
            (SPECIAL_QUERY_PERCENT_ENCODE_SET, " \"#<>'"),
            (PATH_PERCENT_ENCODE_SET, ' "#<>?^`{}'),
            (USERINFO_PERCENT_ENCODE_SET, ' "#<>?^`{}/:;=@[\\]|'),
            (COMPONENT_PERCENT_ENCODE_SET, ' "#<>?^`{}/:;=@[\\]|$%&+,'),
        ],
    )
    def test_has_the_code_points_that_the_standard_names(
        self, percent_encode_set: PercentEncodeSet, printable: str
    ) -> None:
        ascii = "".join(map(chr, range(0x80)))
        encoded = [c for c in ascii if utf_8_percent_encode(c, percent_encode_set) != c]
        assert sorted(encoded) == sorted([*map(chr, range(0x20)), *printable, "\x7f"])

    def test_that_of_forms_leaves_four_and_the_alphanumerics(self) -> None:
        ascii = "".join(map(chr, range(0x80)))
        left = [
            c
            for c in ascii
            if utf_8_percent_encode(c, APPLICATION_X_WWW_FORM_URLENCODED_PERCENT_ENCODE_SET) == c
        ]
        assert "".join(left) == "*-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"

    @pytest.mark.parametrize(
        "percent_encode_set", [C0_CONTROL_PERCENT_ENCODE_SET, COMPONENT_PERCENT_ENCODE_SET]
    )
    def test_has_whatever_is_beyond_ascii(self, percent_encode_set: PercentEncodeSet) -> None:
        assert (
            utf_8_percent_encode("\x80\uffff\U0010ffff", percent_encode_set)
            == "%C2%80%EF%BF%BF%F4%8F%BF%BF"
        )


@spec("https://url.spec.whatwg.org/#string-percent-encode-after-encoding")
class TestPercentEncodeAfterEncoding:
    @pytest.mark.parametrize(
        "label, input, percent_encode_set, output",
        [
            ("shift_jis", " ", SPECIAL_QUERY_PERCENT_ENCODE_SET, "%20"),
            ("shift_jis", "\u2261", SPECIAL_QUERY_PERCENT_ENCODE_SET, "%81%DF"),
            ("shift_jis", "\u203d", SPECIAL_QUERY_PERCENT_ENCODE_SET, "%26%238253%3B"),
            ("iso-2022-jp", "\xa5", SPECIAL_QUERY_PERCENT_ENCODE_SET, "%1B(J\\%1B(B"),
            (
                "shift_jis",
                "1+1 \u2261 2%20\u203d",
                APPLICATION_X_WWW_FORM_URLENCODED_PERCENT_ENCODE_SET,
                "1%2B1+%81%DF+2%2520%26%238253%3B",
            ),
            ("utf-8", "Say what\u203d", USERINFO_PERCENT_ENCODE_SET, "Say%20what%E2%80%BD"),
        ],
    )
    def test_the_standards_examples(
        self, label: str, input: str, percent_encode_set: PercentEncodeSet, output: str
    ) -> None:
        assert percent_encode_after_encoding(encoding(label), input, percent_encode_set) == output

    def test_goes_on_after_each_error(self) -> None:
        windows_1252 = encoding("windows-1252")
        assert (
            percent_encode_after_encoding(
                windows_1252, "a\u2603\u2604\xe9", SPECIAL_QUERY_PERCENT_ENCODE_SET
            )
            == "a%26%239731%3B%26%239732%3B%E9"
        )

    def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for case in wpt_data("url/resources/percent-encoding.json"):
            if isinstance(case, str):
                continue
            for label, output in case["output"].items():
                assert (
                    percent_encode_after_encoding(
                        encoding(label), case["input"], SPECIAL_QUERY_PERCENT_ENCODE_SET
                    )
                    == output
                )


@spec("https://url.spec.whatwg.org/#string-utf-8-percent-encode")
class TestUTF8PercentEncode:
    @pytest.mark.parametrize(
        "input, output",
        [("\u2261", "%E2%89%A1"), ("\u203d", "%E2%80%BD"), ("", ""), ("a b", "a%20b")],
    )
    def test_encodes_each_byte(self, input: str, output: str) -> None:
        assert utf_8_percent_encode(input, USERINFO_PERCENT_ENCODE_SET) == output

    def test_is_what_percent_encode_after_encoding_does_with_its_encoder(self) -> None:
        input = "".join(map(chr, range(0x300))) + "\u2603\U0001f4a9%41"
        for percent_encode_set in (
            C0_CONTROL_PERCENT_ENCODE_SET,
            APPLICATION_X_WWW_FORM_URLENCODED_PERCENT_ENCODE_SET,
        ):
            with_its_encoder = percent_encode_after_encoding(
                UTF_8._replace(name="the long way"), input, percent_encode_set
            )
            assert utf_8_percent_encode(input, percent_encode_set) == with_its_encoder
