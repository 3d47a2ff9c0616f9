"""Host serializing: the inverse of host parsing.

URL Standard, 3.6: https://url.spec.whatwg.org/#host-serializing
"""

from __future__ import annotations

from .host_representation import Host, IPv6Address


def host_serializer(host: Host) -> str:
    """https://url.spec.whatwg.org/#concept-host-serializer"""
    if isinstance(host, str):
        return host
    return ipv4_serializer(host) if isinstance(host, int) else f"[{ipv6_serializer(host)}]"


def ipv4_serializer(address: int) -> str:
    """https://url.spec.whatwg.org/#concept-ipv4-serializer"""
    return ".".join(map(str, address.to_bytes(4, "big")))


def ipv6_serializer(address: IPv6Address) -> str:
    """https://url.spec.whatwg.org/#concept-ipv6-serializer"""
    output = ""
    compress = find_the_ipv6_address_compressed_piece_index(address)
    ignore_0 = False
    for piece_index, piece in enumerate(address):
        if ignore_0 and piece == 0:
            continue
        ignore_0 = piece_index == compress
        if ignore_0:
            output += "::" if piece_index == 0 else ":"
        else:
            output += f"{piece:x}" if piece_index == 7 else f"{piece:x}:"
    return output


def find_the_ipv6_address_compressed_piece_index(address: IPv6Address) -> int | None:
    """Where the first of the longest runs of zeros begins; None if there are no two in a row.

    https://url.spec.whatwg.org/#find-the-ipv6-address-compressed-piece-index
    """
    longest_index, longest_size = None, 1
    found_index, found_size = 0, 0
    for piece_index, piece in enumerate(address):
        if piece != 0:
            found_size = 0
            continue
        if found_size == 0:
            found_index = piece_index
        found_size += 1
        if found_size > longest_size:
            longest_index, longest_size = found_index, found_size
    return longest_index
