"""Content codings: gzip and deflate, in pieces, in several layers, broken, and as bombs."""

from __future__ import annotations

import gzip
import zlib

import pytest

from worker_runtime.fetch.content_codings import OUTPUT_LENGTH, CodingFailure, content_decoder

spec = pytest.mark.spec


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
    ])  # fmt: skip
    def test_decodes_content_however_it_is_cut(self, coding: str, data: bytes) -> None:
        assert decoded([coding], data) == b"hello" * 99
        assert decoded([coding], *(data[i : i + 1] for i in range(len(data)))) == b"hello" * 99

    def test_undoes_the_last_coding_first(self) -> None:
        assert decoded(["deflate", "gzip"], gzip.compress(zlib.compress(b"hello"))) == b"hello"

    def test_reads_every_member_of_a_gzip_file(self) -> None:
        assert decoded(["gzip"], gzip.compress(b"one, ") + gzip.compress(b"two")) == b"one, two"

    def test_ignores_what_stands_behind_the_end(self) -> None:
        assert decoded(["gzip"], gzip.compress(b"one") + b"\0\0\0") == b"one"

    def test_expects_nothing_of_no_content(self) -> None:
        assert decoded(["gzip"]) == b""

    def test_content_that_ends_in_the_middle_is_a_failure(self) -> None:
        with pytest.raises(CodingFailure, match="ends in the middle"):
            decoded(["gzip"], gzip.compress(b"hello" * 99)[:-9])

    def test_content_that_is_something_else_is_a_failure(self) -> None:
        with pytest.raises(CodingFailure, match="not gzip"):
            decoded(["gzip"], b"hello hello hello")

    def test_a_bomb_goes_off_in_small_pieces(self) -> None:
        decoder = content_decoder(["gzip", "gzip"])
        assert decoder is not None
        bomb = gzip.compress(gzip.compress(bytes(1 << 26)))
        pieces = decoder.decode(bomb)
        assert all(len(next(pieces)) <= OUTPUT_LENGTH for _ in range(100))


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-8.4")
class TestContentDecoderFor:
    @pytest.mark.parametrize("codings", [[], ["identity"], ["br"], ["gzip", "unknown"]])
    def test_leaves_alone_what_nobody_knows(self, codings: list[str]) -> None:
        assert content_decoder(codings) is None

    def test_too_many_codings_are_a_failure(self) -> None:
        with pytest.raises(CodingFailure, match="5 codings"):
            content_decoder(["gzip"] * 5)
