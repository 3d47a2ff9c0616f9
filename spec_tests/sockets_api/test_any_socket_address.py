"""Where a socket is to connect to."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from worker_runtime import SocketError
from worker_runtime.sockets_api.any_socket_address import to_address

spec = pytest.mark.spec


@spec("https://sockets-api.proposal.wintertc.org/#typedefdef-anysocketaddress")
class TestToAddress:
    @pytest.mark.parametrize("address, host, port", [
        ("example.com:443", "example.com", 443),
        ("EXAMPLE.com:0", "example.com", 0),
        ("[::1]:6379", "::1", 6379),
        ("[0:0::1]:80", "::1", 80),
        ("0x7f.1:80", "127.0.0.1", 80),
        ("bücher.example:80", "xn--bcher-kva.example", 80),
        ({"hostname": "a.example", "port": 80}, "a.example", 80),
        ({"hostname": "::1", "port": 80}, "::1", 80),
        ({"hostname": "[::1]", "port": 80}, "::1", 80),
        ({"hostname": "a.example", "port": 65536 + 80}, "a.example", 80),
        (SimpleNamespace(hostname="a.example", port=80), "a.example", 80),
    ])  # fmt: skip
    def test_is_a_host_and_a_port(self, address: Any, host: str, port: int) -> None:
        assert to_address(address) == (host, port)

    @pytest.mark.parametrize("address", ["", ":", "a.example", ":80", "a.example:", "a.example:x",
        "a.example:65536", "a.example:-1", "a.example:٣", "::1:80", "a b:80", "[::1:80",
        "1.2.3.4.5:80", "http://a.example:80", {"hostname": "a.example"}, {"port": 80},
        {"hostname": "a/b", "port": 80}])  # fmt: skip
    def test_what_is_not_formatted_so_is_an_error(self, address: Any) -> None:
        with pytest.raises(SocketError):
            to_address(address)
