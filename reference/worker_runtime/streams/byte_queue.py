"""The queue of a byte stream, and the pull-into descriptors: the views that wait to be filled from
it.

Streams Standard, 4.7.2 and 4.9.5: https://streams.spec.whatwg.org/#rbs-controller-internal-slots

A chunk that comes as bytes stays those bytes; one that comes as a memoryview has been transferred.
The standard's buffer with its byte offset and byte length is one memoryview here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from ..webidl.promises import perform_promise_then
from .miscellaneous import can_copy_data_block_bytes, is_detached_buffer, transfer_array_buffer
from .queue_with_sizes import reset_queue
from .readable_operations import (
    ReadRequest,
    readable_stream_close,
    readable_stream_error,
    readable_stream_fulfill_read_into_request,
    readable_stream_fulfill_read_request,
    readable_stream_get_num_read_into_requests,
    readable_stream_get_num_read_requests,
    readable_stream_has_byob_reader,
    readable_stream_has_default_reader,
)

if TYPE_CHECKING:
    from .byte_controller import ReadableByteStreamController
    from .readable_stream import ReadableStream


@dataclass(slots=True, eq=False)
class ReadableByteStreamQueueEntry:
    """https://streams.spec.whatwg.org/#readable-byte-stream-queue-entry"""

    buffer: bytes | memoryview
    byte_offset: int
    byte_length: int


@dataclass(slots=True, eq=False)
class PullIntoDescriptor:
    """A view that a reader wants filled. Its byte offset within `buffer` is 0, its byte length that
    of `buffer`.

    https://streams.spec.whatwg.org/#pull-into-descriptor
    """

    buffer: memoryview
    bytes_filled: int
    minimum_fill: int
    element_size: int
    view_constructor: str  # the format of the memoryview that the reader gets
    reader_type: Literal["default", "byob", "none"]
    # what the underlying source got to write into; releasing it detaches the buffer
    lent_view: memoryview | None = None

    def is_detached(self) -> bool:
        """Whether the underlying source has let go of the buffer."""
        return self.lent_view is not None and is_detached_buffer(self.lent_view)

    def take_back(self) -> None:
        """Transfer the buffer: the underlying source has no view of it any more."""
        if self.lent_view is not None and not self.is_detached():
            transfer_array_buffer(self.lent_view)
        self.lent_view = None


# ---- the life of a byte stream -------------------------------------------------------------------


def readable_byte_stream_controller_call_pull_if_needed(
    controller: ReadableByteStreamController,
) -> None:
    """https://streams.spec.whatwg.org/#readable-byte-stream-controller-call-pull-if-needed"""
    if not readable_byte_stream_controller_should_call_pull(controller):
        return
    if controller._pulling:
        controller._pull_again = True
        return
    assert not controller._pull_again
    controller._pulling = True
    assert controller._pull_algorithm is not None
    pull_promise = controller._pull_algorithm()

    def upon_fulfillment(_: object) -> None:
        controller._pulling = False
        if controller._pull_again:
            controller._pull_again = False
            readable_byte_stream_controller_call_pull_if_needed(controller)

    perform_promise_then(
        pull_promise, upon_fulfillment, partial(readable_byte_stream_controller_error, controller)
    )


def readable_byte_stream_controller_clear_algorithms(
    controller: ReadableByteStreamController,
) -> None:
    """Let go of the underlying source, which is not needed any more.

    https://streams.spec.whatwg.org/#readable-byte-stream-controller-clear-algorithms
    """
    controller._pull_algorithm = None
    controller._cancel_algorithm = None


def readable_byte_stream_controller_clear_pending_pull_intos(
    controller: ReadableByteStreamController,
) -> None:
    """https://streams.spec.whatwg.org/#readable-byte-stream-controller-clear-pending-pull-intos"""
    readable_byte_stream_controller_invalidate_byob_request(controller)
    controller._pending_pull_intos.clear()


def readable_byte_stream_controller_error(
    controller: ReadableByteStreamController, e: object
) -> None:
    """https://streams.spec.whatwg.org/#readable-byte-stream-controller-error"""
    stream = controller._stream
    if stream._state != "readable":
        return
    readable_byte_stream_controller_clear_pending_pull_intos(controller)
    reset_queue(controller)
    readable_byte_stream_controller_clear_algorithms(controller)
    readable_stream_error(stream, e)


def readable_byte_stream_controller_get_desired_size(
    controller: ReadableByteStreamController,
) -> float | None:
    """https://streams.spec.whatwg.org/#readable-byte-stream-controller-get-desired-size"""
    state = controller._stream._state
    if state == "errored":
        return None
    if state == "closed":
        return 0
    return controller._strategy_hwm - controller._queue_total_size


def readable_byte_stream_controller_handle_queue_drain(
    controller: ReadableByteStreamController,
) -> None:
    """https://streams.spec.whatwg.org/#readable-byte-stream-controller-handle-queue-drain"""
    assert controller._stream._state == "readable"
    if controller._queue_total_size == 0 and controller._close_requested:
        readable_byte_stream_controller_clear_algorithms(controller)
        readable_stream_close(controller._stream)
    else:
        readable_byte_stream_controller_call_pull_if_needed(controller)


def readable_byte_stream_controller_invalidate_byob_request(
    controller: ReadableByteStreamController,
) -> None:
    """https://streams.spec.whatwg.org/#readable-byte-stream-controller-invalidate-byob-request"""
    if controller._byob_request is None:
        return
    controller._byob_request._controller = None
    controller._byob_request._view = None
    controller._byob_request = None


def readable_byte_stream_controller_should_call_pull(
    controller: ReadableByteStreamController,
) -> bool:
    """https://streams.spec.whatwg.org/#readable-byte-stream-controller-should-call-pull"""
    stream = controller._stream
    if stream._state != "readable":
        return False
    if controller._close_requested:
        return False
    if not controller._started:
        return False
    if (
        readable_stream_has_default_reader(stream)
        and readable_stream_get_num_read_requests(stream) > 0
    ):
        return True
    if (
        readable_stream_has_byob_reader(stream)
        and readable_stream_get_num_read_into_requests(stream) > 0
    ):
        return True
    desired_size = readable_byte_stream_controller_get_desired_size(controller)
    assert desired_size is not None
    return desired_size > 0


# ---- the queue -----------------------------------------------------------------------------------


def readable_byte_stream_controller_enqueue_chunk_to_queue(
    controller: ReadableByteStreamController,
    buffer: bytes | memoryview,
    byte_offset: int,
    byte_length: int,
) -> None:
    """https://streams.spec.whatwg.org/#readable-byte-stream-controller-enqueue-chunk-to-queue"""
    controller._queue.append(ReadableByteStreamQueueEntry(buffer, byte_offset, byte_length))
    controller._queue_total_size += byte_length


def readable_byte_stream_controller_enqueue_cloned_chunk_to_queue(
    controller: ReadableByteStreamController, buffer: memoryview, byte_offset: int, byte_length: int
) -> None:
    """https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollerenqueueclonedchunktoqueue"""
    clone = bytes(buffer[byte_offset : byte_offset + byte_length])
    readable_byte_stream_controller_enqueue_chunk_to_queue(controller, clone, 0, byte_length)


def readable_byte_stream_controller_enqueue_detached_pull_into_to_queue(
    controller: ReadableByteStreamController, pull_into_descriptor: PullIntoDescriptor
) -> None:
    """https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollerenqueuedetachedpullintotoqueue"""
    assert pull_into_descriptor.reader_type == "none"
    if pull_into_descriptor.bytes_filled > 0:
        readable_byte_stream_controller_enqueue_cloned_chunk_to_queue(
            controller, pull_into_descriptor.buffer, 0, pull_into_descriptor.bytes_filled
        )
    readable_byte_stream_controller_shift_pending_pull_into(controller)


def readable_byte_stream_controller_fill_read_request_from_queue(
    controller: ReadableByteStreamController, read_request: ReadRequest
) -> None:
    """https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollerfillreadrequestfromqueue"""
    assert controller._queue_total_size > 0
    entry = controller._queue.popleft()
    controller._queue_total_size -= entry.byte_length
    readable_byte_stream_controller_handle_queue_drain(controller)
    view = entry.buffer if entry.byte_offset == 0 else entry.buffer[entry.byte_offset :]
    read_request.chunk_steps(view)


def readable_byte_stream_controller_process_read_requests_using_queue(
    controller: ReadableByteStreamController,
) -> None:
    """https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollerprocessreadrequestsusingqueue"""
    reader = controller._stream._reader
    assert reader is not None and reader._mode == "default"
    while reader._read_requests:
        if controller._queue_total_size == 0:
            return
        read_request = reader._read_requests.popleft()
        readable_byte_stream_controller_fill_read_request_from_queue(controller, read_request)


# ---- the views that wait to be filled ------------------------------------------------------------


def readable_byte_stream_controller_commit_pull_into_descriptor(
    stream: ReadableStream, pull_into_descriptor: PullIntoDescriptor
) -> None:
    """https://streams.spec.whatwg.org/#readable-byte-stream-controller-commit-pull-into-descriptor"""
    assert stream._state != "errored"
    assert pull_into_descriptor.reader_type != "none"
    done = False
    if stream._state == "closed":
        assert pull_into_descriptor.bytes_filled % pull_into_descriptor.element_size == 0
        done = True
    filled_view = readable_byte_stream_controller_convert_pull_into_descriptor(pull_into_descriptor)
    if pull_into_descriptor.reader_type == "default":
        readable_stream_fulfill_read_request(stream, filled_view, done)
    else:
        readable_stream_fulfill_read_into_request(stream, filled_view, done)


def readable_byte_stream_controller_convert_pull_into_descriptor(
    pull_into_descriptor: PullIntoDescriptor,
) -> memoryview:
    """https://streams.spec.whatwg.org/#readable-byte-stream-controller-convert-pull-into-descriptor"""
    bytes_filled = pull_into_descriptor.bytes_filled
    assert bytes_filled <= len(pull_into_descriptor.buffer)
    assert bytes_filled % pull_into_descriptor.element_size == 0
    view: memoryview = pull_into_descriptor.buffer.cast(pull_into_descriptor.view_constructor)  # type: ignore[call-overload]
    return view[: bytes_filled // pull_into_descriptor.element_size]


def readable_byte_stream_controller_fill_head_pull_into_descriptor(
    controller: ReadableByteStreamController, size: int, pull_into_descriptor: PullIntoDescriptor
) -> None:
    """https://streams.spec.whatwg.org/#readable-byte-stream-controller-fill-head-pull-into-descriptor"""
    assert (
        not controller._pending_pull_intos
        or controller._pending_pull_intos[0] is pull_into_descriptor
    )
    assert controller._byob_request is None
    pull_into_descriptor.bytes_filled += size


def readable_byte_stream_controller_fill_pull_into_descriptor_from_queue(
    controller: ReadableByteStreamController, pull_into_descriptor: PullIntoDescriptor
) -> bool:
    """https://streams.spec.whatwg.org/#readable-byte-stream-controller-fill-pull-into-descriptor-from-queue"""
    byte_length = len(pull_into_descriptor.buffer)
    max_bytes_to_copy = min(
        int(controller._queue_total_size), byte_length - pull_into_descriptor.bytes_filled
    )
    max_bytes_filled = pull_into_descriptor.bytes_filled + max_bytes_to_copy
    total_bytes_to_copy_remaining = max_bytes_to_copy
    ready = False
    assert not pull_into_descriptor.is_detached()
    assert pull_into_descriptor.bytes_filled < pull_into_descriptor.minimum_fill
    remainder_bytes = max_bytes_filled % pull_into_descriptor.element_size
    max_aligned_bytes = max_bytes_filled - remainder_bytes
    if max_aligned_bytes >= pull_into_descriptor.minimum_fill:
        total_bytes_to_copy_remaining = max_aligned_bytes - pull_into_descriptor.bytes_filled
        ready = True
    queue = controller._queue
    while total_bytes_to_copy_remaining > 0:
        head_of_queue = queue[0]
        bytes_to_copy = min(total_bytes_to_copy_remaining, head_of_queue.byte_length)
        dest_start = pull_into_descriptor.bytes_filled
        descriptor_buffer = pull_into_descriptor.buffer
        queue_buffer = head_of_queue.buffer
        queue_byte_offset = head_of_queue.byte_offset
        assert can_copy_data_block_bytes(
            descriptor_buffer, dest_start, queue_buffer, queue_byte_offset, bytes_to_copy
        )
        source = memoryview(queue_buffer)[queue_byte_offset : queue_byte_offset + bytes_to_copy]
        descriptor_buffer[dest_start : dest_start + bytes_to_copy] = source
        if head_of_queue.byte_length == bytes_to_copy:
            queue.popleft()
        else:
            head_of_queue.byte_offset += bytes_to_copy
            head_of_queue.byte_length -= bytes_to_copy
        controller._queue_total_size -= bytes_to_copy
        readable_byte_stream_controller_fill_head_pull_into_descriptor(
            controller, bytes_to_copy, pull_into_descriptor
        )
        total_bytes_to_copy_remaining -= bytes_to_copy
    if not ready:
        assert controller._queue_total_size == 0
        assert 0 < pull_into_descriptor.bytes_filled < pull_into_descriptor.minimum_fill
    return ready


def readable_byte_stream_controller_process_pull_into_descriptors_using_queue(
    controller: ReadableByteStreamController,
) -> list[PullIntoDescriptor]:
    """https://streams.spec.whatwg.org/#readable-byte-stream-controller-process-pull-into-descriptors-using-queue"""
    assert not controller._close_requested
    filled_pull_intos = []
    while controller._pending_pull_intos:
        if controller._queue_total_size == 0:
            break
        pull_into_descriptor = controller._pending_pull_intos[0]
        if readable_byte_stream_controller_fill_pull_into_descriptor_from_queue(
            controller, pull_into_descriptor
        ):
            readable_byte_stream_controller_shift_pending_pull_into(controller)
            filled_pull_intos.append(pull_into_descriptor)
    return filled_pull_intos


def readable_byte_stream_controller_shift_pending_pull_into(
    controller: ReadableByteStreamController,
) -> PullIntoDescriptor:
    """https://streams.spec.whatwg.org/#readable-byte-stream-controller-shift-pending-pull-into"""
    assert controller._byob_request is None
    return controller._pending_pull_intos.popleft()
