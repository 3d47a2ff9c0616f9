"""Fetch Standard, 5.4."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from spec_tests.fakes import in_profile
from worker_runtime.dom.aborting_ongoing_activities import AbortController, AbortSignal
from worker_runtime.fetch.bodies import BodyRecord
from worker_runtime.fetch.headers import HeaderList
from worker_runtime.fetch.request_class import (
    ENUMERATIONS,
    Request,
    RequestInit,
    copy_for_a_worker,
    create,
    parse_referrer,
    to_request_init,
)
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.html.settings_objects import (
    EnvironmentSettingsObject,
    current_settings_object,
    realm_execution_context,
)
from worker_runtime.file_api.blob import Blob
from worker_runtime.streams.readable_stream import ReadableStream
from worker_runtime.url.url_class import URL
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.url.url_serializing import origin

spec = pytest.mark.spec

HREF = "http://a.example/b"


async def chunks(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


@pytest.fixture
def worker() -> Iterator[None]:
    url = url_parser("http://w.example/dir/worker.py")
    token = realm_execution_context.set(
        EnvironmentSettingsObject(api_base_url=url, origin=origin(url))
    )
    yield
    realm_execution_context.reset(token)


def navigation() -> Request:
    record = RequestRecord(HREF)
    record.mode = "navigate"
    record.destination = "document"
    record.reload_navigation = record.history_navigation = True
    record.referrer = url_parser("http://r.example/")
    record.referrer_policy = "origin"
    return create(record, "immutable", lambda: AbortController().signal)


@spec("https://fetch.spec.whatwg.org/#request")
@spec("https://fetch.spec.whatwg.org/#dom-request")
class TestConstructor:
    @spec("https://fetch.spec.whatwg.org/#dom-request-cache")
    @spec("https://fetch.spec.whatwg.org/#dom-request-credentials")
    @spec("https://fetch.spec.whatwg.org/#dom-request-destination")
    @spec("https://fetch.spec.whatwg.org/#dom-request-duplex")
    @spec("https://fetch.spec.whatwg.org/#dom-request-headers")
    @spec("https://fetch.spec.whatwg.org/#dom-request-integrity")
    @spec("https://fetch.spec.whatwg.org/#dom-request-ishistorynavigation")
    @spec("https://fetch.spec.whatwg.org/#dom-request-isreloadnavigation")
    @spec("https://fetch.spec.whatwg.org/#dom-request-keepalive")
    @spec("https://fetch.spec.whatwg.org/#dom-request-method")
    @spec("https://fetch.spec.whatwg.org/#dom-request-mode")
    @spec("https://fetch.spec.whatwg.org/#dom-request-redirect")
    @spec("https://fetch.spec.whatwg.org/#dom-request-referrer")
    @spec("https://fetch.spec.whatwg.org/#dom-request-referrerpolicy")
    @spec("https://fetch.spec.whatwg.org/#dom-request-signal")
    @spec("https://fetch.spec.whatwg.org/#dom-request-url")
    def test_needs_a_url_only(self) -> None:
        request = Request(HREF + "?c#d")
        assert (request.method, request.url, list(request.headers), request.body) == (
            "GET",
            HREF + "?c#d",
            [],
            None,
        )
        assert (request.destination, request.referrer, request.referrerPolicy) == (
            "",
            "about:client",
            "",
        )
        assert (request.mode, request.credentials) == ("cors", "same-origin")
        assert (request.cache, request.redirect) == ("default", "follow")
        assert (request.integrity, request.keepalive, request.duplex) == ("", False, "half")
        assert (request.isReloadNavigation, request.isHistoryNavigation) == (False, False)
        assert isinstance(request.signal, AbortSignal) and not request.signal.aborted

    def test_takes_what_a_url_is_made_of(self) -> None:
        url: Any = URL(HREF)
        assert Request(url).url == HREF

    def test_takes_every_member(self) -> None:
        request = Request(
            HREF, method="post", headers={"a": "1"}, body="x", referrer="", referrerPolicy="origin",
            mode="same-origin", credentials="include", cache="only-if-cached", redirect="manual",
            integrity="sha256-x", keepalive=True, signal=AbortSignal.abort("why"), duplex="half",
            priority="high", window=None,
        )  # fmt: skip
        assert (request.method, request.referrer, request.referrerPolicy, request.mode) == (
            "POST",
            "",
            "origin",
            "same-origin",
        )
        assert (request.credentials, request.cache, request.redirect) == (
            "include",
            "only-if-cached",
            "manual",
        )
        assert (request.integrity, request.keepalive, request.signal.reason) == (
            "sha256-x",
            True,
            "why",
        )
        assert list(request.headers) == [("a", "1"), ("content-type", "text/plain;charset=UTF-8")]
        assert request._request.priority == "high"
        assert request._request.traversable_for_user_prompts == "no-traversable"

    @pytest.mark.usefixtures("worker")
    def test_a_url_may_be_relative_to_the_worker(self) -> None:
        assert Request("../x").url == "http://w.example/x"

    @pytest.mark.parametrize(
        "url", ["/x", "http://:", "http://user@a.example/", "http://:password@a.example/"]
    )
    def test_no_url_and_a_password_are_a_type_error(self, url: str) -> None:
        with pytest.raises(TypeError, match="URL"):
            Request(url)

    @pytest.mark.parametrize("method", ["", "a b", "TRACE", "connect"])
    def test_no_method_and_a_forbidden_one_are_a_type_error(self, method: str) -> None:
        with pytest.raises(TypeError, match="Not a method"):
            Request(HREF, method=method)

    @pytest.mark.parametrize(
        "init",
        [
            {"mode": "navigate"},
            {"mode": "same-site"},
            {"cache": "only-if-cached"},
            {"credentials": "none"},
            {"window": "client"},
            {"body": "x"},
            {"method": "HEAD", "body": "x"},
            {"method": "PUT", "mode": "no-cors"},
            {"signal": AbortController()},
            {"referrer": "http://:"},
            {"header": {}},
            {"duplex": "full"},
        ],
        ids=str,
    )
    def test_what_does_not_fit_is_a_type_error(self, init: Any) -> None:
        with pytest.raises(TypeError):
            Request(HREF, **init)

    def test_none_is_as_good_as_missing(self) -> None:
        init: Any = {"method": None, "body": None, "mode": None, "headers": None, "signal": None}
        assert (Request(HREF, **init).method, Request(HREF, **init).mode) == ("GET", "cors")

    async def test_a_stream_needs_duplex_and_a_mode_that_has_preflights(self) -> None:
        with pytest.raises(TypeError, match="duplex='half'"):
            Request(HREF, method="POST", body=chunks(b"a"))
        with pytest.raises(TypeError, match="no-cors"):
            Request(HREF, method="POST", body=chunks(b"a"), duplex="half", mode="no-cors")
        request = Request(HREF, method="POST", body=chunks(b"a", b"b"), duplex="half")
        assert request._request.use_cors_preflight
        assert await request.text() == "ab"

    async def test_a_stream_does_not_go_with_keepalive(self) -> None:
        with pytest.raises(TypeError, match="keepalive"):
            Request(
                HREF,
                method="POST",
                body=ReadableStream.from_([b"a"]),
                duplex="half",
                keepalive=True,
            )

    def test_the_content_type_of_the_body_is_a_default(self) -> None:
        request = Request(HREF, method="POST", body="x", headers={"content-type": "x/y"})
        assert list(request.headers) == [("content-type", "x/y")]

    def test_mode_no_cors_keeps_safelisted_headers_only(self) -> None:
        request = Request(
            HREF, mode="no-cors", headers={"Accept": "a", "X-Test": "b", "Range": "bytes=0-"}
        )
        assert list(request.headers) == [("accept", "a")]

    def test_in_a_browser_some_headers_are_forbidden(self) -> None:
        headers = {"Cookie": "a=b", "X-Test": "c"}
        assert Request(HREF, headers=headers).headers.has("cookie")
        with in_profile("browser"):
            assert list(Request(HREF, headers=headers).headers) == [("x-test", "c")]


@spec("https://fetch.spec.whatwg.org/#dom-request")
class TestConstructorWithARequest:
    async def test_takes_over_everything_and_uses_the_body_up(self) -> None:
        for body in ("xy", chunks(b"x", b"y")):
            first = Request(
                HREF, method="PUT", body=body, headers={"a": "1"}, cache="reload", duplex="half"
            )
            second = Request(first)
            assert first.bodyUsed and not second.bodyUsed
            assert (second.method, second.url, second.cache, second.headers.get("a")) == (
                "PUT",
                HREF,
                "reload",
                "1",
            )
            assert await second.text() == "xy"
            with pytest.raises(TypeError, match="The body is in use"):
                Request(first)

    def test_a_failure_leaves_the_body_alone(self) -> None:
        first = Request(HREF, method="PUT", body="1")
        with pytest.raises(TypeError, match="A request with method GET has no body"):
            Request(first, method="GET")
        assert not first.bodyUsed

    def test_headers_are_copied_or_replaced(self) -> None:
        first = Request(HREF, headers={"a": "1"})
        second, third = Request(first), Request(first, headers={"b": "2"})
        second.headers.set("a", "3")
        assert [list(request.headers) for request in (first, second, third)] == [
            [("a", "1")],
            [("a", "3")],
            [("b", "2")],
        ]

    def test_a_navigation_stays_one_only_while_nothing_changes(self) -> None:
        same = Request(navigation())
        assert (same.mode, same.isReloadNavigation, same.isHistoryNavigation) == (
            "navigate",
            True,
            True,
        )
        assert (same.referrer, same.referrerPolicy) == ("http://r.example/", "origin")
        other = Request(navigation(), cache="reload")
        assert (other.mode, other.isReloadNavigation, other.isHistoryNavigation) == (
            "same-origin",
            False,
            False,
        )
        assert (other.referrer, other.referrerPolicy, other.destination) == ("about:client", "", "")

    def test_what_was_redirected_is_about_where_it_is_now(self) -> None:
        record = RequestRecord(HREF)
        record.url_list.append(url_parser("http://c.example/"))
        request = create(record, "immutable", lambda: AbortController().signal)
        assert (Request(request).url, Request(request, cache="reload").url) == (
            HREF,
            "http://c.example/",
        )

    @pytest.mark.parametrize("kind", ["bytes", "bytes with a stream", "stream", "blob"])
    async def test_the_body_of_the_input_is_used_up_even_if_there_is_another(
        self, kind: str
    ) -> None:
        bodies: dict[str, Any] = {"stream": chunks(b"a"), "blob": Blob(["a"])}
        first = Request(HREF, method="POST", body=bodies.get(kind, "a"), duplex="half")
        if kind == "bytes with a stream":
            assert first.body is not None
        second = Request(first, body="b")
        assert first.bodyUsed and not second.bodyUsed and await second.text() == "b"
        with pytest.raises(TypeError, match="The body is in use"):
            Request(first)
        assert await Request(first, body="c").text() == "c"

    @spec("https://fetch.spec.whatwg.org/#requestinit")
    async def test_a_construction_that_fails_leaves_it_alone(self) -> None:
        first = Request(HREF, method="POST", body="a")
        inits: list[RequestInit] = [
            {"method": "GET"}, {"method": "GET", "body": "b"}, {"cache": "only-if-cached"},
        ]  # fmt: skip
        for init in inits:
            with pytest.raises(TypeError):
                Request(first, **init)
        with pytest.raises(TypeError, match="duplex"):
            Request(first, body=chunks(b"x"))
        assert not first.bodyUsed and await first.text() == "a"

    def test_its_signal_follows_the_others(self) -> None:
        controller = AbortController()
        first = Request(HREF, signal=controller.signal)
        second, third = Request(first), Request(first, signal=None)
        controller.abort("why")
        assert [request.signal.aborted for request in (first, second, third)] == [True, True, False]
        assert second.signal.reason == "why"
        assert first.signal is first.signal and first.signal is not controller.signal


@spec("https://fetch.spec.whatwg.org/#dom-request-clone")
class TestClone:
    async def test_both_can_be_read(self) -> None:
        for body in ("ab", chunks(b"a", b"b")):
            request = Request(HREF, method="POST", body=body, duplex="half", headers={"x": "y"})
            clone = request.clone()
            clone.headers.delete("x")
            assert (await clone.text(), await request.text(), request.headers.get("x")) == (
                "ab",
                "ab",
                "y",
            )

    async def test_of_a_body_in_use_is_a_type_error(self) -> None:
        request = Request(HREF, method="POST", body="a")
        await request.text()
        with pytest.raises(TypeError, match="Cannot clone"):
            request.clone()

    def test_its_signal_follows(self) -> None:
        controller = AbortController()
        clone = Request(HREF, signal=controller.signal).clone()
        controller.abort()
        assert clone.signal.aborted


@spec("https://fetch.spec.whatwg.org/#request-create")
class TestCreate:
    def test_makes_headers_signal_and_url_when_they_are_asked_for(self) -> None:
        controller = AbortController()
        record = RequestRecord(HREF, "GET", HeaderList([("A", "1")]), BodyRecord(b"x", 1))
        request = create(record, "immutable", lambda: controller.signal)
        assert (request._headers, callable(request._signal), record._url_list) == (None, True, HREF)
        assert (request.headers.get("a"), request.signal, request.url) == (
            "1",
            controller.signal,
            HREF,
        )
        assert request.headers is request.headers
        with pytest.raises(TypeError, match="immutable"):
            request.headers.set("a", "2")

    @pytest.mark.parametrize(
        "url", ["http://a:80", "http://A/./b", "http://127.0.0.1:8000/a?b=c", "http://127.1:080/é"]
    )
    def test_a_url_that_is_not_parsed_yet_is_shown_as_a_parsed_one(self, url: str) -> None:
        unparsed = create(RequestRecord(url), "immutable", AbortSignal.abort())
        parsed = create(RequestRecord(url_parser(url)), "immutable", AbortSignal.abort())
        assert unparsed.url == parsed.url

    def test_takes_a_signal_as_well(self) -> None:
        signal = AbortSignal.abort()
        assert create(RequestRecord(HREF), "immutable", signal).signal is signal

    def test_shows_method_and_url(self) -> None:
        assert (
            repr(create(RequestRecord(HREF), "immutable", AbortSignal.abort()))
            == f"<Request GET {HREF}>"
        )


@spec("https://fetch.spec.whatwg.org/#request-class")
class TestCopyForAWorker:
    def test_belongs_to_the_worker(self) -> None:
        record = RequestRecord(HREF, "PUT")
        record.destination = "script"
        record.credentials_mode = "omit"
        copy = copy_for_a_worker(record)
        assert (copy.method, copy.destination, copy.credentials_mode) == ("PUT", "", "omit")
        assert (copy.client, copy.unsafe_request, copy.initiator_type) == (
            current_settings_object(),
            True,
            "fetch",
        )

    def test_what_is_made_for_a_url_is_as_if_it_were_copied(self) -> None:
        own = vars(Request(HREF)._request)
        copy = vars(copy_for_a_worker(RequestRecord(url_parser(HREF)))) | {"mode": "cors"}
        assert own.keys() == copy.keys()
        assert all(
            own[name] == copy[name] for name in own if name not in ("header_list", "_url_list")
        )
        assert (list(own["header_list"]), len(own["_url_list"])) == (
            list(copy["header_list"]),
            len(copy["_url_list"]),
        )


@spec("https://fetch.spec.whatwg.org/#dom-requestinit-referrer")
class TestParseReferrer:
    @pytest.mark.usefixtures("worker")
    @pytest.mark.parametrize(
        "referrer, shown",
        [
            ("", ""),
            ("about:client", "about:client"),
            ("about:client?x", "about:client"),
            ("/page", "http://w.example/page"),
            ("http://other.example/", "about:client"),
        ],
    )
    def test_is_a_url_of_the_same_origin_or_the_default(self, referrer: str, shown: str) -> None:
        assert Request(HREF, referrer=referrer).referrer == shown

    def test_a_word_stands_for_none(self) -> None:
        assert (parse_referrer(""), parse_referrer("about:client")) == ("no-referrer", "client")


@spec("https://webidl.spec.whatwg.org/#idl-dictionaries")
class TestToRequestInit:
    def test_converts_each_member(self) -> None:
        init: Any = {
            "method": "get",
            "keepalive": 1,
            "integrity": 5,
            "referrer": "\ud800",
            "window": None,
            "signal": None,
        }
        assert to_request_init(init) == {
            "method": "get", "keepalive": True, "integrity": "5", "referrer": "\ufffd",
            "window": None, "signal": None,
        }  # fmt: skip

    async def test_the_body_of_another_request_keeps_its_length(self) -> None:
        other = Request("https://a.example/", method="POST", body="text")
        request = Request("https://b.example/", other)
        body = request._request.body
        assert body is not None and body.length == 4
        assert await request.text() == "text"

    def test_a_name_of_another_framework_says_what_to_write(self) -> None:
        request: Any = Request("https://a.example/")
        with pytest.raises(AttributeError, match=r"no attribute 'args': write URL\(request.url\)"):
            request.args
        with pytest.raises(AttributeError, match="no attribute 'body_used': write 'bodyUsed'"):
            request.body_used
        assert not hasattr(request, "nothing_like_it")

    def test_an_unknown_member_is_a_type_error(self) -> None:
        init: Any = {"metod": "GET"}
        with pytest.raises(TypeError, match="no option 'metod'; did you mean 'method'"):
            Request("https://a.example/", init)

    @pytest.mark.parametrize("member", ENUMERATIONS)
    def test_a_value_that_is_none_of_an_enumeration_is_a_type_error(self, member: str) -> None:
        init: Any = {member: "nonsense"}
        with pytest.raises(
            TypeError,
            match=f"{member} is one of '.*, not 'nonsense'|{member} is one of 'half', not",
        ):
            to_request_init(init)
        for value in ENUMERATIONS[member]:
            valid: Any = {member: value}
            assert to_request_init(valid) == valid

    def test_knows_the_members_of_the_idl(self) -> None:
        assert len(RequestInit.__annotations__) == 15
        assert ENUMERATIONS.keys() < RequestInit.__annotations__.keys()
