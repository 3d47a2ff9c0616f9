"""AES Key Wrap.

RFC 3394: https://www.rfc-editor.org/rfc/rfc3394

Reference arithmetic, not constant-time: not for secrets that an attacker on the same machine could
time.
"""

from __future__ import annotations

import hmac

from .aes import KeySchedule, cipher, inv_cipher

INITIAL_VALUE = b"\xa6" * 8


def wrap(plaintext: bytes, w: KeySchedule) -> bytes:
    """The plaintext has two blocks of 8 bytes or more; the result is one block longer.

    https://www.rfc-editor.org/rfc/rfc3394#section-2.2.1
    """
    a = INITIAL_VALUE
    r = [plaintext[i : i + 8] for i in range(0, len(plaintext), 8)]
    t = 0
    for _ in range(6):
        for i in range(len(r)):
            t += 1
            b = cipher(a + r[i], w)
            a, r[i] = (int.from_bytes(b[:8]) ^ t).to_bytes(8), b[8:]
    return a + b"".join(r)


def unwrap(ciphertext: bytes, w: KeySchedule) -> bytes | None:
    """What wrap() got, or None if the ciphertext is not one of its results.

    https://www.rfc-editor.org/rfc/rfc3394#section-2.2.2
    """
    if len(ciphertext) < 24 or len(ciphertext) % 8:
        return None
    a, *r = (ciphertext[i : i + 8] for i in range(0, len(ciphertext), 8))
    t = 6 * len(r)
    for _ in range(6):
        for i in reversed(range(len(r))):
            b = inv_cipher((int.from_bytes(a) ^ t).to_bytes(8) + r[i], w)
            a, r[i] = b[:8], b[8:]
            t -= 1
    return b"".join(r) if hmac.compare_digest(a, INITIAL_VALUE) else None
