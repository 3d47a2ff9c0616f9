"""The ReadableStream class, and how readable streams are made: from a source, from an iterable,
from a stream that is teed.

Streams Standard, 4.2 and 4.9.1: https://streams.spec.whatwg.org/#rs-class
"""

from __future__ import annotations

from contextvars import copy_context
from collections.abc import Mapping
from functools import partial
from typing import Any, Literal, Protocol, TypedDict, Unpack

from ..dom.aborting_ongoing_activities import AbortSignal
from ..html.event_loops import a_microtask_would_be_next
from ..webidl.async_sequences import (
    begin_to_get_the_next_value,
    close_an_async_iterator,
    open_an_async_sequence,
)
from ..webidl.callbacks import dictionary_member
from ..webidl.dictionaries import to_dictionary
from ..webidl.exceptions import RangeError
from ..webidl.interfaces import END_OF_ITERATION, EndOfIteration, new
from ..webidl.promises import (
    RESOLVED_WITH_UNDEFINED,
    Promise,
    a_promise_rejected_with,
    a_promise_resolved_with,
    mark_as_handled,
    react,
)
from .asynchronous_iteration import ReadableStreamAsyncIterator
from .byte_controller import (
    ReadableByteStreamController,
    set_up_readable_byte_stream_controller,
    set_up_readable_byte_stream_controller_from_underlying_source,
)
from .default_controller import (
    CancelAlgorithm,
    PullAlgorithm,
    ReadableStreamDefaultController,
    StartAlgorithm,
    default_controller_of,
    readable_stream_default_controller_close,
    readable_stream_default_controller_enqueue,
    readable_stream_default_controller_error,
    set_up_readable_stream_default_controller,
    set_up_readable_stream_default_controller_from_underlying_source,
)
from .miscellaneous import is_non_negative_number
from .pipe_to import readable_stream_pipe_to
from .queuing_strategies import (
    SizeAlgorithm,
    extract_high_water_mark,
    extract_size_algorithm,
    to_queuing_strategy,
)
from .readable_operations import is_readable_stream_locked, readable_stream_cancel
from .readers import (
    ReadableStreamReader,
    acquire_readable_stream_byob_reader,
    acquire_readable_stream_default_reader,
)
from .tee import ByteTee, DefaultTee
from .underlying_apis import to_underlying_source
from .writable_operations import is_writable_stream_locked
from .writable_stream import WritableStream


class ReadableWritablePair(Protocol):
    """What a stream is piped through: write here, read there.

    https://streams.spec.whatwg.org/#dictdef-readablewritablepair
    """

    @property
    def readable(self) -> ReadableStream: ...

    @property
    def writable(self) -> WritableStream: ...


class StreamPipeOptions(TypedDict, total=False):
    """Nothing is prevented by default.

    https://streams.spec.whatwg.org/#dictdef-streampipeoptions
    """

    preventClose: bool
    preventAbort: bool
    preventCancel: bool
    signal: AbortSignal | None


class ReadableStreamGetReaderOptions(TypedDict, total=False):
    """https://streams.spec.whatwg.org/#dictdef-readablestreamgetreaderoptions"""

    mode: Literal["byob"] | None


class ReadableStreamIteratorOptions(TypedDict, total=False):
    """False by default.

    https://streams.spec.whatwg.org/#dictdef-readablestreamiteratoroptions
    """

    preventCancel: bool


class ReadableStream:
    """A source of data, from where chunks are read one after another. Making one needs a running
    event loop.

    https://streams.spec.whatwg.org/#readablestream
    """

    # The standard's table of internal slots: [[storedError]] is _stored_error.
    __slots__ = (
        "__weakref__",
        "_controller",
        "_is_detached",
        "_disturbed",
        "_reader",
        "_state",
        "_stored_error",
    )

    _controller: ReadableStreamDefaultController | ReadableByteStreamController
    _is_detached: bool
    _disturbed: bool
    _reader: ReadableStreamReader | None
    _state: Literal["readable", "closed", "errored"]
    _stored_error: Any

    def __init__(self, underlyingSource: object = None, strategy: object = None) -> None:
        """A stream of what an underlying source gives: an object, or a mapping, with `start`,
        `pull`, `cancel` and `type`.

        RangeError for a strategy that is no good; raises what `start` raises.

        https://streams.spec.whatwg.org/#rs-constructor
        """
        queuing_strategy = to_queuing_strategy(strategy)
        underlying_source = to_underlying_source(underlyingSource)
        initialize_readable_stream(self)
        if underlying_source.type == "bytes":
            if queuing_strategy.size is not None:
                raise RangeError(
                    "The strategy of a byte stream must not have a size function: bytes are counted"
                )
            high_water_mark = extract_high_water_mark(queuing_strategy, 0)
            set_up_readable_byte_stream_controller_from_underlying_source(
                self, underlying_source, high_water_mark
            )
        else:
            size_algorithm = extract_size_algorithm(queuing_strategy)
            high_water_mark = extract_high_water_mark(queuing_strategy, 1)
            set_up_readable_stream_default_controller_from_underlying_source(
                self, underlying_source, high_water_mark, size_algorithm
            )

    @staticmethod
    def from_(asyncIterable: object) -> ReadableStream:
        """A stream of what an iterable or asynchronous iterable gives: a list, an async generator,
        an asyncio.StreamReader.

        It is asked for the next chunk when somebody wants to read it. A stream that is canceled
        closes the generator. TypeError for what cannot be iterated over, and for a string.

        https://streams.spec.whatwg.org/#rs-from
        """
        return readable_stream_from_iterable(asyncIterable)

    @property
    def locked(self) -> bool:
        """Whether somebody holds a reader.

        https://streams.spec.whatwg.org/#rs-locked
        """
        return is_readable_stream_locked(self)

    def cancel(self, reason: object = None) -> Promise[None]:
        """Nobody wants the rest: close the stream and tell its source why. Rejected with TypeError
        if it is locked.

        https://streams.spec.whatwg.org/#rs-cancel
        """
        if is_readable_stream_locked(self):
            return a_promise_rejected_with(TypeError("Cannot cancel: the stream is locked"))
        return readable_stream_cancel(self, reason)

    def getReader(
        self,
        options: ReadableStreamGetReaderOptions | None = None,
        **members: Unpack[ReadableStreamGetReaderOptions],
    ) -> Any:
        """Lock the stream: a ReadableStreamDefaultReader, or with "byob" a
        ReadableStreamBYOBReader.

        TypeError if it is locked already, or is not a byte stream.

        https://streams.spec.whatwg.org/#rs-get-reader
        """
        if options is not None or members:
            members = to_dictionary(ReadableStreamGetReaderOptions, options, members)
        mode = members.get("mode")
        if mode is None:
            return acquire_readable_stream_default_reader(self)
        if mode != "byob":
            raise TypeError(f'The mode of a reader must be "byob" or missing, not {mode!r}')
        return acquire_readable_stream_byob_reader(self)

    def pipeThrough(
        self,
        transform: ReadableWritablePair | Mapping[str, Any],
        options: StreamPipeOptions | None = None,
        **members: Unpack[StreamPipeOptions],
    ) -> ReadableStream:
        """Pipe into the writable of a pair, and give its readable. TypeError if this stream or the
        writable is locked.

        https://streams.spec.whatwg.org/#rs-pipe-through
        """
        readable = dictionary_member(transform, "readable")
        writable = dictionary_member(transform, "writable")
        if not isinstance(readable, ReadableStream):
            raise TypeError(
                f"The readable of a pair must be a ReadableStream, not {readable!r}: write "
                "pipeThrough(TransformStream(...)), or pipeTo for a WritableStream"
            )
        members = to_dictionary(StreamPipeOptions, options, members)
        check_pipe_arguments(writable, members)
        if is_readable_stream_locked(self):
            raise TypeError("Cannot pipe: the stream is locked")
        if is_writable_stream_locked(writable):
            raise TypeError("Cannot pipe: the writable stream is locked")
        mark_as_handled(_pipe(self, writable, members))
        return readable

    def pipeTo(
        self,
        destination: WritableStream,
        options: StreamPipeOptions | None = None,
        **members: Unpack[StreamPipeOptions],
    ) -> Promise[None]:
        """Write everything to a writable stream, and close that; the promise is fulfilled when it
        is done.

        An error of this stream aborts the other, one of the other cancels this one, unless
        prevented. To stop a pipe, abort its signal: cancelling a task that awaits the promise
        leaves it alone.

        https://streams.spec.whatwg.org/#rs-pipe-to
        """
        try:
            members = to_dictionary(StreamPipeOptions, options, members)
            check_pipe_arguments(destination, members)
        except TypeError as error:
            return a_promise_rejected_with(error)
        if is_readable_stream_locked(self):
            return a_promise_rejected_with(TypeError("Cannot pipe: the stream is locked"))
        if is_writable_stream_locked(destination):
            return a_promise_rejected_with(TypeError("Cannot pipe: the writable stream is locked"))
        return _pipe(self, destination, members)

    def tee(self) -> list[ReadableStream]:
        """Two streams that each give what this one has. TypeError if it is locked; it is from now
        on.

        https://streams.spec.whatwg.org/#rs-tee
        """
        return readable_stream_tee(self, False)

    def values(
        self,
        options: ReadableStreamIteratorOptions | None = None,
        **members: Unpack[ReadableStreamIteratorOptions],
    ) -> ReadableStreamAsyncIterator:
        """An asynchronous iterator over the chunks. It holds the lock, and cancels the stream if it
        is left before the end.

        Part of https://streams.spec.whatwg.org/#rs-asynciterator
        """
        members = to_dictionary(ReadableStreamIteratorOptions, options, members)
        return ReadableStreamAsyncIterator(self, bool(members.get("preventCancel")))

    def __aiter__(self) -> ReadableStreamAsyncIterator:
        return self.values()


def check_pipe_arguments(destination: object, options: StreamPipeOptions) -> None:
    """TypeError if they have not the types that the operations ask for.

    Part of https://streams.spec.whatwg.org/#dictdef-streampipeoptions
    """
    signal = options.get("signal")
    if not isinstance(destination, WritableStream):
        raise TypeError(f"The destination of a pipe must be a WritableStream, not {destination!r}")
    if signal is not None and not isinstance(signal, AbortSignal):
        raise TypeError(f"The signal of a pipe must be an AbortSignal, not {signal!r}")


def _pipe(
    source: ReadableStream, destination: WritableStream, options: StreamPipeOptions
) -> Promise[None]:
    return readable_stream_pipe_to(
        source,
        destination,
        bool(options.get("preventClose")),
        bool(options.get("preventAbort")),
        bool(options.get("preventCancel")),
        options.get("signal"),
    )


# ---- 4.9.1 Working with readable streams ---------------------------------------------------------


def create_readable_stream(
    start_algorithm: StartAlgorithm,
    pull_algorithm: PullAlgorithm,
    cancel_algorithm: CancelAlgorithm,
    high_water_mark: float = 1,
    size_algorithm: SizeAlgorithm = lambda chunk: 1,
) -> ReadableStream:
    """https://streams.spec.whatwg.org/#create-readable-stream"""
    assert is_non_negative_number(high_water_mark)
    stream = new(ReadableStream)
    initialize_readable_stream(stream)
    controller = new(ReadableStreamDefaultController)
    set_up_readable_stream_default_controller(
        stream,
        controller,
        start_algorithm,
        pull_algorithm,
        cancel_algorithm,
        high_water_mark,
        size_algorithm,
    )
    return stream


def create_readable_byte_stream(
    start_algorithm: StartAlgorithm,
    pull_algorithm: PullAlgorithm,
    cancel_algorithm: CancelAlgorithm,
) -> ReadableStream:
    """https://streams.spec.whatwg.org/#abstract-opdef-createreadablebytestream"""
    stream = new(ReadableStream)
    initialize_readable_stream(stream)
    controller = new(ReadableByteStreamController)
    set_up_readable_byte_stream_controller(
        stream, controller, start_algorithm, pull_algorithm, cancel_algorithm, 0, None
    )
    return stream


def initialize_readable_stream(stream: ReadableStream) -> None:
    """https://streams.spec.whatwg.org/#initialize-readable-stream"""
    stream._state = "readable"
    stream._reader = stream._stored_error = None
    stream._disturbed = False
    stream._is_detached = False


def readable_stream_from_iterable(async_iterable: object) -> ReadableStream:
    """TypeError if it cannot be iterated over, or is a string.

    https://streams.spec.whatwg.org/#readable-stream-from-iterable
    """
    iterator = open_an_async_sequence(async_iterable)

    context, context_of_the_end = copy_context(), copy_context()

    def pull_algorithm() -> Promise[None]:
        next_value = context.run(begin_to_get_the_next_value, iterator)
        if isinstance(next_value, tuple):
            reader = stream._reader
            if reader is not None and reader._is_read_at_rest and a_microtask_would_be_next():
                # OPTIMIZATION: the reaction below would run before anything else, so it runs now.
                readable_stream_default_controller_enqueue(controller, next_value[0])
                return RESOLVED_WITH_UNDEFINED
            next_promise = react(a_promise_resolved_with(next_value[0]))
        else:
            next_promise = next_value

        def upon_fulfillment(v: Any | EndOfIteration) -> None:
            if v is END_OF_ITERATION:
                readable_stream_default_controller_close(controller)
            else:
                readable_stream_default_controller_enqueue(controller, v)

        return react(
            next_promise,
            upon_fulfillment,
            partial(readable_stream_default_controller_error, controller),
        )

    stream = create_readable_stream(
        lambda: None,
        pull_algorithm,
        lambda reason: context_of_the_end.run(close_an_async_iterator, iterator, reason),
        0,
    )
    controller = default_controller_of(stream)
    return stream


def readable_stream_tee(stream: ReadableStream, clone_for_branch2: bool) -> list[ReadableStream]:
    """https://streams.spec.whatwg.org/#readable-stream-tee"""
    if isinstance(stream._controller, ReadableByteStreamController):
        return readable_byte_stream_tee(stream)
    return readable_stream_default_tee(stream, clone_for_branch2)


def readable_stream_default_tee(
    stream: ReadableStream, clone_for_branch2: bool
) -> list[ReadableStream]:
    """https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaulttee"""
    tee = DefaultTee(stream, clone_for_branch2)  # steps 1 to 15
    tee.branch1 = create_readable_stream(lambda: None, tee.pull_algorithm, tee.cancel1_algorithm)
    tee.branch2 = create_readable_stream(lambda: None, tee.pull_algorithm, tee.cancel2_algorithm)
    tee.forward_reader_error()
    return [tee.branch1, tee.branch2]


def readable_byte_stream_tee(stream: ReadableStream) -> list[ReadableStream]:
    """https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamtee"""
    tee = ByteTee(stream)  # steps 1 to 19
    tee.branch1 = create_readable_byte_stream(
        lambda: None, tee.pull1_algorithm, tee.cancel1_algorithm
    )
    tee.branch2 = create_readable_byte_stream(
        lambda: None, tee.pull2_algorithm, tee.cancel2_algorithm
    )
    tee.forward_reader_error(tee.reader)
    return [tee.branch1, tee.branch2]
