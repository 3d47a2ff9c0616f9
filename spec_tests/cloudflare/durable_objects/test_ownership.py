"""SPEC_NOTES.md, "Objects of several processes": which process has an object."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from spec_tests.cloudflare.durable_objects.harness import instances, processes, some_turns
from worker_runtime import Request, Response, WebSocketPair
from worker_runtime.cloudflare.durable_objects import ownership
from worker_runtime.cloudflare.durable_objects.ownership import Ownership
from worker_runtime.testing import in_virtual_time

spec = pytest.mark.spec


async def outcomes(*promises: Any) -> list[Any]:
    return await asyncio.gather(*promises, return_exceptions=True)


@spec("SPEC_NOTES.md#ownership")
class TestOwnership:
    @in_virtual_time
    async def test_an_object_is_where_it_was_called_first(self, tmp_path: Path) -> None:
        async with processes(tmp_path, 3) as (first, second, third):
            assert await second.stub().increment() == 1
            counts = [await each.stub().increment() for each in (first, second, third) * 2]
            assert counts == [2, 3, 4, 5, 6, 7] and len(instances) == 1
            assert [each.has() for each in (first, second, third)] == [False, True, False]

    @in_virtual_time
    async def test_there_is_one_however_many_ask_at_once(self, tmp_path: Path) -> None:
        async with processes(tmp_path, 4) as worlds:
            calls = [world.stub().increment() for world in worlds for _ in range(10)]
            assert sorted(await outcomes(*calls)) == list(range(1, 41))
            assert len(instances) == 1

    @in_virtual_time
    async def test_idle_ones_go_to_whoever_calls_next(self, tmp_path: Path) -> None:
        async with processes(tmp_path) as (first, second):
            assert await first.stub().increment() == 1
            assert await second.stub().increment() == 2
            await first.advance(seconds=11)
            assert not first.has()
            assert await second.stub().increment() == 3
            assert second.has() and len(instances) == 2

    @in_virtual_time
    async def test_one_that_has_lost_the_bus_has_no_objects(self, tmp_path: Path) -> None:
        async with processes(tmp_path, wait=lambda it: asyncio.Event().wait()) as (first, second):
            waiting = first.stub().run("wait")
            await some_turns(8)
            assert first.has()
            first.kill()
            assert not first.has()
            (error,) = await outcomes(waiting)
            assert "Network connection lost" in str(error)
            assert [error for error in await outcomes(first.stub().increment())] != [1]


@spec("SPEC_NOTES.md#deliver-over-processes")
@spec("SPEC_NOTES.md#route")
class TestDeliverOverProcesses:
    @in_virtual_time
    async def test_calls_of_one_process_keep_their_order(self, tmp_path: Path) -> None:
        seen: list[int] = []
        async with processes(tmp_path, see=lambda it, n: seen.append(n)) as (first, second):
            await first.stub().increment()
            await outcomes(*[second.stub().run("see", number) for number in range(20)])
            assert seen == list(range(20))

    @in_virtual_time
    async def test_also_when_the_object_moves_meanwhile(self, tmp_path: Path) -> None:
        seen: list[int] = []
        async with processes(tmp_path, see=lambda it, n: seen.append(n)) as (first, second):
            await first.stub().increment()
            await second.stub().increment()
            calls = [second.stub().run("see", number) for number in range(10)]
            space = first.durable["SUBJECT"]._space
            for container in list(space.containers.values()):
                container.drop()
            await some_turns(3)
            calls += [second.stub().run("see", number) for number in range(10, 20)]
            assert await outcomes(*calls) == [None] * 20
            assert seen == list(range(20)) and second.has()

    @in_virtual_time
    async def test_what_is_under_way_when_its_process_dies_fails(self, tmp_path: Path) -> None:
        async with processes(tmp_path, wait=lambda it: asyncio.Event().wait()) as (first, second):
            await first.stub().increment()
            stub = second.stub()
            waiting = [stub.run("wait"), stub.run("wait")]
            await some_turns(8)
            first.kill()
            for error in await outcomes(*waiting):
                assert str(error) == "Network connection lost."
                assert error.retryable and error.durableObjectReset
                assert not hasattr(error, "remote")
            (error,) = await outcomes(stub.increment())
            assert str(error) == "Network connection lost."  # a stub has that error from then on
            assert await second.stub().increment() == 2

    @in_virtual_time
    async def test_a_reset_is_the_error_of_the_stub(self, tmp_path: Path) -> None:
        async with processes(tmp_path, abort=lambda it: it.ctx.abort("enough")) as worlds:
            first, second = worlds
            await first.stub().increment()
            stub = second.stub()
            for call in (lambda: stub.run("abort"), stub.increment):
                (error,) = await outcomes(call())
                assert str(error) == "enough" and error.durableObjectReset and error.remote
            assert await second.stub().increment() == 2

    @in_virtual_time
    async def test_arguments_and_results_fit_into_a_message(self, tmp_path: Path) -> None:
        async with processes(tmp_path, large=lambda it: bytes(2**25)) as (first, second):
            await first.stub().increment()
            for call in (second.stub().echo(bytes(2**25)), second.stub().run("large")):
                (error,) = await outcomes(call)
                assert type(error) is RuntimeError
                assert "values are limited to 32MiB, but the size of this value was" in str(error)

    @in_virtual_time
    async def test_ways_that_nobody_goes_are_forgotten(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ownership, "MOST_ROUTES", 4)
        async with processes(tmp_path) as (first, second):
            for number in range(10):
                await first.stub(str(number)).increment()
                await second.stub(str(number)).increment()
            assert len(second.host.record(Ownership)._routes) <= 4


@spec("SPEC_NOTES.md#let-go")
class TestLetGo:
    @in_virtual_time
    async def test_an_object_that_was_reset_can_be_elsewhere(self, tmp_path: Path) -> None:
        async with processes(tmp_path, abort=lambda it: it.ctx.abort()) as (first, second):
            await first.stub().increment()
            await outcomes(first.stub().run("abort"))
            assert not first.has()
            assert await second.stub().increment() == 2
            assert second.has()

    @in_virtual_time
    async def test_one_with_sockets_that_hibernate_stays(self, tmp_path: Path) -> None:
        async def accept(it: Any, request: Request) -> Response:
            client, server = WebSocketPair()
            it.ctx.acceptWebSocket(server)
            return Response(None, status=101, webSocket=client)

        async with processes(tmp_path, fetch=accept) as (first, second):
            await first.stub().increment()
            response = await second.stub().fetch("https://x.example/")
            response.webSocket.accept()
            await first.advance(seconds=20)
            assert not first.has()
            assert await second.stub().increment() == 2 and first.has()
            await first.advance(seconds=20)
            response.webSocket.close()
            await first.advance(seconds=20)
            assert await second.stub().increment() == 3 and second.has()
