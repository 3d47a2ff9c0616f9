"""Serving in processes of its own: several workers, or one version of it after the other."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from ..host.bound_sockets import BoundSockets
from ..host.bus import BusFailure
from ..server.inheritance import Inheritance
from .serving import ServeOptions, StartFailure, announce, serve_here, tell
from .stopping import SECONDS_TO_EXIT, Stop

if TYPE_CHECKING:
    from ..server.supervisor import Supervisor
    from .watching import WatchedFolder


SECONDS_BETWEEN_LOOKS = 0.3


async def serve_for_a_supervisor(options: ServeOptions, inherited: Inheritance) -> int:
    """Serve in a process that has a supervisor: tell it when this one is ready, and end with it."""
    from ..host.shared_loads import Load

    stop = Stop(options.config.drain_timeout)
    stop.listen_for_signals()
    stop.listen_for_the_supervisor(inherited.alive)
    bound = BoundSockets(inherited.descriptors)
    tcp_bound = BoundSockets(inherited.tcp_descriptors) if inherited.tcp_descriptors else None
    bound.load = Load(inherited.loads, inherited.place)
    try:
        shows_failure = options.reload and inherited.is_alone
        say_so = partial(os.write, inherited.ready, b"!")
        await serve_here(options, bound, stop, say_so, shows_failure, inherited.bus, tcp_bound)
    except (StartFailure, BusFailure):
        return 1  # what is wrong has been said
    return 0


async def supervise(
    options: ServeOptions, bound: BoundSockets, tcp_bound: BoundSockets | None
) -> int:
    """Serve in processes of their own. With `reload`, each version of the worker has new ones,
    which take over when they are ready.
    """
    from ..server.supervisor import Supervisor, command_of_this_process

    stop = Stop(options.config.drain_timeout)
    stop.listen_for_signals()
    supervisor = Supervisor(bound, command_of_this_process(), options.workers, tell, tcp_bound)
    folder = None
    if options.reload and options.worker is not None:
        from .watching import WatchedFolder

        folder = WatchedFolder(options.worker)  # what changes from now on is a new version
    begin = partial(start_a_version, supervisor, partial(announce, options, bound, tcp_bound))
    serving = asyncio.ensure_future(
        begin() if folder is None else start_each_version(folder, begin)
    )
    stopping = asyncio.ensure_future(stop.is_asked_for.wait())
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done() and not serving.result():
            return 1
        await stopping
    finally:
        serving.cancel()
        stopping.cancel()
        await supervisor.drain(options.config.drain_timeout + SECONDS_TO_EXIT)
    return 0


async def start_a_version(supervisor: Supervisor, announce: Callable[[], object]) -> bool:
    """Start processes for the worker as it is now, and say what has come of it; whether they
    serve.
    """
    is_first = not supervisor.is_serving
    if await supervisor.start():
        if is_first:
            announce()
        else:
            tell("The worker has changed, and is reloaded")
        return True
    if supervisor.is_serving:
        tell("The version before goes on")
    else:
        tell("The server's process has ended before it was ready")
    return False


async def start_each_version(
    folder: WatchedFolder, begin: Callable[[], Coroutine[Any, Any, bool]]
) -> NoReturn:
    """Begin, and again whenever a file of the worker changes. A version that has not come to
    serving by then does not any more.
    """
    version = asyncio.ensure_future(begin())
    try:
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            if folder.has_changed():
                version.cancel()
                await asyncio.wait([version])
                version = asyncio.ensure_future(begin())
    finally:
        version.cancel()
