"""Fetch Standard, 2.2.3."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from worker_runtime.fetch.statuses import (
    is_null_body_status,
    is_ok_status,
    is_range_status,
    is_redirect_status,
)

spec = pytest.mark.spec


def statuses(condition: Callable[[int], bool]) -> list[int]:
    return [status for status in range(1000) if condition(status)]


@spec("https://fetch.spec.whatwg.org/#null-body-status")
class TestNullBodyStatus:
    def test_is_one_of_five(self) -> None:
        assert statuses(is_null_body_status) == [101, 103, 204, 205, 304]


@spec("https://fetch.spec.whatwg.org/#ok-status")
class TestOKStatus:
    def test_is_from_200_to_299(self) -> None:
        assert statuses(is_ok_status) == list(range(200, 300))


@spec("https://fetch.spec.whatwg.org/#range-status")
class TestRangeStatus:
    def test_is_one_of_two(self) -> None:
        assert statuses(is_range_status) == [206, 416]


@spec("https://fetch.spec.whatwg.org/#redirect-status")
class TestRedirectStatus:
    def test_is_one_of_five(self) -> None:
        assert statuses(is_redirect_status) == [301, 302, 303, 307, 308]
