"""Forgiving base64: RFC 4648 with whitespace allowed and padding left to the writer.

Infra Standard, 7: https://infra.spec.whatwg.org/#forgiving-base64
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64

ASCII_WHITESPACE = b"\t\n\f\r "
ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def forgiving_base64_encode(data: bytes | bytearray | memoryview) -> str:
    """https://infra.spec.whatwg.org/#forgiving-base64-encode"""
    return b2a_base64(data, newline=False).decode("ascii")


def forgiving_base64_decode(data: str) -> bytes | None:
    """The bytes, or None for failure.

    https://infra.spec.whatwg.org/#forgiving-base64-decode
    """
    try:
        digits = data.encode("ascii").translate(None, ASCII_WHITESPACE)
    except UnicodeEncodeError:
        return None
    if len(digits) % 4 == 0:
        digits = digits.removesuffix(b"=").removesuffix(b"=")
    if len(digits) % 4 == 1 or digits.translate(None, ALPHABET):
        return None
    return a2b_base64(digits + b"=" * (-len(digits) % 4))
