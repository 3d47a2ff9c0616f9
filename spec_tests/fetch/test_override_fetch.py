"""Override fetch."""

from __future__ import annotations

import pytest

from worker_runtime import fetch
from worker_runtime.fetch.override_fetch import potentially_override_response_for_a_request
from worker_runtime.fetch.requests import RequestRecord

spec = pytest.mark.spec


@spec("https://fetch.spec.whatwg.org/#concept-override-fetch")
class TestOverrideFetch:
    async def test_goes_on_with_the_scheme(self) -> None:
        assert (await fetch("about:blank")).status == 200


@spec("https://fetch.spec.whatwg.org/#potentially-override-response-for-a-request")
class TestPotentiallyOverrideResponseForARequest:
    def test_overrides_nothing(self) -> None:
        assert (
            potentially_override_response_for_a_request(RequestRecord("http://a.example/")) is None
        )
