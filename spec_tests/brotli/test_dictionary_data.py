"""The generated module is what its generator makes."""

from __future__ import annotations

from tools.make_brotli_dictionary import CRC_32, LENGTH, dictionary as dictionary_of_text

from worker_runtime.brotli.dictionary_data import PACKED
from worker_runtime.brotli.static_dictionary import dictionary


def test_it_is_text_that_is_safe_in_a_diff() -> None:
    assert PACKED.isascii() and PACKED.isprintable() and "\\" not in PACKED


def test_the_generator_finds_the_words_between_the_pages_of_the_standard() -> None:
    words = dictionary()
    assert len(words) == LENGTH and CRC_32 == 0x5136CB04
    lines = [f"      {words[start : start + 32].hex()}" for start in range(0, len(words), 32)]
    lines.insert(
        100,
        "\n\nAuthors                  Informational                  [Page 41]\n\f\n"
        "RFC 7932      Brotli       July 2016\n\n",
    )
    text = (
        "   Appendix A.  Contents ... 41\n\nAppendix A.  Static Dictionary Data\n\n"
        + "\n".join(lines)
        + "\n\nAppendix B.  List\n  abcd\n"
    )
    assert dictionary_of_text(text) == words
