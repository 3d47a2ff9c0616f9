"""SPEC_NOTES.md, "Life"."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from spec_tests.cloudflare.durable_objects.harness import WORKER, instances, objects
from worker_runtime.cloudflare.durable_objects.life_cycle import DurableObjects
from worker_runtime.host.storage.object_database import FolderOfDatabases
from worker_runtime.testing import World, explore, in_virtual_time

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#deliver-an-event")
@spec("SPEC_NOTES.md#container")
class TestDeliverAnEvent:
    def test_there_is_one_instance_in_every_order(self) -> None:
        async def test() -> None:
            async with objects() as (world, stub):
                others = [world.durable["SUBJECT"].getByName("it") for _ in range(5)]
                counts = await asyncio.gather(*(each.increment() for each in others))
                assert sorted(counts) == [1, 2, 3, 4, 5] and len(instances) == 1

        explore(test, runs=40)

    @in_virtual_time
    async def test_a_constructor_that_raises_fails_its_event_alone(self) -> None:
        def constructor(it: Any) -> None:
            if len(instances) == 1:
                raise KeyError("first")

        async with objects(constructor=constructor) as (_, stub):
            results = await asyncio.gather(stub.echo(1), stub.echo(2), return_exceptions=True)
            assert isinstance(results[0], KeyError) and results[1] == 2


@spec("SPEC_NOTES.md#break-an-object")
class TestBreakAnObject:
    @in_virtual_time
    async def test_tasks_of_the_object_end(self) -> None:
        ended: list[str] = []

        async def work(it: Any) -> None:
            async def child() -> None:
                try:
                    await asyncio.Event().wait()
                finally:
                    ended.append("child")

            it.child = asyncio.create_task(child())
            await asyncio.sleep(0)

        async with objects(work=work, abort=lambda it: it.ctx.abort()) as (_, stub):
            await stub.run("work")
            with pytest.raises(RuntimeError, match=r"called abort\(\)"):
                await stub.run("abort")
            await asyncio.sleep(0)
            assert ended == ["child"]


@spec("SPEC_NOTES.md#drop-an-instance")
class TestDropAnInstance:
    @in_virtual_time
    async def test_ten_seconds_after_the_last_event_memory_is_gone_and_storage_stays(self) -> None:
        async with objects() as (world, stub):
            assert await stub.increment() == 1
            await world.advance(seconds=9)
            assert await stub.increment() == 2 and len(instances) == 1
            await world.advance(seconds=11)
            assert await stub.increment() == 3 and len(instances) == 2

    @in_virtual_time
    async def test_what_goes_on_keeps_it(self) -> None:
        async def background(it: Any) -> None:
            it.ctx.waitUntil(asyncio.sleep(60))

        async with objects(background=background, sleep=lambda it: asyncio.sleep(60)) as (
            world,
            stub,
        ):
            await stub.run("background")
            await world.advance(seconds=59)
            assert await stub.remembered == 0 and len(instances) == 1
            call = asyncio.ensure_future(asyncio.wait_for(stub.run("sleep"), None))
            await world.advance(seconds=60)
            await call
            assert len(instances) == 1


@spec("SPEC_NOTES.md#durable-objects-of-a-host")
@spec("SPEC_NOTES.md#space")
@spec("SPEC_NOTES.md#commit")
class TestDurableObjectsOfAHost:
    def test_what_was_written_is_there_for_the_next_process(self, tmp_path: Path) -> None:
        for expected in (1, 2):

            @in_virtual_time
            async def test() -> None:
                databases = FolderOfDatabases(tmp_path)
                async with World(
                    WORKER, durable={"SUBJECT": "Subject"}, databases=databases
                ) as world:
                    assert await world.durable["SUBJECT"].getByName("x").increment() == expected
                databases.close()

            test()
        (file,) = (path for path in (tmp_path / "Subject").glob("*.sqlite") if len(path.stem) == 64)
        assert file.exists()

    def test_another_process_cannot_have_the_same_object(self, tmp_path: Path) -> None:
        @in_virtual_time
        async def test() -> None:
            databases, others = FolderOfDatabases(tmp_path), FolderOfDatabases(tmp_path)
            async with World(WORKER, durable={"SUBJECT": "Subject"}, databases=databases) as world:
                await world.durable["SUBJECT"].getByName("x").increment()
                id = world.durable["SUBJECT"].idFromName("x")
                with pytest.raises(Exception, match="locked"):
                    others.open("Subject", str(id))
            others.open("Subject", str(id))
            others.close()
            databases.close()

        test()

    @in_virtual_time
    async def test_a_space_for_each_class(self) -> None:
        async with objects() as (world, _):
            record = world.host.record(DurableObjects)
            assert record.space("Subject") is record.space("Subject") is not record.space("Other")


@spec("SPEC_NOTES.md#use-a-class")
class TestUseAClass:
    @in_virtual_time
    async def test_a_new_version_resets_objects_and_keeps_storage(self) -> None:
        async with objects() as (world, stub):
            assert await stub.increment() == 1
            space = world.durable["SUBJECT"]._space
            assert space.object_class is not None and space.settings_object is not None
            space.use(space.object_class, space.env, space.settings_object)
            with pytest.raises(RuntimeError, match="code was updated"):
                await stub.increment()
            assert await world.durable["SUBJECT"].getByName("it").increment() == 2
