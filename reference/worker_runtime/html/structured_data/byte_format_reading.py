"""Reading structured data from bytes that may come from anywhere.

SPEC_NOTES.md#byte-format-of-structured-data

Whatever is not to the letter is a DataCloneError, and no length is believed before its bytes are
there. Nothing here recurses.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from struct import Struct
from typing import Any

from ...webidl.exceptions import DOMException
from . import byte_format as tags
from .byte_format import INT32, ONE_BYTE_STRING
from .host_objects import host_object
from .records import PRIMITIVES, Record, data_clone_error

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
DOUBLE = Struct("<d")
LONGEST_VARINT = 5  # bytes: 32 bits
# A sparse array only says how long it is.
MOST_HOLES = 1 << 16
NOT_YET = object()


class _Malformed(Exception):
    """The bytes are not those of a value."""


def record_from_bytes(data: bytes | bytearray | memoryview) -> Any:
    """What `structured_serialize_for_storage` returned, for `structured_deserialize`.

    DataCloneError if these are not the bytes of a value, to the last one.

    SPEC_NOTES.md#record-from-bytes
    """
    try:
        return _Reader(bytes(data)).read()
    except DOMException:
        raise
    except (_Malformed, ValueError, TypeError, OverflowError, IndexError) as error:
        raise data_clone_error(f"The bytes are not those of a value: {error}") from None


class _Container:
    """A value that is being read: what it holds so far."""

    __slots__ = ("expected", "id", "items", "record", "tag")

    def __init__(self, tag: int, id: int, record: Record, expected: int = -1) -> None:
        self.tag = tag
        self.id = id
        self.record = record
        self.items: list[Any] = []
        self.expected = expected  # how many items, if that is known


class _Reader:
    __slots__ = ("data", "objects", "open", "position", "unfinished")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0
        self.objects: list[Any] = []  # by their ids
        self.open: list[_Container] = []
        self.unfinished: dict[
            int, Record
        ] = {}  # host objects that were referred to within themselves

    def read(self) -> Any:
        if self.take(1) != tags.HEADER[:1] or self.varint() not in tags.VERSIONS:
            raise _Malformed("the header is another one")
        open = self.open
        while True:
            value = self.next_value()
            while value is not NOT_YET:
                if not open:
                    if self.position != len(self.data):
                        raise _Malformed("there are bytes after its end")
                    return value
                container = open[-1]
                container.items.append(value)
                value = NOT_YET
                if len(container.items) == container.expected:
                    value = self.end_of_expected(container)

    # ---- bytes -----------------------------------------------------------------------------------

    def take(self, length: int) -> bytes:
        start, end = self.position, self.position + length
        if end > len(self.data):
            raise _Malformed("they break off")
        self.position = end
        return self.data[start:end]

    def varint(self) -> int:
        value = 0
        data, position = self.data, self.position
        for shift in range(0, 7 * LONGEST_VARINT, 7):
            byte = data[position]  # IndexError: they break off
            position += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                self.position = position
                if value >> 32:
                    break
                return value
        raise _Malformed("a number has too many digits")

    def tag(self) -> int:
        data, position = self.data, self.position
        while data[position] == tags.PADDING:
            position += 1
        self.position = position + 1
        return data[position]

    def double(self) -> float:
        (value,) = DOUBLE.unpack(self.take(8))
        return float(value)

    # ---- values ----------------------------------------------------------------------------------

    def next_value(self) -> Any:
        """A value that is whole, or NOT_YET: one has begun."""
        data, position = self.data, self.position
        tag = data[position]  # IndexError: they break off
        # OPTIMIZATION: most values are short texts and small numbers
        if tag == ONE_BYTE_STRING and data[position + 1] < 0x80:
            start = position + 2
            end = self.position = start + data[position + 1]
            if end <= len(data):
                return data[start:end].decode("latin-1")
            raise _Malformed("they break off")
        if tag == INT32 and data[position + 1] < 0x80:
            digits = data[position + 1]
            self.position = position + 2
            return digits >> 1 ^ -(digits & 1)
        tag = self.tag()
        if (read := READERS.get(tag)) is not None:
            return read(self)
        if tag in ENDS:
            return self.end(tag)
        raise _Malformed(f"Python has no value for the tag {chr(tag)!r}")

    def int32(self) -> int:
        digits = self.varint()
        return digits >> 1 ^ -(digits & 1)

    def one_byte_string(self) -> str:
        return self.take(self.varint()).decode("latin-1")

    def two_byte_string(self) -> str:
        return self.take(self.varint()).decode("utf-16-le", "surrogatepass")

    def utf_8_string(self) -> str:
        return self.take(self.varint()).decode("utf-8")

    def date(self) -> Any:
        return self.remember(EPOCH + timedelta(milliseconds=self.double()))

    def hole(self) -> None:
        if not self.open or self.open[-1].tag != tags.BEGIN_DENSE_ARRAY:
            raise _Malformed("only an array has holes")

    def number(self) -> float:
        value = self.double()
        if (
            tags.SMALLEST_INTEGRAL_DOUBLE <= abs(value) <= tags.GREATEST_INTEGRAL_DOUBLE
            and value.is_integer()
        ):
            return int(value)
        return value

    def bigint(self) -> int:
        bits = self.varint()
        value = int.from_bytes(self.take(bits >> 1), "little")
        return -value if bits & 1 else value

    def remember(self, value: Any) -> Any:
        self.objects.append(value)
        return value

    def reference(self) -> Any:
        id = self.varint()
        value = self.objects[id] if id < len(self.objects) else None
        if value is None:
            raise _Malformed("an object is not there")
        if value is NOT_YET:
            return self.unfinished.setdefault(id, Record(type(None), None, False))
        return value

    def buffer(self) -> Any:
        contents = self.take(self.varint())
        record = self.remember(Record(bytearray, bytearray(contents)))
        following = self.data[self.position : self.position + 1]
        if following != bytes((tags.ARRAY_BUFFER_VIEW,)):
            return record
        self.take(1)
        view_tag, offset, length = self.take(1)[0], self.varint(), self.varint()
        if self.varint() != 0 or offset + length > len(contents):
            raise _Malformed("a view lies outside its buffer")
        contents = contents[offset : offset + length]
        if view_tag == ord("B"):
            return self.remember(contents)
        format = tags.FORMAT_OF_VIEW_TAG.get(view_tag)
        if format is None:
            raise _Malformed("there is no such view")
        shape = memoryview(contents).cast(format).shape  # type: ignore[call-overload]
        return self.remember(Record(memoryview, (contents, format, shape)))

    # ---- what holds values -----------------------------------------------------------------------

    def begin(self, tag: int, record: Record, expected: int = -1) -> Any:
        self.open.append(_Container(tag, len(self.objects), record, expected))
        self.objects.append(record)
        return NOT_YET

    def begin_an_object(self) -> Any:
        return self.begin(tags.BEGIN_OBJECT, Record(dict, ([], []), False))

    def begin_a_map(self) -> Any:
        return self.begin(tags.BEGIN_MAP, Record(dict, ([], []), False))

    def begin_a_set(self) -> Any:
        return self.begin(tags.BEGIN_SET, Record(set, [], False))

    def begin_a_dense_array(self) -> Any:
        length = self.varint()
        if length > len(self.data) - self.position:
            raise _Malformed("an array breaks off")
        self.begin(tags.BEGIN_DENSE_ARRAY, Record(list, [], False), length)
        return NOT_YET if length else self.end_of_expected(self.open[-1])

    def begin_a_sparse_array(self) -> Any:
        length = self.varint()
        if length > MOST_HOLES + len(self.data):
            raise _Malformed("an array has too many holes")
        return self.begin(tags.BEGIN_SPARSE_ARRAY, Record(list, [None] * length, False))

    def begin_a_host_object(self) -> Any:
        if self.varint() != tags.HOST_OBJECT_VERSION:
            raise _Malformed("a host object is of another version")
        self.open.append(_Container(tags.HOST_OBJECT, len(self.objects), Record(list, None), 2))
        self.objects.append(NOT_YET)
        return NOT_YET

    def error(self) -> Any:
        """https://tc39.es/ecma262/#sec-error-objects"""
        record = Record(Exception, ((), []), False)
        self.begin(tags.ERROR, record, 1)
        if self.data[self.position] in tags.CLASS_OF_ERROR_TAG:
            record.type = tags.CLASS_OF_ERROR_TAG[self.take(1)[0]]
        return self.rest_of_error(self.open[-1])

    def rest_of_error(self, container: _Container) -> Any:
        record = container.record
        arguments, cause = record.data
        while (tag := self.take(1)[0]) != tags.ERROR_END:
            if tag == tags.ERROR_CAUSE and not cause and not container.items:
                return NOT_YET
            if tag != tags.ERROR_MESSAGE and tag != tags.ERROR_STACK:
                raise _Malformed("an error has something else")
            text = self.next_value()
            if type(text) is not str:
                raise _Malformed("an error has something else for a text")
            if tag == tags.ERROR_MESSAGE:
                arguments = (text,)
                record.data = (arguments, cause)
        self.open.pop()
        return record

    def end_of_expected(self, container: _Container) -> Any:
        """All items are there whose number was known."""
        if container.tag == tags.ERROR:
            container.record.data[1].append(container.items[0])
            return self.rest_of_error(container)
        if container.tag == tags.HOST_OBJECT:
            return self.end_of_host_object(container)
        if self.tag() != tags.END_DENSE_ARRAY or self.varint() != 0:
            raise _Malformed("an array has more than items")
        if self.varint() != container.expected:
            raise _Malformed("an array is of another length")
        self.open.pop()
        record = container.record
        record.data = container.items
        record.is_flat = PRIMITIVES.issuperset(map(type, container.items))
        return record

    def end_of_host_object(self, container: _Container) -> Any:
        self.open.pop()
        name, made_of = container.items
        if type(name) is not str or type(made_of) is not Record or made_of.type is not list:
            raise _Malformed("a host object has a name and a list")
        value = host_object(name, made_of.data)
        unfinished = self.unfinished.pop(container.id, None)
        if unfinished is not None:
            if type(value) is not Record:
                raise _Malformed("what cannot change contains itself")
            unfinished.type, unfinished.data = value.type, value.data
            value = unfinished
        self.objects[container.id] = value
        return value

    def end(self, tag: int) -> Any:
        """The end of a container that has no number at its beginning, but one at its end."""
        if not self.open or self.open[-1].tag != ENDS[tag]:
            raise _Malformed("something ends that has not begun")
        container = self.open.pop()
        items, record = container.items, container.record
        count = self.varint()
        if tag == tags.END_SET:
            if count != len(items):
                raise _Malformed("a Set has another number of items")
            record.data = items
            record.is_flat = PRIMITIVES.issuperset(map(type, items))
            return record
        keys, values = items[::2], items[1::2]
        if count != (len(items) if tag == tags.END_MAP else len(keys)) or len(items) & 1:
            raise _Malformed("an object has another number of members")
        if tag == tags.END_SPARSE_ARRAY:
            self.end_a_sparse_array(record, keys, values)
            return record
        if tag == tags.END_OBJECT:
            keys = [name_of_member(key) for key in keys]
        record.data = (keys, values)
        record.is_flat = PRIMITIVES.issuperset(map(type, items))
        return record

    def end_a_sparse_array(self, record: Record, keys: list[Any], values: list[Any]) -> None:
        if self.varint() != len(record.data):
            raise _Malformed("an array is of another length")
        for key, value in zip(keys, values):
            if type(key) is not int or not 0 <= key < len(record.data):
                raise _Malformed("an array has more than items")
            record.data[key] = value
        record.is_flat = PRIMITIVES.issuperset(map(type, record.data))


def name_of_member(key: object) -> str:
    """An object of JavaScript has its integral names as numbers here.

    https://tc39.es/ecma262/#sec-topropertykey
    """
    if type(key) is str:
        return key
    if type(key) is not int:
        raise _Malformed("a member has no name")
    return str(key)


ENDS = {
    tags.END_OBJECT: tags.BEGIN_OBJECT,
    tags.END_MAP: tags.BEGIN_MAP,
    tags.END_SET: tags.BEGIN_SET,
    tags.END_SPARSE_ARRAY: tags.BEGIN_SPARSE_ARRAY,
}

READERS: dict[int, Callable[[_Reader], Any]] = {
    tags.NULL: lambda reader: None,
    tags.UNDEFINED: lambda reader: None,
    tags.TRUE: lambda reader: True,
    tags.FALSE: lambda reader: False,
    tags.INT32: _Reader.int32,
    tags.UINT32: _Reader.varint,
    tags.DOUBLE: _Reader.number,
    tags.BIGINT: _Reader.bigint,
    tags.ONE_BYTE_STRING: _Reader.one_byte_string,
    tags.TWO_BYTE_STRING: _Reader.two_byte_string,
    tags.UTF_8_STRING: _Reader.utf_8_string,
    tags.DATE: _Reader.date,
    tags.ARRAY_BUFFER: _Reader.buffer,
    tags.ERROR: _Reader.error,
    tags.BEGIN_OBJECT: _Reader.begin_an_object,
    tags.BEGIN_MAP: _Reader.begin_a_map,
    tags.BEGIN_SET: _Reader.begin_a_set,
    tags.BEGIN_DENSE_ARRAY: _Reader.begin_a_dense_array,
    tags.BEGIN_SPARSE_ARRAY: _Reader.begin_a_sparse_array,
    tags.HOLE: _Reader.hole,
    tags.HOST_OBJECT: _Reader.begin_a_host_object,
    tags.OBJECT_REFERENCE: _Reader.reference,
}
