"""Fetch events: a request that waits for the worker's response.

Service Workers, 4.6: https://w3c.github.io/ServiceWorker/#fetchevent-interface
"""

from __future__ import annotations

from functools import partial
from types import CoroutineType
from typing import Any, TypedDict, Unpack, cast, overload

from ..fetch.request_class import Request
from ..fetch.response_class import Response
from ..fetch.responses import FilteredResponse, ResponseRecord
from ..host.console import Mistake
from ..hr_time.time_origin import unsafe_shared_current_time
from ..html.event_loops import a_microtask_would_be_next
from ..html.settings_objects import EnvironmentSettingsObject
from ..webidl.awaitables import Continuation, Future, begin, let_go
from ..webidl.dictionaries import to_dictionary
from ..webidl.exceptions import DOMException
from ..webidl.promises import (
    Promise,
    a_promise_resolved_with,
    perform_promise_then,
    promise_resolve,
    reject,
    resolve,
)
from .extendable_event import (
    ExtendableEvent,
    ExtendableEventInit,
    add_lifetime_promise,
    decrement_the_pending_promises_count,
)


class _RequestOfTheEvent(TypedDict):
    request: Request


class FetchEventInit(ExtendableEventInit, _RequestOfTheEvent, total=False):
    """The request is required.

    https://w3c.github.io/ServiceWorker/#dictdef-fetcheventinit
    """

    preloadResponse: object
    clientId: str
    resultingClientId: str
    replacesClientId: str
    handled: object


class FetchEvent(ExtendableEvent):
    """A request to this worker; `respondWith` answers it.

    https://w3c.github.io/ServiceWorker/#fetchevent-interface
    """

    __slots__ = (
        "_client_id", "_handled", "_handling_succeeded", "_passes_through_on_exception",
        "_potential_response", "_preload_response", "_replaces_client_id", "_request",
        "_respond_with_entered_flag", "_respond_with_error", "_response_is_settled",
        "_resulting_client_id",
    )  # fmt: skip

    @overload
    def __init__(self, type: str, **members: Unpack[FetchEventInit]) -> None: ...
    @overload
    def __init__(self, type: str, eventInitDict: FetchEventInit | FetchEvent) -> None: ...
    def __init__(self, type: str, eventInitDict: object = None, **members: Any) -> None:
        """https://w3c.github.io/ServiceWorker/#dom-fetchevent-fetchevent"""
        init = to_dictionary(FetchEventInit, eventInitDict, cast(FetchEventInit, members))
        self._initialize(type, init)
        self._request = init["request"]
        self._client_id = init.get("clientId", "")
        self._resulting_client_id = init.get("resultingClientId", "")
        self._replaces_client_id = init.get("replacesClientId", "")
        self._preload_response: Promise[Any] | None = (
            promise_resolve(init["preloadResponse"]) if "preloadResponse" in init else None
        )
        self._handled: Promise[None] | None = (
            promise_resolve(init["handled"]) if "handled" in init else None
        )
        self._potential_response: ResponseRecord | FilteredResponse | None = None
        self._respond_with_entered_flag = False
        # https://w3c.github.io/ServiceWorker/#fetchevent-respond-with-error-flag, which is the
        # error here
        self._respond_with_error: object = None
        # https://w3c.github.io/ServiceWorker/#fetchevent-wait-to-respond-flag, as what goes on when
        # it is unset
        self._response_is_settled: Continuation | None = None
        self._handling_succeeded: bool | None = None
        self._passes_through_on_exception = False  # SPEC_NOTES.md#execution-context

    @property
    def request(self) -> Request:
        """https://w3c.github.io/ServiceWorker/#dom-fetchevent-request"""
        return self._request

    @property
    def preloadResponse(self) -> Promise[Any]:
        """A promise of None: a server is asked once, and there is nothing to preload.

        https://w3c.github.io/ServiceWorker/#dom-fetchevent-preloadresponse
        """
        if self._preload_response is None:
            self._preload_response = Promise.resolve()
        return self._preload_response

    @property
    def clientId(self) -> str:
        """https://w3c.github.io/ServiceWorker/#dom-fetchevent-clientid"""
        return self._client_id

    @property
    def resultingClientId(self) -> str:
        """https://w3c.github.io/ServiceWorker/#dom-fetchevent-resultingclientid"""
        return self._resulting_client_id

    @property
    def replacesClientId(self) -> str:
        """https://w3c.github.io/ServiceWorker/#dom-fetchevent-replacesclientid"""
        return self._replaces_client_id

    @property
    def handled(self) -> Promise[None]:
        """A promise that is fulfilled when the event has been answered, or left to others;
        NetworkError if that failed.

        https://w3c.github.io/ServiceWorker/#dom-fetchevent-handled
        """
        if self._handled is None:
            self._handled = Promise()
            settle_handled(self, self._handling_succeeded)
        return self._handled

    def respondWith(self, r: object) -> None:
        """Answer with a Response, or with a promise or a coroutine of one.

        InvalidStateError if the event has been answered, or its listeners have all returned.

        https://w3c.github.io/ServiceWorker/#dom-fetchevent-respondwith
        """
        if not self._dispatch_flag:
            raise DOMException(
                "The event's listeners have returned: it is too late to respond; call "
                "respondWith() at once, with a promise or a coroutine",
                "InvalidStateError",
            )
        if self._respond_with_entered_flag:
            raise DOMException(
                "The event has been responded to already; keep one respondWith()",
                "InvalidStateError",
            )
        if type(r) is CoroutineType:
            # OPTIMIZATION: what an async function has returned in its first step is there, as a
            # promise of it would be in the next microtask.
            begun = begin(r)
            if not isinstance(begun, tuple):
                if self._is_trusted and not begun.done():
                    respond_when_it_is_done(self, begun)
                    return
                r = begun
            elif isinstance(begun[0], Response):
                r = begun[0]
            else:
                r = a_promise_resolved_with(begun[0])
        if isinstance(r, Response) and self._is_trusted and a_microtask_would_be_next():
            # OPTIMIZATION: a response that is there needs no promise. That the event is active
            # until a microtask has run can be seen by a microtask only, and none waits.
            self._stop_propagation_flag = self._stop_immediate_propagation_flag = (
                self._respond_with_entered_flag
            ) = True
            set_potential_response(self, r)
            return
        promise: Promise[Any] = promise_resolve(r)
        add_lifetime_promise(self, promise)
        self._stop_propagation_flag = self._stop_immediate_propagation_flag = True
        self._respond_with_entered_flag = True
        self._response_is_settled = Continuation()
        respond_when_it_is_settled(self, promise)


def create(request: Request, settings_object: EnvironmentSettingsObject) -> FetchEvent:
    """The event for a request to a scope.

    OPTIMIZATION: what `create_an_event` and three constructors make in that scope, at once.

    https://w3c.github.io/ServiceWorker/#dom-fetcheventinit-request
    """
    event: FetchEvent = FetchEvent.__new__(FetchEvent)
    event._type = "fetch"
    event._unsafe_time = unsafe_shared_current_time(settings_object.host.clock)
    event._cancelable = event._is_trusted = True
    event._bubbles = event._composed_flag = event._dispatch_flag = event._canceled_flag = False
    event._stop_propagation_flag = event._stop_immediate_propagation_flag = False
    event._in_passive_listener_flag = event._listeners_did_throw = False
    event._target = event._current_target = None
    event._extend_lifetime_promises = event._until_inactive = event._upon_inactive = None
    event._pending_promises_count = 0
    event._request = request
    event._client_id = event._resulting_client_id = event._replaces_client_id = ""
    event._preload_response = event._handled = event._potential_response = None
    event._respond_with_entered_flag = event._passes_through_on_exception = False
    event._respond_with_error = event._response_is_settled = event._handling_succeeded = None
    return event


def respond_when_it_is_settled(event: FetchEvent, promise: Promise[Any]) -> None:
    """What `respondWith` does upon fulfillment and upon rejection.

    Part of https://w3c.github.io/ServiceWorker/#dom-fetchevent-respondwith
    """
    settled = event._response_is_settled
    assert settled is not None

    def respond_with_error(reason: object) -> None:
        event._respond_with_error = reason
        settled.go_on_soon()

    def respond(response: object) -> None:
        set_potential_response(event, response)
        settled.go_on_soon()

    perform_promise_then(promise, respond, respond_with_error)


def respond_when_it_is_done(event: FetchEvent, task: Future[Any]) -> None:
    """What `respondWith` does with an async function that waits for something.

    OPTIMIZATION: the promise of it would be seen by nobody, and is made only if it is needed.

    Part of https://w3c.github.io/ServiceWorker/#dom-fetchevent-respondwith
    """
    event._stop_propagation_flag = event._stop_immediate_propagation_flag = True
    event._respond_with_entered_flag = True
    event._pending_promises_count += 1
    event._response_is_settled = Continuation()
    task.add_done_callback(partial(respond_with_what_came_of_it, event))


def respond_with_what_came_of_it(event: FetchEvent, task: Future[Any]) -> None:
    """Part of https://w3c.github.io/ServiceWorker/#dom-fetchevent-respondwith"""
    let_go(task)
    response = None if task.cancelled() or task.exception() is not None else task.result()
    if isinstance(response, Response) and a_microtask_would_be_next():
        # The reactions of the promise would be the next microtasks.
        set_potential_response(event, response)
        decrement_the_pending_promises_count(event)
        assert event._response_is_settled is not None
        event._response_is_settled.go_on()
        return
    promise = a_promise_resolved_with(task)
    add_lifetime_promise(event, promise)
    event._pending_promises_count -= 1  # the one that stood for it
    respond_when_it_is_settled(event, promise)


def set_potential_response(event: FetchEvent, response: object) -> None:
    """What `respondWith` does with the value that it was given, or waited for.

    Part of https://w3c.github.io/ServiceWorker/#dom-fetchevent-respondwith
    """
    if not isinstance(response, Response):
        event._respond_with_error = mistake_in_the_handler(
            event,
            f"respondWith() takes a Response, not {type(response).__name__}: {response!r:.100}"
            f"{what_to_answer(response)}",
        )
    elif (body := response._response.body) is not None and body.is_unusable:
        event._respond_with_error = mistake_in_the_handler(
            event,
            "The body of this Response has been used: a response answers one request; make one for "
            "each",
        )
    else:
        # 13.2.3 to 5. The receiver of this response reads its body from here on, so the copy and
        # the stream between are left out.
        event._potential_response = response._response


def mistake_in_the_handler(event: FetchEvent, message: str) -> Mistake:
    """What is wrong with the answer to an event, and where that was given.

    Part of https://w3c.github.io/ServiceWorker/#dom-fetchevent-respondwith
    """
    from .handler_places import place_of_the_handler

    scope = event._target
    is_in_a_scope = scope is not None and hasattr(scope, "_settings_object")
    place = place_of_the_handler(scope, event._type) if is_in_a_scope else None
    return Mistake(message if place is None else f"{place}: {message}")


def what_to_answer(value: object) -> str:
    """The end of an error: what to write so that a value becomes a response.

    Part of https://w3c.github.io/ServiceWorker/#dom-fetchevent-respondwith
    """
    match value:
        case None:
            return "; a handler ends with `return Response(...)`"
        case tuple():
            return "; write Response(body, status=404, headers={...})"
        case dict() | list():
            return "; write Response.json(...)"
        case _ if callable(value):
            return f"; write {getattr(value, '__name__', 'it')}(...) to call it"
    return "; write Response(...)"


def settle_handled(event: FetchEvent, succeeded: bool | None) -> None:
    """Remember how an event was handled, and tell those who have asked.

    Part of https://w3c.github.io/ServiceWorker/#create-fetch-event-and-dispatch-algorithm
    """
    event._handling_succeeded = succeeded
    if event._handled is None or succeeded is None:
        return
    if succeeded:
        resolve(event._handled)
    else:
        reject(
            event._handled,
            DOMException("The event was not answered with a response", "NetworkError"),
        )
