"""Exploration: the same test, in many orders of what could happen in any order."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable

from ..host.virtual_time import run_in_virtual_time

ATTEMPTS_TO_SHRINK = 200


class Choices:
    """A schedule that makes given choices, then by chance, or else the first; it keeps what it has
    chosen, and of how many.
    """

    def __init__(self, given: tuple[int, ...] = (), seed: int | None = None) -> None:
        self._given = given
        self._random = None if seed is None else random.Random(seed)
        self.made: list[int] = []

    def choose(self, count: int) -> int:
        """The next choice."""
        index = len(self.made)
        if index < len(self._given):
            choice = min(self._given[index], count - 1)
        elif self._random is not None:
            choice = self._random.randrange(count)
        else:
            choice = 0
        self.made.append(choice)
        return choice


class ScheduleFailure(AssertionError):
    """A test fails in some order. `schedule` repeats it: `replay(test, failure.schedule)`."""

    def __init__(self, message: str, schedule: str) -> None:
        super().__init__(message)
        self.schedule = schedule


def explore(test: Callable[[], Awaitable[object]], runs: int = 100, seed: int = 0) -> None:
    """Run a test in the usual order, and so many times in others: of the tasks that are ready, a
    seed decides which goes on. Each run has an event loop with virtual time, and the test makes a
    World of its own.

    If one fails: ScheduleFailure, with the smallest schedule found that fails, and the test's error
    as its cause.
    """
    for number in range(runs):
        choices = Choices(seed=None if number == 0 else seed + number)
        error = failure_of(test, choices)
        if error is not None:
            schedule, error = smallest(test, trimmed(choices.made), error)
            text = written(schedule)
            raise ScheduleFailure(
                f"Run {number} fails, by seed {seed + number}. Of {len(choices.made)} choices "
                f"these "
                f"{sum(map(bool, schedule))} matter: replay(test, {text!r})",
                text,
            ) from error


def replay(test: Callable[[], Awaitable[object]], schedule: str) -> None:
    """Run a test once, in the order that a failure has told."""
    error = failure_of(test, Choices(read(schedule)))
    if error is not None:
        raise error


def failure_of(test: Callable[[], Awaitable[object]], choices: Choices) -> Exception | None:
    """What a test raises with these choices, if anything."""

    async def main() -> None:
        await test()

    try:
        run_in_virtual_time(main(), choices)
    except Exception as error:
        return error
    return None


def smallest(
    test: Callable[[], Awaitable[object]], schedule: tuple[int, ...], error: Exception
) -> tuple[tuple[int, ...], Exception]:
    """A schedule that fails in the same way, with fewer choices that are not the first; and its
    error.
    """
    attempts, size = 0, max(1, len(schedule) // 2)
    while True:
        start = 0
        while start < len(schedule) and attempts < ATTEMPTS_TO_SHRINK:
            end = min(start + size, len(schedule))
            if any(schedule[start:end]):
                attempts += 1
                shorter = trimmed([*schedule[:start], *[0] * (end - start), *schedule[end:]])
                other = failure_of(test, Choices(shorter))
                if type(other) is type(error):
                    assert other is not None
                    schedule, error = shorter, other
            start = end
        if size == 1 or attempts >= ATTEMPTS_TO_SHRINK:
            return schedule, error
        size //= 2


def trimmed(choices: list[int]) -> tuple[int, ...]:
    """Choices without those at the end that are the first anyway."""
    end = len(choices)
    while end and choices[end - 1] == 0:
        end -= 1
    return tuple(choices[:end])


def written(schedule: tuple[int, ...]) -> str:
    """A schedule as text: "17:2 20:1" is the third task at choice 17, the second at choice 20."""
    return " ".join(f"{index}:{choice}" for index, choice in enumerate(schedule) if choice)


def read(text: str) -> tuple[int, ...]:
    """A schedule of text."""
    pairs = [tuple(map(int, pair.split(":"))) for pair in text.split()]
    choices = [0] * (max((index for index, _ in pairs), default=-1) + 1)
    for index, choice in pairs:
        choices[index] = choice
    return tuple(choices)
