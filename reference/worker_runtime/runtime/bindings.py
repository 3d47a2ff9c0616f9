"""Bindings: what a worker finds in its `env` beyond strings."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..cloudflare.environment import Env
from ..host.console import Mistake
from ..host.host import Host
from ..html.global_objects import GlobalObject
from ..webidl.promises import Promise

if TYPE_CHECKING:
    from ..host.folders import Folder

IDLE_SECONDS = 10.0
"""After which the instance of a Durable Object is dropped."""

SECONDS_TO_LEAVE = 1.0


@dataclass(frozen=True, slots=True)
class Binding:
    """A member of `env` that needs to know the host of the worker, such as a key-value store."""

    make: Callable[[Host], object]


def folder_binding(
    name: str, folder: Folder | str | os.PathLike[str], is_read_only: bool = False
) -> Binding:
    """A folder, by its path, as a FileSystemDirectoryHandle with that name."""

    def directory(host: Host) -> object:
        from ..fs.folder_bindings import directory_of_a_folder

        return directory_of_a_folder(host, name, folder, is_read_only)

    return Binding(directory)


@dataclass(frozen=True, slots=True)
class DurableBinding:
    """A member of `env` that is the namespace of a class of Durable Objects, in the worker's own
    module.
    """

    class_name: str


def bound(env: Mapping[str, object], scope: GlobalObject, module: Mapping[str, Any]) -> Env:
    """The environment of a worker that is that module, in that scope. TypeError if it lacks a class
    of Durable Objects.
    """
    host = scope._settings_object.host
    classes = {
        name: value.class_name for name, value in env.items() if isinstance(value, DurableBinding)
    }
    members = {
        name: value.make(host) if isinstance(value, Binding) else value
        for name, value in env.items()
    }
    if not classes:
        return Env(members)
    from ..cloudflare.durable_objects.life_cycle import DurableObjects
    from ..cloudflare.durable_objects.namespace import durable_object_namespace

    for name, class_name in classes.items():
        if not isinstance(module.get(class_name), type):
            raise Mistake(
                f"{module.get('__file__', 'The worker')}: there is no class {class_name}, of which "
                f"env.{name} would be\n  Write `class {class_name}(DurableObject): ...`"
                + advice_on_a_class(class_name, module)
            )
        members[name] = durable_object_namespace(host, class_name)
    bindings = Env(members)
    for class_name in dict.fromkeys(classes.values()):
        space = host.record(DurableObjects).space(class_name)
        space.use(module[class_name], bindings, scope._settings_object)
    return bindings


def advice_on_a_class(name: str, module: Mapping[str, Any]) -> str:
    """The class of a module that may be meant, as the end of a sentence."""
    from difflib import get_close_matches

    own = [
        each
        for each, value in module.items()
        if isinstance(value, type) and value.__module__ == module.get("__name__")
    ]
    near = get_close_matches(name, own, n=1)
    return f", or name the class {near[0]}" if near else ""


def close_durable_objects(host: Host) -> None:
    """Drop the instances of a host whose workers end; what they have written stays."""
    from ..cloudflare.durable_objects.life_cycle import DurableObjects

    host.record(DurableObjects).close()


def drop_idle_objects_after(host: Host, seconds: float) -> None:
    """How long the instances of a host stay when nobody calls them."""
    from ..cloudflare.durable_objects.life_cycle import DurableObjects

    host.record(DurableObjects).idle_seconds = seconds


def hand_over_durable_objects(host: Host) -> Promise[None] | None:
    """Let other processes have the objects of this one, each as soon as it is idle; a promise that
    is fulfilled when they have all. None if there are no others.
    """
    if not host.bus.is_shared:
        return None
    from ..cloudflare.durable_objects.sharing import hand_over

    return hand_over(host)


async def leave_the_other_processes(host: Host) -> None:
    """Let other processes know that there are no Durable Objects here any more."""
    if host.bus.is_shared:
        from ..cloudflare.durable_objects.sharing import leave

        with suppress(TimeoutError):  # one of them may be stopped
            async with asyncio.timeout(SECONDS_TO_LEAVE):
                await leave(host)


def kill_durable_objects(host: Host, error: Exception) -> None:
    """The process of a host is dead: calls of its objects fail, and nothing is committed."""
    from ..cloudflare.durable_objects.life_cycle import DurableObjects

    host.record(DurableObjects).kill(error)
