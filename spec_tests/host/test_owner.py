"""Whoever keeps what rooms need to remember."""

from __future__ import annotations

from worker_runtime.host.host import Host


class Visits:
    def __init__(self, host: Host) -> None:
        self.host = host


class TestOwner:
    def test_a_record_is_made_for_its_owner_when_it_is_first_asked_for(self) -> None:
        host = Host()
        assert host.record(Visits).host is host

    def test_it_stays_the_same(self) -> None:
        host = Host()
        assert host.record(Visits) is host.record(Visits)

    def test_each_owner_has_one_of_its_own(self) -> None:
        assert Host().record(Visits) is not Host().record(Visits)
