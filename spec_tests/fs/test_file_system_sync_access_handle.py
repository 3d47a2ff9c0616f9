"""File System Standard, 2.6: the FileSystemSyncAccessHandle interface."""

from __future__ import annotations

import errno
from array import array
from typing import Any

import pytest

from spec_tests.fs.places import Place, text_of
from worker_runtime import FileSystemSyncAccessHandle
from worker_runtime.fs.file_system_sync_access_handle import bytes_view, exception_of_a_write
from worker_runtime.storage.storage_sheds import StorageShed
from worker_runtime.webidl.exceptions import DOMException, QuotaExceededError

spec = pytest.mark.spec


@spec("https://fs.spec.whatwg.org/#filesystemsyncaccesshandle")
class TestFileSystemSyncAccessHandle:
    def test_has_no_constructor(self) -> None:
        interface: Any = FileSystemSyncAccessHandle
        with pytest.raises(TypeError, match="Illegal constructor"):
            interface()

    @spec(
        "https://fs.spec.whatwg.org/#dom-filesystemsyncaccesshandle-write-buffer-filesystemreadwriteoptions-options"
    )
    @spec(
        "https://fs.spec.whatwg.org/#dom-filesystemsyncaccesshandle-read-buffer-filesystemreadwriteoptions-options"
    )
    @spec("https://fs.spec.whatwg.org/#dictdef-filesystemreadwriteoptions")
    async def test_write_and_read_move_the_cursor(self, bucket: Place) -> None:
        handle = await bucket.file("a")
        access = await handle.createSyncAccessHandle()
        assert access.write(b"Hello ") == 6
        assert access.write(b"World") == 5
        buffer = bytearray(5)
        assert (access.read(buffer, at=0), buffer) == (5, bytearray(b"Hello"))
        buffer = bytearray(20)
        assert (access.read(buffer), buffer) == (6, bytearray(b" World" + bytes(14)))
        assert access.read(buffer) == 0
        assert access.read(buffer, {"at": 100}) == 0
        assert access.write(b"!") == 1
        assert access.write(b"gap", at=15) == 3
        access.close()
        assert await text_of(handle) == "Hello World!\0\0\0gap"

    async def test_buffers_may_be_of_any_kind(self, bucket: Place) -> None:
        access = await (await bucket.file("a")).createSyncAccessHandle()
        words: Any = array("H", [1, 2])
        assert access.write(words) == 4
        words = array("H", [0, 0, 0])
        assert (access.read(words, at=0), words) == (4, array("H", [1, 2, 0]))
        assert access.read(bytearray(), at=0) == 0
        assert access.write(b"") == 0
        with pytest.raises(TypeError, match="can be filled"):
            access.read(b"x")
        with pytest.raises(TypeError, match="from 0 to"):
            access.read(bytearray(1), at=-1)

    @spec("https://fs.spec.whatwg.org/#dom-filesystemsyncaccesshandle-truncate")
    @spec("https://fs.spec.whatwg.org/#dom-filesystemsyncaccesshandle-getsize")
    async def test_truncate_and_get_size(self, bucket: Place) -> None:
        access = await (await bucket.file("a", "12345")).createSyncAccessHandle()
        assert access.getSize() == 5
        access.read(bytearray(4))
        access.truncate(2)
        assert access.write(b"x") == 1
        access.truncate(5)
        buffer = bytearray(9)
        assert (access.read(buffer, at=0), buffer[:5]) == (5, bytearray(b"12x\0\0"))
        with pytest.raises(TypeError):
            access.truncate(-1)

    @spec("https://fs.spec.whatwg.org/#dom-filesystemsyncaccesshandle-flush")
    async def test_what_is_written_is_seen_at_once(self, bucket: Place) -> None:
        handle = await bucket.file("a")
        access = await handle.createSyncAccessHandle()
        access.write(b"text")
        access.flush()
        file = await handle.getFile()
        assert await file.text() == "text"
        access.write(b"more")
        with pytest.raises(DOMException) as caught:
            await file.text()
        assert caught.value.name == "NotReadableError"

    @spec("https://fs.spec.whatwg.org/#dom-filesystemsyncaccesshandle-close")
    async def test_nothing_can_be_done_when_it_is_closed(self, bucket: Place) -> None:
        clock: Any = bucket.host.clock
        handle = await bucket.file("a")
        access = await handle.createSyncAccessHandle()
        clock.advance(10)
        access.write(b"x")
        access.close()
        access.close()
        assert (await handle.getFile()).lastModified == int(clock.wall() * 1000)
        for operation in (
            lambda: access.read(bytearray(1)),
            lambda: access.write(b"x"),
            lambda: access.truncate(0),
            access.getSize,
            access.flush,
        ):
            with pytest.raises(DOMException) as caught:
                operation()
            assert caught.value.name == "InvalidStateError"

    @spec("SPEC_NOTES.md#modes-of-locks")
    async def test_read_only_is_for_reading(self, bucket: Place) -> None:
        access = await (await bucket.file("a", "text")).createSyncAccessHandle(mode="read-only")
        buffer = bytearray(4)
        assert (access.read(buffer), buffer, access.getSize()) == (4, bytearray(b"text"), 4)
        for operation in (lambda: access.write(b"x"), lambda: access.truncate(0), access.flush):
            with pytest.raises(DOMException) as caught:
                operation()
            assert caught.value.name == "NoModificationAllowedError"

    async def test_a_gap_is_full_of_zeros_even_if_nothing_follows(self, bucket: Place) -> None:
        access = await (await bucket.file("a", "x")).createSyncAccessHandle()
        assert (access.write(b"", at=0), access.getSize()) == (0, 1)
        assert (access.write(b"", at=3), access.getSize()) == (0, 3)
        buffer = bytearray(3)
        access.read(buffer, at=0)
        assert buffer == b"x\0\0"

    @spec("https://fs.spec.whatwg.org/#dom-filesystemsyncaccesshandle-getsize")
    async def test_a_disk_that_fails_is_told_of(
        self, bucket: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        access = await (await bucket.file("a", "text")).createSyncAccessHandle()

        def fail(self: object) -> int:
            raise OSError(errno.EIO, "Input/output error")

        monkeypatch.setattr(type(access._file), "size", fail)
        assert access.read(bytearray(4)) == 0
        for operation, name in (
            (access.getSize, "UnknownError"),
            (lambda: access.write(b"x"), "InvalidStateError"),
            (lambda: access.truncate(1), "InvalidStateError"),
        ):
            with pytest.raises(DOMException) as caught:
                operation()
            assert caught.value.name == name

    async def test_the_quota_is_counted(self, bucket: Place) -> None:
        bucket.host.record(StorageShed).quota = 10_000
        access = await (await bucket.file("a")).createSyncAccessHandle()
        assert access.write(bytes(8_000)) == 8_000
        for operation in (
            lambda: access.write(bytes(8_000)),
            lambda: access.truncate(20_000),
            lambda: access.write(b"x", at=2**53 - 1),
            lambda: access.write(b"", at=2**53 - 1),
        ):
            with pytest.raises(QuotaExceededError):
                operation()
        assert access.getSize() == 8_000
        assert access.write(bytes(8_000), at=0) == 8_000

    async def test_usage_has_the_bytes_of_files(self, bucket: Place) -> None:
        from worker_runtime import navigator

        before = (await navigator.storage.estimate()).usage
        await bucket.file("a", "x" * 100_000)
        usage = (await navigator.storage.estimate()).usage
        assert 100_000 <= usage - before < 101_000


@spec("https://fs.spec.whatwg.org/#create-a-new-filesystemsyncaccesshandle")
class TestCreateANewFileSystemSyncAccessHandle:
    async def test_begins_at_the_beginning(self, bucket: Place) -> None:
        access = await (await bucket.file("a", "text")).createSyncAccessHandle()
        assert (access._cursor, access._has_written) == (0, False)


@spec("https://webidl.spec.whatwg.org/#dfn-buffer-source-type")
class TestBytesView:
    def test_is_of_the_bytes_themselves(self) -> None:
        words = array("H", [0])
        bytes_view(words, writable=True)[0] = 1
        assert words[0] in (1, 256)

    def test_a_buffer_that_is_released_has_none(self) -> None:
        view = memoryview(bytearray(2))
        view.release()
        assert len(bytes_view(view, writable=True)) == 0

    def test_one_in_pieces_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="in one piece"):
            bytes_view(memoryview(bytearray(4))[::2], writable=True)


@spec(
    "https://fs.spec.whatwg.org/#dom-filesystemsyncaccesshandle-write-buffer-filesystemreadwriteoptions-options"
)
class TestExceptionOfAWrite:
    def test_a_disk_that_fails_is_an_invalid_state_error(self) -> None:
        exception = exception_of_a_write(OSError(errno.EIO, "Input/output error"))
        assert isinstance(exception, DOMException) and exception.name == "InvalidStateError"
        assert isinstance(exception_of_a_write(OSError(errno.ENOSPC, "")), QuotaExceededError)
