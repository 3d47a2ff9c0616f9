"""File API, 6."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from worker_runtime.file_api.blob import Blob
from worker_runtime.file_api.file_reader import (
    FileReader,
    FileReaderSync,
    package_data,
    package_data_url,
    package_text,
    read_operation,
)
from worker_runtime.webidl.exceptions import DOMException

spec = pytest.mark.spec

EVENTS = ["loadstart", "progress", "load", "abort", "error", "loadend"]


def watch(reader: FileReader) -> list[str]:
    seen: list[str] = []
    for name in EVENTS:
        setattr(
            reader,
            f"on{name}",
            lambda event: seen.append(f"{event.type} {event.loaded}/{event.total}"),
        )
    return seen


async def end_of(reader: FileReader) -> None:
    ended = asyncio.Event()
    reader.addEventListener("loadend", lambda event: ended.set())
    await ended.wait()


@spec("https://w3c.github.io/FileAPI/#dfn-filereader")
class TestFileReader:
    async def test_tells_how_far_it_has_come(self) -> None:
        reader = FileReader()
        seen = watch(reader)
        assert (reader.readyState, reader.result, reader.error) == (FileReader.EMPTY, None, None)
        reader.readAsText(Blob(["abc"]))
        assert (reader.readyState, reader.result) == (FileReader.LOADING, None)
        await end_of(reader)
        assert (reader.readyState, reader.result) == (FileReader.DONE, "abc")
        assert seen == ["loadstart 0/3", "progress 3/3", "load 3/3", "loadend 3/3"]

    async def test_makes_no_progress_with_nothing(self) -> None:
        reader = FileReader()
        seen = watch(reader)
        reader.readAsArrayBuffer(Blob())
        await end_of(reader)
        assert (reader.result, seen) == (b"", ["loadstart 0/0", "load 0/0", "loadend 0/0"])

    async def test_gives_what_it_was_asked_for(self) -> None:
        reader = FileReader()
        reader.readAsBinaryString(Blob([b"\x00\xff"]))
        await end_of(reader)
        assert reader.result == "\x00\xff"
        reader.readAsDataURL(Blob([b"\x00\xff"], type="x/y"))
        await end_of(reader)
        assert reader.result == "data:x/y;base64,AP8="
        reader.readAsText(Blob([b"\xe4"]), "latin1")
        await end_of(reader)
        assert reader.result == "ä"


@spec("https://w3c.github.io/FileAPI/#dfn-abort")
class TestAbort:
    async def test_stops_the_read(self) -> None:
        reader = FileReader()
        seen = watch(reader)
        reader.readAsText(Blob(["abc"]))
        reader.abort()
        assert (reader.readyState, reader.result, seen) == (
            FileReader.DONE,
            None,
            ["abort 0/0", "loadend 0/0"],
        )
        await asyncio.sleep(0)
        assert len(seen) == 2

    async def test_forgets_what_was_read(self) -> None:
        reader = FileReader()
        reader.readAsText(Blob(["abc"]))
        await end_of(reader)
        seen = watch(reader)
        reader.abort()
        assert (reader.readyState, reader.result, seen) == (FileReader.DONE, None, [])

    async def test_a_handler_may_start_another_read(self) -> None:
        reader = FileReader()
        reader.readAsText(Blob(["abc"]))
        reader.onabort = lambda event: reader.readAsText(Blob(["d"]))
        reader.abort()
        await end_of(reader)
        assert reader.result == "d"


@spec("https://w3c.github.io/FileAPI/#dfn-FileReaderSync")
class TestFileReaderSync:
    def test_gives_what_it_was_asked_for_at_once(self) -> None:
        blob, reader = Blob([b"\xef\xbb\xbfa"], type="text/plain"), FileReaderSync()
        assert reader.readAsArrayBuffer(blob) == b"\xef\xbb\xbfa"
        assert reader.readAsBinaryString(blob) == "\xef\xbb\xbfa"
        assert reader.readAsText(blob, "latin1") == "a"
        assert reader.readAsDataURL(blob) == "data:text/plain;base64,77u/YQ=="

    def test_what_is_no_blob_is_a_type_error(self) -> None:
        blob: Any = b"x"
        with pytest.raises(TypeError, match="Expected a Blob"):
            FileReaderSync().readAsText(blob)


@spec("https://w3c.github.io/FileAPI/#readOperation")
class TestReadOperation:
    async def test_two_reads_at_once_are_an_error(self) -> None:
        reader = FileReader()
        read_operation(reader, Blob(), "Text")
        with pytest.raises(DOMException) as caught:
            read_operation(reader, Blob(), "Text")
        assert caught.value.name == "InvalidStateError"
        reader.abort()

    async def test_a_read_that_starts_while_one_is_loaded_takes_its_end(self) -> None:
        reader = FileReader()
        seen = watch(reader)
        read_operation(reader, Blob(["a"]), "Text")

        def read_another(event: object) -> None:
            reader.onload = None
            reader.readAsText(Blob(["b"]))

        reader.onload = read_another
        await end_of(reader)
        assert [event.partition(" ")[0] for event in seen] == [
            "loadstart",
            "progress",
            "loadstart",
            "progress",
            "loadend",
        ]

    async def test_what_is_no_blob_is_a_type_error(self) -> None:
        blob: Any = b"x"
        with pytest.raises(TypeError, match="Expected a Blob"):
            FileReader().readAsText(blob)


@spec("https://w3c.github.io/FileAPI/#blob-package-data")
class TestPackageData:
    def test_knows_four_forms(self) -> None:
        assert [package_data(b"\xe4", type, "", "latin1") for type
            in ("DataURL", "Text", "ArrayBuffer", "BinaryString")] == [
            "data:application/octet-stream;base64,5A==", "ä", b"\xe4", "\xe4",
        ]  # fmt: skip


@spec("https://w3c.github.io/FileAPI/#blob-package-data")
class TestPackageDataURL:
    def test_no_type_is_unknown_bytes(self) -> None:
        assert package_data_url(b"a", "") == "data:application/octet-stream;base64,YQ=="


@spec("https://w3c.github.io/FileAPI/#blob-package-data")
class TestPackageText:
    @pytest.mark.parametrize(
        "bytes, mime_type, encoding_name, text",
        [
            (b"\xe4", "", None, "\ufffd"),
            (b"\xe4", "text/plain;charset=latin1", None, "ä"),
            (b"\xe4", "text/plain;charset=utf-8", "latin1", "ä"),
            (b"\xe4", "text/plain;charset=latin1", "nonsense", "ä"),
            (b"\xff\xfea\0", "text/plain;charset=latin1", None, "a"),
        ],
    )
    def test_a_mark_an_argument_a_charset_or_utf_8_say_the_encoding(
        self, bytes: bytes, mime_type: str, encoding_name: str | None, text: str
    ) -> None:
        assert package_text(bytes, mime_type, encoding_name) == text
