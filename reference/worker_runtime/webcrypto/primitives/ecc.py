"""ECC: key pairs, ECDSA and ECDH on the curves of weierstrass.py.

FIPS 186-5, 6 and A.2: https://doi.org/10.6028/NIST.FIPS.186-5
SP 800-56A Rev. 3, 5.7.1.2: https://doi.org/10.6028/NIST.SP.800-56Ar3
SEC 1, 3.2.1: https://www.secg.org/sec1-v2.pdf
(the fragments of these addresses are section numbers)

Reference arithmetic, not constant-time: not for secrets that an attacker on the same machine could
time.
"""

from __future__ import annotations

from collections.abc import Callable

from .weierstrass import Curve, Point, multiply, multiply_base_point


def random_scalar(curve: Curve, random_bytes: Callable[[int], bytes]) -> int:
    """From 1 to n - 1, by 64 random bits more than are needed: a private key, or the secret number
    of a signature (A.3.1).

    https://doi.org/10.6028/NIST.FIPS.186-5#A.2.1
    """
    c = int.from_bytes(random_bytes((curve.n.bit_length() + 64 + 7) // 8))
    return c % (curve.n - 1) + 1


def public_key(curve: Curve, d: int) -> Point:
    """Of a private key from 1 to n - 1.

    https://www.secg.org/sec1-v2.pdf#3.2.1
    """
    q = multiply_base_point(curve, d)
    assert q is not None
    return q


def ecdsa_sign(
    curve: Curve, d: int, digest: bytes, random_bytes: Callable[[int], bytes]
) -> tuple[int, int]:
    """The pair (r, s) for the hash of a message.

    https://doi.org/10.6028/NIST.FIPS.186-5#6.4.1
    """
    e = _leftmost_bits(curve, digest)
    while True:
        k = random_scalar(curve, random_bytes)
        x, _ = public_key(curve, k)
        r = x % curve.n
        s = pow(k, -1, curve.n) * (e + r * d) % curve.n
        if r and s:
            return r, s


def ecdsa_verify(curve: Curve, q: Point, digest: bytes, r: int, s: int) -> bool:
    """https://doi.org/10.6028/NIST.FIPS.186-5#6.4.2"""
    if not (0 < r < curve.n and 0 < s < curve.n):
        return False
    s_inverse = pow(s, -1, curve.n)
    u = _leftmost_bits(curve, digest) * s_inverse % curve.n
    v = r * s_inverse % curve.n
    sum = multiply_base_point(curve, u, plus=multiply(curve, v, q))
    return sum is not None and sum[0] % curve.n == r


def _leftmost_bits(curve: Curve, digest: bytes) -> int:
    """FIPS 186-5, 6.4.1, 2.: as many bits of a digest as n has."""
    return int.from_bytes(digest) >> max(8 * len(digest) - curve.n.bit_length(), 0)


def ecdh(curve: Curve, d: int, q: Point) -> bytes:
    """The shared secret of a private key, from 1 to n - 1, and another's public key.

    https://doi.org/10.6028/NIST.SP.800-56Ar3#5.7.1.2
    """
    shared = multiply(curve, d, q)
    assert shared is not None
    return shared[0].to_bytes(curve.octets)
