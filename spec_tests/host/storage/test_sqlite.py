"""Storage in a file; see test_backend.py for what it shares with the others."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import worker_runtime
from worker_runtime.host.storage import sqlite as sqlite_storage
from worker_runtime.host.storage.backend import StorageBusy, StorageError, StorageFull
from worker_runtime.host.storage.sqlite import (
    BYTES_OF_A_CHANGE,
    VERSION,
    SQLiteStorage,
    storage_in,
)

BEGINNING = """
import os, sys
from worker_runtime.host.storage.sqlite import SQLiteStorage
storage = SQLiteStorage(sys.argv[1])
"""


def another_process(path: Path, code: str) -> subprocess.Popen[str]:
    """Another process that has opened the storage and runs code."""
    package_folder = str(Path(worker_runtime.__file__).parent.parent)
    return subprocess.Popen(
        [sys.executable, "-c", BEGINNING + code, str(path)],
        env={**os.environ, "PYTHONPATH": package_folder},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "storage"


class TestDurability:
    def test_what_was_stored_is_there_when_it_is_opened_again(self, path: Path) -> None:
        storage = SQLiteStorage(path)
        storage.put(b"a", b"1")
        storage.lease(b"x", b"me", 1000)
        storage.close()
        storage = SQLiteStorage(path)
        assert storage.get(b"a") == b"1"
        assert not storage.lease(b"x", b"you", 1000)
        storage.close()

    def test_what_a_killed_process_has_done_stays_and_what_it_was_doing_does_not(
        self, path: Path
    ) -> None:
        code = """
storage.put(b"a", b"1")
with storage.transaction():
    storage.put(b"b", b"1")
    storage.put(b"c", b"1")
with storage.transaction():
    storage.put(b"a", b"2")
    storage.put(b"large", bytes(2**22))
    os.kill(os.getpid(), 9) if hasattr(os, "fork") else os._exit(1)
"""
        with another_process(path, code) as process:
            process.communicate()
        assert process.returncode != 0
        storage = SQLiteStorage(path)
        assert storage.scan() == [(b"a", b"1"), (b"b", b"1"), (b"c", b"1")]
        storage.put(b"a", b"3")
        storage.close()

    def test_the_file_of_an_open_storage_can_be_read_by_others(self, path: Path) -> None:
        storage, reader = SQLiteStorage(path), SQLiteStorage(path)
        with storage.transaction():
            storage.put(b"a", b"1")
            assert reader.get(b"a") is None
        assert reader.get(b"a") == b"1"
        storage.close()
        reader.put(b"a", b"2")
        reader.close()


class TestManyProcesses:
    def test_one_sees_what_another_has_written(self, path: Path) -> None:
        code = """
for line in sys.stdin:
    storage.put(b"key", line.strip().encode())
    print("done", flush=True)
"""
        storage = SQLiteStorage(path)
        with another_process(path, code) as process:
            assert process.stdin is not None and process.stdout is not None
            for value in ("one", "two"):
                process.stdin.write(f"{value}\n")
                process.stdin.flush()
                assert process.stdout.readline() == "done\n"
                assert storage.get(b"key") == value.encode()
        storage.close()

    def test_transactions_do_not_mix(self, path: Path) -> None:
        code = """
for _ in range(100):
    with storage.transaction():
        count = int(storage.get(b"count") or b"0")
        storage.put(b"count", b"%d" % (count + 1))
"""
        # which also make the file at the same time
        processes = [another_process(path, code) for _ in range(4)]
        for process in processes:
            with process:
                process.communicate()
            assert process.returncode == 0
        storage = SQLiteStorage(path)
        assert storage.get(b"count") == b"400"
        storage.close()

    def test_only_one_owns_a_name(self, path: Path) -> None:
        code = """
for _ in range(100):
    if storage.lease(b"name", b"%d" % os.getpid(), 1000):
        print("mine")
"""
        processes = [another_process(path, code) for _ in range(3)]
        outputs = []
        for process in processes:
            with process:
                outputs.append(process.communicate()[0].count("mine"))
        assert sorted(outputs) == [0, 0, 100]

    def test_an_owner_that_was_killed_is_outlived(self, path: Path) -> None:
        with another_process(path, "storage.lease(b'name', b'dead', 0.0); os._exit(1)") as process:
            process.communicate()
        storage = SQLiteStorage(path)
        assert storage.lease(b"name", b"me", 1000)
        storage.close()


class TestOpening:
    def test_a_file_of_another_kind_is_refused_and_left_alone(self, path: Path) -> None:
        path.write_bytes(b"something else " * 1000)
        with pytest.raises(StorageError, match="storage"):
            SQLiteStorage(path)
        assert path.read_bytes() == b"something else " * 1000

    def test_a_folder_or_a_missing_folder_is_refused(self, tmp_path: Path) -> None:
        for path in (tmp_path, tmp_path / "missing" / "storage"):
            with pytest.raises(StorageError, match="Cannot open"):
                SQLiteStorage(path)

    def test_tables_of_the_future_are_refused(self, path: Path) -> None:
        connection = sqlite3.connect(path)
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
        connection.close()
        with pytest.raises(StorageError, match=f"version {VERSION + 1}"):
            SQLiteStorage(path)

    def test_a_python_without_sqlite3_says_what_works(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "sqlite3", None)
        with pytest.raises(StorageError, match="(?s)sqlite3.*memory works"):
            SQLiteStorage(path)


class TestFailure:
    def test_a_full_disk_undoes_the_transaction_as_a_whole(self, path: Path) -> None:
        storage = SQLiteStorage(path)
        storage.put(b"a", b"1")
        assert storage._connection is not None
        storage._connection.execute("PRAGMA max_page_count = 20")
        with pytest.raises(StorageFull, match="full"), storage.transaction():
            storage.put(b"b", b"1")
            storage.put(b"large", bytes(2**20))
        assert storage.scan() == [(b"a", b"1")]
        with pytest.raises(StorageError), storage.transaction():
            storage.put(b"b", b"1")
            with pytest.raises(StorageError, match="full"):
                storage.put(b"large", bytes(2**20))
            storage.put(b"c", b"1")
        storage.put(b"d", b"1")
        assert b"large" not in dict(storage.scan())
        storage.close()

    def test_what_was_deleted_beneath_is_an_error_once_and_made_anew(self, path: Path) -> None:
        storage = SQLiteStorage(path)
        storage.put(b"a", b"1")
        for operation in (lambda: storage.put(b"a", b"2"), lambda: storage.delete(b"a")):
            for file in path.parent.iterdir():
                file.unlink()
            with pytest.raises(StorageError, match="was deleted"):
                operation()
            assert storage.scan() == []
        storage.put(b"b", b"1")
        storage.close()
        storage = SQLiteStorage(path)
        assert storage.scan() == [(b"b", b"1")]
        storage.close()

    def test_without_its_folder_it_fails_until_that_is_there_again(self, path: Path) -> None:
        folder = path / "folder"
        storage = storage_in(folder)
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
        with pytest.raises(StorageError, match="cannot be made anew"):
            storage.put(b"a", b"1")
        with pytest.raises(StorageError):
            storage.get(b"a")
        folder.mkdir()
        storage.put(b"a", b"1")
        assert storage.get(b"a") == b"1"
        storage.close()


class TestImpatience:
    def test_it_reads_while_another_writes_and_does_not_wait_to_write(self, path: Path) -> None:
        storage, other = SQLiteStorage(path), SQLiteStorage(path)
        impatient = storage.impatient()
        with other.transaction():
            other.put(b"a", b"1")
            assert impatient.get(b"a") is None
            with pytest.raises(StorageBusy), impatient.transaction():
                raise AssertionError("unreachable")
        assert impatient.get(b"a") == b"1"
        storage.close()
        other.close()

    def test_a_thread_brings_the_file_up_to_date(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sqlite_storage, "BYTES_BETWEEN_CHECKPOINTS", 2**20)
        storage = SQLiteStorage(path)
        impatient = storage.impatient()
        size_before = path.stat().st_size
        with impatient.transaction():
            impatient.put(b"a", bytes(2**20 - BYTES_OF_A_CHANGE))
        assert path.stat().st_size == size_before
        with impatient.transaction():
            impatient.put(b"b", bytes(2))
        assert impatient._checkpoint is not None
        impatient._checkpoint.join()
        assert path.stat().st_size > 2**20
        storage.close()


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such permissions")
class TestPermissions:
    def test_nobody_else_may_read(self, tmp_path: Path) -> None:
        folder = tmp_path / "one" / "two"
        storage = storage_in(folder)
        storage.put(b"a", b"1")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {
            "storage.sqlite": 0o600,
            "storage.sqlite-shm": 0o600,
            "storage.sqlite-wal": 0o600,
        }
        storage.close()

    def test_a_folder_that_is_there_stays_as_it_is(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o750)
        storage_in(tmp_path).close()
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o750

    def test_a_folder_that_cannot_be_made_is_an_error(self, path: Path) -> None:
        path.write_bytes(b"")
        with pytest.raises(StorageError, match="Cannot make the folder"):
            storage_in(path / "folder")
