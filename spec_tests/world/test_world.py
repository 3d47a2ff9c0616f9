"""A worker in the hand of a test."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from worker_runtime import Request, Response
from worker_runtime.testing import (
    Leak,
    MemoryBroker,
    MemoryDatabases,
    TimeStandsStill,
    World,
    in_virtual_time,
)

WORKER = Path(__file__).with_name("worker.py")


EXAMPLES = Path(__file__).parents[2] / "reference" / "examples"


class TestFolders:
    @in_virtual_time
    async def test_a_worker_has_the_folders_that_it_is_given(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("text")
        async with World(EXAMPLES / "static.py", dirs={"FILES": tmp_path}) as world:
            assert await (await world.fetch("/a.txt")).text() == "text"
            handle = await world.dirs["FILES"].getFileHandle("b.txt", create=True)
            stream = await handle.createWritable()
            await stream.write("more")
            await stream.close()
            assert await (await world.fetch("/b.txt")).text() == "more"


class TestTime:
    @in_virtual_time
    async def test_a_worker_answers(self) -> None:
        async with World(WORKER) as world:
            response = await world.fetch("/")
            assert (response.status, await response.text()) == (200, "Hello World")

    @in_virtual_time
    async def test_a_sleep_lasts_as_long_as_the_test_lets_time_pass(self) -> None:
        async with World(WORKER) as world:
            answering = asyncio.ensure_future(world.fetch("/sleep"))
            await world.advance(seconds=9.999)
            assert not answering.done()
            await world.advance(milliseconds=1)
            assert answering.done()
            assert await (await answering).text() == "10000"

    @in_virtual_time
    async def test_timers_ring_in_order(self) -> None:
        async with World(WORKER) as world:
            await world.fetch("/timers")
            await world.advance(seconds=2)
            text = await (await world.fetch("/log")).text()
            assert text.split("\n") == ["timer 1000", "timer 1000", "timer 2000"]
            await world.advance(seconds=1)
            assert (await (await world.fetch("/log")).text()).endswith("timer 3000")

    @in_virtual_time
    async def test_crons_run_at_their_minutes(self) -> None:
        async with World(WORKER, crons=["0 * * * *"], start="2026-01-01T00:30:00Z") as world:
            await world.advance(minutes=29)
            assert world.messages == []
            await world.advance(hours=2)
            assert [text for _, text in world.messages] == ["cron 0 * * * *"] * 2
            assert world.now == datetime(2026, 1, 1, 2, 59, tzinfo=UTC)

    @in_virtual_time
    async def test_values_of_kv_expire(self) -> None:
        async with World(WORKER, kv=["CACHE"]) as world:
            await world.fetch("/put")
            await world.advance(seconds=59)
            assert await (await world.fetch("/get")).text() == "value"
            assert await world.kv["CACHE"].get("name") == "value"
            await world.advance(seconds=1)
            assert await (await world.fetch("/get")).text() == "gone"

    @in_virtual_time
    async def test_a_scheduled_event_is_called_as_at_another_time(self) -> None:
        async with World(WORKER) as world:
            result = await world.scheduled("0 0 L * *", at=datetime(2030, 1, 31, tzinfo=UTC))
            assert result.outcome == "ok"
            text = await (await world.fetch("/log")).text()
            assert text == "cron 0 0 L * * 1896048000000"

    def test_who_waits_for_time_that_nobody_lets_pass_is_told(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("worker_runtime.host.virtual_time.SECONDS_OF_PATIENCE", 0.01)

        @in_virtual_time
        async def test() -> None:
            async with World(WORKER) as world:
                await world.fetch("/sleep")

        with pytest.raises(
            TimeStandsStill,
            match=r"(?s)world.advance.*next timer.*Task-\d+: \S*worker\.py:\d+, in \w+\(\)",
        ):
            test()

    def test_a_test_that_fails_is_told_what_the_worker_raised(self, tmp_path: Path) -> None:
        worker = tmp_path / "worker.py"
        worker.write_text("def fetch(request, env): return env.CACHE\n")

        @in_virtual_time
        async def test() -> None:
            async with World(worker) as world:
                await world.fetch("/")

        with pytest.raises(TypeError, match="failed to respond") as caught:
            test()
        (note,) = caught.value.__notes__
        assert note.startswith(f"{worker}:1: Nobody has caught Traceback")
        assert "AttributeError: env has no 'CACHE'" in note

    def test_thirty_days_take_less_than_a_second(self) -> None:
        @in_virtual_time
        async def test() -> None:
            async with World(WORKER, crons=["0 * * * *"], kv=["CACHE"]) as world:
                for _ in range(30):
                    await world.fetch("/put")
                    await world.advance(days=1)
                    assert await (await world.fetch("/get")).text() == "gone"
                assert len(world.messages) == 30 * 24

        begin = time.process_time()
        test()
        assert time.process_time() - begin < 5  # a busy machine; it is about 0.5

    async def test_a_loop_whose_time_is_real_is_refused(self) -> None:
        with pytest.raises(RuntimeError, match="in_virtual_time"):
            async with World(WORKER):
                pass


class TestChance:
    def test_the_same_seed_is_the_same_chance(self) -> None:
        def chance(seed: int) -> str:
            seen = []

            @in_virtual_time
            async def test() -> None:
                async with World(WORKER, seed=seed) as world:
                    seen.append(await (await world.fetch("/chance")).text())

            test()
            return seen[0]

        assert chance(1) == chance(1) != chance(2)

    def test_it_is_the_same_on_every_python(self) -> None:
        seen = []

        @in_virtual_time
        async def test() -> None:
            async with World(WORKER, seed=7) as world:
                seen.append(await (await world.fetch("/chance")).text())

        test()
        assert seen == ["50a4a3a6-d07f-4c0c-b32f-8b1224083fd2 2b902f8911e81818 [2, 1, 3, 5]"]


class TestNetwork:
    @in_virtual_time
    async def test_a_function_is_a_server(self) -> None:
        async def answer(request: Request) -> Response:
            return Response(f"{request.method} {request.url}", {"status": 203})

        async with World(WORKER) as world:
            world.network["https://api.example/"] = answer
            response = await world.fetch("/ask")
            assert response.status == 203
            assert await response.text() == "GET https://api.example/answer?x=1"
            assert world.network.requests == ["GET https://api.example/answer?x=1"]

    @in_virtual_time
    async def test_a_worker_is_a_server(self) -> None:
        async with World(WORKER) as world:
            world.network["https://api.example/"] = WORKER
            assert (await world.fetch("/ask")).status == 404

    @in_virtual_time
    async def test_a_server_may_be_replaced(self) -> None:
        async with World(WORKER) as world:
            for text in ("one", "other"):
                world.network["https://api.example"] = lambda request, text=text: Response(
                    text, {"headers": {"connection": "close"}}
                )
                assert await (await world.fetch("/ask")).text() == text

    @in_virtual_time
    async def test_other_hosts_are_refused(self) -> None:
        async with World(WORKER) as world:
            text = await (await world.fetch("/ask-others")).text()
            assert "unknown.example:443" in text and "http://localhost/" in text

    @in_virtual_time
    async def test_a_slow_server_times_out(self) -> None:
        async def answer(request: Request) -> Response:
            await asyncio.sleep(500)
            return Response("late")

        async with World(WORKER) as world:
            world.network["https://api.example/"] = answer
            answering = asyncio.ensure_future(world.fetch("/ask"))
            await world.advance(seconds=119)
            assert not answering.done()
            await world.advance(seconds=2)
            with pytest.raises(TypeError):
                await answering
            assert len(world.errors) == 1
            world.errors.clear()
            await world.advance(seconds=500)


class TestWebSocket:
    @in_virtual_time
    async def test_messages_go_both_ways(self) -> None:
        async with World(WORKER) as world:
            socket = await world.websocket("/chat")
            for word in ("one", "other"):
                await socket.send(word)
                assert await socket.receive() == f"echo {word}"
            assert await socket.close(1000, "enough") == (1000, "")

    @in_virtual_time
    async def test_a_refusal_is_an_error(self) -> None:
        async with World(WORKER) as world:
            with pytest.raises(Exception) as raised:
                await world.websocket("/")
            assert type(raised.value).__name__ == "WebSocketError"
            world.errors.clear()


COUNTER = """
from worker_runtime import BroadcastChannel, DurableObject, Response
class Counter(DurableObject):
    async def increment(self):
        count = (await self.ctx.storage.get("count") or 0) + 1
        self.ctx.storage.put("count", count)
        return count
heard = []
channel = BroadcastChannel("news")
channel.onmessage = lambda event: heard.append(event.data)
async def fetch(request, env, ctx):
    channel.postMessage(request.url)
    return Response(f"{await env.COUNTER.getByName('it').increment()} {len(heard)}")
"""


class TestProcesses:
    @in_virtual_time
    async def test_worlds_with_one_broker_are_of_one_server(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(COUNTER)
        broker, databases = MemoryBroker(), MemoryDatabases()

        async def process() -> World:
            return World(
                tmp_path / "w.py", durable={"COUNTER": "Counter"}, databases=databases,
                bus=await broker.join(),
            )  # fmt: skip

        async with await process() as first, await process() as second:
            answers = [await (await each.fetch("/")).text() for each in (first, second, first)]
            assert [int(answer.split()[0]) for answer in answers] == [1, 2, 3]
            broker.kill(first.host.bus.member)
            assert await (await second.fetch("/")).text() == "4 2"
        databases.close()


class TestTheEnd:
    def test_an_error_in_the_background_fails_the_test(self) -> None:
        @in_virtual_time
        async def test() -> None:
            async with World(WORKER) as world:
                await world.fetch("/error")

        with pytest.raises(ExceptionGroup) as raised:
            test()
        (error,) = raised.value.exceptions
        assert isinstance(error, KeyError) and "waitUntil" in error.__notes__[0]

    @pytest.mark.parametrize(
        "path, message", [("/leak", r"a task: Task-\d+: .*in wait"), ("/forever", "it is left")]
    )
    def test_what_goes_on_is_a_leak(self, path: str, message: str) -> None:
        @in_virtual_time
        async def test() -> None:
            async with World(WORKER) as world:
                await world.fetch(path)

        with pytest.raises(Leak, match=message):
            test()

    def test_the_error_of_the_test_goes_first(self) -> None:
        @in_virtual_time
        async def test() -> None:
            async with World(WORKER) as world:
                await world.fetch("/leak")
                await world.fetch("/error")
                raise IndexError("of the test")

        with pytest.raises(IndexError, match="of the test"):
            test()

    def test_worlds_share_nothing_but_what_they_are_given(self) -> None:
        @in_virtual_time
        async def test() -> None:
            async with World(WORKER, kv=["CACHE"]) as first:
                await first.fetch("/put")
            async with World(WORKER, kv=["CACHE"]) as other:
                assert await (await other.fetch("/get")).text() == "gone"

        test()
