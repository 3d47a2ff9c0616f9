"""Streams that the tests of brotli share, and what decodes them in pieces."""

from __future__ import annotations

from collections.abc import Sequence

from worker_runtime.brotli.decoder import decode
from worker_runtime.brotli.encoder import Encoder

BOTTLES = b"".join(b"%d bottles of beer, " % number for number in range(60))

# What brotliCompressSync of node 20 makes of some data.
STREAMS: dict[str, tuple[bytes, bytes]] = {
    "nothing": (b"", bytes.fromhex("3b")),
    "words of the dictionary": (
        b"Hello, world! The quick brown fox. https://www.example.com/ information development",
        bytes.fromhex(
            "1b5200608c94aadba306a13243d3212e6f789021070e5f4491649af3f0b9ba22255d631e5a850b7e7c4845"
            "5e2d162500f4ee825872"
        ),
    ),
    "zeros": (bytes(1_000_000), bytes.fromhex("5b3f428f7f02201e0b04f2731e00")),
    "a small window": (b"abc" * 2000, bytes.fromhex("a178bbc02f192636169f0501270f001a")),
    "quality 5": (
        BOTTLES,
        bytes.fromhex(
            "1ba50400c45a5ba92efd82f3f9b42aac4938d043150e00028ac31a1ee45d04d4f6ddea9e6bbdfdd7"
            "7c3a747fa33083108c60c7811357e2c25250505050505050208aa2288aa2288a9224499224499224"
            "cbb22ccbb22ccb8aa2288aa2288a02"
        ),
    ),
    "quality 11": (
        BOTTLES,
        bytes.fromhex(
            "1ba504f81d076e2ccd5362d279940e0e49036caf9362656f1e63ebeabb9765a197986299a9e60222"
            "9872d1e53f1a36a4b21008c108068bc34fcc025192158d56872fb6204ab2a2d1eaf0a51644495634"
            "5a1dbedc8228c98a46abc3575a102559d1687578"
        ),
    ),
    "quality 1": (
        bytes(number * number * 37 & 255 for number in range(64)),
        bytes.fromhex(
            "8b1f800025944d509d341540b5747dd06d548500c5d42dd0bdf4754055b45d508d14e50065140d50"
            "ddb4d540f5f43dd0add445000554edd0fd74354095341d50cd94a503"
        ),
    ),
}


def decoded(pieces: Sequence[bytes]) -> tuple[bytes, bytes | None]:
    """All output, and what stood behind the end, or None if the end did not come."""
    stream = decode()
    next(stream)
    output = []
    try:
        for piece in pieces:
            got = stream.send(piece)
            while got != b"":
                output.append(got or b"")
                got = next(stream)
    except StopIteration as end:
        return b"".join(output), end.value
    return b"".join(output), None


def encoded(pieces: Sequence[bytes]) -> bytes:
    """What the encoder makes of some data."""
    encoder = Encoder()
    steps = [step for piece in pieces for step in encoder.compress(piece)]
    return b"".join([*steps, *encoder.flush()])


def stream_of(bits: str) -> bytes:
    """The bytes of some bits, which are written in the order in which they are read; blanks count
    for nothing.
    """
    bits = bits.replace(" ", "")
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[start : start + 8][::-1], 2) for start in range(0, len(bits), 8))
