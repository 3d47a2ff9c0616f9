"""EdDSA on the Edwards curves of Ed25519 and Ed448.

RFC 8032: https://www.rfc-editor.org/rfc/rfc8032

Reference arithmetic, not constant-time: not for secrets that an attacker on the same machine could time.

Points are in extended homogeneous coordinates: (X, Y, Z, T) is the point (X / Z, Y / Z), with XY = ZT.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from typing import NamedTuple, TypeAlias

Point: TypeAlias = tuple[int, int, int, int]

NEUTRAL: Point = (0, 1, 1, 0)


class Parameters(NamedTuple):
    """What makes an EdDSA: -d and the like are modulo p, L is order, B is base_x and base_y; H is in two parts, h and dom.

    https://www.rfc-editor.org/rfc/rfc8032#section-3
    """

    p: int
    b: int
    h: Callable[[bytes], bytes]
    dom: Callable[[bytes], bytes]  # of a context, what is hashed before all else
    c: int
    n: int
    d: int
    a: int
    base_x: int
    base_y: int
    order: int

    @property
    def octets(self) -> int:
        """The length of a key, and of each half of a signature."""
        return self.b // 8


def sha_512(octets: bytes) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc8032#section-5.1-h"""
    return hashlib.sha512(octets).digest()


def shake_256(octets: bytes) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc8032#section-5.2-h"""
    return hashlib.shake_256(octets).digest(114)


def no_dom(context: bytes) -> bytes:
    """Ed25519 itself has no context; the variants that have one are not Web Crypto's.

    https://www.rfc-editor.org/rfc/rfc8032#section-2-dom2
    """
    return b""


def dom4(context: bytes) -> bytes:
    """With the flag of Ed448, 0. The context has at most 255 bytes.

    https://www.rfc-editor.org/rfc/rfc8032#section-2-dom4
    """
    return b"SigEd448" + bytes([0, len(context)]) + context


# https://www.rfc-editor.org/rfc/rfc8032#section-5.1; it has no context
ED25519 = Parameters(
    p=2**255 - 19,
    b=256,
    h=sha_512,
    dom=no_dom,
    c=3,
    n=254,
    d=37095705934669439343138083508754565189542113879843219016388785533085940283555,
    a=-1,
    base_x=15112221349535400772501151409588531511454012693041857206046113283949847762202,
    base_y=46316835694926478169428394003475163141307993866256225615783033603165251855960,
    order=2**252 + 27742317777372353535851937790883648493,
)

# https://www.rfc-editor.org/rfc/rfc8032#section-5.2
ED448 = Parameters(
    p=2**448 - 2**224 - 1,
    b=456,
    h=shake_256,
    dom=dom4,
    c=2,
    n=447,
    d=-39081,
    a=1,
    base_x=224580040295924300187604334099896036246789641632564134246125461686950415467406032909029192869357953282578032075146446173674602635247710,
    base_y=298819210078481492676017930443930673437544040154080242095928241372331506189835876003536878655418784733982303233503462500531545062832660,
    order=2**446 - 13818066809895115352007386748515426880336692474882178609894547503885,
)


def eddsa_public_key(curve: Parameters, private_key: bytes) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc8032#section-3.2"""
    s, _ = scalar_and_prefix(curve, private_key)
    return encode_point(curve, multiply_base_point(curve, s))


def scalar_and_prefix(curve: Parameters, private_key: bytes) -> tuple[int, bytes]:
    """The secret scalar s, and what is hashed with a message to sign it: the two halves of the key's hash.

    https://www.rfc-editor.org/rfc/rfc8032#section-5.1.5
    """
    h = curve.h(private_key)
    s = int.from_bytes(h[: curve.octets], "little") & (1 << curve.n) - (1 << curve.c) | 1 << curve.n
    return s, h[curve.octets :]


def eddsa_sign(curve: Parameters, private_key: bytes, message: bytes, context: bytes = b"") -> bytes:
    """https://www.rfc-editor.org/rfc/rfc8032#section-3.3"""
    s, prefix = scalar_and_prefix(curve, private_key)
    a = encode_point(curve, multiply_base_point(curve, s))
    r = int.from_bytes(curve.h(curve.dom(context) + prefix + message), "little") % curve.order
    encoded_r = encode_point(curve, multiply_base_point(curve, r))
    k = int.from_bytes(curve.h(curve.dom(context) + encoded_r + a + message), "little")
    return encoded_r + ((r + k * s) % curve.order).to_bytes(curve.octets, "little")


def eddsa_verify(curve: Parameters, public_key: bytes, message: bytes, signature: bytes, context: bytes = b"") -> bool:
    """By the cofactorless equation, [S]B = R + [k]A. Points of small order are the caller's to refuse, by is_of_large_order.

    https://www.rfc-editor.org/rfc/rfc8032#section-3.4
    """
    a = decode_point(curve, public_key)
    encoded_r, s = signature[: curve.octets], int.from_bytes(signature[curve.octets :], "little")
    if a is None or len(signature) != 2 * curve.octets or s >= curve.order:
        return False
    k = int.from_bytes(curve.h(curve.dom(context) + encoded_r + public_key + message), "little") % curve.order
    # R = [S]B - [k]A is compared as octets: each point has one encoding, so that R itself need not be decoded.
    r = add(curve, multiply_base_point(curve, s), multiply(curve, k, negative(a)))
    return encode_point(curve, r) == encoded_r


def is_of_large_order(curve: Parameters, octets: bytes) -> bool:
    """Whether they encode a point, and one that is not of small order: 2^c times it is not the neutral element.

    https://www.rfc-editor.org/rfc/rfc8032#section-5.1.7
    """
    point = decode_point(curve, octets)
    if point is None:
        return False
    for _ in range(curve.c):
        point = double(curve, point)
    return point[0] != 0


def encode_point(curve: Parameters, point: Point) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc8032#section-5.1.2"""
    x, y, z, _ = point
    z_inverse = pow(z, -1, curve.p)
    x, y = x * z_inverse % curve.p, y * z_inverse % curve.p
    return (y | (x & 1) << curve.b - 1).to_bytes(curve.octets, "little")


def decode_point(curve: Parameters, octets: bytes) -> Point | None:
    """None if there is no such point, or if the octets are not its one encoding.

    https://www.rfc-editor.org/rfc/rfc8032#section-5.1.3
    """
    p = curve.p
    value = int.from_bytes(octets, "little")
    y, x_0 = value & (1 << curve.b - 1) - 1, value >> curve.b - 1
    if len(octets) != curve.octets or y >= p:
        return None
    x = square_root((y * y - 1) * pow(curve.d * y * y - curve.a, -1, p) % p, p)
    if x is None or x == 0 and x_0:
        return None
    if x & 1 != x_0:
        x = p - x
    return x, y, 1, x * y % p


def square_root(x: int, p: int) -> int | None:
    """Modulo a prime that is 3 modulo 4 or 5 modulo 8.

    https://www.rfc-editor.org/rfc/rfc8032#section-5.1.1
    """
    root = pow(x, (p + 1) // 4 if p % 4 == 3 else (p + 3) // 8, p)
    if root * root % p != x:
        root = root * pow(2, (p - 1) // 4, p) % p
    return root if root * root % p == x else None


def add(curve: Parameters, a: Point, b: Point) -> Point:
    """Of any two points, also of a point and itself.

    https://www.rfc-editor.org/rfc/rfc8032#section-5.1.4
    """
    p = curve.p
    x_1, y_1, z_1, t_1 = a
    x_2, y_2, z_2, t_2 = b
    xx = x_1 * x_2 % p
    yy = y_1 * y_2 % p
    tt = curve.d * t_1 * t_2 % p
    zz = z_1 * z_2 % p
    e = (x_1 + y_1) * (x_2 + y_2) - xx - yy
    f = zz - tt
    g = zz + tt
    h = yy - curve.a * xx
    return e * f % p, g * h % p, f * g % p, e * h % p


def double(curve: Parameters, point: Point) -> Point:
    """https://www.rfc-editor.org/rfc/rfc8032#section-5.2.4"""
    p = curve.p
    x, y, z, _ = point
    xx = x * x % p
    yy = y * y % p
    e = (x + y) * (x + y) - xx - yy
    g = curve.a * xx + yy
    f = g - 2 * z * z
    h = curve.a * xx - yy
    return e * f % p, g * h % p, f * g % p, e * h % p


def negative(point: Point) -> Point:
    """https://www.rfc-editor.org/rfc/rfc8032#section-3-negative"""
    x, y, z, t = point
    return -x, y, z, -t


def multiply(curve: Parameters, k: int, point: Point) -> Point:
    """k times a point, for k less than the order.

    https://www.rfc-editor.org/rfc/rfc8032#section-5.1.4-multiple
    """
    multiples = _multiples(curve, point)
    sum = NEUTRAL
    for shift in reversed(range(0, curve.b, 4)):
        for _ in range(4):
            sum = double(curve, sum)
        if digit := k >> shift & 15:
            sum = add(curve, sum, multiples[digit])
    return sum


def multiply_base_point(curve: Parameters, k: int) -> Point:
    """k times the base point. Nothing is doubled: there is a table for each four bits of k.

    https://www.rfc-editor.org/rfc/rfc8032#section-5.1.4-base
    """
    sum = NEUTRAL
    for multiples in _tables_of_base_point(curve):
        if digit := k & 15:
            sum = add(curve, sum, multiples[digit])
        k >>= 4
    return sum


@cache
def _tables_of_base_point(curve: Parameters) -> list[list[Point]]:
    """For each i: 0 to 16 times 16^i times the base point."""
    x, y = curve.base_x, curve.base_y
    tables = [_multiples(curve, (x, y, 1, x * y % curve.p))]
    while 4 * len(tables) < curve.b:
        tables.append(_multiples(curve, tables[-1][16]))
    return tables


def _multiples(curve: Parameters, point: Point) -> list[Point]:
    """0 to 16 times a point."""
    multiples = [NEUTRAL]
    while len(multiples) <= 16:
        multiples.append(add(curve, multiples[-1], point))
    return multiples
