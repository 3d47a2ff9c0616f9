"""RSA: the primitives, the encryption scheme and the two signature schemes.

RFC 8017, PKCS #1, 4 to 9 and B: https://www.rfc-editor.org/rfc/rfc8017

Reference arithmetic, not constant-time: not for secrets that an attacker on the same machine could
time.

A hash is the name of one in hashlib, as "sha256". What has to be random comes from a callable that
is given a number of bytes.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from .der import encode_null, encode_object_identifier, encode_octet_string, encode_sequence
from .rsa_keys import RSAError, RSAPrivateKey, RSAPublicKey, power

# https://www.rfc-editor.org/rfc/rfc8017#appendix-B.1, and for SHA-3
# https://www.rfc-editor.org/rfc/rfc9688#section-2
OBJECT_IDENTIFIERS = {
    "sha1": "1.3.14.3.2.26",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
    "sha3_256": "2.16.840.1.101.3.4.2.8",
    "sha3_384": "2.16.840.1.101.3.4.2.9",
    "sha3_512": "2.16.840.1.101.3.4.2.10",
}


def i2osp(x: int, length: int) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc8017#section-4.1"""
    return x.to_bytes(length)


def os2ip(octets: bytes) -> int:
    """https://www.rfc-editor.org/rfc/rfc8017#section-4.2"""
    return int.from_bytes(octets)


def rsaep(key: RSAPublicKey, m: int) -> int:
    """https://www.rfc-editor.org/rfc/rfc8017#section-5.1.1"""
    return power(m, key.e, key.n)


def rsadp(key: RSAPrivateKey, c: int) -> int:
    """With the second representation of the key, by the Chinese remainder theorem.

    https://www.rfc-editor.org/rfc/rfc8017#section-5.1.2
    """
    m_1 = power(c, key.d_p, key.p)
    m_2 = power(c, key.d_q, key.q)
    h = (m_1 - m_2) * key.q_inv % key.p
    return m_2 + key.q * h


def rsasp1(key: RSAPrivateKey, m: int) -> int:
    """https://www.rfc-editor.org/rfc/rfc8017#section-5.2.1"""
    return rsadp(key, m)


def rsavp1(key: RSAPublicKey, s: int) -> int:
    """https://www.rfc-editor.org/rfc/rfc8017#section-5.2.2"""
    return rsaep(key, s)


def rsaes_oaep_encrypt(
    key: RSAPublicKey, message: bytes, hash: str, label: bytes, random_bytes: Callable[[int], bytes]
) -> bytes:
    """RSAError if the message is too long.

    https://www.rfc-editor.org/rfc/rfc8017#section-7.1.1
    """
    k = _octet_length(key)
    l_hash = hashlib.new(hash, label).digest()
    longest = k - 2 * len(l_hash) - 2
    if len(message) > longest:
        raise RSAError(f"Message too long: {len(message)} bytes, of which {max(longest, 0)} fit")
    # 2. EME-OAEP encoding
    data_block = l_hash + bytes(longest - len(message)) + b"\x01" + message
    seed = random_bytes(len(l_hash))
    masked_data_block = _masked(data_block, seed, hash)
    encoded = b"\0" + _masked(seed, masked_data_block, hash) + masked_data_block
    return i2osp(rsaep(key, os2ip(encoded)), k)


def rsaes_oaep_decrypt(key: RSAPrivateKey, ciphertext: bytes, hash: str, label: bytes) -> bytes:
    """RSAError, always in the same words, if the ciphertext is not of this key, hash and label.

    https://www.rfc-editor.org/rfc/rfc8017#section-7.1.2
    """
    k = _octet_length(key)
    l_hash = hashlib.new(hash, label).digest()
    c = os2ip(ciphertext)
    if len(ciphertext) != k or k < 2 * len(l_hash) + 2 or c >= key.n:
        raise RSAError("Decryption error")
    encoded = i2osp(rsadp(key, c), k)
    # 3. EME-OAEP decoding
    masked_seed, masked_data_block = encoded[1 : 1 + len(l_hash)], encoded[1 + len(l_hash) :]
    seed = _masked(masked_seed, masked_data_block, hash)
    data_block = _masked(masked_data_block, seed, hash)
    padding, one, message = data_block[len(l_hash) :].partition(b"\x01")
    is_label = hmac.compare_digest(data_block[: len(l_hash)], l_hash)
    # Nothing may tell which of these it was, so that none is looked at before the others.
    if not (is_label & (encoded[0] == 0) & (one == b"\x01") & (padding == bytes(len(padding)))):
        raise RSAError("Decryption error")
    return message


def rsassa_pss_sign(
    key: RSAPrivateKey,
    message: bytes,
    hash: str,
    salt_length: int,
    random_bytes: Callable[[int], bytes],
) -> bytes:
    """RSAError if the modulus is too short for that hash and salt.

    https://www.rfc-editor.org/rfc/rfc8017#section-8.1.1
    """
    encoded = emsa_pss_encode(message, key.n.bit_length() - 1, hash, salt_length, random_bytes)
    return i2osp(rsasp1(key, os2ip(encoded)), _octet_length(key))


def rsassa_pss_verify(
    key: RSAPublicKey, message: bytes, signature: bytes, hash: str, salt_length: int
) -> bool:
    """https://www.rfc-editor.org/rfc/rfc8017#section-8.1.2"""
    s = os2ip(signature)
    if len(signature) != _octet_length(key) or s >= key.n:
        return False
    m = rsavp1(key, s)
    em_bits = key.n.bit_length() - 1
    em_len = (em_bits + 7) // 8
    return m >> 8 * em_len == 0 and emsa_pss_verify(
        message, i2osp(m, em_len), em_bits, hash, salt_length
    )


def rsassa_pkcs1_v1_5_sign(key: RSAPrivateKey, message: bytes, hash: str) -> bytes:
    """RSAError if the modulus is too short for that hash.

    https://www.rfc-editor.org/rfc/rfc8017#section-8.2.1
    """
    k = _octet_length(key)
    return i2osp(rsasp1(key, os2ip(emsa_pkcs1_v1_5_encode(message, k, hash))), k)


def rsassa_pkcs1_v1_5_verify(
    key: RSAPublicKey, message: bytes, signature: bytes, hash: str
) -> bool:
    """Encodes the message and compares: nothing of the signature is parsed, so that nothing can
    hide in it.

    https://www.rfc-editor.org/rfc/rfc8017#section-8.2.2
    """
    k = _octet_length(key)
    s = os2ip(signature)
    if len(signature) != k or s >= key.n:
        return False
    try:
        expected = emsa_pkcs1_v1_5_encode(message, k, hash)
    except RSAError:
        return False
    return hmac.compare_digest(i2osp(rsavp1(key, s), k), expected)


def emsa_pss_encode(
    message: bytes, em_bits: int, hash: str, salt_length: int, random_bytes: Callable[[int], bytes]
) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc8017#section-9.1.1"""
    m_hash = hashlib.new(hash, message).digest()
    padding_length = (em_bits + 7) // 8 - len(m_hash) - salt_length - 2
    if padding_length < 0:
        raise RSAError(
            f"Encoding error: {em_bits} bits are too few for {hash} and a salt of {salt_length} "
            f"bytes"
        )
    salt = random_bytes(salt_length)
    h = hashlib.new(hash, bytes(8) + m_hash + salt).digest()
    masked_data_block = _masked(bytes(padding_length) + b"\x01" + salt, h, hash)
    return _with_leading_zeros(masked_data_block, -em_bits % 8) + h + b"\xbc"


def emsa_pss_verify(
    message: bytes, encoded: bytes, em_bits: int, hash: str, salt_length: int
) -> bool:
    """https://www.rfc-editor.org/rfc/rfc8017#section-9.1.2"""
    m_hash = hashlib.new(hash, message).digest()
    padding_length = len(encoded) - len(m_hash) - salt_length - 2
    if padding_length < 0 or encoded[-1] != 0xBC:
        return False
    masked_data_block, h = encoded[: -len(m_hash) - 1], encoded[-len(m_hash) - 1 : -1]
    if masked_data_block != _with_leading_zeros(masked_data_block, -em_bits % 8):
        return False
    data_block = _with_leading_zeros(_masked(masked_data_block, h, hash), -em_bits % 8)
    if not data_block.startswith(bytes(padding_length) + b"\x01"):
        return False
    salt = data_block[padding_length + 1 :]
    return hmac.compare_digest(h, hashlib.new(hash, bytes(8) + m_hash + salt).digest())


def emsa_pkcs1_v1_5_encode(message: bytes, em_len: int, hash: str) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc8017#section-9.2"""
    digest_algorithm = encode_sequence(
        encode_object_identifier(OBJECT_IDENTIFIERS[hash]), encode_null()
    )
    t = encode_sequence(digest_algorithm, encode_octet_string(hashlib.new(hash, message).digest()))
    if em_len < len(t) + 11:
        raise RSAError(f"Intended encoded message length too short: {em_len} bytes for {hash}")
    return b"\0\x01" + b"\xff" * (em_len - len(t) - 3) + b"\0" + t


def mgf1(seed: bytes, mask_length: int, hash: str) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc8017#appendix-B.2.1"""
    h_len = hashlib.new(hash).digest_size
    counters = range((mask_length + h_len - 1) // h_len)
    return b"".join(hashlib.new(hash, seed + i2osp(counter, 4)).digest() for counter in counters)[
        :mask_length
    ]


def _masked(octets: bytes, seed: bytes, hash: str) -> bytes:
    return i2osp(os2ip(octets) ^ os2ip(mgf1(seed, len(octets), hash)), len(octets))


def _with_leading_zeros(octets: bytes, bits: int) -> bytes:
    """The octets with so many bits at their start, fewer than eight, set to zero."""
    return bytes([octets[0] & 0xFF >> bits]) + octets[1:]


def _octet_length(key: RSAPublicKey | RSAPrivateKey) -> int:
    """The k of section 2: the length of the modulus in octets."""
    return (key.n.bit_length() + 7) // 8
