"""Supported formats, and the compression contexts behind them.

Compression Standard, 3: https://compression.spec.whatwg.org/#supported-formats
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Literal, Protocol, TypeAlias, cast

from .decompression_contexts import WBITS

INPUT_LENGTH = 128 * 1024  # bytes that zlib compresses at once

# https://compression.spec.whatwg.org/#enumdef-compressionformat, and "brotli", which the standard
# has since November 2025
CompressionFormat: TypeAlias = Literal["brotli", "deflate", "deflate-raw", "gzip"]


class CompressionContext(Protocol):
    """https://compression.spec.whatwg.org/#compression-context"""

    def compress(self, data: bytes, /) -> Iterator[bytes]:
        """What the data adds to the output, in steps. Each takes some milliseconds, and may give no
        bytes.
        """

    def flush(self) -> Iterator[bytes]:
        """The end of the output."""


class Deflate:
    """A context of zlib's.

    https://www.rfc-editor.org/rfc/rfc1951#section-4
    """

    __slots__ = ("_context",)

    def __init__(self, wbits: int) -> None:
        self._context = zlib.compressobj(wbits=wbits)

    def compress(self, data: bytes) -> Iterator[bytes]:
        """What the data adds to the output."""
        for start in range(0, len(data), INPUT_LENGTH):
            yield self._context.compress(data[start : start + INPUT_LENGTH])

    def flush(self) -> Iterator[bytes]:
        """The end of the output."""
        yield self._context.flush()


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
    return Deflate(WBITS[format])
