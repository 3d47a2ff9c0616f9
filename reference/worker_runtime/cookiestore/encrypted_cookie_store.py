"""EncryptedCookieStore: cookies that the client can neither read nor change.

SPEC_NOTES.md#encrypted-cookie-store
"""

from __future__ import annotations

from typing import Any, ClassVar

from ..html.settings_objects import current_settings_object
from ..webcrypto.crypto_key import CryptoKey, KeyUsage
from ..webidl.exceptions import DOMException
from .signed_cookie_store import ProtectedCookieStore, base64url_decode, base64url_encode, subtle

BYTES_OF_IV = 12
BYTES_OF_TAG = 16


class EncryptedCookieStore(ProtectedCookieStore):
    """A store whose cookies the client can neither read nor change; it sees how long they are.

    SPEC_NOTES.md#encrypted-cookie-store
    """

    __slots__ = ()

    _algorithm: ClassVar[dict[str, Any]] = {"name": "AES-GCM", "length": 256}
    _writing: ClassVar[KeyUsage] = "encrypt"
    _reading: ClassVar[KeyUsage] = "decrypt"
    _salt: ClassVar[bytes] = b"EncryptedCookieStore"

    async def _protect(self, name: str, value: str) -> str:
        iv = current_settings_object().host.entropy.random_bytes(BYTES_OF_IV)
        data = await subtle.encrypt(parameters(name, iv), self._key, value.encode())
        return base64url_encode(iv + data)

    async def _understand(self, key: CryptoKey, name: str, value: str) -> str | None:
        data = base64url_decode(value)
        if data is None or len(data) < BYTES_OF_IV + BYTES_OF_TAG:
            return None
        iv, data = data[:BYTES_OF_IV], data[BYTES_OF_IV:]
        try:
            return (await subtle.decrypt(parameters(name, iv), key, data)).decode()
        except (DOMException, UnicodeDecodeError):
            return None


def parameters(name: str, iv: bytes) -> dict[str, Any]:
    """What a value is encrypted with beside the key: the name of the cookie, and what is used only
    once.

    Part of SPEC_NOTES.md#encrypted-cookie-store
    """
    return {"name": "AES-GCM", "iv": iv, "additionalData": name.encode()}
