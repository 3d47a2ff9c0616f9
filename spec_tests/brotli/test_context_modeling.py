"""RFC 7932, 7: the tables of contexts, and maps of them."""

from __future__ import annotations

import zlib

import pytest

from worker_runtime.brotli.context_modeling import (
    CONTEXT_LOOKUPS,
    LUT_0,
    LUT_1,
    LUT_2,
    read_context_map,
)
from worker_runtime.brotli.prefix_codes import BrotliFailure

from .test_prefix_codes import reader_of, result_of

spec = pytest.mark.spec


@spec("https://www.rfc-editor.org/rfc/rfc7932#section-7.1")
class TestContextLookups:
    @pytest.mark.parametrize(
        "table, crc_32", [(LUT_0, 0x8E91EFB7), (LUT_1, 0xD01A32F4), (LUT_2, 0x0DD7A0D6)]
    )
    def test_the_tables_have_the_lengths_and_check_values_of_the_standard(
        self, table: bytes, crc_32: int
    ) -> None:
        assert (len(table), zlib.crc32(table)) == (256, crc_32)

    def test_each_mode_has_its_contexts(self) -> None:
        p1, p2 = 0b11010110, 0b00000101
        assert [first[p1] | second[p2] for first, second in CONTEXT_LOOKUPS] == [
            0b010110, 0b110101, LUT_0[p1] | LUT_1[p2], LUT_2[p1] << 3 | LUT_2[p2],
        ]  # fmt: skip


@spec("https://www.rfc-editor.org/rfc/rfc7932#section-7.3")
class TestReadContextMap:
    def test_one_tree_needs_no_map(self) -> None:
        assert result_of(read_context_map(reader_of(""), 4, 1)) == bytes(4)

    def test_values_are_the_symbols_of_a_code(self) -> None:
        # No runs; a simple code of the symbols 1 and 0; no transform.
        assert result_of(
            read_context_map(reader_of("0" + "10 10 1 0" + "0110" + "0"), 4, 2)
        ) == bytes([0, 1, 1, 0])

    def test_the_transform_moves_what_was_used_to_the_front(self) -> None:
        assert result_of(
            read_context_map(reader_of("0" + "10 10 1 0" + "0110" + "1"), 4, 2)
        ) == bytes([0, 1, 0, 0])

    def test_zeros_come_in_runs(self) -> None:
        # RLEMAX is 2; a simple code of the symbols 2 (4 to 7 zeros) and 3 (the value 1).
        assert (
            result_of(
                read_context_map(reader_of("1 1000" + "10 10 01 11" + "1 0 10 1" + "0"), 7, 2)
            )
            == b"\1\0\0\0\0\0\1"
        )

    def test_a_run_that_is_too_long_is_a_failure(self) -> None:
        with pytest.raises(BrotliFailure, match="longer than 4"):
            result_of(read_context_map(reader_of("1 1000" + "10 10 01 11" + "0 10 0 10"), 4, 2))
