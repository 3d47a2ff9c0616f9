"""Makes a worker run before a file of the Web Platform Tests does: its scope has the URL of that
file as its location.

The runner executes this with the package as `runtime`, the URL as `location` and the interface of
the scope as `scope`.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

MILLISECONDS_TO_ACTIVATE = 100
INTERFACES_OF_OTHER_SCOPES = {
    "DedicatedWorkerGlobalScope",
    "ServiceWorkerGlobalScope",
    "SharedWorker",
    "SharedWorkerGlobalScope",
}
INTERFACES_OF_SERVICE_WORKERS = {
    "CookieStore",
    "CookieStoreManager",
    "ExtendableCookieChangeEvent",
    "cookieStore",
}


def prepare(runtime: ModuleType, location: str, interface: str) -> None:
    worker_global_scope = import_module(f"{runtime.__name__}.global_scope.worker_global_scope")
    hooks = import_module(f"{runtime.__name__}.webidl.host_hooks").hooks
    processing_model = import_module(f"{runtime.__name__}.html.workers.processing_model")
    settings_objects = import_module(f"{runtime.__name__}.html.settings_objects")
    url_parsing = import_module(f"{runtime.__name__}.url.url_parsing")
    interfaces = import_module(f"{runtime.__name__}.webidl.interfaces")
    host = import_module(f"{runtime.__name__}.host.host")
    url = url_parsing.url_parser(location)
    user_agent = host.Host(profile="browser")  # as the tests presume
    if interface == "DedicatedWorkerGlobalScope":
        owner = settings_objects.EnvironmentSettingsObject(
            user_agent, origin=import_module(f"{runtime.__name__}.url.url_serializing").origin(url)
        )
        worker = processing_model.WorkerRecord(interface, runtime.EventTarget(), url, owner)
        scope = hooks.create_a_new_realm(interface, url, user_agent, worker)
    elif interface == "ServiceWorkerGlobalScope":
        model = import_module(f"{runtime.__name__}.service_workers.model")
        scope_url = url_parsing.url_parser("does/not/exist", url)  # as WPT's own server has it
        registration = model.RegistrationRecord(scope_url, user_agent)
        service_worker = model.ServiceWorkerRecord(url, lambda scope: None, registration)
        scope = hooks.create_a_new_realm(interface, url, user_agent, service_worker)
        # The test is the script of an active worker, which hears that it is one.
        service_worker.global_object, service_worker.state = scope, "activated"
        service_worker.start_status = model.Completion()
        registration.active_worker = service_worker
    else:
        scope = interfaces.new(worker_global_scope.WorkerGlobalScope)
        worker_global_scope.set_up_a_worker_environment_settings_object(scope, url, user_agent)
    settings_objects.realm_execution_context.set(scope._settings_object)
    # In Python all interfaces are importable everywhere; these are not exposed in that scope.
    names = INTERFACES_OF_OTHER_SCOPES - {interface}
    if interface != "ServiceWorkerGlobalScope":
        names |= INTERFACES_OF_SERVICE_WORKERS
    for name in names:
        setattr(runtime, name, None)
    # Tests see the scope as JavaScript's own global object, for which the runner needs it without
    # the proxy before it.
    setattr(runtime, "globalThis", scope)
    if interface == "ServiceWorkerGlobalScope":
        activate = runtime.ExtendableEvent("activate")
        runtime.setTimeout(lambda: scope.dispatchEvent(activate), MILLISECONDS_TO_ACTIVATE)


prepare(globals()["runtime"], globals()["location"], globals().get("scope", ""))
