"""File System Standard, 2.4: the FileSystemDirectoryHandle interface."""

from __future__ import annotations

import pytest

from spec_tests.fs.places import Place, error_of, file_in, names_in
from worker_runtime import FileSystemDirectoryHandle, FileSystemFileHandle
from worker_runtime.fs.file_system_directory_handle import (
    children_of,
    create_a_child_file_system_directory_handle,
    create_a_new_file_system_directory_handle,
    get_an_entry,
)

spec = pytest.mark.spec

NAMES_THAT_ARE_NONE = ["", ".", "..", "a/b", "a\\b", "a\0", "x" * 256]


@spec("https://fs.spec.whatwg.org/#filesystemdirectoryhandle")
class TestFileSystemDirectoryHandle:
    @spec("https://fs.spec.whatwg.org/#dom-filesystemdirectoryhandle-getfilehandle")
    @spec("https://fs.spec.whatwg.org/#dictdef-filesystemgetfileoptions")
    async def test_get_file_handle(self, place: Place) -> None:
        root = await place.root()
        await root.getDirectoryHandle("d", create=True)
        assert await error_of(root.getFileHandle("a")) == "NotFoundError"
        assert await error_of(root.getFileHandle("d")) == "TypeMismatchError"
        assert await error_of(root.getFileHandle("d", create=True)) == "TypeMismatchError"
        handle = await root.getFileHandle("a", {"create": True})
        assert isinstance(handle, FileSystemFileHandle)
        assert await handle.isSameEntry(await root.getFileHandle("a", create=True))
        assert await names_in(root) == ["a", "d"]

    @spec("https://fs.spec.whatwg.org/#dom-filesystemdirectoryhandle-getdirectoryhandle")
    @spec("https://fs.spec.whatwg.org/#dictdef-filesystemgetdirectoryoptions")
    async def test_get_directory_handle(self, place: Place) -> None:
        root = await place.root()
        await place.file("a")
        assert await error_of(root.getDirectoryHandle("d")) == "NotFoundError"
        assert await error_of(root.getDirectoryHandle("a")) == "TypeMismatchError"
        assert await error_of(root.getDirectoryHandle("a", create=True)) == "TypeMismatchError"
        handle = await root.getDirectoryHandle("d", create=True)
        assert isinstance(handle, FileSystemDirectoryHandle)
        await file_in(handle, "x")
        assert await names_in(await root.getDirectoryHandle("d", create=True)) == ["x"]

    @pytest.mark.parametrize("name", NAMES_THAT_ARE_NONE)
    async def test_a_name_that_is_none_is_a_type_error(self, place: Place, name: str) -> None:
        root = await place.root()
        for promise in (
            root.getFileHandle(name),
            root.getFileHandle(name, create=True),
            root.getDirectoryHandle(name),
            root.getDirectoryHandle(name, create=True),
            root.removeEntry(name),
            root.removeEntry(name, recursive=True),
        ):
            assert await error_of(promise) == "TypeError"

    async def test_names_may_have_any_other_character(self, place: Place) -> None:
        root = await place.root()
        names = sorted([" ", "~", "a b", "ä", "日本", "😀", "%2e%2e", "-", "a:b*?", "\n", "..."])
        for name in names:
            await file_in(root, name, name)
        assert await names_in(root) == names

    @spec("https://fs.spec.whatwg.org/#dom-filesystemdirectoryhandle-removeentry")
    @spec("https://fs.spec.whatwg.org/#dictdef-filesystemremoveoptions")
    async def test_remove_entry(self, place: Place) -> None:
        root = await place.root()
        await place.file("a")
        directory = await root.getDirectoryHandle("d", create=True)
        inner = await directory.getDirectoryHandle("e", create=True)
        file = await file_in(inner, "x", "text")
        await root.removeEntry("a")
        assert await error_of(root.removeEntry("a")) == "NotFoundError"
        assert await error_of(root.removeEntry("d")) == "InvalidModificationError"
        await root.removeEntry("d", recursive=True)
        assert await names_in(root) == []
        assert await error_of(file.getFile()) == "NotFoundError"
        assert await error_of(inner.getFileHandle("y", create=True)) == "NotFoundError"
        assert await error_of(names_in(directory)) == "NotFoundError"
        again = await root.getDirectoryHandle("d", create=True)
        assert await names_in(again) == []

    async def test_an_empty_directory_needs_no_recursion(self, place: Place) -> None:
        root = await place.root()
        await root.getDirectoryHandle("d", create=True)
        await root.removeEntry("d")
        assert await names_in(root) == []

    async def test_what_is_in_use_is_not_removed(self, place: Place) -> None:
        root = await place.root()
        directory = await root.getDirectoryHandle("d", create=True)
        stream = await (await file_in(directory, "x")).createWritable()
        for promise in (
            directory.removeEntry("x"),
            root.removeEntry("d", recursive=True),
            root.removeEntry("d"),
        ):
            assert await error_of(promise) == "NoModificationAllowedError"
        await stream.close()
        await root.removeEntry("d", recursive=True)

    @spec("https://fs.spec.whatwg.org/#dom-filesystemdirectoryhandle-resolve")
    async def test_resolve(self, place: Place) -> None:
        root = await place.root()
        directory = await root.getDirectoryHandle("d", create=True)
        file = await file_in(directory, "x")
        assert await root.resolve(file) == ["d", "x"]
        assert await root.resolve(root) == []
        assert await directory.resolve(root) is None
        assert await error_of(root.resolve("x")) == "TypeError"  # type: ignore[arg-type]


@spec("https://fs.spec.whatwg.org/#api-filesystemdirectoryhandle-asynciterable")
class TestDirectoryIteration:
    async def test_is_over_names_and_handles(self, place: Place) -> None:
        root = await place.root()
        await place.file("a")
        await root.getDirectoryHandle("d", create=True)
        entries = {name: handle async for name, handle in root}
        assert {name: handle.kind for name, handle in entries.items()} == {
            "a": "file",
            "d": "directory",
        }
        assert sorted([name async for name, _ in root.entries()]) == ["a", "d"]
        assert sorted([handle.name async for handle in root.values()]) == ["a", "d"]
        assert await entries["a"].isSameEntry(await root.getFileHandle("a"))

    async def test_may_be_left_and_begun_again(self, place: Place) -> None:
        root = await place.root()
        for name in ("a", "b", "c"):
            await place.file(name)
        async for _ in root:
            break
        iterator = root.keys()
        await anext(iterator)
        await iterator.return_()
        assert await error_of(anext(iterator)) == "StopAsyncIteration"
        assert await names_in(root) == ["a", "b", "c"]

    async def test_what_it_gives_may_be_removed(self, place: Place) -> None:
        root = await place.root()
        for number in range(20):
            await place.file(str(number))
        async for name in root.keys():
            await root.removeEntry(name)
        assert await names_in(root) == []

    async def test_has_what_was_there_when_it_began(self, place: Place) -> None:
        root = await place.root()
        directory = await root.getDirectoryHandle("d", create=True)
        for name in ("a", "b"):
            await directory.getFileHandle(name, create=True)
        iterator = directory.keys()
        names = [await anext(iterator)]
        await root.removeEntry("d", recursive=True)
        names += [name async for name in iterator]
        assert sorted(names) == ["a", "b"]
        assert await error_of(anext(directory.keys())) == "NotFoundError"

    async def test_children_of_what_is_no_directory_are_not_found(self, place: Place) -> None:
        locator = (await place.root())._locator.child("d", "directory")
        assert await error_of(children_of(locator)) == "NotFoundError"


@spec("https://fs.spec.whatwg.org/#dom-filesystemdirectoryhandle-getfilehandle")
class TestGetAnEntry:
    async def test_two_may_make_the_same(self, place: Place) -> None:
        locator = (await place.root())._locator
        for _ in range(2):
            await get_an_entry(locator, "a", "file", create=True)
        assert await error_of(get_an_entry(locator, "b", "file", create=False)) == "NotFoundError"


@spec("https://fs.spec.whatwg.org/#creating-a-child-filesystemdirectoryhandle")
class TestCreateAChildFileSystemDirectoryHandle:
    async def test_refers_to_a_directory_of_the_directory(self, place: Place) -> None:
        root = await place.root()
        handle = create_a_child_file_system_directory_handle(root._locator, "d")
        assert (handle.kind, await root.resolve(handle)) == ("directory", ["d"])


@spec("https://fs.spec.whatwg.org/#creating-a-new-filesystemdirectoryhandle")
class TestCreateANewFileSystemDirectoryHandle:
    async def test_refers_to_that_path(self, place: Place) -> None:
        root = (await place.root())._locator
        handle = create_a_new_file_system_directory_handle(root.root, (*root.path, "a", "b"))
        assert await (await place.root()).resolve(handle) == ["a", "b"]
