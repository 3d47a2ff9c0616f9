"""Answers: what authors get from a storage that answers at once, or fails.

Service Workers, 5.1: https://w3c.github.io/ServiceWorker/#cache-objects
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ..host.storage.backend import StorageError, StorageFull
from ..webidl.exceptions import DOMException, QuotaExceededError
from ..webidl.promises import Promise, a_promise_rejected_with, a_promise_resolved_with

T = TypeVar("T")


def answer(steps: Callable[[], T]) -> Promise[T]:
    """A promise of what steps return, or of what they raise.

    Part of https://w3c.github.io/ServiceWorker/#cache-objects
    """
    # DEVIATION: a storage answers at once, so nothing is done in parallel and then told in a task:
    # operations have the order in which they are called, and their promises are settled when they
    # are returned.
    try:
        return a_promise_resolved_with(steps())
    except Exception as error:
        return a_promise_rejected_with(exception_for(error))


def exception_for(error: Exception) -> Exception:
    """What an author gets: QuotaExceededError if a storage is full, "UnknownError" if it fails in
    another way.

    Part of https://w3c.github.io/ServiceWorker/#cache-objects
    """
    if not isinstance(error, StorageError):
        return error
    if isinstance(error, StorageFull):
        exception: DOMException = QuotaExceededError(f"There is no room for it: {error}")
    else:
        exception = DOMException(str(error), "UnknownError")
    exception.__cause__ = error
    return exception
