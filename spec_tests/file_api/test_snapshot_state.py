"""File API, 3: the bytes of files that a Blob refers to."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from worker_runtime import Blob, File, FileReader, FileReaderSync, FormData, Response
from worker_runtime.file_api.blob import byte_sequence, is_in_memory, read_all_bytes
from worker_runtime.file_api.file import create_for_a_file
from worker_runtime.file_api.snapshot_state import (
    LARGEST_BLOCK,
    MOST_FILES_THAT_WAIT,
    SECONDS_OF_A_SLOW_READER,
    SMALLEST_BLOCK,
    BytesOfAFile,
    FileReading,
    WaitingReadings,
    changed,
)
from worker_runtime.host.host import Host
from worker_runtime.host.open_files import DescriptorFile, OpenFile, state_of
from worker_runtime.html.event_loops import in_a_thread
from worker_runtime.webidl.exceptions import DOMException
from worker_runtime.webidl.promises import Promise

spec = pytest.mark.spec

T = TypeVar("T")


class RealFile:
    """A file of a test."""

    def __init__(self, path: Path, contents: bytes) -> None:
        path.write_bytes(contents)
        self.path = path
        self.size = len(contents)
        self.state = state_of(path.stat())
        self.opened: list[OpenFile] = []

    def open(self) -> OpenFile:
        self.opened.append(DescriptorFile(os.open(self.path, os.O_RDONLY)))
        return self.opened[-1]

    def perform(self, steps: Callable[[], T]) -> Promise[T]:
        return in_a_thread(steps)

    def as_file(self, type: str = "text/plain") -> File:
        return create_for_a_file(self, self.size, "name.txt", 15, type)

    @property
    def is_closed(self) -> bool:
        return self.number_open == 0

    @property
    def number_open(self) -> int:
        return sum(isinstance(f, DescriptorFile) and f.descriptor >= 0 for f in self.opened)


@pytest.fixture
def large(tmp_path: Path) -> RealFile:
    return RealFile(tmp_path / "large", bytes(range(256)) * (LARGEST_BLOCK // 64))


async def name_of_the_error(promise: Promise[Any]) -> str:
    with pytest.raises(DOMException) as caught:
        await promise
    return caught.value.name


@spec("https://w3c.github.io/FileAPI/#snapshot-state")
class TestSnapshotState:
    async def test_a_file_is_read_in_blocks_when_it_is_wanted(self, large: RealFile) -> None:
        file = large.as_file()
        assert (file.name, file.size, file.type, file.lastModified) == (
            "name.txt", large.size, "text/plain", 15
        )  # fmt: skip
        reader = file.stream().getReader()
        assert large.opened == []
        chunk, _ = await reader.read()
        assert len(chunk) == SMALLEST_BLOCK
        chunks = [chunk]
        while (chunk := (await reader.read()).value) is not None:
            chunks.append(chunk)
        assert b"".join(chunks) == large.path.read_bytes()
        assert large.is_closed

    async def test_parts_and_slices_of_it_are_parts_of_others(self, large: RealFile) -> None:
        data = large.path.read_bytes()
        blob = Blob(["<", large.as_file().slice(1, 5), ">", large.as_file().slice(-3)])
        assert not is_in_memory(blob)
        assert await blob.bytes() == b"<" + data[1:5] + b">" + data[-3:]
        assert await blob.slice(2, 8).bytes() == data[2:5] + b">" + data[-3:-1]
        assert await Blob([blob, blob]).bytes() == 2 * (await blob.bytes())
        assert is_in_memory(Blob(["a"]))

    async def test_a_file_without_bytes_is_not_opened(self, tmp_path: Path) -> None:
        empty = RealFile(tmp_path / "empty", b"")
        assert await empty.as_file().text() == ""
        assert await Blob([empty.as_file(), "a"]).text() == "a"
        assert empty.opened == []

    async def test_a_stream_that_is_cancelled_closes_the_file(self, large: RealFile) -> None:
        reader = large.as_file().stream().getReader()
        await reader.read()
        await reader.cancel()
        assert large.is_closed
        reader = large.as_file().stream().getReader()
        reading = reader.read()
        await reader.cancel()
        await reading
        while not large.is_closed:
            await asyncio.sleep(0.001)

    async def test_every_way_to_read_it(self, tmp_path: Path) -> None:
        text = RealFile(tmp_path / "text", "ä".encode())
        file = text.as_file()
        assert await file.text() == "ä"
        assert await file.arrayBuffer() == await file.bytes() == "ä".encode()
        assert [chunk async for chunk in file.textStream()] == ["ä"]
        assert FileReaderSync().readAsText(file) == "ä"
        assert await read_all_bytes(file) == byte_sequence(file) == "ä".encode()
        form = FormData()
        form.append("file", file)
        sent = (await Response(form).formData())["file"]
        assert isinstance(sent, File) and await sent.text() == "ä"
        assert text.is_closed

    async def test_of_a_file_that_has_changed_nothing_is_read(self, large: RealFile) -> None:
        file = large.as_file()
        large.path.write_bytes(b"x" * large.size)
        os.utime(large.path, (1, 1))
        assert await name_of_the_error(file.text()) == "NotReadableError"
        with pytest.raises(DOMException, match="has changed"):
            byte_sequence(file)
        assert large.is_closed

    async def test_a_change_in_the_middle_ends_the_stream(self, large: RealFile) -> None:
        reader = large.as_file().stream().getReader()
        await reader.read()
        os.truncate(large.path, 2 * SMALLEST_BLOCK + 10)
        assert await name_of_the_error(reader.read()) == "NotReadableError"
        assert large.is_closed


@spec("https://w3c.github.io/FileAPI/#readOperation")
class TestFileReader:
    async def test_reads_a_file(self, large: RealFile) -> None:
        events, is_over = list[str](), asyncio.Event()
        reader = FileReader()
        for type in ("loadstart", "progress", "load", "error", "loadend"):
            reader.addEventListener(type, lambda event: events.append(event.type))
        reader.onloadend = lambda event: is_over.set()
        reader.readAsArrayBuffer(large.as_file())
        await is_over.wait()
        assert events == ["loadstart", "progress", "load", "loadend"]
        assert reader.result == large.path.read_bytes()

    async def test_tells_why_it_cannot(self, large: RealFile) -> None:
        events, is_over = list[str](), asyncio.Event()
        reader = FileReader()
        for type in ("loadstart", "progress", "load", "error", "loadend"):
            reader.addEventListener(type, lambda event: events.append(event.type))
        reader.onloadend = lambda event: is_over.set()
        file = large.as_file()
        os.truncate(large.path, 0)
        reader.readAsText(file)
        await is_over.wait()
        assert events == ["loadstart", "error", "loadend"]
        assert reader.error is not None and reader.error.name == "NotReadableError"
        assert reader.result is None


@spec("https://w3c.github.io/FileAPI/#snapshot-state")
class TestBytesOfAFile:
    def test_a_slice_is_read_from_its_place(self, large: RealFile) -> None:
        part = BytesOfAFile(large, 10, 20).slice(5, 8)
        assert (len(part), part.read_all()) == (3, bytes([15, 16, 17]))

    def test_a_disk_that_fails_is_not_readable(self, large: RealFile) -> None:
        file = large.open()
        file.close()
        with pytest.raises(DOMException) as caught:
            BytesOfAFile(large, 0, 1).read(file, 0, 1)
        assert caught.value.name == "NotReadableError"

    def test_a_file_that_is_shorter_than_it_says_is_not_readable(self, large: RealFile) -> None:
        class Short(DescriptorFile):
            def read(self, position: int, length: int) -> bytes:
                return super().read(position, length - 1)

        file = Short(os.open(large.path, os.O_RDONLY))
        with pytest.raises(DOMException, match="has changed"):
            BytesOfAFile(large, 0, 10).read(file, 0, 10)
        file.close()


@spec("https://w3c.github.io/FileAPI/#dfn-error-codes")
class TestChanged:
    def test_says_what_to_do(self) -> None:
        assert "getFile()" in changed().message


@spec("https://w3c.github.io/FileAPI/#blob-get-stream")
class TestFileReading:
    async def test_reads_one_part_after_the_other(self, large: RealFile) -> None:
        reading = FileReading()
        assert reading.is_at_an_end
        for first in (0, 5):
            reading.begin(BytesOfAFile(large, first, 2))
            assert await reading.next_block() == bytes([first, first + 1])
            assert reading.is_at_an_end
        reading.end()

    async def test_who_takes_much_and_fast_gets_large_blocks(self, large: RealFile) -> None:
        reading = FileReading()
        reading.begin(BytesOfAFile(large, 0, large.size))
        assert len(await reading.next_block()) == SMALLEST_BLOCK
        for length, expected in (
            (SMALLEST_BLOCK, SMALLEST_BLOCK),
            (15 * SMALLEST_BLOCK, 2 * SMALLEST_BLOCK),
            (8 * LARGEST_BLOCK, LARGEST_BLOCK),
        ):
            reading.block_was_given(length)
            assert len(await reading.next_block()) == expected
        for _ in range(6):
            await asyncio.sleep(2 * SECONDS_OF_A_SLOW_READER)
            block = await reading.next_block()
        assert len(block) == SMALLEST_BLOCK
        reading.end()

    async def test_those_who_take_their_time_have_few_files_open(self, large: RealFile) -> None:
        readers = [large.as_file().stream().getReader() for _ in range(MOST_FILES_THAT_WAIT + 8)]
        for reader in readers:
            await reader.read()
        assert large.number_open == MOST_FILES_THAT_WAIT
        assert (await readers[0].read()).value is not None  # its file is opened again
        assert large.number_open == MOST_FILES_THAT_WAIT
        for reader in readers[20:]:
            await reader.cancel()
        assert large.number_open == 12  # 9 to 19, and the first

    async def test_one_that_nobody_reads_any_more_waits_for_nobody(self, large: RealFile) -> None:
        readings = WaitingReadings(Host())
        reading = FileReading()
        readings.add(reading)
        gone = weakref.ref(reading)
        del reading
        gc.collect()
        assert gone() is None

    async def test_a_file_that_is_open_is_read_to_its_end_when_another_takes_its_place(
        self, large: RealFile
    ) -> None:
        if sys.platform == "win32":
            pytest.skip("Windows puts nothing in the place of a file that is open")
        reader = large.as_file().stream().getReader()
        read = (await reader.read()).value
        assert read is not None
        other = large.path.with_name("other")
        other.write_bytes(b"other")
        other.replace(large.path)
        while (chunk := (await reader.read()).value) is not None:
            read += chunk
        assert len(read) == large.size
