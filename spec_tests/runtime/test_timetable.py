"""Timetables: in a world, and by a clock that the test sets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from spec_tests.fakes import FakeClock, RecordingConsole
from worker_runtime.cloudflare.cron_expressions import CronFailure
from worker_runtime.cloudflare.scheduled_event import ScheduledEvent
from worker_runtime.host.host import Host
from worker_runtime.host.storage.memory import MemoryStorage
from worker_runtime.runtime.runtime import Runtime
from worker_runtime.runtime.timetable import Timetable
from worker_runtime.runtime.worker_files import Script
from worker_runtime.testing import World, in_virtual_time

START = datetime(2026, 1, 1, 12, 0, 30, tzinfo=UTC)


def a_worker_that_counts() -> tuple[list[str], Script]:
    """The runs of a worker, and its script."""
    runs: list[str] = []

    def listener(event: ScheduledEvent) -> None:
        minute = datetime.fromtimestamp(event.scheduledTime / 1000, UTC)
        runs.append(f"{minute:%d %H:%M} {event.cron}")

    return runs, lambda scope: scope.addEventListener("scheduled", listener)


class Served:
    """A worker that counts its runs, and its timetable, for who sets the clock or reads the log."""

    def __init__(self) -> None:
        self.clock = FakeClock(wall=START.timestamp())
        self.console = RecordingConsole()
        self.host = Host(clock=self.clock, console=self.console)
        self.runs: list[str] = []
        self.log: list[str] = []

    async def begin(
        self, runtime: Runtime, *crons: str, work: Callable[[], Any] | None = None
    ) -> Timetable:
        def listener(event: ScheduledEvent) -> None:
            minute = datetime.fromtimestamp(event.scheduledTime / 1000, UTC)
            self.runs.append(f"{minute:%d %H:%M} {event.cron}")
            if work is not None:
                event.waitUntil(work())

        worker = await runtime.start(
            lambda scope: scope.addEventListener("scheduled", listener), host=self.host
        )
        timetable = Timetable(
            worker, crons, lambda cron, minute, result: self.log.append(f"{cron} {result.outcome}")
        )
        timetable.start()
        return timetable

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)
        for _ in range(10):
            await asyncio.sleep(0)


class TestTimetable:
    @in_virtual_time
    async def test_the_worker_is_called_at_each_minute_of_the_expression(self) -> None:
        runs, script = a_worker_that_counts()
        async with World(script, crons=["*/2 * * * *"], start=f"{START:%FT%TZ}") as world:
            await world.advance(seconds=29)
            assert runs == []
            await world.advance(minutes=4)
            assert runs == ["01 12:02 */2 * * * *", "01 12:04 */2 * * * *"]

    @in_virtual_time
    async def test_each_expression_has_its_runs_and_each_text_only_once(self) -> None:
        runs, script = a_worker_that_counts()
        crons = ["1 * * * *", "* * * * *", "1 * * * *"]
        async with World(script, crons=crons, start=f"{START:%FT%TZ}") as world:
            await world.advance(seconds=31)
            assert runs == ["01 12:01 1 * * * *", "01 12:01 * * * * *"]

    @in_virtual_time
    async def test_of_those_that_share_a_storage_one_fires(self) -> None:
        storage, (runs, script) = MemoryStorage(), a_worker_that_counts()
        async with World(script, crons=["* * * * *"], storage=storage) as world:
            async with World(script, crons=["* * * * *"], storage=storage):
                await world.advance(minutes=3)
                assert [run[:8] for run in runs] == ["01 00:01", "01 00:02", "01 00:03"]

    async def test_a_run_does_not_wait_for_the_one_before(self) -> None:
        served, go = Served(), asyncio.Event()
        async with Runtime() as runtime:
            timetable = await served.begin(runtime, "* * * * *", work=go.wait)
            await served.pass_time(60)
            await served.pass_time(60)
            assert len(served.runs) == 2 and served.log == []
            go.set()
            await served.pass_time(0)
            assert served.log == ["* * * * * ok", "* * * * * ok"]
            timetable.stop()

    async def test_how_a_run_ends_is_logged(self) -> None:
        served = Served()

        async def fail() -> None:
            raise KeyError("x")

        async with Runtime() as runtime:
            timetable = await served.begin(runtime, "* * * * *", work=fail)
            await served.pass_time(60)
            assert served.log == ["* * * * * exception"]
            timetable.stop()

    async def test_minutes_that_were_missed_are_not_made_up(self) -> None:
        served = Served()
        async with Runtime() as runtime:
            timetable = await served.begin(runtime, "* * * * *")
            served.clock.wall_at_zero += 3600  # the machine slept, or the clock was set
            await served.pass_time(60)
            assert served.runs == ["01 13:01 * * * * *"]
            assert ("warn", "* * * * *: the run of 2026-01-01 12:01 was missed") in (
                served.console.messages
            )
            timetable.stop()

    async def test_a_minute_fires_once_also_if_the_clock_is_set_back(self) -> None:
        served = Served()
        async with Runtime() as runtime:
            timetable = await served.begin(runtime, "* * * * *")
            await served.pass_time(60)
            served.clock.wall_at_zero -= 120
            for _ in range(5):
                await served.pass_time(60)
            minutes = [run.split()[1] for run in served.runs]
            assert minutes == ["12:01", "12:02", "12:03", "12:04"]
            timetable.stop()

    async def test_a_clock_that_is_set_is_noticed_though_nothing_is_due(self) -> None:
        served = Served()
        async with Runtime() as runtime:
            timetable = await served.begin(runtime, "0 0 1 2 *")
            before_midnight = datetime(2026, 1, 31, 23, 50, tzinfo=UTC).timestamp()
            served.clock.wall_at_zero = before_midnight - served.clock.now
            for _ in range(10):
                await served.pass_time(60)
            assert served.runs == ["01 00:00 0 0 1 2 *"]
            timetable.stop()

    async def test_nothing_fires_when_it_has_stopped(self) -> None:
        served = Served()
        async with Runtime() as runtime:
            timetable = await served.begin(runtime, "* * * * *")
            timetable.stop()
            await served.pass_time(600)
            assert served.runs == [] and not served.clock.alarms

    async def test_what_is_no_expression_is_refused(self) -> None:
        async with Runtime() as runtime:
            with pytest.raises(CronFailure):
                await Served().begin(runtime, "* * *")
