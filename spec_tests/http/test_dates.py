"""RFC 9110, 5.6.7."""

from __future__ import annotations

import pytest

from worker_runtime.http.dates import http_date, imf_fixdate

spec = pytest.mark.spec

NOVEMBER_1994 = 784111777
NOW = 1_750_000_000  # in 2025


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7-4")
class TestImfFixdate:
    @pytest.mark.parametrize(
        "date, string",
        [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (NOVEMBER_1994, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (NOVEMBER_1994 + 0.99, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (253402300799, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ],
    )
    def test_it_has_a_fixed_length(self, date: float, string: str) -> None:
        assert imf_fixdate(date) == string


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7-3")
class TestHTTPDate:
    @pytest.mark.parametrize(
        "string",
        [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ],
    )
    def test_three_forms_are_understood(self, string: str) -> None:
        assert http_date(string, NOW) == NOVEMBER_1994

    @pytest.mark.parametrize(
        "year, in_full",
        [("75", "2075"), ("76", "1976"), ("25", "2025"), ("99", "1999"), ("00", "2000")],
    )
    def test_two_digits_of_a_year_are_at_most_fifty_years_ahead(
        self, year: str, in_full: str
    ) -> None:
        assert http_date(f"Monday, 01-Jan-{year} 00:00:00 GMT", NOW) == http_date(
            f"Mon, 01 Jan {in_full} 00:00:00 GMT", NOW
        )

    def test_a_leap_second_is_understood(self) -> None:
        assert http_date("Fri, 30 Jun 1972 23:59:60 GMT", NOW) == http_date(
            "Sat, 01 Jul 1972 00:00:00 GMT", NOW
        )

    @pytest.mark.parametrize(
        "string",
        [
            "", "0", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
            "sun, 06 nov 1994 08:49:37 gmt", "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06 Nof 1994 08:49:37 GMT",
            "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 0000 08:49:37 GMT",
            " Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ",
            "Sun, \u0660\u0666 Nov 1994 08:49:37 GMT", "Sun Nov 06 1994 08:49:37",
        ],
    )  # fmt: skip
    def test_anything_else_is_no_date(self, string: str) -> None:
        assert http_date(string, NOW) is None
