"""File System Standard, 2.3: the FileSystemFileHandle interface."""

from __future__ import annotations

import asyncio
import gc
import os
from typing import Any, Literal

import pytest

from spec_tests.fakes import running_worker
from spec_tests.fs.places import Place, error_of, text_of
from worker_runtime import URL, Response, fetch
from worker_runtime.fs.file_system_file_handle import (
    check_that_a_script_may_wait,
    create_a_child_file_system_file_handle,
)

spec = pytest.mark.spec


@spec("https://fs.spec.whatwg.org/#filesystemfilehandle")
class TestFileSystemFileHandle:
    @spec("https://fs.spec.whatwg.org/#dom-filesystemfilehandle-getfile")
    async def test_get_file_is_the_file_as_it_is(self, place: Place) -> None:
        file = await (await place.file("a.txt", "text")).getFile()
        assert (file.name, file.size, file.type) == ("a.txt", 4, "text/plain")
        assert await file.text() == "text"
        assert await file.slice(1, 3).text() == "ex"
        assert await file.arrayBuffer() == await file.bytes() == b"text"
        assert [chunk async for chunk in file.stream()] == [b"text"]

    async def test_an_empty_file_has_no_bytes(self, place: Place) -> None:
        file = await (await place.file("a")).getFile()
        assert (file.size, await file.text()) == (0, "")
        assert [chunk async for chunk in file.stream()] == []

    async def test_last_modified_is_by_the_clock_of_the_host(self, bucket: Place) -> None:
        clock: Any = bucket.host.clock
        handle = await bucket.file("a")
        before = (await handle.getFile()).lastModified
        assert before == int(clock.wall() * 1000)
        clock.advance(10)
        await (await handle.createWritable()).close()
        assert (await handle.getFile()).lastModified == before + 10_000

    async def test_last_modified_of_a_real_file_is_its_own(self, folder: Place) -> None:
        handle = await folder.file("a")
        assert folder.path is not None
        os.utime(folder.path / "a", (1_000, 2_000.5))
        assert (await handle.getFile()).lastModified == 2_000_500

    async def test_a_file_that_is_gone_is_not_found(self, place: Place) -> None:
        handle = await place.file("a", "text")
        file = await handle.getFile()
        await handle.remove()
        assert await error_of(handle.getFile()) == "NotFoundError"
        assert await error_of(file.text()) == "NotFoundError"

    async def test_a_file_that_has_changed_cannot_be_read(self, place: Place) -> None:
        handle = await place.file("a", "text")
        file = await handle.getFile()
        stream = await handle.createWritable()
        await stream.write("other")
        await stream.close()
        assert await error_of(file.text()) == "NotReadableError"
        assert await error_of(file.slice(0, 2).bytes()) == "NotReadableError"
        assert await text_of(handle) == "other"

    async def test_a_file_may_be_a_body(self, place: Place) -> None:
        text = "x" * 600_000
        file = await (await place.file("a.html", text)).getFile()
        response = Response(file)
        assert response.headers["Content-Type"] == "text/html"
        assert await response.text() == text
        url = URL.createObjectURL(file)
        response = await fetch(url, headers={"Range": "bytes=2-4"})
        assert (response.status, await response.text()) == (206, "xxx")

    async def test_a_clone_of_a_body_reads_it_again(self, place: Place) -> None:
        response = Response(await (await place.file("a", "text")).getFile())
        clone = response.clone()
        assert await response.text() == await clone.text() == "text"

    @spec("https://fs.spec.whatwg.org/#dom-filesystemfilehandle-createwritable")
    async def test_create_writable_begins_empty_or_with_what_is_there(self, place: Place) -> None:
        handle = await place.file("a", "1234")
        stream = await handle.createWritable(keepExistingData=True)
        await stream.write("x")
        assert await text_of(handle) == "1234"
        await stream.close()
        assert await text_of(handle) == "x234"
        stream = await handle.createWritable({"keepExistingData": False})
        await stream.write("y")
        await stream.close()
        assert await text_of(handle) == "y"

    @spec("https://fs.spec.whatwg.org/#dictdef-filesystemcreatewritableoptions")
    async def test_streams_are_siloed_or_exclusive(self, place: Place) -> None:
        handle = await place.file("a")
        one, other = await handle.createWritable(), await handle.createWritable()
        assert (one.mode, await error_of(handle.createWritable(mode="exclusive"))) == (
            "siloed",
            "NoModificationAllowedError",
        )
        await one.write("1")
        await other.write("2")
        await other.close()
        await one.close()
        assert await text_of(handle) == "1"
        stream = await handle.createWritable(mode="exclusive")
        assert stream.mode == "exclusive"
        assert await error_of(handle.createWritable()) == "NoModificationAllowedError"
        await stream.abort()
        await (await handle.createWritable()).close()
        mode: Any = "shared"
        assert await error_of(handle.createWritable(mode=mode)) == "TypeError"

    async def test_a_stream_that_nobody_holds_lets_go_of_its_lock(self, place: Place) -> None:
        handle = await place.file("a", "text")
        await handle.createWritable(mode="exclusive")
        await asyncio.sleep(0.01)  # it has started
        gc.collect()
        assert await error_of(handle.createWritable(mode="exclusive")) == "none"
        assert await text_of(handle) == "text"

    async def test_a_scope_that_ends_lets_go_of_its_locks(self, place: Place) -> None:
        handle = await place.file("a", "text")
        stream = await handle.createWritable(mode="exclusive")
        await stream.write("other")
        for steps in place.scope.closing_steps:
            steps()
        assert await error_of(handle.createWritable(mode="exclusive")) == "none"
        assert await error_of(stream.close()) == "InvalidStateError"
        assert await text_of(handle) == "text"

    async def test_what_is_not_there_cannot_be_written(self, place: Place) -> None:
        handle = await place.file("a")
        await handle.remove()
        assert await error_of(handle.createWritable()) == "NotFoundError"

    @spec("https://fs.spec.whatwg.org/#dom-filesystemfilehandle-createsyncaccesshandle")
    async def test_create_sync_access_handle_locks_the_file(self, bucket: Place) -> None:
        handle = await bucket.file("a", "text")
        access = await handle.createSyncAccessHandle()
        assert access.mode == "readwrite"
        for promise in (handle.createSyncAccessHandle(), handle.createWritable(), handle.remove()):
            assert await error_of(promise) == "NoModificationAllowedError"
        access.close()
        stream = await handle.createWritable()
        assert await error_of(handle.createSyncAccessHandle()) == "NoModificationAllowedError"
        await stream.close()

    @spec("SPEC_NOTES.md#modes-of-locks")
    @pytest.mark.parametrize("mode", ["read-only", "readwrite-unsafe"])
    async def test_handles_of_one_mode_share_the_lock(
        self, bucket: Place, mode: Literal["read-only", "readwrite-unsafe"]
    ) -> None:
        handle = await bucket.file("a", "text")
        one = await handle.createSyncAccessHandle(mode=mode)
        other = await handle.createSyncAccessHandle({"mode": mode})
        assert await error_of(handle.createSyncAccessHandle()) == "NoModificationAllowedError"
        one.close()
        assert await error_of(handle.createWritable()) == "NoModificationAllowedError"
        other.close()
        await (await handle.createWritable()).close()

    async def test_a_mode_that_there_is_not_is_a_type_error(self, bucket: Place) -> None:
        handle, mode = await bucket.file("a"), "write"
        promise = handle.createSyncAccessHandle(mode=mode)  # type: ignore[arg-type]
        assert await error_of(promise) == "TypeError"

    async def test_a_file_of_a_folder_has_no_access_handle(self, folder: Place) -> None:
        handle = await folder.file("a")
        assert await error_of(handle.createSyncAccessHandle()) == "InvalidStateError"

    async def test_an_access_handle_of_what_is_not_there_is_not_found(self, bucket: Place) -> None:
        handle = await bucket.file("a")
        await handle.remove()
        assert await error_of(handle.createSyncAccessHandle()) == "NotFoundError"


@spec("https://webidl.spec.whatwg.org/#dfn-exposed")
class TestCheckThatAScriptMayWait:
    def test_a_scope_that_answers_requests_may_not(self) -> None:
        check_that_a_script_may_wait()
        with running_worker(), pytest.raises(TypeError, match="dedicated workers alone"):
            check_that_a_script_may_wait()


@spec("https://fs.spec.whatwg.org/#creating-a-child-filesystemfilehandle")
class TestCreateAChildFileSystemFileHandle:
    async def test_refers_to_a_file_of_the_directory(self, place: Place) -> None:
        root = await place.root()
        handle = create_a_child_file_system_file_handle(root._locator, "a")
        assert await root.resolve(handle) == ["a"]
        assert handle.kind == "file"
