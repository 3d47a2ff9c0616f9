"""CORS check."""

from __future__ import annotations

import pytest

from worker_runtime.fetch.cors_check import cors_check
from worker_runtime.fetch.requests import RequestCredentials, RequestRecord
from worker_runtime.fetch.responses import ResponseRecord
from worker_runtime.url.origins import TupleOrigin

spec = pytest.mark.spec


@spec("https://fetch.spec.whatwg.org/#concept-cors-check")
class TestCORSCheck:
    @pytest.mark.parametrize("credentials_mode, origin, credentials, result", [
        ("omit", None, None, False), ("omit", "*", None, True), ("include", "*", "true", False),
        ("omit", "https://a.example", None, True), ("omit", "https://b.example", None, False),
        ("include", "https://a.example", None, False),
        ("include", "https://a.example", "true", True),
        ("include", "https://a.example", "TRUE", False), ("omit", "null", None, False),
    ])  # fmt: skip
    def test_is_what_the_response_says(
        self,
        credentials_mode: RequestCredentials,
        origin: str | None,
        credentials: str | None,
        result: bool,
    ) -> None:
        request, response = RequestRecord("https://b.example/"), ResponseRecord()
        request.origin = TupleOrigin("https", "a.example", None)
        request.credentials_mode = credentials_mode
        if origin is not None:
            response.header_list.append("Access-Control-Allow-Origin", origin)
        if credentials is not None:
            response.header_list.append("Access-Control-Allow-Credentials", credentials)
        assert cors_check(request, response) is result
