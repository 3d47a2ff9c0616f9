"""What a standard leaves to the host."""

from __future__ import annotations

import pytest

from worker_runtime.webidl.host_hooks import HostHooks, hooks

spec = pytest.mark.spec


@spec("https://tc39.es/ecma262/#sec-hosts-and-implementations")
class TestHostHooks:
    @pytest.mark.parametrize("name", HostHooks.__slots__)
    def test_the_platform_fills_each_of_them(self, name: str) -> None:
        assert callable(getattr(hooks, name))
