"""What a process that serves gets from its supervisor."""

from __future__ import annotations

import pytest

from worker_runtime.server.inheritance import INHERITANCE, inheritance


class TestInheritance:
    def test_is_taken_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(INHERITANCE, "1,3,4,7,8,0,5,6")
        assert inheritance() == ((5, 6), (), 3, 4, 7, 8, 0, True)
        assert inheritance() is None

    def test_may_have_sockets_for_tcp(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(INHERITANCE, "0,3,4,7,8,0,5;9,10")
        assert inheritance() == ((5,), (9, 10), 3, 4, 7, 8, 0, False)
