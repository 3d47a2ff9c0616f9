"""HTML, 10.2.6.4: shared workers."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from spec_tests.fakes import running_in
from spec_tests.html.workers.scripts import Mailbox, Maker, making
from worker_runtime import DOMException, SharedWorker
from worker_runtime.host.host import Host
from worker_runtime.html.settings_objects import terminate_a_worker
from worker_runtime.html.workers.processing_model import OwnedWorkers
from worker_runtime.html.workers.shared_workers import SharedWorkerManager

spec = pytest.mark.spec

COUNTING = """
connections = []
def connect(event):
    (port,) = event.ports
    assert event.source is port and event.data == ""
    connections.append(port)
    port.onmessage = lambda event: [p.postMessage(event.data) for p in connections]
    port.postMessage([len(connections), globalThis.name])
globalThis.onconnect = connect
"""


@spec("https://html.spec.whatwg.org/multipage/workers.html#sharedworker")
@spec("https://html.spec.whatwg.org/multipage/workers.html#dom-sharedworker")
@spec("https://html.spec.whatwg.org/multipage/workers.html#dom-sharedworker-port")
class TestSharedWorker:
    async def test_all_who_ask_for_it_reach_the_same(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker, making(tmp_path, maker.host) as other:
            script = maker.script(COUNTING)
            first = Mailbox((worker := SharedWorker(script, "name")).port, worker)
            assert await first.next() == [1, "name"]
            second = Mailbox((worker := SharedWorker(script, name="name")).port, worker)
            assert await second.next() == [2, "name"]
            worker.port.postMessage("to all")
            assert await first.next() == await second.next() == "to all"
            assert len(other.settings_object.record(OwnedWorkers)) == 1

    @pytest.mark.parametrize("what", ["name", "url", "origin", "host"])
    async def test_another_name_url_origin_or_host_is_another(
        self, what: str, tmp_path: Path
    ) -> None:
        async with making(tmp_path) as maker:
            worker = SharedWorker(maker.script(COUNTING), "name")
            assert await Mailbox(worker.port, worker).next() == [1, "name"]
            manager = maker.host.record(SharedWorkerManager)
            record = manager.workers[0]
            settings, url, name = maker.settings_object, record.url, "name"
            assert manager.matching(settings, url, name) is record
            if what == "name":
                assert manager.matching(settings, url, "other") is None
            elif what == "url":
                other = SharedWorker(maker.script(COUNTING, "other.py"), "name")
                assert await Mailbox(other.port, other).next() == [1, "name"]
            elif what == "origin":
                elsewhere = Maker(tmp_path, maker.host).settings_object
                assert manager.matching(elsewhere, url, name) is record
                elsewhere.origin = Maker(tmp_path).settings_object.origin
                elsewhere.origin = type(elsewhere.origin)("https", "other.example", None)  # type: ignore[call-arg]
                assert manager.matching(elsewhere, url, name) is None
            else:
                assert Host().record(SharedWorkerManager).matching(settings, url, name) is None

    async def test_other_options_are_an_error(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            script = maker.script(COUNTING)
            worker = SharedWorker(script)
            await Mailbox(worker.port, worker).next()
            other = SharedWorker(script, type="module")
            event = await Mailbox(other.port, other).next()
            assert event.type == "error"

    async def test_no_script_is_an_error(self, tmp_path: Path) -> None:
        async with making(tmp_path):
            worker = SharedWorker(tmp_path / "none.py")
            event = await Mailbox(worker.port, worker).next()
            assert event.type == "error"

    async def test_it_ends_with_the_last_of_its_owners(self, tmp_path: Path) -> None:
        first = Maker(tmp_path)
        second = Maker(tmp_path, first.host)
        script = first.script(COUNTING)
        for number, maker in enumerate((first, second), 1):
            with running_in(maker.settings_object):
                worker = SharedWorker(script)
                assert await Mailbox(worker.port, worker).next() == [number, ""]
        (record,) = first.settings_object.record(OwnedWorkers)
        assert record.owners == {first.settings_object, second.settings_object}
        terminate_a_worker(first.settings_object)
        assert record.agent.thread.is_alive() and len(record.owners) == 1
        terminate_a_worker(second.settings_object)
        assert record.state == "terminated"
        await asyncio.to_thread(record.agent.thread.join, 20)
        assert not record.agent.thread.is_alive()

    async def test_after_close_the_next_one_is_new(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            script = maker.script(COUNTING + "globalThis.onconnect = lambda event: ("
                                  "event.ports[0].postMessage('bye'), globalThis.close())")  # fmt: skip
            for _ in range(2):
                worker = SharedWorker(script)
                assert await Mailbox(worker.port, worker).next() == "bye"

    @pytest.mark.parametrize("options", [{"type": "script"}, {"nme": "n"}])
    async def test_an_option_that_cannot_be_meant_is_a_type_error(self, options: Any) -> None:
        with pytest.raises(TypeError):
            SharedWorker("worker.py", options)

    async def test_a_url_that_is_none_is_a_syntax_error(self) -> None:
        with pytest.raises(DOMException, match="SyntaxError"):
            SharedWorker("https://[")


@spec("https://html.spec.whatwg.org/multipage/workers.html#shared-worker-manager")
class TestSharedWorkerManager:
    async def test_one_that_has_ended_is_forgotten(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            worker = SharedWorker(maker.script(COUNTING))
            await Mailbox(worker.port, worker).next()
            manager = maker.host.record(SharedWorkerManager)
            (record,) = manager.workers
            record.state = "closing"
            assert manager.matching(maker.settings_object, record.url, "") is None
            assert manager.workers == []
