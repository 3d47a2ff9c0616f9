"""Makes a worker run before a file of the Web Platform Tests does: its scope has the URL of that
file as its location.

The runner executes this with the package as `runtime` and the URL as `location`.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType


def prepare(runtime: ModuleType, location: str) -> None:
    worker_global_scope = import_module(f"{runtime.__name__}.global_scope.worker_global_scope")
    settings_objects = import_module(f"{runtime.__name__}.html.settings_objects")
    url_parsing = import_module(f"{runtime.__name__}.url.url_parsing")
    interfaces = import_module(f"{runtime.__name__}.webidl.interfaces")
    host = import_module(f"{runtime.__name__}.host.host")
    scope = interfaces.new(worker_global_scope.WorkerGlobalScope)
    settings_object = worker_global_scope.set_up_a_worker_environment_settings_object(
        scope, url_parsing.url_parser(location), host.Host(profile="browser")  # as tests presume
    )
    settings_objects.realm_execution_context.set(settings_object)
    # Tests see the scope as JavaScript's own global object, for which the runner needs it without
    # the proxy before it.
    setattr(runtime, "globalThis", scope)


prepare(globals()["runtime"], globals()["location"])
