"""A Response that takes an end of a WebSocketPair with it."""

from __future__ import annotations

from typing import Any

import pytest

from worker_runtime import Response, WebSocketPair
from worker_runtime.fetch import response_class

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#response-web-socket")
class TestResponseForWebSockets:
    async def test_there_is_one_interface(self) -> None:
        assert response_class.Response is Response
        assert Response("x").webSocket is None


@spec("SPEC_NOTES.md#web-socket-pair-response")
class TestTakeAWebSocket:
    async def test_the_end_goes_with_the_status_101(self) -> None:
        client, _ = WebSocketPair()
        response = Response(None, status=101, headers={"x": "y"}, webSocket=client)
        assert (response.webSocket, response.status) == (client, 101)
        assert response.headers.get("x") == "y"

    async def test_as_a_mapping(self) -> None:
        client, _ = WebSocketPair()
        assert Response(None, {"status": 101, "webSocket": client}).webSocket is client

    @pytest.mark.parametrize("status", [200, 404])
    async def test_with_another_status_it_is_a_type_error(self, status: int) -> None:
        client, _ = WebSocketPair()
        with pytest.raises(TypeError, match="goes with the status 101"):
            Response(None, status=status, webSocket=client)

    async def test_what_is_no_end_of_a_pair_is_a_type_error(self) -> None:
        nothing: Any = object()
        with pytest.raises(TypeError, match="goes with the status 101"):
            Response(None, status=101, webSocket=nothing)
