"""Process changes: who is told of a cookie that was set, replaced or removed.

Cookie Store, 2.3 and 7.4: https://cookiestore.spec.whatwg.org/#service-worker-extensions,
https://cookiestore.spec.whatwg.org/#process-changes
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from ..cookies.main_algorithms import may_be_retrieved
from ..dom.dispatching_events import dispatch
from ..dom.event import create_an_event
from ..dom.event_target import EventTarget
from ..fetch.cookies import CookieChange, UserAgentCookies
from ..html.event_loops import in_parallel
from ..html.settings_objects import EnvironmentSettingsObject, queue_a_global_task
from ..service_workers.lifecycle import fire_functional_event
from ..service_workers.model import RegistrationRecord
from ..url.url_parsing import url_parser
from ..url.url_representation import URLRecord
from .event_interfaces import CookieChangeEvent, ExtendableCookieChangeEvent
from .query_cookies import CookieListItem, create_a_cookie_list_item, decoded


class CookieChangeSubscription(NamedTuple):
    """A name, or None for all names, and a URL that the cookies are for.

    https://cookiestore.spec.whatwg.org/#cookie-change-subscription
    """

    name: str | None
    url: str


class CookieChangeSubscriptions:
    """What a service worker registration wants to be told of:
    `registration.record(CookieChangeSubscriptions).list`.

    https://cookiestore.spec.whatwg.org/#cookie-change-subscription-list
    """

    __slots__ = ("__weakref__", "_registration", "list")

    def __init__(self, registration: RegistrationRecord) -> None:
        self.list: list[CookieChangeSubscription] = []
        self._registration = registration
        registration.host.record(UserAgentCookies).add_observer(self)

    def process_cookie_changes(self, all_changes: list[CookieChange]) -> None:
        """The second step, for one registration.

        Part of https://cookiestore.spec.whatwg.org/#process-cookie-changes
        """
        registration = self._registration
        changes = [
            change
            for change in observable_changes(all_changes, registration.scope_url)
            if any(
                subscription.name in (None, decoded(change.cookie.name))
                and observable_changes([change], url_parser(subscription.url))
                for subscription in self.list.copy()
            )
        ]
        active_worker = registration.active_worker
        if not changes or active_worker is None or active_worker.global_object is None:
            return
        changed, deleted = prepare_lists(changes)

        def initialize(event: ExtendableCookieChangeEvent) -> None:
            event._changed, event._deleted = changed, deleted

        def fire() -> None:
            in_parallel(
                fire_functional_event(
                    "cookiechange", ExtendableCookieChangeEvent, registration, initialize
                )
            )

        settings_object = active_worker.global_object._settings_object
        queue_a_global_task("DOM manipulation", settings_object, fire)


class CookieStoreObserver:
    """It tells the `cookieStore` of a scope, which is not a service worker's, what has changed at
    its URL.

    Part of https://cookiestore.spec.whatwg.org/#process-cookie-changes
    """

    __slots__ = ("__weakref__", "_settings_object", "_target", "_url")

    def __init__(
        self, settings_object: EnvironmentSettingsObject, url: URLRecord, target: EventTarget
    ) -> None:
        self._settings_object = settings_object
        self._url = url
        self._target = target
        settings_object.event_loop  # noqa: B018  that of this thread, from now on
        settings_object.host.record(UserAgentCookies).add_observer(self)

    def process_cookie_changes(self, all_changes: list[CookieChange]) -> None:
        """The first step, for one window.

        Part of https://cookiestore.spec.whatwg.org/#process-cookie-changes
        """
        changes = observable_changes(all_changes, self._url)
        if changes:
            queue_a_global_task(
                "DOM manipulation",
                self._settings_object,
                partial(fire_a_change_event, "change", changes, self._target),
            )


def observable_changes(changes: Iterable[CookieChange], url: URLRecord) -> list[CookieChange]:
    """Those of cookies that scripts may see at a URL.

    https://cookiestore.spec.whatwg.org/#observable-changes
    """
    host, path = url.host, url.path
    if host is None or isinstance(path, str):
        return []
    return [
        change
        for change in changes
        if may_be_retrieved(change.cookie, True, host, path, False, "strict-or-less")
    ]


def fire_a_change_event(type: str, changes: list[CookieChange], target: EventTarget) -> None:
    """https://cookiestore.spec.whatwg.org/#fire-a-change-event"""
    event = create_an_event(CookieChangeEvent, type)
    event._changed, event._deleted = prepare_lists(changes)
    dispatch(event, target)


def prepare_lists(
    changes: Iterable[CookieChange],
) -> tuple[tuple[CookieListItem, ...], tuple[CookieListItem, ...]]:
    """https://cookiestore.spec.whatwg.org/#prepare-lists"""
    items = [(change.type, create_a_cookie_list_item(change.cookie)) for change in changes]
    changed = tuple(item for type, item in items if type == "changed")
    deleted = tuple(CookieListItem(item.name) for type, item in items if type == "deleted")
    return changed, deleted
