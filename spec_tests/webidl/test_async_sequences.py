"""Web IDL, 3.2.22: async sequences."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from worker_runtime import DOMException, Promise
from worker_runtime.webidl.async_sequences import (
    begin_to_get_the_next_value,
    close_an_async_iterator,
    get_the_next_value,
    open_an_async_sequence,
)
from worker_runtime.webidl.interfaces import END_OF_ITERATION

spec = pytest.mark.spec


async def values(sequence: object) -> list[Any]:
    iterator = open_an_async_sequence(sequence)
    collected = []
    while (value := await get_the_next_value(iterator)) is not END_OF_ITERATION:
        collected.append(value)
    return collected


@spec("https://webidl.spec.whatwg.org/#async-iterator")
@spec("https://webidl.spec.whatwg.org/#async-sequence-open")
class TestOpenAnAsyncSequence:
    @pytest.mark.parametrize("sequence", ["text", 1, None, object()])
    async def test_what_is_no_sequence_is_a_type_error(self, sequence: object) -> None:
        with pytest.raises(TypeError, match="Expected an iterable"):
            open_an_async_sequence(sequence)

    async def test_the_asynchronous_way_is_preferred(self) -> None:
        class Both:
            def __iter__(self) -> Iterator[str]:
                return iter(["synchronous"])

            async def __aiter__(self) -> AsyncIterator[str]:
                yield "asynchronous"

        assert await values(Both()) == ["asynchronous"]


@spec("https://webidl.spec.whatwg.org/#async-iterator-get-next-value")
class TestGetTheNextValue:
    async def test_of_an_async_generator(self) -> None:
        async def generator() -> AsyncIterator[int]:
            yield 1
            await asyncio.sleep(0)
            yield 2

        assert await values(generator()) == [1, 2]

    async def test_of_an_iterable_awaits_what_can_be_awaited(self) -> None:
        assert await values([1, Promise.resolve(2), asyncio.sleep(0, 3)]) == [1, 2, 3]

    async def test_of_an_asyncio_stream_reader_is_its_lines(self) -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(b"1\n2\n3")
        reader.feed_eof()
        assert await values(reader) == [b"1\n", b"2\n", b"3"]

    async def test_what_is_raised_is_the_reason(self) -> None:
        async def generator() -> AsyncIterator[int]:
            raise KeyError("k")
            yield 1

        def synchronous() -> Iterator[int]:
            raise KeyError("k")
            yield 1

        for sequence in (generator(), synchronous()):
            with pytest.raises(KeyError):
                await get_the_next_value(open_an_async_sequence(sequence))

    async def test_an_iterator_that_cannot_begin_is_a_rejection(self) -> None:
        class Broken:
            def __aiter__(self) -> Broken:
                return self

            def __anext__(self) -> Any:
                raise KeyError("k")

        with pytest.raises(KeyError):
            await get_the_next_value(open_an_async_sequence(Broken()))

    async def test_a_promise_that_is_rejected_closes_a_synchronous_iterator(self) -> None:
        seen: list[str] = []

        def generator() -> Iterator[Promise[Any]]:
            try:
                yield Promise.reject(KeyError("k"))
            finally:
                seen.append("closed")

        with pytest.raises(KeyError):
            await get_the_next_value(open_an_async_sequence(generator()))
        assert seen == ["closed"]


@spec("https://webidl.spec.whatwg.org/#js-async-sequence-iteration")
class TestBeginToGetTheNextValue:
    async def test_is_a_tuple_of_what_is_there(self) -> None:
        async def values() -> AsyncIterator[object]:
            yield 1
            await asyncio.sleep(0)
            yield 2

        iterator = open_an_async_sequence(values())
        assert begin_to_get_the_next_value(iterator) == (1,)
        later = begin_to_get_the_next_value(iterator)
        assert isinstance(later, Promise) and await later == 2
        end = begin_to_get_the_next_value(iterator)
        assert isinstance(end, Promise) and await end is END_OF_ITERATION

    async def test_a_promise_is_not_there(self) -> None:
        for sequence in ([Promise.resolve(1)], [Promise.resolve(1), 2]):
            value = begin_to_get_the_next_value(open_an_async_sequence(sequence))
            assert isinstance(value, Promise) and await value == 1


@spec("https://webidl.spec.whatwg.org/#async-iterator-close")
class TestCloseAnAsyncIterator:
    async def test_lets_a_generator_clean_up(self) -> None:
        seen: list[str] = []

        async def asynchronous() -> AsyncIterator[int]:
            try:
                yield 1
            finally:
                seen.append("asynchronous")

        def synchronous() -> Iterator[int]:
            try:
                yield 1
            finally:
                seen.append("synchronous")

        for sequence in (asynchronous(), synchronous()):
            iterator = open_an_async_sequence(sequence)
            await get_the_next_value(iterator)
            await close_an_async_iterator(iterator, "why")
        assert seen == ["asynchronous", "synchronous"]

    async def test_passes_the_reason_on_to_return(self) -> None:
        class Returns:
            reason: object = None

            def __aiter__(self) -> Returns:
                return self

            async def __anext__(self) -> int:
                return 1

            async def return_(self, reason: object) -> None:
                self.reason = reason

        sequence = Returns()
        await close_an_async_iterator(open_an_async_sequence(sequence), "why")
        assert sequence.reason == "why"

    async def test_a_generator_that_waits_is_cancelled_first(self) -> None:
        seen: list[str] = []

        async def generator() -> AsyncIterator[int]:
            try:
                await asyncio.sleep(60)
                yield 1
            finally:
                seen.append("closed")

        iterator = open_an_async_sequence(generator())
        next_value = get_the_next_value(iterator)
        await asyncio.sleep(0)
        await close_an_async_iterator(iterator, None)
        assert seen == ["closed"]
        with pytest.raises(DOMException, match="AbortError"):
            await next_value

    async def test_what_cannot_be_closed_needs_it_not(self) -> None:
        iterator = open_an_async_sequence([1, 2])
        await close_an_async_iterator(iterator, None)
        assert await get_the_next_value(iterator) == 1

    async def test_what_closing_raises_is_the_reason(self) -> None:
        def generator() -> Iterator[int]:
            try:
                yield 1
            finally:
                raise KeyError("k")

        iterator = open_an_async_sequence(generator())
        await get_the_next_value(iterator)
        with pytest.raises(KeyError):
            await close_an_async_iterator(iterator, None)
