"""X25519 and X448: a scalar times a point of a Montgomery curve, of which only the u-coordinate is
known.

RFC 7748: https://www.rfc-editor.org/rfc/rfc7748

Reference arithmetic, not constant-time: not for secrets that an attacker on the same machine could
time.
"""

from __future__ import annotations

X25519_BASE_POINT = (9).to_bytes(32, "little")
X448_BASE_POINT = (5).to_bytes(56, "little")


def x25519(k: bytes, u: bytes) -> bytes:
    """Both are of 32 bytes. The result is all zeros if u is of small order: a caller that agrees on
    a secret has to check that.

    https://www.rfc-editor.org/rfc/rfc7748#section-6.1
    """
    scalar = int.from_bytes(k, "little") & (1 << 254) - 8 | 1 << 254  # decodeScalar25519
    u_coordinate = int.from_bytes(u, "little") & (1 << 255) - 1
    return montgomery_ladder(scalar, u_coordinate, 255, 2**255 - 19, 121665).to_bytes(32, "little")


def x448(k: bytes, u: bytes) -> bytes:
    """Both are of 56 bytes. The result is all zeros if u is of small order: a caller that agrees on
    a secret has to check that.

    https://www.rfc-editor.org/rfc/rfc7748#section-6.2
    """
    scalar = int.from_bytes(k, "little") & (1 << 447) - 4 | 1 << 447  # decodeScalar448
    u_coordinate = int.from_bytes(u, "little")
    return montgomery_ladder(scalar, u_coordinate, 448, 2**448 - 2**224 - 1, 39081).to_bytes(
        56, "little"
    )


def montgomery_ladder(k: int, u: int, bits: int, p: int, a24: int) -> int:
    """The u-coordinate of k times a point. u may be p or more; it is the same as u modulo p.

    https://www.rfc-editor.org/rfc/rfc7748#section-5
    """
    x_1 = u % p
    x_2, z_2 = 1, 0
    x_3, z_3 = x_1, 1
    swap = 0
    for t in reversed(range(bits)):
        k_t = k >> t & 1
        if swap != k_t:
            x_2, x_3 = x_3, x_2
            z_2, z_3 = z_3, z_2
        swap = k_t
        a = x_2 + z_2
        aa = a * a % p
        b = x_2 - z_2
        bb = b * b % p
        e = aa - bb
        da = (x_3 - z_3) * a % p
        cb = (x_3 + z_3) * b % p
        x_3 = (da + cb) ** 2 % p
        z_3 = x_1 * (da - cb) ** 2 % p
        x_2 = aa * bb % p
        z_2 = e * (aa + a24 * e) % p
    if swap:
        x_2, z_2 = x_3, z_3
    return x_2 * pow(z_2, p - 2, p) % p
