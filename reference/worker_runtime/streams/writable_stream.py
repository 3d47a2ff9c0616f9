"""The WritableStream class, and how writable streams are made.

Streams Standard, 5.2 and 5.5.1: https://streams.spec.whatwg.org/#ws-class
"""

from __future__ import annotations

from collections import deque
from typing import Any, Literal

from ..webidl.interfaces import new
from ..webidl.promises import Promise, a_promise_rejected_with
from .miscellaneous import is_non_negative_number
from .queuing_strategies import (
    SizeAlgorithm,
    extract_high_water_mark,
    extract_size_algorithm,
    to_queuing_strategy,
)
from .underlying_apis import to_underlying_sink
from .writable_controller import (
    AbortAlgorithm,
    CloseAlgorithm,
    StartAlgorithm,
    WritableStreamDefaultController,
    WriteAlgorithm,
    set_up_writable_stream_default_controller,
    set_up_writable_stream_default_controller_from_underlying_sink,
)
from .writable_operations import (
    PendingAbortRequest,
    is_writable_stream_locked,
    writable_stream_close_queued_or_in_flight,
)
from .writers import (
    WritableStreamDefaultWriter,
    acquire_writable_stream_default_writer,
    writable_stream_abort,
    writable_stream_close,
)


class WritableStream:
    """A destination for data, to which chunks are written one after another. Making one needs a
    running event loop.

    https://streams.spec.whatwg.org/#writablestream
    """

    # The standard's table of internal slots: [[closeRequest]] is _close_request.
    __slots__ = (
        "__weakref__", "_backpressure", "_close_request", "_controller", "_is_detached",
        "_in_flight_close_request", "_in_flight_write_request", "_pending_abort_request", "_state",
        "_stored_error", "_write_requests", "_writer",
    )  # fmt: skip

    _backpressure: bool
    _close_request: Promise[None] | None
    _controller: WritableStreamDefaultController
    _is_detached: bool
    _in_flight_close_request: Promise[None] | None
    _in_flight_write_request: Promise[None] | None
    _pending_abort_request: PendingAbortRequest | None
    _state: Literal["writable", "closed", "erroring", "errored"]
    _stored_error: Any
    _write_requests: deque[Promise[None]]
    _writer: WritableStreamDefaultWriter | None

    def __init__(self, underlyingSink: object = None, strategy: object = None) -> None:
        """A stream to an underlying sink: an object, or a mapping, with `start`, `write`, `close`
        and `abort`.

        RangeError for a strategy that is no good; raises what `start` raises.

        https://streams.spec.whatwg.org/#ws-constructor
        """
        queuing_strategy = to_queuing_strategy(strategy)
        underlying_sink = to_underlying_sink(underlyingSink)
        initialize_writable_stream(self)
        size_algorithm = extract_size_algorithm(queuing_strategy)
        high_water_mark = extract_high_water_mark(queuing_strategy, 1)
        set_up_writable_stream_default_controller_from_underlying_sink(
            self, underlying_sink, high_water_mark, size_algorithm
        )

    @property
    def locked(self) -> bool:
        """Whether somebody holds a writer.

        https://streams.spec.whatwg.org/#ws-locked
        """
        return is_writable_stream_locked(self)

    def abort(self, reason: object = None) -> Promise[None]:
        """Give up: what is in the queue is gone, and the sink hears the reason. Rejected with
        TypeError if it is locked.

        https://streams.spec.whatwg.org/#ws-abort
        """
        if is_writable_stream_locked(self):
            return a_promise_rejected_with(TypeError("Cannot abort: the stream is locked"))
        return writable_stream_abort(self, reason)

    def close(self) -> Promise[None]:
        """Close it when everything is written; fulfilled when that is done. Rejected with TypeError
        if it is locked.

        https://streams.spec.whatwg.org/#ws-close
        """
        if is_writable_stream_locked(self):
            return a_promise_rejected_with(TypeError("Cannot close: the stream is locked"))
        if writable_stream_close_queued_or_in_flight(self):
            return a_promise_rejected_with(TypeError("Cannot close: the stream is closing already"))
        return writable_stream_close(self)

    def getWriter(self) -> WritableStreamDefaultWriter:
        """Lock the stream. TypeError if it is locked already.

        https://streams.spec.whatwg.org/#ws-get-writer
        """
        return acquire_writable_stream_default_writer(self)


# ---- 5.5.1 Working with writable streams ---------------------------------------------------------


def create_writable_stream(
    start_algorithm: StartAlgorithm,
    write_algorithm: WriteAlgorithm,
    close_algorithm: CloseAlgorithm,
    abort_algorithm: AbortAlgorithm,
    high_water_mark: float,
    size_algorithm: SizeAlgorithm,
) -> WritableStream:
    """https://streams.spec.whatwg.org/#create-writable-stream"""
    assert is_non_negative_number(high_water_mark)
    stream = new(WritableStream)
    initialize_writable_stream(stream)
    controller = new(WritableStreamDefaultController)
    set_up_writable_stream_default_controller(
        stream,
        controller,
        start_algorithm,
        write_algorithm,
        close_algorithm,
        abort_algorithm,
        high_water_mark,
        size_algorithm,
    )
    return stream


def initialize_writable_stream(stream: WritableStream) -> None:
    """https://streams.spec.whatwg.org/#initialize-writable-stream"""
    stream._state = "writable"
    stream._stored_error = stream._writer = stream._in_flight_write_request = (
        stream._close_request
    ) = None
    stream._in_flight_close_request = stream._pending_abort_request = None
    stream._write_requests = deque()
    stream._backpressure = False
    stream._is_detached = False
