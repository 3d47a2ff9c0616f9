"""X25519 and X448: functions of a scalar and a u-coordinate of a Montgomery curve.

RFC 7748: https://www.rfc-editor.org/rfc/rfc7748

Reference arithmetic, not constant-time: not for secrets that an attacker on the same machine could time.
"""

from __future__ import annotations

X25519_BASE_POINT = (9).to_bytes(32, "little")
X448_BASE_POINT = (5).to_bytes(56, "little")

P_25519 = 2**255 - 19
P_448 = 2**448 - 2**224 - 1


def decode_scalar_25519(k: bytes) -> int:
    """32 bytes as an integer that is a multiple of 8 in [2^254, 2^255).

    https://www.rfc-editor.org/rfc/rfc7748#section-5
    """
    return int.from_bytes(k, "little") & (2**255 - 8) & ~(1 << 255) | 1 << 254


def decode_scalar_448(k: bytes) -> int:
    """56 bytes as an integer that is a multiple of 4 in [2^447, 2^448).

    https://www.rfc-editor.org/rfc/rfc7748#appendix-A
    """
    return int.from_bytes(k, "little") & ~3 | 1 << 447


def x25519(k: bytes, u: bytes) -> bytes:
    """32 bytes, 32 bytes, 32 bytes. Of a point of small order it makes zeros: the caller compares, by hmac.compare_digest.

    https://www.rfc-editor.org/rfc/rfc7748#section-6.1
    """
    u_coordinate = int.from_bytes(u, "little") & (2**255 - 1)
    return montgomery_ladder(decode_scalar_25519(k), u_coordinate, 255, P_25519, 121665).to_bytes(32, "little")


def x448(k: bytes, u: bytes) -> bytes:
    """56 bytes, 56 bytes, 56 bytes. Of a point of small order it makes zeros: the caller compares, by hmac.compare_digest.

    https://www.rfc-editor.org/rfc/rfc7748#section-6.2
    """
    return montgomery_ladder(decode_scalar_448(k), int.from_bytes(u, "little"), 448, P_448, 39081).to_bytes(56, "little")


def montgomery_ladder(k: int, u: int, bits: int, p: int, a24: int) -> int:
    """The u-coordinate of k times the point whose u-coordinate is given.

    https://www.rfc-editor.org/rfc/rfc7748#section-5-13
    """
    x_1 = u % p
    x_2, z_2, x_3, z_3 = 1, 0, x_1, 1
    swap = 0
    for t in reversed(range(bits)):
        k_t = k >> t & 1
        if swap != k_t:
            x_2, x_3, z_2, z_3 = x_3, x_2, z_3, z_2
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
