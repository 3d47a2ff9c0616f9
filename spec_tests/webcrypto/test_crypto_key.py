"""Web Cryptography: the CryptoKey interface."""

from __future__ import annotations

from typing import Any

import pytest

from spec_tests.webcrypto.harness import key_pair, secret_key
from worker_runtime import CryptoKey, DOMException
from worker_runtime.webcrypto.crypto_key import (
    RECOGNIZED_KEY_USAGE_VALUES,
    check_usages,
    new_crypto_key,
    normalized_value_of_a_usages_list,
    to_crypto_key,
    to_key_usage,
    to_key_usages,
    usage_intersection,
)
from worker_runtime.webcrypto.key_algorithm_dictionary import KeyAlgorithm

spec = pytest.mark.spec


@spec("https://w3c.github.io/webcrypto/#dfn-CryptoKey")
class TestCryptoKey:
    def test_nobody_can_make_one(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            CryptoKey()

    async def test_attributes_say_what_it_is(self) -> None:
        key = await secret_key(
            {"name": "hmac", "hash": "sha-256", "length": 9}, "verify", "sign", "sign"
        )
        assert (key.type, key.extractable, key.usages) == ("secret", True, ("sign", "verify"))
        assert key.algorithm == ("HMAC", ("SHA-256",), 9)

    async def test_attributes_are_always_the_same_objects_and_nobody_can_change_them(self) -> None:
        key = await secret_key({"name": "AES-CTR", "length": 256}, "encrypt")
        assert key.algorithm is key.algorithm
        assert key.usages is key.usages
        for name in ("type", "extractable", "algorithm", "usages"):
            with pytest.raises(AttributeError):
                setattr(key, name, None)
        with pytest.raises(AttributeError):
            setattr(key.algorithm, "name", "AES-GCM")

    async def test_what_it_shows_tells_nothing_of_its_material(self) -> None:
        key = await secret_key({"name": "AES-CTR", "length": 128}, "encrypt")
        assert repr(key) == "<CryptoKey: secret, AesKeyAlgorithm(name='AES-CTR', length=128)>"


@spec("https://w3c.github.io/webcrypto/#dfn-CryptoKeyPair")
class TestCryptoKeyPair:
    async def test_has_two_attributes_and_is_a_tuple(self) -> None:
        pair = await key_pair("Ed25519", "sign", "verify")
        public_key, private_key = pair
        assert (pair.publicKey.type, pair.privateKey.type) == ("public", "private")
        assert (public_key, private_key) == (pair.publicKey, pair.privateKey)


@spec("https://w3c.github.io/webcrypto/#cryptokey-interface-internal-slots")
class TestNewCryptoKey:
    def test_usages_are_normalized(self) -> None:
        key = new_crypto_key(
            "secret", KeyAlgorithm("HMAC"), b"k", True, ["verify", "sign", "verify"]
        )
        assert (key.type, key.extractable, key.usages) == ("secret", True, ("sign", "verify"))


@spec("https://w3c.github.io/webcrypto/#concept-usage-intersection")
class TestUsageIntersection:
    def test_is_in_the_order_of_the_standard(self) -> None:
        assert usage_intersection(
            ["unwrapKey", "sign", "encrypt"], ["sign", "decrypt", "unwrapKey"]
        ) == ("sign", "unwrapKey")
        assert usage_intersection(["Sign"], ["sign"]) == ()


@spec("https://w3c.github.io/webcrypto/#concept-normalized-usages")
class TestNormalizedValueOfAUsagesList:
    def test_has_each_usage_once(self) -> None:
        assert normalized_value_of_a_usages_list([]) == ()
        assert normalized_value_of_a_usages_list(["decrypt", "encrypt", "decrypt"]) == (
            "encrypt",
            "decrypt",
        )


@spec("https://w3c.github.io/webcrypto/#SubtleCrypto-Exceptions")
class TestCheckUsages:
    def test_one_that_is_not_permitted_is_a_syntax_error(self) -> None:
        check_usages([], ())
        check_usages(["sign", "sign"], ("sign", "verify"))
        with pytest.raises(
            DOMException, match="'sign' or 'verify' for this key, not 'encrypt'"
        ) as caught:
            check_usages(["sign", "encrypt"], ("sign", "verify"))
        assert caught.value.name == "SyntaxError"
        with pytest.raises(DOMException, match="no usage for this key, not 'verify'"):
            check_usages(["verify"], ())


@spec("https://w3c.github.io/webcrypto/#cryptokey-interface-members")
class TestToCryptoKey:
    def test_anything_else_is_refused(self) -> None:
        key = new_crypto_key("secret", KeyAlgorithm("HKDF"), b"k")
        assert to_crypto_key(key) is key
        with pytest.raises(TypeError, match="CryptoKey, not bytes"):
            to_crypto_key(b"k")


@spec("https://w3c.github.io/webcrypto/#dom-keyusage")
class TestToKeyUsages:
    def test_is_any_iterable(self) -> None:
        assert to_key_usages(usage for usage in ("sign", "verify", "sign")) == [
            "sign",
            "verify",
            "sign",
        ]

    @pytest.mark.parametrize(
        "value", ["sign", b"sign", None, 5, ["sign", "sing"], ["SIGN"], [None]]
    )
    def test_anything_else_is_refused(self, value: Any) -> None:
        with pytest.raises(TypeError):
            to_key_usages(value)


@spec("https://w3c.github.io/webcrypto/#cryptokey-interface-types")
class TestToKeyUsage:
    def test_is_one_of_eight(self) -> None:
        assert [to_key_usage(usage) for usage in RECOGNIZED_KEY_USAGE_VALUES] == list(
            RECOGNIZED_KEY_USAGE_VALUES
        )
        with pytest.raises(TypeError, match="not 'Sign'"):
            to_key_usage("Sign")
