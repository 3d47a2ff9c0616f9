"""The byte stream controller, and the request for bytes that it hands to its source.

Streams Standard, 4.7 and 4.8: https://streams.spec.whatwg.org/#rbs-controller-class
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING

from ..webidl.callbacks import bound_to_its_context
from ..webidl.interfaces import illegal_constructor, new
from ..webidl.promises import (
    RESOLVED_WITH_UNDEFINED,
    Promise,
    a_promise_resolved_with,
    perform_promise_then,
)
from ..webidl.type_mapping import to_integer
from .byte_operations import (
    readable_byte_stream_controller_close,
    readable_byte_stream_controller_enqueue,
    readable_byte_stream_controller_respond,
    readable_byte_stream_controller_respond_with_new_view,
)
from .byte_queue import (
    PullIntoDescriptor,
    ReadableByteStreamQueueEntry,
    readable_byte_stream_controller_call_pull_if_needed,
    readable_byte_stream_controller_clear_algorithms,
    readable_byte_stream_controller_clear_pending_pull_intos,
    readable_byte_stream_controller_error,
    readable_byte_stream_controller_fill_read_request_from_queue,
    readable_byte_stream_controller_get_desired_size,
)
from .default_controller import CancelAlgorithm, PullAlgorithm, StartAlgorithm
from .miscellaneous import is_detached_buffer, to_array_buffer_view
from .queue_with_sizes import reset_queue
from .readable_operations import (
    ReadRequest,
    readable_stream_add_read_request,
    readable_stream_get_num_read_requests,
    readable_stream_has_default_reader,
)
from .underlying_apis import UnderlyingSource

if TYPE_CHECKING:
    from .readable_stream import ReadableStream


class ReadableByteStreamController:
    """What the underlying source of a byte stream holds in its hand.

    https://streams.spec.whatwg.org/#readablebytestreamcontroller
    """

    # The standard's table of internal slots: [[autoAllocateChunkSize]] is
    # _auto_allocate_chunk_size.
    __slots__ = (
        "_auto_allocate_chunk_size", "_byob_request", "_cancel_algorithm", "_close_requested",
        "_pending_pull_intos", "_pull_again", "_pull_algorithm", "_pulling", "_queue",
        "_queue_total_size", "_started", "_strategy_hwm", "_stream",
    )  # fmt: skip

    _auto_allocate_chunk_size: int | None
    _byob_request: ReadableStreamBYOBRequest | None
    _cancel_algorithm: CancelAlgorithm | None
    _close_requested: bool
    _pending_pull_intos: deque[PullIntoDescriptor]
    _pull_again: bool
    _pull_algorithm: PullAlgorithm | None
    _pulling: bool
    _queue: deque[ReadableByteStreamQueueEntry]
    _queue_total_size: float
    _started: bool
    _strategy_hwm: float
    _stream: ReadableStream

    __init__ = illegal_constructor

    @property
    def byobRequest(self) -> ReadableStreamBYOBRequest | None:
        """The view that waits to be filled, or None.

        https://streams.spec.whatwg.org/#rbs-controller-byob-request
        """
        return readable_byte_stream_controller_get_byob_request(self)

    @property
    def desiredSize(self) -> float | None:
        """How many bytes fit until the high water mark is reached; None if the stream is errored.

        https://streams.spec.whatwg.org/#rbs-controller-desired-size
        """
        return readable_byte_stream_controller_get_desired_size(self)

    def close(self) -> None:
        """No more bytes; the stream closes when its queue has been read. TypeError if it is
        closing, closed or errored.

        https://streams.spec.whatwg.org/#rbs-controller-close
        """
        if self._close_requested:
            raise TypeError("Cannot close: the stream is closing already")
        if self._stream._state != "readable":
            raise TypeError(f"Cannot close: the stream is {self._stream._state}")
        readable_byte_stream_controller_close(self)

    def enqueue(self, chunk: bytes | bytearray | memoryview) -> None:
        """Hand bytes to the stream; a memoryview is released, as its memory goes to the reader.

        TypeError if there are none, or if the stream is closing, closed or errored.

        https://streams.spec.whatwg.org/#rbs-controller-enqueue
        """
        view = to_array_buffer_view(chunk)
        if is_detached_buffer(view) or view.nbytes == 0:
            raise TypeError("Cannot enqueue a chunk without bytes")
        if self._close_requested:
            raise TypeError("Cannot enqueue: the stream is closing")
        if self._stream._state != "readable":
            raise TypeError(f"Cannot enqueue: the stream is {self._stream._state}")
        readable_byte_stream_controller_enqueue(self, chunk)

    def error(self, e: object = None) -> None:
        """Make the stream fail, now and with any value; what is in its queue is gone.

        https://streams.spec.whatwg.org/#rbs-controller-error
        """
        readable_byte_stream_controller_error(self, e)

    def _cancel_steps(self, reason: object) -> Promise[None]:
        """https://streams.spec.whatwg.org/#rbs-controller-private-cancel"""
        readable_byte_stream_controller_clear_pending_pull_intos(self)
        reset_queue(self)
        assert self._cancel_algorithm is not None
        result = self._cancel_algorithm(reason)
        readable_byte_stream_controller_clear_algorithms(self)
        return result

    def _pull_steps(self, read_request: ReadRequest) -> None:
        """https://streams.spec.whatwg.org/#rbs-controller-private-pull"""
        stream = self._stream
        assert readable_stream_has_default_reader(stream)
        if self._queue_total_size > 0:
            assert readable_stream_get_num_read_requests(stream) == 0
            readable_byte_stream_controller_fill_read_request_from_queue(self, read_request)
            return
        if self._auto_allocate_chunk_size is not None:
            try:
                buffer = memoryview(bytearray(self._auto_allocate_chunk_size))
            except (MemoryError, OverflowError) as error:
                read_request.error_steps(error)
                return
            self._pending_pull_intos.append(PullIntoDescriptor(buffer, 0, 1, 1, "B", "default"))
        readable_stream_add_read_request(stream, read_request)
        readable_byte_stream_controller_call_pull_if_needed(self)

    def _release_steps(self) -> None:
        """https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontroller-releasesteps"""
        if self._pending_pull_intos:
            first_pending_pull_into = self._pending_pull_intos[0]
            first_pending_pull_into.reader_type = "none"
            self._pending_pull_intos = deque([first_pending_pull_into])


class ReadableStreamBYOBRequest:
    """A view that the underlying source of a byte stream may fill.

    https://streams.spec.whatwg.org/#readablestreambyobrequest
    """

    __slots__ = ("_controller", "_view")

    _controller: ReadableByteStreamController | None
    _view: memoryview | None

    __init__ = illegal_constructor

    @property
    def view(self) -> memoryview | None:
        """Where to write the bytes; None when the request has been answered.

        https://streams.spec.whatwg.org/#rs-byob-request-view
        """
        return self._view

    def respond(self, bytesWritten: int) -> None:
        """So many bytes were written into the view; 0 says that a closed stream needs no more of
        it. The view is released.

        TypeError if the request has been answered, the view was released, or the number does not
        fit the state of the stream; RangeError if the view has not so many bytes.

        https://streams.spec.whatwg.org/#rs-byob-request-respond
        """
        bytes_written = to_integer(bytesWritten, 64, enforce_range=True)
        if self._controller is None or self._view is None:
            raise TypeError("This BYOB request has been answered already")
        if is_detached_buffer(self._view):
            raise TypeError("The view of this BYOB request has been released")
        readable_byte_stream_controller_respond(self._controller, bytes_written)

    def respondWithNewView(self, view: memoryview) -> None:
        """The bytes are in this view, which begins where that of the request begins. It is
        released.

        The view may be of other memory, too, if that is a buffer of the same size; it then comes
        back to the reader in place of the reader's own. TypeError if the request has been answered,
        the view was released, or its length does not fit the state of the stream; RangeError if it
        is elsewhere or too long.

        https://streams.spec.whatwg.org/#rs-byob-request-respond-with-new-view
        """
        view = to_array_buffer_view(view)
        if self._controller is None:
            raise TypeError("This BYOB request has been answered already")
        if is_detached_buffer(view):
            raise TypeError("The view has been released")
        readable_byte_stream_controller_respond_with_new_view(self._controller, view)


def byte_controller_of(stream: ReadableStream) -> ReadableByteStreamController:
    """The controller of a stream that is known to be a byte stream.

    Part of https://streams.spec.whatwg.org/#readable-byte-stream
    """
    assert isinstance(stream._controller, ReadableByteStreamController)
    controller: ReadableByteStreamController = stream._controller
    return controller


# ---- of 4.9.5 Byte stream controllers ------------------------------------------------------------


def readable_byte_stream_controller_get_byob_request(
    controller: ReadableByteStreamController,
) -> ReadableStreamBYOBRequest | None:
    """https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollergetbyobrequest"""
    if controller._byob_request is None and controller._pending_pull_intos:
        first_descriptor = controller._pending_pull_intos[0]
        first_descriptor.lent_view = first_descriptor.buffer[first_descriptor.bytes_filled :]
        byob_request = new(ReadableStreamBYOBRequest)
        byob_request._controller = controller
        byob_request._view = first_descriptor.lent_view
        controller._byob_request = byob_request
    return controller._byob_request


def set_up_readable_byte_stream_controller(
    stream: ReadableStream,
    controller: ReadableByteStreamController,
    start_algorithm: StartAlgorithm,
    pull_algorithm: PullAlgorithm,
    cancel_algorithm: CancelAlgorithm,
    high_water_mark: float,
    auto_allocate_chunk_size: int | None,
) -> None:
    """Raises what the start algorithm raises.

    https://streams.spec.whatwg.org/#set-up-readable-byte-stream-controller
    """
    assert not hasattr(stream, "_controller")
    assert auto_allocate_chunk_size is None or auto_allocate_chunk_size > 0
    controller._stream = stream
    controller._pull_again = controller._pulling = False
    controller._byob_request = None
    reset_queue(controller)
    controller._close_requested = controller._started = False
    controller._strategy_hwm = high_water_mark
    controller._pull_algorithm = pull_algorithm
    controller._cancel_algorithm = cancel_algorithm
    controller._auto_allocate_chunk_size = auto_allocate_chunk_size
    controller._pending_pull_intos = deque()
    stream._controller = controller
    start_result = start_algorithm()
    start_promise = a_promise_resolved_with(start_result)

    def upon_fulfillment(_: object) -> None:
        controller._started = True
        assert not controller._pulling
        assert not controller._pull_again
        readable_byte_stream_controller_call_pull_if_needed(controller)

    perform_promise_then(
        start_promise, upon_fulfillment, partial(readable_byte_stream_controller_error, controller)
    )


def set_up_readable_byte_stream_controller_from_underlying_source(
    stream: ReadableStream, underlying_source: UnderlyingSource, high_water_mark: float
) -> None:
    """TypeError if autoAllocateChunkSize is 0; raises what the source's `start` raises.

    https://streams.spec.whatwg.org/#set-up-readable-byte-stream-controller-from-underlying-source
    """
    controller = new(ReadableByteStreamController)
    start, pull, cancel = underlying_source.start, underlying_source.pull, underlying_source.cancel
    if underlying_source.auto_allocate_chunk_size == 0:
        raise TypeError("autoAllocateChunkSize must be greater than 0")
    set_up_readable_byte_stream_controller(
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
        underlying_source.auto_allocate_chunk_size,
    )
