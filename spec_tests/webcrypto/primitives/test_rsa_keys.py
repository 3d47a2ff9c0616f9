"""RSA keys: DER, validity, generation and the recovery of primes."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from math import gcd, isqrt, lcm
from typing import Any

import pytest

from worker_runtime.webcrypto.primitives.der import DERError, encode_integer, encode_sequence
from worker_runtime.webcrypto.primitives.key_structures import PrivateKeyInfo, SubjectPublicKeyInfo
from worker_runtime.webcrypto.primitives.rsa_keys import (
    RSAError,
    RSAPrivateKey,
    RSAPublicKey,
    generate_key_pair,
    is_probably_prime,
    power,
    recover_prime_factors,
)

spec = pytest.mark.spec

fromhex = bytes.fromhex

KEY = generate_key_pair(512, 65537, random.Random(8017).randbytes)


def official_keys(
    wpt_data: Callable[[str], Any],
) -> list[tuple[RSAPublicKey, bytes, RSAPrivateKey, bytes]]:
    """Keys of 1024, 2048 and 4096 bits, and the DER that they come from."""
    keys = []
    for key in wpt_data("WebCryptoAPI/import_export/rsa_importKey.json")["data"][
        "keyData"
    ].values():
        public = SubjectPublicKeyInfo.decode(fromhex(key["spki"]["hex"])).subject_public_key
        private = PrivateKeyInfo.decode(fromhex(key["pkcs8"]["hex"])).private_key
        keys.append((RSAPublicKey.decode(public), public, RSAPrivateKey.decode(private), private))
    return keys


def no_chance(count: int) -> bytes:
    raise AssertionError("This is known without chance")


def next_prime(start: int) -> int:
    """The next prime that is 3 modulo 4."""
    candidate = start | 3
    while not is_probably_prime(candidate, 10, os.urandom):
        candidate += 4
    return candidate


@spec("https://www.rfc-editor.org/rfc/rfc8017#section-5")
class TestPower:
    @pytest.mark.parametrize("bits", [64, 1024, 1025, 2048, 4096])
    def test_is_that_of_python(self, bits: int) -> None:
        chance = random.Random(bits)
        modulus = chance.getrandbits(bits) | 1 << bits - 1 | 1
        for exponent in (0, 1, 65537, 1 << 64, (1 << 65) - 1, chance.getrandbits(bits // 2)):
            base = chance.getrandbits(bits + 1)
            assert power(base, exponent, modulus) == pow(base, exponent, modulus)


@spec("https://www.rfc-editor.org/rfc/rfc8017#section-3.1")
class TestRSAPublicKey:
    def test_official_keys_are_valid_and_written_as_they_were_read(
        self, wpt_data: Callable[[str], Any]
    ) -> None:
        for public_key, data, _, _ in official_keys(wpt_data):
            assert public_key.is_valid()
            assert public_key.encode() == data

    @pytest.mark.parametrize("numbers", [[KEY.n], [KEY.n, 3, 1]])
    def test_der_has_exactly_two_numbers(self, numbers: list[int]) -> None:
        with pytest.raises(DERError):
            RSAPublicKey.decode(encode_sequence(*map(encode_integer, numbers)))

    @pytest.mark.parametrize("n", [0, 1, 35, KEY.n + 1, KEY.n >> 1 | 1, (1 << 8192) + 1])
    def test_an_even_modulus_or_one_of_a_strange_size_is_not_valid(self, n: int) -> None:
        assert not RSAPublicKey(n, 3).is_valid()

    @pytest.mark.parametrize("e", [0, 1, 2, 4, 65536, (1 << 256) + 1, KEY.n, KEY.n + 2])
    def test_an_even_exponent_or_one_out_of_range_is_not_valid(self, e: int) -> None:
        assert RSAPublicKey(KEY.n, 65537).is_valid()
        assert not RSAPublicKey(KEY.n, e).is_valid()


@spec("https://www.rfc-editor.org/rfc/rfc8017#section-3.2")
class TestRSAPrivateKey:
    def test_official_keys_are_valid_and_written_as_they_were_read(
        self, wpt_data: Callable[[str], Any]
    ) -> None:
        for public_key, _, private_key, data in official_keys(wpt_data):
            assert private_key.is_valid()
            assert private_key.encode() == data
            assert private_key.public_key == public_key

    @pytest.mark.parametrize("place", range(8), ids=RSAPrivateKey._fields)
    @pytest.mark.parametrize("difference", [-2, -1, 1, 2])
    def test_one_wrong_number_makes_it_invalid(self, place: int, difference: int) -> None:
        numbers = list(KEY)
        numbers[place] += difference
        assert KEY.is_valid()
        assert not RSAPrivateKey(*numbers).is_valid()

    @pytest.mark.parametrize("place", range(8), ids=RSAPrivateKey._fields)
    @pytest.mark.parametrize("value", [0, 1, 2])
    def test_tiny_numbers_make_it_invalid(self, place: int, value: int) -> None:
        numbers = list(KEY)
        numbers[place] = value
        assert not RSAPrivateKey(*numbers).is_valid()

    def test_the_whole_modulus_is_no_prime_factor(self) -> None:
        assert not RSAPrivateKey(KEY.n, KEY.e, KEY.d, KEY.n, 1, KEY.d, 0, 1).is_valid()

    def test_a_key_of_three_primes_is_refused(self) -> None:
        other = encode_sequence(encode_sequence(*map(encode_integer, (3, 1, 2))))
        with pytest.raises(DERError, match="two primes"):
            RSAPrivateKey.decode(
                encode_sequence(encode_integer(1), *map(encode_integer, KEY), other)
            )


@spec("https://doi.org/10.6028/NIST.FIPS.186-5#A.1.1")
class TestGenerateKeyPair:
    @pytest.mark.parametrize("modulus_length", [512, 513, 767, 1024])
    @pytest.mark.parametrize("e", [3, 65537])
    def test_fulfils_the_criteria(self, modulus_length: int, e: int) -> None:
        key = generate_key_pair(modulus_length, e, random.Random(modulus_length + e).randbytes)
        assert key.is_valid()
        assert key.n.bit_length() == modulus_length
        assert key.p != key.q and gcd(lcm(key.p - 1, key.q - 1), e) == 1
        assert key.d > 1 << modulus_length // 2
        assert abs(key.p - key.q) > 1 << modulus_length // 2 - 100
        for prime, bits in ((key.p, (modulus_length + 1) // 2), (key.q, modulus_length // 2)):
            assert isqrt(1 << 2 * bits - 1) < prime < 1 << bits

    @spec("https://www.rfc-editor.org/rfc/rfc8017#section-7")
    @pytest.mark.parametrize("modulus_length", [0, 511, 8193, 1 << 40])
    def test_a_length_out_of_range_is_refused(self, modulus_length: int) -> None:
        with pytest.raises(RSAError, match="512 to 8192 bits"):
            generate_key_pair(modulus_length, 65537, bytes)

    @pytest.mark.parametrize(
        "e", [0, 1, 2, 65536, (1 << 256) + 1, 1 << 100_000], ids=int.bit_length
    )
    def test_an_exponent_that_cannot_be_is_refused(self, e: int) -> None:
        with pytest.raises(RSAError, match="public exponent"):
            generate_key_pair(2048, e, bytes)


@spec("https://doi.org/10.6028/NIST.FIPS.186-5#B.3.1")
class TestIsProbablyPrime:
    @pytest.mark.parametrize("w", [5, 7, 65537, 2**61 - 1, 2**127 - 1, 2**255 - 19, 2**521 - 1])
    def test_a_prime_is(self, w: int) -> None:
        assert is_probably_prime(w, 10, random.Random(w).randbytes)

    @pytest.mark.parametrize(
        "w",
        [
            9,
            561,  # a Carmichael number
            3215031751,  # passes for the bases 2, 3, 5 and 7
            3825123056546413051,  # and this one up to 23
            (2**61 - 1) * (2**89 - 1),
            (2**127 - 1) ** 2,
        ],
    )
    def test_a_composite_is_not(self, w: int) -> None:
        assert not is_probably_prime(w, 20, random.Random(w).randbytes)


@spec("https://doi.org/10.6028/NIST.SP.800-56Br2#C.1")
class TestRecoverPrimeFactors:
    def test_factors_of_a_generated_key(self) -> None:
        p, q = max(KEY.p, KEY.q), min(KEY.p, KEY.q)
        assert recover_prime_factors(KEY.n, KEY.e, KEY.d, os.urandom) == (p, q)
        assert RSAPrivateKey.of_primes(p, q, KEY.e, KEY.d).is_valid()

    def test_factors_of_official_keys(self, wpt_data: Callable[[str], Any]) -> None:
        for _, _, key, _ in official_keys(wpt_data)[:2]:
            assert recover_prime_factors(key.n, key.e, key.d, os.urandom) == (
                max(key.p, key.q),
                min(key.p, key.q),
            )

    @pytest.mark.parametrize("d", [0, 1, KEY.d - 2, KEY.d + 1, KEY.n], ids=int.bit_length)
    def test_an_exponent_of_another_key_finds_none(self, d: int) -> None:
        assert recover_prime_factors(KEY.n, KEY.e, d, os.urandom) is None

    @pytest.mark.parametrize("times", [1, 2, 3])
    def test_a_prime_modulus_and_the_power_of_one_are_told_at_once(self, times: int) -> None:
        p = 2**607 - 1
        d = pow(65537, -1, p ** (times - 1) * (p - 1))
        assert recover_prime_factors(p**times, 65537, d, no_chance) is None

    def test_numbers_that_small_bases_cannot_tell_apart_are_found_by_chance(self) -> None:
        # Every prime up to 11 is a square modulo both or modulo neither.
        p, q = (next_prime(start) for start in (1 << 260, 1 << 261))
        while any(pow(g, p // 2, p) == 1 != pow(g, q // 2, q) for g in (2, 3, 5, 7, 11)) or any(
            pow(g, p // 2, p) != 1 == pow(g, q // 2, q) for g in (2, 3, 5, 7, 11)
        ):
            q = next_prime(q + 2)
        d = pow(65537, -1, (p - 1) * (q - 1))
        assert recover_prime_factors(p * q, 65537, d, os.urandom) == (q, p)

    @pytest.mark.parametrize("n", [0, 1, 2, 3, 4])
    def test_a_tiny_modulus_has_none(self, n: int) -> None:
        assert recover_prime_factors(n, 3, 3, os.urandom) is None
