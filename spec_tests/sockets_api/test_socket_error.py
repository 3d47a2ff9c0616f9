"""Why there is no connection."""

from __future__ import annotations

import pytest

from worker_runtime import DOMException, SocketError
from worker_runtime.host.network_policy import NotAllowed
from worker_runtime.sockets_api.socket_error import socket_error

spec = pytest.mark.spec


@spec("https://sockets-api.proposal.wintertc.org/#socketerror")
class TestSocketError:
    def test_is_a_type_error_that_says_what_it_is(self) -> None:
        error = SocketError("connection failed")
        assert isinstance(error, TypeError)
        assert str(error) == "SocketError: connection failed"

    def test_has_what_the_system_said_as_its_cause(self) -> None:
        cause = ConnectionRefusedError(111, "Connection refused")
        error = socket_error("No", cause)
        assert str(error) == "SocketError: No: Connection refused"
        assert error.__cause__ is cause
        assert str(socket_error("No", None)) == "SocketError: No"

    def test_a_missing_permission_is_a_not_allowed_error(self) -> None:
        error = socket_error("No", NotAllowed("a.example:80 is not among"))
        assert str(error) == "SocketError: No: a.example:80 is not among"
        assert isinstance(error.__cause__, DOMException)
        assert error.__cause__.name == "NotAllowedError"
        system = socket_error("No", PermissionError(13, "Permission denied")).__cause__
        assert isinstance(system, PermissionError)
