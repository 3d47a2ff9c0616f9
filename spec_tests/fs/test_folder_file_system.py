"""Folders of the operator, as directories of a worker."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from spec_tests.fs.fake_folders import (
    FULL_DISK,
    READ_ONLY_DISK,
    failing_folder,
    folder_of_windows,
    slow_folder,
)
from spec_tests.fs.places import Place, error_of, file_in, names_in, text_of
from spec_tests.host.path_attacks import NO_NAMES, STRANGE_NAMES, WINDOWS_NAMES, stays_in_the_test
from worker_runtime import FileSystemDirectoryHandle
from worker_runtime.fs.folder_bindings import directory_of_a_folder
from worker_runtime.fs.folder_file_system import FolderFileSystem, FoldersOfAHost
from worker_runtime.host.folders import Folder
from worker_runtime.webidl.exceptions import DOMException

spec = pytest.mark.spec


def all_that_a_name_may_be_used_for(
    root: FileSystemDirectoryHandle, path: Path | None, handle: Any, name: str
) -> list[Any]:
    looks = [root.getFileHandle(name), root.getDirectoryHandle(name)]
    if path is not None and not stays_in_the_test(path, name):
        return looks
    return [
        *looks,
        root.getFileHandle(name, create=True),
        root.getDirectoryHandle(name, create=True),
        root.removeEntry(name),
        root.removeEntry(name, recursive=True),
        handle.move(name),
        handle.move(root, name),
    ]


@spec("SPEC_NOTES.md#folder-file-system")
class TestNames:
    async def test_what_is_no_name_is_refused(self, place: Place) -> None:
        root, handle = await place.root(), await place.file("file", "text")
        for name in NO_NAMES:
            for promise in all_that_a_name_may_be_used_for(root, place.path, handle, name):
                assert await error_of(promise) == "TypeError", ascii(name)
        assert await names_in(root) == ["file"]

    async def test_a_strange_name_is_kept_inside(self, place: Place, tmp_path: Path) -> None:
        root = await place.root()
        before = sorted(path.name for path in tmp_path.iterdir())
        for name in STRANGE_NAMES:
            handle = await file_in(root, name, "text")
            assert (handle.name, await names_in(root)) == (name, [name])
            assert await text_of(await root.getFileHandle(name)) == "text"
            if place.path is not None:
                assert [path.name for path in place.path.iterdir()] == [name]
                assert (place.path / name).read_text() == "text"
            await root.removeEntry(name)
            assert sorted(path.name for path in tmp_path.iterdir()) == before, ascii(name)

    async def test_names_of_devices_are_refused_where_they_mean_something(
        self, folder: Place
    ) -> None:
        assert folder.path is not None
        root = directory_of_a_folder(folder.host, "W", folder_of_windows(folder.path))
        handle = await file_in(root, "file")
        for name in WINDOWS_NAMES:
            for promise in all_that_a_name_may_be_used_for(root, folder.path, handle, name):
                assert await error_of(promise) == "TypeError", ascii(name)
        assert await names_in(root) == ["file"]

    async def test_a_name_that_the_disk_refuses_is_a_type_error(self, folder: Place) -> None:
        assert folder.path is not None
        failures = {"make_file": errno.ENAMETOOLONG, "look": errno.EILSEQ}
        root = directory_of_a_folder(folder.host, "X", failing_folder(folder.path, failures))
        assert await error_of(root.getFileHandle("a")) == "TypeError"


@spec("SPEC_NOTES.md#folder-file-system")
@pytest.mark.skipif(os.name != "posix", reason="links are those of POSIX")
class TestLinks:
    @pytest.fixture
    def links(self, folder: Place, tmp_path: Path) -> Place:
        assert folder.path is not None
        outside = tmp_path / "outside"
        outside.mkdir()
        (outside / "secret").write_text("secret")
        (folder.path / "file").write_text("text")
        (folder.path / "d").mkdir()
        for name, target in {
            "out": outside, "up": Path(".."), "file-out": outside / "secret", "inside": Path("d"),
            "file-inside": Path("file"), "loop": Path("loop"), "broken": Path("nowhere"),
        }.items():  # fmt: skip
            (folder.path / name).symlink_to(target)
        os.mkfifo(folder.path / "pipe")
        return folder

    async def test_they_are_not_listed(self, links: Place) -> None:
        assert await names_in(await links.root()) == ["d", "file"]

    @pytest.mark.parametrize(
        "name",
        ["out", "up", "file-out", "inside", "file-inside", "loop", "broken", "pipe"],
    )
    async def test_they_are_neither_files_nor_directories(self, links: Place, name: str) -> None:
        root = await links.root()
        handle = await root.getFileHandle("file")
        for promise in all_that_a_name_may_be_used_for(root, links.path, handle, name):
            assert await error_of(promise) == "TypeMismatchError"
        assert links.path is not None and os.path.lexists(links.path / name)

    async def test_one_in_the_place_of_a_directory_leads_nowhere(
        self, links: Place, tmp_path: Path
    ) -> None:
        assert links.path is not None
        root = await links.root()
        directory = await root.getDirectoryHandle("d")
        file = await file_in(directory, "secret", "mine")
        stream = await file.createWritable()
        await stream.write("x" * 10)
        snapshot = await file.getFile()
        (links.path / "d").rename(links.path / "e")
        (links.path / "d").symlink_to(tmp_path / "outside")
        for promise in (
            directory.getFileHandle("secret"),
            directory.getFileHandle("new", create=True),
            directory.removeEntry("secret"),
            names_in(directory),
            file.getFile(),
            file.createWritable(),
            snapshot.text(),
            file.move("other"),
        ):
            assert await error_of(promise) in ("NotFoundError", "TypeMismatchError")
        await stream.close()  # into the directory that it began in
        assert (links.path / "e" / "secret").read_text() == "x" * 10
        assert [path.name for path in (tmp_path / "outside").iterdir()] == ["secret"]
        assert (tmp_path / "outside" / "secret").read_text() == "secret"


@spec("SPEC_NOTES.md#folder-file-system")
class TestFolderFileSystem:
    async def test_what_others_do_is_seen_at_once(self, folder: Place) -> None:
        assert folder.path is not None
        root = await folder.root()
        (folder.path / "a").write_text("other")
        handle = await root.getFileHandle("a")
        assert await text_of(handle) == "other"
        (folder.path / "a").unlink()
        assert await error_of(handle.getFile()) == "NotFoundError"
        assert await names_in(root) == []

    async def test_a_folder_that_is_read_only(self, folder: Place) -> None:
        assert folder.path is not None
        (folder.path / "a").write_text("text")
        (folder.path / "d").mkdir()
        root = directory_of_a_folder(folder.host, "R", folder.path, is_read_only=True)
        handle = await root.getFileHandle("a")
        for promise in (
            root.getFileHandle("a", create=True),
            root.getDirectoryHandle("d", create=True),
            root.getFileHandle("b", create=True),
            root.removeEntry("a"),
            handle.createWritable(),
            handle.createSyncAccessHandle(),
            handle.remove(),
            handle.move("b"),
        ):
            assert await error_of(promise) == "NotAllowedError"
        assert await text_of(handle) == "text"
        assert await names_in(root) == ["a", "d"]

    async def test_a_full_disk(self, folder: Place) -> None:
        assert folder.path is not None
        (folder.path / "a").write_text("text")
        root = directory_of_a_folder(folder.host, "X", failing_folder(folder.path, FULL_DISK))
        handle = await root.getFileHandle("a")
        for promise in (
            root.getFileHandle("b", create=True),
            root.getDirectoryHandle("b", create=True),
            handle.createWritable(),
        ):
            assert await error_of(promise) == "QuotaExceededError"
        assert await text_of(handle) == "text"

    async def test_a_disk_that_becomes_full_while_it_is_written(
        self, folder: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        handle = await folder.file("a", "text")
        stream = await handle.createWritable(mode="exclusive")

        def pwrite(*args: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "pwrite", pwrite)
        await stream.write("more")
        assert await error_of(stream.close()) == "QuotaExceededError"
        monkeypatch.undo()
        assert await text_of(handle) == "text"
        await (await handle.createWritable(mode="exclusive")).abort()
        assert folder.path is not None
        assert [path.name for path in folder.path.iterdir()] == ["a"]

    async def test_a_disk_that_may_only_be_read(self, folder: Place) -> None:
        assert folder.path is not None
        (folder.path / "a").write_text("text")
        root = directory_of_a_folder(folder.host, "X", failing_folder(folder.path, READ_ONLY_DISK))
        handle = await root.getFileHandle("a")
        for operation in (
            lambda: root.getFileHandle("b", create=True),
            handle.createWritable,
            handle.remove,
            lambda: handle.move("b"),
        ):
            assert await error_of(operation()) == "NotAllowedError"
        assert await text_of(handle) == "text"

    async def test_permission_that_is_taken_away(self, folder: Place) -> None:
        assert folder.path is not None
        (folder.path / "a").write_text("text")
        failures: dict[str, int] = {}
        root = directory_of_a_folder(folder.host, "X", failing_folder(folder.path, failures))
        handle = await root.getFileHandle("a")
        file = await handle.getFile()
        failures |= dict.fromkeys(["look", "children", "open"], errno.EACCES)
        assert await error_of(handle.getFile()) == "NotAllowedError"
        assert await error_of(names_in(root)) == "NotAllowedError"
        with pytest.raises(DOMException) as caught:
            await file.text()
        assert caught.value.name == "NotReadableError"
        assert "/secret/place" not in caught.value.message
        failures.clear()
        assert await file.text() == "text"

    @pytest.mark.parametrize("number", [errno.EIO, errno.EMFILE])
    async def test_a_disk_that_fails_is_an_unknown_error(self, folder: Place, number: int) -> None:
        assert folder.path is not None
        failures = {"look": number}
        root = directory_of_a_folder(folder.host, "X", failing_folder(folder.path, failures))
        promise = root.getFileHandle("a")
        assert await error_of(promise) == "UnknownError"
        with pytest.raises(Exception) as caught:
            await promise
        assert "/secret/place" not in str(caught.value)

    async def test_a_disk_that_hangs_holds_up_nothing_else(
        self, folder: Place, disk: Place
    ) -> None:
        assert folder.path is not None
        goes_on = Event()
        (folder.path / "a").write_text("text")
        slow = directory_of_a_folder(folder.host, "S", slow_folder(folder.path, goes_on))
        got: list[str] = []
        promises = [
            slow.getFileHandle("a").then(lambda handle: got.append(handle.name)) for _ in range(20)
        ]
        other = directory_of_a_folder(folder.host, "F", folder.path)
        assert await text_of(await other.getFileHandle("a")) == "text"
        assert await text_of(await disk.file("b", "stored")) == "stored"
        assert got == []
        goes_on.set()
        for promise in promises:
            await promise
        assert got == ["a"] * 20

    async def test_a_scope_may_end_while_a_disk_hangs(self, folder: Place) -> None:
        assert folder.path is not None
        goes_on = Event()
        (folder.path / "a").write_text("text")
        slow = directory_of_a_folder(folder.host, "S", slow_folder(folder.path, goes_on))
        promise = slow.getFileHandle("a")
        folder.scope.closing = True
        goes_on.set()
        assert (await promise).name == "a"

    async def test_case_and_spelling_are_the_folders_affair(self, folder: Place) -> None:
        assert folder.path is not None
        (folder.path / "A").write_text("A")
        knows_case = not (folder.path / "a").exists()
        root = await folder.root()
        assert await error_of(root.getFileHandle("a")) == (
            "NotFoundError" if knows_case else "none"
        )
        handle = await root.getFileHandle("A")
        other = await root.getFileHandle("a", create=True)
        assert not await handle.isSameEntry(other)
        stream = await handle.createWritable(mode="exclusive")
        assert await error_of(other.createWritable()) == "NoModificationAllowedError"
        await stream.abort()

    async def test_a_name_may_become_another_spelling(self, folder: Place) -> None:
        root, handle = await folder.root(), await folder.file("readme", "text")
        await handle.move("README")
        assert await names_in(root) == ["README"]
        assert await text_of(handle) == "text"
        assert root._locator.root.locks.taken == {}

    async def test_a_name_with_a_backslash_is_not_listed(self, folder: Place) -> None:
        assert folder.path is not None
        (folder.path / "a\\b").write_text("x")
        assert await names_in(await folder.root()) == []


@spec("SPEC_NOTES.md#folders-of-a-host")
class TestFoldersOfAHost:
    async def test_knows_the_folders_by_their_names(self, folder: Place) -> None:
        root = await folder.root()
        assert folder.host.record(FoldersOfAHost) == {"folder F": root._locator.root}


@spec("SPEC_NOTES.md#folder-entry")
class TestFolderTree:
    async def test_ids_are_those_of_places(self, folder: Place) -> None:
        root = await folder.root()
        file_system = root._locator.root
        assert isinstance(file_system, FolderFileSystem)
        await file_in(root, "a")
        ids = [
            await file_system.perform(lambda tree: (entry := tree.locate(names)) and entry.id)
            for names in ((), ("a",), ("b",))
        ]
        assert ids[0] != ids[1] and ids[2] is None

    async def test_two_processes_may_make_the_same(self, folder: Place) -> None:
        assert folder.path is not None
        path = folder.path
        made: list[object] = []

        class Racing:
            """Somebody else makes the entry between the look and the making."""

            def __getattr__(self, name: str) -> Any:
                def perform(*args: Any) -> Any:
                    if name in ("make_file", "make_directory") and not made:
                        made.append(name)
                        real.make_file(args[0])
                    return getattr(real, name)(*args)

                return perform

        from worker_runtime.host.folders import folder_at

        real = folder_at(path)
        racing: Folder = Racing()
        root = directory_of_a_folder(folder.host, "X", racing)
        assert (await root.getFileHandle("a", create=True)).kind == "file"
        made.clear()
        assert await error_of(root.getDirectoryHandle("b", create=True)) == "TypeMismatchError"


@spec("https://w3c.github.io/FileAPI/#snapshot-state")
class TestFolderFileState:
    async def test_reading_follows_no_link_that_came_later(
        self, folder: Place, tmp_path: Path
    ) -> None:
        assert folder.path is not None
        file = await (await folder.file("a", "text")).getFile()
        (tmp_path / "secret").write_text("text")
        (folder.path / "a").unlink()
        (folder.path / "a").symlink_to(tmp_path / "secret")
        assert await error_of(file.text()) == "NotReadableError"


@spec("https://fs.spec.whatwg.org/#filesystemwritablefilestream-buffer")
class TestFolderFileBuffer:
    async def test_has_what_was_there_if_that_is_asked_for(self, folder: Place) -> None:
        locator = (await folder.file("a", "text"))._locator
        for keep, size in ((True, 4), (False, 0)):
            buffer = await locator.root.open_buffer(locator.names, keep)
            assert buffer.initial_size == buffer.file.size() == size
            buffer.discard()
