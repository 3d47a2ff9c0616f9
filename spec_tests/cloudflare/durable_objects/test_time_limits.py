"""SPEC_NOTES.md, "Life": how long a handler may take."""

from __future__ import annotations

import asyncio

import pytest

from worker_runtime.cloudflare.durable_objects.time_limits import within
from worker_runtime.host.clock import SystemClock

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#time-limit")
class TestWithin:
    async def test_what_is_done_in_time_is_done(self) -> None:
        done: list[int] = []

        async def handle() -> None:
            await asyncio.sleep(0)
            done.append(1)

        await within(0, SystemClock(), "no awaitable", "alarm")
        await within(0, SystemClock(), handle(), "alarm")
        await within(60, SystemClock(), handle(), "alarm")
        assert done == [1, 1]

    async def test_what_fails_fails(self) -> None:
        async def handle() -> None:
            raise KeyError("x")

        with pytest.raises(KeyError):
            await within(60, SystemClock(), handle(), "alarm")

    async def test_what_takes_longer_is_canceled(self) -> None:
        seen: list[str] = []

        async def handle() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                seen.append("canceled")

        message = r"alarm\(\) took more than 0.01 seconds and was canceled"
        with pytest.raises(TimeoutError, match=message):
            await within(0.01, SystemClock(), handle(), "alarm")
        await asyncio.sleep(0)
        assert seen == ["canceled"]
