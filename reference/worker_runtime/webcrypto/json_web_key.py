"""JSON Web Keys: the dictionary, and what its members mean whatever the algorithm.

Web Cryptography: https://w3c.github.io/webcrypto/#JsonWebKey-dictionary RFC 7517, 4 (use, key_ops),
and RFC 7518, 2 and 6 (numbers and octets): https://www.rfc-editor.org/rfc/rfc7517

What a JSON Web Key lacks or has wrong is a "DataError" DOMException.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from collections.abc import Collection, Iterable, Mapping
from json import JSONDecodeError
from typing import Any, Literal, TypeAlias, TypedDict, cast

from ..infra.json import parse_json_bytes_to_a_javascript_value
from ..webidl.exceptions import DOMException
from ..webidl.type_mapping import is_buffer_source, to_dom_string
from .crypto_key import KeyUsage


class RsaOtherPrimesInfo(TypedDict, total=False):
    """https://w3c.github.io/webcrypto/#dfn-RsaOtherPrimesInfo"""

    r: str
    d: str
    t: str


class JsonWebKey(TypedDict, total=False):
    """https://w3c.github.io/webcrypto/#dfn-JsonWebKey"""

    kty: str
    use: str
    key_ops: list[str]
    alg: str
    ext: bool
    crv: str
    x: str
    y: str
    d: str
    n: str
    e: str
    p: str
    q: str
    dp: str
    dq: str
    qi: str
    oth: list[RsaOtherPrimesInfo]
    k: str


StringMember: TypeAlias = Literal[
    "kty", "use", "alg", "crv", "x", "y", "d", "n", "e", "p", "q", "dp", "dq", "qi", "k"
]
OctetsMember: TypeAlias = Literal["x", "y", "d", "k"]
NumberMember: TypeAlias = Literal["n", "e", "d", "p", "q", "dp", "dq", "qi"]

# What a key of each use is for; RFC 7517 has "use" and "key_ops" agree where both are there.
KEY_OPS_OF_USE: dict[str, tuple[KeyUsage, ...]] = {
    "sig": ("sign", "verify"),
    "enc": ("encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits"),
}

# What a key is imported from: bytes of some format, or a JSON Web Key.
KeyData: TypeAlias = "bytes | JsonWebKey"

BASE64URL_TO_BASE64 = bytes.maketrans(b"-_", b"+/")
BASE64_TO_BASE64URL = bytes.maketrans(b"+/", b"-_")
BASE64URL_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


# ---- conversion ----------------------------------------------------------------------------------


def to_json_web_key(value: object) -> JsonWebKey:
    """The members that the standard knows, of a mapping; TypeError if one has the wrong type.

    https://w3c.github.io/webcrypto/#dom-jsonwebkey-kty
    """
    if not isinstance(value, Mapping):
        raise TypeError(f"Expected a JSON Web Key as a mapping, not {type(value).__name__}")
    jwk = {}
    for name in sorted(JsonWebKey.__annotations__):
        member = value.get(name)
        if member is not None:
            jwk[name] = to_member(name, member)
    return cast(JsonWebKey, jwk)


def to_member(name: str, value: Any) -> object:
    """A member of a JSON Web Key; most are strings.

    https://w3c.github.io/webcrypto/#dom-jsonwebkey-use
    """
    match name:
        case "ext":
            return bool(value)
        case "key_ops":
            return [to_dom_string(operation) for operation in _to_sequence(name, value)]
        case "oth":
            return [to_rsa_other_primes_info(info) for info in _to_sequence(name, value)]
        case _:
            return to_dom_string(value)


def to_rsa_other_primes_info(value: object) -> RsaOtherPrimesInfo:
    """https://w3c.github.io/webcrypto/#dom-rsaotherprimesinfo-r"""
    if not isinstance(value, Mapping):
        raise TypeError(f"Expected a mapping in 'oth', not {type(value).__name__}")
    members = {
        name: to_dom_string(value[name]) for name in ("d", "r", "t") if value.get(name) is not None
    }
    return cast(RsaOtherPrimesInfo, members)


def _to_sequence(name: str, value: object) -> Iterable[object]:
    if isinstance(value, str) or is_buffer_source(value) or not isinstance(value, Iterable):
        raise TypeError(f"Expected a list as {name!r}, not {value!r}")
    return value


def parse_a_jwk(data: bytes) -> JsonWebKey:
    """https://w3c.github.io/webcrypto/#concept-parse-a-jwk"""
    try:
        result = parse_json_bytes_to_a_javascript_value(data)
    except JSONDecodeError as error:
        # DEVIATION: JSON.parse throws a SyntaxError, but the standard does not list that among
        # the errors of the methods.
        raise DOMException(f"What was wrapped is not JSON: {error}", "DataError") from None
    key = to_json_web_key(result)
    if "kty" not in key:
        raise DOMException("A JSON Web Key without 'kty'", "DataError")
    return key


def json_web_key_of(key_data: KeyData) -> JsonWebKey:
    """Key data that is a JSON Web Key, which it is if the format is "jwk".

    https://w3c.github.io/webcrypto/#dom-keyformat-jwk
    """
    if isinstance(key_data, bytes):
        raise DOMException("Expected a JSON Web Key, not bytes", "DataError")
    return key_data


def bytes_of(key_data: KeyData) -> bytes:
    """Key data that is not a JSON Web Key.

    https://w3c.github.io/webcrypto/#dom-keyformat-raw
    """
    assert isinstance(key_data, bytes)
    return key_data


# ---- what the operations of all algorithms check -------------------------------------------------


def check_kty(jwk: JsonWebKey, kty: str) -> None:
    """https://www.rfc-editor.org/rfc/rfc7517#section-4.1"""
    check_member(jwk, "kty", (kty,))


def check_member(jwk: JsonWebKey, name: StringMember, values: Collection[str]) -> None:
    """Whether a member, which has to be there, has one of some values.

    https://www.rfc-editor.org/rfc/rfc7517#section-4
    """
    if jwk.get(name) not in values:
        expected = " or ".join(map(repr, values))
        found = repr(jwk[name]) if name in jwk else "nothing"
        raise DOMException(
            f"Expected {expected} as {name!r} of the JSON Web Key, found {found}", "DataError"
        )


def check_use_key_ops_and_ext(
    jwk: JsonWebKey, use: Literal["sig", "enc"], extractable: bool, usages: list[KeyUsage]
) -> None:
    """The three members that may forbid what the key is imported for.

    https://www.rfc-editor.org/rfc/rfc7517#section-4.2
    """
    if usages and "use" in jwk:
        check_member(jwk, "use", (use,))
    if "key_ops" in jwk:
        check_key_ops(jwk["key_ops"], jwk.get("use"), usages)
    if extractable and jwk.get("ext") is False:
        raise DOMException(
            "The JSON Web Key says that it is not extractable: 'ext' is false", "DataError"
        )


def check_key_ops(key_ops: list[str], use: str | None, usages: list[KeyUsage]) -> None:
    """Whether they are valid, agree with the use, if there is one, and contain all the usages.

    https://www.rfc-editor.org/rfc/rfc7517#section-4.3
    """
    if len(set(key_ops)) < len(key_ops):
        raise DOMException(
            f"'key_ops' of the JSON Web Key has a value twice: {key_ops!r:.200}", "DataError"
        )
    for other_use, operations in KEY_OPS_OF_USE.items():
        if use in KEY_OPS_OF_USE and use != other_use and not set(operations).isdisjoint(key_ops):
            raise DOMException(
                f"'use' and 'key_ops' of the JSON Web Key do not agree: {use!r}, {key_ops!r:.200}",
                "DataError",
            )
    for usage in usages:
        if usage not in key_ops:
            raise DOMException(
                f"'key_ops' of the JSON Web Key does not contain {usage!r}: {key_ops!r:.200}",
                "DataError",
            )


# ---- octets and numbers --------------------------------------------------------------------------


def octets_of(
    jwk: JsonWebKey, name: OctetsMember | NumberMember, length: int | None = None
) -> bytes:
    """The octets that a member says, which has to be there; of a certain length, if one is given.

    https://www.rfc-editor.org/rfc/rfc7515#section-2
    """
    if name not in jwk:
        raise DOMException(f"The JSON Web Key has no {name!r}", "DataError")
    octets = base64url_decode(jwk[name])
    if octets is None:
        raise DOMException(
            f"{name!r} of the JSON Web Key is not base64url without padding", "DataError"
        )
    if length is not None and len(octets) != length:
        raise DOMException(
            f"{name!r} of the JSON Web Key has {len(octets)} bytes, not {length}", "DataError"
        )
    return octets


def number_of(jwk: JsonWebKey, name: NumberMember) -> int:
    """The integer that a member says, which has to be there, in as few octets as it needs.

    https://www.rfc-editor.org/rfc/rfc7518#section-2
    """
    octets = octets_of(jwk, name)
    if not octets or len(octets) > 1 and octets[0] == 0:
        raise DOMException(
            f"{name!r} of the JSON Web Key is not a number in as few bytes as possible", "DataError"
        )
    return int.from_bytes(octets)


def base64url_uint(number: int) -> str:
    """An integer as a member says it; zero has one octet.

    https://www.rfc-editor.org/rfc/rfc7518#section-6.3
    """
    return base64url_encode(number.to_bytes((number.bit_length() + 7) // 8 or 1))


def base64url_encode(octets: bytes) -> str:
    """Without padding.

    https://www.rfc-editor.org/rfc/rfc7515#appendix-C
    """
    return (
        b2a_base64(octets, newline=False)
        .translate(BASE64_TO_BASE64URL)
        .rstrip(b"=")
        .decode("ascii")
    )


def base64url_decode(string: str) -> bytes | None:
    """Without padding, whitespace or anything else that is not of the alphabet; else None.

    https://www.rfc-editor.org/rfc/rfc4648#section-5
    """
    if not string.isascii():
        return None
    digits = string.encode("ascii")
    if len(digits) % 4 == 1 or digits.translate(None, BASE64URL_ALPHABET):
        return None
    return a2b_base64(digits.translate(BASE64URL_TO_BASE64) + b"=" * (-len(digits) % 4))
