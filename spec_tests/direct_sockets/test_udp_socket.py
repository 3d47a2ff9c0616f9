"""The UDPSocket interface."""

from __future__ import annotations

from typing import Any

import pytest

from spec_tests.direct_sockets.outcomes import is_pending, outcome
from spec_tests.fakes import running_in
from worker_runtime import DOMException, UDPSocket
from worker_runtime.direct_sockets.udp_socket import infer_the_mode
from worker_runtime.host.host import Host
from worker_runtime.host.network import SystemNetwork
from worker_runtime.host.restricted_network import RestrictedNetwork
from worker_runtime.html.settings_objects import EnvironmentSettingsObject

spec = pytest.mark.spec


@spec("https://wicg.github.io/direct-sockets/#dom-udpsocket-constructor")
class TestInferTheMode:
    @pytest.mark.parametrize("options, message", [
        ({}, "has a remoteAddress and remotePort, or a localAddress"),
        ({"remoteAddress": "a.example"}, "go together"),
        ({"remotePort": 53}, "go together"),
        ({"localPort": 5000}, "localPort goes with localAddress"),
        ({"localAddress": "::", "localPort": 0}, "localPort is at least 1"),
        ({"localAddress": "::", "remoteAddress": "::1", "remotePort": 1}, "not both"),
        ({"localAddress": "localhost"}, "number of a host"),
        ({"localAddress": "::", "dnsQueryType": "ipv4"}, "dnsQueryType goes with"),
        ({"remoteAddress": "::1", "remotePort": 1, "ipv6Only": True}, "ipv6Only is for"),
        ({"localAddress": "::1", "ipv6Only": False}, "ipv6Only is for"),
        ({"remoteAddress": "::1", "remotePort": 65536}, "65535"),
        ({"remoteAddress": "::1", "remotePort": 1, "localPort": 5000}, "goes with localAddress"),
    ])  # fmt: skip
    def test_what_does_not_go_together(self, options: Any, message: str) -> None:
        with pytest.raises(TypeError, match=message):
            infer_the_mode(options)

    def test_connected_or_bound(self) -> None:
        assert infer_the_mode({"remoteAddress": "a.example", "remotePort": 53}) == (
            None, ("a.example", 53)
        )  # fmt: skip
        assert infer_the_mode({"localAddress": "::"}) == (("::", 0), None)


@spec("https://wicg.github.io/direct-sockets/#dom-udpsocket-constructor")
class TestConstructor:
    @pytest.mark.parametrize("options", [{"sendBufferSize": 0}, {"receiveBufferSize": 0},
        {"sendBufferSize": 2**32}, {"receive_buffer_size": 1}])  # fmt: skip
    async def test_options_that_cannot_be(self, options: Any) -> None:
        with pytest.raises(TypeError):
            UDPSocket(localAddress="127.0.0.1", **options)

    async def test_open_info_has_the_addresses_of_the_mode(self) -> None:
        bound = UDPSocket(localAddress="127.0.0.1")
        info = await bound.opened
        assert (info.remoteAddress, info.remotePort, info.localAddress) == (None, None, "127.0.0.1")
        connected = UDPSocket(
            {"remoteAddress": "127.0.0.1", "remotePort": info.localPort}, receiveBufferSize=5000
        )
        other = await connected.opened
        assert (other.remoteAddress, other.remotePort) == ("127.0.0.1", info.localPort)
        assert other.localPort > 0
        await bound.close()
        await connected.close()

    @pytest.mark.parametrize("options", [
        {"remoteAddress": "a b", "remotePort": 1}, {"localAddress": "192.0.2.1"},
        {"remoteAddress": "127.0.0.1", "remotePort": 1, "dnsQueryType": "ipv6"},
    ])  # fmt: skip
    async def test_a_failure_is_a_network_error_of_both_promises(self, options: Any) -> None:
        socket = UDPSocket(options)
        assert await outcome(socket.opened) == await outcome(socket.closed) == "NetworkError"

    async def test_a_browser_has_low_ports_for_nobody(self) -> None:
        with running_in(EnvironmentSettingsObject(Host(profile="browser"))):
            socket = UDPSocket(localAddress="127.0.0.1", localPort=1023)
            assert await outcome(socket.opened) == await outcome(socket.closed) == "NotAllowedError"

    async def test_without_permission_it_is_a_not_allowed_error(self) -> None:
        network = RestrictedNetwork(SystemNetwork(), ["127.0.0.1:53"])
        with running_in(EnvironmentSettingsObject(Host(network=network))):
            with pytest.raises(DOMException, match="127.0.0.1:54 is not among"):
                await UDPSocket(remoteAddress="127.0.0.1", remotePort=54).opened
            socket = UDPSocket(localAddress="127.0.0.1")
            with pytest.raises(DOMException, match="may not listen at 127.0.0.1:0, any free port"):
                await socket.opened
            assert await outcome(socket.closed) == "NotAllowedError"
            allowed = UDPSocket(remoteAddress="0x7f.1", remotePort=53)
            await allowed.opened
            await allowed.close()


@spec("https://wicg.github.io/direct-sockets/#dom-udpsocket-close")
class TestClose:
    async def test_ends_the_socket(self) -> None:
        socket = UDPSocket(localAddress="127.0.0.1")
        assert await outcome(socket.close()) == "InvalidStateError"
        info = await socket.opened
        reader, writer = info.readable.getReader(), info.writable.getWriter()
        assert await outcome(socket.close()) == "InvalidStateError"
        reader.releaseLock()
        assert await outcome(socket.close()) == "InvalidStateError"
        writer.releaseLock()
        assert is_pending(socket.closed)
        assert socket.close() is socket.closed is socket.close()
        await socket.closed
        again = UDPSocket(localAddress="127.0.0.1", localPort=info.localPort)
        await again.opened
        await again.close()
