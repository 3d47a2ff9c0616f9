"""RFC 9111, 4.2: the arithmetic of ages and lifetimes."""

from __future__ import annotations

import pytest

from worker_runtime.http_caching.freshness import (
    current_age,
    freshness_lifetime,
    heuristic_freshness_lifetime,
    is_fresh,
    is_stale_while_revalidate,
    is_usable_on_error,
    may_be_served_stale,
    staleness,
)
from worker_runtime.http_caching.storing_responses import StoredResponse

from .responses import NOW, stored

spec = pytest.mark.spec


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4.2.1")
class TestFreshnessLifetime:
    @pytest.mark.parametrize("response, private, shared", [
        (stored(cache_control="max-age=60"), 60, 60),
        (stored(cache_control="max-age=60, s-maxage=10"), 60, 10),
        (stored(cache_control="s-maxage=10", expires=99, date=0), 99, 10),
        (stored(cache_control="max-age=60", expires=-100, date=0), 60, 60),
        (stored(cache_control="max-age=0", expires=100, date=0), 0, 0),
        (stored(cache_control="max-age=60, max-age=0"), 60, 60),
        (stored(cache_control="max-age=x", expires=100, date=0), 0, 0),
        (stored(cache_control="max-age=-1"), 0, 0),
        (stored(cache_control='max-age="60"'), 60, 60),
        (stored(cache_control="max-age=60;x", last_modified=-1000, date=0), 0, 0),
        (stored(cache_control="s-maxage=x, max-age=60"), 60, 0),
        (stored(cache_control="max-age=99999999999"), 2**31, 2**31),
        (stored(expires=100, date=0), 100, 100),
        (stored(expires=100, date=-10), 110, 110),
        (stored(expires=100, response_time=20), 80, 80),
        (stored(expires=-100, date=0), -100, -100),
        (stored(expires="0", date=0, last_modified=-1000), 0, 0),
        (stored(expires="Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 2094 08:49:37 GMT", date=0), 0,
            0),
        (stored(last_modified=-1000, date=0), 100, 100),
        (stored(), 0, 0),
    ])  # fmt: skip
    def test_is_the_first_that_is_said(
        self, response: StoredResponse, private: float, shared: float
    ) -> None:
        assert freshness_lifetime(response, is_shared=False) == private
        assert freshness_lifetime(response, is_shared=True) == shared


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4.2.2")
class TestHeuristicFreshnessLifetime:
    @pytest.mark.parametrize("response, lifetime", [
        (stored(last_modified=-1000, date=0), 100),
        (stored(last_modified=-1000, response_time=500), 150), (stored(), 0),
        (stored(last_modified="yesterday"), 0), (stored(last_modified=10, date=0), 0),
        (stored(404, last_modified=-1000, date=0), 100),
        (stored(403, last_modified=-1000, date=0), 0),
        (stored(299, last_modified=-1000, date=0), 0),
        (stored(299, last_modified=-1000, date=0, cache_control="public"), 100),
    ])  # fmt: skip
    def test_is_a_tenth_of_the_time_without_a_change(
        self, response: StoredResponse, lifetime: float
    ) -> None:
        assert heuristic_freshness_lifetime(response) == pytest.approx(lifetime)


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4.2.3")
class TestCurrentAge:
    @pytest.mark.parametrize("response, now, age", [
        (stored(), 0, 0), (stored(), 10, 10), (stored(date=0), 10, 10), (stored(date=-7), 10, 17),
        (stored(date=5), 10, 10),  # a clock that is ahead of ours makes nothing younger
        (stored(age="30"), 10, 40), (stored(age="30", date=-7), 10, 40),
        (stored(age="3", date=-7), 10, 17), (stored(request_time=-4, age="30"), 10, 44),
        (stored(request_time=-4), 10, 14), (stored(age="x"), 10, 10),
        (stored(age="30, 50"), 10, 40), (stored(age="99999999999"), 0, 2**31),
        (stored(), -10, 0),  # our own clock was set back
    ])  # fmt: skip
    def test_is_the_older_of_two_estimates_and_the_time_here(
        self, response: StoredResponse, now: float, age: float
    ) -> None:
        assert current_age(response, NOW + now) == age


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4.2-8")
class TestIsFresh:
    @pytest.mark.parametrize("now, expected", [(0, True), (59.9, True), (60, False), (61, False)])
    def test_until_its_age_is_its_lifetime(self, now: float, expected: bool) -> None:
        assert is_fresh(stored(cache_control="max-age=60"), NOW + now, is_shared=False) is expected


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4.2-2")
class TestStaleness:
    def test_is_the_time_since_it_was_fresh(self) -> None:
        response = stored(cache_control="max-age=60")
        assert (
            staleness(response, NOW + 70, is_shared=False) == 10
            and staleness(response, NOW, is_shared=False) == -60
        )


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4.2.4")
class TestMayBeServedStale:
    @pytest.mark.parametrize("directives, private, shared", [
        ("max-age=1", True, True), ("no-cache", False, False), ("must-revalidate", False, False),
        ("proxy-revalidate", True, False), ("s-maxage=1", True, False),
        ('no-cache="set-cookie"', False, False),
    ])  # fmt: skip
    def test_unless_it_says_no(self, directives: str, private: bool, shared: bool) -> None:
        assert may_be_served_stale(stored(cache_control=directives), is_shared=False) is private
        assert may_be_served_stale(stored(cache_control=directives), is_shared=True) is shared


@spec("https://www.rfc-editor.org/rfc/rfc5861#section-3")
class TestIsStaleWhileRevalidate:
    @pytest.mark.parametrize(
        "now, expected", [(599, False), (600, True), (629, True), (630, False)]
    )
    def test_from_when_it_is_stale_for_so_many_seconds(self, now: float, expected: bool) -> None:
        response = stored(cache_control="max-age=600, stale-while-revalidate=30")
        assert is_stale_while_revalidate(response, NOW + now, is_shared=False) is expected

    @pytest.mark.parametrize("directives", [
        "max-age=600", "max-age=600, stale-while-revalidate=x",
        "max-age=600, stale-while-revalidate",
        "max-age=600, stale-while-revalidate=30, must-revalidate",
    ])  # fmt: skip
    def test_not_if_it_does_not_say_so(self, directives: str) -> None:
        assert not is_stale_while_revalidate(
            stored(cache_control=directives), NOW + 610, is_shared=False
        )


@spec("https://www.rfc-editor.org/rfc/rfc5861#section-4")
class TestIsUsableOnError:
    # The example of its section 4.1, and the request's own directive.
    @pytest.mark.parametrize("directives, argument, now, expected", [
        ("max-age=600, stale-if-error=1200", None, 900, True),
        ("max-age=600, stale-if-error=1200", None, 1799, True),
        ("max-age=600, stale-if-error=1200", None, 1800, False), ("max-age=600", None, 601, False),
        ("max-age=600", "100", 650, True), ("max-age=600", "x", 650, False),
        ("max-age=600, stale-if-error=1200, must-revalidate", None, 900, False),
    ])  # fmt: skip
    def test_for_so_many_seconds_more(
        self, directives: str, argument: str | None, now: float, expected: bool
    ) -> None:
        assert (
            is_usable_on_error(
                stored(cache_control=directives), argument, NOW + now, is_shared=False
            )
            is expected
        )
