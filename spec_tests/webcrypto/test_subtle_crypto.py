"""Web Cryptography: the SubtleCrypto interface. Its steps are tested in
test_methods_and_parameters.
"""

from __future__ import annotations

import pytest

from spec_tests.webcrypto.harness import ALL_USAGES, exported_jwk, key_pair, secret_key, subtle
from worker_runtime import Promise, SubtleCrypto

spec = pytest.mark.spec


@spec("https://w3c.github.io/webcrypto/#dfn-SubtleCrypto")
class TestSubtleCrypto:
    def test_has_the_twelve_methods_of_the_standard(self) -> None:
        methods = (
            "encrypt decrypt sign verify digest generateKey deriveKey deriveBits importKey "
            "exportKey wrapKey unwrapKey"
        )
        for name in methods.split():
            assert callable(getattr(SubtleCrypto, name))

    async def test_each_returns_a_promise_whatever_it_is_given(self) -> None:
        promises = [
            getattr(subtle, name)(*[None] * count) for name, count in [ ("encrypt", 3), ("decrypt",
            3), ("sign", 3), ("verify", 4), ("digest", 2), ("generateKey", 3), ("deriveKey", 5),
            ("deriveBits", 2), ("importKey", 5), ("exportKey", 2), ("wrapKey", 4), ("unwrapKey", 7),
            ]
        ]  # fmt: skip
        for promise in promises:
            assert isinstance(promise, Promise)
            with pytest.raises(TypeError):
                await promise


@spec("https://w3c.github.io/webcrypto/#dfn-SubtleCrypto-method-encrypt")
class TestEncrypt:
    async def test_parameters_have_the_names_of_the_standard(self) -> None:
        key = await secret_key({"name": "AES-GCM", "length": 128}, *ALL_USAGES[:2])
        algorithm = {"name": "AES-GCM", "iv": bytes(12)}
        ciphertext = await subtle.encrypt(algorithm=algorithm, key=key, data=b"text")
        assert await subtle.decrypt(algorithm=algorithm, key=key, data=ciphertext) == b"text"


@spec("https://w3c.github.io/webcrypto/#dfn-SubtleCrypto-method-sign")
class TestSign:
    async def test_parameters_have_the_names_of_the_standard(self) -> None:
        public_key, private_key = await key_pair("Ed25519", "sign", "verify")
        signature = await subtle.sign(algorithm="Ed25519", key=private_key, data=b"text")
        assert (
            await subtle.verify(
                algorithm="Ed25519", key=public_key, signature=signature, data=b"text"
            )
            is True
        )
        assert await subtle.verify("Ed25519", public_key, signature, b"other text") is False


@spec("https://w3c.github.io/webcrypto/#dfn-SubtleCrypto-method-importKey")
class TestImportKey:
    async def test_parameters_have_the_names_of_the_standard(self) -> None:
        key = await subtle.importKey(
            format="jwk", keyData={"kty": "oct", "k": "AAAA"},
            algorithm={"name": "HMAC", "hash": "SHA-1"}, extractable=True, keyUsages=["sign"],
        )  # fmt: skip
        assert await exported_jwk(key) == {
            "kty": "oct",
            "k": "AAAA",
            "alg": "HS1",
            "key_ops": ["sign"],
            "ext": True,
        }
