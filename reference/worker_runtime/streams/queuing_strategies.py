"""Queuing strategies: how much a stream takes in before it asks its source to pause.

Streams Standard, 7: https://streams.spec.whatwg.org/#qs
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias, TypedDict, Unpack, cast, overload

from ..webidl.callback_function_types import to_callback_function
from ..webidl.callbacks import dictionary_member
from ..webidl.dictionaries import to_dictionary
from ..webidl.exceptions import RangeError
from ..webidl.type_mapping import is_buffer_source, to_number

SizeAlgorithm: TypeAlias = Callable[[Any], float]


class QueuingStrategy(NamedTuple):
    """What a stream has read from the object that its author passed as strategy; None where a
    member is missing.

    https://streams.spec.whatwg.org/#dictdef-queuingstrategy
    """

    high_water_mark: float | None
    size: SizeAlgorithm | None


def to_queuing_strategy(value: object) -> QueuingStrategy:
    """Read a strategy: any object with `highWaterMark` and `size`, or a mapping with those keys;
    TypeError if one is unfit.

    Part of https://streams.spec.whatwg.org/#qs-api
    """
    high_water_mark = dictionary_member(value, "highWaterMark")
    size = dictionary_member(value, "size")
    if size is not None and not callable(size):
        raise TypeError(f"The size of a queuing strategy must be callable, not {size!r}")
    return QueuingStrategy(
        None if high_water_mark is None else to_number(high_water_mark),
        None if size is None else to_callback_function(size, 1),
    )


class QueuingStrategyInit(TypedDict):
    """https://streams.spec.whatwg.org/#dictdef-queuingstrategyinit"""

    highWaterMark: float


class ByteLengthQueuingStrategy:
    """Counts the bytes of the chunks.

    https://streams.spec.whatwg.org/#bytelengthqueuingstrategy
    """

    __slots__ = ("_high_water_mark",)

    @overload
    def __init__(self, **members: Unpack[QueuingStrategyInit]) -> None: ...
    @overload
    def __init__(self, init: QueuingStrategyInit | ByteLengthQueuingStrategy) -> None: ...
    def __init__(self, init: object = None, **members: Any) -> None:
        """https://streams.spec.whatwg.org/#blqs-constructor"""
        options = to_dictionary(QueuingStrategyInit, init, cast(QueuingStrategyInit, members))
        self._high_water_mark = to_number(options["highWaterMark"])

    @property
    def highWaterMark(self) -> float:
        """https://streams.spec.whatwg.org/#blqs-high-water-mark"""
        return self._high_water_mark

    @property
    def size(self) -> Callable[[Any], Any]:
        """A function of a chunk: how many bytes it has, or None where it is not bytes.

        https://streams.spec.whatwg.org/#blqs-size
        """
        return byte_length_queuing_strategy_size_function


class CountQueuingStrategy:
    """Counts the chunks.

    https://streams.spec.whatwg.org/#countqueuingstrategy
    """

    __slots__ = ("_high_water_mark",)

    @overload
    def __init__(self, **members: Unpack[QueuingStrategyInit]) -> None: ...
    @overload
    def __init__(self, init: QueuingStrategyInit | CountQueuingStrategy) -> None: ...
    def __init__(self, init: object = None, **members: Any) -> None:
        """https://streams.spec.whatwg.org/#cqs-constructor"""
        options = to_dictionary(QueuingStrategyInit, init, cast(QueuingStrategyInit, members))
        self._high_water_mark = to_number(options["highWaterMark"])

    @property
    def highWaterMark(self) -> float:
        """https://streams.spec.whatwg.org/#cqs-high-water-mark"""
        return self._high_water_mark

    @property
    def size(self) -> Callable[..., int]:
        """A function that answers 1.

        https://streams.spec.whatwg.org/#cqs-size
        """
        return count_queuing_strategy_size_function


def byte_length_queuing_strategy_size_function(chunk: object) -> Any:
    """https://streams.spec.whatwg.org/#byte-length-queuing-strategy-size-function"""
    if is_buffer_source(chunk):
        return memoryview(chunk).nbytes  # type: ignore[arg-type]
    if chunk is None:
        raise TypeError("A chunk is missing")
    return getattr(chunk, "byteLength", None)


def count_queuing_strategy_size_function(chunk: object = None) -> int:
    """https://streams.spec.whatwg.org/#count-queuing-strategy-size-function"""
    return 1


byte_length_queuing_strategy_size_function.__name__ = (
    count_queuing_strategy_size_function.__name__
) = "size"


def extract_high_water_mark(strategy: QueuingStrategy, default_hwm: float) -> float:
    """RangeError if it is NaN or negative; infinity is fine: no backpressure then.

    https://streams.spec.whatwg.org/#validate-and-normalize-high-water-mark
    """
    if strategy.high_water_mark is None:
        return default_hwm
    high_water_mark = strategy.high_water_mark
    if math.isnan(high_water_mark) or high_water_mark < 0:
        raise RangeError(f"highWaterMark must be a non-negative number, not {high_water_mark!r}")
    return high_water_mark


def extract_size_algorithm(strategy: QueuingStrategy) -> SizeAlgorithm:
    """https://streams.spec.whatwg.org/#make-size-algorithm-from-size-function"""
    return (lambda chunk: 1) if strategy.size is None else strategy.size
