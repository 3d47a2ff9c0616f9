"""What a request costs in Python-level function calls and callbacks of the loop: figures that no
noise touches, so that nobody makes the workers that people write slow without noticing.

`tools/bench.py http --calls` shows where the calls are.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from spec_tests.server.processes import REFERENCE
from tools.http_bench.calls import CallCounter
from tools.http_bench.scenarios import SCENARIOS

ROOT = REFERENCE.parent
CONNECTIONS = 8
REQUESTS = 400


# The most that a request may call, on any Python from 3.11 to 3.13.
MOST_CALLS = {
    "hello, event form": 72,
    "hello": 75,
    "hello that waits": 136,
    "routes": 105,
    "14 fields, changing": 88,
    "JSON echo": 95,
    "form upload": 168,
    "1 MiB, pull source": 550,
    "1 MiB, async generator": 650,
}


# A process of its own has no threads, tasks and profilers of other tests.
COUNT = """
import asyncio, sys
from tools.http_bench.calls import CallCounter
from tools.http_bench.clients import put_under_load
from tools.http_bench.scenarios import SCENARIOS
from tools.http_bench.servers import serving

async def count(name, connections, requests):
    scenario, counter = SCENARIOS[name], CallCounter()
    async with serving(name) as port:
        await asyncio.to_thread(put_under_load, port, scenario, connections, 2 * connections)
        counter.start()
        try:
            await asyncio.to_thread(put_under_load, port, scenario, connections, requests)
        finally:
            return counter.stop(requests)

calls = asyncio.run(count(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
print(repr((calls.total, calls.call_soon, calls.context_run, calls.rooms)))
"""


class Counts(NamedTuple):
    total: float
    call_soon: float
    context_run: float
    rooms: dict[str, float]


def calls_of(name: str) -> Counts:
    return Counts(*ast.literal_eval(output_of(COUNT, name, str(CONNECTIONS), str(REQUESTS))))


def output_of(code: str, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(REFERENCE)])}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.check_output(command, env=environment, timeout=120, text=True)


class TestCalls:
    @pytest.mark.parametrize("name", SCENARIOS)
    def test_a_request_calls_no_more_than_this(self, name: str) -> None:
        # A busy machine lets the loop turn for few requests at once, which costs calls of asyncio.
        for _ in range(3):
            calls = calls_of(name)
            if calls.total <= MOST_CALLS[name]:
                return
        raise AssertionError(calls.rooms)

    @pytest.mark.parametrize("name", ["hello, event form", "hello", "routes", "JSON echo"])
    def test_where_nothing_waits_nothing_is_scheduled(self, name: str) -> None:
        calls = calls_of(name)
        # what is left is of the connections that come and go
        assert calls.call_soon < 0.5
        assert calls.context_run < 6

    def test_a_handler_that_waits_costs_few_turns_of_the_loop(self) -> None:
        # the task's first step, which is eager from Python 3.12 on, the second one, and its end
        assert calls_of("hello that waits").call_soon < 3.5


# How many objects a request leaves that only the collector finds.
COUNT_GARBAGE = """
import asyncio, gc, sys
from tools.http_bench.clients import put_under_load
from tools.http_bench.scenarios import SCENARIOS
from tools.http_bench.servers import serving

async def count(name, connections, requests):
    scenario = SCENARIOS[name]
    async with serving(name) as port:
        await asyncio.to_thread(put_under_load, port, scenario, connections, 2 * connections)
        gc.collect()
        gc.disable()
        await asyncio.to_thread(put_under_load, port, scenario, connections, requests)
        return gc.collect() / requests

connections, requests = map(int, sys.argv[1:3])
print({name: asyncio.run(count(name, connections, requests)) for name in sys.argv[3:]})
"""


class TestGarbage:
    def test_requests_leave_none_to_the_collector_whose_pauses_others_would_feel(self) -> None:
        scenarios = ["hello, event form", "hello", "hello that waits", "routes", "JSON echo"]
        # so many that the connections, which come and go once, do not count
        output = output_of(COUNT_GARBAGE, str(CONNECTIONS), str(4 * REQUESTS), *scenarios)
        garbage = ast.literal_eval(output)
        assert {name: count for name, count in garbage.items() if count > 1} == {}


class TestCallCounter:
    def test_counts_calls_steps_and_contexts_of_this_thread(self) -> None:
        def steps() -> Iterator[int]:
            yield 1
            yield 2

        counter = CallCounter()
        counter.start()
        total = sum(steps())
        calls = counter.stop(1)
        assert total == 3
        assert calls.functions == {f"test_calls.{steps.__qualname__}": 3}
        assert (calls.total, calls.call_soon, calls.context_run) == (3, 0, 0)
        assert calls.rooms == {"other": 3}
