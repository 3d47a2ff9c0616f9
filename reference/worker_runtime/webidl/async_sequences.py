"""Async sequences: what an author passes to be iterated over, now or later, in JavaScript's `for
await` or Python's `async for`.

Web IDL, 3.2.22: https://webidl.spec.whatwg.org/#js-async-iterable

Where a JavaScript iterator answers that it is done, an asynchronous one of Python raises
StopAsyncIteration, and a synchronous one StopIteration. JavaScript's `return` is `return_`, or the
`aclose` and `close` of generators.
"""

from __future__ import annotations

from typing import Any

from .awaitables import begin
from .exceptions import exception_of, reason_of
from .interfaces import END_OF_ITERATION, EndOfIteration
from .promises import (
    Promise,
    a_promise_rejected_with,
    a_promise_resolved_with,
    promise_resolve,
    react,
)


class AsyncIteratorRecord:
    """An async sequence that has been opened.

    https://webidl.spec.whatwg.org/#async-iterator
    """

    __slots__ = ("is_synchronous", "iterator", "step")

    def __init__(self, iterator: Any, is_synchronous: bool) -> None:
        self.iterator = iterator
        self.is_synchronous = is_synchronous
        # the task in which a coroutine of the iterator computes the next value
        self.step: Any = None


def open_an_async_sequence(sequence: Any) -> AsyncIteratorRecord:
    """TypeError if the sequence cannot be iterated over, or is a string.

    https://webidl.spec.whatwg.org/#async-sequence-open
    """
    if hasattr(type(sequence), "__aiter__"):
        return AsyncIteratorRecord(aiter(sequence), False)
    if isinstance(sequence, str) or not hasattr(type(sequence), "__iter__"):
        raise TypeError(
            f"Expected an iterable or asynchronous iterable that is no string, not "
            f"{type(sequence).__name__}"
        )
    return AsyncIteratorRecord(iter(sequence), True)


def get_the_next_value(iterator: AsyncIteratorRecord) -> Promise[Any | EndOfIteration]:
    """https://webidl.spec.whatwg.org/#async-iterator-get-next-value"""
    next_value = begin_to_get_the_next_value(iterator)
    if not isinstance(next_value, tuple):
        return next_value
    return react(a_promise_resolved_with(next_value[0]))


def begin_to_get_the_next_value(
    iterator: AsyncIteratorRecord,
) -> tuple[Any | EndOfIteration] | Promise[Any | EndOfIteration]:
    """A tuple of the next value, if it is there at once and is not a promise; else as
    `get_the_next_value`.

    Part of https://webidl.spec.whatwg.org/#js-async-sequence-iteration
    """
    try:
        if iterator.is_synchronous:
            value = next(iterator.iterator)
            if not hasattr(type(value), "__await__"):
                return (value,)
            return react(
                a_promise_resolved_with(value),
                None,
                lambda reason: _close_after_a_rejection(iterator, reason),
            )
        next_result = iterator.iterator.__anext__()
    except StopIteration:
        return a_promise_resolved_with(END_OF_ITERATION)
    except Exception as error:
        return a_promise_rejected_with(reason_of(error))
    if not isinstance(next_result, Promise):
        begun = begin(next_result)
        if not isinstance(begun, tuple):
            next_result = iterator.step = begun
        elif hasattr(type(begun[0]), "__await__"):
            next_result = a_promise_resolved_with(begun[0])
        else:
            return begun
    return react(promise_resolve(next_result), None, _end_or_raise)


def close_an_async_iterator(iterator: AsyncIteratorRecord, reason: object) -> Promise[None]:
    """Let the iterator clean up. If it is computing the next value in a coroutine, that is
    cancelled first.

    https://webidl.spec.whatwg.org/#async-iterator-close
    """
    if iterator.step is not None and not iterator.step.done():
        # Python's generators refuse to be closed while they run, where JavaScript's would close
        # after the next value.
        iterator.step.cancel()
        step, iterator.step = promise_resolve(iterator.step), None
        return react(
            step,
            lambda _: close_an_async_iterator(iterator, reason),
            lambda _: close_an_async_iterator(iterator, reason),
        )
    target = iterator.iterator
    try:
        if (return_method := getattr(target, "return_", None)) is not None:
            return_result = return_method(reason)
        elif (
            close_method := getattr(target, "close" if iterator.is_synchronous else "aclose", None)
        ) is not None:
            return_result = close_method()
        else:
            return_result = None
    except Exception as error:
        return a_promise_rejected_with(reason_of(error))
    return react(promise_resolve(return_result), lambda _: None)


def _close_after_a_rejection(iterator: AsyncIteratorRecord, reason: object) -> None:
    """A synchronous iterator gave a promise that is rejected: it will not be asked again."""
    if (close_method := getattr(iterator.iterator, "close", None)) is not None:
        close_method()
    raise exception_of(reason)


def _end_or_raise(reason: object) -> EndOfIteration:
    if isinstance(reason, StopAsyncIteration):
        return END_OF_ITERATION
    raise exception_of(reason)
