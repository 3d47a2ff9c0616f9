"""Content types: what a File says that it is, by its name."""

from __future__ import annotations

import pytest

from spec_tests.fs.places import Place
from worker_runtime.fs.content_types import TYPES, content_type_of
from worker_runtime.mimesniff.mime_types import parse_a_mime_type

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#types-of-files")
class TestContentTypeOf:
    @pytest.mark.parametrize(
        "name, type",
        [
            ("index.html", "text/html"),
            ("A.JPG", "image/jpeg"),
            ("x.tar.gz", "application/gzip"),
            ("html", ""),
            (".html", ""),
            ("a.unknown", ""),
            ("a.", ""),
        ],
    )
    def test_is_that_of_the_extension(self, name: str, type: str) -> None:
        assert content_type_of(name) == type

    def test_is_a_mime_type(self) -> None:
        assert [type for type in TYPES.values() if parse_a_mime_type(type) is None] == []

    async def test_is_that_of_a_file(self, place: Place) -> None:
        assert (await (await place.file("a.css")).getFile()).type == "text/css"
