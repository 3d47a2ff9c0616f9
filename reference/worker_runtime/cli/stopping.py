"""Stopping: when a server is to end, and what happens if it does not."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from types import FrameType

SECONDS_TO_EXIT = 5.0  # for a process that has drained


class Stop:
    """Whether somebody wants the server to end: SIGINT or SIGTERM, the second of which ends the
    process at once. It ends in any case when the limit, in seconds, is over.
    """

    def __init__(self, drain_timeout: float) -> None:
        self.is_asked_for = asyncio.Event()
        self._limit = drain_timeout + 2 * SECONDS_TO_EXIT
        self._loop = asyncio.get_running_loop()
        self._was_signalled = False

    def listen_for_signals(self) -> None:
        """From now on."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)

    def listen_for_the_supervisor(self, alive: int) -> None:
        """From now on, a supervisor that has gone is a signal, too."""
        threading.Thread(target=self._when_it_ends, args=(alive,), daemon=True).start()

    def _when_it_ends(self, alive: int) -> None:
        os.read(alive, 1)
        if not self._was_signalled:
            self._loop.call_soon_threadsafe(self.is_asked_for.set)
            time.sleep(self._limit)
        os._exit(1)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._was_signalled = True
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_DFL)
        # A worker may never let the loop get to it.
        timer = threading.Timer(self._limit, os._exit, (1,))
        timer.daemon = True
        timer.start()
        self._loop.call_soon_threadsafe(self.is_asked_for.set)
