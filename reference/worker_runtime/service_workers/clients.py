"""Clients: the pages and workers that a service worker controls, of which a server has none.

Service Workers, 4.3: https://w3c.github.io/ServiceWorker/#clients-interface
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict, Unpack

from ..fetch.url import parse_relative_to_the_worker
from ..webidl.dictionaries import to_dictionary
from ..webidl.exceptions import DOMException
from ..webidl.interfaces import illegal_constructor
from ..webidl.promises import Promise, a_promise_rejected_with, a_promise_resolved_with
from ..webidl.type_mapping import to_usv_string
from .model import ServiceWorkerRecord


class ClientQueryOptions(TypedDict, total=False):
    """Windows that are controlled, by default.

    https://w3c.github.io/ServiceWorker/#dictdef-clientqueryoptions
    """

    includeUncontrolled: bool
    type: Literal["window", "worker", "sharedworker", "all"]


class Clients:
    """https://w3c.github.io/ServiceWorker/#clients"""

    __slots__ = ("_service_worker",)

    _service_worker: ServiceWorkerRecord

    __init__ = illegal_constructor

    def get(self, id: str) -> Promise[Any]:
        """A promise of None: no client has that id.

        https://w3c.github.io/ServiceWorker/#dom-clients-get
        """
        return a_promise_resolved_with(None)

    def matchAll(
        self, options: ClientQueryOptions | None = None, **members: Unpack[ClientQueryOptions]
    ) -> Promise[tuple[Any, ...]]:
        """A promise of no clients.

        https://w3c.github.io/ServiceWorker/#dom-clients-matchall
        """
        try:
            to_dictionary(ClientQueryOptions, options, members)
        except TypeError as error:
            return a_promise_rejected_with(error)
        return a_promise_resolved_with(())

    def openWindow(self, url: str) -> Promise[Any]:
        """A rejection with InvalidAccessError: nobody has clicked on anything. With TypeError if
        the URL is none, or about:blank.

        https://w3c.github.io/ServiceWorker/#dom-clients-openwindow
        """
        try:
            parsed_url = parse_relative_to_the_worker(to_usv_string(url))
        except TypeError as error:
            return a_promise_rejected_with(error)
        if parsed_url.scheme == "about" and parsed_url.path == "blank":
            return a_promise_rejected_with(TypeError("A window with about:blank shows nothing"))
        return a_promise_rejected_with(
            DOMException("A server opens no window", "InvalidAccessError")
        )

    def claim(self) -> Promise[None]:
        """Take control of all clients, which are none; a rejection with InvalidStateError if the
        worker is not the active one.

        https://w3c.github.io/ServiceWorker/#dom-clients-claim
        """
        worker = self._service_worker
        if worker.containing_service_worker_registration.active_worker is not worker:
            return a_promise_rejected_with(
                DOMException("Only the active worker can claim clients", "InvalidStateError")
            )
        return a_promise_resolved_with(None)
