"""Request log: a line for each exchange, and for each run of a timetable."""

from __future__ import annotations

import json
import re
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..host.network import TCPAddress

if TYPE_CHECKING:
    from ..cloudflare.scheduled_event import ScheduledResult
    from ..server.service import Logged

CONTROLS = re.compile("[\0-\x1f\x7f-\x9f]")
COLOURS = {2: "32", 3: "36", 4: "33", 5: "31"}  # of ANSI terminals, by the hundreds of a status


def write_line(text: str) -> None:
    """Write a line at once: those of several processes are not mixed, also where Python keeps
    nothing in a buffer.
    """
    if sys.stdout is not None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def log_text(exchange: Logged) -> None:
    """A line for people: when, what was asked for, the status, the bytes of content, how long it
    took, and for whom.
    """
    entry = entry_of(exchange)
    status = str(entry["status"]) if entry["status"] else "left"  # the client did not wait
    if sys.stdout.isatty():
        status = f"\x1b[{COLOURS.get(exchange.status // 100, '0')}m{status}\x1b[0m"
    target = CONTROLS.sub(lambda control: f"\\x{ord(control[0]):02x}", entry["target"])
    line = (
        f'{entry["time"][11:19]} "{entry["method"]} {target}" {status} {entry["sent"]} '
        f"{entry['duration']:.1f}ms {entry['client']}"
    )
    write_line(line)


def log_json(exchange: Logged) -> None:
    """A line for programs."""
    write_line(json.dumps(entry_of(exchange)))


def entry_of(exchange: Logged) -> dict[str, Any]:
    """What there is to say of an exchange. The status is 0 if the client has left before it."""
    request, client = exchange.request, exchange.remote_address
    moment = datetime.fromtimestamp(exchange.wall_time).astimezone()
    return {
        "time": moment.isoformat(timespec="milliseconds"),
        "method": request.method,
        "target": request.target,
        "status": exchange.status,
        "received": exchange.received,
        "sent": exchange.sent,
        "duration": round(exchange.duration * 1000, 3),
        "client": client.host if isinstance(client, TCPAddress) else client.path or "unix",
    }


class JSONConsole:
    """A console for programs: each message, and what was thrown, is an entry of the log."""

    __slots__ = ()

    def write(self, log_level: str, text: str) -> None:
        """An entry with the level and the text."""
        write_line(json.dumps({"level": log_level, "message": text}))

    def report(self, value: object, what: str) -> None:
        """An entry with the traceback."""
        from ..host.console import description_of

        entry = {"level": "error", "message": what, "exception": description_of(value)}
        write_line(json.dumps(entry))


def log_scheduled_text(cron: str, minute: datetime, result: ScheduledResult) -> None:
    """A line for people: the expression, the minute it was for, how it has ended."""
    no_retry = " noRetry" if result.noRetry else ""
    write_line(f'"scheduled {cron}" {minute:%Y-%m-%dT%H:%MZ} {result.outcome}{no_retry}')


def log_scheduled_json(cron: str, minute: datetime, result: ScheduledResult) -> None:
    """A line for programs."""
    entry = {
        "cron": cron,
        "scheduledTime": int(minute.timestamp() * 1000),
        "outcome": result.outcome,
        "noRetry": result.noRetry,
    }
    write_line(json.dumps(entry))
