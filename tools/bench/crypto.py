"""Web Crypto: digests beside node and hashlib; AES-GCM, RSA, ECDSA and EdDSA beside packages in
pure Python.

The packages are pyaes, ecdsa and pure25519. A ratio above 1 means that ours is the faster. pyaes
has no GCM: what stands beside ours is its CTR mode, which authenticates nothing. RSA stands beside
the two bare calls of pow() that a signature needs at the least. node hashes a hundred short
messages at a time, which is its better case.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from importlib import import_module
from statistics import median
from time import perf_counter
from typing import Any

from worker_runtime import crypto
from worker_runtime.webcrypto.primitives.ecc import (
    ecdsa_sign,
    ecdsa_verify,
    public_key,
    random_scalar,
)
from worker_runtime.webcrypto.primitives.edwards import (
    ED25519,
    eddsa_public_key,
    eddsa_sign,
    eddsa_verify,
    is_of_large_order,
)
from worker_runtime.webcrypto.primitives.gcm import GCMKey, gcm_ad, gcm_ae
from worker_runtime.webcrypto.primitives.rsa import rsassa_pkcs1_v1_5_sign
from worker_runtime.webcrypto.primitives.rsa_keys import RSAPrivateKey, generate_key_pair
from worker_runtime.webcrypto.primitives.weierstrass import P_256

ROUNDS = 15
DIGESTS = 20_000

# Prints how many milliseconds a digest of 64 bytes takes.
NODE_DIGESTS = f"""
const data = new Uint8Array(64);
const one = () => crypto.subtle.digest("SHA-256", data);
const hundred = () => Promise.all(Array.from({{length: 100}}, one));
(async () => {{
  for (let i = 0; i < 20; i++) await hundred();
  const start = performance.now();
  for (let i = 0; i < {DIGESTS} / 100; i++) await hundred();
  console.log((performance.now() - start) / {DIGESTS});
}})();
"""
KEY_PAIRS = 15

Row = tuple[str, Callable[[], object], Callable[[], object] | None]


def main() -> None:
    """Print for each row the medians of interleaved rounds in milliseconds, and theirs over
    ours.
    """
    modules = {name: module_or_none(name) for name in ("pyaes", "pure25519.eddsa", "ecdsa")}
    for name in (name for name, module in modules.items() if module is None):
        print(f"The package {name.partition('.')[0]} is not installed: left out")
    asyncio.run(print_digests())
    seconds, rsa_key = generation_of_rsa_keys()
    rows = [
        *aes_rows(modules["pyaes"]),
        *eddsa_rows(modules["pure25519.eddsa"]),
        *ecdsa_rows(modules["ecdsa"]),
    ]
    rows.append(rsa_row(rsa_key))
    for name, ours, theirs in rows:
        ours_times, theirs_times = [], []
        for _ in range(ROUNDS):
            ours_times.append(time_of(ours))
            if theirs:
                theirs_times.append(time_of(theirs))
        line = f"{name:28} {median(ours_times) * 1000:9.3f} ms"
        if theirs:
            line += (
                f" {median(theirs_times) * 1000:9.3f} ms "
                f"{median(theirs_times) / median(ours_times):7.2f}"
            )
        print(line)
    print(
        f"{'RSA-2048 key generation':28} {median(seconds) * 1000:9.3f} ms, slowest of "
        f"{len(seconds)} {max(seconds):.1f} s"
    )


async def print_digests() -> None:
    """Short messages one after the other; and long ones, in rounds with hashlib."""
    ours_short, node_short, ours_long, hashlib_long = [], [], [], []
    short, long = bytes(64), bytes(1 << 20)
    node = shutil.which("node")
    for _ in range(5):
        start = perf_counter()
        for _ in range(DIGESTS):
            await crypto.subtle.digest("SHA-256", short)
        ours_short.append((perf_counter() - start) / DIGESTS)
        if node:
            output = subprocess.run(
                [node, "-e", NODE_DIGESTS], check=True, capture_output=True
            ).stdout
            node_short.append(float(output) / 1000)
    for _ in range(20 * ROUNDS):
        start = perf_counter()
        await crypto.subtle.digest("SHA-256", long)
        ours_long.append(perf_counter() - start)
        hashlib_long.append(time_of(lambda: hashlib.sha256(long).digest()))
    rows = [
        ("digest 64 B, node", ours_short, node_short),
        ("digest 1 MiB, hashlib", ours_long, hashlib_long),
    ]
    for name, ours, theirs in rows:
        line = f"{name:28} {median(ours) * 1000:9.4f} ms"
        if theirs:
            line += f" {median(theirs) * 1000:9.4f} ms {median(theirs) / median(ours):7.2f}"
        print(line)


def module_or_none(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        return None


def aes_rows(pyaes: Any) -> list[Row]:
    """With a key of 256 bits that both have at hand."""
    key, iv = os.urandom(32), os.urandom(12)
    gcm_key, counter_mode = GCMKey(key), pyaes and pyaes.AESModeOfOperationCTR(key)

    def rows_of(name: str, data: bytes) -> list[Row]:
        ciphertext, tag = gcm_ae(gcm_key, iv, data, b"", 16)
        theirs = pyaes and (lambda: counter_mode.encrypt(data))
        return [
            (f"AES-256-GCM encrypt {name}", lambda: gcm_ae(gcm_key, iv, data, b"", 16), theirs),
            (
                f"AES-256-GCM decrypt {name}",
                lambda: gcm_ad(gcm_key, iv, ciphertext, b"", tag),
                theirs,
            ),
        ]

    return rows_of("1 KiB", os.urandom(1 << 10)) + rows_of("256 KiB", os.urandom(1 << 18))


def eddsa_rows(pure25519: Any) -> list[Row]:
    """Verifying has the checks of points that Web Crypto asks for."""
    private_key, message = os.urandom(32), b"message"
    public_key = eddsa_public_key(ED25519, private_key)
    signature = eddsa_sign(ED25519, private_key, message)

    def verify() -> bool:
        are_large = is_of_large_order(ED25519, public_key) and is_of_large_order(
            ED25519, signature[:32]
        )
        return are_large and eddsa_verify(ED25519, public_key, message, signature)

    return [
        (
            "Ed25519 sign",
            lambda: eddsa_sign(ED25519, private_key, message),
            pure25519 and (lambda: pure25519.signature(message, private_key, public_key)),
        ),
        (
            "Ed25519 verify",
            verify,
            pure25519 and (lambda: pure25519.checkvalid(signature, message, public_key)),
        ),
    ]


def ecdsa_rows(ecdsa: Any) -> list[Row]:
    d, digest = random_scalar(P_256, os.urandom), hashlib.sha256(b"message").digest()
    q = public_key(P_256, d)
    r, s = ecdsa_sign(P_256, d, digest, os.urandom)
    key = ecdsa and ecdsa.SigningKey.from_secret_exponent(d, ecdsa.NIST256p)
    signature = r.to_bytes(32) + s.to_bytes(32)
    return [
        (
            "ECDSA P-256 sign",
            lambda: ecdsa_sign(P_256, d, digest, os.urandom),
            key and (lambda: key.sign_digest(digest)),
        ),
        (
            "ECDSA P-256 verify",
            lambda: ecdsa_verify(P_256, q, digest, r, s),
            key and (lambda: key.verifying_key.verify_digest(signature, digest)),
        ),
    ]


def rsa_row(key: RSAPrivateKey) -> Row:
    m = int.from_bytes(os.urandom(256)) % key.n
    return (
        "RSA-2048 sign, two pow()",
        lambda: rsassa_pkcs1_v1_5_sign(key, b"message", "sha256"),
        lambda: (pow(m, key.d_p, key.p), pow(m, key.d_q, key.q)),
    )


def generation_of_rsa_keys() -> tuple[list[float], RSAPrivateKey]:
    """The seconds that each of several keys took, and the last of them."""
    seconds = []
    for _ in range(KEY_PAIRS):
        start = perf_counter()
        key = generate_key_pair(2048, 65537, os.urandom)
        seconds.append(perf_counter() - start)
    return seconds, key


def time_of(task: Callable[[], object]) -> float:
    start = perf_counter()
    task()
    return perf_counter() - start
