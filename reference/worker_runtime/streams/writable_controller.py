"""The writable stream's controller: the queue of chunks that wait for the underlying sink.

Streams Standard, 5.4 and 5.5.4: https://streams.spec.whatwg.org/#ws-default-controller-class
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from ..dom.aborting_ongoing_activities import AbortController, AbortSignal
from ..webidl.callbacks import bound_to_its_context
from ..webidl.exceptions import RangeError, reason_of
from ..webidl.interfaces import illegal_constructor, new
from ..webidl.promises import (
    RESOLVED_WITH_UNDEFINED,
    Promise,
    a_promise_resolved_with,
    perform_promise_then,
)
from .queue_with_sizes import dequeue_value, enqueue_value_with_size, peek_queue_value, reset_queue
from .queuing_strategies import SizeAlgorithm
from .underlying_apis import UnderlyingSink
from .writable_operations import (
    writable_stream_close_queued_or_in_flight,
    writable_stream_deal_with_rejection,
    writable_stream_finish_erroring,
    writable_stream_finish_in_flight_close,
    writable_stream_finish_in_flight_close_with_error,
    writable_stream_finish_in_flight_write,
    writable_stream_finish_in_flight_write_with_error,
    writable_stream_mark_close_request_in_flight,
    writable_stream_mark_first_write_request_in_flight,
    writable_stream_start_erroring,
    writable_stream_update_backpressure,
)

if TYPE_CHECKING:
    from .writable_stream import WritableStream

StartAlgorithm: TypeAlias = Callable[[], object]
WriteAlgorithm: TypeAlias = Callable[[Any], Promise[Any]]
CloseAlgorithm: TypeAlias = Callable[[], Promise[Any]]
AbortAlgorithm: TypeAlias = Callable[[Any], Promise[Any]]

# https://streams.spec.whatwg.org/#close-sentinel
CLOSE_SENTINEL = object()


class WritableStreamDefaultController:
    """What the underlying sink of a writable stream holds in its hand.

    https://streams.spec.whatwg.org/#writablestreamdefaultcontroller
    """

    # The standard's table of internal slots: [[abortController]] is _abort_controller.
    __slots__ = (
        "_abort_algorithm", "_abort_controller", "_close_algorithm", "_queue", "_queue_total_size",
        "_started", "_strategy_hwm", "_strategy_size_algorithm", "_stream", "_write_algorithm",
    )  # fmt: skip

    _abort_algorithm: AbortAlgorithm | None
    _abort_controller: AbortController
    _close_algorithm: CloseAlgorithm | None
    _queue: deque[tuple[Any, float]]
    _queue_total_size: float
    _started: bool
    _strategy_hwm: float
    _strategy_size_algorithm: SizeAlgorithm | None
    _stream: WritableStream
    _write_algorithm: WriteAlgorithm | None

    __init__ = illegal_constructor

    @property
    def signal(self) -> AbortSignal:
        """Aborted when the stream is, so that a write that is under way can stop.

        https://streams.spec.whatwg.org/#ws-default-controller-signal
        """
        return self._abort_controller.signal

    def error(self, e: object = None) -> None:
        """Make the stream fail with any value. Does nothing if it is no longer writable.

        https://streams.spec.whatwg.org/#ws-default-controller-error
        """
        if self._stream._state != "writable":
            return
        writable_stream_default_controller_error(self, e)

    def _abort_steps(self, reason: object) -> Promise[None]:
        """https://streams.spec.whatwg.org/#ws-default-controller-private-abort"""
        assert self._abort_algorithm is not None
        result = self._abort_algorithm(reason)
        writable_stream_default_controller_clear_algorithms(self)
        return result

    def _error_steps(self) -> None:
        """https://streams.spec.whatwg.org/#ws-default-controller-private-error"""
        reset_queue(self)


# ---- 5.5.4 Default controllers -------------------------------------------------------------------


def set_up_writable_stream_default_controller(
    stream: WritableStream,
    controller: WritableStreamDefaultController,
    start_algorithm: StartAlgorithm,
    write_algorithm: WriteAlgorithm,
    close_algorithm: CloseAlgorithm,
    abort_algorithm: AbortAlgorithm,
    high_water_mark: float,
    size_algorithm: SizeAlgorithm,
) -> None:
    """Raises what the start algorithm raises.

    https://streams.spec.whatwg.org/#set-up-writable-stream-default-controller
    """
    assert not hasattr(stream, "_controller")
    controller._stream = stream
    stream._controller = controller
    reset_queue(controller)
    controller._abort_controller = AbortController()
    controller._started = False
    controller._strategy_size_algorithm = size_algorithm
    controller._strategy_hwm = high_water_mark
    controller._write_algorithm = write_algorithm
    controller._close_algorithm = close_algorithm
    controller._abort_algorithm = abort_algorithm
    backpressure = writable_stream_default_controller_get_backpressure(controller)
    writable_stream_update_backpressure(stream, backpressure)
    start_result = start_algorithm()
    start_promise = a_promise_resolved_with(start_result)

    def upon_fulfillment(_: object) -> None:
        assert stream._state in ("writable", "erroring")
        controller._started = True
        writable_stream_default_controller_advance_queue_if_needed(controller)

    def upon_rejection(r: object) -> None:
        assert stream._state in ("writable", "erroring")
        controller._started = True
        writable_stream_deal_with_rejection(stream, r)

    perform_promise_then(start_promise, upon_fulfillment, upon_rejection)


def set_up_writable_stream_default_controller_from_underlying_sink(
    stream: WritableStream,
    underlying_sink: UnderlyingSink,
    high_water_mark: float,
    size_algorithm: SizeAlgorithm,
) -> None:
    """Raises what the sink's `start` raises.

    https://streams.spec.whatwg.org/#set-up-writable-stream-default-controller-from-underlying-sink
    """
    controller = new(WritableStreamDefaultController)
    abort, close, start, write = underlying_sink
    set_up_writable_stream_default_controller(
        stream,
        controller,
        (lambda: None) if start is None else partial(start, controller),
        (lambda chunk: RESOLVED_WITH_UNDEFINED)
        if write is None
        else bound_to_its_context(lambda chunk: write(chunk, controller)),
        (lambda: RESOLVED_WITH_UNDEFINED) if close is None else bound_to_its_context(close),
        (lambda reason: RESOLVED_WITH_UNDEFINED) if abort is None else bound_to_its_context(abort),
        high_water_mark,
        size_algorithm,
    )


def writable_stream_default_controller_advance_queue_if_needed(
    controller: WritableStreamDefaultController,
) -> None:
    """https://streams.spec.whatwg.org/#writable-stream-default-controller-advance-queue-if-needed"""
    stream = controller._stream
    if not controller._started:
        return
    if stream._in_flight_write_request is not None:
        return
    assert stream._state not in ("closed", "errored")
    if stream._state == "erroring":
        writable_stream_finish_erroring(stream)
        return
    if not controller._queue:
        return
    value = peek_queue_value(controller)
    if value is CLOSE_SENTINEL:
        writable_stream_default_controller_process_close(controller)
    else:
        writable_stream_default_controller_process_write(controller, value)


def writable_stream_default_controller_clear_algorithms(
    controller: WritableStreamDefaultController,
) -> None:
    """Let go of the underlying sink, which is not needed any more.

    https://streams.spec.whatwg.org/#writable-stream-default-controller-clear-algorithms
    """
    controller._write_algorithm = None
    controller._close_algorithm = None
    controller._abort_algorithm = None
    controller._strategy_size_algorithm = None


def writable_stream_default_controller_close(controller: WritableStreamDefaultController) -> None:
    """https://streams.spec.whatwg.org/#writable-stream-default-controller-close"""
    enqueue_value_with_size(controller, CLOSE_SENTINEL, 0)
    writable_stream_default_controller_advance_queue_if_needed(controller)


def writable_stream_default_controller_error(
    controller: WritableStreamDefaultController, error: object
) -> None:
    """https://streams.spec.whatwg.org/#writable-stream-default-controller-error"""
    stream = controller._stream
    assert stream._state == "writable"
    writable_stream_default_controller_clear_algorithms(controller)
    writable_stream_start_erroring(stream, error)


def writable_stream_default_controller_error_if_needed(
    controller: WritableStreamDefaultController, error: object
) -> None:
    """https://streams.spec.whatwg.org/#writable-stream-default-controller-error-if-needed"""
    if controller._stream._state == "writable":
        writable_stream_default_controller_error(controller, error)


def writable_stream_default_controller_get_backpressure(
    controller: WritableStreamDefaultController,
) -> bool:
    """https://streams.spec.whatwg.org/#writable-stream-default-controller-get-backpressure"""
    return writable_stream_default_controller_get_desired_size(controller) <= 0


def writable_stream_default_controller_get_chunk_size(
    controller: WritableStreamDefaultController, chunk: object
) -> float:
    """https://streams.spec.whatwg.org/#writable-stream-default-controller-get-chunk-size"""
    if controller._strategy_size_algorithm is None:
        # DEVIATION: no assertion that the stream is not "writable". It still is while its close is
        # in flight.
        return 1
    try:
        return controller._strategy_size_algorithm(chunk)
    except Exception as error:
        writable_stream_default_controller_error_if_needed(controller, reason_of(error))
        return 1


def writable_stream_default_controller_get_desired_size(
    controller: WritableStreamDefaultController,
) -> float:
    """https://streams.spec.whatwg.org/#writable-stream-default-controller-get-desired-size"""
    return controller._strategy_hwm - controller._queue_total_size


def writable_stream_default_controller_process_close(
    controller: WritableStreamDefaultController,
) -> None:
    """https://streams.spec.whatwg.org/#writable-stream-default-controller-process-close"""
    stream = controller._stream
    writable_stream_mark_close_request_in_flight(stream)
    dequeue_value(controller)
    assert not controller._queue
    assert controller._close_algorithm is not None
    sink_close_promise = controller._close_algorithm()
    writable_stream_default_controller_clear_algorithms(controller)
    perform_promise_then(
        sink_close_promise,
        lambda _: writable_stream_finish_in_flight_close(stream),
        partial(writable_stream_finish_in_flight_close_with_error, stream),
    )


def writable_stream_default_controller_process_write(
    controller: WritableStreamDefaultController, chunk: object
) -> None:
    """https://streams.spec.whatwg.org/#writable-stream-default-controller-process-write"""
    stream = controller._stream
    writable_stream_mark_first_write_request_in_flight(stream)
    assert controller._write_algorithm is not None
    sink_write_promise = controller._write_algorithm(chunk)

    def upon_fulfillment(_: object) -> None:
        writable_stream_finish_in_flight_write(stream)
        state = stream._state
        assert state in ("writable", "erroring")
        dequeue_value(controller)
        if not writable_stream_close_queued_or_in_flight(stream) and state == "writable":
            backpressure = writable_stream_default_controller_get_backpressure(controller)
            writable_stream_update_backpressure(stream, backpressure)
        writable_stream_default_controller_advance_queue_if_needed(controller)

    def upon_rejection(reason: object) -> None:
        if stream._state == "writable":
            writable_stream_default_controller_clear_algorithms(controller)
        writable_stream_finish_in_flight_write_with_error(stream, reason)

    perform_promise_then(sink_write_promise, upon_fulfillment, upon_rejection)


def writable_stream_default_controller_write(
    controller: WritableStreamDefaultController, chunk: object, chunk_size: float
) -> None:
    """https://streams.spec.whatwg.org/#writable-stream-default-controller-write"""
    try:
        enqueue_value_with_size(controller, chunk, chunk_size)
    except RangeError as error:
        writable_stream_default_controller_error_if_needed(controller, error)
        return
    stream = controller._stream
    if not writable_stream_close_queued_or_in_flight(stream) and stream._state == "writable":
        backpressure = writable_stream_default_controller_get_backpressure(controller)
        writable_stream_update_backpressure(stream, backpressure)
    writable_stream_default_controller_advance_queue_if_needed(controller)
