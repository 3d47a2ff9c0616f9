"""File API, 3."""

from __future__ import annotations

import array
import os
from typing import Any

import pytest

from worker_runtime.file_api.blob import (
    CHUNK_SIZE,
    Blob,
    byte_sequence,
    convert_line_endings_to_native,
    create,
    get_stream,
    normalize_type,
    process_blob_parts,
    slice_blob,
    to_blob,
)

spec = pytest.mark.spec


@spec("https://w3c.github.io/FileAPI/#dom-blob-blob")
class TestConstructor:
    @spec("https://w3c.github.io/FileAPI/#dfn-size")
    async def test_takes_text_buffers_and_blobs(self) -> None:
        numbers: Any = array.array("H", [6])
        blob = Blob(
            ["ä", b"1", bytearray(b"2"), memoryview(b"345")[::2], numbers, Blob(["7"], type="x/y")]
        )
        assert (
            await blob.bytes()
            == b"\xc3\xa4" + b"1" + b"2" + b"35" + array.array("H", [6]).tobytes() + b"7"
        )
        assert (blob.size, blob.type) == (9, "")

    def test_takes_nothing(self) -> None:
        assert Blob().size == Blob([]).size == Blob(None).size == 0

    @pytest.mark.parametrize("parts", ["text", b"bytes", 5, bytearray(b"x")])
    def test_a_part_by_itself_is_a_type_error(self, parts: Any) -> None:
        with pytest.raises(TypeError, match="Expected a list of parts"):
            Blob(parts)

    def test_a_buffer_that_changes_later_is_left_behind(self) -> None:
        buffer = bytearray(b"a")
        blob = Blob([buffer])
        buffer[0] = 0
        assert byte_sequence(blob) == b"a"


@spec("https://w3c.github.io/FileAPI/#dfn-slice")
class TestSlice:
    @pytest.mark.parametrize("start", [None, 0, 3, 9, -1, -4, -9, 2**70])
    @pytest.mark.parametrize("end", [None, 0, 3, 9, -1, -4, -9, -(2**70)])
    def test_is_as_python_slices(self, start: int | None, end: int | None) -> None:
        blob = Blob(["abc", "def", "", "ghi"])
        part = blob.slice(start, end)
        assert byte_sequence(part) == b"abcdefghi"[start:end]
        assert part.size == len(b"abcdefghi"[start:end])

    def test_has_a_type_of_its_own(self) -> None:
        blob = Blob(["a"], type="x/y")
        assert (blob.slice().type, blob.slice(0, 1, "A/B").type, blob.slice(0, 1, "\xe4").type) == (
            "",
            "a/b",
            "",
        )


@spec("https://w3c.github.io/FileAPI/#dom-blob-stream")
class TestStream:
    async def test_gives_the_bytes_in_chunks(self) -> None:
        blob = Blob([b"a" * CHUNK_SIZE, b"b", bytes(3 * CHUNK_SIZE - 5)])
        chunks = [bytes(chunk) async for chunk in blob.stream()]
        assert b"".join(chunks) == byte_sequence(blob)
        assert max(map(len, chunks)) <= CHUNK_SIZE

    async def test_of_nothing_is_closed(self) -> None:
        assert [chunk async for chunk in Blob().stream()] == []


@spec("https://w3c.github.io/FileAPI/#dom-blob-text")
class TestText:
    async def test_is_utf_8_without_its_mark(self) -> None:
        assert await Blob([b"\xef\xbb\xbf\xc3\xa4\xff"]).text() == "ä\ufffd"


@spec("https://w3c.github.io/FileAPI/#dom-blob-arraybuffer")
class TestArrayBuffer:
    async def test_is_all_bytes(self) -> None:
        assert await Blob(["a", "b"]).arrayBuffer() == b"ab"


@spec("https://w3c.github.io/FileAPI/#dom-blob-bytes")
class TestBytes:
    async def test_is_all_bytes(self) -> None:
        assert await Blob(["a", "b"]).bytes() == b"ab"


@spec("https://w3c.github.io/FileAPI/#dfn-Blob")
class TestTextStream:
    async def test_joins_what_a_chunk_has_parted(self) -> None:
        text = "a" * (CHUNK_SIZE - 1) + "ä"
        assert "".join([chunk async for chunk in Blob([text]).textStream()]) == text


@spec("https://webidl.spec.whatwg.org/#js-interface")
class TestToBlob:
    def test_what_is_no_blob_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="Expected a Blob, not bytes"):
            to_blob(b"x")


@spec("https://w3c.github.io/FileAPI/#dfn-type")
@spec("https://w3c.github.io/FileAPI/#blob-section")
class TestCreate:
    def test_keeps_the_type(self) -> None:
        blob = create(b"x", "x/y;Z=A")
        assert (byte_sequence(blob), blob.type) == (b"x", "x/y;Z=A")


@spec("https://w3c.github.io/FileAPI/#blob-section")
class TestByteSequence:
    def test_of_one_part_is_that_part(self) -> None:
        part = b"abc"
        assert byte_sequence(Blob([part])) is part
        assert byte_sequence(Blob([Blob([part])])) is part


@spec("https://w3c.github.io/FileAPI/#process-blob-parts")
class TestProcessBlobParts:
    def test_converts_line_endings_of_text_where_it_is_told_to(self) -> None:
        parts = process_blob_parts(["a\r\nb", b"\n\r"], "native")
        assert parts == [f"a{os.linesep}b".encode(), b"\n\r"]

    def test_another_ending_is_a_type_error(self) -> None:
        endings: Any = "other"
        with pytest.raises(TypeError, match="endings is 'transparent' or 'native', not 'other'"):
            process_blob_parts([], endings)


@spec("https://w3c.github.io/FileAPI/#convert-line-endings-to-native")
class TestConvertLineEndingsToNative:
    def test_each_of_three_kinds_becomes_the_platforms(self) -> None:
        assert convert_line_endings_to_native("\r\n\n\r\r") == os.linesep * 4


@spec("https://w3c.github.io/FileAPI/#dom-blob-blob")
class TestNormalizeType:
    @pytest.mark.parametrize(
        "type, normalized",
        [("A/B; C=d", "a/b; c=d"), ("a\x7f", ""), ("a\t", ""), ("\xe4", ""), ("\u212a", "")],
    )
    def test_is_printable_ascii_in_lower_case(self, type: str, normalized: str) -> None:
        assert normalize_type(type) == normalized


@spec("https://w3c.github.io/FileAPI/#slice-blob")
class TestSliceBlob:
    def test_does_not_copy(self) -> None:
        whole, half = b"a" * 10, b"b" * 10
        blob = slice_blob(Blob([whole, half]), 0, 15, None)
        first, second = blob._parts
        assert first is whole
        assert isinstance(second, memoryview) and second.obj is half


@spec("https://w3c.github.io/FileAPI/#blob-get-stream")
class TestGetStream:
    async def test_can_be_read_into_a_buffer(self) -> None:
        reader = get_stream(Blob(["abc"])).getReader(mode="byob")
        result = await reader.read(memoryview(bytearray(2)))
        assert (bytes(result.value), result.done) == (b"ab", False)
        result = await reader.read(memoryview(bytearray(2)))
        assert (bytes(result.value), result.done) == (b"c", False)
        assert (await reader.read(memoryview(bytearray(2)))).done

    async def test_may_be_canceled(self) -> None:
        stream = get_stream(Blob(["abc"]))
        await stream.cancel()
        assert [chunk async for chunk in stream] == []

    async def test_an_empty_part_is_no_chunk(self) -> None:
        assert [bytes(chunk) async for chunk in get_stream(Blob(["", "a", "", "b"]))] == [
            b"a",
            b"b",
        ]
