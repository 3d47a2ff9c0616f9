"""Clients: the pages and workers that a service worker controls, of which a server has none.

Service Workers, 4.3: https://w3c.github.io/ServiceWorker/#clients-interface
"""

from __future__ import annotations

from typing import Any, Literal

from ..webidl.exceptions import DOMException
from ..webidl.interfaces import illegal_constructor
from ..webidl.promises import Promise, a_promise_rejected_with, a_promise_resolved_with


class Clients:
    """https://w3c.github.io/ServiceWorker/#clients"""

    __slots__ = ()

    __init__ = illegal_constructor

    def get(self, id: str) -> Promise[Any]:
        """A promise of None: no client has that id.

        https://w3c.github.io/ServiceWorker/#dom-clients-get
        """
        return a_promise_resolved_with(None)

    def matchAll(
        self,
        *,
        includeUncontrolled: bool = False,
        type: Literal["window", "worker", "sharedworker", "all"] = "window",
    ) -> Promise[tuple[Any, ...]]:
        """A promise of no clients.

        https://w3c.github.io/ServiceWorker/#dom-clients-matchall
        """
        return a_promise_resolved_with(())

    def openWindow(self, url: str) -> Promise[Any]:
        """A rejection with InvalidAccessError: nobody has clicked on anything.

        https://w3c.github.io/ServiceWorker/#dom-clients-openwindow
        """
        return a_promise_rejected_with(
            DOMException("A server opens no window", "InvalidAccessError")
        )

    def claim(self) -> Promise[None]:
        """Take control of all clients, which are none.

        https://w3c.github.io/ServiceWorker/#dom-clients-claim
        """
        return a_promise_resolved_with(None)
