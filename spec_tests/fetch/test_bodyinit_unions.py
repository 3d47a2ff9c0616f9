"""Fetch Standard, 5.2."""

from __future__ import annotations

import array
import io
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from worker_runtime import URL, Promise
from worker_runtime.fetch.bodyinit_unions import extract, safely_extract
from worker_runtime.file_api.blob import Blob, byte_sequence
from worker_runtime.file_api.file import File
from worker_runtime.streams.readable_stream import ReadableStream
from worker_runtime.url.url_search_params import URLSearchParams
from worker_runtime.xhr.form_data import FormData

spec = pytest.mark.spec


@spec("https://fetch.spec.whatwg.org/#concept-bodyinit-extract")
class TestExtract:
    @pytest.mark.parametrize(
        "object, source, type",
        [
            ("ä\ud800", b"\xc3\xa4\xef\xbf\xbd", "text/plain;charset=UTF-8"),
            (b"abc", b"abc", None),
            (bytearray(b"abc"), b"abc", None),
            (memoryview(b"abc"), b"abc", None),
            (array.array("B", b"abc"), b"abc", None),
            (URLSearchParams("a=b c"), b"a=b+c", "application/x-www-form-urlencoded;charset=UTF-8"),
            (42, b"42", "text/plain;charset=UTF-8"),
            (True, b"true", "text/plain;charset=UTF-8"),
        ],
        ids=["str", "bytes", "bytearray", "memoryview", "array", "URLSearchParams", "int", "bool"],
    )
    def test_bytes_are_kept_as_bytes(self, object: Any, source: bytes, type: str | None) -> None:
        body, body_type = extract(object)
        assert (body.source, body.length, body_type) == (source, len(source), type)

    def test_a_buffer_that_changes_later_is_left_behind(self) -> None:
        buffer = bytearray(b"a")
        body, _ = extract(buffer)
        buffer[0] = 0
        assert body.take_bytes() == b"a"

    @pytest.mark.parametrize("type", ["", "x/y"])
    def test_a_blob_is_kept_as_it_is(self, type: str) -> None:
        blob = Blob(["abc"], type=type)
        body, body_type = extract(blob)
        assert (body.source, body.length, body_type) == (blob, 3, type or None)

    def test_a_form_is_encoded_as_it_is_now(self) -> None:
        form_data = FormData()
        form_data.append("a", File(["b"], "c"))
        body, type = extract(form_data)
        form_data.delete("a")
        assert type is not None
        essence, _, boundary = type.partition("; boundary=")
        assert essence == "multipart/form-data"
        assert isinstance(body.source, Blob) and body.length == body.source.size
        assert byte_sequence(body.source).startswith(
            f'--{boundary}\r\nContent-Disposition: form-data; name="a"'.encode()
        )

    async def test_a_stream_is_itself(self) -> None:
        stream = ReadableStream.from_([b"a"])
        body, type = extract(stream)
        assert (body.stream, body.source, body.length, type) == (stream, None, None, None)

    async def test_an_async_iterable_becomes_a_stream(self) -> None:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"a"
            yield b"b"

        body, type = extract(chunks())
        assert [chunk async for chunk in body.stream] == [b"a", b"b"]
        assert (body.source, body.length, type) == (None, None, None)

    async def test_a_generator_becomes_a_stream_and_a_list_does_not(self) -> None:
        body, type = extract(iter([b"a", b"b"]))
        assert [chunk async for chunk in body.stream] == [b"a", b"b"]
        assert type is None
        no_body: Any = ["a"]
        with pytest.raises(TypeError, match=r"not list \['a'\]: write Response.json\("):
            extract(no_body)

    async def test_what_is_no_body_is_a_type_error_that_says_what_to_write(self) -> None:
        async def coroutine() -> str:
            return "x"

        def generator() -> Iterator[bytes]:
            yield b"x"

        for value, advice in [
            ({"a": 1}, r"Response.json\(\.\.\.\)"),
            (("x", 404), r"Response.json\(\.\.\.\)"),
            (Path("a") / "b", 'write open\\(.a/b., "rb"\\)'),
            (coroutine(), "not coroutine: write `await` before it"),
            (Promise.resolve("x"), "not Promise: write `await` before it"),
            (generator, r"not function: write generator\(\) to call it"),
            (object(), "A body is text, bytes or a stream, not object"),
        ]:
            body: Any = value
            with pytest.raises(TypeError, match=advice):
                extract(body)

    def test_what_has_a_text_is_that_text(self) -> None:
        for value, text in [
            (5, "5"),
            (True, "true"),
            (URL("https://a.example/"), "https://a.example/"),
        ]:
            body: Any = value
            assert extract(body).body.source == text.encode()

    async def test_a_stream_in_use_is_a_type_error(self) -> None:
        locked, disturbed = ReadableStream.from_([b"a"]), ReadableStream.from_([b"a"])
        locked.getReader()
        await disturbed.cancel()
        for stream in (locked, disturbed):
            with pytest.raises(TypeError, match="Cannot use the stream as a body"):
                extract(stream)

    async def test_a_file_is_read_in_blocks_and_closed(self, tmp_path: Path) -> None:
        content = b"line\n" * 200_000
        (tmp_path / "lines.txt").write_bytes(content)
        with open(tmp_path / "lines.txt", "rb") as file:
            body: Any = file
            chunks = [chunk async for chunk in extract(body).body.stream]
            assert file.closed
        assert b"".join(chunks) == content and len(chunks) < 10

    @pytest.mark.parametrize("length", [0, 1, 1_000_000])
    async def test_whatever_can_be_read_is_a_file(self, length: int) -> None:
        body: Any = io.BytesIO(bytes(length))
        chunks = [chunk async for chunk in extract(body).body.stream]
        assert b"".join(chunks) == bytes(length)

    async def test_a_file_that_is_not_read_to_its_end_is_closed(self) -> None:
        file: Any = io.BufferedReader(io.BytesIO(bytes(1_000_000)))
        await extract(file).body.stream.cancel()
        assert file.closed

    def test_a_file_of_text_is_a_type_error(self, tmp_path: Path) -> None:
        (tmp_path / "text").write_text("ä")
        with open(tmp_path / "text", encoding="utf-8") as file:
            body: Any = file
            with pytest.raises(TypeError, match='"rb"'):
                extract(body)
        body = io.StringIO("ä")
        with pytest.raises(TypeError, match="bytes"):
            extract(body)

    async def test_a_stream_does_not_go_with_keepalive(self) -> None:
        with pytest.raises(TypeError, match="keepalive"):
            extract(ReadableStream.from_([b"a"]), keepalive=True)
        assert extract("a", keepalive=True).body.length == 1


@spec("https://fetch.spec.whatwg.org/#bodyinit-safely-extract")
class TestSafelyExtract:
    async def test_takes_a_stream_that_is_not_in_use(self) -> None:
        stream = ReadableStream.from_([b"a"])
        assert safely_extract(stream).body.stream is stream
        assert safely_extract(b"a").body.source == b"a"
        stream.getReader()
        with pytest.raises(TypeError):
            safely_extract(stream)
