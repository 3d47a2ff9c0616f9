"""What every storage can do."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from random import Random
from threading import Thread

import pytest

from worker_runtime.host.clock import SystemClock
from worker_runtime.host.storage.backend import StorageBackend, StorageError, bounds
from worker_runtime.host.storage.memory import MemoryStorage
from worker_runtime.host.storage.sqlite import SQLiteStorage


class HandClock(SystemClock):
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.now = 1000.0

    def wall(self) -> float:
        return self.now


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(params=["memory", "sqlite"])
def storage(
    request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock
) -> Iterator[StorageBackend]:
    storage: StorageBackend = (
        MemoryStorage(clock)
        if request.param == "memory"
        else SQLiteStorage(tmp_path / "storage", clock)
    )
    yield storage
    storage.close()


def keys(storage: StorageBackend) -> list[bytes]:
    return [key for key, _ in storage.scan()]


class TestValues:
    def test_a_key_has_the_value_that_was_put_last(self, storage: StorageBackend) -> None:
        assert storage.get(b"a") is None
        storage.put(b"a", b"1")
        storage.put(b"a", b"2")
        assert storage.get(b"a") == b"2"
        assert keys(storage) == [b"a"]

    def test_delete_tells_whether_there_was_one(self, storage: StorageBackend) -> None:
        storage.put(b"a", b"1")
        assert storage.delete(b"a")
        assert not storage.delete(b"a")
        assert storage.get(b"a") is None
        assert keys(storage) == []

    def test_keys_and_values_may_be_any_bytes(self, storage: StorageBackend) -> None:
        for key in (b"", b"\0", b"a\0b", b"\xff\xff", "ä".encode()):
            storage.put(key, key[::-1])
        assert storage.get(b"") == b""
        assert storage.get(b"a\0b") == b"b\0a"
        assert keys(storage) == [b"", b"\0", b"a\0b", "ä".encode(), b"\xff\xff"]

    def test_a_buffer_that_changes_later_does_not_change_the_value(
        self, storage: StorageBackend
    ) -> None:
        buffer = bytearray(b"before")
        storage.put(b"a", buffer)  # type: ignore[arg-type]
        buffer[:] = b"after."
        assert storage.get(b"a") == b"before"

    def test_a_value_may_be_large(self, storage: StorageBackend) -> None:
        value = bytes(range(256)) * 2**18
        storage.put(b"large", value)
        assert storage.get(b"large") == value
        assert storage.scan() == [(b"large", value)]


class TestScan:
    @pytest.mark.parametrize("prefix", [b"", b"a", b"a\xff", b"\xff", b"\xff\xff", b"zz"])
    def test_is_what_a_list_would_give(self, storage: StorageBackend, prefix: bytes) -> None:
        stored = {
            b"".join(letters): b"".join(letters)[::-1]
            for n in range(4)
            for letters in product([b"\0", b"a", b"\xff"], repeat=n)
        }
        order = list(stored)
        Random(1).shuffle(order)
        for key in order:
            storage.put(key, stored[key])
        for start, end, limit, reverse in product(
            (b"", b"a", b"a\xff\0"), (None, b"", b"a", b"\xff\xff"), (None, 0, 2), (False, True)
        ):
            expected = sorted(
                pair for pair in stored.items() if pair[0].startswith(prefix) and pair[0] >= start
            )
            expected = [pair for pair in expected if end is None or pair[0] < end]
            expected = (expected[::-1] if reverse else expected)[:limit]
            assert (
                storage.scan(prefix, start=start, end=end, limit=limit, reverse=reverse) == expected
            )

    def test_goes_on_behind_a_key(self, storage: StorageBackend) -> None:
        for key in (b"a", b"a\0", b"b"):
            storage.put(key, b"")
        assert [key for key, _ in storage.scan(start=b"a" + b"\0")] == [b"a\0", b"b"]

    def test_may_delete_what_it_has_found(self, storage: StorageBackend) -> None:
        for number in range(10):
            storage.put(bytes([number]), b"")
        for key, _ in storage.scan():
            storage.delete(key)
        assert keys(storage) == []

    @pytest.mark.parametrize(
        "prefix, lower, upper",
        [
            (b"", b"", None),
            (b"a", b"a", b"b"),
            (b"a\xff", b"a\xff", b"b"),
            (b"\xff", b"\xff", None),
            (b"a\0", b"a\0", b"a\1"),
        ],
    )
    def test_a_prefix_is_a_range(self, prefix: bytes, lower: bytes, upper: bytes | None) -> None:
        assert bounds(prefix) == (lower, upper)


class TestDeletePrefix:
    @pytest.mark.parametrize(
        "prefix, left",
        [(b"a", [b"", b"b", b"\xff"]), (b"\xff", [b"", b"a", b"a1", b"a\xff", b"b"]), (b"", [])],
    )
    def test_removes_what_has_it(
        self, storage: StorageBackend, prefix: bytes, left: list[bytes]
    ) -> None:
        for key in (b"", b"a", b"a1", b"a\xff", b"b", b"\xff"):
            storage.put(key, b"")
        storage.delete_prefix(prefix)
        assert keys(storage) == left
        assert storage.get(b"a1") == (b"" if b"a1" in left else None)


class TestSize:
    def test_is_that_of_keys_and_values(self, storage: StorageBackend) -> None:
        assert storage.size() == 0
        storage.put(b"a1", b"123")
        storage.put(b"a2", b"")
        storage.put(b"b", b"12345")
        storage.put(b"a1", b"1")
        assert storage.size(b"a") == 5
        assert storage.size() == 11
        storage.delete_prefix(b"a")
        assert (storage.size(b"a"), storage.size()) == (0, 6)


class TestImpatient:
    def test_it_is_the_same_storage(self, storage: StorageBackend) -> None:
        storage.put(b"a", b"1")
        impatient = storage.impatient()
        assert impatient is not None and impatient is storage.impatient()
        assert impatient.get(b"a") == b"1"
        with impatient.transaction():
            impatient.put(b"b", b"2")
        assert storage.get(b"b") == b"2"

    def test_it_closes_with_the_storage(self, storage: StorageBackend) -> None:
        impatient = storage.impatient()
        assert impatient is not None
        storage.close()
        with pytest.raises(StorageError, match="closed"):
            impatient.get(b"a")

    def test_there_is_none_of_a_storage_that_is_closed(self, storage: StorageBackend) -> None:
        storage.close()
        with pytest.raises(StorageError, match="closed"):
            impatient = storage.impatient()
            assert impatient is not None
            impatient.get(b"a")


class TestTransaction:
    def test_what_is_done_within_stays(self, storage: StorageBackend) -> None:
        with storage.transaction():
            storage.put(b"a", b"1")
            assert storage.get(b"a") == b"1"
        assert storage.get(b"a") == b"1"

    @pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
    def test_an_exception_undoes_it_all(
        self, storage: StorageBackend, error: type[BaseException]
    ) -> None:
        storage.put(b"a", b"1")
        storage.put(b"p1", b"1")
        storage.put(b"p2", b"2")
        storage.put(b"q", b"1")
        storage.lease(b"l", b"me", 10)
        with pytest.raises(error), storage.transaction():
            storage.put(b"a", b"2")
            storage.put(b"a", b"3")
            storage.delete(b"a")
            storage.put(b"b", b"1")
            storage.delete_prefix(b"p")
            storage.release(b"l", b"me")
            assert storage.lease(b"l", b"you", 10)
            raise error
        assert storage.scan() == [(b"a", b"1"), (b"p1", b"1"), (b"p2", b"2"), (b"q", b"1")]
        assert not storage.lease(b"l", b"you", 10)

    def test_one_within_another_is_undone_alone(self, storage: StorageBackend) -> None:
        with storage.transaction():
            storage.put(b"a", b"1")
            with pytest.raises(ValueError), storage.transaction():
                storage.put(b"a", b"2")
                with storage.transaction():
                    storage.put(b"c", b"1")
                raise ValueError
            assert storage.get(b"a") == b"1"
            with storage.transaction():
                storage.put(b"b", b"1")
        assert keys(storage) == [b"a", b"b"]

    def test_one_within_another_is_undone_with_it(self, storage: StorageBackend) -> None:
        with pytest.raises(ValueError), storage.transaction():
            with storage.transaction():
                storage.put(b"b", b"1")
            with pytest.raises(KeyError), storage.transaction():
                raise KeyError
            raise ValueError
        assert keys(storage) == []

    def test_the_next_one_is_free_of_the_last(self, storage: StorageBackend) -> None:
        with pytest.raises(ValueError), storage.transaction():
            raise ValueError
        storage.put(b"a", b"1")
        with pytest.raises(ValueError), storage.transaction():
            storage.delete(b"a")
            raise ValueError
        assert storage.get(b"a") == b"1"

    def test_another_thread_waits_for_its_end(self, storage: StorageBackend) -> None:
        seen: list[bytes | None] = []
        thread = Thread(target=lambda: seen.append(storage.get(b"a")))
        with storage.transaction():
            storage.put(b"a", b"1")
            thread.start()
            assert seen == []
            storage.put(b"a", b"2")
        thread.join()
        assert seen == [b"2"]


class TestLease:
    def test_one_owner_has_a_name(self, storage: StorageBackend) -> None:
        assert storage.lease(b"x", b"me", 10)
        assert not storage.lease(b"x", b"you", 10)
        assert storage.lease(b"y", b"you", 10)

    def test_it_ends_unless_it_is_renewed(self, storage: StorageBackend, clock: HandClock) -> None:
        storage.lease(b"x", b"me", 10)
        clock.now += 9
        assert storage.lease(b"x", b"me", 10)
        clock.now += 9
        assert not storage.lease(b"x", b"you", 10)
        clock.now += 1
        assert storage.lease(b"x", b"you", 10)
        assert not storage.lease(b"x", b"me", 10)

    def test_only_its_owner_can_release_it(self, storage: StorageBackend) -> None:
        storage.lease(b"x", b"me", 10)
        storage.release(b"x", b"you")
        assert not storage.lease(b"x", b"you", 10)
        storage.release(b"x", b"me")
        assert storage.lease(b"x", b"you", 10)

    def test_it_is_no_key(self, storage: StorageBackend) -> None:
        storage.lease(b"x", b"me", 10)
        assert storage.get(b"x") is None
        assert keys(storage) == []


class TestClose:
    def test_what_is_asked_for_afterwards_is_an_error(self, storage: StorageBackend) -> None:
        storage.put(b"a", b"1")
        storage.close()
        storage.close()
        for operation in (
            lambda: storage.get(b"a"),
            lambda: storage.put(b"a", b"1"),
            lambda: storage.delete(b"a"),
            lambda: storage.delete_prefix(b""),
            lambda: storage.scan(),
            lambda: storage.transaction().__enter__(),
            lambda: storage.lease(b"x", b"me", 1),
            lambda: storage.release(b"x", b"me"),
        ):
            with pytest.raises(StorageError, match="closed"):
                operation()
