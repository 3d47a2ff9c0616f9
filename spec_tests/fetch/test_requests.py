"""Fetch Standard, 2.2.5."""

from __future__ import annotations

import pytest

from worker_runtime.fetch.bodies import BodyRecord
from worker_runtime.fetch.headers import HeaderList
from worker_runtime.fetch.requests import (
    RequestDestination,
    RequestRecord,
    is_navigation_request,
    is_non_subresource_request,
    is_script_like,
    is_subresource_request,
)
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.fetch.requests import redirect_taint, serializing_a_request_origin
from worker_runtime.url.origins import TupleOrigin

spec = pytest.mark.spec


def request_for(destination: RequestDestination) -> RequestRecord:
    request = RequestRecord("http://a.example/")
    request.destination = destination
    return request


@spec("https://fetch.spec.whatwg.org/#concept-request")
class TestRequestRecord:
    def test_has_the_defaults_of_the_standard(self) -> None:
        request = RequestRecord("http://a.example/")
        assert (request.method, list(request.header_list), request.body) == ("GET", [], None)
        assert (request.mode, request.credentials_mode, request.cache_mode,
            request.redirect_mode) == (
            "no-cors", "same-origin", "default", "follow",
        )  # fmt: skip
        assert (request.client, request.origin, request.referrer, request.priority) == (
            None,
            "client",
            "client",
            "auto",
        )

    def test_setting_an_item_is_about_one_request(self) -> None:
        request = request_for("script")
        assert RequestRecord("http://a.example/").destination == ""
        assert request.destination == "script"


@spec("https://fetch.spec.whatwg.org/#concept-request-url")
@spec("https://fetch.spec.whatwg.org/#concept-request-url-list")
class TestURLList:
    def test_a_string_is_parsed_when_it_is_asked_for(self) -> None:
        request = RequestRecord("http://a.example/b")
        assert request.url.path == ["b"]
        assert request.url_list == [request.url]
        assert request.url_list is request.url_list

    @spec("https://fetch.spec.whatwg.org/#concept-request-current-url")
    def test_its_first_is_the_url_and_its_last_the_current_url(self) -> None:
        first, last = url_parser("http://a.example/1"), url_parser("http://a.example/2")
        request = RequestRecord(first)
        request.url_list.append(last)
        assert (request.url, request.current_url) == (first, last)


@spec("https://fetch.spec.whatwg.org/#concept-request-clone")
class TestClone:
    def test_is_independent(self) -> None:
        request = RequestRecord(
            url_parser("http://a.example/"), "PUT", HeaderList([("a", "1")]), BodyRecord(b"x", 1)
        )
        request.mode = "cors"
        clone = request.clone()
        clone.header_list.set("a", "2")
        clone.url_list.append(url_parser("http://b.example/"))
        assert (request.header_list.get("a"), len(request.url_list)) == ("1", 1)
        assert (clone.method, clone.mode) == ("PUT", "cors")
        assert request.body is not None and clone.body is not None
        assert (request.body.take_bytes(), clone.body.take_bytes()) == (b"x", b"x")

    def test_without_a_body_has_none(self) -> None:
        clone = RequestRecord("http://a.example/").clone()
        assert (clone.body, clone.url.scheme) == (None, "http")


@spec("https://fetch.spec.whatwg.org/#concept-request-add-range-header")
class TestAddARangeHeader:
    @pytest.mark.parametrize("last, value", [(None, "bytes=5-"), (7, "bytes=5-7")])
    def test_the_last_byte_may_be_missing(self, last: int | None, value: str) -> None:
        request = RequestRecord("http://a.example/")
        request.add_a_range_header(5, last)
        assert list(request.header_list) == [("Range", value)]


@spec("https://fetch.spec.whatwg.org/#request-destination-script-like")
class TestScriptLike:
    def test_is_what_runs(self) -> None:
        assert is_script_like("serviceworker")
        assert not is_script_like("style")


@spec("https://fetch.spec.whatwg.org/#subresource-request")
class TestSubresourceRequest:
    def test_is_what_a_page_loads(self) -> None:
        assert is_subresource_request(request_for(""))
        assert not is_subresource_request(request_for("document"))


@spec("https://fetch.spec.whatwg.org/#non-subresource-request")
class TestNonSubresourceRequest:
    def test_is_a_page_or_a_worker(self) -> None:
        assert is_non_subresource_request(request_for("worker"))
        assert not is_non_subresource_request(request_for("image"))


@spec("https://fetch.spec.whatwg.org/#navigation-request")
class TestNavigationRequest:
    def test_is_a_page(self) -> None:
        assert is_navigation_request(request_for("iframe"))
        assert not is_navigation_request(request_for("worker"))


def request_sent_about(*urls: str) -> RequestRecord:
    request = RequestRecord(urls[0])
    request.url_list = [url_parser(url) for url in urls]
    request.origin = TupleOrigin("https", "a.example", None)
    return request


@spec("https://fetch.spec.whatwg.org/#concept-request-tainted-origin")
class TestRedirectTaint:
    @pytest.mark.parametrize("urls, taint", [
        (["https://b.example/"], "same-origin"),
        (["https://b.example/", "https://b.example/x"], "same-origin"),
        (["https://a.example/", "https://b.example/"], "same-origin"),
        (["https://a.example:1/", "https://b.example/"], "same-site"),
        (["https://b.example/", "https://a.example/"], "cross-site"),
    ])  # fmt: skip
    def test_is_how_far_the_request_was_sent_about(self, urls: list[str], taint: str) -> None:
        assert redirect_taint(request_sent_about(*urls)) == taint


@spec("https://fetch.spec.whatwg.org/#serializing-a-request-origin")
class TestSerializingARequestOrigin:
    def test_who_was_sent_about_has_none(self) -> None:
        assert (
            serializing_a_request_origin(request_sent_about("https://b.example/"))
            == "https://a.example"
        )
        assert (
            serializing_a_request_origin(
                request_sent_about("https://b.example/", "https://c.example/")
            )
            == "null"
        )
