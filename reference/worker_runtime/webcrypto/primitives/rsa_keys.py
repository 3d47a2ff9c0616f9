"""RSA keys: what they consist of, how they are written in DER, and how a pair is generated.

RFC 8017, PKCS #1, 3 and A.1: https://www.rfc-editor.org/rfc/rfc8017
FIPS 186-5, A.1 and B.3: https://doi.org/10.6028/NIST.FIPS.186-5
SP 800-56B Rev. 2, C: https://doi.org/10.6028/NIST.SP.800-56Br2
(the fragments of NIST addresses are section numbers)

Reference arithmetic, not constant-time: not for secrets that an attacker on the same machine could
time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import gcd, isqrt, lcm, prod
from typing import NamedTuple

from .der import DERError, DERReader, encode_integer, encode_sequence

# in bits; a private operation with the longest takes about a second
MODULUS_LENGTHS = range(512, 8193)
# FIPS 186-5 also asks for more than 2^16, but keys of 3 and 17 are about
PUBLIC_EXPONENTS = range(3, 1 << 256, 2)

LENGTH_FOR_ONE_STEP = 1024  # bits of a modulus, for which an exponentiation takes 4 milliseconds
WINDOW = 5  # bits of an exponent that are taken at once

# Of Miller-Rabin, for a prime of at least so many bits; an error is less likely than 2^-112 (FIPS
# 186-5, table B.1 and C).
ITERATIONS = ((1024, 5), (512, 9), (0, 40))


class RSAError(ValueError):
    """A message is too long, a ciphertext does not decrypt, or no key can be as it is wanted.

    https://www.rfc-editor.org/rfc/rfc8017#section-7
    """


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

    def is_valid(self) -> bool:
        """Whether the numbers can be a key, and one of a size that we compute with."""
        return (
            self.n.bit_length() in MODULUS_LENGTHS
            and self.n & 1 == 1
            and self.e in PUBLIC_EXPONENTS
            and self.e < self.n
        )


class RSAPrivateKey(NamedTuple):
    """The first and the second representation at once, of a key with two primes.

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
    def of_primes(cls, p: int, q: int, e: int, d: int) -> RSAPrivateKey:
        return cls(p * q, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))

    @classmethod
    def decode(cls, data: bytes) -> RSAPrivateKey:
        """From the DER of RFC 8017, A.1.2; DERError if it is something else or has more than two
        primes.
        """
        sequence = DERReader.of_sequence(data)
        if version := sequence.integer():
            raise DERError(f"Not an RSA key of two primes: version {version:#x}")
        n, e, d, p, q, d_p, d_q, q_inv = (sequence.integer() for _ in range(8))
        sequence.end()
        return cls(n, e, d, p, q, d_p, d_q, q_inv)

    def encode(self) -> bytes:
        return encode_sequence(encode_integer(0), *map(encode_integer, self))

    @property
    def public_key(self) -> RSAPublicKey:
        return RSAPublicKey(self.n, self.e)

    def is_valid(self) -> bool:
        """Whether the numbers fit each other. That p and q are primes is taken on trust."""
        n, e, d, p, q, d_p, d_q, q_inv = self
        return (
            self.public_key.is_valid()
            and n == p * q
            and min(p, q) > 1
            and 0 < d < n
            and 1 == e * d % (p - 1) == e * d % (q - 1) == q * q_inv % p
            and d_p == d % (p - 1)
            and d_q == d % (q - 1)
            and 0 < q_inv < p
        )


def generate_key_pair(
    modulus_length: int, public_exponent: int, random_bytes: Callable[[int], bytes]
) -> RSAPrivateKey:
    """A private key, which has the public one in it, of a modulus of so many bits; RSAError if it
    cannot or may not be.

    https://doi.org/10.6028/NIST.FIPS.186-5#A.1.1
    """
    if modulus_length not in MODULUS_LENGTHS:
        raise RSAError(
            f"A modulus has {MODULUS_LENGTHS[0]} to {MODULUS_LENGTHS[-1]} bits, not "
            f"{modulus_length}"
        )
    if public_exponent not in PUBLIC_EXPONENTS:
        raise RSAError(
            f"A public exponent is odd, above 2 and below 2^256, not {public_exponent:#x}"
        )
    while True:
        p, q = _generate_primes(modulus_length, public_exponent, random_bytes)
        d = pow(public_exponent, -1, lcm(p - 1, q - 1))
        if d > 1 << modulus_length // 2:
            return RSAPrivateKey.of_primes(p, q, public_exponent, d)


def _generate_primes(nlen: int, e: int, random_bytes: Callable[[int], bytes]) -> tuple[int, int]:
    """FIPS 186-5, A.1.3: p and q are probably primes, and their product has nlen bits."""
    p = _generate_prime((nlen + 1) // 2, e, random_bytes)
    while True:
        q = _generate_prime(nlen // 2, e, random_bytes)
        if abs(p - q) > 1 << nlen // 2 - 100:
            return p, q


def _generate_prime(bits: int, e: int, random_bytes: Callable[[int], bytes]) -> int:
    """FIPS 186-5, A.1.3, 4.: odd, not below sqrt(2) * 2^(bits - 1), its predecessor coprime to
    e.
    """
    lowest = isqrt(1 << 2 * bits - 1) + 1
    iterations = next(iterations for least, iterations in ITERATIONS if bits >= least)
    while True:
        p = int.from_bytes(random_bytes((bits + 7) // 8)) >> -bits % 8 | 1
        # Nine candidates of ten have a small factor, and need no longer test.
        if (
            p >= lowest
            and gcd(p, _small_primes()) == 1 == gcd(p - 1, e)
            and is_probably_prime(p, iterations, random_bytes)
        ):
            return p


@cache
def _small_primes() -> int:
    """The product of all odd primes below 2^16, by the sieve of Eratosthenes; it is made when the
    first key is.
    """
    is_prime = bytearray(b"\1") * (1 << 16)
    for factor in range(3, 1 << 8, 2):
        multiples = slice(factor * factor, None, 2 * factor)
        is_prime[multiples] = bytes(len(is_prime[multiples]))
    return prod(number for number in range(3, 1 << 16, 2) if is_prime[number])


def is_probably_prime(w: int, iterations: int, random_bytes: Callable[[int], bytes]) -> bool:
    """The Miller-Rabin test of an odd number above 3.

    https://doi.org/10.6028/NIST.FIPS.186-5#B.3.1
    """
    a = (w - 1 & 1 - w).bit_length() - 1  # the largest one such that 2^a divides w - 1
    m = w - 1 >> a
    for _ in range(iterations):
        b = 2 + int.from_bytes(random_bytes((w.bit_length() + 64) // 8)) % (w - 3)
        z = power(b, m, w)
        for _ in range(a - 1):
            if z in (1, w - 1):
                break
            z = z * z % w
            if z == 1:
                return False
        if z not in (1, w - 1):
            return False
    return True


def power(base: int, exponent: int, modulus: int) -> int:
    """What `pow` gives, and as fast, but not in one step: in a thread, it lets others go on.

    https://www.rfc-editor.org/rfc/rfc8017#section-5
    """
    if modulus.bit_length() <= LENGTH_FOR_ONE_STEP or exponent.bit_length() <= 64:
        return pow(base, exponent, modulus)
    powers = [1, base % modulus]
    while len(powers) < 1 << WINDOW:
        powers.append(powers[-1] * base % modulus)
    result = 1
    for shift in range(exponent.bit_length() // WINDOW * WINDOW, -1, -WINDOW):
        for _ in range(WINDOW):
            result = result * result % modulus
        result = result * powers[exponent >> shift & (1 << WINDOW) - 1] % modulus
    return result


def recover_prime_factors(
    n: int, e: int, d: int, random_bytes: Callable[[int], bytes]
) -> tuple[int, int] | None:
    """The primes of a key of which only the first representation is known, the larger one first;
    None if the numbers are not a key.

    It takes four exponentiations or so. An attacker cannot make it more: each random
    g tells factors apart with a probability of at least a half.

    https://doi.org/10.6028/NIST.SP.800-56Br2#C.1
    """
    m = e * d - 1
    if not RSAPublicKey(n, e).is_valid() or not 0 < d < n or m & 1:
        return None
    # A prime or the power of one would keep the loop busy, and find nothing: it divides this.
    if gcd(power(2, n, n) - 2, n) != 1:
        return None
    t = (m & -m).bit_length() - 1
    for _ in range(100):
        g = 2 + int.from_bytes(random_bytes((n.bit_length() + 64) // 8)) % (n - 3)
        w = power(g, m >> t, n)
        for _ in range(t):
            x, w = w, w * w % n
            # A square root of 1 that is neither 1 nor -1 tells the factors apart.
            if w == 1 and x not in (1, n - 1):
                p = gcd(x - 1, n)
                return max(p, n // p), min(p, n // p)
        if w != 1:
            return None  # g^m is 1 for every key.
    return None
