"""HTML Standard, 8.3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime import DOMException, atob, btoa

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#dom-btoa")
class TestBtoa:
    def test_a_code_point_is_a_byte(self) -> None:
        assert btoa("") == ""
        assert btoa("a\xff\0") == "Yf8A"

    @pytest.mark.parametrize("data", ["\u0100", "ab\U0001f600", "\ud800"])
    def test_a_code_point_above_ff_is_refused(self, data: str) -> None:
        with pytest.raises(DOMException) as caught:
            btoa(data)
        assert caught.value.name == "InvalidCharacterError"
        assert repr(data[-1]) in caught.value.message

    def test_bytes_are_refused(self) -> None:
        with pytest.raises(TypeError):
            btoa(b"ab")  # type: ignore[arg-type]


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#dom-atob")
class TestAtob:
    def test_a_byte_is_a_code_point(self) -> None:
        assert atob(" Y f8A\n") == "a\xff\0"
        assert atob(btoa("".join(map(chr, range(256))))) == "".join(map(chr, range(256)))

    @pytest.mark.parametrize("data", ["a", "ab=", "ab\xa0", "-_", "\u0661\u0661"])
    def test_what_is_no_base64_is_refused(self, data: str) -> None:
        with pytest.raises(DOMException) as caught:
            atob(data)
        assert caught.value.name == "InvalidCharacterError"

    def test_a_long_mistake_is_not_repeated_whole(self) -> None:
        with pytest.raises(DOMException) as caught:
            atob("!" * 1_000_000)
        assert len(caught.value.message) < 200

    def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for data, output in wpt_data("fetch/data-urls/resources/base64.json"):
            if output is None:
                with pytest.raises(DOMException):
                    atob(data)
            else:
                assert atob(data) == "".join(map(chr, output))
