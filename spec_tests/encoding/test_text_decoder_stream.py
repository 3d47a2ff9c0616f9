"""Encoding Standard, 7.5."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from spec_tests.streams.recording import collect
from worker_runtime import RangeError, ReadableStream, TextDecoder, TextDecoderStream, WritableStream
from worker_runtime.encoding.names_and_labels import ENCODINGS, REPLACEMENT
from worker_runtime.encoding.text_decoder_stream import set_up_a_text_decoder_stream
from worker_runtime.webidl.interfaces import new

spec = pytest.mark.spec

TEXT = "z\xa2\u6c34\U0001d11e\U0010fffd"
CODECS = {"utf-8": "utf-8", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be", "gb18030": "gb18030"}


def single_bytes(data: bytes) -> list[bytes]:
    return [bytes([byte]) for byte in data]


async def decoded(chunks: Iterable[object], stream: TextDecoderStream | None = None) -> list[str]:
    return await collect(ReadableStream.from_(chunks).pipeThrough(stream or TextDecoderStream()))


@spec("https://encoding.spec.whatwg.org/#textdecoderstream")
class TestTextDecoderStream:
    async def test_says_how_it_decodes_and_has_two_sides(self) -> None:
        stream = TextDecoderStream("Shift_JIS", fatal=True, ignoreBOM=True)
        assert (stream.encoding, stream.fatal, stream.ignoreBOM) == ("shift_jis", True, True)
        assert isinstance(stream.readable, ReadableStream) and isinstance(stream.writable, WritableStream)


@spec("https://encoding.spec.whatwg.org/#dom-textdecoderstream")
class TestConstructor:
    async def test_decodes_utf_8_and_replaces_if_nothing_is_said(self) -> None:
        stream = TextDecoderStream()
        assert (stream.encoding, stream.fatal, stream.ignoreBOM) == ("utf-8", False, False)

    @pytest.mark.parametrize("label", ["", "utf-99", "utf-8\x00", "\ud800", *REPLACEMENT.labels.split()], ids=ascii)
    async def test_a_label_without_a_decoder_is_a_range_error(self, label: str) -> None:
        with pytest.raises(RangeError):
            TextDecoderStream(label)

    @pytest.mark.parametrize("label", [None, b"utf-8"])
    async def test_what_is_no_string_is_a_type_error(self, label: Any) -> None:
        with pytest.raises(TypeError):
            TextDecoderStream(label)

    def test_needs_a_running_loop_and_says_so(self) -> None:
        with pytest.raises(RuntimeError, match="running event loop"):
            TextDecoderStream()


@spec("https://encoding.spec.whatwg.org/#set-up-a-text-decoder-stream")
class TestSetUpATextDecoderStream:
    async def test_makes_a_new_stream_one_of_utf_8(self) -> None:
        stream = new(TextDecoderStream)
        set_up_a_text_decoder_stream(stream)
        assert (stream.encoding, stream.fatal, stream.ignoreBOM) == ("utf-8", False, False)
        assert await decoded([b"\xef\xbb\xbfa\xff"], stream) == ["a\ufffd"]


@spec("https://encoding.spec.whatwg.org/#decode-and-enqueue-a-chunk")
class TestDecodeAndEnqueueAChunk:
    @pytest.mark.parametrize("label, codec", CODECS.items())
    async def test_a_character_may_come_in_pieces(self, label: str, codec: str) -> None:
        input = TEXT.encode(codec)
        assert "".join(await decoded(single_bytes(input), TextDecoderStream(label, fatal=True))) == TEXT
        for cut in range(len(input) + 1):
            chunks = [input[:cut], b"", input[cut:]]
            assert "".join(await decoded(chunks, TextDecoderStream(label, fatal=True))) == TEXT

    @pytest.mark.parametrize("label", [encoding.name for encoding in ENCODINGS if encoding is not REPLACEMENT])
    async def test_borders_do_not_matter_in_any_encoding(self, label: str) -> None:
        input = bytes(range(256))
        assert "".join(await decoded(single_bytes(input), TextDecoderStream(label))) == TextDecoder(label).decode(input)

    async def test_a_chunk_waits_for_the_rest_of_a_character(self) -> None:
        assert await decoded([b"a\xe6", b"\xb0", b"", b"\xb4b"]) == ["a", "\u6c34b"]

    async def test_wrong_bytes_are_replaced(self) -> None:
        assert await decoded([b"\xe6", b"a\xff"]) == ["\ufffda\ufffd"]

    @pytest.mark.parametrize("label, codec", list(CODECS.items())[:3])
    async def test_only_the_first_byte_order_mark_goes(self, label: str, codec: str) -> None:
        chunks = single_bytes("\ufeff\ufeffa".encode(codec))
        assert "".join(await decoded(chunks, TextDecoderStream(label))) == "\ufeffa"
        assert "".join(await decoded(chunks, TextDecoderStream(label, ignoreBOM=True))) == "\ufeff\ufeffa"

    async def test_wrong_bytes_are_a_type_error_if_that_is_fatal(self) -> None:
        stream = TextDecoderStream(fatal=True)
        reader, writer = stream.readable.getReader(), stream.writable.getWriter()
        first, written = reader.read(), [writer.write(b"a"), writer.write(b"b\xff")]
        assert await first == ("a", False)
        await written[0]
        for promise in (written[1], reader.read(), reader.closed, writer.closed):
            with pytest.raises(TypeError, match="UTF-8"):
                await promise

    @pytest.mark.parametrize("chunk", ["text", None, 1, {}], ids=repr)
    async def test_what_is_no_buffer_is_a_type_error(self, chunk: object) -> None:
        with pytest.raises(TypeError):
            await decoded([chunk])

    @pytest.mark.parametrize("chunk", [bytearray(b"abc"), memoryview(b"xabcx")[1:4]], ids=["bytearray", "part"])
    async def test_a_chunk_is_any_buffer(self, chunk: object) -> None:
        assert await decoded([chunk]) == ["abc"]

    async def test_the_official_vectors_are_fatal(self, wpt_data: Callable[[str], Any]) -> None:
        for vector in wpt_data("encoding/textdecoder-fatal.json")["data"]["bad"]:
            input = bytes(vector["input"])
            for chunks in ([input], single_bytes(input)):
                with pytest.raises(TypeError):
                    await decoded(chunks, TextDecoderStream(vector["encoding"], fatal=True))


@spec("https://encoding.spec.whatwg.org/#flush-and-enqueue")
class TestFlushAndEnqueue:
    @pytest.mark.parametrize(
        "label, input", [("utf-8", b"\xf0\x9d\x84"), ("utf-16le", b"\x00"), ("utf-16le", b"\x34\xd8"), ("shift_jis", b"\x81")]
    )
    async def test_half_a_character_at_the_end_is_replaced_or_a_type_error(self, label: str, input: bytes) -> None:
        for chunks in ([input], single_bytes(input)):
            assert await decoded(chunks, TextDecoderStream(label)) == ["\ufffd"]
            with pytest.raises(TypeError, match="the end is missing"):
                await decoded(chunks, TextDecoderStream(label, fatal=True))

    @pytest.mark.parametrize("chunks", [[], [b""], [b"\xef\xbb\xbf"]])
    async def test_nothing_becomes_nothing(self, chunks: list[bytes]) -> None:
        assert await decoded(chunks, TextDecoderStream(fatal=True)) == []
