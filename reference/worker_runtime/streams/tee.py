"""Tee: two streams that each give what one stream has.

Streams Standard, 4.9.1: https://streams.spec.whatwg.org/#readable-stream-tee

What the two algorithms call variables is here the state of an object. The branches are made in
`readable_stream`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ..html.event_loops import queue_a_microtask
from ..webidl.promises import (
    RESOLVED_WITH_UNDEFINED,
    Promise,
    a_new_promise,
    resolve,
    upon_rejection,
)
from .byte_controller import byte_controller_of, readable_byte_stream_controller_get_byob_request
from .byte_operations import (
    readable_byte_stream_controller_close,
    readable_byte_stream_controller_enqueue,
    readable_byte_stream_controller_respond,
    readable_byte_stream_controller_respond_with_new_view,
)
from .byte_queue import readable_byte_stream_controller_error
from .default_controller import (
    default_controller_of,
    readable_stream_default_controller_close,
    readable_stream_default_controller_enqueue,
    readable_stream_default_controller_error,
)
from .miscellaneous import clone_as_uint8_array, structured_clone
from .readable_operations import readable_stream_cancel
from .readers import (
    ReadableStreamBYOBReader,
    ReadableStreamDefaultReader,
    ReadableStreamReader,
    acquire_readable_stream_byob_reader,
    acquire_readable_stream_default_reader,
    readable_stream_byob_reader_read,
    readable_stream_byob_reader_release,
    readable_stream_default_reader_read,
    readable_stream_default_reader_release,
)

if TYPE_CHECKING:
    from .readable_stream import ReadableStream


class _Tee:
    """What both algorithms have in common: the branches' wish to be canceled, which the stream
    hears when both have it.
    """

    __slots__ = (
        "branch1", "branch2", "cancel_promise", "canceled1", "canceled2", "reading", "reason1",
        "reason2", "stream",
    )  # fmt: skip

    branch1: ReadableStream
    branch2: ReadableStream

    def __init__(self, stream: ReadableStream) -> None:
        self.stream = stream
        self.reading = False
        self.canceled1 = self.canceled2 = False
        self.reason1: object = None
        self.reason2: object = None
        self.cancel_promise: Promise[None] = a_new_promise()

    def cancel1_algorithm(self, reason: object) -> Promise[None]:
        self.canceled1 = True
        self.reason1 = reason
        if self.canceled2:
            self._cancel_the_stream()
        return self.cancel_promise

    def cancel2_algorithm(self, reason: object) -> Promise[None]:
        self.canceled2 = True
        self.reason2 = reason
        if self.canceled1:
            self._cancel_the_stream()
        return self.cancel_promise

    def _cancel_the_stream(self) -> None:
        composite_reason = [self.reason1, self.reason2]
        cancel_result = readable_stream_cancel(self.stream, composite_reason)
        resolve(self.cancel_promise, cancel_result)

    def _resolve_the_cancel_promise(self) -> None:
        if not (self.canceled1 and self.canceled2):
            resolve(self.cancel_promise, None)


class DefaultTee(_Tee):
    """ReadableStreamDefaultTee, and the read request of its pull algorithm.

    Part of https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaulttee
    """

    __slots__ = ("clone_for_branch2", "read_again", "reader")

    def __init__(self, stream: ReadableStream, clone_for_branch2: bool) -> None:
        super().__init__(stream)
        self.clone_for_branch2 = clone_for_branch2
        self.reader = acquire_readable_stream_default_reader(stream)
        self.read_again = False

    def pull_algorithm(self) -> Promise[None]:
        if self.reading:
            self.read_again = True
            return RESOLVED_WITH_UNDEFINED
        self.reading = True
        readable_stream_default_reader_read(self.reader, self)
        return RESOLVED_WITH_UNDEFINED

    def chunk_steps(self, chunk: Any) -> None:
        # Errors of the stream take a microtask to be seen; a chunk that is there at once must not
        # overtake them.
        queue_a_microtask(partial(self._share, chunk))

    def _share(self, chunk: Any) -> None:
        self.read_again = False
        chunk1 = chunk2 = chunk
        controller1, controller2 = (
            default_controller_of(self.branch1),
            default_controller_of(self.branch2),
        )
        if not self.canceled2 and self.clone_for_branch2:
            try:
                chunk2 = structured_clone(chunk2)
            except Exception as error:
                readable_stream_default_controller_error(controller1, error)
                readable_stream_default_controller_error(controller2, error)
                resolve(self.cancel_promise, readable_stream_cancel(self.stream, error))
                return
        if not self.canceled1:
            readable_stream_default_controller_enqueue(controller1, chunk1)
        if not self.canceled2:
            readable_stream_default_controller_enqueue(controller2, chunk2)
        self.reading = False
        if self.read_again:
            self.pull_algorithm()

    def close_steps(self) -> None:
        self.reading = False
        if not self.canceled1:
            readable_stream_default_controller_close(default_controller_of(self.branch1))
        if not self.canceled2:
            readable_stream_default_controller_close(default_controller_of(self.branch2))
        self._resolve_the_cancel_promise()

    def error_steps(self, e: object) -> None:
        self.reading = False

    def forward_reader_error(self) -> None:
        def upon_rejection_of_closed(r: object) -> None:
            readable_stream_default_controller_error(default_controller_of(self.branch1), r)
            readable_stream_default_controller_error(default_controller_of(self.branch2), r)
            self._resolve_the_cancel_promise()

        upon_rejection(self.reader._closed_promise, upon_rejection_of_closed)


class ByteTee(_Tee):
    """ReadableByteStreamTee, and the read request of pullWithDefaultReader.

    Part of https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamtee
    """

    __slots__ = ("read_again_for_branch1", "read_again_for_branch2", "reader")

    reader: ReadableStreamReader

    def __init__(self, stream: ReadableStream) -> None:
        super().__init__(stream)
        self.reader = acquire_readable_stream_default_reader(stream)
        self.read_again_for_branch1 = self.read_again_for_branch2 = False

    def forward_reader_error(self, this_reader: ReadableStreamReader) -> None:
        def upon_rejection_of_closed(r: object) -> None:
            if this_reader is not self.reader:
                return
            readable_byte_stream_controller_error(byte_controller_of(self.branch1), r)
            readable_byte_stream_controller_error(byte_controller_of(self.branch2), r)
            self._resolve_the_cancel_promise()

        upon_rejection(this_reader._closed_promise, upon_rejection_of_closed)

    def pull_with_default_reader(self) -> None:
        if isinstance(self.reader, ReadableStreamBYOBReader):
            assert not self.reader._read_into_requests
            readable_stream_byob_reader_release(self.reader)
            self.reader = acquire_readable_stream_default_reader(self.stream)
            self.forward_reader_error(self.reader)
        readable_stream_default_reader_read(self.reader, self)

    def chunk_steps(self, chunk: bytes | memoryview) -> None:
        queue_a_microtask(partial(self._share, chunk))

    def _share(self, chunk: bytes | memoryview) -> None:
        self.read_again_for_branch1 = self.read_again_for_branch2 = False
        chunk1 = chunk2 = chunk
        if not self.canceled1 and not self.canceled2:
            chunk2 = clone_as_uint8_array(chunk)
        if not self.canceled1:
            readable_byte_stream_controller_enqueue(byte_controller_of(self.branch1), chunk1)
        if not self.canceled2:
            readable_byte_stream_controller_enqueue(byte_controller_of(self.branch2), chunk2)
        self.read_again()

    def close_steps(self) -> None:
        self.reading = False
        controller1, controller2 = (
            byte_controller_of(self.branch1),
            byte_controller_of(self.branch2),
        )
        if not self.canceled1:
            readable_byte_stream_controller_close(controller1)
        if not self.canceled2:
            readable_byte_stream_controller_close(controller2)
        if controller1._pending_pull_intos:
            readable_byte_stream_controller_respond(controller1, 0)
        if controller2._pending_pull_intos:
            readable_byte_stream_controller_respond(controller2, 0)
        self._resolve_the_cancel_promise()

    def error_steps(self, e: object) -> None:
        self.reading = False

    def pull_with_byob_reader(self, view: memoryview, for_branch2: bool) -> None:
        if isinstance(self.reader, ReadableStreamDefaultReader):
            assert not self.reader._read_requests
            readable_stream_default_reader_release(self.reader)
            self.reader = acquire_readable_stream_byob_reader(self.stream)
            self.forward_reader_error(self.reader)
        readable_stream_byob_reader_read(
            self.reader, view, 1, _ByteTeeReadIntoRequest(self, for_branch2)
        )

    def read_again(self) -> None:
        self.reading = False
        if self.read_again_for_branch1:
            self.pull1_algorithm()
        elif self.read_again_for_branch2:
            self.pull2_algorithm()

    def pull1_algorithm(self) -> Promise[None]:
        if self.reading:
            self.read_again_for_branch1 = True
            return RESOLVED_WITH_UNDEFINED
        self._pull(self.branch1, False)
        return RESOLVED_WITH_UNDEFINED

    def pull2_algorithm(self) -> Promise[None]:
        if self.reading:
            self.read_again_for_branch2 = True
            return RESOLVED_WITH_UNDEFINED
        self._pull(self.branch2, True)
        return RESOLVED_WITH_UNDEFINED

    def _pull(self, branch: ReadableStream, for_branch2: bool) -> None:
        self.reading = True
        byob_request = readable_byte_stream_controller_get_byob_request(byte_controller_of(branch))
        if byob_request is None:
            self.pull_with_default_reader()
        else:
            assert byob_request._view is not None
            self.pull_with_byob_reader(byob_request._view, for_branch2)


class _ByteTeeReadIntoRequest:
    """The read-into request of pullWithBYOBReader."""

    __slots__ = ("byob_branch", "for_branch2", "other_branch", "tee")

    def __init__(self, tee: ByteTee, for_branch2: bool) -> None:
        self.tee = tee
        self.for_branch2 = for_branch2
        self.byob_branch = tee.branch2 if for_branch2 else tee.branch1
        self.other_branch = tee.branch1 if for_branch2 else tee.branch2

    def _canceled(self) -> tuple[bool, bool]:
        """Whether the branch with the BYOB reader is canceled, and whether the other one is."""
        canceled = self.tee.canceled1, self.tee.canceled2
        return canceled[::-1] if self.for_branch2 else canceled

    def chunk_steps(self, chunk: memoryview) -> None:
        queue_a_microtask(partial(self._share, chunk))

    def _share(self, chunk: memoryview) -> None:
        tee = self.tee
        tee.read_again_for_branch1 = tee.read_again_for_branch2 = False
        byob_canceled, other_canceled = self._canceled()
        if not other_canceled:
            cloned_chunk = clone_as_uint8_array(chunk)
            if not byob_canceled:
                readable_byte_stream_controller_respond_with_new_view(
                    byte_controller_of(self.byob_branch), chunk
                )
            readable_byte_stream_controller_enqueue(
                byte_controller_of(self.other_branch), cloned_chunk
            )
        elif not byob_canceled:
            readable_byte_stream_controller_respond_with_new_view(
                byte_controller_of(self.byob_branch), chunk
            )
        tee.read_again()

    def close_steps(self, chunk: memoryview | None) -> None:
        tee = self.tee
        tee.reading = False
        byob_canceled, other_canceled = self._canceled()
        byob_controller, other_controller = (
            byte_controller_of(self.byob_branch),
            byte_controller_of(self.other_branch),
        )
        if not byob_canceled:
            readable_byte_stream_controller_close(byob_controller)
        if not other_canceled:
            readable_byte_stream_controller_close(other_controller)
        if chunk is not None:
            assert chunk.nbytes == 0
            if not byob_canceled:
                readable_byte_stream_controller_respond_with_new_view(byob_controller, chunk)
            if not other_canceled and other_controller._pending_pull_intos:
                readable_byte_stream_controller_respond(other_controller, 0)
        tee._resolve_the_cancel_promise()

    def error_steps(self, e: object) -> None:
        self.tee.reading = False
