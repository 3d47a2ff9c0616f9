"""Entropy that is the same each time: for tests, never for keys."""

from __future__ import annotations

import random


class SeededEntropy:
    """Bytes that a seed decides on."""

    __slots__ = ("_random",)

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def random_bytes(self, length: int) -> bytes:
        """The next ones."""
        return self._random.randbytes(length)
