"""A loop that workers cannot end, and what is left in it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator

import pytest

from worker_runtime.cli import running
from worker_runtime.cli.running import run


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []
    monkeypatch.setattr(
        asyncio.BaseEventLoop,
        "call_exception_handler",
        lambda loop, context: seen.append(repr(context.get("exception"))),
    )
    return seen


class TestRun:
    def test_returns_the_status(self) -> None:
        async def main() -> int:
            return 3

        assert run(main()) == 3

    @pytest.mark.parametrize("error", [SystemExit(4), KeyboardInterrupt()], ids=repr)
    @pytest.mark.parametrize("place", ["task", "callback"])
    def test_nobody_but_the_command_ends_the_loop(
        self, error: BaseException, place: str, reports: list[str]
    ) -> None:
        def fail() -> None:
            raise error

        async def steps() -> None:
            await asyncio.sleep(0)
            fail()

        async def main() -> int:
            if place == "callback":
                asyncio.get_running_loop().call_soon(fail)
            else:
                task = asyncio.create_task(steps())
            for _ in range(10):
                await asyncio.sleep(0)
            if place == "task":
                assert task.exception() is error
            return 0

        assert run(main()) == 0
        assert reports == [repr(error)]

    def test_what_the_command_raises_is_raised(self) -> None:
        async def main() -> int:
            raise SystemExit(5)

        with pytest.raises(SystemExit):
            run(main())

    def test_what_is_left_has_its_time_to_end_and_no_more(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(running, "SECONDS_TO_CLEAN_UP", 0.05)
        seen: list[str] = []

        async def clean() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0)
                seen.append("clean")

        async def stubborn() -> None:
            while len(seen) < 100:
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    seen.append("stubborn")

        async def generator() -> AsyncIterator[int]:
            try:
                yield 1
            finally:
                await asyncio.Event().wait()

        async def main() -> int:
            asyncio.create_task(clean())
            asyncio.create_task(stubborn())
            async for _ in generator():
                break
            await asyncio.sleep(0)
            return 0

        begin = time.monotonic()
        assert run(main()) == 0
        assert time.monotonic() - begin < 5
        assert sorted(seen) == ["clean", "stubborn"]

    def test_a_thread_that_goes_on_does_not_keep_the_process(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(running, "SECONDS_TO_CLEAN_UP", 0.05)
        statuses: list[int] = []
        monkeypatch.setattr("os._exit", statuses.append)
        release = threading.Event()

        async def main() -> int:
            asyncio.get_running_loop().run_in_executor(None, release.wait)
            return 7

        assert run(main()) == 7
        release.set()
        assert statuses == [7]
