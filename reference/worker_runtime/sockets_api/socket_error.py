"""SocketError: why there is no connection, or no more.

Sockets API, 3.5: https://sockets-api.proposal.wintertc.org/#socket-error
"""

from __future__ import annotations

from ..host.network_policy import NotAllowed
from ..webidl.exceptions import DOMException


class SocketError(TypeError):
    """A TypeError whose message begins with "SocketError: ". Its `__cause__` is what the system
    said; where a permission is missing, a "NotAllowedError" DOMException.

    https://sockets-api.proposal.wintertc.org/#socketerror
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(f"SocketError: {message}")


def socket_error(what: str, failure: Exception | None) -> SocketError:
    """A SocketError that says what went wrong, and why.

    Part of https://sockets-api.proposal.wintertc.org/#socketerror
    """
    why = getattr(failure, "strerror", None) or str(failure or "")
    error = SocketError(f"{what}: {why}" if why else what)
    error.__cause__ = (
        DOMException(str(failure), "NotAllowedError")
        if isinstance(failure, NotAllowed)
        else failure
    )
    return error
