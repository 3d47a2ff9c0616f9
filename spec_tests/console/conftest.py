"""A console that the tests read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from worker_runtime.console.supporting_operations import LogLevel, use_sink


class Printed(list[tuple[LogLevel, str]]):
    """The messages that were printed, in order."""

    def write(self, log_level: LogLevel, text: str) -> None:
        self.append((log_level, text))


@pytest.fixture
def printed() -> Iterator[Printed]:
    sink = Printed()
    use_sink(sink)
    yield sink
    use_sink(None)
