"""HTML, 2.7: structured data."""

from __future__ import annotations

import array
import pickle
import sys
from datetime import datetime, timezone
from typing import Any

import pytest

from worker_runtime import (
    URL,
    Blob,
    DOMException,
    File,
    QuotaExceededError,
    RangeError,
    structuredClone,
)
from worker_runtime.html.structured_data.structured_clone import (
    structured_deserialize,
    structured_deserialize_with_transfer,
    structured_serialize,
    structured_serialize_for_storage,
    structured_serialize_with_transfer,
)

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/structured-data.html#dom-structuredclone")
class TestStructuredClone:
    @pytest.mark.parametrize(
        "value",
        [None, True, 0, -1.5, 10**30, "text", "\ud800", b"bytes", datetime(2026, 1, 1, tzinfo=timezone.utc), [], [1, [2, {"a": None}]],
         {"a": {1: {2}}}, {1, "a"}, bytearray(b"x"), array.array("H", [1, 2])],
    )  # fmt: skip
    def test_a_copy_is_equal_and_shares_nothing_that_can_change(self, value: Any) -> None:
        copy = structuredClone(value)
        assert copy == value and type(copy) is type(value)
        if isinstance(value, (list, dict, set, bytearray, array.array)):
            assert copy is not value

    def test_a_tuple_is_a_list(self) -> None:
        assert structuredClone((1, (2,))) == [1, [2]]

    def test_what_is_in_a_structure_twice_is_so_in_the_copy(self) -> None:
        shared: list[int] = [1]
        copy = structuredClone({"a": shared, "b": shared})
        assert copy["a"] is copy["b"] is not shared

    def test_what_contains_itself_does_so_in_the_copy(self) -> None:
        value: dict[str, Any] = {}
        value["self"] = [value]
        copy = structuredClone(value)
        assert copy["self"][0] is copy is not value

    def test_a_view_keeps_its_format_and_has_memory_of_its_own(self) -> None:
        memory = array.array("I", [1, 2, 3])
        copy = structuredClone(memoryview(memory)[1:])
        memory[1] = 9
        assert (copy.format, copy.tolist(), copy.readonly) == ("I", [2, 3], False)

    @pytest.mark.parametrize(
        "value",
        [lambda: None, object(), object, URL("https://x.example/"), iter([]), Exception, ...],
        ids=lambda value: type(value).__name__,
    )
    @pytest.mark.parametrize(
        "wrap", [lambda value: value, lambda value: [value], lambda value: {"a": value}]
    )
    def test_anything_else_is_a_data_clone_error(self, value: object, wrap: Any) -> None:
        with pytest.raises(DOMException, match="DataCloneError"):
            structuredClone(wrap(value))

    def test_nested_too_deeply_is_a_range_error(self) -> None:
        value: list[Any] = []
        for _ in range(100_000):
            value = [value]
        with pytest.raises(RangeError, match="too deeply"):
            structuredClone(value)

    @pytest.mark.parametrize(
        "wrap", [lambda value: [value], lambda value: {"a": value}, lambda value: [{"a": [value]}]]
    )
    def test_what_is_not_nested_too_deeply_to_be_serialized_can_be_deserialized(
        self, wrap: Any
    ) -> None:
        value: Any = 1
        with pytest.raises(RangeError):
            for depth in range(2 * sys.getrecursionlimit()):
                value = wrap(value)
                if depth % 7 == 0:
                    structuredClone(value)

    async def test_objects_of_the_platform_are_copied(self) -> None:
        blob = structuredClone(Blob(["text"], type="text/plain"))
        assert (blob.type, await blob.text()) == ("text/plain", "text")
        file = structuredClone([File(["text"], "name.txt", type="text/plain", lastModified=7)])[0]
        assert (type(file), file.name, file.lastModified, await file.text()) == (
            File,
            "name.txt",
            7,
            "text",
        )
        error = structuredClone(DOMException("message", "NotFoundError"))
        assert (type(error), error.name, error.message) == (
            DOMException,
            "NotFoundError",
            "message",
        )
        quota_error = structuredClone(QuotaExceededError("full", quota=1, requested=2))
        assert (type(quota_error), quota_error.quota, quota_error.requested) == (
            QuotaExceededError,
            1,
            2,
        )

    @pytest.mark.parametrize(
        "error, kind",
        [
            (TypeError("t"), TypeError),
            (RangeError("r"), RangeError),
            (KeyError("k"), KeyError),
            (Exception("e", 1), Exception),
        ],
    )
    def test_an_exception_is_one_of_the_same_kind(
        self, error: Exception, kind: type[Exception]
    ) -> None:
        copy = structuredClone(error)
        assert (type(copy), copy.args) == (kind, error.args)

    def test_an_exception_of_the_workers_own_is_of_the_kind_that_it_derives_from(self) -> None:
        class OwnError(TypeError):
            pass

        copy = structuredClone(OwnError("own", object))
        assert type(copy) is TypeError and copy.args == ("own", str(object))


@spec("https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializewithtransfer")
class TestTransfer:
    def test_a_view_is_released_and_its_memory_moves(self) -> None:
        memory = bytearray(b"abcd")
        view = memoryview(memory)[1:3]
        copy = structuredClone({"view": view}, transfer=[view])
        copy["view"][0] = ord("X")
        assert memory == b"aXcd"
        with pytest.raises(ValueError):
            view.nbytes

    def test_what_was_transferred_is_handed_out(self) -> None:
        view = memoryview(bytearray(b"ab"))
        value, transferred = structured_deserialize_with_transfer(
            *structured_serialize_with_transfer([view, view], [view])
        )
        assert value[0] is value[1] is transferred[0]

    @pytest.mark.parametrize("thing", [b"bytes", bytearray(b"x"), "text", object(), Blob([])])
    def test_what_cannot_be_moved_is_a_data_clone_error(self, thing: object) -> None:
        with pytest.raises(DOMException, match="DataCloneError"):
            structuredClone(None, transfer=[thing])

    def test_twice_detached_or_in_use_is_a_data_clone_error(self) -> None:
        view = memoryview(bytearray(2))
        with pytest.raises(DOMException, match="twice"):
            structuredClone(view, transfer=[view, view])
        user = pickle.PickleBuffer(view)
        with pytest.raises(DOMException, match="in use"):
            structuredClone(None, transfer=[view])
        user.release()
        view.release()
        with pytest.raises(DOMException, match="detached"):
            structuredClone(None, transfer=[view])
        with pytest.raises(DOMException, match="detached"):
            structuredClone([view])

    def test_what_cannot_be_copied_leaves_the_rest_where_it_was(self) -> None:
        view = memoryview(bytearray(2))
        with pytest.raises(DOMException):
            structuredClone([view, object()], transfer=[view])
        assert view.nbytes == 2


@spec("https://html.spec.whatwg.org/multipage/structured-data.html#structuredserialize")
class TestStructuredSerialize:
    @pytest.mark.parametrize("serialize", [structured_serialize, structured_serialize_for_storage])
    def test_can_be_deserialized_more_than_once(self, serialize: Any) -> None:
        value = {"a": [1, bytearray(b"x")]}
        serialized = serialize(value)
        value["a"].append("later")
        first, second = structured_deserialize(serialized), structured_deserialize(serialized)
        assert first == second == {"a": [1, bytearray(b"x")]}
        assert first["a"] is not second["a"] and first["a"][1] is not second["a"][1]
