"""The console of the process."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable

import pytest

from worker_runtime import Event, EventTarget, Headers
from worker_runtime.dom.dispatching_events import dispatch
from worker_runtime.host.console import Mistake, StandardStreams, description_of, escaped, place_of


class TestStandardStreams:
    @pytest.mark.parametrize(
        "level", ["warn", "error", "trace", "assert", "countReset", "reportWarning"]
    )
    def test_what_is_grave_goes_to_standard_error(
        self, capsys: pytest.CaptureFixture[str], level: str
    ) -> None:
        StandardStreams().write(level, "text")
        assert capsys.readouterr() == ("", "text\n")

    @pytest.mark.parametrize(
        "level", ["log", "info", "debug", "dir", "dirxml", "group", "count", "timeLog", "timeEnd"]
    )
    def test_the_rest_goes_to_standard_output(
        self, capsys: pytest.CaptureFixture[str], level: str
    ) -> None:
        StandardStreams().write(level, "text")
        assert capsys.readouterr() == ("text\n", "")

    def test_what_the_encoding_lacks_is_escaped(self, monkeypatch: pytest.MonkeyPatch) -> None:
        written = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, "ascii"))
        StandardStreams().write("log", "ä\ud800")
        assert written.getvalue() == b"\\xe4\\ud800\n"

    def test_lone_surrogates_are_escaped_in_utf_8(self, monkeypatch: pytest.MonkeyPatch) -> None:
        written = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, "utf-8"))
        StandardStreams().write("log", "ä\ud800")
        assert written.getvalue() == b"\xc3\xa4\\ud800\n"

    def test_a_stream_that_is_closed_or_missing_takes_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        closed = io.StringIO()
        closed.close()
        for stream in (None, closed):
            monkeypatch.setattr(sys, "stdout", stream)
            monkeypatch.setattr(sys, "stderr", written := io.StringIO())
            StandardStreams().write("log", "text")
            StandardStreams().write("error", "goes on")
            assert written.getvalue() == "goes on\n"

    def test_frames_of_the_worker_come_first(self, capsys: pytest.CaptureFixture[str]) -> None:
        def listener(event: Event) -> None:
            raise ValueError("v")

        target = EventTarget()
        target.addEventListener("x", listener)
        target.dispatchEvent(Event("x"))
        lines = capsys.readouterr().err.splitlines()
        line = listener.__code__.co_firstlineno + 1
        assert lines[0] == f"{__file__}:{line}: Uncaught Traceback (most recent call last):"
        assert "in listener" in lines[1]
        assert lines[-1] == "ValueError: v"

    def test_a_value_is_shown(self, capsys: pytest.CaptureFixture[str]) -> None:
        StandardStreams().report("why", "Uncaught (in promise)")
        assert capsys.readouterr().err == "Uncaught (in promise) 'why'\n"

    def test_an_exception_that_was_never_raised_is_shown(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        StandardStreams().report(ValueError("v"), "Uncaught")
        assert capsys.readouterr().err == "Uncaught ValueError: v\n"


class TestDescriptionOf:
    def test_frames_of_the_platform_are_shown_where_it_fails_itself(self) -> None:
        def text_of(steps: Callable[[], object]) -> str:
            try:
                steps()
            except Exception as error:
                return description_of(error)
            raise AssertionError

        on_purpose = text_of(lambda: Headers({"a b": "c"}))
        assert "headers_class.py" not in on_purpose and "<lambda>" in on_purpose
        by_mistake = text_of(lambda: dispatch(None, None))  # type: ignore[arg-type]
        assert "in dispatch" in by_mistake and "in <lambda>" in by_mistake

    def test_no_more_than_a_screen(self) -> None:
        def down(n: int) -> None:
            up(n)

        def up(n: int) -> None:
            down(n)

        try:
            down(1)
        except RecursionError as error:
            assert len(description_of(error).split("\n")) < 24


class TestPlaceOf:
    def test_it_is_the_workers_and_not_a_library_s(self) -> None:
        try:
            json.loads("{")
        except ValueError as error:
            assert (place_of(error) or "").startswith(f"{__file__}:")

    def test_what_was_never_raised_has_none(self) -> None:
        assert place_of(ValueError()) is None and place_of("why") is None


class TestMistake:
    def test_is_shown_without_a_traceback(self) -> None:
        try:
            raise Mistake("w.py:3: write this")
        except Mistake as mistake:
            assert description_of(mistake) == "w.py:3: write this"


class TestEscaped:
    @pytest.mark.parametrize(
        "text, shown",
        [
            ("plain, ä, 漢", "plain, ä, 漢"),
            ("a\nb\r\tc", "a\\nb\\x0d\\tc"),
            ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
            ("\x00\x07\x7f\x80\x9b31m", "\\x00\\x07\\x7f\\x80\\x9b31m"),
            ("\u2028", "\u2028"),
        ],
    )
    def test_controls_are_seen_and_not_obeyed(self, text: str, shown: str) -> None:
        assert escaped(text) == shown

    def test_a_message_forges_no_line(self) -> None:
        try:
            try:
                raise KeyError("cause\n127.0.0.1 GET /forged 200")
            except KeyError as cause:
                raise ValueError("x\r\n\x1b[2Jforged") from cause
        except ValueError as error:
            lines = description_of(error).split("\n")
        assert not any(line.startswith(("127.0.0.1", "forged")) for line in lines)
        assert lines[-1] == "ValueError: x\\x0d\\n\\x1b[2Jforged"
