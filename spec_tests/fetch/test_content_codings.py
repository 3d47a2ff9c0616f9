"""Content codings: gzip, deflate, br and zstd, in pieces, in several layers, broken, and as bombs."""

from __future__ import annotations

import gzip
import zlib

import pytest

from worker_runtime.fetch.content_codings import OUTPUT_LENGTH, CodingFailure, content_decoder

spec = pytest.mark.spec

# b"hello" * 99, by brotliCompressSync of node 20 and by zstd 1.5.4, and 64 MiB of zeros.
BROTLI_HELLO = bytes.fromhex("1bee01f8a5cbd0d8de046b5100a9d4")
ZSTANDARD_HELLO = bytes.fromhex("28b52ffd04586500002868656c6c6f0100e7508b16749cf0c3")
BROTLI_BOMB = bytes.fromhex(
    "cbffff3ff82700e2b14020f7fe8fffff7ff04f00c4611180eefd1fffffffe09f0088c30200ddfb3ffeffffc13f0110870500baf77ffcffff837f02200e0b0074"
    "effff8ffff07ff04401c1600e8defff1ffff0ffe0980382c00d0bdffcbffff3ffc1300715800a07bff07"
)
ZSTANDARD_BOMB = bytes.fromhex("28b52ffd0058") + bytes.fromhex("02001000") * 512


def decoded(codings: list[str], *pieces: bytes) -> bytes:
    decoder = content_decoder(codings)
    assert decoder is not None
    output = b"".join(chunk for piece in pieces for chunk in decoder.decode(piece))
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

    def test_a_bomb_goes_off_in_small_pieces(self) -> None:
        decoder = content_decoder(["gzip", "gzip"])
        assert decoder is not None
        bomb = gzip.compress(gzip.compress(bytes(1 << 26)))
        pieces = decoder.decode(bomb)
        assert all(len(next(pieces)) <= OUTPUT_LENGTH for _ in range(100))

    @pytest.mark.parametrize("coding, bomb", [("br", BROTLI_BOMB), ("zstd", ZSTANDARD_BOMB)])
    def test_so_does_a_bomb_of_another_coding(self, coding: str, bomb: bytes) -> None:
        decoder = content_decoder([coding])
        assert decoder is not None
        pieces = decoder.decode(bomb)
        assert all(len(next(pieces)) <= OUTPUT_LENGTH for _ in range(100))


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-8.4")
class TestContentDecoderFor:
    @pytest.mark.parametrize("codings", [[], ["identity"], ["compress"], ["gzip", "unknown"]])
    def test_leaves_alone_what_nobody_knows(self, codings: list[str]) -> None:
        assert content_decoder(codings) is None

    def test_too_many_codings_are_a_failure(self) -> None:
        with pytest.raises(CodingFailure, match="5 codings"):
            content_decoder(["gzip"] * 5)
