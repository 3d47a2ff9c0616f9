"""The console of a world."""

from __future__ import annotations

from worker_runtime import Thrown
from worker_runtime.world.recorded_console import RecordedConsole


class TestRecordedConsole:
    def test_messages_and_errors_are_kept(self) -> None:
        console = RecordedConsole()
        console.write("warn", "careful")
        console.report(KeyError("x"), "Uncaught")
        console.report("no exception", "Uncaught (in promise)")
        assert console.messages == [("warn", "careful")]
        error, thrown = console.errors
        assert isinstance(error, KeyError) and error.__notes__ == ["Uncaught"]
        assert isinstance(thrown, Thrown) and thrown.value == "no exception"
