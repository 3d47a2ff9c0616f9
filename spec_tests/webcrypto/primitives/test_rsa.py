"""RSA, by the test vectors of RSA Laboratories, NIST and the Web Platform Tests, and forgeries that
a parser would take.
"""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime.webcrypto.primitives.key_structures import PrivateKeyInfo, SubjectPublicKeyInfo
from worker_runtime.webcrypto.primitives.rsa import (
    emsa_pkcs1_v1_5_encode,
    emsa_pss_encode,
    emsa_pss_verify,
    i2osp,
    mgf1,
    os2ip,
    rsadp,
    rsaep,
    rsaes_oaep_decrypt,
    rsaes_oaep_encrypt,
    rsasp1,
    rsassa_pkcs1_v1_5_sign,
    rsassa_pkcs1_v1_5_verify,
    rsassa_pss_sign,
    rsassa_pss_verify,
    rsavp1,
)
from worker_runtime.webcrypto.primitives.rsa_keys import (
    RSAError,
    RSAPrivateKey,
    RSAPublicKey,
    generate_key_pair,
    recover_prime_factors,
)

spec = pytest.mark.spec

fromhex = bytes.fromhex

KEY = generate_key_pair(1024, 65537, random.Random(3447).randbytes)
K = 128


def private_key(n: str, d: str) -> RSAPrivateKey:
    primes = recover_prime_factors(int(n, 16), 65537, int(d, 16), os.urandom)
    assert primes is not None
    return RSAPrivateKey.of_primes(*primes, 65537, int(d, 16))


def official_key(vector: Any) -> tuple[RSAPublicKey, RSAPrivateKey]:
    public_key = SubjectPublicKeyInfo.decode(
        fromhex(vector["publicKeyBuffer"]["hex"])
    ).subject_public_key
    private_key = PrivateKeyInfo.decode(fromhex(vector["privateKeyBuffer"]["hex"])).private_key
    return RSAPublicKey.decode(public_key), RSAPrivateKey.decode(private_key)


# From the test vectors of RSA Laboratories for PKCS #1 2.1, all with SHA-1
OAEP_KEY_1 = private_key(
    "a8b3b284af8eb50b387034a860f146c4919f318763cd6c5598c8ae4811a1e0abc4c7e0b082d693a5e7fced67"
    "5cf4668512772c0cbc64a742c6c630f533c8cc72f62ae833c40bf25842e984bb78bdbf97c0107d55bdb662f5"
    "c4e0fab9845cb5148ef7392dd3aaff93ae1e6b667bb3d4247616d4f5ba10d4cfd226de88d39f16fb",
    "53339cfdb79fc8466a655c7316aca85c55fd8f6dd898fdaf119517ef4f52e8fd8e258df93fee180fa0e4ab29"
    "693cd83b152a553d4ac4d1812b8b9fa5af0e7f55fe7304df41570926f3311f15c4d65a732c483116ee3d3d2d"
    "0af3549ad9bf7cbfb78ad884f84d5beb04724dc7369b31def37d0cf539e9cfcdd3de653729ead5d1",
)
OAEP_KEY_2 = private_key(
    "01947c7fce90425f47279e70851f25d5e62316fe8a1df19371e3e628e260543e4901ef6081f68c0b8141190d"
    "2ae8daba7d1250ec6db636e944ec3722877c7c1d0a67f14b1694c5f0379451a43e49a32dde83670b73da91a1"
    "c99bc23b436a60055c610f0baf99c1a079565b95a3f1526632d1d4da60f20eda25e653c4f002766f45",
    "0823f20fadb5da89088a9d00893e21fa4a1b11fbc93c64a3be0baaea97fb3b93c3ff713704c19c963c1d107a"
    "ae99054739f79e02e186de86f87a6ddefea6d8ccd1d3c81a47bfa7255be20601a4a4b2f08a167b5e279d715b"
    "1b455bdd7eab245941d9768b9acefb3ccda5952da3cee72525b4501663a8ee15c9e992d92462fe39",
)
PSS_KEY_1 = private_key(
    "a56e4a0e701017589a5187dc7ea841d156f2ec0e36ad52a44dfeb1e61f7ad991d8c51056ffedb162b4c0f283"
    "a12a88a394dff526ab7291cbb307ceabfce0b1dfd5cd9508096d5b2b8b6df5d671ef6377c0921cb23c270a70"
    "e2598e6ff89d19f105acc2d3f0cb35f29280e1386b6f64c4ef22e1e1f20d0ce8cffb2249bd9a2137",
    "33a5042a90b27d4f5451ca9bbbd0b44771a101af884340aef9885f2a4bbe92e894a724ac3c568c8f97853ad0"
    "7c0266c8c6a3ca0929f1e8f11231884429fc4d9ae55fee896a10ce707c3ed7e734e44727a39574501a532683"
    "109c2abacaba283c31b4bd2f53c3ee37e352cee34f9e503bd80c0622ad79c6dcee883547c6a3b325",
)
PSS_KEY_2 = private_key(
    "01d40c1bcf97a68ae7cdbd8a7bf3e34fa19dcca4ef75a47454375f94514d88fed006fb829f8419ff87d6315d"
    "a68a1ff3a0938e9abb3464011c303ad99199cf0c7c7a8b477dce829e8844f625b115e5e9c4a59cf8f8113b68"
    "34336a2fd2689b472cbb5e5cabe674350c59b6c17e176874fb42f8fc3d176a017edc61fd326c4b33c9",
    "027d147e4673057377fd1ea201565772176a7dc38358d376045685a2e787c23c15576bc16b9f444402d6bfc5"
    "d98a3e88ea13ef67c353eca0c0ddba9255bd7b8bb50a644afdfd1dd51695b252d22e7318d1b6687a1c10ff75"
    "545f3db0fe602d5f2b7f294e3601eab7b9d1cecd767f64692e3e536ca2846cb0c2dd486a39fa75b1",
)
OAEP_VECTORS = {  # key, message, seed, ciphertext
    "1.1": (
        OAEP_KEY_1,
        "6628194e12073db03ba94cda9ef9532397d50dba79b987004afefe34",
        "18b776ea21069d69776a33e96bad48e1dda0a5ef",
        "354fe67b4a126d5d35fe36c777791a3f7ba13def484e2d3908aff722fad468fb21696de95d0be911c2d3174f"
        "8afcc201035f7b6d8e69402de5451618c21a535fa9d7bfc5b8dd9fc243f8cf927db31322d6e881eaa91a9961"
        "70e657a05a266426d98c88003f8477c1227094a0d9fa1e8c4024309ce1ecccb5210035d47ac72e8a",
    ),
    "1.6": (
        OAEP_KEY_1,
        "26521050844271",
        "e4ec0982c2336f3a677f6a356174eb0ce887abc2",
        "42cee2617b1ecea4db3f4829386fbd61dafbf038e180d837c96366df24c097b4ab0fac6bdf590d821c9f1064"
        "2e681ad05b8d78b378c0f46ce2fad63f74e0ad3df06b075d7eb5f5636f8d403b9059ca761b5c62bb52aa4500"
        "2ea70baace08ded243b9d8cbd62a68ade265832b56564e43a6fa42ed199a099769742df1539e8255",
    ),
    "2.2, of 1025 bits": (
        OAEP_KEY_2,
        "2d",
        "b600cf3c2e506d7f16778c910d3a8b003eee61d5",
        "018759ff1df63b2792410562314416a8aeaf2ac634b46f940ab82d64dbf165eee33011da749d4bab6e2fcd18"
        "129c9e49277d8453112b429a222a8471b070993998e758861c4d3f6d749d91c4290d332c7a4ab3f7ea35ff3a"
        "07d497c955ff0ffc95006b62c6d296810d9bfab024196c7934012c2df978ef299aba239940cba10245",
    ),
}
PSS_VECTORS = {  # key, message, salt, signature
    "1.2": (
        PSS_KEY_1,
        "851384cdfe819c22ed6c4ccb30daeb5cf059bc8e1166b7e3530c4c233e2b5f8f71a1cca582d43ecc72b1bca16d"
        "fc7013226b9e",
        "ef2869fa40c346cb183dab3d7bffc98fd56df42d",
        "3ef7f46e831bf92b32274142a585ffcefbdca7b32ae90d10fb0f0c729984f04ef29a9df0780775ce43739b97"
        "838390db0a5505e63de927028d9d29b219ca2c4517832558a55d694a6d25b9dab66003c4cccd907802193be5"
        "170d26147d37b93590241be51c25055f47ef62752cfbe21418fafe98c22c4d4d47724fdb5669e843",
    ),
    "1.4": (
        PSS_KEY_1,
        "bc656747fa9eafb3f0",
        "056f00985de14d8ef5cea9e82f8c27bef720335e",
        "4609793b23e9d09362dc21bb47da0b4f3a7622649a47d464019b9aeafe53359c178c91cd58ba6bcb78be0346"
        "a7bc637f4b873d4bab38ee661f199634c547a1ad8442e03da015b136e543f7ab07c0c13e4225b8de8cce25d4"
        "f6eb8400f81f7e1833b7ee6e334d370964ca79fdb872b4d75223b5eeb08101591fb532d155a6de87",
    ),
    "2.4, of 1025 bits": (
        PSS_KEY_2,
        "a7182c83ac18be6570a106aa9d5c4e3dbbd4afaeb0c60c4a23e1969d79ff",
        "8070ef2de945c02387684ba0d33096732235d440",
        "009cd2f4edbe23e12346ae8c76dd9ad3230a62076141f16c152ba18513a48ef6f010e0e37fd3df10a1ec629a"
        "0cb5a3b5d2893007298c30936a95903b6ba85555d9ec3673a06108fd62a2fda56d1ce2e85c4db6b24a81ca3b"
        "496c36d4fd06eb7c9166d8e94877c42bea622b3bfe9251fdc21d8d5371badad78a488214796335b40b",
    ),
}


class TestDataConversion:
    @spec("https://www.rfc-editor.org/rfc/rfc8017#section-4.1")
    def test_i2osp(self) -> None:
        assert i2osp(256, 4) == b"\0\0\x01\0"

    @spec("https://www.rfc-editor.org/rfc/rfc8017#section-4.2")
    def test_os2ip(self) -> None:
        assert os2ip(b"\0\0\x01\0") == 256


class TestPrimitives:
    @spec("https://www.rfc-editor.org/rfc/rfc8017#section-5.1.1")
    @spec("https://www.rfc-editor.org/rfc/rfc8017#section-5.1.2")
    def test_rsadp_undoes_rsaep(self) -> None:
        for m in (0, 1, 2, KEY.p, KEY.q, KEY.n - 1, 0x1234567890 << 900):
            assert rsadp(KEY, rsaep(KEY.public_key, m)) == m

    @spec("https://www.rfc-editor.org/rfc/rfc8017#section-5.2.2")
    @spec("https://www.rfc-editor.org/rfc/rfc8017#section-5.2.1")
    def test_rsasp1_is_the_same_without_the_chinese_remainder_theorem(self) -> None:
        for m in (0, 1, 2, KEY.p, KEY.q, KEY.n - 1, 0x1234567890 << 900):
            assert rsasp1(KEY, m) == pow(m, KEY.d, KEY.n)
            assert rsavp1(KEY.public_key, rsasp1(KEY, m)) == m


@spec("https://www.rfc-editor.org/rfc/rfc8017#section-7.1.1")
class TestRSAESOAEPEncrypt:
    @pytest.mark.parametrize(
        "key, message, seed, ciphertext", OAEP_VECTORS.values(), ids=OAEP_VECTORS
    )
    def test_vectors(self, key: RSAPrivateKey, message: str, seed: str, ciphertext: str) -> None:
        encrypted = rsaes_oaep_encrypt(
            key.public_key, fromhex(message), "sha1", b"", lambda length: fromhex(seed)
        )
        assert encrypted.hex() == ciphertext
        assert rsaes_oaep_decrypt(key, encrypted, "sha1", b"").hex() == message

    @pytest.mark.parametrize("hash, longest", [("sha1", 86), ("sha256", 62), ("sha384", 30)])
    def test_a_message_that_is_too_long_is_refused(self, hash: str, longest: int) -> None:
        encrypted = rsaes_oaep_encrypt(KEY.public_key, bytes(longest), hash, b"", bytes)
        assert rsaes_oaep_decrypt(KEY, encrypted, hash, b"") == bytes(longest)
        with pytest.raises(RSAError, match=f"{longest + 1} bytes, of which {longest} fit"):
            rsaes_oaep_encrypt(KEY.public_key, bytes(longest + 1), hash, b"", bytes)

    def test_a_modulus_that_is_too_short_for_the_hash_takes_no_message(self) -> None:
        with pytest.raises(RSAError, match="0 bytes, of which 0 fit"):
            rsaes_oaep_encrypt(KEY.public_key, b"", "sha512", b"", bytes)


@spec("https://www.rfc-editor.org/rfc/rfc8017#section-7.1.2")
class TestRSAESOAEPDecrypt:
    def refuses(self, ciphertext: bytes, label: bytes = b"label") -> None:
        with pytest.raises(RSAError, match="^Decryption error$"):
            rsaes_oaep_decrypt(KEY, ciphertext, "sha256", label)

    def encrypt(self, first: bytes, data_block: bytes) -> bytes:
        """A ciphertext of that data block, right in all else."""
        seed = bytes(range(32))
        masked_data_block = bytes(
            a ^ b for a, b in zip(data_block, mgf1(seed, len(data_block), "sha256"))
        )
        masked_seed = bytes(a ^ b for a, b in zip(seed, mgf1(masked_data_block, 32, "sha256")))
        return i2osp(rsaep(KEY.public_key, os2ip(first + masked_seed + masked_data_block)), K)

    def test_whatever_is_wrong_in_it_the_words_are_the_same(self) -> None:
        l_hash = hashlib.sha256(b"label").digest()
        good = l_hash + bytes(60) + b"\x01ok"
        assert rsaes_oaep_decrypt(KEY, self.encrypt(b"\0", good), "sha256", b"label") == b"ok"
        self.refuses(self.encrypt(b"\x01", good))
        self.refuses(self.encrypt(b"\0", hashlib.sha256(b"").digest() + good[32:]))
        self.refuses(self.encrypt(b"\0", l_hash + bytes(63)))
        self.refuses(self.encrypt(b"\0", l_hash + bytes(59) + b"\x02\x01ok"))
        self.refuses(self.encrypt(b"\0", l_hash + bytes(60) + b"\x02ok"))

    def test_a_message_may_start_with_what_separates_it(self) -> None:
        data_block = hashlib.sha256(b"label").digest() + b"\x01" + b"\0\x01" * 31
        assert (
            rsaes_oaep_decrypt(KEY, self.encrypt(b"\0", data_block), "sha256", b"label")
            == b"\0\x01" * 31
        )

    def test_another_label_or_hash_is_refused(self) -> None:
        ciphertext = rsaes_oaep_encrypt(KEY.public_key, b"message", "sha256", b"label", bytes)
        assert rsaes_oaep_decrypt(KEY, ciphertext, "sha256", b"label") == b"message"
        self.refuses(ciphertext, b"")
        self.refuses(ciphertext, b"label ")
        with pytest.raises(RSAError, match="^Decryption error$"):
            rsaes_oaep_decrypt(KEY, ciphertext, "sha1", b"label")

    def test_a_ciphertext_that_can_be_none_is_refused(self) -> None:
        ciphertext = rsaes_oaep_encrypt(KEY.public_key, b"message", "sha256", b"label", bytes)
        for other in [
            b"",
            ciphertext[1:],
            ciphertext[:-1],
            ciphertext + b"\0",
            b"\0" + ciphertext,
            bytes(K),
            b"\xff" * K,
        ]:
            self.refuses(other)
        self.refuses(i2osp(KEY.n, K))

    def test_a_modulus_that_is_too_short_for_the_hash_decrypts_nothing(self) -> None:
        with pytest.raises(RSAError, match="^Decryption error$"):
            rsaes_oaep_decrypt(KEY, bytes(K), "sha512", b"")

    def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for vector in wpt_data("WebCryptoAPI/encrypt_decrypt/rsa_vectors.json")["data"][
            "getTestVectors"
        ]["passing"]:
            public_key, key = official_key(vector)
            hash, plaintext = (
                vector["hash"].replace("-", "").lower(),
                fromhex(vector["plaintext"]["hex"]),
            )
            label = fromhex((vector["algorithm"].get("label") or {"hex": ""})["hex"])
            assert (
                rsaes_oaep_decrypt(key, fromhex(vector["ciphertext"]["hex"]), hash, label)
                == plaintext
            ), vector["name"]
            encrypted = rsaes_oaep_encrypt(public_key, plaintext, hash, label, bytes)
            assert rsaes_oaep_decrypt(key, encrypted, hash, label) == plaintext, vector["name"]


@spec("https://www.rfc-editor.org/rfc/rfc8017#section-8.1.1")
class TestRSASSAPSSSign:
    @pytest.mark.parametrize("key, message, salt, signature", PSS_VECTORS.values(), ids=PSS_VECTORS)
    def test_vectors(self, key: RSAPrivateKey, message: str, salt: str, signature: str) -> None:
        assert (
            rsassa_pss_sign(key, fromhex(message), "sha1", 20, lambda length: fromhex(salt)).hex()
            == signature
        )

    def test_a_salt_that_does_not_fit_is_refused(self) -> None:
        signature = rsassa_pss_sign(KEY, b"message", "sha256", 94, bytes)
        assert rsassa_pss_verify(KEY.public_key, b"message", signature, "sha256", 94)
        with pytest.raises(
            RSAError, match="1023 bits are too few for sha256 and a salt of 95 bytes"
        ):
            rsassa_pss_sign(KEY, b"message", "sha256", 95, bytes)


@spec("https://www.rfc-editor.org/rfc/rfc8017#section-8.1.2")
class TestRSASSAPSSVerify:
    @pytest.mark.parametrize("key, message, salt, signature", PSS_VECTORS.values(), ids=PSS_VECTORS)
    def test_vectors(self, key: RSAPrivateKey, message: str, salt: str, signature: str) -> None:
        assert rsassa_pss_verify(key.public_key, fromhex(message), fromhex(signature), "sha1", 20)
        for salt_length in (0, 19, 21, 10_000):
            assert not rsassa_pss_verify(
                key.public_key, fromhex(message), fromhex(signature), "sha1", salt_length
            )

    def test_another_message_hash_or_signature_is_refused(self) -> None:
        signature = rsassa_pss_sign(KEY, b"message", "sha256", 32, bytes)
        assert rsassa_pss_verify(KEY.public_key, b"message", signature, "sha256", 32)
        assert not rsassa_pss_verify(KEY.public_key, b"massage", signature, "sha256", 32)
        assert not rsassa_pss_verify(KEY.public_key, b"message", signature, "sha3_256", 32)
        for other in [
            b"",
            signature[:-1],
            signature + b"\0",
            b"\0" + signature,
            bytes(K),
            b"\xff" * K,
        ]:
            assert not rsassa_pss_verify(KEY.public_key, b"message", other, "sha256", 32)

    def test_a_signature_above_the_modulus_is_refused(self) -> None:
        salts = (bytes([i]) * 32 for i in range(256))
        signatures = (
            rsassa_pss_sign(KEY, b"message", "sha256", 32, lambda length: next(salts))
            for _ in range(256)
        )
        signature = next(
            signature for signature in signatures if os2ip(signature) + KEY.n < 1 << 8 * K
        )
        assert rsassa_pss_verify(KEY.public_key, b"message", signature, "sha256", 32)
        assert not rsassa_pss_verify(
            KEY.public_key, b"message", i2osp(os2ip(signature) + KEY.n, K), "sha256", 32
        )

    def test_an_encoding_that_has_one_octet_less_than_the_modulus_is_not_cut(self) -> None:
        # With a modulus of 1025 bits, what the signature comes to must leave the first octet empty.
        encoded = emsa_pss_encode(b"message", 1024, "sha1", 20, bytes)
        assert rsassa_pss_verify(
            PSS_KEY_2.public_key,
            b"message",
            i2osp(rsasp1(PSS_KEY_2, os2ip(encoded)), 129),
            "sha1",
            20,
        )
        m = os2ip(encoded) | 1 << 1024
        assert m < PSS_KEY_2.n
        assert not rsassa_pss_verify(
            PSS_KEY_2.public_key, b"message", i2osp(rsasp1(PSS_KEY_2, m), 129), "sha1", 20
        )

    def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for vector in wpt_data("WebCryptoAPI/sign_verify/rsa_pss_vectors.json")["data"][
            "getTestVectors"
        ]:
            public_key, _ = official_key(vector)
            hash, message = (
                vector["hash"].replace("-", "").lower(),
                fromhex(vector["plaintext"]["hex"]),
            )
            salt_length = vector["algorithm"]["saltLength"]
            assert rsassa_pss_verify(
                public_key, message, fromhex(vector["signature"]["hex"]), hash, salt_length
            )


@spec("https://www.rfc-editor.org/rfc/rfc8017#section-8.2.1")
class TestRSASSAPKCS1v15Sign:
    def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for vector in wpt_data("WebCryptoAPI/sign_verify/rsa_pkcs_vectors.json")["data"][
            "getTestVectors"
        ]:
            public_key, key = official_key(vector)
            hash, message = (
                vector["hash"].replace("-", "").lower(),
                fromhex(vector["plaintext"]["hex"]),
            )
            signature = rsassa_pkcs1_v1_5_sign(key, message, hash)
            assert signature.hex() == vector["signature"]["hex"], vector["name"]
            assert rsassa_pkcs1_v1_5_verify(public_key, message, signature, hash), vector["name"]

    def test_a_modulus_that_is_too_short_is_refused(self) -> None:
        key = generate_key_pair(512, 65537, random.Random(1).randbytes)
        with pytest.raises(RSAError, match="too short: 64 bytes for sha512"):
            rsassa_pkcs1_v1_5_sign(key, b"message", "sha512")
        assert not rsassa_pkcs1_v1_5_verify(key.public_key, b"message", bytes(64), "sha512")


@spec("https://www.rfc-editor.org/rfc/rfc8017#section-8.2.2")
class TestRSASSAPKCS1v15Verify:
    # NIST CAVS 10.1, SigGen15_186-3.rsp
    NIST_KEY = RSAPublicKey(
        int(
            "a3ecf80ff1804833c36a89a1583f58ef3332476a50a153e73ced17796139636045c131a6b17222ba"
            "8848f70150b18dfa390bfb1670ae982dfbc311fd0ede055564687af3805ca883944bb5ac9ec19b0e"
            "0cfbd9a314d70b17080c3d49b50cbf417062eb41bd639d67a5fb330ec55a0489fee08eeec97ed487"
            "c114b20393fe0aef",
            16,
        ),
        0x1001,
    )
    NIST_VECTORS = [
        (
            "sha1",
            "1018469fda81f41922cfdb2dca679f7f3a286f11ba448ab71e4e02cca994c0242caec9416e57c0ca"
            "d07cab383193fad3102ec5ddf0d0550d01ffe63ffc9aab694f6d13d17a034b7db9bb04ebe31e7603"
            "9270a44a8485e25841d7958cfed53bfec27dabb5c72c9d1b23b56cada7b11bf7081797c03c0d3b82"
            "27fd991d77ea78cb",
            "147a8797d9d653f52d210135f61bbdfe59698d755b076230f2b252e7792c86121469fab7b410789d"
            "f4f193a76e8be99a2162e422c6a56106fa4e2fe5abafc542ff1a899d8580f9f6b4cd29a8310cd349"
            "64ce22bbad9618d97e4c36695b246bdd0c0d5d0c75d044265e6f275a272718b0c2b93974dc76ddcc"
            "a985bef994ce67bd",
        ),
        (
            "sha256",
            "dfce08b64b9ea4014947012670548da4ceeee084dbfe509aac92bf096982b8050153bbdd1c5bd438"
            "5226729e9a19773b05558ce0acdfb74be6fd2fa8bfe36f58a68e89f066f1bd85584f4a27d6e884ab"
            "f2d727ae683bebd6d295585b1b71dcc636491bf910a68670c3882fc60c08db7bff3c59f4f95b13c3"
            "d721e329657528d9",
            "8d9d30a87df0c2f6cd651fcaf2b9ac1296287ad3d4b03132e330f08ab701fc197040d0a261f631e7"
            "e34478b592551e1f682395c9e2b54c8ce8b0c72c1b5a79748cc34f9152730a7f67fae1225a4ce750"
            "f1d5d4e288176df197e7503c88b5baecef3abcf2875f111e6d7f7b4dc8afa2ed3c1d7ad8e7cf45a7"
            "7f0b1cb178518402",
        ),
    ]

    @pytest.mark.parametrize("hash, message, signature", NIST_VECTORS)
    def test_vectors(self, hash: str, message: str, signature: str) -> None:
        assert rsassa_pkcs1_v1_5_verify(self.NIST_KEY, fromhex(message), fromhex(signature), hash)
        assert not rsassa_pkcs1_v1_5_verify(
            self.NIST_KEY, fromhex(message), fromhex(signature), "sha384"
        )

    def test_every_encoding_but_the_one_is_refused(self) -> None:
        digest = hashlib.sha256(b"message").digest()
        algorithm = fromhex("300d06096086480165030402010500")
        digest_info = fromhex("3031") + algorithm + b"\x04\x20" + digest

        def verifies(encoded: bytes) -> bool:
            signature = i2osp(rsasp1(KEY, os2ip(encoded)), K)
            return rsassa_pkcs1_v1_5_verify(KEY.public_key, b"message", signature, "sha256")

        def padded(t: bytes) -> bytes:
            return b"\0\x01" + b"\xff" * (K - 3 - len(t)) + b"\0" + t

        assert verifies(padded(digest_info))
        without_null = (
            fromhex("302f") + fromhex("300b0609608648016503040201") + b"\x04\x20" + digest
        )
        long_length = fromhex("308131") + algorithm + b"\x04\x20" + digest
        sha1_algorithm = (
            fromhex("3021300906052b0e03021a05000414") + hashlib.sha1(b"message").digest()
        )
        forgeries = {
            "no NULL": padded(without_null),
            "a length in two octets": padded(long_length),
            "something after the digest": b"\0\x01"
            + b"\xff" * 8
            + b"\0"
            + digest_info
            + bytes(K - 11 - len(digest_info)),
            "something in the parameters": padded(
                fromhex("3037")
                + fromhex("301306096086480165030402010406")
                + bytes(6)
                + b"\x04\x20"
                + digest
            ),
            "the bare digest": padded(digest),
            "another hash": padded(sha1_algorithm),
            "type 2": b"\0\x02" + padded(digest_info)[2:],
            "type 0": b"\0\0" + padded(digest_info)[2:],
            "a zero within the padding": padded(digest_info)[:10]
            + b"\0"
            + padded(digest_info)[11:],
            "another octet within the padding": padded(digest_info)[:10]
            + b"\xfe"
            + padded(digest_info)[11:],
            "no octet between padding and digest": b"\0\x01"
            + b"\xff" * (K - 2 - len(digest_info))
            + digest_info,
        }
        assert {name for name, encoded in forgeries.items() if len(encoded) != K} == set()
        assert {name for name, encoded in forgeries.items() if verifies(encoded)} == set()

    def test_a_cube_root_is_no_signature(self) -> None:
        # Bleichenbacher's: with e = 3, a cube whose first octets look right is found without the
        # private key.
        key = RSAPublicKey(OAEP_KEY_1.n, 3)
        start = b"\0\x01\xff\xff\xff\xff\xff\xff\xff\xff\0" + fromhex(
            "3031300d060960864801650304020105000420"
        )
        target = os2ip((start + hashlib.sha256(b"message").digest()).ljust(K, b"\xff"))
        low, high = 0, 1 << 400
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if middle**3 <= target else (low, middle)
        assert i2osp(rsavp1(key, low), K).startswith(start)
        assert not rsassa_pkcs1_v1_5_verify(key, b"message", i2osp(low, K), "sha256")

    def test_a_signature_above_the_modulus_is_refused(self) -> None:
        messages = (bytes([i]) for i in range(256))
        signatures = (
            (message, rsassa_pkcs1_v1_5_sign(KEY, message, "sha256")) for message in messages
        )
        message, signature = next(
            pair for pair in signatures if os2ip(pair[1]) + KEY.n < 1 << 8 * K
        )
        assert rsassa_pkcs1_v1_5_verify(KEY.public_key, message, signature, "sha256")
        assert not rsassa_pkcs1_v1_5_verify(
            KEY.public_key, message, i2osp(os2ip(signature) + KEY.n, K), "sha256"
        )

    def test_a_signature_of_another_length_is_refused(self) -> None:
        signature = rsassa_pkcs1_v1_5_sign(KEY, b"message", "sha256")
        assert rsassa_pkcs1_v1_5_verify(KEY.public_key, b"message", signature, "sha256")
        for other in [
            b"",
            signature[:-1],
            signature + b"\0",
            b"\0" + signature,
            bytes(K),
            b"\xff" * K,
        ]:
            assert not rsassa_pkcs1_v1_5_verify(KEY.public_key, b"message", other, "sha256")


@spec("https://www.rfc-editor.org/rfc/rfc8017#section-9.1.1")
class TestEMSAPSSEncode:
    @pytest.mark.parametrize("em_bits", range(1016, 1025))
    def test_bits_before_the_encoding_are_zero(self, em_bits: int) -> None:
        encoded = emsa_pss_encode(b"message", em_bits, "sha256", 20, bytes)
        assert len(encoded) == (em_bits + 7) // 8
        assert os2ip(encoded).bit_length() <= em_bits
        assert encoded[-1] == 0xBC
        assert emsa_pss_verify(b"message", encoded, em_bits, "sha256", 20)


@spec("https://www.rfc-editor.org/rfc/rfc8017#section-9.1.2")
class TestEMSAPSSVerify:
    def encode(self, data_block: bytes, h: bytes) -> bytes:
        masked = bytes(a ^ b for a, b in zip(data_block, mgf1(h, len(data_block), "sha256")))
        return bytes([masked[0] & 0x7F]) + masked[1:] + h + b"\xbc"

    def test_each_part_has_to_be_right(self) -> None:
        m_hash, salt = hashlib.sha256(b"message").digest(), bytes(range(32))
        h, h_of_less, h_of_more = (
            hashlib.sha256(bytes(8) + m_hash + other).digest()
            for other in (salt, salt[1:], b"\0" + salt)
        )
        good = self.encode(bytes(62) + b"\x01" + salt, h)
        assert emsa_pss_verify(b"message", good, 1023, "sha256", 32)
        wrong = {
            "another last octet": good[:-1] + b"\xcc",
            "a bit before the encoding": bytes([good[0] | 0x80]) + good[1:],
            "an octet in the padding": self.encode(b"\0\x01" + bytes(60) + b"\x01" + salt, h),
            "another octet after the padding": self.encode(bytes(62) + b"\x02" + salt, h),
            "a shorter salt": self.encode(bytes(63) + b"\x01" + salt[1:], h_of_less),
            "a longer salt": self.encode(bytes(61) + b"\x01\0" + salt, h_of_more),
            "another hash": self.encode(
                bytes(62) + b"\x01" + salt, hashlib.sha256(m_hash + salt).digest()
            ),
        }
        assert {
            name
            for name, encoded in wrong.items()
            if emsa_pss_verify(b"message", encoded, 1023, "sha256", 32)
        } == set()

    def test_a_salt_that_cannot_fit_is_refused(self) -> None:
        encoded = emsa_pss_encode(b"message", 1023, "sha256", 0, bytes)
        assert emsa_pss_verify(b"message", encoded, 1023, "sha256", 0)
        for salt_length in (94, 95, 1 << 31):
            assert not emsa_pss_verify(b"message", encoded, 1023, "sha256", salt_length)


@spec("https://www.rfc-editor.org/rfc/rfc8017#section-9.2")
class TestEMSAPKCS1v15Encode:
    @pytest.mark.parametrize(
        "hash, prefix",
        [  # 9.2, note 1; for SHA-3 as RFC 9688, 2 has the identifiers
            ("sha1", "3021300906052b0e03021a05000414"),
            ("sha256", "3031300d060960864801650304020105000420"),
            ("sha384", "3041300d060960864801650304020205000430"),
            ("sha512", "3051300d060960864801650304020305000440"),
            ("sha3_256", "3031300d060960864801650304020805000420"),
            ("sha3_384", "3041300d060960864801650304020905000430"),
            ("sha3_512", "3051300d060960864801650304020a05000440"),
        ],
    )
    def test_starts_the_digest_as_the_standard_prints_it(self, hash: str, prefix: str) -> None:
        t = fromhex(prefix) + hashlib.new(hash, b"message").digest()
        assert (
            emsa_pkcs1_v1_5_encode(b"message", K, hash)
            == b"\0\x01" + b"\xff" * (K - 3 - len(t)) + b"\0" + t
        )

    def test_has_eight_octets_of_padding_or_more(self) -> None:
        assert emsa_pkcs1_v1_5_encode(b"message", 62, "sha256").startswith(
            b"\0\x01" + b"\xff" * 8 + b"\0"
        )
        with pytest.raises(RSAError, match="too short: 61 bytes"):
            emsa_pkcs1_v1_5_encode(b"message", 61, "sha256")


@spec("https://www.rfc-editor.org/rfc/rfc8017#appendix-B.2.1")
class TestMGF1:
    def test_is_a_row_of_hashes(self) -> None:
        mask = mgf1(b"seed", 50, "sha1")
        assert (
            mask
            == b"".join(hashlib.sha1(b"seed\0\0\0" + bytes([i])).digest() for i in range(3))[:50]
        )
        assert mgf1(b"seed", 0, "sha1") == b""
        assert mgf1(b"foo", 5, "sha1").hex() == "1ac9075cd4"  # the example in Wikipedia
