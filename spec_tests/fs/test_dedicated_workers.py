"""Files in dedicated workers: access handles there, and handles that are posted."""

from __future__ import annotations

from pathlib import Path

from spec_tests.fs.places import Place, error_of, file_in, text_of
from spec_tests.html.workers.scripts import Mailbox, end_of, making
from worker_runtime import BroadcastChannel, MessageChannel, Worker, navigator
from worker_runtime.fs.folder_bindings import directory_of_a_folder

COUNTS = """
async def hear(event):
    access = await event.data.createSyncAccessHandle()
    buffer = bytearray(100)
    length = access.read(buffer)
    access.write(b" and more", at=length)
    access.flush()
    postMessage(bytes(buffer[:length]).decode())
    globalThis.onmessage = lambda event: (access.close(), postMessage("closed"))
globalThis.onmessage = hear
"""

LISTS = """
async def hear(event):
    names = [name async for name in event.data.keys()]
    made = await event.data.getFileHandle("made", create=True)
    postMessage([names, made])
globalThis.onmessage = hear
"""


NEVER_RESTS = """
async def hear(event):
    access = await event.data.createSyncAccessHandle()
    postMessage("begins")
    while True:
        access.write(b"text", at=0)
        access.flush()
globalThis.onmessage = hear
"""


class TestWorker:
    async def test_an_access_handle_locks_the_file_for_all_threads(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            handle = await file_in(await navigator.storage.getDirectory(), "a", "text")
            worker = Worker(maker.script(COUNTS))
            box = Mailbox(worker)
            worker.postMessage(handle)
            assert await box.next() == "text"
            assert await error_of(handle.createWritable()) == "NoModificationAllowedError"
            assert await text_of(handle) == "text and more"
            worker.postMessage("close")
            assert await box.next() == "closed"
            await (await handle.createWritable()).abort()
            assert await text_of(handle) == "text and more"

    async def test_a_worker_that_is_terminated_lets_go_of_its_locks(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            handle = await file_in(await navigator.storage.getDirectory(), "a", "text")
            worker = Worker(maker.script(COUNTS))
            worker.postMessage(handle)
            assert await Mailbox(worker).next() == "text"
            worker.terminate()
            await end_of(worker)
            assert await error_of(handle.createWritable()) == "none"

    async def test_also_one_that_never_rests(self, disk: Place, tmp_path: Path) -> None:
        async with making(tmp_path, host=disk.host) as maker:
            handle = await file_in(await navigator.storage.getDirectory(), "a", "text")
            worker = Worker(maker.script(NEVER_RESTS))
            worker.postMessage(handle)
            assert await Mailbox(worker).next() == "begins"
            worker.terminate()
            await end_of(worker)
            assert await error_of(handle.createWritable()) == "none"

    async def test_a_folder_can_be_posted(self, tmp_path: Path) -> None:
        (tmp_path / "folder").mkdir()
        (tmp_path / "folder" / "a").write_text("x")
        async with making(tmp_path) as maker:
            host = maker.settings_object.host
            folder = directory_of_a_folder(host, "F", tmp_path / "folder")
            worker = Worker(maker.script(LISTS))
            worker.postMessage(folder)
            names, made = await Mailbox(worker).next()
            assert names == ["a"]
            assert await folder.resolve(made) == ["made"]
            assert await text_of(made) == ""


class TestChannels:
    async def test_handles_go_through_message_channels(self, tmp_path: Path) -> None:
        async with making(tmp_path):
            handle = await file_in(await navigator.storage.getDirectory(), "a", "text")
            channel = MessageChannel()
            box = Mailbox(channel.port2)
            channel.port1.postMessage({"handle": handle})
            assert await text_of((await box.next())["handle"]) == "text"
            channel.port1.close()

    async def test_handles_go_through_broadcast_channels(self, tmp_path: Path) -> None:
        async with making(tmp_path):
            handle = await file_in(await navigator.storage.getDirectory(), "a", "text")
            one, other = BroadcastChannel("x"), BroadcastChannel("x")
            box = Mailbox(other)
            one.postMessage(handle)
            assert await handle.isSameEntry(await box.next())
            one.close()
            other.close()
