"""Cookies: those of a user agent, which its scopes share, and which stay there.

Fetch Standard, 3.1: https://fetch.spec.whatwg.org/#cookies

They lie in a bottle of the host, which several processes may share. The keys within it are

    number              how often the cookies have changed
    cookie/[...]        a cookie, by its host, whether it is for that host only, its path, its name
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import Literal, NamedTuple, Protocol, TypeVar
from weakref import WeakSet

from ..cookies.cookie_concepts import Cookie, CookieKey, CookieStoreRecord
from ..host.host import Host
from ..host.storage.backend import StorageBusy, StorageError
from ..storage.storage_bottles import Entries, StorageProxyMap
from ..storage.storage_sheds import StorageShed
from ..webidl.promises import Promise

BOTTLE = b"cookies/"
COOKIE = b"cookie/"
NUMBER = b"number"

T = TypeVar("T")


class CookieChange(NamedTuple):
    """A cookie that was added or replaced, or one that has gone.

    https://cookiestore.spec.whatwg.org/#cookie-change
    """

    cookie: Cookie
    type: Literal["changed", "deleted"]


class CookieObserver(Protocol):
    """Who is told of changes: in any thread, when they are stored.

    Part of https://cookiestore.spec.whatwg.org/#cookie-store
    """

    def process_cookie_changes(self, all_changes: list[CookieChange]) -> None:
        """Part of https://cookiestore.spec.whatwg.org/#process-cookie-changes"""


class UserAgentCookies:
    """The cookies of a user agent, which is a host: `host.record(UserAgentCookies)`. Its scopes
    share them, in whatever thread they are, and so do the processes that share its storage.

    What another process has changed is noticed when the cookies are used the next time.

    Part of https://cookiestore.spec.whatwg.org/#cookie-store
    """

    __slots__ = ("_contents", "_lock", "_lock_of_observers", "_number", "_observers", "_store")

    def __init__(self, host: Host) -> None:
        self._contents = StorageProxyMap(host.record(StorageShed).bottle_of_the_host(BOTTLE))
        self._lock = Lock()
        # the cookies as they were when they had changed so often; None: they have to be read
        self._store = CookieStoreRecord()
        self._number: int | None = None
        self._observers: WeakSet[CookieObserver] = WeakSet()
        self._lock_of_observers = Lock()

    def add_observer(self, observer: CookieObserver) -> None:
        """Tell somebody of changes, as long as it lives."""
        with self._lock_of_observers:
            self._observers.add(observer)

    def perform(self, steps: Callable[[CookieStoreRecord], T]) -> Promise[T]:
        """A promise of what steps return, which use the cookies, and may change them: then all of
        it is stored, or nothing. They may be performed several times, and in a thread.

        A DOMException rejects the promise if the storage fails.
        """
        return self._contents.read(partial(self._perform, steps))

    def _perform(self, steps: Callable[[CookieStoreRecord], T], entries: Entries) -> T:
        may_wait = self._contents.backing_map.queue.may_take_long(entries.backend)
        if not self._lock.acquire(blocking=may_wait):
            raise StorageBusy("Another thread uses the cookies")
        try:
            changes = self._read(entries)
            before = self._store.cookies.copy()
            result = steps(self._store)
            if self._store.cookies != before:
                with entries.backend.transaction():
                    if number_in(entries) != self._number:  # another process was faster
                        self._store.cookies = before
                        changes += self._read(entries)
                        before = self._store.cookies.copy()
                        result = steps(self._store)
                    new_changes = changes_between(before, self._store.cookies)
                    self._write(entries, new_changes)
                changes += new_changes
        except BaseException:
            self._number = None
            raise
        finally:
            self._lock.release()
        if changes:
            with self._lock_of_observers:
                observers = list(self._observers)
            for observer in observers:
                observer.process_cookie_changes(changes)
        return result

    def _read(self, entries: Entries) -> list[CookieChange]:
        """Take over what is stored, if it is not known; returns what others have changed."""
        number = number_in(entries)
        if number == self._number:
            return []
        cookies = [parse_a_stored_cookie(value) for _, value in entries.scan(COOKIE)]
        cookies.sort(key=lambda cookie: cookie.creation_time)
        before, is_known = self._store.cookies, self._number is not None
        # What is as it was is the same object.
        self._store.cookies = {
            cookie.key: known
            if (known := before.get(cookie.key)) and is_as_before(known, cookie)
            else cookie
            for cookie in cookies
        }
        self._number = number
        return changes_between(before, self._store.cookies) if is_known else []

    def _write(self, entries: Entries, changes: list[CookieChange]) -> None:
        for cookie, type in changes:
            key = COOKIE + json.dumps(cookie.key).encode()
            if type == "changed":
                entries.put(key, serialize_a_cookie_to_store(cookie))
            else:
                entries.delete(key)
        self._number = (self._number or 0) + 1
        entries.put(NUMBER, b"%d" % self._number)


def changes_between(
    before: dict[CookieKey, Cookie], after: dict[CookieKey, Cookie]
) -> list[CookieChange]:
    """Part of https://cookiestore.spec.whatwg.org/#cookie-change"""
    # DEVIATION: a cookie that was not there and has expired when it is set is no change; by the
    # letter it is deleted.
    return [
        *(CookieChange(before[key], "deleted") for key in before if key not in after),
        *(
            CookieChange(cookie, "changed")
            for key, cookie in after.items()
            if before.get(key) is not cookie
        ),
    ]


def number_in(entries: Entries) -> int:
    """Part of https://fetch.spec.whatwg.org/#cookies"""
    number = entries.get(NUMBER) or b"0"
    if not number.isdigit():
        raise StorageError(f"The storage is damaged: its cookies have the number {number[:40]!r}")
    return int(number)


def is_as_before(cookie: Cookie, other: Cookie) -> bool:
    """Whether two cookies differ in nothing but when they were used.

    Part of https://fetch.spec.whatwg.org/#cookies
    """
    return members_of(cookie)[:-1] == members_of(other)[:-1]


def members_of(cookie: Cookie) -> list[object]:
    """Part of https://fetch.spec.whatwg.org/#cookies"""
    return [getattr(cookie, name) for name in Cookie.__slots__]


def serialize_a_cookie_to_store(cookie: Cookie) -> bytes:
    """Part of https://fetch.spec.whatwg.org/#cookies"""
    return json.dumps(members_of(cookie)).encode()


def parse_a_stored_cookie(data: bytes) -> Cookie:
    """The inverse. StorageError if it is not one.

    Part of https://fetch.spec.whatwg.org/#cookies
    """
    try:
        cookie = Cookie(*json.loads(data))
    except (ValueError, TypeError, RecursionError) as error:
        raise StorageError(f"The storage is damaged: {data[:40]!r} is no cookie") from error
    if isinstance(cookie.host, list):  # an IPv6 address
        cookie.host = tuple(cookie.host)
    cookie.path = tuple(cookie.path)
    return cookie
