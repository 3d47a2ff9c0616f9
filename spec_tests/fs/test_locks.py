"""File System Standard, 2.1: who writes to a file keeps others from it."""

from __future__ import annotations

import pytest

from worker_runtime.fs.locks import FileLock, LockTable, LockValue, release, take

spec = pytest.mark.spec

FILE = ("", "a", "file")


@spec("https://fs.spec.whatwg.org/#file-entry-lock")
class TestFileLock:
    def test_is_open_at_first(self) -> None:
        lock = FileLock()
        assert (lock.lock, lock.shared_lock_count) == ("open", 0)

    def test_of_a_directory_holds_for_what_is_in_it(self) -> None:
        table = LockTable()
        assert take(table, ("", "a"), "exclusive")
        assert not take(table, FILE, "siloed")
        assert not take(table, ("",), "exclusive")
        assert take(table, ("", "ab"), "exclusive")


@spec("https://fs.spec.whatwg.org/#file-entry-lock-take")
class TestTake:
    def test_an_exclusive_one_is_alone(self) -> None:
        table = LockTable()
        assert take(table, FILE, "exclusive")
        assert not take(table, FILE, "exclusive")
        assert not take(table, FILE, "siloed")
        assert take(table, ("", "another"), "exclusive")

    @pytest.mark.parametrize("value", ["siloed", "read-only", "readwrite-unsafe"])
    def test_a_shared_one_is_shared_with_its_like(self, value: LockValue) -> None:
        table = LockTable()
        assert take(table, FILE, value)
        assert take(table, FILE, value)
        assert not take(table, FILE, "exclusive")
        other: LockValue = "siloed" if value != "siloed" else "read-only"
        assert not take(table, FILE, other)


@spec("https://fs.spec.whatwg.org/#file-entry-lock-release")
class TestRelease:
    def test_opens_an_exclusive_one(self) -> None:
        table = LockTable()
        take(table, FILE, "exclusive")
        release(table, FILE)
        assert take(table, FILE, "siloed")

    def test_opens_a_shared_one_with_the_last_that_shares_it(self) -> None:
        table = LockTable()
        take(table, FILE, "siloed")
        take(table, FILE, "siloed")
        release(table, FILE)
        assert not take(table, FILE, "exclusive")
        release(table, FILE)
        assert take(table, FILE, "exclusive")

    def test_leaves_nothing_behind(self) -> None:
        table = LockTable()
        for value in ("exclusive", "siloed"):
            take(table, FILE, value)
            release(table, FILE)
        assert table.taken == {}
