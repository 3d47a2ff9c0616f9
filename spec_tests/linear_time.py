"""Hostile input: what to do with eight times as much may not take much more than eight times as
long.
"""

from __future__ import annotations

from collections.abc import Callable
from time import process_time
from typing import TypeVar

from worker_runtime import DOMException
from worker_runtime.url.writing import URLFailure

Input = TypeVar("Input")


def grows_no_worse_than_its_input(
    work: Callable[[Input], object], make: Callable[[int], Input], length: int
) -> None:
    """Work that took the square of the time would take sixty-four times as long."""
    short, long = make(length), make(length * 8)
    limit = 24 * max(min(_seconds(work, short) for _ in range(3)), 0.001)
    assert any(_seconds(work, long) < limit for _ in range(3))  # the machine may be busy


def _seconds(work: Callable[[Input], object], input: Input) -> float:
    start = process_time()
    try:
        work(input)
    except (ValueError, TypeError, DOMException, URLFailure):  # which is an answer
        pass
    return process_time() - start
