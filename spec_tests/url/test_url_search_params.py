"""URL Standard, 6.2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.linear_time import grows_no_worse_than_its_input
from worker_runtime.url.url_search_params import URLSearchParams

spec = pytest.mark.spec


@spec("https://url.spec.whatwg.org/#dom-urlsearchparams-urlsearchparams")
class TestConstructor:
    @pytest.mark.parametrize(
        "init, pairs",
        [
            ("", []),
            (None, []),
            ("?a=b", [("a", "b")]),
            ("??a=b", [("?a", "b")]),
            ("a=b&a=c+d", [("a", "b"), ("a", "c d")]),
            ({"a": "b", "c": "d"}, [("a", "b"), ("c", "d")]),
            ({"?": "&"}, [("?", "&")]),
            ([], []),
            ([("a", "b"), ["a", "c"]], [("a", "b"), ("a", "c")]),
            ((pair for pair in [("a", "b")]), [("a", "b")]),
            ([iter("ab")], [("a", "b")]),
            ({"a": 1, "b": True}, [("a", "1"), ("b", "true")]),
            (12, [("12", "")]),
        ],
    )
    def test_from_a_string_a_record_or_a_sequence(
        self, init: Any, pairs: list[tuple[str, str]]
    ) -> None:
        assert list(URLSearchParams(init)) == pairs

    def test_from_another_one_is_a_copy(self) -> None:
        params = URLSearchParams("a=b")
        copy = URLSearchParams(params)
        params.append("c", "d")
        assert str(copy) == "a=b"

    @pytest.mark.parametrize(
        "init", [[("a",)], [("a", "b", "c")], ["ab"], [1], [[]], [("a", None)], b"a=b", {"a": None}]
    )
    def test_what_should_be_a_pair_and_is_none_raises(self, init: Any) -> None:
        with pytest.raises(TypeError, match="Expected a"):
            URLSearchParams(init)

    def test_lone_surrogates_are_replaced_and_then_names_may_be_one(self) -> None:
        params = URLSearchParams({"\ud800": "a", "b": "c", "\udfff": "d"})
        assert list(params) == [("\ufffd", "d"), ("b", "c")]
        assert list(URLSearchParams([("\ud800", "\udfff")])) == [("\ufffd", "\ufffd")]
        assert list(URLSearchParams("\ud800=\udfff")) == [("\ufffd", "\ufffd")]


@spec("https://url.spec.whatwg.org/#dom-urlsearchparams-size")
class TestSize:
    def test_counts_pairs(self) -> None:
        params = URLSearchParams("a=1&a=1&b")
        assert params.size == 3
        params.delete("a")
        assert params.size == 1


@spec("https://url.spec.whatwg.org/#dom-urlsearchparams-append")
class TestAppend:
    def test_puts_a_pair_at_the_end(self) -> None:
        params = URLSearchParams("a=b")
        params.append("a", "\ud800")
        assert params.getAll("a") == ["b", "\ufffd"]


@spec("https://url.spec.whatwg.org/#dom-urlsearchparams-delete")
class TestDelete:
    def test_by_name(self) -> None:
        params = URLSearchParams("a=b&c=d&a=e")
        params.delete("a")
        assert str(params) == "c=d"

    def test_by_name_and_value(self) -> None:
        params = URLSearchParams("a=b&a=c&a=b")
        params.delete("a", "b")
        assert str(params) == "a=c"
        params.delete("a", "")
        assert str(params) == "a=c"

    def test_of_nothing_is_no_error(self) -> None:
        params = URLSearchParams()
        params.delete("a")
        assert str(params) == ""


@spec("https://url.spec.whatwg.org/#dom-urlsearchparams-get")
class TestGet:
    def test_the_first_value_or_none(self) -> None:
        params = URLSearchParams("a=&a=b")
        assert (params.get("a"), params.get("b")) == ("", None)


@spec("https://url.spec.whatwg.org/#dom-urlsearchparams-getall")
class TestGetAll:
    def test_all_values_in_order(self) -> None:
        params = URLSearchParams("a=2&b=3&a=1")
        assert (params.getAll("a"), params.getAll("c")) == (["2", "1"], [])


@spec("https://url.spec.whatwg.org/#dom-urlsearchparams-has")
class TestHas:
    def test_by_name_or_by_name_and_value(self) -> None:
        params = URLSearchParams("a=b&c=d")
        assert (
            params.has("a"),
            params.has("b"),
            params.has("a", "b"),
            params.has("a", "d"),
            params.has("c", ""),
        ) == (
            True,
            False,
            True,
            False,
            False,
        )


@spec("https://url.spec.whatwg.org/#dom-urlsearchparams-set")
class TestSet:
    @pytest.mark.parametrize(
        "query, result",
        [
            ("a=1&b=2&a=3&a=4&c=5", "a=x&b=2&c=5"),
            ("b=1&a=2&a=3", "b=1&a=x"),
            ("b=1", "b=1&a=x"),
            ("", "a=x"),
        ],
    )
    def test_replaces_the_first_and_removes_the_others(self, query: str, result: str) -> None:
        params = URLSearchParams(query)
        params.set("a", "x")
        assert str(params) == result


@spec("https://url.spec.whatwg.org/#dom-urlsearchparams-sort")
class TestSort:
    def test_is_by_code_units_and_stable(self) -> None:
        params = URLSearchParams(
            [("\ufffd", "1"), ("\U0001f308", "2"), ("a", "3"), ("", "4"), ("a", "0")]
        )
        params.sort()
        assert [value for _, value in params] == ["4", "3", "0", "2", "1"]

    def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for case in wpt_data("url/urlsearchparams-sort.json")["data"]["list"]:
            params = URLSearchParams(case["input"])
            params.sort()
            assert list(params) == [tuple(pair) for pair in case["output"]], case


@spec("https://url.spec.whatwg.org/#urlsearchparams-stringification-behavior")
class TestStringification:
    def test_is_a_query_without_its_question_mark(self) -> None:
        assert str(URLSearchParams({"a b": "\xe9&", "": "~"})) == "a+b=%C3%A9%26&=%7E"

    @pytest.mark.parametrize("query", ["a=b&c=d", "=", "a=%00%25", "%C3%A9=+"])
    def test_gives_back_what_has_its_form(self, query: str) -> None:
        assert str(URLSearchParams(query)) == query


@spec("https://url.spec.whatwg.org/#urlsearchparams")
class TestURLSearchParams:
    def test_iterates_over_pairs_names_and_values(self) -> None:
        params = URLSearchParams("a=1&b=2&a=3")
        assert list(params) == list(params.entries()) == [("a", "1"), ("b", "2"), ("a", "3")]
        assert (list(params.keys()), list(params.values())) == (["a", "b", "a"], ["1", "2", "3"])

    def test_for_each_is_given_value_and_name(self) -> None:
        params = URLSearchParams("a=1&b=2")
        calls: list[tuple[str, str, object]] = []
        params.forEach(lambda value, name, all: calls.append((value, name, all)))
        assert calls == [("1", "a", params), ("2", "b", params)]

    def test_iteration_sees_what_is_appended_and_skips_what_is_deleted(self) -> None:
        params = URLSearchParams("a=1&b=2&c=3")
        seen = []
        for name, _ in params:
            seen.append(name)
            if name == "a":
                params.delete("b")
            if name == "c" and params.size == 2:
                params.append("d", "4")
        assert seen == ["a", "c", "d"]

    def test_is_a_collection_of_names_and_values(self) -> None:
        params = URLSearchParams("a=1&b=2&a=3")
        assert (len(params), bool(params), bool(URLSearchParams())) == (3, True, False)
        assert ("a" in params, "c" in params) == (True, False)
        assert (params["a"], params.get("c", "none"), params.get("c")) == ("1", "none", None)
        assert dict(params) == {"a": "1", "b": "2"}
        assert list(params.items()) == list(params) == [("a", "1"), ("b", "2"), ("a", "3")]
        params["a"] = "4"
        del params["b"]
        assert str(params) == "a=4"
        with pytest.raises(KeyError, match="b"):
            params["b"]
        with pytest.raises(KeyError, match="b"):
            del params["b"]
        with pytest.raises(TypeError, match="names, which are strings"):
            ("a", "4") in params  # noqa: B015

    def test_a_value_that_is_a_list_is_a_type_error(self) -> None:
        init: Any = {"a": ["1", "2"]}
        with pytest.raises(TypeError, match=r"Expected a string, not list \['1', '2'\]"):
            URLSearchParams(init)


@spec("https://url.spec.whatwg.org/#concept-urlencoded-parser")
class TestHostileInput:
    @pytest.mark.parametrize("run", ["&", "=", "a=b&", "a&", "%", "%41", "+", "\xff", "a=\ud800&"])
    def test_takes_linear_time(self, run: str) -> None:
        def work(query: str) -> None:
            params = URLSearchParams(query)
            params.sort()
            params.has("a", "c")
            params.set("a", "d")
            params.delete("a")
            str(params)

        grows_no_worse_than_its_input(work, lambda length: run * (length // len(run)), 8192)
