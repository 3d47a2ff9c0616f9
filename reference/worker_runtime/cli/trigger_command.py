"""The command `trigger`: a worker is called once, as a timetable does, and the command ends."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from ..host.clock import SystemClock
from ..host.host import Host
from ..runtime.runtime import Runtime, WorkerFailure
from .env_files import EnvFileError, read_env_file
from .running import run
from .serve_command import variable, worker_file
from .serving import StartFailure, opened_storage

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
        "--cron", default="", metavar="EXPRESSION", help="what the worker sees as `cron`"
    )
    trigger.add_argument(
        "--time", type=float, metavar="MS", help="what it sees as `scheduledTime` (default: now)"
    )
    trigger.add_argument(
        "--storage", type=Path, metavar="DIR", help="the folder that `serve --storage` has"
    )
    trigger.add_argument(
        "--env",
        type=variable,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a member of `env`; repeatable",
    )
    trigger.add_argument(
        "--env-file", type=Path, metavar="FILE", help="lines of NAME=VALUE, quoted as in a shell"
    )


def trigger_command(options: argparse.Namespace) -> int:
    """Call the worker; returns the exit status."""
    try:
        return run(trigger(options))
    except (StartFailure, EnvFileError, OSError) as failure:
        print(f"{failure}", file=sys.stderr)
        return 1


async def trigger(options: argparse.Namespace) -> int:
    """Start the worker, call it, and say how that has ended."""
    env = read_env_file(options.env_file) if options.env_file else {}
    time = SystemClock().wall() * 1000 if options.time is None else options.time
    host = Host(storage=opened_storage(options.storage))
    try:
        async with Runtime() as runtime:
            try:
                worker = await runtime.start(
                    options.worker, env={**env, **dict(options.env)}, host=host
                )
            except WorkerFailure as failure:
                host.console.report(failure.__cause__ or failure, f"{failure}:")
                return 1
            result = await worker.scheduled(options.cron, time)
    finally:
        host.storage.close()
    print(result.outcome)
    return 0 if result.outcome == "ok" else 1
