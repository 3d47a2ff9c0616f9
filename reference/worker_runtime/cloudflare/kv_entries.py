"""Entries of a KV namespace: how values, their metadata and their expirations are stored.

SPEC_NOTES.md#kv-entries

The keys within the bottle of a namespace are those of large values, and

    key/KEY                 an entry: its head, its metadata as JSON, and a value that is short
    expiry/TIME/KEY         that an entry expires, at a time in seconds as 16 hexadecimal digits

All functions are steps on the entries of the bottle.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import TypeAlias

from ..host.storage.backend import StorageError
from ..storage.large_values import NO_BODY, LargeValues, StoredValue, ValueWriter
from ..storage.storage_bottles import Entries

VERSION = 1  # of the head
HEAD = Struct(">BQQ16sH")  # version, expiration or 0, length, number of a long value, of metadata
KEY = b"key/"
EXPIRY = b"expiry/"
LONGEST_SHORT_VALUE = 2_048  # bytes; a list reads them for nothing
EXPIRED_AT_ONCE = 1_000  # entries that a write removes beside its own work

# A short value as bytes or a long one, which is still to be read; metadata; expiration or 0.
Entry: TypeAlias = "tuple[bytes | StoredValue, bytes, int]"


def get_entry(
    entries: Entries, values: LargeValues, key: bytes, now: Callable[[], float]
) -> Entry | None:
    """Part of SPEC_NOTES.md#kv-entries"""
    stored = entries.get(KEY + key)
    if stored is None:
        return None
    _, expiration, length, number, metadata_length = parse_head(stored)
    if expiration and expiration <= now():
        return None
    metadata_end = HEAD.size + metadata_length
    value = stored[metadata_end:] if number == NO_BODY else StoredValue(values, number, length)
    return value, stored[HEAD.size : metadata_end], expiration


def put_entry(
    entries: Entries,
    values: LargeValues,
    key: bytes,
    value: bytes | ValueWriter,
    metadata: bytes,
    expiration: int | None,
) -> None:
    """Part of SPEC_NOTES.md#kv-entries"""
    remove_what_belongs_to(entries, values, key)
    if isinstance(value, ValueWriter):
        length, number, short_value = value.length, value.finish(entries), b""
    else:
        length, number, short_value = len(value), NO_BODY, value
    head = HEAD.pack(VERSION, expiration or 0, length, number, len(metadata))
    entries.put(KEY + key, head + metadata + short_value)
    if expiration is not None:
        entries.put(expiry_key(expiration, key), b"")


def delete_entry(entries: Entries, values: LargeValues, key: bytes) -> None:
    """Part of SPEC_NOTES.md#kv-entries"""
    if remove_what_belongs_to(entries, values, key):
        entries.delete(KEY + key)


def remove_what_belongs_to(entries: Entries, values: LargeValues, key: bytes) -> bool:
    """All of an entry but itself; whether there is one.

    Part of SPEC_NOTES.md#kv-entries
    """
    stored = entries.get(KEY + key)
    if stored is None:
        return False
    _, expiration, _, number, _ = parse_head(stored)
    if expiration:
        entries.delete(expiry_key(expiration, key))
    if number != NO_BODY:
        values.drop(entries, number)
    return True


def list_entries(
    entries: Entries, prefix: bytes, behind: bytes | None, limit: int, now: int
) -> list[tuple[bytes, bytes, int | None]]:
    """Names, metadata and expirations, from the first name behind one on; at most so many.

    Part of SPEC_NOTES.md#kv-list
    """
    found: list[tuple[bytes, bytes, int | None]] = []
    start = b"" if behind is None else KEY + behind + b"\0"
    while len(found) < limit:
        rows = entries.scan(KEY + prefix, start=start, limit=limit)
        for stored_key, stored in rows:
            _, expiration, _, _, metadata_length = parse_head(stored)
            if not expiration or expiration > now:
                metadata = stored[HEAD.size : HEAD.size + metadata_length]
                found.append((stored_key[len(KEY) :], metadata, expiration or None))
        if len(rows) < limit:
            break
        start = rows[-1][0] + b"\0"
    return found[:limit]


def remove_what_has_expired(entries: Entries, values: LargeValues, now: int) -> None:
    """Part of SPEC_NOTES.md#kv-expiration"""
    for expiry, _ in entries.scan(EXPIRY, limit=EXPIRED_AT_ONCE):
        time, _, key = expiry.removeprefix(EXPIRY).partition(b"/")
        if int(time, 16) > now:
            return
        delete_entry(entries, values, key)


def expiry_key(expiration: int, key: bytes) -> bytes:
    """Part of SPEC_NOTES.md#kv-entries"""
    return b"%b%016x/%b" % (EXPIRY, expiration, key)


def parse_head(stored: bytes) -> tuple[int, int, int, bytes, int]:
    """Version, expiration or 0, length, number and length of the metadata. StorageError if it is
    damaged.

    Part of SPEC_NOTES.md#kv-entries
    """
    if len(stored) < HEAD.size or stored[0] != VERSION:
        raise StorageError(f"A KV entry is damaged, or of another version: {stored[:40]!r}")
    return HEAD.unpack_from(stored)
