"""Large values: bytes in chunks, numbers, holds and leases."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from spec_tests.fakes import FakeClock
from worker_runtime import ReadableStream
from worker_runtime.host.host import Host
from worker_runtime.host.storage.backend import StorageBackend
from worker_runtime.host.storage.memory import MemoryStorage
from worker_runtime.host.storage.sqlite import SQLiteStorage
from worker_runtime.storage.large_values import (
    CHUNK_SIZE,
    NO_BODY,
    SECONDS_OF_LEASE,
    Hold,
    LargeValues,
    StoredValue,
    ValueWriter,
    chunk_key,
)
from worker_runtime.storage.storage_bottles import Entries
from worker_runtime.storage.storage_sheds import StorageShed
from worker_runtime.streams.other_specifications import get_a_reader
from worker_runtime.webidl.exceptions import DOMException

spec = pytest.mark.spec


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["memory", "sqlite"])
def storage(
    request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock
) -> Iterator[StorageBackend]:
    path = tmp_path / "storage"
    storage = MemoryStorage(clock) if request.param == "memory" else SQLiteStorage(path, clock)
    yield storage
    storage.close()


@pytest.fixture
def values(storage: StorageBackend) -> LargeValues:
    return values_in(storage)


def values_in(storage: StorageBackend) -> LargeValues:
    """As a process has them that has just begun."""
    return Host(storage=storage).record(StorageShed).bottle_of_the_host(b"b/").record(LargeValues)


def keys(storage: StorageBackend) -> list[bytes]:
    return [key for key, _ in storage.scan(b"b/") if key != b"b/number"]


async def store(values: LargeValues, value: bytes) -> bytes:
    writer = ValueWriter(values)
    await writer.write(value)
    return await values.write(writer.finish)


async def read(values: LargeValues, number: bytes, length: int) -> bytes:
    stored = await values.read(lambda _: StoredValue(values, number, length))
    return b"".join([chunk async for chunk in stored.stream()])


@spec("SPEC_NOTES.md#large-values")
class TestLargeValues:
    async def test_numbers_are_never_the_same_and_rise(self, values: LargeValues) -> None:
        numbers = [await values.write(values.next_number) for _ in range(20)]
        assert numbers == sorted(set(numbers)) and {len(number) for number in numbers} == {16}

    async def test_a_number_that_is_none_is_a_damage(
        self, storage: StorageBackend, values: LargeValues
    ) -> None:
        storage.put(b"b/number", b"many")
        with pytest.raises(DOMException, match="damaged.*'many'"):
            await values.write(values.next_number)

    async def test_what_is_dropped_goes_at_once(
        self, storage: StorageBackend, values: LargeValues
    ) -> None:
        number = await store(values, b"x")
        await values.write(lambda entries: values.drop(entries, number))
        assert keys(storage) == []

    async def test_what_is_dropped_and_held_goes_later(
        self, storage: StorageBackend, values: LargeValues
    ) -> None:
        value = bytes(range(256)) * 1000
        number = await store(values, value)
        hold: Hold | None = values.hold(number)
        await values.write(lambda entries: values.drop(entries, number))
        assert await read(values, number, len(value)) == value
        hold = None
        gc.collect()
        await values.write(lambda entries: None)
        assert hold is None and keys(storage) == []

    async def test_what_a_dead_process_has_left_goes_when_its_lease_has_run_out(
        self, storage: StorageBackend, clock: FakeClock
    ) -> None:
        dead = values_in(storage)
        writer = ValueWriter(dead)
        await writer.write(bytes(CHUNK_SIZE + 1))
        alive = values_in(storage)
        await alive.write(lambda entries: None)
        assert len(keys(storage)) == 2
        clock.advance(SECONDS_OF_LEASE)
        await values_in(storage).write(lambda entries: None)
        assert keys(storage) == []

    async def test_what_is_written_in_a_living_process_stays(
        self, storage: StorageBackend, values: LargeValues, clock: FakeClock
    ) -> None:
        writer = ValueWriter(values)
        for _ in range(3):
            await writer.write(bytes(CHUNK_SIZE + 1))
            clock.advance(SECONDS_OF_LEASE - 1)
            await values_in(storage).write(lambda entries: None)
        number = await values.write(writer.finish)
        assert await read(values, number, writer.length) == bytes(3 * CHUNK_SIZE + 3)


@spec("SPEC_NOTES.md#hold")
class TestHold:
    async def test_there_is_one_for_a_number(self, values: LargeValues) -> None:
        hold = values.hold(b"1")
        assert values.hold(b"1") is hold and values.is_held(b"1")
        del hold
        gc.collect()
        assert not values.is_held(b"1")


@spec("SPEC_NOTES.md#value-writer")
@spec("SPEC_NOTES.md#stored-value")
class TestValueWriterAndStoredValue:
    @pytest.mark.parametrize(
        "lengths",
        [[0], [1], [CHUNK_SIZE], [CHUNK_SIZE + 1], [1, CHUNK_SIZE], [5 * CHUNK_SIZE], [7] * 9, []],
    )
    async def test_what_was_written_is_read(
        self, storage: StorageBackend, values: LargeValues, lengths: list[int]
    ) -> None:
        writer = ValueWriter(values)
        parts = [bytes([number]) * length for number, length in enumerate(lengths)]
        for part in parts:
            await writer.write(part)
        number = await values.write(writer.finish)
        assert writer.length == sum(lengths)
        assert (number == NO_BODY) is (writer.length == 0)
        stored = StoredValue(values, number, writer.length)
        assert await values.read(stored.rest) == b"".join(parts)
        assert not any(key.startswith(b"b/loose/") for key in keys(storage))

    async def test_a_buffer_may_change_when_it_was_written(self, values: LargeValues) -> None:
        writer, buffer = ValueWriter(values), bytearray(b"a" * (CHUNK_SIZE + 5))
        await writer.write(buffer)
        buffer[:] = b"b" * len(buffer)
        number = await values.write(writer.finish)
        assert set(await read(values, number, writer.length)) == {ord("a")}

    async def test_what_is_discarded_goes(
        self, storage: StorageBackend, values: LargeValues
    ) -> None:
        writer = ValueWriter(values)
        await writer.write(bytes(3 * CHUNK_SIZE))
        assert len(keys(storage)) == 3
        writer.discard()
        writer.discard()
        assert keys(storage) == []

    async def test_what_something_leads_to_is_not_discarded(
        self, storage: StorageBackend, values: LargeValues
    ) -> None:
        writer = ValueWriter(values)
        await writer.write(bytes(CHUNK_SIZE + 1))
        await values.write(writer.finish)
        writer.discard()
        assert len(keys(storage)) == 2

    async def test_what_was_taken_for_left_over_is_an_error(
        self, storage: StorageBackend, values: LargeValues, clock: FakeClock
    ) -> None:
        one, other = ValueWriter(values), ValueWriter(values)
        for writer in (one, other):
            await writer.write(bytes(CHUNK_SIZE + 1))
        clock.advance(SECONDS_OF_LEASE)
        await values_in(storage).write(lambda entries: None)
        with pytest.raises(DOMException, match="left over"):
            await one.write(bytes(CHUNK_SIZE))
        with pytest.raises(DOMException, match="left over"):
            await values.write(other.finish)

    async def test_all_of_a_stream_is_written(self, values: LargeValues) -> None:
        writer = ValueWriter(values)
        await writer.write_all(get_a_reader(ReadableStream.from_([b"ab", bytearray(b"c")])))
        assert (
            await values.read(StoredValue(values, await values.write(writer.finish), 3).rest)
            == b"abc"
        )

    async def test_a_stream_with_something_else_is_discarded(
        self, storage: StorageBackend, values: LargeValues
    ) -> None:
        chunks = [bytes(2 * CHUNK_SIZE), "text"]
        with pytest.raises(TypeError, match="not str"):
            await ValueWriter(values).write_all(get_a_reader(ReadableStream.from_(chunks)))
        assert keys(storage) == []

    async def test_a_stream_that_is_too_long_is_discarded(
        self, storage: StorageBackend, values: LargeValues
    ) -> None:
        def check(length: int) -> None:
            if length > 3 * CHUNK_SIZE:
                raise ValueError(length)

        chunks = (bytes(CHUNK_SIZE) for _ in range(10**9))
        with pytest.raises(ValueError, match=str(4 * CHUNK_SIZE)):
            await ValueWriter(values).write_all(get_a_reader(ReadableStream.from_(chunks)), check)
        assert keys(storage) == []

    async def test_what_another_process_has_deleted_is_a_type_error(
        self, storage: StorageBackend, values: LargeValues
    ) -> None:
        number = await store(values, bytes(3 * CHUNK_SIZE))
        stored = StoredValue(values, number, 3 * CHUNK_SIZE)
        stream = stored.stream()
        reader = get_a_reader(stream)
        assert len((await reader.read()).value or b"") == CHUNK_SIZE
        storage.delete_prefix(b"b/body/")
        with pytest.raises(TypeError, match="bytes too early"):
            while not (await reader.read()).done:
                pass

    async def test_what_is_long_is_read_in_a_thread(self, tmp_path: Path) -> None:
        storage = SQLiteStorage(tmp_path / "s")
        values = values_in(storage)
        number = await store(values, bytes(2**21))
        reading = values.read(lambda entries: StoredValue(values, number, 2**21).rest(entries))
        assert repr(reading) == "<Promise pending>"
        assert await reading == bytes(2**21)
        storage.close()


@spec("SPEC_NOTES.md#chunk-key")
class TestChunkKey:
    def test_chunks_lie_in_their_order(self) -> None:
        assert chunk_key(b"12", 10) == b"body/12/0000000a"
        assert chunk_key(b"12", 9) < chunk_key(b"12", 10) < chunk_key(b"12", 1000)
