"""Fetch method: `fetch()`.

Fetch Standard, 5.6: https://fetch.spec.whatwg.org/#fetch-method
"""

from __future__ import annotations

from typing import Unpack
from weakref import ref

from ..dom import aborting_ongoing_activities
from ..dom.aborting_ongoing_activities import AbortSignal
from ..html.event_loops import relevant_event_loop
from ..streams.other_specifications import cancel_readable_stream, error_readable_stream
from ..webidl.promises import Promise, a_new_promise, mark_as_handled, reject, resolve
from . import fetching, response_class
from .infrastructure import AnyResponse, FetchController
from .request_class import Request, RequestInfo, RequestInit
from .requests import RequestRecord
from .response_class import Response
from .responses import ResponseRecord


def fetch(
    input: RequestInfo,
    init: RequestInit | Request | None = None,
    **members: Unpack[RequestInit],
) -> Promise[Response]:
    """A promise of the response to a request; a TypeError if there is none, or the reason of the
    signal if it was aborted.

    The arguments are those of `Request`. The promise is fulfilled when the head of the response is
    there, whatever its status; the body comes as it is read. Needs a running event loop.

    https://fetch.spec.whatwg.org/#dom-global-fetch
    """
    relevant_event_loop()
    promise = a_new_promise()
    try:
        request_object = Request(input, init, **members)
    except Exception as error:
        reject(promise, error)
        return promise
    request = request_object._request
    # OPTIMIZATION: without a signal from outside nobody can abort the request, for nobody else has
    # this object.
    signal = (
        None
        if init is None and members.get("signal") is None and not isinstance(input, Request)
        else request_object.signal
    )
    if signal is not None and signal.aborted:
        abort_the_fetch_call(promise, request, None, signal.reason)
        return promise
    request.service_workers_mode = "none"
    call = FetchCall(promise, request, signal)
    if signal is not None:
        aborting_ongoing_activities.add(signal, call.abort)
    call.controller = fetching.fetch(
        request, call.process_response, call.process_response_end_of_body
    )
    return promise


class FetchCall:
    """What a call of `fetch()` remembers until its response has come to its end.

    It holds neither the Response nor its body: these belong to who called, and when they are
    dropped nothing more is fetched.

    Part of https://fetch.spec.whatwg.org/#dom-global-fetch
    """

    __slots__ = (
        "_has_ended",
        "_is_locally_aborted",
        "_promise",
        "_request",
        "_response_object",
        "_signal",
        "controller",
    )

    controller: FetchController

    def __init__(
        self, promise: Promise[Response], request: RequestRecord, signal: AbortSignal | None
    ) -> None:
        self._promise: Promise[Response] | None = promise
        self._request = request
        self._signal = signal
        self._response_object: ref[Response] | None = None
        self._is_locally_aborted = False
        self._has_ended = False

    def abort(self) -> None:
        """What the signal does."""
        assert self._signal is not None
        self._is_locally_aborted = True
        self.controller.abort(self._signal.reason)
        response_object = None if self._response_object is None else self._response_object()
        abort_the_fetch_call(self._promise, self._request, response_object, self._signal.reason)

    def process_response(self, response: AnyResponse) -> None:
        """The response is there, or there will be none."""
        promise, self._promise = self._promise, None
        if self._is_locally_aborted:
            return
        assert promise is not None
        if response.type == "error":
            assert isinstance(response, ResponseRecord)
            self.forget()
            if response.aborted:
                reject(promise, self.controller.serialized_abort_reason)
                return
            error = TypeError(
                f"fetch failed: {response.failure}" if response.failure else "fetch failed"
            )
            error.__cause__ = response.cause
            reject(promise, error)
            return
        response_object = response_class.create(response, "immutable")
        if self._signal is not None:
            self._response_object = ref(response_object, self._response_object_is_dropped)
        resolve(promise, response_object)

    def process_response_end_of_body(self) -> None:
        """Nothing more comes from the network. What is not read of the body yet can still be made
        to fail by the signal.
        """
        self._has_ended = True
        if self._response_object is not None and self._response_object() is None:
            self.forget()

    def _response_object_is_dropped(self, reference: ref[Response]) -> None:
        if self._has_ended:
            self.forget()

    def forget(self) -> None:
        """The signal need not hold this any more."""
        if self._signal is not None:
            aborting_ongoing_activities.remove(self._signal, self.abort)


def abort_the_fetch_call(
    promise: Promise[Response] | None,
    request: RequestRecord,
    response_object: Response | None,
    error: object,
) -> None:
    """https://fetch.spec.whatwg.org/#abort-fetch"""
    if promise is not None:
        reject(promise, error)
    if request.body is not None and request.body.source is None:
        mark_as_handled(cancel_readable_stream(request.body.stream, error))
    if response_object is not None and response_object._response.body is not None:
        error_readable_stream(response_object._response.body.stream, error)
