"""URL Standard, 3.6."""

from __future__ import annotations

import pytest

from worker_runtime.url.host_parsing import ipv6_parser
from worker_runtime.url.host_representation import Host, IPv6Address
from worker_runtime.url.host_serializing import (
    find_the_ipv6_address_compressed_piece_index,
    host_serializer,
    ipv4_serializer,
    ipv6_serializer,
)

spec = pytest.mark.spec


@spec("https://url.spec.whatwg.org/#concept-host-serializer")
class TestHostSerializer:
    @pytest.mark.parametrize(
        "host, output",
        [
            ("example.com", "example.com"),
            ("", ""),
            (0, "0.0.0.0"),
            ((0,) * 8, "[::]"),
            ("a%20", "a%20"),
        ],
    )
    def test_only_an_ipv6_address_is_in_brackets(self, host: Host, output: str) -> None:
        assert host_serializer(host) == output


@spec("https://url.spec.whatwg.org/#concept-ipv4-serializer")
class TestIPv4Serializer:
    @pytest.mark.parametrize(
        "address, output",
        [(0x7F000001, "127.0.0.1"), (0xFFFFFFFF, "255.255.255.255"), (1, "0.0.0.1")],
    )
    def test_four_decimal_numbers(self, address: int, output: str) -> None:
        assert ipv4_serializer(address) == output


@spec("https://url.spec.whatwg.org/#concept-ipv6-serializer")
class TestIPv6Serializer:
    @pytest.mark.parametrize(
        "address, output",
        [
            ((0, 0, 0, 0, 0, 0, 0, 0), "::"),
            ((1, 0, 0, 0, 0, 0, 0, 0), "1::"),
            ((0, 0, 0, 0, 0, 0, 0, 1), "::1"),
            ((0, 1, 0, 1, 0, 1, 0, 1), "0:1:0:1:0:1:0:1"),
            ((0x2001, 0xDB8, 0, 0, 1, 0, 0, 1), "2001:db8::1:0:0:1"),
            ((1, 0, 0, 1, 0, 0, 0, 0), "1:0:0:1::"),
            ((1, 2, 3, 4, 5, 6, 7, 0xABC), "1:2:3:4:5:6:7:abc"),
        ],
    )
    def test_the_first_of_the_longest_runs_of_zeros_is_compressed(
        self, address: IPv6Address, output: str
    ) -> None:
        assert ipv6_serializer(address) == output
        assert ipv6_parser(output) == address


@spec("https://url.spec.whatwg.org/#find-the-ipv6-address-compressed-piece-index")
class TestFindTheIPv6AddressCompressedPieceIndex:
    @pytest.mark.parametrize(
        "address, index",
        [
            ((0, 0xF, 0, 0, 0xF, 0xF, 0, 0), 2),
            ((0, 1, 0, 1, 0, 1, 0, 1), None),
            ((0, 0, 1, 0, 0, 0, 1, 1), 3),
            ((1, 1, 1, 1, 1, 1, 0, 0), 6),
        ],
    )
    def test_a_lone_zero_is_no_run(self, address: IPv6Address, index: int | None) -> None:
        assert find_the_ipv6_address_compressed_piece_index(address) == index
