"""The databases of objects, in memory and in files, also when a process is killed."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from spec_tests.server.processes import REFERENCE
from worker_runtime.host.storage.object_database import (
    Alarm,
    DatabaseFailure,
    FolderOfDatabases,
    MemoryDatabases,
    ObjectDatabase,
    ObjectDatabases,
    only_reads,
    statements_of,
)

KILLS = 12


@pytest.fixture(params=["memory", "folder"])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ObjectDatabases]:
    made = MemoryDatabases() if request.param == "memory" else FolderOfDatabases(tmp_path)
    yield made
    made.close()


class TestObjectDatabases:
    def test_what_was_committed_stays_and_the_rest_does_not(
        self, databases: ObjectDatabases
    ) -> None:
        database = databases.open("Space", "id")
        database.put("kept", b"1")
        database.begin()
        database.put("lost", b"2")
        databases.release("Space", "id", database)
        again = databases.open("Space", "id")
        assert again.scan("", None, None, False) == [("kept", b"1")]
        databases.release("Space", "id", again)

    def test_what_is_only_read_leaves_no_file(self, tmp_path: Path) -> None:
        databases = FolderOfDatabases(tmp_path / "do")
        database = databases.open("Space", "id")
        assert database.get("key") is None and database.alarm is None
        assert database.execute("SELECT count(*) FROM sqlite_master WHERE 0", ()).rows == [(0,)]
        assert not database.has_a_file and not (tmp_path / "do").exists()
        database.begin()
        database.put("key", b"value")
        database.commit()
        database.flush()
        assert database.has_a_file and database.get("key") == b"value"
        databases.close()
        database.flush()  # a thread may be late
        assert databases.open("Space", "id").get("key") == b"value"
        databases.close()

    def test_its_log_is_written_back_by_who_flushes(self, tmp_path: Path) -> None:
        databases = FolderOfDatabases(tmp_path)
        database = databases.open("Space", "id")
        log = tmp_path / "Space" / "id.sqlite-wal"
        sizes = []
        for number in range(40):
            database.begin()
            database.put("key", bytes([number]) * 2**20)
            database.commit()
            database.flush()
            sizes.append(log.stat().st_size)
        assert max(sizes) < 8 * 2**20
        database.begin()
        database.put("other", b"x")
        database.flush()  # in the middle of a transaction
        database.commit()
        assert (database.get("key") or b"")[:1] == bytes([39]) and database.get("other") == b"x"
        databases.close()
        again = databases.open("Space", "id")
        assert again.get("other") == b"x"
        databases.close()

    def test_who_was_slower_to_make_the_file_cannot_have_the_object(self, tmp_path: Path) -> None:
        databases, others = FolderOfDatabases(tmp_path), FolderOfDatabases(tmp_path)
        slow, fast = databases.open("Space", "id"), others.open("Space", "id")
        fast.put("key", b"1")
        with pytest.raises(DatabaseFailure, match="Another process has made"):
            slow.begin()
        databases.close()
        others.close()

    def test_objects_and_spaces_share_nothing(self, databases: ObjectDatabases) -> None:
        databases.open("Space", "a").put("key", b"a")
        assert databases.open("Space", "b").get("key") is None
        assert databases.open("Other", "a").get("key") is None

    def test_an_index_has_the_alarms_in_order(self, databases: ObjectDatabases) -> None:
        index = databases.alarm_index("Space")
        index.put("late", 2e12, None)
        index.put("soon", 1e12, "name")
        index.put("gone", 1.0, None)
        index.put("gone", None, None)
        assert list(databases.alarm_index("Space")) == [
            Alarm("soon", 1e12, "name"),
            Alarm("late", 2e12, None),
        ]


class TestObjectDatabase:
    @pytest.fixture
    def database(self) -> Iterator[ObjectDatabase]:
        database = ObjectDatabase(":memory:")
        yield database
        database.close()

    def test_savepoints_nest(self, database: ObjectDatabase) -> None:
        database.begin()
        database.put("a", b"1")
        database.begin_savepoint("one")
        database.put("a", b"2")
        database.begin_savepoint("two")
        database.put("a", b"3")
        database.release_savepoint("two")
        database.roll_back_savepoint("one")
        database.commit()
        assert database.get("a") == b"1" and not database.is_in_transaction

    def test_an_alarm_is_kept_to_the_millisecond(self, database: ObjectDatabase) -> None:
        assert database.alarm is None
        database.alarm = 1_745_856_238_123.0
        assert database.alarm == 1_745_856_238_123.0
        database.alarm = None
        assert database.alarm is None

    def test_failures_have_the_code_of_sqlite(self, database: ObjectDatabase) -> None:
        with pytest.raises(DatabaseFailure, match="^no such table: x: SQLITE_ERROR$"):
            database.execute("SELECT * FROM x", [])
        database.execute("CREATE TABLE t (a UNIQUE)", [])
        with pytest.raises(DatabaseFailure, match=r"\(extended: SQLITE_CONSTRAINT_UNIQUE\)$"):
            database.execute("INSERT INTO t VALUES (1), (1)", [])

    @pytest.mark.parametrize(
        "script, reads",
        [("SELECT 1", True), (" select 1; ", True), ("VALUES (1)", True), ("", False),
         ("SELECT 1; DELETE FROM x", False), ("WITH x AS (SELECT 1) DELETE FROM y", False),
         ("PRAGMA defer_foreign_keys = 1", False), ("SELECT ';'", False)],
    )  # fmt: skip
    def test_what_only_reads_is_told_by_its_first_word(self, script: str, reads: bool) -> None:
        assert only_reads(script) is reads

    @pytest.mark.parametrize(
        "script, statements",
        [
            ("SELECT 1", ["SELECT 1"]),
            ("SELECT 1;", ["SELECT 1"]),
            ("SELECT ';'; SELECT 2 ; ", ["SELECT ';'", "SELECT 2"]),
            ("CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM a; SELECT 1; END; SELECT 2",
             ["CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM a; SELECT 1; END", "SELECT 2"]),
            ("", []),
        ],
    )  # fmt: skip
    def test_a_script_is_split(self, script: str, statements: list[str]) -> None:
        assert statements_of(script) == statements


# Increments a counter and sets as many keys in one turn, and says so when they are durable.
PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from worker_runtime.host.storage.object_database import FolderOfDatabases
from worker_runtime.runtime.bindings import DurableBinding
from worker_runtime.host.host import Host
from worker_runtime.runtime.runtime import Runtime
import asyncio

async def main():
    host = Host(databases=FolderOfDatabases(Path(sys.argv[2])))
    async with Runtime() as runtime:
        await runtime.start(sys.argv[3], env={"O": DurableBinding("Counter")}, host=host)
        from worker_runtime.cloudflare.durable_objects.namespace import durable_object_namespace
        stub = durable_object_namespace(host, "Counter").getByName("x")
        while True:
            print(await stub.increment(), flush=True)

asyncio.run(main())
"""
WORKER = """
from worker_runtime import DurableObject
class Counter(DurableObject):
    async def increment(self):
        storage = self.ctx.storage
        async def closure(txn):
            for name in ("c", "d"):
                await txn.put(name, (await txn.get(name) or 0) + 1)
        count = (await storage.get("a") or 0) + 1
        storage.put("a", count)
        storage.sql.exec("CREATE TABLE IF NOT EXISTS t (n)")
        storage.sql.exec("INSERT INTO t VALUES (?)", count)
        storage.put("b", count)
        storage.setAlarm(2e12 + count)
        await storage.sync()
        await storage.transaction(closure)
        return count
    async def alarm(self): pass
def fetch(request, env, ctx): pass
"""


ALARMED = """
import asyncio, time
from worker_runtime import DurableObject
class Counter(DurableObject):
    async def increment(self):
        if not await self.ctx.storage.get("set"):
            self.ctx.storage.put("set", True)
            self.ctx.storage.setAlarm(time.time() * 1000 + 50)
        await asyncio.Event().wait()
    async def alarm(self, info):
        runs = (await self.ctx.storage.get("runs") or 0) + 1
        self.ctx.storage.put("runs", runs)
        await self.ctx.storage.sync()
        print("alarm", runs, info.retryCount, flush=True)
        if runs < 3:
            await asyncio.Event().wait()
        self.ctx.storage.put("done", True)
def fetch(request, env, ctx): pass
"""


class TestKill:
    """A process is killed at moments by chance, while it writes."""

    def test_nothing_that_was_acknowledged_is_lost_and_nothing_is_half(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "w.py").write_text(WORKER)
        chance, count = random.Random(1), 0
        arguments = [str(REFERENCE), str(tmp_path / "do"), str(tmp_path / "w.py")]
        for _ in range(KILLS):
            process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, *arguments], stdout=subprocess.PIPE, text=True
            )
            assert process.stdout is not None
            acknowledged = 0
            for _ in range(chance.randrange(1, 30)):
                acknowledged = int(process.stdout.readline())
            process.kill()
            rest = [line for line in process.stdout.read().splitlines(keepends=True)]
            process.stdout.close()
            process.wait()
            for line in rest:
                acknowledged = int(line) if line.endswith("\n") else acknowledged
            count = self.state(tmp_path / "do", acknowledged)
        assert count >= KILLS

    def state(self, folder: Path, acknowledged: int) -> int:
        """Check what the object has; returns its count."""
        databases = FolderOfDatabases(folder)
        (file,) = (path for path in (folder / "Counter").glob("*.sqlite") if len(path.stem) == 64)
        database = databases.open("Counter", file.stem)
        ((rows,),) = database.execute("SELECT count(*) FROM t", []).rows
        alarm, alarms = database.alarm, list(databases.alarm_index("Counter"))
        values = [database.get(name) for name in "abcd"]
        databases.close()
        a, b, c, d = values
        assert a == b and c == d  # whole, or not at all
        assert acknowledged <= rows <= acknowledged + 1
        assert alarm is not None and alarm == 2e12 + rows
        # The index is never later than the object.
        assert len(alarms) == 1 and alarms[0].time <= alarm
        return int(rows)

    def test_an_alarm_during_which_it_was_killed_runs_again(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(ALARMED)
        arguments = [str(REFERENCE), str(tmp_path / "do"), str(tmp_path / "w.py")]
        for run in range(1, 4):
            process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, *arguments], stdout=subprocess.PIPE, text=True
            )
            assert process.stdout is not None
            assert process.stdout.readline() == f"alarm {run} 0\n"
            deadline = time.monotonic() + 10
            while run == 3 and self.alarms(tmp_path / "do") and time.monotonic() < deadline:
                time.sleep(0.01)
            process.kill()
            process.stdout.close()
            process.wait()
            assert len(self.alarms(tmp_path / "do")) == (run < 3)

    def alarms(self, folder: Path) -> list[Alarm]:
        """What the index has."""
        databases = FolderOfDatabases(folder)
        alarms = list(databases.alarm_index("Counter"))
        databases.close()
        return alarms
