"""What a worker finds in its env."""

from __future__ import annotations

from worker_runtime.host.host import Host
from worker_runtime.runtime.bindings import Binding, bound


class TestBound:
    def test_a_binding_is_made_for_the_host_and_anything_else_is_itself(self) -> None:
        host = Host()
        env = {"NAME": "value", "HOST": Binding(lambda host: host)}
        assert bound(env, host) == {"NAME": "value", "HOST": host}
