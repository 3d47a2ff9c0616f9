"""How long a client waits for a server."""

from __future__ import annotations

from worker_runtime.host.timeouts import Timeouts


class TestTimeouts:
    def test_each_has_a_default_that_ends(self) -> None:
        assert all(0 < seconds < float("inf") for seconds in Timeouts())
