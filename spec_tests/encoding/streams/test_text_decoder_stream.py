"""Encoding Standard, 7.5: TextDecoderStream, beside a TextDecoder that gets the same bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, Unpack

import pytest

from worker_runtime import RangeError, ReadableStream, TextDecoder, TextDecoderStream
from worker_runtime.encoding.encoders_and_decoders import ErrorMode
from worker_runtime.encoding.names_and_labels import ENCODINGS, REPLACEMENT, UTF_16LE
from worker_runtime.encoding.streams.text_decoder_stream import set_up_a_text_decoder_stream
from worker_runtime.encoding.text_decoder import TextDecoderOptions
from worker_runtime.webidl.interfaces import new

from spec_tests.encoding.chunks import decode_in_chunks, mixtures

spec = pytest.mark.spec

each_encoding = pytest.mark.parametrize(
    "label", [encoding.name for encoding in ENCODINGS if encoding is not REPLACEMENT]
)

PIECES = [
    b"text ",
    b"\x1b$B",
    b"\x1b(B",
    b"\x82\xa0",
    b"\x81\x30\x81\x30",
    b"\x00\xd8",
    b"\xf0\x9f\x92\xa9",
    b"\xff",
    b"\x8f",
]


async def decoded(
    chunks: Iterable[Any], label: str = "utf-8", **options: Unpack[TextDecoderOptions]
) -> list[str]:
    return [
        chunk
        async for chunk in ReadableStream.from_(chunks).pipeThrough(
            TextDecoderStream(label, **options)
        )
    ]


def cut(input: bytes, length: int) -> list[bytes]:
    return [input[at : at + length] for at in range(0, len(input), length)]


@spec("https://encoding.spec.whatwg.org/#textdecoderstream")
class TestTextDecoderStream:
    @pytest.mark.parametrize("length", range(1, 14))
    async def test_a_character_can_lie_in_two_chunks(self, length: int) -> None:
        text = "a\u00e9\u20ac\U0001f4a9z"
        assert "".join(await decoded(cut(text.encode(), length))) == text

    @each_encoding
    @pytest.mark.parametrize("length", [1, 2, 3, 7, 1000])
    async def test_gives_what_a_text_decoder_gives(self, label: str, length: int) -> None:
        for input in mixtures(PIECES, 12):
            chunks = cut(input, length)
            assert "".join(await decoded(chunks, label, ignoreBOM=True)) == decode_in_chunks(
                label, chunks
            )

    async def test_no_chunk_is_empty(self) -> None:
        assert await decoded([b"", b"\xe2", b"\x82", b"", b"\xac", b""]) == ["\u20ac"]


@spec("https://encoding.spec.whatwg.org/#dom-textdecoderstream")
class TestConstructor:
    async def test_says_how_it_decodes(self) -> None:
        stream = TextDecoderStream("Shift_JIS", fatal=True, ignoreBOM=True)
        assert (stream.encoding, stream.fatal, stream.ignoreBOM) == ("shift_jis", True, True)
        stream = TextDecoderStream()
        assert (stream.encoding, stream.fatal, stream.ignoreBOM) == ("utf-8", False, False)

    @pytest.mark.parametrize("label", ["", "utf-99", *REPLACEMENT.labels.split()])
    async def test_a_label_without_a_decoder_is_a_range_error(self, label: str) -> None:
        with pytest.raises(RangeError):
            TextDecoderStream(label)

    async def test_what_is_no_string_is_a_type_error(self) -> None:
        with pytest.raises(TypeError):
            TextDecoderStream(None)  # type: ignore[arg-type]

    def test_needs_a_running_loop_and_says_so(self) -> None:
        with pytest.raises(RuntimeError, match="running event loop"):
            TextDecoderStream()


@spec("https://encoding.spec.whatwg.org/#set-up-a-text-decoder-stream")
class TestSetUp:
    @pytest.mark.parametrize("error_mode, fatal", [("fatal", True), ("replacement", False)])
    async def test_others_name_the_encoding_itself(
        self, error_mode: ErrorMode, fatal: bool
    ) -> None:
        stream = new(TextDecoderStream)
        set_up_a_text_decoder_stream(stream, UTF_16LE, error_mode, True)
        assert (stream.encoding, stream.fatal, stream.ignoreBOM) == ("utf-16le", fatal, True)

    async def test_without_more_it_is_utf_8(self) -> None:
        stream = new(TextDecoderStream)
        set_up_a_text_decoder_stream(stream)
        text = ReadableStream.from_([b"\xef\xbb\xbf\xc3", b"\xa4"]).pipeThrough(stream)
        assert "".join([chunk async for chunk in text]) == "\u00e4"


@spec("https://encoding.spec.whatwg.org/#decode-and-enqueue-a-chunk")
class TestDecodeAndEnqueueAChunk:
    async def test_what_is_whole_can_be_read_before_the_next_chunk(self) -> None:
        stream = TextDecoderStream()
        stream.writable.getWriter().write(b"whole \xe2\x82")
        assert await stream.readable.getReader().read() == ("whole ", False)

    @pytest.mark.parametrize("length", [1, 2, 3, 8])
    async def test_the_byte_order_mark_goes_unless_it_is_ignored(self, length: int) -> None:
        chunks = cut("\ufeffa\ufeff".encode(), length)
        assert "".join(await decoded(chunks)) == "a\ufeff"
        assert "".join(await decoded(chunks, ignoreBOM=True)) == "\ufeffa\ufeff"

    @pytest.mark.parametrize(
        "label, bad", [("utf-8", b"\xff"), ("euc-kr", b"\x80"), ("utf-16le", b"\x00\xdc")]
    )
    async def test_wrong_bytes_are_a_type_error_if_it_is_fatal(
        self, label: str, bad: bytes
    ) -> None:
        stream = TextDecoderStream(label, fatal=True)
        write = stream.writable.getWriter().write(bad)
        for promise in (stream.readable.getReader().read(), write):
            with pytest.raises(TypeError, match="(?i)" + label):
                await promise
        assert "".join(await decoded([bad], label)) == "\ufffd"

    @pytest.mark.parametrize("chunk", ["text", None, 1, [1, 2], {}])
    async def test_a_chunk_that_is_no_buffer_is_a_type_error(self, chunk: object) -> None:
        with pytest.raises(TypeError):
            await decoded([chunk])

    @pytest.mark.parametrize("label", ["shift_jis", "gb18030", "iso-2022-jp", "euc-kr"])
    async def test_other_tasks_have_their_turn_while_a_chunk_full_of_errors_is_decoded(
        self, label: str
    ) -> None:
        data = b"a\xff" * 20_000
        turns = 0

        async def count_turns() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0)
                turns += 1

        counting = asyncio.create_task(count_turns())
        stream = ReadableStream.from_([data]).pipeThrough(TextDecoderStream(label))
        assert [chunk async for chunk in stream] == [TextDecoder(label).decode(data)]
        counting.cancel()
        assert turns > 10

    async def test_any_buffer_is_one(self) -> None:
        chunks: Sequence[object] = [
            bytearray(b"a"),
            memoryview(b"-bc-")[1:-1],
            memoryview(b"d.e")[::2],
        ]
        assert "".join(await decoded(chunks)) == "abcde"


@spec("https://encoding.spec.whatwg.org/#flush-and-enqueue")
class TestFlushAndEnqueue:
    @each_encoding
    @pytest.mark.parametrize("end", [b"\xe2\x82", b"\x81", b"\x1b$", b"\x81\x30\x81", b"\x00\xd8"])
    async def test_a_character_without_its_end_is_what_it_is_for_a_text_decoder(
        self, label: str, end: bytes
    ) -> None:
        assert "".join(await decoded([end], label)) == TextDecoder(label).decode(end)

    async def test_it_is_a_type_error_if_it_is_fatal(self) -> None:
        for label, end in [("utf-8", b"\xe2\x82"), ("shift_jis", b"\x82"), ("utf-16le", b"\x00")]:
            with pytest.raises(TypeError, match="(?i)" + label):
                await decoded([b"\x41\x00", end], label, fatal=True)
