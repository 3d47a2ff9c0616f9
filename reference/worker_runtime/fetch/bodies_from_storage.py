"""Bodies from storage: the bytes of cached responses, which need not fit into memory.

Fetch Standard, 2.2.4: https://fetch.spec.whatwg.org/#bodies

A body of at most one chunk is read together with what leads to it. Of a longer one each chunk is
read when it is wanted.
"""

from __future__ import annotations

from typing import TypeAlias

from ..storage.large_values import CHUNK_SIZE, LargeValues, StoredValue
from ..storage.storage_bottles import Entries
from .bodies import BodyRecord

BytesOrStored: TypeAlias = "bytes | StoredValue"


def stored_bytes(
    entries: Entries, values: LargeValues, number: bytes, length: int
) -> BytesOrStored:
    """What a body is made of, in the steps that read what leads to it. TypeError if it is not there
    any more.

    Part of https://fetch.spec.whatwg.org/#bodies
    """
    if length == 0:
        return b""
    stored = StoredValue(values, number, length)
    # OPTIMIZATION: bytes in hand need no stream.
    return stored.next_chunk(entries) if length <= CHUNK_SIZE else stored


def body_of(stored: BytesOrStored) -> BodyRecord:
    """The body. It can be read to its end although what led to it is deleted meanwhile; if another
    process deletes that, reading fails with a TypeError.

    Part of https://fetch.spec.whatwg.org/#bodies
    """
    if isinstance(stored, StoredValue):
        return BodyRecord(None, stored.length, stored.stream)
    return BodyRecord(stored, len(stored))
