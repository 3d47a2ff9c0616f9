"""What the tests of compression share: formats, data, and streams that they are piped through."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable
from random import Random

import pytest

from spec_tests.streams.recording import collect
from worker_runtime import CompressionStream, DecompressionStream, ReadableStream

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "deflate": zlib.compress,
    "deflate-raw": lambda data: zlib.compress(data, wbits=-zlib.MAX_WBITS),
    "gzip": lambda data: gzip.compress(data, mtime=0),
}

DECOMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "deflate": zlib.decompress,
    "deflate-raw": lambda data: zlib.decompress(data, wbits=-zlib.MAX_WBITS),
    "gzip": gzip.decompress,
}

DATA = {
    "nothing": b"",
    "a byte": b"a",
    "text": b"expected output",
    "what repeats itself": b"again and " * 100_000,
    "what cannot be compressed": Random(1).randbytes(300_000),
}

each_format = pytest.mark.parametrize("format", COMPRESS)
each_data = pytest.mark.parametrize("data", DATA.values(), ids=DATA)


def cut(data: bytes, length: int) -> list[bytes]:
    """The data in chunks of a length; the last may be shorter."""
    return [data[start : start + length] for start in range(0, len(data), length)]


async def output_of(stream: CompressionStream | DecompressionStream, chunks: Iterable[object]) -> bytes:
    """All that comes out of a stream, which never gives an empty chunk."""
    output: list[bytes] = await collect(ReadableStream.from_(chunks).pipeThrough(stream))
    assert b"" not in output
    return b"".join(output)
