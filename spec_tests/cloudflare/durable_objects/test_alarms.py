"""SPEC_NOTES.md, "Alarms"."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from spec_tests.cloudflare.durable_objects.harness import WORKER, instances, objects, operations
from worker_runtime.cloudflare.durable_objects.alarms import AlarmInvocationInfo, PlannedAlarm
from worker_runtime.host.storage.object_database import Alarm, AlarmIndex, MemoryDatabases
from worker_runtime.testing import World, explore, in_virtual_time

spec = pytest.mark.spec


def in_seconds(seconds: float) -> Any:
    """An operation that sets the alarm to so many seconds from now."""
    return lambda it: it.ctx.storage.setAlarm(
        it.ctx._container.space.host.clock.wall() * 1000 + seconds * 1000
    )


@spec("SPEC_NOTES.md#run-an-alarm")
@spec("SPEC_NOTES.md#call-the-alarm-handler")
@spec("SPEC_NOTES.md#alarm-scheduler")
class TestRunAnAlarm:
    @in_virtual_time
    async def test_it_rings_at_its_time_though_the_instance_is_gone(self) -> None:
        seen: list[Any] = []
        async with objects(
            set=in_seconds(3600), alarm=lambda it, info: seen.append((info, it.ctx.id.name))
        ) as (world, stub):
            begin = world.clock.wall() * 1000
            await stub.run("set")
            await world.advance(minutes=59, seconds=59)
            assert seen == []
            await world.advance(seconds=1)
            assert seen == [((begin + 3_600_000, 0), "it")]
            await world.advance(days=1)
            assert len(seen) == 1

    @in_virtual_time
    async def test_a_failure_is_tried_again_six_times(self) -> None:
        seen: list[tuple[int, float]] = []

        def alarm(it: Any, info: Any) -> None:
            seen.append((info.retryCount, it.ctx._container.space.host.clock.monotonic()))
            raise KeyError("x")

        async with objects(
            set=in_seconds(10), alarm=alarm, get=lambda it: it.ctx.storage.getAlarm()
        ) as (world, stub):
            await stub.run("set")
            await world.advance(hours=1)
            assert [count for count, _ in seen] == list(range(7))
            pauses = [after - before for (_, before), (_, after) in zip(seen, seen[1:])]
            for number, pause in enumerate(pauses):
                assert 2 * 2**number <= pause <= 2 * 2**number * 1.25 + 0.001
            assert await stub.run("get") is None
            assert len(world.errors) == 7
            world.errors.clear()

    @in_virtual_time
    async def test_a_failing_run_that_sets_another_is_not_tried_again(self) -> None:
        seen: list[int] = []

        def alarm(it: Any, info: Any) -> None:
            seen.append(info.retryCount)
            if len(seen) == 1:
                in_seconds(60)(it)
                raise KeyError("x")

        async with objects(set=in_seconds(1), alarm=alarm) as (world, stub):
            await stub.run("set")
            await world.advance(seconds=60)
            assert seen == [0]
            await world.advance(hours=1)
            assert seen == [0, 0]
            world.errors.clear()

    @in_virtual_time
    async def test_a_failing_run_that_deletes_it_is_not_tried_again(self) -> None:
        seen: list[int] = []

        def alarm(it: Any, info: Any) -> None:
            seen.append(1)
            it.ctx.storage.deleteAlarm()
            raise KeyError("x")

        async with objects(set=in_seconds(1), alarm=alarm) as (world, stub):
            await stub.run("set")
            await world.advance(hours=1)
            assert seen == [1]
            world.errors.clear()

    @in_virtual_time
    async def test_while_it_runs_there_is_none_unless_it_is_set_anew(self) -> None:
        seen: list[Any] = []

        async def alarm(it: Any, info: Any) -> None:
            seen.append(await it.ctx.storage.getAlarm())
            if len(seen) == 1:
                in_seconds(5)(it)
                seen.append(await it.ctx.storage.getAlarm())

        async with objects(set=in_seconds(1), alarm=alarm) as (world, stub):
            await stub.run("set")
            await world.advance(seconds=1)
            assert seen[0] is None and seen[1] == world.clock.wall() * 1000 + 5000
            await world.advance(seconds=5)
            assert len(seen) == 3

    @in_virtual_time
    async def test_a_new_time_replaces_the_old_one(self) -> None:
        seen: list[Any] = []
        async with objects(
            late=in_seconds(100), soon=in_seconds(10), alarm=lambda it, info: seen.append(info)
        ) as (world, stub):
            await stub.run("late")
            await stub.run("soon")
            await world.advance(seconds=10)
            assert len(seen) == 1
            await stub.run("soon")
            await stub.run("late")
            await world.advance(seconds=99)
            assert len(seen) == 1
            await world.advance(seconds=1)
            assert len(seen) == 2

    @in_virtual_time
    async def test_fifteen_minutes_are_too_long_and_count(self) -> None:
        seen: list[int] = []

        async def alarm(it: Any, info: Any) -> None:
            it.ctx.storage.put("run", info.retryCount)
            seen.append(info.retryCount)
            if info.retryCount < 1:
                await asyncio.Event().wait()

        async with objects(
            set=in_seconds(1), alarm=alarm, read=lambda it: it.ctx.storage.get("run")
        ) as (world, stub):
            await stub.run("set")
            await world.advance(minutes=15)
            assert seen == [0] and world.errors == []
            await world.advance(seconds=1)
            (error,) = world.errors
            assert str(error) == "Alarm exceeded its allowed execution time"
            assert len(instances) == 1
            await world.advance(seconds=3)
            assert seen == [0, 1] and len(instances) == 2
            assert await world.durable["SUBJECT"].getByName("it").run("read") == 1
            world.errors.clear()

    @in_virtual_time
    async def test_an_abort_may_give_it_up(self) -> None:
        seen: list[int] = []

        def alarm(it: Any, info: Any) -> None:
            seen.append(info.retryCount)
            if info.retryCount:
                it.ctx.abort("enough", {"retryAlarm": False})
            it.ctx.abort("again")

        async with objects(
            set=in_seconds(1), alarm=alarm, get=lambda it: it.ctx.storage.getAlarm()
        ) as (world, stub):
            await stub.run("set")
            await world.advance(hours=1)
            assert seen == [0, 1]
            assert await world.durable["SUBJECT"].getByName("it").run("get") is None
            assert [str(error) for error in world.errors] == ["again", "enough"]
            world.errors.clear()

    def test_calls_and_alarms_are_all_there_in_every_order(self) -> None:
        async def test() -> None:
            seen: list[Any] = []
            async with objects(set=in_seconds(1), alarm=lambda it, info: seen.append(1)) as (
                world,
                stub,
            ):
                await asyncio.gather(stub.run("set"), stub.increment(), stub.increment())
                await world.advance(seconds=2)
                assert seen == [1] and await stub.increment() == 3

        explore(test, runs=40)

    def test_a_class_without_a_handler_cannot_set_one(self) -> None:
        @in_virtual_time
        async def test() -> None:
            async with objects(set=in_seconds(1), hide=lambda it: setattr(it, "alarm", None)) as (
                _,
                stub,
            ):
                await stub.run("hide")
                with pytest.raises(TypeError, match=r"must have an alarm\(\) handler"):
                    await stub.run("set")

        test()


@spec("SPEC_NOTES.md#delay-after-a-failure")
class TestDelayAfterAFailure:
    @in_virtual_time
    async def test_what_is_not_the_objects_own_does_not_count(self) -> None:
        async with objects() as (world, _):
            scheduler = world.durable["SUBJECT"]._space.alarms
            planned = PlannedAlarm(world.durable["SUBJECT"].idFromName("it"), 1.0)
            delay = scheduler._delay_after_a_failure
            delays = [delay(planned, False) for _ in range(12)]
            assert planned.retry_count == 0
            for number, seconds in enumerate(delays):
                assert 2 << min(number, 9) <= seconds <= (2 << min(number, 9)) * 1.25
            delays = [delay(planned, True) for _ in range(7)]
            assert planned.retry_count == 7 and delays[6] == 0
            for number, seconds in enumerate(delays[:6]):
                assert 2 << number <= seconds <= (2 << number) * 1.25


@spec("SPEC_NOTES.md#load-the-alarms")
class TestLoadTheAlarms:
    def test_what_was_due_while_nobody_ran_rings_at_the_start(self) -> None:
        databases, seen = MemoryDatabases(), list[Any]()

        @in_virtual_time
        async def before() -> None:
            async with World(WORKER, durable={"SUBJECT": "Subject"}, databases=databases) as world:
                operations.update(
                    set=in_seconds(3600), alarm=lambda it, info: seen.append(it.ctx.id.name)
                )
                await world.durable["SUBJECT"].getByName("sleeper").run("set")

        @in_virtual_time
        async def after() -> None:
            async with World(
                WORKER,
                durable={"SUBJECT": "Subject"},
                databases=databases,
                start="2026-01-02T00:00:00Z",
            ) as world:
                await world.advance()
                assert seen == ["sleeper"]

        before()
        assert seen == []
        after()
        databases.close()


def look_at_the_index_before_commits(database: Any, index: AlarmIndex, seen: list[Any]) -> None:
    """Keep what the index has when the database is about to commit."""
    commit = type(database).commit

    def look_and_commit() -> None:
        seen.extend(index)
        commit(database)

    database.commit = look_and_commit


@spec("SPEC_NOTES.md#before-a-commit")
@spec("SPEC_NOTES.md#after-a-commit")
class TestTheIndex:
    @in_virtual_time
    async def test_it_is_never_later_than_the_database(self) -> None:
        async with objects(
            late=in_seconds(100), soon=in_seconds(10), alarm=lambda it, info: None
        ) as (world, stub):
            space = world.durable["SUBJECT"]._space
            now = world.clock.wall() * 1000
            id = str(world.durable["SUBJECT"].idFromName("it"))
            for operation, time in (
                ("late", now + 100_000),
                ("soon", now + 10_000),
                ("late", now + 100_000),
            ):
                before: list[Any] = []
                container = space.container(world.durable["SUBJECT"].idFromName("it"))
                look_at_the_index_before_commits(container.database, space.index, before)
                await stub.run(operation)
                assert before[0].time <= time
                assert list(space.index) == [Alarm(id, time, "it")]
            await world.advance(seconds=100)
            assert list(space.index) == []


@spec("SPEC_NOTES.md#alarm-invocation-info")
@spec("SPEC_NOTES.md#alarm-invocation-info-is-retry")
class TestAlarmInvocationInfo:
    def test_a_retry_says_so(self) -> None:
        assert AlarmInvocationInfo(1.0, 1).isRetry and not AlarmInvocationInfo(1.0, 0).isRetry
