"""A decoder with the members of zlib's."""

from __future__ import annotations

import pytest

from worker_runtime.brotli.decompressor import Decompressor
from worker_runtime.brotli.prefix_codes import BrotliFailure

from .streams import STREAMS

spec = pytest.mark.spec


@spec("https://www.rfc-editor.org/rfc/rfc7932#section-1.4")
class TestDecompressor:
    @pytest.mark.parametrize("data, stream", STREAMS.values(), ids=STREAMS)
    @pytest.mark.parametrize("max_length", [1000, 77_777])
    def test_gives_no_more_than_it_is_asked_for(
        self, data: bytes, stream: bytes, max_length: int
    ) -> None:
        context = Decompressor()
        output = [context.decompress(stream, max_length)]
        while not context.eof:
            assert len(output[-1]) == max_length
            output.append(context.decompress(b"", max_length))
        assert b"".join(output) == data
        assert (context.unused_data, context.unconsumed_tail) == (b"", b"")

    def test_keeps_what_stands_behind_the_end(self) -> None:
        context = Decompressor()
        assert context.decompress(b"\x3bmore", 10) == b""
        assert context.decompress(b" and more", 10) == b""
        assert context.eof and context.unused_data == b"more and more"

    def test_keeps_input_that_comes_before_all_output_was_asked_for(self) -> None:
        data, stream = STREAMS["zeros"]
        context = Decompressor()
        output = [context.decompress(stream[at : at + 1], 1000) for at in range(len(stream))]
        while not context.eof:
            output.append(context.decompress(b"", 1000))
        assert b"".join(output) == data

    def test_data_that_is_wrong_is_a_failure(self) -> None:
        with pytest.raises(BrotliFailure):
            Decompressor().decompress(b"<html>", 10)
