"""Databases that have to be flushed."""

from __future__ import annotations

from worker_runtime.host.storage.fragile_databases import FragileDatabases


class TestFragileDatabases:
    def test_what_was_flushed_stays_when_the_power_fails(self) -> None:
        databases = FragileDatabases()
        database, index = databases.open("Space", "id"), databases.alarm_index("Space")
        assert database.has_a_file
        for number in range(3):
            database.begin()
            database.put("key", b"%d" % number)
            if number < 2:
                database.commit()
            if number == 0:
                database.flush()
            index.put("id", 1000.0 + number, None)
            if number == 1:
                index.flush()
        databases.lose_power()
        assert databases.open("Space", "id").get("key") == b"0"
        assert [alarm.time for alarm in databases.alarm_index("Space")] == [1001.0]
        database.begin()
        database.put("key", b"again")
        database.commit()
        databases.lose_power()
        assert database.get("key") == b"0"
        databases.close()
