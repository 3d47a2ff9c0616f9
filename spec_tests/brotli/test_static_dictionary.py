"""RFC 7932, 8 and its appendixes: words, and what is done to them."""

from __future__ import annotations

import zlib

import pytest

from worker_runtime.brotli.prefix_codes import BrotliFailure
from worker_runtime.brotli.static_dictionary import (
    DOFFSET,
    TRANSFORMS,
    dictionary,
    static_dictionary_word,
)

spec = pytest.mark.spec


@spec("https://www.rfc-editor.org/rfc/rfc7932#appendix-A")
class TestDictionary:
    def test_it_has_the_length_and_check_value_of_the_standard(self) -> None:
        assert (len(dictionary()), zlib.crc32(dictionary())) == (122_784, 0x5136CB04)
        assert DOFFSET[-1] == 122_784

    def test_it_begins_with_time(self) -> None:
        assert dictionary().startswith(b"timedownlifeleft")


@spec("https://www.rfc-editor.org/rfc/rfc7932#appendix-B")
class TestTransforms:
    def test_they_have_the_length_and_check_value_of_the_standard(self) -> None:
        written = b"".join(
            prefix + bytes([0, transform]) + suffix + b"\0"
            for prefix, transform, suffix in TRANSFORMS
        )
        assert (len(TRANSFORMS), len(written), zlib.crc32(written)) == (121, 648, 0x3D965F81)


@spec("https://www.rfc-editor.org/rfc/rfc7932#section-8")
class TestStaticDictionaryWord:
    @pytest.mark.parametrize("transform_id, word", [
        (0, b"time"), (1, b"time "), (3, b"ime"), (9, b"Time"), (44, b"TIME"), (12, b"tim"),
        (34, b""), (54, b""), (64, b""), (49, b"timing "), (73, b" the time of the "),
        (102, b"\xc2\xa0time"), (120, b" Time='"),
    ])  # fmt: skip
    def test_the_first_word_in_its_forms(self, transform_id: int, word: bytes) -> None:
        assert static_dictionary_word(4, transform_id << 10) == word

    def test_letters_of_two_and_three_bytes_change_their_case_roughly(self) -> None:
        words = {
            dictionary()[start : start + 8]: index
            for index, start in enumerate(range(DOFFSET[8], DOFFSET[9], 8))
        }
        word = "\u0440\u0430\u0437\u0430".encode()
        assert static_dictionary_word(8, (44 << 10) + words[word]) == bytes(
            byte ^ 32 * (at % 2) for at, byte in enumerate(word)
        )
        lengths = {
            dictionary()[start : start + 6]: index
            for index, start in enumerate(range(DOFFSET[6], DOFFSET[7], 6))
        }
        word = next(word for word in lengths if word[0] >= 224)
        assert (
            static_dictionary_word(6, (9 << 11) + lengths[word])
            == word[:2] + bytes([word[2] ^ 5]) + word[3:]
        )

    @pytest.mark.parametrize(
        "length, word_id, message",
        [(3, 0, "of 3 bytes"), (25, 0, "25"), (4, 121 << 10, "transform 121")],
    )
    def test_what_there_is_not_is_a_failure(self, length: int, word_id: int, message: str) -> None:
        with pytest.raises(BrotliFailure, match=message):
            static_dictionary_word(length, word_id)
