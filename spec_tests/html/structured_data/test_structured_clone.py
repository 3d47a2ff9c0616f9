"""HTML, 2.7.10: structured cloning."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from worker_runtime import Blob, DOMException, structuredClone
from worker_runtime.html.structured_data.structured_deserialize import structured_deserialize
from worker_runtime.html.structured_data.structured_serialize import structured_serialize

spec = pytest.mark.spec

PLAIN = [
    None, True, 1, -1.5, "text", b"bytes", datetime(2026, 1, 1), (1, 2),
    datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1))), bytearray(b"x"), {1, 2},
]  # fmt: skip


def structure(chance: random.Random, shared: list[Any], depth: int = 0) -> Any:
    """Plain data with some of it in several places."""
    kind = chance.randrange(4 if depth < 5 else 2)
    if kind == 0:
        return chance.choice(PLAIN)
    if kind == 1:
        return chance.choice(shared)
    size = chance.randrange(4)
    value: Any = (
        [structure(chance, shared, depth + 1) for _ in range(size)]
        if kind == 2
        else {number: structure(chance, shared, depth + 1) for number in range(size)}
    )
    shared.append(value)
    return value


def shape_of(value: Any, seen: dict[int, int]) -> Any:
    """A value by its types, its contents, and which of it is the same."""
    if isinstance(value, (list, dict, set, bytearray)):
        if id(value) in seen:
            return ("seen", seen[id(value)])
        seen[id(value)] = len(seen)
    if isinstance(value, dict):
        return {key: shape_of(item, seen) for key, item in value.items()}
    return [shape_of(item, seen) for item in value] if isinstance(value, list) else (
        type(value), value,
    )  # fmt: skip


@spec("https://html.spec.whatwg.org/multipage/structured-data.html#dom-structuredclone")
class TestStructuredClone:
    @pytest.mark.parametrize("seed", range(50))
    def test_the_way_without_records_makes_the_same_copy(self, seed: int) -> None:
        value = structure(random.Random(seed), [[1], {"a": []}])
        copy, slow_copy = (
            structuredClone(value),
            structured_deserialize(structured_serialize(value)),
        )
        assert shape_of(copy, {}) == shape_of(slow_copy, {}) == shape_of(value, {})
        mutable = {id(item) for item in parts_of(value)}
        assert mutable.isdisjoint(id(item) for item in parts_of(copy))

    def test_what_contains_itself_does_so_in_the_copy(self) -> None:
        value: dict[str, Any] = {}
        value["self"] = [value]
        copy = structuredClone(value)
        assert copy["self"][0] is copy is not value

    def test_what_is_not_plain_is_copied_as_well(self) -> None:
        blob = Blob(["a"])
        copy = structuredClone([[1], {"blob": blob, "again": blob}, {(1, (2,)): ([],)}])
        assert copy[1]["blob"] is copy[1]["again"] is not blob
        assert copy[2] == {(1, (2,)): ([],)}

    def test_what_cannot_be_copied_is_a_data_clone_error(self) -> None:
        for value in (object(), [object()], {"a": [print]}, {print: 1}):
            with pytest.raises(DOMException, match="DataCloneError"):
                structuredClone(value)

    def test_nothing_recurses(self) -> None:
        value: list[Any] = []
        for _ in range(100_000):
            value = [value]
        copy = structuredClone(value)
        for _ in range(100_000):
            (copy,) = copy
        assert copy == []

    def test_what_is_in_the_list_is_moved(self) -> None:
        memory = bytearray(b"abcd")
        view = memoryview(memory)[1:3]
        copy = structuredClone({"view": view, "twice": view}, transfer=[view])
        copy["view"][0] = ord("X")
        assert copy["view"] is copy["twice"] and memory == b"aXcd"
        with pytest.raises(ValueError):
            view[0]


def parts_of(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [value, *(part for item in value.values() for part in parts_of(item))]
    if isinstance(value, list):
        return [value, *(part for item in value for part in parts_of(item))]
    return [value] if isinstance(value, (set, bytearray)) else []
