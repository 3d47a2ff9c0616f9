"""File System Standard, 2.1: entries, where they are, and who may use them."""

from __future__ import annotations

import pytest

from spec_tests.fs.places import Place
from worker_runtime.fs.concepts import (
    FileSystemAccessResult,
    FileSystemLocator,
    resolve,
    the_same_locator_as,
    the_same_path_as,
    valid_file_name,
)

spec = pytest.mark.spec


@spec("https://fs.spec.whatwg.org/#file-system-access-result")
class TestFileSystemAccessResult:
    def test_has_no_error_by_default(self) -> None:
        assert FileSystemAccessResult("granted") == ("granted", "")


@spec("https://fs.spec.whatwg.org/#valid-file-name")
class TestValidFileName:
    @pytest.mark.parametrize("name", ["a", ".a", "...", "a b", "ä", "\n", "a:b", "x" * 255])
    def test_is_any_single_name(self, name: str) -> None:
        assert valid_file_name(name)

    @pytest.mark.parametrize(
        "name", ["", ".", "..", "/", "a/b", "a\\b", "a\0", "x" * 256, "ä" * 128]
    )
    def test_is_none_that_leads_elsewhere(self, name: str) -> None:
        assert not valid_file_name(name)


@spec("https://fs.spec.whatwg.org/#file-system-path-the-same-path-as")
class TestTheSamePathAs:
    def test_is_one_with_the_same_names(self) -> None:
        assert the_same_path_as(("", "a"), ("", "a"))
        assert not the_same_path_as(("", "a"), ("", "A"))
        assert not the_same_path_as(("",), ("", "a"))


@spec("https://fs.spec.whatwg.org/#file-system-locator")
class TestFileSystemLocator:
    async def test_has_the_names_behind_the_root(self, place: Place) -> None:
        locator = (await place.root())._locator
        assert locator.names == ()
        assert locator.child("a", "directory").child("b", "file").names == ("a", "b")


@spec("https://fs.spec.whatwg.org/#file-system-locator-the-same-locator-as")
class TestTheSameLocatorAs:
    async def test_has_the_same_path_kind_and_root(self, place: Place) -> None:
        root = (await place.root())._locator
        assert the_same_locator_as(root.child("a", "file"), root.child("a", "file"))
        assert not the_same_locator_as(root.child("a", "file"), root.child("a", "directory"))
        assert not the_same_locator_as(root.child("a", "file"), root.child("b", "file"))

    async def test_of_another_root_is_another(self, memory: Place, folder: Place) -> None:
        one, other = (await memory.root())._locator.root, (await folder.root())._locator.root
        locators = [FileSystemLocator(("x",), "directory", root) for root in (one, other)]
        assert not the_same_locator_as(*locators)


@spec("https://fs.spec.whatwg.org/#locator-resolve")
class TestResolve:
    async def test_gives_the_names_between(self, place: Place) -> None:
        root = (await place.root())._locator
        a, b = root.child("a", "directory"), root.child("b", "directory")
        assert await resolve(root, root) == []
        assert await resolve(a.child("x", "file"), root) == ["a", "x"]
        assert await resolve(a.child("x", "file"), a) == ["x"]
        assert await resolve(a.child("x", "file"), b) is None
        assert await resolve(root, a) is None

    async def test_of_another_root_is_none(self, memory: Place, folder: Place) -> None:
        one, other = (await memory.root())._locator, (await folder.root())._locator
        assert await resolve(one.child("a", "file"), other) is None
