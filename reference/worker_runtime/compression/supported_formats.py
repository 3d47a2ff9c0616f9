"""Supported formats, and the compression contexts behind them.

Compression Standard, 3: https://compression.spec.whatwg.org/#supported-formats
"""

from __future__ import annotations

import zlib
from typing import Literal, Protocol, TypeAlias, cast

# https://compression.spec.whatwg.org/#enumdef-compressionformat, and "brotli", which the standard has since November 2025
CompressionFormat: TypeAlias = Literal["brotli", "deflate", "deflate-raw", "gzip"]

# How zlib is told of a format: the size of the window, with a sign or 16 for what is around the
# data.
WBITS: dict[str, int] = {
    "deflate": zlib.MAX_WBITS,
    "deflate-raw": -zlib.MAX_WBITS,
    "gzip": zlib.MAX_WBITS + 16,
}


class CompressionContext(Protocol):
    """https://compression.spec.whatwg.org/#compression-context"""

    def compress(self, data: bytes, /) -> bytes:
        """What the data adds to the output, if anything yet."""

    def flush(self) -> bytes:
        """The end of the output."""


class DecompressionContext(Protocol):
    """https://compression.spec.whatwg.org/#decompressionstream-context"""

    @property
    def eof(self) -> bool:
        """Whether the compressed data has come to its end."""

    @property
    def unused_data(self) -> bytes:
        """What stood behind that end."""

    @property
    def unconsumed_tail(self) -> bytes:
        """What is still to be decompressed, if max_length was reached."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """What the data adds to the output; no more than max_length of it."""


def to_compression_format(value: object) -> CompressionFormat:
    """TypeError if the format is not supported.

    https://compression.spec.whatwg.org/#enumdef-compressionformat
    """
    if value not in WBITS and value != "brotli":
        raise TypeError(f"Unsupported compression format: {value!r}")
    return cast(CompressionFormat, value)


def compression_context(format: CompressionFormat) -> CompressionContext:
    """https://compression.spec.whatwg.org/#compressionstream-context"""
    if format == "brotli":
        from ..brotli.encoder import Encoder

        return Encoder()
    return zlib.compressobj(wbits=WBITS[format])


def decompression_context(format: CompressionFormat) -> DecompressionContext:
    """https://compression.spec.whatwg.org/#decompressionstream-format"""
    if format == "brotli":
        from ..brotli.decompressor import Decompressor

        return Decompressor()
    return zlib.decompressobj(wbits=WBITS[format])
