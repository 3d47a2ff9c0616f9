"""P-256, P-384 and P-521: points of short-Weierstrass curves. What is done with them is in ecc.py.

SP 800-186, 2.1.1, 3.2.1, A.1.1 and D.1.1: https://doi.org/10.6028/NIST.SP.800-186
SEC 1, 2.3: https://www.secg.org/sec1-v2.pdf
(the fragments of these addresses are section numbers)

Reference arithmetic, not constant-time: not for secrets that an attacker on the same machine could
time.

A sum of points is kept in Jacobian coordinates: (X, Y, Z) is the point (X / Z^2, Y / Z^3), which is
at infinity if Z is zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from typing import NamedTuple, TypeAlias

Point: TypeAlias = tuple[int, int]  # not at infinity
JacobianPoint: TypeAlias = tuple[int, int, int]

INFINITY: JacobianPoint = (1, 1, 0)


class ECError(ValueError):
    """The octets encode no point of the curve that can be a public key.

    https://doi.org/10.6028/NIST.SP.800-186#D.1.1
    """


class Curve(NamedTuple):
    """y^2 = x^3 - 3x + b modulo p, and a base point of the prime order n, which is the number of
    all points.

    https://doi.org/10.6028/NIST.SP.800-186#2.1.1
    """

    p: int
    n: int
    b: int
    g: Point

    @property
    def octets(self) -> int:
        """The length of a coordinate, and of a scalar."""
        return (self.p.bit_length() + 7) // 8


# https://doi.org/10.6028/NIST.SP.800-186#3.2.1.3
P_256 = Curve(
    p=2**256 - 2**224 + 2**192 + 2**96 - 1,
    n=0xFFFFFFFF_00000000_FFFFFFFF_FFFFFFFF_BCE6FAAD_A7179E84_F3B9CAC2_FC632551,
    b=0x5AC635D8_AA3A93E7_B3EBBD55_769886BC_651D06B0_CC53B0F6_3BCE3C3E_27D2604B,
    g=(
        0x6B17D1F2_E12C4247_F8BCE6E5_63A440F2_77037D81_2DEB33A0_F4A13945_D898C296,
        0x4FE342E2_FE1A7F9B_8EE7EB4A_7C0F9E16_2BCE3357_6B315ECE_CBB64068_37BF51F5,
    ),
)

# https://doi.org/10.6028/NIST.SP.800-186#3.2.1.4
P_384 = Curve(
    p=2**384 - 2**128 - 2**96 + 2**32 - 1,
    n=2**384 - 0x389CB27E_0BC8D220_A7E5F24D_B74F5885_1313E695_333AD68D,
    b=0xB3312FA7_E23EE7E4_988E056B_E3F82D19_181D9C6E_FE814112_0314088F_5013875A_C656398D_8A2ED19D_2A85C8ED_D3EC2AEF,
    g=(
        0xAA87CA22_BE8B0537_8EB1C71E_F320AD74_6E1D3B62_8BA79B98_59F741E0_82542A38_5502F25D_BF55296C_3A545E38_72760AB7,
        0x3617DE4A_96262C6F_5D9E98BF_9292DC29_F8F41DBD_289A147C_E9DA3113_B5F0B8C0_0A60B1CE_1D7E819D_7A431D7C_90EA0E5F,
    ),
)

# https://doi.org/10.6028/NIST.SP.800-186#3.2.1.5
P_521 = Curve(
    p=2**521 - 1,
    n=2**521 - 0x5_AE79787C_40D06994_8033FEB7_08F65A2F_C44A3647_7663B851_449048E1_6EC79BF7,
    b=0x051_953EB961_8E1C9A1F_929A21A0_B68540EE_A2DA725B_99B315F3_B8B48991 << 288
    | 0x8EF109E1_56193951_EC7E937B_1652C0BD_3BB1BF07_3573DF88_3D2C34F1_EF451FD4_6B503F00,
    g=(
        0x0C6_858E06B7_0404E9CD_9E3ECB66_2395B442_9C648139_053FB521_F828AF60 << 288
        | 0x6B4D3DBA_A14B5E77_EFE75928_FE1DC127_A2FFA8DE_3348B3C1_856A429B_F97E7E31_C2E5BD66,
        0x118_39296A78_9A3BC004_5C8A5FB4_2C7D1BD9_98F54449_579B4468_17AFBD17 << 288
        | 0x273E662C_97EE7299_5EF42640_C550B901_3FAD0761_353C7086_A272C240_88BE9476_9FD16650,
    ),
)


def is_on_curve(curve: Curve, point: Point) -> bool:
    """https://doi.org/10.6028/NIST.SP.800-186#D.1.1.1"""
    x, y = point
    return (
        0 <= x < curve.p and 0 <= y < curve.p and (y * y - (x * x - 3) * x - curve.b) % curve.p == 0
    )


def encode_point(curve: Curve, point: Point) -> bytes:
    """Uncompressed.

    https://www.secg.org/sec1-v2.pdf#2.3.3
    """
    x, y = point
    return b"\x04" + x.to_bytes(curve.octets) + y.to_bytes(curve.octets)


def decode_point(curve: Curve, octets: bytes) -> Point:
    """Uncompressed or compressed. ECError if there is no such point, and for the point at infinity,
    which is not a public key.

    https://www.secg.org/sec1-v2.pdf#2.3.4
    """
    form = octets[:1]
    x, y = int.from_bytes(octets[1 : 1 + curve.octets]), int.from_bytes(octets[1 + curve.octets :])
    if form in (b"\x02", b"\x03") and len(octets) == 1 + curve.octets:
        # if there is one, as p is 3 modulo 4
        root = pow((x * x - 3) * x + curve.b, (curve.p + 1) // 4, curve.p)
        y = root if root & 1 == form[0] & 1 else curve.p - root
    elif form != b"\x04" or len(octets) != 1 + 2 * curve.octets:
        raise ECError(
            f"Not the encoding of a public key: {octets[:16].hex()}... of {len(octets)} bytes"
        )
    if not is_on_curve(curve, (x, y)):
        raise ECError(
            f"No point of the curve has x = {x:#x}"
            + (f" and y = {y:#x}" if form == b"\x04" else "")
        )
    return x, y


def multiply(curve: Curve, k: int, point: Point) -> Point | None:
    """k times a point, for k from 0 to n; None at infinity.

    https://doi.org/10.6028/NIST.SP.800-186#A.1
    """
    # OPTIMIZATION: after five doublings comes one addition, of a multiple from a table.
    p = curve.p
    multiples = _multiples(p, point)
    sum = INFINITY
    for digit in reversed(list(_digits(curve, k))):
        for _ in range(5):
            sum = _double(p, sum)
        if digit:
            sum = _add(p, sum, multiples[digit])
    return _to_affine(p, sum)


def multiply_base_point(curve: Curve, k: int, plus: Point | None = None) -> Point | None:
    """k times the base point, for k from 0 to n, and perhaps another point more; None at infinity.

    https://doi.org/10.6028/NIST.SP.800-186#A.1.1
    """
    # OPTIMIZATION: there is a table for each digit of k, so that nothing has to be doubled.
    sum = (*plus, 1) if plus else INFINITY
    for multiples, digit in zip(_tables_of_base_point(curve), _digits(curve, k)):
        if digit:
            sum = _add(curve.p, sum, multiples[digit])
    return _to_affine(curve.p, sum)


def _digits(curve: Curve, k: int) -> Iterator[int]:
    """A scalar in base 32, the lowest digit first; each is from -15 to 16, so that a table needs no
    more than 16 points.
    """
    for _ in range(curve.n.bit_length() // 5 + 1):
        digit = (k + 15 & 31) - 15
        yield digit
        k = k - digit >> 5


@cache
def _tables_of_base_point(curve: Curve) -> list[list[Point]]:
    """The multiples of 32^i times the base point; they are made when a curve is first used."""
    tables = [_multiples(curve.p, curve.g)]
    for _ in _digits(curve, 0):
        tables.append(
            _multiples(
                curve.p, _all_to_affine(curve.p, [_double(curve.p, (*tables[-1][16], 1))])[0]
            )
        )
    return tables


def _multiples(p: int, point: Point) -> list[Point]:
    """A table of the multiples of a point by -16 to 16. Place 0, which is never used, has the point
    itself.
    """
    sums = [(*point, 1)]
    while len(sums) < 16:
        sums.append(_add(p, sums[-1], point))
    positive = _all_to_affine(p, sums)
    return [point, *positive, *((x, p - y) for x, y in reversed(positive))]


def _to_affine(p: int, point: JacobianPoint) -> Point | None:
    return _all_to_affine(p, [point])[0] if point[2] else None


def _all_to_affine(p: int, points: list[JacobianPoint]) -> list[Point]:
    """None is at infinity. One inversion does: that of the product of all Z, from which each 1 / Z
    follows.
    """
    products = list(
        accumulate((z for _, _, z in points), lambda product, z: product * z % p, initial=1)
    )
    inverse = pow(products.pop(), -1, p)
    affine = []
    for (x, y, z), product_before in zip(reversed(points), reversed(products)):
        z_inverse = inverse * product_before % p
        inverse = inverse * z % p
        affine.append((x * z_inverse**2 % p, y * z_inverse**3 % p))
    return affine[::-1]


def _double(p: int, point: JacobianPoint) -> JacobianPoint:
    """SP 800-186, A.1.1, with the slope of the tangent, (3x^2 - 3) / 2y."""
    x, y, z = point
    zz = z * z % p
    yy = y * y % p
    xyy = x * yy % p
    slope = 3 * (x - zz) * (x + zz) % p
    x_3 = (slope * slope - 8 * xyy) % p
    return x_3, (slope * (4 * xyy - x_3) - 8 * yy * yy) % p, 2 * y * z % p


def _add(p: int, a: JacobianPoint, b: Point) -> JacobianPoint:
    """SP 800-186, A.1.1, with the slope of the chord; b has Z = 1, which makes this much
    shorter.
    """
    x_1, y_1, z_1 = a
    x_2, y_2 = b
    if z_1 == 0:
        return x_2, y_2, 1
    zz = z_1 * z_1 % p
    h = (x_2 * zz - x_1) % p
    slope = (y_2 * zz * z_1 - y_1) % p
    if h == 0:
        return INFINITY if slope else _double(p, a)
    hh = h * h % p
    hhh = h * hh % p
    v = x_1 * hh % p
    x_3 = (slope * slope - hhh - 2 * v) % p
    return x_3, (slope * (v - x_3) - y_1 * hhh) % p, z_1 * h % p
