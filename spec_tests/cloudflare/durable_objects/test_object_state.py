"""SPEC_NOTES.md, "Life": the state of an object."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from spec_tests.cloudflare.durable_objects.harness import instances, objects
from worker_runtime import DurableObject
from worker_runtime.cloudflare.durable_objects.object_state import DurableObjectState
from worker_runtime.testing import in_virtual_time

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#durable-object")
class TestDurableObject:
    def test_it_has_ctx_and_env(self) -> None:
        ctx: Any = object()
        instance = DurableObject(ctx, "env")
        assert (instance.ctx, instance.env) == (ctx, "env")


@spec("SPEC_NOTES.md#durable-object-state")
@spec("SPEC_NOTES.md#state-id")
@spec("SPEC_NOTES.md#state-storage")
@spec("SPEC_NOTES.md#state-wait-until")
@spec("SPEC_NOTES.md#state-abort")
@spec("SPEC_NOTES.md#state-block-concurrency-while")
class TestDurableObjectState:
    def test_authors_make_none(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            DurableObjectState()

    @in_virtual_time
    async def test_an_object_knows_its_id(self) -> None:
        async with objects(id=lambda it: [str(it.ctx.id), it.ctx.id.name]) as (world, stub):
            assert await stub.run("id") == [str(world.durable["SUBJECT"].idFromName("it")), "it"]

    @in_virtual_time
    async def test_what_is_waited_for_and_fails_is_reported(self) -> None:
        async def fail() -> None:
            raise KeyError("background")

        async with objects(work=lambda it: it.ctx.waitUntil(fail())) as (world, stub):
            await stub.run("work")
            await world.advance()
            assert [type(error) for error in world.errors] == [KeyError]
            world.errors.clear()

    @in_virtual_time
    async def test_abort_ends_the_turn_and_all_calls(self) -> None:
        seen: list[str] = []

        async def abort(it: Any) -> None:
            try:
                it.ctx.abort("enough")
            except Exception:
                seen.append("caught")
            seen.append("went on")

        async with objects(abort=abort, wait=lambda it: asyncio.Event().wait()) as (world, stub):
            results = await asyncio.gather(
                stub.run("wait"), stub.run("abort"), return_exceptions=True
            )
            assert [str(result) for result in results] == ["enough", "enough"] and seen == []
            assert await world.durable["SUBJECT"].getByName("it").echo(1) == 1
            assert len(instances) == 2

    @in_virtual_time
    async def test_a_block_returns_the_value_of_its_callback(self) -> None:
        async def block(it: Any) -> Any:
            async def critical() -> str:
                return "value"

            return await it.ctx.blockConcurrencyWhile(critical)

        async with objects(block=block) as (_, stub):
            assert await stub.run("block") == "value"
