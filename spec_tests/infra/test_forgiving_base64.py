"""Infra Standard, 7."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.linear_time import grows_no_worse_than_its_input
from worker_runtime.infra.forgiving_base64 import forgiving_base64_decode, forgiving_base64_encode

spec = pytest.mark.spec


@spec("https://infra.spec.whatwg.org/#forgiving-base64-encode")
class TestForgivingBase64Encode:
    @pytest.mark.parametrize(
        "data, expected", [(b"", ""), (b"\xfb\xff", "+/8="), (b"foobar", "Zm9vYmFy")]
    )
    def test_is_rfc_4648_with_padding(self, data: bytes, expected: str) -> None:
        assert forgiving_base64_encode(data) == expected

    def test_long_data_has_no_line_breaks(self) -> None:
        assert forgiving_base64_encode(b"a" * 3000) == "YWFh" * 1000


@spec("https://infra.spec.whatwg.org/#forgiving-base64-decode")
class TestForgivingBase64Decode:
    @pytest.mark.parametrize("data", ["YWI=", "YWI", " Y\tW\nI\f=\r", "YWI =", "YWJ"])
    def test_whitespace_padding_and_spare_bits_may_be_missing_or_there(self, data: str) -> None:
        assert forgiving_base64_decode(data) == b"ab"

    @pytest.mark.parametrize(
        "data",
        [
            "A",
            "AAAAA",
            "=",
            "YQ===",
            "YQ=",
            "Y=Q=",
            "ab-_",
            "YQ\v==",
            "YQ\xa0==",
            "\u0100\u0100",
            "\ud800AAA",
            "AA\0A",
        ],
    )
    def test_anything_else_is_failure(self, data: str) -> None:
        assert forgiving_base64_decode(data) is None

    def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for data, output in wpt_data("fetch/data-urls/resources/base64.json"):
            assert forgiving_base64_decode(data) == (None if output is None else bytes(output)), (
                data
            )


@spec("https://infra.spec.whatwg.org/#forgiving-base64-decode")
class TestHostileInput:
    @pytest.mark.parametrize("run", [" ", "=", "A", "A ", "AAA=", "-", "\u0100", "\r\n"])
    def test_takes_linear_time(self, run: str) -> None:
        for before in ("", "A", "A="):
            grows_no_worse_than_its_input(
                forgiving_base64_decode, lambda length: before + run * length, 16384
            )
