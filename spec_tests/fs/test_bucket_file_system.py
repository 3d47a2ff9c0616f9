"""File System Standard, 3: the files and directories of a scope, in its storage."""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from spec_tests.fakes import running_in
from spec_tests.fs.places import Place, error_of, file_in, names_in, text_of
from spec_tests.storage.fake_storages import BusyStorage, FailingStorage, SlowStorage
from worker_runtime import navigator
from worker_runtime.fs.bucket_file_system import (
    IN_USE,
    NO_CONTENT,
    BucketEntry,
    BucketFileSystem,
    BucketTree,
    entry_of,
    key_of,
    new_id,
    now_in_milliseconds,
)
from worker_runtime.host.host import Host
from worker_runtime.host.storage.backend import StorageError
from worker_runtime.host.storage.sqlite import storage_in
from worker_runtime.html.settings_objects import EnvironmentSettingsObject
from worker_runtime.storage.storage_sheds import StorageShed

spec = pytest.mark.spec


async def file_system_of(place: Place) -> BucketFileSystem:
    file_system = (await place.root())._locator.root
    assert isinstance(file_system, BucketFileSystem)
    return file_system


def contents_on_disk(folder: Path) -> list[Path]:
    return [path for path in folder.glob("storage/storage.files/*/*")]


@spec("https://fs.spec.whatwg.org/#entry")
class TestEntryOf:
    @pytest.mark.parametrize(
        "entry",
        [
            BucketEntry("directory", "0" * 32),
            BucketEntry("file", "1" * 32, "2" * 32, 1_700_000_000_000),
            BucketEntry("file", "1" * 32),
        ],
    )
    def test_is_the_entry_that_was_stored(self, entry: BucketEntry) -> None:
        assert entry_of(entry.data) == entry

    @pytest.mark.parametrize("data", [b"", b"f 1", b"d", b"f 1 2 x", b"l 1", b"\xff"])
    def test_of_anything_else_the_storage_is_damaged(self, data: bytes) -> None:
        with pytest.raises(StorageError, match="damaged"):
            entry_of(data)


@spec("https://fs.spec.whatwg.org/#origin-private-file-system")
class TestBucketFileSystem:
    async def test_is_there_for_the_next_process(self, tmp_path: Path) -> None:
        for text in ("", "first", "second"):
            storage = storage_in(tmp_path / "storage")
            with running_in(EnvironmentSettingsObject(Host(storage=storage))):
                root = await navigator.storage.getDirectory()
                handle = await root.getFileHandle("a", create=True)
                assert await text_of(handle) == text
                next_text = {"": "first", "first": "second", "second": ""}[text]
                stream = await handle.createWritable()
                await stream.write(next_text)
                await stream.close()
            storage.close()

    async def test_contents_are_the_owners_alone(self, disk: Place, tmp_path: Path) -> None:
        await disk.file("a", "text")
        (content,) = contents_on_disk(tmp_path)
        assert stat.S_IMODE(content.stat().st_mode) == 0o600
        assert stat.S_IMODE(content.parent.stat().st_mode) == 0o700
        assert content.read_text() == "text"

    async def test_what_is_replaced_or_removed_leaves_nothing(
        self, disk: Place, tmp_path: Path
    ) -> None:
        root = await disk.root()
        directory = await root.getDirectoryHandle("d", create=True)
        for name in ("a", "b"):
            file = await file_in(directory, name, "one")
            await file_in(directory, name, "two")
        assert len(contents_on_disk(tmp_path)) == 2
        await file.move("a")
        assert len(contents_on_disk(tmp_path)) == 1
        await root.removeEntry("d", recursive=True)
        assert contents_on_disk(tmp_path) == []
        stream = await (await disk.file("c")).createWritable()
        await stream.write("x")
        await stream.abort()
        assert contents_on_disk(tmp_path) == []

    async def test_what_a_dead_process_has_left_is_removed(
        self, disk: Place, tmp_path: Path
    ) -> None:
        file_system = await file_system_of(disk)
        await disk.file("kept", "text")
        for name in ("a" * 32, "b" * 32):
            file_system.contents.create(file_system.group, name).close()
        file_system.contents.claim("b" * 32, IN_USE)  # as of a stream that is open
        another = BucketFileSystem(file_system.map.bottle)
        await another.perform(lambda tree: None, writes=True)
        assert {path.name for path in contents_on_disk(tmp_path)} >= {"b" * 32}
        assert len(contents_on_disk(tmp_path)) == 2
        assert await text_of(await disk.file("kept")) == "text"

    async def test_two_hosts_of_one_storage_share_its_locks(self, bucket: Place) -> None:
        handle = await bucket.file("a")
        stream = await handle.createWritable(mode="exclusive")
        with running_in(EnvironmentSettingsObject(Host(storage=bucket.host.storage))):
            other = await (await navigator.storage.getDirectory()).getFileHandle("a")
            assert await error_of(other.createWritable()) == "NoModificationAllowedError"
        await stream.close()

    async def test_what_was_undone_deletes_nothing(self, disk: Place) -> None:
        handle = await disk.file("a", "text")
        file_system, attempts = await file_system_of(disk), list[int]()

        def steps(tree: BucketTree) -> None:
            attempts.append(1)
            if len(attempts) == 1:
                entry = tree.locate(("a",))
                assert entry is not None
                tree.drop(entry.content)
            tree.begin_to_use_contents()  # which is not done on the loop

        await file_system.perform_in_a_bucket(steps, writes=True)
        assert len(attempts) == 2
        assert await text_of(handle) == "text"

    async def test_contents_that_were_deleted_beneath_are_not_readable(
        self, disk: Place, tmp_path: Path
    ) -> None:
        handle = await disk.file("a", "text")
        file = await handle.getFile()
        (content,) = contents_on_disk(tmp_path)
        content.unlink()
        assert await error_of(file.text()) == "NotReadableError"
        assert await error_of(handle.getFile()) == "NotFoundError"
        assert await error_of(handle.createWritable(keepExistingData=True)) == "NotFoundError"
        stream = await handle.createWritable()
        await stream.write("again")
        await stream.close()
        assert await text_of(handle) == "again"

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may do anything")
    async def test_a_folder_without_permission_is_an_error(
        self, disk: Place, tmp_path: Path
    ) -> None:
        handle = await disk.file("a", "text")
        folder = contents_on_disk(tmp_path)[0].parent
        folder.chmod(0o500)
        try:
            assert await error_of(handle.createWritable()) == "NotAllowedError"
        finally:
            folder.chmod(0o700)
        assert await error_of(handle.createWritable()) == "none"


@spec("https://fs.spec.whatwg.org/#origin-private-file-system")
class TestBadStorage:
    async def test_a_full_one_is_a_quota_exceeded_error(self) -> None:
        storage = FailingStorage()
        with running_in(EnvironmentSettingsObject(Host(storage=storage))):
            root = await navigator.storage.getDirectory()
            handle = await file_in(root, "a", "text")
            stream = await handle.createWritable()
            await stream.write("other")
            storage.fails = True
            assert await error_of(stream.close()) == "QuotaExceededError"
            assert await error_of(root.getFileHandle("b", create=True)) == "QuotaExceededError"
            assert await error_of(handle.remove()) == "QuotaExceededError"
            storage.fails = False
            assert await text_of(handle) == "text"
            assert await names_in(root) == ["a"]
            await file_in(root, "a", "other")
            assert storage.contents.names(b"fileSystem/").__len__() == 1

    async def test_one_that_fails_is_an_unknown_error(self) -> None:
        storage = FailingStorage(lambda: StorageError("broken"))
        with running_in(EnvironmentSettingsObject(Host(storage=storage))):
            root = await navigator.storage.getDirectory()
            storage.fails = True
            assert await error_of(root.getFileHandle("b", create=True)) == "UnknownError"

    async def test_a_slow_one_holds_up_nobody_else(self) -> None:
        storage = SlowStorage()
        with running_in(EnvironmentSettingsObject(Host(storage=storage))):
            getting = navigator.storage.getDirectory()
            await asyncio.sleep(0.01)
            storage.goes_on.set()
            handle = await file_in(await getting, "a", "text")
            assert await text_of(handle) == "text"

    async def test_steps_that_are_performed_twice_come_to_the_same(self) -> None:
        storage = BusyStorage()
        with running_in(EnvironmentSettingsObject(Host(storage=storage))):
            root = await navigator.storage.getDirectory()
            handle = await file_in(root, "a", "text")
            await file_in(root, "a", "other")
            assert await text_of(handle) == "other"
            await handle.move("b")
            await handle.remove()
            assert storage.refused_count > 0
            assert storage.contents.names(b"fileSystem/") == []


@spec("https://fs.spec.whatwg.org/#locating-an-entry")
class TestBucketTree:
    async def test_a_file_has_no_entries(self, bucket: Place) -> None:
        await bucket.file("a")
        file_system = await file_system_of(bucket)
        assert await file_system.perform(lambda tree: tree.locate(("a", "b"))) is None
        promise = file_system.perform(lambda tree: tree.children(("a",)))
        assert await error_of(promise) == "NotFoundError"

    async def test_another_process_that_uses_a_file_keeps_it(self, disk: Place) -> None:
        root = await disk.root()
        directory = await root.getDirectoryHandle("d", create=True)
        await file_in(directory, "a")
        await file_in(directory, "b")
        file_system = await file_system_of(disk)
        entry = file_system.entry_at_this_moment(("d", "b"))
        assert entry is not None
        file_system.contents.claim(entry.id, 0)
        promise = root.removeEntry("d", recursive=True)
        assert await error_of(promise) == "NoModificationAllowedError"
        assert await names_in(directory) == ["a", "b"]
        file_system.contents.release(entry.id, 0)
        await root.removeEntry("d", recursive=True)


@spec("https://w3c.github.io/FileAPI/#snapshot-state")
class TestBucketFileState:
    async def test_of_a_file_without_bytes_has_no_contents(self, bucket: Place) -> None:
        await bucket.file("a")
        state: Any = await (await file_system_of(bucket)).perform(
            lambda tree: tree.state_of_file(("a",))
        )
        assert (state.size, state.entry.content, state.snapshot_state) == (0, NO_CONTENT, state)


@spec("https://fs.spec.whatwg.org/#directory-entry-children")
class TestKeyOf:
    def test_no_directory_has_the_keys_of_another(self) -> None:
        assert key_of("1" * 32, "ä") == b"entry/" + b"1" * 32 + "/ä".encode()


@spec("SPEC_NOTES.md#get-unique-id")
class TestNewId:
    def test_is_a_uuid_of_the_host(self) -> None:
        assert len(new_id()) == 32
        assert new_id() != new_id()


@spec("https://fs.spec.whatwg.org/#file-entry-modification-timestamp")
class TestNowInMilliseconds:
    def test_is_of_the_clock_of_the_host(self, memory: Place) -> None:
        assert now_in_milliseconds() == int(memory.host.clock.wall() * 1000)


@spec("https://fs.spec.whatwg.org/#filesystemwritablefilestream-buffer")
class TestBucketFileBuffer:
    async def test_the_disk_has_the_bytes_before_an_entry_leads_to_them(
        self, disk: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        handle = await disk.file("a", "before")
        seen: list[str] = []
        file_system, fsync = await file_system_of(disk), os.fsync

        def look_and_flush(descriptor: int) -> None:
            entry = file_system.entry_at_this_moment(("a",))
            assert entry is not None
            content = file_system.open_content(entry.content)
            seen.append(content.read(0, 10).decode())
            content.close()
            fsync(descriptor)

        monkeypatch.setattr(os, "fsync", look_and_flush)
        stream = await handle.createWritable()
        await stream.write("after")
        await stream.close()
        assert seen == ["before"]
        assert await text_of(handle) == "after"

    async def test_is_discarded_once(self, bucket: Place) -> None:
        handle = await bucket.file("a", "text")
        buffer = await (await file_system_of(bucket)).open_buffer(("a",), False)
        buffer.discard()
        buffer.discard()
        assert await text_of(handle) == "text"
        assert bucket.host.record(StorageShed).quota > 0
