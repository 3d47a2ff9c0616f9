"""Fetch Standard, 2.9 and 2.10."""

from __future__ import annotations

import pytest

from worker_runtime.fetch.headers import HeaderList
from worker_runtime.fetch.port_blocking import (
    should_be_blocked_due_to_a_bad_port,
    should_response_to_request_be_blocked_due_to_its_mime_type,
)
from worker_runtime.fetch.requests import RequestDestination, RequestRecord
from worker_runtime.fetch.responses import ResponseRecord

spec = pytest.mark.spec


@spec("https://fetch.spec.whatwg.org/#block-bad-port")
class TestShouldBeBlockedDueToABadPort:
    @pytest.mark.parametrize(
        "url", ["http://a.example:25/", "https://a.example:10080/", "http://a.example:0/"]
    )
    def test_the_port_of_another_protocol_is_blocked(self, url: str) -> None:
        assert should_be_blocked_due_to_a_bad_port(RequestRecord(url)) == "blocked"

    @pytest.mark.parametrize(
        "url", ["http://a.example/", "https://a.example:8443/", "ftp://a.example:25/", "data:,x"]
    )
    def test_others_are_allowed(self, url: str) -> None:
        assert should_be_blocked_due_to_a_bad_port(RequestRecord(url)) == "allowed"


@spec("https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-mime-type?")
class TestShouldResponseToRequestBeBlockedDueToItsMIMEType:
    @pytest.mark.parametrize(
        "destination, content_type, verdict",
        [
            ("script", "image/png", "blocked"),
            ("serviceworker", "text/csv", "blocked"),
            ("script", "text/plain", "allowed"),
            ("script", "x", "allowed"),
            ("image", "image/png", "allowed"),
        ],
    )
    def test_a_picture_is_no_script(
        self, destination: RequestDestination, content_type: str, verdict: str
    ) -> None:
        request = RequestRecord("http://a.example/")
        request.destination = destination
        response = ResponseRecord(HeaderList([("Content-Type", content_type)]))
        assert (
            should_response_to_request_be_blocked_due_to_its_mime_type(response, request) == verdict
        )
