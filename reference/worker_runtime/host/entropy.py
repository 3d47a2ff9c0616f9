"""Entropy: bytes that nobody can guess."""

from __future__ import annotations

import os
from typing import Protocol


class Entropy(Protocol):
    """A source of random bytes."""

    def random_bytes(self, length: int) -> bytes:
        """So many bytes, fit for keys."""


class SystemEntropy:
    """The entropy of the operating system."""

    __slots__ = ()

    random_bytes = staticmethod(os.urandom)
