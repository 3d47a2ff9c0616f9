"""Callbacks: calling what the author of a worker brought.

Web IDL, 3.11 and 3.12: https://webidl.spec.whatwg.org/#js-invoking-callback-functions

In Python a callback is any callable. One whose IDL type returns a promise may be an `async def`, or
return a plain value.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from contextvars import copy_context
from functools import partial
from typing import Any, cast

from .callback_function_types import to_callback_function
from .exceptions import reason_of
from .promises import RESOLVED_WITH_UNDEFINED, Promise, a_promise_rejected_with, promise_resolve


def invoke_returning_a_promise(callback: Callable[..., Any], *args: object) -> Promise[Any]:
    """Call a callback whose return type is a promise type: what it throws is a rejection.

    Part of https://webidl.spec.whatwg.org/#invoke-a-callback-function
    """
    try:
        result = callback(*args)
        return RESOLVED_WITH_UNDEFINED if result is None else promise_resolve(result)
    except Exception as error:
        return a_promise_rejected_with(reason_of(error))


def bound_to_its_context(callback: Callable[..., Any]) -> Callable[..., Promise[Any]]:
    """A callback that returns a promise, to be called later, perhaps by another scope: it runs in
    the scope, and sees the context variables, of the code that has brought it.

    A callback must not be called again within itself.

    https://webidl.spec.whatwg.org/#dfn-callback-context
    """
    return partial(copy_context().run, invoke_returning_a_promise, callback)


def dictionary_member(dictionary: object, name: str, default: object = None) -> Any:
    """Read a member of a dictionary that is used as an object: a key of a mapping, else an
    attribute.

    Part of https://webidl.spec.whatwg.org/#js-dictionary
    """
    if isinstance(dictionary, (dict, Mapping)):  # OPTIMIZATION: most are a dict
        return dictionary.get(name, default)
    return getattr(dictionary, name, default)


def call_a_user_objects_operation(value: object, operation_name: str, *args: object) -> Any:
    """Call a callback interface: the value itself if it is callable, else its method of that name.

    https://webidl.spec.whatwg.org/#call-a-user-objects-operation
    """
    if callable(value):
        return to_callback_function(value, len(args))(*args)
    operation = getattr(value, operation_name, None)
    if not callable(operation):
        raise TypeError(f"{value!r} is neither callable nor has a method {operation_name!r}")
    return to_callback_function(cast(Callable[..., Any], operation), len(args))(*args)


def convert_to_undefined(result: object) -> None:
    """Drop what a callback has returned where nothing is asked for; but a coroutine, or whatever
    can be awaited, runs.

    It runs as a promise, so that what it raises is a rejection that nobody handles. Without a
    running event loop it cannot.

    Part of https://webidl.spec.whatwg.org/#js-undefined
    """
    if result is not None and hasattr(type(result), "__await__"):
        try:
            promise_resolve(result)
        except RuntimeError:
            if isinstance(result, Coroutine):
                result.close()
            raise
