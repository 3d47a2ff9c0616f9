"""Cookie Store, 2.3 and 7.4: process changes."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable

import pytest

from spec_tests.fakes import FakeClock, running_in
from spec_tests.service_workers.harness import Site, site_with
from worker_runtime import CookieChangeEvent, ServiceWorkerGlobalScope, cookieStore
from worker_runtime.cookies.cookie_concepts import Cookie
from worker_runtime.cookiestore.event_interfaces import ExtendableCookieChangeEvent
from worker_runtime.cookiestore.process_changes import (
    CookieChangeSubscription,
    CookieChangeSubscriptions,
    fire_a_change_event,
    observable_changes,
    prepare_lists,
)
from worker_runtime.fetch.cookies import CookieChange, UserAgentCookies
from worker_runtime.host.host import Host
from worker_runtime.url.url_parsing import url_parser

from .scopes import scope_at

spec = pytest.mark.spec


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def changed(name: str, host: str = "a.example", **members: object) -> CookieChange:
    cookie = Cookie(name, "1", host=host, host_only=True, same_site="none")
    for member, value in members.items():
        setattr(cookie, member, value)
    return CookieChange(cookie, "changed")


@spec("https://cookiestore.spec.whatwg.org/#process-cookie-changes")
class TestProcessCookieChanges:
    async def test_scopes_are_told_of_what_they_may_see(self) -> None:
        host = Host(clock=FakeClock())
        told: list[tuple[str, CookieChangeEvent]] = []

        def listen(name: str) -> None:
            cookieStore.onchange = lambda event: told.append((name, event))

        with scope_at("https://a.example/", host), scope_at("https://b.example/", host):
            listen("b")
            with scope_at("https://a.example/x/y", host):
                listen("a")
                await cookieStore.set(name="c", value="1", path="/x")
                await cookieStore.set("d", "2")
                assert told == []  # in a task of its own
                await settle()
                await cookieStore.delete("d")
                await settle()
        assert [name for name, _ in told] == ["a", "a", "a"]
        events = [event for _, event in told]
        assert [(event.changed, event.deleted) for event in events] == [
            ((("c", "1"),), ()), ((("d", "2"),), ()), ((), (("d", None),)),
        ]  # fmt: skip
        assert {event.target for event in events} == {cookieStore}

    @pytest.mark.parametrize("expires", [None, 1e3])
    async def test_what_changes_nothing_is_no_change(self, expires: float | None) -> None:
        with scope_at() as settings_object:
            await cookieStore.set("a", "1")
            events: list[CookieChangeEvent] = []
            cookieStore.onchange = events.append
            await cookieStore.set(name="a" if expires is None else "b", value="1", expires=expires)
            await settle()
            assert events == []
            await cookieStore.set("a", "2")
            await settle()
            assert [event.changed for event in events] == [(("a", "2"),)]
            assert settings_object.host.record(UserAgentCookies)

    async def test_what_has_expired_is_deleted_when_that_is_noticed(self) -> None:
        clock = FakeClock()
        with scope_at(host=Host(clock=clock)):
            events: list[CookieChangeEvent] = []
            await cookieStore.set(name="a", value="1", maxAge=5)
            cookieStore.onchange = events.append
            clock.advance(10)
            await cookieStore.getAll()
            await settle()
            assert [event.deleted for event in events] == [(("a", None),)]

    async def test_a_scope_that_has_ended_is_told_nothing(self) -> None:
        host = Host(clock=FakeClock())
        events: list[CookieChangeEvent] = []
        with scope_at("https://a.example/", host):
            cookieStore.onchange = events.append
        gc.collect()
        with scope_at("https://a.example/", host):
            await cookieStore.set("a", "1")
            await settle()
        assert events == []


def subscriber(
    events: list[ExtendableCookieChangeEvent], *subscriptions: CookieChangeSubscription
) -> Callable[[ServiceWorkerGlobalScope], object]:
    def script(scope: ServiceWorkerGlobalScope) -> None:
        scope.oncookiechange = events.append
        cookieStore.onchange = events.append  # never, in a service worker
        scope.registration.cookies.subscribe(subscriptions)

    return script


async def set_at(site: Site, url: str, path: str = "/") -> None:
    with scope_at(url, site.registration.host):
        await cookieStore.set(name="a", value="1", path=path)
        await settle()


@spec("https://cookiestore.spec.whatwg.org/#cookie-change-subscription-list")
@spec("https://cookiestore.spec.whatwg.org/#cookie-change-subscription")
class TestSubscriptions:
    async def test_a_service_worker_is_told_of_what_it_has_subscribed_to(self) -> None:
        events: list[ExtendableCookieChangeEvent] = []
        url = "https://site.example/worker.py"
        site = await site_with(subscriber(events, CookieChangeSubscription("a", url)))
        await set_at(site, "https://site.example/")
        await set_at(site, "https://other.example/")
        with scope_at("https://site.example/", site.registration.host):
            await cookieStore.set("b", "1")
            await cookieStore.delete("a")
            await settle()
        assert [(event.type, event.changed, event.deleted) for event in events] == [
            ("cookiechange", (("a", "1"),), ()), ("cookiechange", (), (("a", None),)),
        ]  # fmt: skip
        assert all(event.isTrusted for event in events)

    async def test_once_however_many_subscriptions_it_fits(self) -> None:
        events: list[ExtendableCookieChangeEvent] = []
        url = "https://site.example/worker.py"
        subscriptions = [CookieChangeSubscription(name, url) for name in (None, "a")]
        site = await site_with(subscriber(events, *subscriptions))
        await set_at(site, "https://site.example/")
        assert [event.changed for event in events] == [(("a", "1"),)]

    async def test_neither_without_subscriptions_nor_without_an_active_worker(self) -> None:
        events: list[ExtendableCookieChangeEvent] = []
        site = await site_with(subscriber(events))
        await set_at(site, "https://site.example/")
        url = "https://site.example/worker.py"
        site.registration.record(CookieChangeSubscriptions).list.append(
            CookieChangeSubscription(None, url)
        )
        site.registration.active_worker = None
        await set_at(site, "https://site.example/", path="/worker.py")
        assert events == []


@spec("https://cookiestore.spec.whatwg.org/#observable-changes")
class TestObservableChanges:
    @pytest.mark.parametrize("url, names", [
        ("https://a.example/", ["a"]), ("https://a.example/x/y", ["a", "b"]),
        ("https://b.example/x", []), ("data:,x", []),
    ])  # fmt: skip
    def test_those_that_scripts_may_see_at_the_url(self, url: str, names: list[str]) -> None:
        changes = [changed("a"), changed("b", path=("x",)), changed("c", http_only=True)]
        seen = observable_changes(changes, url_parser(url))
        assert [change.cookie.name for change in seen] == names

    def test_what_has_expired_can_be_seen(self) -> None:
        change = changed("a", expiry_time=0.0)
        assert observable_changes([change], url_parser("https://a.example/")) == [change]
        assert change.cookie.last_access_time == 0.0


@spec("https://cookiestore.spec.whatwg.org/#fire-a-change-event")
def test_fire_a_change_event() -> None:
    with scope_at() as settings_object, running_in(settings_object):
        events: list[CookieChangeEvent] = []
        cookieStore.addEventListener("x", events.append)
        fire_a_change_event("x", [changed("a")], cookieStore)
    [event] = events
    assert (event.type, event.bubbles, event.cancelable, event.isTrusted) == (
        "x", False, False, True,
    )  # fmt: skip
    assert event.changed == (("a", "1"),)


@spec("https://cookiestore.spec.whatwg.org/#prepare-lists")
def test_prepare_lists() -> None:
    changes = [changed("a"), changed("b")._replace(type="deleted"), changed("c")]
    assert prepare_lists(changes) == ((("a", "1"), ("c", "1")), (("b", None),))
