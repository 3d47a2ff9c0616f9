"""HTML, 2.7.3: records of structured data."""

from __future__ import annotations

from typing import Any

import pytest

from worker_runtime import DOMException
from worker_runtime.html.structured_data.records import PRIMITIVES, Record, data_clone_error
from worker_runtime.html.structured_data.structured_deserialize import structured_deserialize
from worker_runtime.html.structured_data.structured_serialize import structured_serialize

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#record-of-structured-data")
class TestRecord:
    def test_it_is_flat_if_all_that_it_holds_is_primitive(self) -> None:
        assert structured_serialize([1, "a", None]).is_flat
        assert structured_serialize({"a": 1}).is_flat
        assert not structured_serialize([[]]).is_flat

    def test_several_values_come_of_one(self) -> None:
        record = structured_serialize({"a": [1]})
        first, second = structured_deserialize(record), structured_deserialize(record)
        first["a"].append(2)
        assert second == {"a": [1]} and structured_deserialize(record) == {"a": [1]}

    def test_it_shares_nothing_with_the_value(self) -> None:
        value: dict[str, Any] = {"a": [1], "b": bytearray(b"x")}
        record = structured_serialize(value)
        value["a"].append(2)
        value["b"][0] = 0
        assert structured_deserialize(record) == {"a": [1], "b": bytearray(b"x")}

    @pytest.mark.parametrize("value", [None, True, 1, 1.5, "a", b"b"])
    def test_a_primitive_needs_none(self, value: object) -> None:
        assert type(value) in PRIMITIVES and structured_serialize(value) is value
        assert type(structured_serialize([value])) is Record


@spec("https://webidl.spec.whatwg.org/#datacloneerror")
class TestDataCloneError:
    def test_it_is_a_dom_exception(self) -> None:
        error = data_clone_error("why")
        assert (type(error), error.name, error.message) == (DOMException, "DataCloneError", "why")
