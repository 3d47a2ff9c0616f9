"""application/x-www-form-urlencoded: a list of names and values as HTML forms write it.

URL Standard, 5: https://url.spec.whatwg.org/#application/x-www-form-urlencoded
"""

from __future__ import annotations

from collections.abc import Iterable

from ..encoding.encoders_and_decoders import Encoding
from ..encoding.hooks import utf_8_decode_without_bom, utf_8_encode
from ..encoding.names_and_labels import UTF_8, get_an_output_encoding
from .percent_encoded_bytes import (
    APPLICATION_X_WWW_FORM_URLENCODED_PERCENT_ENCODE_SET,
    percent_decode,
    percent_encode_after_encoding,
)


def urlencoded_parser(input: bytes) -> list[tuple[str, str]]:
    """https://url.spec.whatwg.org/#concept-urlencoded-parser"""
    output: list[tuple[str, str]] = []
    for bytes in input.replace(b"+", b" ").split(b"&"):
        if bytes:
            name, _, value = bytes.partition(b"=")
            output.append((_decode(name), _decode(value)))
    return output


def _decode(bytes: bytes) -> str:
    return utf_8_decode_without_bom(percent_decode(bytes))


def urlencoded_serializer(tuples: Iterable[tuple[str, str]], encoding: Encoding = UTF_8) -> str:
    """https://url.spec.whatwg.org/#concept-urlencoded-serializer"""
    encoding = get_an_output_encoding(encoding)

    def encode(string: str) -> str:
        return percent_encode_after_encoding(
            encoding, string, APPLICATION_X_WWW_FORM_URLENCODED_PERCENT_ENCODE_SET
        )

    return "&".join(f"{encode(name)}={encode(value)}" for name, value in tuples)


def urlencoded_string_parser(input: str) -> list[tuple[str, str]]:
    """https://url.spec.whatwg.org/#concept-urlencoded-string-parser"""
    if "%" in input or not input.isascii():
        return urlencoded_parser(utf_8_encode(input))
    # OPTIMIZATION: ASCII with nothing percent-encoded in it need not be encoded and decoded.
    output: list[tuple[str, str]] = []
    for sequence in input.replace("+", " ").split("&"):
        if sequence:
            name, _, value = sequence.partition("=")
            output.append((name, value))
    return output
