"""What a worker may reach."""

from __future__ import annotations

import pytest

from worker_runtime.host.network_policy import is_public


class TestIsPublic:
    @pytest.mark.parametrize("number", ["1.1.1.1", "2606:4700::1111", "64:ff9b::101:101",
        "::ffff:8.8.8.8", "2002:808:808::1"])  # fmt: skip
    def test_the_open_network(self, number: str) -> None:
        assert is_public(number)

    @pytest.mark.parametrize("number", [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0",
        "fd00::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1",
        "2001:0:7f00:1::1", "a.example", "::7f00:1", "64:ff9b:1::1",
        # those that stand for an IPv4 address in a way that is not used any more, or only somewhere
        "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b:1::7f00:1",
        "fec0::1", "5f00::1", "3fff::1", "2001:db8::1", "2001:20::1", "100::1", "4000::1",
        "192.0.0.8", "192.0.0.170", "192.88.99.1", "198.18.0.1", "240.0.0.1",
    ])  # fmt: skip
    def test_and_what_is_not(self, number: str) -> None:
        assert not is_public(number)
