"""Structured cloning: a copy for a caller that wants one.

HTML Standard, 2.7.10:
https://html.spec.whatwg.org/multipage/structured-data.html#structured-cloning
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any, TypedDict, Unpack

from ...webidl.dictionaries import to_dictionary
from .records import PRIMITIVES
from .structured_serialize_with_transfer import (
    structured_deserialize_with_transfer,
    structured_serialize_with_transfer,
)


class StructuredSerializeOptions(TypedDict, total=False):
    """Nothing by default.

    https://html.spec.whatwg.org/multipage/web-messaging.html#structuredserializeoptions
    """

    transfer: Iterable[object]


def structuredClone(
    value: object,
    options: StructuredSerializeOptions | None = None,
    **members: Unpack[StructuredSerializeOptions],
) -> Any:
    """A copy of a value, of all that it holds, and of how that hangs together; what is in
    `transfer` is moved instead.

    DataCloneError if something cannot be copied or moved.

    https://html.spec.whatwg.org/multipage/structured-data.html#dom-structuredclone
    """
    if options is not None or members:
        members = to_dictionary(StructuredSerializeOptions, options, members)
    transfer = members.get("transfer", ())
    if not transfer:
        try:
            return _copy_of_plain_data(value)
        except _NotPlain:
            pass
    serialized = structured_serialize_with_transfer(value, transfer)
    return structured_deserialize_with_transfer(serialized)[0]


class _NotPlain(Exception):
    """The structure has more in it than plain data."""


def _copy_of_plain_data(value: object) -> Any:
    # OPTIMIZATION: a structure of dicts, lists and sets of primitives becomes a copy with no
    # records
    # in between, in less than half the time.
    if type(value) in PRIMITIVES:
        return value
    memory: dict[int, tuple[object, Any]] = {}
    pending: list[tuple[Any, Any]] = []
    copy = _copy_of_plain_item(value, memory, pending)
    while pending:
        container, items = pending.pop()
        for key, item in items:
            if type(item) not in PRIMITIVES:
                remembered = memory.get(id(item))
                container[key] = (
                    remembered[1] if remembered else _copy_of_plain_item(item, memory, pending)
                )
    return copy


def _copy_of_plain_item(
    item: Any, memory: dict[int, tuple[object, Any]], pending: list[tuple[Any, Any]]
) -> Any:
    kind = type(item)
    copy: Any
    if kind is dict:
        if not PRIMITIVES.issuperset(map(type, item)):
            raise _NotPlain
        copy = item.copy()
        if not PRIMITIVES.issuperset(map(type, copy.values())):
            pending.append((copy, copy.items()))
    elif kind is list:
        copy = item[:]
        if not PRIMITIVES.issuperset(map(type, copy)):
            pending.append((copy, enumerate(copy)))
    elif kind is datetime and (item.tzinfo is None or type(item.tzinfo) is timezone):
        return item
    elif kind is bytearray:
        copy = item[:]
    elif (kind is set or kind is tuple) and PRIMITIVES.issuperset(map(type, item)):
        copy = kind(item)
    else:
        raise _NotPlain
    memory[id(item)] = (item, copy)
    return copy
