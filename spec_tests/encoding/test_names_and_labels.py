"""Encoding Standard, 4.2 and 4.3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime.encoding.names_and_labels import (
    ENCODINGS,
    REPLACEMENT,
    UTF_8,
    UTF_16BE,
    UTF_16LE,
)
from worker_runtime.encoding.names_and_labels import get_an_encoding, get_an_output_encoding

spec = pytest.mark.spec


def name_of(label: str) -> str | None:
    encoding = get_an_encoding(label)
    return encoding and encoding.name


@spec("https://encoding.spec.whatwg.org/#concept-encoding-get")
class TestGetAnEncoding:
    def test_the_encodings_and_their_labels_are_those_of_the_standard(
        self, wpt_data: Callable[[str], Any]
    ) -> None:
        groups = wpt_data("encoding/standard/encodings.json")
        standard = {
            encoding["name"]: encoding["labels"]
            for group in groups
            for encoding in group["encodings"]
        }
        assert {encoding.name: encoding.labels.split() for encoding in ENCODINGS} == standard

    def test_there_are_40_encodings_with_228_labels(self) -> None:
        assert len({encoding.name for encoding in ENCODINGS}) == 40
        assert len({label for encoding in ENCODINGS for label in encoding.labels.split()}) == 228

    @pytest.mark.parametrize("encoding", ENCODINGS, ids=lambda encoding: encoding.name)
    def test_each_label_gets_its_encoding_and_so_does_the_name(self, encoding: Any) -> None:
        assert [get_an_encoding(label) for label in encoding.labels.split()] == [encoding] * len(
            encoding.labels.split()
        )
        assert get_an_encoding(encoding.name) is encoding

    @pytest.mark.parametrize(
        "label, name",
        [
            ("UTF-8", "UTF-8"),
            ("\t\n\f\r latin1 ", "windows-1252"),
            ("aScIi", "windows-1252"),
            ("utf-16", "UTF-16LE"),
        ],
    )
    def test_case_and_surrounding_whitespace_of_ascii_do_not_matter(
        self, label: str, name: str
    ) -> None:
        assert name_of(label) == name

    @pytest.mark.parametrize(
        "label",
        [
            "",
            " ",
            "utf 8",
            "utf-8 utf8",
            "utf-8\x00",
            "\vutf-8",
            "\xa0utf-8",
            "\u212aoi8-r",
            "utf-7",
            "utf-32",
            "\ud800",
            "x" * 10**6,
        ],
        ids=ascii,
    )
    def test_anything_else_is_failure(self, label: str) -> None:
        assert name_of(label) is None


@spec("https://encoding.spec.whatwg.org/#get-an-output-encoding")
class TestGetAnOutputEncoding:
    @pytest.mark.parametrize(
        "encoding", [REPLACEMENT, UTF_16BE, UTF_16LE], ids=lambda encoding: encoding.name
    )
    def test_what_cannot_be_encoded_with_becomes_utf_8(self, encoding: Any) -> None:
        assert get_an_output_encoding(encoding) is UTF_8

    def test_every_other_encoding_is_itself(self) -> None:
        others = [
            encoding for encoding in ENCODINGS if encoding not in (REPLACEMENT, UTF_16BE, UTF_16LE)
        ]
        assert [get_an_output_encoding(encoding) for encoding in others] == others
