"""Streams, 8.1: queue-with-sizes."""

from __future__ import annotations

import math
from collections import deque

import pytest

from worker_runtime import CountQueuingStrategy, RangeError, ReadableStream
from worker_runtime.streams.queue_with_sizes import (
    dequeue_value,
    enqueue_value_with_size,
    peek_queue_value,
    reset_queue,
)

from .recording import Source

spec = pytest.mark.spec


class Container:
    def __init__(self) -> None:
        self._queue: deque[tuple[object, float]] = deque()
        self._queue_total_size: float = 0


@spec("https://streams.spec.whatwg.org/#queue-with-sizes")
@spec("https://streams.spec.whatwg.org/#enqueue-value-with-size")
class TestEnqueueValueWithSize:
    def test_the_sizes_add_up(self) -> None:
        container = Container()
        enqueue_value_with_size(container, "a", 1)
        enqueue_value_with_size(container, "b", 2.5)
        assert container._queue_total_size == 3.5

    @pytest.mark.parametrize("size", [-1, math.nan, math.inf, -math.inf, None, "1"])
    def test_what_is_no_finite_non_negative_number_is_a_range_error(self, size: float) -> None:
        container = Container()
        with pytest.raises(RangeError, match="size of a chunk"):
            enqueue_value_with_size(container, "a", size)
        assert not container._queue


@spec("https://streams.spec.whatwg.org/#dequeue-value")
class TestDequeueValue:
    def test_values_come_in_their_order_and_take_their_sizes_away(self) -> None:
        container = Container()
        enqueue_value_with_size(container, "a", 1)
        enqueue_value_with_size(container, "b", 2)
        assert (dequeue_value(container), container._queue_total_size) == ("a", 2)
        assert (dequeue_value(container), container._queue_total_size) == ("b", 0)

    def test_rounding_errors_do_not_make_the_total_negative(self) -> None:
        container = Container()
        for size in (0.1, 0.2, 0.3):
            enqueue_value_with_size(container, "a", size)
        container._queue_total_size = 0.05
        dequeue_value(container)
        assert container._queue_total_size == 0

    async def test_the_total_is_that_of_doubles(self) -> None:
        source = Source()
        ReadableStream(source, {"size": lambda chunk: chunk, "highWaterMark": 0})
        source.controller.enqueue(1e-16)
        source.controller.enqueue(1)
        assert source.controller.desiredSize == 0 - 1e-16 - 1


@spec("https://streams.spec.whatwg.org/#peek-queue-value")
class TestPeekQueueValue:
    def test_the_first_value_stays(self) -> None:
        container = Container()
        enqueue_value_with_size(container, "a", 1)
        assert (peek_queue_value(container), peek_queue_value(container)) == ("a", "a")


@spec("https://streams.spec.whatwg.org/#reset-queue")
class TestResetQueue:
    def test_nothing_is_left(self) -> None:
        container = Container()
        enqueue_value_with_size(container, "a", 1)
        reset_queue(container)
        assert (list(container._queue), container._queue_total_size) == ([], 0)

    async def test_a_queue_takes_many_chunks_without_a_search_for_the_first(self) -> None:
        source = Source()
        reader = ReadableStream(source, CountQueuingStrategy(highWaterMark=math.inf)).getReader()
        for number in range(50_000):
            source.controller.enqueue(number)
        for number in range(50_000):
            assert (await reader.read()).value == number
