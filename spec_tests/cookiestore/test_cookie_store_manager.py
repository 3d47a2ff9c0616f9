"""Cookie Store, 4: the CookieStoreManager interface."""

from __future__ import annotations

from typing import Any

import pytest

from spec_tests.fakes import running_in
from spec_tests.service_workers.harness import site_with
from worker_runtime import CookieStoreManager, ServiceWorkerGlobalScope
from worker_runtime.cookiestore.cookie_store_manager import create_a_cookie_store_manager
from worker_runtime.host.host import Host
from worker_runtime.html.settings_objects import EnvironmentSettingsObject
from worker_runtime.service_workers.model import RegistrationRecord
from worker_runtime.url.url_parsing import url_parser

spec = pytest.mark.spec

SCOPE = "https://a.example/scope/"


@pytest.fixture
def manager() -> Any:
    host = Host()
    settings_object = EnvironmentSettingsObject(host, api_base_url=url_parser(SCOPE))
    with running_in(settings_object):
        yield create_a_cookie_store_manager(RegistrationRecord(url_parser(SCOPE), host))


@spec("https://cookiestore.spec.whatwg.org/#cookiestoremanager")
class TestCookieStoreManager:
    async def test_a_registration_has_one(self) -> None:
        scopes: list[ServiceWorkerGlobalScope] = []
        await site_with(scopes.append)
        cookies = scopes[0].registration.cookies
        assert isinstance(cookies, CookieStoreManager) and cookies is scopes[0].registration.cookies
        with pytest.raises(TypeError, match="Illegal"):
            CookieStoreManager()


@spec("https://cookiestore.spec.whatwg.org/#dom-cookiestoremanager-subscribe")
class TestSubscribe:
    async def test_to_a_name_and_a_url(self, manager: CookieStoreManager) -> None:
        await manager.subscribe([{"name": " a\t"}, {"url": "x"}, {"name": "a", "url": "/scope/"}])
        assert await manager.getSubscriptions() == [("a", SCOPE), (None, SCOPE + "x")]

    @pytest.mark.parametrize("entry", [
        {"url": "/wrong/"}, {"url": "https://b.example/scope/"}, {"url": "https://a b/"},
    ])  # fmt: skip
    async def test_not_beyond_the_scope(self, manager: CookieStoreManager, entry: Any) -> None:
        with pytest.raises(TypeError):
            await manager.subscribe([{"name": "a"}, entry])
        assert await manager.getSubscriptions() == [("a", SCOPE)]

    @pytest.mark.parametrize("value", [
        {"name": "a"}, "a", ["a"], [{"nam": "a"}], [{"name": "a"}, {"name": b"b"}], None,
    ])  # fmt: skip
    async def test_to_a_list_of_options(self, manager: CookieStoreManager, value: Any) -> None:
        with pytest.raises(TypeError):
            await manager.subscribe(value)
        assert await manager.getSubscriptions() == []


@spec("https://cookiestore.spec.whatwg.org/#dom-cookiestoremanager-getsubscriptions")
class TestGetSubscriptions:
    async def test_a_list_of_its_own_each_time(self, manager: CookieStoreManager) -> None:
        await manager.subscribe([{"name": "a"}])
        subscriptions = await manager.getSubscriptions()
        assert (subscriptions[0].name, subscriptions[0].url) == ("a", SCOPE)
        subscriptions.clear()
        assert len(await manager.getSubscriptions()) == 1


@spec("https://cookiestore.spec.whatwg.org/#dom-cookiestoremanager-unsubscribe")
class TestUnsubscribe:
    async def test_from_what_was_subscribed_to(self, manager: CookieStoreManager) -> None:
        await manager.subscribe([{"name": "a"}, {"name": "b"}, {}])
        for _ in range(2):
            await manager.unsubscribe([{"name": "a"}, {"name": "b", "url": "x"}])
        assert await manager.getSubscriptions() == [("b", SCOPE), (None, SCOPE)]
        await manager.unsubscribe(await manager.getSubscriptions())
        assert await manager.getSubscriptions() == []
        with pytest.raises(TypeError):
            await manager.unsubscribe([{"url": "/"}])
