"""Fetch Standard, 5.1."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, cast

import pytest

from spec_tests.fakes import in_profile
from worker_runtime import Request
from worker_runtime.fetch.headers import HeaderList, HeadersGuard, is_header_name
from worker_runtime.fetch.headers_class import (
    Headers,
    append,
    create,
    fill,
    names_and_values,
    remove_privileged_no_cors_request_headers,
    to_header_name,
    to_value,
    validate,
)

spec = pytest.mark.spec


def guarded(guard: HeadersGuard, *headers: tuple[str, str]) -> Headers:
    return create(HeaderList(headers), guard)


@spec("https://fetch.spec.whatwg.org/#headers")
@spec("https://fetch.spec.whatwg.org/#dom-headers")
class TestConstructor:
    @pytest.mark.parametrize(
        "init",
        [
            {"B": "1", "a": "2"},
            MappingProxyType({"B": "1", "a": "2"}),
            [("B", "1"), ["a", "2"]],
            (iter(pair) for pair in (("B", "1"), ("a", "2"))),
            Headers({"B": "1", "a": "2"}),
        ],
        ids=["dict", "mapping", "pairs", "iterators", "Headers"],
    )
    def test_takes_a_mapping_or_pairs(self, init: Any) -> None:
        assert list(Headers(init)) == [("a", "2"), ("b", "1")]

    def test_takes_nothing(self) -> None:
        assert (
            list(Headers()) == list(Headers(None)) == list(Headers({})) == list(Headers([])) == []
        )

    @pytest.mark.parametrize(
        "init", ["ab", b"ab", 5, ["ab"], [("a",)], [("a", "b", "c")], [5], [b"ab"]]
    )
    def test_anything_else_is_a_type_error(self, init: Any) -> None:
        with pytest.raises(TypeError, match="Expected a"):
            Headers(init)

    @pytest.mark.parametrize("name", ["", "a b", "a\n", "b:", "\xe9", "\u0100", "a\nb"])
    def test_a_name_that_is_no_token_is_a_type_error(self, name: str) -> None:
        with pytest.raises(TypeError):
            Headers({name: "x"})
        with pytest.raises(TypeError):
            Headers({"a": "x", name: "x"})

    @pytest.mark.parametrize("value", ["a\nb", "a\rb", "a\0b", "\u0100"])
    def test_a_value_with_a_newline_a_nul_or_no_byte_is_a_type_error(self, value: str) -> None:
        with pytest.raises(TypeError):
            Headers({"a": "x", "b": value})

    def test_values_are_normalized_and_converted(self) -> None:
        headers = Headers(
            {"a": "\r\n\t x \r\n", "b": cast(str, 5), "c": "\xe9", "d": cast(str, True), "e": ""}
        )
        assert list(headers) == [("a", "x"), ("b", "5"), ("c", "\xe9"), ("d", "true"), ("e", "")]

    def test_names_in_two_spellings_are_one(self) -> None:
        assert list(Headers({"A": "1", "a": "2"})) == [("a", "1, 2")]


@spec("https://fetch.spec.whatwg.org/#dom-headers-append")
class TestAppendMethod:
    def test_adds_behind_those_of_its_name(self) -> None:
        headers = Headers({"a": "1"})
        headers.append("A", " 2 ")
        assert headers.get("a") == "1, 2"

    def test_a_value_that_is_none_is_a_type_error(self) -> None:
        with pytest.raises(TypeError):
            Headers().append("a", cast(str, None))


@spec("https://fetch.spec.whatwg.org/#dom-headers-delete")
class TestDelete:
    def test_removes_all_of_a_name(self) -> None:
        headers = Headers([("a", "1"), ("A", "2"), ("b", "3")])
        headers.delete("A")
        assert list(headers) == [("b", "3")]

    def test_no_name_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="Not a header name: 'a b'"):
            Headers().delete("a b")

    def test_in_mode_no_cors_removes_what_is_safelisted_or_privileged_and_then_range_as_well(
        self,
    ) -> None:
        headers = guarded(
            "request-no-cors", ("Accept", "a"), ("X-Test", "b"), ("Range", "bytes=0-")
        )
        headers.delete("x-test")
        assert headers.has("x-test")
        headers.delete("content-language")
        assert headers.has("range")
        headers.delete("accept")
        assert list(headers) == [("x-test", "b")]


@spec("https://fetch.spec.whatwg.org/#dom-headers-get")
class TestGet:
    def test_gives_all_values_or_none(self) -> None:
        headers = Headers([("a", "1"), ("A", "2")])
        assert (headers.get("A"), headers.get("b")) == ("1, 2", None)

    @pytest.mark.parametrize("name", ["", "a b", "\u212a", "\xe9", None])
    def test_no_name_is_a_type_error(self, name: Any) -> None:
        with pytest.raises(TypeError):
            Headers({"k": "kelvin"}).get(name)


@spec("https://fetch.spec.whatwg.org/#dom-headers-getsetcookie")
class TestGetSetCookie:
    def test_gives_each_value(self) -> None:
        headers = Headers([("Set-Cookie", "a=1"), ("x", "y"), ("set-cookie", "b=2, c")])
        assert headers.getSetCookie() == ["a=1", "b=2, c"]
        assert Headers().getSetCookie() == []

    def test_gives_a_list_of_its_own(self) -> None:
        headers = Headers([("Set-Cookie", "a"), ("Set-Cookie", "b")])
        headers.getSetCookie().append("c")
        assert headers.getSetCookie() == ["a", "b"]


@spec("https://fetch.spec.whatwg.org/#dom-headers-has")
class TestHas:
    def test_finds_a_name_in_any_case(self) -> None:
        assert Headers({"A": ""}).has("a")
        assert not Headers().has("a")

    def test_no_name_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="Not a header name: ''"):
            Headers().has("")


@spec("https://fetch.spec.whatwg.org/#dom-headers-set")
class TestSet:
    def test_takes_the_place_of_all_of_its_name(self) -> None:
        headers = Headers([("a", "1"), ("b", "2"), ("a", "3")])
        headers.set("A", " 4 ")
        assert list(headers) == [("a", "4"), ("b", "2")]

    def test_in_mode_no_cors_sets_what_is_safelisted_and_removes_range(self) -> None:
        headers = guarded("request-no-cors", ("Range", "bytes=0-"))
        headers.set("x-test", "1")
        headers.set("accept", '"')
        assert list(headers) == [("range", "bytes=0-")]
        headers.set("accept", "a")
        assert list(headers) == [("accept", "a")]

    def test_immutable_headers_are_a_type_error(self) -> None:
        headers = guarded("immutable", ("a", "1"))
        with pytest.raises(TypeError, match="immutable"):
            headers.set("a", "2")
        with pytest.raises(TypeError, match="immutable"):
            headers.append("a", "2")
        with pytest.raises(TypeError, match="immutable"):
            headers.delete("b")


@spec("https://webidl.spec.whatwg.org/#dfn-value-pairs-to-iterate-over")
class TestIteration:
    def test_keys_values_entries_and_for_each_agree(self) -> None:
        headers = Headers([("b", "1"), ("a", "2"), ("b", "3")])
        seen: list[tuple[str, str]] = []
        headers.forEach(lambda value, key, _: seen.append((key, value)))
        assert (
            list(zip(headers.keys(), headers.values(), strict=True))
            == list(headers.entries())
            == seen
            == list(headers)
        )

    def test_sees_what_is_added_behind_its_place(self) -> None:
        headers = Headers({"a": "1", "c": "3"})
        seen = []
        for name, value in headers:
            seen.append((name, value))
            if name == "a":
                headers.append("b", "2")
            if name == "c":
                headers.append("d", "4")
        assert seen == [("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")]

    def test_goes_on_by_its_index_when_something_is_removed(self) -> None:
        headers = Headers({"a": "1", "b": "2", "c": "3"})
        seen = []
        for name, _ in headers:
            seen.append(name)
            headers.delete("a")
        assert seen == ["a", "c"]


@spec("https://fetch.spec.whatwg.org/#concept-headers-header-list")
class TestCreate:
    def test_shares_the_list(self) -> None:
        header_list = HeaderList()
        create(header_list, "none").append("a", "1")
        assert list(header_list) == [("a", "1")]


@spec("https://fetch.spec.whatwg.org/#concept-header-name")
class TestToHeaderName:
    def test_refuses_what_is_none(self) -> None:
        assert to_header_name("A") == "A"
        with pytest.raises(TypeError, match="Not a header name: 'A='"):
            to_header_name("A=")


@spec("https://fetch.spec.whatwg.org/#headers-validate")
class TestValidate:
    def test_an_invalid_header_is_an_error_before_the_guard_is_asked(self) -> None:
        with pytest.raises(TypeError, match="Not a header name"):
            validate(guarded("immutable"), ("a b", ""))

    @pytest.mark.parametrize("guard, name", [("request", "Cookie"), ("response", "Set-Cookie")])
    def test_a_forbidden_header_is_left_out_in_a_browser_only(
        self, guard: HeadersGuard, name: str
    ) -> None:
        assert validate(guarded(guard), (name, "a=b"))
        with in_profile("browser"):
            assert not validate(guarded(guard), (name, "a=b"))
            assert validate(guarded("none"), (name, "a=b"))


@spec("https://fetch.spec.whatwg.org/#concept-headers-append")
class TestAppend:
    def test_in_mode_no_cors_looks_at_the_values_together(self) -> None:
        headers = guarded("request-no-cors")
        append(headers, ("accept", "a" * 100))
        append(headers, ("accept", "b" * 27))
        append(headers, ("x-test", "1"))
        assert list(headers) == [("accept", "a" * 100)]
        append(headers, ("accept", "b" * 26))
        assert list(headers) == [("accept", f"{'a' * 100}, {'b' * 26}")]

    def test_in_mode_no_cors_removes_range(self) -> None:
        headers = guarded("request-no-cors", ("range", "bytes=0-"))
        append(headers, ("accept", "a"))
        assert not headers.has("range")


@spec("https://fetch.spec.whatwg.org/#concept-headers-fill")
class TestFill:
    def test_the_host_of_a_received_request_is_not_that_of_another(self) -> None:
        received = create(HeaderList([("Host", "public.example"), ("a", "1")]), "immutable")
        assert list(Request("https://a.example/", headers=received).headers) == [("a", "1")]
        assert list(Headers(received)) == [("a", "1"), ("host", "public.example")]
        own = Headers({"Host": "b.example"})
        assert list(Request("https://a.example/", headers=own).headers) == [("host", "b.example")]

    HEADERS = [
        [("A", "1"), ("b", "2")], [("A", "1"), ("a", "2")], [("A", " 1")], [("A", "1\xe9")], [],
        [("Set-Cookie", "1")], [("A", "1"), ("A", "2"), ("b", "3")], [("A", "1\t2")], [("A", "")],
    ]  # fmt: skip

    @pytest.mark.parametrize("headers", HEADERS)
    @pytest.mark.parametrize("guard", ["none", "response"])
    def test_all_at_once_is_as_one_after_the_other(
        self, guard: HeadersGuard, headers: list[tuple[str, str]]
    ) -> None:
        with in_profile("browser"):
            fast, slow = guarded(guard), guarded(guard)
            assert all(is_header_name(name) for name, _ in headers)  # from now on they are known
            fill(fast, headers)
            for header in headers:
                append(slow, header)
            assert list(fast._header_list) == list(slow._header_list)


@spec("https://fetch.spec.whatwg.org/#concept-headers-fill")
class TestToValue:
    def test_is_the_text_of_a_number(self) -> None:
        assert (to_value("a", 5), to_value("a", "5")) == ("5", "5")

    @pytest.mark.parametrize("value", [["a", "b"], ("a",), {"a"}])
    def test_a_list_is_a_type_error_that_says_what_to_write(self, value: Any) -> None:
        for fill_in in (
            lambda: Headers({"X": value}),
            lambda: Headers([("X", value)]),
            lambda: Headers().append("X", value),
            lambda: Headers().set("X", value),
        ):
            with pytest.raises(TypeError, match=r"headers.append\('X', value\) for each"):
                fill_in()

    def test_none_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="'X' is a str, not None: leave the header out"):
            to_value("X", None)


@spec("https://fetch.spec.whatwg.org/#headers-class")
class TestPythonsIdioms:
    def test_is_a_collection_of_names_and_values(self) -> None:
        headers = Headers({"Host": "a.example", "x": "1"})
        headers.append("X", "2")
        assert ("host" in headers, "y" in headers, len(headers)) == (True, False, 2)
        assert (headers["HOST"], headers["x"], headers.get("y", "none")) == (
            "a.example",
            "1, 2",
            "none",
        )
        assert dict(headers) == {"host": "a.example", "x": "1, 2"}
        assert list(headers.items()) == list(headers)
        headers["x"] = "3"
        del headers["host"]
        assert repr(headers) == "<Headers [('x', '3')]>"
        with pytest.raises(KeyError):
            headers["host"]
        assert not Headers()


@spec("https://fetch.spec.whatwg.org/#concept-headers-fill")
class TestNamesAndValues:
    def test_takes_pairs_apart(self) -> None:
        assert names_and_values([("a", "1"), ["b", "2"]]) == (["a", "b"], ["1", "2"])


@spec("https://fetch.spec.whatwg.org/#concept-headers-remove-privileged-no-cors-request-headers")
class TestRemovePrivilegedNoCORSRequestHeaders:
    def test_removes_range(self) -> None:
        headers = guarded("request-no-cors", ("Range", "x"), ("a", "b"))
        remove_privileged_no_cors_request_headers(headers)
        assert list(headers) == [("a", "b")]
