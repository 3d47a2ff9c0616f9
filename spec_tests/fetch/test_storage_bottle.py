"""Service Workers, 5.2: what lives in a storage, and for how long."""

from __future__ import annotations

import gc

import pytest

from spec_tests.fakes import FakeClock
from worker_runtime import caches
from worker_runtime.fetch import storage_bottle
from worker_runtime.fetch.storage_bottle import BODY, LOOSE, SECONDS_OF_LEASE, Bottle, bottle_of
from worker_runtime.host.storage.backend import StorageBackend, StorageError

spec = pytest.mark.spec


def store(bottle: Bottle, is_loose: bool = True) -> bytes:
    """A body of one chunk; returns its number."""
    with bottle.transaction():
        number = bottle.next_number()
        bottle.storage.put(BODY + number + b"/0", b"x")
        if is_loose:
            bottle.loosen(number)
    return number


def bodies(storage: StorageBackend) -> list[bytes]:
    return [key.split(b"/")[2] for key, _ in storage.scan(BODY)]


def bottle_of_another_process(storage: StorageBackend, monkeypatch: pytest.MonkeyPatch) -> Bottle:
    with monkeypatch.context() as context:
        context.setattr(storage_bottle, "_process", "another")
        return Bottle(storage)


@spec("https://w3c.github.io/ServiceWorker/#cache-constructs")
class TestBottleOf:
    def test_one_storage_has_one_bottle(self, storage: StorageBackend) -> None:
        assert bottle_of(storage) is bottle_of(storage)


@spec("https://w3c.github.io/ServiceWorker/#cache-lifetimes")
class TestBottle:
    def test_numbers_are_never_the_same_and_rise(self, storage: StorageBackend) -> None:
        bottle = bottle_of(storage)
        numbers = [bottle.next_number() for _ in range(20)] + [Bottle(storage).next_number()]
        assert numbers == sorted(set(numbers)) and {len(number) for number in numbers} == {16}

    def test_a_number_that_is_none_is_a_damage(self, storage: StorageBackend) -> None:
        storage.put(b"cache/number", b"many")
        with pytest.raises(StorageError, match="damaged.*'many'"):
            bottle_of(storage).next_number()

    def test_what_is_dropped_goes_at_once(self, storage: StorageBackend) -> None:
        bottle = bottle_of(storage)
        bottle.drop(store(bottle, is_loose=False))
        assert bodies(storage) == [] and storage.scan(LOOSE) == []

    def test_what_is_held_goes_when_nobody_holds_it_any_more(self, storage: StorageBackend) -> None:
        bottle = bottle_of(storage)
        number = store(bottle, is_loose=False)
        first, second = bottle.hold(number), bottle.hold(number)
        bottle.drop(number)
        del first
        with bottle.transaction():
            assert bodies(storage) == [number]
        del second
        gc.collect()
        with bottle.transaction():
            assert bodies(storage) == [] and storage.scan(LOOSE) == []

    def test_what_somebody_leads_to_stays_when_nobody_holds_it(
        self, storage: StorageBackend
    ) -> None:
        bottle = bottle_of(storage)
        number = store(bottle)
        hold = bottle.hold(number)
        assert bottle.fasten(number)
        del hold
        gc.collect()
        with bottle.transaction():
            assert bodies(storage) == [number]

    def test_a_new_bottle_removes_what_an_old_one_of_the_same_storage_has_left(
        self, storage: StorageBackend
    ) -> None:
        store(Bottle(storage))
        gc.collect()
        Bottle(storage)
        assert bodies(storage) == []

    def test_what_a_process_has_left_is_removed_when_its_lease_has_run_out(
        self, storage: StorageBackend, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        number = store(bottle_of_another_process(storage, monkeypatch))
        bottle = Bottle(storage)
        assert bodies(storage) == [number]
        clock.advance(SECONDS_OF_LEASE + 1)
        bottle.remove_what_is_left_over()
        assert bodies(storage) == [] and storage.scan(LOOSE) == []

    def test_a_process_that_is_at_work_keeps_what_it_writes(
        self, storage: StorageBackend, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = bottle_of_another_process(storage, monkeypatch)
        number = store(other)
        for _ in range(3):
            clock.advance(SECONDS_OF_LEASE - 1)
            other.renew_the_lease()
            Bottle(storage)
        assert bodies(storage) == [number] and other.fasten(number)


@spec("https://w3c.github.io/ServiceWorker/#cache-storage-delete")
class TestHold:
    def test_all_who_hold_a_number_share_one(self, storage: StorageBackend) -> None:
        bottle = bottle_of(storage)
        assert bottle.hold(b"1") is bottle.hold(b"1")

    async def test_what_has_ended_is_noted_once_until_the_next_transaction(
        self, storage: StorageBackend
    ) -> None:
        cache = await caches.open("test")
        await caches.open("other")
        for _ in range(100):
            await caches.match("https://a.example/")
        assert len(bottle_of(storage).ended_holds) <= 2
        await cache.delete("https://a.example/")
        assert not bottle_of(storage).ended_holds
