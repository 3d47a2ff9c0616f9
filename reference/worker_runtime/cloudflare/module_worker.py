"""Module workers: a module that has handlers, such as `fetch`, instead of listeners.

No standard defines them; their text is in SPEC_NOTES.md, "Module workers", and their shape that of
Cloudflare Workers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from ..fetch.request_class import Request
from ..host.console import Mistake
from ..host.network import TCPAddress, TLSFacts
from ..html.global_objects import GlobalObject
from ..service_workers.extendable_event import ExtendableEvent
from ..service_workers.fetch_event import FetchEvent
from ..webidl.callback_function_types import number_of_parameters, to_callback_function
from ..webidl.exceptions import reason_of
from ..webidl.interfaces import missing_attribute
from ..webidl.promises import Promise
from .environment import SET_BY_THE_BASE, Env
from .missing_handlers import (
    check_that_a_request_is_handled,
    refuse_a_handler_that_hides_its_namesake,
    refuse_what_takes_more,
)

if TYPE_CHECKING:
    from .connect_event import ConnectEvent
    from .scheduled_event import ScheduledEvent

GIVEN = {
    "fetch": ("request", "env", "ctx"),
    "scheduled": ("controller", "env", "ctx"),
    "connect": ("socket", "env", "ctx"),
}
"""What a handler gets, by the type of its event."""
PACKAGE = __name__.rpartition(".cloudflare.")[0]
# Where the functions of the platform are that have the names of handlers.
ROOMS_OF_NAMESAKES = {"fetch": f"{PACKAGE}.fetch.", "connect": f"{PACKAGE}.sockets_api."}

# Is called with what has happened, `env` and `ctx`.
Handler: TypeAlias = Callable[[Any, Env, "ExecutionContext"], object]


class RemoteAddress(NamedTuple):
    """Where a request comes from.

    Part of SPEC_NOTES.md#execution-context-remote-addr
    """

    transport: str
    """"tcp" or "unix"."""
    hostname: str
    """The number of the host, or the path of the socket."""
    port: int


class ExecutionContext:
    """What a handler may do with the event that it answers: its `ctx`.

    SPEC_NOTES.md#execution-context
    """

    __slots__ = ("_event",)

    def __init__(self, event: ExtendableEvent) -> None:
        self._event = event

    def waitUntil(self, promise: object) -> None:
        """Keep the worker alive until a promise or an awaitable is settled, also after the
        response.

        SPEC_NOTES.md#execution-context-wait-until
        """
        self._event.waitUntil(promise)

    def passThroughOnException(self) -> None:
        """If the handler raises, let the request go on as if there were no worker.

        SPEC_NOTES.md#execution-context-pass-through-on-exception
        """
        if isinstance(self._event, FetchEvent):
            self._event._passes_through_on_exception = True

    @property
    def remoteAddr(self) -> RemoteAddress | None:
        """The client that sent the request, or connected: the other end of the connection. None if
        it came by none.

        SPEC_NOTES.md#execution-context-remote-addr
        """
        event = self._event
        address = event.request._request.remote_address if isinstance(event, FetchEvent) else None
        if event.type == "connect":
            address = event._stream.remote_address  # type: ignore[attr-defined]
        if address is None:
            return None
        if isinstance(address, TCPAddress):
            return RemoteAddress("tcp", address.host, address.port)
        return RemoteAddress("unix", address.path, 0)

    @property
    def tls(self) -> TLSFacts | None:
        """What that client and the server have agreed on: `version`, `cipher`, and `certificate`,
        the client's. None without TLS.

        SPEC_NOTES.md#execution-context-tls
        """
        event = self._event
        return event.request._request.tls_facts if isinstance(event, FetchEvent) else None

    if not TYPE_CHECKING:  # which would take any name for an attribute that is there

        def __getattr__(self, name):
            raise missing_attribute(self, name)


class WorkerEntrypoint:
    """A base for the class `Default`: each event has an instance of its own with `ctx` and `env`.

    SPEC_NOTES.md#worker-entrypoint
    """

    ctx: ExecutionContext
    env: Env

    def __init__(self, ctx: ExecutionContext, env: Env) -> None:
        self.ctx = ctx
        self.env = env

    if not TYPE_CHECKING:  # which would take any name for an attribute that is there

        def __getattr__(self, name):
            raise missing_attribute(self, name, SET_BY_THE_BASE)


def add_module_handlers(
    scope: GlobalObject, module: Mapping[str, Any], env: Mapping[str, object]
) -> None:
    """Let the handlers that a module has answer the events of its scope. TypeError if it has
    several of a kind, and if nothing would answer a request.

    SPEC_NOTES.md#add-module-handlers
    """
    bindings = Env(env)
    steps: Callable[..., None]
    events = (("fetch", answer), ("scheduled", be_called), ("connect", be_connected_to))
    for type, steps in events:
        found = handler_of(module, type)
        if found is not None:
            from ..service_workers.handler_places import HandlerPlaces, place_of_function

            scope.addEventListener(type, partial(steps, handler=found.handler, env=bindings))
            if (place := place_of_function(found.function)) is not None:
                scope._settings_object.record(HandlerPlaces).by_type[type] = place
    check_that_a_request_is_handled(scope, module)


class FoundHandler(NamedTuple):
    """What is called for an event, and the function of the worker that is called in the end.

    Part of SPEC_NOTES.md#module-handlers
    """

    handler: Handler
    function: Callable[..., Any]


def handler_of(module: Mapping[str, Any], name: str) -> FoundHandler | None:
    """The handler of a module for events of a type, whatever its form; None if it has none.

    SPEC_NOTES.md#module-handlers
    """
    forms: dict[str, FoundHandler] = {}
    handler: Handler
    for variable in ("Default", "default"):
        default = module.get(variable)
        if isinstance(default, type):
            if callable(method := getattr(default, name, None)):
                refuse_what_takes_more(default, variable, ("ctx", "env"))
                refuse_what_takes_more(partial(method, None), name, GIVEN[name])
                handler = partial(call_an_instance, default, name, number_of_parameters(default))
                forms[f"the class {variable}"] = FoundHandler(handler, method)
        elif default is not None:
            method = default.get(name) if isinstance(default, Mapping) else None
            method = method or getattr(default, name, None)
            if method is None and name == "fetch" and callable(default):
                method = default
            if callable(method):
                refuse_what_takes_more(method, name, GIVEN[name])
                handler = to_callback_function(method, 3)
                forms[f"the object {variable}"] = FoundHandler(handler, method)
    for variable in (name, f"on_{name}"):
        function = module.get(variable)
        # not fetch() itself
        if callable(function) and not is_a_namesake(name, function):
            if variable in ROOMS_OF_NAMESAKES:
                refuse_a_handler_that_hides_its_namesake(function, module, variable)
            refuse_what_takes_more(function, variable, GIVEN[name])
            handler = to_callback_function(function, 3)
            forms[f"the function {variable}"] = FoundHandler(handler, function)
    if len(forms) > 1:
        raise Mistake(
            f"{module.get('__file__', 'The worker')}: there are several handlers for {name!r}, "
            f"{' and '.join(forms)}: keep one of them"
        )
    return next(iter(forms.values()), None)


def is_a_namesake(name: str, function: object) -> bool:
    """Whether it is the platform's own function of that name.

    Part of SPEC_NOTES.md#module-handlers
    """
    room = ROOMS_OF_NAMESAKES.get(name)
    return room is not None and (getattr(function, "__module__", None) or "").startswith(room)


def call_an_instance(
    default: type,
    name: str,
    argument_count: int | None,
    argument: object,
    env: Env,
    ctx: ExecutionContext,
) -> object:
    """Call a method of a new instance of a class, which has `ctx` and `env`.

    Part of SPEC_NOTES.md#module-handlers
    """
    instance: Any = default(*(ctx, env)[:argument_count])
    instance.ctx, instance.env = ctx, env
    return to_callback_function(getattr(instance, name), 3)(argument, env, ctx)


def answer(
    event: FetchEvent, handler: Callable[[Request, Env, ExecutionContext], object], env: Env
) -> None:
    """Respond with what a handler returns, or with what it raises.

    SPEC_NOTES.md#answer
    """
    try:
        response = handler(event.request, env, ExecutionContext(event))
    except Exception as error:
        response = Promise.reject(reason_of(error))
    event.respondWith(response)


def be_called(event: ScheduledEvent, handler: Handler, env: Env) -> None:
    """Call a handler with what it may see of a scheduled event, and wait for what it returns.

    SPEC_NOTES.md#be-called
    """
    from .scheduled_event import ScheduledController

    result = handler(ScheduledController(event), env, ExecutionContext(event))
    if result is not None:
        event.waitUntil(result)


def be_connected_to(event: ConnectEvent, handler: Handler, env: Env) -> None:
    """Call a handler with a socket that has come in, and wait for what it returns.

    SPEC_NOTES.md#be-connected-to
    """
    from .connect_event import unless_the_client_has_left

    result = handler(event.socket, env, ExecutionContext(event))
    if result is not None:
        event.waitUntil(unless_the_client_has_left(event, result))
