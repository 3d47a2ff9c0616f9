"""HTML, 10.2.6.3: dedicated workers."""

from __future__ import annotations

import asyncio
import gc
import threading
from pathlib import Path
from typing import Any

import pytest

from spec_tests.html.workers.scripts import Mailbox, end_of, making
from worker_runtime import (
    URL,
    Blob,
    BroadcastChannel,
    DOMException,
    ErrorEvent,
    MessageChannel,
    MessageEvent,
    ReadableStream,
    Worker,
)
from worker_runtime.host.memory_bus import MemoryBroker
from worker_runtime.html.workers.processing_model import OwnedWorkers

spec = pytest.mark.spec

ECHO = "globalThis.onmessage = lambda event: postMessage(event.data)"


@spec("https://html.spec.whatwg.org/multipage/workers.html#worker")
@spec("https://html.spec.whatwg.org/multipage/workers.html#outside-port")
class TestWorker:
    async def test_it_runs_in_a_thread_and_a_scope_of_its_own(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            script = maker.script(
                "import threading\n"
                "scope = globalThis\n"
                "postMessage([threading.get_ident(), scope.name, scope.location.href, scope.origin,"
                " isinstance(globalThis.self, DedicatedWorkerGlobalScope), __name__])"
            )
            worker = Worker(script, name="name")
            ident, name, href, origin, is_dedicated, module = await Mailbox(worker).next()
            assert ident != threading.get_ident() and module != __name__
            assert (name, href, origin) == ("name", script.as_uri(), "https://maker.example")
            assert is_dedicated

    async def test_each_evaluates_the_module_afresh(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            (tmp_path / "library_of_a_test.py").write_text("shared = []")
            script = maker.script(
                "from library_of_a_test import shared\nown = []\n"
                "def hear(event):\n"
                "    own.append(event.data)\n    shared.append(event.data)\n"
                "    postMessage([own, len(shared)])\n"
                "globalThis.onmessage = hear"
            )
            for number in (1, 2):
                worker = Worker(script)
                worker.postMessage("m")
                assert await Mailbox(worker).next() == [["m"], number]

    async def test_messages_go_both_ways_and_wait_for_the_script(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            worker = Worker(maker.script(ECHO))
            mailbox = Mailbox(worker)
            memory = memoryview(bytearray(b"abc"))
            worker.postMessage({"a": [1, (2,)]})
            worker.postMessage(memory, [memory])
            assert await mailbox.next() == {"a": [1, (2,)]}
            assert (await mailbox.next()).tobytes() == b"abc"
            with pytest.raises(DOMException, match="DataCloneError"):
                worker.postMessage(print)

    async def test_ports_and_streams_go_there(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            script = maker.script(
                "async def hear(event):\n"
                "    port, stream = event.data\n"
                "    async for chunk in stream:\n"
                "        port.postMessage(chunk)\n"
                "globalThis.onmessage = hear"
            )
            worker, channel = Worker(script), MessageChannel()
            mailbox = Mailbox(channel.port1, worker)
            stream = ReadableStream.from_([1, {"a": 2}, b"3"])
            worker.postMessage([channel.port2, stream], [channel.port2, stream])
            assert [await mailbox.next() for _ in range(3)] == [1, {"a": 2}, b"3"]

    async def test_blobs_and_data_urls_are_scripts(self, tmp_path: Path) -> None:
        async with making(tmp_path):
            source = "from worker_runtime import *; postMessage(globalThis.origin)"
            url = URL.createObjectURL(Blob([source]))
            blob_worker = Worker(url)
            URL.revokeObjectURL(url)
            assert await Mailbox(blob_worker).next() == "https://maker.example"
            assert await Mailbox(Worker(f"data:,{source}")).next() == "null"

    async def test_workers_make_workers(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            maker.script("postMessage('inner')", "inner.py")
            outer = Worker(
                maker.script(
                    "inner = Worker('inner.py')\n"
                    "inner.onmessage = lambda event: postMessage(event.data + ' and outer')"
                )
            )
            assert await Mailbox(outer).next() == "inner and outer"

    async def test_scopes_of_a_host_hear_what_is_broadcast(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            channel = BroadcastChannel("name")
            mailbox = Mailbox(channel, channel)
            Worker(maker.script("BroadcastChannel('name').postMessage(globalThis.location.href)"))
            assert (await mailbox.next()).endswith("worker.py")
            channel.close()

    async def test_timers_and_coroutines_run_in_it(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            script = maker.script(
                "import asyncio\n"
                "async def work(event):\n"
                "    await asyncio.sleep(0)\n"
                "    setTimeout(lambda: postMessage(event.data), 1)\n"
                "globalThis.onmessage = work"
            )
            worker = Worker(script)
            worker.postMessage("late")
            assert await Mailbox(worker).next() == "late"

    @pytest.mark.parametrize("options", [{"type": "script"}, {"credentials": 1}, {"nme": "n"}])
    async def test_an_option_that_cannot_be_meant_is_a_type_error(self, options: Any) -> None:
        with pytest.raises(TypeError):
            Worker("worker.py", **options)
        with pytest.raises(TypeError):
            Worker("worker.py", options)

    async def test_a_url_that_is_none_is_a_syntax_error(self) -> None:
        with pytest.raises(DOMException, match="SyntaxError"):
            Worker("https://[")

    def test_it_needs_a_loop(self, tmp_path: Path) -> None:
        with pytest.raises(RuntimeError, match="event loop"):
            Worker("worker.py")


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#report-an-exception")
class TestErrors:
    async def test_no_script_is_an_error_event(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            for path in (tmp_path / "none.py", maker.script("x =")):
                worker = Worker(path)
                event = await Mailbox(worker).next()
                assert event.type == "error" and not isinstance(event, ErrorEvent)
                await end_of(worker)
            assert "cannot run" in maker.console.messages[0][1]

    async def test_an_error_is_told_to_the_maker_and_ends_a_task_only(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            script = maker.script("globalThis.onmessage = lambda event: 1 / event.data")
            worker = Worker(script)
            mailbox = Mailbox(worker)
            for _ in range(2):
                worker.postMessage(0)
                event = await mailbox.next()
                assert isinstance(event, ErrorEvent) and event.cancelable
                assert "ZeroDivisionError" in event.message and event.error is None
                assert (event.filename, event.lineno) == (str(script), 2)

    async def test_an_error_of_the_script_itself_leaves_the_worker_running(
        self, tmp_path: Path
    ) -> None:
        async with making(tmp_path) as maker:
            worker = Worker(maker.script(f"{ECHO}\nraise ValueError('why')"))
            mailbox = Mailbox(worker)
            worker.postMessage("m")
            assert (await mailbox.next()).message == "Uncaught ValueError: why"
            assert await mailbox.next() == "m"

    async def test_what_nobody_handles_goes_on_to_the_scope_and_the_console(
        self, tmp_path: Path
    ) -> None:
        async with making(tmp_path) as maker:
            seen: asyncio.Queue[Any] = asyncio.Queue()

            def on_error(event: ErrorEvent) -> None:
                if event.message.endswith("handled"):
                    event.preventDefault()
                seen.put_nowait((event.message, event.error))

            maker.scope.addEventListener("error", on_error)
            maker.scope.addEventListener("message", print)
            worker = Worker(maker.script("globalThis.onmessage = lambda event: exec(event.data)"))
            worker.postMessage("raise ValueError('handled')")
            worker.postMessage("raise ValueError('not')")
            assert await seen.get() == ("Uncaught ValueError: handled", None)
            assert await seen.get() == ("Uncaught ValueError: not", None)
            await asyncio.sleep(0)
            assert [str(value) for value, _ in maker.console.reports] == ["not"]

    async def test_the_scope_of_the_worker_comes_first(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            script = maker.script(
                "globalThis.onerror = lambda *args: (postMessage(args[0]), True)[1]\n"
                "raise ValueError('why')"
            )
            mailbox = Mailbox(Worker(script))
            assert await mailbox.next() == "Uncaught ValueError: why"
            assert mailbox.queue.empty() and maker.console.reports == []

    async def test_a_rejection_stays_in_its_own_scope(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            script = maker.script(
                "globalThis.onunhandledrejection = lambda event: postMessage(str(event.reason))\n"
                "Promise.reject(ValueError('why'))"
            )
            maker.scope.onunhandledrejection = print
            assert await Mailbox(Worker(script)).next() == "why"

    async def test_an_error_of_an_inner_worker_goes_all_the_way(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            maker.script("raise ValueError('deep')", "inner.py")
            event = await Mailbox(Worker(maker.script("inner = Worker('inner.py')"))).next()
            assert event.message == "Uncaught ValueError: deep" and event.error is None


@spec("https://html.spec.whatwg.org/multipage/workers.html#dom-worker-terminate")
class TestTerminate:
    async def test_nothing_is_heard_of_it_any_more(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            worker = Worker(maker.script("postMessage(1)\nwhile True: postMessage(2)"))
            heard: list[Any] = []
            first = asyncio.Event()
            worker.onmessage = lambda event: (heard.append(event.data), first.set())  # type: ignore[func-returns-value]
            await first.wait()
            worker.terminate()
            count = len(heard)
            await end_of(worker)
            for _ in range(5):
                await asyncio.sleep(0)
            assert len(heard) == count
            worker.postMessage("into the void")
            worker.terminate()

    async def test_one_that_has_just_begun_ends(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            script = maker.script("while True: pass")
            workers = [Worker(script) for _ in range(5)]
            for worker in workers:
                worker.terminate()
            for worker in workers:
                await end_of(worker)
            assert not maker.settings_object.record(OwnedWorkers)

    async def test_its_own_workers_end_with_it(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            maker.script("import threading; threading.current_thread().name = 'inner of a test'\n"
                         "postMessage('runs')\nwhile True: pass", "inner.py")  # fmt: skip
            worker = Worker(
                maker.script(
                    "inner = Worker('inner.py')\n"
                    "inner.onmessage = lambda event: postMessage(event.data)"
                )
            )
            assert await Mailbox(worker).next() == "runs"
            inner = next(t for t in threading.enumerate() if t.name == "inner of a test")
            worker.terminate()
            await end_of(worker)
            await asyncio.to_thread(inner.join, 20)
            assert not inner.is_alive()

    async def test_the_other_end_of_its_ports_is_told(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            channel, told = MessageChannel(), asyncio.Event()
            worker = Worker(
                maker.script("globalThis.onmessage = lambda event: event.ports[0].start()")
            )
            channel.port1.onclose = lambda event: told.set()
            worker.postMessage(None, [channel.port2])
            worker.terminate()
            await asyncio.wait_for(told.wait(), 20)

    async def test_nothing_of_it_is_left(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            script = maker.script("class Mark: pass\nmark = Mark()\npostMessage(1)")
            for _ in range(3):
                worker = Worker(script)
                await Mailbox(worker).next()
                worker.terminate()
                await end_of(worker)
            del worker
            await asyncio.sleep(0)
            gc.collect()
            assert not [o for o in gc.get_objects() if type(o).__name__ == "Mark"]


@spec("https://html.spec.whatwg.org/multipage/workers.html#dom-worker-postmessage")
class TestPostMessage:
    async def test_the_event_is_dispatched_to_the_scope(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            script = maker.script(
                "def hear(event):\n"
                "    postMessage([event.target is globalThis.self, event.origin, event.source,"
                " len(event.ports)])\n"
                "addEventListener('message', hear)"
            )
            worker = Worker(script)
            channel = MessageChannel()
            worker.postMessage(1, [channel.port1])
            events: asyncio.Queue[MessageEvent] = asyncio.Queue()
            worker.onmessage = events.put_nowait
            event = await events.get()
            assert event.data == [True, "", None, 1]
            assert event.target is worker and event.ports == ()


@spec("SPEC_NOTES.md#worker-allow-net")
class TestAllowNet:
    async def test_a_worker_may_be_given_less_of_the_network(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            script = maker.script(
                "async def ask():\n"
                "    try:\n"
                "        await fetch('http://127.0.0.1:9/')\n"
                "    except TypeError as error:\n"
                "        postMessage(str(error.__cause__ or error))\n"
                "ask = Promise.resolve(ask())"
            )
            maker.host.bus = await MemoryBroker().join()
            worker = Worker(script, allowNet=["example.com"])
            assert worker._worker.host.network is not maker.host.network
            assert not worker._worker.host.bus.is_shared  # what it owns, it alone owns
            assert Worker(script)._worker.host is maker.host
            assert await Mailbox(worker).next()
