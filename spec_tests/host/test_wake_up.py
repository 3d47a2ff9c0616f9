"""Wake-ups: one thread lets the loop of another one call back."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from pathlib import Path
from weakref import ref

import pytest

from worker_runtime.host.virtual_time import VirtualTimeLoop
from worker_runtime.host.wake_up import WakeUp, wake_up_of

pytestmark = pytest.mark.skipif(
    not hasattr(os, "eventfd"), reason="this system has no files for events"
)

FILES = Path("/proc/self/fd")


async def wake_up(calls: list[int]) -> ref[WakeUp]:
    wake_up = wake_up_of(asyncio.get_running_loop(), lambda: calls.append(threading.get_ident()))
    assert wake_up is not None
    return wake_up


class TestWakeUp:
    async def test_the_loop_calls_back_in_its_own_thread(self) -> None:
        calls: list[int] = []
        bell = (await wake_up(calls))()
        assert bell is not None
        for count in (1, 2):
            await asyncio.to_thread(bell.ring)
            while len(calls) < count:
                await asyncio.sleep(0)
        assert calls == [threading.get_ident()] * 2

    async def test_once_however_often_it_was_rung(self) -> None:
        calls: list[int] = []
        bell = (await wake_up(calls))()
        assert bell is not None
        for _ in range(100):
            bell.ring()
        for _ in range(5):
            await asyncio.sleep(0)
        assert len(calls) == 1

    def test_its_file_is_closed_with_the_loop(self) -> None:
        calls: list[int] = []
        gc.collect()
        files = len(list(FILES.iterdir()))
        bells = [asyncio.run(wake_up(calls)) for _ in range(5)]
        assert [bell() for bell in bells] == [None] * 5
        assert len(list(FILES.iterdir())) == files

    def test_a_file_that_somebody_is_ringing_is_closed_after_that(self) -> None:
        async def main() -> WakeUp | None:
            return (await wake_up([]))()

        bell = asyncio.run(main())
        assert bell is not None
        bell.ring()
        files = len(list(FILES.iterdir()))
        del bell
        assert len(list(FILES.iterdir())) == files - 1


class TestWakeUpOf:
    def test_a_loop_of_another_kind_has_none(self) -> None:
        loop = VirtualTimeLoop()
        assert wake_up_of(loop, lambda: None) is None
        loop.close()

    async def test_a_process_that_has_too_many_files_has_none(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*arguments: object) -> int:
            raise OSError("Too many open files")

        monkeypatch.setattr(os, "eventfd", fail)
        assert wake_up_of(asyncio.get_running_loop(), lambda: None) is None

    async def test_nor_has_a_system_without_such_files(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delattr(os, "eventfd")
        assert wake_up_of(asyncio.get_running_loop(), lambda: None) is None
