"""Pipe to: everything that a readable stream has goes to a writable stream.

Streams Standard, 4.9.1: https://streams.spec.whatwg.org/#readable-stream-pipe-to
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..dom.aborting_ongoing_activities import AbortSignal, add, remove
from ..html.event_loops import queue_a_microtask
from ..webidl.promises import (
    Promise,
    a_new_promise,
    a_promise_resolved_with,
    get_a_promise_for_waiting_for_all,
    mark_as_handled,
    perform_promise_then,
    reject,
    resolve,
    upon_fulfillment,
    upon_rejection,
)
from .readable_operations import is_readable_stream_locked, readable_stream_cancel
from .readers import (
    acquire_readable_stream_default_reader,
    readable_stream_default_reader_read,
    readable_stream_default_reader_release,
)
from .writable_operations import (
    is_writable_stream_locked,
    writable_stream_close_queued_or_in_flight,
)
from .writers import (
    acquire_writable_stream_default_writer,
    writable_stream_abort,
    writable_stream_default_writer_close_with_error_propagation,
    writable_stream_default_writer_get_desired_size,
    writable_stream_default_writer_release,
    writable_stream_default_writer_write,
)

if TYPE_CHECKING:
    from .readable_stream import ReadableStream
    from .writable_stream import WritableStream

NO_CHUNK = object()


def readable_stream_pipe_to(
    source: ReadableStream,
    dest: WritableStream,
    prevent_close: bool,
    prevent_abort: bool,
    prevent_cancel: bool,
    signal: AbortSignal | None = None,
) -> Promise[None]:
    """https://streams.spec.whatwg.org/#readable-stream-pipe-to"""
    assert not is_readable_stream_locked(source)
    assert not is_writable_stream_locked(dest)
    pipe = _Pipe(source, dest, prevent_close, prevent_abort, prevent_cancel, signal)  # 8. to 13.
    if signal is not None:  # 14.
        if signal.aborted:
            pipe.abort_algorithm()
            return pipe.promise
        add(signal, pipe.abort_algorithm)
    pipe.propagate_errors_and_closing()  # 15.
    pipe.read_and_write()
    return pipe.promise


class _Pipe:
    """The variables of the algorithm, and its read request."""

    __slots__ = (
        "chunk", "current_write", "dest", "prevent_abort", "prevent_cancel", "prevent_close",
        "promise", "reader", "shutting_down", "signal", "source", "writer",
    )  # fmt: skip

    def __init__(
        self,
        source: ReadableStream,
        dest: WritableStream,
        prevent_close: bool,
        prevent_abort: bool,
        prevent_cancel: bool,
        signal: AbortSignal | None,
    ) -> None:
        self.source = source
        self.dest = dest
        self.prevent_close = prevent_close
        self.prevent_abort = prevent_abort
        self.prevent_cancel = prevent_cancel
        self.signal = signal
        # 8. and 9. A byte stream may be read with either reader: chunks as they come need no buffer
        # of ours.
        self.reader = acquire_readable_stream_default_reader(source)
        self.writer = acquire_writable_stream_default_writer(dest)
        source._disturbed = True
        self.shutting_down = False
        self.promise: Promise[None] = a_new_promise()
        self.chunk: object = NO_CHUNK  # what has been read and not yet been written
        self.current_write: Promise[None] = a_promise_resolved_with(None)

    # ---- 14.1. -----------------------------------------------------------------------------------

    def abort_algorithm(self) -> None:
        assert self.signal is not None
        error = self.signal.reason
        actions: list[Callable[[], Promise[None]]] = []
        if not self.prevent_abort:
            actions.append(
                lambda: (
                    writable_stream_abort(self.dest, error)
                    if self.dest._state == "writable"
                    else a_promise_resolved_with(None)
                )
            )
        if not self.prevent_cancel:
            actions.append(
                lambda: (
                    readable_stream_cancel(self.source, error)
                    if self.source._state == "readable"
                    else a_promise_resolved_with(None)
                )
            )
        self.shutdown_with_an_action(
            lambda: get_a_promise_for_waiting_for_all([action() for action in actions]), [error]
        )

    # ---- 15. Reading and writing -----------------------------------------------------------------

    def read_and_write(self, _: object = None) -> None:
        """Read, if the destination wants a chunk; else, come back when it does."""
        if self.shutting_down:
            return
        desired_size = writable_stream_default_writer_get_desired_size(self.writer)
        if desired_size is None:
            return  # its error is about to be propagated
        if desired_size <= 0:
            upon_fulfillment(self.writer._ready_promise, self.read_and_write)
        else:
            readable_stream_default_reader_read(self.reader, self)

    def chunk_steps(self, chunk: object) -> None:
        self.chunk = chunk
        queue_a_microtask(self.write)  # the sink must not run inside the source's enqueue()

    def close_steps(self) -> None: ...

    def error_steps(self, e: object) -> None: ...

    def write(self) -> None:
        if self.chunk is not NO_CHUNK:
            chunk, self.chunk = self.chunk, NO_CHUNK
            self.current_write = writable_stream_default_writer_write(self.writer, chunk)
            mark_as_handled(self.current_write)
            self.read_and_write()

    # ---- 15. Error and close states must be propagated -------------------------------------------

    def propagate_errors_and_closing(self) -> None:
        source, dest = self.source, self.dest
        if source._state == "errored":
            self.propagate_errors_forward()
        else:
            upon_rejection(self.reader._closed_promise, self.propagate_errors_forward)
        if dest._state == "errored":
            self.propagate_errors_backward()
        else:
            upon_rejection(self.writer._closed_promise, self.propagate_errors_backward)
        if source._state == "closed":
            self.propagate_closing_forward()
        else:
            upon_fulfillment(self.reader._closed_promise, self.propagate_closing_forward)
        if writable_stream_close_queued_or_in_flight(dest) or dest._state == "closed":
            self.propagate_closing_backward()

    def propagate_errors_forward(self, _: object = None) -> None:
        error = self.source._stored_error
        if not self.prevent_abort:
            self.shutdown_with_an_action(lambda: writable_stream_abort(self.dest, error), [error])
        else:
            self.shutdown([error])

    def propagate_errors_backward(self, _: object = None) -> None:
        error = self.dest._stored_error
        if not self.prevent_cancel:
            self.shutdown_with_an_action(
                lambda: readable_stream_cancel(self.source, error), [error]
            )
        else:
            self.shutdown([error])

    def propagate_closing_forward(self, _: object = None) -> None:
        if not self.prevent_close:
            self.shutdown_with_an_action(
                lambda: writable_stream_default_writer_close_with_error_propagation(self.writer)
            )
        else:
            self.shutdown()

    def propagate_closing_backward(self) -> None:
        dest_closed = TypeError("Cannot pipe: the writable stream is closing or closed")
        if not self.prevent_cancel:
            self.shutdown_with_an_action(
                lambda: readable_stream_cancel(self.source, dest_closed), [dest_closed]
            )
        else:
            self.shutdown([dest_closed])

    # ---- 15. Shutdown ----------------------------------------------------------------------------

    def shutdown_with_an_action(
        self, action: Callable[[], Promise[Any]], original_error: list[object] | None = None
    ) -> None:
        """The error, which may be any value, is in a list; no list is not an error.

        https://streams.spec.whatwg.org/#rs-pipeTo-shutdown-with-action
        """
        if self.shutting_down:
            return
        self.shutting_down = True

        def perform_the_action() -> None:
            p = action()
            perform_promise_then(
                p,
                lambda _: self.finalize(original_error),
                lambda new_error: self.finalize([new_error]),
            )

        self.when_everything_is_written(perform_the_action)

    def shutdown(self, error: list[object] | None = None) -> None:
        """https://streams.spec.whatwg.org/#rs-pipeTo-shutdown"""
        if self.shutting_down:
            return
        self.shutting_down = True
        self.when_everything_is_written(lambda: self.finalize(error))

    def when_everything_is_written(self, steps: Callable[[], object]) -> None:
        """Step 3 of both forms of shutdown."""
        if self.dest._state != "writable" or writable_stream_close_queued_or_in_flight(self.dest):
            steps()
            return
        self.write()
        last_write = self.current_write

        def go_on(_: object) -> None:
            if self.current_write is last_write and self.chunk is NO_CHUNK:
                steps()
            else:  # a read that was under way has got its chunk meanwhile
                self.when_everything_is_written(steps)

        perform_promise_then(last_write, go_on, go_on)

    def finalize(self, error: list[object] | None) -> None:
        """https://streams.spec.whatwg.org/#rs-pipeTo-finalize"""
        writable_stream_default_writer_release(self.writer)
        readable_stream_default_reader_release(self.reader)
        if self.signal is not None:
            remove(self.signal, self.abort_algorithm)
        if error is not None:
            reject(self.promise, error[0])
        else:
            resolve(self.promise, None)
