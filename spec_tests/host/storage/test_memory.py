"""Storage in memory; see test_backend.py for what it shares with the others."""

from __future__ import annotations

from worker_runtime.host.storage.memory import MemoryStorage


class TestMemoryStorage:
    def test_each_is_on_its_own(self) -> None:
        one, other = MemoryStorage(), MemoryStorage()
        one.put(b"a", b"1")
        assert other.get(b"a") is None

    def test_a_value_is_not_copied(self) -> None:
        storage, value = MemoryStorage(), bytes(1000)
        storage.put(b"a", value)
        assert storage.get(b"a") is value

    def test_leases_follow_the_clock_of_the_machine(self) -> None:
        storage = MemoryStorage()
        assert storage.lease(b"x", b"me", -1)
        assert storage.lease(b"x", b"you", 1000)
        assert not storage.lease(b"x", b"me", 1000)
