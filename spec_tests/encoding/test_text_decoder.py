"""Encoding Standard, 7.1 and 7.2."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.encoding.chunks import decode_in_chunks
from spec_tests.linear_time import grows_no_worse_than_its_input
from worker_runtime import RangeError, TextDecoder
from worker_runtime.encoding.names_and_labels import ENCODINGS, REPLACEMENT

spec = pytest.mark.spec

each_encoding = pytest.mark.parametrize(
    "label",
    [
        encoding.name
        for encoding in ENCODINGS
        if encoding is not REPLACEMENT and encoding.name != "x-user-defined"
    ],
)


@spec("https://encoding.spec.whatwg.org/#textdecoder")
@spec("https://encoding.spec.whatwg.org/#textdecodercommon")
class TestTextDecoderCommon:
    def test_says_how_it_decodes(self) -> None:
        decoder = TextDecoder("Shift_JIS", fatal=True, ignoreBOM=True)
        assert (decoder.encoding, decoder.fatal, decoder.ignoreBOM) == ("shift_jis", True, True)
        decoder = TextDecoder()
        assert (decoder.encoding, decoder.fatal, decoder.ignoreBOM) == ("utf-8", False, False)

    def test_cannot_be_told_otherwise(self) -> None:
        with pytest.raises(AttributeError):
            TextDecoder().fatal = True  # type: ignore[misc]


@spec("https://encoding.spec.whatwg.org/#concept-td-serialize")
class TestSerializeIOQueue:
    @pytest.mark.parametrize(
        "label, codec", [("utf-8", "utf-8"), ("utf-16le", "utf-16-le"), ("utf-16be", "utf-16-be")]
    )
    def test_the_first_byte_order_mark_of_a_stream_goes(self, label: str, codec: str) -> None:
        decoder = TextDecoder(label)
        chunks = ["\ufeff\ufeffa".encode(codec), "\ufeffb".encode(codec)]
        for _ in range(2):
            assert [decoder.decode(chunk, stream=True) for chunk in chunks] + [
                decoder.decode()
            ] == ["\ufeffa", "\ufeffb", ""]

    @pytest.mark.parametrize(
        "label, codec", [("utf-8", "utf-8"), ("utf-16le", "utf-16-le"), ("utf-16be", "utf-16-be")]
    )
    def test_it_goes_even_if_it_comes_in_pieces(self, label: str, codec: str) -> None:
        input = "\ufeffa\ufeff".encode(codec)
        decoder = TextDecoder(label)
        assert (
            "".join([decoder.decode(input[at : at + 1], stream=True) for at in range(len(input))])
            + decoder.decode()
            == "a\ufeff"
        )

    @pytest.mark.parametrize(
        "label, codec", [("utf-8", "utf-8"), ("utf-16le", "utf-16-le"), ("utf-16be", "utf-16-be")]
    )
    def test_it_stays_where_it_is_to_be_ignored(self, label: str, codec: str) -> None:
        assert TextDecoder(label, ignoreBOM=True).decode("\ufeffa".encode(codec)) == "\ufeffa"

    def test_no_other_encoding_has_one(self) -> None:
        assert TextDecoder("gb18030").decode(b"\x84\x31\x95\x33") == "\ufeff"
        assert TextDecoder("utf-16le").decode(b"\xfe\xff") == "\ufffe"

    def test_the_official_vectors_pass(self, wpt_data: Callable[[str], Any]) -> None:
        cases = wpt_data("encoding/textdecoder-byte-order-marks.json")["data"]["testCases"]
        for case in cases:
            bom, input = bytes(case["bom"]), bytes(case["bytes"])
            decoder = TextDecoder(case["encoding"])
            assert (
                decoder.decode(input)
                == decoder.decode(bom + input)
                == "z\xa2\u6c34\U0001d11e\U0010fffd"
            )
            for other in cases:
                if other is not case:
                    assert (
                        decoder.decode(bytes(other["bom"]) + input)
                        != "z\xa2\u6c34\U0001d11e\U0010fffd"
                    )


@spec("https://encoding.spec.whatwg.org/#dom-textdecoder")
class TestConstructor:
    @pytest.mark.parametrize(
        "label",
        ["", "utf-99", "utf-8\x00", "\ud800", " utf 8 ", "x" * 10**6],
        ids=lambda label: ascii(label[:10]),
    )
    def test_an_unknown_label_is_a_range_error(self, label: str) -> None:
        with pytest.raises(RangeError):
            TextDecoder(label)

    @pytest.mark.parametrize("label", REPLACEMENT.labels.split())
    def test_a_label_of_replacement_is_a_range_error(self, label: str) -> None:
        with pytest.raises(RangeError, match=label):
            TextDecoder(label)

    @pytest.mark.parametrize("label", [None, b"utf-8"])
    def test_what_is_no_string_is_a_type_error(self, label: Any) -> None:
        with pytest.raises(TypeError):
            TextDecoder(label)


@spec("https://encoding.spec.whatwg.org/#dom-textdecoder-decode")
class TestDecode:
    def test_a_call_that_is_wrong_changes_nothing(self) -> None:
        decoder = TextDecoder()
        assert decoder.decode(b"\xe2\x82", stream=True) == ""
        with pytest.raises(TypeError):
            decoder.decode("text")  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            decoder.decode(b"x", unknown=True)  # type: ignore[call-arg]
        assert decoder.decode(b"\xac") == "€"

    def test_nothing_is_nothing(self) -> None:
        assert (TextDecoder().decode(), TextDecoder().decode(None), TextDecoder().decode(b"")) == (
            "",
            "",
            "",
        )

    @pytest.mark.parametrize(
        "input",
        [
            b"\xc3\xa4", bytearray(b"\xc3\xa4"), memoryview(b"..\xc3\xa4")[2:],
            memoryview(b"\xc3.\xa4")[::2], array("B", b"\xc3\xa4"), array("H", b"\xc3\xa4"),
            memoryview(b"\xc3\xa4").cast("b"),
        ],
    )  # fmt: skip
    def test_takes_any_buffer(self, input: Any) -> None:
        assert TextDecoder().decode(input) == "\xe4"

    def test_a_released_buffer_is_empty(self) -> None:
        input = memoryview(b"abc")
        input.release()
        assert TextDecoder().decode(input) == ""

    @pytest.mark.parametrize("input", ["abc", 1, [1, 2], object()], ids=repr)
    def test_what_is_no_buffer_is_a_type_error(self, input: Any) -> None:
        with pytest.raises(TypeError):
            TextDecoder().decode(input)

    def test_a_buffer_may_change_after_the_call(self) -> None:
        decoder, input = TextDecoder(), bytearray(b"\xf0\x9f")
        assert decoder.decode(input, stream=True) == ""
        input[:] = b"xyzabc"
        assert decoder.decode(b"\x92\xa9") == "\U0001f4a9"

    def test_without_stream_what_is_incomplete_is_an_error(self) -> None:
        decoder = TextDecoder()
        assert (decoder.decode(b"\xf0\x9f\x92"), decoder.decode(b"\xa9")) == ("\ufffd", "\ufffd")

    def test_an_empty_chunk_changes_nothing(self) -> None:
        decoder = TextDecoder("shift_jis")
        assert [
            decoder.decode(chunk, stream=True) for chunk in (b"", b"\x82", b"", b"\xa0", b"")
        ] == ["", "", "", "\u3042", ""]

    def test_each_stream_starts_anew(self) -> None:
        decoder = TextDecoder("iso-2022-jp")
        assert decoder.decode(b"\x1b$B$", stream=True) == ""
        assert decoder.decode() == "\ufffd"
        assert decoder.decode(b'$"') == '$"'

    @each_encoding
    def test_a_truncated_sequence_is_one_error_at_every_border(self, label: str) -> None:
        text = "a\u4e2d\u3042\uac00\u0416\u00e9\u0e01z"
        input = encoded(text, label)
        encodable = TextDecoder(label, fatal=True).decode(input)
        assert len(encodable) >= 2 and set(encodable) <= set(text)
        for cut in range(len(input) + 1):
            decoder = TextDecoder(label, fatal=True)
            assert (
                decoder.decode(input[:cut], stream=True) + decoder.decode(input[cut:]) == encodable
            )
            truncated = TextDecoder(label).decode(input[:cut])
            if label != "ISO-2022-JP":  # whose escape sequences are more than one error
                assert encodable.startswith(truncated.removesuffix("\ufffd"))

    def test_the_official_vectors_are_fatal(self, wpt_data: Callable[[str], Any]) -> None:
        vectors = wpt_data("encoding/textdecoder-fatal.json")["data"]["bad"]
        assert len(vectors) == 34
        for vector in vectors:
            input = bytes(vector["input"])
            with pytest.raises(TypeError, match="(?i)" + vector["encoding"]):
                TextDecoder(vector["encoding"], fatal=True).decode(input)
            assert "\ufffd" in TextDecoder(vector["encoding"]).decode(input)

    @pytest.mark.parametrize(
        "label, input, rest",
        [
            ("utf-8", b"a\xffb\xc3", b"\xa4c"), ("utf-16le", b"\x00\xdcb\x00\xe4", b"\x00c\x00"),
            ("euc-kr", b"a\x80b\xa8", b"\xac\x63"), ("windows-1253", b"a\xd2b", b"\xf0c"),
        ],
    )  # fmt: skip
    def test_after_a_fatal_error_in_a_stream_the_next_call_goes_on(
        self, label: str, input: bytes, rest: bytes
    ) -> None:
        decoder = TextDecoder(label, fatal=True)
        with pytest.raises(TypeError):
            decoder.decode(input, stream=True)
        assert decoder.decode(rest, stream=True)[0::2] == "bc"

    def test_after_a_fatal_error_that_ended_a_stream_the_next_starts_anew(self) -> None:
        decoder = TextDecoder(fatal=True)
        with pytest.raises(TypeError):
            decoder.decode(b"abc\xff\xc3")
        assert decoder.decode(b"d") == "d"

    @pytest.mark.parametrize(
        "label, input",
        [
            ("utf-8", b"\xff"), ("utf-16le", b"\x00\xd8"), ("windows-1253", b"\xd2"),
            ("gb18030", b"\x81\x30\x81 "), ("big5", b"\x80"), ("shift_jis", b"\xa0"),
            ("euc-jp", b"\x8f\xa1"), ("euc-kr", b"\xff"), ("iso-2022-jp", b"\x1b(B"),
            ("iso-2022-jp", b"\x0e"),
        ],
    )  # fmt: skip
    def test_an_input_that_is_all_errors_is_decoded_in_pieces_as_in_one(
        self, label: str, input: bytes
    ) -> None:
        input *= 2000
        chunks = (input[at : at + 999] for at in range(0, len(input), 999))
        assert decode_in_chunks(label, chunks) == TextDecoder(label).decode(input)


def encoded(text: str, label: str) -> bytes:
    """The bytes that a codec of Python has for what it has; these characters are the same in the
    standard.
    """
    names = {
        "ISO-8859-8-I": "iso-8859-8",
        "windows-874": "cp874",
        "x-mac-cyrillic": "mac_cyrillic",
        "Big5": "big5hkscs",
    }
    return text.encode(names.get(label, label), "ignore")


@spec("https://encoding.spec.whatwg.org/#dom-textdecoder-decode")
class TestHostileInput:
    @pytest.mark.parametrize("label", ["utf-8", "utf-16le", "gbk", "gb18030", "big5", "euc-jp",
        "iso-2022-jp", "shift_jis", "euc-kr", "windows-1252"])  # fmt: skip
    @pytest.mark.parametrize(
        "run",
        [b"\xff", b"\x81", b"\x81\x30", b"\xa1\xff", b"\x1b$B", b"\xf0\x9f", b"a\xfe", b"\x8f\xa2"],
    )
    def test_takes_linear_time(self, label: str, run: bytes) -> None:
        def in_pieces(data: bytes) -> None:
            decoder = TextDecoder(label)
            for start in range(0, len(data), 99):
                decoder.decode(data[start : start + 99], stream=True)
            decoder.decode()

        for work in (TextDecoder(label).decode, in_pieces):
            grows_no_worse_than_its_input(work, lambda length: run * (length // len(run)), 2048)
