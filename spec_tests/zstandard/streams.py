"""Frames that the tests of zstandard share, and what decodes them in pieces."""

from __future__ import annotations

from collections.abc import Sequence

from worker_runtime.zstandard.frames import frame

# What zstd 1.5.4 makes of some data.
FRAMES: dict[str, tuple[bytes, bytes]] = {
    "nothing": (b"", bytes.fromhex("28b52ffd240001000099e9d851")),
    "a short text": (b"Hello, world! " * 2 + b"Hello, world!\n",
        bytes.fromhex("28b52ffd0468ad00007848656c6c6f2c20776f726c6421200a0100114e25708b4b93")),
    "level 3": (
        b"".join(b"%d bottles of beer, " % number for number in range(200)),
        bytes.fromhex(
            "28b52ffd64fa0e050700b20d1f13c025c301160014cb3f2b524a99524a9cb7e0e055555555554444"
            "44444433333333332222222222ffffffbf6ddbb6ddb66ddb92244992dbb66d8b8888888858555555"
            "551511111111d1cccccccc8c88888888c8ffffff6fdbb66db76ddbb6244992e4b66ddb62452377b9"
            "01608040180c0185818020505050180c1180c7a821f8f6efc0a36a3511fc4b787e0ca9dbbbddcddd"
            "eeed6eef767777bbb77bb5d55dbc97150b8ac5c4526211b104b17c583a2c1a962ec39df97fffffff"
            "ffffffffffffff9fcb5db9931bb98fdbb88b9bb8877be2ab2d3017d8c22031ab550101b6852d"
        ),
    ),
    "level 19": (
        b"".join(b"%d bottles of beer, " % number for number in range(200)),
        bytes.fromhex(
            "28b52ffd60fa0ead0700e6d3271490276935b52851c5ff2f80486477ef1c41f50f4a2d0022001a00"
            "665555555555444444444433333333332222222222ff0f7156349200505028041004080806858183"
            "038200c210f2ffff87c3e170381c0e87c331c618638c31841042082184b8bbbbbbbb333333330bb6"
            "d65a6badb5564a29a594524ae79c73ce39e794524a29a59401e3388ee3388ee3288aa2288aa2288a"
            "f7de7befbdf75a6badb5d6da80c7a81110fafd3bd0537511fc4bfcabd5d96c6e365babd5d96c6e36"
            "57abc5d544ddd394ae6842b7673a773398370040008000800000010001805a86724b06721dc3b88a"
            "415cc3107e0b300b60160616b34815"
        ),
    ),
    "zeros": (
        bytes(200_000),
        bytes.fromhex("28b52ffd00585400001000000100fbff39c002036a0800"),
    ),
    "a raw block": (
        bytes(number * number * 37 >> 5 & 63 for number in range(64)),
        bytes.fromhex(
            "28b52ffd00580102000001040a121c29380a1d330b26032204280e36210e3d2f231a120d0a0a0c10"
            "17202b38081a2e051e3a1737193e250e3a28180a3f362f2b292a2c3138020e1c2d"
        ),
    ),
}  # fmt: skip


def decoded(pieces: Sequence[bytes]) -> tuple[bytes, bytes | None]:
    """All output of a frame, and what stood behind its end, or None if the end did not come."""
    stream = frame()
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


def frame_of(*blocks: bytes, header: str = "0058") -> bytes:
    """A frame of blocks, the last of which is marked; without a checksum, and with a window of two
    megabytes.
    """
    return (
        bytes.fromhex("28b52ffd" + header)
        + b"".join(blocks[:-1])
        + bytes([blocks[-1][0] | 1])
        + blocks[-1][1:]
    )


def block_of(type: int, size: int, content: bytes) -> bytes:
    """A block with its header."""
    return (type << 1 | size << 3).to_bytes(3, "little") + content
