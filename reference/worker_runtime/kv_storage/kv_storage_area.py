"""The KVStorageArea class and `kvStorage`: a map that stays, with any structured data in it.

KV Storage, 2 to 4: https://wicg.github.io/kv-storage/#global,
https://wicg.github.io/kv-storage/#KVStorageArea, https://wicg.github.io/kv-storage/#supporting

The standard stands on Indexed Database. There is none here: an area is a part of that API's bottle,
laid out as one of its databases with one object store.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar

from ..html.settings_objects import current_settings_object
from ..html.structured_data.byte_format_reading import record_from_bytes
from ..html.structured_data.byte_format_writing import record_to_bytes
from ..html.structured_data.structured_deserialize import structured_deserialize
from ..html.structured_data.structured_serialize import structured_serialize_for_storage
from ..storage.storage_bottles import Entries
from ..storage.storage_manager import nothing_can_be_stored
from ..storage.storage_sheds import obtain_a_local_storage_bottle_map
from ..webidl.exceptions import DOMException
from ..webidl.interfaces import END_OF_ITERATION, AsyncIterator, EndOfIteration
from ..webidl.promises import Promise, a_promise_rejected_with, a_promise_resolved_with, react
from ..webidl.type_mapping import to_dom_string
from .keys import allowed_as_a_key, convert_a_key_to_a_value, convert_a_value_to_a_key

MOST_BYTES_AT_ONCE = 2**20  # of a value that is written on the event loop

T = TypeVar("T")
Row: TypeAlias = "tuple[Any, bytes, bytes]"


class BackingStore(NamedTuple):
    """https://wicg.github.io/kv-storage/#backingstoreobject"""

    database: str
    store: str = "store"
    version: int = 1


class KVStorageArea:
    """A map from keys to values. Areas with the same name, in any scope of an origin, are the same.

    A key is a number, a date, a str, bytes, or a list of such; a value is any structured data.
    Iteration is over pairs, in the order of the keys, and sees what changes behind its place.

    https://wicg.github.io/kv-storage/#KVStorageArea
    """

    __slots__ = ("__weakref__", "_backing_store")

    def __init__(self, name: str) -> None:
        """https://wicg.github.io/kv-storage/#KVStorageArea-constructor"""
        self._backing_store = BackingStore(f"kv-storage:{to_dom_string(name)}")

    def set(self, key: object, value: object) -> Promise[None]:
        """Store a value; None deletes the entry. "DataError" for an invalid key, "DataCloneError"
        for a value that is not structured data, QuotaExceededError if there is no room.

        https://wicg.github.io/kv-storage/#KVStorageArea-set
        """
        if value is None:
            return self.delete(key)
        try:
            entry = key_of(key)
            # DEVIATION: by the letter the value is copied when the database is open. Here, what
            # happens to it after the call is of no interest.
            data = record_to_bytes(structured_serialize_for_storage(value))
        except Exception as error:
            return a_promise_rejected_with(error)
        takes_long = len(data) > MOST_BYTES_AT_ONCE
        return perform_a_database_operation(
            self, "readwrite", lambda store, prefix: store.put(prefix + entry, data), takes_long
        )

    def get(self, key: object) -> Promise[Any]:
        """A new copy of the value, None if there is none. "DataError" for an invalid key.

        https://wicg.github.io/kv-storage/#KVStorageArea-get
        """
        try:
            entry = key_of(key)
        except Exception as error:
            return a_promise_rejected_with(error)
        promise = perform_a_database_operation(
            self, "readonly", lambda store, prefix: store.get(prefix + entry)
        )
        return react(promise, value_of)

    def delete(self, key: object) -> Promise[None]:
        """Remove an entry, if there is one. "DataError" for an invalid key.

        https://wicg.github.io/kv-storage/#KVStorageArea-delete
        """
        try:
            entry = key_of(key)
        except Exception as error:
            return a_promise_rejected_with(error)

        def delete(store: Entries, prefix: bytes) -> None:
            store.delete(prefix + entry)

        return perform_a_database_operation(self, "readwrite", delete)

    def clear(self) -> Promise[None]:
        """Remove all entries.

        https://wicg.github.io/kv-storage/#KVStorageArea-clear
        """
        return delete_the_database(self)

    def __aiter__(self) -> KVStorageAreaAsyncIterator:
        return self.entries()

    def keys(self) -> KVStorageAreaAsyncIterator:
        """https://wicg.github.io/kv-storage/#dom-kvstoragearea-keys"""
        return KVStorageAreaAsyncIterator(self, lambda key, value: key)

    def values(self) -> KVStorageAreaAsyncIterator:
        """https://wicg.github.io/kv-storage/#dom-kvstoragearea-values"""
        return KVStorageAreaAsyncIterator(self, lambda key, value: value_of(value))

    def entries(self) -> KVStorageAreaAsyncIterator:
        """https://wicg.github.io/kv-storage/#dom-kvstoragearea-entries"""
        return KVStorageAreaAsyncIterator(self, lambda key, value: (key, value_of(value)))

    @property
    def backingStore(self) -> BackingStore:
        """Which database, object store and version it would have in Indexed Database.

        https://wicg.github.io/kv-storage/#KVStorageArea-backingstore
        """
        return self._backing_store


class KVStorageAreaAsyncIterator(AsyncIterator[Any]):
    """Part of https://wicg.github.io/kv-storage/#KVStorageArea-iteration"""

    __slots__ = ("_area", "_last_key", "_result_of")

    def __init__(self, area: KVStorageArea, result_of: Callable[[Any, bytes], Any]) -> None:
        super().__init__()
        self._area = area
        self._result_of = result_of
        self._last_key: bytes | None = None  # not yet started

    def _get_the_next_iteration_result(self) -> Promise[Any | EndOfIteration]:
        last_key = self._last_key

        def next_row(store: Entries, prefix: bytes) -> Row | None:
            start = prefix + get_the_range_for_a_key(last_key)
            for key, value in store.scan(prefix, start=start, limit=1):
                stored_key = key.removeprefix(prefix)
                return convert_a_key_to_a_value(stored_key), stored_key, value
            return None

        def result(row: Row | None) -> Any:
            if row is None:
                return END_OF_ITERATION
            key, self._last_key, value = row
            return self._result_of(key, value)

        return react(perform_a_database_operation(self._area, "readonly", next_row), result)

    def _asynchronous_iterator_return(self, value: object) -> Promise[Any]:
        return a_promise_resolved_with(None)


def delete_the_database(area: KVStorageArea) -> Promise[None]:
    """https://wicg.github.io/kv-storage/#deleting-the-database"""
    return perform_a_database_operation(
        area, "readwrite", lambda store, prefix: store.delete_prefix(prefix), takes_long=True
    )


def perform_a_database_operation(
    area: KVStorageArea,
    mode: Literal["readonly", "readwrite"],
    steps: Callable[[Entries, bytes], T],
    takes_long: bool = False,
) -> Promise[T]:
    """The steps get the store, and what the keys of the area's entries begin with there.

    https://wicg.github.io/kv-storage/#performing-a-database-operation
    """
    proxy_map = obtain_a_local_storage_bottle_map(current_settings_object(), "indexedDB")
    if proxy_map is None:
        return a_promise_rejected_with(nothing_can_be_stored())
    name = area.backingStore.database.encode("utf-8", "surrogatepass")
    prefix = b"%08x/%b/store/" % (len(name), name)  # none is the beginning of another one
    perform = proxy_map.read if mode == "readonly" else proxy_map.write
    return perform(lambda entries: steps(entries, prefix), takes_long)


def get_the_range_for_a_key(key: bytes | None) -> bytes:
    """Where what lies behind a key begins; behind None lies everything.

    https://wicg.github.io/kv-storage/#get-the-range-for-a-key
    """
    return b"" if key is None else key + b"\0"


def key_of(value: object) -> bytes:
    """A key as it is stored. "DataError" for an invalid one.

    Part of https://wicg.github.io/kv-storage/#KVStorageArea-get
    """
    if not allowed_as_a_key(value):
        raise DOMException(f"A {type(value).__name__} cannot be a key", "DataError")
    return convert_a_value_to_a_key(value)


def value_of(data: bytes | None) -> Any:
    """A new copy of what is stored.

    Part of https://wicg.github.io/kv-storage/#KVStorageArea-get
    """
    return None if data is None else structured_deserialize(record_from_bytes(data))


# https://wicg.github.io/kv-storage/#default-kv-storage-area
kvStorage = KVStorageArea("default")
