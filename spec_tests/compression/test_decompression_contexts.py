"""Compression, 5: decompression contexts, step by step."""

from __future__ import annotations

import gzip
import zlib

import pytest

from worker_runtime.compression.decompression_contexts import (
    INPUT_LENGTH,
    OUTPUT_LENGTH,
    DecompressionContext,
    decoding,
    inflate,
)
from worker_runtime.compression.supported_formats import compression_context

from ..brotli.streams import STREAMS, stream_of
from ..zstandard.streams import FRAMES, frame_of

spec = pytest.mark.spec


def packed(format: str, data: bytes) -> bytes:
    compressor = compression_context(format)  # type: ignore[arg-type]
    return b"".join([*compressor.compress(data), *compressor.flush()])


def steps(context: DecompressionContext) -> list[bytes]:
    pieces = []
    while (piece := context.step()) is not None:
        pieces.append(piece)
    return pieces


each_format = pytest.mark.parametrize("format", ["brotli", "deflate", "deflate-raw", "gzip"])


@spec("https://compression.spec.whatwg.org/#decompressionstream-context")
class TestDecompressionContext:
    @each_format
    def test_gives_back_what_was_compressed_and_keeps_what_stands_behind_it(
        self, format: str
    ) -> None:
        context = DecompressionContext(format)
        context.receive(packed(format, b"abc" * 100) + b"more")
        assert b"".join(steps(context)) == b"abc" * 100
        assert context.is_at_the_end and bytes(context.unused_data) == b"more"
        context.receive(b" and more")
        assert context.step() is None and bytes(context.unused_data) == b"more and more"

    @each_format
    def test_input_can_come_in_any_pieces(self, format: str) -> None:
        data = packed(format, b"abc" * 100)
        context = DecompressionContext(format)
        output = []
        for at in range(len(data)):
            assert not context.is_at_the_end
            context.receive(data[at : at + 1])
            output += steps(context)
        assert b"".join(output) == b"abc" * 100 and context.is_at_the_end

    @each_format
    def test_another_stream_can_follow(self, format: str) -> None:
        context = DecompressionContext(format)
        context.receive(packed(format, b"one, ") + packed(format, b"two"))
        one = steps(context)
        context.begin()
        assert one + steps(context) == [b"one, ", b"two"]

    @pytest.mark.parametrize("format", ["deflate", "gzip", "deflate-raw"])
    def test_a_step_gives_no_more_than_a_piece(self, format: str) -> None:
        context = DecompressionContext(format)
        context.receive(packed(format, bytes(10 * OUTPUT_LENGTH + 1)))
        assert list(map(len, steps(context))) == [OUTPUT_LENGTH] * 10 + [1]

    def test_much_work_without_output_is_a_step(self) -> None:
        context = DecompressionContext("brotli")
        context.receive(stream_of("0  0 11 0 00") + stream_of("0 11 0 00") * 50_000)
        rests = steps(context)
        assert set(rests) == {b""} and 10 < len(rests) < 100
        context = DecompressionContext("gzip")
        empty = zlib.compressobj(wbits=31)
        begin = empty.compress(b"") + empty.flush(zlib.Z_FULL_FLUSH)
        context.receive(begin + b"\0\0\0\xff\xff" * 10 * INPUT_LENGTH)
        assert len(steps(context)) >= 50

    @pytest.mark.parametrize("format", ["brotli", "deflate", "deflate-raw", "gzip", "zstd"])
    def test_data_that_is_wrong_is_an_error(self, format: str) -> None:
        context = DecompressionContext(format)
        context.receive(b"<html>hello hello</html>")
        with pytest.raises((ValueError, zlib.error)):
            steps(context)


@spec("https://compression.spec.whatwg.org/#decompress-and-enqueue-a-chunk")
class TestDecoding:
    @pytest.mark.parametrize("format, data, output", [
        ("brotli", STREAMS["a small window"][1], b"abc" * 2000),
        ("zstd", FRAMES["zeros"][1], bytes(200_000)),
        ("gzip", gzip.compress(b"abc"), b"abc"),
    ])  # fmt: skip
    def test_knows_each_format(self, format: str, data: bytes, output: bytes) -> None:
        stream = decoding(format)
        assert next(stream) == b""
        pieces = [stream.send(data)]
        with pytest.raises(StopIteration):
            while True:
                pieces.append(next(stream))
        assert b"".join(piece or b"" for piece in pieces) == output


@spec("https://www.rfc-editor.org/rfc/rfc1951#section-3.2.3")
class TestInflate:
    def test_returns_what_stands_behind_the_end(self) -> None:
        stream = inflate(zlib.MAX_WBITS)
        next(stream)
        assert stream.send(zlib.compress(b"abc") + b"more") == b"abc"
        with pytest.raises(StopIteration) as end:
            next(stream)
        assert end.value.value == b"more"
