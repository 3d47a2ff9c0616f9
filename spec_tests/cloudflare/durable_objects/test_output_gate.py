"""SPEC_NOTES.md, "The output gate": its table, row by row."""

from __future__ import annotations

import asyncio
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from spec_tests.cloudflare.durable_objects.harness import (
    WORKER,
    note_commits,
    objects,
    operations,
    some_turns,
    use_a_slow_disk,
)
from worker_runtime import Response, WebSocketPair, fetch
from worker_runtime.cloudflare.durable_objects.input_gate import Section
from worker_runtime.cloudflare.durable_objects.output_gate import (
    OutputGate,
    abandon,
    begin_a_write,
    commit_if_pending,
    let_out,
)
from worker_runtime.testing import ScheduleFailure, World, explore, in_virtual_time
from worker_runtime.webidl.promises import Promise, a_new_promise, is_fulfilled, reject, resolve

spec = pytest.mark.spec


class Recorded:
    """A gate whose database only takes notes. With a disk, what is committed is durable when a test
    says so.
    """

    def __init__(self, failure: Exception | None = None, has_a_disk: bool = False) -> None:
        self.log: list[str] = []
        self.failure = failure
        self.flushes: list[Promise[None]] | None = [] if has_a_disk else None
        self.gate = OutputGate(
            lambda: self.log.append("begin"), self.commit, self.make_durable, self.fail
        )

    def commit(self) -> None:
        if self.failure is not None:
            raise self.failure
        self.log.append("commit")

    def make_durable(self) -> Promise[None] | None:
        if self.flushes is None:
            return None
        self.flushes.append(a_new_promise())
        return self.flushes[-1]

    def fail(self, error: BaseException) -> None:
        self.log.append(f"broken: {error}")

    def say(self, word: str) -> None:
        """What is for others to hear."""
        let_out(self.gate, lambda: self.log.append(word))


async def something_outside(way: str) -> None:
    """An object writes, does something that others can see, and goes on for a while."""
    seen: list[str] = []

    async def work(it: Any) -> None:
        use_a_slow_disk(it, seen)
        it.ctx.storage.put("x", 1)
        doing: Any
        match way:
            case "fetch":
                doing = fetch("https://api.example/")
            case "kv":
                doing = it.env.KV.put("name", "value")
            case "call":
                doing = it.env.SUBJECT.getByName("other").run("note")
            case "answer":
                doing = some_turns(1)
            case _:
                doing = some_turns(1)
                socket, client = WebSocketPair()
                socket.accept()
                client.accept()
                client.addEventListener("message", lambda event: seen.append("done"))
                socket.send("message")
        seen.append("turn ends")
        await doing
        await some_turns(5)

    def answer(request: Any) -> Response:
        seen.append("done")
        return Response("x")

    async with World(WORKER, durable={"SUBJECT": "Subject"}, kv=["KV"]) as world:
        operations.clear()
        operations.update(work=work, note=lambda it: seen.append("done"))
        world.network["https://api.example/"] = answer
        kv: Any = world.kv["KV"]
        write = kv._values.write

        def write_and_note(steps: Any) -> Any:
            seen.append("done")
            return write(steps)

        kv._values = SimpleNamespace(write=write_and_note)
        env: Any = SimpleNamespace(KV=kv, SUBJECT=world.durable["SUBJECT"])
        world.durable["SUBJECT"]._space.env = env
        working = world.durable["SUBJECT"].getByName("it").run("work")
        await world.advance(milliseconds=999)
        assert seen == ["turn ends"] and not is_fulfilled(working)
        await world.advance(seconds=2)
        await working
        if way == "answer":
            seen.append("done")
        assert seen == ["turn ends", "durable", "done"]


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
        recorded.say("held back")
        await some_turns(2)
        assert recorded.log == ["begin", "broken: no"]

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


@spec("SPEC_NOTES.md#let-out")
@spec("SPEC_NOTES.md#output-gate-state")
class TestLetOut:
    async def test_what_leaves_waits_for_the_commit(self) -> None:
        recorded = Recorded()
        recorded.say("before")
        begin_a_write(recorded.gate, False)
        recorded.say("after")
        await some_turns(2)
        assert recorded.log == ["before", "begin", "commit", "after"]

    async def test_it_does_not_wait_for_what_is_written_later(self) -> None:
        recorded = Recorded()
        begin_a_write(recorded.gate, False)
        recorded.say("one")
        commit_if_pending(recorded.gate)
        begin_a_write(recorded.gate, False)
        recorded.say("other")
        assert recorded.log == ["begin", "commit", "one", "begin"]
        await some_turns(2)
        assert recorded.log[4:] == ["commit", "other"]

    async def test_nor_for_what_may_be_unconfirmed(self) -> None:
        recorded = Recorded()
        begin_a_write(recorded.gate, True)
        recorded.say("one")
        begin_a_write(recorded.gate, False)
        recorded.say("other")
        assert recorded.log == ["begin", "one"]
        await some_turns(2)
        assert recorded.log == ["begin", "one", "commit", "other"]


@spec("SPEC_NOTES.md#make-what-is-committed-durable")
@spec("SPEC_NOTES.md#batch")
class TestMakeWhatIsCommittedDurable:
    async def test_what_leaves_waits_for_the_disk(self) -> None:
        recorded = Recorded(has_a_disk=True)
        begin_a_write(recorded.gate, False)
        recorded.say("held back")
        await some_turns(4)
        assert recorded.log == ["begin", "commit"] and recorded.flushes is not None
        resolve(recorded.flushes[0])
        await some_turns(2)
        assert recorded.log[2:] == ["held back"]

    async def test_one_flush_is_for_all_that_was_committed_before_it(self) -> None:
        recorded = Recorded(has_a_disk=True)
        assert recorded.flushes is not None
        for number in range(4):
            begin_a_write(recorded.gate, False)
            recorded.say(str(number))
            commit_if_pending(recorded.gate)
        assert len(recorded.flushes) == 1
        resolve(recorded.flushes[0])
        await some_turns(2)
        assert [word for word in recorded.log if word.isdigit()] == ["0"]
        assert len(recorded.flushes) == 2
        resolve(recorded.flushes[1])
        await some_turns(2)
        assert [word for word in recorded.log if word.isdigit()] == ["0", "1", "2", "3"]

    async def test_what_is_said_later_does_not_overtake(self) -> None:
        recorded = Recorded(has_a_disk=True)
        assert recorded.flushes is not None
        begin_a_write(recorded.gate, False)

        def say_two_things() -> None:
            recorded.say("second")
            recorded.log.append("first")

        let_out(recorded.gate, say_two_things)
        commit_if_pending(recorded.gate)
        resolve(recorded.flushes[0])
        await some_turns(2)
        recorded.say("third")
        assert recorded.log[2:] == ["second", "first", "third"]

    async def test_a_disk_that_fails_breaks_the_object(self) -> None:
        recorded = Recorded(has_a_disk=True)
        assert recorded.flushes is not None
        begin_a_write(recorded.gate, False)
        commit_if_pending(recorded.gate)
        reject(recorded.flushes[0], OSError("no disk"))
        await some_turns(2)
        assert recorded.log[2:] == ["broken: no disk"]


@spec("SPEC_NOTES.md#let-out")
class TestWhatLeavesAnObject:
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

    @pytest.mark.parametrize("way", ["fetch", "kv", "call", "socket", "answer"])
    def test_what_it_does_outside_comes_after_the_commit(
        self, way: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        explore(partial(something_outside, way), runs=20)
        monkeypatch.setattr(Section, "let_out", lambda section, steps: steps())
        module = "worker_runtime.cloudflare.durable_objects.life_cycle"
        monkeypatch.setattr(f"{module}.let_out", lambda gate, steps: steps())
        with pytest.raises(ScheduleFailure):
            explore(partial(something_outside, way), runs=100)

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
        recorded.say("held back")
        assert recorded.gate.pending is not None
        is_durable = recorded.gate.pending.is_durable
        abandon(recorded.gate, RuntimeError("reset"))
        with pytest.raises(RuntimeError, match="reset"):
            await is_durable
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
