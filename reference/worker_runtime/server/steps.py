"""Steps: a coroutine that never has to wait needs no task."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextvars import Context
from typing import Any


def run_to_first_wait(
    coroutine: Coroutine[Any, Any, None], context: Context
) -> asyncio.Task[None] | None:
    """Begin a coroutine at once, in a context that is all its own. It becomes a task when it has to
    wait for something; there is none if it never has to.
    """
    try:
        waited_for = context.run(coroutine.send, None)
    except StopIteration:
        return None
    begun = _Begun(coroutine, waited_for)
    return asyncio.get_running_loop().create_task(begun, context=context)


class _Begun(Coroutine[Any, Any, None]):
    """A coroutine that has made its first step: the first step of its task only learns what it
    waits for.
    """

    __slots__ = ("_coroutine", "_is_news", "_waited_for")

    def __init__(self, coroutine: Coroutine[Any, Any, None], waited_for: object) -> None:
        self._coroutine = coroutine
        self._waited_for = waited_for
        self._is_news = True

    def send(self, value: Any) -> Any:
        if self._is_news:
            self._is_news = False
            return self._waited_for
        return self._coroutine.send(value)

    def throw(self, *error: Any) -> Any:
        self._is_news = False
        return self._coroutine.throw(*error)

    def close(self) -> None:
        self._coroutine.close()

    def __await__(self) -> Any:
        raise TypeError("A task runs this coroutine; it cannot be awaited as well")
