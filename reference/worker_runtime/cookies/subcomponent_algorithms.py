"""Subcomponent algorithms: the dates of cookies, and which hosts and paths they are for.

Cookies, 5.3:
https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-subcomponent-algorithms
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..url.host_representation import Host

DELIMITERS = re.compile(r"[\x09\x20-\x2F\x3B-\x40\x5B-\x60\x7B-\x7E]+")
TIME = re.compile(r"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?![0-9])")
DAY_OF_MONTH = re.compile(r"[0-9]{1,2}(?![0-9])")
MONTH = re.compile("jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec", re.IGNORECASE | re.ASCII)
YEAR = re.compile(r"[0-9]{2,4}(?![0-9])")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def parse_a_date(input: str) -> float | None:
    """The time that the words of a date tell in any order, or None, where the standard returns
    failure.

    https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-parse-a-date
    """
    from datetime import datetime, timezone  # not before it is needed: it takes 2 ms

    time: re.Match[str] | None = None
    day_of_month = month = year = None
    for token in DELIMITERS.split(input):
        if time is None and (match := TIME.match(token)):
            time = match
        elif day_of_month is None and (match := DAY_OF_MONTH.match(token)):
            day_of_month = int(match[0])
        elif month is None and (match := MONTH.match(token)):
            month = MONTHS.index(match[0].lower()) + 1
        elif year is None and (match := YEAR.match(token)):
            year = int(match[0])
    if time is None or day_of_month is None or month is None or year is None:
        return None
    if 70 <= year <= 99:
        year += 1900
    elif year <= 69:
        year += 2000
    if year < 1601:
        return None
    hour, minute, second = map(int, time.groups())
    try:
        return datetime(
            year, month, day_of_month, hour, minute, second, tzinfo=timezone.utc
        ).timestamp()
    except ValueError:  # such as February 30, or 24:00:00
        return None


def domain_matches(host: Host, domain_attribute_value: Host) -> bool:
    """Whether a host is that one, or lies below it.

    https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-domain-matching
    """
    return host == domain_attribute_value or (
        isinstance(host, str)
        and isinstance(domain_attribute_value, str)
        and host.endswith("." + domain_attribute_value)
    )


def cookie_default_path(path: Sequence[str]) -> tuple[str, ...]:
    """The folder that a URL's path is in.

    https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-default-path
    """
    return tuple(path[:-1]) or ("",)


def path_matches(request_path: Sequence[str], cookie_path: Sequence[str]) -> bool:
    """Whether a path is that one, or lies below it.

    https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-path-matching
    """
    serialized_request_path = "/" + "/".join(request_path)
    serialized_cookie_path = "/" + "/".join(cookie_path)
    # DEVIATION: the text puts the slash behind the path of the request, so that a cookie for /foo
    # would be sent to /foobar.
    folder = (
        serialized_cookie_path
        if serialized_cookie_path.endswith("/")
        else serialized_cookie_path + "/"
    )
    return serialized_request_path == serialized_cookie_path or serialized_request_path.startswith(
        folder
    )
