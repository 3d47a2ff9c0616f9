"""The byte format of structured data: its tags."""

from __future__ import annotations

import pytest

from worker_runtime.html.structured_data import byte_format as tags

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#byte-format-of-structured-data")
class TestTags:
    def test_no_two_values_begin_with_the_same(self) -> None:
        parts = {"ERROR_MESSAGE", "ERROR_CAUSE", "ERROR_STACK", "ERROR_END", "HOST_OBJECT_VERSION"}
        values = [
            value for name, value in vars(tags).items()
            if name.isupper() and type(value) is int and value < 256 and name not in parts
        ]  # fmt: skip
        assert len(values) == len(set(values)) == 29

    def test_each_format_of_a_view_has_a_tag(self) -> None:
        for format, tag in tags.VIEW_TAG_OF_FORMAT.items():
            assert tags.FORMAT_OF_VIEW_TAG[tag[0]] == format
            if format != "e":  # Python 3.11 has no memoryview of those
                assert memoryview(bytes(8)).cast(format).format == format  # type: ignore[call-overload]
