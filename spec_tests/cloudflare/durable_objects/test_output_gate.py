"""SPEC_NOTES.md, "The output gate": its table, row by row."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from spec_tests.cloudflare.durable_objects.harness import objects, some_turns
from worker_runtime.cloudflare.durable_objects.output_gate import (
    OutputGate,
    abandon,
    begin_a_write,
    commit_if_pending,
    wait_until_confirmed,
)
from worker_runtime.testing import explore, in_virtual_time

spec = pytest.mark.spec


class Recorded:
    """A gate whose database only takes notes."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.log: list[str] = []
        self.failure = failure
        self.gate = OutputGate(lambda: self.log.append("begin"), self.commit, self.fail)

    def commit(self) -> None:
        if self.failure is not None:
            raise self.failure
        self.log.append("commit")

    def fail(self, error: Exception) -> None:
        self.log.append(f"broken: {error}")


def note_commits(it: Any, log: list[str]) -> None:
    """Let each implicit commit of an object be noted."""
    gate = it.ctx._container.output_gate
    commit = gate.commit

    def commit_and_note() -> None:
        log.append("commit")
        commit()

    gate.commit = commit_and_note


@spec("SPEC_NOTES.md#begin-a-write")
@spec("SPEC_NOTES.md#commit-the-implicit-transaction")
class TestCoalescing:
    async def test_writes_of_one_turn_are_committed_together(self) -> None:
        recorded = Recorded()
        for _ in range(3):
            begin_a_write(recorded.gate, False)
        assert recorded.log == ["begin"]
        await some_turns(2)
        assert recorded.log == ["begin", "commit"]
        begin_a_write(recorded.gate, False)
        await some_turns(2)
        assert recorded.log == ["begin", "commit"] * 2

    async def test_a_commit_that_was_planned_does_not_end_a_later_transaction(self) -> None:
        recorded = Recorded()
        begin_a_write(recorded.gate, False)
        commit_if_pending(recorded.gate)
        begin_a_write(recorded.gate, False)
        assert recorded.log == ["begin", "commit", "begin"]
        await some_turns(2)
        assert recorded.log == ["begin", "commit"] * 2

    async def test_a_failure_is_told(self) -> None:
        recorded = Recorded(ValueError("no"))
        begin_a_write(recorded.gate, False)
        waiting = wait_until_confirmed(recorded.gate)
        await some_turns(2)
        assert recorded.log == ["begin", "broken: no"]
        with pytest.raises(ValueError, match="no"):
            await waiting

    def test_puts_of_one_turn_are_one_commit_in_every_order(self) -> None:
        async def test() -> None:
            async def write(it: Any) -> None:
                commits: list[str] = []
                note_commits(it, commits)
                for number in range(5):
                    await it.ctx.storage.put(str(number), number)
                assert commits == []
                await asyncio.sleep(0)
                await some_turns(3)
                assert commits == ["commit"]

            async with objects(write=write) as (_, stub):
                await stub.run("write")

        explore(test, runs=30)


@spec("SPEC_NOTES.md#wait-until-confirmed")
@spec("SPEC_NOTES.md#output-gate-state")
class TestWaitUntilConfirmed:
    async def test_what_leaves_waits_for_the_commit(self) -> None:
        recorded = Recorded()
        begin_a_write(recorded.gate, False)
        await wait_until_confirmed(recorded.gate)
        assert recorded.log == ["begin", "commit"]

    async def test_it_does_not_wait_for_what_is_written_later(self) -> None:
        recorded = Recorded()
        begin_a_write(recorded.gate, False)
        waiting = wait_until_confirmed(recorded.gate)
        commit_if_pending(recorded.gate)
        begin_a_write(recorded.gate, False)
        await waiting
        assert recorded.log == ["begin", "commit", "begin"]
        await some_turns(2)

    async def test_nor_for_what_may_be_unconfirmed(self) -> None:
        recorded = Recorded()
        begin_a_write(recorded.gate, True)
        await wait_until_confirmed(recorded.gate)
        assert recorded.log == ["begin"]
        begin_a_write(recorded.gate, False)
        await wait_until_confirmed(recorded.gate)
        assert recorded.log == ["begin", "commit"]

    @in_virtual_time
    async def test_an_answer_comes_after_the_commit(self) -> None:
        seen: list[str] = []

        def write(it: Any) -> None:
            note_commits(it, seen)
            it.ctx.storage.put("x", 1)

        async with objects(write=write) as (_, stub):
            await stub.run("write")
            seen.append("answer")
            assert seen == ["commit", "answer"]

    @in_virtual_time
    async def test_what_a_handler_has_written_stays_though_it_raises(self) -> None:
        async def write(it: Any) -> None:
            it.ctx.storage.put("x", 1)
            raise KeyError("later")

        async with objects(write=write, read=lambda it: it.ctx.storage.get("x")) as (_, stub):
            with pytest.raises(KeyError, match="later"):
                await stub.run("write")
            assert await stub.run("read") == 1

    @in_virtual_time
    async def test_a_commit_that_fails_breaks_the_object(self) -> None:
        def write(it: Any) -> str:
            sql = it.ctx.storage.sql
            sql.exec("CREATE TABLE p (id INTEGER PRIMARY KEY)")
            sql.exec("CREATE TABLE c (p REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED)")
            sql.exec("INSERT INTO c VALUES (7)")
            return "held back"

        async with objects(write=write, read=lambda it: it.ctx.storage.list()) as (world, stub):
            with pytest.raises(Exception, match="FOREIGN KEY"):
                await stub.run("write")
            assert await world.durable["SUBJECT"].getByName("it").run("read") == {}


@spec("SPEC_NOTES.md#abandon")
class TestAbandon:
    async def test_nobody_hears_of_what_is_lost(self) -> None:
        recorded = Recorded()
        begin_a_write(recorded.gate, False)
        waiting = wait_until_confirmed(recorded.gate)
        abandon(recorded.gate, RuntimeError("reset"))
        with pytest.raises(RuntimeError, match="reset"):
            await waiting
        await some_turns(2)
        assert recorded.log == ["begin"]

    @in_virtual_time
    async def test_what_was_written_in_the_turn_of_an_abort_is_lost(self) -> None:
        def write(it: Any) -> None:
            it.ctx.storage.put("x", 1)
            it.ctx.abort("enough")

        async with objects(write=write, read=lambda it: it.ctx.storage.get("x")) as (world, stub):
            with pytest.raises(RuntimeError, match="enough"):
                await stub.run("write")
            assert await world.durable["SUBJECT"].getByName("it").run("read") is None
