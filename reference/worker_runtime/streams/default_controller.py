"""The default controller: a readable stream's queue of chunks, and when its source is asked for
more.

Streams Standard, 4.6 and 4.9.4: https://streams.spec.whatwg.org/#rs-default-controller-class
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from ..html.event_loops import a_microtask_would_be_next
from ..webidl.callbacks import bound_to_its_context
from ..webidl.exceptions import reason_of
from ..webidl.interfaces import illegal_constructor, new
from ..webidl.promises import (
    RESOLVED_WITH_UNDEFINED,
    Promise,
    a_promise_resolved_with,
    perform_promise_then,
)
from .queue_with_sizes import dequeue_value, enqueue_value_with_size, reset_queue
from .queuing_strategies import SizeAlgorithm
from .readable_operations import (
    ReadRequest,
    readable_stream_add_read_request,
    readable_stream_close,
    readable_stream_error,
    readable_stream_fulfill_read_request,
)
from .underlying_apis import UnderlyingSource

if TYPE_CHECKING:
    from .readable_stream import ReadableStream

StartAlgorithm: TypeAlias = Callable[[], object]
PullAlgorithm: TypeAlias = Callable[[], Promise[Any]]
CancelAlgorithm: TypeAlias = Callable[[Any], Promise[Any]]


class ReadableStreamDefaultController:
    """What the underlying source of a stream of any chunks holds in its hand.

    https://streams.spec.whatwg.org/#readablestreamdefaultcontroller
    """

    # The standard's table of internal slots: [[closeRequested]] is _close_requested.
    __slots__ = (
        "_cancel_algorithm", "_close_requested", "_pull_again", "_pull_algorithm", "_pulling",
        "_queue", "_queue_total_size", "_started", "_strategy_hwm", "_strategy_size_algorithm",
        "_stream",
    )  # fmt: skip

    _cancel_algorithm: CancelAlgorithm | None
    _close_requested: bool
    _pull_again: bool
    _pull_algorithm: PullAlgorithm | None
    _pulling: bool
    _queue: deque[tuple[Any, float]]
    _queue_total_size: float
    _started: bool
    _strategy_hwm: float
    _strategy_size_algorithm: SizeAlgorithm | None
    _stream: ReadableStream

    __init__ = illegal_constructor

    @property
    def desiredSize(self) -> float | None:
        """How much fits until the high water mark is reached; None if the stream is errored.

        https://streams.spec.whatwg.org/#rs-default-controller-desired-size
        """
        return readable_stream_default_controller_get_desired_size(self)

    def close(self) -> None:
        """No more chunks; the stream closes when its queue has been read. TypeError if it is
        closing, closed or errored.

        https://streams.spec.whatwg.org/#rs-default-controller-close
        """
        if not readable_stream_default_controller_can_close_or_enqueue(self):
            raise TypeError("Cannot close: the stream is closing, closed or errored")
        readable_stream_default_controller_close(self)

    def enqueue(self, chunk: object = None) -> None:
        """Hand a chunk to the stream. TypeError if it is closing, closed or errored.

        https://streams.spec.whatwg.org/#rs-default-controller-enqueue
        """
        if self._close_requested or self._stream._state != "readable":
            raise TypeError("Cannot enqueue: the stream is closing, closed or errored")
        readable_stream_default_controller_enqueue(self, chunk)

    def error(self, e: object = None) -> None:
        """Make the stream fail, now and with any value; what is in its queue is gone.

        https://streams.spec.whatwg.org/#rs-default-controller-error
        """
        readable_stream_default_controller_error(self, e)

    def _cancel_steps(self, reason: object) -> Promise[None]:
        """https://streams.spec.whatwg.org/#rs-default-controller-private-cancel"""
        reset_queue(self)
        assert self._cancel_algorithm is not None
        result = self._cancel_algorithm(reason)
        readable_stream_default_controller_clear_algorithms(self)
        return result

    def _pull_steps(self, read_request: ReadRequest) -> None:
        """https://streams.spec.whatwg.org/#rs-default-controller-private-pull"""
        stream = self._stream
        if self._queue:
            chunk = dequeue_value(self)
            if self._close_requested and not self._queue:
                readable_stream_default_controller_clear_algorithms(self)
                readable_stream_close(stream)
            else:
                readable_stream_default_controller_call_pull_if_needed(self)
            read_request.chunk_steps(chunk)
        else:
            readable_stream_add_read_request(stream, read_request)
            readable_stream_default_controller_call_pull_if_needed(self)

    def _release_steps(self) -> None:
        """https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaultcontroller-releasesteps"""


def default_controller_of(stream: ReadableStream) -> ReadableStreamDefaultController:
    """The controller of a stream that is known to be no byte stream.

    Part of https://streams.spec.whatwg.org/#readablestream-controller
    """
    assert isinstance(stream._controller, ReadableStreamDefaultController)
    controller: ReadableStreamDefaultController = stream._controller
    return controller


# ---- 4.9.4 Default controllers -------------------------------------------------------------------


def readable_stream_default_controller_call_pull_if_needed(
    controller: ReadableStreamDefaultController,
) -> None:
    """https://streams.spec.whatwg.org/#readable-stream-default-controller-call-pull-if-needed"""
    while True:
        if not readable_stream_default_controller_should_call_pull(controller):
            return
        if controller._pulling:
            controller._pull_again = True
            return
        assert not controller._pull_again
        controller._pulling = True
        assert controller._pull_algorithm is not None
        pull_promise = controller._pull_algorithm()
        reader = controller._stream._reader
        if (
            pull_promise is not RESOLVED_WITH_UNDEFINED
            or reader is None
            or not reader._is_read_at_rest
            or not a_microtask_would_be_next()
        ):
            break
        # OPTIMIZATION: the reaction below would run before anything else, so it runs now.
        controller._pulling = False
        if not controller._pull_again:
            return
        controller._pull_again = False

    def upon_fulfillment(_: object) -> None:
        controller._pulling = False
        if controller._pull_again:
            controller._pull_again = False
            readable_stream_default_controller_call_pull_if_needed(controller)

    perform_promise_then(
        pull_promise,
        upon_fulfillment,
        partial(readable_stream_default_controller_error, controller),
    )


def readable_stream_default_controller_should_call_pull(
    controller: ReadableStreamDefaultController,
) -> bool:
    """https://streams.spec.whatwg.org/#readable-stream-default-controller-should-call-pull"""
    stream = controller._stream
    # OPTIMIZATION: this is asked several times for each chunk, so what CanCloseOrEnqueue,
    # GetNumReadRequests and GetDesiredSize say is written out.
    if controller._close_requested or stream._state != "readable" or not controller._started:
        return False
    reader = stream._reader
    if reader is not None and reader._mode == "default" and reader._read_requests:
        return True
    return controller._strategy_hwm > controller._queue_total_size


def readable_stream_default_controller_clear_algorithms(
    controller: ReadableStreamDefaultController,
) -> None:
    """Let go of the underlying source, which is not needed any more.

    https://streams.spec.whatwg.org/#readable-stream-default-controller-clear-algorithms
    """
    controller._pull_algorithm = None
    controller._cancel_algorithm = None
    controller._strategy_size_algorithm = None


def readable_stream_default_controller_close(controller: ReadableStreamDefaultController) -> None:
    """https://streams.spec.whatwg.org/#readable-stream-default-controller-close"""
    if not readable_stream_default_controller_can_close_or_enqueue(controller):
        return
    stream = controller._stream
    controller._close_requested = True
    if not controller._queue:
        readable_stream_default_controller_clear_algorithms(controller)
        readable_stream_close(stream)


def readable_stream_default_controller_enqueue(
    controller: ReadableStreamDefaultController, chunk: object
) -> None:
    """Raises what the strategy's size function raises, or RangeError for what it returns.

    https://streams.spec.whatwg.org/#readable-stream-default-controller-enqueue
    """
    # OPTIMIZATION: as in ShouldCallPull, what CanCloseOrEnqueue and GetNumReadRequests say.
    stream = controller._stream
    if controller._close_requested or stream._state != "readable":
        return
    reader = stream._reader
    if reader is not None and reader._mode == "default" and reader._read_requests:
        readable_stream_fulfill_read_request(stream, chunk, False)
    else:
        assert controller._strategy_size_algorithm is not None
        try:
            chunk_size = controller._strategy_size_algorithm(chunk)
            enqueue_value_with_size(controller, chunk, chunk_size)
        except Exception as error:
            readable_stream_default_controller_error(controller, reason_of(error))
            raise
    readable_stream_default_controller_call_pull_if_needed(controller)


def readable_stream_default_controller_error(
    controller: ReadableStreamDefaultController, e: object
) -> None:
    """https://streams.spec.whatwg.org/#readable-stream-default-controller-error"""
    stream = controller._stream
    if stream._state != "readable":
        return
    reset_queue(controller)
    readable_stream_default_controller_clear_algorithms(controller)
    readable_stream_error(stream, e)


def readable_stream_default_controller_get_desired_size(
    controller: ReadableStreamDefaultController,
) -> float | None:
    """https://streams.spec.whatwg.org/#readable-stream-default-controller-get-desired-size"""
    state = controller._stream._state
    if state == "errored":
        return None
    if state == "closed":
        return 0
    return controller._strategy_hwm - controller._queue_total_size


def readable_stream_default_controller_has_backpressure(
    controller: ReadableStreamDefaultController,
) -> bool:
    """https://streams.spec.whatwg.org/#rs-default-controller-has-backpressure"""
    return not readable_stream_default_controller_should_call_pull(controller)


def readable_stream_default_controller_can_close_or_enqueue(
    controller: ReadableStreamDefaultController,
) -> bool:
    """https://streams.spec.whatwg.org/#readable-stream-default-controller-can-close-or-enqueue"""
    return not controller._close_requested and controller._stream._state == "readable"


def set_up_readable_stream_default_controller(
    stream: ReadableStream,
    controller: ReadableStreamDefaultController,
    start_algorithm: StartAlgorithm,
    pull_algorithm: PullAlgorithm,
    cancel_algorithm: CancelAlgorithm,
    high_water_mark: float,
    size_algorithm: SizeAlgorithm,
) -> None:
    """Raises what the start algorithm raises.

    https://streams.spec.whatwg.org/#set-up-readable-stream-default-controller
    """
    assert not hasattr(stream, "_controller")
    controller._stream = stream
    reset_queue(controller)
    controller._started = controller._close_requested = controller._pull_again = (
        controller._pulling
    ) = False
    controller._strategy_size_algorithm = size_algorithm
    controller._strategy_hwm = high_water_mark
    controller._pull_algorithm = pull_algorithm
    controller._cancel_algorithm = cancel_algorithm
    stream._controller = controller
    start_result = start_algorithm()
    start_promise = a_promise_resolved_with(start_result)

    def upon_fulfillment(_: object) -> None:
        controller._started = True
        assert not controller._pulling
        assert not controller._pull_again
        readable_stream_default_controller_call_pull_if_needed(controller)

    perform_promise_then(
        start_promise,
        upon_fulfillment,
        partial(readable_stream_default_controller_error, controller),
    )


def set_up_readable_stream_default_controller_from_underlying_source(
    stream: ReadableStream,
    underlying_source: UnderlyingSource,
    high_water_mark: float,
    size_algorithm: SizeAlgorithm,
) -> None:
    """Raises what the source's `start` raises.

    https://streams.spec.whatwg.org/#set-up-readable-stream-default-controller-from-underlying-source
    """
    controller = new(ReadableStreamDefaultController)
    start, pull, cancel = underlying_source.start, underlying_source.pull, underlying_source.cancel
    set_up_readable_stream_default_controller(
        stream,
        controller,
        (lambda: None) if start is None else partial(start, controller),
        (lambda: RESOLVED_WITH_UNDEFINED)
        if pull is None
        else partial(bound_to_its_context(pull), controller),
        (lambda reason: RESOLVED_WITH_UNDEFINED)
        if cancel is None
        else bound_to_its_context(cancel),
        high_water_mark,
        size_algorithm,
    )
