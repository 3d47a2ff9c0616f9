"""The storage of an object: keys and values, transactions, the alarm.

SPEC_NOTES.md#durable-object-storage

A method has done its work when it returns; its promise is settled, so awaiting it does not end the
turn.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from ...html.structured_data.byte_format_reading import record_from_bytes
from ...html.structured_data.byte_format_writing import record_to_bytes
from ...html.structured_data.structured_deserialize import structured_deserialize
from ...html.structured_data.structured_serialize import structured_serialize_for_storage
from ...webidl.exceptions import RangeError
from ...webidl.interfaces import illegal_constructor, new
from ...webidl.promises import Promise, a_promise_rejected_with, a_promise_resolved_with
from ...webidl.type_mapping import to_epoch_time_stamp
from .input_gate import run_in_a_section
from .output_gate import begin_a_transaction, commit_the_transaction
from .sql_storage import SqlStorage

if TYPE_CHECKING:
    from ...host.storage.object_database import ObjectDatabase
    from .life_cycle import Container

T = TypeVar("T")

LONGEST_KEY = 2_048  # bytes of UTF-8
LONGEST_VALUE = 2 * 2**20  # bytes, as it is serialized
LATEST_ALARM = 9e12  # milliseconds since 1970; nanoseconds have to fit into 63 bits
NO_DELETE_ALL = "Cannot call deleteAll() within a transaction"
NO_RECOVERY = "This Durable Object's storage back-end does not implement point-in-time recovery."
_MISSING: Any = object()


class Entries:
    """What storage and transactions have in common: reading and writing of keys.

    SPEC_NOTES.md#storage-entries
    """

    __slots__ = ("_container",)

    _container: Container

    def _check(self, operation: str) -> None:
        """Raise if it may not be used."""

    def get(self, key: str | Iterable[str], options: object = None, **members: Any) -> Promise[Any]:
        """The value of a key, None if there is none; of several keys a dict of those that are
        there.

        SPEC_NOTES.md#storage-get
        """

        def steps() -> Any:
            self._check("get")
            database = self._container.database
            if isinstance(key, str):
                return value_of(database.get(checked_key(key)))
            found = {each: database.get(checked_key(each)) for each in key}
            return {
                each: value_of(found[each])
                for each in sorted(found, key=lambda each: each.encode("utf-8", "surrogatepass"))
                if found[each] is not None
            }

        return settled(steps)

    def put(
        self,
        key: str | Mapping[str, Any],
        value: object = _MISSING,
        options: object = None,
        **members: Any,
    ) -> Promise[None]:
        """Set the value of a key, or of all keys of a mapping.

        SPEC_NOTES.md#storage-put
        """

        def steps() -> None:
            self._check("put")
            if isinstance(key, str):
                if value is _MISSING:
                    raise TypeError("put() called with undefined value.")
                entries: Mapping[str, Any] = {key: value}
                given = options
            else:
                entries, given = key, (None if value is _MISSING else value)
            # All is checked before anything is written.
            rows = [(checked_key(each), bytes_of(entries[each])) for each in entries]
            database = self._container.begin_a_write(is_unconfirmed(given, members))
            for row in rows:
                database.put(*row)

        return settled(steps)

    def delete(
        self, key: str | Iterable[str], options: object = None, **members: Any
    ) -> Promise[Any]:
        """Remove a key; whether it was there. Of several keys, how many were there.

        SPEC_NOTES.md#storage-delete
        """

        def steps() -> bool | int:
            self._check("delete")
            keys = [key] if isinstance(key, str) else list(key)
            for each in keys:
                checked_key(each)
            database = self._container.begin_a_write(is_unconfirmed(options, members))
            count = sum([database.delete(each) for each in keys])
            return bool(count) if isinstance(key, str) else count

        return settled(steps)

    def list(
        self, options: Mapping[str, Any] | None = None, **members: Any
    ) -> Promise[dict[str, Any]]:
        """Keys with their values, in the order of their UTF-8: `prefix`, `start` and `startAfter`,
        `end`, `limit`, `reverse`.

        SPEC_NOTES.md#storage-list
        """

        def steps() -> dict[str, Any]:
            self._check("list")
            return dict(listed(self._container.database, {**(options or {}), **members}))

        return settled(steps)

    def getAlarm(self, options: object = None, **members: Any) -> Promise[float | None]:
        """When the alarm rings, in milliseconds since 1970; None if there is none, and while it
        runs.

        SPEC_NOTES.md#storage-get-alarm
        """

        def steps() -> float | None:
            self._check("getAlarm")
            return self._container.visible_alarm()

        return settled(steps)

    def setAlarm(
        self, scheduledTime: float | datetime, options: object = None, **members: Any
    ) -> Promise[None]:
        """Let the alarm ring at a time, instead of any other one.

        SPEC_NOTES.md#storage-set-alarm
        """

        def steps() -> None:
            self._check("setAlarm")
            if isinstance(scheduledTime, datetime):
                time = scheduledTime.timestamp() * 1000
            elif isinstance(scheduledTime, (int, float)) and math.isfinite(scheduledTime):
                time = to_epoch_time_stamp(scheduledTime, "The time of setAlarm()")
            elif isinstance(scheduledTime, float):
                time = scheduledTime
            else:
                raise TypeError(
                    "setAlarm() is given milliseconds since 1970, or a datetime, not "
                    f"{scheduledTime!r}"
                )
            if not time > 0:
                raise TypeError("setAlarm() cannot be called with an alarm time <= 0")
            if time > LATEST_ALARM:
                raise RangeError(f"An alarm is before {LATEST_ALARM:.0f}, not at {time:.0f}")
            self._container.check_that_there_is_a_handler_for_alarms()
            now = self._container.space.host.clock.wall() * 1000
            self._container.begin_a_write(is_unconfirmed(options, members)).alarm = max(time, now)
            self._container.alarm_was_set = True

        return settled(steps)

    def deleteAlarm(self, options: object = None, **members: Any) -> Promise[None]:
        """Let no alarm ring; one that runs is not tried again.

        SPEC_NOTES.md#storage-delete-alarm
        """

        def steps() -> None:
            self._check("deleteAlarm")
            self._container.begin_a_write(is_unconfirmed(options, members)).alarm = None
            self._container.alarm_was_set = False

        return settled(steps)


class DurableObjectStorage(Entries):
    """SPEC_NOTES.md#durable-object-storage"""

    __slots__ = ("_kv", "_sql")

    _kv: SyncKvStorage
    _sql: SqlStorage

    __init__ = illegal_constructor

    @property
    def sql(self) -> SqlStorage:
        """SPEC_NOTES.md#storage-sql"""
        return self._sql

    @property
    def kv(self) -> SyncKvStorage:
        """SPEC_NOTES.md#storage-kv"""
        return self._kv

    def deleteAll(self, options: object = None, **members: Any) -> Promise[None]:
        """Remove all keys, tables and the alarm. RuntimeError within a transaction.

        SPEC_NOTES.md#storage-delete-all
        """

        def steps() -> None:
            if self._container.transactions:
                raise RuntimeError(NO_DELETE_ALL)
            self._container.begin_a_write(is_unconfirmed(options, members)).delete_all()
            self._container.alarm_was_set = False

        return settled(steps)

    def transaction(
        self, closure: Callable[[DurableObjectTransaction], Awaitable[T] | T]
    ) -> Promise[T]:
        """Run a closure in a critical section; what it writes stays all or, if it raises or rolls
        back, not at all. A promise of what it returns.

        SPEC_NOTES.md#storage-transaction
        """
        return run_in_a_section(
            partial(run_a_transaction, self._container, closure), lambda error: None
        )

    def transactionSync(self, closure: Callable[[], T]) -> T:
        """Call a plain function; what it has written is undone if it raises.

        SPEC_NOTES.md#storage-transaction-sync
        """
        container = self._container
        database = container.begin_a_write(False)
        name = f"sync_{container.number_of_savepoints()}"
        database.begin_savepoint(name)
        try:
            result = closure()
        except BaseException:
            database.roll_back_savepoint(name)
            raise
        database.release_savepoint(name)
        return result

    def sync(self) -> Promise[None]:
        """A promise that is fulfilled when all that was written is durable.

        SPEC_NOTES.md#storage-sync
        """
        gate = self._container.output_gate
        batch = gate.pending or (gate.committed[-1] if gate.committed else None)
        return Promise.resolve() if batch is None else batch.is_durable

    def getCurrentBookmark(self) -> Promise[str]:
        """A text that is greater than all that were returned before.

        SPEC_NOTES.md#storage-get-current-bookmark
        """

        def steps() -> str:
            number = self._container.begin_a_write(False).next_bookmark()
            return f"{number >> 32:08x}-{number & 0xFFFFFFFF:08x}-{0:08x}-{0:032x}"

        return settled(steps)

    def getBookmarkForTime(self, timestamp: float | datetime) -> Promise[str]:
        """A promise of an error: nothing of the past is kept.

        SPEC_NOTES.md#storage-get-bookmark-for-time
        """
        return a_promise_rejected_with(RuntimeError(NO_RECOVERY))

    def onNextSessionRestoreBookmark(self, bookmark: str) -> Promise[str]:
        """A promise of an error: nothing of the past is kept.

        SPEC_NOTES.md#storage-on-next-session-restore-bookmark
        """
        return a_promise_rejected_with(RuntimeError(NO_RECOVERY))


class DurableObjectTransaction(Entries):
    """SPEC_NOTES.md#durable-object-transaction"""

    __slots__ = ("_is_over", "_is_rolled_back", "_name")

    _is_over: bool
    _is_rolled_back: bool
    _name: str

    __init__ = illegal_constructor

    def _check(self, operation: str) -> None:
        if self._is_rolled_back:
            raise RuntimeError(f"Cannot {operation}() on rolled back transaction")
        if self._is_over:
            raise RuntimeError(
                f"Cannot call {operation}() on transaction that has already committed: did you "
                "move `txn` outside of the closure?"
            )

    def deleteAll(self, options: object = None, **members: Any) -> Promise[None]:
        """A promise of an error.

        SPEC_NOTES.md#transaction-delete-all
        """
        return a_promise_rejected_with(RuntimeError(NO_DELETE_ALL))

    def rollback(self) -> None:
        """Undo what the transaction has written; its closure goes on.

        SPEC_NOTES.md#transaction-rollback
        """
        if self._is_rolled_back:
            return
        self._check("rollback")
        if self._container.transactions[-1] is not self:
            raise RuntimeError(
                "Cannot roll back an outer transaction while a nested transaction is still running."
            )
        self._is_rolled_back = True
        self._container.database.roll_back_savepoint(self._name)


async def run_a_transaction(
    container: Container, closure: Callable[[DurableObjectTransaction], Awaitable[T] | T]
) -> T:
    """Part of SPEC_NOTES.md#storage-transaction"""
    is_outermost = not container.transactions
    if is_outermost:
        begin_a_transaction(container.output_gate)
    database = container.database
    transaction: DurableObjectTransaction = new(DurableObjectTransaction)
    transaction._container, transaction._is_over, transaction._is_rolled_back = (
        container,
        False,
        False,
    )
    transaction._name = f"transaction_{container.number_of_savepoints()}"
    database.begin_savepoint(transaction._name)
    container.transactions.append(transaction)
    try:
        result = closure(transaction)
        value: T = await result if isinstance(result, Awaitable) else result
    except BaseException:
        if container.broken is None and not transaction._is_rolled_back:
            database.roll_back_savepoint(transaction._name)
            transaction._is_rolled_back = True
        raise
    else:
        if not transaction._is_rolled_back:
            database.release_savepoint(transaction._name)
        return value
    finally:
        transaction._is_over = True
        container.transactions.pop()
        if is_outermost and container.broken is None:
            commit_the_transaction(container.output_gate)


class SyncKvStorage:
    """The same keys and values, without promises.

    SPEC_NOTES.md#sync-kv-storage
    """

    __slots__ = ("_container", "_list_number")

    _container: Container
    _list_number: int

    __init__ = illegal_constructor

    def get(self, key: str) -> Any:
        """SPEC_NOTES.md#sync-kv-get"""
        return value_of(self._container.database.get(checked_key(key)))

    def put(self, key: str, value: object) -> None:
        """SPEC_NOTES.md#sync-kv-put"""
        row = checked_key(key), bytes_of(value)
        self._container.begin_a_write(False).put(*row)

    def delete(self, key: str) -> bool:
        """SPEC_NOTES.md#sync-kv-delete"""
        checked_key(key)
        return self._container.begin_a_write(False).delete(key)

    def list(
        self, options: Mapping[str, Any] | None = None, **members: Any
    ) -> Iterator[tuple[str, Any]]:
        """Pairs, until the next call of this method.

        SPEC_NOTES.md#sync-kv-list
        """
        self._list_number += 1
        pairs = listed(self._container.database, {**(options or {}), **members})
        return self._iterate(pairs, self._list_number)

    def _iterate(self, pairs: Iterable[tuple[str, Any]], number: int) -> Iterator[tuple[str, Any]]:
        for pair in pairs:
            if number != self._list_number:
                raise RuntimeError(
                    "kv.list() iterator was invalidated because a new call to kv.list() was "
                    "started. Only one kv.list() iterator can exist at a time."
                )
            yield pair


# ---- parts ---------------------------------------------------------------------------------------


def settled(steps: Callable[[], T]) -> Promise[T]:
    """A promise of what steps return, or of what they raise.

    Part of SPEC_NOTES.md#durable-object-storage
    """
    try:
        return a_promise_resolved_with(steps())
    except Exception as error:
        return a_promise_rejected_with(error)


def checked_key(key: object) -> str:
    """Part of SPEC_NOTES.md#storage-limits"""
    if not isinstance(key, str):
        raise TypeError(f"A key is a str, not {type(key).__name__}")
    length = len(key.encode("utf-8", "surrogatepass"))
    if length > LONGEST_KEY:
        raise RangeError(
            f"Keys cannot be larger than {LONGEST_KEY} bytes. A key of size {length} was provided."
        )
    return key


def bytes_of(value: object) -> bytes:
    """Part of SPEC_NOTES.md#storage-limits"""
    data = record_to_bytes(structured_serialize_for_storage(value))
    if len(data) > LONGEST_VALUE:
        raise RangeError(
            f"Values cannot be larger than {LONGEST_VALUE} bytes. A value of size {len(data)} was "
            "provided."
        )
    return data


def value_of(data: bytes | None) -> Any:
    """Part of SPEC_NOTES.md#storage-get"""
    return None if data is None else structured_deserialize(record_from_bytes(data))


def is_unconfirmed(options: object, members: Mapping[str, Any]) -> bool:
    """Part of SPEC_NOTES.md#storage-put-options"""
    given = options if isinstance(options, Mapping) else {}
    return bool(members.get("allowUnconfirmed", given.get("allowUnconfirmed", False)))


def listed(database: ObjectDatabase, options: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Part of SPEC_NOTES.md#storage-list"""
    start, start_after = options.get("start"), options.get("startAfter")
    end, prefix, limit = options.get("end"), options.get("prefix"), options.get("limit")
    if start is not None and start_after is not None:
        raise TypeError("list() cannot be called with both start and startAfter values.")
    if limit is not None and limit <= 0:
        raise TypeError("List limit must be positive.")
    first: str = f"{start_after}\0" if start_after is not None else start or ""
    if prefix:
        first = max(first, prefix, key=str.encode)
        behind = behind_prefix(prefix)
        ends = [each for each in (end, behind) if each is not None]
        end = min(ends, key=str.encode) if ends else None
    rows = database.scan(first, end, limit, bool(options.get("reverse")))
    return [(key, value_of(data)) for key, data in rows]


def behind_prefix(prefix: str) -> str | None:
    """The first key behind those with a prefix; None if there is no such key.

    Part of SPEC_NOTES.md#storage-list
    """
    stem = prefix.rstrip("\U0010ffff")
    if not stem:
        return None
    number = ord(stem[-1]) + 1
    return stem[:-1] + chr(0xE000 if 0xD800 <= number <= 0xDFFF else number)


def create(container: Container) -> DurableObjectStorage:
    """The storage of a container.

    Part of SPEC_NOTES.md#durable-object-storage
    """
    storage: DurableObjectStorage = new(DurableObjectStorage)
    storage._container = container
    storage._kv = new(SyncKvStorage)
    storage._kv._container, storage._kv._list_number = container, 0
    storage._sql = new(SqlStorage)
    storage._sql._container = container
    return storage
