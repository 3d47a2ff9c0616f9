"""TAO check."""

from __future__ import annotations

import pytest

from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import ResponseRecord
from worker_runtime.fetch.tao_check import tao_check
from worker_runtime.url.origins import TupleOrigin

spec = pytest.mark.spec


@spec("https://fetch.spec.whatwg.org/#concept-tao-check")
class TestTAOCheck:
    def test_is_what_the_response_says(self) -> None:
        request = RequestRecord("https://b.example/")
        request.origin = TupleOrigin("https", "a.example", None)
        request.response_tainting = "cors"
        results = []
        for value in ("*", "https://c.example, https://a.example", "https://c.example"):
            response = ResponseRecord()
            response.header_list.append("Timing-Allow-Origin", value)
            results.append(tao_check(request, response))
        assert results == [True, True, False]

    def test_what_failed_once_has_failed(self) -> None:
        request = RequestRecord("https://b.example/")
        request.origin = TupleOrigin("https", "a.example", None)
        assert tao_check(request, ResponseRecord())
        request.timing_allow_failed = True
        assert not tao_check(request, ResponseRecord())
