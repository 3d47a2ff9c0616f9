"""How the members of the dictionaries become what the network takes."""

from __future__ import annotations

from typing import Any

import pytest

from worker_runtime.direct_sockets.options import (
    enforced,
    error_of,
    is_ip_address,
    to_dns_query_type,
    to_host,
)
from worker_runtime.host.network_policy import NotAllowed

spec = pytest.mark.spec


@spec("https://wicg.github.io/direct-sockets/#dom-socketdnsquerytype")
class TestToDnsQueryType:
    def test_is_one_of_two(self) -> None:
        assert [to_dns_query_type(each) for each in ("ipv4", "ipv6")] == ["ipv4", "ipv6"]
        for each in ("IPv4", "", 4, None):
            with pytest.raises(TypeError, match="dnsQueryType is"):
                to_dns_query_type(each)


@spec("https://wicg.github.io/direct-sockets/#dom-tcpsocket-constructor")
class TestEnforced:
    def test_what_is_not_there_is_none(self) -> None:
        assert enforced({}, "localPort", 16) is None

    @pytest.mark.parametrize("value", [0, -1, 65536, float("nan"), "80"])
    def test_what_is_out_of_range_is_an_error(self, value: Any) -> None:
        with pytest.raises(TypeError):
            enforced({"localPort": value}, "localPort", 16)
        assert enforced({"localPort": 65535.9}, "localPort", 16) == 65535


@spec("https://wicg.github.io/direct-sockets/#dom-udpsocketoptions-localaddress")
class TestIsIPAddress:
    def test_is_a_number(self) -> None:
        assert all(map(is_ip_address, ("127.0.0.1", "::", "::1", "0.0.0.0", "fe80::1%1")))
        assert not any(map(is_ip_address, ("localhost", "", "127.1", "[::1]", "1.2.3.4:5", "*")))


@spec("https://wicg.github.io/direct-sockets/#dom-tcpsocketopeninfo-remoteaddress")
class TestToHost:
    def test_is_as_in_a_url(self) -> None:
        assert [to_host(each) for each in ("A.example", "0x7f.1", "0::1", "bücher.example")] == [
            "a.example", "127.0.0.1", "::1", "xn--bcher-kva.example"
        ]  # fmt: skip
        with pytest.raises(OSError, match="'a b' is no host"):
            to_host("a b")


@spec("https://wicg.github.io/direct-sockets/#dom-tcpsocket-constructor")
class TestErrorOf:
    def test_has_the_words_of_the_system(self) -> None:
        error = error_of(ConnectionRefusedError(111, "Connection refused"))
        assert (error.name, error.message) == ("NetworkError", "Connection refused")

    def test_a_missing_permission_has_its_name(self) -> None:
        assert error_of(NotAllowed("may not")).name == "NotAllowedError"
        assert error_of(PermissionError(13, "Permission denied")).name == "NetworkError"
