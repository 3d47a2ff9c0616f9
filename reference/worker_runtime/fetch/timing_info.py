"""Timing info: what Resource Timing learns of a fetch and of its connection.

Fetch Standard, 2, fetch timing info: https://fetch.spec.whatwg.org/#fetch-timing-info
Fetch Standard, 2.6, connection timing info: https://fetch.spec.whatwg.org/#connection-timing-info

Times are seconds of the host's monotonic clock, as they were measured, and None where the standard
has 0. They become coarse milliseconds, relative to a scope, when somebody looks at them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .headers import get_decode_and_split


class ConnectionTimingInfo(NamedTuple):
    """https://fetch.spec.whatwg.org/#connection-timing-info"""

    domain_lookup_start_time: float | None = None
    domain_lookup_end_time: float | None = None
    connection_start_time: float | None = None
    connection_end_time: float | None = None
    secure_connection_start_time: float | None = None
    alpn_negotiated_protocol: str = ""


class FetchTimingInfo:
    """https://fetch.spec.whatwg.org/#fetch-timing-info"""

    # Most items of most fetches are never set: their defaults stay on the class, which makes one
    # cheap.
    redirect_start_time: float | None = None
    redirect_end_time: float | None = None
    final_service_worker_start_time: float | None = None
    final_network_request_start_time: float | None = None
    first_interim_network_response_start_time: float | None = None
    final_network_response_start_time: float | None = None
    end_time: float | None = None
    render_blocking = False
    # Not of the standard: that of the last connection, however old it is, and the fields that the
    # response has of the name.
    connection_timing_info: ConnectionTimingInfo | None = None
    server_timing: str | None = None

    def __init__(self, start_time: float | None = None) -> None:
        self.start_time = start_time
        self.post_redirect_start_time = start_time

    @property
    def final_connection_timing_info(self) -> ConnectionTimingInfo:
        """https://fetch.spec.whatwg.org/#fetch-timing-info-final-connection-timing-info"""
        # OPTIMIZATION: clamped when somebody looks at it, and not in each fetch.
        if self.connection_timing_info is None or self.post_redirect_start_time is None:
            return ConnectionTimingInfo()
        return clamp_and_coarsen_connection_timing_info(
            self.connection_timing_info, self.post_redirect_start_time
        )

    @property
    def server_timing_headers(self) -> list[str]:
        """https://fetch.spec.whatwg.org/#fetch-timing-info-server-timing-headers"""
        return [] if self.server_timing is None else get_decode_and_split(self.server_timing)


class ResponseBodyInfo:
    """https://fetch.spec.whatwg.org/#response-body-info"""

    encoded_size = 0
    decoded_size = 0
    content_type = ""
    content_encoding = ""
    # Not of the standard: whether nothing more comes of the body, and who wants to know that.
    has_ended = False
    upon_end: Callable[[], object] | None = None

    def end(self) -> None:
        """The last byte is there, or nobody waits for it any more."""
        self.has_ended = True
        if self.upon_end is not None:
            steps, self.upon_end = self.upon_end, None
            steps()


def create_an_opaque_timing_info(timing_info: FetchTimingInfo) -> FetchTimingInfo:
    """What any scope may know of its own fetch: when it has begun, and when it was over.

    https://fetch.spec.whatwg.org/#create-an-opaque-timing-info
    """
    opaque_timing_info = FetchTimingInfo(timing_info.start_time)
    # DEVIATION: by the letter a fetch that nobody may measure would have no end. Resource Timing
    # does not count its end among what is to be masked, and browsers tell it.
    opaque_timing_info.end_time = timing_info.end_time
    return opaque_timing_info


def clamp_and_coarsen_connection_timing_info(
    timing_info: ConnectionTimingInfo, default_start_time: float
) -> ConnectionTimingInfo:
    """What may be told of a connection: of one that was there before, no more than that.

    https://fetch.spec.whatwg.org/#clamp-and-coarsen-connection-timing-info
    """
    # DEVIATION: without TLS there is no time at which it has begun; by the letter there would be
    # one for a connection that was there before, and the end of the connection for any other.
    start_time = timing_info.connection_start_time
    if start_time is None or start_time >= default_start_time:
        return timing_info
    is_secure = timing_info.secure_connection_start_time is not None
    return ConnectionTimingInfo(
        default_start_time, default_start_time, default_start_time, default_start_time,
        default_start_time if is_secure else None, timing_info.alpn_negotiated_protocol,
    )  # fmt: skip
