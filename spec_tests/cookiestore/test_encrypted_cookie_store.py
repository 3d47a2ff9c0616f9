"""SPEC_NOTES.md, cookies of requests: EncryptedCookieStore. What it shares with the other one is
tested there.
"""

from __future__ import annotations

import pytest

from worker_runtime import EncryptedCookieStore, crypto
from worker_runtime.cookiestore.encrypted_cookie_store import BYTES_OF_IV
from worker_runtime.cookiestore.signed_cookie_store import base64url_decode, base64url_encode

from .test_signed_cookie_store import key_of, protected, request_with

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#encrypted-cookie-store")
class TestEncryptedCookieStore:
    async def test_the_client_cannot_read_it_and_never_sees_the_same_twice(self) -> None:
        values = {await protected(EncryptedCookieStore, "a", "hello world") for _ in range(5)}
        assert len(values) == 5 and not any("hello" in value for value in values)

    async def test_it_is_aes_gcm_with_the_name_beside_it(self) -> None:
        key = await key_of(EncryptedCookieStore)
        data = base64url_decode(await protected(EncryptedCookieStore, "a", "é"))
        assert data is not None
        algorithm = {"name": "AES-GCM", "iv": data[:BYTES_OF_IV], "additionalData": b"a"}
        decrypted = await crypto.subtle.decrypt(algorithm, key, data[BYTES_OF_IV:])
        assert decrypted == "é".encode()

    async def test_what_is_no_text_is_not_understood(self) -> None:
        key = await key_of(EncryptedCookieStore)
        algorithm = {"name": "AES-GCM", "iv": bytes(12), "additionalData": b"a"}
        value = bytes(12) + await crypto.subtle.encrypt(algorithm, key, b"\xff")
        store = EncryptedCookieStore(request_with(("a", base64url_encode(value))), key)
        assert await store.get("a") is None and len(await store.untrusted()) == 1
