"""Compression Standard, 3."""

from __future__ import annotations

import zlib
from typing import Any

import pytest

from spec_tests.compression.piping import COMPRESS, DECOMPRESS, each_data, each_format
from worker_runtime.compression.supported_formats import (
    CompressionFormat,
    compression_context,
    decompression_context,
    to_compression_format,
)

spec = pytest.mark.spec


@spec("https://compression.spec.whatwg.org/#enumdef-compressionformat")
class TestToCompressionFormat:
    @each_format
    def test_a_format_is_itself(self, format: CompressionFormat) -> None:
        assert to_compression_format(format) == format

    @pytest.mark.parametrize("value", ["", "a", "GZIP", "gzip ", "zlib", "deflate_raw", "brotli", "zstd", "\ud800"], ids=ascii)
    def test_an_unknown_one_is_a_type_error_that_says_it(self, value: str) -> None:
        with pytest.raises(TypeError) as raised:
            to_compression_format(value)
        assert repr(value) in str(raised.value)

    @pytest.mark.parametrize("value", [None, 1, b"gzip", ("gzip",)])
    def test_so_is_what_is_no_string(self, value: Any) -> None:
        with pytest.raises(TypeError):
            to_compression_format(value)


@spec("https://compression.spec.whatwg.org/#compression-context")
@spec("https://compression.spec.whatwg.org/#compressionstream-context")
class TestCompressionContext:
    @each_format
    @each_data
    def test_makes_what_the_modules_of_the_format_understand(self, format: CompressionFormat, data: bytes) -> None:
        context = compression_context(format)
        assert DECOMPRESS[format](context.compress(data) + context.flush()) == data

    @each_format
    def test_no_two_have_their_state_in_common(self, format: CompressionFormat) -> None:
        first, second = compression_context(format), compression_context(format)
        parts = [first.compress(b"a"), second.compress(b"b")]
        assert [DECOMPRESS[format](parts[0] + first.flush()), DECOMPRESS[format](parts[1] + second.flush())] == [b"a", b"b"]


@spec("https://compression.spec.whatwg.org/#decompressionstream-context")
@spec("https://compression.spec.whatwg.org/#decompressionstream-format")
class TestDecompressionContext:
    @each_format
    @each_data
    def test_understands_what_the_modules_of_the_format_make(self, format: CompressionFormat, data: bytes) -> None:
        context = decompression_context(format)
        assert context.decompress(COMPRESS[format](data), len(data) + 1) == data
        assert (context.eof, context.unused_data, context.unconsumed_tail) == (True, b"", b"")

    @each_format
    def test_gives_no_more_than_it_is_asked_for(self, format: CompressionFormat) -> None:
        context = decompression_context(format)
        assert context.decompress(COMPRESS[format](b"a" * 10_000), 100) == b"a" * 100
        assert not context.eof
        assert context.decompress(context.unconsumed_tail, 10_000) == b"a" * 9_900
        assert context.eof

    @each_format
    def test_keeps_what_stands_behind_the_end(self, format: CompressionFormat) -> None:
        context = decompression_context(format)
        assert context.decompress(COMPRESS[format](b"a") + b"more", 10) == b"a"
        assert context.unused_data == b"more"

    @pytest.mark.parametrize("format, other", [(a, b) for a in COMPRESS for b in COMPRESS if a != b])
    def test_understands_no_other_format(self, format: CompressionFormat, other: str) -> None:
        with pytest.raises(zlib.error):
            decompression_context(format).decompress(COMPRESS[other](b"expected output"), 100)
