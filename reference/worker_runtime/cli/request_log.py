"""Request log: a line for each exchange."""

from __future__ import annotations

import json

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
