"""HTML, 9.2.5: parsing an event stream."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from worker_runtime.html.server_sent_events import parsing_an_event_stream
from worker_runtime.html.server_sent_events.parsing_an_event_stream import (
    EventStreamLines,
    StreamTooLong,
)

from ...linear_time import grows_no_worse_than_its_input

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream")
class TestParsingAnEventStream:
    @pytest.mark.parametrize(
        "stream, lines",
        [
            (b"a\nb\n\n", ["a", "b", ""]),
            (b"a\r\nb\rc\n\r\r\n", ["a", "b", "c", "", ""]),
            (b"a\nunfinished", ["a"]),
            (b"\xef\xbb\xbfa\n\xef\xbb\xbfb\n", ["a", "\ufeffb"]),
            (b"\xffa\xe2\x82\n\xe2\x82\xac\n", ["\ufffda\ufffd", "\u20ac"]),
            (b"a\x0bb\x0cc\x85\xc2\x85d\xe2\x80\xa8e\n", ["a\x0bb\x0cc\ufffd\x85d\u2028e"]),
            (b"", []),
        ],
    )
    def test_lines_are_the_same_however_the_stream_is_cut(
        self, stream: bytes, lines: list[str]
    ) -> None:
        assert EventStreamLines().take(stream) == lines
        parser = EventStreamLines()
        assert [line for byte in stream for line in parser.take(bytes([byte]))] == lines
        random = Random(1)
        for _ in range(20):
            cuts = sorted(random.choices(range(len(stream) + 1), k=3))
            parser, found = EventStreamLines(), []
            for start, end in pairwise([0, *cuts, len(stream)]):
                found += parser.take(stream[start:end])
            assert found == lines

    def test_a_line_has_an_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(parsing_an_event_stream, "MOST_CHARACTERS", 10)
        parser = EventStreamLines()
        assert parser.take(b"0123456789\n01234") == ["0123456789"]
        with pytest.raises(StreamTooLong):
            parser.take(b"567890")

    def test_takes_no_longer_for_long_lines_in_small_chunks(self) -> None:
        def work(chunks: list[bytes]) -> None:
            parser = EventStreamLines()
            for chunk in chunks:
                parser.take(chunk)

        grows_no_worse_than_its_input(work, lambda length: length * [b"xyz"], 2000)
        grows_no_worse_than_its_input(work, lambda length: length * [b"\r", b"\n"], 2000)
