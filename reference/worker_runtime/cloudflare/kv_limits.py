"""Limits of a KV namespace, and the errors that say which one was passed.

SPEC_NOTES.md#kv-limits
"""

from __future__ import annotations

from typing import Literal, TypeAlias

# SPEC_NOTES.md#kv-error: the words of the errors name the operation
Operation: TypeAlias = Literal["GET", "GET_BULK", "PUT", "DELETE"]

LONGEST_KEY = 512  # bytes of UTF-8
LONGEST_VALUE = 25 * 2**20  # bytes
LONGEST_METADATA = 1024  # bytes of JSON
SHORTEST_TIME_TO_LIVE = 60  # seconds
SHORTEST_CACHE_TTL = 30  # seconds
MOST_KEYS_OF_A_LIST = 1000
MOST_KEYS_OF_A_GET = 100
MOST_BYTES_OF_A_GET = 25 * 2**20  # of many keys


class KVError(Exception):
    """A namespace has refused what it was asked for: `status` is the HTTP status that says why.

    SPEC_NOTES.md#kv-error
    """

    def __init__(self, operation: Operation, status: int, reason: str) -> None:
        super().__init__(f"KV {operation} failed: {status} {reason}")
        self.status = status


def check_key_name(key: str) -> None:
    """Part of SPEC_NOTES.md#kv-key-names"""
    if key == "":
        raise TypeError("Key name cannot be empty.")
    if key in (".", ".."):
        raise TypeError(f'"{key}" is not allowed as a key name.')


def check_key_name_of_many(key: str) -> None:
    """Part of SPEC_NOTES.md#kv-key-names"""
    if key == "":
        raise KVError("GET_BULK", 400, "Key names must not be empty")
    if key in (".", ".."):
        reason = f'Illegal key name "{key}". Please use a different name.'
        raise KVError("GET_BULK", 400, reason)


def check_key_length(operation: Operation, key: bytes) -> None:
    """Part of SPEC_NOTES.md#kv-key-names"""
    if len(key) > LONGEST_KEY:
        reason = f"UTF-8 encoded length of {len(key)} exceeds key length limit of {LONGEST_KEY}."
        raise KVError(operation, 414, reason)


def check_cache_ttl(operation: Operation, cache_ttl: int | None) -> None:
    """Part of SPEC_NOTES.md#kv-get-options"""
    if cache_ttl is not None and cache_ttl < SHORTEST_CACHE_TTL:
        reason = (
            f"Invalid cache_ttl of {cache_ttl}. Cache TTL must be at least {SHORTEST_CACHE_TTL}."
        )
        raise KVError(operation, 400, reason)


def expiration_time(now: int, expiration: int | None, expiration_ttl: int | None) -> int | None:
    """When a value expires, in seconds since 1970; None if it never does.

    Part of SPEC_NOTES.md#kv-expiration
    """
    if expiration_ttl is not None:
        if expiration_ttl <= 0:
            advice = "Please specify integer greater than 0."
            raise KVError("PUT", 400, f"Invalid expiration_ttl of {expiration_ttl}. {advice}")
        if expiration_ttl < SHORTEST_TIME_TO_LIVE:
            advice = f"Expiration TTL must be at least {SHORTEST_TIME_TO_LIVE}."
            raise KVError("PUT", 400, f"Invalid expiration_ttl of {expiration_ttl}. {advice}")
        return now + expiration_ttl
    if expiration is not None:
        if expiration <= now:
            advice = (
                "Please specify integer greater than the current number of seconds since the UNIX "
                "epoch."
            )
            raise KVError("PUT", 400, f"Invalid expiration of {expiration}. {advice}")
        if expiration < now + SHORTEST_TIME_TO_LIVE:
            advice = (
                f"Expiration times must be at least {SHORTEST_TIME_TO_LIVE} seconds in the future."
            )
            raise KVError("PUT", 400, f"Invalid expiration of {expiration}. {advice}")
    return expiration


def check_metadata_length(metadata: bytes) -> None:
    """Part of SPEC_NOTES.md#kv-put"""
    if len(metadata) > LONGEST_METADATA:
        reason = f"Metadata length of {len(metadata)} exceeds limit of {LONGEST_METADATA}."
        raise KVError("PUT", 413, reason)


def check_value_length(length: int) -> None:
    """Part of SPEC_NOTES.md#kv-put"""
    if length > LONGEST_VALUE:
        raise KVError("PUT", 413, f"Value length of {length} exceeds limit of {LONGEST_VALUE}.")


def list_limit(limit: int | None) -> int:
    """Part of SPEC_NOTES.md#kv-list"""
    if limit is None or limit <= 0:
        return MOST_KEYS_OF_A_LIST
    if limit > MOST_KEYS_OF_A_LIST:
        advice = f"Please specify an integer less than {MOST_KEYS_OF_A_LIST}."
        raise KVError("GET", 400, f"Invalid key_count_limit of {limit}. {advice}")
    return limit
