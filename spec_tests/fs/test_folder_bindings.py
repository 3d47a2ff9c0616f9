"""Folder bindings: a folder of the operator as a directory of a worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from spec_tests.fs.places import file_in, names_in
from worker_runtime.fs.folder_bindings import directory_of_a_folder
from worker_runtime.host.host import Host

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#folders")
class TestDirectoryOfAFolder:
    async def test_has_the_name_of_the_binding(self, tmp_path: Path) -> None:
        directory = directory_of_a_folder(Host(), "FILES", tmp_path)
        assert (directory.name, directory.kind) == ("FILES", "directory")
        await file_in(directory, "a", "x")
        assert await names_in(directory) == [path.name for path in tmp_path.iterdir()] == ["a"]

    def test_the_folder_has_to_be_there(self, tmp_path: Path) -> None:
        with pytest.raises(OSError):
            directory_of_a_folder(Host(), "FILES", tmp_path / "nowhere")
