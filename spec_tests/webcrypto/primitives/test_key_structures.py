"""Keys as ASN.1 structures, by the examples of RFC 8410 and the keys of the Web Platform Tests."""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64decode
from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime.webcrypto.primitives.der import (
    DERError,
    encode,
    encode_bit_string,
    encode_integer,
    encode_null,
    encode_object_identifier,
    encode_octet_string,
    encode_sequence,
)
from worker_runtime.webcrypto.primitives.key_structures import (
    ATTRIBUTES,
    EC_PUBLIC_KEY,
    PUBLIC_KEY,
    AlgorithmIdentifier,
    CurvePrivateKey,
    ECParameters,
    ECPrivateKey,
    PrivateKeyInfo,
    SubjectPublicKeyInfo,
)

spec = pytest.mark.spec

fromhex = bytes.fromhex

ID_ED25519 = "1.3.101.112"
ID_EC_PUBLIC_KEY = "1.2.840.10045.2.1"
SECP256R1 = "1.2.840.10045.3.1.7"

# RFC 8410, 10.1 and 10.3
PUBLIC_KEY_EXAMPLE = b64decode("MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=")
PRIVATE_KEY_EXAMPLE = b64decode("MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC")
PRIVATE_KEY_EXAMPLE_OF_VERSION_2 = b64decode(
    "MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhCoB8wHQYKKoZIhvcNAQkJFDEP"
    "DA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="
)
ED25519 = AlgorithmIdentifier(ID_ED25519, None)


@spec("https://www.rfc-editor.org/rfc/rfc5280#section-4.1.1.2")
class TestAlgorithmIdentifier:
    def test_parameters_are_none_or_as_they_stand(self) -> None:
        assert ED25519.encode().hex() == "300506032b6570"
        assert AlgorithmIdentifier(ID_ED25519, encode_null()).encode().hex() == "300706032b65700500"

    def test_parameters_are_one_element(self) -> None:
        algorithm = encode_sequence(
            encode_object_identifier(ID_ED25519), encode_null(), encode_null()
        )
        with pytest.raises(DERError, match="2 bytes after the end"):
            SubjectPublicKeyInfo.decode(encode_sequence(algorithm, encode_bit_string(bytes(32))))


@spec("https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.7")
class TestSubjectPublicKeyInfo:
    def test_example(self) -> None:
        key = SubjectPublicKeyInfo.decode(PUBLIC_KEY_EXAMPLE)
        assert key.algorithm == ED25519
        assert (
            key.subject_public_key.hex()
            == "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"
        )
        assert key.encode() == PUBLIC_KEY_EXAMPLE

    def test_whatever_is_cut_off_or_added_it_is_refused(self) -> None:
        for length in range(len(PUBLIC_KEY_EXAMPLE)):
            with pytest.raises(DERError):
                SubjectPublicKeyInfo.decode(PUBLIC_KEY_EXAMPLE[:length])
        with pytest.raises(DERError):
            SubjectPublicKeyInfo.decode(PUBLIC_KEY_EXAMPLE + b"\0")

    @pytest.mark.parametrize("file", ["ec_importKey", "okp_importKey_fixtures", "rsa_importKey"])
    def test_official_keys_are_written_as_they_were_read(
        self, file: str, wpt_data: Callable[[str], Any]
    ) -> None:
        for name, key in wpt_data(f"WebCryptoAPI/import_export/{file}.json")["data"][
            "keyData"
        ].items():
            data = fromhex(key["spki"]["hex"])
            assert SubjectPublicKeyInfo.decode(data).encode() == data, name
            if "raw" in key:
                assert SubjectPublicKeyInfo.decode(data).subject_public_key == fromhex(
                    key["raw"]["hex"]
                ), name


@spec("https://www.rfc-editor.org/rfc/rfc5958#section-2")
class TestPrivateKeyInfo:
    def test_example(self) -> None:
        key = PrivateKeyInfo.decode(PRIVATE_KEY_EXAMPLE)
        assert key.private_key_algorithm == ED25519
        assert key.encode() == PRIVATE_KEY_EXAMPLE

    def test_attributes_and_public_key_are_not_kept(self) -> None:
        assert PrivateKeyInfo.decode(PRIVATE_KEY_EXAMPLE_OF_VERSION_2) == PrivateKeyInfo.decode(
            PRIVATE_KEY_EXAMPLE
        )

    def test_only_version_2_has_a_public_key(self) -> None:
        elements = [ED25519.encode(), encode_octet_string(bytes(34)), encode(PUBLIC_KEY, bytes(33))]
        PrivateKeyInfo.decode(encode_sequence(encode_integer(1), *elements))
        with pytest.raises(DERError, match="after the end"):
            PrivateKeyInfo.decode(encode_sequence(encode_integer(0), *elements))

    def test_attributes_come_before_the_public_key(self) -> None:
        elements = [
            ED25519.encode(),
            encode_octet_string(bytes(34)),
            encode(PUBLIC_KEY, bytes(33)),
            encode(ATTRIBUTES),
        ]
        with pytest.raises(DERError, match="after the end"):
            PrivateKeyInfo.decode(encode_sequence(encode_integer(1), *elements))

    @pytest.mark.parametrize("version", [2, 1 << 100_000], ids=int.bit_length)
    def test_a_version_that_there_is_not_is_refused(self, version: int) -> None:
        data = encode_sequence(
            encode_integer(version), ED25519.encode(), encode_octet_string(bytes(34))
        )
        with pytest.raises(DERError, match="Unknown version"):
            PrivateKeyInfo.decode(data)

    @pytest.mark.parametrize("file", ["ec_importKey", "okp_importKey_fixtures", "rsa_importKey"])
    def test_official_keys_are_written_as_they_were_read(
        self, file: str, wpt_data: Callable[[str], Any]
    ) -> None:
        for name, key in wpt_data(f"WebCryptoAPI/import_export/{file}.json")["data"][
            "keyData"
        ].items():
            data = fromhex(key["pkcs8"]["hex"])
            assert PrivateKeyInfo.decode(data).encode() == data, name


@spec("https://www.rfc-editor.org/rfc/rfc5480#section-2.1.1")
class TestECParameters:
    def test_are_a_named_curve(self) -> None:
        assert ECParameters(SECP256R1).encode().hex() == "06082a8648ce3d030107"
        assert ECParameters.decode(fromhex("06082a8648ce3d030107")) == ECParameters(SECP256R1)

    @pytest.mark.parametrize("data", ["", "0500", "3003020101", "06082a8648ce3d03010700"])
    def test_of_another_kind_are_refused(self, data: str) -> None:
        with pytest.raises(DERError):
            ECParameters.decode(fromhex(data))


@spec("https://www.rfc-editor.org/rfc/rfc5915#section-3")
class TestECPrivateKey:
    @pytest.mark.parametrize("parameters", [None, ECParameters(SECP256R1)])
    @pytest.mark.parametrize("public_key", [None, b"\x04" + bytes(64)])
    def test_parameters_and_public_key_are_optional(
        self, parameters: ECParameters | None, public_key: bytes | None
    ) -> None:
        key = ECPrivateKey(bytes(32), parameters, public_key)
        assert ECPrivateKey.decode(key.encode()) == key

    def test_official_keys_are_written_as_they_were_read(
        self, wpt_data: Callable[[str], Any]
    ) -> None:
        for name, key in wpt_data("WebCryptoAPI/import_export/ec_importKey.json")["data"][
            "keyData"
        ].items():
            data = PrivateKeyInfo.decode(fromhex(key["pkcs8"]["hex"])).private_key
            private_key = ECPrivateKey.decode(data)
            assert private_key.encode() == data, name
            assert private_key.private_key == urlsafe_b64decode(key["jwk"]["d"] + "=="), name
            assert private_key.public_key == fromhex(key["raw"]["hex"]), name

    @pytest.mark.parametrize(
        "elements, match",
        [
            ([encode_integer(0), encode_octet_string(bytes(32))], "Unknown version"),
            (
                [encode_integer(1), encode_octet_string(bytes(32)), encode(EC_PUBLIC_KEY)],
                "Expected the tag 03, found the end",
            ),
            (
                [
                    encode_integer(1),
                    encode_octet_string(bytes(32)),
                    encode(EC_PUBLIC_KEY, encode_bit_string(b"\x04"), b"\0"),
                ],
                "1 bytes after the end",
            ),
            (
                [encode_integer(1), encode_octet_string(bytes(32)), encode_null()],
                "2 bytes after the end",
            ),
        ],
    )
    def test_another_structure_is_refused(self, elements: list[bytes], match: str) -> None:
        with pytest.raises(DERError, match=match):
            ECPrivateKey.decode(encode_sequence(*elements))


@spec("https://www.rfc-editor.org/rfc/rfc8410#section-7")
class TestCurvePrivateKey:
    def test_is_an_octet_string_in_the_octet_string(self) -> None:
        key = CurvePrivateKey.decode(PrivateKeyInfo.decode(PRIVATE_KEY_EXAMPLE).private_key)
        assert (
            key.private_key.hex()
            == "d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842"
        )
        assert PrivateKeyInfo(ED25519, key.encode()).encode() == PRIVATE_KEY_EXAMPLE

    @pytest.mark.parametrize("data", ["", "0401", "0403", "04010000", "030100"])
    def test_another_structure_is_refused(self, data: str) -> None:
        with pytest.raises(DERError):
            CurvePrivateKey.decode(fromhex(data))
