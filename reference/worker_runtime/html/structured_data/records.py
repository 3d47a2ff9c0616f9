"""The records that structured data is serialized to, and Python's values that need none.

HTML Standard, 2.7.3:
https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializeinternal

A record can go to any thread, and nobody changes it: many realms may deserialize the same one.
`byte_format_writing` makes bytes of it, for storage and for other processes.
"""

from __future__ import annotations

from typing import Any

from ...webidl.exceptions import DOMException

# What cannot change is its own serialization.
PRIMITIVES = frozenset({type(None), bool, int, float, str, bytes})


class Record:
    """What a value is that can change, or that can be in a structure more than once.

    `type` is its class: one of Python's, an interface, or that of an exception. `data` is what it
    holds. It `is_flat` if all of that is primitive.

    | type | data |
    |---|---|
    | list, tuple, set, frozenset | a list of the items |
    | dict | a list of the keys and one of the values |
    | bytearray, array | a copy |
    | memoryview | bytes, format and shape; or a memoryview, if it is transferred |
    | an exception | its arguments, primitive ones, and a list of at most its cause |
    | Thrown | a list of the value |
    | an interface | a list of what its steps made of it; or what it held, if it is transferred |

    SPEC_NOTES.md#record-of-structured-data
    """

    __slots__ = ("data", "is_flat", "type")

    def __init__(self, type: type, data: Any, is_flat: bool = True) -> None:
        self.type = type
        self.data = data
        self.is_flat = is_flat


def data_clone_error(message: str) -> DOMException:
    """https://webidl.spec.whatwg.org/#datacloneerror"""
    return DOMException(message, "DataCloneError")
