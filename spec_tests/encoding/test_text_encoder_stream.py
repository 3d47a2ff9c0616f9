"""Encoding Standard, 7.6."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from typing import Any

import pytest

from spec_tests.streams.recording import collect
from worker_runtime import ReadableStream, TextEncoderStream, WritableStream

spec = pytest.mark.spec

LEAD, TRAIL, PAIR = "\ud83d", "\ude00", "\U0001f600".encode()
REPLACEMENT = b"\xef\xbf\xbd"


async def encoded(chunks: Iterable[object]) -> list[bytes]:
    return await collect(ReadableStream.from_(chunks).pipeThrough(TextEncoderStream()))


@spec("https://encoding.spec.whatwg.org/#textencoderstream")
@spec("https://encoding.spec.whatwg.org/#dom-textencoderstream")
class TestTextEncoderStream:
    async def test_is_always_utf_8_and_has_two_sides(self) -> None:
        stream = TextEncoderStream()
        assert stream.encoding == "utf-8"
        assert isinstance(stream.readable, ReadableStream) and isinstance(stream.writable, WritableStream)

    def test_needs_a_running_loop_and_says_so(self) -> None:
        with pytest.raises(RuntimeError, match="running event loop"):
            TextEncoderStream()


@spec("https://encoding.spec.whatwg.org/#encode-and-enqueue-a-chunk")
class TestEncodeAndEnqueueAChunk:
    async def test_each_string_becomes_bytes(self) -> None:
        chunks = ["z\xa2", "\u6c34\U0001d11e", "\ufeff"]
        assert await encoded(chunks) == [b"z\xc2\xa2", b"\xe6\xb0\xb4\xf0\x9d\x84\x9e", b"\xef\xbb\xbf"]

    async def test_an_empty_string_becomes_nothing(self) -> None:
        assert await encoded(["", "a", "", ""]) == [b"a"]

    @pytest.mark.parametrize("chunk, output", [(1, b"1"), (True, b"true"), ([], b"[]")])
    async def test_another_value_becomes_a_string_first(self, chunk: object, output: bytes) -> None:
        assert await encoded([chunk]) == [output]

    @pytest.mark.parametrize("chunk", [None, b"bytes"])
    async def test_what_cannot_be_a_string_is_a_type_error_on_both_sides(self, chunk: object) -> None:
        stream = TextEncoderStream()
        reader, writer = stream.readable.getReader(), stream.writable.getWriter()
        read, written = reader.read(), writer.write(chunk)
        for promise in (written, read, reader.closed, writer.closed):
            with pytest.raises(TypeError):
                await promise


@spec("https://encoding.spec.whatwg.org/#convert-code-unit-to-scalar-value")
class TestConvertCodeUnitsToScalarValues:
    @pytest.mark.parametrize(
        "chunks, output",
        [
            ([LEAD, TRAIL], [PAIR]),
            (["a" + LEAD, TRAIL + "b"], [b"a", PAIR + b"b"]),
            ([LEAD, "", TRAIL], [PAIR]),
            ([LEAD, LEAD, TRAIL], [REPLACEMENT, PAIR]),
            ([LEAD, "a", TRAIL], [REPLACEMENT + b"a", REPLACEMENT]),
            ([LEAD, "\U0001f600"], [REPLACEMENT + PAIR]),
            ([TRAIL, LEAD], [REPLACEMENT, REPLACEMENT]),
            ([LEAD + TRAIL, TRAIL], [PAIR, REPLACEMENT]),
        ],
        ids=ascii,
    )
    async def test_two_surrogates_meet_over_the_border(self, chunks: list[str], output: list[bytes]) -> None:
        assert await encoded(chunks) == output

    async def test_borders_do_not_matter_in_any_short_string(self) -> None:
        for units in product(["a", LEAD, TRAIL], repeat=4):
            string = "".join(units)
            expected = string.replace(LEAD + TRAIL, "\U0001f600")
            expected = expected.replace(LEAD, "\ufffd").replace(TRAIL, "\ufffd")
            assert b"".join(await encoded(units)) == expected.encode()
            for cut in range(5):
                assert b"".join(await encoded([string[:cut], string[cut:]])) == expected.encode()

    async def test_the_official_vectors_pass(self, wpt_data: Callable[[str], Any]) -> None:
        for vector in wpt_data("encoding/textencoder-utf16-surrogates.json")["data"]["bad"]:
            assert b"".join(await encoded([vector["input"]])) == vector["expected"].encode()
            assert b"".join(await encoded(list(vector["input"]))) == vector["expected"].encode()


@spec("https://encoding.spec.whatwg.org/#encode-and-flush")
class TestEncodeAndFlush:
    @pytest.mark.parametrize("chunks, output", [(["a" + LEAD], [b"a", REPLACEMENT]), ([LEAD, ""], [REPLACEMENT])], ids=ascii)
    async def test_a_leading_surrogate_at_the_end_is_replaced(self, chunks: list[str], output: list[bytes]) -> None:
        assert await encoded(chunks) == output

    @pytest.mark.parametrize("chunks", [[], [""], ["", ""]])
    async def test_nothing_becomes_nothing(self, chunks: list[str]) -> None:
        assert await encoded(chunks) == []
