"""The TransformStream class, and how its two sides work on each other.

Streams Standard, 6.2, 6.4.1, 6.4.3 and 6.4.4: https://streams.spec.whatwg.org/#ts-class
"""

from __future__ import annotations

from functools import partial

from ..webidl.exceptions import exception_of
from ..webidl.promises import (
    FULFILLED,
    Promise,
    a_new_promise,
    perform_promise_then,
    react,
    reject,
    resolve,
    settle,
)
from .default_controller import (
    default_controller_of,
    readable_stream_default_controller_close,
    readable_stream_default_controller_error,
)
from .queuing_strategies import (
    SizeAlgorithm,
    extract_high_water_mark,
    extract_size_algorithm,
    to_queuing_strategy,
)
from .readable_stream import ReadableStream, create_readable_stream
from .transform_controller import (
    TransformStreamDefaultController,
    set_up_transform_stream_default_controller_from_transformer,
    transform_stream_default_controller_clear_algorithms,
    transform_stream_default_controller_perform_transform,
    transform_stream_set_backpressure,
    transform_stream_unblock_write,
)
from .underlying_apis import to_transformer
from .writable_controller import writable_stream_default_controller_error_if_needed
from .writable_stream import WritableStream, create_writable_stream


class TransformStream:
    """A writable and a readable stream: what is written to the one is, transformed, read from the
    other.

    https://streams.spec.whatwg.org/#transformstream
    """

    # The standard's table of internal slots: [[backpressureChangePromise]] is
    # _backpressure_change_promise.
    __slots__ = (
        "__weakref__", "_backpressure", "_backpressure_change_promise", "_controller",
        "_is_detached", "_readable", "_writable",
    )  # fmt: skip

    _backpressure: bool | None
    _backpressure_change_promise: Promise[None] | None
    _controller: TransformStreamDefaultController
    _is_detached: bool
    _readable: ReadableStream
    _writable: WritableStream

    def __init__(
        self,
        transformer: object = None,
        writableStrategy: object = None,
        readableStrategy: object = None,
    ) -> None:
        """A stream through a transformer: an object, or a mapping, with `start`, `transform`,
        `flush` and `cancel`.

        Without a `transform`, chunks pass as they are. RangeError for a strategy that is no good;
        raises what `start` raises.

        https://streams.spec.whatwg.org/#ts-constructor
        """
        writable_strategy = to_queuing_strategy(writableStrategy)
        readable_strategy = to_queuing_strategy(readableStrategy)
        transformer_dict = to_transformer(transformer)
        readable_high_water_mark = extract_high_water_mark(readable_strategy, 0)
        readable_size_algorithm = extract_size_algorithm(readable_strategy)
        writable_high_water_mark = extract_high_water_mark(writable_strategy, 1)
        writable_size_algorithm = extract_size_algorithm(writable_strategy)
        start_promise: Promise[None] = a_new_promise()
        initialize_transform_stream(
            self, start_promise, writable_high_water_mark, writable_size_algorithm,
            readable_high_water_mark, readable_size_algorithm,
        )  # fmt: skip
        set_up_transform_stream_default_controller_from_transformer(self, transformer_dict)
        resolve(
            start_promise,
            None if transformer_dict.start is None else transformer_dict.start(self._controller),
        )

    @property
    def readable(self) -> ReadableStream:
        """https://streams.spec.whatwg.org/#ts-readable"""
        return self._readable

    @property
    def writable(self) -> WritableStream:
        """https://streams.spec.whatwg.org/#ts-writable"""
        return self._writable


# ---- of 6.4.1 Working with transform streams -----------------------------------------------------


def initialize_transform_stream(
    stream: TransformStream,
    start_promise: Promise[None],
    writable_high_water_mark: float,
    writable_size_algorithm: SizeAlgorithm,
    readable_high_water_mark: float,
    readable_size_algorithm: SizeAlgorithm,
) -> None:
    """https://streams.spec.whatwg.org/#initialize-transform-stream"""
    stream._writable = create_writable_stream(
        lambda: start_promise,
        partial(transform_stream_default_sink_write_algorithm, stream),
        partial(transform_stream_default_sink_close_algorithm, stream),
        partial(transform_stream_default_sink_abort_algorithm, stream),
        writable_high_water_mark,
        writable_size_algorithm,
    )
    stream._readable = create_readable_stream(
        lambda: start_promise,
        partial(transform_stream_default_source_pull_algorithm, stream),
        partial(transform_stream_default_source_cancel_algorithm, stream),
        readable_high_water_mark,
        readable_size_algorithm,
    )
    stream._backpressure = stream._backpressure_change_promise = None
    transform_stream_set_backpressure(stream, True)
    stream._is_detached = False


# ---- 6.4.3 Default sinks -------------------------------------------------------------------------


def transform_stream_default_sink_write_algorithm(
    stream: TransformStream, chunk: object
) -> Promise[None]:
    """https://streams.spec.whatwg.org/#transform-stream-default-sink-write-algorithm"""
    assert stream._writable._state == "writable"
    controller = stream._controller
    if stream._backpressure:
        backpressure_change_promise = stream._backpressure_change_promise
        assert backpressure_change_promise is not None

        def upon_fulfillment(_: object) -> Promise[None]:
            writable = stream._writable
            if writable._state == "erroring":
                raise exception_of(writable._stored_error)
            assert writable._state == "writable"
            return transform_stream_default_controller_perform_transform(controller, chunk)

        return react(backpressure_change_promise, upon_fulfillment)
    return transform_stream_default_controller_perform_transform(controller, chunk)


def transform_stream_default_sink_abort_algorithm(
    stream: TransformStream, reason: object
) -> Promise[None]:
    """https://streams.spec.whatwg.org/#transform-stream-default-sink-abort-algorithm"""
    controller = stream._controller
    if controller._finish_promise is not None:
        return controller._finish_promise
    readable = stream._readable
    readable_controller = default_controller_of(readable)
    finish_promise: Promise[None] = a_new_promise()
    controller._finish_promise = finish_promise
    assert controller._cancel_algorithm is not None
    cancel_promise = controller._cancel_algorithm(reason)
    transform_stream_default_controller_clear_algorithms(controller)

    def upon_fulfillment(_: object) -> None:
        if readable._state == "errored":
            reject(finish_promise, readable._stored_error)
        else:
            readable_stream_default_controller_error(readable_controller, reason)
            settle(finish_promise, FULFILLED, None)

    def upon_rejection(r: object) -> None:
        readable_stream_default_controller_error(readable_controller, r)
        reject(finish_promise, r)

    perform_promise_then(cancel_promise, upon_fulfillment, upon_rejection)
    return finish_promise


def transform_stream_default_sink_close_algorithm(stream: TransformStream) -> Promise[None]:
    """https://streams.spec.whatwg.org/#transform-stream-default-sink-close-algorithm"""
    controller = stream._controller
    if controller._finish_promise is not None:
        return controller._finish_promise
    readable = stream._readable
    readable_controller = default_controller_of(readable)
    finish_promise: Promise[None] = a_new_promise()
    controller._finish_promise = finish_promise
    assert controller._flush_algorithm is not None
    flush_promise = controller._flush_algorithm()
    transform_stream_default_controller_clear_algorithms(controller)

    def upon_fulfillment(_: object) -> None:
        if readable._state == "errored":
            reject(finish_promise, readable._stored_error)
        else:
            readable_stream_default_controller_close(readable_controller)
            settle(finish_promise, FULFILLED, None)

    def upon_rejection(r: object) -> None:
        readable_stream_default_controller_error(readable_controller, r)
        reject(finish_promise, r)

    perform_promise_then(flush_promise, upon_fulfillment, upon_rejection)
    return finish_promise


# ---- 6.4.4 Default sources -----------------------------------------------------------------------


def transform_stream_default_source_cancel_algorithm(
    stream: TransformStream, reason: object
) -> Promise[None]:
    """https://streams.spec.whatwg.org/#transform-stream-default-source-cancel"""
    controller = stream._controller
    if controller._finish_promise is not None:
        return controller._finish_promise
    writable = stream._writable
    finish_promise: Promise[None] = a_new_promise()
    controller._finish_promise = finish_promise
    assert controller._cancel_algorithm is not None
    cancel_promise = controller._cancel_algorithm(reason)
    transform_stream_default_controller_clear_algorithms(controller)

    def upon_fulfillment(_: object) -> None:
        if writable._state == "errored":
            reject(finish_promise, writable._stored_error)
        else:
            writable_stream_default_controller_error_if_needed(writable._controller, reason)
            transform_stream_unblock_write(stream)
            settle(finish_promise, FULFILLED, None)

    def upon_rejection(r: object) -> None:
        writable_stream_default_controller_error_if_needed(writable._controller, r)
        transform_stream_unblock_write(stream)
        reject(finish_promise, r)

    perform_promise_then(cancel_promise, upon_fulfillment, upon_rejection)
    return finish_promise


def transform_stream_default_source_pull_algorithm(stream: TransformStream) -> Promise[None]:
    """https://streams.spec.whatwg.org/#transform-stream-default-source-pull"""
    assert stream._backpressure
    assert stream._backpressure_change_promise is not None
    transform_stream_set_backpressure(stream, False)
    return stream._backpressure_change_promise
