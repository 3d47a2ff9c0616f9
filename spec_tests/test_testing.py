"""The front door of the world: what it has, and that nothing else loads it."""

from __future__ import annotations

import subprocess
import sys

from spec_tests.server.processes import REFERENCE
from worker_runtime import testing
from worker_runtime.world import exploring, world


class TestTesting:
    def test_its_names_are_those_of_the_room(self) -> None:
        assert testing.World is world.World
        assert testing.explore is exploring.explore

    def test_a_worker_does_not_load_it(self) -> None:
        program = (
            f"import sys; sys.path.insert(0, {str(REFERENCE)!r})\n"
            "import worker_runtime.cli.serve_command\n"
            "print([name for name in sys.modules if 'world' in name.split('.')])"
        )
        output = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        assert output.stdout == "[]\n"
