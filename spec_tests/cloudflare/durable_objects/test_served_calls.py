"""SPEC_NOTES.md, "Objects of several processes": calls from other processes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from spec_tests.cloudflare.durable_objects.harness import processes, some_turns
from worker_runtime import DOMException
from worker_runtime.cloudflare.durable_objects.remote_messages import CALLS, to_bytes
from worker_runtime.cloudflare.durable_objects.served_calls import ServedCalls
from worker_runtime.testing import in_virtual_time

spec = pytest.mark.spec


def fail(it: Any) -> None:
    it.memory += 1
    raise KeyError("no good")


@spec("SPEC_NOTES.md#served-calls")
@spec("SPEC_NOTES.md#perform-a-served-call")
class TestServedCalls:
    @in_virtual_time
    async def test_values_and_properties_are_as_in_one_process(self, tmp_path: Path) -> None:
        async with processes(tmp_path) as (first, second):
            await first.stub().increment()
            value = {"a": [1, b"x", {2}, (3, None)], "b": 2**70}
            assert await second.stub().echo(value) == value
            assert await second.stub().remembered == 0
            with pytest.raises(DOMException, match="DataCloneError"):
                await second.stub().echo(print)

    @in_virtual_time
    async def test_errors_are_as_in_one_process(self, tmp_path: Path) -> None:
        give = lambda it: print  # noqa: E731
        async with processes(tmp_path, fail=fail, give=give) as (first, second):
            await first.stub().increment()
            for process in (first, second):
                stub = process.stub()
                with pytest.raises(KeyError, match="no good") as raised:
                    await stub.run("fail")
                assert vars(raised.value) == {"remote": True}
                with pytest.raises(TypeError, match='does not implement the method "nope"'):
                    await stub.nope()
                with pytest.raises(TypeError, match="'alarm' is a reserved method"):
                    await stub.alarm()
                with pytest.raises(DOMException, match="DataCloneError"):
                    await stub.run("give")
            assert await second.stub().remembered == 2  # the object lives on

    @in_virtual_time
    async def test_what_is_not_here_has_moved(self, tmp_path: Path) -> None:
        async with processes(tmp_path) as (first, second):
            await first.stub().increment()
            await second.stub().increment()
            await first.advance(seconds=11)  # the second one does not know yet
            assert await first.stub("other").increment() == 1
            assert await second.stub().increment() == 3 and second.has()

    @pytest.mark.parametrize(
        "message",
        [b"", b"\xff", to_bytes(["call", "1"]), to_bytes([1, 1]),
         to_bytes(["call", 1, "Subject", "x", None, "", b""]),
         to_bytes(["steal", 1, "Subject", "0" * 64, None, "", b""])],
    )  # fmt: skip
    def test_what_is_no_call_is_reported(self, message: bytes, tmp_path: Path) -> None:
        @in_virtual_time
        async def test() -> None:
            async with processes(tmp_path) as (first, second):
                await first.stub().increment()
                second.bus.send(first.bus.member, CALLS, message)
                await some_turns(8)
                assert await second.stub().increment() == 2

        test()


@spec("SPEC_NOTES.md#hand-over")
class TestHandOver:
    @in_virtual_time
    async def test_idle_objects_go_at_once_and_others_when_they_are_idle(
        self, tmp_path: Path
    ) -> None:
        go = asyncio.Event()
        async with processes(tmp_path, wait=lambda it: go.wait()) as (first, second):
            assert await first.stub("idle").increment() == 1
            working = [first.stub().run("wait"), second.stub().run("wait")]
            await some_turns(8)
            first.worker.hand_over()
            stopping = asyncio.ensure_future(first.worker.stop(10))
            await some_turns(8)
            assert first.has() and not first.has("idle")
            assert await second.stub("idle").increment() == 2
            held = second.stub().increment()  # waits, for there is one instance at a time
            await some_turns(8)
            assert first.has() and not second.has()
            go.set()
            await first.advance(seconds=1)
            assert [await promise for promise in (*working, held)] == [True, True, 1]
            await stopping  # which has waited for that
            assert second.has() and not first.has()

    @in_virtual_time
    async def test_what_is_not_done_when_the_process_ends_can_be_tried_again(
        self, tmp_path: Path
    ) -> None:
        async with processes(tmp_path, wait=lambda it: asyncio.Event().wait()) as (first, second):
            await first.stub().increment()
            waiting = second.stub().run("wait")
            await some_turns(8)
            first.worker.hand_over()
            first.durable["SUBJECT"]._space.close()
            with pytest.raises(RuntimeError, match="Network connection lost") as raised:
                await waiting
            assert raised.value.retryable  # type: ignore[attr-defined]
            assert await second.stub().increment() == 2
            assert first.host.record(ServedCalls)._fetches == {}


@spec("SPEC_NOTES.md#leave")
class TestLeave:
    @in_virtual_time
    async def test_what_was_sent_before_is_answered(self, tmp_path: Path) -> None:
        async with processes(tmp_path, 3) as (first, second, third):
            await first.stub().increment()
            await second.stub().increment()  # it knows the way
            first.worker.hand_over()
            leaving = asyncio.ensure_future(first.worker.stop(10))
            calls = [second.stub().increment() for _ in range(5)]  # these go there
            assert [await call for call in calls] == [3, 4, 5, 6, 7]
            await leaving
            assert second.has()

    @in_virtual_time
    async def test_one_that_is_gone_needs_no_farewell(self, tmp_path: Path) -> None:
        async with processes(tmp_path, 3) as (first, second, third):
            left = first.host.record(ServedCalls).leave()
            second.kill()
            await some_turns(8)
            await left
