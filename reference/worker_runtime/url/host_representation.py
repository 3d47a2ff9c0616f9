"""Host representation: domains, IP addresses, opaque hosts and empty hosts.

URL Standard, 3.1 and 3.2: https://url.spec.whatwg.org/#host-representation,
https://url.spec.whatwg.org/#host-miscellaneous
"""

from __future__ import annotations

from typing import TypeAlias

# Its 8 pieces. https://url.spec.whatwg.org/#concept-ipv6
IPv6Address: TypeAlias = "tuple[int, ...]"

# An int is an IPv4 address; a str is a domain in a special URL and an opaque host in any other, or
# where it is empty an empty host. So hosts that equal one another are == to one another. Beware:
# the IPv4 address 0 is false.
# https://url.spec.whatwg.org/#concept-host, https://url.spec.whatwg.org/#concept-host-equals
Host: TypeAlias = "str | int | IPv6Address"

# https://url.spec.whatwg.org/#forbidden-host-code-point,
# https://url.spec.whatwg.org/#forbidden-domain-code-point
FORBIDDEN_HOST_CODE_POINTS = frozenset("\0\t\n\r #/:<>?@[\\]^|")
FORBIDDEN_DOMAIN_CODE_POINTS = FORBIDDEN_HOST_CODE_POINTS.union(map(chr, range(0x20)), "%\x7f")


def public_suffix(host: Host) -> str | None:
    """The suffix under which anybody may register, with the trailing dot of the host if it has one;
    None if the host is not a domain.

    https://url.spec.whatwg.org/#host-public-suffix
    """
    # DEVIATION: the Public Suffix List changes every week and is not part of this package. What is
    # left of its algorithm is its rule for what the list does not know, "*": the last label.
    if not isinstance(host, str) or not host:
        return None
    trailing_dot = "." if host.endswith(".") else ""
    return host.removesuffix(".").rpartition(".")[2] + trailing_dot


def registrable_domain(host: Host) -> str | None:
    """The public suffix and the label before it; None if there is none.

    https://url.spec.whatwg.org/#host-registrable-domain
    """
    suffix = public_suffix(host)
    if suffix is None or suffix == host:
        return None
    assert isinstance(host, str)
    return host.removesuffix(suffix)[:-1].rpartition(".")[2] + "." + suffix
