"""File API, 4."""

from __future__ import annotations

from typing import Any

import pytest

from worker_runtime import structuredClone
from worker_runtime.file_api.blob import Blob, byte_sequence
from worker_runtime.file_api.blob import create as create_blob
from worker_runtime.file_api.file import File, create
from worker_runtime.host.clock import SystemClock
from worker_runtime.host.host import Host
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, realm_execution_context

spec = pytest.mark.spec


class ClockOf2001(SystemClock):
    def wall(self) -> float:
        return 1_000_000_000.5


@spec("https://w3c.github.io/FileAPI/#dfn-file")
@spec("https://w3c.github.io/FileAPI/#dom-file-file")
class TestConstructor:
    @spec("https://w3c.github.io/FileAPI/#dfn-name")
    def test_is_a_blob_with_a_name(self) -> None:
        file = File(["a", Blob(["b"])], "dir/n\ud800", type="X/Y")
        assert isinstance(file, Blob)
        assert (file.name, file.size, file.type, byte_sequence(file)) == (
            "dir/n\ufffd",
            2,
            "x/y",
            b"ab",
        )

    @spec("https://w3c.github.io/FileAPI/#dfn-lastModified")
    def test_was_changed_when_the_caller_says(self) -> None:
        assert File([], "n", lastModified=-5).lastModified == -5

    def test_was_changed_now_if_nobody_says(self) -> None:
        token = realm_execution_context.set(EnvironmentSettingsObject(Host(clock=ClockOf2001())))
        try:
            assert File([], "n").lastModified == 1_000_000_000_500
        finally:
            realm_execution_context.reset(token)

    def test_parts_that_are_none_are_a_type_error(self) -> None:
        parts: Any = None
        with pytest.raises(TypeError, match="Expected a list of parts"):
            File(parts, "n")

    def test_a_slice_is_no_file(self) -> None:
        assert type(File(["abc"], "n").slice(1)) is Blob


@spec("https://w3c.github.io/FileAPI/#file-section")
class TestCreate:
    def test_has_the_type_of_the_blob_as_it_is(self) -> None:
        file = create(create_blob(b"x", "text/plain;charset=UTF-8"), "n", 5)
        assert (file.name, file.type, file.lastModified, byte_sequence(file)) == (
            "n", "text/plain;charset=UTF-8", 5, b"x",
        )  # fmt: skip

    def test_or_one_that_is_given(self) -> None:
        assert create(Blob(["x"], type="a/b"), "n", type="X").type == "X"
        assert create(Blob(["x"], type="a/b"), "n", type="").type == ""

    def test_a_copy_has_the_type_as_it_is_too(self) -> None:
        for value in (
            create_blob(b"x", "a/b;C=D"), create(create_blob(b"x", "a/b;C=D"), "n"),
        ):  # fmt: skip
            copy = structuredClone(value)
            assert type(copy) is type(value) and copy.type == "a/b;C=D"
