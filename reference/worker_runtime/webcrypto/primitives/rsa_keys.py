"""RSA keys: what they are, how they are written, and how a pair is generated.

RFC 8017, 3 and A.1: https://www.rfc-editor.org/rfc/rfc8017#section-3
FIPS 186-5, A.1 and B.3: https://doi.org/10.6028/NIST.FIPS.186-5 (the fragments are its section numbers)

Reference arithmetic, not constant-time: not for secrets that an attacker on the same machine could time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import gcd, isqrt, lcm, prod
from typing import NamedTuple

from .der import DERError, DERReader, encode_integer, encode_sequence

RandomBytes = Callable[[int], bytes]

SMALL_PRIMES_END = 1 << 16
ITERATIONS = ((1024, 5), (512, 7), (0, 40))  # of Miller-Rabin for primes of at least so many bits


class RSAPublicKey(NamedTuple):
    """https://www.rfc-editor.org/rfc/rfc8017#section-3.1"""

    n: int
    e: int

    @classmethod
    def decode(cls, data: bytes) -> RSAPublicKey:
        """From the DER of RFC 8017, A.1.1; DERError if it is something else."""
        sequence = DERReader.of_sequence(data)
        key = cls(sequence.integer(), sequence.integer())
        sequence.end()
        return key

    def encode(self) -> bytes:
        return encode_sequence(*map(encode_integer, self))


class RSAPrivateKey(NamedTuple):
    """Both representations at once, of a key with two primes.

    https://www.rfc-editor.org/rfc/rfc8017#section-3.2
    """

    n: int
    e: int
    d: int
    p: int
    q: int
    d_p: int
    d_q: int
    q_inv: int

    @classmethod
    def decode(cls, data: bytes) -> RSAPrivateKey:
        """From the DER of RFC 8017, A.1.2; DERError if it is something else or has more than two primes."""
        sequence = DERReader.of_sequence(data)
        if version := sequence.integer():
            raise DERError(f"Not an RSA key of two primes: version {version}")
        n, e, d, p, q, d_p, d_q, q_inv = (sequence.integer() for _ in range(8))
        sequence.end()
        return cls(n, e, d, p, q, d_p, d_q, q_inv)

    def encode(self) -> bytes:
        return encode_sequence(encode_integer(0), *map(encode_integer, self))

    def is_valid(self) -> bool:
        """Whether the members fit each other as section 3.2 says; that p and q are primes is taken on trust."""
        n, e, d, p, q, d_p, d_q, q_inv = self
        return (
            n == p * q
            and min(p, q) > 2
            and 3 <= e < n
            and 0 < d < n
            and e * d % (p - 1) == e * d % (q - 1) == 1
            and d_p == d % (p - 1)
            and d_q == d % (q - 1)
            and 0 < q_inv < p
            and q * q_inv % p == 1
        )


def generate_key_pair(modulus_length: int, public_exponent: int, random_bytes: RandomBytes) -> RSAPrivateKey:
    """A private key, which has the public one in it, of a modulus of so many bits.

    https://doi.org/10.6028/NIST.FIPS.186-5#A.1.1
    """
    e = public_exponent
    while True:
        p, q = generate_primes(modulus_length, e, random_bytes)
        d = pow(e, -1, lcm(p - 1, q - 1))
        if d > 1 << modulus_length // 2:
            return RSAPrivateKey(p * q, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))


def generate_primes(nlen: int, e: int, random_bytes: RandomBytes) -> tuple[int, int]:
    """Random primes p and q that are probably prime, their product having nlen bits.

    https://doi.org/10.6028/NIST.FIPS.186-5#A.1.3
    """
    p = generate_prime((nlen + 1) // 2, e, random_bytes)
    while True:
        q = generate_prime(nlen // 2, e, random_bytes)
        if abs(p - q) > 1 << max(nlen // 2 - 100, 0):
            return p, q


def generate_prime(bits: int, e: int, random_bytes: RandomBytes) -> int:
    """An odd random number from sqrt(2) * 2^(bits-1) up, its predecessor coprime to e, that is probably prime.

    https://doi.org/10.6028/NIST.FIPS.186-5#A.1.3.4
    """
    lowest = isqrt(1 << 2 * bits - 1) + 1
    iterations = next(count for least, count in ITERATIONS if bits >= least)
    while True:
        p = int.from_bytes(random_bytes((bits + 7) // 8)) >> -bits % 8 | 1
        # Few candidates come to the long test: nine of ten have a small factor.
        if p >= lowest and gcd(p, product_of_small_primes()) in (1, p) and gcd(p - 1, e) == 1:
            if is_probably_prime(p, iterations, random_bytes):
                return p


@cache
def product_of_small_primes() -> int:
    """All odd primes below 2^16, multiplied; made when the first key is.

    https://doi.org/10.6028/NIST.FIPS.186-5#B.3.3
    """
    is_prime = bytearray([1]) * SMALL_PRIMES_END
    for factor in range(3, isqrt(SMALL_PRIMES_END) + 1, 2):
        if is_prime[factor]:
            is_prime[factor * factor :: 2 * factor] = bytes(len(range(factor * factor, SMALL_PRIMES_END, 2 * factor)))
    return prod(number for number in range(3, SMALL_PRIMES_END, 2) if is_prime[number])


def is_probably_prime(w: int, iterations: int, random_bytes: RandomBytes) -> bool:
    """The Miller-Rabin test of an odd number above 3.

    https://doi.org/10.6028/NIST.FIPS.186-5#B.3.1
    """
    a = (w - 1 & 1 - w).bit_length() - 1  # 2^a is the largest power of two that divides w - 1
    m = w - 1 >> a
    for _ in range(iterations):
        b = 2 + int.from_bytes(random_bytes(w.bit_length() // 8 + 8)) % (w - 3)
        z = pow(b, m, w)
        if z in (1, w - 1):
            continue
        for _ in range(a - 1):
            z = z * z % w
            if z == w - 1:
                break
        else:
            return False
    return True
