"""Web Locks, 3.3: the Lock class."""

from __future__ import annotations

import pytest

from spec_tests.fakes import running_worker
from worker_runtime import Lock, navigator

spec = pytest.mark.spec


@spec("https://w3c.github.io/web-locks/#lock")
class TestLock:
    async def test_it_has_a_name_and_a_mode(self) -> None:
        with running_worker():
            locks: list[Lock] = []
            await navigator.locks.request("a", locks.append, mode="shared")
            await navigator.locks.request("b", locks.append)
        assert [(lock.name, lock.mode) for lock in locks] == [("a", "shared"), ("b", "exclusive")]

    def test_it_cannot_be_constructed(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            Lock()
