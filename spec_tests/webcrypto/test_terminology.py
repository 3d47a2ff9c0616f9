"""Web Cryptography: terminology."""

from __future__ import annotations

import pytest

from worker_runtime import DOMException
from worker_runtime.webcrypto.primitives.key_structures import (
    AlgorithmIdentifier,
    CurvePrivateKey,
    PrivateKeyInfo,
    SubjectPublicKeyInfo,
)
from worker_runtime.webcrypto.terminology import (
    byte_sequence_containing,
    parse_a_private_key_info,
    parse_a_subject_public_key_info,
    parse_an_asn1_structure,
)

spec = pytest.mark.spec

SPKI = bytes.fromhex("300a300506032b6570030100")
PKCS8 = bytes.fromhex("300e020100300506032b656e04020400")


@spec("https://w3c.github.io/webcrypto/#dfn-byte-sequence-containing")
class TestByteSequenceContaining:
    @pytest.mark.parametrize(
        "length, octets",
        [(0, ""), (1, "80"), (7, "fe"), (8, "ff"), (9, "ff80"), (15, "fffe"), (16, "ffff")],
    )
    def test_the_last_byte_is_filled_up_with_zeros(self, length: int, octets: str) -> None:
        assert byte_sequence_containing(b"\xff\xff", length) == bytes.fromhex(octets)


@spec("https://w3c.github.io/webcrypto/#concept-parse-an-asn1-structure")
class TestParseAnASN1Structure:
    def test_all_the_bytes_are_exactly_that(self) -> None:
        assert parse_an_asn1_structure(b"\4\1k", CurvePrivateKey.decode) == CurvePrivateKey(b"k")
        for data in (b"", b"\4\1", b"\4\1kk", b"\4\x81\1k", b"\2\1k"):
            with pytest.raises(DOMException) as caught:
                parse_an_asn1_structure(data, CurvePrivateKey.decode)
            assert caught.value.name == "DataError"


@spec("https://w3c.github.io/webcrypto/#concept-parse-a-spki")
class TestParseASubjectPublicKeyInfo:
    def test_anything_else_is_a_data_error(self) -> None:
        assert parse_a_subject_public_key_info(SPKI) == SubjectPublicKeyInfo(
            AlgorithmIdentifier("1.3.101.112", None), b""
        )
        with pytest.raises(DOMException, match="tag"):
            parse_a_subject_public_key_info(PKCS8)


@spec("https://w3c.github.io/webcrypto/#concept-parse-a-privateKeyInfo")
class TestParseAPrivateKeyInfo:
    def test_anything_else_is_a_data_error(self) -> None:
        assert parse_a_private_key_info(PKCS8) == PrivateKeyInfo(
            AlgorithmIdentifier("1.3.101.110", None), b"\4\0"
        )
        with pytest.raises(DOMException, match="tag"):
            parse_a_private_key_info(SPKI)
