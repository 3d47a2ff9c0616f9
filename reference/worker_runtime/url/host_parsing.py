"""Host parsing: what stands between "//" and the port.

URL Standard, 3.4 and 3.5: https://url.spec.whatwg.org/#host-writing and
https://url.spec.whatwg.org/#host-parsing
"""

from __future__ import annotations

import re

from ..encoding.hooks import utf_8_decode_without_bom
from ..infra.strings import collect_a_sequence_of_code_points
from .host_representation import FORBIDDEN_HOST_CODE_POINTS, Host, IPv6Address
from .percent_encoded_bytes import (
    C0_CONTROL_PERCENT_ENCODE_SET,
    percent_decode_string,
    utf_8_percent_encode,
)
from .writing import URLFailure, ValidationErrors, code_points_that_are_no_url_units

RADIX_DIGITS = {
    8: frozenset("01234567"),
    10: frozenset("0123456789"),
    16: frozenset("0123456789ABCDEFabcdef"),
}
PERCENT_ENCODED_BYTE = re.compile("%[0-9A-Fa-f]{2}")
UP_TO_FOUR_HEX_DIGITS = re.compile("[0-9A-Fa-f]{0,4}")
DIGITS = re.compile("[0-9]*")


def valid_domain(input: str) -> bool:
    """https://url.spec.whatwg.org/#valid-domain"""
    from .idna import domain_parser

    try:
        return not ends_in_a_number_checker(domain_parser(input, be_strict=True))
    except URLFailure:
        return False


def host_parser(
    input: str, is_opaque: bool = False, validation_errors: ValidationErrors = None
) -> Host:
    """URLFailure, where the standard returns failure.

    https://url.spec.whatwg.org/#concept-host-parser
    """
    if input.startswith("["):
        if not input.endswith("]"):
            raise URLFailure("IPv6-unclosed")
        return ipv6_parser(input[1:-1], validation_errors)
    if is_opaque:
        return opaque_host_parser(input, validation_errors)
    if validation_errors is not None and PERCENT_ENCODED_BYTE.search(input):
        validation_errors.append("domain-percent-encoded")
    domain = utf_8_decode_without_bom(percent_decode_string(input))
    from .idna import domain_parser  # most programs parse URLs that need no domain to be parsed

    ascii_domain = domain_parser(domain, False, validation_errors)
    if ends_in_a_number_checker(ascii_domain):
        return ipv4_parser(ascii_domain, validation_errors)
    return ascii_domain


def ends_in_a_number_checker(input: str) -> bool:
    """https://url.spec.whatwg.org/#ends-in-a-number-checker"""
    last = input.removesuffix(".").rpartition(".")[2]
    return last.isdigit() or ipv4_number_parser(last) is not None


def ipv4_parser(input: str, validation_errors: ValidationErrors = None) -> int:
    """https://url.spec.whatwg.org/#concept-ipv4-parser"""
    errors = [] if validation_errors is None else validation_errors
    parts = input.split(".")
    if not parts[-1]:
        errors.append("IPv4-empty-part")
        if len(parts) > 1:
            parts.pop()
    if len(parts) < 4:
        errors.append("IPv4-too-few-parts")
    if len(parts) > 4:
        raise URLFailure("IPv4-too-many-parts")
    numbers: list[int] = []
    for part in parts:
        result = ipv4_number_parser(part)
        if result is None:
            raise URLFailure("IPv4-non-numeric-part")
        if result[1]:
            errors.append("IPv4-non-decimal-part")
        numbers.append(result[0])
    ipv4 = numbers.pop()
    if any(number > 255 for number in numbers) or ipv4 >= 256 ** (4 - len(numbers)):
        raise URLFailure("IPv4-out-of-range-part")
    if ipv4 > 255:
        errors.append("IPv4-out-of-range-part")
    for counter, n in enumerate(numbers):
        ipv4 += n * 256 ** (3 - counter)
    return ipv4


def ipv4_number_parser(input: str) -> tuple[int, bool] | None:
    """The number, and whether it is written in a way that it should not be.

    https://url.spec.whatwg.org/#ipv4-number-parser
    """
    if not input:
        return None
    validation_error, radix = False, 10
    if input.startswith(("0X", "0x")):
        validation_error, input, radix = True, input[2:], 16
    elif len(input) >= 2 and input.startswith("0"):
        validation_error, input, radix = True, input[1:], 8
    if not input:
        return 0, True
    if not RADIX_DIGITS[radix].issuperset(input):
        return None
    # OPTIMIZATION: twenty digits are out of range in each radix, whatever follows; int() takes the
    # square of their number.
    return int(input.lstrip("0")[:20] or "0", radix), validation_error


def ipv6_parser(input: str, validation_errors: ValidationErrors = None) -> IPv6Address:
    """https://url.spec.whatwg.org/#concept-ipv6-parser"""
    address = [0] * 8
    piece_index = 0
    compress: int | None = None
    pointer = 0
    if input.startswith(":"):
        if not input.startswith("::"):
            raise URLFailure("IPv6-invalid-compression")
        pointer = 2
        piece_index = compress = 1
    while pointer < len(input):
        if piece_index == 8:
            raise URLFailure("IPv6-too-many-pieces")
        if input[pointer] == ":":
            if compress is not None:
                raise URLFailure("IPv6-multiple-compression")
            pointer += 1
            piece_index += 1
            compress = piece_index
            continue
        digits, end = collect_a_sequence_of_code_points(UP_TO_FOUR_HEX_DIGITS, input, pointer)
        if input.startswith(".", end):
            if not digits:
                raise URLFailure("IPv4-in-IPv6-invalid-code-point")
            if piece_index > 6:
                raise URLFailure("IPv4-in-IPv6-too-many-pieces")
            numbers_seen = 0
            while pointer < len(input):
                if numbers_seen > 0:
                    if input[pointer] != "." or numbers_seen == 4:
                        raise URLFailure("IPv4-in-IPv6-invalid-code-point")
                    pointer += 1
                digits, pointer = collect_a_sequence_of_code_points(DIGITS, input, pointer)
                if not digits or (digits[0] == "0" and len(digits) > 1):
                    raise URLFailure("IPv4-in-IPv6-invalid-code-point")
                if len(digits) > 3 or int(digits) > 255:
                    raise URLFailure("IPv4-in-IPv6-out-of-range-part")
                address[piece_index] = address[piece_index] * 0x100 + int(digits)
                numbers_seen += 1
                if numbers_seen in (2, 4):
                    piece_index += 1
            if numbers_seen != 4:
                raise URLFailure("IPv4-in-IPv6-too-few-parts")
            break
        pointer = end
        if pointer < len(input):
            pointer += 1
            if input[end] != ":" or pointer == len(input):
                raise URLFailure("IPv6-invalid-code-point")
        if len(digits) > 1 and digits[0] == "0" and validation_errors is not None:
            validation_errors.append("IPv6-piece-leading-zero")
        address[piece_index] = int(digits, 16)
        piece_index += 1
    if compress is not None:
        address[compress:] = [0] * (8 - piece_index) + address[compress:piece_index]
    elif piece_index != 8:
        raise URLFailure("IPv6-too-few-pieces")
    return tuple(address)


def opaque_host_parser(input: str, validation_errors: ValidationErrors = None) -> str:
    """https://url.spec.whatwg.org/#concept-opaque-host-parser"""
    if not FORBIDDEN_HOST_CODE_POINTS.isdisjoint(input):
        raise URLFailure("host-invalid-code-point")
    if validation_errors is not None:
        validation_errors += ["invalid-URL-unit" for _ in code_points_that_are_no_url_units(input)]
    return utf_8_percent_encode(input, C0_CONTROL_PERCENT_ENCODE_SET)
