"""What the connections of a server have in common."""

from __future__ import annotations

import pytest

from spec_tests.fakes import FakeClock
from worker_runtime.http.fields import MessageFailure
from worker_runtime.server.service import Service

from .raw_http import hello


class TestService:
    def test_the_date_is_made_once_a_second(self) -> None:
        clock = FakeClock(monotonic=0, wall=784111777)
        service = Service(hello, clock=clock)
        first = service.date()
        assert first == "Sun, 06 Nov 1994 08:49:37 GMT"
        clock.advance(0.9)
        assert service.date() is first
        clock.advance(0.2)
        assert service.date() == "Sun, 06 Nov 1994 08:49:38 GMT"

    @pytest.mark.parametrize("authority", ["a", "a:80", "127.0.0.1:65535", "[::1]"])
    def test_an_authority_that_a_url_can_have(self, authority: str) -> None:
        service = Service(hello)
        for _ in range(2):
            service.check_url(f"http://{authority}/", authority)

    @pytest.mark.parametrize("authority", ["a:65536", "1.2.3.256", "[::g]", "a%00b", "a%"])
    def test_an_authority_that_no_url_has(self, authority: str) -> None:
        service = Service(hello)
        for _ in range(2):
            with pytest.raises(MessageFailure, match="is not a URL"):
                service.check_url(f"http://{authority}/", authority)

    def test_who_sends_many_authorities_does_not_fill_the_memory(self) -> None:
        service = Service(hello)
        for number in range(1500):
            service.check_url(f"http://host-{number}/", f"host-{number}")
        assert len(service.known_authorities) <= 1000
