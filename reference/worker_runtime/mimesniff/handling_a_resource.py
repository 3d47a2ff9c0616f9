"""Handling a resource: what the sender says of it, and its first bytes.

MIME Sniffing Standard, 5: https://mimesniff.spec.whatwg.org/#handling-a-resource
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Sequence

from .mime_types import MIMEType, parse_a_mime_type_from_bytes

# What old Apache servers say of each file that they do not know.
APACHE_BUG = frozenset({
    b"text/plain", b"text/plain; charset=ISO-8859-1", b"text/plain; charset=iso-8859-1",
    b"text/plain; charset=UTF-8"
})  # fmt: skip
ENOUGH_BYTES = 1445


class Resource:
    """The metadata of a resource that sniffing goes by; its resource header are its first bytes.

    https://mimesniff.spec.whatwg.org/#resource
    """

    __slots__ = (
        "check_for_apache_bug_flag",
        "no_sniff_flag",
        "resource_header",
        "supplied_mime_type",
    )

    def __init__(
        self,
        supplied_mime_type: MIMEType | None = None,
        resource_header: bytes = b"",
        no_sniff_flag: bool = False,
    ) -> None:
        self.supplied_mime_type = supplied_mime_type
        self.resource_header = resource_header
        self.no_sniff_flag = no_sniff_flag
        self.check_for_apache_bug_flag = False


def supplied_mime_type_detection_algorithm(
    resource: Resource, content_types: Sequence[bytes]
) -> None:
    """Set the supplied MIME type, and the check-for-apache-bug flag, by the values of the
    Content-Type headers of HTTP.

    https://mimesniff.spec.whatwg.org/#supplied-mime-type-detection-algorithm
    """
    if content_types:
        supplied_type = content_types[-1]
        resource.check_for_apache_bug_flag = supplied_type in APACHE_BUG
        resource.supplied_mime_type = parse_a_mime_type_from_bytes(supplied_type)


async def read_the_resource_header(resource: Resource, chunks: AsyncIterable[bytes]) -> None:
    """Read chunks until there are enough bytes to sniff; how long to wait for them is the caller's
    matter.

    https://mimesniff.spec.whatwg.org/#read-the-resource-header
    """
    buffer = bytearray()
    async for chunk in chunks:
        buffer += chunk
        if len(buffer) >= ENOUGH_BYTES:
            break
    resource.resource_header = bytes(buffer)
