"""The transform stream's controller, and what happens to both sides of the stream when one of them
fails or ends.

Streams Standard, 6.3, 6.4.1 and 6.4.2: https://streams.spec.whatwg.org/#ts-default-controller-class
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from ..webidl.callbacks import bound_to_its_context
from ..webidl.exceptions import exception_of, reason_of
from ..webidl.interfaces import illegal_constructor, new
from ..webidl.promises import (
    FULFILLED,
    RESOLVED_WITH_UNDEFINED,
    Promise,
    a_new_promise,
    a_promise_rejected_with,
    react,
    settle,
)
from .default_controller import (
    default_controller_of,
    readable_stream_default_controller_can_close_or_enqueue,
    readable_stream_default_controller_close,
    readable_stream_default_controller_enqueue,
    readable_stream_default_controller_error,
    readable_stream_default_controller_get_desired_size,
    readable_stream_default_controller_has_backpressure,
)
from .underlying_apis import Transformer
from .writable_controller import writable_stream_default_controller_error_if_needed

if TYPE_CHECKING:
    from .transform_stream import TransformStream

TransformAlgorithm: TypeAlias = Callable[[Any], Promise[Any]]
FlushAlgorithm: TypeAlias = Callable[[], Promise[Any]]
CancelAlgorithm: TypeAlias = Callable[[Any], Promise[Any]]


class TransformStreamDefaultController:
    """What the transformer of a transform stream holds in its hand.

    https://streams.spec.whatwg.org/#transformstreamdefaultcontroller
    """

    # The standard's table of internal slots: [[finishPromise]] is _finish_promise.
    __slots__ = (
        "_cancel_algorithm",
        "_finish_promise",
        "_flush_algorithm",
        "_stream",
        "_transform_algorithm",
    )

    _cancel_algorithm: CancelAlgorithm | None
    _finish_promise: Promise[None] | None
    _flush_algorithm: FlushAlgorithm | None
    _stream: TransformStream
    _transform_algorithm: TransformAlgorithm | None

    __init__ = illegal_constructor

    @property
    def desiredSize(self) -> float | None:
        """How much fits into the readable side until its high water mark is reached; None if it is
        errored.

        https://streams.spec.whatwg.org/#ts-default-controller-desired-size
        """
        readable_controller = default_controller_of(self._stream._readable)
        return readable_stream_default_controller_get_desired_size(readable_controller)

    def enqueue(self, chunk: object = None) -> None:
        """Hand a chunk to the readable side. TypeError if that is closing, closed or errored.

        https://streams.spec.whatwg.org/#ts-default-controller-enqueue
        """
        transform_stream_default_controller_enqueue(self, chunk)

    def error(self, reason: object = None) -> None:
        """Make both sides fail, now and with any value.

        https://streams.spec.whatwg.org/#ts-default-controller-error
        """
        transform_stream_default_controller_error(self, reason)

    def terminate(self) -> None:
        """Enough: close the readable side, and make the writable side fail.

        https://streams.spec.whatwg.org/#ts-default-controller-terminate
        """
        transform_stream_default_controller_terminate(self)


# ---- of 6.4.1 Working with transform streams -----------------------------------------------------


def transform_stream_error(stream: TransformStream, e: object) -> None:
    """https://streams.spec.whatwg.org/#transform-stream-error"""
    readable_stream_default_controller_error(default_controller_of(stream._readable), e)
    transform_stream_error_writable_and_unblock_write(stream, e)


def transform_stream_error_writable_and_unblock_write(stream: TransformStream, e: object) -> None:
    """https://streams.spec.whatwg.org/#transform-stream-error-writable-and-unblock-write"""
    transform_stream_default_controller_clear_algorithms(stream._controller)
    writable_stream_default_controller_error_if_needed(stream._writable._controller, e)
    transform_stream_unblock_write(stream)


def transform_stream_set_backpressure(stream: TransformStream, backpressure: bool) -> None:
    """https://streams.spec.whatwg.org/#transform-stream-set-backpressure"""
    assert stream._backpressure is not backpressure
    if stream._backpressure_change_promise is not None:
        settle(stream._backpressure_change_promise, FULFILLED, None)
    stream._backpressure_change_promise = a_new_promise()
    stream._backpressure = backpressure


def transform_stream_unblock_write(stream: TransformStream) -> None:
    """https://streams.spec.whatwg.org/#transform-stream-unblock-write"""
    if stream._backpressure:
        transform_stream_set_backpressure(stream, False)


# ---- 6.4.2 Default controllers -------------------------------------------------------------------


def set_up_transform_stream_default_controller(
    stream: TransformStream,
    controller: TransformStreamDefaultController,
    transform_algorithm: TransformAlgorithm,
    flush_algorithm: FlushAlgorithm,
    cancel_algorithm: CancelAlgorithm,
) -> None:
    """https://streams.spec.whatwg.org/#set-up-transform-stream-default-controller"""
    assert not hasattr(stream, "_controller")
    controller._stream = stream
    stream._controller = controller
    controller._transform_algorithm = transform_algorithm
    controller._flush_algorithm = flush_algorithm
    controller._cancel_algorithm = cancel_algorithm
    controller._finish_promise = None


def set_up_transform_stream_default_controller_from_transformer(
    stream: TransformStream, transformer: Transformer
) -> None:
    """https://streams.spec.whatwg.org/#set-up-transform-stream-default-controller-from-transformer"""
    controller = new(TransformStreamDefaultController)
    cancel, flush, _, transform = transformer

    def identity_transform(chunk: object) -> Promise[None]:
        try:
            transform_stream_default_controller_enqueue(controller, chunk)
        except Exception as error:
            return a_promise_rejected_with(reason_of(error))
        return RESOLVED_WITH_UNDEFINED

    set_up_transform_stream_default_controller(
        stream,
        controller,
        identity_transform
        if transform is None
        else bound_to_its_context(lambda chunk: transform(chunk, controller)),
        (lambda: RESOLVED_WITH_UNDEFINED)
        if flush is None
        else partial(bound_to_its_context(flush), controller),
        (lambda reason: RESOLVED_WITH_UNDEFINED)
        if cancel is None
        else bound_to_its_context(cancel),
    )


def transform_stream_default_controller_clear_algorithms(
    controller: TransformStreamDefaultController,
) -> None:
    """Let go of the transformer, which is not needed any more.

    https://streams.spec.whatwg.org/#transform-stream-default-controller-clear-algorithms
    """
    controller._transform_algorithm = None
    controller._flush_algorithm = None
    controller._cancel_algorithm = None


def transform_stream_default_controller_enqueue(
    controller: TransformStreamDefaultController, chunk: object
) -> None:
    """TypeError if the readable side is closing, closed or errored; raises what its size function
    raises.

    https://streams.spec.whatwg.org/#transform-stream-default-controller-enqueue
    """
    stream = controller._stream
    readable_controller = default_controller_of(stream._readable)
    if not readable_stream_default_controller_can_close_or_enqueue(readable_controller):
        raise TypeError("Cannot enqueue: the readable side is closing, closed or errored")
    try:
        readable_stream_default_controller_enqueue(readable_controller, chunk)
    except Exception as error:
        transform_stream_error_writable_and_unblock_write(stream, reason_of(error))
        raise exception_of(stream._readable._stored_error) from None
    backpressure = readable_stream_default_controller_has_backpressure(readable_controller)
    if backpressure is not stream._backpressure:
        assert backpressure
        transform_stream_set_backpressure(stream, True)


def transform_stream_default_controller_error(
    controller: TransformStreamDefaultController, e: object
) -> None:
    """https://streams.spec.whatwg.org/#transform-stream-default-controller-error"""
    transform_stream_error(controller._stream, e)


def transform_stream_default_controller_perform_transform(
    controller: TransformStreamDefaultController, chunk: object
) -> Promise[None]:
    """https://streams.spec.whatwg.org/#transform-stream-default-controller-perform-transform"""
    assert controller._transform_algorithm is not None
    transform_promise = controller._transform_algorithm(chunk)

    def upon_rejection(r: object) -> None:
        transform_stream_error(controller._stream, r)
        raise exception_of(r)

    return react(transform_promise, None, upon_rejection)


def transform_stream_default_controller_terminate(
    controller: TransformStreamDefaultController,
) -> None:
    """https://streams.spec.whatwg.org/#transform-stream-default-controller-terminate"""
    stream = controller._stream
    readable_controller = default_controller_of(stream._readable)
    readable_stream_default_controller_close(readable_controller)
    error = TypeError("The transform stream has been terminated")
    transform_stream_error_writable_and_unblock_write(stream, error)
