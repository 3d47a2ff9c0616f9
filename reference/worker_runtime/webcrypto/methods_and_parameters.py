"""Methods and parameters: the steps of the methods of SubtleCrypto.

Web Cryptography: https://w3c.github.io/webcrypto/#subtlecrypto-interface-methods

A method is a generator. What stands before its `yield` happens before the method returns its
promise; the rest happens "in parallel": in a thread if what was yielded is true, so that the event
loop goes on, and else at once, since short work is done sooner than a task has begun. What it
raises before or after, the promise is rejected with.
"""

from __future__ import annotations

from collections.abc import Collection, Generator
from functools import partial
from typing import Any, Literal, TypeAlias, TypeVar

from ..html.event_loops import in_a_thread
from ..infra.json import serialize_a_javascript_value_to_json_bytes
from ..webidl.exceptions import DOMException, reason_of
from ..webidl.promises import Promise, a_promise_rejected_with, a_promise_resolved_with
from ..webidl.type_mapping import (
    BufferSource,
    get_a_copy_of_the_buffer_source,
    is_buffer_source,
    to_integer,
)
from .algorithm_dictionary import Algorithm, AlgorithmIdentifier, buffer_source, bytes_of_parameters
from .algorithm_normalization import normalize_an_algorithm, operation_of
from .crypto_key import (
    CryptoKey,
    CryptoKeyPair,
    KeyType,
    KeyUsage,
    normalized_value_of_a_usages_list,
    to_crypto_key,
    to_key_usages,
)
from .json_web_key import JsonWebKey, KeyData, parse_a_jwk, to_json_web_key
from .key_algorithm_dictionary import KeyAlgorithm
from .registration import Operation, SupportedOperation

T = TypeVar("T")

# https://w3c.github.io/webcrypto/#dom-keyformat
KeyFormat: TypeAlias = Literal["raw", "pkcs8", "spki", "jwk"]
RECOGNIZED_KEY_FORMAT_VALUES: tuple[KeyFormat, ...] = ("raw", "pkcs8", "spki", "jwk")

FORMAT_OF_TYPE: dict[KeyType, KeyFormat] = {"secret": "raw", "public": "spki", "private": "pkcs8"}

PARAMETERS_THAT_TAKE_LONG = 1 << 16  # bytes, two milliseconds of GHASH

Method: TypeAlias = Generator[bool, None, T]


def perform(method: Method[T]) -> Promise[T]:
    """Run a method; the promise is settled when it is returned, unless the method takes long.

    Part of https://w3c.github.io/webcrypto/#dfn-crypto-task-source-0
    """
    try:
        takes_long = next(method)
        # DEVIATION: the standard settles the promise in a task of its own, always.
        steps_in_parallel = partial(_finish, method)
        return (
            in_a_thread(steps_in_parallel)
            if takes_long
            else a_promise_resolved_with(steps_in_parallel())
        )
    except Exception as error:
        return a_promise_rejected_with(reason_of(error))


def _finish(method: Method[T]) -> T:
    try:
        next(method)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("A method yields once")


# ---- encrypting, signing, hashing ----------------------------------------------------------------


def encrypt(algorithm: AlgorithmIdentifier, key: CryptoKey, data: BufferSource) -> Method[bytes]:
    """https://w3c.github.io/webcrypto/#SubtleCrypto-method-encrypt"""
    key = to_crypto_key(key)
    buffer_source(data)
    normalized_algorithm = normalize_an_algorithm("encrypt", algorithm)
    data = get_a_copy_of_the_buffer_source(data)
    operation = supported_operation("encrypt", normalized_algorithm.name)
    yield takes_long(operation, normalized_algorithm, len(data), key)
    check_key(key, normalized_algorithm, "encrypt")
    ciphertext: bytes = operation.steps(normalized_algorithm, key, data)
    return ciphertext


def decrypt(algorithm: AlgorithmIdentifier, key: CryptoKey, data: BufferSource) -> Method[bytes]:
    """https://w3c.github.io/webcrypto/#SubtleCrypto-method-decrypt"""
    key = to_crypto_key(key)
    buffer_source(data)
    normalized_algorithm = normalize_an_algorithm("decrypt", algorithm)
    data = get_a_copy_of_the_buffer_source(data)
    operation = supported_operation("decrypt", normalized_algorithm.name)
    yield takes_long(operation, normalized_algorithm, len(data), key)
    check_key(key, normalized_algorithm, "decrypt")
    plaintext: bytes = operation.steps(normalized_algorithm, key, data)
    return plaintext


def sign(algorithm: AlgorithmIdentifier, key: CryptoKey, data: BufferSource) -> Method[bytes]:
    """https://w3c.github.io/webcrypto/#SubtleCrypto-method-sign"""
    key = to_crypto_key(key)
    buffer_source(data)
    normalized_algorithm = normalize_an_algorithm("sign", algorithm)
    data = get_a_copy_of_the_buffer_source(data)
    operation = supported_operation("sign", normalized_algorithm.name)
    yield takes_long(operation, normalized_algorithm, len(data), key)
    check_key(key, normalized_algorithm, "sign")
    signature: bytes = operation.steps(normalized_algorithm, key, data)
    return signature


def verify(
    algorithm: AlgorithmIdentifier, key: CryptoKey, signature: BufferSource, data: BufferSource
) -> Method[bool]:
    """https://w3c.github.io/webcrypto/#SubtleCrypto-method-verify"""
    key = to_crypto_key(key)
    buffer_source(signature)
    buffer_source(data)
    normalized_algorithm = normalize_an_algorithm("verify", algorithm)
    signature = get_a_copy_of_the_buffer_source(signature)
    data = get_a_copy_of_the_buffer_source(data)
    operation = supported_operation("verify", normalized_algorithm.name)
    yield takes_long(operation, normalized_algorithm, len(data), key)
    check_key(key, normalized_algorithm, "verify")
    result: bool = operation.steps(normalized_algorithm, key, signature, data)
    return result


def digest(algorithm: AlgorithmIdentifier, data: BufferSource) -> Method[bytes]:
    """https://w3c.github.io/webcrypto/#SubtleCrypto-method-digest"""
    buffer_source(data)
    normalized_algorithm = normalize_an_algorithm("digest", algorithm)
    data = get_a_copy_of_the_buffer_source(data)
    operation = supported_operation("digest", normalized_algorithm.name)
    yield takes_long(operation, normalized_algorithm, len(data))
    digest: bytes = operation.steps(normalized_algorithm, data)
    return digest


# ---- keys ----------------------------------------------------------------------------------------


def generate_key(
    algorithm: AlgorithmIdentifier, extractable: bool, key_usages: object
) -> Method[CryptoKey | CryptoKeyPair]:
    """https://w3c.github.io/webcrypto/#SubtleCrypto-method-generateKey"""
    usages = to_key_usages(key_usages)
    normalized_algorithm = normalize_an_algorithm("generateKey", algorithm)
    operation = supported_operation("generateKey", normalized_algorithm.name)
    yield takes_long(operation, normalized_algorithm, 0)
    result: CryptoKey | CryptoKeyPair = operation.steps(
        normalized_algorithm, bool(extractable), usages
    )
    if isinstance(result, CryptoKeyPair):
        check_that_a_key_is_of_use(result.privateKey, result.privateKey._usages)
    else:
        check_that_a_key_is_of_use(result, usages)
    return result


def derive_key(
    algorithm: AlgorithmIdentifier,
    base_key: CryptoKey,
    derived_key_type: AlgorithmIdentifier,
    extractable: bool,
    key_usages: object,
) -> Method[CryptoKey]:
    """https://w3c.github.io/webcrypto/#SubtleCrypto-method-deriveKey"""
    base_key, usages = to_crypto_key(base_key), to_key_usages(key_usages)
    normalized_algorithm = normalize_an_algorithm("deriveBits", algorithm)
    normalized_derived_key_algorithm_import = normalize_an_algorithm("importKey", derived_key_type)
    normalized_derived_key_algorithm_length = normalize_an_algorithm(
        "get key length", derived_key_type
    )
    operation = supported_operation("deriveBits", normalized_algorithm.name)
    # How long it takes is known when the length is; that this happens before the method returns
    # nobody can see.
    check_key(base_key, normalized_algorithm, "deriveKey")
    get_key_length = supported_operation(
        "get key length", normalized_derived_key_algorithm_length.name
    ).steps
    length: int | None = get_key_length(normalized_derived_key_algorithm_length)
    yield takes_long(operation, normalized_algorithm, (length or 0) // 8)
    secret: bytes = operation.steps(normalized_algorithm, base_key, length)
    return import_key_data(
        normalized_derived_key_algorithm_import, "raw", secret, bool(extractable), usages
    )


def derive_bits(
    algorithm: AlgorithmIdentifier, base_key: CryptoKey, length: int | None
) -> Method[bytes]:
    """https://w3c.github.io/webcrypto/#SubtleCrypto-method-deriveBits"""
    base_key, length = to_crypto_key(base_key), None if length is None else to_integer(length, 32)
    normalized_algorithm = normalize_an_algorithm("deriveBits", algorithm)
    operation = supported_operation("deriveBits", normalized_algorithm.name)
    yield takes_long(operation, normalized_algorithm, (length or 0) // 8)
    check_key(base_key, normalized_algorithm, "deriveBits")
    bits: bytes = operation.steps(normalized_algorithm, base_key, length)
    return bits


def import_key(
    format: KeyFormat,
    key_data: object,
    algorithm: AlgorithmIdentifier,
    extractable: bool,
    key_usages: object,
) -> Method[CryptoKey]:
    """https://w3c.github.io/webcrypto/#SubtleCrypto-method-importKey"""
    format, usages = to_key_format(format), to_key_usages(key_usages)
    jwk = None if is_buffer_source(key_data) else to_json_web_key(key_data)
    normalized_algorithm = normalize_an_algorithm("importKey", algorithm)
    if (format == "jwk") != (jwk is not None):
        raise TypeError(
            f"Expected {'a JSON Web Key' if jwk is None else 'a buffer'} for the format {format!r}"
        )
    data: KeyData = get_a_copy_of_the_buffer_source(key_data) if jwk is None else jwk
    size = len(data) if isinstance(data, bytes) else sum(map(len, map(str, data.values())))
    operation = supported_operation("importKey", normalized_algorithm.name)
    yield takes_long(operation, normalized_algorithm, size)
    return import_key_data(normalized_algorithm, format, data, bool(extractable), usages)


def export_key(format: KeyFormat, key: CryptoKey) -> Method[bytes | JsonWebKey]:
    """https://w3c.github.io/webcrypto/#SubtleCrypto-method-exportKey"""
    format, key = to_key_format(format), to_crypto_key(key)
    yield False
    return export_key_data(key, format)


def wrap_key(
    format: KeyFormat, key: CryptoKey, wrapping_key: CryptoKey, wrap_algorithm: AlgorithmIdentifier
) -> Method[bytes]:
    """https://w3c.github.io/webcrypto/#SubtleCrypto-method-wrapKey"""
    format, key, wrapping_key = (
        to_key_format(format),
        to_crypto_key(key),
        to_crypto_key(wrapping_key),
    )
    op: Operation
    try:
        op, normalized_algorithm = "wrapKey", normalize_an_algorithm("wrapKey", wrap_algorithm)
    except Exception:
        op, normalized_algorithm = "encrypt", normalize_an_algorithm("encrypt", wrap_algorithm)
    # How long it takes is known when the key is exported; that it happens before the method returns
    # nobody can see.
    check_key(wrapping_key, normalized_algorithm, "wrapKey")
    exported_key = export_key_data(key, format)
    if isinstance(exported_key, bytes):
        data = exported_key
    else:
        data = serialize_a_javascript_value_to_json_bytes(exported_key)
        # AES-KW takes whole blocks of 8 bytes, and JSON has room for as many spaces as one likes.
        if op == "wrapKey":
            data = data[:-1] + b" " * (-len(data) % 8) + data[-1:]
    operation = supported_operation(op, normalized_algorithm.name)
    yield takes_long(operation, normalized_algorithm, len(data), wrapping_key)
    result: bytes = operation.steps(normalized_algorithm, wrapping_key, data)
    return result


def unwrap_key(
    format: KeyFormat,
    wrapped_key: BufferSource,
    unwrapping_key: CryptoKey,
    unwrap_algorithm: AlgorithmIdentifier,
    unwrapped_key_algorithm: AlgorithmIdentifier,
    extractable: bool,
    key_usages: object,
) -> Method[CryptoKey]:
    """https://w3c.github.io/webcrypto/#SubtleCrypto-method-unwrapKey"""
    format = to_key_format(format)
    buffer_source(wrapped_key)
    unwrapping_key, usages = to_crypto_key(unwrapping_key), to_key_usages(key_usages)
    op: Operation
    try:
        op, normalized_algorithm = (
            "unwrapKey",
            normalize_an_algorithm("unwrapKey", unwrap_algorithm),
        )
    except Exception:
        op, normalized_algorithm = "decrypt", normalize_an_algorithm("decrypt", unwrap_algorithm)
    normalized_key_algorithm = normalize_an_algorithm("importKey", unwrapped_key_algorithm)
    wrapped_key = get_a_copy_of_the_buffer_source(wrapped_key)
    operation = supported_operation(op, normalized_algorithm.name)
    import_operation = supported_operation("importKey", normalized_key_algorithm.name)
    yield takes_long(
        operation, normalized_algorithm, len(wrapped_key), unwrapping_key
    ) or takes_long(import_operation, normalized_key_algorithm, len(wrapped_key))
    check_key(unwrapping_key, normalized_algorithm, "unwrapKey")
    data: bytes = operation.steps(normalized_algorithm, unwrapping_key, wrapped_key)
    key = parse_a_jwk(data) if format == "jwk" else data
    return import_key_data(normalized_key_algorithm, format, key, bool(extractable), usages)


# ---- what several methods say --------------------------------------------------------------------


def supported_operation(op: Operation, name: str) -> SupportedOperation:
    """Part of https://w3c.github.io/webcrypto/#supported-operation"""
    operation = operation_of(op, name)
    if operation is None:
        raise DOMException(f"{name!r} does not support {op}", "NotSupportedError")
    return operation


def takes_long(
    operation: SupportedOperation,
    normalized_algorithm: Algorithm,
    length: int,
    key: CryptoKey | None = None,
) -> bool:
    """Whether an operation on `length` bytes takes longer than the event loop can wait. The bytes
    of the parameters count, too.

    Part of https://w3c.github.io/webcrypto/#dfn-crypto-task-source-0
    """
    return (
        operation.takes_long(normalized_algorithm, length)
        or bytes_of_parameters(normalized_algorithm) > PARAMETERS_THAT_TAKE_LONG
        or (key is not None and operation.takes_long_with(key))
    )


def check_key(key: CryptoKey, normalized_algorithm: Algorithm, usage: KeyUsage) -> None:
    """An "InvalidAccessError" DOMException if the key is of another algorithm or may not be used
    for that.

    Part of https://w3c.github.io/webcrypto/#SubtleCrypto-Exceptions
    """
    if normalized_algorithm.name != key._algorithm.name:
        raise DOMException(
            f"The key is for {key._algorithm.name}, not {normalized_algorithm.name}",
            "InvalidAccessError",
        )
    if usage not in key._usages:
        raise DOMException(
            f"The key is for {', '.join(key._usages) or 'no usage'}, not {usage}",
            "InvalidAccessError",
        )


def import_key_data(
    normalized_algorithm: Algorithm,
    format: KeyFormat,
    key_data: KeyData,
    extractable: bool,
    usages: list[KeyUsage],
) -> CryptoKey:
    """How importKey, deriveKey and unwrapKey end.

    Part of https://w3c.github.io/webcrypto/#SubtleCrypto-method-importKey
    """
    operation = supported_operation("importKey", normalized_algorithm.name)
    result: CryptoKey = operation.steps(normalized_algorithm, format, key_data, extractable, usages)
    check_that_a_key_is_of_use(result, usages)
    result._extractable = extractable
    result._usages = normalized_value_of_a_usages_list(usages)
    return result


def export_key_data(key: CryptoKey, format: KeyFormat) -> bytes | JsonWebKey:
    """How exportKey and wrapKey get at what a key is.

    Part of https://w3c.github.io/webcrypto/#SubtleCrypto-method-exportKey
    """
    operation = supported_operation("exportKey", key._algorithm.name)
    if not key._extractable:
        raise DOMException("The key is not extractable", "InvalidAccessError")
    result: bytes | JsonWebKey = operation.steps(key, format)
    return result


def check_that_a_key_is_of_use(key: CryptoKey, usages: Collection[KeyUsage]) -> None:
    """A "SyntaxError" DOMException for a secret or private key without usages.

    Part of https://w3c.github.io/webcrypto/#SubtleCrypto-method-importKey
    """
    if key._type != "public" and not usages:
        raise DOMException(f"A {key._type} key without usages is of no use", "SyntaxError")


def to_key_format(value: object) -> KeyFormat:
    """TypeError if the value is not a format.

    Part of https://w3c.github.io/webcrypto/#dfn-RecognizedKeyFormats
    """
    for format in RECOGNIZED_KEY_FORMAT_VALUES:
        if format == value:
            return format
    raise TypeError(f"Expected 'raw', 'pkcs8', 'spki' or 'jwk' as the format, not {value!r}")


# ---- keys as structured data ---------------------------------------------------------------------


def serialization_steps(value: CryptoKey, for_storage: bool) -> dict[str, Any]:
    """What a key is, in plain data: its handle as what the format of its type has for it.

    Part of https://w3c.github.io/webcrypto/#cryptokey-interface-serializable
    """
    export_key = operation_of("exportKey", value._algorithm.name)
    return {
        "type": value._type,
        "extractable": value._extractable,
        "algorithm": {
            name: member._asdict() if isinstance(member, KeyAlgorithm) else member
            for name, member in value._algorithm._asdict().items()
        },
        "usages": list(value._usages),
        "handle": export_key.steps(value, FORMAT_OF_TYPE[value._type])
        if export_key
        else value._handle,
    }


def deserialization_steps(serialized: dict[str, Any]) -> CryptoKey:
    """The key that the steps above were given, once more.

    Part of https://w3c.github.io/webcrypto/#cryptokey-interface-serializable
    """
    normalized_algorithm = normalize_an_algorithm("importKey", serialized["algorithm"])
    import_key = supported_operation("importKey", normalized_algorithm.name)
    format, handle = FORMAT_OF_TYPE[serialized["type"]], serialized["handle"]
    value: CryptoKey = import_key.steps(normalized_algorithm, format, handle, False, [])
    value._extractable = serialized["extractable"]
    value._usages = normalized_value_of_a_usages_list(serialized["usages"])
    return value
