"""HTML, 8.1.2: agents."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from spec_tests.server.processes import REFERENCE
from worker_runtime.host.console import PACKAGE_FOLDER
from worker_runtime.html import agents
from worker_runtime.html.agents import Agent, Terminated, is_code_of_an_author

spec = pytest.mark.spec


def files() -> int:
    return len(os.listdir("/dev/fd")) if os.path.isdir("/dev/fd") else 0


def nothing() -> None:
    pass


def ended(agent: Agent) -> bool:
    agent.thread.join(20)
    return not agent.thread.is_alive()


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#create-an-agent")
class TestAgent:
    def test_it_begins_in_a_loop_and_ends_in_its_thread(self) -> None:
        seen: list[object] = []
        begun = threading.Event()

        def steps() -> None:
            seen.append(threading.current_thread())
            asyncio.get_running_loop().call_soon(begun.set)

        agent = Agent("name", steps, lambda: seen.append(threading.current_thread()))
        agent.start()
        assert begun.wait(20)
        agent.stop()
        assert ended(agent) and seen == [agent.thread] * 2
        assert (agent.thread.name, agent.thread.daemon) == ("name", True)

    def test_one_that_is_stopped_before_it_begins_does_nothing(self) -> None:
        seen: list[str] = []
        agent = Agent("name", lambda: seen.append("began"), lambda: seen.append("ended"))
        agent.stop()
        agent.start()
        assert ended(agent) and seen == ["ended"]

    def test_its_tasks_are_cancelled_and_may_clean_up(self) -> None:
        seen: list[str] = []
        begun = threading.Event()

        async def task() -> None:
            try:
                begun.set()
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0)
                seen.append("cleaned up")

        tasks: list[asyncio.Task[None]] = []

        def steps() -> None:
            tasks.append(asyncio.get_running_loop().create_task(task()))

        agent = Agent("name", steps, nothing)
        agent.start()
        assert begun.wait(20)
        agent.terminate()
        assert ended(agent) and seen == ["cleaned up"]

    def test_what_stops_it_does_not_stop_what_runs(self) -> None:
        seen: list[str] = []
        begun, go_on = threading.Event(), threading.Event()

        def steps() -> None:
            begun.set()
            go_on.wait(20)
            seen.append("the end of the task")

        agent = Agent("name", steps, nothing)
        agent.start()
        assert begun.wait(20)
        agent.stop()
        go_on.set()
        assert ended(agent) and seen == ["the end of the task"]

    def test_sys_exit_ends_it(self) -> None:
        agent = Agent("name", sys.exit, nothing)
        agent.start()
        assert ended(agent)


def for_ever() -> None:
    while True:
        pass


def for_ever_and_catching() -> None:
    while True:
        try:
            while True:
                sum(range(10))
        except BaseException:
            time.time()


def for_ever_in_the_end() -> None:
    try:
        while True:
            pass
    finally:
        for_ever()


def for_ever_in_a_generator() -> None:
    def numbers() -> object:
        while True:
            yield 1

    for _ in numbers():  # type: ignore[attr-defined]
        pass


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#abort-a-running-script")
class TestTerminate:
    @pytest.mark.parametrize(
        "script",
        [for_ever, for_ever_and_catching, for_ever_in_the_end, for_ever_in_a_generator],
    )
    def test_code_that_is_busy_ends(self, script: Callable[[], None]) -> None:
        if script is for_ever_and_catching and sys.version_info < (3, 12):
            pytest.skip("an asynchronous exception can be caught; monitoring strikes again")
        self.terminate_while_it_runs(script)

    def test_tasks_that_will_not_end_are_ended(self) -> None:
        begun = threading.Event()

        async def task() -> None:
            while True:
                try:
                    begun.set()
                    await asyncio.sleep(0)
                except asyncio.CancelledError:
                    pass

        tasks: list[asyncio.Task[None]] = []
        agent = Agent(
            "name", lambda: tasks.append(asyncio.get_running_loop().create_task(task())), nothing
        )
        agent.start()
        assert begun.wait(20)
        agent.terminate()
        assert ended(agent)

    def test_nobody_else_is_struck_and_nothing_is_left(self) -> None:
        before, threads = files(), threading.active_count()
        for _ in range(20):
            self.terminate_while_it_runs(for_ever)
        assert files() == before
        deadline = time.monotonic() + 20
        while threading.active_count() > threads and time.monotonic() < deadline:
            threading.Event().wait(0.01)  # the reaper goes as well
        assert threading.active_count() <= threads
        assert not agents._reaper.agents and not agents._interruptions.threads
        if sys.version_info >= (3, 12):
            assert sys.monitoring.get_tool(agents.TOOL) is None

    def terminate_while_it_runs(self, script: Callable[[], None]) -> None:
        begun, at_the_end = threading.Event(), threading.Event()

        def steps() -> None:
            begun.set()
            script()

        agent = Agent("name", steps, at_the_end.set)
        agent.start()
        assert begun.wait(20)
        agent.terminate()
        assert ended(agent) and at_the_end.is_set()

    def test_only_an_authors_code_is_struck(self) -> None:
        def is_struck(file_name: str, module: str = "__main__") -> bool:
            frames: list[FrameType] = []
            names: dict[str, Any] = {"__name__": module, "look": lambda: frames.append(
                sys._getframe(1))}  # fmt: skip
            exec(compile("look()", file_name, "exec"), names)
            return is_code_of_an_author(frames[0])

        assert is_struck(__file__) and is_struck("<string>") and is_struck("data:,x")
        assert is_struck(os.path.join(agents.SITE_PACKAGES[0], "library.py"))
        assert not is_struck(asyncio.__file__)
        assert not is_struck(PACKAGE_FOLDER + "html/agents.py")
        assert not is_struck("<frozen importlib._bootstrap>")
        # what a decorator has written there
        for module in (agents.__name__, "namedtuple_Point", "asyncio.tasks"):
            assert not is_struck("<string>", module)
        assert issubclass(Terminated, SystemExit)

    def test_a_profiler_works_after_it(self) -> None:
        program = """
import sys, threading, time
from worker_runtime.html.agents import Agent
begun = threading.Event()
def spin():
    begun.set()
    while True:
        pass
for _ in range(3):
    agent = Agent("name", spin, lambda: None)
    agent.start()
    begun.wait()
    agent.terminate()
    agent.thread.join()
    begun.clear()
sys.setprofile(lambda *arguments: None)
print(sum(number for number in range(3)))
"""
        environment = {**os.environ, "PYTHONPATH": str(REFERENCE)}
        command = [sys.executable, "-c", program]
        output = subprocess.check_output(command, env=environment, timeout=60)
        assert output.split() == [b"3"]
