"""serialize_server_timing: what a handler has measured, as a header."""

from __future__ import annotations

from typing import Any

import pytest

from spec_tests.fakes import running_worker
from worker_runtime import Headers, performance, serialize_server_timing

from .test_the_server_timing_header_field import parsed

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#serialize-server-timing")
class TestSerializeServerTiming:
    def test_entries_of_the_timeline_are_metrics(self) -> None:
        with running_worker():
            entries = [
                performance.measure("db", start=1, end=54.25, detail="two queries"),
                performance.mark("miss", detail={"not": "a description"}),
            ]
            value = serialize_server_timing(entries)
            assert value == 'db;dur=53.25;desc="two queries", miss'

    @spec("SPEC_NOTES.md#server-timing-metric")
    def test_mappings_are_metrics(self) -> None:
        metrics: list[Any] = [
            {"name": "a", "duration": 3}, {"name": "b", "duration": 0.00049},
            {"name": "c", "description": 'a "q" \\ \xe9'}, {"name": "d", "duration": -1.5},
        ]  # fmt: skip
        value = serialize_server_timing(metrics)
        assert value == 'a;dur=3, b;dur=0, c;desc="a \\"q\\" \\\\ \xe9", d;dur=-1.5'
        Headers({"Server-Timing": value})
        assert parsed(value) == [
            ("a", 3, ""),
            ("b", 0, ""),
            ("c", 0, 'a "q" \\ é'),
            ("d", -1.5, ""),
        ]

    @pytest.mark.parametrize(
        "metrics",
        [
            [{"name": "a b"}], [{"name": ""}], [{"name": "a\r\nSet-Cookie: x"}], [{}],
            [{"name": "a", "description": "x\r\ny"}], [{"name": "a", "description": "\u20ac"}],
            [{"name": "a", "duration": float("nan")}], [{"name": "a", "dur": 1}],
            {"name": "a"}, "a", ["a"],
        ],
    )  # fmt: skip
    def test_what_a_header_cannot_say_is_a_type_error(self, metrics: Any) -> None:
        with pytest.raises(TypeError):
            serialize_server_timing(metrics)

    def test_nothing_is_an_empty_value(self) -> None:
        assert serialize_server_timing([]) == ""
