"""File System Standard, 2.2: the FileSystemHandle interface."""

from __future__ import annotations

from typing import Any

import pytest

from spec_tests.fakes import running_in
from spec_tests.fs.places import Place, error_of, names_in, text_of
from worker_runtime import (
    FileSystemDirectoryHandle,
    FileSystemFileHandle,
    FileSystemHandle,
    structuredClone,
)
from worker_runtime.fs.file_system_handle import (
    checked_name,
    file_system_with_the_id,
    is_in_a_bucket_file_system,
    serialized_origin,
    to_handle,
)
from worker_runtime.host.host import Host
from worker_runtime.html.settings_objects import EnvironmentSettingsObject
from worker_runtime.html.structured_data.byte_format_reading import record_from_bytes
from worker_runtime.html.structured_data.byte_format_writing import record_to_bytes
from worker_runtime.html.structured_data.structured_deserialize import structured_deserialize
from worker_runtime.html.structured_data.structured_serialize import (
    structured_serialize_for_storage,
)
from worker_runtime.url.origins import TupleOrigin
from worker_runtime.webidl.exceptions import DOMException

spec = pytest.mark.spec


@spec("https://fs.spec.whatwg.org/#filesystemhandle")
class TestFileSystemHandle:
    @pytest.mark.parametrize(
        "interface", [FileSystemHandle, FileSystemFileHandle, FileSystemDirectoryHandle]
    )
    def test_has_no_constructor(self, interface: Any) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            interface()

    @spec("https://fs.spec.whatwg.org/#dom-filesystemhandle-kind")
    @spec("https://fs.spec.whatwg.org/#dom-filesystemhandle-name")
    async def test_kind_and_name(self, place: Place) -> None:
        root, file = await place.root(), await place.file("a.txt")
        assert (file.kind, file.name) == ("file", "a.txt")
        assert root.kind == "directory"
        assert root.name == root._locator.root.name

    @spec("https://fs.spec.whatwg.org/#dom-filesystemhandle-issameentry")
    async def test_is_same_entry_compares_places(self, place: Place) -> None:
        root, file = await place.root(), await place.file("a")
        assert await file.isSameEntry(await root.getFileHandle("a"))
        assert not await file.isSameEntry(root)
        assert not await file.isSameEntry(await place.file("b"))
        assert await error_of(file.isSameEntry("a")) == "TypeError"  # type: ignore[arg-type]

    @spec("SPEC_NOTES.md#remove")
    async def test_remove_removes_its_own_entry(self, place: Place) -> None:
        root = await place.root()
        file = await place.file("a")
        directory = await root.getDirectoryHandle("d", create=True)
        await directory.getFileHandle("x", create=True)
        assert await error_of(directory.remove()) == "InvalidModificationError"
        await directory.remove(recursive=True)
        await file.remove()
        assert await names_in(root) == []
        assert await error_of(file.remove()) == "NotFoundError"
        assert await error_of(file.remove(again=True)) == "TypeError"  # type: ignore[call-arg]

    @spec("SPEC_NOTES.md#move")
    async def test_move_takes_a_name_a_directory_or_both(self, place: Place) -> None:
        root, file = await place.root(), await place.file("a", "text")
        directory = await root.getDirectoryHandle("d", create=True)
        await file.move("b")
        assert (file.name, await names_in(root)) == ("b", ["b", "d"])
        await file.move(directory)
        assert await root.resolve(file) == ["d", "b"]
        await file.move(root, "c")
        assert await root.resolve(file) == ["c"]
        assert await text_of(file) == "text"
        await file.move("c")
        assert await text_of(file) == "text"
        assert await error_of(file.move("..")) == "TypeError"
        assert await error_of(file.move(directory, "a/b")) == "TypeError"
        assert await error_of(directory.move(file)) == "TypeError"

    @spec("SPEC_NOTES.md#get-unique-id")
    async def test_get_unique_id_is_a_uuid_of_its_own(self, place: Place) -> None:
        root, a, b = await place.root(), await place.file("a", "x"), await place.file("b")
        ids = [await each.getUniqueId() for each in (root, a, b)]
        assert len(set(ids)) == 3
        assert all(
            id[14] == "4" and list(map(len, id.split("-"))) == [8, 4, 4, 4, 12] for id in ids
        )
        stream = await a.createWritable()
        await stream.close()
        assert await a.getUniqueId() == ids[1]
        await a.remove()
        assert await error_of(a.getUniqueId()) == "NotFoundError"

    async def test_an_id_stays_where_an_entry_of_a_bucket_is_moved(self, bucket: Place) -> None:
        file = await bucket.file("a")
        id = await file.getUniqueId()
        await file.move("b")
        assert await file.getUniqueId() == id

    async def test_shows_its_path(self, place: Place) -> None:
        assert repr(await place.file("a")).startswith("<FileSystemFileHandle '")


@spec("https://fs.spec.whatwg.org/#api-filesystemhandle")
class TestSerialization:
    async def test_a_clone_refers_to_the_same_entry(self, place: Place) -> None:
        root, file = await place.root(), await place.file("a", "text")
        copies = structuredClone([root, file])
        assert [type(copy) for copy in copies] == [type(root), type(file)]
        assert await copies[0].isSameEntry(root)
        assert await text_of(copies[1]) == "text"

    async def test_it_can_be_stored(self, place: Place) -> None:
        file = await place.file("a", "text")
        data = record_to_bytes(structured_serialize_for_storage(file))
        assert await text_of(structured_deserialize(record_from_bytes(data))) == "text"

    @pytest.mark.parametrize(
        "change",
        [
            {"root": "folder other"},
            {"root": ["bucket"]},
            {"path": ["", ".."]},
            {"path": ["", "a/b"]},
            {"path": ["x", "a"]},
            {"path": []},
            {"path": ["", 1]},
            {"path": ["", "a\0"]},
            {"path": ["", "\ud800"]},
            {"path": "a"},
            {"kind": "directory"},
            {"origin": "https://other.example"},
        ],
    )
    async def test_data_that_is_none_is_a_data_clone_error(
        self, memory: Place, change: dict[str, object]
    ) -> None:
        file = await memory.file("a")
        record = structured_serialize_for_storage(file)
        data = {"origin": None, "kind": "file", "path": ["", "a"], "root": "bucket", **change}
        record.data[0] = structured_serialize_for_storage(data)
        with pytest.raises(DOMException) as caught:
            structured_deserialize(record)
        assert caught.value.name == "DataCloneError"

    async def test_a_folder_is_not_that_of_another_host(self, folder: Place) -> None:
        record = structured_serialize_for_storage(await folder.root())
        with running_in(EnvironmentSettingsObject(Host())), pytest.raises(DOMException) as caught:
            structured_deserialize(record)
        assert caught.value.name == "DataCloneError"

    async def test_another_origin_gets_none_in_a_browser(self, memory: Place) -> None:
        host = Host(profile="browser")
        origins = [TupleOrigin("https", name, None, None) for name in ("a.example", "b.example")]
        one, other = (EnvironmentSettingsObject(host, origin=origin) for origin in origins)
        with running_in(one):
            assert serialized_origin() == "https://a.example"
            record = structured_serialize_for_storage(await memory.root())
            structured_deserialize(record)
        with running_in(other), pytest.raises(DOMException, match="another origin"):
            structured_deserialize(record)


@spec("https://fs.spec.whatwg.org/#filesystemhandle-is-in-a-bucket-file-system")
class TestIsInABucketFileSystem:
    async def test_is_so_where_the_root_has_no_name(self, memory: Place, folder: Place) -> None:
        assert is_in_a_bucket_file_system(await memory.file())
        assert not is_in_a_bucket_file_system(await folder.file())


@spec("https://webidl.spec.whatwg.org/#js-interface")
class TestToHandle:
    def test_what_is_no_handle_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="Expected a FileSystemHandle, not str"):
            to_handle("a")


@spec("https://fs.spec.whatwg.org/#dom-filesystemdirectoryhandle-getfilehandle")
class TestCheckedName:
    def test_lone_surrogates_are_replaced(self) -> None:
        assert checked_name("a\ud800") == "a\ufffd"

    def test_a_name_that_leads_elsewhere_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="no name of a file"):
            checked_name("../a")


@spec("https://fs.spec.whatwg.org/#file-system-root")
class TestFileSystemWithTheId:
    async def test_is_the_same_each_time(self, place: Place) -> None:
        root = (await place.root())._locator.root
        assert file_system_with_the_id(root.id) is root
