"""The clock of the machine."""

from __future__ import annotations

import asyncio
import time

from worker_runtime.host.clock import SystemClock


class TestSystemClock:
    def test_monotonic_never_goes_back(self) -> None:
        clock = SystemClock()
        assert clock.monotonic() <= clock.monotonic()

    def test_wall_is_the_time_since_1970(self) -> None:
        assert abs(SystemClock().wall() - time.time()) < 60

    async def test_calls_back_unless_it_is_cancelled(self) -> None:
        called: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        clock = SystemClock()
        clock.call_later(0, lambda: called.set_exception(AssertionError("cancelled"))).cancel()
        clock.call_later(0.001, lambda: called.set_result("called"))
        assert await called == "called"
