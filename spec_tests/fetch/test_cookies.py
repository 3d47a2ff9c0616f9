"""Fetch, 3.1: the cookies of a user agent, and where they lie."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from spec_tests.fakes import FakeClock, RecordingConsole, running_in
from spec_tests.storage.fake_storages import BusyStorage, FailingStorage, SlowStorage
from worker_runtime.cookies.cookie_concepts import Cookie, CookieStoreRecord
from worker_runtime.cookies.main_algorithms import parse_and_store_a_cookie
from worker_runtime.fetch.cookie_header import append_a_request_cookie_header
from worker_runtime.fetch.cookies import (
    CookieChange,
    UserAgentCookies,
    changes_between,
    is_as_before,
    parse_a_stored_cookie,
    serialize_a_cookie_to_store,
)
from worker_runtime.fetch.headers import HeaderList
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import ResponseRecord
from worker_runtime.fetch.set_cookie_header import parse_and_store_response_set_cookie_headers
from worker_runtime.host.host import Host
from worker_runtime.host.storage.backend import StorageError
from worker_runtime.host.storage.memory import MemoryStorage
from worker_runtime.host.storage.sqlite import storage_in
from worker_runtime.html.settings_objects import EnvironmentSettingsObject
from worker_runtime.url.host_representation import Host as URLHost
from worker_runtime.webidl.exceptions import DOMException

spec = pytest.mark.spec


def set_it(line: str, host: URLHost = "a.example") -> Callable[[CookieStoreRecord], None]:
    def steps(store: CookieStoreRecord) -> None:
        parse_and_store_a_cookie(store, line, True, host, [""], True, False, True, 5.0)

    return steps


def lines(store: CookieStoreRecord) -> list[str]:
    return [f"{cookie.name}={cookie.value}" for cookie in store.cookies.values()]


class Observer:
    def __init__(self, cookies: UserAgentCookies) -> None:
        self.changes: list[tuple[str, str]] = []
        cookies.add_observer(self)

    def process_cookie_changes(self, all_changes: list[CookieChange]) -> None:
        self.changes += [(change.cookie.name, change.type) for change in all_changes]


@spec("https://cookiestore.spec.whatwg.org/#cookie-store")
@spec("https://fetch.spec.whatwg.org/#cookies")
class TestUserAgentCookies:
    async def test_they_stay_in_the_storage(self) -> None:
        storage = MemoryStorage()
        cookies = Host(storage=storage).record(UserAgentCookies)
        await cookies.perform(set_it("a=1; Secure; Path=/x; Max-Age=60; SameSite=Lax"))
        await cookies.perform(set_it("b=2; HttpOnly", (0, 0, 0, 0, 0, 0, 0, 1)))
        await cookies.perform(set_it("c=3", 0x7F000001))
        later = Host(storage=storage).record(UserAgentCookies)
        before = await cookies.perform(lambda store: store.cookies.copy())
        after = await later.perform(lambda store: store.cookies.copy())
        assert before.keys() == after.keys() and len(after) == 3
        assert all(is_as_before(before[key], after[key]) for key in before)

    async def test_two_users_of_a_storage_lose_nothing(self) -> None:
        storage = MemoryStorage()
        one, two = (Host(storage=storage).record(UserAgentCookies) for _ in range(2))
        observer = Observer(one)
        assert await one.perform(lines) == []
        for number in range(10):
            await (one if number % 2 else two).perform(set_it(f"a{number}=1"))
        assert len(await one.perform(lines)) == len(await two.perform(lines)) == 10
        assert observer.changes == [(f"a{number}", "changed") for number in range(10)]

    async def test_what_another_process_does_meanwhile_counts(self) -> None:
        storage = MemoryStorage()
        one, two = (Host(storage=storage).record(UserAgentCookies) for _ in range(2))
        await one.perform(set_it("a=1"))
        runs: list[int] = []

        def steps(store: CookieStoreRecord) -> None:
            if not runs:
                two.perform(set_it("b=2"))
            runs.append(len(store.cookies))
            set_it("c=3")(store)

        await one.perform(steps)
        assert runs == [1, 2]
        assert await two.perform(lines) == ["a=1", "b=2", "c=3"]

    async def test_observers_are_told_when_it_is_stored(self) -> None:
        storage = FailingStorage()
        cookies = Host(storage=storage).record(UserAgentCookies)
        observer = Observer(cookies)
        await cookies.perform(set_it("a=1"))
        await cookies.perform(lambda store: store.cookies.clear())
        await cookies.perform(lines)
        assert observer.changes == [("a", "changed"), ("a", "deleted")]
        storage.fails = True
        with pytest.raises(DOMException):
            await cookies.perform(set_it("b=1"))
        assert len(observer.changes) == 2
        del observer

    async def test_all_of_it_or_nothing(self) -> None:
        storage = FailingStorage(lambda: StorageError("gone"))
        cookies = Host(storage=storage).record(UserAgentCookies)
        await cookies.perform(set_it("a=1"))
        storage.fails = True
        with pytest.raises(DOMException) as caught:
            await cookies.perform(set_it("a=2"))
        assert caught.value.name == "UnknownError"
        assert await cookies.perform(lines) == ["a=1"]

        def fail(store: CookieStoreRecord) -> None:
            store.cookies.clear()
            raise KeyError("in the steps")

        with pytest.raises(KeyError):
            await cookies.perform(fail)
        assert await cookies.perform(lines) == ["a=1"]

    async def test_a_loop_waits_for_no_storage(self) -> None:
        storage = SlowStorage()
        cookies = Host(storage=storage).record(UserAgentCookies)
        promise = cookies.perform(set_it("a=1"))
        await asyncio.sleep(0)
        storage.goes_on.set()
        await promise
        assert await cookies.perform(lines) == ["a=1"]

    async def test_where_somebody_else_writes_it_is_done_in_a_thread(self) -> None:
        cookies = Host(storage=BusyStorage()).record(UserAgentCookies)
        await cookies.perform(set_it("a=1"))
        assert await cookies.perform(lines) == ["a=1"]

    async def test_threads_may_share_them(self, tmp_path: Path) -> None:
        storage = storage_in(tmp_path)
        host = Host(storage=storage)

        async def write(name: str) -> None:
            with running_in(EnvironmentSettingsObject(host)):
                for number in range(10):
                    await host.record(UserAgentCookies).perform(set_it(f"{name}{number}=1"))

        threads = [
            threading.Thread(target=lambda name=name: asyncio.run(write(name))) for name in "abc"
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            await asyncio.to_thread(thread.join)
        assert len(await host.record(UserAgentCookies).perform(lines)) == 30
        storage.close()

    @pytest.mark.parametrize("key, value", [
        (b"cookies/number", b"x"), (b"cookies/cookie/x", b"{"), (b"cookies/cookie/x", b"[1]"),
        (b"cookies/cookie/x", b"[" * 100_000),
    ])  # fmt: skip
    async def test_a_storage_that_is_damaged(self, key: bytes, value: bytes) -> None:
        storage = MemoryStorage()
        cookies = Host(storage=storage).record(UserAgentCookies)
        await cookies.perform(set_it("a=1"))
        storage.put(key, value)
        storage.put(b"cookies/number", b"7" if key != b"cookies/number" else value)
        with pytest.raises(DOMException) as caught:
            await cookies.perform(lines)
        assert caught.value.name == "UnknownError"


@spec("https://cookiestore.spec.whatwg.org/#cookie-change")
def test_changes_between() -> None:
    gone, replaced, same, new = (Cookie(name, "1", host="a.example") for name in "abcd")
    other = Cookie("b", "2", host="a.example")
    before = {cookie.key: cookie for cookie in (gone, replaced, same)}
    after = {cookie.key: cookie for cookie in (other, same, new)}
    assert changes_between(before, after) == [
        (gone, "deleted"), (other, "changed"), (new, "changed"),
    ]  # fmt: skip


@spec("https://fetch.spec.whatwg.org/#cookies")
def test_a_cookie_is_stored_with_all_that_it_has() -> None:
    cookie = Cookie(
        "\xff", "2", True, (1, 2, 3, 4, 5, 6, 7, 8), True, ("x", ""), True, "lax", True, 1.5, 2.5,
        3.5,
    )  # fmt: skip
    copy = parse_a_stored_cookie(serialize_a_cookie_to_store(cookie))
    assert is_as_before(cookie, copy) and copy.key == cookie.key
    assert copy.last_access_time == 3.5
    copy.last_access_time = 4.5
    assert is_as_before(cookie, copy)
    copy.value = "3"
    assert not is_as_before(cookie, copy)


class TestFailures:
    async def test_a_fetch_goes_on_without_cookies(self) -> None:
        storage, console = FailingStorage(lambda: StorageError("gone")), RecordingConsole()
        host = Host(storage=storage, console=console, profile="browser", clock=FakeClock())
        settings_object = EnvironmentSettingsObject(host)
        request = RequestRecord("https://a.example/")
        request.client, request.origin = settings_object, settings_object.origin
        response = ResponseRecord(HeaderList([("Set-Cookie", "a=1")]))
        with running_in(settings_object):
            storage.fails = True
            await parse_and_store_response_set_cookie_headers(request, response)
            storage.fails = False
            storage.put(b"cookies/number", b"x")
            await append_a_request_cookie_header(request)
        assert not request.header_list.contains("Cookie")
        assert [level for level, _ in console.messages] == ["warn", "warn"]
        assert "gone" in console.messages[0][1] and "damaged" in console.messages[1][1]
