"""Time limits: how long a handler of an object may take.

SPEC_NOTES.md#time-limit
"""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial

from ...host.clock import Clock
from ...webidl.awaitables import future_of
from ...webidl.promises import Promise, a_new_promise, resolve


async def within(seconds: float, clock: Clock, handling: object, handler: str) -> None:
    """Wait for what a handler has returned, if that is to be waited for. After so many seconds it
    is canceled, and a TimeoutError says so; 0 is no limit.

    SPEC_NOTES.md#time-limit
    """
    if not isinstance(handling, Awaitable):
        return
    if not seconds:
        await handling
        return
    is_done: Promise[bool] = a_new_promise()
    task = future_of(handling)
    task.add_done_callback(lambda _: resolve(is_done, True))
    timer = clock.call_later(seconds, partial(resolve, is_done, False))
    try:
        if not await is_done:
            raise TimeoutError(f"{handler}() took more than {seconds:g} seconds and was canceled")
        await task
    finally:
        timer.cancel()
        task.cancel()
