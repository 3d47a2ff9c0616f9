"""Streams, 7: queuing strategies."""

from __future__ import annotations

import math
from array import array
from types import SimpleNamespace
from typing import Any

import pytest

from worker_runtime import (
    ByteLengthQueuingStrategy,
    CountQueuingStrategy,
    RangeError,
    ReadableStream,
    TransformStream,
    WritableStream,
)
from worker_runtime.streams.queuing_strategies import (
    QueuingStrategy,
    extract_high_water_mark,
    extract_size_algorithm,
    to_queuing_strategy,
)

from .recording import Sink, Source

spec = pytest.mark.spec


@spec("https://streams.spec.whatwg.org/#qs-api")
@spec("https://streams.spec.whatwg.org/#dictdef-queuingstrategy")
class TestToQueuingStrategy:
    def test_an_object_or_a_mapping_has_the_members(self) -> None:
        for value in (
            SimpleNamespace(highWaterMark=2, size=len),
            {"highWaterMark": 2, "size": len},
        ):
            assert to_queuing_strategy(value) == QueuingStrategy(2, len)

    def test_members_may_be_missing(self) -> None:
        assert to_queuing_strategy({}) == to_queuing_strategy(None) == QueuingStrategy(None, None)

    @pytest.mark.parametrize(
        "value", [{"size": 1}, {"highWaterMark": "many"}, {"highWaterMark": []}]
    )
    def test_what_is_unfit_is_a_type_error(self, value: object) -> None:
        with pytest.raises(TypeError):
            to_queuing_strategy(value)

    async def test_the_members_are_read_in_their_order_and_before_those_of_the_source(self) -> None:
        read: list[str] = []

        class Reads:
            def __getattr__(self, name: str) -> Any:
                read.append(name)
                raise AttributeError(name)

        ReadableStream(Reads(), Reads())
        assert read == [
            "highWaterMark",
            "size",
            "autoAllocateChunkSize",
            "cancel",
            "pull",
            "start",
            "type",
        ]
        read.clear()
        WritableStream(Reads(), Reads())
        assert read == ["highWaterMark", "size", "abort", "close", "start", "type", "write"]
        read.clear()
        TransformStream(Reads(), Reads(), Reads())
        assert read[4:] == ["cancel", "flush", "readableType", "start", "transform", "writableType"]


@spec("https://streams.spec.whatwg.org/#bytelengthqueuingstrategy")
@spec("https://streams.spec.whatwg.org/#blqs-constructor")
@spec("https://streams.spec.whatwg.org/#blqs-high-water-mark")
@spec("https://streams.spec.whatwg.org/#blqs-size")
@spec("https://streams.spec.whatwg.org/#byte-length-queuing-strategy-size-function")
class TestByteLengthQueuingStrategy:
    def test_has_its_high_water_mark(self) -> None:
        assert ByteLengthQueuingStrategy(highWaterMark=16).highWaterMark == 16

    def test_needs_a_number(self) -> None:
        with pytest.raises(TypeError):
            ByteLengthQueuingStrategy()  # type: ignore[call-overload]
        with pytest.raises(TypeError, match="Expected a number"):
            ByteLengthQueuingStrategy(highWaterMark="16")  # type: ignore[call-overload]

    def test_counts_bytes(self) -> None:
        size = ByteLengthQueuingStrategy(highWaterMark=16).size
        assert [
            size(chunk)
            for chunk in (b"abc", bytearray(2), memoryview(b"abcd")[1:], array("H", [1, 2]))
        ] == [3, 2, 3, 4]

    def test_a_chunk_may_say_its_byte_length_itself(self) -> None:
        assert ByteLengthQueuingStrategy(highWaterMark=16).size(SimpleNamespace(byteLength=7)) == 7

    def test_what_has_no_bytes_has_no_size(self) -> None:
        size = ByteLengthQueuingStrategy(highWaterMark=16).size
        assert size("text") is None
        with pytest.raises(TypeError):
            size(None)

    def test_all_have_the_same_function(self) -> None:
        assert (
            ByteLengthQueuingStrategy(highWaterMark=1).size
            is ByteLengthQueuingStrategy(highWaterMark=2).size
        )


@spec("https://streams.spec.whatwg.org/#countqueuingstrategy")
@spec("https://streams.spec.whatwg.org/#cqs-constructor")
@spec("https://streams.spec.whatwg.org/#cqs-high-water-mark")
@spec("https://streams.spec.whatwg.org/#cqs-size")
@spec("https://streams.spec.whatwg.org/#count-queuing-strategy-size-function")
class TestCountQueuingStrategy:
    def test_has_its_high_water_mark(self) -> None:
        assert CountQueuingStrategy(highWaterMark=2.5).highWaterMark == 2.5

    def test_counts_chunks(self) -> None:
        size = CountQueuingStrategy(highWaterMark=1).size
        assert (size(), size(None), size(b"abc")) == (1, 1, 1)

    async def test_a_stream_wants_so_many(self) -> None:
        source = Source()
        ReadableStream(source, CountQueuingStrategy(highWaterMark=3))
        for desired_size in (3, 2, 1, 0, -1):
            assert source.controller.desiredSize == desired_size
            source.controller.enqueue("chunk")


@spec("https://streams.spec.whatwg.org/#validate-and-normalize-high-water-mark")
class TestExtractHighWaterMark:
    def test_is_the_default_where_it_is_missing(self) -> None:
        assert extract_high_water_mark(QueuingStrategy(None, None), 7) == 7

    @pytest.mark.parametrize("value", [0, 1.5, math.inf])
    def test_is_any_non_negative_number(self, value: float) -> None:
        assert extract_high_water_mark(QueuingStrategy(value, None), 7) == value

    @pytest.mark.parametrize("value", [-1, math.nan, -math.inf])
    async def test_is_a_range_error_otherwise(self, value: float) -> None:
        with pytest.raises(RangeError, match="highWaterMark"):
            extract_high_water_mark(QueuingStrategy(value, None), 7)
        for make in (ReadableStream, WritableStream, TransformStream):
            with pytest.raises(RangeError, match="highWaterMark"):
                make({}, {"highWaterMark": value})

    async def test_the_defaults_are_the_standards(self) -> None:
        source, sink = Source(), Sink()
        ReadableStream(source)
        writable = WritableStream(sink)
        assert (source.controller.desiredSize, writable.getWriter().desiredSize) == (1, 1)
        byte_source = Source()
        byte_source.type = "bytes"  # type: ignore[attr-defined]
        ReadableStream(byte_source)
        transformer = Source()
        transform = TransformStream(transformer)
        assert (byte_source.controller.desiredSize, transformer.controller.desiredSize) == (0, 0)
        assert transform.writable.getWriter().desiredSize == 1


@spec("https://streams.spec.whatwg.org/#make-size-algorithm-from-size-function")
class TestExtractSizeAlgorithm:
    def test_each_chunk_is_one_where_there_is_no_function(self) -> None:
        assert extract_size_algorithm(QueuingStrategy(None, None))("any") == 1

    async def test_the_function_sees_each_chunk_that_waits(self) -> None:
        seen: list[object] = []

        def size(chunk: object) -> int:
            seen.append(chunk)
            return 1

        source = Source()
        reader = ReadableStream(source, {"size": size}).getReader()
        read = reader.read()
        source.controller.enqueue("goes to the reader at once")
        source.controller.enqueue("waits")
        assert (await read).value == "goes to the reader at once"
        assert seen == ["waits"]
