"""Writing structured data as bytes, for storage and for other processes.

SPEC_NOTES.md#byte-format-of-structured-data
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from struct import pack
from typing import Any
from zoneinfo import ZoneInfo

from ...webidl.exceptions import Thrown
from . import byte_format as tags
from .records import Record, data_clone_error

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
MILLISECOND = timedelta(milliseconds=1)


def record_to_bytes(serialized: object) -> bytes:
    """The bytes of what `structured_serialize_for_storage` returns. DataCloneError if it holds what
    was transferred, for that is in this process.

    SPEC_NOTES.md#record-to-bytes
    """
    return _Writer().write(serialized)


class _End(bytes):
    """Bytes that stand after what a value holds."""

    __slots__ = ()


class _Writer:
    __slots__ = ("ids", "next_id", "output", "pending")

    def __init__(self) -> None:
        self.output = bytearray(tags.HEADER)
        self.ids: dict[Record, int] = {}
        self.next_id = 0
        self.pending: list[Any] = []  # the next one last

    def write(self, serialized: object) -> bytes:
        output, pending = self.output, self.pending
        pending.append(serialized)
        while pending:
            value = pending.pop()
            kind = type(value)
            if kind is str:
                self.write_string(value)
            elif kind is Record:
                self.write_record(value)
            elif kind is _End:
                output += value
            elif value is None:
                output.append(tags.NULL)
            elif kind is bool:
                output.append(tags.TRUE if value else tags.FALSE)
            elif isinstance(value, int):
                self.write_int(value)
            elif isinstance(value, float):
                self.write_float(value)
            else:
                self.write_other(value)
        return bytes(output)

    def write_int(self, value: int) -> None:
        output = self.output
        if -tags.SMALLEST_INTEGRAL_DOUBLE <= value < tags.SMALLEST_INTEGRAL_DOUBLE:
            output.append(tags.INT32)
            output += varint(value << 1 if value >= 0 else ~(value << 1))
        elif -tags.GREATEST_INTEGRAL_DOUBLE <= value <= tags.GREATEST_INTEGRAL_DOUBLE:
            output.append(tags.DOUBLE)
            output += pack("<d", value)
        else:
            length = (value.bit_length() + 63) // 64 * 8  # digits have 64 bits
            output.append(tags.BIGINT)
            output += varint(length << 1 | (value < 0))
            output += abs(value).to_bytes(length, "little")

    def write_float(self, value: float) -> None:
        is_like_an_int = (
            tags.SMALLEST_INTEGRAL_DOUBLE <= abs(value) <= tags.GREATEST_INTEGRAL_DOUBLE
            and value.is_integer()
        )
        if is_like_an_int:
            self.begin_a_host_object("float", [pack("<d", value)])
        else:
            self.output.append(tags.DOUBLE)
            self.output += pack("<d", value)

    def write_string(self, value: str) -> None:
        output = self.output
        try:
            data = value.encode("latin-1")
            output.append(tags.ONE_BYTE_STRING)
            output += varint(len(data))
        except UnicodeEncodeError:
            data = value.encode("utf-16-le", "surrogatepass")
            length = varint(len(data))
            if (len(output) + 1 + len(length)) & 1:
                output.append(tags.PADDING)  # what follows is aligned
            output.append(tags.TWO_BYTE_STRING)
            output += length
        output += data

    def write_other(self, value: Any) -> None:
        """A value that cannot change, but is not one of JavaScript's primitives."""
        if isinstance(value, bytes):
            self.write_buffer(value)
            self.write_view(b"B", len(value))
        elif isinstance(value, str):
            self.write_string(str.__str__(value))
        elif isinstance(value, datetime):
            self.write_datetime(value)
        elif isinstance(value, re.Pattern):
            self.begin_a_host_object("re.Pattern", [value.pattern, value.flags])
        else:
            self.begin_a_host_object(type(value).__name__, value)

    def write_datetime(self, value: datetime) -> None:
        if value.tzinfo is timezone.utc:
            milliseconds = (value - EPOCH) / MILLISECOND
            if EPOCH + milliseconds * MILLISECOND == value:
                self.next_id += 1
                self.output.append(tags.DATE)
                self.output += pack("<d", milliseconds)
                return
        zone = value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None
        text = value.replace(tzinfo=None).isoformat() if zone else value.isoformat()
        self.begin_a_host_object("datetime", [text, zone, value.fold])

    def write_record(self, record: Record) -> None:
        kind, data = record.type, record.data
        known_id = self.ids.get(record)
        if known_id is not None:
            self.output.append(tags.OBJECT_REFERENCE)
            self.output += varint(known_id)
            return
        if kind is memoryview:
            self.write_memoryview(record)
            return
        self.ids[record] = self.next_id
        if kind is list:
            self.next_id += 1
            length = varint(len(data))
            self.output.append(tags.BEGIN_DENSE_ARRAY)
            self.output += length
            self.pending.append(_End(bytes((tags.END_DENSE_ARRAY, 0)) + length))
            self.pending.extend(reversed(data))
        elif kind is dict:
            self.next_id += 1
            self.write_pairs(*data)
        elif kind is set:
            self.next_id += 1
            self.output.append(tags.BEGIN_SET)
            self.pending.append(_End(bytes((tags.END_SET,)) + varint(len(data))))
            self.pending.extend(reversed(data))
        elif kind is bytearray:
            self.write_buffer(data)
        elif kind in tags.ERROR_TAG_OF_CLASS and is_a_message(data[0]):
            self.next_id += 1
            self.write_error(tags.ERROR_TAG_OF_CLASS[kind], *data)
        elif kind is array:
            self.begin_a_host_object("array", [data.typecode, data.tobytes()])
        elif kind is tuple or kind is frozenset:
            self.begin_a_host_object(kind.__name__, data)
        elif kind is Thrown:
            self.begin_a_host_object("Thrown", data)
        elif hasattr(kind, "_serialization_steps") and type(data) is list:
            self.begin_a_host_object(kind.__name__, data)
        elif issubclass(kind, BaseException):
            arguments, cause = data
            self.begin_a_host_object("Error", [kind.__name__, _array_of(arguments), *cause])
        else:
            raise data_clone_error(f"A {kind.__name__} cannot leave its process")

    def write_pairs(self, keys: list[Any], values: list[Any]) -> None:
        """A dict whose keys are strings is an object, any other one a Map."""
        if all(type(key) is str for key in keys):
            self.output.append(tags.BEGIN_OBJECT)
            end = bytes((tags.END_OBJECT,)) + varint(len(keys))
        else:
            self.output.append(tags.BEGIN_MAP)
            end = bytes((tags.END_MAP,)) + varint(2 * len(keys))
        self.pending.append(_End(end))
        for key, value in zip(reversed(keys), reversed(values)):
            self.pending += (value, key)

    def write_buffer(self, data: bytes | bytearray) -> None:
        self.next_id += 1
        self.output.append(tags.ARRAY_BUFFER)
        self.output += varint(len(data))
        self.output += data

    def write_view(self, tag: bytes, length: int) -> None:
        """A view of all of the buffer that has just been written."""
        self.next_id += 1
        self.output.append(tags.ARRAY_BUFFER_VIEW)
        self.output += tag + varint(0) + varint(length) + varint(0)

    def write_memoryview(self, record: Record) -> None:
        if isinstance(record.data, memoryview):
            raise data_clone_error("A buffer that is transferred cannot leave its process")
        contents, format, shape = record.data
        tag = tags.VIEW_TAG_OF_FORMAT.get(format)
        if tag is not None and len(shape) == 1:
            self.write_buffer(contents)
            self.ids[record] = self.next_id
            self.write_view(tag, len(contents))
        else:
            self.ids[record] = self.next_id
            self.begin_a_host_object("memoryview", [contents, format, _array_of(shape)])

    def write_error(self, tag: bytes, arguments: tuple[Any, ...], cause: list[Any]) -> None:
        self.output.append(tags.ERROR)
        self.output += tag
        if arguments:
            self.output.append(tags.ERROR_MESSAGE)
            self.write_string(arguments[0])
        self.pending.append(_End((tags.ERROR_END,)))
        if cause:
            self.output.append(tags.ERROR_CAUSE)
            self.pending.append(cause[0])

    def begin_a_host_object(self, name: str, data: Iterable[Any]) -> None:
        """What V8 has no tag for: a name, and a list of what it is made of."""
        self.next_id += 1
        self.output.append(tags.HOST_OBJECT)
        self.output += varint(tags.HOST_OBJECT_VERSION)
        self.write_string(name)
        self.pending.append(_array_of(data))


def _array_of(items: Iterable[Any]) -> Record:
    return Record(list, list(items), False)


def is_a_message(arguments: tuple[Any, ...]) -> bool:
    """Whether an exception has what an Error of JavaScript has: a text, or nothing.

    SPEC_NOTES.md#errors-as-bytes
    """
    return not arguments or (len(arguments) == 1 and type(arguments[0]) is str)


def varint(value: int) -> bytes:
    """Seven bits a byte, the lowest ones first.

    SPEC_NOTES.md#varint
    """
    if value < 0x80:
        return bytes((value,))
    output = bytearray()
    while value >= 0x80:
        output.append(value & 0x7F | 0x80)
        value >>= 7
    output.append(value)
    return bytes(output)
