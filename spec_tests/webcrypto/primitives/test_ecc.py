"""ECDSA and ECDH, by the examples of RFC 6979 and RFC 5903, the vectors of the Web Platform Tests,
and edge cases.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime.webcrypto.primitives.ecc import (
    ecdh,
    ecdsa_sign,
    ecdsa_verify,
    public_key,
    random_scalar,
)
from worker_runtime.webcrypto.primitives.key_structures import (
    ECPrivateKey,
    PrivateKeyInfo,
    SubjectPublicKeyInfo,
)
from worker_runtime.webcrypto.primitives.weierstrass import (
    P_256,
    P_384,
    P_521,
    Curve,
    decode_point,
    multiply,
)

spec = pytest.mark.spec

fromhex = bytes.fromhex

CURVES = {"P-256": P_256, "P-384": P_384, "P-521": P_521}


def random_bytes_for(scalar: int) -> Callable[[int], bytes]:
    """A source of random bytes that makes random_scalar() come to this."""
    return lambda length: (scalar - 1).to_bytes(length)


# RFC 6979, A.2.5 to A.2.7, for the message "sample": curve, hash, d, k, r, s
EXAMPLES = [
    (
        "P-256",
        "sha256",
        0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721,
        0xA6E3C57DD01ABE90086538398355DD4C3B17AA873382B0F24D6129493D8AAD60,
        0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716,
        0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8,
    ),
    (
        "P-256",
        "sha512",
        0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721,
        0x5FA81C63109BADB88C1F367B47DA606DA28CAD69AA22C4FE6AD7DF73A7173AA5,
        0x8496A60B5E9B47C825488827E0495B0E3FA109EC4568FD3F8D1097678EB97F00,
        0x2362AB1ADBE2B8ADF9CB9EDAB740EA6049C028114F2460F96554F61FAE3302FE,
    ),
    (
        "P-384",
        "sha384",
        0x6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D896D5724E4C70A825F872C9EA60D2EDF5,
        0x94ED910D1A099DAD3254E9242AE85ABDE4BA15168EAF0CA87A555FD56D10FBCA2907E3E83BA95368623B8C4686915CF9,
        0x94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46,
        0x99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8,
    ),
    (
        "P-521",
        "sha512",
        0x0FAD06DAA62BA3B25D2FB40133DA757205DE67F5BB0018FEE8C86E1B68C7E75C << 268
        | 0xAA896EB32F1F47C70855836A6D16FCC1466F6D8FBEC67DB89EC0C08B0E996B83538,
        0x1DAE2EA071F8110DC26882D4D5EAE0621A3256FC8847FB9022E2B7D28E6F1019 << 268
        | 0x8B1574FDD03A9053C08A1854A168AA5A57470EC97DD5CE090124EF52A2F7ECBFFD3,
        0x0C328FAFCBD79DD77850370C46325D987CB525569FB63C5D3BC53950E6D4C5F1 << 268
        | 0x74E25A1EE9017B5D450606ADD152B534931D7D4E8455CC91F9B15BF05EC36E377FA,
        0x0617CCE7CF5064806C467F678D3B4080D6F1CC50AF26CA209417308281B68AF2 << 268
        | 0x82623EAA63E5B5C0723D8B8C37FF0777B1A20F8CCB1DCCC43997F1EE0E44DA4A67A,
    ),
]


@spec("https://doi.org/10.6028/NIST.FIPS.186-5#A.2.1")
class TestRandomScalar:
    @pytest.mark.parametrize("curve, length", [(P_256, 40), (P_384, 56), (P_521, 74)])
    def test_takes_64_bits_more_than_n_has(self, curve: Curve, length: int) -> None:
        lengths: list[int] = []

        def random_bytes(length: int) -> bytes:
            lengths.append(length)
            return bytes(length)

        assert random_scalar(curve, random_bytes) == 1
        assert lengths == [length]

    def test_is_never_zero_or_n(self) -> None:
        assert random_scalar(P_256, random_bytes_for(P_256.n)) == 1
        assert random_scalar(P_256, random_bytes_for(P_256.n - 1)) == P_256.n - 1


@spec("https://www.secg.org/sec1-v2.pdf#3.2.1")
class TestPublicKey:
    def test_example(self) -> None:  # RFC 6979, A.2.5
        assert public_key(P_256, EXAMPLES[0][2]) == (
            0x60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6,
            0x7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299,
        )

    @pytest.mark.parametrize("curve", CURVES.values(), ids=CURVES)
    def test_of_the_least_and_the_greatest_private_key(self, curve: Curve) -> None:
        x, y = curve.g
        assert public_key(curve, 1) == (x, y)
        assert public_key(curve, curve.n - 1) == (x, curve.p - y)


@spec("https://doi.org/10.6028/NIST.FIPS.186-5#6.4.1")
class TestECDSASign:
    @pytest.mark.parametrize(
        "curve, hash, d, k, r, s", EXAMPLES, ids=["P-256", "P-256, long hash", "P-384", "P-521"]
    )
    def test_examples(self, curve: str, hash: str, d: int, k: int, r: int, s: int) -> None:
        digest = hashlib.new(hash, b"sample").digest()
        assert ecdsa_sign(CURVES[curve], d, digest, random_bytes_for(k)) == (r, s)
        assert ecdsa_verify(CURVES[curve], public_key(CURVES[curve], d), digest, r, s)

    def test_a_secret_number_that_makes_s_zero_is_not_used(self) -> None:
        # With k = 1, r is the x of the base point, and s is zero if d is -e / r.
        r, e = P_256.g[0] % P_256.n, 5
        d = -e * pow(r, -1, P_256.n) % P_256.n
        numbers = iter([1, 2])
        r, s = ecdsa_sign(
            P_256, d, e.to_bytes(32), lambda length: (next(numbers) - 1).to_bytes(length)
        )
        assert ecdsa_verify(P_256, public_key(P_256, d), e.to_bytes(32), r, s)
        assert next(numbers, None) is None


@spec("https://doi.org/10.6028/NIST.FIPS.186-5#6.4.2")
class TestECDSAVerify:
    D = EXAMPLES[0][2]
    R, S = EXAMPLES[0][4:]
    Q = public_key(P_256, D)
    DIGEST = hashlib.sha256(b"sample").digest()

    def test_another_message_key_or_signature_is_refused(self) -> None:
        x, y = self.Q
        assert ecdsa_verify(P_256, self.Q, self.DIGEST, self.R, self.S)
        assert not ecdsa_verify(P_256, self.Q, hashlib.sha256(b"simple").digest(), self.R, self.S)
        assert not ecdsa_verify(P_256, (x, P_256.p - y), self.DIGEST, self.R, self.S)
        assert not ecdsa_verify(P_256, P_256.g, self.DIGEST, self.R, self.S)
        assert not ecdsa_verify(P_256, self.Q, self.DIGEST, self.S, self.R)
        assert not ecdsa_verify(P_256, self.Q, self.DIGEST, self.R ^ 1, self.S)
        assert not ecdsa_verify(P_256, self.Q, self.DIGEST, self.R, self.S ^ 1)

    def test_minus_s_is_as_good_as_s(self) -> None:
        assert ecdsa_verify(P_256, self.Q, self.DIGEST, self.R, P_256.n - self.S)

    @pytest.mark.parametrize("curve", CURVES.values(), ids=CURVES)
    def test_numbers_out_of_range_are_refused(self, curve: Curve) -> None:
        # With a digest of zero any key would "sign" by r = s = 0, if zero were not refused.
        q, digest = public_key(curve, 7), bytes(32)
        limits = [0, 1, curve.n - 1, curve.n, curve.n + 1, curve.p, (1 << 8 * curve.octets) - 1, -1]
        for r in limits:
            for s in limits:
                assert not ecdsa_verify(curve, q, digest, r, s), (r, s)

    def test_a_multiple_of_n_more_is_refused(self) -> None:
        assert not ecdsa_verify(P_256, self.Q, self.DIGEST, self.R + P_256.n, self.S)
        assert not ecdsa_verify(P_256, self.Q, self.DIGEST, self.R, self.S + P_256.n)

    def test_a_sum_at_infinity_is_refused(self) -> None:
        # With q = g and r = -e, u + v is zero.
        e = 12345
        assert not ecdsa_verify(P_256, P_256.g, e.to_bytes(32), P_256.n - e, 1)

    def test_two_equal_points_are_added_well(self) -> None:
        # With q = g and r = e, both terms are the same point; k makes just this r.
        x, _ = public_key(P_256, 2)
        r = x % P_256.n
        assert ecdsa_verify(P_256, P_256.g, r.to_bytes(32), r, r)

    def test_x_may_be_above_n(self) -> None:
        # A point whose x is n or more is rare: one is made here, and the key that fits a signature
        # with it.
        x = next(x for x in range(P_256.n, P_256.p) if self.root(x) is not None)
        y = self.root(x)
        assert y is not None
        r, s, e = x - P_256.n, 1, 0
        # R = (e / s) g + (r / s) q, so that q = (s / r) R.
        q = multiply(P_256, pow(r, -1, P_256.n), (x, y))
        assert q is not None
        assert ecdsa_verify(P_256, q, e.to_bytes(32), r, s)

    @staticmethod
    def root(x: int) -> int | None:
        square = (x**3 - 3 * x + P_256.b) % P_256.p
        root = pow(square, (P_256.p + 1) // 4, P_256.p)
        return root if root * root % P_256.p == square else None

    @pytest.mark.parametrize(
        "group, is_valid", [("getTestVectors", True), ("getInvalidTestVectors", False)]
    )
    def test_official_vectors(
        self, group: str, is_valid: bool, wpt_data: Callable[[str], Any]
    ) -> None:
        for vector in wpt_data("WebCryptoAPI/sign_verify/ecdsa_vectors.json")["data"][group]:
            curve = CURVES[vector["namedCurve"]]
            key = SubjectPublicKeyInfo.decode(
                fromhex(vector["publicKeyBuffer"]["hex"])
            ).subject_public_key
            digest = hashlib.new(
                vector["hashName"].replace("-", ""), fromhex(vector["plaintext"]["hex"])
            ).digest()
            signature = fromhex(vector["signature"]["hex"])
            if len(signature) == 2 * curve.octets:
                r, s = (
                    int.from_bytes(signature[: curve.octets]),
                    int.from_bytes(signature[curve.octets :]),
                )
                assert ecdsa_verify(curve, decode_point(curve, key), digest, r, s) == is_valid, (
                    vector["name"]
                )


@spec("https://doi.org/10.6028/NIST.SP.800-56Ar3#5.7.1.2")
class TestECDH:
    def test_example(self) -> None:
        # RFC 5903, 8.1
        i = 0xC88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433
        r = 0xC6EF9C5D78AE012A011164ACB397CE2088685D8F06BF9BE0B283AB46476BEE53
        assert (
            ecdh(P_256, i, public_key(P_256, r)).hex()
            == "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de"
        )
        assert ecdh(P_256, r, public_key(P_256, i)) == ecdh(P_256, i, public_key(P_256, r))

    def test_a_secret_keeps_its_leading_zeros(self) -> None:
        d = next(d for d in range(1, 2000) if public_key(P_256, d)[0] >> 248 == 0)
        assert len(ecdh(P_256, d, P_256.g)) == 32

    @pytest.mark.parametrize("name", CURVES)
    def test_official_vectors(self, name: str, wpt_data: Callable[[str], Any]) -> None:
        data = wpt_data("WebCryptoAPI/derive_bits_keys/ecdh_bits.json")["data"]
        private = ECPrivateKey.decode(
            PrivateKeyInfo.decode(fromhex(data["pkcs8"][name]["hex"])).private_key
        ).private_key
        public = SubjectPublicKeyInfo.decode(fromhex(data["spki"][name]["hex"])).subject_public_key
        shared = ecdh(CURVES[name], int.from_bytes(private), decode_point(CURVES[name], public))
        assert shared.hex() == data["derivations"][name]["hex"]
