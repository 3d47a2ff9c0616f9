"""The command `trigger`: a worker is called once, as a timetable does, and the command ends."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from ..runtime.runtime import Runtime, WorkerFailure
from .arguments import cron, moment, worker_file
from .running import run
from .serving import StartFailure, host_that_stores, tell
from .worker_options import add_worker_options, environment_of

TRIGGER_HELP = """Start a worker, call it as at a minute of a cron expression, and end.

  trigger hello.py                             now, without an expression
  trigger hello.py --cron "0 0 L * *" --time 1745856238000

Exit status: 0 if all went well, 1 if the worker does not start, does not listen for "scheduled", or
raises.
"""


def add_trigger_command(commands: Any) -> None:
    """The command and its options."""
    trigger = commands.add_parser(
        "trigger",
        help="call a worker as a timetable does, once",
        description=TRIGGER_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    trigger.set_defaults(run=trigger_command)
    trigger.add_argument("worker", type=worker_file, metavar="WORKER", help="a Python file")
    trigger.add_argument(
        "--cron",
        type=cron,
        metavar="EXPRESSION",
        help="what the worker sees as `cron`",
    )
    trigger.add_argument(
        "--time", type=moment, metavar="MS", help="what it sees as `scheduledTime` (default: now)"
    )
    add_worker_options(trigger)


def trigger_command(options: argparse.Namespace) -> int:
    """Call the worker; returns the exit status."""
    try:
        return run(trigger(options))
    except StartFailure as failure:
        print(f"{failure}", file=sys.stderr)
        return 1


async def trigger(options: argparse.Namespace) -> int:
    """Start the worker, call it, and say how that has ended."""
    env = environment_of(options)
    host = host_that_stores(options.storage)
    time = host.clock.wall() * 1000 if options.time is None else options.time
    try:
        async with Runtime() as runtime:
            try:
                worker = await runtime.start(options.worker, env=env, host=host)
            except WorkerFailure as failure:
                host.console.report(failure.__cause__ or failure, f"{failure}:")
                from .advice import advice_on_the_start

                tell(f"The worker could not be started. {advice_on_the_start(failure.__cause__)}")
                return 1
            result = await worker.scheduled(options.cron or "", time)
    finally:
        host.databases.close()
        host.storage.close()
    print(result.outcome)
    if result.outcome == "skipped":
        tell(
            'It does not listen for "scheduled": write `async def scheduled(controller, env, ctx)`'
        )
    return 0 if result.outcome == "ok" else 1
