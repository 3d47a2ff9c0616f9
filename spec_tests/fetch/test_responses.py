"""Fetch Standard, 2.2.6."""

from __future__ import annotations

import pytest

from worker_runtime.fetch.bodies import BodyRecord
from worker_runtime.fetch.headers import HeaderFailure, HeaderList
from worker_runtime.fetch.responses import (
    FilteredResponse,
    ResponseRecord,
    aborted_network_error,
    basic_filtered_response,
    cors_filtered_response,
    location_url,
    network_error,
    opaque_filtered_response,
    opaque_redirect_filtered_response,
)
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.url.url_serializing import url_serializer
from worker_runtime.url.writing import URLFailure

spec = pytest.mark.spec


def full_response() -> ResponseRecord:
    response = ResponseRecord(
        HeaderList(
            [("Set-Cookie", "a"), ("X-Test", "b"), ("Content-Type", "c"), ("Set-Cookie2", "d")]
        )
    )
    response.status = 201
    response.status_message = "Created"
    response.body = BodyRecord(b"x", 1)
    response.url_list = [url_parser("http://a.example/")]
    return response


@spec("https://fetch.spec.whatwg.org/#concept-response")
class TestResponseRecord:
    def test_has_the_defaults_of_the_standard(self) -> None:
        response = ResponseRecord()
        assert (response.type, response.status, response.status_message, response.url) == (
            "default",
            200,
            "",
            None,
        )
        assert (list(response.header_list), response.body) == ([], None)


@spec("https://fetch.spec.whatwg.org/#concept-response-url")
class TestURL:
    def test_is_the_last_of_the_list(self) -> None:
        response = full_response()
        response.url_list.append(url_parser("http://b.example/"))
        assert response.url is response.url_list[1]


@spec("https://fetch.spec.whatwg.org/#concept-response-clone")
class TestClone:
    def test_is_independent(self) -> None:
        response = full_response()
        clone = response.clone()
        clone.header_list.clear()
        clone.url_list.clear()
        assert response.header_list.contains("x-test") and response.url is not None
        assert clone.status == 201
        assert response.body is not None and clone.body is not None
        assert (response.body.take_bytes(), clone.body.take_bytes()) == (b"x", b"x")

    def test_of_a_filtered_response_is_a_view_of_a_clone(self) -> None:
        response = basic_filtered_response(full_response())
        clone = response.clone()
        assert clone.type == "basic"
        assert list(clone.header_list) == list(response.header_list)
        assert clone.internal_response is not response.internal_response


@spec("https://fetch.spec.whatwg.org/#concept-network-error")
class TestNetworkError:
    def test_has_status_0(self) -> None:
        response = network_error()
        assert (response.type, response.status, response.aborted) == ("error", 0, False)


@spec("https://fetch.spec.whatwg.org/#concept-aborted-network-error")
class TestAbortedNetworkError:
    def test_is_aborted(self) -> None:
        assert (aborted_network_error().type, aborted_network_error().aborted) == ("error", True)


@spec("https://fetch.spec.whatwg.org/#concept-filtered-response")
class TestFilteredResponse:
    def test_shows_what_becomes_of_its_internal_response(self) -> None:
        internal_response = full_response()
        response = basic_filtered_response(internal_response)
        internal_response.body = None
        internal_response.url_list.append(url_parser("http://b.example/"))
        assert response.body is None
        assert response.url is internal_response.url_list[1]


@spec("https://fetch.spec.whatwg.org/#concept-filtered-response-basic")
class TestBasicFilteredResponse:
    def test_has_no_cookies(self) -> None:
        response = basic_filtered_response(full_response())
        assert (response.type, response.status, response.status_message) == (
            "basic",
            201,
            "Created",
        )
        assert list(response.header_list) == [("X-Test", "b"), ("Content-Type", "c")]


@spec("https://fetch.spec.whatwg.org/#concept-filtered-response-cors")
class TestCORSFilteredResponse:
    def test_has_the_headers_that_are_safelisted_or_exposed(self) -> None:
        internal_response = full_response()
        assert list(cors_filtered_response(internal_response).header_list) == [
            ("Content-Type", "c")
        ]
        internal_response.cors_exposed_header_name_list = ("x-TEST", "set-cookie")
        response = cors_filtered_response(internal_response)
        assert (response.type, list(response.header_list)) == (
            "cors",
            [("X-Test", "b"), ("Content-Type", "c")],
        )


def looks_empty(response: FilteredResponse) -> bool:
    return (
        response.status,
        response.status_message,
        list(response.header_list),
        response.body,
    ) == (0, "", [], None)


@spec("https://fetch.spec.whatwg.org/#concept-filtered-response-opaque")
class TestOpaqueFilteredResponse:
    def test_shows_nothing(self) -> None:
        response = opaque_filtered_response(full_response())
        assert looks_empty(response)
        assert (response.type, response.url, response.url_list) == ("opaque", None, [])


@spec("https://fetch.spec.whatwg.org/#concept-filtered-response-opaque-redirect")
class TestOpaqueRedirectFilteredResponse:
    def test_shows_its_url_only(self) -> None:
        response = opaque_redirect_filtered_response(full_response())
        assert looks_empty(response)
        assert (response.type, response.url) == ("opaqueredirect", response.internal_response.url)


@spec("https://fetch.spec.whatwg.org/#concept-response-location-url")
class TestLocationURL:
    def redirect(self, *locations: str) -> ResponseRecord:
        response = ResponseRecord(HeaderList([("Location", location) for location in locations]))
        response.status = 302
        response.url_list = [url_parser("http://a.example/b/c")]
        return response

    @pytest.mark.parametrize(
        "location, fragment, url",
        [
            ("d", None, "http://a.example/b/d"),
            ("/d", "f", "http://a.example/d#f"),
            ("http://e.example/#g", "f", "http://e.example/#g"),
            ("", "f", "http://a.example/b/c#f"),
        ],
    )
    def test_is_relative_to_the_response_and_takes_over_a_fragment(
        self, location: str, fragment: str | None, url: str
    ) -> None:
        found = location_url(self.redirect(location), fragment)
        assert found is not None and url_serializer(found) == url

    def test_no_redirect_and_no_location_are_none(self) -> None:
        assert location_url(self.redirect(), None) is None
        response = self.redirect("d")
        response.status = 200
        assert location_url(response, None) is None

    def test_two_locations_and_no_url_are_failure(self) -> None:
        with pytest.raises(HeaderFailure):
            location_url(self.redirect("d", "e"), None)
        with pytest.raises(URLFailure):
            location_url(self.redirect("http://:"), None)
