"""What RSASSA-PKCS1-v1_5, RSA-PSS and RSA-OAEP have in common: their keys.

Web Cryptography: https://w3c.github.io/webcrypto/#rsassa-pkcs1-operations

The operations of the three that have to do with keys say the same but for names, usages and the
"alg" of a JSON Web Key.
"""

from __future__ import annotations

from math import gcd
from typing import ClassVar

from ...html.settings_objects import current_settings_object
from ...webidl.exceptions import DOMException
from ...webidl.type_mapping import get_a_copy_of_the_buffer_source
from ..algorithm_dictionary import Algorithm, Member, hash_algorithm_identifier, unsigned_long
from ..crypto_key import CryptoKey, CryptoKeyPair, KeyUsage, check_usages, new_crypto_key
from ..json_web_key import (
    JsonWebKey,
    KeyData,
    NumberMember,
    base64url_uint,
    bytes_of,
    check_kty,
    check_member,
    check_use_key_ops_and_ext,
    json_web_key_of,
    number_of,
)
from ..key_algorithm_dictionary import KeyAlgorithm, RsaHashedKeyAlgorithm
from ..primitives.der import encode_null
from ..primitives.key_structures import AlgorithmIdentifier, PrivateKeyInfo, SubjectPublicKeyInfo
from ..primitives.rsa_keys import (
    MODULUS_LENGTHS,
    PUBLIC_EXPONENTS,
    RSAError,
    RSAPrivateKey,
    RSAPublicKey,
    generate_key_pair,
    recover_prime_factors,
)
from ..terminology import (
    parse_a_private_key_info,
    parse_a_subject_public_key_info,
    parse_an_asn1_structure,
)
from .key_pairs import KeyPairUsages, check_type, new_key_pair, with_key_ops_and_ext
from .sha import HASHLIB_NAMES

RSA_ENCRYPTION = "1.2.840.113549.1.1.1"
JWK_NUMBERS: tuple[NumberMember, ...] = ("n", "e", "d", "p", "q", "dp", "dq", "qi")


class RsaKeyGenParams(Algorithm):
    """https://w3c.github.io/webcrypto/#dfn-RsaKeyGenParams"""

    __slots__ = ("modulusLength", "publicExponent")

    members: ClassVar[tuple[Member, ...]] = (
        Member("modulusLength", unsigned_long, is_required=True),
        Member("publicExponent", get_a_copy_of_the_buffer_source, is_required=True),
    )

    modulusLength: int
    publicExponent: bytes


class RsaHashedKeyGenParams(RsaKeyGenParams):
    """https://w3c.github.io/webcrypto/#dfn-RsaHashedKeyGenParams"""

    __slots__ = ("hash",)

    members = (Member("hash", hash_algorithm_identifier, is_required=True),)

    hash: Algorithm


class RsaHashedImportParams(Algorithm):
    """https://w3c.github.io/webcrypto/#dfn-RsaHashedImportParams"""

    __slots__ = ("hash",)

    members = (Member("hash", hash_algorithm_identifier, is_required=True),)

    hash: Algorithm


def generate_rsa_key_pair(
    normalized_algorithm: RsaHashedKeyGenParams,
    extractable: bool,
    usages: list[KeyUsage],
    key_usages: KeyPairUsages,
) -> CryptoKeyPair:
    """Part of https://w3c.github.io/webcrypto/#rsassa-pkcs1-operations-generate-key"""
    check_usages(usages, key_usages.public + key_usages.private)
    length, e = (
        normalized_algorithm.modulusLength,
        int.from_bytes(normalized_algorithm.publicExponent),
    )
    # OPTIMIZATION: a pair whose private key is good for nothing is refused when it is there; so it
    # need not be made.
    if (
        length in MODULUS_LENGTHS
        and e in PUBLIC_EXPONENTS
        and set(usages).isdisjoint(key_usages.private)
    ):
        raise DOMException("The private key would have no usages", "SyntaxError")
    try:
        private_key = generate_key_pair(
            length, e, current_settings_object().host.entropy.random_bytes
        )
    except RSAError as error:
        raise DOMException(str(error), "OperationError") from None
    algorithm = rsa_hashed_key_algorithm(
        normalized_algorithm.name, private_key.public_key, normalized_algorithm.hash
    )
    return new_key_pair(
        algorithm, private_key.public_key, private_key, extractable, usages, key_usages
    )


def takes_long(normalized_algorithm: RsaHashedKeyGenParams, length: int) -> bool:
    """Generating a pair always takes long.

    Part of https://w3c.github.io/webcrypto/#dfn-crypto-task-source-0
    """
    return True


def importing_takes_long(normalized_algorithm: RsaHashedImportParams, length: int) -> bool:
    """A key of 2048 bits without its primes has some 700 bytes; to find them takes 0.1 s.

    Part of https://w3c.github.io/webcrypto/#dfn-crypto-task-source-0
    """
    return length > 600


def private_operation_takes_long(key: CryptoKey) -> bool:
    """With 2048 bits it takes 8 milliseconds, with 8192 half a second.

    Part of https://w3c.github.io/webcrypto/#dfn-crypto-task-source-0
    """
    return isinstance(key._handle, RSAPrivateKey) and key._handle.n.bit_length() > 2048


def public_operation_takes_long(key: CryptoKey) -> bool:
    """With an exponent of 256 bits it takes up to 50 milliseconds.

    Part of https://w3c.github.io/webcrypto/#dfn-crypto-task-source-0
    """
    return isinstance(key._handle, RSAPublicKey) and key._handle.e.bit_length() > 64


def import_rsa_key(
    normalized_algorithm: RsaHashedImportParams,
    format: str,
    key_data: KeyData,
    extractable: bool,
    usages: list[KeyUsage],
    key_usages: KeyPairUsages,
    jwk_algs: dict[str, str],
) -> CryptoKey:
    """The "alg" of a JSON Web Key is that of the hash.

    Part of https://w3c.github.io/webcrypto/#rsassa-pkcs1-operations-import-key
    """
    name, hash = normalized_algorithm.name, normalized_algorithm.hash
    match format:
        case "spki":
            check_usages(usages, key_usages.public)
            spki = parse_a_subject_public_key_info(bytes_of(key_data))
            check_object_identifier(spki.algorithm)
            return new_public_key(
                name, hash, parse_an_asn1_structure(spki.subject_public_key, RSAPublicKey.decode)
            )
        case "pkcs8":
            check_usages(usages, key_usages.private)
            private_key_info = parse_a_private_key_info(bytes_of(key_data))
            check_object_identifier(private_key_info.private_key_algorithm)
            return new_private_key(
                name,
                hash,
                parse_an_asn1_structure(private_key_info.private_key, RSAPrivateKey.decode),
            )
        case "jwk":
            jwk = json_web_key_of(key_data)
            check_usages(usages, key_usages.private if "d" in jwk else key_usages.public)
            check_kty(jwk, "RSA")
            check_use_key_ops_and_ext(jwk, key_usages.use, extractable, usages)
            if "alg" in jwk:
                check_member(jwk, "alg", [jwk_algs[hash.name]] if hash.name in jwk_algs else [])
            if "d" in jwk:
                return new_private_key(name, hash, rsa_private_key_of_jwk(jwk))
            return new_public_key(
                name, hash, RSAPublicKey(number_of(jwk, "n"), number_of(jwk, "e"))
            )
        case _:
            raise DOMException(f"{name} keys have no format {format!r}", "NotSupportedError")


def new_public_key(name: str, hash: Algorithm, public_key: RSAPublicKey) -> CryptoKey:
    """https://www.rfc-editor.org/rfc/rfc3447#section-3.1"""
    if not public_key.is_valid():
        raise DOMException(
            f"No valid RSA key, or not one of {MODULUS_LENGTHS[0]} to {MODULUS_LENGTHS[-1]} bits",
            "DataError",
        )
    return new_crypto_key("public", rsa_hashed_key_algorithm(name, public_key, hash), public_key)


def new_private_key(name: str, hash: Algorithm, private_key: RSAPrivateKey) -> CryptoKey:
    """https://www.rfc-editor.org/rfc/rfc3447#section-3.2"""
    # The modulus is the largest number; a larger one is not multiplied for an attacker.
    if max(private_key) > private_key.n or not private_key.is_valid():
        raise DOMException(
            f"No valid RSA key, or not one of {MODULUS_LENGTHS[0]} to {MODULUS_LENGTHS[-1]} bits",
            "DataError",
        )
    return new_crypto_key(
        "private", rsa_hashed_key_algorithm(name, private_key.public_key, hash), private_key
    )


def check_object_identifier(identifier: AlgorithmIdentifier) -> None:
    """Part of https://w3c.github.io/webcrypto/#spki-mapping"""
    if identifier.algorithm != RSA_ENCRYPTION:
        raise DOMException(
            f"Expected the object identifier of RSA, not {identifier.algorithm}", "DataError"
        )


def rsa_private_key_of_jwk(jwk: JsonWebKey) -> RSAPrivateKey:
    """It has all its numbers, or only the first three of them.

    https://www.rfc-editor.org/rfc/rfc7518#section-6.3.2
    """
    # DEVIATION: a key may have more than two primes there.
    if "oth" in jwk:
        raise DOMException(
            "An RSA key of more than two primes is not supported: 'oth'", "DataError"
        )
    if not jwk.keys().isdisjoint(JWK_NUMBERS[3:]):
        return RSAPrivateKey(*(number_of(jwk, name) for name in JWK_NUMBERS))
    n, e, d = (number_of(jwk, name) for name in JWK_NUMBERS[:3])
    random_bytes = current_settings_object().host.entropy.random_bytes
    primes = (
        recover_prime_factors(n, e, d, random_bytes)
        if RSAPublicKey(n, e).is_valid() and d < n
        else None
    )
    if primes is None or gcd(*primes) != 1:
        raise DOMException(
            "'n', 'e' and 'd' of the JSON Web Key are not a valid RSA key", "DataError"
        )
    return RSAPrivateKey.of_primes(*primes, e, d)


def rsa_hashed_key_algorithm(
    name: str, public_key: RSAPublicKey, hash: Algorithm
) -> RsaHashedKeyAlgorithm:
    """Part of https://w3c.github.io/webcrypto/#RsaHashedKeyAlgorithm-dictionary"""
    exponent = public_key.e.to_bytes((public_key.e.bit_length() + 7) // 8)
    return RsaHashedKeyAlgorithm(name, public_key.n.bit_length(), exponent, KeyAlgorithm(hash.name))


def export_rsa_key(key: CryptoKey, format: str, jwk_algs: dict[str, str]) -> bytes | JsonWebKey:
    """Part of https://w3c.github.io/webcrypto/#rsassa-pkcs1-operations-export-key"""
    assert isinstance(key._algorithm, RsaHashedKeyAlgorithm)
    name, hash = key._algorithm.name, key._algorithm.hash.name
    match format:
        case "spki":
            check_type(key, "public")
            return SubjectPublicKeyInfo(
                AlgorithmIdentifier(RSA_ENCRYPTION, encode_null()), key._handle.encode()
            ).encode()
        case "pkcs8":
            check_type(key, "private")
            return PrivateKeyInfo(
                AlgorithmIdentifier(RSA_ENCRYPTION, encode_null()), key._handle.encode()
            ).encode()
        case "jwk":
            if hash not in jwk_algs:
                raise DOMException(
                    f"A JSON Web Key has no 'alg' for {name} with {hash}", "NotSupportedError"
                )
            jwk = JsonWebKey(kty="RSA", alg=jwk_algs[hash])
            # The numbers of both handles begin with these two, those of a private one go on with
            # the others.
            for member, number in zip(JWK_NUMBERS, key._handle):
                jwk[member] = base64url_uint(number)
            return with_key_ops_and_ext(jwk, key)
        case _:
            raise DOMException(f"{name} keys have no format {format!r}", "NotSupportedError")


def hashlib_name_of_hash(key: CryptoKey) -> str:
    """What hashlib calls the hash that a key is for.

    https://w3c.github.io/webcrypto/#dfn-RsaHashedKeyAlgorithm-hash
    """
    assert isinstance(key._algorithm, RsaHashedKeyAlgorithm)
    return HASHLIB_NAMES[key._algorithm.hash.name]
