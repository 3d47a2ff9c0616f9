"""Server Timing, 3.4: extension to the PerformanceResourceTiming interface."""

from __future__ import annotations

import pytest

from spec_tests.fetch.scripted_network import network_of, response
from worker_runtime import PerformanceResourceTiming, fetch, performance

spec = pytest.mark.spec


@spec("https://w3c.github.io/server-timing/#dom-performanceresourcetiming-servertiming")
class TestServerTiming:
    async def test_is_what_the_response_says(self) -> None:
        head = b"HTTP/1.1 200 OK\r\nServer-Timing: db;dur=53\r\nServer-Timing: =, miss\r\n"
        with network_of(lambda request: head + b"Content-Length: 0\r\n\r\n"):
            await fetch("http://a.example/")
            [entry] = performance.getEntriesByType("resource")
            assert isinstance(entry, PerformanceResourceTiming)
            metrics = [(metric.name, metric.duration) for metric in entry.serverTiming]
            assert metrics == [("db", 53), ("miss", 0)]
            assert [metric.name for metric in entry.toJSON()["serverTiming"]] == ["db", "miss"]

    async def test_is_empty_where_it_says_nothing(self) -> None:
        with network_of(lambda request: response(b"x")):
            await fetch("http://a.example/")
            [entry] = performance.getEntriesByType("resource")
            assert isinstance(entry, PerformanceResourceTiming) and entry.serverTiming == ()
