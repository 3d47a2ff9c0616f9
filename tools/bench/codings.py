"""Content codings: br and zstd beside zlib, for the same text, decoded and encoded.

The text is words at random, as often as words are used. Ours are Python and zlib is C: the ratio is
what a coding costs that Python's standard library lacks. The row of zstd needs its command, to have
something to decode. The last rows are zeros.
"""

from __future__ import annotations

import shutil
import subprocess
import zlib
from collections.abc import Callable
from functools import partial
from random import Random
from statistics import median
from time import perf_counter

from worker_runtime.brotli.encoder import Encoder
from worker_runtime.brotli.static_dictionary import dictionary
from worker_runtime.fetch.content_codings import content_decoder

ROUNDS = 3
MEGABYTE = 1 << 20
# 64 MiB of zeros, as brotliCompressSync of node 20 writes them, and as blocks of zstd that repeat a
# byte.
ZEROS = 64 * MEGABYTE
BROTLI_BOMB = bytes.fromhex(
    "cbffff3ff82700e2b14020f7fe8fffff7ff04f00c4611180eefd1fffffffe09f0088c30200ddfb3ffeffffc1"
    "3f0110870500baf77ffcffff837f02200e0b0074effff8ffff07ff04401c1600e8defff1ffff0ffe0980382c"
    "00d0bdffcbffff3ffc1300715800a07bff07"
)
ZSTANDARD_BOMB = (
    bytes.fromhex("28b52ffd0058") + bytes.fromhex("02001000") * 511 + bytes.fromhex("03001000")
)

Row = tuple[str, int, Callable[[], object]]


def main() -> None:
    """Print for each row the median of interleaved rounds, and how many times as long as zlib's it
    takes.
    """
    data = text()
    deflated = zlib.compress(data)
    decoding: list[Row] = [("deflate", len(data), lambda: decode("deflate", deflated))]
    packed = brotli_encode(data)
    print(f"the text has {len(data)} bytes: {len(deflated)} with deflate, {len(packed)} with br")
    decoding.append(("br", len(data), lambda: decode("br", packed)))
    if (zstd := shutil.which("zstd")) is not None:
        compressed = zstd_compressed(zstd, data)
        decoding.append(("zstd", len(data), lambda: decode("zstd", compressed)))
    else:
        print("zstd is not here: left out")
    print_rows("decode", decoding)
    print_rows(
        "encode",
        [
            ("deflate", len(data), lambda: zlib.compress(data)),
            ("br", len(data), lambda: brotli_encode(data)),
        ],
    )
    bombs = [
        ("deflate", zlib.compress(bytes(ZEROS))),
        ("br", BROTLI_BOMB),
        ("zstd", ZSTANDARD_BOMB),
    ]
    print_rows(
        "zeros", [(coding, ZEROS, partial(decode, coding, packed)) for coding, packed in bombs]
    )


def text() -> bytes:
    """A megabyte of words of the static dictionary of brotli, the first of which are the most
    frequent.
    """
    words = [dictionary()[start : start + 6] for start in range(28_672, 28_672 + 6 * 2000, 6)]
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    return b" ".join(Random(1).choices(words, weights, k=MEGABYTE // 7))


def brotli_encode(data: bytes) -> bytes:
    """The data as our encoder writes it."""
    encoder = Encoder()
    return b"".join([*encoder.compress(data), *encoder.flush()])


def zstd_compressed(zstd: str, data: bytes) -> bytes:
    """The data as the command writes it, with a window that HTTP allows."""
    return subprocess.run([zstd, "-q", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout


def decode(coding: str, packed: bytes) -> None:
    """Decode as a response is."""
    decoder = content_decoder([coding], [coding])
    assert decoder is not None
    decoder.receive(packed)
    while decoder.next_piece() is not None:
        pass
    decoder.end()


def print_rows(title: str, rows: list[Row]) -> None:
    """The first row is what the others are compared with."""
    times: dict[str, list[float]] = {name: [] for name, _, _ in rows}
    for _ in range(ROUNDS):
        for name, _, run in rows:
            start = perf_counter()
            run()
            times[name].append(perf_counter() - start)
    first = median(times[rows[0][0]])
    for name, length, _ in rows:
        seconds = median(times[name])
        print(
            f"{title:8} {name:28} {seconds * 1000:10.2f} ms {length / seconds / MEGABYTE:10.2f} "
            f"MiB/s {seconds / first:8.1f}"
        )
