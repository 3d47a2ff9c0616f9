"""SPEC_NOTES.md, "Cron expressions"."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from worker_runtime.cloudflare.cron_expressions import (
    CronFailure,
    next_fire,
    parse_a_cron_expression,
)

spec = pytest.mark.spec

# Lines of expression, instant, and the first three instants after it. What Python's `croniter`
# knows of the grammar was compared with it.
TABLE = [
    tuple(line.split(" | "))
    for line in Path(__file__).with_name("cron_table.txt").read_text("utf-8").splitlines()
]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def instants(expression: str, after: str, count: int = 3) -> list[str]:
    parsed, found = parse_a_cron_expression(expression), [instant(after)]
    for _ in range(count):
        found.append(next_fire(parsed, found[-1]))
    return [f"{each:%Y-%m-%dT%H:%M}" for each in found[1:]]


# ---- a slow and obvious second implementation ----------------------------------------------------

NAMES = {
    name: str(number)
    for names in ("SUN MON TUE WED THU FRI SAT", "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC")
    for number, name in enumerate(names.split(), 1)
}


def holds(field: str, value: int, lowest: int, highest: int) -> bool:
    """Whether a value is in a field, by counting from the start of each of its items."""
    for item in field.split(","):
        span, _, step = item.partition("/")
        first, _, last = span.partition("-")
        if first == "*":
            first, last = str(lowest), str(highest)
        at = int(first)
        end = int(last or (highest if step else first))
        steps_to_go = 0
        while True:
            if steps_to_go == 0:
                if at == value:
                    return True
                steps_to_go = int(step or 1)
            if at == end:
                break
            at = lowest if at == highest else at + 1
            steps_to_go -= 1
    return False


def month_of(day: date) -> list[date]:
    days = [day.replace(day=1)]
    while (following := days[-1] + timedelta(days=1)).month == day.month:
        days.append(following)
    return days


def weekday_near(number: int, day: date) -> date | None:
    """Of the days of a month that are no weekend, the one that is nearest; the earlier of two."""
    days = month_of(day)
    if not 1 <= number <= len(days):
        return None
    return min(
        (each for each in days if each.isoweekday() < 6),
        key=lambda each: (abs(each.day - number), each),
    )


def is_day_of_month(field: str, day: date) -> bool:
    days = month_of(day)
    if field.startswith("L"):
        number = len(days) - int(field.strip("LW").lstrip("-") or 0)
        return day == weekday_near(number, day) if "W" in field else day.day == number
    if field.endswith("W"):
        return day == weekday_near(int(field[:-1]), day)
    return holds(field, day.day, 1, 31)


def is_weekday(field: str, day: date) -> bool:
    number = day.isoweekday() % 7 + 1
    alike = [each for each in month_of(day) if each.isoweekday() == day.isoweekday()]
    if field == "L":
        return number == 7
    if field.endswith("L"):
        return number == int(field[:-1]) and day == alike[-1]
    if "#" in field:
        weekday, nth = map(int, field.split("#"))
        return number == weekday and day in alike[nth - 1 : nth]
    return holds(field, number, 1, 7)


def fires_on(fields: list[str], day: date) -> bool:
    _, _, day_of_month, month, weekday = fields
    if not holds(month, day.month, 1, 12):
        return False
    if day_of_month != "*" and weekday != "*":
        return is_day_of_month(day_of_month, day) or is_weekday(weekday, day)
    return (day_of_month == "*" or is_day_of_month(day_of_month, day)) and (
        weekday == "*" or is_weekday(weekday, day)
    )


def next_by_looking_at_each_minute(expression: str, after: datetime) -> datetime:
    text = expression.upper()
    for name, number in NAMES.items():
        text = text.replace(name, number)
    fields = text.split()
    now = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
    while True:
        if not fires_on(fields, now.date()):
            now = now.replace(hour=0, minute=0) + timedelta(days=1)
        elif not holds(fields[1], now.hour, 0, 23):
            now = now.replace(minute=0) + timedelta(hours=1)
        elif not holds(fields[0], now.minute, 0, 59):
            now += timedelta(minutes=1)
        else:
            return now


class Expressions:
    """Expressions by chance, of all of the grammar, that fire in most years."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def items(self, lowest: int, highest: int, names: list[str] | None = None) -> str:
        return ",".join(self.item(lowest, highest, names) for _
            in range(self.random.choice([1, 1, 2, 3])))  # fmt: skip

    def item(self, lowest: int, highest: int, names: list[str] | None) -> str:
        def value() -> str:
            if names and self.random.random() < 0.5:
                return self.random.choice(names)
            return str(self.random.randint(lowest, highest))

        step = str(self.random.randint(1, highest - lowest))
        return self.random.choice(
            [value(), f"{value()}-{value()}", f"*/{step}", f"{value()}/{step}",
                f"{value()}-{value()}/{step}"]
        )  # fmt: skip

    def day_of_month(self) -> str:
        special = ["L", "LW", f"L-{self.random.randint(1, 27)}", f"L-{self.random.randint(1, 27)}W",
            f"{self.random.randint(1, 31)}W"]  # fmt: skip
        return self.random.choice(["*", "*", *special, *[self.items(1, 31)] * 4])

    def weekday(self) -> str:
        days = "sun MON Tue wed thu FRI sat 1 2 3 4 5 6 7".split()
        special = ["L", f"{self.random.choice(days)}L",
            f"{self.random.choice(days)}#{self.random.randint(1, 5)}"]  # fmt: skip
        return self.random.choice(["*", "*", "*", *special, *[self.items(1, 7, days[:7])] * 2])

    def expression(self) -> str:
        month = self.random.choice(["*", "*",
            self.items(1, 12,
                "jan FEB Mar apr may jun jul aug sep oct nov dec".split())])  # fmt: skip
        minute = self.random.choice(["*", self.items(0, 59), self.items(0, 59)])
        hour = self.random.choice(["*", self.items(0, 23), self.items(0, 23)])
        return " ".join([minute, hour, self.day_of_month(), month, self.weekday()])


@spec("SPEC_NOTES.md#next-fire")
class TestNextFire:
    def test_the_table_is_long(self) -> None:
        assert len(TABLE) >= 200

    @pytest.mark.parametrize("expression, after, following", TABLE)
    def test_the_first_three_instants(self, expression: str, after: str, following: str) -> None:
        assert instants(expression, after) == following.split()

    @pytest.mark.parametrize("expression, after, following", TABLE)
    def test_the_table_holds_for_the_second_implementation(
        self, expression: str, after: str, following: str
    ) -> None:
        first = next_by_looking_at_each_minute(expression, instant(after))
        assert f"{first:%Y-%m-%dT%H:%M}" == following.split()[0]

    @pytest.mark.parametrize("seed", range(120))
    def test_it_is_what_looking_at_each_minute_finds(self, seed: int) -> None:
        expressions = Expressions(seed)
        text = expressions.expression()
        try:
            expression = parse_a_cron_expression(text)
        except CronFailure as failure:
            assert "never fires" in str(failure)
            return
        now = datetime(2023, 1, 1, tzinfo=UTC) + timedelta(
            minutes=expressions.random.randrange(4 * 365 * 24 * 60)
        )
        for _ in range(4):
            following = next_fire(expression, now)
            assert following == next_by_looking_at_each_minute(text, now), (text, now)
            now = following

    def test_it_is_later_also_within_a_minute(self) -> None:
        at = datetime(2026, 1, 1, 0, 0, 59, 999_999, tzinfo=UTC)
        assert next_fire(parse_a_cron_expression("* * * * *"), at) == instant("2026-01-01T00:01")

    def test_there_is_none_when_the_years_end(self) -> None:
        with pytest.raises(CronFailure, match="never fires"):
            next_fire(parse_a_cron_expression("0 0 1 1 *"), instant("9999-06-01T00:00"))


@spec("SPEC_NOTES.md#parse-a-cron-expression")
class TestParseACronExpression:
    @pytest.mark.parametrize(
        "text", ["", "* * * *", "* * * * * *", "@daily", "0 0 1 1 * 2026", "0,0 * * *"]
    )
    def test_there_are_five_fields(self, text: str) -> None:
        with pytest.raises(CronFailure, match="five fields"):
            parse_a_cron_expression(text)

    def test_white_space_is_of_any_length(self) -> None:
        assert instants(" 0\t12  * * *\n", "2026-01-01T00:00", 1) == ["2026-01-01T12:00"]

    def test_its_text_stays_as_it_was(self) -> None:
        assert parse_a_cron_expression("0 0 1 jan *").text == "0 0 1 jan *"

    @pytest.mark.parametrize(
        "text", ["0 0 30 2 *", "0 0 31 2,4,6,9,11 *", "0 0 30W 2 *", "0 0 L-30 4 *", "0 0 L-29 2 *"]
    )
    def test_a_day_that_no_year_has_is_refused(self, text: str) -> None:
        with pytest.raises(CronFailure, match="never fires"):
            parse_a_cron_expression(text)


@spec("SPEC_NOTES.md#cron-field")
class TestParseAField:
    @pytest.mark.parametrize(
        "text",
        ["60 * * * *", "-1 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 0 *",
            "* * * 13 *",
         "* * * * 0", "* * * * 8", "*/0 * * * *", "*/60 * * * *", "* */24 * * *", "* * */31 * *",
         "* * * */12 *", "* * * * */7", "5- * * * *", "-5 * * * *", "5-6-7 * * * *", "1,,2 * * * *",
         ", * * * *", "1, * * * *", "*,5 * * * *", "5,* * * * *", "** * * * *", "*-5 * * * *",
         "1/2/3 * * * *", "1/-2 * * * *", "a * * * *", "* * * JANUARY *", "* * * MON *",
         "* * * * JAN", "JAN * * * *", "1.5 * * * *", "? * * * *", "* * ? * *",
         "* * * * MON-", "\u0661 * * * *", "9999999999 * * * *"],
    )  # fmt: skip
    def test_anything_else_is_refused(self, text: str) -> None:
        with pytest.raises(CronFailure):
            parse_a_cron_expression(text)


@spec("SPEC_NOTES.md#cron-days-of-month")
class TestParseDaysOfMonth:
    @pytest.mark.parametrize(
        "day",
        ["L-0", "L-31", "L-", "L5", "5L", "LWW", "WL", "W", "0W", "32W", "W15", "15W,20", "1,L",
            "L,1", "1-5W", "15W-20",
         "L/2", "5#2"],
    )  # fmt: skip
    def test_anything_else_is_refused(self, day: str) -> None:
        with pytest.raises(CronFailure):
            parse_a_cron_expression(f"0 0 {day} * *")


@spec("SPEC_NOTES.md#cron-weekdays")
class TestParseWeekdays:
    @pytest.mark.parametrize(
        "day",
        ["0L", "8L", "LL", "L6", "6L,2", "2,6L", "2#0", "2#6", "2#", "#2", "8#1", "2#1,3",
            "mon#one", "2#1#1", "2W", "LW",
         "monday"],
    )  # fmt: skip
    def test_anything_else_is_refused(self, day: str) -> None:
        with pytest.raises(CronFailure):
            parse_a_cron_expression(f"0 0 * * {day}")


@spec("SPEC_NOTES.md#nearest-weekday")
class TestOneDay:
    @pytest.mark.parametrize(
        "day, month, fires",
        [
            ("1W", "2025-02", "03"),  # a Saturday, and the first: to Monday
            ("1W", "2025-06", "02"),  # a Sunday
            ("30W", "2025-11", "28"),  # a Sunday, and the last: to Friday
            ("31W", "2025-05", "30"),  # a Saturday, and the last
            ("LW", "2025-08", "29"),  # the last is a Sunday
            ("15W", "2025-02", "14"),  # a Saturday: to Friday
            ("16W", "2025-02", "17"),  # a Sunday: to Monday
            ("31W", "2025-09", None),  # never the 30th
        ],
    )
    def test_it_stays_in_its_month(self, day: str, month: str, fires: str | None) -> None:
        year, number = map(int, month.split("-"))
        rule = parse_a_cron_expression(f"0 0 {day} * *").days
        assert rule(year, number) == ({int(fires)} if fires else set())


@spec("SPEC_NOTES.md#cron-failure")
class TestCronFailure:
    def test_it_is_a_value_error(self) -> None:
        assert issubclass(CronFailure, ValueError)


@spec("SPEC_NOTES.md#cron-expression")
class TestCronExpression:
    def test_equal_values_are_there_once_and_in_order(self) -> None:
        expression = parse_a_cron_expression("5,5,1-2 3 * dec,1 *")
        assert expression.minutes == [1, 2, 5] and expression.hours == [3]
        assert expression.months == {1, 12}
