"""Where connections are dialled to and accepted."""

from __future__ import annotations

import pytest

from worker_runtime.host.addresses import Address, TCPAddress, UnixAddress, address_of


class TestAddressOf:
    @pytest.mark.parametrize(
        "name, address",
        [
            (("127.0.0.1", 80), TCPAddress("127.0.0.1", 80)),
            (("::1", 80, 0, 0), TCPAddress("::1", 80)),
            ("/run/s", UnixAddress("/run/s")),
            ("", UnixAddress("")),
            (b"\0abstract", UnixAddress("")),
        ],
    )
    def test_is_what_a_socket_calls_itself(self, name: object, address: Address) -> None:
        assert address_of(name) == address
