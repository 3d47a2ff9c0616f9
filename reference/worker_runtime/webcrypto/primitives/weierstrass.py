"""P-256, P-384 and P-521: points of short-Weierstrass curves, ECDSA and ECDH.

SP 800-186, 3.2.1: https://doi.org/10.6028/NIST.SP.800-186
FIPS 186-5, 6 and A: https://doi.org/10.6028/NIST.FIPS.186-5
SP 800-56A Rev. 3, 5: https://doi.org/10.6028/NIST.SP.800-56Ar3
SEC 1, 2.3: https://www.secg.org/sec1-v2.pdf
(the fragments of addresses are section numbers)

Reference arithmetic, not constant-time: not for secrets that an attacker on the same machine could time.

A point is a pair of integers, or None at infinity. What is added up on the way is in Jacobian coordinates: (X, Y, Z) is the point
(X / Z^2, Y / Z^3), and at infinity if Z is zero.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple, TypeAlias

RandomBytes: TypeAlias = Callable[[int], bytes]
Affine: TypeAlias = tuple[int, int]
Point: TypeAlias = Affine | None
Jacobian: TypeAlias = tuple[int, int, int]

INFINITY: Jacobian = (1, 1, 0)


class Curve(NamedTuple):
    """y^2 = x^3 - 3x + b modulo p, with a base point (g_x, g_y) of the prime order n; all points have that order.

    https://doi.org/10.6028/NIST.SP.800-186#2.1.1
    """

    p: int
    n: int
    b: int
    g_x: int
    g_y: int

    @property
    def field_length(self) -> int:
        """The bytes of a coordinate; as many as those of a scalar."""
        return (self.p.bit_length() + 7) // 8


# https://doi.org/10.6028/NIST.SP.800-186#3.2.1.3
P_256 = Curve(
    p=2**256 - 2**224 + 2**192 + 2**96 - 1,
    n=0xFFFFFFFF_00000000_FFFFFFFF_FFFFFFFF_BCE6FAAD_A7179E84_F3B9CAC2_FC632551,
    b=0x5AC635D8_AA3A93E7_B3EBBD55_769886BC_651D06B0_CC53B0F6_3BCE3C3E_27D2604B,
    g_x=0x6B17D1F2_E12C4247_F8BCE6E5_63A440F2_77037D81_2DEB33A0_F4A13945_D898C296,
    g_y=0x4FE342E2_FE1A7F9B_8EE7EB4A_7C0F9E16_2BCE3357_6B315ECE_CBB64068_37BF51F5,
)
# https://doi.org/10.6028/NIST.SP.800-186#3.2.1.4
P_384 = Curve(
    p=2**384 - 2**128 - 2**96 + 2**32 - 1,
    n=0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_C7634D81_F4372DDF_581A0DB2_48B0A77A_ECEC196A_CCC52973,
    b=0xB3312FA7_E23EE7E4_988E056B_E3F82D19_181D9C6E_FE814112_0314088F_5013875A_C656398D_8A2ED19D_2A85C8ED_D3EC2AEF,
    g_x=0xAA87CA22_BE8B0537_8EB1C71E_F320AD74_6E1D3B62_8BA79B98_59F741E0_82542A38_5502F25D_BF55296C_3A545E38_72760AB7,
    g_y=0x3617DE4A_96262C6F_5D9E98BF_9292DC29_F8F41DBD_289A147C_E9DA3113_B5F0B8C0_0A60B1CE_1D7E819D_7A431D7C_90EA0E5F,
)
# https://doi.org/10.6028/NIST.SP.800-186#3.2.1.5
P_521 = Curve(
    p=2**521 - 1,
    n=0x1FF_FFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFA_51868783_BF2F966B_7FCC0148_F709A5D0_3BB5C9B8_899C47AE_BB6FB71E_91386409,
    b=0x051_953EB961_8E1C9A1F_929A21A0_B68540EE_A2DA725B_99B315F3_B8B48991_8EF109E1_56193951_EC7E937B_1652C0BD_3BB1BF07_3573DF88_3D2C34F1_EF451FD4_6B503F00,
    g_x=0x0C6_858E06B7_0404E9CD_9E3ECB66_2395B442_9C648139_053FB521_F828AF60_6B4D3DBA_A14B5E77_EFE75928_FE1DC127_A2FFA8DE_3348B3C1_856A429B_F97E7E31_C2E5BD66,
    g_y=0x118_39296A78_9A3BC004_5C8A5FB4_2C7D1BD9_98F54449_579B4468_17AFBD17_273E662C_97EE7299_5EF42640_C550B901_3FAD0761_353C7086_A272C240_88BE9476_9FD16650,
)


class ECError(ValueError):
    """The octets are no point of the curve, or a point that may not be there.

    https://doi.org/10.6028/NIST.SP.800-56Ar3#5.6.2.3.4
    """


def is_on_curve(curve: Curve, x: int, y: int) -> bool:
    """Whether both coordinates are in the field and fulfil the equation.

    https://doi.org/10.6028/NIST.SP.800-186#D.1.1.1
    """
    return 0 <= x < curve.p and 0 <= y < curve.p and (y * y - (x * x - 3) * x - curve.b) % curve.p == 0


def encode_point(curve: Curve, point: Point) -> bytes:
    """The uncompressed form; of the point at infinity a single zero.

    https://www.secg.org/sec1-v2.pdf#2.3.3
    """
    if point is None:
        return b"\0"
    x, y = point
    return b"\x04" + x.to_bytes(curve.field_length) + y.to_bytes(curve.field_length)


def decode_point(curve: Curve, octets: bytes) -> Point:
    """Of the compressed form, too; the point at infinity is None. ECError if there is no such point.

    https://www.secg.org/sec1-v2.pdf#2.3.4
    """
    form, length = octets[:1], curve.field_length
    if octets == b"\0":
        return None
    x, y = int.from_bytes(octets[1 : 1 + length]), int.from_bytes(octets[1 + length :])
    if form == b"\x04" and len(octets) == 1 + 2 * length and is_on_curve(curve, x, y):
        return x, y
    if form in (b"\2", b"\3") and len(octets) == 1 + length:
        y = pow((x * x - 3) * x + curve.b, (curve.p + 1) // 4, curve.p)  # a square root, if there is one: p is 3 modulo 4
        y = y if y & 1 == form[0] & 1 else -y % curve.p
        if is_on_curve(curve, x, y):
            return x, y
    raise ECError(f"No point of the curve: {octets.hex()}")


def random_scalar(curve: Curve, random_bytes: RandomBytes) -> int:
    """An integer from 1 to n - 1, with 64 random bits more than it needs; a private key, or the secret number of a signature.

    https://doi.org/10.6028/NIST.FIPS.186-5#A.2.1
    """
    return int.from_bytes(random_bytes((curve.n.bit_length() + 64 + 7) // 8)) % (curve.n - 1) + 1


def ecdsa_sign(curve: Curve, d: int, hash_: bytes, random_bytes: RandomBytes) -> tuple[int, int]:
    """The pair (r, s) for a digest.

    https://doi.org/10.6028/NIST.FIPS.186-5#6.4.1
    """
    e = digest_to_integer(curve, hash_)
    while True:
        k = random_scalar(curve, random_bytes)
        point = multiply_base_point(curve, k)
        assert point
        r = point[0] % curve.n
        s = pow(k, -1, curve.n) * (e + r * d) % curve.n
        if r and s:
            return r, s


def ecdsa_verify(curve: Curve, q: Point, hash_: bytes, r: int, s: int) -> bool:
    """https://doi.org/10.6028/NIST.FIPS.186-5#6.4.2"""
    if not (1 <= r < curve.n and 1 <= s < curve.n) or q is None:
        return False
    s_inverse = pow(s, -1, curve.n)
    u = digest_to_integer(curve, hash_) * s_inverse % curve.n
    v = r * s_inverse % curve.n
    point = add(curve, multiply_base_point(curve, u), multiply(curve, v, q))
    return point is not None and point[0] % curve.n == r


def digest_to_integer(curve: Curve, hash_: bytes) -> int:
    """The leftmost bits of a digest, as many as n has.

    https://doi.org/10.6028/NIST.FIPS.186-5#6.4
    """
    return int.from_bytes(hash_) >> max(8 * len(hash_) - curve.n.bit_length(), 0)


def ecdh(curve: Curve, d: int, q: Point) -> bytes:
    """The shared secret, which is the x-coordinate of d times q.

    https://doi.org/10.6028/NIST.SP.800-56Ar3#5.7.1.2
    """
    shared = multiply(curve, d, q)
    if shared is None:
        raise ECError("The shared point is at infinity")
    return shared[0].to_bytes(curve.field_length)


def add(curve: Curve, a: Point, b: Point) -> Point:
    """https://doi.org/10.6028/NIST.SP.800-186#A.1.1"""
    if a is None or b is None:
        return a or b
    return _to_affine(curve.p, _add(curve.p, (*a, 1), b))


def multiply(curve: Curve, k: int, point: Point) -> Point:
    """k times a point, for k of as many bits as n.

    https://doi.org/10.6028/NIST.SP.800-186#2.1.1-multiple
    """
    if point is None:
        return None
    p = curve.p
    multiples = _multiples(p, point)
    sum = INFINITY
    for shift in reversed(range(0, curve.n.bit_length(), 4)):
        sum = _double(p, _double(p, _double(p, _double(p, sum))))
        if digit := k >> shift & 15:
            sum = _add(p, sum, multiples[digit - 1])
    return _to_affine(p, sum)


def multiply_base_point(curve: Curve, k: int) -> Point:
    """k times the base point, for k of as many bits as n. Nothing is doubled: there is a table for each four bits of k.

    https://doi.org/10.6028/NIST.SP.800-186#2.1.1-base
    """
    sum = INFINITY
    for multiples in _tables_of_base_point(curve):
        if digit := k & 15:
            sum = _add(curve.p, sum, multiples[digit - 1])
        k >>= 4
    return _to_affine(curve.p, sum)


@cache
def _tables_of_base_point(curve: Curve) -> list[list[Affine]]:
    """For each i: 1 to 16 times 16^i times the base point."""
    tables = [_multiples(curve.p, (curve.g_x, curve.g_y))]
    while 4 * len(tables) < curve.n.bit_length():
        tables.append(_multiples(curve.p, tables[-1][15]))
    return tables


def _multiples(p: int, point: Affine) -> list[Affine]:
    """1 to 16 times a point. With one inversion: of the product of all Z, from which each 1 / Z follows."""
    sums = [(*point, 1)]
    products = [1]
    while len(sums) < 16:
        sums.append(_add(p, sums[-1], point))
        products.append(products[-1] * sums[-1][2] % p)
    inverse = pow(products[-1], -1, p)
    multiples = []
    for (x, y, z), product in zip(reversed(sums), [*reversed(products[:-1]), 1]):
        z_inverse, inverse = inverse * product % p, inverse * z % p
        multiples.append((x * z_inverse**2 % p, y * z_inverse**3 % p))
    return multiples[::-1]


def _to_affine(p: int, point: Jacobian) -> Point:
    x, y, z = point
    if z == 0:
        return None
    z_inverse = pow(z, -1, p)
    return x * z_inverse**2 % p, y * z_inverse**3 % p


def _double(p: int, point: Jacobian) -> Jacobian:
    x, y, z = point
    zz = z * z % p
    yy = y * y % p
    xyy = x * yy % p
    slope = 3 * (x - zz) * (x + zz) % p  # of the tangent, times 2YZ: 3X^2 - 3Z^4
    x_3 = (slope * slope - 8 * xyy) % p
    return x_3, (slope * (4 * xyy - x_3) - 8 * yy * yy) % p, 2 * y * z % p


def _add(p: int, a: Jacobian, b: Affine) -> Jacobian:
    """A sum of which one part is affine, that is, has Z = 1."""
    x_1, y_1, z_1 = a
    x_2, y_2 = b
    if z_1 == 0:
        return x_2, y_2, 1
    zz = z_1 * z_1 % p
    h = (x_2 * zz - x_1) % p
    slope = (y_2 * zz * z_1 - y_1) % p  # of the chord, times ZH
    if h == 0:
        return INFINITY if slope else _double(p, a)
    hh = h * h % p
    hhh = h * hh % p
    v = x_1 * hh % p
    x_3 = (slope * slope - hhh - 2 * v) % p
    return x_3, (slope * (v - x_3) - y_1 * hhh) % p, z_1 * h % p
