"""Compression, 5: DecompressionStream, with data that is whole, cut, corrupt, or much larger than
it looks.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from worker_runtime import DecompressionStream, ReadableStream, WritableStream
from worker_runtime.compression.decompression_contexts import OUTPUT_LENGTH
from worker_runtime.compression.supported_formats import CompressionFormat, compression_context

spec = pytest.mark.spec

each_format = pytest.mark.parametrize("format", ["brotli", "deflate", "deflate-raw", "gzip"])

TEXT = b"expected output"


def packed(format: CompressionFormat, data: bytes = TEXT) -> bytes:
    context = compression_context(format)
    return b"".join([*context.compress(data), *context.flush()])


async def decompressed(format: CompressionFormat, chunks: Sequence[Any]) -> bytes:
    return b"".join(
        [
            chunk
            async for chunk in ReadableStream.from_(chunks).pipeThrough(DecompressionStream(format))
        ]
    )


async def decompressed_and_discarded(format: CompressionFormat, data: bytes) -> None:
    await (
        ReadableStream.from_([data])
        .pipeThrough(DecompressionStream(format))
        .pipeTo(WritableStream())
    )


@spec("https://compression.spec.whatwg.org/#decompressionstream")
class TestDecompressionStream:
    @each_format
    async def test_data_can_come_in_any_pieces(self, format: CompressionFormat) -> None:
        data = packed(format)
        for cut in range(len(data) + 1):
            assert await decompressed(format, [data[:cut], data[cut:]]) == TEXT
        assert await decompressed(format, [data[at : at + 1] for at in range(len(data))]) == TEXT

    async def test_the_official_vectors_pass(self, wpt_data: Callable[[str], Any]) -> None:
        vectors = wpt_data("compression/decompression-correct-input.json")["data"]
        for name, format in FORMATS.items():
            assert (
                await decompressed(format, [bytes.fromhex(vectors[f"{name}ChunkValue"]["hex"])])
                == TEXT
            )

    async def test_the_official_vectors_without_data_pass(
        self, wpt_data: Callable[[str], Any]
    ) -> None:
        vectors = wpt_data("compression/decompression-empty-input.json")["data"]
        for name, format in FORMATS.items():
            assert (
                await decompressed(format, [bytes.fromhex(vectors[f"{name}EmptyValue"]["hex"])])
                == b""
            )

    async def test_the_official_vectors_with_corrupt_fields_pass(
        self, wpt_data: Callable[[str], Any]
    ) -> None:
        for expectation in wpt_data("compression/decompression-corrupt-input.json")["data"][
            "expectations"
        ]:
            for field in expectation["fields"]:
                for case in field["cases"]:
                    data = bytearray(expectation["baseInput"])
                    start = field["offset"] % len(data)
                    data[start : start + field["length"]] = bytes([case["value"]]) * field["length"]
                    if case["result"] == "success":
                        await decompressed_and_discarded(expectation["format"], bytes(data))
                    else:
                        with pytest.raises(TypeError):
                            await decompressed_and_discarded(expectation["format"], bytes(data))


FORMATS: dict[str, CompressionFormat] = {
    "deflate": "deflate",
    "deflateRaw": "deflate-raw",
    "gzip": "gzip",
}


@spec("https://compression.spec.whatwg.org/#dom-decompressionstream-decompressionstream")
class TestConstructor:
    @pytest.mark.parametrize("format", ["br", "GZIP", "", None])
    async def test_a_format_that_is_not_supported_is_a_type_error(self, format: Any) -> None:
        with pytest.raises(TypeError, match="format"):
            DecompressionStream(format)

    def test_needs_a_running_loop_and_says_so(self) -> None:
        with pytest.raises(RuntimeError, match="running event loop"):
            DecompressionStream("gzip")


@spec("https://compression.spec.whatwg.org/#decompress-and-enqueue-a-chunk")
class TestDecompressAndEnqueueAChunk:
    async def test_what_comes_of_a_chunk_can_be_read_before_the_next(self) -> None:
        context = zlib.compressobj(wbits=31)
        first = context.compress(b"first") + context.flush(zlib.Z_SYNC_FLUSH)
        stream = DecompressionStream("gzip")
        stream.writable.getWriter().write(first)
        assert await stream.readable.getReader().read() == (b"first", False)

    @each_format
    @pytest.mark.parametrize("more", [b"x", bytes(100)])
    async def test_more_data_behind_the_end_is_a_type_error(
        self, format: CompressionFormat, more: bytes
    ) -> None:
        for chunks in (
            [packed(format) + more],
            [packed(format), more],
            [packed(format), b"", more],
        ):
            with pytest.raises(TypeError, match="behind the end"):
                await decompressed(format, chunks)

    async def test_a_second_member_of_a_gzip_file_is_more_data(self) -> None:
        with pytest.raises(TypeError, match="behind the end"):
            await decompressed("gzip", [packed("gzip") * 2])

    @each_format
    async def test_more_data_behind_a_long_input_is_found(self, format: CompressionFormat) -> None:
        data = packed(format) + bytes(200_000)
        with pytest.raises(TypeError, match="behind the end"):
            await decompressed(format, [data])

    @pytest.mark.parametrize("format, place", [("deflate", -1), ("gzip", -5), ("gzip", -1)])
    async def test_a_wrong_checksum_or_length_is_a_type_error(
        self, format: CompressionFormat, place: int
    ) -> None:
        data = bytearray(packed(format))
        data[place] ^= 1
        with pytest.raises(TypeError, match=f"Not {format}"):
            await decompressed(format, [data])

    @each_format
    @pytest.mark.parametrize("data", [b"<html>", b"\xff" * 20])
    async def test_what_is_of_another_format_is_a_type_error(
        self, format: CompressionFormat, data: bytes
    ) -> None:
        with pytest.raises(TypeError):
            await decompressed(format, [data])

    async def test_a_dictionary_is_a_type_error(self) -> None:
        context = zlib.compressobj(zdict=b"expected")
        with pytest.raises(TypeError):
            await decompressed("deflate", [context.compress(TEXT) + context.flush()])

    @pytest.mark.parametrize("chunk", ["text", None, 1, [1, 2], {}])
    async def test_a_chunk_that_is_no_buffer_is_a_type_error(self, chunk: object) -> None:
        stream = DecompressionStream("gzip")
        write = stream.writable.getWriter().write(chunk)
        for promise in (stream.readable.getReader().read(), write):
            with pytest.raises(TypeError):
                await promise

    async def test_a_failure_comes_after_what_was_good(self) -> None:
        context = zlib.compressobj(wbits=31)
        stream = DecompressionStream("gzip")
        writer, reader = stream.writable.getWriter(), stream.readable.getReader()
        read = reader.read()
        write = writer.write(context.compress(b"good") + context.flush(zlib.Z_SYNC_FLUSH))
        assert await read == (b"good", False)
        await write
        bad = writer.write(b"\xff" * 20)
        for promise in (reader.read(), bad, writer.closed):
            with pytest.raises(TypeError):
                await promise

    async def test_a_few_bytes_that_mean_gigabytes_wait_for_who_reads_them(self) -> None:
        size = 40 * OUTPUT_LENGTH
        stream = DecompressionStream("gzip")
        writer, reader = stream.writable.getWriter(), stream.readable.getReader()
        writer.write(gzip.compress(bytes(size)))
        close = writer.close()
        lengths, most_in_the_queue = [], 0.0
        while not (result := await reader.read()).done:
            lengths.append(len(result.value))
            most_in_the_queue = max(
                most_in_the_queue, stream._transform._readable._controller._queue_total_size
            )
        await close
        assert sum(lengths) == size
        assert max(lengths) <= OUTPUT_LENGTH
        assert most_in_the_queue <= 1

    async def test_giving_up_on_them_ends_it(self) -> None:
        stream = DecompressionStream("gzip")
        writer, reader = stream.writable.getWriter(), stream.readable.getReader()
        write = writer.write(gzip.compress(bytes(40 * OUTPUT_LENGTH)))
        await reader.read()
        await reader.cancel("enough")
        with pytest.raises(TypeError):
            await write

    async def test_input_that_is_longer_than_a_step(self) -> None:
        data = bytes(range(256)) * 4096
        context = zlib.compressobj(0)
        assert await decompressed("deflate", [context.compress(data) + context.flush()]) == data


@spec("https://compression.spec.whatwg.org/#decompress-flush-and-enqueue")
class TestDecompressFlushAndEnqueue:
    @each_format
    async def test_a_missing_end_is_a_type_error(self, format: CompressionFormat) -> None:
        data = packed(format)
        for length in range(len(data)):
            with pytest.raises(TypeError, match="end of the"):
                await decompressed(format, [data[:length]])

    @each_format
    async def test_no_data_at_all_has_no_end(self, format: CompressionFormat) -> None:
        for chunks in ([], [b""]):
            with pytest.raises(TypeError, match="end of the"):
                await decompressed(format, chunks)
