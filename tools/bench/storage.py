"""Storage: key-value stores beside bare sqlite3 with the same durability, and a large value and
files beside plain files.

A ratio above 1 means that the platform is the faster. The times are those of the processor, so that
other processes do not disturb them; files have a second row with those of the clock. Options:
--operations N for small values, --mebibytes N for the large one, at most 25, and
--file-mebibytes N for files.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sqlite3
import tempfile
import tracemalloc
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, process_time

from worker_runtime import FileSystemFileHandle, KVStorageArea, ReadableStream, navigator
from worker_runtime.cloudflare.kv_namespace import KVNamespace, kv_namespace
from worker_runtime.fs.folder_bindings import directory_of_a_folder
from worker_runtime.host.host import Host
from worker_runtime.host.storage.sqlite import SQLiteStorage
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, realm_execution_context

ROUNDS = 9
ROUNDS_OF_FILES = 7
NAMES = 1_000
BLOCK = 64 * 1024
VALUE = Random(1).randbytes(1024)
BYTES_OF_A_BLOCK = Random(2).randbytes(BLOCK)

Benchmark = Callable[[], Awaitable[object]]
Times = tuple[float, float]  # of the processor, and of the clock


class Bare:
    """What anybody would write who needs a table of keys and values."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = NORMAL")
        self.connection.execute("CREATE TABLE entries (key TEXT PRIMARY KEY, value BLOB)")

    async def put(self, names: list[str]) -> None:
        for name in names:
            self.connection.execute("INSERT OR REPLACE INTO entries VALUES (?, ?)", (name, VALUE))

    async def get(self, names: list[str]) -> None:
        for name in names:
            rows = self.connection.execute("SELECT value FROM entries WHERE key = ?", (name,))
            assert rows.fetchone()[0] == VALUE


async def put(kv: KVNamespace, names: list[str]) -> None:
    """Put a value under each name."""
    for name in names:
        await kv.put(name, VALUE)


async def get(kv: KVNamespace, names: list[str]) -> None:
    """Get the value of each name."""
    for name in names:
        assert await kv.get(name, "arrayBuffer") == VALUE


async def area_set(area: KVStorageArea, names: list[str]) -> None:
    """Set a value for each name."""
    for name in names:
        await area.set(name, VALUE)


async def area_get(area: KVStorageArea, names: list[str]) -> None:
    """Get the value of each name."""
    for name in names:
        assert await area.get(name) == VALUE


async def put_large(kv: KVNamespace, blocks: int) -> None:
    """Put a stream."""
    await kv.put("large", ReadableStream.from_(bytes(BLOCK) for _ in range(blocks)))


async def get_large(kv: KVNamespace, blocks: int) -> None:
    """Read a stream to its end."""
    length = 0
    stream = await kv.get("large", "stream")
    assert stream is not None
    async for chunk in stream:
        length += len(chunk)
    assert length == blocks * BLOCK


async def write_file(path: Path, blocks: int) -> None:
    """Write a plain file."""
    with path.open("wb", buffering=0) as file:
        for _ in range(blocks):
            file.write(bytes(BLOCK))


async def read_file(path: Path, blocks: int) -> None:
    """Read a plain file."""
    length = 0
    with path.open("rb", buffering=0) as file:
        while block := file.read(BLOCK):
            length += len(block)
    assert length == blocks * BLOCK


async def write_handle(handle: FileSystemFileHandle, blocks: int) -> None:
    """Write a file of the platform."""
    writer = (await handle.createWritable()).getWriter()
    for _ in range(blocks):
        await writer.write(BYTES_OF_A_BLOCK)
    await writer.close()


async def read_handle(handle: FileSystemFileHandle, blocks: int) -> None:
    """Read a file of the platform."""
    length = 0
    async for chunk in (await handle.getFile()).stream():
        length += len(chunk)
    assert length == blocks * BLOCK


async def replace_file(path: Path, blocks: int) -> None:
    """Write a plain file so that it is the one before or the new one, whatever happens."""
    with path.with_suffix(".new").open("wb", buffering=0) as file:
        for _ in range(blocks):
            file.write(BYTES_OF_A_BLOCK)
        os.fsync(file.fileno())
    path.with_suffix(".new").replace(path)


async def compare(name: str, ours: Benchmark, other: Benchmark) -> None:
    """Time both in turn, and print the median ratio of the rounds."""
    times = [(own[0], theirs[0]) for own, theirs in await pairs_of_times(ours, other, ROUNDS)]
    ratio = median(theirs / own for own, theirs in times)
    own, theirs = median(own for own, _ in times), median(theirs for _, theirs in times)
    print_row(name, own, theirs, ratio)


async def compare_files(name: str, ours: Benchmark, other: Benchmark) -> None:
    """The same in two rows, the time of the processor and that of the clock, of the fastest round
    of each: how long memory takes that the system has not used before is another question.
    """
    pairs = await pairs_of_times(ours, other, ROUNDS_OF_FILES)
    for clock, row in enumerate((name, "  by the clock")):
        own, theirs = (min(pair[index][clock] for pair in pairs) for index in (0, 1))
        print_row(row, own, theirs, theirs / own)


async def pairs_of_times(ours: Benchmark, other: Benchmark, rounds: int) -> list[list[Times]]:
    """Those of both, for each round."""
    pairs: list[list[Times]] = []
    for _ in range(rounds):
        pair = []
        for benchmark in (ours, other):
            start, begin = process_time(), perf_counter()
            await benchmark()
            pair.append((process_time() - start, perf_counter() - begin))
        pairs.append(pair)
    return pairs


def print_row(name: str, own: float, theirs: float, ratio: float) -> None:
    """What it comes to."""
    print(f"{name:34} {own * 1e3:9.2f} ms {theirs * 1e3:9.2f} ms {ratio:6.2f}", flush=True)


async def run(operations: int, mebibytes: int, file_mebibytes: int, folder: Path) -> None:
    """All rows."""
    host = Host(storage=SQLiteStorage(folder / "storage.sqlite"))
    realm_execution_context.set(EnvironmentSettingsObject(host))
    kv, area, bare = kv_namespace(host, "KV"), KVStorageArea("area"), Bare(folder / "bare.sqlite")
    names = [f"name-{number:06}" for number in range(NAMES)]
    for fill in (put(kv, names), area_set(area, names), bare.put(names)):
        await fill
    chosen = Random(2).choices(names, k=operations)
    blocks = mebibytes * 2**20 // BLOCK
    print(f"{'':34} {'platform':>12} {'bare':>12} {'ratio':>6}")
    await compare("KV get, 1 KiB", lambda: get(kv, chosen), lambda: bare.get(chosen))
    await compare("KV put, 1 KiB", lambda: put(kv, chosen), lambda: bare.put(chosen))
    await compare("kvStorage get, 1 KiB", lambda: area_get(area, chosen), lambda: bare.get(chosen))
    await compare("kvStorage set, 1 KiB", lambda: area_set(area, chosen), lambda: bare.put(chosen))
    file = folder / "file"
    row = f"KV put of a stream, {mebibytes} MiB"
    await compare(row, lambda: put_large(kv, blocks), lambda: write_file(file, blocks))
    row = f"KV get of a stream, {mebibytes} MiB"
    await compare(row, lambda: get_large(kv, blocks), lambda: read_file(file, blocks))
    tracemalloc.start()
    await put_large(kv, blocks)
    await get_large(kv, blocks)
    tell_memory(f"a stream of {mebibytes} MiB")
    blocks = file_mebibytes * 2**20 // BLOCK
    for name, directory in (
        ("OPFS", await navigator.storage.getDirectory()),
        ("folder", directory_of_a_folder(host, "FOLDER", folder)),
    ):
        handle = await directory.getFileHandle("handle", create=True)
        row = f"{name} write, {file_mebibytes} MiB"
        await compare_files(
            row, lambda: write_handle(handle, blocks), lambda: replace_file(file, blocks)
        )
        row = f"{name} read, {file_mebibytes} MiB"
        await compare_files(
            row, lambda: read_handle(handle, blocks), lambda: read_file(file, blocks)
        )
        tracemalloc.start()
        await write_handle(handle, blocks)
        await read_handle(handle, blocks)
        tell_memory(f"a file of {file_mebibytes} MiB")
        await handle.remove()
    host.storage.close()


def tell_memory(what: str) -> None:
    """How much there was at most, since it is traced."""
    print(f"memory for {what}, at most {tracemalloc.get_traced_memory()[1]:,} bytes")
    tracemalloc.stop()


def main() -> None:
    """Run the benchmarks."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--operations", type=int, default=500)
    parser.add_argument("--mebibytes", type=int, default=25)
    parser.add_argument("--file-mebibytes", type=int, default=256)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(
            run(options.operations, options.mebibytes, options.file_mebibytes, Path(folder))
        )
