"""SPEC_NOTES.md, cookies of requests: SignedCookieStore, and what it shares with the other one."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from worker_runtime import (
    CryptoKey,
    EncryptedCookieStore,
    Request,
    RequestCookieStore,
    SignedCookieStore,
    cookieStore,
    crypto,
)
from worker_runtime.cookiestore.signed_cookie_store import (
    MOST_COOKIES_LOOKED_AT,
    DeriveOptions,
    ProtectedCookieStore,
    base64url_decode,
    base64url_encode,
)

from .scopes import scope_at

spec = pytest.mark.spec

KINDS = [SignedCookieStore, EncryptedCookieStore]
of_each_kind = pytest.mark.parametrize("kind", KINDS)


def request_with(*cookies: tuple[str, str | None] | str) -> RequestCookieStore:
    pairs = [pair if isinstance(pair, str) else f"{pair[0]}={pair[1]}" for pair in cookies]
    headers = {"Cookie": "; ".join(pairs).encode().decode("latin-1")}
    return RequestCookieStore(Request("https://a.example/", headers=headers))


async def key_of(kind: type[ProtectedCookieStore], secret: str = "secret") -> CryptoKey:
    return await kind.deriveCryptoKey(secret=secret, iterations=1)


async def protected(
    kind: type[ProtectedCookieStore], name: str, value: str, secret: str = "secret"
) -> str:
    """The value that the client gets."""
    inner = request_with()
    await kind(inner, await key_of(kind, secret)).set(name, value)
    item = await inner.get(name)
    assert item is not None and item.value is not None
    return item.value


@spec("SPEC_NOTES.md#protected-cookie-stores")
@of_each_kind
class TestProtectedCookieStores:
    @pytest.mark.parametrize("value", ["", "1", "a.b.c", "é ü", "x" * 2000, "\ufeff", "a=b, c"])
    async def test_what_was_set_comes_back(
        self, kind: type[ProtectedCookieStore], value: str
    ) -> None:
        inner = request_with(("a", await protected(kind, "a", value)))
        store = kind(inner, await key_of(kind))
        assert await store.get("a") == await store.get(name="a") == ("a", value)
        assert await store.getAll() == await store.getAll("a") == [("a", value)]

    async def test_each_change_of_it_makes_it_absent(
        self, kind: type[ProtectedCookieStore]
    ) -> None:
        value = await protected(kind, "a", "17")
        key = await key_of(kind)
        changed = [value[:i] + value[i + 1 :] for i in range(len(value))]
        changed += [value[:i] + ("A" if c != "A" else "B") + value[i + 1 :]
            for i, c in enumerate(value)]  # fmt: skip
        changed += [value + "=", value + "A", "." + value, value.replace("_", "/"), value.upper()]
        for forged in set(changed) - {value}:
            inner = request_with(("a", forged))
            assert await kind(inner, key).get("a") is None, forged
            assert await kind(inner, key).getAll() == []

    async def test_the_name_belongs_to_it(self, kind: type[ProtectedCookieStore]) -> None:
        value = await protected(kind, "a", "17")
        for name in ("b", "A", "a1", ""):
            assert await kind(request_with((name, value)), await key_of(kind)).get(name) is None

    async def test_one_within_the_other(self, kind: type[ProtectedCookieStore]) -> None:
        inner = request_with()
        middle = SignedCookieStore(inner, await key_of(SignedCookieStore))
        outer = kind(middle, await key_of(kind, "other"))
        await outer.set("a", "17")
        assert await outer.get("a") == ("a", "17")
        assert await middle.get("a") not in (None, ("a", "17"))

    async def test_around_the_cookies_of_a_scope(self, kind: type[ProtectedCookieStore]) -> None:
        with scope_at():
            store = kind(cookieStore, await key_of(kind))
            await store.set(name="a", value="17", path="/folder")
            assert await store.get("a") == ("a", "17")
            assert await cookieStore.get("a") != ("a", "17")
            await store.delete(name="a", path="/folder")
            assert await cookieStore.getAll() == []


@spec("SPEC_NOTES.md#protected-cookie-store-constructor")
@of_each_kind
class TestConstructor:
    async def test_the_key_writes_and_the_ring_still_reads(
        self, kind: type[ProtectedCookieStore]
    ) -> None:
        old, new = await key_of(kind, "old"), await key_of(kind, "new")
        value = await protected(kind, "a", "17", "old")
        inner = request_with(("a", value))
        assert await kind(inner, new).get("a") is None
        store = kind(inner, new, keyring=[await key_of(kind, "older"), old])
        assert await store.get("a") == ("a", "17")
        await store.set("a", "18")
        assert await kind(inner, new).get("a") == ("a", "18")
        assert await kind(inner, old).get("a") is None

    async def test_keys_are_for_it(self, kind: type[ProtectedCookieStore]) -> None:
        other = KINDS[1 - KINDS.index(kind)]
        wrong: list[Any] = [None, "secret", await key_of(other)]
        for key in wrong:
            with pytest.raises(TypeError, match="deriveCryptoKey"):
                kind(request_with(), key)
            with pytest.raises(TypeError, match="deriveCryptoKey"):
                kind(request_with(), await key_of(kind), keyring=[key])

    async def test_a_key_that_reads_only_is_one_of_the_ring(
        self, kind: type[ProtectedCookieStore]
    ) -> None:
        name, reading = kind._algorithm["name"], kind._reading
        algorithm = {"name": name, "hash": "SHA-256"}
        reader = await crypto.subtle.importKey("raw", bytes(32), algorithm, False, [reading])
        kind(request_with(), await key_of(kind), keyring=[reader])
        with pytest.raises(TypeError):
            kind(request_with(), reader)


@spec("SPEC_NOTES.md#derive-crypto-key")
class TestDeriveCryptoKey:
    async def test_a_secret_makes_always_the_same_key_and_each_kind_its_own(self) -> None:
        options: DeriveOptions = {"secret": b"secret", "iterations": 1}
        inner = request_with(("a", await protected(SignedCookieStore, "a", "17")))
        key = await SignedCookieStore.deriveCryptoKey(options)
        assert await SignedCookieStore(inner, key).get("a") == ("a", "17")
        assert SignedCookieStore._salt != EncryptedCookieStore._salt

    async def test_it_is_pbkdf2(self) -> None:
        key = await SignedCookieStore.deriveCryptoKey(
            secret="words", salt=b"salt", iterations=7, hash="SHA-512"
        )
        inner = request_with()
        await SignedCookieStore(inner, key).set("a", "1")
        material = hashlib.pbkdf2_hmac("sha512", b"words", b"salt", 7, 32)
        signature = urlsafe_b64encode(hmac.digest(material, b"a=1", "sha256")).decode()
        assert await inner.get("a") == ("a", "1." + signature.rstrip("="))

    @pytest.mark.parametrize("options", [
        {}, {"secret": ""}, {"secret": b""}, {"secret": 5}, {"secret": "x", "sald": b""},
    ])  # fmt: skip
    async def test_no_key_without_a_secret(self, options: Any) -> None:
        with pytest.raises(TypeError):
            await SignedCookieStore.deriveCryptoKey(options)

    async def test_the_key_stays_inside(self) -> None:
        assert not (await key_of(EncryptedCookieStore)).extractable


@spec("SPEC_NOTES.md#protected-cookie-store-get")
@of_each_kind
class TestGet:
    async def test_the_first_that_a_key_understands(self, kind: type[ProtectedCookieStore]) -> None:
        one, two = [await protected(kind, "a", value) for value in ("1", "2")]
        inner = request_with("a=plain", ("a", one), ("a", two), "b=plain")
        store = kind(inner, await key_of(kind))
        assert await store.get("a") == ("a", "1")
        assert await store.getAll() == [("a", "1"), ("a", "2")]
        assert await store.get("b") is None and await store.getAll("b") == []
        with pytest.raises(TypeError):
            await store.get()

    async def test_a_client_that_sends_many_costs_no_more(
        self, kind: type[ProtectedCookieStore], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looked_at: list[str] = []

        async def understand(self: object, key: object, name: str, value: str) -> None:
            looked_at.append(value)

        monkeypatch.setattr(kind, "_understand", understand)
        store = kind(request_with(*["a=1"] * 1000), await key_of(kind))
        for look in (lambda: store.get("a"), store.getAll, store.untrusted):
            looked_at.clear()
            await look()
            assert len(looked_at) == MOST_COOKIES_LOOKED_AT


@spec("SPEC_NOTES.md#protected-cookie-store-untrusted")
@of_each_kind
async def test_what_no_key_understands_can_be_asked_for(kind: type[ProtectedCookieStore]) -> None:
    value = await protected(kind, "a", "17")
    store = kind(request_with(("a", value), ("b", value), "c=1"), await key_of(kind))
    assert await store.untrusted() == [("b", value), ("c", "1")]
    assert await store.untrusted("b") == [("b", value)]
    assert await store.untrusted("a") == []


@spec("SPEC_NOTES.md#protected-cookie-store-set")
@of_each_kind
class TestSet:
    async def test_options_are_those_of_the_store(self, kind: type[ProtectedCookieStore]) -> None:
        inner = request_with()
        store = kind(inner, await key_of(kind))
        await store.set(name=" a", value="17 ", httpOnly=True, path="", maxAge=5, secure=False)
        [(_, line)] = inner.headers
        assert line.startswith("a=") and line.endswith(
            "; Max-Age=5; Path=/; SameSite=Strict; HttpOnly"
        )
        item = await store.get("a")
        assert item is not None and item.value is not None and item.value.strip() == "17"

    @pytest.mark.parametrize("options", [
        {"name": "a"}, {"name": "a=b", "value": "1"}, {"name": "a", "value": "1" * 4096},
        {"name": "a", "value": "1", "domain": "b.example"}, {},
    ])  # fmt: skip
    async def test_what_cannot_be(self, kind: type[ProtectedCookieStore], options: Any) -> None:
        inner = request_with()
        with pytest.raises(TypeError):
            await kind(inner, await key_of(kind)).set(options)
        assert inner.headers == []

    async def test_deleting_is_that_of_the_store(self, kind: type[ProtectedCookieStore]) -> None:
        inner = request_with("a=plain")
        store = kind(inner, await key_of(kind))
        await store.delete("a")
        assert await inner.getAll() == [] and len(inner.headers) == 1
        unchecked: Any = store
        with pytest.raises(TypeError):
            await unchecked.delete({})


@spec("SPEC_NOTES.md#signed-cookie-store")
class TestSignedCookieStore:
    async def test_the_client_can_read_it(self) -> None:
        value = await protected(SignedCookieStore, "a", "hello world")
        assert value.startswith("hello world.") and len(value) == len("hello world.") + 43

    @pytest.mark.parametrize("text", ["", "AA", "AAE", "AAAA", "-_-_"])
    def test_base64url(self, text: str) -> None:
        data = base64url_decode(text)
        assert data is not None and base64url_encode(data) == text

    @pytest.mark.parametrize("text", ["A", "AB", "AA==", "A A=", "+/+/", "é", "AAAA="])
    def test_one_spelling_alone(self, text: str) -> None:
        assert base64url_decode(text) is None
