"""SPEC_NOTES.md, "The input gate": its table, row by row, in many orders."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from spec_tests.cloudflare.durable_objects.harness import instances, objects, some_turns
from worker_runtime import Response, fetch, setTimeout
from worker_runtime.cloudflare.durable_objects import input_gate
from worker_runtime.cloudflare.durable_objects.input_gate import (
    DEEPEST_NESTING,
    InputGate,
    begin_a_section,
    end_a_section,
    may_run,
)
from worker_runtime.cloudflare.durable_objects.output_gate import OutputGate
from worker_runtime.testing import ScheduleFailure, explore, in_virtual_time

spec = pytest.mark.spec
RUNS = 30

Row = Callable[[], Awaitable[None]]


# ---- the rows of the table -----------------------------------------------------------------------


async def a_turn_is_not_interrupted_by_storage() -> None:
    async def increment(it: Any) -> int:
        count = await it.ctx.storage.get("count") or 0
        await it.ctx.storage.put("count", count + 1)
        return count + 1

    async with objects(increment=increment) as (_, stub):
        counts = await asyncio.gather(*(stub.run("increment") for _ in range(10)))
        assert sorted(counts) == list(range(1, 11))


async def a_wait_lets_others_run() -> None:
    async def increment(it: Any) -> None:
        count = it.memory
        await asyncio.sleep(1)
        it.memory = count + 1

    async with objects(increment=increment) as (world, stub):
        calls = [stub.run("increment") for _ in range(4)]
        await world.advance(seconds=1)
        await asyncio.gather(*calls)
        assert instances[0].memory == 1


async def a_section_holds_back_calls() -> None:
    seen: list[str] = []

    async def block(it: Any) -> None:
        async def critical() -> None:
            seen.append("b(")
            await some_turns()
            seen.append("b)")

        await it.ctx.blockConcurrencyWhile(critical)

    async with objects(block=block, after=lambda it: seen.append("after")) as (_, stub):
        await asyncio.gather(stub.run("block"), stub.run("after"))
        assert seen == ["b(", "b)", "after"]


async def a_section_of_the_constructor_is_first() -> None:
    seen: list[str] = []

    def constructor(it: Any) -> None:
        async def critical() -> None:
            await some_turns()
            seen.append("ready")

        it.ctx.blockConcurrencyWhile(critical)

    async with objects(constructor=constructor, call=lambda it: seen.append("call")) as (_, stub):
        await asyncio.gather(stub.run("call"), stub.run("call"))
        assert seen == ["ready", "call", "call"]


async def a_section_holds_back_who_waits_outside() -> None:
    seen: list[str] = []

    async def late(it: Any) -> None:
        await some_turns(2)
        seen.append("late")

    async def block(it: Any) -> None:
        async def critical() -> None:
            seen.append("b(")
            await some_turns(20)
            seen.append("b)")

        await it.ctx.blockConcurrencyWhile(critical)

    async with objects(late=late, block=block) as (_, stub):
        await asyncio.gather(stub.run("late"), stub.run("block"))
        begin, end = seen.index("b("), seen.index("b)")
        assert end == begin + 1


async def what_a_section_starts_runs_in_it() -> None:
    async def block(it: Any) -> int:
        async def child() -> int:
            await some_turns()
            return 1

        async def critical() -> int:
            return sum(await asyncio.gather(child(), asyncio.create_task(child())))

        result: int = await it.ctx.blockConcurrencyWhile(critical)
        return result

    async with objects(block=block) as (_, stub):
        assert await stub.run("block") == 2


async def sections_nest() -> None:
    async def block(it: Any) -> int:
        async def inner() -> int:
            await some_turns()
            return 41

        async def outer() -> int:
            return 1 + int(await it.ctx.blockConcurrencyWhile(inner))

        result: int = await it.ctx.blockConcurrencyWhile(outer)
        return result

    async with objects(block=block) as (_, stub):
        assert await stub.run("block") == 42


async def sections_from_outside_are_one_after_the_other() -> None:
    async def increment(it: Any) -> None:
        async def critical() -> None:
            count = it.memory
            await some_turns()
            it.memory = count + 1

        await it.ctx.blockConcurrencyWhile(critical)

    async with objects(increment=increment) as (_, stub):
        await asyncio.gather(*(stub.run("increment") for _ in range(8)))
        assert instances[0].memory == 8


async def the_value_of_a_section_is_delivered_first() -> None:
    seen: list[str] = []

    async def block(it: Any) -> None:
        async def critical() -> str:
            await some_turns()
            return "value"

        seen.append(await it.ctx.blockConcurrencyWhile(critical))

    async with objects(block=block, after=lambda it: seen.append("after")) as (_, stub):
        await asyncio.gather(stub.run("block"), stub.run("after"))
        assert sorted(seen) == ["after", "value"]


async def a_transaction_is_a_section() -> None:
    async def increment(it: Any) -> None:
        async def closure(txn: Any) -> None:
            count = await txn.get("count") or 0
            await some_turns()
            await txn.put("count", count + 1)

        await it.ctx.storage.transaction(closure)

    read = lambda it: it.ctx.storage.get("count")
    async with objects(increment=increment, read=read) as (_, stub):
        await asyncio.gather(*(stub.run("increment") for _ in range(6)))
        assert await stub.run("read") == 6


async def calls_of_one_stub_begin_in_order() -> None:
    seen: list[int] = []
    async with objects(note=lambda it, number: seen.append(number)) as (_, stub):
        await asyncio.gather(*(stub.run("note", number) for number in range(8)))
        assert seen == list(range(8))


async def a_section_holds_back_timers() -> None:
    seen: list[str] = []

    def plan(it: Any) -> None:
        setTimeout(lambda: seen.append("setTimeout"), 1000)
        asyncio.get_running_loop().call_later(1, seen.append, "call_later")
        late = asyncio.get_running_loop().call_later(1, seen.append, "cancelled")
        asyncio.get_running_loop().call_later(0.9, late.cancel)

    async def block(it: Any) -> None:
        async def critical() -> None:
            seen.append("b(")
            await asyncio.sleep(5)
            setTimeout(lambda: seen.append("inside"), 1000)
            await asyncio.sleep(5)
            seen.append("b)")

        await it.ctx.blockConcurrencyWhile(critical)

    async with objects(plan=plan, block=block) as (world, stub):
        await stub.run("plan")
        blocked = stub.run("block")
        await world.advance(seconds=9)
        assert seen == ["b(", "inside"]
        await world.advance(seconds=2)
        await blocked
        assert seen[2] == "b)" and sorted(seen[3:]) == ["call_later", "setTimeout"]


async def a_section_holds_back_what_a_fetch_has_brought() -> None:
    seen: list[str] = []

    def ask(it: Any) -> None:
        fetch("https://api.example/").then(lambda response: seen.append("answer"))

    async def block(it: Any) -> None:
        async def critical() -> None:
            seen.append("b(")
            await asyncio.sleep(1)
            response = await fetch("https://api.example/")
            seen.append(f"{response.status} b)")

        await it.ctx.blockConcurrencyWhile(critical)

    async with objects(ask=ask, block=block) as (world, stub):
        world.network["https://api.example/"] = lambda request: Response("x")
        calls = [stub.run("ask"), stub.run("block")]
        await world.advance(seconds=2)
        await asyncio.gather(*calls)
        await world.advance()
        assert "answer" not in seen[seen.index("b(") : seen.index("200 b)")] and len(seen) == 3


async def a_section_holds_back_coroutines_that_the_platform_runs() -> None:
    seen: list[str] = []

    async def late() -> None:
        seen.append("begins")
        await some_turns(2)
        seen.append("late")

    async def block(it: Any) -> None:
        async def critical() -> None:
            seen.append("b(")
            await some_turns(20)
            seen.append("b)")

        it.ctx.waitUntil(late())
        blocked = it.ctx.blockConcurrencyWhile(critical)
        it.ctx.waitUntil(late())
        await blocked

    async with objects(block=block) as (world, stub):
        await stub.run("block")
        await world.advance()
        assert seen == ["begins", "begins", "b(", "b)", "late", "late"]


ROWS = [
    a_turn_is_not_interrupted_by_storage,
    a_wait_lets_others_run,
    a_section_holds_back_calls,
    a_section_of_the_constructor_is_first,
    a_section_holds_back_who_waits_outside,
    what_a_section_starts_runs_in_it,
    sections_nest,
    sections_from_outside_are_one_after_the_other,
    the_value_of_a_section_is_delivered_first,
    a_transaction_is_a_section,
    calls_of_one_stub_begin_in_order,
    a_section_holds_back_timers,
    a_section_holds_back_what_a_fetch_has_brought,
    a_section_holds_back_coroutines_that_the_platform_runs,
]
ROWS_THAT_NEED_THE_GATE = [
    a_section_holds_back_calls,
    a_section_of_the_constructor_is_first,
    a_section_holds_back_who_waits_outside,
    sections_from_outside_are_one_after_the_other,
    a_transaction_is_a_section,
    a_section_holds_back_timers,
    a_section_holds_back_what_a_fetch_has_brought,
    a_section_holds_back_coroutines_that_the_platform_runs,
]


@spec("SPEC_NOTES.md#input-gate-state")
@spec("SPEC_NOTES.md#gated-coroutine")
@spec("SPEC_NOTES.md#gated-timers")
@spec("SPEC_NOTES.md#let-in")
class TestTheTable:
    @pytest.mark.parametrize("row", ROWS, ids=lambda row: row.__name__)
    def test_each_row_holds_in_many_orders(self, row: Row) -> None:
        explore(row, runs=RUNS)

    @pytest.mark.parametrize("row", ROWS_THAT_NEED_THE_GATE, ids=lambda row: row.__name__)
    def test_without_the_gate_it_does_not(self, row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(input_gate, "may_run", lambda section: True)
        monkeypatch.setattr(
            "worker_runtime.cloudflare.durable_objects.life_cycle.may_run", lambda section: True
        )
        with pytest.raises(ScheduleFailure):
            explore(row, runs=100)


@spec("SPEC_NOTES.md#run-in-a-section")
class TestRunInASection:
    @in_virtual_time
    async def test_an_error_breaks_the_object_and_all_calls(self) -> None:
        async def block(it: Any) -> None:
            async def critical() -> None:
                await some_turns()
                raise ValueError("broken")

            await it.ctx.blockConcurrencyWhile(critical)

        async with objects(block=block, wait=lambda it: asyncio.Event().wait()) as (world, stub):
            results = await asyncio.gather(
                stub.run("wait"), stub.run("block"), stub.run("wait"), return_exceptions=True
            )
            assert [str(result) for result in results] == ["broken"] * 3
            assert results[0].durableObjectReset  # type: ignore[union-attr]
            with pytest.raises(ValueError, match="broken"):
                await stub.echo(1)
            assert await world.durable["SUBJECT"].getByName("it").echo(1) == 1
            assert len(instances) == 2

    @in_virtual_time
    async def test_thirty_seconds_are_too_long(self) -> None:
        block = lambda it: it.ctx.blockConcurrencyWhile(asyncio.Event().wait)
        async with objects(block=block) as (world, stub):
            call = asyncio.gather(stub.run("block"))
            await world.advance(seconds=31)
            with pytest.raises(RuntimeError, match="waited for too long"):
                await call


def a_gate() -> InputGate:
    return InputGate(OutputGate(list, list, lambda: None, print))


@spec("SPEC_NOTES.md#begin-a-section")
class TestBeginASection:
    @in_virtual_time
    async def test_they_are_nested_so_deep_and_no_deeper(self) -> None:
        section = a_gate().root
        for _ in range(DEEPEST_NESTING):
            section, _ = begin_a_section(section)
        with pytest.raises(RuntimeError, match="nested too deeply"):
            begin_a_section(section)


@spec("SPEC_NOTES.md#end-a-section")
@spec("SPEC_NOTES.md#critical-section")
@spec("SPEC_NOTES.md#may-run")
class TestEndASection:
    @in_virtual_time
    async def test_what_is_of_a_section_that_is_over_is_of_its_parent(self) -> None:
        gate = a_gate()
        section, _ = begin_a_section(gate.root)
        assert may_run(section) and not may_run(gate.root)
        end_a_section(section)
        assert may_run(section) and may_run(gate.root)

    @in_virtual_time
    async def test_a_section_that_waits_begins_before_turns(self) -> None:
        gate = a_gate()
        first, _ = begin_a_section(gate.root)
        second, has_begun = begin_a_section(gate.root)
        turn = input_gate.wait_for_a_change(gate)
        end_a_section(first)
        await has_begun
        assert may_run(second) and not may_run(gate.root)
        await turn
