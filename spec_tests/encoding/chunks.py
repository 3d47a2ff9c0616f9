"""Decoding in pieces. A decoder that sees one byte at a time has no run to give to a codec: it
takes the standard's steps.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from worker_runtime import TextDecoder


def decode_in_chunks(label: str, chunks: Iterable[bytes]) -> str:
    decoder = TextDecoder(label, ignoreBOM=True)
    return "".join([decoder.decode(chunk, stream=True) for chunk in chunks]) + decoder.decode()


def decode_byte_by_byte(label: str, input: bytes) -> str:
    return decode_in_chunks(
        label, (input[position : position + 1] for position in range(len(input)))
    )


def borders_that_matter(label: str, input: bytes) -> list[int]:
    """Where cutting the input in two gives something else than taking it byte by byte, which should
    be nowhere.
    """
    expected = decode_byte_by_byte(label, input)
    return [
        cut
        for cut in range(len(input) + 1)
        if decode_in_chunks(label, (input[:cut], input[cut:])) != expected
    ]


def mixtures(pieces: list[bytes], count: int) -> Iterable[bytes]:
    """Short and long random mixtures of pieces, the same in each run."""
    random = Random(1)
    for _ in range(count):
        yield b"".join(random.choices(pieces, k=random.choice([1, 2, 3, 5, 8, 30])))
