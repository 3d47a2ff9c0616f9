"""Agents: threads that run the scripts of a scope, each with an event loop of its own.

HTML Standard, 8.1.2:
https://html.spec.whatwg.org/multipage/webappapis.html#integration-with-the-javascript-agent-formalism

A thread of Python cannot be ended from outside; what it runs can be. From Python 3.12 on, the
monitoring of `sys.monitoring` is switched on while there is somebody to end: it sees each line and
jump of an author's code, and throws there. Before, an asynchronous exception does that, for which
`ctypes` is needed; code that catches each and goes on does not end. Either strikes in code of
authors alone, never within this package or the standard library, so that nothing that threads share
is left half done; this package lets it strike before it waits for a disk. Code that waits in C (a
sleep, a read, a lock) ends when that returns.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from types import CodeType, FrameType

from ..host.console import PACKAGE_FOLDER

PACKAGE = __name__.partition(".")[0] + "."
LIBRARY_FOLDER = os.path.dirname(os.__file__) + os.sep
SITE_PACKAGES = (LIBRARY_FOLDER + "site-packages", LIBRARY_FOLDER + "dist-packages")
# How long a thread has to end by itself, in seconds, before what it runs is ended.
GRACE = 0.02
GRACE_OF_TASKS = 1.0
INTERVAL = 0.005
TOOL = 4  # of those that sys.monitoring leaves to anybody


class Terminated(SystemExit):
    """What is thrown in an author's code that has to end. asyncio lets it pass.

    https://html.spec.whatwg.org/multipage/webappapis.html#abort-a-running-script
    """


class Agent:
    """A thread with an event loop, in which `steps` run at the beginning, and `at_the_end` when the
    loop has stopped, before its tasks are cancelled.

    https://html.spec.whatwg.org/multipage/webappapis.html#create-an-agent
    """

    __slots__ = ("_asyncio_loop", "_at_the_end", "_may_be_interrupted", "_must_end", "_steps",
                 "thread")  # fmt: skip

    def __init__(
        self, name: str, steps: Callable[[], object], at_the_end: Callable[[], object]
    ) -> None:
        self._steps = steps
        self._at_the_end = at_the_end
        self._asyncio_loop: asyncio.AbstractEventLoop | None = None
        self._must_end = False
        self._may_be_interrupted = True
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin. RuntimeError if there can be no more threads."""
        self.thread.start()

    def stop(self) -> None:
        """Begin no task any more; from any thread. What runs now goes on to its end."""
        self._must_end = True
        loop = self._asyncio_loop
        if loop is not None:
            with suppress(RuntimeError):  # it has ended
                loop.call_soon_threadsafe(loop.stop)

    def terminate(self) -> None:
        """The same, and what runs now is ended, too.

        Part of https://html.spec.whatwg.org/multipage/webappapis.html#abort-a-running-script.
        """
        self.stop()
        _reaper.add(self, monotonic() + GRACE)

    def _run(self) -> None:
        loop = self._asyncio_loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            with suppress(SystemExit):
                self._run_forever()
            self._begin_to_clean_up()
            self._at_the_end()
            self._may_be_interrupted = True
            with suppress(SystemExit):
                self._cancel_tasks()
        finally:
            self._begin_to_clean_up()
            self._end(loop)

    def _begin_to_clean_up(self) -> None:
        """From now on nobody interrupts what runs."""
        self._may_be_interrupted = False
        _reaper.release(self)

    def _run_forever(self) -> None:
        loop = self._asyncio_loop
        assert loop is not None
        loop.call_soon(self._begin)
        if not self._must_end:
            loop.run_forever()

    def _begin(self) -> None:
        if self._must_end:
            asyncio.get_running_loop().stop()
        else:
            self._steps()

    def _cancel_tasks(self) -> None:
        loop = self._asyncio_loop
        assert loop is not None
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            _reaper.add(self, monotonic() + GRACE_OF_TASKS)
            loop.run_until_complete(asyncio.wait(tasks, timeout=GRACE_OF_TASKS))
        loop.run_until_complete(loop.shutdown_asyncgens())

    def _end(self, loop: asyncio.AbstractEventLoop) -> None:
        for task in asyncio.all_tasks(loop):
            setattr(task, "_log_destroy_pending", False)  # it goes with its thread
        asyncio.set_event_loop(None)
        loop.close()
        self._steps = self._at_the_end = _nothing  # so that no scope lives as long as the agent


def _nothing() -> None:
    pass


def end_if_it_has_to() -> None:
    """Called where a script is about to wait in this package, and nothing is half done: one that
    does little else would hardly ever be found in code of its own.

    Part of https://html.spec.whatwg.org/multipage/webappapis.html#abort-a-running-script.
    """
    if _interruptions.threads and threading.get_ident() in _interruptions.threads:
        raise Terminated


# ---- ending what runs ----------------------------------------------------------------------------


def is_code_of_an_author(frame: FrameType) -> bool:
    """Whether what runs is neither this package's nor the standard library's.

    Part of https://html.spec.whatwg.org/multipage/webappapis.html#abort-a-running-script.
    """
    file_name = frame.f_code.co_filename
    if file_name == "<string>":  # also what `dataclass` and `namedtuple` write
        module = str(frame.f_globals.get("__name__", ""))
        return not (
            module.startswith((PACKAGE, "namedtuple_"))
            or module.partition(".")[0] in sys.stdlib_module_names
        )
    if file_name.startswith((PACKAGE_FOLDER, "<frozen")):
        return False
    return not file_name.startswith(LIBRARY_FOLDER) or file_name.startswith(SITE_PACKAGES)


class _Reaper:
    """Ends what agents run that do not end by themselves. Its thread lives while there are any."""

    __slots__ = ("agents", "lock", "runs")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.agents: dict[Agent, float] = {}  # when its grace has passed
        self.runs = False

    def add(self, agent: Agent, deadline: float) -> None:
        with self.lock:
            self.agents[agent] = min(deadline, self.agents.get(agent, deadline))
            if not self.runs:
                self.runs = True
                threading.Thread(target=self._run, name="reaper", daemon=True).start()

    def release(self, agent: Agent) -> None:
        """The agent cleans up behind itself, in which nobody may interrupt it."""
        with self.lock:
            self.agents.pop(agent, None)
            _interruptions.remove(agent.thread.ident)

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            pause.wait(INTERVAL)
            now = monotonic()
            with self.lock:
                for agent, deadline in list(self.agents.items()):
                    if agent.thread.ident is not None and not agent.thread.is_alive():
                        del self.agents[agent]
                    elif now >= deadline and agent._may_be_interrupted:
                        _interruptions.add(agent.thread.ident)
                if not self.agents:
                    self.runs = False
                    return


class _Interruptions:
    """The threads whose code has to end."""

    __slots__ = ("threads",)

    def __init__(self) -> None:
        self.threads: set[int] = set()

    def add(self, thread: int | None) -> None:
        if thread is not None:
            self.threads.add(thread)
            self.interrupt(thread)

    def remove(self, thread: int | None) -> None:
        if thread in self.threads:
            self.threads.discard(thread)
            self.end_if_nobody_is_left(thread)

    if sys.version_info >= (3, 12):

        def interrupt(self, thread: int) -> None:
            monitoring = sys.monitoring
            events = monitoring.events
            if monitoring.get_tool(TOOL) is None:
                monitoring.use_tool_id(TOOL, "worker_runtime: terminating workers")
                for event in (events.LINE, events.JUMP, events.PY_START, events.PY_RESUME):
                    monitoring.register_callback(TOOL, event, self.throw)
                monitoring.set_events(
                    TOOL, events.LINE | events.JUMP | events.PY_START | events.PY_RESUME
                )

        def end_if_nobody_is_left(self, thread: int) -> None:
            if not self.threads:
                sys.monitoring.set_events(TOOL, 0)
                sys.monitoring.free_tool_id(TOOL)

        def throw(self, code: CodeType, *position: int) -> None:
            if threading.get_ident() in self.threads and is_code_of_an_author(sys._getframe(1)):
                raise Terminated

    else:

        def interrupt(self, thread: int) -> None:
            frame = sys._current_frames().get(thread)
            if frame is not None and is_code_of_an_author(frame):
                self.throw(thread, Terminated)

        def end_if_nobody_is_left(self, thread: int) -> None:
            # What was thrown and has not arrived arrives here. If it were taken back, every thread
            # would look for it for ever, and one with a profiler would do nothing else.
            try:
                self.throw(thread, Terminated)
                for _ in range(2):  # it arrives where a loop goes round, at the latest
                    pass
            except Terminated:
                pass

        def throw(self, thread: int, exception: type[BaseException]) -> None:
            try:
                import ctypes
            except ImportError:  # a Python that was built without it
                return
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread), ctypes.py_object(exception)
            )


_interruptions = _Interruptions()
_reaper = _Reaper()
