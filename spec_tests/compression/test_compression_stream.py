"""Compression Standard, 4."""

from __future__ import annotations

from array import array
from typing import Any

import pytest

from spec_tests.compression.piping import DATA, DECOMPRESS, cut, each_data, each_format, output_of
from spec_tests.streams.recording import collect
from worker_runtime import CompressionStream, DecompressionStream, ReadableStream, WritableStream
from worker_runtime.compression.supported_formats import CompressionFormat

spec = pytest.mark.spec


@spec("https://compression.spec.whatwg.org/#compressionstream")
class TestCompressionStream:
    @each_format
    async def test_has_two_sides(self, format: CompressionFormat) -> None:
        stream = CompressionStream(format)
        assert isinstance(stream.readable, ReadableStream) and isinstance(stream.writable, WritableStream)
        assert stream.readable is stream.readable and stream.writable is stream.writable

    @each_format
    @each_data
    async def test_is_undone_by_its_counterpart(self, format: CompressionFormat, data: bytes) -> None:
        source = ReadableStream.from_(cut(data, 70_000)).pipeThrough(CompressionStream(format))
        assert b"".join(await collect(source.pipeThrough(DecompressionStream(format)))) == data


@spec("https://compression.spec.whatwg.org/#dom-compressionstream-compressionstream")
class TestConstructor:
    @pytest.mark.parametrize("format", ["", "a", "GZIP", "brotli", None, 1, b"gzip"])
    async def test_an_unknown_format_is_a_type_error(self, format: Any) -> None:
        with pytest.raises(TypeError, match="format"):
            CompressionStream(format)

    def test_needs_a_running_loop_and_says_so(self) -> None:
        with pytest.raises(RuntimeError, match="running event loop"):
            CompressionStream("gzip")


@spec("https://compression.spec.whatwg.org/#compress-and-enqueue-a-chunk")
class TestCompressAndEnqueueAChunk:
    @each_format
    @each_data
    async def test_the_modules_of_the_format_understand_the_output(self, format: CompressionFormat, data: bytes) -> None:
        assert DECOMPRESS[format](await output_of(CompressionStream(format), [data])) == data

    @each_format
    @pytest.mark.parametrize("length", [1, 2, 7, 1000])
    async def test_borders_between_chunks_do_not_matter(self, format: CompressionFormat, length: int) -> None:
        data = DATA["what repeats itself"][:3000]
        assert DECOMPRESS[format](await output_of(CompressionStream(format), cut(data, length))) == data

    @each_format
    async def test_neither_do_empty_chunks(self, format: CompressionFormat) -> None:
        chunks = [b"", b"expected", b"", b"", b" output", b""]
        assert DECOMPRESS[format](await output_of(CompressionStream(format), chunks)) == b"expected output"

    async def test_what_repeats_itself_gets_smaller(self) -> None:
        data = DATA["what repeats itself"]
        assert len(await output_of(CompressionStream("gzip"), cut(data, 1000))) < len(data) / 100

    @pytest.mark.parametrize(
        "chunk",
        [bytearray(b"abcd"), memoryview(b"xabcdx")[1:5], memoryview(b"dcba")[::-1], array("B", b"abcd")],
        ids=["bytearray", "part", "backwards", "array"],
    )
    async def test_a_chunk_is_any_buffer(self, chunk: object) -> None:
        assert DECOMPRESS["gzip"](await output_of(CompressionStream("gzip"), [chunk])) == b"abcd"

    @each_format
    @pytest.mark.parametrize("chunk", ["text", None, 1, [1, 2], {}, object()], ids=lambda chunk: type(chunk).__name__)
    async def test_what_is_no_buffer_is_a_type_error_on_both_sides(self, format: CompressionFormat, chunk: object) -> None:
        stream = CompressionStream(format)
        reader, writer = stream.readable.getReader(), stream.writable.getWriter()
        read, written = reader.read(), writer.write(chunk)
        for promise in (written, read, reader.closed, writer.closed):
            with pytest.raises(TypeError):
                await promise

    async def test_a_chunk_waits_until_somebody_reads(self) -> None:
        stream = CompressionStream("gzip")
        writer = stream.writable.getWriter()
        written = [writer.write(DATA["what cannot be compressed"]) for _ in range(2)]
        assert writer.desiredSize == -1
        reader = stream.readable.getReader()
        assert [(await reader.read())[1] for _ in range(2)] == [False, False]
        for promise in written:
            await promise


@spec("https://compression.spec.whatwg.org/#compress-flush-and-enqueue")
class TestCompressFlushAndEnqueue:
    @each_format
    @pytest.mark.parametrize("chunks", [[], [b""], [b"", b""]])
    async def test_also_nothing_has_an_end(self, format: CompressionFormat, chunks: list[bytes]) -> None:
        output = await output_of(CompressionStream(format), chunks)
        assert output and DECOMPRESS[format](output) == b""

    @each_format
    async def test_nothing_comes_behind_it(self, format: CompressionFormat) -> None:
        stream = CompressionStream(format)
        writer, chunks = stream.writable.getWriter(), collect(stream.readable)
        closed = writer.close()
        assert DECOMPRESS[format](b"".join(await chunks)) == b""
        await closed
        with pytest.raises(TypeError):
            await writer.write(b"more")
