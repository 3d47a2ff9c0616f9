"""Cookie Store, 3: the CookieStore interface."""

from __future__ import annotations

from typing import Any

import pytest

from spec_tests.fakes import running_in
from spec_tests.storage.fake_storages import FailingStorage
from worker_runtime import CookieChangeEvent, CookieStore, Promise, cookieStore
from worker_runtime.cookiestore.cookie_store import (
    CookieInit,
    CookieStoreDeleteOptions,
    CookieStoreGetOptions,
)
from worker_runtime.host.host import Host
from worker_runtime.host.storage.backend import StorageError
from worker_runtime.html.settings_objects import EnvironmentSettingsObject
from worker_runtime.url.origins import TupleOrigin
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.webidl.exceptions import DOMException, QuotaExceededError

from .scopes import scope_at

spec = pytest.mark.spec


async def names() -> list[str]:
    return [item.name for item in await cookieStore.getAll()]


@spec("https://cookiestore.spec.whatwg.org/#cookiestore")
class TestCookieStore:
    def test_authors_make_none(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            CookieStore()

    async def test_scopes_of_a_host_share_cookies_as_far_as_their_urls_allow(self) -> None:
        with scope_at("https://www.a.example/") as settings_object:
            await cookieStore.set("a", "1")
            await cookieStore.set(name="b", value="2", domain="a.example")
            with scope_at("https://x.a.example/", settings_object.host):
                assert await names() == ["b"]
            with scope_at("https://www.a.example/"):
                assert await names() == []

    async def test_no_cookies_without_an_origin(self) -> None:
        with running_in(EnvironmentSettingsObject(Host())):
            operations: list[Promise[Any]] = [
                cookieStore.get("a"), cookieStore.getAll(), cookieStore.set("a", "1"),
                cookieStore.delete("a"), cookieStore.get(),
            ]  # fmt: skip
            for operation in operations:
                with pytest.raises(DOMException, match="origin") as caught:
                    await operation
                assert caught.value.name == "SecurityError"
            cookieStore.onchange = lambda event: None

    async def test_arguments_are_converted_before_the_origin_is_looked_at(self) -> None:
        store: Any = cookieStore
        with running_in(EnvironmentSettingsObject(Host())):
            for operation in (
                store.get({"name": b"a"}), store.getAll({"url": b"a"}), store.set("a"),
                store.set({"name": "a", "value": "1", "sameSite": "no"}), store.delete(),
            ):  # fmt: skip
                with pytest.raises(TypeError):
                    await operation

    async def test_a_worker_whose_script_is_a_file_has_those_of_its_origin(self) -> None:
        with scope_at("https://www.a.example/") as maker:
            await cookieStore.set("a", "1")
            worker = EnvironmentSettingsObject(
                maker.host, api_base_url=url_parser("file:///child.py"),
                origin=TupleOrigin("https", "www.a.example", None),
            )  # fmt: skip
            with running_in(worker):
                assert await names() == ["a"]

    async def test_a_storage_that_fails(self) -> None:
        storage = FailingStorage()
        with scope_at(host=Host(storage=storage)):
            await cookieStore.set("a", "1")
            storage.fails = True
            with pytest.raises(QuotaExceededError):
                await cookieStore.set("b", "2")
            storage.failure = lambda: StorageError("gone")
            with pytest.raises(DOMException) as caught:
                await cookieStore.delete("a")
            assert caught.value.name == "UnknownError"
            assert await names() == ["a"]
            storage.fails = False
            await cookieStore.delete("a")
            assert await names() == []


@spec("https://cookiestore.spec.whatwg.org/#dom-cookiestore-get")
@spec("https://cookiestore.spec.whatwg.org/#dictdef-cookiestoregetoptions")
class TestGet:
    async def test_the_first_of_that_name(self) -> None:
        with scope_at("https://a.example/x/y"):
            await cookieStore.set("a", "root")
            await cookieStore.set(name="a", value="folder", path="/x")
            item = await cookieStore.get("a")
            assert item is not None and item.value == "folder"
            assert await cookieStore.get("b") is None
            options: CookieStoreGetOptions = {"name": " a\t"}
            assert await cookieStore.get(options) == await cookieStore.get(name="a") == item
            assert await cookieStore.get(url="/") == ("a", "root")

    @pytest.mark.parametrize("url", ["http://a.example/", "https://b.example/", "https://a.b:c/"])
    async def test_not_at_another_origin(self, url: str) -> None:
        with scope_at("https://a.example/x/y"):
            with pytest.raises(TypeError):
                await cookieStore.get(name="a", url=url)

    async def test_something_has_to_be_said(self) -> None:
        with scope_at():
            arguments: list[Any] = [(), ({},), (None,), (5,), (["a"],), ({"nam": "a"},)]
            for each in arguments:
                with pytest.raises(TypeError):
                    await cookieStore.get(*each)
            unchecked: Any = cookieStore
            with pytest.raises(TypeError, match="among the other options"):
                await unchecked.get("a", url="/")


@spec("https://cookiestore.spec.whatwg.org/#dom-cookiestore-getall")
class TestGetAll:
    async def test_all_or_those_of_a_name_or_a_url(self) -> None:
        with scope_at("https://a.example/x/y"):
            await cookieStore.set("a", "1")
            await cookieStore.set(name="a", value="2", path="/x")
            await cookieStore.set("b", "3")
            assert await cookieStore.getAll() == [("a", "2"), ("a", "1"), ("b", "3")]
            assert await cookieStore.getAll("a") == [("a", "2"), ("a", "1")]
            assert await cookieStore.getAll(url="/#x") == [("a", "1"), ("b", "3")]
            assert await cookieStore.getAll("c") == []
            with pytest.raises(TypeError):
                await cookieStore.getAll(url="https://b.example/")


@spec("https://cookiestore.spec.whatwg.org/#dom-cookiestore-set")
@spec("https://cookiestore.spec.whatwg.org/#dictdef-cookieinit")
class TestSet:
    async def test_a_name_and_a_value_or_options(self) -> None:
        with scope_at():
            options: CookieInit = {"name": "b", "value": "2"}
            await cookieStore.set("a", "1")
            await cookieStore.set(options)
            await cookieStore.set(name="c", value="3", expires=None, domain=None, maxAge=None)
            assert await cookieStore.getAll() == [("a", "1"), ("b", "2"), ("c", "3")]

    async def test_it_ends(self) -> None:
        with scope_at() as settings_object:
            clock: Any = settings_object.host.clock
            await cookieStore.set(name="a", value="1", maxAge=5)
            await cookieStore.set(name="b", value="1", expires=(clock.wall() + 10) * 1000)
            await cookieStore.set(name="c", value="1", expires=(clock.wall() - 10) * 1000)
            assert await names() == ["a", "b"]
            with pytest.raises(TypeError, match="expires is in milliseconds"):
                await cookieStore.set(name="b", value="1", expires=1767225610)
            clock.advance(6)
            assert await names() == ["b"]
            clock.advance(6)
            assert await names() == []

    @pytest.mark.parametrize("options", [
        {"name": "a"}, {"value": "1"}, {"name": "a", "value": "1", "sameSite": "Lax"},
        {"name": "a", "value": "1", "expires": float("nan")}, {"name": "a;", "value": "1"},
        {"name": "a", "value": "1", "httpOnly": True}, {"name": "a", "value": "1", "expires": ""},
    ])  # fmt: skip
    async def test_what_cannot_be(self, options: Any) -> None:
        with scope_at():
            with pytest.raises(TypeError):
                await cookieStore.set(options)
            assert await names() == []

    async def test_a_value_is_needed(self) -> None:
        unchecked: Any = cookieStore
        with scope_at():
            for arguments in (("a",), (), (5, "1")):
                with pytest.raises(TypeError):
                    await unchecked.set(*arguments)


@spec("https://cookiestore.spec.whatwg.org/#dom-cookiestore-delete")
@spec("https://cookiestore.spec.whatwg.org/#dictdef-cookiestoredeleteoptions")
class TestDelete:
    async def test_the_one_with_that_name_domain_and_path(self) -> None:
        with scope_at("https://a.example/x/y"):
            await cookieStore.set("a", "1")
            await cookieStore.set(name="a", value="2", path="/x")
            options: CookieStoreDeleteOptions = {"name": "a", "path": "/x"}
            await cookieStore.delete(options)
            assert await cookieStore.getAll() == [("a", "1")]
            await cookieStore.delete(name="a", domain="a.example")  # that is another one
            assert await cookieStore.getAll() == [("a", "1")]
            await cookieStore.delete("a")
            await cookieStore.delete("a")
            assert await cookieStore.getAll() == []

    async def test_what_cannot_be(self) -> None:
        unchecked: Any = cookieStore
        with scope_at():
            for arguments in ((), ("a=b",), ({"name": "a", "domain": "b.example"},)):
                with pytest.raises(TypeError):
                    await unchecked.delete(*arguments)


class TestOnchange:
    async def test_each_scope_has_its_own_listeners(self) -> None:
        events: list[CookieChangeEvent] = []
        with scope_at("https://a.example/") as settings_object:
            with scope_at("https://a.example/", settings_object.host):
                cookieStore.onchange = events.append
            assert cookieStore.onchange is None
