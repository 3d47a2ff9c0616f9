"""The WorkerGlobalScope common interface: what every worker finds in its scope, whatever kind of
worker it is.

HTML Standard, 10.2.1.1:
https://html.spec.whatwg.org/multipage/workers.html#the-workerglobalscope-common-interface HTML
Standard, 8.2:
https://html.spec.whatwg.org/multipage/webappapis.html#windoworworkerglobalscope-mixin
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Self, TypeVar

from ..dom.event_target import EventTarget
from ..host.host import Host
from ..html.event_handlers import EventHandlerIDLAttribute
from ..html.global_objects import GlobalObject
from ..html.settings_objects import (
    EnvironmentSettingsObject,
    current_global_object,
    current_settings_object,
)
from ..url.origins import Origin, ascii_serialization_of_an_origin
from ..url.url_representation import URLRecord
from ..url.url_serializing import origin
from ..webidl.interfaces import illegal_constructor, new

if TYPE_CHECKING:
    from inspect import Signature

    from ..fetch.fetch_method import fetch
    from ..html import microtask_queuing, runtime_script_errors, timers
    from ..html.base64_utility_methods import atob, btoa
    from ..html.structured_data.structured_clone import structuredClone
    from ..kv_storage.kv_storage_area import KVStorageArea
    from .cache_storage import CacheStorage
    from .crypto import Crypto
    from .performance import Performance
    from .worker_locations import WorkerLocation
    from .worker_navigator import WorkerNavigator

P = ParamSpec("P")
R = TypeVar("R")


class OperationToBeLoaded:
    """An operation whose module is imported when it is first asked for.

    https://webidl.spec.whatwg.org/#js-operations
    """

    __slots__ = ("_module", "_name")

    def __init__(self, module: str) -> None:
        self._module = module

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, scope: object, owner: type) -> Callable[..., Any]:
        package = __name__.rpartition(".global_scope.")[0]
        module = import_module(f"{package}.{self._module}")
        operation: Callable[..., Any] = getattr(module, self._name)
        return operation


class WindowOrWorkerGlobalScope:
    """What windows and workers have in common. Its operations belong to the scope that is running.

    https://html.spec.whatwg.org/multipage/webappapis.html#windoworworkerglobalscope
    """

    __slots__ = ()

    _settings_object: EnvironmentSettingsObject

    @property
    def origin(self) -> str:
        """Such as "https://example.com"; "null" if it is opaque.

        https://html.spec.whatwg.org/multipage/webappapis.html#dom-origin
        """
        return ascii_serialization_of_an_origin(self._settings_object.origin)

    @property
    def isSecureContext(self) -> bool:
        """True: a worker is the server's own code, and nothing has carried it over a network.

        https://html.spec.whatwg.org/multipage/webappapis.html#dom-issecurecontext
        """
        return True

    @property
    def crossOriginIsolated(self) -> bool:
        """https://html.spec.whatwg.org/multipage/webappapis.html#dom-crossoriginisolated"""
        return self._settings_object.cross_origin_isolated_capability

    if TYPE_CHECKING:
        reportError = staticmethod(runtime_script_errors.reportError)
        btoa = staticmethod(btoa)
        atob = staticmethod(atob)
        setTimeout = staticmethod(timers.setTimeout)
        clearTimeout = staticmethod(timers.clearTimeout)
        setInterval = staticmethod(timers.setInterval)
        clearInterval = staticmethod(timers.clearInterval)
        queueMicrotask = staticmethod(microtask_queuing.queueMicrotask)
        structuredClone = staticmethod(structuredClone)
        fetch = staticmethod(fetch)
    else:
        reportError = OperationToBeLoaded("html.runtime_script_errors")
        btoa = OperationToBeLoaded("html.base64_utility_methods")
        atob = OperationToBeLoaded("html.base64_utility_methods")
        setTimeout = OperationToBeLoaded("html.timers")
        clearTimeout = OperationToBeLoaded("html.timers")
        setInterval = OperationToBeLoaded("html.timers")
        clearInterval = OperationToBeLoaded("html.timers")
        queueMicrotask = OperationToBeLoaded("html.microtask_queuing")
        structuredClone = OperationToBeLoaded("html.structured_data.structured_clone")
        fetch = OperationToBeLoaded("fetch.fetch_method")

    @property
    def performance(self) -> Performance:
        """https://w3c.github.io/hr-time/#dom-windoworworkerglobalscope-performance"""
        from .performance import performance

        return performance

    @property
    def crypto(self) -> Crypto:
        """https://w3c.github.io/webcrypto/#dom-windoworworkerglobalscope-crypto"""
        from .crypto import crypto

        return crypto

    @property
    def caches(self) -> CacheStorage:
        """https://w3c.github.io/ServiceWorker/#global-caches-attribute"""
        from .cache_storage import caches

        return caches

    @property
    def kvStorage(self) -> KVStorageArea:
        """https://wicg.github.io/kv-storage/#dom-windoworworkerglobalscope-kvstorage"""
        from ..kv_storage.kv_storage_area import kvStorage

        return kvStorage


class WorkerGlobalScope(GlobalObject, WindowOrWorkerGlobalScope):
    """The scope of a worker. What a script sets on it, stays there.

    https://html.spec.whatwg.org/multipage/workers.html#workerglobalscope
    """

    __slots__ = ("__dict__", "_location")

    __init__ = illegal_constructor

    _location: WorkerLocation

    @property
    def self(self) -> WorkerGlobalScope:
        """https://html.spec.whatwg.org/multipage/workers.html#dom-workerglobalscope-self"""
        return self

    @property
    def location(self) -> WorkerLocation:
        """https://html.spec.whatwg.org/multipage/workers.html#dom-workerglobalscope-location"""
        location: WorkerLocation | None = getattr(self, "_location", None)
        if location is None:
            from .worker_locations import WorkerLocation

            location = self._location = new(WorkerLocation)
            api_base_url = self._settings_object.api_base_url
            assert api_base_url is not None
            location._url = api_base_url
        return location

    @property
    def navigator(self) -> WorkerNavigator:
        """https://html.spec.whatwg.org/multipage/workers.html#dom-worker-navigator"""
        from .worker_navigator import navigator

        return navigator

    onerror = EventHandlerIDLAttribute()
    onlanguagechange = EventHandlerIDLAttribute()
    onoffline = EventHandlerIDLAttribute()
    ononline = EventHandlerIDLAttribute()
    onrejectionhandled = EventHandlerIDLAttribute()
    onunhandledrejection = EventHandlerIDLAttribute()


def set_up_a_worker_environment_settings_object(
    worker_global_scope: WorkerGlobalScope,
    url: URLRecord,
    host: Host,
    inherited_origin: Origin | None = None,
) -> EnvironmentSettingsObject:
    """The settings object of a worker at that URL, with all that the host has. Its origin is that
    of its URL, if it inherits none.

    https://html.spec.whatwg.org/multipage/workers.html#set-up-a-worker-environment-settings-object
    """
    settings_object = EnvironmentSettingsObject(
        host,
        api_base_url=url,
        origin=origin(url) if inherited_origin is None else inherited_origin,
    )
    settings_object.global_object = worker_global_scope
    worker_global_scope._settings_object = settings_object
    return settings_object


class GlobalThis:
    """The scope of the worker that is running, whichever that is. RuntimeError if none is.

    https://tc39.es/ecma262/#sec-globalthis
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(current_global_object(), name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(current_global_object(), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(current_global_object(), name)

    def __dir__(self) -> list[str]:
        return dir(current_global_object())

    def __eq__(self, other: object) -> bool:
        return other is self or (
            other is not None and other is current_settings_object().global_object
        )

    def __hash__(self) -> int:
        return hash(current_global_object())


globalThis = GlobalThis()


class GlobalOperation(Generic[P, R]):
    """An operation of the scope that is running, as a function: scripts call `addEventListener`
    without saying whose.

    https://tc39.es/ecma262/#sec-global-object
    """

    __slots__ = ("__dict__", "_operation")

    def __init__(self, operation: Callable[Concatenate[Any, P], R]) -> None:
        self.__name__ = operation.__name__
        self._operation = operation
        self.__doc__ = operation.__doc__

    @property
    def __signature__(self) -> Signature:
        """Without the scope; for `help`."""
        from inspect import signature

        whole = signature(self._operation)
        return whole.replace(parameters=list(whole.parameters.values())[1:])

    def __get__(self, instance: object, owner: type | None = None) -> Self:
        """It is no method of who has it, but `help` takes it for a function by this."""
        return self

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        result: R = getattr(current_global_object(), self.__name__)(*args, **kwargs)
        return result


def _with_an_example(text: str | None, lines: tuple[str, ...]) -> str:
    """A docstring with an example below it, as far to the right: since Python 3.13 that is not at
    all.
    """
    text = text or ""  # as Python leaves it without docstrings
    indentation = text.rpartition("\n")[2]
    return text + "".join(f"\n{indentation}{line}" for line in lines)


addEventListener = GlobalOperation(EventTarget.addEventListener)
addEventListener.__doc__ = _with_an_example(
    addEventListener.__doc__,
    (
        "def handle(event):",
        '    event.respondWith(Response("Hello World"))',
        "",
        'addEventListener("fetch", handle)',
    ),
)
removeEventListener = GlobalOperation(EventTarget.removeEventListener)
dispatchEvent = GlobalOperation(EventTarget.dispatchEvent)
