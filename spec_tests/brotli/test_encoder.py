"""RFC 7932, 11: what the encoder makes, read by our decoder and by node."""

from __future__ import annotations

import shutil
import subprocess
import zlib
from random import Random

import pytest

from worker_runtime.brotli.encoder import META_BLOCK_LENGTH, Command, Encoder

from .streams import BOTTLES, decoded, encoded

spec = pytest.mark.spec

DATA = {
    "nothing": b"",
    "a byte": b"a",
    "few symbols": b"abacabad" * 3,
    "text": BOTTLES,
    "zeros": bytes(300_000),
    "what cannot be compressed": Random(1).randbytes(200_000),
    "both": Random(2).randbytes(40_000) + BOTTLES * 30 + Random(3).randbytes(40_000) + BOTTLES * 30,
    "what repeats itself from far": Random(4).randbytes(60_000) * 3,
    "words": b" ".join(Random(5).choices([b"%d" % number for number in range(1000)], k=60_000)),
}
each_data = pytest.mark.parametrize("data", DATA.values(), ids=DATA)


def node_decoded(data: bytes) -> bytes:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not here")
    script = (
        "process.stdout.write(require('zlib').brotliDecompressSync(require('fs').readFileSync(0)))"
    )
    return subprocess.run(
        [node, "-e", script], input=data, stdout=subprocess.PIPE, check=True, timeout=60
    ).stdout


@spec("https://www.rfc-editor.org/rfc/rfc7932#section-11")
class TestEncoder:
    @each_data
    def test_our_decoder_understands_it(self, data: bytes) -> None:
        assert decoded([encoded([data])]) == (data, b"")

    @each_data
    def test_so_does_that_of_node(self, data: bytes) -> None:
        assert node_decoded(encoded([data])) == data

    def test_it_does_not_matter_in_which_pieces_the_data_comes(self) -> None:
        data = DATA["both"]
        assert encoded([data[at : at + 999] for at in range(0, len(data), 999)]) == encoded([data])

    @each_data
    def test_it_is_hardly_longer_than_the_data(self, data: bytes) -> None:
        assert len(encoded([data])) <= len(data) + 6 + 4 * (len(data) // META_BLOCK_LENGTH)

    def test_it_is_about_as_short_as_that_of_zlib(self) -> None:
        for data in (DATA["text"], DATA["words"], DATA["zeros"]):
            assert len(encoded([data])) < 1.1 * len(zlib.compress(data))

    def test_output_comes_with_each_meta_block(self) -> None:
        encoder = Encoder()
        assert b"".join(encoder.compress(bytes(META_BLOCK_LENGTH - 1))) == b""
        assert b"".join(encoder.compress(b"0")) != b""


@spec("https://www.rfc-editor.org/rfc/rfc7932#section-2")
class TestCommand:
    def test_is_a_record_of_lengths_and_a_distance(self) -> None:
        assert Command(1, 2, 3)._asdict() == {"insert_length": 1, "copy_length": 2, "distance": 3}
