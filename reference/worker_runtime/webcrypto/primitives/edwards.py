"""EdDSA on the Edwards curves of Ed25519 and Ed448.

RFC 8032: https://www.rfc-editor.org/rfc/rfc8032

Reference arithmetic, not constant-time: not for secrets that an attacker on the same machine could
time.

Points are in extended homogeneous coordinates: (X, Y, Z, T) is the point (X / Z, Y / Z), and XY =
ZT.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple, TypeAlias

Point: TypeAlias = tuple[int, int, int, int]

NEUTRAL: Point = (0, 1, 1, 0)


class EdDSA(NamedTuple):
    """The parameters, under their names in the table there; a x^2 + y^2 = 1 + d x^2 y^2 modulo p.

    https://www.rfc-editor.org/rfc/rfc8032#section-3
    """

    p: int
    b: int  # the bits of a key, and of either half of a signature
    h: Callable[[bytes], bytes]
    dom: Callable[[bytes], bytes]  # what goes before a message for the sake of its context
    c: int
    n: int
    d: int
    a: int
    base: tuple[int, int]  # B
    order: int  # L


# https://www.rfc-editor.org/rfc/rfc8032#section-5.1, which has no context
ED25519 = EdDSA(
    p=2**255 - 19,
    b=256,
    h=lambda octets: hashlib.sha512(octets).digest(),
    dom=lambda context: b"",
    c=3,
    n=254,
    d=0x52036CEE_2B6FFE73_8CC74079_7779E898_00700A4D_4141D8AB_75EB4DCA_135978A3,
    a=-1,
    base=(
        0x216936D3_CD6E53FE_C0A4E231_FDD6DC5C_692CC760_9525A7B2_C9562D60_8F25D51A,
        0x66666666_66666666_66666666_66666666_66666666_66666666_66666666_66666658,
    ),
    order=2**252 + 0x14DEF9DE_A2F79CD6_5812631A_5CF5D3ED,
)

# https://www.rfc-editor.org/rfc/rfc8032#section-5.2; dom4 is in section 2
ED448 = EdDSA(
    p=2**448 - 2**224 - 1,
    b=456,
    h=lambda octets: hashlib.shake_256(octets).digest(114),
    dom=lambda context: b"SigEd448\0" + bytes([len(context)]) + context,
    c=2,
    n=447,
    d=-39081,
    a=1,
    base=(
        0x4F1970C6_6BED0DED_221D15A6_22BF36DA_9E146570_470F1767_EA6DE324 << 224
        | 0xA3D3A464_12AE1AF7_2AB66511_433B80E1_8B00938E_2626A82B_C70CC05E,
        0x693F4671_6EB6BC24_88762037_56C9C762_4BEA7373_6CA39840_87789C1E << 224
        | 0x05A0C2D7_3AD3FF1C_E67C39C4_FDBD132C_4ED7C8AD_9808795B_F230FA14,
    ),
    order=2**446 - 0x8335DC16_3BB124B6_5129C96F_DE933D8D_723A70AA_DC873D6D_54A7BB0D,
)


def eddsa_public_key(eddsa: EdDSA, private_key: bytes) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc8032#section-3.2"""
    s, _ = _scalar_and_prefix(eddsa, private_key)
    return encode_point(eddsa, _multiply_base_point(eddsa, s))


def eddsa_sign(eddsa: EdDSA, private_key: bytes, message: bytes, context: bytes = b"") -> bytes:
    """A context, which Ed448 alone has, is of at most 255 bytes.

    https://www.rfc-editor.org/rfc/rfc8032#section-3.3
    """
    s, prefix = _scalar_and_prefix(eddsa, private_key)
    public_key = encode_point(eddsa, _multiply_base_point(eddsa, s))
    dom = eddsa.dom(context)
    r = int.from_bytes(eddsa.h(dom + prefix + message), "little") % eddsa.order
    encoded_r = encode_point(eddsa, _multiply_base_point(eddsa, r))
    k = int.from_bytes(eddsa.h(dom + encoded_r + public_key + message), "little")
    return encoded_r + ((r + k * s) % eddsa.order).to_bytes(eddsa.b // 8, "little")


def eddsa_verify(
    eddsa: EdDSA, public_key: bytes, message: bytes, signature: bytes, context: bytes = b""
) -> bool:
    """By the equation without the cofactor, [S]B = R + [k]A, also for points of small order:
    is_of_large_order() tells them.

    https://www.rfc-editor.org/rfc/rfc8032#section-3.4
    """
    octets = eddsa.b // 8
    a = decode_point(eddsa, public_key)
    encoded_r, s = signature[:octets], int.from_bytes(signature[octets:], "little")
    if a is None or len(signature) != 2 * octets or s >= eddsa.order:
        return False
    k = (
        int.from_bytes(eddsa.h(eddsa.dom(context) + encoded_r + public_key + message), "little")
        % eddsa.order
    )
    x, y, z, t = a
    # What R has to be is encoded, rather than R decoded: a point has only one encoding.
    r = _add(eddsa, _multiply_base_point(eddsa, s), _multiply(eddsa, k, (-x, y, z, -t)))
    return encode_point(eddsa, r) == encoded_r


def is_of_large_order(eddsa: EdDSA, octets: bytes) -> bool:
    """Whether they encode a point, and not one of the few whose order divides the cofactor, 2^c.

    https://www.rfc-editor.org/rfc/rfc8032#section-5.1.7
    """
    point = decode_point(eddsa, octets)
    if point is None:
        return False
    for _ in range(eddsa.c):
        point = _double(eddsa, point)
    return point[0] != 0  # of the points with x = 0, only the neutral one is 2^c times another


def encode_point(eddsa: EdDSA, point: Point) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc8032#section-5.1.2"""
    x, y, z, _ = point
    z_inverse = pow(z, -1, eddsa.p)
    x, y = x * z_inverse % eddsa.p, y * z_inverse % eddsa.p
    return (y | (x & 1) << eddsa.b - 1).to_bytes(eddsa.b // 8, "little")


def decode_point(eddsa: EdDSA, octets: bytes) -> Point | None:
    """None if there is no such point, or if the octets are not what encode_point() makes of it.

    https://www.rfc-editor.org/rfc/rfc8032#section-5.1.3
    """
    p = eddsa.p
    number = int.from_bytes(octets, "little")
    x_0, y = number >> eddsa.b - 1, number & (1 << eddsa.b - 1) - 1
    if len(octets) != eddsa.b // 8 or y >= p:
        return None
    x = _square_root((y * y - 1) * pow(eddsa.d * y * y - eddsa.a, -1, p) % p, p)
    if x is None or x == 0 and x_0 == 1:
        return None
    if x & 1 != x_0:
        x = p - x
    return x, y, 1, x * y % p


def _square_root(x: int, p: int) -> int | None:
    """5.1.1 and 5.2.1: modulo a prime that is 5 modulo 8 or 3 modulo 4."""
    root = pow(x, (p + 3) // 8 if p % 8 == 5 else (p + 1) // 4, p)
    if p % 8 == 5 and root * root % p != x:
        root = root * pow(2, (p - 1) // 4, p) % p
    return root if root * root % p == x else None


def _scalar_and_prefix(eddsa: EdDSA, private_key: bytes) -> tuple[int, bytes]:
    """5.1.5: the two halves of the key's hash, of which the first is the secret scalar s."""
    h = eddsa.h(private_key)
    octets = eddsa.b // 8
    s = 1 << eddsa.n | int.from_bytes(h[:octets], "little") & (1 << eddsa.n) - (1 << eddsa.c)
    return s, h[octets:]


def _multiply(eddsa: EdDSA, k: int, point: Point) -> Point:
    """5.1.4: k times a point."""
    # OPTIMIZATION: after five doublings comes one addition, of a multiple from a table.
    multiples = _multiples(eddsa, point)
    sum = NEUTRAL
    for digit in reversed(list(_digits(eddsa, k))):
        for _ in range(5):
            sum = _double(eddsa, sum)
        sum = _add(eddsa, sum, multiples[digit])
    return sum


def _multiply_base_point(eddsa: EdDSA, k: int) -> Point:
    """5.1.4: k times the base point."""
    # OPTIMIZATION: there is a table for each digit of k, so that nothing has to be doubled.
    sum = NEUTRAL
    for multiples, digit in zip(_tables_of_base_point(eddsa), _digits(eddsa, k)):
        sum = _add(eddsa, sum, multiples[digit])
    return sum


def _digits(eddsa: EdDSA, k: int) -> Iterator[int]:
    """A scalar in base 32, the lowest digit first; each is from -15 to 16, so that a table needs no
    more than 16 points.
    """
    for _ in range(eddsa.b // 5 + 1):
        digit = (k + 15 & 31) - 15
        yield digit
        k = k - digit >> 5


@cache
def _tables_of_base_point(eddsa: EdDSA) -> list[list[Point]]:
    """The multiples of 32^i times the base point; they are made when a curve is first used."""
    x, y = eddsa.base
    tables = [_multiples(eddsa, (x, y, 1, x * y % eddsa.p))]
    for _ in _digits(eddsa, 0):
        tables.append(_multiples(eddsa, _double(eddsa, tables[-1][16])))
    return tables


def _multiples(eddsa: EdDSA, point: Point) -> list[Point]:
    """A table of the multiples of a point by -16 to 16."""
    sums = [NEUTRAL]
    while len(sums) <= 16:
        sums.append(_add(eddsa, sums[-1], point))
    return [*sums, *((-x, y, z, -t) for x, y, z, t in reversed(sums[1:]))]


def _add(eddsa: EdDSA, a: Point, b: Point) -> Point:
    """5.1.4, with any a: complete, so that the two may also be the same, opposite or neutral."""
    p = eddsa.p
    x_1, y_1, z_1, t_1 = a
    x_2, y_2, z_2, t_2 = b
    xx = x_1 * x_2 % p
    yy = y_1 * y_2 % p
    zz = z_1 * z_2 % p
    tt = eddsa.d * t_1 * t_2 % p
    e = (x_1 + y_1) * (x_2 + y_2) - xx - yy
    f = zz - tt
    g = zz + tt
    h = yy - eddsa.a * xx
    return e * f % p, g * h % p, f * g % p, e * h % p


def _double(eddsa: EdDSA, point: Point) -> Point:
    """5.1.4, with any a."""
    p = eddsa.p
    x, y, z, _ = point
    xx = x * x % p
    yy = y * y % p
    e = (x + y) * (x + y) - xx - yy
    g = eddsa.a * xx + yy
    f = g - 2 * z * z
    h = eddsa.a * xx - yy
    return e * f % p, g * h % p, f * g % p, e * h % p
