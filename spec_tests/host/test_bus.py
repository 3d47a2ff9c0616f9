"""The bus of a process that has no others."""

from __future__ import annotations

import pytest

from worker_runtime.host.bus import BusFailure, LoneBus


class TestLoneBus:
    async def test_all_names_are_its_own(self) -> None:
        bus = LoneBus()
        assert await bus.claim(b"a") == bus.claim_in_a_thread(b"a") == bus.member
        bus.release(b"a")
        assert not bus.is_shared

    def test_nobody_hears_it(self) -> None:
        bus, heard = LoneBus(), list[object]()
        bus.listen("a", lambda member, message: heard.append(message))
        bus.when_gone(heard.append)
        bus.publish("a", b"message")
        with pytest.raises(BusFailure):
            bus.send(bus.member, "a", b"message")
        assert heard == []
