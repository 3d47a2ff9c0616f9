"""What the tests of Web Crypto share: keys, official vectors as bytes, and rejections by name."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pytest

from worker_runtime import CryptoKey, DOMException, crypto
from worker_runtime.host.host import Host
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, realm_execution_context
from worker_runtime.webcrypto.crypto_key import CryptoKeyPair
from worker_runtime.webcrypto.json_web_key import JsonWebKey

subtle = crypto.subtle

ALL_USAGES = [
    "encrypt",
    "decrypt",
    "sign",
    "verify",
    "deriveKey",
    "deriveBits",
    "wrapKey",
    "unwrapKey",
]

# A key of 1024 bits, made for these tests.
RSA_JWK: JsonWebKey = {
    "kty": "RSA", "n":
    "q8nSC5NVlwMxeCS-N6xi81g-uKSqiJeSGFl6Sg6XrsiKrszZwJsXWXZet7mdIUQIl0fb_EmuTup4Wgz3MbisKJLKV4sCmT"
    "CbaAdN"
    "Q2wtShBnsF11OzlnWwj47oSAhP0aXOr2EbMMvIaR5-0Ph9bqT2ki9oRu0d1EvmwdO9jaV-s", "e": "AQAB", "d":
    "hCZiFZOGgP_s2z5wscVD7WzR-xp5MVBgC6kxgKzPFJ6iyKs_S4JDKQf8_xqjfIaokS-vU9meZIjMgoF821vz2pO1o6ELju"
    "GxRm76"
    "DxgatAeI_Atp4uPCUdgoTvPh_WR7rF3x5zMI7Hl1tqutDkDm_zX8RLoUrp3k3rvy_4D-XCk", "p":
    "1aWCLcy23uFY1UxgcEYxn3MGJBvWLYWlKsG3vOwDG-hPZdJYEWWoqV0DEHj2MV1I16p_aks826S-_IkYcpxWPw", "q":
    "zdgGLI20trl5ih894HKiXA9utFhnKmnruKi6laEqP63GhgGpgnQk5fmhM86IRe8B4ahYhYDIU0Y_pW-Mz4MLVQ", "dp":
    "LG3_9YBWI2GftLPudkrStQMZqtazIsJhR9QDXuGCAAK-yEEHGY8XlSkHoxxUro1kwZzuZG-DF3ZaVXA5SlRixw", "dq":
    "mqG9gZqyNtH-S5RMl1-GOEIfl7sRRPts6LtX7y-y3UNd7y0weZ9mWJy-THzKQj7Z2vrsBN5JnsUW6uBxlzGKQQ", "qi":
    "LXHHGfGnrcQl2BSk5lhHGWSsXeyiMIcK6fxWcv8DhtVAXN5GtUEduFxEEgqqrr045IcKjDlXl5ltiSpvvv0Tew",
}  # fmt: skip
PUBLIC_RSA_JWK: JsonWebKey = {"kty": "RSA", "n": RSA_JWK["n"], "e": RSA_JWK["e"]}


async def rejection(promise: Awaitable[object], name: str) -> str:
    """The message of what a promise is rejected with, which has to be a TypeError or a DOMException
    of that name.
    """
    with pytest.raises((DOMException, TypeError)) as caught:
        await promise
    error = caught.value
    assert (error.name if isinstance(error, DOMException) else "TypeError") == name, error
    return str(error)


async def secret_key(algorithm: Any, *usages: Any) -> CryptoKey:
    """A new extractable key."""
    key: Any = await subtle.generateKey(algorithm, True, usages)
    assert isinstance(key, CryptoKey)
    secret: CryptoKey = key
    return secret


async def key_pair(algorithm: Any, *usages: Any) -> CryptoKeyPair:
    """A new pair of extractable keys."""
    keys = await subtle.generateKey(algorithm, True, usages)
    assert isinstance(keys, CryptoKeyPair)
    return keys


async def exported_jwk(key: CryptoKey) -> JsonWebKey:
    return await subtle.exportKey("jwk", key)


async def exported_bytes(format: Literal["raw", "pkcs8", "spki"], key: CryptoKey) -> bytes:
    return await subtle.exportKey(format, key)


def as_python(vector: Any) -> Any:
    """An official vector, in which bytes are {"hex": ...} and JavaScript's undefined is
    {"undefined": true}.
    """
    if isinstance(vector, list):
        return [as_python(item) for item in vector]
    if isinstance(vector, dict):
        if vector.keys() == {"hex"}:
            return bytes.fromhex(vector["hex"])
        return (
            None
            if vector.keys() == {"undefined"}
            else {name: as_python(item) for name, item in vector.items()}
        )
    return vector


class CountingEntropy:
    """Bytes that everybody can guess."""

    def __init__(self) -> None:
        self.lengths: list[int] = []

    def random_bytes(self, length: int) -> bytes:
        self.lengths.append(length)
        return bytes(index % 256 for index in range(length))


@contextmanager
def counting_entropy() -> Iterator[CountingEntropy]:
    """Let a scope with such entropy be the current one."""
    entropy = CountingEntropy()
    token = realm_execution_context.set(EnvironmentSettingsObject(Host(entropy=entropy)))
    try:
        yield entropy
    finally:
        realm_execution_context.reset(token)
