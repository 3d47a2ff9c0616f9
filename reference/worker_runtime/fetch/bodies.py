"""Bodies: what requests and responses carry.

Fetch Standard, 2.2.4: https://fetch.spec.whatwg.org/#bodies

Bytes in hand never become a stream: a body that was made of bytes or of a Blob has its stream only
when somebody asks for it. So a worker without streams and files does not import them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ..webidl.interfaces import new
from ..webidl.promises import mark_as_handled

if TYPE_CHECKING:
    from ..file_api.blob import Blob
    from ..streams.readable_stream import ReadableStream


class BodyRecord:
    """A stream of bytes, and where known what it was made of and how many bytes it has.

    It is made of a source (bytes or a Blob), or of a stream, or of a callable that makes the stream
    when it is asked for. A server that has all of a body in its buffer hands it over as the source.

    https://fetch.spec.whatwg.org/#concept-body
    """

    __slots__ = ("_has_been_taken", "_stream", "length", "on_collecting", "source")

    def __init__(
        self,
        source: bytes | Blob | None = None,
        length: int | None = None,
        stream: ReadableStream | Callable[[], ReadableStream] | None = None,
    ) -> None:
        self.source = source
        self.length = length
        self._stream = stream
        self._has_been_taken = False
        # Not of the standard: the sender of the body is told that all of it will be in memory.
        self.on_collecting: Callable[[], object] | None = None

    @property
    def stream(self) -> ReadableStream:
        """The stream, made at the first call; it needs a running event loop.

        https://fetch.spec.whatwg.org/#concept-body-stream
        """
        if self._stream is not None:
            if callable(self._stream):
                self._stream = self._stream()
            return self._stream
        if self.source is None or isinstance(self.source, bytes):
            stream = _stream_of_bytes(self.source or b"")
        else:
            stream = _blobs().get_stream(self.source)
        self._stream = stream
        if self._has_been_taken:  # as if a reader had read it to its end
            streams = _streams()
            streams.cancel_reader(streams.get_a_reader(self._stream), None)
        return self._stream

    @property
    def is_disturbed(self) -> bool:
        """Whether its stream has been read from."""
        if not (self._stream is None or callable(self._stream)):
            return bool(_streams().is_disturbed(self._stream))
        return self._has_been_taken

    @property
    def is_unusable(self) -> bool:
        """Whether its stream has been read from, or somebody holds a reader."""
        if not (self._stream is None or callable(self._stream)):
            streams = _streams()
            return bool(streams.is_disturbed(self._stream) or streams.is_locked(self._stream))
        return self._has_been_taken

    def take_bytes(self) -> bytes | None:
        """All bytes at once, which uses the body up; None where they have to be read from its
        stream.
        """
        if self._stream is not None or self.source is None or self._has_been_taken:
            return None
        if isinstance(self.source, bytes):
            self._has_been_taken = True
            return self.source
        blobs = _blobs()
        if not blobs.is_in_memory(self.source):
            return None
        self._has_been_taken = True
        data: bytes = blobs.byte_sequence(self.source)
        return data

    def clone(self) -> BodyRecord:
        """https://fetch.spec.whatwg.org/#concept-body-clone"""
        if self._stream is None and not self._has_been_taken:
            # OPTIMIZATION: what a body was made of can be read twice.
            return BodyRecord(self.source, self.length)
        self._stream, out2 = _streams().tee_readable_stream(self.stream)
        clone = BodyRecord(self.source, self.length, out2)
        clone.on_collecting = self.on_collecting
        return clone

    def create_a_proxy(self) -> BodyRecord:
        """A body with the same bytes, which uses this one up."""
        if not (self._stream is None or callable(self._stream)):
            stream = _streams().create_a_proxy(self._stream)
            proxy = BodyRecord(self.source, self.length, stream)
        else:
            # OPTIMIZATION: what nobody has asked for yet is handed on.
            proxy = BodyRecord(self.source, self.length, self._stream)
            self._stream = None
            self._has_been_taken = True
        proxy.on_collecting = self.on_collecting
        return proxy

    def use_up(self) -> None:
        """Let it be as if it had been read to its end; what more would come is not wanted."""
        if not (self._stream is None or callable(self._stream)) or self.source is None:
            mark_as_handled(_streams().cancel_readable_stream(self.stream, None))
        else:
            self._has_been_taken = True


class BodyWithType(NamedTuple):
    """https://fetch.spec.whatwg.org/#body-with-type"""

    body: BodyRecord
    type: str | None


def _stream_of_bytes(bytes: bytes) -> ReadableStream:
    """A byte stream with one chunk, or none if there are no bytes."""
    streams = _streams()
    stream: ReadableStream = new(streams.ReadableStream)
    streams.set_up_readable_stream_with_byte_reading_support(stream)
    if bytes:
        streams.enqueue_into_readable_stream(stream, bytes)
    streams.close_readable_stream(stream)
    return stream


def _streams() -> Any:
    """The room, when somebody asks for a stream."""
    from ..streams import other_specifications

    return other_specifications


def _blobs() -> Any:
    """The file, when a body is a Blob."""
    from ..file_api import blob

    return blob


def fully_read(
    body: BodyRecord,
    process_body: Callable[[bytes], object],
    process_body_error: Callable[[object], object],
) -> None:
    """Perform steps with all bytes of a body, or with what went wrong.

    https://fetch.spec.whatwg.org/#body-fully-read
    """
    # DEVIATION: the steps are performed at once, not in a task of their own; with bytes in hand,
    # before this returns.
    bytes_in_hand = body.take_bytes()
    if bytes_in_hand is not None:
        process_body(bytes_in_hand)
        return
    try:
        reader = _streams().get_a_reader(body.stream)
    except TypeError as exception:
        process_body_error(exception)
        return
    if body.on_collecting is not None:
        body.on_collecting()
    _streams().read_all_bytes(reader, process_body, process_body_error)
