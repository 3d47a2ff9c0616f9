"""Module workers: a module that has a `fetch` function, or a class `Default` with one, instead of a
listener.

No standard defines them; their text is in SPEC_NOTES.md, "Module workers", and their shape that of
Cloudflare Workers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any

from ..fetch.request_class import Request
from ..html.global_objects import GlobalObject
from ..service_workers.fetch_event import FetchEvent
from ..webidl.exceptions import reason_of
from ..webidl.promises import Promise

FETCH_ROOM = __name__.rpartition(".cloudflare.")[0] + ".fetch."


class ExecutionContext:
    """What a handler may do with the event that it answers: its `ctx`.

    SPEC_NOTES.md#execution-context
    """

    __slots__ = ("_event",)

    def __init__(self, event: FetchEvent) -> None:
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
        self._event._passes_through_on_exception = True


class WorkerEntrypoint:
    """A base for the class `Default`: each event has an instance of its own with `ctx` and `env`.

    SPEC_NOTES.md#worker-entrypoint
    """

    def __init__(self, ctx: ExecutionContext, env: SimpleNamespace) -> None:
        self.ctx = ctx
        self.env = env


def add_module_handlers(
    scope: GlobalObject, module: Mapping[str, Any], env: Mapping[str, object]
) -> None:
    """Let the handlers that a module has answer the events of its scope.

    SPEC_NOTES.md#add-module-handlers
    """
    bindings = SimpleNamespace(**env)
    default, function = module.get("Default"), module.get("fetch")
    if isinstance(default, type) and callable(getattr(default, "fetch", None)):

        def fetch(request: Request, env: SimpleNamespace, ctx: ExecutionContext) -> object:
            entrypoint: Any = (
                default(ctx, env) if issubclass(default, WorkerEntrypoint) else default()
            )
            entrypoint.ctx, entrypoint.env = ctx, env
            return entrypoint.fetch(request)

    # not fetch() itself
    elif callable(function) and not getattr(function, "__module__", "").startswith(FETCH_ROOM):
        fetch = function
    else:
        return
    scope.addEventListener("fetch", partial(answer, handler=fetch, env=bindings))


def answer(
    event: FetchEvent,
    handler: Callable[[Request, SimpleNamespace, ExecutionContext], object],
    env: SimpleNamespace,
) -> None:
    """Respond with what a handler returns, or with what it raises.

    SPEC_NOTES.md#answer
    """
    try:
        response = handler(event.request, env, ExecutionContext(event))
    except Exception as error:
        response = Promise.reject(reason_of(error))
    event.respondWith(response)
