"""The CookieStoreManager interface: which changes of cookies a service worker is told of.

Cookie Store, 4: https://cookiestore.spec.whatwg.org/#CookieStoreManager
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..html.settings_objects import current_settings_object
from ..service_workers.model import RegistrationRecord
from ..url.url_parsing import url_parser
from ..url.url_serializing import url_serializer
from ..url.writing import URLFailure
from ..webidl.dictionaries import to_dictionary
from ..webidl.interfaces import illegal_constructor, new
from ..webidl.promises import Promise, a_promise_rejected_with, a_promise_resolved_with
from .cookie_store import CookieStoreGetOptions, what_to_get
from .process_changes import CookieChangeSubscription, CookieChangeSubscriptions
from .query_cookies import normalize_a_cookie_name_or_value


class CookieStoreManager:
    """The subscriptions of a service worker registration: `registration.cookies`.

    https://cookiestore.spec.whatwg.org/#cookiestoremanager
    """

    __slots__ = ("__weakref__", "_registration")

    _registration: RegistrationRecord

    __init__ = illegal_constructor

    def subscribe(
        self, subscriptions: Iterable[CookieStoreGetOptions | CookieChangeSubscription]
    ) -> Promise[None]:
        """Let the worker get `cookiechange` events for cookies with a name, or any name, at a URL
        within its scope, or at the scope itself. TypeError for another URL.

        https://cookiestore.spec.whatwg.org/#dom-cookiestoremanager-subscribe
        """
        try:
            entries = [
                what_to_get(to_dictionary(CookieStoreGetOptions, entry, CookieStoreGetOptions()))
                for entry in list_of(subscriptions)
            ]
            for subscription in self._subscriptions_of(entries):
                subscription_list = self._registration.record(CookieChangeSubscriptions).list
                if subscription not in subscription_list:
                    subscription_list.append(subscription)
        except TypeError as error:
            return a_promise_rejected_with(error)
        return a_promise_resolved_with(None)

    def getSubscriptions(self) -> Promise[list[CookieChangeSubscription]]:
        """What has been subscribed to.

        https://cookiestore.spec.whatwg.org/#dom-cookiestoremanager-getsubscriptions
        """
        return a_promise_resolved_with(
            self._registration.record(CookieChangeSubscriptions).list.copy()
        )

    def unsubscribe(
        self, subscriptions: Iterable[CookieStoreGetOptions | CookieChangeSubscription]
    ) -> Promise[None]:
        """The inverse of `subscribe`.

        https://cookiestore.spec.whatwg.org/#dom-cookiestoremanager-unsubscribe
        """
        try:
            entries = [
                what_to_get(to_dictionary(CookieStoreGetOptions, entry, CookieStoreGetOptions()))
                for entry in list_of(subscriptions)
            ]
            for subscription in self._subscriptions_of(entries):
                subscription_list = self._registration.record(CookieChangeSubscriptions).list
                if subscription in subscription_list:
                    subscription_list.remove(subscription)
        except TypeError as error:
            return a_promise_rejected_with(error)
        return a_promise_resolved_with(None)

    def _subscriptions_of(
        self, entries: Iterable[CookieStoreGetOptions]
    ) -> Iterable[CookieChangeSubscription]:
        """One after the other: those before a wrong one count."""
        scope_url = url_serializer(self._registration.scope_url)
        for entry in entries:
            name = None
            if "name" in entry:
                name = normalize_a_cookie_name_or_value(entry["name"])
            url = scope_url
            if "url" in entry:
                try:
                    base_url = current_settings_object().api_base_url
                    url = url_serializer(url_parser(entry["url"], base_url))
                except URLFailure:
                    raise TypeError(f"Invalid URL: {entry['url']!r}") from None
            if not url.startswith(scope_url):
                raise TypeError(f"The URL {url!r} is not within the scope {scope_url!r}")
            yield CookieChangeSubscription(name, url)


def create_a_cookie_store_manager(registration: RegistrationRecord) -> CookieStoreManager:
    """That of a registration is the record of this kind.

    Part of https://cookiestore.spec.whatwg.org/#dom-serviceworkerregistration-cookies
    """
    manager: CookieStoreManager = new(CookieStoreManager)
    manager._registration = registration
    return manager


def list_of(
    subscriptions: Iterable[CookieStoreGetOptions | CookieChangeSubscription],
) -> Iterable[CookieStoreGetOptions | CookieChangeSubscription]:
    """TypeError for one subscription where a list of them is due.

    Part of https://cookiestore.spec.whatwg.org/#dom-cookiestoremanager-subscribe
    """
    if isinstance(subscriptions, (str, Mapping)):
        raise TypeError(f"Subscriptions are a list, such as [{subscriptions!r:.40}]")
    return subscriptions
