"""The servers of a world; what they answer is in test_world.py."""

from __future__ import annotations

import pytest

from spec_tests.world.test_world import WORKER
from worker_runtime.host.network import TCPAddress
from worker_runtime.testing import Leak, World, in_virtual_time


class TestFakeNetwork:
    @pytest.mark.parametrize("url", ["mailto:a@b", "data:,x", "about:blank"])
    def test_a_url_without_a_server_is_refused(self, url: str) -> None:
        @in_virtual_time
        async def test() -> None:
            async with World(WORKER) as world:
                with pytest.raises(ValueError, match="Not the URL of a server"):
                    world.network[url] = WORKER

        test()

    @in_virtual_time
    async def test_connections_are_counted(self) -> None:
        async with World(WORKER) as world:
            stream = await world.network.dial(TCPAddress("localhost", 80))
            assert world.network.open_connections == 2
            stream.close()
            await world.advance()
            assert world.network.open_connections == 0

    def test_one_that_nobody_closes_is_a_leak(self) -> None:
        @in_virtual_time
        async def test() -> None:
            async with World(WORKER) as world:
                await world.network.dial(TCPAddress("localhost", 80))

        with pytest.raises(Leak, match="1 ends of connections"):
            test()

    @in_virtual_time
    async def test_a_program_may_listen(self) -> None:
        async with World(WORKER) as world:
            accepted: list[object] = []
            listening = await world.network.listen(TCPAddress("here", 1), accepted.append)
            assert listening.addresses == [TCPAddress("here", 1)]
            listening.close()
