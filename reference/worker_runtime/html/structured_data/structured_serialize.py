"""Structured serialization: what is needed of a value to make it anew, elsewhere or later.

HTML Standard, 2.7.3 to 2.7.5:
https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializeinternal

None, bool, int, float, str, bytes, bytearray, memoryview, array, datetime, re.Pattern, list, tuple,
set, frozenset, dict, exceptions, and the platform's serializable objects; anything else is a
DataCloneError. Nothing here recurses, so a structure may be as deep as memory allows.
"""

from __future__ import annotations

import builtins
import re
from array import array
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from ...webidl.exceptions import RangeError, Thrown
from .records import PRIMITIVES, Record, data_clone_error
from .serializable_objects import is_serializable, primary_interface
from .transferable_objects import is_transferable

# by the id of a value: the value, so that the id stays its own, and its record
Memory: TypeAlias = "dict[int, tuple[object, Record]]"
TIME_ZONES = (type(None), timezone, ZoneInfo)


def structured_serialize(value: object) -> Any:
    """A record of the value; what is primitive is its own.

    https://html.spec.whatwg.org/multipage/structured-data.html#structuredserialize
    """
    return structured_serialize_internal(value, False, {})


def structured_serialize_for_storage(value: object) -> Any:
    """The same, for a copy that may be made when this process is long gone.

    https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializeforstorage
    """
    return structured_serialize_internal(value, True, {})


def structured_serialize_internal(value: object, for_storage: bool, memory: Memory) -> Any:
    """https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializeinternal"""
    if type(value) in PRIMITIVES:
        return value
    # lists of values, each of which its record replaces
    pending: list[list[Any]] = []
    serialized = sub_serialization(value, for_storage, memory, pending)
    while pending:
        values = pending.pop()
        for index, item in enumerate(values):
            if type(item) not in PRIMITIVES:
                values[index] = sub_serialization(item, for_storage, memory, pending)
    return serialized


def sub_serialization(
    value: Any, for_storage: bool, memory: Memory, pending: list[list[Any]]
) -> Any:
    """A record of a value that is not a plain primitive. What the value holds is pending still.

    https://html.spec.whatwg.org/multipage/structured-data.html#sub-serialization
    """
    if (remembered := memory.get(id(value))) is not None:
        return remembered[1]
    kind = type(value)
    serialize = SERIALIZATIONS.get(kind)
    if serialize is not None:
        serialized = serialize(value, pending)
    elif is_serializable(kind):
        data = [value._serialization_steps(for_storage)]
        pending.append(data)
        serialized = Record(primary_interface(kind), data, False)
    elif is_transferable(kind):
        raise data_clone_error(f"{value!r} can only be transferred, and is not")
    else:
        for base in kind.__mro__:
            if (serialize := SERIALIZATIONS.get(base)) is not None:
                serialized = serialize(value, pending)
                break
        else:
            raise data_clone_error(f"{value!r} cannot be copied")
    if type(serialized) is Record:
        memory[id(value)] = (value, serialized)
    return serialized


def _pairs(value: dict[Any, Any], pending: list[list[Any]]) -> Record:
    keys, values = list(value), list(value.values())
    # OPTIMIZATION: most structures have containers of primitives alone, which this sees without a
    # step of Python for each of them.
    keys_are_primitive = PRIMITIVES.issuperset(map(type, keys))
    values_are_primitive = PRIMITIVES.issuperset(map(type, values))
    if not keys_are_primitive:
        pending.append(keys)
    if not values_are_primitive:
        pending.append(values)
    return Record(dict, (keys, values), keys_are_primitive and values_are_primitive)


def _list(value: list[Any], pending: list[list[Any]]) -> Record:
    items = list(value)
    if PRIMITIVES.issuperset(map(type, items)):
        return Record(list, items)
    pending.append(items)
    return Record(list, items, False)


def _set(value: set[Any], pending: list[list[Any]]) -> Record:
    items = list(value)
    if PRIMITIVES.issuperset(map(type, items)):
        return Record(set, items)
    pending.append(items)
    return Record(set, items, False)


def _tuple(value: tuple[Any, ...], pending: list[list[Any]]) -> Any:
    if PRIMITIVES.issuperset(map(type, value)):
        return tuple(value)
    items = list(value)
    pending.append(items)
    return Record(tuple, items, False)


def _frozenset(value: frozenset[Any], pending: list[list[Any]]) -> Any:
    if PRIMITIVES.issuperset(map(type, value)):
        return frozenset(value)
    items = list(value)
    pending.append(items)
    return Record(frozenset, items, False)


def _buffer(value: Any, pending: list[list[Any]]) -> Record:
    return Record(bytearray if isinstance(value, bytearray) else array, value[:])


def _view(value: memoryview, pending: list[list[Any]]) -> Record:
    return Record(memoryview, _contents_of(value))


def _pattern(value: re.Pattern[Any], pending: list[list[Any]]) -> re.Pattern[Any]:
    return value


def _thrown(value: Thrown, pending: list[list[Any]]) -> Record:
    data = [value.value]
    pending.append(data)
    return Record(Thrown, data, False)


def _exception(value: BaseException, pending: list[list[Any]]) -> Record:
    cause = [] if value.__cause__ is None else [value.__cause__]
    pending.append(cause)
    return Record(exception_class(type(value)), (_arguments_of(value), cause), False)


def _primitive(value: Any, pending: list[list[Any]]) -> Any:
    """A primitive of a class that derives from Python's; as Python's own, if it has attributes, as
    members of enumerations have.
    """
    if not getattr(value, "__dict__", None):
        return value
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    return str.__str__(value) if isinstance(value, str) else bytes.__bytes__(value)


def _datetime(value: datetime, pending: list[list[Any]]) -> datetime:
    """A time zone of anybody's own is an object that runs code: its offset is what remains of
    it.
    """
    if type(value) is datetime and isinstance(value.tzinfo, TIME_ZONES):
        return value
    offset = value.utcoffset()
    return datetime(
        value.year, value.month, value.day, value.hour, value.minute, value.second,
        value.microsecond, None if offset is None else timezone(offset), fold=value.fold,
    )  # fmt: skip


def _contents_of(view: memoryview) -> tuple[bytes, str, tuple[int, ...]]:
    """What a view shows; DataCloneError if it is detached, which a view that has been released is.

    https://tc39.es/ecma262/#sec-isdetachedbuffer
    """
    try:
        contents = bytes(view)
        memoryview(contents).cast(view.format)  # type: ignore[call-overload]
        return contents, view.format, view.shape or (1,)
    except ValueError as error:
        raise data_clone_error(f"The memoryview is released or of no native format: {error}")


def _arguments_of(exception: BaseException) -> tuple[Any, ...]:
    arguments = exception.args
    if isinstance(exception, OSError):  # whose name of a file is not in there
        arguments = OSError.__reduce__(exception)[1]  # type: ignore[assignment]
    return tuple(item if type(item) in PRIMITIVES else _text_of(item) for item in arguments)


def _text_of(value: object) -> str:
    try:
        return str.__str__(str(value))
    except Exception as error:
        raise data_clone_error(f"An argument of an exception cannot be copied: {error!r}") from None


def exception_class(type: type[BaseException]) -> type[BaseException]:
    """The class that every realm knows: the exception's own, or the one that it derives from. A
    group becomes an Exception with its message.

    https://tc39.es/ecma262/#sec-native-error-types-used-in-this-standard
    """
    return next(
        cls
        for cls in type.__mro__
        if cls is RangeError
        or vars(builtins).get(cls.__name__) is cls
        and not issubclass(cls, BaseExceptionGroup)
    )


# What becomes of Python's values, and of those of classes that derive from theirs.
SERIALIZATIONS: dict[type, Callable[[Any, list[list[Any]]], Any]] = {
    dict: _pairs,
    list: _list,
    tuple: _tuple,
    set: _set,
    frozenset: _frozenset,
    bytearray: _buffer,
    array: _buffer,
    memoryview: _view,
    datetime: _datetime,
    re.Pattern: _pattern,
    int: _primitive,
    float: _primitive,
    str: _primitive,
    bytes: _primitive,
    Thrown: _thrown,
    BaseException: _exception,
}
