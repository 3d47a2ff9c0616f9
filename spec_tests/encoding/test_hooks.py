"""Encoding Standard, 6 and 6.1."""

from __future__ import annotations

import pytest

from worker_runtime.encoding.encoders_and_decoders import Encoding
from worker_runtime.encoding.hooks import (
    bom_sniff,
    decode,
    encode,
    encode_or_fail,
    get_an_encoder,
    utf_8_decode,
    utf_8_decode_without_bom,
    utf_8_decode_without_bom_or_fail,
    utf_8_encode,
)
from worker_runtime.encoding.names_and_labels import (
    REPLACEMENT,
    UTF_8,
    UTF_16BE,
    UTF_16LE,
    get_an_encoding,
)
from worker_runtime.encoding.terminology import IOQueue

spec = pytest.mark.spec


def encoding_of(label: str) -> Encoding:
    encoding = get_an_encoding(label)
    assert encoding is not None
    return encoding


@spec("https://encoding.spec.whatwg.org/#utf-8-decode")
class TestUTF8Decode:
    @pytest.mark.parametrize(
        "input, output",
        [
            (b"", ""), (b"\xef\xbb\xbf", ""), (b"\xef\xbb\xbfa", "a"),
            (b"\xef\xbb\xbf\xef\xbb\xbf", "\ufeff"), (b"a\xef\xbb\xbf", "a\ufeff"),
            (b"\xef\xbb", "\ufffd"), (b"\xff\xfea", "\ufffd\ufffda"),
            (b"\xf0\x9f\x92\xa9", "\U0001f4a9"),
        ],
    )  # fmt: skip
    def test_takes_one_byte_order_mark_away_and_replaces_errors(
        self, input: bytes, output: str
    ) -> None:
        assert utf_8_decode(input) == output


@spec("https://encoding.spec.whatwg.org/#utf-8-decode-without-bom")
class TestUTF8DecodeWithoutBOM:
    def test_leaves_a_byte_order_mark_where_it_is(self) -> None:
        assert utf_8_decode_without_bom(b"\xef\xbb\xbfa\xff") == "\ufeffa\ufffd"


@spec("https://encoding.spec.whatwg.org/#utf-8-decode-without-bom-or-fail")
class TestUTF8DecodeWithoutBOMOrFail:
    def test_leaves_a_byte_order_mark_where_it_is(self) -> None:
        assert utf_8_decode_without_bom_or_fail(b"\xef\xbb\xbfa") == "\ufeffa"

    @pytest.mark.parametrize(
        "input", [b"\xff", b"a\xc3", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80"]
    )
    def test_an_error_is_failure(self, input: bytes) -> None:
        assert utf_8_decode_without_bom_or_fail(input) is None


@spec("https://encoding.spec.whatwg.org/#utf-8-encode")
class TestUTF8Encode:
    def test_encodes_scalar_values(self) -> None:
        assert (
            utf_8_encode("\x00z\xa2\u6c34\U0001d11e")
            == b"\x00z\xc2\xa2\xe6\xb0\xb4\xf0\x9d\x84\x9e"
        )

    def test_a_surrogate_is_the_callers_mistake(self) -> None:
        with pytest.raises(UnicodeEncodeError):
            utf_8_encode("\ud800")


@spec("https://encoding.spec.whatwg.org/#decode")
class TestDecode:
    @pytest.mark.parametrize(
        "input, label, output",
        [
            (b"\x82\xa0", "shift_jis", "\u3042"), (b"\x81\xff", "shift_jis", "\ufffd"),
            (b"abc", "replacement", "\ufffd"), (b"", "replacement", ""),
            (b"a\x00", "utf-16le", "a"), (b"\xef\xbb\xbfa", "utf-8", "a"),
        ],
    )  # fmt: skip
    def test_decodes_with_the_encoding(self, input: bytes, label: str, output: str) -> None:
        assert decode(input, encoding_of(label)) == output

    @pytest.mark.parametrize(
        "label", ["utf-8", "utf-16le", "utf-16be", "windows-1252", "gb18030", "replacement"]
    )
    def test_a_byte_order_mark_counts_for_more(self, label: str) -> None:
        encoding = encoding_of(label)
        assert decode(b"\xef\xbb\xbf\xc3\xa4", encoding) == "\xe4"
        assert decode(b"\xfe\xff\x00\xe4", encoding) == "\xe4"
        assert decode(b"\xff\xfe\xe4\x00", encoding) == "\xe4"


@spec("https://encoding.spec.whatwg.org/#bom-sniff")
class TestBOMSniff:
    @pytest.mark.parametrize(
        "input, encoding",
        [
            (b"\xef\xbb\xbf", UTF_8), (b"\xfe\xff", UTF_16BE), (b"\xff\xfe", UTF_16LE),
            (b"\xff\xfe\x00\x00", UTF_16LE), (b"", None), (b"\xef\xbb", None), (b"\xff", None),
            (b" \xff\xfe", None),
        ],
    )  # fmt: skip
    def test_looks_at_the_first_bytes(self, input: bytes, encoding: Encoding | None) -> None:
        assert bom_sniff(input) is encoding


@spec("https://encoding.spec.whatwg.org/#encode")
class TestEncode:
    @pytest.mark.parametrize(
        "input, label, output",
        [
            ("a\u3042", "shift_jis", b"a\x82\xa0"), ("\u2603", "windows-1252", b"&#9731;"),
            ("\U0001f4a9", "euc-jp", b"&#128169;"),
            ("\U0001f4a9", "gb18030", b"\x949\xda3"), ("\U0001f4a9", "utf-8", b"\xf0\x9f\x92\xa9"),
            ("", "big5", b""),
            ("\u3042\x0e", "iso-2022-jp", b"\x1b$B$\"\x1b(B&#65533;"),
            ("\u3042\u2603", "iso-2022-jp", b"\x1b$B$\"\x1b(B&#9731;"),
        ],
    )  # fmt: skip
    def test_puts_a_reference_for_what_the_encoding_does_not_have(
        self, input: str, label: str, output: bytes
    ) -> None:
        assert encode(input, encoding_of(label)) == output


@spec("https://encoding.spec.whatwg.org/#get-an-encoder")
class TestGetAnEncoder:
    def test_each_has_a_state_of_its_own(self) -> None:
        encoding = encoding_of("iso-2022-jp")
        first, second = get_an_encoder(encoding), get_an_encoder(encoding)
        assert encode_or_fail(IOQueue("\u3042\u2603"), first, []) == 0x2603
        output: list[bytes] = []
        assert encode_or_fail(IOQueue("a"), second, output) is None
        assert b"".join(output) == b"a"

    @pytest.mark.parametrize(
        "encoding", [REPLACEMENT, UTF_16BE, UTF_16LE], ids=lambda encoding: encoding.name
    )
    def test_an_encoding_without_one_is_the_callers_mistake(self, encoding: Encoding) -> None:
        with pytest.raises(AssertionError, match=encoding.name):
            get_an_encoder(encoding)


@spec("https://encoding.spec.whatwg.org/#encode-or-fail")
class TestEncodeOrFail:
    def test_stops_at_each_error_and_goes_on_behind_it(self) -> None:
        encoder, io_queue = get_an_encoder(encoding_of("windows-1252")), IOQueue("a\u2603b\u2604")
        results = []
        for _ in range(3):
            output: list[bytes] = []
            results.append((encode_or_fail(io_queue, encoder, output), b"".join(output)))
        assert results == [(0x2603, b"a"), (0x2604, b"b"), (None, b"")]

    def test_iso_2022_jp_may_stay_in_its_roman_state(self) -> None:
        # https://encoding.spec.whatwg.org/#pit-of-iso-2022-jp
        encoder, io_queue, output = (
            get_an_encoder(encoding_of("iso-2022-jp")),
            IOQueue("\xa5\u2603\xa5"),
            list[bytes](),
        )
        assert encode_or_fail(io_queue, encoder, output) == 0x2603
        assert b"".join(output) == b"\x1b(J\x5c"
        output = []
        assert encode_or_fail(io_queue, encoder, output) is None
        assert b"".join(output) == b"\x5c\x1b(B"
