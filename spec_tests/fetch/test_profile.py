"""The profile of fetching; see also what the guards of Headers do with it."""

from __future__ import annotations

import pytest

from worker_runtime.fetch.profile import profile
from worker_runtime.fetch.response_class import Response

spec = pytest.mark.spec


@spec("https://fetch.spec.whatwg.org/#goals")
class TestProfile:
    def test_a_worker_on_a_server_sets_cookies(self) -> None:
        assert Response(headers={"Set-Cookie": "a=b"}).headers.getSetCookie() == ["a=b"]

    def test_a_worker_in_a_browser_does_not(self) -> None:
        token = profile.set("browser")
        try:
            assert Response(headers={"Set-Cookie": "a=b"}).headers.getSetCookie() == []
        finally:
            profile.reset(token)
