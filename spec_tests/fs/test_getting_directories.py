"""File System Standard, 3: `navigator.storage.getDirectory()`."""

from __future__ import annotations

import pytest

from spec_tests.fakes import running_in
from spec_tests.fs.places import Place, error_of, file_in, names_in, text_of
from worker_runtime import navigator
from worker_runtime.fs.bucket_file_system import BucketFileSystem
from worker_runtime.fs.getting_directories import get_directory
from worker_runtime.host.host import Host
from worker_runtime.html.settings_objects import EnvironmentSettingsObject
from worker_runtime.url.origins import TupleOrigin

spec = pytest.mark.spec


@spec("https://fs.spec.whatwg.org/#dom-storagemanager-getdirectory")
class TestStorageManagerForFiles:
    async def test_get_directory_is_the_same_each_time(self, bucket: Place) -> None:
        root = await navigator.storage.getDirectory()
        await file_in(root, "a", "text")
        again = await navigator.storage.getDirectory()
        assert await root.isSameEntry(again)
        assert (again.name, await names_in(again)) == ("", ["a"])

    async def test_origins_have_directories_of_their_own(self) -> None:
        host = Host(profile="browser")
        for name in ("a.example", "b.example"):
            origin = TupleOrigin("https", name, None, None)
            with running_in(EnvironmentSettingsObject(host, origin=origin)):
                root = await navigator.storage.getDirectory()
                assert await names_in(root) == []
                assert await text_of(await file_in(root, "a", name)) == name

    async def test_an_opaque_origin_has_none(self) -> None:
        with running_in(EnvironmentSettingsObject(Host(profile="browser"))):
            assert await error_of(navigator.storage.getDirectory()) == "SecurityError"


@spec("https://fs.spec.whatwg.org/#dom-storagemanager-getdirectory")
class TestGetDirectory:
    async def test_a_root_that_was_removed_is_made_anew(self, bucket: Place) -> None:
        root = await bucket.root()
        file_system = root._locator.root
        assert isinstance(file_system, BucketFileSystem)
        await file_in(root, "a")
        await root.remove()
        assert await error_of(names_in(root)) == "NotFoundError"
        assert await names_in(await get_directory(file_system)) == []
        assert await names_in(root) == []
