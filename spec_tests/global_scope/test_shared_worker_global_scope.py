"""HTML, 10.2.1.3: the scope of a shared worker."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from spec_tests.html.workers.scripts import Mailbox, making
from worker_runtime import SharedWorker, SharedWorkerGlobalScope
from worker_runtime.html.workers.processing_model import OwnedWorkers

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/workers.html#sharedworkerglobalscope")
class TestSharedWorkerGlobalScope:
    def test_it_cannot_be_constructed(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            SharedWorkerGlobalScope()

    @spec("https://html.spec.whatwg.org/multipage/workers.html#dom-sharedworkerglobalscope-name")
    @spec("https://html.spec.whatwg.org/multipage/workers.html#dom-sharedworkerglobalscope-close")
    async def test_it_has_a_name_and_closes(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            script = maker.script(
                "def connect(event):\n"
                "    port = event.ports[0]\n"
                "    port.onmessage = lambda event: globalThis.close()\n"
                "    port.postMessage(globalThis.name)\n"
                "globalThis.onconnect = connect"
            )
            worker = SharedWorker(script, name="name")
            (record,) = maker.settings_object.record(OwnedWorkers)
            assert await Mailbox(worker.port, worker).next() == "name"
            worker.port.postMessage("close")
            await asyncio.to_thread(record.agent.thread.join, 20)
            assert record.state == "terminated"
