"""Server Timing, 2: the Server-Timing header field."""

from __future__ import annotations

import pytest

from worker_runtime.fetch.headers import get_decode_and_split
from worker_runtime.server_timing.the_server_timing_header_field import (
    parse_a_server_timing_header_field,
)

from ..linear_time import grows_no_worse_than_its_input

spec = pytest.mark.spec


def parsed(value: str) -> list[tuple[str, float, str]]:
    metrics = map(parse_a_server_timing_header_field, get_decode_and_split(value))
    return [(m.name, m.duration, m.description) for m in metrics if m is not None]


@spec("https://w3c.github.io/server-timing/#parse-a-server-timing-header-field")
class TestParseAServerTimingHeaderField:
    @pytest.mark.parametrize(
        "value, metrics",
        [
            ("miss", [("miss", 0, "")]),
            ("db;dur=53, app;dur=47.2", [("db", 53, ""), ("app", 47.2, "")]),
            ('cache;desc="Cache Read";dur=23.2', [("cache", 23.2, "Cache Read")]),
            ("dc;desc=atl", [("dc", 0, "atl")]),
            (" a ; dur = 1 ; desc = b ", [("a", 1, "b")]),
            ('a;desc="x, y;dur=2";dur=1', [("a", 1, "x, y;dur=2")]),
            (r'a;desc="\"q\" \\"', [("a", 0, r'"q" \ '.strip())]),
            ("a;DUR=1;Desc=b", [("a", 1, "b")]),
            ("a;dur=1;dur=2", [("a", 1, "")]),
            ("a;dur=;dur=2;desc=b", [("a", 0, "b")]),
            ("a;dur;desc=b", [("a", 0, "b")]),
            ("a;foo=bar;foo=bar;dur=1", [("a", 1, "")]),
            ("a;;dur=1;", [("a", 1, "")]),
            ("a b;dur=1 x;desc=c d", [("a", 1, "c")]),
            ('a;desc="unfinished', [("a", 0, "")]),
            ("", []),
            (",;,=", []),
            (";dur=1", []),
            ('"a"', []),
        ],
    )
    def test_a_member_is_a_name_with_parameters(
        self, value: str, metrics: list[tuple[str, float, str]]
    ) -> None:
        assert parsed(value) == metrics

    @pytest.mark.parametrize("piece", [';a="', ';a="\\', ";a=b", ';"', "; ", "a=", "\\"])
    def test_takes_no_longer_for_what_is_wrong(self, piece: str) -> None:
        grows_no_worse_than_its_input(
            parse_a_server_timing_header_field, lambda length: "a" + piece * length, 1024
        )
