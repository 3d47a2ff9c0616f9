"""The EventSource interface.

HTML Standard, 9.2.2:
https://html.spec.whatwg.org/multipage/server-sent-events.html#the-eventsource-interface
"""

from __future__ import annotations

from typing import TypedDict, Unpack

from ...dom.event_target import EventTarget
from ...fetch.requests import RequestRecord
from ...url.url_parsing import url_parser
from ...url.url_representation import URLRecord
from ...url.url_serializing import url_serializer
from ...url.writing import URLFailure
from ...webidl.dictionaries import to_dictionary
from ...webidl.exceptions import DOMException
from ...webidl.type_mapping import to_usv_string
from ..event_handlers import EventHandlerIDLAttribute
from ..settings_objects import current_settings_object
from .processing_model import CLOSED, EventSourceRecord, fetch_the_stream


class EventSourceInit(TypedDict, total=False):
    """https://html.spec.whatwg.org/multipage/server-sent-events.html#eventsourceinit"""

    withCredentials: bool


class EventSource(EventTarget):
    """https://html.spec.whatwg.org/multipage/server-sent-events.html#eventsource"""

    # https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-connecting
    CONNECTING = 0
    # https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-open
    OPEN = 1
    # https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-closed
    CLOSED = 2

    __slots__ = ("_record", "_url", "_with_credentials")

    _record: EventSourceRecord
    _url: URLRecord
    _with_credentials: bool

    onopen = EventHandlerIDLAttribute()
    onmessage = EventHandlerIDLAttribute()
    onerror = EventHandlerIDLAttribute()

    def __init__(
        self,
        url: str,
        eventSourceInitDict: EventSourceInit | None = None,
        **members: Unpack[EventSourceInit],
    ) -> None:
        """Connect to a URL, and again whenever the connection ends, until this is closed. A
        SyntaxError DOMException if it is not a URL, RuntimeError without a running event loop.

        https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource
        """
        init = to_dictionary(EventSourceInit, eventSourceInitDict, members)
        settings_object = current_settings_object()
        try:
            self._url = url_parser(to_usv_string(url), settings_object.api_base_url)
        except URLFailure as failure:
            raise DOMException(f"Invalid URL: {url!r} ({failure})", "SyntaxError") from None
        self._with_credentials = bool(init.get("withCredentials"))
        request = create_a_potential_cors_request(self._url, self._with_credentials)
        request.client = settings_object
        request.header_list.set("Accept", "text/event-stream")
        request.cache_mode = "no-store"
        request.initiator_type = "other"
        self._record = EventSourceRecord(self, settings_object, request)
        fetch_the_stream(self._record)

    @property
    def url(self) -> str:
        """https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-url"""
        return url_serializer(self._url)

    @property
    def withCredentials(self) -> bool:
        """https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-withcredentials"""
        return self._with_credentials

    @property
    def readyState(self) -> int:
        """CONNECTING, OPEN or CLOSED.

        https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-readystate
        """
        return self._record.ready_state

    def close(self) -> None:
        """No event comes any more.

        https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-close
        """
        self._record.close()

    def _event_listener_list_has_changed(self, type: str, is_added: bool) -> None:
        self._record.be_held_by_the_scope(bool(self._event_listener_list))

    def __del__(self) -> None:
        # This may happen in any thread, and after the loop has gone.
        record: EventSourceRecord | None = getattr(self, "_record", None)
        if record is not None and record.ready_state != CLOSED:
            asyncio_loop = record.event_loop.asyncio_loop
            if not asyncio_loop.is_closed():
                asyncio_loop.call_soon_threadsafe(record.close)


def create_a_potential_cors_request(url: URLRecord, use_credentials: bool) -> RequestRecord:
    """Part of https://html.spec.whatwg.org/multipage/urls-and-fetching.html#create-a-potential-cors-request"""
    request = RequestRecord(url)
    request.mode = "cors"
    request.credentials_mode = "include" if use_credentials else "same-origin"
    request.use_url_credentials = True
    return request
