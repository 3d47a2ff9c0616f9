"""Encoding Standard, 7.6: TextEncoderStream, and surrogates that two chunks part."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

import pytest

from worker_runtime import ReadableStream, TextEncoderStream
from worker_runtime.encoding.streams.text_encoder_stream import convert_code_units_to_scalar_values

spec = pytest.mark.spec

REPLACED = b"\xef\xbf\xbd"


async def encoded(chunks: Iterable[Any]) -> list[bytes]:
    return [chunk async for chunk in ReadableStream.from_(chunks).pipeThrough(TextEncoderStream())]


@spec("https://encoding.spec.whatwg.org/#textencoderstream")
class TestTextEncoderStream:
    async def test_each_chunk_is_one_of_utf_8(self) -> None:
        assert await encoded(["a\u00e9", "\u20ac", "\U0001f4a9"]) == [
            b"a\xc3\xa9",
            b"\xe2\x82\xac",
            b"\xf0\x9f\x92\xa9",
        ]

    async def test_says_what_it_encodes_to(self) -> None:
        assert TextEncoderStream().encoding == "utf-8"


@spec("https://encoding.spec.whatwg.org/#dom-textencoderstream")
class TestConstructor:
    def test_needs_a_running_loop_and_says_so(self) -> None:
        with pytest.raises(RuntimeError, match="running event loop"):
            TextEncoderStream()


@spec("https://encoding.spec.whatwg.org/#encode-and-enqueue-a-chunk")
class TestEncodeAndEnqueueAChunk:
    async def test_no_chunk_is_empty(self) -> None:
        assert await encoded(["", "a", ""]) == [b"a"]

    async def test_what_is_no_string_is_converted_to_one(self) -> None:
        assert await encoded([1, 2.5, True]) == [b"1", b"2.5", b"true"]

    @pytest.mark.parametrize("chunk", [None, b"abc", memoryview(b"abc")])
    async def test_what_shows_nothing_or_is_bytes_is_a_type_error(self, chunk: object) -> None:
        with pytest.raises(TypeError):
            await encoded([chunk])


@spec("https://encoding.spec.whatwg.org/#convert-code-unit-to-scalar-value")
class TestConvertCodeUnits:
    @pytest.mark.parametrize(
        "chunks, output",
        [
            (["\ud83d", "\udca9"], [b"\xf0\x9f\x92\xa9"]),
            (["a\ud83d", "\udca9b"], [b"a", b"\xf0\x9f\x92\xa9b"]),
            (["\ud83d", "", "\udca9"], [b"\xf0\x9f\x92\xa9"]),
            (["\ud83d", "x"], [REPLACED + b"x"]),
            (["\ud83d", "\ud83d", "\udca9"], [REPLACED, b"\xf0\x9f\x92\xa9"]),
            (["\udca9", "\ud83d"], [REPLACED, REPLACED]),
            (["\ud83d\udca9"], [b"\xf0\x9f\x92\xa9"]),
            (["\ud83d", "\U0001f4a9"], [REPLACED + b"\xf0\x9f\x92\xa9"]),
        ],
    )
    async def test_two_surrogates_make_a_character_wherever_the_chunk_ends(
        self, chunks: list[str], output: list[bytes]
    ) -> None:
        assert await encoded(chunks) == output

    async def test_all_at_once_is_the_standards_one_after_the_other(self) -> None:
        for units in product("a\ud83d\udca9", repeat=5):
            together, apart = TextEncoderStream(), TextEncoderStream()
            expected = [code_unit_to_scalar_value(apart, unit) for unit in units]
            assert convert_code_units_to_scalar_values(together, "".join(units)) == "".join(
                expected
            )
            assert together._leading_surrogate == apart._leading_surrogate


def code_unit_to_scalar_value(encoder: TextEncoderStream, item: str) -> str:
    """The standard's steps for one code unit; "" is its continue."""
    if leading_surrogate := encoder._leading_surrogate:
        encoder._leading_surrogate = ""
        if "\udc00" <= item <= "\udfff":
            return chr(0x10000 + ((ord(leading_surrogate) - 0xD800) << 10) + (ord(item) - 0xDC00))
        return "\ufffd" + code_unit_to_scalar_value(encoder, item)
    if "\ud800" <= item <= "\udbff":
        encoder._leading_surrogate = item
        return ""
    return "\ufffd" if "\udc00" <= item <= "\udfff" else item


@spec("https://encoding.spec.whatwg.org/#encode-and-flush")
class TestEncodeAndFlush:
    async def test_a_leading_surrogate_at_the_end_is_replaced(self) -> None:
        assert await encoded(["a\ud83d"]) == [b"a", REPLACED]

    async def test_otherwise_the_end_adds_nothing(self) -> None:
        assert await encoded(["\ud83d", "\udca9"]) == [b"\xf0\x9f\x92\xa9"]
