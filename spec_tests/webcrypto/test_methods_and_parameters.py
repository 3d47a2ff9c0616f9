"""Web Cryptography: methods and parameters, but for what each algorithm does."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Generator
from typing import Any

import pytest

from spec_tests.webcrypto.harness import (
    ALL_USAGES,
    RSA_JWK,
    exported_bytes,
    exported_jwk,
    key_pair,
    rejection,
    secret_key,
    subtle,
)
from worker_runtime import CryptoKey, DOMException, Promise, Thrown, structuredClone
from worker_runtime.webcrypto.algorithm_dictionary import bytes_of_parameters
from worker_runtime.webcrypto.algorithm_normalization import normalize_an_algorithm
from worker_runtime.webcrypto.crypto_key import CryptoKeyPair, new_crypto_key
from worker_runtime.webcrypto.key_algorithm_dictionary import HmacKeyAlgorithm, KeyAlgorithm
from worker_runtime.webcrypto.methods_and_parameters import (
    check_key,
    check_that_a_key_is_of_use,
    deserialization_steps,
    export_key_data,
    import_key_data,
    perform,
    serialization_steps,
    supported_operation,
    takes_long,
    to_key_format,
)

spec = pytest.mark.spec

AES_CBC = {"name": "AES-CBC", "iv": bytes(16)}
HMAC = {"name": "HMAC", "hash": "SHA-256"}


def is_settled(promise: Promise[Any]) -> bool:
    return "pending" not in repr(promise)


@spec("https://w3c.github.io/webcrypto/#dfn-crypto-task-source-0")
class TestPerform:
    async def test_short_work_is_done_when_the_promise_is_returned(self) -> None:
        seen: list[object] = []

        def method() -> Generator[bool, None, int]:
            yield False
            seen.append(threading.current_thread())
            return 5

        promise = perform(method())
        assert seen == [threading.current_thread()]
        assert is_settled(promise)
        assert await promise == 5

    async def test_long_work_is_done_in_a_thread(self) -> None:
        may_end = threading.Event()

        def method() -> Generator[bool, None, threading.Thread]:
            yield True
            may_end.wait()
            return threading.current_thread()

        promise = perform(method())
        assert not is_settled(promise)
        may_end.set()
        assert await promise is not threading.current_thread()

    @pytest.mark.parametrize("takes_long", [False, True])
    @pytest.mark.parametrize("at", [1, 2])
    async def test_what_is_raised_before_or_after_is_a_rejection(
        self, at: int, takes_long: bool
    ) -> None:
        error = KeyError("k")

        def method() -> Generator[bool, None, None]:
            if at == 1:
                raise error
            yield takes_long
            raise error

        with pytest.raises(KeyError) as caught:
            await perform(method())
        assert caught.value is error

    async def test_what_is_thrown_and_no_exception_is_the_reason(self) -> None:
        class Trap:
            @property
            def name(self) -> str:
                raise Thrown("reason")

        reasons: list[object] = []
        await subtle.digest(Trap(), b"").then(None, reasons.append)
        assert reasons == ["reason"]


@spec("https://w3c.github.io/webcrypto/#dfn-crypto-task-source-0")
class TestTakesLong:
    @pytest.mark.parametrize("op, algorithm", [
        ("encrypt", {"name": "AES-GCM", "iv": bytes(12), "additionalData": bytes(100_000)}),
        ("encrypt", {"name": "AES-GCM", "iv": bytes(100_000)}),
        ("encrypt", {"name": "RSA-OAEP", "label": bytes(100_000)}),
        ("deriveBits",
            {"name": "PBKDF2", "hash": "SHA-1", "salt": bytes(100_000), "iterations": 1}),
        ("deriveBits", {"name": "HKDF", "hash": "SHA-1", "salt": bytes(100_000), "info": b""}),
    ])  # fmt: skip
    def test_what_the_parameters_have_of_bytes_counts(self, op: Any, algorithm: Any) -> None:
        normalized_algorithm = normalize_an_algorithm(op, algorithm)
        operation = supported_operation(op, normalized_algorithm.name)
        assert takes_long(operation, normalized_algorithm, 0)
        assert bytes_of_parameters(normalized_algorithm) >= 100_000

    async def test_the_length_of_a_derived_key_counts(self) -> None:
        key = await subtle.importKey("raw", b"key", "PBKDF2", False, ["deriveKey"])
        promise = subtle.deriveKey(
            {"name": "PBKDF2", "hash": "SHA-256", "salt": b"", "iterations": 1},
            key, {"name": "HMAC", "hash": "SHA-256", "length": 8_000_000}, True, ["sign"],
        )  # fmt: skip
        assert not is_settled(promise)
        assert len(await exported_bytes("raw", await promise)) == 1_000_000


@spec("https://w3c.github.io/webcrypto/#SubtleCrypto-method-encrypt")
@spec("https://w3c.github.io/webcrypto/#SubtleCrypto-method-decrypt")
@spec("https://w3c.github.io/webcrypto/#SubtleCrypto-method-sign")
@spec("https://w3c.github.io/webcrypto/#SubtleCrypto-method-verify")
class TestEncryptDecryptSignVerify:
    """What the four say in the same words."""

    METHODS = ["encrypt", "decrypt", "sign", "verify"]

    def call(self, method: str, algorithm: Any, key: Any, data: Any = b"") -> Promise[Any]:
        arguments = (algorithm, key, b"", data) if method == "verify" else (algorithm, key, data)
        promise: Promise[Any] = getattr(subtle, method)(*arguments)
        return promise

    @pytest.mark.parametrize("method", METHODS)
    async def test_wrong_types_are_refused_before_the_algorithm_is_looked_at(
        self, method: str
    ) -> None:
        key = await secret_key(HMAC, "sign")
        await rejection(self.call(method, "unknown", "key"), "TypeError")
        await rejection(self.call(method, "unknown", key, "data"), "TypeError")
        await rejection(self.call(method, None, key), "TypeError")

    @pytest.mark.parametrize("method", METHODS)
    async def test_an_algorithm_that_does_not_support_it_is_refused(self, method: str) -> None:
        key = await secret_key(HMAC, "sign")
        await rejection(self.call(method, "SHA-256", key), "NotSupportedError")

    @pytest.mark.parametrize("method", METHODS)
    async def test_a_key_of_another_algorithm_is_refused(self, method: str) -> None:
        key = (await key_pair("Ed25519", "sign")).privateKey
        algorithm = AES_CBC if method in ("encrypt", "decrypt") else "HMAC"
        assert "Ed25519" in await rejection(self.call(method, algorithm, key), "InvalidAccessError")

    @pytest.mark.parametrize("method", METHODS)
    async def test_a_key_for_other_usages_is_refused(self, method: str) -> None:
        usages = [usage for usage in self.METHODS if usage != method]
        if method in ("encrypt", "decrypt"):
            key = await secret_key(
                {"name": "AES-CBC", "length": 128}, *set(usages) - {"sign", "verify"}
            )
            algorithm: Any = AES_CBC
        else:
            key, algorithm = await secret_key(HMAC, *set(usages) - {"encrypt", "decrypt"}), "HMAC"
        assert f"not {method}" in await rejection(
            self.call(method, algorithm, key), "InvalidAccessError"
        )

    async def test_data_is_copied_before_the_method_returns(self) -> None:
        key = await secret_key({"name": "AES-CTR", "length": 128}, "encrypt")
        algorithm = {"name": "AES-CTR", "counter": bytearray(16), "length": 64}
        data = bytearray(100_000)
        expected = await subtle.encrypt(algorithm, key, data)
        promise = subtle.encrypt(algorithm, key, data)
        data[:] = b"\xff" * len(data)
        algorithm["counter"][:] = b"\xff" * 16  # type: ignore[index]
        assert not is_settled(promise)
        assert await promise == expected

    async def test_a_buffer_that_has_been_released_is_empty(self) -> None:
        key = await secret_key(HMAC, "sign")
        view = memoryview(b"data")
        view.release()
        assert await subtle.sign("HMAC", key, view) == await subtle.sign("HMAC", key, b"")


@spec("https://w3c.github.io/webcrypto/#SubtleCrypto-method-digest")
class TestDigest:
    async def test_any_buffer_will_do(self) -> None:
        expected = await subtle.digest("SHA-1", b"abc")
        for data in (bytearray(b"abc"), memoryview(b"xabc")[1:], memoryview(b"axbxc")[::2]):
            assert await subtle.digest({"name": "sha-1"}, data) == expected

    @pytest.mark.parametrize("data", ["abc", None, [1, 2]])
    async def test_anything_else_is_refused(self, data: Any) -> None:
        await rejection(subtle.digest("SHA-1", data), "TypeError")

    async def test_what_is_short_is_there_at_once(self) -> None:
        assert is_settled(subtle.digest("SHA-256", bytes(1 << 20)))
        long = subtle.digest("SHA-256", bytes((1 << 20) + 1))
        assert not is_settled(long)
        assert len(await long) == 32


@spec("https://w3c.github.io/webcrypto/#SubtleCrypto-method-generateKey")
class TestGenerateKey:
    async def test_usages_are_converted_before_the_algorithm_is_looked_at(self) -> None:
        for usages in ("sign", ["sing"], None):
            await rejection(subtle.generateKey("unknown", True, usages), "TypeError")  # type: ignore[arg-type]
        await rejection(subtle.generateKey("unknown", True, []), "NotSupportedError")
        await rejection(subtle.generateKey("SHA-1", True, []), "NotSupportedError")

    async def test_a_secret_key_without_usages_is_refused(self) -> None:
        await rejection(subtle.generateKey(HMAC, True, []), "SyntaxError")

    async def test_a_pair_whose_private_key_has_no_usages_is_refused(self) -> None:
        await rejection(subtle.generateKey("Ed25519", True, []), "SyntaxError")
        await rejection(subtle.generateKey("Ed25519", True, ["verify"]), "SyntaxError")

    async def test_the_public_key_of_a_pair_is_always_extractable(self) -> None:
        pair = await subtle.generateKey("Ed25519", False, ["sign"])
        assert isinstance(pair, CryptoKeyPair)
        assert (pair.publicKey.extractable, pair.privateKey.extractable) == (True, False)
        assert (pair.publicKey.usages, pair.privateKey.usages) == ((), ("sign",))

    async def test_extractable_is_any_value(self) -> None:
        key = await subtle.generateKey(HMAC, "RED", ["sign"])  # type: ignore[arg-type]
        assert isinstance(key, CryptoKey)
        assert key.extractable is True


@spec("https://w3c.github.io/webcrypto/#SubtleCrypto-method-deriveKey")
class TestDeriveKey:
    HKDF = {"name": "HKDF", "hash": "SHA-256", "salt": b"", "info": b""}

    async def base_key(self, *usages: Any) -> CryptoKey:
        return await subtle.importKey("raw", b"secret", "HKDF", False, usages)

    async def test_derives_bits_and_imports_them(self) -> None:
        base_key = await self.base_key("deriveKey", "deriveBits")
        key = await subtle.deriveKey(
            self.HKDF,
            base_key,
            {"name": "HMAC", "hash": "SHA-1", "length": 24},
            True,
            ["verify", "sign"],
        )
        assert (key.type, key.extractable, key.usages) == ("secret", True, ("sign", "verify"))
        assert await exported_bytes("raw", key) == await subtle.deriveBits(self.HKDF, base_key, 24)

    async def test_of_a_key_without_a_length_the_algorithm_has_to_know_one(self) -> None:
        assert await rejection(
            subtle.deriveKey(
                self.HKDF, await self.base_key("deriveKey"), "HKDF", False, ["deriveBits"]
            ),
            "OperationError",
        )
        pair = await key_pair("X25519", "deriveKey", "deriveBits")
        algorithm = {"name": "X25519", "public": pair.publicKey}
        key = await subtle.deriveKey(algorithm, pair.privateKey, "HKDF", False, ["deriveBits"])
        secret = await subtle.importKey(
            "raw",
            await subtle.deriveBits(algorithm, pair.privateKey),
            "HKDF",
            False,
            ["deriveBits"],
        )
        assert await subtle.deriveBits(self.HKDF, key, 64) == await subtle.deriveBits(
            self.HKDF, secret, 64
        )

    async def test_algorithms_are_normalized_one_after_the_other(self) -> None:
        base_key = await self.base_key("deriveKey")
        await rejection(
            subtle.deriveKey("AES-GCM", base_key, "unknown", True, ["sign"]), "NotSupportedError"
        )
        await rejection(subtle.deriveKey("HKDF", base_key, "unknown", True, ["sign"]), "TypeError")
        await rejection(
            subtle.deriveKey(self.HKDF, base_key, "SHA-1", True, ["sign"]), "NotSupportedError"
        )
        await rejection(
            subtle.deriveKey(self.HKDF, base_key, "Ed25519", True, ["sign"]), "NotSupportedError"
        )

    async def test_the_key_has_to_be_for_that(self) -> None:
        await rejection(
            subtle.deriveKey(self.HKDF, await self.base_key("deriveBits"), HMAC, True, ["sign"]),
            "InvalidAccessError",
        )
        password = await subtle.importKey("raw", b"", "PBKDF2", False, ["deriveKey"])
        await rejection(
            subtle.deriveKey(self.HKDF, password, HMAC, True, ["sign"]), "InvalidAccessError"
        )

    async def test_a_secret_key_without_usages_is_refused(self) -> None:
        await rejection(
            subtle.deriveKey(self.HKDF, await self.base_key("deriveKey"), HMAC, True, []),
            "SyntaxError",
        )


@spec("https://w3c.github.io/webcrypto/#SubtleCrypto-method-deriveBits")
class TestDeriveBits:
    async def test_the_key_has_to_be_for_that(self) -> None:
        pair = await key_pair("X25519", "deriveKey")
        algorithm = {"name": "X25519", "public": pair.publicKey}
        await rejection(subtle.deriveBits(algorithm, pair.privateKey, 8), "InvalidAccessError")
        await rejection(subtle.deriveBits(algorithm, "key", 8), "TypeError")  # type: ignore[arg-type]
        await rejection(
            subtle.deriveBits({"name": "X25519", "public": "key"}, pair.privateKey, 8), "TypeError"
        )

    async def test_the_length_is_modulo_2_to_the_32(self) -> None:
        pair = await key_pair("X25519", "deriveBits")
        algorithm = {"name": "X25519", "public": pair.publicKey}
        bits = await subtle.deriveBits(algorithm, pair.privateKey)
        assert await subtle.deriveBits(algorithm, pair.privateKey, None) == bits
        assert await subtle.deriveBits(algorithm, pair.privateKey, 2**32 + 8) == bits[:1]
        await rejection(subtle.deriveBits(algorithm, pair.privateKey, -1), "OperationError")

    async def test_the_loop_goes_on_during_a_million_rounds_of_pbkdf2(self) -> None:
        password = await subtle.importKey("raw", b"password", "PBKDF2", False, ["deriveBits"])
        algorithm = {"name": "PBKDF2", "hash": "SHA-256", "salt": b"salt", "iterations": 1_000_000}
        promise = subtle.deriveBits(algorithm, password, 256)
        turns = 0
        while not is_settled(promise):
            await asyncio.sleep(0)
            turns += 1
        assert turns > 100
        assert (
            await promise
        ).hex() == "505112a590be61ac9d3a235bf0a8eecea40e54652ec0e3c257c227c9aa5e664c"


@spec("https://w3c.github.io/webcrypto/#SubtleCrypto-method-importKey")
class TestImportKey:
    async def test_the_format_and_the_data_agree(self) -> None:
        await rejection(subtle.importKey("jwk", b"k", HMAC, True, ["sign"]), "TypeError")
        await rejection(
            subtle.importKey("raw", {"kty": "oct", "k": "AA"}, HMAC, True, ["sign"]), "TypeError"
        )
        for data in ("k", None, 5):
            await rejection(subtle.importKey("raw", data, HMAC, True, ["sign"]), "TypeError")  # type: ignore[arg-type]
        # Only a wrong type is found before the algorithm is looked at.
        await rejection(
            subtle.importKey("jwk", b"k", "unknown", True, ["sign"]), "NotSupportedError"
        )
        bad_key: Any = {"kty": b""}
        await rejection(subtle.importKey("jwk", bad_key, "unknown", True, ["sign"]), "TypeError")

    @pytest.mark.parametrize("format", ["RAW", "", "raw-secret", None])
    async def test_an_unknown_format_is_refused(self, format: Any) -> None:
        await rejection(subtle.importKey(format, b"k", "unknown", True, ["sign"]), "TypeError")

    async def test_the_key_gets_what_was_asked_for(self) -> None:
        key = await subtle.importKey("raw", b"k", HMAC, False, ["verify", "sign", "verify"])
        assert (key.extractable, key.usages) == (False, ("sign", "verify"))

    async def test_only_a_public_key_may_have_no_usages(self) -> None:
        await rejection(subtle.importKey("raw", b"k", HMAC, True, []), "SyntaxError")
        await rejection(
            subtle.importKey("jwk", RSA_JWK, {"name": "RSA-PSS", "hash": "SHA-1"}, True, []),
            "SyntaxError",
        )
        assert (await subtle.importKey("raw", bytes(32), "X25519", True, [])).usages == ()

    async def test_data_is_copied(self) -> None:
        data = bytearray(b"key")
        key = await subtle.importKey("raw", data, HMAC, True, ["sign"])
        data[:] = b"yek"
        assert await exported_bytes("raw", key) == b"key"


@spec("https://w3c.github.io/webcrypto/#SubtleCrypto-method-exportKey")
class TestExportKey:
    async def test_what_has_no_format_to_export_is_not_supported(self) -> None:
        key = await subtle.importKey("raw", b"k", "HKDF", False, ["deriveBits"])
        await rejection(subtle.exportKey("raw", key), "NotSupportedError")

    async def test_a_key_has_to_be_extractable(self) -> None:
        key = await subtle.importKey("raw", b"k", HMAC, False, ["sign"])
        await rejection(subtle.exportKey("raw", key), "InvalidAccessError")
        await rejection(subtle.exportKey("spki", key), "InvalidAccessError")

    @pytest.mark.parametrize("format", ["spki", "pkcs8"])
    async def test_a_format_that_the_algorithm_has_not_is_not_supported(self, format: Any) -> None:
        await rejection(
            subtle.exportKey(format, await secret_key(HMAC, "sign")), "NotSupportedError"
        )

    async def test_wrong_types_are_refused(self) -> None:
        await rejection(subtle.exportKey("other", await secret_key(HMAC, "sign")), "TypeError")  # type: ignore[call-overload]
        await rejection(subtle.exportKey("raw", b"k"), "TypeError")  # type: ignore[call-overload]


@spec("https://w3c.github.io/webcrypto/#SubtleCrypto-method-wrapKey")
class TestWrapKey:
    async def test_is_to_export_and_to_encrypt(self) -> None:
        key = await secret_key(HMAC, "sign")
        wrapping_key = await secret_key({"name": "AES-CBC", "length": 128}, "wrapKey", "decrypt")
        wrapped = await subtle.wrapKey("raw", key, wrapping_key, AES_CBC)
        assert await subtle.decrypt(AES_CBC, wrapping_key, wrapped) == await exported_bytes(
            "raw", key
        )
        wrapped = await subtle.wrapKey("jwk", key, wrapping_key, AES_CBC)
        assert json.loads(
            await subtle.decrypt(AES_CBC, wrapping_key, wrapped)
        ) == await exported_jwk(key)

    async def test_the_wrapping_key_has_to_be_for_that(self) -> None:
        key = await secret_key(HMAC, "sign")
        wrapping_key = await secret_key({"name": "AES-CBC", "length": 128}, "encrypt")
        await rejection(subtle.wrapKey("raw", key, wrapping_key, AES_CBC), "InvalidAccessError")
        await rejection(subtle.wrapKey("raw", key, key, AES_CBC), "InvalidAccessError")
        await rejection(subtle.wrapKey("raw", key, wrapping_key, "SHA-1"), "NotSupportedError")
        await rejection(subtle.wrapKey("raw", key, wrapping_key, "AES-CBC"), "TypeError")

    async def test_the_key_has_to_be_one_that_can_be_exported(self) -> None:
        wrapping_key = await secret_key({"name": "AES-KW", "length": 128}, "wrapKey")
        secret = await subtle.importKey("raw", b"k", "HKDF", False, ["deriveBits"])
        await rejection(subtle.wrapKey("raw", secret, wrapping_key, "AES-KW"), "NotSupportedError")
        key = await subtle.importKey("raw", bytes(16), HMAC, False, ["sign"])
        await rejection(subtle.wrapKey("raw", key, wrapping_key, "AES-KW"), "InvalidAccessError")

    async def test_what_is_long_for_its_algorithm_is_wrapped_in_a_thread(self) -> None:
        wrapping_key = await secret_key({"name": "AES-KW", "length": 128}, "wrapKey", "unwrapKey")
        key = await secret_key(HMAC, "sign")
        assert is_settled(subtle.wrapKey("raw", key, wrapping_key, "AES-KW"))
        rsa_key = await subtle.importKey(
            "jwk", RSA_JWK, {"name": "RSA-PSS", "hash": "SHA-1"}, True, ["sign"]
        )
        promise = subtle.wrapKey("jwk", rsa_key, wrapping_key, "AES-KW")
        assert not is_settled(promise)
        assert len(await promise) % 8 == 0


@spec("https://w3c.github.io/webcrypto/#SubtleCrypto-method-unwrapKey")
class TestUnwrapKey:
    """Every combination of a way to wrap, a format and a key."""

    WAYS: dict[str, tuple[Any, Any]] = {
        "AES-CTR": (
            {"name": "AES-CTR", "length": 192},
            {"name": "AES-CTR", "counter": bytes(16), "length": 64},
        ),
        "AES-CBC": ({"name": "AES-CBC", "length": 128}, AES_CBC),
        "AES-GCM": (
            {"name": "AES-GCM", "length": 256},
            {"name": "AES-GCM", "iv": bytes(16), "additionalData": b"a", "tagLength": 32},
        ),
        "AES-KW": ({"name": "AES-KW", "length": 128}, "AES-KW"),
        "RSA-OAEP": (
            {
                "name": "RSA-OAEP",
                "modulusLength": 2048,
                "publicExponent": b"\1\0\1",
                "hash": "SHA-1",
            },
            {"name": "RSA-OAEP", "label": b"label"},
        ),
    }
    KEYS: list[tuple[Any, Any]] = [
        ({"name": "AES-GCM", "length": 128}, ["encrypt", "decrypt"]),
        ({"name": "AES-KW", "length": 256}, ["wrapKey"]),
        ({"name": "HMAC", "hash": "SHA-512"}, ["sign", "verify"]),
        ({"name": "ECDSA", "namedCurve": "P-521"}, ["sign", "verify"]),
        ({"name": "ECDH", "namedCurve": "P-256"}, ["deriveBits"]),
        ("Ed25519", ["sign", "verify"]),
        ("Ed448", ["sign", "verify"]),
        ("X25519", ["deriveKey", "deriveBits"]),
        ("X448", ["deriveBits"]),
        (
            {"name": "RSA-OAEP", "modulusLength": 512, "publicExponent": b"\3", "hash": "SHA-256"},
            ["encrypt", "unwrapKey"],
        ),
        (
            {"name": "RSA-PSS", "modulusLength": 512, "publicExponent": b"\3", "hash": "SHA-256"},
            ["sign", "verify"],
        ),
    ]

    @pytest.mark.parametrize("way", WAYS)
    async def test_every_key_comes_back_from_every_format(self, way: str) -> None:
        algorithm, parameters = self.WAYS[way]
        if way == "RSA-OAEP":
            wrapping_key, unwrapping_key = await key_pair(algorithm, "wrapKey", "unwrapKey")
        else:
            wrapping_key = unwrapping_key = await secret_key(algorithm, "wrapKey", "unwrapKey")
        for key_algorithm, usages in self.KEYS:
            keys: Any = await subtle.generateKey(key_algorithm, True, usages)
            for key in (keys,) if isinstance(keys, CryptoKey) else keys:
                for format in self.formats_of(key):
                    exported = await subtle.exportKey(format, key)
                    if not self.has_room(way, exported):
                        continue
                    wrapped = await subtle.wrapKey(format, key, wrapping_key, parameters)
                    unwrapped = await subtle.unwrapKey(
                        format, wrapped, unwrapping_key, parameters, key.algorithm, True, key.usages
                    )
                    assert await subtle.exportKey(format, unwrapped) == exported
                    assert (unwrapped.type, unwrapped.algorithm, unwrapped.usages) == (
                        key.type,
                        key.algorithm,
                        key.usages,
                    )

    def formats_of(self, key: CryptoKey) -> list[Any]:
        if key.type == "secret":
            return ["raw", "jwk"]
        if key.type == "private":
            return ["pkcs8", "jwk"]
        return ["spki", "jwk"] if key.algorithm.name.startswith("RSA") else ["spki", "raw", "jwk"]

    def has_room(self, way: str, exported: object) -> bool:
        length = len(exported) if isinstance(exported, bytes) else None
        if way == "AES-KW":
            return length is None or length % 8 == 0
        return way != "RSA-OAEP" or (length or len(json.dumps(exported))) <= 2048 // 8 - 2 * 20 - 2

    async def test_a_wrong_key_or_data_is_an_operation_error(self) -> None:
        key = await secret_key({"name": "AES-KW", "length": 128}, "unwrapKey")
        for data in (b"", bytes(24), bytes(25)):
            await rejection(
                subtle.unwrapKey("raw", data, key, "AES-KW", HMAC, True, ["sign"]), "OperationError"
            )

    async def test_what_was_wrapped_has_to_be_of_the_format(self) -> None:
        key = await secret_key({"name": "AES-CBC", "length": 128}, *ALL_USAGES[:2], "unwrapKey")
        for data in (b"", b"{", b"{}", b"[]]", b'{"kty": "oct"}', b'{"kty": "EC"}'):
            wrapped = await subtle.encrypt(AES_CBC, key, data)
            await rejection(
                subtle.unwrapKey("jwk", wrapped, key, AES_CBC, HMAC, True, ["sign"]), "DataError"
            )
        wrapped = await subtle.encrypt(AES_CBC, key, b"5")
        await rejection(
            subtle.unwrapKey("jwk", wrapped, key, AES_CBC, HMAC, True, ["sign"]), "TypeError"
        )

    async def test_a_wrapped_key_can_forbid_to_be_extractable(self) -> None:
        key = await secret_key({"name": "AES-CBC", "length": 128}, "encrypt", "unwrapKey")
        wrapped = await subtle.encrypt(AES_CBC, key, b'{"kty": "oct", "k": "AAAA", "ext": false}')
        await rejection(
            subtle.unwrapKey("jwk", wrapped, key, AES_CBC, HMAC, True, ["sign"]), "DataError"
        )
        assert not (
            await subtle.unwrapKey("jwk", wrapped, key, AES_CBC, HMAC, False, ["sign"])
        ).extractable

    async def test_algorithms_are_normalized_one_after_the_other(self) -> None:
        key = await secret_key({"name": "AES-KW", "length": 128}, "unwrapKey")
        await rejection(
            subtle.unwrapKey("raw", b"", key, "SHA-1", "HMAC", True, ["sign"]), "NotSupportedError"
        )
        await rejection(
            subtle.unwrapKey("raw", b"", key, "AES-KW", "HMAC", True, ["sign"]), "TypeError"
        )
        await rejection(
            subtle.unwrapKey("raw", b"", key, AES_CBC, HMAC, True, ["sign"]), "InvalidAccessError"
        )
        text: Any = ""
        await rejection(
            subtle.unwrapKey("raw", text, key, "AES-KW", HMAC, True, ["sign"]), "TypeError"
        )


@spec("https://w3c.github.io/webcrypto/#supported-operation")
class TestSupportedOperation:
    def test_there_is_one_or_an_error(self) -> None:
        assert callable(supported_operation("sign", "HMAC").steps)
        with pytest.raises(DOMException, match="'SHA-1' does not support sign"):
            supported_operation("sign", "SHA-1")


@spec("https://w3c.github.io/webcrypto/#SubtleCrypto-Exceptions")
class TestCheckKey:
    def test_says_what_the_key_is_for(self) -> None:
        key = new_crypto_key(
            "secret", HmacKeyAlgorithm("HMAC", KeyAlgorithm("SHA-1"), 8), b"k", True, ["sign"]
        )
        check_key(key, normalize_an_algorithm("sign", "HMAC"), "sign")
        with pytest.raises(DOMException, match="The key is for sign, not verify"):
            check_key(key, normalize_an_algorithm("verify", "HMAC"), "verify")
        with pytest.raises(DOMException, match="The key is for HMAC, not Ed25519"):
            check_key(key, normalize_an_algorithm("sign", "Ed25519"), "sign")


@spec("https://w3c.github.io/webcrypto/#SubtleCrypto-method-importKey")
class TestImportKeyData:
    def test_sets_what_the_operation_does_not(self) -> None:
        key = import_key_data(
            normalize_an_algorithm("importKey", HMAC), "raw", b"k", True, ["verify"]
        )
        assert (key.extractable, key.usages) == (True, ("verify",))


@spec("https://w3c.github.io/webcrypto/#SubtleCrypto-method-exportKey")
class TestExportKeyData:
    def test_only_of_an_extractable_key(self) -> None:
        key = import_key_data(
            normalize_an_algorithm("importKey", HMAC), "raw", b"k", False, ["verify"]
        )
        with pytest.raises(DOMException, match="not extractable"):
            export_key_data(key, "raw")


@spec("https://w3c.github.io/webcrypto/#SubtleCrypto-method-importKey")
class TestCheckThatAKeyIsOfUse:
    def test_a_public_key_always_is(self) -> None:
        check_that_a_key_is_of_use(new_crypto_key("public", KeyAlgorithm("X25519"), b""), ())
        check_that_a_key_is_of_use(
            new_crypto_key("private", KeyAlgorithm("X25519"), b""), ["deriveBits"]
        )
        with pytest.raises(DOMException, match="^SyntaxError: A private key"):
            check_that_a_key_is_of_use(new_crypto_key("private", KeyAlgorithm("X25519"), b""), ())


@spec("https://w3c.github.io/webcrypto/#dfn-RecognizedKeyFormats")
class TestToKeyFormat:
    def test_is_one_of_four(self) -> None:
        assert [to_key_format(format) for format in ("raw", "pkcs8", "spki", "jwk")] == [
            "raw",
            "pkcs8",
            "spki",
            "jwk",
        ]
        with pytest.raises(TypeError, match="not 'der'"):
            to_key_format("der")


@spec("https://w3c.github.io/webcrypto/#cryptokey-interface-serializable")
@spec("https://w3c.github.io/webcrypto/#cryptokey-interface-serializable")
class TestSerializationSteps:
    async def keys(self) -> list[CryptoKey]:
        keys: list[CryptoKey] = []
        for algorithm, usages in TestUnwrapKey.KEYS:
            made: Any = await subtle.generateKey(algorithm, True, usages)
            keys += [made] if isinstance(made, CryptoKey) else made
        return keys

    async def test_every_key_can_be_copied(self) -> None:
        for key in await self.keys():
            copy = structuredClone(key)
            assert copy is not key
            assert (copy.type, copy.extractable, copy.algorithm, copy.usages) == (
                key.type, key.extractable, key.algorithm, key.usages
            )  # fmt: skip
            assert await exported_jwk(copy) == await exported_jwk(key)

    async def test_what_it_is_serialized_to_is_plain_data(self) -> None:
        for key in await self.keys():
            data = serialization_steps(key, True)
            assert structuredClone(data) == data
            assert isinstance(data["handle"], bytes)

    @pytest.mark.parametrize("name", ["HKDF", "PBKDF2"])
    async def test_a_key_that_cannot_be_exported_can_be_copied(self, name: str) -> None:
        key = await subtle.importKey("raw", b"secret", name, False, ["deriveBits"])
        copy = deserialization_steps(serialization_steps(key, False))
        assert (copy.extractable, copy.algorithm, copy.usages) == (False, (name,), ("deriveBits",))
        algorithm = {"name": name, "hash": "SHA-256", "salt": b"", "info": b"", "iterations": 1}
        assert await subtle.deriveBits(algorithm, copy, 128) == await subtle.deriveBits(
            algorithm, key, 128
        )

    async def test_one_that_is_not_extractable_stays_so(self) -> None:
        key = await subtle.importKey("raw", b"\xff", {**HMAC, "length": 5}, False, ["verify"])
        copy = structuredClone(key)
        assert (copy.extractable, copy.algorithm) == (False, key.algorithm)
        await rejection(subtle.exportKey("raw", copy), "InvalidAccessError")
