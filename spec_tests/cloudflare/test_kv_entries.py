"""How the entries of a KV namespace are stored."""

from __future__ import annotations

import pytest

from worker_runtime.cloudflare.kv_entries import (
    EXPIRED_AT_ONCE,
    delete_entry,
    expiry_key,
    get_entry,
    list_entries,
    parse_head,
    put_entry,
    remove_what_has_expired,
)
from worker_runtime.host.host import Host
from worker_runtime.host.storage.backend import StorageError
from worker_runtime.storage.large_values import LargeValues
from worker_runtime.storage.storage_bottles import Entries
from worker_runtime.storage.storage_sheds import StorageShed

spec = pytest.mark.spec


@pytest.fixture
def values() -> LargeValues:
    return Host().record(StorageShed).bottle_of_the_host(b"kv/").record(LargeValues)


@spec("SPEC_NOTES.md#kv-entries")
class TestEntries:
    async def test_a_name_leads_to_its_value(self, values: LargeValues) -> None:
        def steps(entries: Entries) -> None:
            put_entry(entries, values, b"a", b"value", b'{"m":1}', 100)
            entry = get_entry(entries, values, b"a", lambda: 99.0)
            assert entry == (b"value", b'{"m":1}', 100)
            assert get_entry(entries, values, b"a", lambda: 100.0) is None
            assert [key for key, _ in entries.scan()] == [expiry_key(100, b"a"), b"key/a"]
            delete_entry(entries, values, b"a")
            assert entries.scan() == []

        await values.write(steps)

    async def test_names_may_be_any_bytes(self, values: LargeValues) -> None:
        names = [b"a", b"a\0", b"a/", b"a\0\0", b"\xff"]

        def steps(entries: Entries) -> None:
            for name in names:
                put_entry(entries, values, name, name, b"", 50)
            found = list_entries(entries, b"", None, 10, 0)
            assert [name for name, _, _ in found] == sorted(names)
            behind = list_entries(entries, b"", b"a\0", 10, 0)
            assert [name for name, _, _ in behind] == [b"a\0\0", b"a/", b"\xff"]
            remove_what_has_expired(entries, values, 50)
            assert entries.scan() == []

        await values.write(steps)

    async def test_a_list_reads_on_where_much_has_expired(self, values: LargeValues) -> None:
        def steps(entries: Entries) -> None:
            for number in range(50):
                expiration = None if number == 49 else 10
                put_entry(entries, values, b"%02d" % number, b"", b"", expiration)
            assert list_entries(entries, b"", None, 2, 10) == [(b"49", b"", None)]

        await values.write(steps)

    async def test_what_has_expired_is_removed_in_portions(self, values: LargeValues) -> None:
        def steps(entries: Entries) -> None:
            for number in range(EXPIRED_AT_ONCE + 5):
                put_entry(entries, values, b"%d" % number, b"", b"", 10)
            put_entry(entries, values, b"later", b"", b"", 20)
            remove_what_has_expired(entries, values, 10)
            assert len(entries.scan(b"key/")) == 6
            remove_what_has_expired(entries, values, 10)
            assert [key for key, _ in entries.scan()] == [expiry_key(20, b"later"), b"key/later"]

        await values.write(steps)

    @pytest.mark.parametrize("stored", [b"", b"short", b"\2" + bytes(100)])
    def test_what_is_no_entry_is_a_damage(self, stored: bytes) -> None:
        with pytest.raises(StorageError, match="damaged"):
            parse_head(stored)
