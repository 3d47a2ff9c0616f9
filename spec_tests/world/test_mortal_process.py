"""A process of a world that is killed, in many orders."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from spec_tests.cloudflare.durable_objects.harness import WORKER, operations
from spec_tests.world.test_world import WORKER as WORKER_WITHOUT_OBJECTS
from worker_runtime.testing import (
    ProcessKilled,
    ScheduleFailure,
    World,
    explore,
    in_virtual_time,
    replay,
)

LIFE_CYCLE = "worker_runtime.cloudflare.durable_objects.life_cycle"
RUNS = 25

Test = Callable[[], Awaitable[None]]


def world_with(**wanted: Callable[..., Any]) -> World:
    operations.clear()
    operations.update(wanted)
    return World(WORKER, durable={"SUBJECT": "Subject"})


def the_object(world: World) -> Any:
    return world.durable["SUBJECT"].getByName("it")


async def what_was_acknowledged_stays() -> None:
    acknowledged = 0

    async def write(it: Any) -> int:
        storage = it.ctx.storage
        count = (await storage.get("a") or 0) + 1
        storage.put("a", count)
        await storage.get("a")
        storage.sql.exec("CREATE TABLE IF NOT EXISTS t (n)")
        storage.sql.exec("INSERT INTO t VALUES (?)", count)
        storage.put("b", count)
        return int(count)

    def read(it: Any) -> Any:
        kv = it.ctx.storage.kv
        (row,) = it.ctx.storage.sql.exec("SELECT count(*) AS n FROM sqlite_master WHERE name = 't'")
        rows = it.ctx.storage.sql.exec("SELECT * FROM t").toArray() if row["n"] else []
        return [kv.get("a") or 0, kv.get("b") or 0, len(rows)]

    async def client(world: World) -> None:
        nonlocal acknowledged
        for _ in range(3):
            with suppress(ProcessKilled):
                acknowledged = max(acknowledged, await the_object(world).run("write"))

    async with world_with(write=write, read=read) as world:
        await asyncio.gather(client(world), client(world), world.crash(within=60, loses_power=True))
        a, b, rows = await the_object(world).run("read")
        assert a == b == rows >= acknowledged


async def each_alarm_rings() -> None:
    rings: list[int] = []

    def set(it: Any) -> None:
        it.ctx.storage.setAlarm(it.ctx._container.space.host.clock.wall() * 1000 + 1000)

    async def alarm(it: Any, info: Any) -> None:
        await asyncio.sleep(0)
        it.ctx.storage.put("rang", True)
        rings.append(info.retryCount)

    read = lambda it: it.ctx.storage.get("rang")
    is_set = False
    async with world_with(set=set, alarm=alarm, read=read) as world:

        async def client() -> None:
            nonlocal is_set
            with suppress(ProcessKilled):
                await the_object(world).run("set")
                is_set = True

        await asyncio.gather(client(), world.crash(within=30, loses_power=True))
        crash = asyncio.create_task(world.crash(within=30))
        await world.advance(seconds=60)
        await crash
        if is_set:
            assert rings and await the_object(world).run("read") is True


async def crons_run_once_beside_alarms() -> None:
    minutes: list[float] = []
    rings: list[float] = []

    def now(it: Any) -> float:
        time: float = it.ctx._container.space.host.clock.wall() * 1000
        return time

    def alarm(it: Any, info: Any) -> None:
        rings.append(info.scheduledTime)
        it.ctx.storage.setAlarm(now(it) + 30_000)

    operations.clear()
    operations.update(
        set=lambda it: it.ctx.storage.setAlarm(now(it) + 30_000),
        alarm=alarm,
        scheduled=lambda controller: minutes.append(controller.scheduledTime),
    )
    async with World(WORKER, durable={"SUBJECT": "Subject"}, crons=["* * * * *"]) as world:
        await the_object(world).run("set")
        await world.advance(minutes=1, seconds=59)
        crash = asyncio.create_task(world.crash(within=30, loses_power=True))
        await world.advance(minutes=2)
        await crash
        assert len(set(minutes)) == len(minutes) >= 2
        assert len(rings) >= 6


class TestCrash:
    @pytest.mark.parametrize(
        "test", [what_was_acknowledged_stays, each_alarm_rings, crons_run_once_beside_alarms]
    )
    def test_it_holds_in_many_orders(self, test: Test) -> None:
        explore(test, runs=RUNS)

    def test_without_the_output_gate_what_was_acknowledged_is_lost(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(f"{LIFE_CYCLE}.let_out", lambda gate, steps: steps())
        with pytest.raises(ScheduleFailure, match="by seed") as raised:
            explore(what_was_acknowledged_stays, runs=100)
        with pytest.raises(AssertionError):
            replay(what_was_acknowledged_stays, raised.value.schedule)

    def test_without_a_flush_of_the_index_an_alarm_is_lost(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            "worker_runtime.host.storage.fragile_databases.FragileIndex.flush", lambda index: None
        )
        with pytest.raises(ScheduleFailure):
            explore(each_alarm_rings, runs=100)

    @in_virtual_time
    async def test_what_is_under_way_fails_and_what_is_stored_stays(self) -> None:
        async with World(WORKER_WITHOUT_OBJECTS, kv=["CACHE"]) as world:
            await world.fetch("/put")
            socket = await world.websocket("/chat")
            sleeping = asyncio.ensure_future(world.fetch("/sleep"))
            await world.fetch("/timers")
            before = world.worker
            await world.advance(seconds=1)
            await world.crash()
            with pytest.raises(ProcessKilled):
                await sleeping
            with pytest.raises(Exception):
                await socket.closed()
            assert world.worker is not before
            await world.advance(seconds=30)
            assert await (await world.fetch("/log")).text() == ""
            assert await (await world.fetch("/get")).text() == "value"
            assert await world.kv["CACHE"].get("name") == "value"

    @in_virtual_time
    async def test_who_is_dead_has_no_effect(self) -> None:
        seen: list[str] = []

        async def work(it: Any) -> None:
            storage = it.ctx.storage
            try:
                await asyncio.Event().wait()
            finally:
                try:
                    await storage.put("late", 1)
                except ProcessKilled:
                    seen.append("it cannot write")

        async with world_with(work=work, read=lambda it: it.ctx.storage.get("late")) as world:
            stub = the_object(world)
            working = stub.run("work")
            await asyncio.sleep(0)
            await world.crash()
            for call in (working, stub.run("read")):
                with pytest.raises(ProcessKilled):
                    await call
            await world.advance()
            assert seen == ["it cannot write"]
            assert await the_object(world).run("read") is None
