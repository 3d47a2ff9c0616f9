"""Running: a command that serves runs to its end, whatever workers do in its loop, and then
ends.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..host.console import escaped
from ..host.host import default_host

SECONDS_TO_CLEAN_UP = 1.0


def run(main: Coroutine[Any, Any, int]) -> int:
    """Run a coroutine in a loop of its own; returns what it returns, the exit status.

    A worker that raises SystemExit or KeyboardInterrupt ends neither the loop nor the process. What
    workers have left behind, tasks and threads, has a second to end; then the process exits.
    """
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(report)
    asyncio.set_event_loop(loop)
    # not asyncio's own: threads of it would be waited for at the end, however long they take
    executor = ThreadPoolExecutor(thread_name_prefix="executor")
    loop.set_default_executor(executor)
    try:
        status: int = _run_to_the_end(loop, main)
    finally:
        deadline = time.monotonic() + SECONDS_TO_CLEAN_UP
        _run_to_the_end(loop, _clean_up())
        executor.shutdown(wait=False, cancel_futures=True)
        asyncio.set_event_loop(None)
        loop.close()
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
    return status


def report(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Tell people what went wrong in a callback or a task."""
    message, error = escaped(context["message"]), context.get("exception")
    console = default_host().console
    if error is None:
        console.write("error", message)
    else:
        console.report(error, f"{message}:")


def _run_to_the_end(loop: asyncio.AbstractEventLoop, steps: Coroutine[Any, Any, Any]) -> Any:
    task = loop.create_task(steps)
    while True:
        try:
            return loop.run_until_complete(task)
        except (SystemExit, KeyboardInterrupt) as error:
            if task.done():
                raise
            name = type(error).__name__
            message = f"A worker has raised {name}, which does not end the server"
            loop.call_exception_handler({"message": message, "exception": error})


async def _clean_up() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=SECONDS_TO_CLEAN_UP)
    try:
        async with asyncio.timeout(SECONDS_TO_CLEAN_UP):
            await asyncio.get_running_loop().shutdown_asyncgens()
    except TimeoutError:
        pass  # a worker's generator waits in its `finally`
