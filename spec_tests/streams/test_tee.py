"""Streams, 4.9.1: teeing."""

from __future__ import annotations

from typing import Any

import pytest

from worker_runtime import DOMException, ReadableStream
from worker_runtime.streams.other_specifications import tee_readable_stream

from .recording import FAILURE, ByteSource, Failure, Source, collect, outcome_of, turns

spec = pytest.mark.spec


@spec("https://streams.spec.whatwg.org/#readable-stream-tee")
@spec("https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaulttee")
@spec("https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaulttee")
class TestDefaultTee:
    async def test_both_branches_have_every_chunk(self) -> None:
        stream = ReadableStream.from_([1, 2, 3])
        branch1, branch2 = stream.tee()
        assert stream.locked
        assert [await collect(branch1), await collect(branch2)] == [[1, 2, 3], [1, 2, 3]]

    async def test_chunks_are_the_same_objects(self) -> None:
        chunk = {"a": 1}
        branch1, branch2 = ReadableStream.from_([chunk]).tee()
        assert (await collect(branch1))[0] is (await collect(branch2))[0] is chunk

    async def test_an_error_reaches_both_branches(self) -> None:
        source = Source()
        branches = ReadableStream(source).tee()
        await turns()
        source.controller.error(FAILURE)
        for branch in branches:
            with pytest.raises(Failure):
                await branch.getReader().read()

    async def test_the_source_is_canceled_when_both_branches_are_with_both_reasons(self) -> None:
        source = Source()
        branch1, branch2 = ReadableStream(source, {"highWaterMark": 0}).tee()
        canceled = branch1.cancel("first")
        assert await outcome_of(lambda: canceled) == "pending"
        await branch2.cancel("second")
        await canceled
        assert source.events[-1] == ("cancel", ["first", "second"])

    async def test_a_cancellation_that_fails_rejects_both(self) -> None:
        async def cancel(reason: object) -> None:
            raise FAILURE

        branches = ReadableStream({"cancel": cancel}).tee()
        canceled = [branch.cancel() for branch in branches]
        for promise in canceled:
            with pytest.raises(Failure):
                await promise

    async def test_one_branch_goes_on_without_the_other(self) -> None:
        branch1, branch2 = ReadableStream.from_([1, 2, 3]).tee()
        canceled = branch1.cancel()
        assert await collect(branch2) == [1, 2, 3]
        await canceled

    async def test_the_faster_branch_sets_the_pace(self) -> None:
        source = Source(pull=lambda controller: controller.enqueue("chunk"))
        branch1, _ = ReadableStream(source, {"highWaterMark": 0}).tee()
        await turns()
        assert source.events == ["pull"]
        reader = branch1.getReader()
        for _ in range(3):
            await reader.read()
        await turns()
        assert source.events == ["pull"] * 4

    async def test_with_clones_the_second_branch_has_its_own(self) -> None:
        chunk = {"a": [1]}
        branch1, branch2 = tee_readable_stream(ReadableStream.from_([chunk]))
        first, second = (await collect(branch1))[0], (await collect(branch2))[0]
        assert first is chunk
        assert second == chunk and second is not chunk

    async def test_what_cannot_be_cloned_errors_both_branches(self) -> None:
        source = Source(pull=lambda controller: controller.enqueue(lambda: "no data"))
        for branch in tee_readable_stream(ReadableStream(source)):
            with pytest.raises(DOMException, match="DataCloneError"):
                await branch.getReader().read()
        assert isinstance(source.events[-1][1], DOMException)


@spec("https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamtee")
@spec("https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamtee")
class TestByteTee:
    async def test_both_branches_have_every_byte(self) -> None:
        source = ByteSource()
        branch1, branch2 = ReadableStream(source).tee()
        memory = bytearray(b"abc")
        source.controller.enqueue(memoryview(memory))
        source.controller.close()
        first = [bytes(chunk) for chunk in await collect(branch1)]
        memory[0] = 0  # what one branch got is not what the other one gets
        assert [first, await collect(branch2)] == [[b"abc"], [b"abc"]]

    async def test_both_branches_have_byob_readers(self) -> None:
        source = ByteSource()
        branches = ReadableStream(source).tee()
        readers = [branch.getReader(mode="byob") for branch in branches]
        reads = [reader.read(bytearray(4)) for reader in readers]
        await turns()
        view = source.controller.byobRequest.view
        view[:2] = b"ab"
        source.controller.byobRequest.respond(2)
        assert [bytes((await read).value) for read in reads] == [b"ab", b"ab"]

    async def test_one_branch_may_be_read_with_views_and_the_other_without(self) -> None:
        source = ByteSource()
        branch1, branch2 = ReadableStream(source).tee()
        reader1, reader2 = branch1.getReader(mode="byob"), branch2.getReader()
        for number in range(3):
            memory = bytearray(4)
            read1 = reader1.read(memory)
            await turns()
            source.controller.enqueue(b"%d" % number)
            value, _ = await read1
            assert (bytes(value), value.obj) == (b"%d" % number, memory)
            assert (await reader2.read()).value == b"%d" % number

    async def test_the_end_gives_the_views_back(self) -> None:
        source = ByteSource()
        branches = ReadableStream(source).tee()
        reads = [branch.getReader(mode="byob").read(bytearray(4)) for branch in branches]
        await turns()
        source.controller.close()
        source.controller.byobRequest.respond(0)
        for read in reads:
            value, done = await read
            assert (len(value), done) == (0, True)

    async def test_the_end_gives_a_view_back_that_is_not_under_way(self) -> None:
        source = ByteSource()
        branch1, branch2 = ReadableStream(source).tee()
        branch1.getReader().read()
        await turns()
        read = branch2.getReader(mode="byob").read(bytearray(4))
        source.controller.close()
        value, done = await read
        assert (len(value), done) == (0, True)

    async def test_an_error_reaches_both_branches(self) -> None:
        source = ByteSource()
        branches = ReadableStream(source).tee()
        reads: list[Any] = [
            branches[0].getReader(mode="byob").read(bytearray(1)),
            branches[1].getReader().read(),
        ]
        await turns()
        source.controller.error(FAILURE)
        for read in reads:
            with pytest.raises(Failure):
                await read

    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    async def test_the_source_is_canceled_when_both_branches_are(
        self, order: tuple[int, int]
    ) -> None:
        source = ByteSource()
        branches = ReadableStream(source).tee()
        canceled = [branches[number].cancel(number) for number in order]
        for promise in canceled:
            await promise
        assert source.events[-1] == ("cancel", [0, 1])

    @pytest.mark.parametrize("canceled, kept", [(0, 1), (1, 0)])
    async def test_one_branch_goes_on_without_the_other(self, canceled: int, kept: int) -> None:
        source = ByteSource()
        branches = ReadableStream(source).tee()
        promise = branches[canceled].cancel()
        reader = branches[kept].getReader(mode="byob")
        read = reader.read(bytearray(4))
        await turns()
        source.controller.enqueue(b"ab")
        assert bytes((await read).value) == b"ab"
        source.controller.close()
        reader.releaseLock()
        assert await collect(branches[kept]) == []
        await promise
