"""The two ends of a connection."""

from __future__ import annotations

import pytest

from spec_tests.sockets_api.peers import at, echo, peer
from worker_runtime import connect
from worker_runtime.host.network import TCPAddress, UnixAddress
from worker_runtime.sockets_api.socket_info import SocketInfo, shown

spec = pytest.mark.spec


@spec("https://sockets-api.proposal.wintertc.org/#dictdef-socketinfo")
class TestSocketInfo:
    def test_says_nothing_by_default(self) -> None:
        assert SocketInfo() == (None, None, None)

    async def test_has_both_ends_of_a_connection(self) -> None:
        seen: list[str] = []

        async def look(stream: object) -> None:
            seen.append(shown(stream.remote_address))  # type: ignore[attr-defined]
            await echo(stream)  # type: ignore[arg-type]

        async with peer(look) as address:
            socket = connect(at(address))
            info = await socket.opened
            await socket.close()
        assert info.remoteAddress == at(address)
        assert [info.localAddress] == seen
        assert info.alpn is None


@spec("https://sockets-api.proposal.wintertc.org/#dom-socketinfo-remoteaddress")
class TestShown:
    def test_hosts_are_numbers(self) -> None:
        assert shown(TCPAddress("127.0.0.1", 1)) == "127.0.0.1:1"
        assert shown(TCPAddress("::1", 1)) == "[::1]:1"
        assert shown(UnixAddress("/x")) == "/x"
