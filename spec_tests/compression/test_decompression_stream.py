"""Compression Standard, 5."""

from __future__ import annotations

import gzip
import zlib
from array import array
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from spec_tests.compression.piping import COMPRESS, DATA, cut, each_data, each_format, output_of
from spec_tests.streams.recording import turns
from worker_runtime import DecompressionStream, ReadableStream, WritableStream
from worker_runtime.compression.supported_formats import CompressionFormat

spec = pytest.mark.spec

WBITS = {"deflate": 15, "deflate-raw": -15, "gzip": 31}

FTEXT, FHCRC, FEXTRA, FNAME, FCOMMENT = 1, 2, 4, 8, 16  # flags of gzip: https://www.rfc-editor.org/rfc/rfc1952#page-5


def gzip_with(flags: int, fields: bytes) -> bytes:
    """The gzip of "expected output", with other flags and the fields that they announce."""
    output = COMPRESS["gzip"](b"expected output")
    return output[:3] + bytes([flags]) + output[4:10] + fields + output[10:]


def header_checksum(flags: int, fields: bytes) -> bytes:
    return (zlib.crc32(gzip_with(flags, fields)[: 10 + len(fields)]) & 0xFFFF).to_bytes(2, "little")


def stored_in(format: CompressionFormat, length: int) -> tuple[bytes, bytes]:
    """Some data, and a form of it that has this length, because nothing in it is compressed."""
    candidates = (DATA["what cannot be compressed"][: length - around] for around in range(5, 60))
    pairs = ((data, zlib.compress(data, 0, WBITS[format])) for data in candidates)
    return next((data, input) for data, input in pairs if len(input) == length)


async def assert_fails(format: CompressionFormat, chunks: list[bytes]) -> None:
    with pytest.raises(TypeError, match=format):
        await output_of(DecompressionStream(format), chunks)


@spec("https://compression.spec.whatwg.org/#decompressionstream")
class TestDecompressionStream:
    @each_format
    async def test_has_two_sides(self, format: CompressionFormat) -> None:
        stream = DecompressionStream(format)
        assert isinstance(stream.readable, ReadableStream) and isinstance(stream.writable, WritableStream)
        assert stream.readable is stream.readable and stream.writable is stream.writable

    async def test_the_official_vectors_pass(self, wpt_data: Callable[[str], Any]) -> None:
        for file, output in [("correct", b"expected output"), ("empty", b"")]:
            for name, vector in wpt_data(f"compression/decompression-{file}-input.json")["data"].items():
                format: Any = {"deflate": "deflate", "deflateRaw": "deflate-raw", "gzip": "gzip"}[name[:-10]]
                input = bytes.fromhex(vector["hex"])
                for length in range(1, len(input) + 1):
                    assert await output_of(DecompressionStream(format), cut(input, length)) == output


@spec("https://compression.spec.whatwg.org/#dom-decompressionstream-decompressionstream")
class TestConstructor:
    @pytest.mark.parametrize("format", ["", "a", "GZIP", "brotli", None, 1, b"gzip"])
    async def test_an_unknown_format_is_a_type_error(self, format: Any) -> None:
        with pytest.raises(TypeError, match="format"):
            DecompressionStream(format)

    def test_needs_a_running_loop_and_says_so(self) -> None:
        with pytest.raises(RuntimeError, match="running event loop"):
            DecompressionStream("gzip")


@spec("https://compression.spec.whatwg.org/#decompress-and-enqueue-a-chunk")
class TestDecompressAndEnqueueAChunk:
    @each_format
    @each_data
    async def test_understands_what_the_modules_of_the_format_make(self, format: CompressionFormat, data: bytes) -> None:
        assert await output_of(DecompressionStream(format), [COMPRESS[format](data)]) == data

    @each_format
    @each_data
    @pytest.mark.parametrize("length", [1000, 64 * 1024, 64 * 1024 + 1])
    async def test_borders_between_chunks_do_not_matter(self, format: CompressionFormat, data: bytes, length: int) -> None:
        assert await output_of(DecompressionStream(format), cut(COMPRESS[format](data), length)) == data

    @each_format
    async def test_neither_do_chunks_of_a_byte_with_empty_ones_between_and_behind(self, format: CompressionFormat) -> None:
        data = DATA["what cannot be compressed"][:100] + DATA["what repeats itself"][:100]
        chunks = [chunk for byte in cut(COMPRESS[format](data), 1) for chunk in (byte, b"")]
        assert await output_of(DecompressionStream(format), chunks) == data

    @pytest.mark.parametrize("around", [-1, 0, 1])
    @pytest.mark.parametrize("length", [256 * 1024, 512 * 1024])
    @each_format
    async def test_an_output_as_long_as_its_parts_is_whole(self, format: CompressionFormat, length: int, around: int) -> None:
        data = b"a" * (length + around)
        assert await output_of(DecompressionStream(format), [COMPRESS[format](data)]) == data

    @pytest.mark.parametrize("length", [64 * 1024 - 1, 64 * 1024, 64 * 1024 + 100])
    @each_format
    async def test_an_input_as_long_as_its_parts_is_whole(self, format: CompressionFormat, length: int) -> None:
        data, input = stored_in(format, length)
        assert await output_of(DecompressionStream(format), [input]) == data

    @pytest.mark.parametrize("level", range(10))
    @each_format
    async def test_every_level_is_understood(self, format: CompressionFormat, level: int) -> None:
        data = DATA["what repeats itself"][:5000]
        assert await output_of(DecompressionStream(format), [zlib.compress(data, level, WBITS[format])]) == data

    @each_format
    async def test_an_output_comes_as_soon_as_its_input_is_there(self, format: CompressionFormat) -> None:
        context = zlib.compressobj(wbits=WBITS[format])
        stream = DecompressionStream(format)
        reader, writer = stream.readable.getReader(), stream.writable.getWriter()
        for data in (b"first", b"second"):
            written = writer.write(context.compress(data) + context.flush(zlib.Z_SYNC_FLUSH))
            assert await reader.read() == (data, False)
            await written
        await reader.cancel()

    @pytest.mark.parametrize(
        "make",
        [bytearray, lambda data: memoryview(b"x" + data + b"x")[1:-1], lambda data: array("B", data)],
        ids=["bytearray", "part", "array"],
    )
    async def test_a_chunk_is_any_buffer(self, make: Callable[[bytes], object]) -> None:
        assert await output_of(DecompressionStream("gzip"), [make(COMPRESS["gzip"](b"a"))]) == b"a"

    @each_format
    @pytest.mark.parametrize("chunk", ["text", None, 1, [1, 2], {}, object()], ids=lambda chunk: type(chunk).__name__)
    async def test_what_is_no_buffer_is_a_type_error_on_both_sides(self, format: CompressionFormat, chunk: object) -> None:
        stream = DecompressionStream(format)
        reader, writer = stream.readable.getReader(), stream.writable.getWriter()
        read, written = reader.read(), writer.write(chunk)
        for promise in (written, read, reader.closed, writer.closed):
            with pytest.raises(TypeError):
                await promise


@spec("https://compression.spec.whatwg.org/#decompress-and-enqueue-a-chunk")
class TestCorruptInput:
    async def test_the_official_vectors_pass(self, wpt_data: Callable[[str], Any]) -> None:
        for expectation in wpt_data("compression/decompression-corrupt-input.json")["data"]["expectations"]:
            format = expectation["format"]
            for field in expectation["fields"]:
                start = field["offset"] % len(expectation["baseInput"])
                for case in field["cases"]:
                    input = bytearray(expectation["baseInput"])
                    input[start : start + field["length"]] = bytes([case["value"]]) * field["length"]
                    for chunks in ([bytes(input)], cut(bytes(input), 1)):
                        if case["result"] == "success":
                            await output_of(DecompressionStream(format), chunks)
                        else:
                            await assert_fails(format, chunks)

    @pytest.mark.parametrize("format, length", [("deflate", 4), ("gzip", 8)])
    async def test_no_bit_of_a_checksum_may_be_wrong(self, format: CompressionFormat, length: int) -> None:
        input = COMPRESS[format](b"expected output")
        for bit in range(8 * length):
            wrong = int.from_bytes(input[-length:], "big") ^ 1 << bit
            await assert_fails(format, [input[:-length] + wrong.to_bytes(length, "big")])

    @pytest.mark.parametrize("format, other", [(a, b) for a in COMPRESS for b in COMPRESS if a != b])
    async def test_another_format_is_corrupt(self, format: CompressionFormat, other: str) -> None:
        await assert_fails(format, [COMPRESS[other](b"expected output")])

    async def test_a_block_of_no_type_is_corrupt(self) -> None:
        await assert_fails("deflate-raw", [b"\x07"])

    async def test_a_distance_to_before_the_start_is_corrupt(self) -> None:
        context = zlib.compressobj(wbits=WBITS["deflate-raw"])
        first = context.compress(b"expected output") + context.flush(zlib.Z_SYNC_FLUSH)
        second = context.compress(b"expected output") + context.flush()
        assert await output_of(DecompressionStream("deflate-raw"), [first, second]) == b"expected output" * 2
        await assert_fails("deflate-raw", [second])

    async def test_a_dictionary_from_elsewhere_is_not_supported(self) -> None:
        context = zlib.compressobj(zdict=b"expected output")
        await assert_fails("deflate", [context.compress(b"expected output") + context.flush()])

    @pytest.mark.parametrize(
        "flags, fields",
        [
            (FTEXT, b""), (FNAME, b"name\0"), (FNAME, b"\0"), (FCOMMENT, b"comment\0"), (FEXTRA, b"\0\0"),
            (FEXTRA, b"\x05\0extra"), (FTEXT | FEXTRA | FNAME | FCOMMENT, b"\x05\0extraname\0comment\0"),
            (FNAME, b"n" * 100_000 + b"\0"),
        ],
        ids=lambda value: str(value)[:20],
    )  # fmt: skip
    async def test_optional_fields_of_gzip_are_ignored(self, flags: int, fields: bytes) -> None:
        for input in (gzip_with(flags, fields), gzip_with(flags | FHCRC, fields + header_checksum(flags | FHCRC, fields))):
            assert await output_of(DecompressionStream("gzip"), [input]) == b"expected output"

    @pytest.mark.parametrize("fields", [b"", b"name\0"])
    async def test_a_wrong_checksum_of_the_header_is_an_error(self, fields: bytes) -> None:
        flags = FHCRC | (FNAME if fields else 0)
        right = header_checksum(flags, fields)
        for wrong in (bytes([right[0] ^ 1, right[1]]), bytes([right[0], right[1] ^ 0x80])):
            await assert_fails("gzip", [gzip_with(flags, fields + wrong)])

    @pytest.mark.parametrize("flag", [0x20, 0x40, 0x80])
    async def test_a_reserved_flag_of_gzip_is_an_error(self, flag: int) -> None:
        await assert_fails("gzip", [gzip_with(flag, b"")])


@spec("https://compression.spec.whatwg.org/#decompress-and-enqueue-a-chunk")
class TestMoreBehindTheEnd:
    @each_format
    @pytest.mark.parametrize("more", [b"\0", b"more", b"\0" * 200_000], ids=["a byte", "some", "much"])
    async def test_is_a_type_error_wherever_the_border_is(self, format: CompressionFormat, more: bytes) -> None:
        input = COMPRESS[format](b"expected output")
        for chunks in ([input + more], [input, more], [input[:-1], input[-1:] + more], [input, b"", more]):
            await assert_fails(format, chunks)

    @pytest.mark.parametrize("length", [64 * 1024 - 1, 64 * 1024, 64 * 1024 + 100])
    @each_format
    async def test_also_where_the_end_is_at_the_end_of_a_part(self, format: CompressionFormat, length: int) -> None:
        await assert_fails(format, [stored_in(format, length)[1] + b"\0"])

    async def test_a_second_member_of_a_gzip_is_more(self) -> None:
        input = COMPRESS["gzip"](b"expected output")
        assert gzip.decompress(input + input) == b"expected output" * 2
        for chunks in ([input + input], [input, input]):
            await assert_fails("gzip", chunks)


@spec("https://compression.spec.whatwg.org/#decompress-and-enqueue-a-chunk")
class TestABomb:
    LENGTH = 32 * 1024 * 1024

    @each_format
    async def test_arrives_in_chunks_of_a_limited_size(self, format: CompressionFormat) -> None:
        stream = DecompressionStream(format)
        writer = stream.writable.getWriter()
        input = COMPRESS[format](bytes(self.LENGTH))
        assert len(input) < self.LENGTH / 900
        written = writer.write(input)
        closed = writer.close()
        lengths = [len(chunk) async for chunk in stream.readable]
        assert (sum(lengths), max(lengths)) == (self.LENGTH, 256 * 1024)
        await written
        await closed

    @pytest.mark.parametrize("format", ["deflate", "gzip"])
    async def test_is_decompressed_only_as_it_is_read(self, format: CompressionFormat) -> None:
        input = COMPRESS[format](bytes(self.LENGTH))
        stream = DecompressionStream(format)
        writer, reader = stream.writable.getWriter(), stream.readable.getReader()
        written = writer.write(input[:-1] + bytes([input[-1] ^ 1]))
        count = 0
        with pytest.raises(TypeError, match=format):
            while not (await reader.read())[1]:
                await turns()  # what is read ahead would come to the wrong checksum
                count += 1
        assert count > self.LENGTH / (256 * 1024) - 3
        with pytest.raises(TypeError, match=format):
            await written

    @each_format
    async def test_is_given_up_with_its_reader(self, format: CompressionFormat) -> None:
        stream = DecompressionStream(format)
        writer, reader = stream.writable.getWriter(), stream.readable.getReader()
        written = writer.write(COMPRESS[format](bytes(self.LENGTH)))
        assert len((await reader.read())[0]) == 256 * 1024
        await reader.cancel("enough")
        with suppress(TypeError):
            await written
        with pytest.raises(Exception, match="enough"):
            await writer.closed


@spec("https://compression.spec.whatwg.org/#decompress-flush-and-enqueue")
class TestDecompressFlushAndEnqueue:
    @each_format
    async def test_no_part_of_the_input_may_be_missing(self, format: CompressionFormat) -> None:
        input = COMPRESS[format](b"expected output")
        for end in range(len(input)):
            await assert_fails(format, [input[:end]])

    @each_format
    @pytest.mark.parametrize("chunks", [[], [b""], [b"", b""]])
    async def test_nothing_is_not_the_compressed_form_of_anything(self, format: CompressionFormat, chunks: list[bytes]) -> None:
        await assert_fails(format, chunks)

    @each_format
    async def test_what_came_before_the_missing_end_has_been_given(self, format: CompressionFormat) -> None:
        input = COMPRESS[format](DATA["what cannot be compressed"])
        stream = DecompressionStream(format)
        writer, reader = stream.writable.getWriter(), stream.readable.getReader()
        written = writer.write(input[:100_000])
        assert DATA["what cannot be compressed"].startswith((await reader.read())[0])
        closed = writer.close()
        with pytest.raises(TypeError, match="missing"):
            while not (await reader.read())[1]:
                pass
        await written
        with pytest.raises(TypeError, match="missing"):
            await closed
