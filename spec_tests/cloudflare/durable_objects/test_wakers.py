"""SPEC_NOTES.md, "Objects of several processes": alarms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spec_tests.cloudflare.durable_objects.harness import Process, processes, some_turns
from worker_runtime.cloudflare.durable_objects.remote_messages import NEWS
from worker_runtime.testing import in_virtual_time

spec = pytest.mark.spec


class Rung:
    """The alarms that have rung: which process, which object, at what second, and the count of
    retries.
    """

    def __init__(self) -> None:
        self.worlds: list[Process] = []
        self.runs: list[tuple[int, str, int, int]] = []
        self.failures = 0

    def set(self, it: Any, seconds: float) -> None:
        it.ctx.storage.setAlarm(self.now + seconds * 1000)

    @property
    def now(self) -> float:
        return self.worlds[0].clock.wall() * 1000

    def alarm(self, it: Any, info: Any) -> None:
        (where,) = (index for index, world in enumerate(self.worlds) if world.has(it.ctx.id.name))
        second = round(self.now / 1000) - 1767225600
        self.runs.append((where, it.ctx.id.name, second, info.retryCount))
        if self.failures:
            self.failures -= 1
            raise ValueError("not yet")


def waker_of(worlds: list[Process]) -> Process:
    (waker,) = (each for each in worlds if each.durable["SUBJECT"]._space.alarms.is_waker)
    return waker


@spec("SPEC_NOTES.md#wakers")
@spec("SPEC_NOTES.md#watch-a-space")
@spec("SPEC_NOTES.md#ring-over-processes")
class TestWakers:
    @in_virtual_time
    async def test_an_alarm_rings_once_where_its_object_is(self, tmp_path: Path) -> None:
        rung = Rung()
        async with processes(tmp_path, 3, set=rung.set, alarm=rung.alarm) as worlds:
            rung.worlds = worlds
            for index, world in enumerate(worlds):
                await world.stub(f"of {index}").run("set", 5 + index)
            await worlds[0].advance(seconds=9)
            assert rung.runs == [(0, "of 0", 5, 0), (1, "of 1", 6, 0), (2, "of 2", 7, 0)]
            await worlds[0].advance(hours=1)
            assert len(rung.runs) == 3

    @in_virtual_time
    async def test_one_whose_object_is_nowhere_rings_at_the_waker(self, tmp_path: Path) -> None:
        rung = Rung()
        async with processes(tmp_path, 2, set=rung.set, alarm=rung.alarm) as worlds:
            rung.worlds = worlds
            waker = waker_of(worlds)
            (other,) = (world for world in worlds if world is not waker)
            await other.stub().run("set", 100)
            await other.advance(seconds=20)
            assert not other.has()
            await other.advance(seconds=90)
            assert rung.runs == [(worlds.index(waker), "it", 100, 0)]

    @in_virtual_time
    async def test_alarms_can_be_moved_and_removed(self, tmp_path: Path) -> None:
        rung = Rung()
        delete = lambda it: it.ctx.storage.deleteAlarm()  # noqa: E731
        async with processes(tmp_path, 2, set=rung.set, alarm=rung.alarm, no=delete) as worlds:
            rung.worlds = worlds
            waker = waker_of(worlds)
            (other,) = (world for world in worlds if world is not waker)
            for seconds in (50, 10, 30):
                await other.stub().run("set", seconds)
            await other.stub("never").run("set", 20)
            await other.stub("never").run("no")
            await other.advance(seconds=60)
            assert rung.runs == [(worlds.index(waker), "it", 30, 0)]

    @in_virtual_time
    async def test_a_failure_is_retried(self, tmp_path: Path) -> None:
        rung = Rung()
        async with processes(tmp_path, 2, set=rung.set, alarm=rung.alarm) as worlds:
            rung.worlds = worlds
            rung.failures = 2
            waker = waker_of(worlds)
            (other,) = (world for world in worlds if world is not waker)
            await other.stub().run("set", 5)
            await other.advance(seconds=30)
            assert [retries for *_, retries in rung.runs] == [0, 1, 2]
            assert {where for where, *_ in rung.runs} == {worlds.index(other)}
            for error in other.errors:
                assert str(error) == "not yet"
            other.errors.clear()

    @in_virtual_time
    async def test_one_that_dies_is_followed_by_another(self, tmp_path: Path) -> None:
        rung = Rung()
        async with processes(tmp_path, 3, set=rung.set, alarm=rung.alarm) as worlds:
            rung.worlds = worlds
            waker = waker_of(worlds)
            others = [world for world in worlds if world is not waker]
            await waker.stub("its own").run("set", 10)
            await others[0].stub("another's").run("set", 20)
            waker.kill()
            await some_turns(8)
            assert len([each for each in others if waker_of(others) is each]) == 1
            await others[0].advance(seconds=30)
            assert [(name, second) for _, name, second, _ in rung.runs] == [
                ("its own", 10), ("another's", 20),
            ]  # fmt: skip

    @in_virtual_time
    async def test_one_that_is_about_to_end_resigns(self, tmp_path: Path) -> None:
        rung = Rung()
        async with processes(tmp_path, 2, set=rung.set, alarm=rung.alarm) as worlds:
            rung.worlds = worlds
            waker = waker_of(worlds)
            (other,) = (world for world in worlds if world is not waker)
            await waker.stub().run("set", 10)
            waker.worker.hand_over()
            await some_turns(12)
            assert waker_of(worlds) is other
            await other.advance(seconds=11)
            assert rung.runs == [(worlds.index(other), "it", 10, 0)]

    @in_virtual_time
    async def test_what_is_no_news_is_not_listened_to(self, tmp_path: Path) -> None:
        async with processes(tmp_path) as (first, second):
            for message in (b"", b"\xff\x0f0"):
                first.bus.publish(NEWS, message)
            await some_turns(8)
            assert await second.stub().increment() == 1
