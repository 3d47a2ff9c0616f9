"""Content codings: gzip, deflate, br and zstd, in pieces, in several layers, broken, and as
bombs.
"""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest

from worker_runtime.compression.decompression_contexts import OUTPUT_LENGTH
from worker_runtime.fetch.content_codings import (
    CodingFailure,
    ContentDecoder,
    content_decoder,
    is_acceptable,
)

from ..brotli.streams import encoded as brotli_encoded, stream_of
from ..zstandard.streams import block_of, frame_of

spec = pytest.mark.spec

# b"hello" * 99, by brotliCompressSync of node 20 and by zstd 1.5.4, and 64 MiB of zeros.
BROTLI_HELLO = bytes.fromhex("1bee01f8a5cbd0d8de046b5100a9d4")
ZSTANDARD_HELLO = bytes.fromhex("28b52ffd04586500002868656c6c6f0100e7508b16749cf0c3")
BROTLI_BOMB = bytes.fromhex(
    "cbffff3ff82700e2b14020f7fe8fffff7ff04f00c4611180eefd1fffffffe09f0088c30200ddfb3ffeffffc1"
    "3f0110870500baf77ffcffff837f02200e0b0074effff8ffff07ff04401c1600e8defff1ffff0ffe0980382c"
    "00d0bdffcbffff3ffc1300715800a07bff07"
)
ZSTANDARD_BOMB = bytes.fromhex("28b52ffd0058") + bytes.fromhex("02001000") * 512


def decoder_of(*codings: str) -> ContentDecoder:
    decoder = content_decoder(list(codings), ["*"])
    assert decoder is not None
    return decoder


def pieces_of(decoder: ContentDecoder, data: bytes) -> Iterator[bytes]:
    """What comes of some content; no bytes where others have their turn."""
    decoder.receive(data)
    while (piece := decoder.next_piece()) is not None:
        yield piece


def decoded(codings: list[str], *pieces: bytes) -> bytes:
    decoder = decoder_of(*codings)
    output = b"".join(chunk for piece in pieces for chunk in pieces_of(decoder, piece))
    decoder.end()
    return output


def raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(data) + compressor.flush()


@spec("https://fetch.spec.whatwg.org/#handle-content-codings")
class TestContentDecoder:
    @pytest.mark.parametrize("coding, data", [
        ("gzip", gzip.compress(b"hello" * 99)), ("x-gzip", gzip.compress(b"hello" * 99)),
        ("deflate", zlib.compress(b"hello" * 99)),
        ("deflate", raw_deflate(b"hello" * 99)), ("GZIP", gzip.compress(b"hello" * 99)),
        ("br", BROTLI_HELLO), ("zstd", ZSTANDARD_HELLO),
    ])  # fmt: skip
    def test_decodes_content_however_it_is_cut(self, coding: str, data: bytes) -> None:
        assert decoded([coding], data) == b"hello" * 99
        assert decoded([coding], *(data[i : i + 1] for i in range(len(data)))) == b"hello" * 99

    def test_undoes_the_last_coding_first(self) -> None:
        assert decoded(["deflate", "gzip"], gzip.compress(zlib.compress(b"hello"))) == b"hello"

    def test_reads_every_member_of_a_gzip_file(self) -> None:
        assert decoded(["gzip"], gzip.compress(b"one, ") + gzip.compress(b"two")) == b"one, two"

    def test_reads_every_frame_of_zstd(self) -> None:
        skippable = bytes.fromhex("502a4d1803000000616263")
        assert decoded(["zstd"], ZSTANDARD_HELLO + skippable + ZSTANDARD_HELLO) == b"hello" * 198
        with pytest.raises(CodingFailure, match="begins with"):
            decoded(["zstd"], ZSTANDARD_HELLO + b"more")
        with pytest.raises(CodingFailure, match="ends in the middle"):
            decoded(["zstd"], ZSTANDARD_HELLO + ZSTANDARD_HELLO[:3])

    @pytest.mark.parametrize(
        "coding, data", [("gzip", gzip.compress(b"hello" * 99)), ("br", BROTLI_HELLO)]
    )
    def test_ignores_what_stands_behind_the_end(self, coding: str, data: bytes) -> None:
        assert decoded([coding], data + b"\0\0\0", b"more") == b"hello" * 99

    @pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
    def test_expects_nothing_of_no_content(self, coding: str) -> None:
        assert decoded([coding]) == b""

    @pytest.mark.parametrize("coding, data", [
        ("gzip", gzip.compress(b"hello" * 99)), ("br", BROTLI_HELLO), ("zstd", ZSTANDARD_HELLO),
    ])  # fmt: skip
    def test_content_that_ends_in_the_middle_is_a_failure(self, coding: str, data: bytes) -> None:
        for length in range(1, len(data)):
            with pytest.raises(CodingFailure, match="ends in the middle"):
                decoded([coding], data[:length])

    @pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
    def test_content_that_is_something_else_is_a_failure(self, coding: str) -> None:
        with pytest.raises(CodingFailure, match=f"not {coding}"):
            decoded([coding], b"<html>hello hello</html>")

    @pytest.mark.parametrize("codings, bomb", [
        (["gzip"], gzip.compress(bytes(1 << 26))), (["br"], BROTLI_BOMB),
        (["zstd"], ZSTANDARD_BOMB),
        (["gzip", "gzip"], gzip.compress(gzip.compress(bytes(1 << 26)))),
        (["deflate", "br"], brotli_encoded([zlib.compress(bytes(1 << 26))])),
    ], ids=range(5))  # fmt: skip
    def test_a_bomb_goes_off_in_small_pieces(self, codings: list[str], bomb: bytes) -> None:
        lengths = [len(piece) for piece in pieces_of(decoder_of(*codings), bomb)]
        assert sum(lengths) == 1 << 26
        assert max(lengths) <= OUTPUT_LENGTH

    def test_a_bomb_of_four_layers_holds_no_more_than_a_piece_for_each(self) -> None:
        bomb = bytes(1 << 24)
        for _ in range(4):
            bomb = gzip.compress(bomb)
        decoder = decoder_of(*["gzip"] * 4)
        tracemalloc.start()
        try:
            assert sum(map(len, pieces_of(decoder, bomb))) == 1 << 24
            assert tracemalloc.get_traced_memory()[1] < 20 * OUTPUT_LENGTH
        finally:
            tracemalloc.stop()

    @pytest.mark.parametrize("coding, silence", [
        ("gzip", gzip.compress(b"")[:10] + bytes.fromhex("000000ffff") * (1 << 18)),
        ("deflate", bytes.fromhex("789c") + bytes.fromhex("000000ffff") * (1 << 18)),
        ("br", stream_of("0  0 11 0 11" + 24 * "1") + bytes(1 << 24)),
        ("zstd", bytes.fromhex("502a4d18") + (1 << 21).to_bytes(4, "little") + bytes(1 << 21)),
    ], ids=["gzip", "deflate", "br", "zstd"])  # fmt: skip
    def test_layers_that_come_to_nothing_are_a_failure(self, coding: str, silence: bytes) -> None:
        with pytest.raises(CodingFailure, match="much shorter"):
            decoded([coding, "gzip"], gzip.compress(silence, 1))

    @pytest.mark.parametrize("codings, content", [
        (["gzip"], gzip.compress(b"") * 50_000),
        (["zstd"], bytes.fromhex("502a4d1800000000") * 50_000),
        (["zstd"], frame_of(*[block_of(0, 0, b"")] * 100_000)),
        (["br"], stream_of("0  0 11 0 00") + stream_of("0 11 0 00") * 100_000 + b"\x03"),
        (["gzip", "gzip"], gzip.compress(gzip.compress(b"") * 50_000)),
    ], ids=range(5))  # fmt: skip
    def test_others_have_their_turn_while_nothing_comes_of_it(
        self, codings: list[str], content: bytes
    ) -> None:
        pieces = list(pieces_of(decoder_of(*codings), content))
        assert set(pieces) == {b""}
        assert len(pieces) > 10


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-8.4")
class TestContentDecoderFor:
    @pytest.mark.parametrize("codings", [[], ["identity"], ["compress"], ["gzip", "unknown"]])
    def test_leaves_alone_what_is_unknown(self, codings: list[str]) -> None:
        assert content_decoder(codings, []) is None

    def test_too_many_codings_are_a_failure(self) -> None:
        with pytest.raises(CodingFailure, match="5 codings"):
            content_decoder(["gzip"] * 5, ["*"])

    @pytest.mark.parametrize("codings", [["br"], ["zstd"], ["gzip", "BR"]])
    def test_a_slow_coding_that_was_not_asked_for_is_a_failure(self, codings: list[str]) -> None:
        with pytest.raises(CodingFailure, match="Accept-Encoding"):
            content_decoder(codings, ["gzip", "deflate"])


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3")
class TestIsAcceptable:
    @pytest.mark.parametrize("accepted", [
        ["br"], ["BR"], ["gzip", "br;q=0.001"], ["br; q=1"], ["*"], ["*;q=0.5", "gzip;q=0"],
    ])  # fmt: skip
    def test_one_with_a_weight(self, accepted: list[str]) -> None:
        assert is_acceptable("br", accepted)

    @pytest.mark.parametrize(
        "accepted", [[], ["gzip"], ["br;q=0"], ["br; q=0.000", "*"], ["*;q=0"]]
    )
    def test_without_one_it_is_not(self, accepted: list[str]) -> None:
        assert not is_acceptable("br", accepted)
