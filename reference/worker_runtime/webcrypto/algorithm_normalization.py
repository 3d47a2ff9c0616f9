"""Algorithm normalization: from what an author says to the dictionary that an operation works on.

Web Cryptography: https://w3c.github.io/webcrypto/#algorithm-normalization
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from ..infra.strings import ascii_lowercase
from ..webidl.exceptions import DOMException
from ..webidl.interfaces import new
from ..webidl.type_mapping import get_a_copy_of_the_buffer_source
from .algorithm_dictionary import (
    Algorithm,
    AlgorithmIdentifier,
    buffer_source,
    convert_to_dictionary,
    hash_algorithm_identifier,
    inherited_dictionaries,
)
from .registration import Operation, Registration, SupportedOperation


class RegisteredAlgorithm(NamedTuple):
    """What is registered for an operation under a name: that name as it is written, and the
    operation.

    Part of https://w3c.github.io/webcrypto/#dfn-normalize-an-algorithm
    """

    name: str
    operation: SupportedOperation


# For each operation the algorithms by their names, which are in lower case, as they are compared
# without regard to it.
SupportedAlgorithms = dict[Operation, dict[str, RegisteredAlgorithm]]


@cache
def supported_algorithms() -> SupportedAlgorithms:
    """The table is made, and the files of the algorithms are read, when the first algorithm is
    normalized.

    https://w3c.github.io/webcrypto/#dfn-supportedAlgorithms
    """
    from .algorithms import (
        aes_cbc,
        aes_ctr,
        aes_gcm,
        aes_kw,
        ecdh,
        ecdsa,
        ed448,
        ed25519,
        hkdf,
        hmac,
        pbkdf2,
        rsa_oaep,
        rsa_pss,
        rsassa_pkcs1,
        sha,
        x448,
        x25519,
    )  # fmt: skip

    supported: SupportedAlgorithms = {}
    define_an_algorithm(supported, "RSASSA-PKCS1-v1_5", rsassa_pkcs1.REGISTRATION)
    define_an_algorithm(supported, "RSA-PSS", rsa_pss.REGISTRATION)
    define_an_algorithm(supported, "RSA-OAEP", rsa_oaep.REGISTRATION)
    define_an_algorithm(supported, "ECDSA", ecdsa.REGISTRATION)
    define_an_algorithm(supported, "ECDH", ecdh.REGISTRATION)
    define_an_algorithm(supported, "Ed25519", ed25519.REGISTRATION)
    define_an_algorithm(supported, "X25519", x25519.REGISTRATION)
    define_an_algorithm(supported, "Ed448", ed448.REGISTRATION)
    define_an_algorithm(supported, "X448", x448.REGISTRATION)
    define_an_algorithm(supported, "AES-CTR", aes_ctr.REGISTRATION)
    define_an_algorithm(supported, "AES-CBC", aes_cbc.REGISTRATION)
    define_an_algorithm(supported, "AES-GCM", aes_gcm.REGISTRATION)
    define_an_algorithm(supported, "AES-KW", aes_kw.REGISTRATION)
    define_an_algorithm(supported, "HMAC", hmac.REGISTRATION)
    for name in sha.HASHLIB_NAMES:
        define_an_algorithm(supported, name, sha.REGISTRATION)
    define_an_algorithm(supported, "HKDF", hkdf.REGISTRATION)
    define_an_algorithm(supported, "PBKDF2", pbkdf2.REGISTRATION)
    return supported


def define_an_algorithm(
    supported: SupportedAlgorithms, alg: str, registration: Registration
) -> None:
    """Each operation of an algorithm at once.

    https://w3c.github.io/webcrypto/#concept-define-an-algorithm
    """
    for op, operation in registration.items():
        supported.setdefault(op, {})[ascii_lowercase(alg)] = RegisteredAlgorithm(alg, operation)


def operation_of(op: Operation, name: str) -> SupportedOperation | None:
    """An operation of the algorithm that has that name, as it is written; None if it does not
    support it.

    Part of https://w3c.github.io/webcrypto/#supported-operation
    """
    registered = supported_algorithms()[op].get(ascii_lowercase(name))
    return None if registered is None else registered.operation


def normalize_an_algorithm(op: Operation, alg: AlgorithmIdentifier) -> Any:
    """A dictionary of the type that is registered for the operation and the algorithm. The name may
    be in any case.

    A "NotSupportedError" DOMException if the algorithm does not support the operation; TypeError
    for a member that is missing or wrong.

    https://w3c.github.io/webcrypto/#dfn-normalize-an-algorithm
    """
    initial_alg = alg if isinstance(alg, str) else convert_to_dictionary(alg, Algorithm).name
    registered = supported_algorithms()[op].get(ascii_lowercase(initial_alg))
    if registered is None:
        from difflib import get_close_matches

        names = [each.name for each in supported_algorithms()[op].values()]
        close = get_close_matches(initial_alg.upper(), names, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else f": {', '.join(names)} do"
        raise DOMException(f"{initial_alg!r} does not support {op}{hint}", "NotSupportedError")
    if isinstance(alg, str) and registered.operation.type is Algorithm:
        normalized_algorithm = new(Algorithm)  # OPTIMIZATION: there is nothing to read.
        normalized_algorithm.name = registered.name
        return normalized_algorithm
    normalized_algorithm = convert_to_dictionary(
        {"name": alg} if isinstance(alg, str) else alg, registered.operation.type
    )
    normalized_algorithm.name = registered.name
    for dictionary in inherited_dictionaries(registered.operation.type):
        for identifier, type, _ in vars(dictionary).get("members", ()):
            idl_value = getattr(normalized_algorithm, identifier)
            if type is buffer_source and idl_value is not None:
                setattr(
                    normalized_algorithm, identifier, get_a_copy_of_the_buffer_source(idl_value)
                )
            elif type is hash_algorithm_identifier:
                setattr(
                    normalized_algorithm, identifier, normalize_an_algorithm("digest", idl_value)
                )
    return normalized_algorithm
