"""SignedCookieStore: cookies that the client cannot change, and what it has in common with
EncryptedCookieStore.

SPEC_NOTES.md#protected-cookie-stores
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from typing import Any, ClassVar, Literal, TypedDict, Unpack, cast, overload

from ..webcrypto.crypto_key import CryptoKey, KeyUsage
from ..webcrypto.subtle_crypto import SubtleCrypto
from ..webidl.dictionaries import to_dictionary
from ..webidl.interfaces import new
from ..webidl.promises import Promise, a_promise_rejected_with, a_promise_resolved_with
from ..webidl.type_mapping import BufferSource, get_a_copy_of_the_buffer_source, to_usv_string
from .cookie_store import CookieStoreGetOptions, options_of
from .query_cookies import CookieList, CookieListItem, normalize_a_cookie_name_or_value
from .request_cookie_store import AnyCookieStore, RequestCookieDeleteOptions, RequestCookieInit

# A client may send thousands of cookies, and each costs a look at it with each key. No user agent
# needs to keep more than these for a host.
MOST_COOKIES_LOOKED_AT = 50
ITERATIONS = 600_000

subtle: SubtleCrypto = new(SubtleCrypto)


class _Secret(TypedDict):
    secret: str | BufferSource


class DeriveOptions(_Secret, total=False):
    """What a key is made of: a secret, and nothing else is needed.

    Part of SPEC_NOTES.md#derive-crypto-key
    """

    salt: BufferSource
    iterations: int
    hash: Literal["SHA-1", "SHA-256", "SHA-384", "SHA-512"]


class ProtectedCookieStore:
    """A store that wraps another one: the values of its cookies are made and understood with keys.

    What no key understands is not there. The name of a cookie belongs to what is protected.

    SPEC_NOTES.md#protected-cookie-stores
    """

    __slots__ = ("__weakref__", "_key", "_keyring", "_store")

    _algorithm: ClassVar[dict[str, Any]]  # of the keys
    _writing: ClassVar[KeyUsage]
    _reading: ClassVar[KeyUsage]
    _salt: ClassVar[bytes]

    def __init__(
        self, store: AnyCookieStore, key: CryptoKey, *, keyring: Iterable[CryptoKey] = ()
    ) -> None:
        """The key writes and reads, those of the keyring read. TypeError if one cannot.

        SPEC_NOTES.md#protected-cookie-store-constructor
        """
        self._store = store
        self._key = key
        self._keyring = (key, *keyring)
        for each in self._keyring:
            usages = {self._writing, self._reading} if each is key else {self._reading}
            if (
                not isinstance(each, CryptoKey)
                or each.algorithm.name != self._algorithm["name"]
                or not usages.issubset(each.usages)
            ):
                raise TypeError(
                    f"{type(self).__name__} takes {self._algorithm['name']} keys for "
                    f"{' and '.join(sorted(usages))}, such as deriveCryptoKey(secret=...) makes"
                )

    @overload
    @classmethod
    def deriveCryptoKey(cls, options: DeriveOptions, /) -> Promise[CryptoKey]: ...
    @overload
    @classmethod
    def deriveCryptoKey(cls, /, **members: Unpack[DeriveOptions]) -> Promise[CryptoKey]: ...
    @classmethod
    def deriveCryptoKey(cls, options: object = None, /, **members: Any) -> Promise[CryptoKey]:
        """A key, always the same one for a secret. It takes a while, so keep it. TypeError if the
        secret is empty.

        SPEC_NOTES.md#derive-crypto-key
        """
        try:
            init = to_dictionary(DeriveOptions, options, cast(DeriveOptions, members))
        except TypeError as error:
            return a_promise_rejected_with(error)
        return a_promise_resolved_with(cls._derive(init))

    @classmethod
    async def _derive(cls, options: DeriveOptions) -> CryptoKey:
        secret = options["secret"]
        data = to_usv_string(secret).encode() if isinstance(secret, str) else secret
        material = get_a_copy_of_the_buffer_source(data)
        if not material:
            raise TypeError("The secret is empty: anybody could make this key")
        base_key = await subtle.importKey("raw", material, "PBKDF2", False, ["deriveKey"])
        algorithm = {
            "name": "PBKDF2",
            "hash": options.get("hash", "SHA-256"),
            "salt": options.get("salt", cls._salt),
            "iterations": options.get("iterations", ITERATIONS),
        }
        return await subtle.deriveKey(
            algorithm, base_key, cls._algorithm, False, [cls._writing, cls._reading]
        )

    @overload
    def get(self, name: str, /) -> Promise[CookieListItem | None]: ...
    @overload
    def get(
        self,
        options: CookieStoreGetOptions | None = None,
        /,
        **members: Unpack[CookieStoreGetOptions],
    ) -> Promise[CookieListItem | None]: ...
    def get(self, name: object = None, /, **members: Any) -> Promise[CookieListItem | None]:
        """The first cookie with that name that a key understands, with its value; None if there is
        none.

        SPEC_NOTES.md#protected-cookie-store-get
        """

        async def get() -> CookieListItem | None:
            options, keywords = options_of(name, None, members)
            wanted = to_dictionary(
                CookieStoreGetOptions, options, cast(CookieStoreGetOptions, keywords)
            )
            if not wanted:
                raise TypeError("get() needs a name, or options")
            for cookie in (await self._store.getAll(wanted))[:MOST_COOKIES_LOOKED_AT]:
                if (value := await self._value_of(cookie)) is not None:
                    return CookieListItem(cookie.name, value)
            return None

        return a_promise_resolved_with(get())

    @overload
    def getAll(self, name: str, /) -> Promise[CookieList]: ...
    @overload
    def getAll(
        self,
        options: CookieStoreGetOptions | None = None,
        /,
        **members: Unpack[CookieStoreGetOptions],
    ) -> Promise[CookieList]: ...
    def getAll(self, name: object = None, /, **members: Any) -> Promise[CookieList]:
        """The cookies that a key understands, all or those with that name, with their values.

        Part of SPEC_NOTES.md#protected-cookie-store-get
        """

        async def get_all() -> CookieList:
            options, keywords = options_of(name, None, members)
            wanted = to_dictionary(
                CookieStoreGetOptions, options, cast(CookieStoreGetOptions, keywords)
            )
            return [
                CookieListItem(cookie.name, value)
                for cookie, value in await self._look_at(wanted)
                if value is not None
            ]

        return a_promise_resolved_with(get_all())

    def untrusted(self, name: str | None = None) -> Promise[CookieList]:
        """The cookies that are there, all or those with that name, and that no key understands, as
        they are: they were tampered with, or made with another key, or by others.

        SPEC_NOTES.md#protected-cookie-store-untrusted
        """

        async def untrusted() -> CookieList:
            wanted = CookieStoreGetOptions() if name is None else CookieStoreGetOptions(name=name)
            found = await self._look_at(wanted)
            return [cookie for cookie, value in found if value is None]

        return a_promise_resolved_with(untrusted())

    @overload
    def set(self, name: str, value: str, /) -> Promise[None]: ...
    @overload
    def set(self, options: RequestCookieInit, /) -> Promise[None]: ...
    @overload
    def set(self, /, **members: Unpack[RequestCookieInit]) -> Promise[None]: ...
    def set(self, name: object = None, value: object = None, /, **members: Any) -> Promise[None]:
        """Set a cookie whose value is protected. TypeError if the store refuses it.

        SPEC_NOTES.md#protected-cookie-store-set
        """

        async def set() -> None:
            options, keywords = options_of(name, value, members)
            init = to_dictionary(RequestCookieInit, options, cast(RequestCookieInit, keywords))
            clean_name = normalize_a_cookie_name_or_value(to_usv_string(init["name"]))
            clean_value = to_usv_string(init["value"])
            init["value"] = await self._protect(clean_name, clean_value)
            await self._store.set(init)

        return a_promise_resolved_with(set())

    @overload
    def delete(self, name: str, /) -> Promise[None]: ...
    @overload
    def delete(self, options: RequestCookieDeleteOptions, /) -> Promise[None]: ...
    @overload
    def delete(self, /, **members: Unpack[RequestCookieDeleteOptions]) -> Promise[None]: ...
    def delete(self, name: object = None, /, **members: Any) -> Promise[None]:
        """Remove a cookie, whoever has made it.

        Part of SPEC_NOTES.md#protected-cookie-store-set
        """
        try:
            options, keywords = options_of(name, None, members)
            what = to_dictionary(
                RequestCookieDeleteOptions, options, cast(RequestCookieDeleteOptions, keywords)
            )
        except TypeError as error:
            return a_promise_rejected_with(error)
        return self._store.delete(what)

    async def _look_at(
        self, options: CookieStoreGetOptions
    ) -> list[tuple[CookieListItem, str | None]]:
        cookies = await self._store.getAll(options)
        return [
            (cookie, await self._value_of(cookie)) for cookie in cookies[:MOST_COOKIES_LOOKED_AT]
        ]

    async def _value_of(self, cookie: CookieListItem) -> str | None:
        for key in self._keyring:
            value = await self._understand(key, cookie.name, cookie.value or "")
            if value is not None:
                return value
        return None

    async def _protect(self, name: str, value: str) -> str:
        raise NotImplementedError

    async def _understand(self, key: CryptoKey, name: str, value: str) -> str | None:
        raise NotImplementedError


class SignedCookieStore(ProtectedCookieStore):
    """A store whose cookies can be read by the client, and not be changed.

    SPEC_NOTES.md#signed-cookie-store
    """

    __slots__ = ()

    _algorithm: ClassVar[dict[str, Any]] = {"name": "HMAC", "hash": "SHA-256", "length": 256}
    _writing: ClassVar[KeyUsage] = "sign"
    _reading: ClassVar[KeyUsage] = "verify"
    _salt: ClassVar[bytes] = b"SignedCookieStore"

    async def _protect(self, name: str, value: str) -> str:
        value = normalize_a_cookie_name_or_value(value)
        signature = await subtle.sign("HMAC", self._key, f"{name}={value}".encode())
        return f"{value}.{base64url_encode(signature)}"

    async def _understand(self, key: CryptoKey, name: str, value: str) -> str | None:
        text, _, encoded_signature = value.rpartition(".")
        signature = base64url_decode(encoded_signature)
        if signature is None:
            return None
        is_ours = await subtle.verify("HMAC", key, signature, f"{name}={text}".encode())
        return text if is_ours else None


def base64url_encode(data: bytes) -> str:
    """Part of SPEC_NOTES.md#signed-cookie-store"""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def base64url_decode(text: str) -> bytes | None:
    """None if it is not what `base64url_encode` makes.

    Part of SPEC_NOTES.md#signed-cookie-store
    """
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    return data if base64url_encode(data) == text else None
