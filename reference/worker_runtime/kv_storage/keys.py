"""Keys: what an entry is stored under, and in which order.

KV Storage, 4: https://wicg.github.io/kv-storage/#supporting
SPEC_NOTES.md#kv-storage-keys

A key is stored as bytes that have the order of the keys: numbers, dates, strings, binary keys and
arrays. A number or a date is a double whose sign bit is turned over, or all bits if it is negative.
A string is its UTF-16 code units. Within a string or a binary key 00 is 00 FF, and 00 00 ends it;
00 ends an array, too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from struct import pack, unpack_from
from typing import Any

from ..host.storage.backend import StorageError
from ..webidl.exceptions import DOMException
from ..webidl.type_mapping import get_a_copy_of_the_buffer_source, is_buffer_source

END = 0x00
NUMBER = 0x10
DATE = 0x20
STRING = 0x30
BINARY = 0x40
ARRAY = 0x50
END_OF_BYTES = b"\0\0"
SIGN = 1 << 63
ALL_BITS = (1 << 64) - 1
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
MILLISECOND = timedelta(milliseconds=1)
LARGEST_SAFE_INTEGER = 2**53 - 1
DEEPEST_ARRAY = 200  # arrays within one another


def allowed_as_a_key(value: object) -> bool:
    """https://wicg.github.io/kv-storage/#allowed-as-a-key"""
    if isinstance(value, bool):
        return False
    return isinstance(value, (int, float, str, list, tuple, datetime)) or is_buffer_source(value)


def convert_a_value_to_a_key(value: object, depth: int = 0) -> bytes:
    """The bytes of a key. "DataError" if the value is not a key, or holds a value that is not one.

    SPEC_NOTES.md#convert-a-value-to-a-key
    """
    match value:
        case bool():
            pass
        case int() | float():
            try:
                number = float(value)
            except OverflowError:
                number = math.inf if value > 0 else -math.inf
            if not math.isnan(number):
                return bytes([NUMBER]) + ordered_double(number)
        case datetime():
            moment = value if value.tzinfo is not None else value.astimezone()
            return bytes([DATE]) + ordered_double((moment - EPOCH) / MILLISECOND)
        case str():
            return bytes([STRING]) + ended(value.encode("utf-16-be", "surrogatepass"))
        case list() | tuple():
            if depth < DEEPEST_ARRAY:
                items = [convert_a_value_to_a_key(item, depth + 1) for item in value]
                return bytes([ARRAY, *b"".join(items), END])
        case _ if is_buffer_source(value):
            return bytes([BINARY]) + ended(get_a_copy_of_the_buffer_source(value))
    raise DOMException(f"Not a valid key: {shown(value)}", "DataError")


def convert_a_key_to_a_value(key: bytes) -> Any:
    """SPEC_NOTES.md#convert-a-key-to-a-value"""
    try:
        value, end = value_at(key, 0)
    except (IndexError, ValueError, OverflowError, ArithmeticError) as error:
        raise StorageError(f"The key {key[:40]!r} is damaged: {error}") from error
    if end != len(key):
        raise StorageError(f"The key {key[:40]!r} is damaged")
    return value


def value_at(key: bytes, start: int) -> tuple[Any, int]:
    """The value that begins somewhere, and where it ends.

    Part of https://wicg.github.io/kv-storage/#key-round-trip
    """
    kind, start = key[start], start + 1
    match kind:
        case 0x10:
            number = double_at(key, start)
            if number.is_integer() and abs(number) <= LARGEST_SAFE_INTEGER:
                return int(number), start + 8
            return number, start + 8
        case 0x20:
            return EPOCH + double_at(key, start) * MILLISECOND, start + 8
        case 0x30:
            bytes, end = bytes_at(key, start)
            return bytes.decode("utf-16-be", "surrogatepass"), end
        case 0x40:
            return bytes_at(key, start)
        case 0x50:
            values = []
            while key[start] != END:
                value, start = value_at(key, start)
                values.append(value)
            return values, start + 1
    raise ValueError(f"there is no kind {kind:#04x}")


def ordered_double(number: float) -> bytes:
    """Eight bytes that have the order of numbers; 0 and -0 have the same.

    Part of SPEC_NOTES.md#kv-storage-keys
    """
    bits = int.from_bytes(pack(">d", number + 0.0))
    return (bits ^ (ALL_BITS if bits & SIGN else SIGN)).to_bytes(8)


def double_at(key: bytes, start: int) -> float:
    """The inverse.

    Part of SPEC_NOTES.md#kv-storage-keys
    """
    bits = int.from_bytes(key[start : start + 8])
    if len(key) < start + 8:
        raise ValueError("it ends too early")
    return float(unpack_from(">d", (bits ^ (SIGN if bits & SIGN else ALL_BITS)).to_bytes(8))[0])


def ended(content: bytes) -> bytes:
    """Bytes with an end that tells where they end, in the same order.

    Part of SPEC_NOTES.md#kv-storage-keys
    """
    return content.replace(b"\0", b"\0\xff") + END_OF_BYTES


def bytes_at(key: bytes, start: int) -> tuple[bytes, int]:
    """The inverse, and where they end.

    Part of SPEC_NOTES.md#kv-storage-keys
    """
    end = start
    while True:
        end = key.index(b"\0", end)
        if key[end + 1] == END:
            return key[start:end].replace(b"\0\xff", b"\0"), end + 2
        end += 2


def shown(value: object) -> str:
    """A value for an error's message.

    Part of SPEC_NOTES.md#kv-storage-keys
    """
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return f"{type(value).__name__} of {len(value)}, with something that is no key"
    return repr(value)[:100]
