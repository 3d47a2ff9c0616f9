"""RSA: its primitives, signature schemes and encryption scheme.

RFC 8017, PKCS #1, 4 to 9 and B.2.1: https://www.rfc-editor.org/rfc/rfc8017

Reference arithmetic, not constant-time: not for secrets that an attacker on the same machine could time.

A hash is the name of one in hashlib: "sha1", "sha256", "sha384", "sha512". What has to be random comes from a callable that takes a number
of bytes and returns so many.
"""

from __future__ import annotations

import hashlib
import hmac

from .der import encode_null, encode_object_identifier, encode_octet_string, encode_sequence
from .rsa_keys import RandomBytes, RSAPrivateKey, RSAPublicKey

# Appendix B.1
OBJECT_IDENTIFIERS = {
    "sha1": "1.3.14.3.2.26",
    "sha224": "2.16.840.1.101.3.4.2.4",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
    "sha3_256": "2.16.840.1.101.3.4.2.8",
    "sha3_384": "2.16.840.1.101.3.4.2.9",
    "sha3_512": "2.16.840.1.101.3.4.2.10",
}


class RSAError(ValueError):
    """The message is too long, or the ciphertext does not decrypt; it does not say why.

    https://www.rfc-editor.org/rfc/rfc8017#section-7
    """


def i2osp(x: int, length: int) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc8017#section-4.1"""
    return x.to_bytes(length)


def os2ip(octets: bytes) -> int:
    """https://www.rfc-editor.org/rfc/rfc8017#section-4.2"""
    return int.from_bytes(octets)


def rsaep(key: RSAPublicKey, m: int) -> int:
    """https://www.rfc-editor.org/rfc/rfc8017#section-5.1.1"""
    return pow(m, key.e, key.n)


def rsadp(key: RSAPrivateKey, c: int) -> int:
    """The second form, with the Chinese remainder theorem.

    https://www.rfc-editor.org/rfc/rfc8017#section-5.1.2
    """
    m_1 = pow(c, key.d_p, key.p)
    m_2 = pow(c, key.d_q, key.q)
    h = (m_1 - m_2) * key.q_inv % key.p
    return m_2 + key.q * h


def rsasp1(key: RSAPrivateKey, m: int) -> int:
    """https://www.rfc-editor.org/rfc/rfc8017#section-5.2.1"""
    return rsadp(key, m)


def rsavp1(key: RSAPublicKey, s: int) -> int:
    """https://www.rfc-editor.org/rfc/rfc8017#section-5.2.2"""
    return rsaep(key, s)


def octet_length(n: int) -> int:
    """k, the length of a modulus in octets.

    https://www.rfc-editor.org/rfc/rfc8017#section-2
    """
    return (n.bit_length() + 7) // 8


def rsaes_oaep_encrypt(key: RSAPublicKey, message: bytes, hash: str, label: bytes, random_bytes: RandomBytes) -> bytes:
    """RSAError if the message is too long.

    https://www.rfc-editor.org/rfc/rfc8017#section-7.1.1
    """
    k = octet_length(key.n)
    encoded = eme_oaep_encode(message, k, hash, label, random_bytes)
    return i2osp(rsaep(key, os2ip(encoded)), k)


def rsaes_oaep_decrypt(key: RSAPrivateKey, ciphertext: bytes, hash: str, label: bytes) -> bytes:
    """RSAError, which always says the same, if the ciphertext is not one of this key, hash and label.

    https://www.rfc-editor.org/rfc/rfc8017#section-7.1.2
    """
    k = octet_length(key.n)
    c = os2ip(ciphertext)
    if len(ciphertext) != k or c >= key.n:
        raise RSAError("Decryption error")
    return eme_oaep_decode(i2osp(rsadp(key, c), k), hash, label)


def eme_oaep_encode(message: bytes, k: int, hash: str, label: bytes, random_bytes: RandomBytes) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc8017#section-7.1.1-2.2"""
    label_hash = hashlib.new(hash, label).digest()
    h_len = len(label_hash)
    if len(message) > k - 2 * h_len - 2:
        raise RSAError(f"Message too long: {len(message)} bytes, at most {max(k - 2 * h_len - 2, 0)} fit")
    data_block = label_hash + bytes(k - len(message) - 2 * h_len - 2) + b"\x01" + message
    seed = random_bytes(h_len)
    masked_data_block = _xor(data_block, mgf1(seed, k - h_len - 1, hash))
    masked_seed = _xor(seed, mgf1(masked_data_block, h_len, hash))
    return b"\0" + masked_seed + masked_data_block


def eme_oaep_decode(encoded: bytes, hash: str, label: bytes) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc8017#section-7.1.2-2.3"""
    label_hash = hashlib.new(hash, label).digest()
    h_len = len(label_hash)
    if len(encoded) < 2 * h_len + 2:
        raise RSAError("Decryption error")
    y, masked_seed, masked_data_block = encoded[:1], encoded[1 : 1 + h_len], encoded[1 + h_len :]
    seed = _xor(masked_seed, mgf1(masked_data_block, h_len, hash))
    data_block = _xor(masked_data_block, mgf1(seed, len(masked_data_block), hash))
    padding, one, message = data_block[h_len:].partition(b"\x01")
    is_label = hmac.compare_digest(data_block[:h_len], label_hash)
    if not (is_label & (one != b"") & (padding.count(0) == len(padding)) & (y == b"\0")):
        raise RSAError("Decryption error")
    return message


def rsassa_pss_sign(key: RSAPrivateKey, message: bytes, hash: str, salt_length: int, random_bytes: RandomBytes) -> bytes:
    """RSAError if the modulus is too short for that hash and salt.

    https://www.rfc-editor.org/rfc/rfc8017#section-8.1.1
    """
    encoded = emsa_pss_encode(message, key.n.bit_length() - 1, hash, random_bytes(salt_length))
    return i2osp(rsasp1(key, os2ip(encoded)), octet_length(key.n))


def rsassa_pss_verify(key: RSAPublicKey, message: bytes, signature: bytes, hash: str, salt_length: int) -> bool:
    """https://www.rfc-editor.org/rfc/rfc8017#section-8.1.2"""
    s = os2ip(signature)
    em_bits = key.n.bit_length() - 1
    if len(signature) != octet_length(key.n) or s >= key.n:
        return False
    m = rsavp1(key, s)
    return m.bit_length() <= em_bits and emsa_pss_verify(message, i2osp(m, (em_bits + 7) // 8), em_bits, hash, salt_length)


def emsa_pss_encode(message: bytes, em_bits: int, hash: str, salt: bytes) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc8017#section-9.1.1"""
    message_hash = hashlib.new(hash, message).digest()
    h_len, em_len = len(message_hash), (em_bits + 7) // 8
    if em_len < h_len + len(salt) + 2:
        raise RSAError(f"Encoding error: {em_bits} bits are too few for {hash} and a salt of {len(salt)} bytes")
    h = hashlib.new(hash, bytes(8) + message_hash + salt).digest()
    data_block = bytes(em_len - len(salt) - h_len - 2) + b"\x01" + salt
    masked_data_block = _xor(data_block, mgf1(h, em_len - h_len - 1, hash))
    first = masked_data_block[0] & 0xFF >> 8 * em_len - em_bits
    return bytes([first]) + masked_data_block[1:] + h + b"\xbc"


def emsa_pss_verify(message: bytes, encoded: bytes, em_bits: int, hash: str, salt_length: int) -> bool:
    """https://www.rfc-editor.org/rfc/rfc8017#section-9.1.2"""
    message_hash = hashlib.new(hash, message).digest()
    h_len, em_len = len(message_hash), (em_bits + 7) // 8
    if em_len < h_len + salt_length + 2 or encoded[-1:] != b"\xbc":
        return False
    masked_data_block, h = encoded[: em_len - h_len - 1], encoded[em_len - h_len - 1 : -1]
    if masked_data_block[0] >> 8 - (8 * em_len - em_bits):
        return False
    data_block = _xor(masked_data_block, mgf1(h, em_len - h_len - 1, hash))
    data_block = bytes([data_block[0] & 0xFF >> 8 * em_len - em_bits]) + data_block[1:]
    padding = bytes(em_len - h_len - salt_length - 2) + b"\x01"
    if not data_block.startswith(padding):
        return False
    salt = data_block[len(padding) :]
    return hmac.compare_digest(h, hashlib.new(hash, bytes(8) + message_hash + salt).digest())


def rsassa_pkcs1_v1_5_sign(key: RSAPrivateKey, message: bytes, hash: str) -> bytes:
    """RSAError if the modulus is too short for that hash.

    https://www.rfc-editor.org/rfc/rfc8017#section-8.2.1
    """
    k = octet_length(key.n)
    return i2osp(rsasp1(key, os2ip(emsa_pkcs1_v1_5_encode(message, k, hash))), k)


def rsassa_pkcs1_v1_5_verify(key: RSAPublicKey, message: bytes, signature: bytes, hash: str) -> bool:
    """Encodes once more and compares; nothing in the signature is parsed, so nothing can be hidden in it.

    https://www.rfc-editor.org/rfc/rfc8017#section-8.2.2
    """
    k = octet_length(key.n)
    s = os2ip(signature)
    if len(signature) != k or s >= key.n:
        return False
    return hmac.compare_digest(i2osp(rsavp1(key, s), k), emsa_pkcs1_v1_5_encode(message, k, hash))


def emsa_pkcs1_v1_5_encode(message: bytes, em_len: int, hash: str) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc8017#section-9.2"""
    digest_algorithm = encode_sequence(encode_object_identifier(OBJECT_IDENTIFIERS[hash]), encode_null())
    digest_info = encode_sequence(digest_algorithm, encode_octet_string(hashlib.new(hash, message).digest()))
    if em_len < len(digest_info) + 11:
        raise RSAError(f"Intended encoded message length too short: {em_len} bytes for {hash}")
    return b"\0\x01" + b"\xff" * (em_len - len(digest_info) - 3) + b"\0" + digest_info


def mgf1(seed: bytes, mask_length: int, hash: str) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc8017#appendix-B.2.1"""
    mask = b""
    for counter in range(-(-mask_length // hashlib.new(hash).digest_size)):
        mask += hashlib.new(hash, seed + i2osp(counter, 4)).digest()
    return mask[:mask_length]


def _xor(a: bytes, b: bytes) -> bytes:
    return (int.from_bytes(a) ^ int.from_bytes(b)).to_bytes(len(a))
