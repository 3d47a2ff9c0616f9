"""Percent-encoded bytes: how any byte is written in ASCII.

URL Standard, 1.3: https://url.spec.whatwg.org/#percent-encoded-bytes
"""

from __future__ import annotations

import re

from ..encoding.encoders_and_decoders import Encoding
from ..encoding.hooks import encode_or_fail, get_an_encoder, utf_8_encode
from ..encoding.names_and_labels import UTF_8
from ..encoding.terminology import IOQueue
from ..infra.byte_sequences import isomorphic_decode

# Runs of https://url.spec.whatwg.org/#percent-encoded-byte, possessive so that a long one takes no
# memory.
PERCENT_ENCODED_BYTES = re.compile(rb"(?:%[0-9A-Fa-f]{2})++")


def percent_encode(byte: int) -> str:
    """https://url.spec.whatwg.org/#percent-encode"""
    return f"%{byte:02X}"


def percent_decode(input: bytes) -> bytes:
    """https://url.spec.whatwg.org/#percent-decode"""
    return PERCENT_ENCODED_BYTES.sub(
        lambda run: bytes.fromhex(run[0].decode().replace("%", "")), input
    )


def percent_decode_string(input: str) -> bytes:
    """https://url.spec.whatwg.org/#string-percent-decode"""
    return percent_decode(utf_8_encode(input))


class PercentEncodeSet(dict[int, str]):
    """A set of code points, ready for `str.translate`: for the isomorph of each byte what stands
    for that byte.

    All sets have the C0 controls and the code points beyond U+007E in common; `printable` are the
    others. An entry is made when it is first needed.

    https://url.spec.whatwg.org/#percent-encode-set
    """

    __slots__ = ("printable",)

    def __init__(self, printable: str) -> None:
        self.printable = printable

    def __missing__(self, byte: int) -> str:
        isomorph = chr(byte)
        is_in_the_set = not " " <= isomorph <= "~" or isomorph in self.printable
        self[byte] = output = percent_encode(byte) if is_in_the_set else isomorph
        return output


C0_CONTROL_PERCENT_ENCODE_SET = PercentEncodeSet("")
FRAGMENT_PERCENT_ENCODE_SET = PercentEncodeSet(' "<>`')
QUERY_PERCENT_ENCODE_SET = PercentEncodeSet(' "#<>')
SPECIAL_QUERY_PERCENT_ENCODE_SET = PercentEncodeSet(QUERY_PERCENT_ENCODE_SET.printable + "'")
PATH_PERCENT_ENCODE_SET = PercentEncodeSet(QUERY_PERCENT_ENCODE_SET.printable + "?^`{}")
USERINFO_PERCENT_ENCODE_SET = PercentEncodeSet(PATH_PERCENT_ENCODE_SET.printable + "/:;=@[\\]|")
COMPONENT_PERCENT_ENCODE_SET = PercentEncodeSet(USERINFO_PERCENT_ENCODE_SET.printable + "$%&+,")
APPLICATION_X_WWW_FORM_URLENCODED_PERCENT_ENCODE_SET = PercentEncodeSet(
    COMPONENT_PERCENT_ENCODE_SET.printable + "!'()~"
)
# spaceAsPlus, which is true for this set alone
APPLICATION_X_WWW_FORM_URLENCODED_PERCENT_ENCODE_SET[0x20] = "+"


def percent_encode_after_encoding(
    encoding: Encoding, input: str, percent_encode_set: PercentEncodeSet
) -> str:
    """The bytes of an encoding in ASCII; a code point that it does not have becomes a reference,
    `%26%239731%3B`.

    https://url.spec.whatwg.org/#string-percent-encode-after-encoding
    """
    # OPTIMIZATION: UTF-8 has every scalar value, so there is no error and need be no queue.
    if encoding is UTF_8:
        return utf_8_percent_encode(input, percent_encode_set)
    encoder = get_an_encoder(encoding)
    input_queue = IOQueue(input)
    output: list[str] = []
    while True:
        encode_output: list[bytes] = []
        potential_error = encode_or_fail(input_queue, encoder, encode_output)
        output.append(isomorphic_decode(b"".join(encode_output)).translate(percent_encode_set))
        if potential_error is None:
            return "".join(output)
        output.append(f"%26%23{potential_error}%3B")


def utf_8_percent_encode(input: str, percent_encode_set: PercentEncodeSet) -> str:
    """https://url.spec.whatwg.org/#string-utf-8-percent-encode"""
    return isomorphic_decode(utf_8_encode(input)).translate(percent_encode_set)
