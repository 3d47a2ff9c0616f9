"""Cron expressions: the minutes at which a worker is called.

No standard defines them; their text is in SPEC_NOTES.md, "Cron expressions". The grammar is that of
Cloudflare's cron triggers: five fields, in UTC, with the extensions of Quartz.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Set
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, TypeAlias

# The days of a month, given the year and the month; it may be empty.
DayRule: TypeAlias = Callable[[int, int], Set[int]]

MONTH_NAMES = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
WEEKDAY_NAMES = "SUN MON TUE WED THU FRI SAT".split()
MONTHS_IN_A_CYCLE = 400 * 12
"""After 400 years the calendar repeats itself, weekdays and all."""

# item = ( "*" / value [ "-" value ] ) [ "/" step ]
ITEM = re.compile(r"(?:(\*)|([0-9A-Z]+)(?:-([0-9A-Z]+))?)(?:/([0-9]+))?")
# "L", "LW", "L-3", "L-3W"
LAST_DAY = re.compile(r"L(?:-([0-9]{1,2}))?(W)?")
NEAREST_WEEKDAY = re.compile(r"([0-9]{1,2})W")
LAST_WEEKDAY_OF_A_KIND = re.compile(r"([0-9A-Z]+)L")
NTH_WEEKDAY_OF_A_KIND = re.compile(r"([0-9A-Z]+)#([1-5])")


class CronFailure(ValueError):
    """A text that is not a cron expression, or an expression that never fires.

    SPEC_NOTES.md#cron-failure
    """


class Field(NamedTuple):
    """A field: its name, its lowest and its highest value, and names of its values in order.

    Part of SPEC_NOTES.md#cron-expression
    """

    name: str
    lowest: int
    highest: int
    names: list[str] = []


MINUTE = Field("minute", 0, 59)
HOUR = Field("hour", 0, 23)
DAY_OF_MONTH = Field("day of month", 1, 31)
MONTH = Field("month", 1, 12, MONTH_NAMES)
WEEKDAY = Field("weekday", 1, 7, WEEKDAY_NAMES)


class CronExpression(NamedTuple):
    """When it fires: minutes, hours and months as numbers in order, and the days of a month.

    SPEC_NOTES.md#cron-expression
    """

    text: str
    minutes: list[int]
    hours: list[int]
    months: frozenset[int]
    days: DayRule


def parse_a_cron_expression(text: str) -> CronExpression:
    """CronFailure if it is not one, or if there is no such day in any year.

    SPEC_NOTES.md#parse-a-cron-expression
    """
    fields = text.upper().split()
    if len(fields) != 5:
        raise CronFailure(f"A cron expression has five fields, and {text!r} has {len(fields)}")
    minute, hour, day_of_month, month, weekday = fields
    days: DayRule
    match day_of_month == "*", weekday == "*":
        case True, True:
            days = every_day
        case False, True:
            days = parse_days_of_month(day_of_month)
        case True, False:
            days = parse_weekdays(weekday)
        case _:
            days = either(parse_days_of_month(day_of_month), parse_weekdays(weekday))
    expression = CronExpression(
        text,
        sorted(parse_a_field(minute, MINUTE)),
        sorted(parse_a_field(hour, HOUR)),
        frozenset(parse_a_field(month, MONTH)),
        days,
    )
    next_fire(expression, datetime(2000, 1, 1, tzinfo=UTC))
    return expression


def next_fire(expression: CronExpression, after: datetime) -> datetime:
    """The first minute later than that instant at which an expression fires. Both are in UTC.

    CronFailure if there is none: in 400 years, after which the calendar repeats itself, or before
    the year 10000.

    SPEC_NOTES.md#next-fire
    """
    earliest = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
    year, month = earliest.year, earliest.month
    for _ in range(MONTHS_IN_A_CYCLE + 1):
        if month in expression.months:
            for day in sorted(expression.days(year, month)):
                if datetime(year, month, day, 23, 59, tzinfo=UTC) < earliest:
                    continue
                for hour in expression.hours:
                    for minute in expression.minutes:
                        instant = datetime(year, month, day, hour, minute, tzinfo=UTC)
                        if instant >= earliest:
                            return instant
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        if year > 9999:
            break
    raise CronFailure(f"{expression.text!r} never fires")


# ---- fields --------------------------------------------------------------------------------------


def parse_a_field(text: str, field: Field) -> set[int]:
    """The values of a field that has no days of its own: a list of numbers, names, ranges, steps.

    SPEC_NOTES.md#cron-field
    """
    values: set[int] = set()
    size = field.highest - field.lowest + 1
    for item in text.split(","):
        match = ITEM.fullmatch(item)
        if match is None or (item == "*" and text != "*"):
            raise CronFailure(f"{text!r} is not a {field.name}")
        star, first, last, step_text = match.groups()
        start = field.lowest if star else value_of(first, field)
        if last is not None:
            length = (value_of(last, field) - start) % size  # a range may go over the end
        else:
            length = 0 if first and step_text is None else field.highest - start
        step = int(step_text or 1)
        if not 1 <= step < size:
            raise CronFailure(f"A step of a {field.name} is from 1 to {size - 1}, not {step}")
        values.update(
            field.lowest + (start - field.lowest + offset) % size
            for offset in range(0, length + 1, step)
        )
    return values


def value_of(text: str, field: Field) -> int:
    """A value by its number or its name.

    Part of SPEC_NOTES.md#cron-field
    """
    if text in field.names:
        return field.lowest + field.names.index(text)
    if not text.isdecimal() or not field.lowest <= int(text) <= field.highest:
        raise CronFailure(
            f"A {field.name} is from {field.lowest} to {field.highest}, not {text[:20]!r}"
        )
    return int(text)


# ---- days ----------------------------------------------------------------------------------------


def parse_days_of_month(text: str) -> DayRule:
    """Days by their number, `L` for the last one, `W` for the nearest Monday to Friday.

    SPEC_NOTES.md#cron-days-of-month
    """
    if match := LAST_DAY.fullmatch(text):
        offset, is_weekday = int(match[1] or 0), match[2] is not None
        if match[1] is not None and not 1 <= offset <= 30:
            raise CronFailure(f"L is followed by -1 to -30, not -{offset}")
        return lambda year, month: one_day(
            year, month, last_day(year, month) - offset, moved=is_weekday
        )
    if match := NEAREST_WEEKDAY.fullmatch(text):
        number = value_of(match[1], DAY_OF_MONTH)
        return lambda year, month: one_day(year, month, number, moved=True)
    numbers = parse_a_field(text, DAY_OF_MONTH)
    return lambda year, month: {day for day in numbers if day <= last_day(year, month)}


def parse_weekdays(text: str) -> DayRule:
    """Weekdays by their number, 1 is Sunday, or name; `6L` is the last Friday, `6#2` the second.

    SPEC_NOTES.md#cron-weekdays
    """
    if text == "L":
        text = "SAT"
    if match := LAST_WEEKDAY_OF_A_KIND.fullmatch(text):
        weekday = value_of(match[1], WEEKDAY)
        return lambda year, month: {days_with_weekday(year, month, weekday)[-1]}
    if match := NTH_WEEKDAY_OF_A_KIND.fullmatch(text):
        weekday, index = value_of(match[1], WEEKDAY), int(match[2]) - 1
        return lambda year, month: {*days_with_weekday(year, month, weekday)[index : index + 1]}
    weekdays = parse_a_field(text, WEEKDAY)
    return lambda year, month: {
        day for weekday in weekdays for day in days_with_weekday(year, month, weekday)
    }


def every_day(year: int, month: int) -> Set[int]:
    """Both fields of days are `*`.

    Part of SPEC_NOTES.md#parse-a-cron-expression
    """
    return {*range(1, last_day(year, month) + 1)}


def either(one: DayRule, other: DayRule) -> DayRule:
    """Neither field of days is `*`: a day of either is a day.

    Part of SPEC_NOTES.md#parse-a-cron-expression
    """
    return lambda year, month: one(year, month) | other(year, month)


def one_day(year: int, month: int, day: int, *, moved: bool) -> Set[int]:
    """That day of a month, if there is one; `moved` off a weekend, but never into another month.

    SPEC_NOTES.md#nearest-weekday
    """
    last = last_day(year, month)
    if not 1 <= day <= last:
        return set()
    if moved:
        match datetime(year, month, day).isoweekday():
            case 6:
                day += -1 if day > 1 else 2
            case 7:
                day += 1 if day < last else -2
    return {day}


def days_with_weekday(year: int, month: int, weekday: int) -> range:
    """The days of a month that are that weekday, 1 is Sunday: four or five of them.

    Part of SPEC_NOTES.md#cron-weekdays
    """
    first_of_month = datetime(year, month, 1).isoweekday() % 7 + 1
    return range(1 + (weekday - first_of_month) % 7, last_day(year, month) + 1, 7)


def last_day(year: int, month: int) -> int:
    """The number of days of a month.

    Part of SPEC_NOTES.md#cron-days-of-month
    """
    return monthrange(year, month)[1]
