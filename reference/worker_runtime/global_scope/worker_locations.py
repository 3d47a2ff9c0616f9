"""Worker locations: the URL of a worker, in parts.

HTML Standard, 10.3.3: https://html.spec.whatwg.org/multipage/workers.html#worker-locations
"""

from __future__ import annotations

from typing import Any

from ..html.settings_objects import current_global_object
from ..url.host_serializing import host_serializer
from ..url.origins import ascii_serialization_of_an_origin
from ..url.url_representation import URLRecord
from ..url.url_serializing import origin, url_path_serializer, url_serializer
from ..webidl.interfaces import illegal_constructor, new


class WorkerLocation:
    """The URL of a worker; it does not change.

    https://html.spec.whatwg.org/multipage/workers.html#workerlocation
    """

    __slots__ = ("__weakref__", "_url")

    __init__ = illegal_constructor

    _url: URLRecord

    @property
    def href(self) -> str:
        """https://html.spec.whatwg.org/multipage/workers.html#dom-workerlocation-href"""
        return url_serializer(self._url)

    def __str__(self) -> str:
        return self.href

    @property
    def origin(self) -> str:
        """https://html.spec.whatwg.org/multipage/workers.html#dom-workerlocation-origin"""
        return ascii_serialization_of_an_origin(origin(self._url))

    @property
    def protocol(self) -> str:
        """The scheme and a colon.

        https://html.spec.whatwg.org/multipage/workers.html#dom-workerlocation-protocol
        """
        return self._url.scheme + ":"

    @property
    def host(self) -> str:
        """The host and, unless it is the default one, the port.

        https://html.spec.whatwg.org/multipage/workers.html#dom-workerlocation-host
        """
        return self.hostname if self._url.port is None else f"{self.hostname}:{self._url.port}"

    @property
    def hostname(self) -> str:
        """https://html.spec.whatwg.org/multipage/workers.html#dom-workerlocation-hostname"""
        return "" if self._url.host is None else host_serializer(self._url.host)

    @property
    def port(self) -> str:
        """Empty for the default one.

        https://html.spec.whatwg.org/multipage/workers.html#dom-workerlocation-port
        """
        return "" if self._url.port is None else str(self._url.port)

    @property
    def pathname(self) -> str:
        """https://html.spec.whatwg.org/multipage/workers.html#dom-workerlocation-pathname"""
        return url_path_serializer(self._url)

    @property
    def search(self) -> str:
        """The query after a question mark; empty if there is none.

        https://html.spec.whatwg.org/multipage/workers.html#dom-workerlocation-search
        """
        return f"?{self._url.query}" if self._url.query else ""

    @property
    def hash(self) -> str:
        """The fragment after a number sign; empty if there is none.

        https://html.spec.whatwg.org/multipage/workers.html#dom-workerlocation-hash
        """
        return f"#{self._url.fragment}" if self._url.fragment else ""


class CurrentLocation(WorkerLocation):
    """The location of the worker that is running, whichever that is; RuntimeError if none is.

    Part of https://html.spec.whatwg.org/multipage/workers.html#dom-workerglobalscope-location
    """

    __slots__ = ()

    @property
    def _url(self) -> URLRecord:  # type: ignore[override]
        scope: Any = current_global_object()
        url: URLRecord = scope.location._url
        return url


location: WorkerLocation = new(CurrentLocation)
