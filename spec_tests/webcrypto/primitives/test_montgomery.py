"""X25519 and X448, by the test vectors of RFC 7748 and of the Web Platform Tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime.webcrypto.primitives.key_structures import (
    CurvePrivateKey,
    PrivateKeyInfo,
    SubjectPublicKeyInfo,
)
from worker_runtime.webcrypto.primitives.montgomery import (
    X448_BASE_POINT,
    X25519_BASE_POINT,
    montgomery_ladder,
    x448,
    x25519,
)

spec = pytest.mark.spec

fromhex = bytes.fromhex

FUNCTIONS = {"X25519": x25519, "X448": x448}

# All values below 2^255 whose points have an order of 8 or less, in every spelling
SMALL_ORDER_25519 = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]


@spec("https://www.rfc-editor.org/rfc/rfc7748#section-6.1")
class TestX25519:
    @pytest.mark.parametrize(
        "k, u, result",
        [  # 5.2
            (
                "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
                "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
                "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
            ),
            (
                "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
                "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
                "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
            ),
        ],
    )
    def test_vectors(self, k: str, u: str, result: str) -> None:
        assert x25519(fromhex(k), fromhex(u)).hex() == result

    def test_vectors_after_many_iterations(self) -> None:
        k = u = X25519_BASE_POINT
        results = []
        for _ in range(1000):
            k, u = x25519(k, u), k
            results.append(k.hex())
        assert results[0] == "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"
        assert results[999] == "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"

    def test_the_two_of_the_example_share_a_secret(self) -> None:
        a = fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
        b = fromhex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
        public_a, public_b = x25519(a, X25519_BASE_POINT), x25519(b, X25519_BASE_POINT)
        assert public_a.hex() == "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
        assert public_b.hex() == "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
        assert (
            x25519(a, public_b).hex()
            == "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
        )
        assert x25519(b, public_a) == x25519(a, public_b)

    @pytest.mark.parametrize("u", SMALL_ORDER_25519)
    def test_a_point_of_small_order_makes_zeros(self, u: str) -> None:
        assert x25519(b"\x55" * 32, fromhex(u)) == bytes(32)

    def test_the_last_bit_of_u_does_not_count(self) -> None:
        assert x25519(b"\x55" * 32, bytes([9] + [0] * 30 + [0x80])) == x25519(
            b"\x55" * 32, X25519_BASE_POINT
        )

    def test_u_may_be_p_or_more(self) -> None:
        p = 2**255 - 19
        assert x25519(b"\x55" * 32, (p + 9).to_bytes(32, "little")) == x25519(
            b"\x55" * 32, X25519_BASE_POINT
        )


@spec("https://www.rfc-editor.org/rfc/rfc7748#section-6.2")
class TestX448:
    @pytest.mark.parametrize(
        "k, u, result",
        [  # 5.2
            (
                "3d262fddf9ec8e88495266fea19a34d28882acef045104d0d1aae121"
                "700a779c984c24f8cdd78fbff44943eba368f54b29259a4f1c600ad3",
                "06fce640fa3487bfda5f6cf2d5263f8aad88334cbd07437f020f08f9"
                "814dc031ddbdc38c19c6da2583fa5429db94ada18aa7a7fb4ef8a086",
                "ce3e4ff95a60dc6697da1db1d85e6afbdf79b50a2412d7546d5f239f"
                "e14fbaadeb445fc66a01b0779d98223961111e21766282f73dd96b6f",
            ),
            (
                "203d494428b8399352665ddca42f9de8fef600908e0d461cb021f8c5"
                "38345dd77c3e4806e25f46d3315c44e0a5b4371282dd2c8d5be3095f",
                "0fbcc2f993cd56d3305b0b7d9e55d4c1a8fb5dbb52f8e9a1e9b6201b"
                "165d015894e56c4d3570bee52fe205e28a78b91cdfbde71ce8d157db",
                "884a02576239ff7a2f2f63b2db6a9ff37047ac13568e1e30fe63c4a7"
                "ad1b3ee3a5700df34321d62077e63633c575c1c954514e99da7c179d",
            ),
        ],
    )
    def test_vectors(self, k: str, u: str, result: str) -> None:
        assert x448(fromhex(k), fromhex(u)).hex() == result

    def test_vector_after_one_iteration(self) -> None:
        assert x448(X448_BASE_POINT, X448_BASE_POINT).hex() == (
            "3f482c8a9f19b01e6c46ee9711d9dc14fd4bf67af30765c2ae2b846a"
            "4d23a8cd0db897086239492caf350b51f833868b9bc2b3bca9cf4113"
        )

    def test_the_two_of_the_example_share_a_secret(self) -> None:
        a = fromhex(
            "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28d"
            "d9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b"
        )
        b = fromhex(
            "1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d"
            "6927c120bb5ee8972b0d3e21374c9c921b09d1b0366f10b65173992d"
        )
        public_a, public_b = x448(a, X448_BASE_POINT), x448(b, X448_BASE_POINT)
        assert public_a.hex() == (
            "9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c"
            "22c5d9bbc836647241d953d40c5b12da88120d53177f80e532c41fa0"
        )
        assert public_b.hex() == (
            "3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b430"
            "27d8b972fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609"
        )
        assert x448(a, public_b).hex() == (
            "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282b"
            "b60c0b56fd2464c335543936521c24403085d59a449a5037514a879d"
        )
        assert x448(b, public_a) == x448(a, public_b)

    @pytest.mark.parametrize("u", [0, 1, 2**448 - 2**224 - 2, 2**448 - 2**224 - 1, 2**448 - 2**224])
    def test_a_point_of_small_order_makes_zeros(self, u: int) -> None:
        assert x448(b"\x55" * 56, u.to_bytes(56, "little")) == bytes(56)


@spec("https://www.rfc-editor.org/rfc/rfc7748#section-5")
class TestMontgomeryLadder:
    def test_multiples_of_a_multiple_commute(self) -> None:
        p, a24 = 2**255 - 19, 121665
        assert montgomery_ladder(
            5, montgomery_ladder(7, 9, 255, p, a24), 255, p, a24
        ) == montgomery_ladder(35, 9, 255, p, a24)
        assert montgomery_ladder(1, 9, 255, p, a24) == 9

    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_official_vectors(self, name: str, wpt_data: Callable[[str], Any]) -> None:
        data = wpt_data("WebCryptoAPI/derive_bits_keys/cfrg_curves_bits_fixtures.json")["data"]
        k = CurvePrivateKey.decode(
            PrivateKeyInfo.decode(fromhex(data["pkcs8"][name]["hex"])).private_key
        ).private_key
        u = SubjectPublicKeyInfo.decode(fromhex(data["spki"][name]["hex"])).subject_public_key
        assert FUNCTIONS[name](k, u).hex() == data["derivations"][name]["hex"]
        for case in data["kSmallOrderPoint"][name]:
            u = SubjectPublicKeyInfo.decode(fromhex(case["vector"]["hex"])).subject_public_key
            assert not any(FUNCTIONS[name](k, u)), case["order"]
