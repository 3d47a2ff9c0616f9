"""Fetch Standard, 2.2.1."""

from __future__ import annotations

import pytest

from worker_runtime.fetch.methods import (
    is_cors_safelisted_method,
    is_forbidden_method,
    is_method,
    normalize,
)

spec = pytest.mark.spec


@spec("https://fetch.spec.whatwg.org/#concept-method")
class TestMethod:
    @pytest.mark.parametrize("method", ["GET", "chicken", "!#$%&'*+-.^_`|~09"])
    def test_is_any_token(self, method: str) -> None:
        assert is_method(method)

    @pytest.mark.parametrize("method", ["", "GE T", "GET\n", "GET,", "G\x80T", "(GET)"])
    def test_is_nothing_else(self, method: str) -> None:
        assert not is_method(method)


@spec("https://fetch.spec.whatwg.org/#cors-safelisted-method")
class TestCORSSafelistedMethod:
    def test_is_one_of_three_in_upper_case(self) -> None:
        methods = ["GET", "HEAD", "POST", "PUT", "get"]
        assert [method for method in methods if is_cors_safelisted_method(method)] == [
            "GET",
            "HEAD",
            "POST",
        ]


@spec("https://fetch.spec.whatwg.org/#forbidden-method")
class TestForbiddenMethod:
    @pytest.mark.parametrize("method", ["CONNECT", "TRACE", "TRACK", "connect", "tRaCe"])
    def test_is_forbidden_in_any_case(self, method: str) -> None:
        assert is_forbidden_method(method)

    def test_is_no_other(self) -> None:
        assert not is_forbidden_method("TRACES")


@spec("https://fetch.spec.whatwg.org/#concept-method-normalize")
class TestNormalize:
    @pytest.mark.parametrize("method", ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"])
    def test_the_well_known_are_put_in_upper_case(self, method: str) -> None:
        assert normalize(method.lower()) == normalize(method.title()) == method

    @pytest.mark.parametrize("method", ["patch", "Egg", "query"])
    def test_others_keep_their_case(self, method: str) -> None:
        assert normalize(method) == method
