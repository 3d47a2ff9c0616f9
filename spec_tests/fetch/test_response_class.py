"""Fetch Standard, 5.5."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from worker_runtime.fetch.bodies import BodyWithType
from worker_runtime.fetch.bodyinit_unions import extract
from worker_runtime.fetch.headers import HeaderList
from worker_runtime.fetch.headers_class import Headers
from worker_runtime.fetch.response_class import (
    JSONOperations,
    Response,
    create,
    initialize_a_response,
    json,
)
from worker_runtime.fetch.responses import (
    ResponseRecord,
    basic_filtered_response,
    opaque_filtered_response,
)
from worker_runtime.file_api.blob import Blob
from worker_runtime.html.settings_objects import (
    EnvironmentSettingsObject,
    realm_execution_context,
)
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.webidl.exceptions import RangeError

spec = pytest.mark.spec


@spec("https://fetch.spec.whatwg.org/#response")
@spec("https://fetch.spec.whatwg.org/#dom-response")
class TestConstructor:
    @spec("https://fetch.spec.whatwg.org/#dom-response-statustext")
    def test_needs_nothing(self) -> None:
        response = Response()
        assert (response.status, response.statusText, response.ok, response.type) == (
            200,
            "",
            True,
            "default",
        )
        assert (response.url, response.redirected, list(response.headers), response.body) == (
            "",
            False,
            [],
            None,
        )

    def test_takes_a_status_a_reason_and_headers(self) -> None:
        response = Response(None, status=404, statusText="Not \xe4ny", headers={"X-Test": "1"})
        assert (response.status, response.statusText, response.ok) == (404, "Not \xe4ny", False)
        assert list(response.headers) == [("x-test", "1")]

    @pytest.mark.parametrize("status", [0, 100, 199, 600, 1000, -1, 65536 + 100])
    def test_a_status_out_of_range_is_a_range_error(self, status: int) -> None:
        with pytest.raises(RangeError, match="A status is from 200 to 599"):
            Response(status=status)

    def test_a_status_is_an_unsigned_short(self) -> None:
        assert Response(status=65536 + 201).status == 201

    @pytest.mark.parametrize("reason", ["a\n", "\0", "\x7f", "\u0100"])
    def test_what_is_no_reason_phrase_is_a_type_error(self, reason: str) -> None:
        with pytest.raises(TypeError):
            Response(statusText=reason)

    @pytest.mark.parametrize("status", [204, 205, 304])
    def test_a_null_body_status_has_no_body(self, status: int) -> None:
        assert Response(None, status=status).status == status
        with pytest.raises(TypeError, match=f"A response with status {status} has no body"):
            Response("", status=status)

    def test_the_content_type_of_the_body_is_a_default(self) -> None:
        assert Response("a").headers.get("content-type") == "text/plain;charset=UTF-8"
        assert Response("a", headers={"Content-TYPE": "x/y"}).headers.get("content-type") == "x/y"
        assert Response(Blob([], type="x/y")).headers.get("content-type") == "x/y"
        assert not Response(b"a").headers.has("content-type")

    def test_headers_are_the_same_object_and_can_be_changed(self) -> None:
        response = Response("a")
        assert response.headers is response.headers
        response.headers.set("X-Test", "1")
        assert list(response.headers) == [
            ("content-type", "text/plain;charset=UTF-8"),
            ("x-test", "1"),
        ]

    def test_headers_may_come_from_another_response(self) -> None:
        other = Response("a", headers=Headers([("b", "1"), ("b", "2")]))
        assert list(Response(headers=other.headers).headers) == [
            ("b", "1, 2"),
            ("content-type", "text/plain;charset=UTF-8"),
        ]

    def test_shows_its_status(self) -> None:
        assert repr(Response(status=404, statusText="Not Found")) == "<Response 404 Not Found>"
        assert repr(Response()) == "<Response 200>"


@spec("https://fetch.spec.whatwg.org/#dom-response-headers")
@spec("https://fetch.spec.whatwg.org/#dom-response-ok")
@spec("https://fetch.spec.whatwg.org/#dom-response-status")
@spec("https://fetch.spec.whatwg.org/#dom-response-type")
@spec("https://fetch.spec.whatwg.org/#dom-response-error")
class TestError:
    def test_is_a_network_error_that_does_not_change(self) -> None:
        response = Response.error()
        assert (response.type, response.status, response.ok, response.body) == (
            "error",
            0,
            False,
            None,
        )
        with pytest.raises(TypeError, match="immutable"):
            response.headers.append("a", "1")


@spec("https://fetch.spec.whatwg.org/#dom-response-redirect")
class TestRedirect:
    @pytest.fixture
    def worker(self) -> Iterator[None]:
        token = realm_execution_context.set(
            EnvironmentSettingsObject(api_base_url=url_parser("http://a.example/b/w.py"))
        )
        yield
        realm_execution_context.reset(token)

    def test_has_a_location(self) -> None:
        response = Response.redirect("http://a.example/ä#f")
        assert (response.status, response.type) == (302, "default")
        assert list(response.headers) == [("location", "http://a.example/%C3%A4#f")]
        with pytest.raises(TypeError, match="immutable"):
            response.headers.append("a", "1")

    @pytest.mark.usefixtures("worker")
    def test_may_be_relative_to_the_worker(self) -> None:
        assert Response.redirect("../c", 301).headers.get("location") == "http://a.example/c"

    def test_without_a_location_a_relative_url_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="Invalid URL: '/c'"):
            Response.redirect("/c")

    @pytest.mark.parametrize("status", [200, 300, 304, 309])
    def test_another_status_is_a_range_error(self, status: int) -> None:
        with pytest.raises(RangeError, match=f"Not the status of a redirect: {status}"):
            Response.redirect("http://a.example/", status)


@spec("https://webidl.spec.whatwg.org/#dfn-static-operation")
class TestJSONOperations:
    async def test_the_class_writes_and_its_objects_read(self) -> None:
        assert await Response.json({"a": 1}).json() == {"a": 1}
        assert isinstance(vars(Response)["json"], JSONOperations)

    async def test_derived_classes_do_so_as_well(self) -> None:
        class Derived(Response):
            __slots__ = ()

        assert await Derived("[1]").json() == [1]
        assert type(Derived.json([])) is Response


@spec("https://fetch.spec.whatwg.org/#dom-response-json")
class TestCreateFromJSON:
    async def test_has_the_type_of_json(self) -> None:
        response = json({"ä": [1, None, 1.0]}, status=201, headers={"x": "y"})
        assert list(response.headers) == [("content-type", "application/json"), ("x", "y")]
        assert (response.status, await response.text()) == (201, '{"ä":[1,null,1]}')

    def test_the_type_is_a_default(self) -> None:
        assert json(1, headers={"content-type": "x/y"}).headers.get("content-type") == "x/y"

    def test_a_null_body_status_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="204"):
            json(1, status=204)

    @pytest.mark.parametrize("data", [object(), {object(): 1}, b"x"])
    def test_what_has_no_json_is_a_type_error(self, data: Any) -> None:
        with pytest.raises(TypeError):
            json(data)


@spec("https://fetch.spec.whatwg.org/#dom-response-redirected")
@spec("https://fetch.spec.whatwg.org/#dom-response-url")
class TestURL:
    def test_has_no_fragment(self) -> None:
        record = ResponseRecord()
        record.url_list = [url_parser("http://a.example/#x"), url_parser("http://b.example/#y")]
        response = create(record, "immutable")
        assert (response.url, response.redirected) == ("http://b.example/", True)


@spec("https://fetch.spec.whatwg.org/#dom-response-clone")
class TestClone:
    async def test_both_can_be_read(self) -> None:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"a"
            yield b"b"

        for response in (Response("ab"), Response(chunks())):
            clone = response.clone()
            assert (await clone.text(), await response.text()) == ("ab", "ab")

    def test_has_headers_of_its_own_and_the_same_guard(self) -> None:
        response = Response("a")
        clone = response.clone()
        clone.headers.set("x", "1")
        assert not response.headers.has("x")
        with pytest.raises(TypeError, match="immutable"):
            Response.error().clone().headers.set("x", "1")

    async def test_of_a_body_in_use_is_a_type_error(self) -> None:
        response = Response("a")
        await response.text()
        with pytest.raises(TypeError, match="Cannot clone"):
            response.clone()

    async def test_of_a_filtered_response_is_filtered(self) -> None:
        response = create(
            basic_filtered_response(ResponseRecord(HeaderList([("Set-Cookie", "a"), ("b", "c")]))),
            "immutable",
        )
        assert (response.clone().type, list(response.clone().headers)) == ("basic", [("b", "c")])


@spec("https://fetch.spec.whatwg.org/#response-create")
class TestCreate:
    def test_an_opaque_response_shows_nothing(self) -> None:
        record = ResponseRecord(HeaderList([("a", "b")]))
        record.status = 201
        response = create(opaque_filtered_response(record), "immutable")
        assert (response.type, response.status, response.ok) == ("opaque", 0, False)
        assert (list(response.headers), response.body) == ([], None)


@spec("https://fetch.spec.whatwg.org/#initialize-a-response")
class TestInitializeAResponse:
    def test_headers_come_before_the_type_of_the_body(self) -> None:
        record = ResponseRecord()
        initialize_a_response(
            create(record, "response"),
            {"headers": [("a", "1")]},
            BodyWithType(extract("x").body, "t/u"),
        )
        assert list(record.header_list) == [("a", "1"), ("Content-Type", "t/u")]

    def test_is_about_the_guard(self) -> None:
        record = ResponseRecord()
        with pytest.raises(TypeError, match="immutable"):
            initialize_a_response(create(record, "immutable"), {"headers": [("a", "1")]}, None)
