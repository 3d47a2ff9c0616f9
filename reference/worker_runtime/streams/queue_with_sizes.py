"""Queue-with-sizes: the chunks that wait in a stream, and their total size.

Streams Standard, 8.1: https://streams.spec.whatwg.org/#queue-with-sizes
"""

from __future__ import annotations

import math
from collections import deque
from typing import Any, Protocol

from ..webidl.exceptions import RangeError


class QueueWithSizes(Protocol):
    """Two paired slots: value-with-sizes, each a tuple `(value, size)`, and the sum of their sizes.

    https://streams.spec.whatwg.org/#queue-with-sizes
    """

    _queue: deque[Any]
    _queue_total_size: float


def dequeue_value(container: QueueWithSizes) -> Any:
    """https://streams.spec.whatwg.org/#dequeue-value"""
    value, size = container._queue.popleft()
    container._queue_total_size -= size
    if container._queue_total_size < 0:  # rounding errors
        container._queue_total_size = 0
    return value


def enqueue_value_with_size(container: QueueWithSizes, value: object, size: float) -> None:
    """RangeError if the size is not a number, or is NaN, negative or infinite.

    https://streams.spec.whatwg.org/#enqueue-value-with-size
    """
    # OPTIMIZATION: IsNonNegativeNumber, written out
    if not isinstance(size, (int, float)) or not size >= 0:
        raise RangeError(f"The size of a chunk must be a non-negative number, not {size!r}")
    if size == math.inf:
        raise RangeError("The size of a chunk must be finite")
    container._queue.append((value, size))
    container._queue_total_size += size


def peek_queue_value(container: QueueWithSizes) -> Any:
    """https://streams.spec.whatwg.org/#peek-queue-value"""
    return container._queue[0][0]


def reset_queue(container: QueueWithSizes) -> None:
    """https://streams.spec.whatwg.org/#reset-queue"""
    container._queue = deque()
    container._queue_total_size = 0
