"""permessage-deflate: what is agreed on, and what messages become."""

from __future__ import annotations

import zlib
from random import Random

import pytest

from worker_runtime.websocket_protocol.frames import CloseCode, ConnectionFailure
from worker_runtime.websocket_protocol.handshake import parse_extensions
from worker_runtime.websocket_protocol.permessage_deflate import (
    PIECE_LENGTH, Compressor, Decompressor, DeflateParameters, InvalidParameters,
    accept_a_response, accept_an_offer,
)  # fmt: skip

spec = pytest.mark.spec
# of https://www.rfc-editor.org/rfc/rfc7692#section-7.2.3.1
RAW_HELLO = bytes.fromhex("f248cdc9c90700")


@spec("https://www.rfc-editor.org/rfc/rfc7692#section-7.1.2.1")
class TestAcceptAnOffer:
    @pytest.mark.parametrize(
        "offer, answer",
        [("permessage-deflate", "permessage-deflate"),
         ("permessage-deflate; client_max_window_bits", "permessage-deflate"),
         ("permessage-deflate; client_max_window_bits=10",
             "permessage-deflate; client_max_window_bits=10"),
         ("permessage-deflate; server_max_window_bits=\"9\"",
             "permessage-deflate; server_max_window_bits=9"),
         ("permessage-deflate; server_no_context_takeover; client_no_context_takeover",
          "permessage-deflate; server_no_context_takeover; client_no_context_takeover"),
         (
             "x-other, permessage-deflate; unknown, permessage-deflate; server_max_window_bits=8, "
             "permessage-deflate",
         "permessage-deflate")],
    )  # fmt: skip
    def test_the_first_that_can_be_done_is_accepted(self, offer: str, answer: str) -> None:
        accepted = accept_an_offer(parse_extensions(offer), keeps_contexts=True)
        assert accepted is not None
        assert accepted[1] == answer

    @pytest.mark.parametrize(
        "server", ["", *(f"; server_max_window_bits={bits}" for bits in range(8, 16))]
    )
    @pytest.mark.parametrize(
        "client",
        [
            "",
            "; client_max_window_bits",
            *(f"; client_max_window_bits={bits}" for bits in range(8, 16)),
        ],
    )
    @pytest.mark.parametrize(
        "contexts", ["", "; server_no_context_takeover", "; client_no_context_takeover"]
    )
    def test_what_is_said_of_every_offer(self, server: str, client: str, contexts: str) -> None:
        accepted = accept_an_offer(
            parse_extensions(f"permessage-deflate{contexts}{server}{client}"), keeps_contexts=True
        )
        if server.endswith("=8"):
            assert accepted is None
            return
        assert accepted is not None
        parameters, words = accepted
        said = parse_extensions(words)[0]
        names = {name for name, _ in said.parameters}
        assert accept_a_response(said) == parameters
        assert "server_max_window_bits" in names or not server
        assert "client_max_window_bits" not in names or client
        assert "server_no_context_takeover" in names or "server" not in contexts
        assert parameters.server_max_window_bits == int(server[-2:].strip("=") or 15)
        assert parameters.client_max_window_bits == (
            int(client[-2:].strip("=")) if "=" in client else 15
        )

    def test_contexts_are_not_kept_unless_that_is_wanted(self) -> None:
        accepted = accept_an_offer(parse_extensions("permessage-deflate"))
        assert accepted == (
            DeflateParameters(True, True),
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        )  # fmt: skip

    @pytest.mark.parametrize(
        "parameters",
        ["server_no_context_takeover=1", "server_max_window_bits", "server_max_window_bits=7",
            "server_max_window_bits=16",
         "server_max_window_bits=09", "client_max_window_bits=x",
         "client_max_window_bits; client_max_window_bits", "other", "server_max_window_bits=",
         "server_max_window_bits=+9", "server_max_window_bits=9.0", "server_max_window_bits=-9",
         "client_max_window_bits=7", "client_max_window_bits=16", "client_max_window_bits=100",
         "client_no_context_takeover=true",
         "server_no_context_takeover; server_no_context_takeover",
         "client_no_context_takeover; client_no_context_takeover",
         "server_max_window_bits=9; server_max_window_bits=9", "Server_max_window_bits=9"],
    )  # fmt: skip
    def test_what_is_invalid_is_declined(self, parameters: str) -> None:
        try:
            offers = parse_extensions(
                f"permessage-deflate; {parameters}, permessage-deflate; server_no_context_takeover"
            )
        except ValueError:
            assert parameters.endswith("=")  # then the whole handshake is none
            return
        assert accept_an_offer(offers[:1]) is None
        assert accept_an_offer(offers) == accept_an_offer(offers[1:])

    @pytest.mark.parametrize(
        "name",
        ["permessage_deflate", "Permessage-Deflate", "x-webkit-deflate-frame", "permessage-bzip2"],
    )
    def test_other_extensions_are_declined(self, name: str) -> None:
        assert accept_an_offer(parse_extensions(name)) is None


@spec("https://www.rfc-editor.org/rfc/rfc7692#section-7.1.2.2")
class TestAcceptAResponse:
    def test_all_four_parameters(self) -> None:
        response = (
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
            "server_max_window_bits=8; client_max_window_bits=12"
        )
        assert accept_a_response(parse_extensions(response)[0]) == DeflateParameters(
            True, True, 8, 12
        )

    @pytest.mark.parametrize(
        "parameters",
        ["client_max_window_bits", "client_max_window_bits=7", "x", "client_no_context_takeover=0",
            "server_max_window_bits",
         "server_max_window_bits=16", "server_max_window_bits=08",
         "server_max_window_bits=9; server_max_window_bits=9",
         "server_no_context_takeover; server_no_context_takeover",
         "client_max_window_bits=9; client_max_window_bits=10"],
    )  # fmt: skip
    def test_invalid_ones_fail(self, parameters: str) -> None:
        with pytest.raises(InvalidParameters):
            accept_a_response(parse_extensions(f"permessage-deflate; {parameters}")[0])


@spec("https://www.rfc-editor.org/rfc/rfc7692#section-7.2.1")
class TestCompressor:
    def test_the_example_of_the_standard(self) -> None:
        compressor = Compressor(15, no_context_takeover=False)
        assert compressor.compress(b"Hello") == RAW_HELLO
        assert compressor.compress(b"Hello") == bytes.fromhex("f200110000")

    def test_without_context_each_message_stands_alone(self) -> None:
        compressor = Compressor(15, no_context_takeover=True)
        assert compressor.compress(b"a" * 1000) == compressor.compress(b"a" * 1000)
        assert compressor.compress(b"Hello") is None

    def test_a_window_that_zlib_does_not_have_leaves_messages_as_they_are(self) -> None:
        assert Compressor(8, no_context_takeover=False).compress(b"a" * 1000) is None
        assert Compressor(8, no_context_takeover=False).compress_in_pieces([b"a" * 1000]) is None

    @pytest.mark.parametrize("takeover", [False, True])
    def test_a_message_in_pieces_is_one_message(self, takeover: bool) -> None:
        compressor, decompressor = Compressor(15, not takeover), Decompressor(15, not takeover)
        for _ in range(2):
            pieces = compressor.compress_in_pieces([b"Hello" * 200, b"", b"world" * 200])
            assert pieces is not None
            message = b"".join(decompressor.decompress(b"".join(pieces), 1 << 20))
            assert message == b"Hello" * 200 + b"world" * 200


@spec("https://www.rfc-editor.org/rfc/rfc7692#section-7.2.2")
class TestDecompressor:
    @pytest.mark.parametrize("takeover", [False, True])
    @pytest.mark.parametrize("window_bits", [9, 12, 15])
    def test_what_was_compressed_comes_back(self, takeover: bool, window_bits: int) -> None:
        compressor, decompressor = (
            Compressor(window_bits, not takeover),
            Decompressor(window_bits, not takeover),
        )
        for message in (b"Hello" * 200, b"", b"Hello" * 200, bytes(100_000)):
            compressed = compressor.compress(message)
            if compressed is not None:
                assert b"".join(decompressor.decompress(compressed, 1 << 20)) == message

    # https://www.rfc-editor.org/rfc/rfc7692#section-7.2.3
    @pytest.mark.parametrize(
        "data",
        ["f248cdc9c90700", "000500faff48656c6c6f00", "f348cdc9c9070000",
            "f24805000000ffffcac9c90700"],
    )  # fmt: skip
    def test_the_examples_of_the_standard(self, data: str) -> None:
        decompressor = Decompressor(15, no_context_takeover=False)
        assert b"".join(decompressor.decompress(bytes.fromhex(data), 100)) == b"Hello"

    def test_no_more_than_the_limit_is_decompressed(self) -> None:
        bomb = zlib.compressobj(wbits=-15)
        data = bomb.compress(bytes(100_000_000)) + bomb.flush(zlib.Z_SYNC_FLUSH)
        decompressor = Decompressor(15, no_context_takeover=False)
        with pytest.raises(ConnectionFailure, match="too long") as failure:
            list(decompressor.decompress(data, 1000))
        assert failure.value.code == CloseCode.MESSAGE_TOO_BIG

    def test_what_is_not_deflate_fails(self) -> None:
        with pytest.raises(ConnectionFailure, match="cannot be decompressed"):
            list(Decompressor(15, no_context_takeover=False).decompress(b"\xff\xff\xff", 100))

    @pytest.mark.parametrize("takeover", [False, True])
    @pytest.mark.parametrize("size", [0, PIECE_LENGTH - 1, PIECE_LENGTH, PIECE_LENGTH + 1, 999_999])
    def test_it_comes_in_pieces(self, size: int, takeover: bool) -> None:
        compressor, decompressor = Compressor(15, not takeover), Decompressor(15, not takeover)
        for message in (bytes(size), Random(size).randbytes(size), b"Hello" * 100):
            compressed = compressor.compress(message)
            if compressed is not None:
                pieces = list(decompressor.decompress(compressed, size + 500))
                assert b"".join(pieces) == message
                assert all(0 < len(piece) <= PIECE_LENGTH for piece in pieces)

    def test_many_streams_in_a_message(self) -> None:
        # https://www.rfc-editor.org/rfc/rfc7692#section-7.2.3.4
        final_block = bytes.fromhex("f348cdc9c90700")
        decompressor = Decompressor(15, no_context_takeover=False)
        message = b"".join(decompressor.decompress(final_block * 20_000 + b"\0", 1 << 20))
        assert message == b"Hello" * 20_000
