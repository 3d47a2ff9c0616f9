"""Transferable streams: an identity transform whose two sides are in two realms, with a pair of
message ports between them.

Streams Standard, 8.2, 4.2.6, 5.2.6 and 6.2.5:
https://streams.spec.whatwg.org/#transferrable-streams

Structured data transfers a stream by these steps.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from ..html.settings_objects import current_settings_object
from ..html.structured_data.structured_serialize_with_transfer import (
    SerializeWithTransferResult,
    structured_deserialize_with_transfer,
    structured_serialize_with_transfer,
)
from ..html.web_messaging.message_ports import entangle, new_message_port
from ..webidl.exceptions import DOMException, reason_of
from ..webidl.interfaces import new
from ..webidl.promises import (
    FULFILLED,
    RESOLVED_WITH_UNDEFINED,
    Promise,
    a_new_promise,
    a_promise_rejected_with,
    mark_as_handled,
    react,
    settle,
)
from .default_controller import (
    ReadableStreamDefaultController,
    readable_stream_default_controller_close,
    readable_stream_default_controller_enqueue,
    readable_stream_default_controller_error,
    set_up_readable_stream_default_controller,
)
from .pipe_to import readable_stream_pipe_to
from .readable_operations import is_readable_stream_locked
from .readable_stream import ReadableStream, initialize_readable_stream
from .transform_stream import TransformStream
from .writable_controller import (
    WritableStreamDefaultController,
    set_up_writable_stream_default_controller,
    writable_stream_default_controller_error_if_needed,
)
from .writable_operations import is_writable_stream_locked
from .writable_stream import WritableStream, initialize_writable_stream


class Port(Protocol):
    """A message port that no author has in hand.

    Part of https://html.spec.whatwg.org/multipage/web-messaging.html#messageport.
    """

    def postMessage(self, message: Any, /) -> None:
        """Send a message to the port that this one is entangled with; "DataCloneError" if it cannot
        be cloned.
        """

    def addEventListener(self, type: str, callback: Callable[[Any], object], /) -> None:
        """Add a handler of "message" or "messageerror"."""

    def start(self) -> None:
        """Enable the port message queue."""

    def close(self) -> None:
        """Disentangle the port."""


# ---- transfer via postMessage() ------------------------------------------------------------------


def readable_stream_transfer_steps(value: ReadableStream, port1: Port) -> None:
    """Steps 1 and 5 to 7, for a port that is entangled with the one that is sent. "DataCloneError"
    if the stream is locked.

    Part of https://streams.spec.whatwg.org/#rs-transfer
    """
    if is_readable_stream_locked(value):
        raise DOMException("A stream that is locked cannot be transferred", "DataCloneError")
    writable = new(WritableStream)
    set_up_cross_realm_transform_writable(writable, port1)
    promise = readable_stream_pipe_to(value, writable, False, False, False)
    mark_as_handled(promise)


def readable_stream_transfer_receiving_steps(port: Port, value: ReadableStream) -> None:
    """Step 3, for the port that was sent and a new stream.

    Part of https://streams.spec.whatwg.org/#rs-transfer
    """
    set_up_cross_realm_transform_readable(value, port)


def writable_stream_transfer_steps(value: WritableStream, port1: Port) -> None:
    """Steps 1 and 5 to 7, for a port that is entangled with the one that is sent. "DataCloneError"
    if the stream is locked.

    Part of https://streams.spec.whatwg.org/#ws-transfer
    """
    if is_writable_stream_locked(value):
        raise DOMException("A stream that is locked cannot be transferred", "DataCloneError")
    readable = new(ReadableStream)
    set_up_cross_realm_transform_readable(readable, port1)
    promise = readable_stream_pipe_to(readable, value, False, False, False)
    mark_as_handled(promise)


def writable_stream_transfer_receiving_steps(port: Port, value: WritableStream) -> None:
    """Step 3, for the port that was sent and a new stream.

    Part of https://streams.spec.whatwg.org/#ws-transfer
    """
    set_up_cross_realm_transform_writable(value, port)


def transform_stream_transfer_steps(
    value: TransformStream,
) -> tuple[ReadableStream, WritableStream]:
    """The two streams that are to be transferred in place of the one. "DataCloneError" if either is
    locked.

    Part of https://streams.spec.whatwg.org/#ts-transfer
    """
    readable, writable = value._readable, value._writable
    if is_readable_stream_locked(readable) or is_writable_stream_locked(writable):
        raise DOMException("A stream that is locked cannot be transferred", "DataCloneError")
    return readable, writable


def transform_stream_transfer_receiving_steps(
    readable: ReadableStream, writable: WritableStream, value: TransformStream
) -> None:
    """Steps 3 to 5, for the two streams that have arrived and a new one.

    Part of https://streams.spec.whatwg.org/#ts-transfer
    """
    value._readable, value._writable = readable, writable
    value._backpressure = value._backpressure_change_promise = None
    value._is_detached = False


def transfer_steps(value: ReadableStream | WritableStream) -> SerializeWithTransferResult:
    """Steps 2 to 4 and 8 of a stream's, around its own: the port that goes to the other realm.

    Part of https://streams.spec.whatwg.org/#transferrable-streams
    """
    current_realm = current_settings_object()
    port1, port2 = new_message_port(current_realm), new_message_port(current_realm)
    entangle(port1, port2)
    if isinstance(value, ReadableStream):
        readable_stream_transfer_steps(value, port1)
    else:
        writable_stream_transfer_steps(value, port1)
    return structured_serialize_with_transfer(port2, [port2])


def _transfer_receiving_steps(
    cls: type[ReadableStream | WritableStream], data: SerializeWithTransferResult
) -> ReadableStream | WritableStream:
    port = structured_deserialize_with_transfer(data)[0]
    value = new(cls)
    if isinstance(value, ReadableStream):
        readable_stream_transfer_receiving_steps(port, value)
    else:
        writable_stream_transfer_receiving_steps(port, value)
    return value


def _transform_stream_transfer(
    value: TransformStream,
) -> tuple[SerializeWithTransferResult, SerializeWithTransferResult]:
    readable, writable = transform_stream_transfer_steps(value)
    return (
        structured_serialize_with_transfer(readable, [readable]),
        structured_serialize_with_transfer(writable, [writable]),
    )


def _transform_stream_transfer_receiving(
    cls: type[TransformStream],
    data: tuple[SerializeWithTransferResult, SerializeWithTransferResult],
) -> TransformStream:
    readable, writable = (structured_deserialize_with_transfer(part)[0] for part in data)
    value = new(TransformStream)
    transform_stream_transfer_receiving_steps(readable, writable, value)
    return value


# The classes stand below the pipes and the ports that this takes.
for _interface in (ReadableStream, WritableStream):
    setattr(_interface, "_transfer_steps", transfer_steps)
    setattr(_interface, "_transfer_receiving_steps", classmethod(_transfer_receiving_steps))
setattr(TransformStream, "_transfer_steps", _transform_stream_transfer)
setattr(
    TransformStream, "_transfer_receiving_steps", classmethod(_transform_stream_transfer_receiving)
)


# ---- 8.2 Transferable streams --------------------------------------------------------------------


def cross_realm_transform_send_error(port: Port, error: object) -> None:
    """https://streams.spec.whatwg.org/#abstract-opdef-crossrealmtransformsenderror"""
    try:
        pack_and_post_message(port, "error", error)
    except Exception:
        pass  # the stream is errored already


def pack_and_post_message(port: Port, type: str, value: object) -> None:
    """https://streams.spec.whatwg.org/#abstract-opdef-packandpostmessage"""
    port.postMessage({"type": type, "value": value})


def pack_and_post_message_handling_error(port: Port, type: str, value: object) -> None:
    """Raises what stands in the way of the message, and sends that to the other side, too.

    https://streams.spec.whatwg.org/#abstract-opdef-packandpostmessagehandlingerror
    """
    try:
        pack_and_post_message(port, type, value)
    except Exception as error:
        cross_realm_transform_send_error(port, reason_of(error))
        raise


def send_reason_and_disentangle(port: Port, reason: object) -> Promise[None]:
    """The cancelAlgorithm of the readable side, and the abortAlgorithm of the writable one.

    Part of https://streams.spec.whatwg.org/#transferrable-streams
    """
    try:
        pack_and_post_message_handling_error(port, "error", reason)
    except Exception as error:
        return a_promise_rejected_with(reason_of(error))
    finally:
        port.close()
    return RESOLVED_WITH_UNDEFINED


def set_up_cross_realm_transform_readable(stream: ReadableStream, port: Port) -> None:
    """https://streams.spec.whatwg.org/#abstract-opdef-setupcrossrealmtransformreadable"""
    initialize_readable_stream(stream)
    controller = new(ReadableStreamDefaultController)

    def message(event: Any) -> None:
        match event.data:
            case {"type": "chunk", "value": value}:
                readable_stream_default_controller_enqueue(controller, value)
            case {"type": "close"}:
                readable_stream_default_controller_close(controller)
                port.close()
            case {"type": "error", "value": value}:
                readable_stream_default_controller_error(controller, value)
                port.close()

    def messageerror(event: Any) -> None:
        error = DOMException("A chunk could not be cloned", "DataCloneError")
        cross_realm_transform_send_error(port, error)
        readable_stream_default_controller_error(controller, error)
        port.close()

    port.addEventListener("message", message)
    port.addEventListener("messageerror", messageerror)
    port.start()

    def pull_algorithm() -> Promise[None]:
        pack_and_post_message(port, "pull", None)
        return RESOLVED_WITH_UNDEFINED

    set_up_readable_stream_default_controller(
        stream,
        controller,
        lambda: None,
        pull_algorithm,
        partial(send_reason_and_disentangle, port),
        0,
        lambda chunk: 1,
    )


def set_up_cross_realm_transform_writable(stream: WritableStream, port: Port) -> None:
    """https://streams.spec.whatwg.org/#abstract-opdef-setupcrossrealmtransformwritable"""
    initialize_writable_stream(stream)
    controller = new(WritableStreamDefaultController)
    backpressure_promise: Promise[None] | None = a_new_promise()

    def let_the_next_chunk_pass() -> None:
        nonlocal backpressure_promise
        if backpressure_promise is not None:
            settle(backpressure_promise, FULFILLED, None)
            backpressure_promise = None

    def message(event: Any) -> None:
        match event.data:
            case {"type": "pull"}:
                let_the_next_chunk_pass()
            case {"type": "error", "value": value}:
                writable_stream_default_controller_error_if_needed(controller, value)
                let_the_next_chunk_pass()

    def messageerror(event: Any) -> None:
        error = DOMException("A message could not be cloned", "DataCloneError")
        cross_realm_transform_send_error(port, error)
        writable_stream_default_controller_error_if_needed(controller, error)
        port.close()

    port.addEventListener("message", message)
    port.addEventListener("messageerror", messageerror)
    port.start()

    def write_algorithm(chunk: object) -> Promise[None]:
        nonlocal backpressure_promise
        if backpressure_promise is None:
            backpressure_promise = RESOLVED_WITH_UNDEFINED
        return react(backpressure_promise, partial(send, chunk))

    def send(chunk: object, _: None) -> None:
        nonlocal backpressure_promise
        backpressure_promise = a_new_promise()
        try:
            pack_and_post_message_handling_error(port, "chunk", chunk)
        except Exception:
            port.close()
            raise

    def close_algorithm() -> Promise[None]:
        pack_and_post_message(port, "close", None)
        port.close()
        return RESOLVED_WITH_UNDEFINED

    set_up_writable_stream_default_controller(
        stream,
        controller,
        lambda: None,
        write_algorithm,
        close_algorithm,
        partial(send_reason_and_disentangle, port),
        1,
        lambda chunk: 1,
    )
