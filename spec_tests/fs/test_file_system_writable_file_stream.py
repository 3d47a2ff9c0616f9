"""File System Standard, 2.5: the FileSystemWritableFileStream interface."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from spec_tests.fs.places import Place, error_of, text_of
from worker_runtime import Blob, FileSystemWritableFileStream, ReadableStream, Response
from worker_runtime.fs.file_system_file_handle import lock_a_file
from worker_runtime.fs.file_system_writable_file_stream import (
    MOST_BYTES_TO_COLLECT,
    bytes_of,
    create_a_new_file_system_writable_file_stream,
    to_write_chunk,
)
from worker_runtime.storage.storage_sheds import StorageShed
from worker_runtime.webidl.exceptions import QuotaExceededError

spec = pytest.mark.spec


@spec("https://fs.spec.whatwg.org/#filesystemwritablefilestream")
class TestFileSystemWritableFileStream:
    def test_has_no_constructor(self) -> None:
        interface: Any = FileSystemWritableFileStream
        with pytest.raises(TypeError, match="Illegal constructor"):
            interface()

    @spec("https://fs.spec.whatwg.org/#dom-filesystemwritablefilestream-write")
    async def test_write_takes_text_bytes_and_blobs(self, place: Place) -> None:
        handle = await place.file("a")
        stream = await handle.createWritable()
        await stream.write("a\ud800")
        await stream.write(b"b")
        await stream.write(bytearray(b"c"))
        await stream.write(memoryview(b"de")[::2].tobytes())
        await stream.write(Blob(["e", b"f"]))
        await stream.write({"type": "write", "data": "g"})
        await stream.close()
        assert await text_of(handle) == "a\ufffdbcdefg"

    @spec("https://fs.spec.whatwg.org/#dom-filesystemwritablefilestream-seek")
    async def test_seek_moves_the_cursor(self, place: Place) -> None:
        handle = await place.file("a")
        stream = await handle.createWritable()
        await stream.write("12345")
        await stream.seek(1)
        await stream.write("x")
        await stream.write({"type": "seek", "position": 7})
        await stream.write("y")
        await stream.write({"type": "write", "position": 0, "data": "z"})
        await stream.write("w")
        await stream.close()
        assert await text_of(handle) == "zw345\0\0y"

    @spec("https://fs.spec.whatwg.org/#dom-filesystemwritablefilestream-write")
    @spec("https://fs.spec.whatwg.org/#dom-filesystemwritablefilestream-seek")
    @spec("https://fs.spec.whatwg.org/#dom-filesystemwritablefilestream-truncate")
    async def test_an_argument_that_cannot_be_leaves_the_stream_as_it_was(
        self, place: Place
    ) -> None:
        handle = await place.file("a")
        stream: Any = await handle.createWritable()
        await stream.write("ab")
        for operation in (
            stream.write(None), stream.write([1]), stream.write({"type": "no"}),
            stream.write({"type": "write", "data": [1]}), stream.seek(None), stream.seek("0"),
            stream.truncate(None),
        ):  # fmt: skip
            assert await error_of(operation) == "TypeError"
        await stream.write("c")
        await stream.close()
        assert await text_of(handle) == "abc"

    @spec("https://fs.spec.whatwg.org/#dom-filesystemwritablefilestream-truncate")
    async def test_truncate_cuts_and_fills(self, place: Place) -> None:
        handle = await place.file("a")
        stream = await handle.createWritable()
        await stream.write("12345")
        await stream.truncate(2)
        await stream.write("x")
        await stream.truncate(5)
        await stream.write("y")
        await stream.close()
        assert await text_of(handle) == "12xy\0"

    async def test_a_stream_can_be_piped_into_it(self, place: Place) -> None:
        handle = await place.file("a")
        await ReadableStream.from_(["a", b"b", {"type": "write", "data": "c"}]).pipeTo(
            await handle.createWritable()
        )
        assert await text_of(handle) == "abc"
        body = Response("fetched").body
        assert body is not None
        await body.pipeTo(await handle.createWritable())
        assert await text_of(handle) == "fetched"

    async def test_a_file_can_be_written_into_another(self, place: Place) -> None:
        source, target = await place.file("a", "x" * 300_000), await place.file("b")
        stream = await target.createWritable()
        await stream.write("<")
        await stream.write(await source.getFile())
        await stream.write(">")
        await stream.close()
        assert await text_of(target) == f"<{'x' * 300_000}>"

    async def test_a_file_that_is_gone_fails_the_stream(self, place: Place) -> None:
        source, target = await place.file("a", "x"), await place.file("b", "y")
        file = await source.getFile()
        await source.remove()
        stream = await target.createWritable()
        assert await error_of(stream.write(file)) == "NotFoundError"
        assert await error_of(stream.close()) == "TypeError"
        assert await text_of(target) == "y"

    async def test_nothing_is_seen_before_it_is_closed(self, place: Place) -> None:
        handle = await place.file("a", "before")
        stream = await handle.createWritable()
        await stream.write("x" * (2 * MOST_BYTES_TO_COLLECT))
        assert await text_of(handle) == "before"
        await stream.abort()
        assert await text_of(handle) == "before"

    async def test_is_unlocked_after_each_write(self, place: Place) -> None:
        handle = await place.file("a")
        stream = await handle.createWritable()
        promises = [stream.write("abc"), stream.truncate(5), stream.seek(0), stream.write("x")]
        assert not stream.locked
        for promise in promises:
            await promise
        writer = stream.getWriter()
        assert await error_of(stream.write("y")) == "TypeError"
        await writer.write("y")
        await writer.close()
        assert await text_of(handle) == "xyc\0\0"
        assert await error_of(stream.write("z")) == "TypeError"

    async def test_many_small_writes_come_to_the_same(self, place: Place) -> None:
        handle = await place.file("a")
        stream = await handle.createWritable()
        for number in range(2_000):
            await stream.write(f"{number},")
        await stream.close()
        assert await text_of(handle) == "".join(f"{number}," for number in range(2_000))

    async def test_bytes_come_to_the_same_as_other_buffers(self, place: Place) -> None:
        handles = [await place.file(name) for name in ("a", "b")]
        for handle, kind in zip(handles, (bytes, bytearray)):
            random, stream = Random(3), await handle.createWritable()
            for _ in range(60):
                match random.randrange(8):
                    case 0:
                        await stream.seek(random.randrange(500_000))
                    case 1:
                        await stream.truncate(random.randrange(500_000))
                    case _:
                        await stream.write(kind(random.randbytes(random.randrange(100_000))))
            await stream.close()
        one, other = [await (await handle.getFile()).bytes() for handle in handles]
        assert len(one) > 100_000 and one == other

    async def test_the_quota_is_counted(self, bucket: Place) -> None:
        bucket.host.record(StorageShed).quota = 100_000
        handle = await bucket.file("a", "x" * 50_000)
        stream = await handle.createWritable()
        with pytest.raises(QuotaExceededError) as caught:
            await stream.write("y" * 60_000)
        assert caught.value.quota == 100_000
        assert caught.value.requested is not None and caught.value.requested > 110_000
        assert await text_of(handle) == "x" * 50_000
        for chunk in (bytes(60_000), bytearray(60_000)):
            stream = await handle.createWritable()
            await stream.write(bytes(10_000))
            assert await error_of(stream.write(chunk)) == "QuotaExceededError"
        stream = await handle.createWritable()
        assert await error_of(stream.truncate(2**60)) == "QuotaExceededError"
        stream = await handle.createWritable()
        await stream.seek(2**52)
        assert await error_of(stream.write("y")) == "QuotaExceededError"

    async def test_what_is_removed_leaves_room(self, bucket: Place) -> None:
        bucket.host.record(StorageShed).quota = 100_000
        for _ in range(5):
            handle = await bucket.file("a", "x" * 60_000)
            await handle.remove()

    async def test_a_position_that_no_disk_has_is_an_error(self, folder: Place) -> None:
        handle = await folder.file("a", "x")
        stream = await handle.createWritable()
        await stream.seek(2**63)
        await stream.write("y")
        assert await error_of(stream.close()) == "QuotaExceededError"
        assert await text_of(handle) == "x"


@spec("https://fs.spec.whatwg.org/#create-a-new-filesystemwritablefilestream")
class TestCreateANewFileSystemWritableFileStream:
    async def test_a_stream_that_fails_lets_go_of_its_lock(self, place: Place) -> None:
        handle = await place.file("a", "text")
        stream = await handle.createWritable(mode="exclusive")
        chunk: Any = {"type": "write", "data": None}
        assert await error_of(stream.write(chunk)) == "TypeError"
        await (await handle.createWritable(mode="exclusive")).abort()
        assert await text_of(handle) == "text"

    async def test_closing_gives_the_file_its_bytes_and_frees_it(self, place: Place) -> None:
        locator = (await place.file("a", "text"))._locator
        lock = await lock_a_file(locator, "readwrite", "exclusive")
        buffer = await locator.root.open_buffer(locator.names, True)
        stream = create_a_new_file_system_writable_file_stream(locator, lock, buffer, "exclusive")
        assert stream._seek_offset == 0
        await stream.close()
        assert lock.is_released


@spec("https://fs.spec.whatwg.org/#write-a-chunk")
class TestWriteAChunk:
    @pytest.mark.parametrize(
        "chunk, error",
        [
            ({"type": "write"}, "SyntaxError"),
            ({"type": "seek"}, "SyntaxError"),
            ({"type": "seek", "position": None}, "SyntaxError"),
            ({"type": "truncate"}, "SyntaxError"),
            ({"type": "write", "data": None}, "TypeError"),
            ({"type": "write", "data": ["a"]}, "TypeError"),
            ({"type": "append", "data": "a"}, "TypeError"),
            ({"data": "a"}, "TypeError"),
            ({}, "TypeError"),
            (None, "TypeError"),
            ([1], "TypeError"),
        ],
    )
    async def test_a_command_that_makes_no_sense_is_an_error(
        self, memory: Place, chunk: Any, error: str
    ) -> None:
        stream = await (await memory.file("a")).createWritable()
        assert await error_of(stream.write(chunk)) == error

    async def test_a_gap_is_full_of_zeros_whatever_follows(self, place: Place) -> None:
        handle = await place.file("a")
        of_a_file = await (await place.file("b")).getFile()
        for data, size in ((b"", 3), ("", 4), (Blob([]), 5), (of_a_file, 6)):
            stream = await handle.createWritable(keepExistingData=True)
            await stream.write({"type": "write", "position": size, "data": data})
            await stream.write({"type": "write", "position": 1, "data": b""})
            await stream.close()
            assert await text_of(handle) == "\0" * size

    def test_numbers_are_text(self) -> None:
        assert to_write_chunk(15) == "15"

    @spec("https://fs.spec.whatwg.org/#dictdef-writeparams")
    def test_what_has_a_type_is_a_command(self) -> None:
        class Command:
            type = "seek"
            position = -1

        assert to_write_chunk(Command()) == {"type": "seek", "position": 2**64 - 1}

    def test_bytes_are_a_copy(self) -> None:
        buffer = bytearray(b"a")
        data = bytes_of(buffer)
        buffer[0] = 0
        assert data == b"a"
