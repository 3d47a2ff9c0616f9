"""Process locks: what one process claims, others see, until it ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen

import pytest

import worker_runtime
from worker_runtime.host.storage import process_locks
from worker_runtime.host.storage.process_locks import MODES, ProcessLocks, first_byte

A, B = "a" * 32, "b" * 32

# Does what it is told, a line at a time: take or release a name in a mode.
OTHER = """
import sys
from pathlib import Path
from worker_runtime.host.storage.process_locks import ProcessLocks
locks = ProcessLocks(Path(sys.argv[1]))
for line in sys.stdin:
    operation, name, mode = line.split()
    print(getattr(locks, operation)(name, None if mode == "None" else int(mode)), flush=True)
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such locks")


@pytest.fixture
def locks(tmp_path: Path) -> Iterator[ProcessLocks]:
    locks = ProcessLocks(tmp_path / "locks")
    yield locks
    locks.close()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Popen[str]]:
    process = Popen(
        [sys.executable, "-c", OTHER, str(tmp_path / "locks")],
        cwd=Path(worker_runtime.__file__).parent.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def ask(other: Popen[str], operation: str, name: str, mode: int | None) -> str:
    assert other.stdin is not None and other.stdout is not None
    print(operation, name, mode, file=other.stdin, flush=True)
    return other.stdout.readline().strip()


class TestProcessLocks:
    def test_within_a_process(self, locks: ProcessLocks) -> None:
        assert locks.take(A, 0) and locks.take(A, 0)
        assert not locks.take(A, 1)
        assert not locks.take(A, None)
        locks.release(A, 0)
        assert not locks.take(A, None)
        locks.release(A, 0)
        assert locks.take(A, None)
        assert not locks.take(A, None)
        assert not locks.take(A, 0)
        assert locks.take(B, None)
        locks.release(A, None)
        locks.release(A, None)
        assert locks.take(A, MODES - 1)

    def test_between_processes(self, locks: ProcessLocks, other: Popen[str]) -> None:
        assert locks.take(A, 0)
        assert ask(other, "take", A, 0) == "True"
        assert ask(other, "take", A, 1) == "False"
        assert ask(other, "take", A, None) == "False"
        assert ask(other, "take", B, None) == "True"
        locks.release(A, 0)
        assert not locks.take(A, None)
        ask(other, "release", A, 0)
        assert locks.take(A, None)
        assert ask(other, "take", A, 0) == "False"
        assert not locks.take(B, 3)

    def test_a_process_that_is_killed_has_none(
        self, locks: ProcessLocks, other: Popen[str]
    ) -> None:
        assert ask(other, "take", A, None) == "True"
        assert not locks.take(A, 0)
        other.kill()
        other.wait()
        assert locks.take(A, 0)

    def test_without_the_system_they_hold_within_the_process(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(process_locks, "fcntl", None)
        locks = ProcessLocks(tmp_path / "locks")
        assert locks.take(A, None)
        assert not locks.take(A, 0)
        locks.release(A, None)
        assert locks.take(A, 0)
        locks.close()
        locks.close()


class TestFirstByte:
    def test_names_do_not_share_bytes(self) -> None:
        assert first_byte("0" * 32) == 0
        assert first_byte("1".rjust(15, "0")) == MODES
        assert first_byte("f" * 32) + MODES <= 2**63
