"""Upstream: the server behind this one, which gets the requests that the worker leaves to the
network.

A request and its response are passed on as RFC 9110, 7.6, has it. Their content is passed on as it
comes, in both directions.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

from ..fetch.bodies import BodyRecord
from ..fetch.headers import HeaderList
from ..fetch.http_network_fetch import authority, http_network_fetch
from ..fetch.infrastructure import FetchController, FetchParams
from ..fetch.requests import RequestRecord
from ..fetch.responses import ResponseRecord
from ..host.console import escaped
from ..host.host import Host
from ..host.network import Address, TCPAddress
from ..host.timeouts import Timeouts
from ..html.settings_objects import EnvironmentSettingsObject
from ..http.body_framing import has_content
from ..http.connection import CONNECTION_FIELDS
from ..http.fields import list_members
from ..http.loop_detection import MOST_PASSES, PSEUDONYM
from ..http.message import reason_phrase
from ..url.url_parsing import url_parser
from ..url.url_representation import URLRecord
from ..webidl.awaitables import future_of
from .text_responses import text_response

# What is said of the client here, and what frames a message.
OWN_FIELDS = CONNECTION_FIELDS | {
    "cdn-loop", "expect", "forwarded", "host", "via", "x-forwarded-for", "x-forwarded-host",
    "x-forwarded-proto",
}  # fmt: skip


class Upstream:
    """Where requests are passed on to: a scheme, a host and a port, and a path that goes before
    theirs.
    """

    __slots__ = ("_settings_object", "_url")

    def __init__(self, url: str, timeouts: Timeouts = Timeouts()) -> None:
        self._url = url_parser(url)
        # Its network is not the worker's, which may be restricted.
        self._settings_object = EnvironmentSettingsObject(Host(timeouts=timeouts))

    async def forward(self, request: RequestRecord, controller: FetchController) -> ResponseRecord:
        """The upstream server's response to a request, or one that says why there is none."""
        if request.body is not None and request.body.is_unusable:
            return failure(
                500,
                "The worker has read the body of the request, and then left the request to the "
                "network",
            )
        if (request.header_list.get("Via") or "").count(PSEUDONYM) >= MOST_PASSES:
            return failure(508, "The request has been passed on in a circle")
        fetch_params = FetchParams(self._request_for(request))
        fetch_params.controller = controller
        fetch_params.decodes_content = False
        task = future_of(http_network_fetch(fetch_params))
        controller.upon_abort(lambda reason: task.cancel())
        try:
            response = await task
        except asyncio.CancelledError:
            if controller.state != "aborted":
                raise
            return failure(502, "The client has left")
        if response.type == "error":
            print(
                f"The upstream server does not answer: {escaped(str(response.failure))}",
                file=sys.stderr,
                flush=True,
            )
            is_timeout = isinstance(response.cause, TimeoutError)
            return failure(504 if is_timeout else 502, "The upstream server does not answer")
        is_chunked = response.header_list.contains("Transfer-Encoding")
        response.header_list = HeaderList(end_to_end_fields(response.header_list))
        if is_chunked:  # which overrides it: https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.3
            response.header_list.delete("Content-Length")
        if not has_content(response.status, request.method):
            response.body = None
        return response

    def behind(self, received: RequestRecord) -> Callable[[RequestRecord], RequestRecord]:
        """Steps that turn a request to the origin that was asked into one to the upstream server,
        and leave others as they are.
        """
        scheme, host, port = received.url.scheme, received.url.host, received.url.port

        def steps(request: RequestRecord) -> RequestRecord:
            url = request.current_url
            if (url.scheme, url.host, url.port) != (scheme, host, port):
                return request
            forwarded = self._request_for(request, received.remote_address)
            forwarded.mode = request.mode
            return forwarded

        return steps

    def _request_for(self, request: RequestRecord, sender: Address | None = None) -> RequestRecord:
        forwarded = RequestRecord(
            self._url_for(request.current_url),
            request.method,
            forwarded_headers(request, sender),
            request.body,
        )
        if request.body is not None:
            forwarded.body = body_to_send(request.body)
        forwarded.client = self._settings_object
        return forwarded

    def _url_for(self, url: URLRecord) -> URLRecord:
        base_path = self._url.path
        assert isinstance(base_path, list) and isinstance(url.path, list)
        path = [*(base_path[:-1] if base_path[-1:] == [""] else base_path), *url.path]
        return URLRecord(self._url.scheme, self._url.host, self._url.port, path, url.query)


def forwarded_headers(request: RequestRecord, sender: Address | None = None) -> HeaderList:
    """The header list of a request as it is passed on, which says whom it came from, by whom, and
    what for. The sender is the request's, if no other is given.

    Part of https://www.rfc-editor.org/rfc/rfc7239#section-4
    """
    host = authority(request.current_url)
    scheme = request.current_url.scheme
    header_list = HeaderList([
        (name, value)
        for name, value in end_to_end_fields(request.header_list)
        # Behind CGI and its kin, X_Forwarded_Host is the same as X-Forwarded-Host.
        if not ("_" in name and name.lower().replace("_", "-") in OWN_FIELDS)
    ])  # fmt: skip
    for name in ("Host", "Content-Length", "Expect", "X-Forwarded-Host", "X-Forwarded-Proto"):
        header_list.delete(name)
    sender = sender or request.remote_address
    address = sender.host if isinstance(sender, TCPAddress) else "unknown"
    node = f'"[{address}]"' if ":" in address else address
    header_list.combine("X-Forwarded-For", address)
    header_list.append("X-Forwarded-Proto", scheme)
    header_list.append("X-Forwarded-Host", host)
    header_list.combine("Forwarded", f'for={node};host="{host}";proto={scheme}')
    header_list.combine("Via", f"1.1 {PSEUDONYM}")
    return header_list


def end_to_end_fields(header_list: HeaderList) -> list[tuple[str, str]]:
    """The headers that are not about the connection they came by. Content-Length is, but says
    something worth passing on.

    https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
    """
    options = {option.lower() for option in list_members(header_list.get("Connection") or "")}
    hop_by_hop = (CONNECTION_FIELDS | options) - {"content-length"}
    return [(name, value) for name, value in header_list if name.lower() not in hop_by_hop]


def body_to_send(body: BodyRecord) -> BodyRecord:
    """The same body, whose bytes in hand are sent as such even where somebody has looked at its
    stream.
    """
    return BodyRecord(body.source, body.length) if body.source is not None else body


def failure(status: int, explanation: str) -> ResponseRecord:
    """A response that says why there is none of the upstream server's."""
    return text_response(status, f"{status} {reason_phrase(status)}\n{explanation}\n")
