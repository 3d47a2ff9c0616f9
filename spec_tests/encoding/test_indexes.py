"""Encoding Standard, 5."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime.encoding import indexes
from worker_runtime.encoding.indexes import (
    Index,
    index_big5,
    index_big5_pointer,
    index_euc_kr,
    index_gb18030,
    index_gb18030_ranges,
    index_gb18030_ranges_code_point,
    index_gb18030_ranges_pointer,
    index_iso_2022_jp_katakana,
    index_jis0208,
    index_jis0212,
    index_shift_jis_pointer,
    index_single_byte,
)

spec = pytest.mark.spec


@spec("https://encoding.spec.whatwg.org/#index")
class TestIndex:
    @spec("https://encoding.spec.whatwg.org/#index-gb18030-ranges")
    def test_all_are_those_of_the_standard(self, wpt_data: Callable[[str], Any]) -> None:
        standard = wpt_data("encoding/standard/indexes.json")
        assert [list(entry) for entry in index_gb18030_ranges()] == standard.pop("gb18030-ranges")
        assert len(standard) == 33
        for name, code_points in standard.items():
            make = getattr(indexes, f"index_{name.replace('-', '_')}", None)
            index = make() if make else index_single_byte(name)
            assert [
                code_point and ord(code_point) for code_point in index.code_points
            ] == code_points, name

    def test_a_pointer_that_is_not_in_the_index_has_no_code_point(self) -> None:
        index = Index(["a", None, "b"])
        assert [index.code_point(pointer) for pointer in range(5)] == ["a", None, "b", None, None]

    def test_the_pointer_of_a_code_point_is_its_first(self) -> None:
        index = Index(["a", None, "b", "a"])
        assert [index.pointer(ord(code_point)) for code_point in "abc"] == [0, 2, None]

    @spec("https://encoding.spec.whatwg.org/#index-big5")
    @spec("https://encoding.spec.whatwg.org/#index-euc-kr")
    @spec("https://encoding.spec.whatwg.org/#index-gb18030")
    @spec("https://encoding.spec.whatwg.org/#index-iso-2022-jp-katakana")
    @spec("https://encoding.spec.whatwg.org/#index-jis0212")
    @pytest.mark.parametrize(
        "index, pointer, code_point",
        [
            (index_big5, 942, "\u43f0"), (index_big5, 1133, None), (index_big5, 5495, "\u4e00"),
            (index_big5, 19781, "\u79d4"), (index_euc_kr, 0, "\uac02"),
            (index_euc_kr, 9026, "\uac00"), (index_euc_kr, 23939, None),
            (index_gb18030, 0, "\u4e02"), (index_gb18030, 6555, "\u3000"),
            (index_gb18030, 7533, "\u1e3f"), (index_gb18030, 23845, "\u9fbb"),
            (index_jis0208, 0, "\u3000"), (index_jis0208, 1128, "\u2460"),
            (index_jis0208, 8836, None), (index_jis0208, 10716, "\u2170"),
            (index_jis0212, 108, "\u02d8"), (index_jis0212, 116, "\uff5e"),
            (index_jis0212, 7210, "\u9fa5"), (index_iso_2022_jp_katakana, 0, "\u3002"),
            (index_iso_2022_jp_katakana, 61, "\u309b"), (index_iso_2022_jp_katakana, 62, "\u309c"),
        ],
    )  # fmt: skip
    def test_has_known_entries(
        self, index: Callable[[], Index], pointer: int, code_point: str | None
    ) -> None:
        assert index().code_point(pointer) == code_point


@spec("https://encoding.spec.whatwg.org/#indexes")
class TestImport:
    def test_makes_no_index_and_loads_no_codec(self) -> None:
        script = (
            "import sys, worker_runtime; from worker_runtime.encoding import indexes;"
            "made = [name for name, f in vars(indexes).items() if hasattr(f, 'cache_info') and "
            "f.cache_info().currsize];"
            "assert not made, made;"
            "codecs = [name for name in sys.modules if name.startswith(('encodings.cp', "
            "'encodings.gb', '_codecs_'))];"
            "assert not codecs, codecs"
        )
        subprocess.run(
            [sys.executable, "-c", script],
            check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )


@spec("https://encoding.spec.whatwg.org/#index-single-byte")
class TestIndexSingleByte:
    @pytest.mark.parametrize(
        "name, byte, code_point",
        [
            ("windows-1252", 0x80, "\u20ac"), ("windows-1252", 0x81, "\x81"),
            ("windows-1255", 0xCA, "\u05ba"), ("windows-1253", 0xD2, None),
            ("windows-874", 0xFF, None), ("koi8-u", 0xAE, "\u045e"), ("koi8-u", 0xBE, "\u040e"),
            ("iso-8859-3", 0xA5, None), ("macintosh", 0xDB, "\u20ac"),
            ("x-mac-cyrillic", 0xFF, "\u20ac"), ("ibm866", 0x80, "\u0410"),
        ],
    )  # fmt: skip
    def test_has_known_entries(self, name: str, byte: int, code_point: str | None) -> None:
        assert index_single_byte(name).code_point(byte - 0x80) == code_point


@spec("https://encoding.spec.whatwg.org/#index-gb18030-ranges-code-point")
class TestIndexGB18030RangesCodePoint:
    @pytest.mark.parametrize(
        "pointer, code_point",
        [
            (0, "\x80"),
            (36, "\xa5"),
            (7457, "\ue7c7"),
            (39419, "\uffff"),
            (189000, "\U00010000"),
            (1237575, "\U0010ffff"),
        ],
    )
    def test_counts_from_the_start_of_a_range(self, pointer: int, code_point: str) -> None:
        assert index_gb18030_ranges_code_point(pointer) == code_point
        assert index_gb18030_ranges_pointer(ord(code_point)) == pointer

    @pytest.mark.parametrize("pointer", [39420, 188999, 1237576])
    def test_nothing_is_between_and_behind_the_ranges(self, pointer: int) -> None:
        assert index_gb18030_ranges_code_point(pointer) is None


@spec("https://encoding.spec.whatwg.org/#index-gb18030-ranges-pointer")
class TestIndexGB18030RangesPointer:
    def test_is_the_inverse_for_each_pointer_but_one(self) -> None:
        pointers = [*range(39420), *range(189000, 1237576, 1009)]
        code_points = [index_gb18030_ranges_code_point(pointer) or "" for pointer in pointers]
        assert [
            index_gb18030_ranges_pointer(ord(code_point)) for code_point in code_points
        ] == pointers


@spec("https://encoding.spec.whatwg.org/#index-jis0208")
@spec("https://encoding.spec.whatwg.org/#index-shift_jis-pointer")
class TestIndexShiftJISPointer:
    def test_of_a_code_point_that_nec_selected_is_that_of_ibm(self) -> None:
        assert index_jis0208().pointer(0x7E8A) == 8272
        assert index_shift_jis_pointer(0x7E8A) == 10744

    def test_of_any_other_is_the_first(self) -> None:
        assert index_shift_jis_pointer(0x2252) == index_jis0208().pointer(0x2252) == 159
        assert index_shift_jis_pointer(0x10FFFF) is None


@spec("https://encoding.spec.whatwg.org/#index-big5-pointer")
class TestIndexBig5Pointer:
    @pytest.mark.parametrize(
        "code_point, pointer",
        [
            (0x2550, 18991),
            (0x255E, 18975),
            (0x2561, 18977),
            (0x256A, 18976),
            (0x5341, 5512),
            (0x5345, 5599),
        ],
    )
    def test_of_six_code_points_is_the_last(self, code_point: int, pointer: int) -> None:
        assert index_big5_pointer(code_point) == pointer
        assert index_big5().code_points.count(chr(code_point)) == 2

    def test_of_any_other_is_the_first(self) -> None:
        assert index_big5_pointer(0x4E00) == 5495

    def test_extensions_of_hong_kong_have_none(self) -> None:
        assert index_big5().pointer(0x43F0) == 942
        assert index_big5_pointer(0x43F0) is None
