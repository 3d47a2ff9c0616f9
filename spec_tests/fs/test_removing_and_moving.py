"""Removing and moving entries, and their ids."""

from __future__ import annotations

import pytest

from spec_tests.fs.places import Place, error_of, file_in, names_in, text_of
from worker_runtime.fs.removing_and_moving import (
    another_task,
    exclusive_lock,
    get_a_unique_id,
    move_an_entry,
    remove_an_entry,
)

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#remove-an-entry")
class TestRemoveAnEntry:
    async def test_of_another_kind_is_not_found(self, place: Place) -> None:
        locator = (await place.file("a"))._locator
        promise = remove_an_entry(locator.root, locator.path, "directory", True)
        assert await error_of(promise) == "NotFoundError"
        await remove_an_entry(locator.root, locator.path, "file", True)
        assert await names_in(await place.root()) == []

    async def test_is_locked_until_it_is_removed(self, place: Place) -> None:
        handle = await place.file("a")
        removing = handle.remove()
        assert await error_of(handle.createWritable()) == "NoModificationAllowedError"
        await removing
        assert (await place.root())._locator.root.locks.taken == {}

    async def test_the_folder_of_a_binding_stays(self, folder: Place) -> None:
        root = await folder.root()
        await folder.file("a")
        assert await error_of(root.remove(recursive=True)) == "NotAllowedError"
        assert await names_in(root) == ["a"]


@spec("SPEC_NOTES.md#move-an-entry")
class TestMoveAnEntry:
    async def test_a_directory_moves_with_what_is_in_it(self, place: Place) -> None:
        root = await place.root()
        directory = await root.getDirectoryHandle("d", create=True)
        other = await root.getDirectoryHandle("e", create=True)
        await file_in(directory, "a", "text")
        await directory.move(other, "f")
        assert await root.resolve(directory) == ["e", "f"]
        assert await text_of(await directory.getFileHandle("a")) == "text"
        assert await names_in(root) == ["e"]

    async def test_not_into_itself(self, place: Place) -> None:
        root = await place.root()
        directory = await root.getDirectoryHandle("d", create=True)
        inner = await directory.getDirectoryHandle("e", create=True)
        assert await error_of(directory.move(inner)) == "InvalidModificationError"
        assert await error_of(directory.move(directory)) == "InvalidModificationError"
        assert await error_of(root.move("x")) == "InvalidModificationError"

    async def test_not_to_another_file_system(self, memory: Place, folder: Place) -> None:
        file, root = await memory.file("a"), await folder.root()
        assert await error_of(file.move(root)) == "NotSupportedError"

    @spec("SPEC_NOTES.md#new-place")
    async def test_a_file_replaces_a_file_alone(self, place: Place) -> None:
        root, file = await place.root(), await place.file("a", "a")
        await place.file("b", "b")
        directory = await root.getDirectoryHandle("d", create=True)
        await root.getDirectoryHandle("e", create=True)
        assert await error_of(file.move("d")) == "TypeMismatchError"
        assert await error_of(directory.move("b")) == "TypeMismatchError"
        assert await error_of(directory.move("e")) == "InvalidModificationError"
        await file.move("b")
        assert await names_in(root) == ["b", "d", "e"]
        assert await text_of(file) == "a"

    async def test_what_is_not_there_is_not_found(self, place: Place) -> None:
        root, file = await place.root(), await place.file("a")
        directory = await root.getDirectoryHandle("d", create=True)
        await directory.remove()
        assert await error_of(file.move(directory)) == "NotFoundError"
        await file.remove()
        assert await error_of(file.move("b")) == "NotFoundError"

    async def test_what_is_in_use_stays(self, place: Place) -> None:
        file, other = await place.file("a"), await place.file("b")
        stream = await other.createWritable()
        for promise in (file.move("b"), other.move("c")):
            assert await error_of(promise) == "NoModificationAllowedError"
        await stream.close()
        locator = await move_an_entry(other._locator, (await place.root())._locator, "c")
        assert locator.path[-1] == "c"
        assert locator.root.locks.taken == {}


@spec("SPEC_NOTES.md#get-unique-id")
class TestGetAUniqueId:
    async def test_of_what_is_not_there_is_not_found(self, place: Place) -> None:
        locator = (await place.root())._locator.child("a", "file")
        assert await error_of(get_a_unique_id(locator)) == "NotFoundError"


@spec("https://fs.spec.whatwg.org/#file-entry-lock-take")
class TestExclusiveLock:
    async def test_is_of_a_place_where_nothing_is_yet(self, place: Place) -> None:
        locator = (await place.root())._locator.child("a", "file")
        lock = exclusive_lock(locator.root, locator.path, None)
        handle = await place.file("a")
        assert await error_of(handle.createWritable()) == "NoModificationAllowedError"
        lock.release()
        await (await handle.createWritable()).close()


@spec("https://storage.spec.whatwg.org/#queue-a-storage-task")
class TestAnotherTask:
    async def test_comes_after_this_one(self, memory: Place) -> None:
        order = []
        promise = another_task().then(lambda _: order.append(2))
        order.append(1)
        await promise
        assert order == [1, 2]
