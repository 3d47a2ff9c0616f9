"""What processes say to each other about objects: lists, as structured data.

SPEC_NOTES.md#remote-messages
"""

from __future__ import annotations

from typing import Any

from ...host.bus import BusFailure, BusOverflow
from ...host.bus_frames import MOST_BYTES_OF_A_MESSAGE
from ...html.structured_data.byte_format_reading import record_from_bytes
from ...html.structured_data.byte_format_writing import record_to_bytes
from ...html.structured_data.structured_deserialize import structured_deserialize
from ...html.structured_data.structured_serialize import structured_serialize

# To the process that has the object, from it, and to all.
CALLS, ANSWERS, NEWS = "durable calls", "durable answers", "durable news"

LOST = "Network connection lost."
OVERLOADED = "Durable Object is overloaded. Too many requests queued."
TOO_LARGE = (
    f"Serialized RPC arguments or return values are limited to {MOST_BYTES_OF_A_MESSAGE >> 20}MiB, "
    "but the size of this value was: {} bytes."
)
ROOM_FOR_THE_REST = 64 * 1024  # of a message, beside arguments or a result

# What an error says of itself beyond its class and message.
FLAGS = ("remote", "retryable", "overloaded", "durableObjectReset", "givesUpTheAlarm")


def to_bytes(message: list[Any]) -> bytes:
    """DataCloneError if something of it cannot leave the process.

    Part of SPEC_NOTES.md#remote-messages
    """
    return record_to_bytes(structured_serialize(message))


def from_bytes(message: bytes) -> list[Any]:
    """DataCloneError if it is no structured data; ValueError if it is no message.

    Part of SPEC_NOTES.md#remote-messages
    """
    items = structured_deserialize(record_from_bytes(message))
    if type(items) is not list or len(items) < 2 or type(items[0]) is not str:
        raise ValueError("it is no list that begins with its kind")
    return items


def check_size(value: bytes) -> bytes:
    """RuntimeError if it does not fit into a message.

    Part of SPEC_NOTES.md#remote-messages
    """
    if len(value) > MOST_BYTES_OF_A_MESSAGE - ROOM_FOR_THE_REST:
        raise RuntimeError(TOO_LARGE.format(len(value)))
    return value


# ---- errors --------------------------------------------------------------------------------------


def error_to_bytes(error: BaseException) -> tuple[list[str], bytes]:
    """What an error says of itself, and the error: as an Exception with its message, if it cannot
    leave the process as it is.

    SPEC_NOTES.md#remote-errors
    """
    flags = [flag for flag in FLAGS if getattr(error, flag, False)]
    try:
        return flags, check_size(record_to_bytes(structured_serialize(error)))
    except Exception:
        return flags, record_to_bytes(structured_serialize(Exception(str(error)[:1024])))


def error_from_bytes(flags: list[Any], data: bytes) -> Exception:
    """The other way round. ValueError if it is no error.

    Part of SPEC_NOTES.md#remote-errors
    """
    error = structured_deserialize(record_from_bytes(data))
    if not isinstance(error, Exception):
        raise ValueError("it is no error")
    return with_flags(error, *(flag for flag in FLAGS if flag in flags))


def with_flags(error: Exception, *flags: str) -> Exception:
    """The error, which says so of itself.

    Part of SPEC_NOTES.md#remote-errors
    """
    for flag in flags:
        setattr(error, flag, True)
    return error


def lost_error() -> Exception:
    """The process that has the object is gone: nobody knows what has come of a call.

    SPEC_NOTES.md#network-connection-lost
    """
    return with_flags(RuntimeError(LOST), "retryable", "durableObjectReset")


def error_of_the_bus(failure: BusFailure) -> Exception:
    """Why a call did not get to another process.

    Part of SPEC_NOTES.md#network-connection-lost
    """
    if isinstance(failure, BusOverflow):
        return with_flags(RuntimeError(OVERLOADED), "overloaded")
    return lost_error()
