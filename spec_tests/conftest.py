"""What every test has: coroutines as tests, and the official data where it is at hand."""

from __future__ import annotations

import asyncio
import gc
import inspect
import json
import os
import signal
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

LIMIT = 60.0
"""How long a coroutine may take, in seconds: far more than any does, so that none hangs."""
LIMIT_OF_ALL = 180.0
"""How long a test of any kind may take, where the system has alarms."""


def pytest_addoption(parser: pytest.Parser) -> None:
    default = os.environ.get(
        "WORKER_RUNTIME_SHARED", str(Path(__file__).parent.parent.parent / "shared")
    )
    parser.addoption(
        "--shared",
        default=default,
        help="folder with wpt-data/ and spec-index/; tests that need it skip without",
    )


def pytest_collection_finish() -> None:
    """Keep what was imported and collected out of the collector's sight: nothing of it goes, and
    the tests that collect garbage would look at all of it each time.
    """
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """End a test that takes too long, also one that waits for a process or runs in circles."""
    with ended_after(LIMIT_OF_ALL):
        return (yield)


@contextmanager
def ended_after(limit: float) -> Iterator[None]:
    """Raise an AssertionError in the block, wherever it is, when it has not ended within so many
    seconds.
    """
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def end(number: int, frame: object) -> None:
        raise AssertionError(f"the test has not ended within {limit} s")

    before = signal.signal(signal.SIGALRM, end)
    # Again and again: what ends the test may wait for the same thing.
    signal.setitimer(signal.ITIMER_REAL, limit, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> object:
    """Run a test that is a coroutine on an event loop of its own; a task that it leaves behind
    fails it.
    """
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {
        name: pyfuncitem.funcargs[name] for name in inspect.signature(pyfuncitem.obj).parameters
    }
    asyncio.run(run_and_look_for_leaks(pyfuncitem.obj(**arguments)))
    return True


async def run_and_look_for_leaks(test: Any, limit: float = LIMIT) -> None:
    """Await a test; it fails if it takes longer than `limit` seconds, and if it leaves a task."""
    timeout = asyncio.timeout(limit)
    try:
        async with timeout:
            await test
    except TimeoutError:
        assert not timeout.expired(), f"the test has not ended within {limit} s"
        raise
    for _ in range(3):  # what the test has just ended may need a turn to go
        await asyncio.sleep(0)
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left, f"the test leaves tasks behind: {left}"


@pytest.fixture
def shared(request: pytest.FixtureRequest) -> Path:
    folder = Path(request.config.getoption("--shared"))
    if not folder.is_dir():
        pytest.skip(f"no folder {folder}: pass --shared")
    return folder


@pytest.fixture
def wpt_data(shared: Path) -> Callable[[str], Any]:
    """Reads a file of official test vectors by its path below wpt-data/."""

    def read(path: str) -> Any:
        file = shared / "wpt-data" / path
        if not file.exists():
            pytest.skip(f"no file {file}")
        return json.loads(file.read_text("utf-8"))

    return read
