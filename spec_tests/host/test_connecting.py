"""A socket that is connected to the one of several places that answers first."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from worker_runtime.host import connecting
from worker_runtime.host.connecting import connected_socket, in_the_systems_words
from worker_runtime.host.network import SocketOptions, TCPAddress
from worker_runtime.host.resolving import Place


class TestConnectedSocket:
    @pytest.fixture
    def places(self, monkeypatch: pytest.MonkeyPatch) -> list[Place]:
        """What any name stands for."""
        places: list[Place] = []

        async def places_of(*_: object) -> list[Place]:
            return places

        monkeypatch.setattr(connecting, "places_of", places_of)
        return places

    async def test_the_next_is_tried_when_one_refuses(self, places: list[Place]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            places += [
                Place(socket.AF_INET, ("127.0.0.1", 1)),
                Place(socket.AF_INET, ("127.0.0.2", 1)),
                Place(socket.AF_INET, listening.getsockname()),
            ]
            with await connected_socket(TCPAddress("a.example", 1), SocketOptions()) as connection:
                assert connection.getpeername() == listening.getsockname()

    async def test_the_next_is_tried_when_one_does_not_answer(
        self, places: list[Place], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(connecting, "SECONDS_BETWEEN_ATTEMPTS", 0.02)
        with (
            socket.create_server(("127.0.0.1", 0), backlog=0) as full,
            socket.create_server(("127.0.0.1", 0)) as listening,
        ):
            waiting = [socket.socket() for _ in range(4)]
            for each in waiting:
                each.setblocking(False)
                each.connect_ex(full.getsockname())
            places += [
                Place(socket.AF_INET, full.getsockname()),
                Place(socket.AF_INET, listening.getsockname()),
            ]
            begin = time.monotonic()
            with await connected_socket(TCPAddress("a.example", 1), SocketOptions()) as connection:
                assert connection.getpeername() == listening.getsockname()
            assert time.monotonic() - begin < 5
            for each in waiting:
                each.close()

    async def test_the_first_failure_is_told(self, places: list[Place]) -> None:
        places += [Place(socket.AF_INET, ("127.0.0.1", 1)), Place(socket.AF_INET6, ("::1", 1))]
        with pytest.raises(ConnectionRefusedError, match="Connection refused"):
            await connected_socket(TCPAddress("a.example", 1), SocketOptions())

    async def test_who_gives_up_leaves_nothing(self, places: list[Place]) -> None:
        with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
            waiting = [socket.socket() for _ in range(4)]
            for each in waiting:
                each.setblocking(False)
                each.connect_ex(full.getsockname())
            places += 2 * [Place(socket.AF_INET, full.getsockname())]
            attempt = asyncio.ensure_future(
                connected_socket(TCPAddress("a.example", 1), SocketOptions())
            )
            await asyncio.sleep(0.01)
            attempt.cancel()
            with pytest.raises(asyncio.CancelledError):
                await attempt
            for each in waiting:
                each.close()


class TestInTheSystemsWords:
    def test_asyncio_s_words_are_left_out(self) -> None:
        error = OSError("[Errno 111] Connect call failed ('127.0.0.1', 1)")
        assert isinstance(in_the_systems_words(error), ConnectionRefusedError)
        assert in_the_systems_words(other := OSError("no")) is other
