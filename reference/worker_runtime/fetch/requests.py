"""Requests: what is asked for, of whom, and how.

Fetch Standard, 2.2.5: https://fetch.spec.whatwg.org/#requests
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from ..host.network import Address, TLSFacts
from ..html.settings_objects import EnvironmentSettingsObject
from ..url.origins import Origin, ascii_serialization_of_an_origin
from ..url.url_parsing import url_parser
from ..url.url_representation import URLRecord
from ..url.url_serializing import origin
from .bodies import BodyRecord
from .headers import HeaderList

RequestDestination: TypeAlias = Literal[
    "", "audio", "audioworklet", "document", "embed", "font", "frame", "iframe", "image", "json",
    "manifest", "object", "paintworklet", "report", "script", "serviceworker", "sharedworker",
    "style", "text", "track", "video", "webidentity", "worker", "xslt",
]  # fmt: skip
RequestMode: TypeAlias = Literal[
    "navigate", "same-origin", "no-cors", "cors", "websocket", "webtransport"
]
RequestCredentials: TypeAlias = Literal["omit", "same-origin", "include"]
RequestCache: TypeAlias = Literal[
    "default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"
]
RequestRedirect: TypeAlias = Literal["follow", "error", "manual"]
RequestPriority: TypeAlias = Literal["high", "low", "auto"]
RedirectTaint: TypeAlias = Literal["same-origin", "same-site", "cross-site"]
ReferrerPolicy: TypeAlias = Literal[
    "", "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin",
    "origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url",
]  # fmt: skip


class RequestRecord:
    """A request, with the standard's items under their names and with their defaults.

    The URL may be given as a string that is known to parse: it is parsed when somebody looks at it.

    https://fetch.spec.whatwg.org/#concept-request
    """

    # Most items of most requests are never set: their defaults stay on the class, which makes a
    # request cheap.
    local_urls_only = False
    unsafe_request = False
    client: EnvironmentSettingsObject | None = None
    reserved_client: EnvironmentSettingsObject | None = None
    replaces_client_id = ""
    traversable_for_user_prompts: Literal["no-traversable", "client"] = "client"
    keepalive = False
    initiator_type: str | None = None
    service_workers_mode: Literal["all", "none"] = "all"
    initiator: Literal["", "download", "imageset", "manifest", "prefetch", "prerender", "xslt"] = ""
    destination: RequestDestination = ""
    priority: RequestPriority = "auto"
    origin: Origin | Literal["client"] = "client"
    referrer: URLRecord | Literal["no-referrer", "client"] = "client"
    referrer_policy: ReferrerPolicy = ""
    mode: RequestMode = "no-cors"
    use_cors_preflight = False
    credentials_mode: RequestCredentials = "same-origin"
    use_url_credentials = False
    cache_mode: RequestCache = "default"
    redirect_mode: RequestRedirect = "follow"
    integrity_metadata = ""
    reload_navigation = False
    history_navigation = False
    redirect_count = 0
    response_tainting: Literal["basic", "cors", "opaque"] = "basic"
    prevent_no_cache_cache_control_header_modification = False
    done = False
    timing_allow_failed = False
    # Not of the standard: the client that sent it to a server.
    remote_address: Address | None = None
    # Not of the standard: what that client and the server have agreed on, if they speak TLS.
    tls_facts: TLSFacts | None = None

    def __init__(
        self,
        url: URLRecord | str,
        method: str = "GET",
        header_list: HeaderList | None = None,
        body: BodyRecord | None = None,
    ) -> None:
        self.method = method
        self.header_list = HeaderList() if header_list is None else header_list
        self.body = body
        self._url_list: list[URLRecord] | str = url if isinstance(url, str) else [url]

    @property
    def url_list(self) -> list[URLRecord]:
        """The URL, and those it was redirected to.

        https://fetch.spec.whatwg.org/#concept-request-url-list
        """
        if isinstance(self._url_list, str):
            self._url_list = [url_parser(self._url_list)]
        return self._url_list

    @url_list.setter
    def url_list(self, urls: list[URLRecord]) -> None:
        self._url_list = urls

    @property
    def url(self) -> URLRecord:
        """https://fetch.spec.whatwg.org/#concept-request-url"""
        return self.url_list[0]

    @property
    def current_url(self) -> URLRecord:
        """https://fetch.spec.whatwg.org/#concept-request-current-url"""
        return self.url_list[-1]

    def clone(self) -> RequestRecord:
        """https://fetch.spec.whatwg.org/#concept-request-clone"""
        new_request = RequestRecord.__new__(RequestRecord)
        new_request.__dict__.update(self.__dict__)
        new_request.header_list = self.header_list.copy()
        if not isinstance(self._url_list, str):
            new_request._url_list = self._url_list.copy()
        if self.body is not None:
            new_request.body = self.body.clone()
        return new_request

    def add_a_range_header(self, first: int, last: int | None = None) -> None:
        """Ask for the bytes from the first to the last, both inclusive.

        https://fetch.spec.whatwg.org/#concept-request-add-range-header
        """
        assert last is None or first <= last
        self.header_list.append("Range", f"bytes={first}-{'' if last is None else last}")


def redirect_taint(request: RequestRecord) -> RedirectTaint:
    """How far the request has been sent about.

    https://fetch.spec.whatwg.org/#concept-request-tainted-origin
    """
    from ..html.origins import same_origin, same_site

    assert request.origin != "client"
    taint: RedirectTaint = "same-origin"
    last_origin: Origin | None = None
    for url_origin in map(origin, request.url_list):
        if last_origin is not None:
            if not same_site(url_origin, last_origin) and not same_site(
                request.origin, last_origin
            ):
                return "cross-site"
            if not same_origin(url_origin, last_origin) and not same_origin(
                request.origin, last_origin
            ):
                taint = "same-site"
        last_origin = url_origin
    return taint


def serializing_a_request_origin(request: RequestRecord) -> str:
    """https://fetch.spec.whatwg.org/#serializing-a-request-origin"""
    assert request.origin != "client"
    return (
        ascii_serialization_of_an_origin(request.origin)
        if redirect_taint(request) == "same-origin"
        else "null"
    )


def is_script_like(destination: RequestDestination) -> bool:
    """https://fetch.spec.whatwg.org/#request-destination-script-like"""
    return destination in (
        "audioworklet",
        "paintworklet",
        "script",
        "serviceworker",
        "sharedworker",
        "worker",
    )


def is_subresource_request(request: RequestRecord) -> bool:
    """https://fetch.spec.whatwg.org/#subresource-request"""
    return request.destination in (
        "", "audio", "audioworklet", "font", "image", "json", "manifest", "paintworklet", "script",
        "style", "text", "track", "video", "xslt",
    )  # fmt: skip


def is_non_subresource_request(request: RequestRecord) -> bool:
    """https://fetch.spec.whatwg.org/#non-subresource-request"""
    return request.destination in (
        "document", "embed", "frame", "iframe", "object", "report", "serviceworker", "sharedworker",
        "worker",
    )  # fmt: skip


def is_navigation_request(request: RequestRecord) -> bool:
    """https://fetch.spec.whatwg.org/#navigation-request"""
    return request.destination in ("document", "embed", "frame", "iframe", "object")
