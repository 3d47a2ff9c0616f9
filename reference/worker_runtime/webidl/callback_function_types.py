"""Callback function types: a callback gets as many arguments as it takes.

Web IDL, 3.2.19: https://webidl.spec.whatwg.org/#js-callback-function

A function of JavaScript drops the arguments that it does not name, so a listener may be `() =>
...`, and a source may have `pull() { ... }`. Here they may be `lambda: ...` and `def pull(self):
...`.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from inspect import CO_VARARGS, Parameter, signature
from types import FunctionType, MethodType
from typing import Any


def to_callback_function(callback: Callable[..., Any], argument_count: int) -> Callable[..., Any]:
    """A callback as it is called: with that many arguments, of which it gets the first that its
    signature has room for. The signature is looked at here, once.

    https://webidl.spec.whatwg.org/#js-callback-function
    """
    count = number_of_parameters(callback) if argument_count else None
    if count is None or count >= argument_count:
        return callback
    return lambda *arguments: callback(*arguments[:count])


def refuse_what_was_called(value: object, what: str) -> None:
    """TypeError if a coroutine or a promise stands where a function is wanted, as it does when the
    function was called instead of passed.

    Part of https://webidl.spec.whatwg.org/#js-callback-function
    """
    if hasattr(type(value), "__await__"):
        if isinstance(value, Coroutine):
            value.close()  # The error stands for Python's warning that nobody has awaited it.
        raise TypeError(
            f"{what} is a function, not {type(value).__name__}: pass the function itself, "
            "without calling it"
        )


def number_of_parameters(callback: Callable[..., Any]) -> int | None:
    """How many arguments a callable takes by position; None if there is no limit, or none is known.

    Part of https://webidl.spec.whatwg.org/#js-callback-function
    """
    function: Any = callback
    # OPTIMIZATION: as `signature` does it, for what is neither wrapped nor has one of its own.
    if type(function) is partial and not function.keywords:
        count = number_of_parameters(function.func)
        return None if count is None else count - len(function.args)
    if type(function) is MethodType:
        function = function.__func__
    if type(function) is FunctionType and not function.__dict__:
        code = function.__code__
        if code.co_flags & CO_VARARGS:
            return None
        return code.co_argcount - (function is not callback)
    try:
        parameters = signature(callback).parameters.values()
    except (TypeError, ValueError):
        return None
    kinds = [parameter.kind for parameter in parameters]
    if Parameter.VAR_POSITIONAL in kinds:
        return None
    return sum(
        kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD) for kind in kinds
    )
