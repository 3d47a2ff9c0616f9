"""Compression, 3: the formats, and the contexts behind them."""

from __future__ import annotations

import pytest

from worker_runtime.compression.supported_formats import (
    CompressionContext,
    CompressionFormat,
    compression_context,
    to_compression_format,
)

spec = pytest.mark.spec

each_format = pytest.mark.parametrize("format", ["brotli", "deflate", "deflate-raw", "gzip"])


@spec("https://compression.spec.whatwg.org/#enumdef-compressionformat")
class TestCompressionFormat:
    @each_format
    def test_one_that_is_supported(self, format: str) -> None:
        assert to_compression_format(format) == format

    @pytest.mark.parametrize(
        "format", ["", "br", "Brotli", "GZIP", " gzip", "x-gzip", "deflate_raw", None, 1, b"gzip"]
    )
    def test_any_other_is_a_type_error_that_names_it(self, format: object) -> None:
        with pytest.raises(TypeError, match="format") as raised:
            to_compression_format(format)
        assert repr(format) in str(raised.value)


@spec("https://compression.spec.whatwg.org/#compression-context")
@spec("https://compression.spec.whatwg.org/#compressionstream-context")
class TestCompressionContext:
    @pytest.mark.parametrize(
        "format, start",
        [
            ("deflate", b"\x78"),
            ("gzip", b"\x1f\x8b\x08"),
            ("deflate-raw", b"\x4b"),
            ("brotli", b"\x20"),
        ],
    )
    def test_each_format_begins_with_its_header(
        self, format: CompressionFormat, start: bytes
    ) -> None:
        context: CompressionContext = compression_context(format)
        assert b"".join([*context.compress(b"abc"), *context.flush()]).startswith(start)
