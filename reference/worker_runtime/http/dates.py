"""Dates: the one form that is sent, and the three that are understood.

RFC 9110, 5.6.7: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7

A date is a number of seconds since 1970-01-01T00:00:00Z.
"""

from __future__ import annotations

import re
import time

DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

TIME = r"(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d):(?P<second>[0-5]\d|60)"
FORMS = (
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?P<day>\d\d) (?P<month>[A-Z][a-z]{2}) (?P<year>\d{4}) "
    + TIME
    + " GMT",
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, "
    r"(?P<day>\d\d)-(?P<month>[A-Z][a-z]{2})-(?P<year>\d\d) " + TIME + " GMT",
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?P<month>[A-Z][a-z]{2}) (?P<day>\d\d| \d) "
    + TIME
    + r" (?P<year>\d{4})",
)


def imf_fixdate(date: float) -> str:
    """A date as it is sent: "Sun, 06 Nov 1994 08:49:37 GMT".

    Part of https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7-4
    """
    year, month, day, hour, minute, second, weekday, _, _ = time.gmtime(date)
    return (
        f"{DAY_NAMES[weekday]}, {day:02} {MONTHS[month - 1]} {year:04} "
        f"{hour:02}:{minute:02}:{second:02} GMT"
    )


def http_date(string: str, now: float) -> float | None:
    """A date in any of the three forms, or None. What two digits of a year mean depends on what
    year it is now.

    Part of https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7-3
    """
    from datetime import datetime, timezone  # not before it is needed: it takes 2 ms

    match = next(filter(None, (re.fullmatch(form, string, re.ASCII) for form in FORMS)), None)
    if match is None or match["month"] not in MONTHS:
        return None
    year, month, day = int(match["year"]), MONTHS.index(match["month"]) + 1, int(match["day"])
    seconds = int(match["hour"]) * 3600 + int(match["minute"]) * 60 + int(match["second"])
    if len(match["year"]) == 2:
        this_year = time.gmtime(now).tm_year
        year += this_year // 100 * 100
        if year > this_year + 50:  # more than 50 years in the future is the past
            year -= 100
    try:
        return datetime(year, month, day, tzinfo=timezone.utc).timestamp() + seconds
    except ValueError:  # such as February 30
        return None
