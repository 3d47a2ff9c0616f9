"""Infra Standard, 6, and ECMA-262, 25.5."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from json import JSONDecodeError
from typing import Any

import pytest

from spec_tests.linear_time import grows_no_worse_than_its_input
from worker_runtime.infra.json import (
    number_to_string,
    parse_a_json_string_to_a_javascript_value,
    parse_json_bytes_to_a_javascript_value,
    serialize_a_javascript_value_to_a_json_string,
    serialize_a_javascript_value_to_json_bytes,
    serialize_json_property,
)

spec = pytest.mark.spec


@spec("https://infra.spec.whatwg.org/#parse-a-json-string-to-a-javascript-value")
class TestParseAJsonStringToAJavascriptValue:
    def test_gives_the_values_of_pythons_json(self) -> None:
        text = ' {"a": [1, -2.5, 1e2, true, false, null], "\\ud83d\\ude00": "\\n", "a": 3}\r\n\t'
        assert parse_a_json_string_to_a_javascript_value(text) == {"a": 3, "\U0001f600": "\n"}

    @pytest.mark.parametrize(
        "string",
        ["", " ", "NaN", "[Infinity]", '{"a": -Infinity}', "01", "1.", ".5", "+1", "1e", "--1",
            "0x1", "[1,]", '{"a":1,}',
         "{a:1}", "'a'", '"\t"', '"\\x41"', '"\\u12"', "\xa01", "1\v", "\ufeff1", "tru", "[1] 2",
         "undefined", "\u0661", "/**/1", "[", '"'],
    )  # fmt: skip
    def test_what_is_no_json_is_an_error(self, string: str) -> None:
        with pytest.raises(JSONDecodeError):
            parse_a_json_string_to_a_javascript_value(string)

    @pytest.mark.parametrize("opening", ["[", '{"a":'])
    def test_what_is_nested_too_deeply_is_an_error(self, opening: str) -> None:
        with pytest.raises(JSONDecodeError):
            parse_a_json_string_to_a_javascript_value(opening * 500_000)

    def test_an_int_is_exact_until_a_double_could_not_say_its_size(self) -> None:
        assert parse_a_json_string_to_a_javascript_value("[9007199254740993, 1e400]") == [
            9007199254740993,
            math.inf,
        ]
        assert parse_a_json_string_to_a_javascript_value(f'[-{"9" * 5000}, 7, "x"]') == [
            -math.inf,
            7,
            "x",
        ]

    def test_lone_surrogates_are_kept(self) -> None:
        assert parse_a_json_string_to_a_javascript_value('"\\udead"') == "\udead"


@spec("https://infra.spec.whatwg.org/#parse-json-bytes-to-a-javascript-value")
class TestParseJsonBytesToAJavascriptValue:
    def test_one_byte_order_mark_is_dropped(self) -> None:
        assert parse_json_bytes_to_a_javascript_value(b'\xef\xbb\xbf"\xc3\xa4"') == "ä"
        with pytest.raises(JSONDecodeError):
            parse_json_bytes_to_a_javascript_value(b"\xef\xbb\xbf\xef\xbb\xbf1")

    def test_what_is_no_utf_8_is_replaced(self) -> None:
        assert parse_json_bytes_to_a_javascript_value(b'"\xff\xed\xa0\x80"') == "\ufffd" * 4

    def test_utf_16_is_not_guessed(self) -> None:
        with pytest.raises(JSONDecodeError):
            parse_json_bytes_to_a_javascript_value("1".encode("utf-16"))


class Answer:
    def toJSON(self) -> object:
        return {"answer": 42}


class Pairs(Mapping[str, int]):
    def __getitem__(self, key: str) -> int:
        return ord(key)

    def __iter__(self) -> Iterator[str]:
        return iter("ab")

    def __len__(self) -> int:
        return 2


def cycle() -> object:
    inner: list[object] = []
    inner.append({"a": (inner,)})
    return inner


def nested(depth: int) -> object:
    value: object = 1.5
    for _ in range(depth):
        value = [value]
    return value


@spec("https://infra.spec.whatwg.org/#serialize-a-javascript-value-to-a-json-string")
class TestSerializeAJavascriptValueToAJsonString:
    @pytest.mark.parametrize(
        "value, expected",
        [
            (None, "null"),
            ({"a": [1, True, None, "x"], "b": ()}, '{"a":[1,true,null,"x"],"b":[]}'),
            ([1.0, -0.0, 1e21, 1e-7, 0.1], "[1,0,1e+21,1e-7,0.1]"),
            (2.0, "2"),
            ([1e16], "[10000000000000000]"),
            ({"a": 1e-05}, '{"a":0.00001}'),
            (["v2.0", 1.5], '["v2.0",1.5]'),
            ([math.nan, -math.inf], "[null,null]"),
            ({2: 0, 1.0e21: 1.5, None: 2, True: 3}, '{"2":0,"1e+21":1.5,"null":2,"true":3}'),
            (
                '\b\t\n\f\r"\\/\0\x1f\x7f\u2028ä',
                '"\\b\\t\\n\\f\\r\\"\\\\/\\u0000\\u001f\x7f\u2028ä"',
            ),
            (
                ["\ud834\udf06", "\udf06\ud834", {"\udead": "\U0001d306"}],
                '["\U0001d306","\\udf06\\ud834",{"\\udead":"\U0001d306"}]',
            ),
            ("1.5 and \\ \udead", '"1.5 and \\\\ \\udead"'),
            (2**70, "1180591620717411303424"),
            ([Answer(), 1.0], '[{"answer":42},1]'),
            (Pairs(), '{"a":97,"b":98}'),
            (
                datetime(2026, 1, 2, 3, 4, 5, 678900, timezone(timedelta(hours=1))),
                '"2026-01-02T02:04:05.678Z"',
            ),
        ],
    )
    def test_writes_as_javascript_does(self, value: object, expected: str) -> None:
        assert serialize_a_javascript_value_to_a_json_string(value) == expected

    @pytest.mark.parametrize(
        "value",
        [
            object(),
            print,
            [b"x"],
            {"a": {1}},
            {("a",): 1},
            {b"a": 1.5},
            1j,
            cycle(),
            nested(200_000),
            10**5000,
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_what_has_no_json_is_a_type_error(self, value: object) -> None:
        with pytest.raises(TypeError):
            serialize_a_javascript_value_to_a_json_string(value)

    def test_what_could_have_is_told_how(self) -> None:
        async def data() -> int:
            return 1

        for value, hint in ((data(), "write `await` before it"), ({1}, r"write list\(\.\.\.\)")):
            with pytest.raises(TypeError, match=f"has no JSON: {hint}"):
                serialize_json_property([value], set())

    def test_the_same_value_twice_is_no_cycle(self) -> None:
        shared = [1.5]
        assert (
            serialize_a_javascript_value_to_a_json_string([shared, {"a": shared}])
            == '[[1.5],{"a":[1.5]}]'
        )

    def test_an_exception_of_to_json_is_handed_on(self) -> None:
        class Custom:
            def toJSON(self) -> object:
                raise ValueError("mine")

        with pytest.raises(ValueError, match="mine"):
            serialize_a_javascript_value_to_a_json_string({"a": Custom()})

    @spec("https://tc39.es/ecma262/#sec-serializejsonproperty")
    @pytest.mark.parametrize(
        "value",
        [
            None,
            "x",
            '\0\x1f"\\',
            [],
            {},
            [[], {}],
            {"a": {"b": [1, True]}, "": -1},
            [2**80],
            {1: "1", False: "0", None: ""},
            [0.1, -1.5, 100.25, 0.0001],
            "1.5e-7",
        ],
    )
    def test_pythons_serializer_agrees_where_it_is_used(self, value: Any) -> None:
        assert serialize_a_javascript_value_to_a_json_string(value) == serialize_json_property(
            value, set()
        )


@spec("https://infra.spec.whatwg.org/#serialize-a-javascript-value-to-json-bytes")
class TestSerializeAJavascriptValueToJsonBytes:
    def test_is_utf_8(self) -> None:
        assert serialize_a_javascript_value_to_json_bytes(["ä\udead"]) == b'["\xc3\xa4\\udead"]'


@spec("https://tc39.es/ecma262/#sec-numeric-types-number-tostring")
class TestNumberToString:
    @pytest.mark.parametrize(
        "x, expected",
        [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-1.5, "-1.5"),
            (100.0, "100"),
            (1e16, "10000000000000000"),
            (123456789.125, "123456789.125"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1.25e25, "1.25e+25"),
            (0.001, "0.001"),
            (0.000001, "0.000001"),
            (1e-7, "1e-7"),
            (1.5e-7, "1.5e-7"),
            (5e-324, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (math.nan, "NaN"),
            (math.inf, "Infinity"),
            (-math.inf, "-Infinity"),
            (123456789012345680000.0, "123456789012345680000"),
        ],
    )
    def test_is_the_shortest_in_javascripts_notation(self, x: float, expected: str) -> None:
        assert number_to_string(x) == expected


@spec("https://infra.spec.whatwg.org/#parse-a-json-string-to-a-javascript-value")
class TestHostileInput:
    @pytest.mark.parametrize(
        "run",
        ["9", "-", "0.9", "1e9", "[", '{"a":', '"\\ud800', "[9,", "\\u00e9", " ", "[1],", '"'],
    )
    def test_takes_linear_time(self, run: str) -> None:
        for before in ("", "[", '"', "1.", "1e"):
            grows_no_worse_than_its_input(
                parse_a_json_string_to_a_javascript_value,
                lambda length: before + run * (length // len(run)),
                16384,
            )

    def test_so_do_many_keys_and_long_numbers(self) -> None:
        grows_no_worse_than_its_input(
            parse_a_json_string_to_a_javascript_value,
            lambda length: (
                "{" + ",".join(f'"{number}":{"9" * 999}' for number in range(length)) + "}"
            ),
            64,
        )
