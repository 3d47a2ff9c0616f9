"""HTML, 10.2.1.2: the scope of a dedicated worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from spec_tests.html.workers.scripts import Mailbox, end_of, making
from worker_runtime import DedicatedWorkerGlobalScope, Worker

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/workers.html#dedicatedworkerglobalscope")
@spec("https://html.spec.whatwg.org/multipage/workers.html#script-settings-for-workers")
class TestDedicatedWorkerGlobalScope:
    def test_it_cannot_be_constructed(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            DedicatedWorkerGlobalScope()

    @spec("https://html.spec.whatwg.org/multipage/workers.html#dom-dedicatedworkerglobalscope-name")
    @spec(
        "https://html.spec.whatwg.org/multipage/workers.html#dom-dedicatedworkerglobalscope-postmessage"
    )
    @spec(
        "https://html.spec.whatwg.org/multipage/workers.html#dom-dedicatedworkerglobalscope-close"
    )
    async def test_its_operations_are_functions_as_well(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            script = maker.script(
                "postMessage(globalThis.name)\nglobalThis.postMessage({'a': 1}, [])\nclose()"
            )
            worker = Worker(script, name="name")
            mailbox = Mailbox(worker)
            assert [await mailbox.next(), await mailbox.next()] == ["name", {"a": 1}]
            await end_of(worker)
