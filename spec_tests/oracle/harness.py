"""Asking the oracle in a test."""

from __future__ import annotations

import json
from typing import Any

from worker_runtime.oracle.answering import answer


def reply_to(op: str, *args: Any) -> dict[str, Any]:
    """The whole answer."""
    reply: dict[str, Any] = json.loads(answer(json.dumps({"op": op, "args": args}).encode()))
    return reply


def result_of(op: str, *args: Any) -> Any:
    """The result, which has to be there."""
    reply = reply_to(op, *args)
    assert "result" in reply, reply
    return reply["result"]


def error_name(op: str, *args: Any) -> Any:
    """The name of the error, which has to be there."""
    reply = reply_to(op, *args)
    assert "error" in reply, reply
    return reply["error"]["name"]
