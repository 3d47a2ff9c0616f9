"""Throw-away certificates: TLS on this machine, for which nobody vouches.

RFC 5280: https://www.rfc-editor.org/rfc/rfc5280

It is for localhost alone, and is kept for a while in the user's cache, so that what a browser was
told of it once holds after the next start, too.
"""

from __future__ import annotations

import os
import sys
from base64 import encodebytes
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha1, sha256
from pathlib import Path
from time import gmtime, strftime

from ..webcrypto.primitives.der import (
    OCTET_STRING,
    context_specific,
    encode,
    encode_bit_string,
    encode_integer,
    encode_object_identifier,
    encode_octet_string,
    encode_sequence,
)
from ..webcrypto.primitives.ecc import ecdsa_sign, public_key, random_scalar
from ..webcrypto.primitives.key_structures import (
    AlgorithmIdentifier,
    ECParameters,
    ECPrivateKey,
    PrivateKeyInfo,
    SubjectPublicKeyInfo,
)
from ..webcrypto.primitives.weierstrass import P_256, encode_point

SET, UTF8_STRING, GENERALIZED_TIME, BOOLEAN = 0x31, 0x0C, 0x18, 0x01
COMMON_NAME = "2.5.4.3"
EC_PUBLIC_KEY, SECP256R1 = "1.2.840.10045.2.1", "1.2.840.10045.3.1.7"
ECDSA_WITH_SHA256 = AlgorithmIdentifier("1.2.840.10045.4.3.2", None)
SUBJECT_KEY_IDENTIFIER, KEY_USAGE, SUBJECT_ALT_NAME = "2.5.29.14", "2.5.29.15", "2.5.29.17"
BASIC_CONSTRAINTS, AUTHORITY_KEY_IDENTIFIER, EXTENDED_KEY_USAGE = (
    "2.5.29.19", "2.5.29.35", "2.5.29.37"
)  # fmt: skip
SERVER_AUTH, CLIENT_AUTH = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"

DAY = 24 * 60 * 60.0
DAYS_OF_A_CERTIFICATE, DAYS_OF_USE = 90, 60


def throwaway_certificate(now: float, random_bytes: Callable[[int], bytes]) -> bytes:
    """A certificate for localhost that is its own authority, and its key, in PEM."""
    d = random_scalar(P_256, random_bytes)
    point = encode_point(P_256, public_key(P_256, d))
    curve = ECParameters(SECP256R1)
    algorithm = AlgorithmIdentifier(EC_PUBLIC_KEY, curve.encode())
    to_be_signed = tbs_certificate(algorithm, point, now, random_bytes)
    numbers = ecdsa_sign(P_256, d, sha256(to_be_signed).digest(), random_bytes)
    certificate = encode_sequence(
        to_be_signed,
        ECDSA_WITH_SHA256.encode(),
        encode_bit_string(encode_sequence(*map(encode_integer, numbers))),
    )
    key = ECPrivateKey(d.to_bytes(P_256.octets), None, point).encode()
    private_key = PrivateKeyInfo(algorithm, key).encode()
    return pem("CERTIFICATE", certificate) + pem("PRIVATE KEY", private_key)


def tbs_certificate(
    algorithm: AlgorithmIdentifier, point: bytes, now: float, random_bytes: Callable[[int], bytes]
) -> bytes:
    """What is signed.

    https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2
    """
    name = encode_sequence(
        encode(
            SET,
            encode_sequence(
                encode_object_identifier(COMMON_NAME),
                encode(UTF8_STRING, b"localhost, for Worker Runtime"),
            ),
        )
    )
    validity = encode_sequence(time_of(now - DAY), time_of(now + DAYS_OF_A_CERTIFICATE * DAY))
    identifier = sha1(point).digest()
    addresses = (bytes([127, 0, 0, 1]), bytes(15) + b"\1")
    names = [
        encode(context_specific(2, False), b"localhost"),
        *(encode(context_specific(7, False), address) for address in addresses),
    ]
    extensions = encode_sequence(
        extension(SUBJECT_KEY_IDENTIFIER, encode_octet_string(identifier)),
        extension(
            AUTHORITY_KEY_IDENTIFIER,
            encode_sequence(encode(context_specific(0, False), identifier)),
        ),
        extension(BASIC_CONSTRAINTS, encode_sequence(), is_critical=True),  # it is no authority
        extension(KEY_USAGE, bytes([3, 2, 7, 0x80]), is_critical=True),  # digitalSignature
        extension(
            EXTENDED_KEY_USAGE,
            encode_sequence(*map(encode_object_identifier, (SERVER_AUTH, CLIENT_AUTH))),
        ),
        extension(SUBJECT_ALT_NAME, encode_sequence(*names)),
    )
    return encode_sequence(
        encode(context_specific(0, True), encode_integer(2)),
        encode_integer(int.from_bytes(random_bytes(16)) >> 1 | 1),
        ECDSA_WITH_SHA256.encode(),
        name,
        validity,
        name,
        SubjectPublicKeyInfo(algorithm, point).encode(),
        encode(context_specific(3, True), extensions),
    )


def extension(identifier: str, value: bytes, is_critical: bool = False) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc5280#section-4.2"""
    critical = encode(BOOLEAN, b"\xff") if is_critical else b""
    return encode_sequence(
        encode_object_identifier(identifier), critical, encode(OCTET_STRING, value)
    )


def time_of(seconds: float) -> bytes:
    """UTCTime up to 2049, as it has to be, and GeneralizedTime after it.

    https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5
    """
    text = strftime("%Y%m%d%H%M%SZ", gmtime(seconds)).encode()
    return encode(0x17, text[2:]) if text < b"2050" else encode(GENERALIZED_TIME, text)


def pem(label: str, der: bytes) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc7468#section-2"""
    lines = encodebytes(der).replace(b"\n", b"")
    text = b"\n".join(lines[at : at + 64] for at in range(0, len(lines), 64))
    return b"-----BEGIN %b-----\n%b\n-----END %b-----\n" % (label.encode(), text, label.encode())


# ---- where it is kept ----------------------------------------------------------------------------


def kept_certificate(now: float, random_bytes: Callable[[int], bytes]) -> Path:
    """The file of the one that is in use; it is made if there is none, or it is too old. OSError if
    it cannot be kept.
    """
    file = place_of_the_certificate()
    folder = file.parent
    with suppress(OSError):
        if 0 <= now - file.stat().st_mtime < DAYS_OF_USE * DAY:
            return file
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = folder / f".{random_bytes(8).hex()}.pem"
    try:
        with open(new, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as opened:
            opened.write(throwaway_certificate(now, random_bytes))
        os.replace(new, file)  # another process sees the old one or the new one
    except OSError:
        new.unlink(missing_ok=True)
        raise
    return file


def place_of_the_certificate() -> Path:
    """The file that it is kept in."""
    return cache_folder() / "worker-runtime" / "localhost.pem"


def cache_folder() -> Path:
    """Where programs of this user keep what can be made again.

    https://specifications.freedesktop.org/basedir-spec/latest/
    """
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    folder = Path(os.environ.get("XDG_CACHE_HOME") or "")
    return folder if folder.is_absolute() else Path.home() / ".cache"
