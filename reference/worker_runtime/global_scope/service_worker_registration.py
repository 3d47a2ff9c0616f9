"""ServiceWorkerRegistration as a worker sees it: that of Service Workers, with what Cookie Store
adds to it.

Service Workers, 3.2: https://w3c.github.io/ServiceWorker/#serviceworkerregistration-interface
Cookie Store, 4.4: https://cookiestore.spec.whatwg.org/#ServiceWorkerRegistration
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..service_workers import service_worker_registration
from ..webidl.interfaces import add_the_partial_interface

if TYPE_CHECKING:
    from ..cookiestore.cookie_store_manager import CookieStoreManager


class RegistrationWithCookies(service_worker_registration.ServiceWorkerRegistration):
    """The partial interface.

    Part of https://cookiestore.spec.whatwg.org/#ServiceWorkerRegistration
    """

    __slots__ = ()

    @property
    def cookies(self) -> CookieStoreManager:
        """https://cookiestore.spec.whatwg.org/#dom-serviceworkerregistration-cookies"""
        from ..cookiestore.cookie_store_manager import create_a_cookie_store_manager

        return self._registration.record(create_a_cookie_store_manager)


if TYPE_CHECKING:

    class ServiceWorkerRegistration(RegistrationWithCookies):
        """For type checkers: Python's types have no partial interfaces."""

else:
    ServiceWorkerRegistration = add_the_partial_interface(
        service_worker_registration.ServiceWorkerRegistration, RegistrationWithCookies
    )
