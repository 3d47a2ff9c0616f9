"""Files survive: a process that is killed at any moment, and several that write.

`DEATHS` in the environment says how many processes are killed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from random import Random
from threading import Timer

import pytest

import worker_runtime
from spec_tests.fakes import running_in
from spec_tests.fs.places import file_in, names_in, text_of
from worker_runtime import FileSystemDirectoryHandle, navigator
from worker_runtime.fs.folder_bindings import directory_of_a_folder
from worker_runtime.host.host import Host
from worker_runtime.host.storage.sqlite import storage_in
from worker_runtime.html.settings_objects import EnvironmentSettingsObject

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are killed as POSIX does")

DEATHS = int(os.environ.get("DEATHS", "3"))

HEAD = """
import asyncio, sys
from pathlib import Path
from worker_runtime import DOMException, navigator
from worker_runtime.fs.folder_bindings import directory_of_a_folder
from worker_runtime.host.host import Host
from worker_runtime.host.storage.sqlite import storage_in
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, realm_execution_context

async def write(directory, name, text):
    handle = await directory.getFileHandle(name, create=True)
    stream = await handle.createWritable()
    for start in range(0, len(text), 300_000):
        await stream.write(text[start : start + 300_000])
    await stream.close()
    return handle

async def beginning():
    host = Host(storage=storage_in(Path(sys.argv[1]) / "storage"))
    realm_execution_context.set(EnvironmentSettingsObject(host))
    folder = directory_of_a_folder(host, "F", Path(sys.argv[1]) / "folder")
    return await navigator.storage.getDirectory(), folder
"""

# In each round, files are written, moved and removed in a bucket and in a folder, and then said to
# be there.
WRITER = (
    HEAD
    + """
async def main():
    places = await beginning()
    print("begin", flush=True)
    number = int(sys.argv[2])
    while True:
        number += 1
        text = f"{number:08}" * 125_000
        for place in places:
            await write(place, "file", text)
            made = await write(place, f"made {number}", f"{number:08}")
            await made.move("moved")
            directory = await place.getDirectoryHandle("directory", create=True)
            await write(directory, "file", text[:8])
            await place.removeEntry("directory", recursive=True)
        print(number, flush=True)

asyncio.run(main())
"""
)

# Both write the same file, files of their own, and count in one by turns, in place.
COUNTER = (
    HEAD
    + """
async def main():
    bucket, folder = await beginning()
    counter = await bucket.getFileHandle("counter", create=True)
    for number in range(20):
        for place in (bucket, folder):
            await write(place, "same", f"{sys.argv[2]} {number} " * 20_000)
        await write(bucket, f"{sys.argv[2]} {number % 10}", str(number))
        while True:
            try:
                access = await counter.createSyncAccessHandle()
                break
            except DOMException as error:
                assert error.name == "NoModificationAllowedError", error
                await asyncio.sleep(0.001)
        buffer = bytearray(8)
        access.read(buffer)
        access.write((int.from_bytes(buffer) + 1).to_bytes(8), at=0)
        access.close()

asyncio.run(main())
"""
)


def process(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=Path(worker_runtime.__file__).parent.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class TestDeath:
    async def test_a_file_is_as_it_was_or_as_it_was_closed(self, tmp_path: Path) -> None:
        (tmp_path / "folder").mkdir()
        random, acknowledged, last = Random(1), 0, 0
        for _ in range(DEATHS):
            with process(WRITER, tmp_path, last) as writer:
                assert writer.stdout is not None
                assert writer.stdout.readline() == "begin\n"
                timer = Timer(random.random() * 0.5, writer.kill)
                timer.start()
                lines = writer.stdout.read().split("\n")[:-1]
                timer.join()
            acknowledged = int(lines[-1]) if lines else acknowledged
            last = await self.last_number_in(tmp_path, acknowledged)
            assert last <= acknowledged + 1 or not lines

    async def last_number_in(self, path: Path, acknowledged: int) -> int:
        """Look at all that is there; returns the number of the last round that has begun."""
        numbers = [acknowledged]
        storage = storage_in(path / "storage")
        host = Host(storage=storage)
        with running_in(EnvironmentSettingsObject(host)):
            bucket = await navigator.storage.getDirectory()
            for place in (bucket, directory_of_a_folder(host, "F", path / "folder")):
                numbers += await self.numbers_in(place, acknowledged)
            await file_in(bucket, "new", "x")  # what was left over goes now
            await bucket.removeEntry("new")
            files = [name for name in await names_in(bucket) if name != "directory"]
            contents = list((path / "storage" / "storage.files").glob("*/*"))
            assert len(contents) <= len(files) + 1
        storage.close()
        return max(numbers)

    async def numbers_in(self, place: FileSystemDirectoryHandle, acknowledged: int) -> list[int]:
        numbers = []
        async for name, handle in place:
            if isinstance(handle, FileSystemDirectoryHandle):
                assert set(await names_in(handle)) <= {"file"}
                continue
            text = await text_of(handle)
            number = int(text[:8] or 0)
            assert text in ("", f"{number:08}" * (125_000 if name == "file" else 1))
            if name in ("file", "moved") and text:
                assert number >= acknowledged
            numbers.append(number)
        assert not acknowledged or {"file", "moved"} <= set(await names_in(place))
        return numbers


class TestSeveralProcesses:
    async def test_each_file_is_whole_and_no_count_is_lost(self, tmp_path: Path) -> None:
        (tmp_path / "folder").mkdir()
        processes = [process(COUNTER, tmp_path, name) for name in ("one", "two")]
        outputs = [each.communicate(timeout=120) for each in processes]
        assert outputs == [("", ""), ("", "")]
        storage = storage_in(tmp_path / "storage")
        host = Host(storage=storage)
        with running_in(EnvironmentSettingsObject(host)):
            bucket = await navigator.storage.getDirectory()
            counter = await (await bucket.getFileHandle("counter")).getFile()
            assert int.from_bytes(await counter.bytes()) == 40
            names = [f"{name} {number}" for name in ("one", "two") for number in range(10)]
            assert await names_in(bucket) == sorted([*names, "counter", "same"])
            for name in names:
                assert await text_of(await bucket.getFileHandle(name)) == f"1{name[-1]}"
            folder = directory_of_a_folder(host, "F", tmp_path / "folder")
            for place in (bucket, folder):
                text = await text_of(await place.getFileHandle("same"))
                assert text in (f"{name} 19 " * 20_000 for name in ("one", "two"))
            assert [path.name for path in (tmp_path / "folder").iterdir()] == ["same"]
            assert len(list((tmp_path / "storage" / "storage.files").glob("*/*"))) == 22
        storage.close()
