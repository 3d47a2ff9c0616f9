"""Streams, 8.2: the two sides of a stream that was transferred, with a pair of ports between
them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from worker_runtime import DOMException, ReadableStream, TransformStream, WritableStream
from worker_runtime.streams.transferable_streams import (
    cross_realm_transform_send_error,
    pack_and_post_message,
    pack_and_post_message_handling_error,
    readable_stream_transfer_receiving_steps,
    readable_stream_transfer_steps,
    send_reason_and_disentangle,
    set_up_cross_realm_transform_readable,
    set_up_cross_realm_transform_writable,
    transform_stream_transfer_receiving_steps,
    transform_stream_transfer_steps,
    writable_stream_transfer_receiving_steps,
    writable_stream_transfer_steps,
)
from worker_runtime.webidl.interfaces import new

from .recording import FAILURE, Failure, Sink, Source, collect, outcome_of, turns

spec = pytest.mark.spec

UNCLONEABLE = object()


class FakePort:
    """A message port whose messages come in a later turn of the loop. An object() cannot be
    cloned.
    """

    def __init__(self) -> None:
        self.other: FakePort | None = None
        self.sent: list[Any] = []
        self.listeners: dict[str, Callable[[Any], object]] = {}
        self.is_started = False

    def postMessage(self, message: Any) -> None:
        if type(message["value"]) is object:
            raise DOMException("An object cannot be cloned", "DataCloneError")
        self.sent.append((message["type"], message["value"]))
        if self.other is not None:
            asyncio.get_running_loop().call_soon(self.other.receive, "message", message)

    def addEventListener(self, type: str, callback: Callable[[Any], object]) -> None:
        self.listeners[type] = callback

    def start(self) -> None:
        self.is_started = True

    def receive(self, type: str, data: Any = None) -> None:
        if self.is_started:
            self.listeners[type](SimpleNamespace(data=data))

    def close(self) -> None:
        for port in filter(None, (self, self.other)):
            port.other = None


def entangled_ports() -> tuple[FakePort, FakePort]:
    port1, port2 = FakePort(), FakePort()
    port1.other, port2.other = port2, port1
    return port1, port2


def is_disentangled(port: FakePort) -> bool:
    return port.other is None


def readable_side() -> tuple[ReadableStream, FakePort]:
    stream, (port, _) = new(ReadableStream), entangled_ports()
    set_up_cross_realm_transform_readable(stream, port)
    return stream, port


def writable_side() -> tuple[WritableStream, FakePort]:
    stream, (port, _) = new(WritableStream), entangled_ports()
    set_up_cross_realm_transform_writable(stream, port)
    return stream, port


def transferred_readable(stream: ReadableStream) -> ReadableStream:
    port1, port2 = entangled_ports()
    received = new(ReadableStream)
    readable_stream_transfer_steps(stream, port1)
    readable_stream_transfer_receiving_steps(port2, received)
    return received


def transferred_writable(stream: WritableStream) -> WritableStream:
    port1, port2 = entangled_ports()
    received = new(WritableStream)
    writable_stream_transfer_steps(stream, port1)
    writable_stream_transfer_receiving_steps(port2, received)
    return received


@spec("https://streams.spec.whatwg.org/#rs-transfer")
@spec("https://streams.spec.whatwg.org/#rs-transfer")
class TestTransferredReadable:
    async def test_chunks_and_the_end_arrive(self) -> None:
        stream = ReadableStream.from_(["a", "b", "c"])
        received = transferred_readable(stream)
        assert stream.locked
        assert await collect(received) == ["a", "b", "c"]

    async def test_an_error_arrives(self) -> None:
        def fail(controller: object) -> None:
            raise FAILURE

        with pytest.raises(Failure):
            await transferred_readable(ReadableStream({"pull": fail})).getReader().read()

    async def test_a_cancel_goes_back(self) -> None:
        source = Source()
        await transferred_readable(ReadableStream(source)).cancel("why")
        await turns(8)
        assert source.events[-1] == ("cancel", "why")

    async def test_it_is_pulled_no_faster_than_it_is_read(self) -> None:
        source = Source(pull=lambda controller: controller.enqueue("chunk"))
        received = transferred_readable(ReadableStream(source, {"highWaterMark": 0}))
        reader = received.getReader()
        await turns(16)
        assert source.events == ["pull"]  # for the writable side, which holds one
        await reader.read()
        await turns(16)
        assert source.events == ["pull", "pull"]

    async def test_a_chunk_that_cannot_be_cloned_is_the_end_of_both(self) -> None:
        source = Source(start=lambda controller: controller.enqueue(UNCLONEABLE))
        received = transferred_readable(ReadableStream(source))
        with pytest.raises(DOMException):
            await received.getReader().read()
        await turns(8)
        ((event, reason),) = [event for event in source.events if event != "pull"]
        assert (event, reason.name) == ("cancel", "DataCloneError")

    async def test_one_that_is_locked_is_a_data_clone_error(self) -> None:
        stream = ReadableStream()
        stream.getReader()
        with pytest.raises(DOMException) as raised:
            readable_stream_transfer_steps(stream, FakePort())
        assert raised.value.name == "DataCloneError"


@spec("https://streams.spec.whatwg.org/#ws-transfer")
@spec("https://streams.spec.whatwg.org/#ws-transfer")
class TestTransferredWritable:
    async def test_chunks_and_the_end_arrive(self) -> None:
        sink = Sink()
        await ReadableStream.from_(["a", "b"]).pipeTo(transferred_writable(WritableStream(sink)))
        await turns(8)
        assert sink.events == [("write", "a"), ("write", "b"), "close"]

    async def test_an_abort_arrives(self) -> None:
        sink = Sink()
        await transferred_writable(WritableStream(sink)).abort("why")
        await turns(8)
        assert sink.events == [("abort", "why")]

    async def test_an_error_goes_back(self) -> None:
        def fail(chunk: object, controller: object) -> None:
            raise FAILURE

        writer = transferred_writable(WritableStream(Sink(write=fail))).getWriter()
        writer.write("a").then(None, lambda reason: None)
        with pytest.raises(Failure):
            await writer.closed

    async def test_one_that_is_locked_is_a_data_clone_error(self) -> None:
        stream = WritableStream()
        stream.getWriter()
        with pytest.raises(DOMException) as raised:
            writable_stream_transfer_steps(stream, FakePort())
        assert raised.value.name == "DataCloneError"


@spec("https://streams.spec.whatwg.org/#ts-transfer")
@spec("https://streams.spec.whatwg.org/#ts-transfer")
class TestTransferredTransform:
    async def test_it_transforms_where_it_was(self) -> None:
        upper = TransformStream(
            {"transform": lambda chunk, controller: controller.enqueue(chunk.upper())}
        )
        readable, writable = transform_stream_transfer_steps(upper)
        received = new(TransformStream)
        transform_stream_transfer_receiving_steps(
            transferred_readable(readable), transferred_writable(writable), received
        )
        assert await collect(ReadableStream.from_(["a", "b"]).pipeThrough(received)) == ["A", "B"]

    @pytest.mark.parametrize(
        "lock",
        [lambda stream: stream.readable.getReader(), lambda stream: stream.writable.getWriter()],
    )
    async def test_one_with_a_locked_side_is_a_data_clone_error(
        self, lock: Callable[[TransformStream], object]
    ) -> None:
        stream = TransformStream()
        lock(stream)
        with pytest.raises(DOMException) as raised:
            transform_stream_transfer_steps(stream)
        assert raised.value.name == "DataCloneError"


@spec("https://streams.spec.whatwg.org/#abstract-opdef-packandpostmessage")
@spec("https://streams.spec.whatwg.org/#abstract-opdef-packandpostmessagehandlingerror")
@spec("https://streams.spec.whatwg.org/#abstract-opdef-crossrealmtransformsenderror")
@spec("https://html.spec.whatwg.org/multipage/web-messaging.html#messageport")
class TestPostMessage:
    def test_a_message_has_a_type_and_a_value(self) -> None:
        port = FakePort()
        pack_and_post_message(port, "chunk", "a")
        assert port.sent == [("chunk", "a")]

    def test_what_stands_in_its_way_is_raised_and_told(self) -> None:
        port = FakePort()
        with pytest.raises(DOMException) as raised:
            pack_and_post_message_handling_error(port, "chunk", UNCLONEABLE)
        assert port.sent == [("error", raised.value)]

    def test_an_error_that_cannot_be_told_is_left_at_that(self) -> None:
        port = FakePort()
        cross_realm_transform_send_error(port, UNCLONEABLE)
        assert port.sent == []


@spec("https://streams.spec.whatwg.org/#transferrable-streams")
class TestSendReasonAndDisentangle:
    async def test_the_reason_is_the_last_message(self) -> None:
        port, _ = entangled_ports()
        assert await outcome_of(lambda: send_reason_and_disentangle(port, "why")) == "None"
        assert port.sent == [("error", "why")] and is_disentangled(port)

    async def test_a_reason_that_cannot_be_cloned_is_a_rejection(self) -> None:
        port, _ = entangled_ports()
        assert (
            await outcome_of(lambda: send_reason_and_disentangle(port, UNCLONEABLE))
            == "rejects DOMException"
        )
        assert is_disentangled(port)


@spec("https://streams.spec.whatwg.org/#abstract-opdef-setupcrossrealmtransformreadable")
class TestReadableSide:
    async def test_a_read_asks_for_a_chunk(self) -> None:
        stream, port = readable_side()
        await turns()
        assert port.sent == []
        read = stream.getReader().read()
        await turns()
        assert port.sent == [("pull", None)]
        port.receive("message", {"type": "chunk", "value": "a"})
        assert await read == ("a", False)

    async def test_close_closes(self) -> None:
        stream, port = readable_side()
        port.receive("message", {"type": "close", "value": None})
        assert await collect(stream) == [] and is_disentangled(port)

    async def test_error_errors(self) -> None:
        stream, port = readable_side()
        port.receive("message", {"type": "error", "value": FAILURE})
        with pytest.raises(Failure):
            await stream.getReader().read()
        assert is_disentangled(port)

    @pytest.mark.parametrize(
        "message", [None, "close", {}, {"type": "pull", "value": None}, {"type": 3}]
    )
    async def test_any_other_message_is_ignored(self, message: object) -> None:
        stream, port = readable_side()
        port.receive("message", message)
        assert await outcome_of(stream.getReader().read) == "pending"

    async def test_a_message_that_cannot_be_read_errors_both_sides(self) -> None:
        stream, port = readable_side()
        port.receive("messageerror")
        with pytest.raises(DOMException) as raised:
            await stream.getReader().read()
        assert raised.value.name == "DataCloneError"
        assert port.sent == [("error", raised.value)] and is_disentangled(port)

    async def test_a_cancel_is_told(self) -> None:
        stream, port = readable_side()
        await stream.cancel("why")
        assert port.sent == [("error", "why")] and is_disentangled(port)


@spec("https://streams.spec.whatwg.org/#abstract-opdef-setupcrossrealmtransformwritable")
class TestWritableSide:
    async def test_a_chunk_waits_until_it_is_asked_for(self) -> None:
        stream, port = writable_side()
        write = stream.getWriter().write("a")
        assert await outcome_of(lambda: write) == "pending"
        assert port.sent == []
        port.receive("message", {"type": "pull", "value": None})
        await write
        assert port.sent == [("chunk", "a")]

    async def test_one_that_was_asked_for_before_passes_at_once(self) -> None:
        stream, port = writable_side()
        writer = stream.getWriter()
        port.receive("message", {"type": "pull", "value": None})
        await writer.write("a")
        assert await outcome_of(lambda: writer.write("b")) == "pending"
        assert port.sent == [("chunk", "a")]

    async def test_a_chunk_that_cannot_be_cloned_errors_both_sides(self) -> None:
        stream, port = writable_side()
        port.receive("message", {"type": "pull", "value": None})
        with pytest.raises(DOMException) as raised:
            await stream.getWriter().write(UNCLONEABLE)
        assert port.sent == [("error", raised.value)] and is_disentangled(port)

    async def test_error_errors_and_lets_nobody_wait(self) -> None:
        stream, port = writable_side()
        writer = stream.getWriter()
        write = writer.write("a")
        await turns()
        port.receive("message", {"type": "error", "value": FAILURE})
        await write
        for promise in (writer.closed, writer.write("b")):
            with pytest.raises(Failure):
                await promise

    @pytest.mark.parametrize("message", [None, "pull", {}, {"type": "chunk", "value": "a"}])
    async def test_any_other_message_is_ignored(self, message: object) -> None:
        stream, port = writable_side()
        port.receive("message", message)
        assert await outcome_of(lambda: stream.getWriter().write("a")) == "pending"

    async def test_a_message_that_cannot_be_read_errors_both_sides(self) -> None:
        stream, port = writable_side()
        port.receive("messageerror")
        with pytest.raises(DOMException) as raised:
            await stream.getWriter().closed
        assert raised.value.name == "DataCloneError"
        assert port.sent == [("error", raised.value)] and is_disentangled(port)

    async def test_close_is_told(self) -> None:
        stream, port = writable_side()
        await stream.close()
        assert port.sent == [("close", None)] and is_disentangled(port)

    async def test_an_abort_is_told(self) -> None:
        stream, port = writable_side()
        await stream.abort("why")
        assert port.sent == [("error", "why")] and is_disentangled(port)
