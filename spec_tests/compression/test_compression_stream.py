"""Compression, 4: CompressionStream, against the decompressors of Python, and our own of brotli."""

from __future__ import annotations

import gzip
import zlib
from array import array
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import pytest

from worker_runtime import CompressionStream, DecompressionStream, ReadableStream
from worker_runtime.compression.supported_formats import CompressionFormat

from ..brotli.streams import decoded as brotli_decoded

spec = pytest.mark.spec

each_format = pytest.mark.parametrize("format", ["brotli", "deflate", "deflate-raw", "gzip"])

DECOMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "deflate": zlib.decompress,
    "deflate-raw": lambda data: zlib.decompress(data, -zlib.MAX_WBITS),
    "gzip": gzip.decompress,
    "brotli": lambda data: brotli_decoded([data])[0],
}


async def compressed(format: CompressionFormat, chunks: Sequence[Any]) -> bytes:
    return b"".join(
        [
            chunk
            async for chunk in ReadableStream.from_(chunks).pipeThrough(CompressionStream(format))
        ]
    )


@spec("https://compression.spec.whatwg.org/#compressionstream")
class TestCompressionStream:
    @each_format
    @pytest.mark.parametrize(
        "chunks", [[], [b""], [b"a"], [b"", b"ab", b"", b"c"], [bytes(1_000_000)], [b"abc"] * 1000]
    )
    async def test_every_decompressor_understands_it(
        self, format: CompressionFormat, chunks: list[bytes]
    ) -> None:
        assert DECOMPRESSORS[format](await compressed(format, chunks)) == b"".join(chunks)

    @each_format
    async def test_so_does_a_decompression_stream_wherever_the_chunks_end(
        self, format: CompressionFormat
    ) -> None:
        data = Random(1).randbytes(10_000) + bytes(10_000)
        packed = await compressed(format, [data[at : at + 777] for at in range(0, len(data), 777)])
        pieces = ReadableStream.from_([packed[at : at + 333] for at in range(0, len(packed), 333)])
        assert (
            b"".join([chunk async for chunk in pieces.pipeThrough(DecompressionStream(format))])
            == data
        )

    async def test_it_makes_large_data_small(self) -> None:
        assert len(await compressed("gzip", [bytes(65536)] * 16)) < 2000


@spec("https://compression.spec.whatwg.org/#dom-compressionstream-compressionstream")
class TestConstructor:
    @pytest.mark.parametrize("format", ["br", "GZIP", "", None])
    async def test_a_format_that_is_not_supported_is_a_type_error(self, format: Any) -> None:
        with pytest.raises(TypeError, match="format"):
            CompressionStream(format)

    def test_needs_a_running_loop_and_says_so(self) -> None:
        with pytest.raises(RuntimeError, match="running event loop"):
            CompressionStream("gzip")


@spec("https://compression.spec.whatwg.org/#compress-and-enqueue-a-chunk")
class TestCompressAndEnqueueAChunk:
    @pytest.mark.parametrize(
        "chunk", [bytearray(b"abcd"), memoryview(b"-abcd-")[1:-1], array("H", b"abcd")]
    )
    async def test_any_buffer_is_one(self, chunk: object) -> None:
        assert zlib.decompress(await compressed("deflate", [chunk])) == b"abcd"

    @pytest.mark.parametrize("chunk", ["text", None, 1, [1, 2], {}])
    async def test_anything_else_is_a_type_error_on_both_sides(self, chunk: object) -> None:
        stream = CompressionStream("gzip")
        write = stream.writable.getWriter().write(chunk)
        for promise in (stream.readable.getReader().read(), write):
            with pytest.raises(TypeError):
                await promise

    async def test_what_was_written_is_taken_when_its_turn_comes(self) -> None:
        stream = CompressionStream("deflate")
        writer = stream.writable.getWriter()
        memory = bytearray(b"abcd")
        writer.write(memory)
        writer.close()
        output = b"".join([chunk async for chunk in stream.readable])
        memory[:] = b"wxyz"
        assert zlib.decompress(output) == b"abcd"


@spec("https://compression.spec.whatwg.org/#compress-flush-and-enqueue")
class TestCompressFlushAndEnqueue:
    @each_format
    async def test_the_end_comes_with_the_end_and_has_one_chunk(
        self, format: CompressionFormat
    ) -> None:
        stream = CompressionStream(format)
        writer, reader = stream.writable.getWriter(), stream.readable.getReader()
        first = reader.read()
        writer.write(b"abc")
        writer.close()
        chunks = [(await first).value]
        while not (result := await reader.read()).done:
            chunks.append(result.value)
        assert DECOMPRESSORS[format](b"".join(chunks)) == b"abc"
        assert all(chunks)
