"""Static dictionary: words that every decoder knows, each in 121 forms.

RFC 7932, 8: https://www.rfc-editor.org/rfc/rfc7932#section-8
"""

from __future__ import annotations

import base64
import zlib
from functools import lru_cache

from .prefix_codes import BrotliFailure

NDBITS = (0, 0, 0, 0, 10, 10, 11, 11, 10, 10, 10, 10, 10, 9, 9, 8, 7, 7, 8, 7, 7, 6, 6, 5, 5)
DOFFSET = [0]
for _length, _bits in enumerate(NDBITS):
    DOFFSET.append(DOFFSET[-1] + (_length << _bits if _bits else 0))

# The elementary transforms, as Appendix B numbers them.
IDENTITY, FERMENT_FIRST, FERMENT_ALL, OMIT_FIRST, OMIT_LAST = 0, 1, 2, 2, 11

# https://www.rfc-editor.org/rfc/rfc7932#appendix-B: what stands before the word, what is done to
# it, and what stands behind it.
TRANSFORMS: tuple[tuple[bytes, int, bytes], ...] = (
    (b"", IDENTITY, b""), (b"", IDENTITY, b" "), (b" ", IDENTITY, b" "), (b"", OMIT_FIRST + 1, b""),
    (b"", FERMENT_FIRST, b" "), (b"", IDENTITY, b" the "), (b" ", IDENTITY, b""),
    (b"s ", IDENTITY, b" "), (b"", IDENTITY, b" of "), (b"", FERMENT_FIRST, b""),
    (b"", IDENTITY, b" and "), (b"", OMIT_FIRST + 2, b""), (b"", OMIT_LAST + 1, b""),
    (b", ", IDENTITY, b" "), (b"", IDENTITY, b", "), (b" ", FERMENT_FIRST, b" "),
    (b"", IDENTITY, b" in "), (b"", IDENTITY, b" to "), (b"e ", IDENTITY, b" "),
    (b"", IDENTITY, b"\""), (b"", IDENTITY, b"."), (b"", IDENTITY, b"\">"), (b"", IDENTITY, b"\n"),
    (b"", OMIT_LAST + 3, b""), (b"", IDENTITY, b"]"), (b"", IDENTITY, b" for "),
    (b"", OMIT_FIRST + 3, b""), (b"", OMIT_LAST + 2, b""), (b"", IDENTITY, b" a "),
    (b"", IDENTITY, b" that "), (b" ", FERMENT_FIRST, b""), (b"", IDENTITY, b". "),
    (b".", IDENTITY, b""), (b" ", IDENTITY, b", "), (b"", OMIT_FIRST + 4, b""),
    (b"", IDENTITY, b" with "), (b"", IDENTITY, b"'"), (b"", IDENTITY, b" from "),
    (b"", IDENTITY, b" by "), (b"", OMIT_FIRST + 5, b""), (b"", OMIT_FIRST + 6, b""),
    (b" the ", IDENTITY, b""), (b"", OMIT_LAST + 4, b""), (b"", IDENTITY, b". The "),
    (b"", FERMENT_ALL, b""), (b"", IDENTITY, b" on "), (b"", IDENTITY, b" as "),
    (b"", IDENTITY, b" is "), (b"", OMIT_LAST + 7, b""), (b"", OMIT_LAST + 1, b"ing "),
    (b"", IDENTITY, b"\n\t"), (b"", IDENTITY, b":"), (b" ", IDENTITY, b". "),
    (b"", IDENTITY, b"ed "), (b"", OMIT_FIRST + 9, b""), (b"", OMIT_FIRST + 7, b""),
    (b"", OMIT_LAST + 6, b""), (b"", IDENTITY, b"("), (b"", FERMENT_FIRST, b", "),
    (b"", OMIT_LAST + 8, b""), (b"", IDENTITY, b" at "), (b"", IDENTITY, b"ly "),
    (b" the ", IDENTITY, b" of "), (b"", OMIT_LAST + 5, b""), (b"", OMIT_LAST + 9, b""),
    (b" ", FERMENT_FIRST, b", "), (b"", FERMENT_FIRST, b"\""), (b".", IDENTITY, b"("),
    (b"", FERMENT_ALL, b" "), (b"", FERMENT_FIRST, b"\">"), (b"", IDENTITY, b"=\""),
    (b" ", IDENTITY, b"."), (b".com/", IDENTITY, b""), (b" the ", IDENTITY, b" of the "),
    (b"", FERMENT_FIRST, b"'"), (b"", IDENTITY, b". This "), (b"", IDENTITY, b","),
    (b".", IDENTITY, b" "), (b"", FERMENT_FIRST, b"("), (b"", FERMENT_FIRST, b"."),
    (b"", IDENTITY, b" not "), (b" ", IDENTITY, b"=\""), (b"", IDENTITY, b"er "),
    (b" ", FERMENT_ALL, b" "), (b"", IDENTITY, b"al "), (b" ", FERMENT_ALL, b""),
    (b"", IDENTITY, b"='"), (b"", FERMENT_ALL, b"\""), (b"", FERMENT_FIRST, b". "),
    (b" ", IDENTITY, b"("), (b"", IDENTITY, b"ful "), (b" ", FERMENT_FIRST, b". "),
    (b"", IDENTITY, b"ive "), (b"", IDENTITY, b"less "), (b"", FERMENT_ALL, b"'"),
    (b"", IDENTITY, b"est "), (b" ", FERMENT_FIRST, b"."), (b"", FERMENT_ALL, b"\">"),
    (b" ", IDENTITY, b"='"), (b"", FERMENT_FIRST, b","), (b"", IDENTITY, b"ize "),
    (b"", FERMENT_ALL, b"."), (b"\xc2\xa0", IDENTITY, b""), (b" ", IDENTITY, b","),
    (b"", FERMENT_FIRST, b"=\""), (b"", FERMENT_ALL, b"=\""), (b"", IDENTITY, b"ous "),
    (b"", FERMENT_ALL, b", "), (b"", FERMENT_FIRST, b"='"), (b" ", FERMENT_FIRST, b","),
    (b" ", FERMENT_ALL, b"=\""), (b" ", FERMENT_ALL, b", "), (b"", FERMENT_ALL, b","),
    (b"", FERMENT_ALL, b"("), (b"", FERMENT_ALL, b". "), (b" ", FERMENT_ALL, b"."),
    (b"", FERMENT_ALL, b"='"), (b" ", FERMENT_ALL, b". "), (b" ", FERMENT_FIRST, b"=\""),
    (b" ", FERMENT_ALL, b"='"), (b" ", FERMENT_FIRST, b"='"),
)  # fmt: skip


@lru_cache(maxsize=1)
def dictionary() -> bytes:
    """The words, ordered by length; unpacked when it is first asked for.

    Part of https://www.rfc-editor.org/rfc/rfc7932#appendix-A
    """
    from .dictionary_data import PACKED

    return zlib.decompress(base64.b85decode(PACKED))


def static_dictionary_word(length: int, word_id: int) -> bytes:
    """The form of a word that is so far behind the largest distance there can be; BrotliFailure if
    there is none.

    Part of https://www.rfc-editor.org/rfc/rfc7932#section-8
    Part of https://www.rfc-editor.org/rfc/rfc7932#appendix-B
    """
    if not 4 <= length <= 24:
        raise BrotliFailure(f"the static dictionary has no words of {length} bytes")
    transform_id, index = divmod(word_id, 1 << NDBITS[length])
    if transform_id >= len(TRANSFORMS):
        raise BrotliFailure(
            f"there is no transform {transform_id} of words, or a distance goes back too far"
        )
    start = DOFFSET[length] + index * length
    prefix, elementary_transform, suffix = TRANSFORMS[transform_id]
    return (
        prefix + _transformed(dictionary()[start : start + length], elementary_transform) + suffix
    )


def _transformed(word: bytes, elementary_transform: int) -> bytes:
    if elementary_transform == IDENTITY:
        return word
    if elementary_transform <= FERMENT_ALL:
        fermented = bytearray(word)
        position = _ferment(fermented, 0)
        while elementary_transform == FERMENT_ALL and position < len(word):
            position += _ferment(fermented, position)
        return bytes(fermented)
    if elementary_transform <= OMIT_LAST:
        return word[elementary_transform - OMIT_FIRST :]
    return word[: max(0, len(word) - (elementary_transform - OMIT_LAST))]


def _ferment(word: bytearray, position: int) -> int:
    """Change the case of a letter in place, by its first byte in UTF-8; how many bytes it has."""
    if word[position] < 192:
        if 97 <= word[position] <= 122:
            word[position] ^= 32
        return 1
    length, change = (2, 32) if word[position] < 224 else (3, 5)
    if position + length <= len(word):
        word[position + length - 1] ^= change
    return length
