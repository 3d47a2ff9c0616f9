"""Clients: the workers that a service worker has made, and controls. A server has no pages.

Service Workers, 4.3: https://w3c.github.io/ServiceWorker/#clients-interface
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict, Unpack

from ..fetch.url import parse_relative_to_the_worker
from ..webidl.dictionaries import to_dictionary
from ..webidl.exceptions import DOMException
from ..webidl.interfaces import illegal_constructor
from ..webidl.promises import Promise, a_promise_rejected_with, a_promise_resolved_with
from ..webidl.type_mapping import to_dom_string, to_usv_string
from .client import Client, create_client
from .model import ServiceWorkerRecord
from .service_worker_client import ServiceWorkerClient

CLIENT_TYPES = ("window", "worker", "sharedworker", "all")


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

    def get(self, id: str) -> Promise[Client | None]:
        """A promise of the client that has that id, or of None.

        https://w3c.github.io/ServiceWorker/#dom-clients-get
        """
        try:
            id = to_dom_string(id)
        except TypeError as error:
            return a_promise_rejected_with(error)
        for client in self._all():
            if client.id == id:
                return a_promise_resolved_with(create_client(client, self._service_worker))
        return a_promise_resolved_with(None)

    def matchAll(
        self, options: ClientQueryOptions | None = None, **members: Unpack[ClientQueryOptions]
    ) -> Promise[tuple[Client, ...]]:
        """A promise of the clients of a type, the first one first: those that this service worker
        controls, or all.

        https://w3c.github.io/ServiceWorker/#dom-clients-matchall
        """
        try:
            members = to_dictionary(ClientQueryOptions, options, members)
            type = members.get("type", "window")
            if type not in CLIENT_TYPES:
                raise TypeError(f"type is one of {', '.join(CLIENT_TYPES)}, not {type!r:.40}")
        except TypeError as error:
            return a_promise_rejected_with(error)
        matched_clients = [
            create_client(client, self._service_worker)
            for client in self._all()
            if type in ("all", client.type)
            and (
                members.get("includeUncontrolled")
                or client.active_service_worker is self._service_worker
            )
        ]
        return a_promise_resolved_with(tuple(matched_clients))

    def _all(self) -> list[ServiceWorkerClient]:
        return self._service_worker.containing_service_worker_registration.clients.all()

    def openWindow(self, url: str) -> Promise[Any]:
        """A rejection with InvalidAccessError: nobody has clicked on anything. With TypeError if
        it is not a URL, or is about:blank.

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
        """Take control of all clients; a rejection with InvalidStateError if the worker is not the
        active one.

        https://w3c.github.io/ServiceWorker/#dom-clients-claim
        """
        worker = self._service_worker
        registration = worker.containing_service_worker_registration
        if registration.active_worker is not worker:
            return a_promise_rejected_with(
                DOMException("Only the active worker can claim clients", "InvalidStateError")
            )
        for client in self._all():
            client.use(worker)
        return a_promise_resolved_with(None)
