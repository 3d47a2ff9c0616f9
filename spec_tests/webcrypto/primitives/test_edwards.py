"""EdDSA, by the test vectors of RFC 8032 and of the Web Platform Tests, and signatures that are
nearly right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime.webcrypto.primitives.edwards import (
    ED448,
    ED25519,
    EdDSA,
    decode_point,
    eddsa_public_key,
    eddsa_sign,
    eddsa_verify,
    encode_point,
    is_of_large_order,
)
from worker_runtime.webcrypto.primitives.key_structures import (
    CurvePrivateKey,
    PrivateKeyInfo,
    SubjectPublicKeyInfo,
)

spec = pytest.mark.spec

fromhex = bytes.fromhex

BOTH = pytest.mark.parametrize("eddsa", [ED25519, ED448], ids=["Ed25519", "Ed448"])

# RFC 8032, 7.1: private key, public key, message, signature
ED25519_VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
        "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]

# RFC 8032, 7.4: private key, public key, message, context, signature
ED448_VECTORS = [
    (
        "6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b94"
        "492f8f032e7549a20098f95b",
        "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1"
        "e50f6cd1fa1abeafe8256180",
        "",
        "",
        "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281f2fd7a22"
        "ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cd"
        "da8530a113a0f4dbb61149f05a7363268c71d95808ff2e652600",
    ),
    (
        "c4eab05d357007c632f3dbb48489924d552b08fe0c353a0d4a1f00acda2c463afbea67c5e8d2877c5e3bc397a6"
        "59949ef8021e954e0a12274e",
        "43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c0866aea01eb00742802b8438ea4cb"
        "82169c235160627b4c3a9480",
        "03",
        "",
        "26b8f91727bd62897af15e41eb43c377efb9c610d48f2335cb0bd0087810f4352541b143c4b981b7e18f62de"
        "8ccdf633fc1bf037ab7cd779805e0dbcc0aae1cbcee1afb2e027df36bc04dcecbf154336c19f0af7e0a64729"
        "05e799f1953d2a0ff3348ab21aa4adafd1d234441cf807c03a00",
    ),
    (
        "c4eab05d357007c632f3dbb48489924d552b08fe0c353a0d4a1f00acda2c463afbea67c5e8d2877c5e3bc397a6"
        "59949ef8021e954e0a12274e",
        "43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c0866aea01eb00742802b8438ea4cb"
        "82169c235160627b4c3a9480",
        "03",
        "666f6f",
        "d4f8f6131770dd46f40867d6fd5d5055de43541f8c5e35abbcd001b32a89f7d2151f7647f11d8ca2ae279fb8"
        "42d607217fce6e042f6815ea000c85741de5c8da1144a6a1aba7f96de42505d7a7298524fda538fccbbb754f"
        "578c1cad10d54d0d5428407e85dcbc98a49155c13764e66c3c00",
    ),
    (
        "cd23d24f714274e744343237b93290f511f6425f98e64459ff203e8985083ffdf60500553abc0e05cd02184bdb"
        "89c4ccd67e187951267eb328",
        "dcea9e78f35a1bf3499a831b10b86c90aac01cd84b67a0109b55a36e9328b1e365fce161d71ce7131a543ea4cb"
        "5f7e9f1d8b00696447001400",
        "0c3e544074ec63b0265e0c",
        "",
        "1f0a8888ce25e8d458a21130879b840a9089d999aaba039eaf3e3afa090a09d389dba82c4ff2ae8ac5cdfb7c"
        "55e94d5d961a29fe0109941e00b8dbdeea6d3b051068df7254c0cdc129cbe62db2dc957dbb47b51fd3f213fb"
        "8698f064774250a5028961c9bf8ffd973fe5d5c206492b140e00",
    ),
]

VECTORS = [(ED25519, *vector[:3], "", vector[3]) for vector in ED25519_VECTORS] + [
    (ED448, *vector) for vector in ED448_VECTORS
]


def key_of(eddsa: EdDSA) -> bytes:
    return bytes(range(eddsa.b // 8))


@spec("https://www.rfc-editor.org/rfc/rfc8032#section-3")
@spec("https://www.rfc-editor.org/rfc/rfc8032#section-3.2")
class TestEdDSAPublicKey:
    @pytest.mark.parametrize("eddsa, private_key, public_key, message, context, signature", VECTORS)
    def test_vectors(
        self,
        eddsa: EdDSA,
        private_key: str,
        public_key: str,
        message: str,
        context: str,
        signature: str,
    ) -> None:
        assert eddsa_public_key(eddsa, fromhex(private_key)).hex() == public_key

    @BOTH
    def test_is_the_same_without_the_tables(self, eddsa: EdDSA) -> None:
        def add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
            (x_1, y_1), (x_2, y_2) = a, b
            product = eddsa.d * x_1 * x_2 * y_1 * y_2
            x = (x_1 * y_2 + x_2 * y_1) * pow(1 + product, -1, eddsa.p)
            y = (y_1 * y_2 - eddsa.a * x_1 * x_2) * pow(1 - product, -1, eddsa.p)
            return x % eddsa.p, y % eddsa.p

        for first in range(3):
            key = bytes([first]) * (eddsa.b // 8)
            h = int.from_bytes(eddsa.h(key)[: eddsa.b // 8], "little") % (1 << eddsa.n)
            x, y = 0, 1
            for bit in f"{1 << eddsa.n | h >> eddsa.c << eddsa.c:b}":
                x, y = add((x, y), (x, y))
                if bit == "1":
                    x, y = add((x, y), eddsa.base)
            assert eddsa_public_key(eddsa, key) == encode_point(eddsa, (x, y, 1, x * y % eddsa.p))


@spec("https://www.rfc-editor.org/rfc/rfc8032#section-3.3")
class TestEdDSASign:
    @pytest.mark.parametrize("eddsa, private_key, public_key, message, context, signature", VECTORS)
    def test_vectors(
        self,
        eddsa: EdDSA,
        private_key: str,
        public_key: str,
        message: str,
        context: str,
        signature: str,
    ) -> None:
        assert (
            eddsa_sign(eddsa, fromhex(private_key), fromhex(message), fromhex(context)).hex()
            == signature
        )

    @pytest.mark.parametrize("name", ["Ed25519", "Ed448"])
    def test_official_vectors(self, name: str, wpt_data: Callable[[str], Any]) -> None:
        eddsa = {"Ed25519": ED25519, "Ed448": ED448}[name]
        for vector in wpt_data("WebCryptoAPI/sign_verify/eddsa_vectors.json")["data"][
            "getTestVectors"
        ][name]:
            private_info = PrivateKeyInfo.decode(fromhex(vector["privateKeyBuffer"]["hex"]))
            private_key = CurvePrivateKey.decode(private_info.private_key).private_key
            public_key = SubjectPublicKeyInfo.decode(
                fromhex(vector["publicKeyBuffer"]["hex"])
            ).subject_public_key
            message, signature = fromhex(vector["data"]["hex"]), fromhex(vector["signature"]["hex"])
            assert eddsa_public_key(eddsa, private_key) == public_key
            assert eddsa_sign(eddsa, private_key, message) == signature
            assert eddsa_verify(eddsa, public_key, message, signature)


@spec("https://www.rfc-editor.org/rfc/rfc8032#section-3.4")
class TestEdDSAVerify:
    @pytest.mark.parametrize("eddsa, private_key, public_key, message, context, signature", VECTORS)
    def test_vectors(
        self,
        eddsa: EdDSA,
        private_key: str,
        public_key: str,
        message: str,
        context: str,
        signature: str,
    ) -> None:
        assert eddsa_verify(
            eddsa, fromhex(public_key), fromhex(message), fromhex(signature), fromhex(context)
        )

    @BOTH
    def test_what_a_key_signs_verifies(self, eddsa: EdDSA) -> None:
        for first in range(5):
            key, message = bytes([first]) * (eddsa.b // 8), bytes(first)
            assert eddsa_verify(
                eddsa, eddsa_public_key(eddsa, key), message, eddsa_sign(eddsa, key, message)
            )

    @BOTH
    def test_another_message_key_or_signature_is_refused(self, eddsa: EdDSA) -> None:
        key = key_of(eddsa)
        public_key, signature = eddsa_public_key(eddsa, key), eddsa_sign(eddsa, key, b"message")
        assert eddsa_verify(eddsa, public_key, b"message", signature)
        assert not eddsa_verify(eddsa, public_key, b"massage", signature)
        assert not eddsa_verify(eddsa, eddsa_public_key(eddsa, key[::-1]), b"message", signature)
        for place in (0, 7, eddsa.b // 8 - 1, eddsa.b // 8, len(signature) - 1):
            changed = signature[:place] + bytes([signature[place] ^ 1]) + signature[place + 1 :]
            assert not eddsa_verify(eddsa, public_key, b"message", changed)

    @BOTH
    def test_a_signature_of_another_length_is_refused(self, eddsa: EdDSA) -> None:
        key = key_of(eddsa)
        public_key, signature = eddsa_public_key(eddsa, key), eddsa_sign(eddsa, key, b"message")
        for other in [b"", signature[:-1], signature + b"\0", signature[: eddsa.b // 8]]:
            assert not eddsa_verify(eddsa, public_key, b"message", other)

    @BOTH
    def test_s_has_to_be_less_than_the_order(self, eddsa: EdDSA) -> None:
        key = key_of(eddsa)
        public_key, signature = eddsa_public_key(eddsa, key), eddsa_sign(eddsa, key, b"message")
        half = eddsa.b // 8
        s = int.from_bytes(signature[half:], "little") + eddsa.order
        assert not eddsa_verify(
            eddsa, public_key, b"message", signature[:half] + s.to_bytes(half, "little")
        )

    def test_another_context_is_refused(self) -> None:
        key = key_of(ED448)
        public_key, signature = (
            eddsa_public_key(ED448, key),
            eddsa_sign(ED448, key, b"message", b"one"),
        )
        assert eddsa_verify(ED448, public_key, b"message", signature, b"one")
        assert not eddsa_verify(ED448, public_key, b"message", signature, b"two")
        assert not eddsa_verify(ED448, public_key, b"message", signature)

    def test_a_context_may_have_255_bytes(self) -> None:
        key, context = key_of(ED448), bytes(255)
        assert eddsa_verify(
            ED448, eddsa_public_key(ED448, key), b"", eddsa_sign(ED448, key, b"", context), context
        )

    @BOTH
    def test_a_key_that_is_no_point_is_refused(self, eddsa: EdDSA) -> None:
        signature = eddsa_sign(eddsa, key_of(eddsa), b"message")
        for key in [
            b"",
            bytes(eddsa.b // 8 - 1),
            b"\xff" * (eddsa.b // 8),
            b"\x02" + bytes(eddsa.b // 8 - 1),
        ]:
            assert decode_point(eddsa, key) is None
            assert not eddsa_verify(eddsa, key, b"message", signature)

    def test_official_vectors_of_small_order(self, wpt_data: Callable[[str], Any]) -> None:
        """Together with the two checks that Web Crypto has before it."""
        cases = wpt_data("WebCryptoAPI/sign_verify/eddsa_vectors.json")["data"][
            "kSmallOrderTestCases"
        ]["Ed25519"]
        for case in cases:
            message, key, signature = (
                fromhex(case[name]["hex"]) for name in ("message", "keyData", "signature")
            )
            are_large = is_of_large_order(ED25519, key) and is_of_large_order(
                ED25519, signature[:32]
            )
            assert (are_large and eddsa_verify(ED25519, key, message, signature)) == case[
                "verified"
            ], case["id"]


@spec("https://www.rfc-editor.org/rfc/rfc8032#section-5.1.7")
class TestIsOfLargeOrder:
    # All points of order 1, 2, 4 and 8 of edwards25519
    SMALL_25519 = [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ]

    @pytest.mark.parametrize("octets", SMALL_25519)
    def test_the_eight_small_points_of_edwards25519_are_not(self, octets: str) -> None:
        assert decode_point(ED25519, fromhex(octets)) is not None
        assert not is_of_large_order(ED25519, fromhex(octets))

    @pytest.mark.parametrize("y, x_0", [(1, 0), (ED448.p - 1, 0), (0, 0), (0, 1)])
    def test_the_four_small_points_of_edwards448_are_not(self, y: int, x_0: int) -> None:
        octets = (y | x_0 << 455).to_bytes(57, "little")
        assert decode_point(ED448, octets) is not None
        assert not is_of_large_order(ED448, octets)

    @BOTH
    def test_what_is_no_point_is_not(self, eddsa: EdDSA) -> None:
        assert not is_of_large_order(eddsa, b"\xff" * (eddsa.b // 8))

    @BOTH
    def test_a_public_key_is(self, eddsa: EdDSA) -> None:
        assert is_of_large_order(eddsa, eddsa_public_key(eddsa, key_of(eddsa)))

    def test_a_point_with_a_small_part_is(self) -> None:
        mixed = fromhex("cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d")
        assert is_of_large_order(ED25519, mixed)


@spec("https://www.rfc-editor.org/rfc/rfc8032#section-5.1.2")
class TestEncodePoint:
    @BOTH
    def test_any_coordinates_of_a_point_make_the_same_octets(self, eddsa: EdDSA) -> None:
        x, y = eddsa.base
        for z in (1, 2, eddsa.p - 1):
            octets = encode_point(eddsa, (x * z % eddsa.p, y * z % eddsa.p, z, x * y * z % eddsa.p))
            assert octets == encode_point(eddsa, (x, y, 1, x * y % eddsa.p))


@spec("https://www.rfc-editor.org/rfc/rfc8032#section-5.1.3")
class TestDecodePoint:
    @BOTH
    def test_the_base_point_and_its_opposite(self, eddsa: EdDSA) -> None:
        x, y = eddsa.base
        for x_coordinate in (x, eddsa.p - x):
            octets = (y | (x_coordinate & 1) << eddsa.b - 1).to_bytes(eddsa.b // 8, "little")
            assert decode_point(eddsa, octets) == (x_coordinate, y, 1, x_coordinate * y % eddsa.p)
            assert encode_point(eddsa, (x_coordinate, y, 1, x_coordinate * y % eddsa.p)) == octets

    @BOTH
    def test_y_has_to_be_less_than_p(self, eddsa: EdDSA) -> None:
        for y in (eddsa.p, eddsa.p + 1, (1 << eddsa.b - 1) - 1):
            assert decode_point(eddsa, y.to_bytes(eddsa.b // 8, "little")) is None

    @BOTH
    def test_zero_has_no_sign(self, eddsa: EdDSA) -> None:
        for y in (1, eddsa.p - 1):
            assert decode_point(eddsa, y.to_bytes(eddsa.b // 8, "little")) is not None
            assert (
                decode_point(eddsa, (y | 1 << eddsa.b - 1).to_bytes(eddsa.b // 8, "little")) is None
            )

    def test_bits_between_y_and_the_sign_are_refused(self) -> None:
        x, y = ED448.base
        octets = bytearray(encode_point(ED448, (x, y, 1, x * y % ED448.p)))
        octets[-1] |= 1
        assert decode_point(ED448, bytes(octets)) is None
