"""Storage Standard, 6: how many bytes there are, and how many there may be."""

from __future__ import annotations

from random import Random

import pytest

from worker_runtime.host.storage.backend import StorageBusy, StorageError, StorageFull
from worker_runtime.host.storage.memory import MemoryStorage
from worker_runtime.storage.usage_and_quota import QuotaReached, StorageMeter, exception_for
from worker_runtime.webidl.exceptions import DOMException, QuotaExceededError

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#storage-meter")
class TestStorageMeter:
    def test_it_measures_what_has_one_of_its_prefixes(self) -> None:
        storage = MemoryStorage()
        for key in (b"a/1", b"b/1", b"c/1"):
            storage.put(key, b"12345")
        assert StorageMeter((b"a/", b"c/"), 100).measure(storage) == 16

    @spec("SPEC_NOTES.md#quota-reached")
    def test_what_is_replaced_is_measured_before_something_is_refused(self) -> None:
        storage, meter = MemoryStorage(), StorageMeter((b"",), 100)
        for _ in range(20):
            meter.add(31, storage, may_measure=True)
            storage.put(b"k", bytes(30))
        with pytest.raises(QuotaReached) as caught:
            meter.add(70, storage, may_measure=True)
        assert (caught.value.quota, caught.value.requested) == (100, 101)
        meter.add(69, storage, may_measure=True)

    def test_what_another_process_writes_counts_in_the_end(self) -> None:
        storage, meter = MemoryStorage(), StorageMeter((b"",), 160)
        meter.add(1, storage, may_measure=True)
        storage.put(b"another", bytes(160))
        with pytest.raises(QuotaReached):
            for _ in range(20):
                meter.add(1, storage, may_measure=True)

    def test_several_processes_pass_the_quota_by_a_sixteenth_each_and_no_more(self) -> None:
        random, quota, size = Random(1), 16_000, 40
        for count in (1, 2, 4):
            storage = MemoryStorage()
            meters = [StorageMeter((b"",), quota) for _ in range(count)]
            refused, number = 0, 0
            while refused < 50:
                number += 1
                key = b"%08d" % number
                try:
                    random.choice(meters).add(size, storage, may_measure=True)
                except QuotaReached:
                    refused += 1
                else:
                    storage.put(key, bytes(size - len(key)))
            assert quota - size < storage.size() <= quota + (count - 1) * (quota // 16 + size)

    def test_an_event_loop_does_not_measure(self) -> None:
        storage, meter = MemoryStorage(), StorageMeter((b"",), 100)
        with pytest.raises(StorageBusy):
            meter.add(1, storage, may_measure=False)
        meter.measure(storage)
        meter.add(50, storage, may_measure=False)
        with pytest.raises(StorageBusy):
            meter.add(51, storage, may_measure=False)


@spec("SPEC_NOTES.md#storage-exceptions")
class TestExceptionFor:
    def test_a_quota_says_what_was_requested(self) -> None:
        exception = exception_for(QuotaReached(10, 12))
        assert isinstance(exception, QuotaExceededError)
        assert (exception.quota, exception.requested) == (10, 12)

    def test_a_full_disk_has_no_number(self) -> None:
        exception = exception_for(StorageFull("disk"))
        assert isinstance(exception, QuotaExceededError)
        assert (exception.quota, exception.requested) == (None, None)

    def test_another_failure_is_unknown(self) -> None:
        error = StorageError("broken")
        exception = exception_for(error)
        assert isinstance(exception, DOMException)
        assert (exception.name, exception.message, exception.__cause__) == (
            "UnknownError",
            "broken",
            error,
        )

    def test_what_is_none_of_a_storage_stays(self) -> None:
        error = TypeError("x")
        assert exception_for(error) is error
