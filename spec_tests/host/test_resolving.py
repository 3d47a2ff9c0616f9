"""The numbers that the name of a host stands for."""

from __future__ import annotations

import socket

import pytest

from worker_runtime.host.network import SocketOptions, TCPAddress
from worker_runtime.host.network_policy import NotAllowed
from worker_runtime.host.resolving import Place, in_turns, places_of


async def numbers(host: str, options: SocketOptions = SocketOptions()) -> list[str]:
    places = await places_of(TCPAddress(host, 80), socket.SOCK_STREAM, options)
    return [place.where[0] for place in places]


class TestPlacesOf:
    @pytest.mark.parametrize("number", ["127.0.0.1", "::1", "192.0.2.1"])
    async def test_a_number_is_itself(self, number: str) -> None:
        assert await numbers(number) == [number]

    async def test_localhost_is_this_machine(self) -> None:
        for host in ("localhost", "localhost.", "a.localhost", "a.b.localhost."):
            assert await numbers(host) == ["::1", "127.0.0.1"]
        assert await numbers("localhost", SocketOptions(family="ipv4")) == ["127.0.0.1"]
        assert await numbers("localhost", SocketOptions(family="ipv6")) == ["::1"]

    async def test_a_number_of_the_other_family_is_an_error(self) -> None:
        with pytest.raises(OSError):
            await numbers("127.0.0.1", SocketOptions(family="ipv6"))

    async def test_what_is_not_admitted_is_left_out(self) -> None:
        options = SocketOptions(admits=lambda number: ":" not in number)
        assert await numbers("localhost", options) == ["127.0.0.1"]

    async def test_where_nothing_is_admitted_it_says_what_the_name_stands_for(self) -> None:
        nothing = SocketOptions(admits=lambda number: False)
        with pytest.raises(
            NotAllowed, match=r"may not reach localhost, which is ::1, 127\.0\.0\.1$"
        ):
            await numbers("localhost", nothing)
        with pytest.raises(NotAllowed, match=r"may not reach 192\.0\.2\.1$"):
            await numbers("192.0.2.1", nothing)

    @pytest.mark.parametrize("host", ["a..example", "x" * 64 + ".example"])
    async def test_what_is_no_name_is_an_error(self, host: str) -> None:
        with pytest.raises(OSError, match="cannot be looked up"):
            await numbers(host)


class TestInTurns:
    def test_one_of_each_family_after_the_other(self) -> None:
        six = [Place(socket.AF_INET6, (name, 1)) for name in "abc"]
        four = [Place(socket.AF_INET, (name, 1)) for name in "de"]
        assert "".join(place.where[0] for place in in_turns([*six, *four])) == "adbec"
