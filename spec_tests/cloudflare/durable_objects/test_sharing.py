"""SPEC_NOTES.md, "Objects of several processes": how objects come to be shared."""

from __future__ import annotations

from pathlib import Path

import pytest

from spec_tests.cloudflare.durable_objects.harness import objects, processes
from worker_runtime.cloudflare.durable_objects.sharing import share
from worker_runtime.testing import in_virtual_time

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#sharing")
@spec("SPEC_NOTES.md#share-a-space")
class TestShareASpace:
    @in_virtual_time
    async def test_one_process_alone_shares_nothing(self) -> None:
        async with objects() as (world, stub):
            assert await stub.increment() == 1
            space = world.durable["SUBJECT"]._space
            assert space.let_go is None and space.alarms.tell is None

    @in_virtual_time
    async def test_it_is_shared_once(self, tmp_path: Path) -> None:
        async with processes(tmp_path) as (first, _):
            space = first.durable["SUBJECT"]._space
            let_go = space.let_go
            share(space)
            assert let_go is not None and space.let_go is let_go
