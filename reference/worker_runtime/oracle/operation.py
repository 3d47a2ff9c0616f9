"""Operations: what can be asked for, each an algorithm of a standard with its address and the types
of its arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from .argument_types import BadQuestion, Convert, convert_of

T = TypeVar("T")


class Failure(Exception):
    """What an algorithm returns instead of a result where its standard says "return failure"."""


class Parameter(NamedTuple):
    """An argument of an operation. One that is optional may be left out, or be null."""

    name: str
    type: str
    is_optional: bool
    convert: Convert


class Operation:
    """A name, parameters as Web IDL writes them ("USVString url, optional USVString base"), and
    what the result is.

    `run` takes the converted arguments. It returns what JSON has, and bytes, or raises what the
    answer's error is to be.
    """

    __slots__ = ("address", "name", "parameters", "result", "run", "signature", "_required")

    def __init__(
        self, name: str, parameters: str, result: str, address: str, run: Callable[..., object]
    ) -> None:
        self.name = name
        self.signature = f"{name}({parameters}) -> {result}"
        self.parameters = [parameter_of(text) for text in parameters.split(", ")]
        self.result = result
        self.address = address
        self.run = run
        self._required = sum(not parameter.is_optional for parameter in self.parameters)

    def convert(self, arguments: Sequence[Any]) -> list[Any]:
        """The arguments as `run` takes them; BadQuestion if there are too few or too many, or one
        is of the wrong type.
        """
        if not self._required <= len(arguments) <= len(self.parameters):
            number = (
                f"{self._required} to {len(self.parameters)}"
                if self._required < len(self.parameters)
                else self._required
            )
            raise BadQuestion(f"{self.signature} takes {number} arguments, not {len(arguments)}")
        converted = []
        for parameter, argument in zip(self.parameters, arguments):
            try:
                is_missing = argument is None and parameter.is_optional
                converted.append(None if is_missing else parameter.convert(argument))
            except BadQuestion as error:
                raise BadQuestion(f"{self.signature}: {parameter.name}: {error}") from None
        return converted


def parameter_of(text: str) -> Parameter:
    """From "USVString url", or "optional USVString base"."""
    *optional, type, name = text.split(" ")
    return Parameter(name, type, bool(optional), convert_of(type))


def or_failure(result: T | None) -> T:
    """A result; Failure for None, where that stands for it."""
    if result is None:
        raise Failure("failure")
    return result
