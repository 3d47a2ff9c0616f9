"""Byte stream controllers: bytes that come in, and views that are to be filled with them.

Streams Standard, 4.9.5: https://streams.spec.whatwg.org/#rbs-controller-abstract-ops
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..webidl.exceptions import RangeError
from .byte_queue import (
    PullIntoDescriptor,
    readable_byte_stream_controller_call_pull_if_needed,
    readable_byte_stream_controller_clear_algorithms,
    readable_byte_stream_controller_commit_pull_into_descriptor,
    readable_byte_stream_controller_convert_pull_into_descriptor,
    readable_byte_stream_controller_enqueue_chunk_to_queue,
    readable_byte_stream_controller_enqueue_cloned_chunk_to_queue,
    readable_byte_stream_controller_enqueue_detached_pull_into_to_queue,
    readable_byte_stream_controller_error,
    readable_byte_stream_controller_fill_head_pull_into_descriptor,
    readable_byte_stream_controller_fill_pull_into_descriptor_from_queue,
    readable_byte_stream_controller_handle_queue_drain,
    readable_byte_stream_controller_invalidate_byob_request,
    readable_byte_stream_controller_process_pull_into_descriptors_using_queue,
    readable_byte_stream_controller_process_read_requests_using_queue,
    readable_byte_stream_controller_shift_pending_pull_into,
)
from .miscellaneous import (
    can_transfer_array_buffer,
    is_detached_buffer,
    to_uint8_array,
    transfer_array_buffer,
    viewed_array_buffer,
)
from .readable_operations import (
    ReadIntoRequest,
    is_readable_stream_locked,
    readable_stream_add_read_into_request,
    readable_stream_close,
    readable_stream_fulfill_read_request,
    readable_stream_get_num_read_into_requests,
    readable_stream_get_num_read_requests,
    readable_stream_has_byob_reader,
    readable_stream_has_default_reader,
)

if TYPE_CHECKING:
    from .byte_controller import ReadableByteStreamController


def readable_byte_stream_controller_close(controller: ReadableByteStreamController) -> None:
    """TypeError if a reader waits for the rest of an element of its view.

    https://streams.spec.whatwg.org/#readable-byte-stream-controller-close
    """
    stream = controller._stream
    if controller._close_requested or stream._state != "readable":
        return
    if controller._queue_total_size > 0:
        controller._close_requested = True
        return
    if controller._pending_pull_intos:
        first_pending_pull_into = controller._pending_pull_intos[0]
        if first_pending_pull_into.bytes_filled % first_pending_pull_into.element_size != 0:
            e = TypeError("Cannot close: the last element of the reader's view is not complete")
            readable_byte_stream_controller_error(controller, e)
            raise e
    readable_byte_stream_controller_clear_algorithms(controller)
    readable_stream_close(stream)


def readable_byte_stream_controller_enqueue(
    controller: ReadableByteStreamController, chunk: bytes | bytearray | memoryview
) -> None:
    """A memoryview is transferred; bytes are taken as they are, any other buffer is copied.

    https://streams.spec.whatwg.org/#readable-byte-stream-controller-enqueue
    """
    stream = controller._stream
    if controller._close_requested or stream._state != "readable":
        return
    transferred_buffer = to_uint8_array(chunk)
    byte_length = len(transferred_buffer)
    if controller._pending_pull_intos:
        first_pending_pull_into = controller._pending_pull_intos[0]
        if first_pending_pull_into.is_detached():
            raise TypeError("Cannot enqueue: the view of the BYOB request has been released")
        readable_byte_stream_controller_invalidate_byob_request(controller)
        first_pending_pull_into.take_back()
        if first_pending_pull_into.reader_type == "none":
            readable_byte_stream_controller_enqueue_detached_pull_into_to_queue(
                controller, first_pending_pull_into
            )
    if readable_stream_has_default_reader(stream):
        readable_byte_stream_controller_process_read_requests_using_queue(controller)
        if readable_stream_get_num_read_requests(stream) == 0:
            assert not controller._pending_pull_intos
            readable_byte_stream_controller_enqueue_chunk_to_queue(
                controller, transferred_buffer, 0, byte_length
            )
        else:
            assert not controller._queue
            if controller._pending_pull_intos:
                assert controller._pending_pull_intos[0].reader_type == "default"
                readable_byte_stream_controller_shift_pending_pull_into(controller)
            readable_stream_fulfill_read_request(stream, transferred_buffer, False)
    elif readable_stream_has_byob_reader(stream):
        readable_byte_stream_controller_enqueue_chunk_to_queue(
            controller, transferred_buffer, 0, byte_length
        )
        filled_pull_intos = (
            readable_byte_stream_controller_process_pull_into_descriptors_using_queue(controller)
        )
        for filled_pull_into in filled_pull_intos:
            readable_byte_stream_controller_commit_pull_into_descriptor(stream, filled_pull_into)
    else:
        assert not is_readable_stream_locked(stream)
        readable_byte_stream_controller_enqueue_chunk_to_queue(
            controller, transferred_buffer, 0, byte_length
        )
    readable_byte_stream_controller_call_pull_if_needed(controller)


def readable_byte_stream_controller_pull_into(
    controller: ReadableByteStreamController,
    view: memoryview,
    min: int,
    read_into_request: ReadIntoRequest,
) -> None:
    """The view is transferred; its format is that of the view that the request gets.

    https://streams.spec.whatwg.org/#readable-byte-stream-controller-pull-into
    """
    stream = controller._stream
    element_size = view.itemsize
    view_constructor = view.format
    minimum_fill = min * element_size
    assert 0 <= minimum_fill <= view.nbytes
    try:
        buffer = transfer_array_buffer(view).cast("B")
    except TypeError as error:
        read_into_request.error_steps(error)
        return
    pull_into_descriptor = PullIntoDescriptor(
        buffer, 0, minimum_fill, element_size, view_constructor, "byob"
    )
    if controller._pending_pull_intos:
        controller._pending_pull_intos.append(pull_into_descriptor)
        readable_stream_add_read_into_request(stream, read_into_request)
        return
    if stream._state == "closed":
        empty_view = readable_byte_stream_controller_convert_pull_into_descriptor(
            pull_into_descriptor
        )
        read_into_request.close_steps(empty_view)
        return
    if controller._queue_total_size > 0:
        if readable_byte_stream_controller_fill_pull_into_descriptor_from_queue(
            controller, pull_into_descriptor
        ):
            filled_view = readable_byte_stream_controller_convert_pull_into_descriptor(
                pull_into_descriptor
            )
            readable_byte_stream_controller_handle_queue_drain(controller)
            read_into_request.chunk_steps(filled_view)
            return
        if controller._close_requested:
            e = TypeError("The stream ends before the view has what was asked for")
            readable_byte_stream_controller_error(controller, e)
            read_into_request.error_steps(e)
            return
    controller._pending_pull_intos.append(pull_into_descriptor)
    readable_stream_add_read_into_request(stream, read_into_request)
    readable_byte_stream_controller_call_pull_if_needed(controller)


def readable_byte_stream_controller_respond(
    controller: ReadableByteStreamController, bytes_written: int
) -> None:
    """TypeError for a number that does not fit the state of the stream, RangeError for more than
    there is room for.

    https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond
    """
    first_descriptor = controller._pending_pull_intos[0]
    state = controller._stream._state
    if state == "closed":
        if bytes_written != 0:
            raise TypeError(f"The stream is closed, yet {bytes_written} bytes were written")
    else:
        assert state == "readable"
        if bytes_written == 0:
            raise TypeError("No bytes were written, yet the stream is not closed")
        if first_descriptor.bytes_filled + bytes_written > len(first_descriptor.buffer):
            room = len(first_descriptor.buffer) - first_descriptor.bytes_filled
            raise RangeError(f"{bytes_written} bytes were written to a view of {room}")
    first_descriptor.take_back()
    readable_byte_stream_controller_respond_internal(controller, bytes_written)


def readable_byte_stream_controller_respond_in_closed_state(
    controller: ReadableByteStreamController, first_descriptor: PullIntoDescriptor
) -> None:
    """https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond-in-closed-state"""
    assert first_descriptor.bytes_filled % first_descriptor.element_size == 0
    if first_descriptor.reader_type == "none":
        readable_byte_stream_controller_shift_pending_pull_into(controller)
    stream = controller._stream
    if readable_stream_has_byob_reader(stream):
        filled_pull_intos: list[PullIntoDescriptor] = []
        while len(filled_pull_intos) < readable_stream_get_num_read_into_requests(stream):
            filled_pull_intos.append(
                readable_byte_stream_controller_shift_pending_pull_into(controller)
            )
        for filled_pull_into in filled_pull_intos:
            readable_byte_stream_controller_commit_pull_into_descriptor(stream, filled_pull_into)


def readable_byte_stream_controller_respond_in_readable_state(
    controller: ReadableByteStreamController,
    bytes_written: int,
    pull_into_descriptor: PullIntoDescriptor,
) -> None:
    """https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond-in-readable-state"""
    stream = controller._stream
    assert pull_into_descriptor.bytes_filled + bytes_written <= len(pull_into_descriptor.buffer)
    readable_byte_stream_controller_fill_head_pull_into_descriptor(
        controller, bytes_written, pull_into_descriptor
    )
    if pull_into_descriptor.reader_type == "none":
        readable_byte_stream_controller_enqueue_detached_pull_into_to_queue(
            controller, pull_into_descriptor
        )
        filled_pull_intos = (
            readable_byte_stream_controller_process_pull_into_descriptors_using_queue(controller)
        )
        for filled_pull_into in filled_pull_intos:
            readable_byte_stream_controller_commit_pull_into_descriptor(stream, filled_pull_into)
        return
    if pull_into_descriptor.bytes_filled < pull_into_descriptor.minimum_fill:
        return
    readable_byte_stream_controller_shift_pending_pull_into(controller)
    remainder_size = pull_into_descriptor.bytes_filled % pull_into_descriptor.element_size
    if remainder_size > 0:
        end = pull_into_descriptor.bytes_filled
        readable_byte_stream_controller_enqueue_cloned_chunk_to_queue(
            controller, pull_into_descriptor.buffer, end - remainder_size, remainder_size
        )
    pull_into_descriptor.bytes_filled -= remainder_size
    filled_pull_intos = readable_byte_stream_controller_process_pull_into_descriptors_using_queue(
        controller
    )
    readable_byte_stream_controller_commit_pull_into_descriptor(stream, pull_into_descriptor)
    for filled_pull_into in filled_pull_intos:
        readable_byte_stream_controller_commit_pull_into_descriptor(stream, filled_pull_into)


def readable_byte_stream_controller_respond_internal(
    controller: ReadableByteStreamController, bytes_written: int
) -> None:
    """https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond-internal"""
    first_descriptor = controller._pending_pull_intos[0]
    assert can_transfer_array_buffer(first_descriptor.buffer)
    readable_byte_stream_controller_invalidate_byob_request(controller)
    state = controller._stream._state
    if state == "closed":
        assert bytes_written == 0
        readable_byte_stream_controller_respond_in_closed_state(controller, first_descriptor)
    else:
        assert state == "readable"
        assert bytes_written > 0
        readable_byte_stream_controller_respond_in_readable_state(
            controller, bytes_written, first_descriptor
        )
    readable_byte_stream_controller_call_pull_if_needed(controller)


def readable_byte_stream_controller_respond_with_new_view(
    controller: ReadableByteStreamController, view: memoryview
) -> None:
    """TypeError for a view whose length does not fit the state of the stream, RangeError for one of
    another place or size.

    https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond-with-new-view
    """
    assert not is_detached_buffer(view)
    first_descriptor = controller._pending_pull_intos[0]
    state = controller._stream._state
    if state == "closed":
        if view.nbytes != 0:
            raise TypeError(f"The stream is closed, yet the view has {view.nbytes} bytes")
    else:
        assert state == "readable"
        if view.nbytes == 0:
            raise TypeError("The view is empty, yet the stream is not closed")
    old_buffer, old_byte_offset = viewed_array_buffer(first_descriptor.buffer)
    new_buffer, new_byte_offset = viewed_array_buffer(view)
    if old_byte_offset + first_descriptor.bytes_filled != new_byte_offset:
        raise RangeError("The view begins at another place of its buffer than that of the request")
    if len(old_buffer) != len(new_buffer):
        raise RangeError(
            f"The view is of a buffer of {len(new_buffer)} bytes, that of the request of one of "
            f"{len(old_buffer)}"
        )
    if first_descriptor.bytes_filled + view.nbytes > len(first_descriptor.buffer):
        room = len(first_descriptor.buffer) - first_descriptor.bytes_filled
        raise RangeError(f"The view has {view.nbytes} bytes, that of the request {room}")
    view_byte_length = view.nbytes
    transfer_array_buffer(view)
    first_descriptor.take_back()
    first_descriptor.buffer = new_buffer[
        old_byte_offset : old_byte_offset + len(first_descriptor.buffer)
    ]
    readable_byte_stream_controller_respond_internal(controller, view_byte_length)
