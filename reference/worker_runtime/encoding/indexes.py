"""Indexes: which code point a pointer stands for. Each is made when it is first asked for.

Encoding Standard, 5: https://encoding.spec.whatwg.org/#indexes

Python's codecs hold nearly the same tables, some under another name: an index is what a codec makes
of the bytes of every pointer, and PATCHES says where it differs. As a source of a table only: the
decoders follow the standard.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from itertools import islice, product

from .index_patches import PATCHES


class Index:
    """The code point of each pointer, in order; None where a pointer has none.

    https://encoding.spec.whatwg.org/#index
    """

    def __init__(self, code_points: Sequence[str | None]) -> None:
        self.code_points = code_points

    def code_point(self, pointer: int) -> str | None:
        """https://encoding.spec.whatwg.org/#index-code-point"""
        return self.code_points[pointer] if pointer < len(self.code_points) else None

    def pointer(self, code_point: int) -> int | None:
        """The first pointer that stands for a code point.

        https://encoding.spec.whatwg.org/#index-pointer
        """
        return self._pointers.get(code_point)

    @cached_property
    def _pointers(self) -> dict[int, int]:
        return {
            ord(code_point): pointer
            for pointer, code_point in reversed([*enumerate(self.code_points)])
            if code_point
        }


def _index(name: str, byte_sequences: Iterable[bytes], codec: str) -> Index:
    """What a codec makes of the bytes of each pointer, where that is one code point, and then the
    patches.

    All are decoded in one go, with line feeds between them; what is an error for the codec is more
    than one code point, too.
    """
    decoded = b"\n".join(byte_sequences).decode(codec, "replace").split("\n")
    code_points = [entry if len(entry) == 1 and entry != "\ufffd" else None for entry in decoded]
    return _patched(name, code_points)


def _patched(name: str, code_points: list[str | None]) -> Index:
    for first_pointer, run in PATCHES.get(name, {}).items():
        code_points[first_pointer : first_pointer + len(run)] = run
    return Index(code_points)


# ---- single-byte ---------------------------------------------------------------------------------

CODECS_BY_ANOTHER_NAME = {"windows-874": "cp874", "x-mac-cyrillic": "mac_cyrillic"}


@cache
def index_single_byte(name: str) -> Index:
    """The index of a single-byte encoding, which has the encoding's name in lowercase.

    https://encoding.spec.whatwg.org/#index-single-byte
    """
    decoded = bytes(range(0x80, 0x100)).decode(CODECS_BY_ANOTHER_NAME.get(name, name), "replace")
    code_points = [code_point if code_point != "\ufffd" else None for code_point in decoded]
    # a byte below 0xA0 that Windows leaves open is a control character
    if name.startswith("windows-"):
        code_points[:0x20] = [
            code_point or chr(byte) for byte, code_point in enumerate(code_points[:0x20], 0x80)
        ]
    return _patched(name, code_points)


# ---- multi-byte ----------------------------------------------------------------------------------


@cache
def index_big5() -> Index:
    """https://encoding.spec.whatwg.org/#index-big5"""
    trailing = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    return _index("big5", map(bytes, product(range(0x81, 0xFF), trailing)), "big5hkscs")


@cache
def index_euc_kr() -> Index:
    """https://encoding.spec.whatwg.org/#index-euc-kr"""
    return _index("euc-kr", map(bytes, product(range(0x81, 0xFF), range(0x41, 0xFF))), "cp949")


@cache
def index_gb18030() -> Index:
    """https://encoding.spec.whatwg.org/#index-gb18030"""
    trailing = [*range(0x40, 0x7F), *range(0x80, 0xFF)]
    return _index("gb18030", map(bytes, product(range(0x81, 0xFF), trailing)), "gb18030")


@cache
def index_gb18030_ranges() -> list[tuple[int, int]]:
    """The first pointer and code point of each range.

    https://encoding.spec.whatwg.org/#index-gb18030-ranges
    """
    digits, upper = range(0x30, 0x3A), range(0x81, 0xFF)
    byte_sequences = map(bytes, islice(product(upper, digits, upper, digits), 39420))
    ranges: list[tuple[int, int]] = []
    offset = None
    for pointer, code_point in enumerate(b"".join(byte_sequences).decode("gb18030")):
        if ord(code_point) - pointer != offset:
            offset = ord(code_point) - pointer
            ranges.append((pointer, ord(code_point)))
    return [*ranges, (189000, 0x10000)]


@cache
def index_jis0208() -> Index:
    """https://encoding.spec.whatwg.org/#index-jis0208"""
    leading, trailing = (
        [*range(0x81, 0xA0), *range(0xE0, 0xFD)],
        [*range(0x40, 0x7F), *range(0x80, 0xFD)],
    )
    code_points = [*_index("jis0208", map(bytes, product(leading, trailing)), "cp932").code_points]
    code_points[8836:10716] = [None] * 1880  # end-user-defined: the Shift_JIS decoder computes them
    return Index(code_points)


@cache
def index_jis0212() -> Index:
    """https://encoding.spec.whatwg.org/#index-jis0212"""
    upper = range(0xA1, 0xFF)
    return _index("jis0212", map(bytes, product([0x8F], upper, upper)), "euc_jp")


@cache
def index_iso_2022_jp_katakana() -> Index:
    """https://encoding.spec.whatwg.org/#index-iso-2022-jp-katakana"""
    return _patched(
        "iso-2022-jp-katakana",
        [unicodedata.normalize("NFKC", chr(0xFF61 + pointer)) for pointer in range(63)],
    )


# ---- pointers that are found in another way ------------------------------------------------------


def index_gb18030_ranges_code_point(pointer: int) -> str | None:
    """https://encoding.spec.whatwg.org/#index-gb18030-ranges-code-point"""
    if 39419 < pointer < 189000 or pointer > 1237575:
        return None
    if pointer == 7457:
        return "\ue7c7"
    ranges = index_gb18030_ranges()
    offset, code_point_offset = ranges[
        bisect_right(ranges, pointer, key=lambda entry: entry[0]) - 1
    ]
    return chr(code_point_offset + pointer - offset)


def index_gb18030_ranges_pointer(code_point: int) -> int:
    """https://encoding.spec.whatwg.org/#index-gb18030-ranges-pointer"""
    if code_point == 0xE7C7:
        return 7457
    ranges = index_gb18030_ranges()
    pointer_offset, offset = ranges[
        bisect_right(ranges, code_point, key=lambda entry: entry[1]) - 1
    ]
    return pointer_offset + code_point - offset


def index_shift_jis_pointer(code_point: int) -> int | None:
    """https://encoding.spec.whatwg.org/#index-shift_jis-pointer"""
    return _index_jis0208_for_shift_jis().pointer(code_point)


@cache
def _index_jis0208_for_shift_jis() -> Index:
    code_points = [*index_jis0208().code_points]
    # what NEC selected of IBM's extensions: they come again later
    code_points[8272:8836] = [None] * 564
    return Index(code_points)


def index_big5_pointer(code_point: int) -> int | None:
    """https://encoding.spec.whatwg.org/#index-big5-pointer"""
    return _index_big5_for_encoding().pointer(code_point)


@cache
def _index_big5_for_encoding() -> Index:
    code_points = [*index_big5().code_points]
    first_pointer = (0xA1 - 0x81) * 157
    code_points[:first_pointer] = [None] * first_pointer  # Hong Kong's extensions
    # of these the last pointer, of all others the first
    for code_point in "\u2550\u255e\u2561\u256a\u5341\u5345":
        code_points[code_points.index(code_point)] = None
    return Index(code_points)
