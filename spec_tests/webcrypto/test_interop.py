"""Web Crypto of another implementation: keys in every format, signatures, ciphertexts and secrets,
both ways.

Each case is made here and checked in node, and made in node and checked here. Skips where node is
not found.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from spec_tests.webcrypto.harness import as_python, subtle
from worker_runtime import CryptoKey

HASHES = ["SHA-1", "SHA-256", "SHA-384", "SHA-512"]
CURVES = ["P-256", "P-384", "P-521"]
TEXT = bytes(range(100))
PAYLOAD = bytes(range(32))
PAYLOAD_ALGORITHM = {"name": "HMAC", "hash": "SHA-256"}

# The numbers and octets of a JSON Web Key; what else it says may differ.
MATERIAL = ["kty", "crv", "x", "y", "d", "n", "e", "p", "q", "dp", "dq", "qi", "k"]

SECRET = {"secret": ["raw", "jwk"]}
RSA_PAIR = {"public": ["spki", "jwk"], "private": ["pkcs8", "jwk"]}
PAIR = {"public": ["spki", "raw", "jwk"], "private": ["pkcs8", "jwk"]}
SIGNING = {"public": ["verify"], "private": ["sign"]}
AGREEING: dict[str, list[str]] = {"public": [], "private": ["deriveBits"]}
WRAPPING = {
    "public": ["encrypt", "wrapKey"],
    "private": ["decrypt", "unwrapKey"],
    "secret": ["wrapKey", "unwrapKey"],
}


def rsa(name: str, hash: str) -> dict[str, Any]:
    return {"name": name, "modulusLength": 1152, "publicExponent": b"\1\0\1", "hash": hash}


def cases() -> list[dict[str, Any]]:
    """What is to be made and checked. `generate` is also what keys are imported as."""

    def case(
        operation: str, generate: Any, algorithm: Any, usages: Any, formats: Any, **more: Any
    ) -> dict[str, Any]:
        name = " ".join([operation, *map(str, (generate or algorithm, algorithm))])
        made = {
            "generate": generate,
            "algorithm": algorithm,
            "usages": usages,
            "formats": formats,
            "text": TEXT,
        }
        return {"name": name, "operation": operation, **made, **more}

    both = {"secret": ["sign", "verify"]}
    ciphers: list[tuple[int, dict[str, Any]]] = []
    for length in (128, 192, 256):
        ciphers += [
            (length, {"name": "AES-CTR", "counter": b"\xff" * 16, "length": 7}),
            (length, {"name": "AES-CBC", "iv": bytes(range(16))}),
            (length, {"name": "AES-GCM", "iv": bytes(12)}),
            (
                length,
                {"name": "AES-GCM", "iv": bytes(100), "additionalData": TEXT, "tagLength": 96},
            ),
        ]
    aes = {"secret": ["encrypt", "decrypt"]}
    derive = {"secret": ["deriveBits"]}
    return [
        *(case("digest", None, hash, None, None) for hash in HASHES),
        *(case("sign", {"name": "HMAC", "hash": hash}, "HMAC", both, SECRET) for hash in HASHES),
        *(case("sign", rsa("RSASSA-PKCS1-v1_5", hash), "RSASSA-PKCS1-v1_5", SIGNING, RSA_PAIR)
            for hash in HASHES),
        *(
            case("sign", rsa("RSA-PSS", hash), {"name": "RSA-PSS", "saltLength": salt}, SIGNING,
                RSA_PAIR)
            for hash, salt in zip(HASHES, (0, 20, 48, 64))
        ),
        *(
            case("encrypt", rsa("RSA-OAEP", hash), {"name": "RSA-OAEP", "label": b"label"},
                WRAPPING, RSA_PAIR, text=b"text")
            for hash in HASHES
        ),
        *(
            case("sign", {"name": "ECDSA", "namedCurve": curve}, {"name": "ECDSA", "hash": hash},
                SIGNING, PAIR)
            for curve in CURVES
            for hash in HASHES
        ),
        *(case("agree", {"name": "ECDH", "namedCurve": curve}, {"name": "ECDH"}, AGREEING, PAIR)
            for curve in CURVES),
        *(case("sign", {"name": name}, name, SIGNING, PAIR) for name in ("Ed25519", "Ed448")),
        *(case("agree", {"name": name}, {"name": name}, AGREEING, PAIR) for name
            in ("X25519", "X448")),
        *(case("encrypt", {"name": cipher["name"], "length": length}, cipher, aes, SECRET)
            for length, cipher in ciphers),
        *(
            case("derive", {"name": parameters["name"]}, {**parameters, "hash": hash, "salt": TEXT},
                derive, None, secret=TEXT)
            for parameters
            in ({"name": "HKDF", "info": b"info"}, {"name": "PBKDF2", "iterations": 7})
            for hash in HASHES
        ),
        *(
            case("wrap", {"name": name, "length": 256}, algorithm, WRAPPING, SECRET, format=format)
            for name,
            algorithm in (("AES-KW", "AES-KW"), ("AES-GCM", {"name": "AES-GCM", "iv": bytes(12)}))
            for format in ("raw", "jwk")
        ),
        case("wrap", rsa("RSA-OAEP", "SHA-1"), "RSA-OAEP", WRAPPING, RSA_PAIR, format="raw"),
    ]  # fmt: skip


async def keys_of(case: dict[str, Any], exported: Any = None) -> dict[str, Any]:
    """New keys; or those that were exported, from each format and back to each format."""
    if "secret" in case:
        return {
            "secret": await subtle.importKey(
                "raw", case["secret"], case["generate"], False, case["usages"]["secret"]
            )
        }
    if case["generate"] is None:
        return {}
    if exported is None:
        usages = [usage for type in case["formats"] for usage in case["usages"][type]]
        made: Any = await subtle.generateKey(case["generate"], True, usages)
        return (
            {"secret": made}
            if isinstance(made, CryptoKey)
            else {"public": made.publicKey, "private": made.privateKey}
        )
    keys: dict[str, Any] = {}
    for type, by_format in exported.items():
        for format, data in by_format.items():
            keys[type] = await subtle.importKey(
                format, data, case["generate"], True, case["usages"][type]
            )
            for other in case["formats"][type]:
                assert material(await subtle.exportKey(other, keys[type])) == material(
                    by_format[other]
                )
    return keys


def material(data: Any) -> Any:
    return data if isinstance(data, bytes) else {name: data.get(name) for name in MATERIAL}


async def make(case: dict[str, Any], keys: dict[str, Any]) -> bytes:
    """The result of the operation, made with the private key, the public one or both."""
    algorithm = case["algorithm"]
    match case["operation"]:
        case "digest":
            return await subtle.digest(algorithm, case["text"])
        case "sign":
            return await subtle.sign(algorithm, keys.get("private") or keys["secret"], case["text"])
        case "encrypt":
            return await subtle.encrypt(
                algorithm, keys.get("public") or keys["secret"], case["text"]
            )
        case "agree":
            return await subtle.deriveBits({**algorithm, "public": keys["public"]}, keys["private"])
        case "derive":
            return await subtle.deriveBits(algorithm, keys["secret"], 512)
        case _:
            payload = await subtle.importKey("raw", PAYLOAD, PAYLOAD_ALGORITHM, True, ["sign"])
            return await subtle.wrapKey(
                case["format"], payload, keys.get("public") or keys["secret"], algorithm
            )


async def is_right(case: dict[str, Any], keys: dict[str, Any], result: bytes) -> bool:
    """Whether the result is what the other should have made with those keys."""
    algorithm = case["algorithm"]
    match case["operation"]:
        case "sign":
            return await subtle.verify(
                algorithm, keys.get("public") or keys["secret"], result, case["text"]
            )
        case "encrypt":
            text: bytes = case["text"]
            return (
                await subtle.decrypt(algorithm, keys.get("private") or keys["secret"], result)
                == text
            )
        case "wrap":
            unwrapping_key = keys.get("private") or keys["secret"]
            key = await subtle.unwrapKey(
                case["format"], result, unwrapping_key, algorithm, PAYLOAD_ALGORITHM, True, ["sign"]
            )
            return await subtle.exportKey("raw", key) == PAYLOAD
        case _:
            return await make(case, keys) == result


def as_json(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    raise TypeError(f"No JSON: {value!r}")


class TestInterop:
    async def test_both_ways(self) -> None:
        node = shutil.which("node")
        if node is None:
            pytest.skip("node is not found")
        made = []
        for case in cases():
            keys = await keys_of(case)
            exported = {
                type: {format: await subtle.exportKey(format, keys[type]) for format in formats}
                for type, formats in (case["formats"] or {}).items()
            }
            made.append({"keys": exported, "result": await make(case, keys)})
        message = json.dumps({"cases": cases(), "made": made}, default=as_json)
        script = Path(__file__).with_name("interop.mjs")
        output = subprocess.run(
            [node, script], input=message.encode(), check=True, capture_output=True
        ).stdout
        answer = as_python(json.loads(output))
        assert answer["failures"] == []
        for case, theirs in zip(cases(), answer["made"], strict=True):
            assert await is_right(case, await keys_of(case, theirs["keys"]), theirs["result"]), (
                case["name"]
            )
