"""HTML, 2.7.6: structured deserialization."""

from __future__ import annotations

from typing import Any

import pytest

from worker_runtime import Blob, DOMException, File, QuotaExceededError, Thrown
from worker_runtime.html.structured_data.records import Record
from worker_runtime.html.structured_data.structured_deserialize import (
    DEEPEST_HASHABLE_TUPLE,
    structured_deserialize,
)
from worker_runtime.html.structured_data.structured_serialize import structured_serialize

spec = pytest.mark.spec


def copy_of(value: Any) -> Any:
    return structured_deserialize(structured_serialize(value))


@spec("https://html.spec.whatwg.org/multipage/structured-data.html#structureddeserialize")
class TestStructuredDeserialize:
    async def test_objects_of_the_platform_are_made_anew(self) -> None:
        blob = copy_of(Blob(["text"], type="text/plain"))
        assert (blob.type, await blob.text()) == ("text/plain", "text")
        file = copy_of([File(["text"], "name.txt", type="text/plain", lastModified=7)])[0]
        assert (type(file), file.name, file.lastModified) == (File, "name.txt", 7)
        assert await file.text() == "text"
        error = copy_of(DOMException("message", "NotFoundError"))
        assert (type(error), error.name, error.message) == (
            DOMException, "NotFoundError", "message",
        )  # fmt: skip
        quota_error = copy_of((QuotaExceededError("full", quota=1, requested=2), [])[:1])[0]
        assert type(quota_error) is QuotaExceededError
        assert (quota_error.quota, quota_error.requested) == (1, 2)

    def test_an_object_of_the_platform_may_be_a_key(self) -> None:
        blob = Blob(["a"])
        copy = copy_of({blob: [blob]})
        ((key, value),) = copy.items()
        assert isinstance(key, Blob) and key is value[0] is not blob

    def test_an_exception_may_be_caused_by_what_was_thrown(self) -> None:
        error = ValueError()
        error.__cause__ = Thrown([1])
        cause: Any = copy_of(error).__cause__
        assert type(cause) is Thrown and cause.value == [1]
        error.__cause__ = DOMException("m", "AbortError")
        assert copy_of(error).__cause__.name == "AbortError"

    def test_data_that_is_not_of_its_interface_is_a_data_clone_error(self) -> None:
        with pytest.raises(DOMException, match="DataCloneError"):
            structured_deserialize(Record(Blob, [{"type": "text/plain"}], False))

    @pytest.mark.parametrize("type", [set, frozenset])
    def test_an_item_without_a_hash_is_a_data_clone_error(self, type: type) -> None:
        for item in (Record(list, []), Record(tuple, [Record(list, [])], False)):
            with pytest.raises(DOMException, match="DataCloneError"):
                structured_deserialize(Record(type, [item], False))

    def test_a_key_without_a_hash_is_a_data_clone_error(self) -> None:
        class Hashable(list[int]):
            __hash__ = object.__hash__  # type: ignore[assignment]

        for key in (Hashable(), memoryview(b"a"), (Hashable(),)):
            with pytest.raises(DOMException, match="DataCloneError"):
                copy_of({key: 1})

    def test_a_key_that_would_take_all_of_the_stack_is_a_data_clone_error(self) -> None:
        def nested(depth: int) -> Record:
            key = Record(tuple, [Record(Blob, [{"bytes": b"", "type": ""}], False)], False)
            for _ in range(depth):
                key = Record(tuple, [key], False)
            return key

        for depth in (DEEPEST_HASHABLE_TUPLE, 20_000):
            for record in (
                Record(dict, ([nested(depth)], [1]), False),
                Record(set, [nested(depth)], False),
                Record(frozenset, [nested(depth)], False),
            ):
                with pytest.raises(DOMException, match="DataCloneError"):
                    structured_deserialize(record)
        assert len(structured_deserialize(Record(set, [nested(DEEPEST_HASHABLE_TUPLE - 1)]))) == 1

    def test_what_cannot_change_cannot_contain_itself(self) -> None:
        record = Record(tuple, [], False)
        record.data.append(record)
        with pytest.raises(DOMException, match="DataCloneError"):
            structured_deserialize(record)
        record = Record(Blob, [], False)
        record.data.append(Record(list, [record], False))
        with pytest.raises(DOMException, match="DataCloneError"):
            structured_deserialize(record)
