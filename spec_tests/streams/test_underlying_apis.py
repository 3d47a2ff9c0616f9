"""Streams, 4.2.3, 5.2.3 and 6.2.3: what the author of a stream brings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import MappingProxyType, SimpleNamespace

import pytest

from worker_runtime import Promise, RangeError, ReadableStream, TransformStream, WritableStream
from worker_runtime.streams.underlying_apis import (
    Transformer,
    UnderlyingSink,
    UnderlyingSource,
    to_transformer,
    to_underlying_sink,
    to_underlying_source,
)

from .recording import collect

spec = pytest.mark.spec


@spec("https://streams.spec.whatwg.org/#underlying-source-api")
@spec("https://streams.spec.whatwg.org/#dictdef-underlyingsource")
class TestToUnderlyingSource:
    def test_an_object_or_a_mapping_has_the_members(self) -> None:
        members = {
            "start": print,
            "pull": repr,
            "cancel": len,
            "type": "bytes",
            "autoAllocateChunkSize": 16,
        }
        for value in (members, SimpleNamespace(**members)):
            assert to_underlying_source(value) == UnderlyingSource(16, len, repr, print, "bytes")

    def test_any_member_may_be_missing(self) -> None:
        assert (
            to_underlying_source(None)
            == to_underlying_source({})
            == UnderlyingSource(None, None, None, None, None)
        )

    @pytest.mark.parametrize(
        "member",
        [{"start": 1}, {"pull": "x"}, {"cancel": []}, {"type": "byte"}, {"type": ""},
            {"autoAllocateChunkSize": -1},
         {"autoAllocateChunkSize": "x"}, {"autoAllocateChunkSize": 2**64}],
    )  # fmt: skip
    async def test_an_unfit_member_is_a_type_error(self, member: dict[str, object]) -> None:
        with pytest.raises(TypeError):
            ReadableStream(member)

    async def test_methods_are_bound_to_their_object(self) -> None:
        class Countdown:
            left = 3

            def pull(self, controller: object) -> None:
                self.left -= 1
                if self.left:
                    controller.enqueue(self.left)  # type: ignore[attr-defined]
                else:
                    controller.close()  # type: ignore[attr-defined]

        assert await collect(ReadableStream(Countdown())) == [2, 1]


@spec("https://streams.spec.whatwg.org/#underlying-sink-api")
@spec("https://streams.spec.whatwg.org/#dictdef-underlyingsink")
class TestToUnderlyingSink:
    def test_an_object_or_a_mapping_has_the_members(self) -> None:
        members = {"start": print, "write": max, "close": len, "abort": str}
        for value in (members, SimpleNamespace(**members)):
            assert to_underlying_sink(value) == UnderlyingSink(str, len, print, max)

    async def test_a_type_is_a_range_error(self) -> None:
        with pytest.raises(RangeError, match="type"):
            WritableStream({"type": "bytes"})

    @pytest.mark.parametrize("member", ["start", "write", "close", "abort"])
    async def test_an_unfit_member_is_a_type_error(self, member: str) -> None:
        with pytest.raises(TypeError, match=member):
            WritableStream({member: 1})


@spec("https://streams.spec.whatwg.org/#transformer-api")
@spec("https://streams.spec.whatwg.org/#underlying-source-api")
class TestWhatIsNoSuchObject:
    async def test_is_a_type_error_that_says_what_to_write(self) -> None:
        async def numbers() -> AsyncIterator[int]:
            yield 1

        for value in (iter([1]), [1], numbers(), numbers, "x", {1}, Promise.resolve()):
            for interface in (ReadableStream, WritableStream, TransformStream):
                with pytest.raises(TypeError, match="Expected an object or a mapping with .*from_"):
                    interface(value)

    async def test_a_key_that_means_nothing_is_one_too(self) -> None:
        with pytest.raises(TypeError, match="no member 'pul'; there is autoAllocateChunkSize"):
            ReadableStream({"pul": print})
        with pytest.raises(TypeError, match="no member 'pul'; there is autoAllocateChunkSize"):
            ReadableStream(MappingProxyType({"pul": print}))
        with pytest.raises(TypeError, match="no member 'writ'; there is abort, close"):
            WritableStream({"writ": print})
        with pytest.raises(TypeError, match="no member 'pull'; there is cancel, flush"):
            TransformStream({"pull": print})

    async def test_an_object_may_have_more(self) -> None:
        class Source(list[int]):
            colour = "red"

            def pull(self) -> None: ...

        for source in (Source(), SimpleNamespace(colour="red")):
            assert not ReadableStream(source).locked


@spec("https://streams.spec.whatwg.org/#dictdef-transformer")
class TestToTransformer:
    def test_an_object_or_a_mapping_has_the_members(self) -> None:
        members = {"start": print, "transform": max, "flush": len, "cancel": str}
        for value in (members, SimpleNamespace(**members)):
            assert to_transformer(value) == Transformer(str, len, print, max)

    @pytest.mark.parametrize("member", ["readableType", "writableType"])
    async def test_a_type_is_a_range_error(self, member: str) -> None:
        with pytest.raises(RangeError, match=member):
            TransformStream({member: "bytes"})

    @pytest.mark.parametrize("member", ["start", "transform", "flush", "cancel"])
    async def test_an_unfit_member_is_a_type_error(self, member: str) -> None:
        with pytest.raises(TypeError, match=member):
            TransformStream({member: 1})
