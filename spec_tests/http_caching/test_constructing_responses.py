"""RFC 9111, 4: which stored response answers a request."""

from __future__ import annotations

import pytest

from worker_runtime.http_caching.constructing_responses import (
    chosen_response,
    matches,
    nominated_fields,
    normalized_field_value,
    permitted_use,
)
from worker_runtime.http_caching.field_definitions import cache_directives

from .responses import NOW, stored

spec = pytest.mark.spec


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4.1-3")
class TestNormalizedFieldValue:
    @pytest.mark.parametrize("name, one, other", [
        ("accept-encoding", "gzip, deflate", "GZIP ,deflate,"),
        ("accept-language", "en-GB,de", "en-gb, de"), ("accept", "a/b, c/d", "a/b,c/d"),
        ("x-mine", " a ", "a"),
    ])  # fmt: skip
    def test_is_the_same_for_what_means_the_same(self, name: str, one: str, other: str) -> None:
        assert normalized_field_value(name, one) == normalized_field_value(name, other)

    @pytest.mark.parametrize("name, one, other", [
        ("accept-language", "en,de", "de,en"), ("x-mine", "a, b", "a,b"),
        ("x-mine", "A", "a"), ("accept", "a/b;x=A", "a/b;x=a"),
    ])  # fmt: skip
    def test_is_another_where_that_is_not_known(self, name: str, one: str, other: str) -> None:
        assert normalized_field_value(name, one) != normalized_field_value(name, other)


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4.1-2")
class TestNominatedFields:
    def test_are_those_that_vary_names_whether_they_are_there_or_not(self) -> None:
        nominated = nominated_fields(
            "Accept, X-None,accept", {"accept": "a/b, c/d", "x-other": "1"}
        )
        assert nominated == {"accept": "a/b,c/d", "x-none": None}


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4.1")
class TestMatches:
    @pytest.mark.parametrize("vary, request_values, expected", [
        ("", {}, True), ("foo", {"foo": "1"}, True), ("FOO", {"foo": " 1"}, True),
        ("foo", {"foo": "2"}, False), ("foo", {}, False),
        ("foo, bar", {"foo": "1"}, True), ("foo, bar", {"foo": "1", "bar": ""}, False),
        ("*", {"foo": "1"}, False), ("foo, *", {"foo": "1"}, False),
    ])  # fmt: skip
    def test_by_what_vary_names(
        self, vary: str, request_values: dict[str, str], expected: bool
    ) -> None:
        response = stored(vary=vary, nominated=nominated_fields(vary, {"foo": "1"}))
        assert matches(response, request_values) is expected


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4-8")
class TestChosenResponse:
    def test_is_the_most_recent_that_matches(self) -> None:
        old, recent, other = (
            stored(date=-9),
            stored(date=-1),
            stored(date=0, vary="foo", nominated={"foo": "1"}),
        )
        assert chosen_response([old, recent, other], {}) is recent
        assert chosen_response([other], {}) is None and chosen_response([], {}) is None

    def test_is_rather_one_that_knows_of_variants(self) -> None:
        default, variant = stored(date=0), stored(date=-9, vary="foo", nominated={"foo": "1"})
        assert chosen_response([variant, default], {"foo": "1"}) is variant


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4-2")
class TestPermittedUse:
    @pytest.mark.parametrize("directives, requested, age, use", [
        ("max-age=60", "", 30, "as it is"),
        ("max-age=60", "", 60, "when it is validated"),
        ("max-age=60, no-cache", "", 0, "when it is validated"),
        ('max-age=60, no-cache="x"', "", 0, "when it is validated"),
        ("max-age=60", "no-cache", 0, "when it is validated"),
        ("max-age=60", "max-age=0", 0, "when it is validated"),
        ("max-age=60", "max-age=x", 0, "when it is validated"),
        ("max-age=60", "max-age=20", 19, "as it is"),
        ("max-age=60", "max-age=20", 30, "when it is validated"),
        ("max-age=60", "min-fresh=20", 30, "as it is"),
        ("max-age=60", "min-fresh=40", 30, "when it is validated"),
        ("max-age=60", "min-fresh=x", 30, "as it is"),
        ("max-age=60", "max-stale", 1000, "as it is"),
        ("max-age=60", "max-stale=10", 70, "as it is"),
        ("max-age=60", "max-stale=10", 71, "when it is validated"),
        ("max-age=60", "max-stale=x", 61, "when it is validated"),
        ("max-age=60, must-revalidate", "max-stale", 61, "when it is validated"),
        ("max-age=60", "max-age=65, max-stale", 70, "when it is validated"),
        ("max-age=60, stale-while-revalidate=10", "", 65, "while it is validated"),
        ("max-age=60, stale-while-revalidate=10", "max-stale=5", 65, "as it is"),
        ("max-age=60, stale-while-revalidate=10", "", 70, "when it is validated"),
        ("max-age=60, stale-while-revalidate=10, no-cache", "", 65, "when it is validated"),
        ("max-age=60, immutable", "max-age=0", 30, "as it is"),
        ("max-age=60, immutable=x", "max-age=0", 30, "as it is"),
        ("max-age=60, immutable", "max-age=0", 60, "when it is validated"),
        ("max-age=60, immutable", "no-cache", 30, "when it is validated"),
        ("max-age=60", "immutable, max-age=0", 30, "when it is validated"),
    ])  # fmt: skip
    def test_by_age_and_the_directives_of_both(
        self, directives: str, requested: str, age: float, use: str
    ) -> None:
        assert (
            permitted_use(
                stored(cache_control=directives),
                cache_directives(requested),
                NOW + age,
                is_shared=False,
            )
            == use
        )
