"""A console that the tests read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from spec_tests.fakes import RecordingConsole, running_in
from worker_runtime.host.host import Host
from worker_runtime.html.settings_objects import EnvironmentSettingsObject


@pytest.fixture
def printed() -> Iterator[list[tuple[str, str]]]:
    """The messages that were printed, in order."""
    console = RecordingConsole()
    with running_in(EnvironmentSettingsObject(Host(console=console))):
        yield console.messages
