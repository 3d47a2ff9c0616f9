"""Byte sequences: Python's bytes.

Infra Standard, 4.5: https://infra.spec.whatwg.org/#byte-sequences

What Python says as well is not here: `bytes.lower` and `bytes.upper` change ASCII letters only, `<`
is "byte less than".
"""

from __future__ import annotations


def isomorphic_decode(input: bytes | bytearray | memoryview) -> str:
    """One code point a byte.

    https://infra.spec.whatwg.org/#isomorphic-decode
    """
    return str(input, "latin-1")
