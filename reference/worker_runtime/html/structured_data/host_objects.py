"""Host objects of the byte format: Python's own values and the platform's, from the list of what
they are made of.

SPEC_NOTES.md#host-objects-of-structured-data
"""

from __future__ import annotations

import builtins
import re
import warnings
from array import array
from collections.abc import Callable
from datetime import datetime
from struct import unpack
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from ...webidl.exceptions import RangeError, Thrown
from ...webidl.host_hooks import hooks
from .records import PRIMITIVES, Record, data_clone_error
from .serializable_objects import is_serializable

Items: TypeAlias = "list[Any]"

LONGEST_NAME_OF_A_TIME_ZONE = 100


def host_object(name: str, items: Items) -> Any:
    """The record of an object, or the object if it cannot change. ValueError, TypeError or
    OverflowError for items that it is not made of.

    SPEC_NOTES.md#host-objects-of-structured-data
    """
    if (make := HOST_OBJECTS.get(name)) is not None:
        return make(*items)
    interface = hooks.interface_identified_by(name)
    if interface is None or not is_serializable(interface):
        raise data_clone_error(f"There is no {name!r} here")
    (data,) = items
    return Record(interface, [data], False)


def tuple_of(*items: Any) -> Any:
    """SPEC_NOTES.md#host-object-tuple"""
    return items if PRIMITIVES.issuperset(map(type, items)) else Record(tuple, [*items], False)


def frozenset_of(*items: Any) -> Any:
    """SPEC_NOTES.md#host-object-frozenset"""
    if PRIMITIVES.issuperset(map(type, items)):
        return frozenset(items)
    return Record(frozenset, [*items], False)


def float_of(data: bytes) -> float:
    """SPEC_NOTES.md#host-object-float"""
    if len(data) != 8:
        raise ValueError("A float has eight bytes")
    (value,) = unpack("<d", data)
    return float(value)


def datetime_of(text: str, zone: str | None, fold: int) -> datetime:
    """SPEC_NOTES.md#host-object-datetime"""
    value = datetime.fromisoformat(text).replace(fold=fold)
    if zone is None:
        return value
    if value.tzinfo is not None or len(zone) > LONGEST_NAME_OF_A_TIME_ZONE:
        raise ValueError(f"{zone!r} is no time zone of {text!r}")
    try:
        return value.replace(tzinfo=ZoneInfo(zone))
    except (KeyError, OSError) as error:  # of another machine, or a folder
        raise ValueError(f"The time zone {zone!r} is not known") from error


def pattern_of(pattern: str | bytes, flags: int) -> re.Pattern[Any]:
    """SPEC_NOTES.md#host-object-re.pattern"""
    if type(flags) is not int or flags & re.DEBUG:
        raise ValueError(f"{flags!r} are no flags of a pattern")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the author of the pattern has seen them
            return re.compile(pattern, flags)
    except (re.error, RecursionError) as error:
        raise ValueError(f"{pattern!r} is no pattern: {error}") from error


def array_of(typecode: str, data: bytes) -> Record:
    """SPEC_NOTES.md#host-object-array"""
    if typecode == "u":  # whose code points nobody looks at
        raise ValueError("An array of characters may hold none")
    value = array(typecode)
    value.frombytes(data)
    return Record(array, value)


def memoryview_of(contents: bytes, format: str, shape: Record) -> Record:
    """SPEC_NOTES.md#host-object-memoryview"""
    if type(contents) is not bytes:
        raise ValueError("A memoryview has contents")
    lengths = _primitives_of(shape)
    view = memoryview(contents).cast(format)  # type: ignore[call-overload]
    if len(lengths) > 1:
        view = memoryview(contents).cast(format, lengths)  # type: ignore[call-overload]
    if view.shape != lengths:
        raise ValueError(f"{lengths!r} is not the shape of a memoryview of {len(contents)} bytes")
    return Record(memoryview, (contents, format, lengths))


def thrown_of(value: Any) -> Record:
    """SPEC_NOTES.md#host-object-thrown"""
    return Record(Thrown, [value], False)


def error_of(name: str, arguments: Record, *cause: Any) -> Record:
    """SPEC_NOTES.md#host-object-error"""
    kind = RangeError if name == "RangeError" else vars(builtins).get(name)
    if not isinstance(kind, type) or not issubclass(kind, BaseException):
        raise ValueError(f"Python has no exception {name!r}")
    if issubclass(kind, BaseExceptionGroup) or kind.__name__ != name or len(cause) > 1:
        raise ValueError(f"{name!r} is no exception that is copied")
    return Record(kind, (_primitives_of(arguments), [*cause]), False)


def _primitives_of(record: object) -> tuple[Any, ...]:
    if type(record) is not Record or record.type is not list or not record.is_flat:
        raise ValueError("Expected a list of primitives")
    return tuple(record.data)


HOST_OBJECTS: dict[str, Callable[..., Any]] = {
    "Error": error_of,
    "Thrown": thrown_of,
    "array": array_of,
    "datetime": datetime_of,
    "float": float_of,
    "frozenset": frozenset_of,
    "memoryview": memoryview_of,
    "re.Pattern": pattern_of,
    "tuple": tuple_of,
}
