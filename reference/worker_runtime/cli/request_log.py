"""Request log: a line for each exchange, and for each run of a timetable."""

from __future__ import annotations

import json
from datetime import datetime

from ..cloudflare.scheduled_event import ScheduledResult
from ..server.exchange import Exchange


def log_text(exchange: Exchange) -> None:
    """A line for people: what was asked for, the status, the bytes of content."""
    request = exchange.request
    print(f'"{request.method} {request.target}" {exchange.status} {exchange.sent}', flush=True)


def log_json(exchange: Exchange) -> None:
    """A line for programs."""
    request = exchange.request
    entry = {
        "method": request.method,
        "target": request.target,
        "status": exchange.status,
        "sent": exchange.sent,
    }
    print(json.dumps(entry), flush=True)


def log_scheduled_text(cron: str, minute: datetime, result: ScheduledResult) -> None:
    """A line for people: the expression, the minute it was for, how it has ended."""
    no_retry = " noRetry" if result.noRetry else ""
    print(f'"scheduled {cron}" {minute:%Y-%m-%dT%H:%MZ} {result.outcome}{no_retry}', flush=True)


def log_scheduled_json(cron: str, minute: datetime, result: ScheduledResult) -> None:
    """A line for programs."""
    entry = {
        "cron": cron,
        "scheduledTime": int(minute.timestamp() * 1000),
        "outcome": result.outcome,
        "noRetry": result.noRetry,
    }
    print(json.dumps(entry), flush=True)
