"""Wake-ups: how a thread lets the event loop of another one call back, again and again.

What asyncio has for it, `call_soon_threadsafe`, makes a handle each time, and its loop reads from a
socket twice. Here each side makes one system call.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from weakref import ref


class WakeUp:
    """What any thread may ring. Only its loop holds it, so that its file is closed with the loop;
    who rings has a weak reference.
    """

    __slots__ = ("__weakref__", "_file")

    def __init__(self) -> None:
        self._file = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def ring(self) -> None:
        """Let the loop call back soon: once, however often this is rung before."""
        os.eventfd_write(self._file, 1)

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            os.close(self._file)

    def _hear(self, callback: Callable[[], object]) -> None:
        os.eventfd_read(self._file)
        callback()


def wake_up_of(
    loop: asyncio.AbstractEventLoop, callback: Callable[[], object]
) -> ref[WakeUp] | None:
    """To be called in the thread of the loop. None where the system or the loop has no such thing:
    then `call_soon_threadsafe` has to do.
    """
    if not hasattr(os, "eventfd") or type(loop) is not asyncio.SelectorEventLoop:
        return None
    try:
        wake_up = WakeUp()
    except OSError:  # there are too many files
        return None
    loop.add_reader(wake_up._file, wake_up._hear, callback)
    return ref(wake_up)
