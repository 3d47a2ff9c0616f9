"""Operations."""

from __future__ import annotations

import pytest

from worker_runtime.oracle.argument_types import BadQuestion
from worker_runtime.oracle.operation import Failure, Operation, or_failure, parameter_of


def operation() -> Operation:
    return Operation(
        "a.b",
        "USVString url, optional bytes c, optional boolean d",
        "any",
        "https://a/#b",
        lambda *args: args,
    )


class TestOperation:
    def test_converts_its_arguments(self) -> None:
        assert operation().convert(["\ud800"]) == ["\ufffd"]
        assert operation().convert(["a", {"bytes": "b"}, False]) == ["a", b"b", False]

    def test_what_is_optional_may_be_null(self) -> None:
        assert operation().convert(["a", None, True]) == ["a", None, True]
        with pytest.raises(BadQuestion, match="url: expected a string, not None"):
            operation().convert([None])

    def test_says_how_many_arguments_it_takes(self) -> None:
        with pytest.raises(
            BadQuestion, match=r"a\.b\(USVString url, .*\) -> any takes 1 to 3 arguments, not 0"
        ):
            operation().convert([])
        with pytest.raises(BadQuestion, match="takes 1 arguments, not 2"):
            Operation("a", "any value", "any", "", print).convert([1, 2])

    def test_says_which_argument_is_wrong(self) -> None:
        with pytest.raises(BadQuestion, match=r"-> any: c: expected \{"):
            operation().convert(["a", "b"])


class TestParameter:
    def test_is_written_as_in_web_idl(self) -> None:
        assert parameter_of("USVString url")[:3] == ("url", "USVString", False)
        assert parameter_of("optional sequence<bytes> b")[:3] == ("b", "sequence<bytes>", True)

    def test_has_a_type_that_there_is(self) -> None:
        with pytest.raises(KeyError):
            parameter_of("USVstring url")


class TestOrFailure:
    def test_none_is_failure(self) -> None:
        assert or_failure(b"") == b""
        with pytest.raises(Failure):
            or_failure(None)
