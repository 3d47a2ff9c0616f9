"""RFC 9111, 5: what the fields say."""

from __future__ import annotations

import pytest

from worker_runtime.http_caching.field_definitions import (
    INFINITY,
    age_value,
    cache_directives,
    date_value,
    delta_seconds,
)

spec = pytest.mark.spec

NOW = 1_700_000_000.0


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-1.2.2")
class TestDeltaSeconds:
    @pytest.mark.parametrize("string, seconds", [
        ("0", 0), ("60", 60), ("0060", 60), ("0" * 10_000, 0), ("2147483648", INFINITY),
        ("2147483647", 2147483647), ("9" * 10, INFINITY), ("9" * 10_000, INFINITY),
        ("0" * 20 + "7", 7), (None, None), ("", None), ("-1", None), ("+1", None), ("1.5", None),
        ("1 ", None), ("a", None), ("\xB2", None), ("٣", None),
    ])  # fmt: skip
    def test_is_digits_and_no_more_than_infinity(
        self, string: str | None, seconds: int | None
    ) -> None:
        assert delta_seconds(string) == seconds


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-5.1")
class TestAgeValue:
    @pytest.mark.parametrize("value, seconds", [
        (None, 0), ("0", 0), ("7", 7), ("7, 8", 7), ("7,x", 7), ("x, 7", 0),
        ("-7", 0), ("1.5", 0), ("", 0), (",7", 0), (" 7 ", 7),
    ])  # fmt: skip
    def test_is_the_first_member_if_that_is_a_number(self, value: str | None, seconds: int) -> None:
        assert age_value(value) == seconds


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-5.2")
class TestCacheDirectives:
    @pytest.mark.parametrize("value, directives", [
        (None, {}), ("", {}), (",, ,", {}), ("no-store", {"no-store": None}),
        ("No-Store , PUBLIC", {"no-store": None, "public": None}),
        ("max-age=60", {"max-age": "60"}), ('max-age="60"', {"max-age": "60"}),
        ("max-age=", {"max-age": ""}), ("max-age", {"max-age": None}),
        ("max-age=1, max-age=2", {"max-age": "1"}), ("MAX-AGE=1,max-age=2", {"max-age": "1"}),
        ('private="a, b", no-cache', {"private": "a, b", "no-cache": None}),
        ('x="no-store', {"x": '"no-store'}), ('x="', {"x": '"'}),
        ("max-age=60;private", {"max-age": "60;private"}),
        ("max-age =60", {"max-age": "60"}), ("max-age= 60", {"max-age": " 60"}),
        ("max-age='60'", {"max-age": "'60'"}), ("a=b=c", {"a": "b=c"}),
    ])  # fmt: skip
    def test_are_names_with_arguments_of_which_the_first_counts(
        self, value: str | None, directives: dict[str, str | None]
    ) -> None:
        assert cache_directives(value) == directives


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4.2-13")
class TestDateValue:
    @pytest.mark.parametrize("value", [
        "Sun, 06 Nov 1994 08:49:37 GMT", "sun, 06 NOV 1994 08:49:37 gmt",
        "SUNDAY, 06-nov-94 08:49:37 GMT", "sun nov  6 08:49:37 1994",
    ])  # fmt: skip
    def test_is_a_date_in_any_case(self, value: str) -> None:
        assert date_value(value, NOW) == 784111777

    @pytest.mark.parametrize("value", [
        None, "0", "-1", "", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
    ])  # fmt: skip
    def test_no_other_form_and_no_other_zone_is_one(self, value: str | None) -> None:
        assert date_value(value, NOW) is None
