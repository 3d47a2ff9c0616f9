"""Web Cryptography: algorithm normalization."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import worker_runtime
from spec_tests.webcrypto.test_algorithm_dictionary import Noted
from worker_runtime import DOMException
from worker_runtime.webcrypto.algorithm_dictionary import Algorithm
from worker_runtime.webcrypto.algorithm_normalization import (
    define_an_algorithm,
    normalize_an_algorithm,
    operation_of,
    supported_algorithms,
)
from worker_runtime.webcrypto.algorithms import aes_gcm, hmac, sha
from worker_runtime.webcrypto.key_algorithm_dictionary import AesKeyAlgorithm
from worker_runtime.webcrypto.registration import SupportedOperation

spec = pytest.mark.spec

AES = ["AES-CBC", "AES-CTR", "AES-GCM"]
RSA_SIGNATURES = ["RSA-PSS", "RSASSA-PKCS1-v1_5"]
CURVE_SIGNATURES = ["ECDSA", "Ed25519", "Ed448"]
AGREEMENTS = ["ECDH", "X25519", "X448"]
SHA = ["SHA-1", "SHA-256", "SHA-384", "SHA-512", "SHA3-256", "SHA3-384", "SHA3-512"]
ASYMMETRIC = [*RSA_SIGNATURES, "RSA-OAEP", *CURVE_SIGNATURES, *AGREEMENTS]


@spec("https://w3c.github.io/webcrypto/#dfn-supportedAlgorithms")
class TestSupportedAlgorithms:
    @pytest.mark.parametrize(
        "operation, names",
        [
            ("encrypt", [*AES, "RSA-OAEP"]),
            ("decrypt", [*AES, "RSA-OAEP"]),
            ("sign", [*RSA_SIGNATURES, *CURVE_SIGNATURES, "HMAC"]),
            ("verify", [*RSA_SIGNATURES, *CURVE_SIGNATURES, "HMAC"]),
            ("digest", SHA),
            ("generateKey", [*ASYMMETRIC, *AES, "AES-KW", "HMAC"]),
            ("deriveBits", [*AGREEMENTS, "HKDF", "PBKDF2"]),
            ("importKey", [*ASYMMETRIC, *AES, "AES-KW", "HMAC", "HKDF", "PBKDF2"]),
            ("exportKey", [*ASYMMETRIC, *AES, "AES-KW", "HMAC"]),
            ("wrapKey", ["AES-KW"]),
            ("unwrapKey", ["AES-KW"]),
            ("get key length", [*AES, "AES-KW", "HMAC", "HKDF", "PBKDF2"]),
        ],
    )
    def test_are_those_of_the_overview(self, operation: Any, names: list[str]) -> None:
        assert sorted(
            registered.name for registered in supported_algorithms()[operation].values()
        ) == sorted(names)

    def test_are_not_loaded_before_they_are_used(self) -> None:
        script = (
            "import sys, worker_runtime; sys.exit('worker_runtime.webcrypto.algorithms' in "
            "sys.modules)"
        )
        folder = Path(worker_runtime.__file__).parent.parent
        subprocess.run([sys.executable, "-c", script], check=True, cwd=folder)


@spec("https://w3c.github.io/webcrypto/#concept-define-an-algorithm")
class TestDefineAnAlgorithm:
    def test_each_operation_has_a_table_of_names(self) -> None:
        def steps() -> None: ...

        operation = SupportedOperation(Algorithm, steps)
        supported: Any = {}
        define_an_algorithm(supported, "A-1", {"sign": operation})
        define_an_algorithm(supported, "B", {"sign": operation, "verify": operation})
        assert supported == {
            "sign": {"a-1": ("A-1", operation), "b": ("B", operation)},
            "verify": {"b": ("B", operation)},
        }


@spec("https://w3c.github.io/webcrypto/#supported-operation")
class TestOperationOf:
    def test_is_none_if_not_supported(self) -> None:
        operation = operation_of("digest", "SHA-1")
        assert operation is not None and operation.steps is sha.digest
        assert operation_of("sign", "SHA-1") is None
        assert operation_of("digest", "MD5") is None


@spec("https://w3c.github.io/webcrypto/#dfn-normalize-an-algorithm")
class TestNormalizeAnAlgorithm:
    @pytest.mark.parametrize("name", ["SHA-256", "sha-256", "Sha-256"])
    def test_a_name_is_an_algorithm_without_parameters_whatever_its_case(self, name: str) -> None:
        assert normalize_an_algorithm("digest", name).name == "SHA-256"
        assert normalize_an_algorithm("digest", {"name": name}).name == "SHA-256"

    def test_a_name_is_what_a_mapping_with_it_alone_is(self) -> None:
        for operation, names in supported_algorithms().items():
            for name, registered in names.items():
                if registered.operation.type is Algorithm:
                    of_name, of_mapping = (
                        normalize_an_algorithm(operation, name),
                        normalize_an_algorithm(operation, {"name": name}),
                    )
                    assert (
                        (type(of_name), of_name.name)
                        == (type(of_mapping), of_mapping.name)
                        == (Algorithm, registered.name)
                    )

    @pytest.mark.parametrize(
        "name", ["", "SHA256", "SHA-256 ", "MD5", "AES-\u212aW", "HMAC", "\ud800"]
    )
    def test_what_does_not_support_the_operation_is_refused(self, name: str) -> None:
        with pytest.raises(DOMException, match="does not support digest") as caught:
            normalize_an_algorithm("digest", name)
        assert caught.value.name == "NotSupportedError"

    @pytest.mark.parametrize(
        "operation, name, hint",
        [
            ("digest", "sha256", "; did you mean 'SHA-256'?"),
            ("encrypt", "AES", "; did you mean 'AES-"),
            ("sign", "x", ": .*HMAC.* do$"),
        ],
    )
    def test_and_says_what_does_support_it(self, operation: Any, name: str, hint: str) -> None:
        with pytest.raises(DOMException, match=f"'{name}' does not support {operation}{hint}"):
            normalize_an_algorithm(operation, name)

    def test_names_are_compared_as_ascii(self) -> None:
        assert normalize_an_algorithm("wrapKey", "aes-kw").name == "AES-KW"
        with pytest.raises(DOMException):
            # the Kelvin sign, which is a "k" in lower case
            normalize_an_algorithm("wrapKey", "AES-\u212aW")

    def test_a_name_alone_lacks_what_is_required(self) -> None:
        with pytest.raises(TypeError, match="AesGcmParams: required member 'iv' is missing"):
            normalize_an_algorithm("encrypt", "AES-GCM")

    def test_the_name_is_read_first_and_then_each_member_in_its_order(self) -> None:
        algorithm = Noted(tagLength=96, iv=bytes(12), name="aes-gcm", additionalData=b"a")
        normalized = normalize_an_algorithm("encrypt", algorithm)
        assert algorithm.asked == ["name", "name", "additionalData", "iv", "tagLength"]
        assert isinstance(normalized, aes_gcm.AesGcmParams)
        assert (normalized.name, normalized.tagLength) == ("AES-GCM", 96)

    def test_members_are_not_read_for_an_unknown_algorithm(self) -> None:
        algorithm = Noted(name="AES-CFB", iv=bytes(16))
        with pytest.raises(DOMException):
            normalize_an_algorithm("encrypt", algorithm)
        assert algorithm.asked == ["name"]

    def test_buffers_are_copied(self) -> None:
        iv = bytearray(b"initial value   ")
        normalized = normalize_an_algorithm("encrypt", {"name": "AES-CBC", "iv": iv})
        iv[:] = bytes(16)
        assert normalized.iv == b"initial value   "

    def test_a_member_that_is_not_there_is_none(self) -> None:
        normalized = normalize_an_algorithm(
            "encrypt", {"name": "AES-GCM", "iv": b"", "additionalData": None}
        )
        assert (normalized.additionalData, normalized.tagLength) == (None, None)

    def test_a_hash_is_normalized_in_its_turn(self) -> None:
        normalized = normalize_an_algorithm(
            "importKey", {"name": "HMAC", "hash": {"name": "sha3-256"}}
        )
        assert isinstance(normalized, hmac.HmacImportParams)
        assert normalized.hash.name == "SHA3-256"
        with pytest.raises(DOMException, match="'HMAC' does not support digest"):
            normalize_an_algorithm("importKey", {"name": "HMAC", "hash": "HMAC"})
        with pytest.raises(TypeError, match="'name' is missing"):
            normalize_an_algorithm("importKey", {"name": "HMAC", "hash": {}})

    def test_an_error_of_the_author_is_handed_on(self) -> None:
        class Trap:
            @property
            def name(self) -> str:
                raise KeyError("trap")

        with pytest.raises(KeyError, match="trap"):
            normalize_an_algorithm("digest", Trap())

    def test_the_algorithm_of_a_key_is_one(self) -> None:
        assert normalize_an_algorithm("generateKey", AesKeyAlgorithm("AES-CBC", 128)).length == 128
