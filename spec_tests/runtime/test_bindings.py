"""What a worker finds in its env."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spec_tests.fakes import running_worker
from worker_runtime import DurableObject
from worker_runtime.cloudflare.durable_objects.namespace import DurableObjectNamespace
from worker_runtime.runtime.bindings import (
    Binding,
    DurableBinding,
    bound,
    close_durable_objects,
    folder_binding,
)
from worker_runtime.webidl.exceptions import DOMException


class TestBound:
    def test_a_binding_is_made_for_the_host_and_anything_else_is_itself(self) -> None:
        with running_worker() as worker:
            env = {"NAME": "value", "HOST": Binding(lambda host: host)}
            assert bound(env, worker.scope, {}) == {"NAME": "value", "HOST": worker.host}

    async def test_a_class_of_durable_objects_is_a_namespace(self) -> None:
        class Counter(DurableObject):
            async def value(self) -> Any:
                return self.env.NAME

        with running_worker() as worker:
            env = {"COUNTER": DurableBinding("Counter"), "NAME": "value"}
            bindings = bound(env, worker.scope, {"Counter": Counter})
            assert isinstance(bindings.COUNTER, DurableObjectNamespace)
            assert await bindings.COUNTER.getByName("x").value() == "value"
            close_durable_objects(worker.host)
            assert not worker.clock.alarms
            worker.host.databases.close()

    def test_a_class_that_is_not_there_is_refused(self) -> None:
        with running_worker() as worker:
            with pytest.raises(TypeError, match="no class Counter.*env.COUNTER"):
                bound({"COUNTER": DurableBinding("Counter")}, worker.scope, {"Counter": 1})


class TestFolderBinding:
    async def test_is_a_directory_with_the_name(self, tmp_path: Path) -> None:
        (tmp_path / "a").write_text("text")
        with running_worker() as worker:
            env = {
                "W": folder_binding("W", tmp_path),
                "R": folder_binding("R", tmp_path, is_read_only=True),
            }
            bindings = bound(env, worker.scope, {})
            assert (bindings.W.name, bindings.R.name) == ("W", "R")
            file = await (await bindings.R.getFileHandle("a")).getFile()
            assert await file.text() == "text"
            await bindings.W.getFileHandle("b", create=True)
            with pytest.raises(DOMException, match="read only"):
                await bindings.R.getFileHandle("b", create=True)
