"""Dictionaries: keywords, mappings and objects with those attributes."""

from __future__ import annotations

import types
from collections import ChainMap
from typing import Any, TypedDict, cast

import pytest

from worker_runtime import (
    URL,
    Blob,
    CustomEvent,
    Event,
    EventTarget,
    File,
    Headers,
    MessageEvent,
    QuotaExceededError,
    Request,
    Response,
    TextDecoder,
    URLPattern,
    caches,
    structuredClone,
)
from worker_runtime.fetch.response_class import ResponseInit
from worker_runtime.webidl.dictionaries import to_dictionary

spec = pytest.mark.spec


class Base(TypedDict, total=False):
    bubbles: bool


class Needed(TypedDict):
    highWaterMark: float


class Init(Base, Needed, total=False):
    statusText: str | None
    size: object


def operation(init: object = None, **members: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", to_dictionary(Init, init, cast(Init, members)))


def lenient(init: object = None, **members: Any) -> dict[str, Any]:
    base = to_dictionary(Base, init, cast(Base, members), nullable=("bubbles",))
    return cast("dict[str, Any]", base)


@spec("https://webidl.spec.whatwg.org/#js-dictionary")
class TestToDictionary:
    def test_members_are_keywords(self) -> None:
        assert operation(highWaterMark=1, bubbles=True) == {"highWaterMark": 1, "bubbles": True}

    @pytest.mark.parametrize("mapping", [dict, ChainMap, types.MappingProxyType])
    def test_or_those_of_a_mapping(self, mapping: Any) -> None:
        value = mapping({"highWaterMark": 1, "size": len})
        assert operation(value, highWaterMark=0) == {"highWaterMark": 1, "size": len} | {
            "highWaterMark": 0
        }

    def test_or_attributes_of_an_object(self) -> None:
        value = types.SimpleNamespace(highWaterMark=1, size=None, colour="red")
        assert to_dictionary(Init, value, {"highWaterMark": 2}) == {"highWaterMark": 2}

    def test_keywords_win_also_with_the_default(self) -> None:
        assert Response(None, Response(None, status=404), status=200).status == 200

    def test_none_is_no_member_and_does_not_win(self) -> None:
        assert operation({"highWaterMark": 3}, statusText=None) == {"highWaterMark": 3}
        assert operation({"highWaterMark": 3, "statusText": "x"}, statusText=None) == {
            "highWaterMark": 3,
            "statusText": "x",
        }

    def test_but_for_a_nullable_one(self) -> None:
        assert lenient({"bubbles": True}, bubbles=None) == {"bubbles": None}
        assert lenient({"bubbles": None}) == {"bubbles": None}

    @pytest.mark.parametrize("members", [{}, {"highWaterMark": None}, {"size": 1}])
    def test_a_required_one_is_missed(self, members: Any) -> None:
        with pytest.raises(TypeError, match=r"^operation\(\) needs the option 'highWaterMark'$"):
            operation(members)

    @pytest.mark.parametrize(
        "name, meant",
        [("statustext", "statusText"), ("status_text", "statusText"), ("bubble", "bubbles")],
    )
    def test_a_wrong_name_is_told_the_right_one(self, name: str, meant: str) -> None:
        for arguments, keywords in (((), {name: 1}), (({name: 1},), {})):
            with pytest.raises(TypeError, match=f"no option '{name}'; did you mean '{meant}'"):
                operation(*arguments, **keywords)

    def test_or_all_that_there_are(self) -> None:
        with pytest.raises(
            TypeError, match=r"^Response\(\) has no option 'content-type'; it has headers, status"
        ):
            Response("", {"content-type": "text/html"})  # type: ignore[arg-type]

    @pytest.mark.parametrize("value", [404, "text/html", b"", [], ("status", 1), len, Headers()])
    def test_what_has_no_member_is_no_dictionary(self, value: Any) -> None:
        with pytest.raises(TypeError, match=r"Response\(\) takes options, not .*: write headers="):
            Response("", value)

    def test_does_not_change_what_it_was_given(self) -> None:
        value = {"highWaterMark": 1.0}
        operation(value, bubbles=True)
        assert value == {"highWaterMark": 1.0}
        init = {"status": 404}
        keywords: ResponseInit = {}
        members = to_dictionary(ResponseInit, init, keywords)
        assert members == init and members is not init


@spec("https://webidl.spec.whatwg.org/#idl-dictionaries")
class TestOperations:
    """The same call with keywords, a mapping and an object."""

    def test_response(self) -> None:
        answer = Response("no", {"status": 404, "statusText": "gone", "headers": {"x": "y"}})
        again = Response("other", answer)
        for response in (answer, again, Response("no", answer, headers={"x": "y"})):
            assert (response.status, response.statusText) == (404, "gone")
            assert response.headers.get("x") == "y"
        assert Response.json([], {"status": 201}).status == 201
        with pytest.raises(
            TypeError, match=r"^json\(\) has no option 'state'; did you mean 'status'"
        ):
            Response.json([], state=201)  # type: ignore[call-arg]

    def test_request(self) -> None:
        request = Request("https://a.example/", {"method": "put", "headers": {"x": "y"}})
        other = Request("https://b.example/", request, method="DELETE", redirect="manual")
        assert (other.url, other.method, other.redirect) == (
            "https://b.example/",
            "DELETE",
            "manual",
        )
        assert other.headers.get("x") == "y"
        assert Request(request, {"signal": None}).method == "PUT"

    def test_add_event_listener(self) -> None:
        seen: list[Event] = []
        target = EventTarget()
        target.addEventListener("x", seen.append, {"once": True})
        target.addEventListener("x", seen.append, True)
        target.removeEventListener("x", seen.append, {"capture": True, "once": True})
        target.dispatchEvent(Event("x", {"cancelable": True}))
        target.dispatchEvent(Event("x"))
        assert [event.cancelable for event in seen] == [True]

    def test_events(self) -> None:
        event = MessageEvent("message", {"data": 1, "bubbles": True})
        other = MessageEvent("again", event, origin="https://a.example")
        assert (other.data, other.bubbles, other.origin) == (1, True, "https://a.example")
        assert CustomEvent("x", {"detail": 3}).detail == 3
        with pytest.raises(TypeError, match=r"CustomEvent\(\) has no option 'details'"):
            CustomEvent("x", details=3)  # type: ignore[call-arg]

    def test_values(self) -> None:
        assert Blob(["x"], {"type": "text/plain"}).type == "text/plain"
        file = File(["x"], "n", {"type": "a/b", "lastModified": 5})
        assert (file.type, file.lastModified) == ("a/b", 5)
        assert TextDecoder("utf-8", {"fatal": True}).fatal
        assert TextDecoder().decode(b"\xe2", {"stream": True}) == ""
        assert QuotaExceededError("", {"quota": 3}).quota == 3
        assert URLPattern({"pathname": "/A"}, {"ignoreCase": True}).test("https://x.example/a")
        pattern = URLPattern("/A", "https://x.example", {"ignoreCase": True})
        assert pattern.test(str(URL("https://x.example/a")))
        view = memoryview(bytearray(b"x"))
        structuredClone(view, {"transfer": [view]})
        with pytest.raises(ValueError, match="released"):
            len(view)

    async def test_caches(self) -> None:
        cache = await caches.open("dictionaries")
        await cache.put("https://a.example/?q", Response("x"))
        assert await cache.match("https://a.example/", {"ignoreSearch": True}) is not None
        assert await caches.match("https://a.example/?q", {"cacheName": "none"}) is None
        with pytest.raises(
            TypeError, match=r"match\(\) has no option 'ignore_serch'.*ignoreSearch"
        ):
            await cache.match("https://a.example/", ignore_serch=True)  # type: ignore[call-arg]
