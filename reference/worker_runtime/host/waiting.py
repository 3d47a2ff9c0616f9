"""Waiting: for what takes its time, and not for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

from .clock import Clock

T = TypeVar("T")


async def within(
    seconds: float, clock: Clock, steps: Coroutine[Any, Any, T], drop: Callable[[T], object]
) -> T:
    """What comes of steps; TimeoutError if it takes longer. What has come about when nobody waits
    for it any more is dropped.
    """
    task = asyncio.ensure_future(steps)
    is_too_late = False

    def give_up() -> None:
        nonlocal is_too_late
        is_too_late = True
        task.cancel()

    alarm = clock.call_later(seconds, give_up)
    try:
        return await asyncio.shield(task)
    except BaseException as error:
        task.cancel()
        task.add_done_callback(partial(_drop, drop))
        if is_too_late and isinstance(error, asyncio.CancelledError):
            raise TimeoutError(f"nothing within {seconds:g} seconds") from None
        raise
    finally:
        alarm.cancel()


def _drop(drop: Callable[[T], object], task: asyncio.Task[T]) -> None:
    if not task.cancelled() and task.exception() is None:
        drop(task.result())
