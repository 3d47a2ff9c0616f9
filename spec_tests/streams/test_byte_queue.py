"""Streams, 4.7.2 and 4.9.5: the queue of a byte stream and the views that wait to be filled from
it.
"""

from __future__ import annotations

import gc
from array import array
from weakref import ref

import pytest

from worker_runtime import Promise, ReadableByteStreamController, ReadableStream
from worker_runtime.streams.byte_controller import byte_controller_of
from worker_runtime.streams.byte_queue import (
    PullIntoDescriptor,
    readable_byte_stream_controller_convert_pull_into_descriptor,
    readable_byte_stream_controller_enqueue_chunk_to_queue,
    readable_byte_stream_controller_enqueue_cloned_chunk_to_queue,
    readable_byte_stream_controller_enqueue_detached_pull_into_to_queue,
    readable_byte_stream_controller_fill_head_pull_into_descriptor,
    readable_byte_stream_controller_fill_pull_into_descriptor_from_queue,
    readable_byte_stream_controller_process_pull_into_descriptors_using_queue,
    readable_byte_stream_controller_shift_pending_pull_into,
)

from .recording import FAILURE, ByteSource, Failure, turns

spec = pytest.mark.spec


def controller() -> ReadableByteStreamController:
    return byte_controller_of(ReadableStream(ByteSource()))


def descriptor(length: int, minimum_fill: int = 1, format: str = "B") -> PullIntoDescriptor:
    return PullIntoDescriptor(
        memoryview(bytearray(length)), 0, minimum_fill, array(format).itemsize, format, "byob"
    )


@spec("https://streams.spec.whatwg.org/#pull-into-descriptor")
class TestPullIntoDescriptor:
    def test_the_source_detaches_the_buffer_by_releasing_its_view(self) -> None:
        pull_into = descriptor(4)
        assert not pull_into.is_detached()
        pull_into.lent_view = pull_into.buffer[1:]
        assert not pull_into.is_detached()
        pull_into.lent_view.release()
        assert pull_into.is_detached()

    def test_what_is_taken_back_the_source_cannot_write_to(self) -> None:
        pull_into = descriptor(4)
        pull_into.lent_view = view = pull_into.buffer[1:]
        pull_into.take_back()
        with pytest.raises(ValueError, match="released"):
            view[0] = 1


@spec("https://streams.spec.whatwg.org/#readable-byte-stream-queue-entry")
@spec("https://streams.spec.whatwg.org/#readable-byte-stream-controller-enqueue-chunk-to-queue")
@spec(
    "https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollerenqueueclonedchunktoqueue"
)
class TestEnqueueToQueue:
    async def test_the_total_is_in_bytes(self) -> None:
        target = controller()
        readable_byte_stream_controller_enqueue_chunk_to_queue(target, b"abc", 0, 3)
        memory = bytearray(b"defg")
        readable_byte_stream_controller_enqueue_cloned_chunk_to_queue(
            target, memoryview(memory), 1, 2
        )
        memory[1] = 0
        assert [entry.buffer for entry in target._queue] == [b"abc", b"ef"]
        assert target._queue_total_size == 5


@spec(
    "https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollerenqueuedetachedpullintotoqueue"
)
@spec("https://streams.spec.whatwg.org/#readable-byte-stream-controller-shift-pending-pull-into")
class TestEnqueueDetachedPullIntoToQueue:
    @pytest.mark.parametrize("bytes_filled, chunks", [(0, []), (2, [b"\0\0"])])
    async def test_what_was_filled_is_a_chunk(self, bytes_filled: int, chunks: list[bytes]) -> None:
        target = controller()
        pull_into = descriptor(4)
        pull_into.bytes_filled, pull_into.reader_type = bytes_filled, "none"
        target._pending_pull_intos.append(pull_into)
        readable_byte_stream_controller_enqueue_detached_pull_into_to_queue(target, pull_into)
        assert ([entry.buffer for entry in target._queue], list(target._pending_pull_intos)) == (
            chunks,
            [],
        )

    async def test_the_first_goes_first(self) -> None:
        target = controller()
        target._pending_pull_intos.extend([first := descriptor(1), descriptor(2)])
        assert readable_byte_stream_controller_shift_pending_pull_into(target) is first
        assert len(target._pending_pull_intos) == 1


@spec(
    "https://streams.spec.whatwg.org/#readable-byte-stream-controller-fill-pull-into-descriptor-from-queue"
)
@spec(
    "https://streams.spec.whatwg.org/#readable-byte-stream-controller-fill-head-pull-into-descriptor"
)
class TestFillPullIntoDescriptorFromQueue:
    @pytest.mark.parametrize(
        "length, minimum_fill, format, ready, filled, left",
        [
            (2, 1, "B", True, b"ab", b"cde"),
            (8, 1, "B", True, b"abcde", b""),
            (8, 5, "B", True, b"abcde", b""),
            (8, 6, "B", False, b"abcde", b""),
            (4, 2, "H", True, b"abcd", b"e"),
            (8, 8, "I", False, b"abcde", b""),
            (8, 4, "I", True, b"abcd", b"e"),
        ],
    )
    async def test_takes_whole_elements_once_there_are_enough(
        self, length: int, minimum_fill: int, format: str, ready: bool, filled: bytes, left: bytes
    ) -> None:
        target = controller()
        for chunk in (b"abc", b"de"):
            readable_byte_stream_controller_enqueue_chunk_to_queue(target, chunk, 0, len(chunk))
        pull_into = descriptor(length, minimum_fill, format)
        assert (
            readable_byte_stream_controller_fill_pull_into_descriptor_from_queue(target, pull_into)
            is ready
        )
        assert bytes(pull_into.buffer[: pull_into.bytes_filled]) == filled
        assert b"".join(bytes(entry.buffer)[entry.byte_offset :] for entry in target._queue) == left
        assert target._queue_total_size == len(left)

    async def test_only_the_head_is_filled(self) -> None:
        target = controller()
        target._pending_pull_intos.append(descriptor(4))
        with pytest.raises(AssertionError):
            readable_byte_stream_controller_fill_head_pull_into_descriptor(target, 1, descriptor(4))
        readable_byte_stream_controller_fill_head_pull_into_descriptor(
            target, 3, target._pending_pull_intos[0]
        )
        assert target._pending_pull_intos[0].bytes_filled == 3


@spec(
    "https://streams.spec.whatwg.org/#readable-byte-stream-controller-process-pull-into-descriptors-using-queue"
)
class TestProcessPullIntoDescriptorsUsingQueue:
    async def test_fills_them_in_their_order_while_there_are_bytes(self) -> None:
        target = controller()
        pull_intos = [descriptor(2), descriptor(2), descriptor(4, 4)]
        target._pending_pull_intos.extend(pull_intos)
        readable_byte_stream_controller_enqueue_chunk_to_queue(target, b"abcde", 0, 5)
        assert (
            readable_byte_stream_controller_process_pull_into_descriptors_using_queue(target)
            == pull_intos[:2]
        )
        assert list(target._pending_pull_intos) == pull_intos[2:]
        assert pull_intos[2].bytes_filled == 1


@spec(
    "https://streams.spec.whatwg.org/#readable-byte-stream-controller-convert-pull-into-descriptor"
)
@spec(
    "https://streams.spec.whatwg.org/#readable-byte-stream-controller-commit-pull-into-descriptor"
)
class TestConvertPullIntoDescriptor:
    @pytest.mark.parametrize(
        "format, bytes_filled, length", [("B", 3, 3), ("H", 6, 3), ("d", 8, 1), ("I", 0, 0)]
    )
    def test_the_view_is_of_whole_elements(
        self, format: str, bytes_filled: int, length: int
    ) -> None:
        pull_into = descriptor(8, 1, format)
        pull_into.bytes_filled = bytes_filled
        view = readable_byte_stream_controller_convert_pull_into_descriptor(pull_into)
        assert (view.format, len(view)) == (format, length)

    async def test_both_kinds_of_readers_get_theirs(self) -> None:
        for mode in (None, "byob"):
            source = ByteSource(autoAllocateChunkSize=4)
            reader = ReadableStream(source).getReader(mode=mode)
            read = reader.read() if mode is None else reader.read(bytearray(4))
            await turns()
            source.controller.byobRequest.view[:2] = b"ab"
            source.controller.byobRequest.respond(2)
            assert bytes((await read).value) == b"ab"


@spec(
    "https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollerfillreadrequestfromqueue"
)
@spec(
    "https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollerprocessreadrequestsusingqueue"
)
@spec("https://streams.spec.whatwg.org/#readable-byte-stream-controller-handle-queue-drain")
class TestFillReadRequestFromQueue:
    async def test_the_stream_closes_with_its_last_chunk(self) -> None:
        source = ByteSource()
        reader = ReadableStream(source).getReader()
        source.controller.enqueue(b"abc")
        source.controller.close()
        read = reader.read()
        await reader.closed
        assert (await read).value == b"abc"

    async def test_bytes_that_a_reader_left_behind_are_for_the_reads_that_wait(self) -> None:
        source = ByteSource()
        stream = ReadableStream(source)
        first = stream.getReader(mode="byob")
        first.read(bytearray(4)).then(None, lambda reason: None)
        await turns()
        request = source.controller.byobRequest
        first.releaseLock()
        reads = [stream.getReader().read()]
        request.view[:2] = b"ab"
        source.controller.enqueue(b"cd")
        assert (await reads[0]).value == b"cd"

    async def test_the_source_is_asked_when_the_queue_has_room(self) -> None:
        source = ByteSource()
        reader = ReadableStream(source, {"highWaterMark": 2}).getReader()
        source.controller.enqueue(b"abc")
        await turns()
        assert source.events == []
        await reader.read()
        assert source.events == ["pull"]


@spec("https://streams.spec.whatwg.org/#readable-byte-stream-controller-call-pull-if-needed")
@spec("https://streams.spec.whatwg.org/#readable-byte-stream-controller-should-call-pull")
@spec("https://streams.spec.whatwg.org/#readable-byte-stream-controller-get-desired-size")
class TestPull:
    async def test_is_called_until_there_are_enough_bytes(self) -> None:
        source = ByteSource(pull=lambda controller: controller.enqueue(b"ab"))
        ReadableStream(source, {"highWaterMark": 5})
        await turns()
        assert source.events == ["pull"] * 3

    async def test_is_not_called_again_before_its_promise_is_fulfilled(self) -> None:
        going_on = Promise.withResolvers()
        source = ByteSource(pull=lambda controller: going_on.promise)
        reader = ReadableStream(source).getReader()
        reader.read()
        reader.read()
        await turns()
        source.controller.enqueue(b"ab")
        await turns()
        assert source.events == ["pull"]
        going_on.resolve()
        await turns()
        assert source.events == ["pull", "pull"]

    async def test_that_fails_errors_the_stream(self) -> None:
        def pull(controller: object) -> None:
            raise FAILURE

        with pytest.raises(Failure):
            await ReadableStream(ByteSource(pull=pull)).getReader(mode="byob").read(bytearray(1))


@spec("https://streams.spec.whatwg.org/#readable-byte-stream-controller-error")
@spec("https://streams.spec.whatwg.org/#readable-byte-stream-controller-clear-pending-pull-intos")
@spec("https://streams.spec.whatwg.org/#readable-byte-stream-controller-invalidate-byob-request")
class TestError:
    async def test_what_waits_is_gone(self) -> None:
        source = ByteSource()
        reader = ReadableStream(source).getReader(mode="byob")
        read = reader.read(bytearray(4))
        await turns()
        request = source.controller.byobRequest
        source.controller.error(FAILURE)
        with pytest.raises(Failure):
            await read
        assert (request.view, source.controller.byobRequest) == (None, None)
        with pytest.raises(TypeError, match="answered"):
            request.respond(1)


@spec("https://streams.spec.whatwg.org/#readable-byte-stream-controller-clear-algorithms")
class TestClearAlgorithms:
    async def test_a_stream_that_has_ended_lets_its_source_go(self) -> None:
        source = ByteSource()
        stream = ReadableStream(source)
        await turns()
        source.controller.close()
        reference = ref(source)
        del source
        await turns()
        gc.collect()
        assert reference() is None
        assert not stream.locked
