"""File System Standard, 2.1: what stands behind a root."""

from __future__ import annotations

import asyncio
import threading

import pytest

from spec_tests.fs.places import Place, error_of
from worker_runtime.fs.concepts import FileSystemAccessResult
from worker_runtime.fs.file_systems import (
    FileSystemQueue,
    Tree,
    check_access,
    copy,
    locate_an_entry,
)
from worker_runtime.host.open_files import MemoryContent, MemoryFile
from worker_runtime.webidl.exceptions import DOMException

spec = pytest.mark.spec


@spec("https://fs.spec.whatwg.org/#file-system-queue")
class TestFileSystemQueue:
    async def test_performs_steps_in_their_order_in_a_thread(self, memory: Place) -> None:
        queue, order = FileSystemQueue(False), list[int]()
        begin = threading.Event()

        def wait() -> int:
            begin.wait()
            order.append(1)
            return threading.get_ident()

        first, second = queue.perform(wait), queue.perform(lambda: order.append(2))
        begin.set()
        assert await first != threading.get_ident()
        await second
        assert order == [1, 2]

    async def test_where_nothing_waits_it_is_done_at_once(self, memory: Place) -> None:
        order: list[int] = []
        FileSystemQueue(True).perform(lambda: order.append(1))
        assert order == [1]

    @pytest.mark.parametrize("at_once", [True, False])
    async def test_an_error_of_the_disk_is_one_of_the_platform(
        self, memory: Place, at_once: bool
    ) -> None:
        def fail() -> None:
            raise FileNotFoundError(2, "No such file or directory")

        assert await error_of(FileSystemQueue(at_once).perform(fail)) == "NotFoundError"

    async def test_the_loop_goes_on_while_a_disk_hangs(self, memory: Place) -> None:
        goes_on = threading.Event()
        promise = FileSystemQueue(False).perform(goes_on.wait)
        await asyncio.sleep(0)
        goes_on.set()
        assert await promise


@spec("https://fs.spec.whatwg.org/#file-system-root")
class TestFileSystem:
    async def test_has_a_name_that_tells_buckets_from_folders(
        self, memory: Place, folder: Place
    ) -> None:
        assert (await memory.root())._locator.root.name == ""
        assert (await folder.root())._locator.root.name == "F"

    @spec("https://fs.spec.whatwg.org/#entry-query-access")
    async def test_query_access_is_granted_unless_it_is_to_be_read_only(self, place: Place) -> None:
        root = (await place.root())._locator.root
        assert root.query_access("readwrite") == ("granted", "")
        root.is_read_only = True
        assert root.query_access("read") == ("granted", "")
        assert root.query_access("readwrite") == ("denied", "NotAllowedError")

    @spec("https://fs.spec.whatwg.org/#entry-request-access")
    async def test_request_access_asks_nobody(self, place: Place) -> None:
        root = (await place.root())._locator.root
        root.is_read_only = True
        assert root.request_access("readwrite") == ("denied", "NotAllowedError")


@spec("https://fs.spec.whatwg.org/#file-system-access-result")
class TestCheckAccess:
    def test_raises_what_the_result_says(self) -> None:
        check_access(FileSystemAccessResult("granted"))
        with pytest.raises(DOMException) as caught:
            check_access(FileSystemAccessResult("denied", "NotAllowedError"))
        assert caught.value.name == "NotAllowedError"


@spec("https://fs.spec.whatwg.org/#locating-an-entry")
class TestLocateAnEntry:
    @spec("https://fs.spec.whatwg.org/#entry")
    async def test_finds_entries_of_the_kind(self, place: Place) -> None:
        handle = await place.file("a")
        root = (await place.root())._locator

        def locate(tree: Tree) -> list[object]:
            entries = [
                locate_an_entry(locator, tree)
                for locator in (root, handle._locator, root.child("a", "directory"))
            ]
            return [entry and entry.kind for entry in entries]

        assert await root.root.perform(locate) == ["directory", "file", None]


@spec("https://fs.spec.whatwg.org/#dom-filesystemfilehandle-createwritable")
class TestCopy:
    @pytest.mark.parametrize("size", [0, 10, 2**20, 2**20 + 1])
    def test_copies_every_byte(self, size: int) -> None:
        source, target = MemoryFile(MemoryContent()), MemoryFile(MemoryContent())
        source.write(0, memoryview(bytes(range(256)) * (size // 256 + 1))[:size])
        copy(source, target)
        assert target.size() == size
        assert target.read(0, size) == source.read(0, size)
