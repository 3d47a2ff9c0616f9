"""The PerformanceResourceTiming interface: what one fetch took.

Resource Timing, 3.3: https://w3c.github.io/resource-timing/#sec-performanceresourcetiming
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from ..fetch.timing_info import FetchTimingInfo, ResponseBodyInfo
from ..hr_time.time_origin import relative_high_resolution_time
from ..html.settings_objects import EnvironmentSettingsObject
from ..performance_timeline.performance_entry import (
    PerformanceEntry,
    initialize_a_performance_entry,
)
from ..webidl.interfaces import default_to_json_steps, illegal_constructor

# https://w3c.github.io/resource-timing/#enumdef-renderblockingstatustype
RenderBlockingStatusType: TypeAlias = Literal["blocking", "non-blocking"]
CacheMode: TypeAlias = Literal["", "local", "validated"]

SIZE_OF_A_HEAD = 300  # which stands for that of any head


class PerformanceResourceTiming(PerformanceEntry):
    """Times are in milliseconds since the scope's time origin, and 0 for what did not happen or
    may not be told.

    https://w3c.github.io/resource-timing/#performanceresourcetiming
    """

    __slots__ = (
        "_cache_mode", "_delivery_type", "_initiator_type", "_resource_info", "_response_status",
        "_timing_info",
    )  # fmt: skip

    __init__ = illegal_constructor

    _initiator_type: str
    _delivery_type: str
    _cache_mode: CacheMode
    _timing_info: FetchTimingInfo
    _resource_info: ResponseBodyInfo
    _response_status: int

    def _converted(self, timestamp: float | None) -> float:
        return convert_fetch_timestamp(timestamp, self._settings_object)

    @property
    def initiatorType(self) -> str:
        """ "fetch" for `fetch()`, "other" for an EventSource.

        https://w3c.github.io/resource-timing/#performanceresourcetiming-initiatortype
        """
        return self._initiator_type

    @property
    def deliveryType(self) -> str:
        """ "cache" if the HTTP cache had it, else empty.

        https://w3c.github.io/resource-timing/#performanceresourcetiming-deliverytype
        """
        return self._delivery_type

    @property
    def nextHopProtocol(self) -> str:
        """Such as "http/1.1".

        https://w3c.github.io/resource-timing/#performanceresourcetiming-nexthopprotocol
        """
        return self._timing_info.final_connection_timing_info.alpn_negotiated_protocol

    @property
    def workerStart(self) -> float:
        """0: no service worker stands before a worker's own fetches.

        https://w3c.github.io/resource-timing/#performanceresourcetiming-workerstart
        """
        return self._converted(self._timing_info.final_service_worker_start_time)

    @property
    def redirectStart(self) -> float:
        """https://w3c.github.io/resource-timing/#performanceresourcetiming-redirectstart"""
        return self._converted(self._timing_info.redirect_start_time)

    @property
    def redirectEnd(self) -> float:
        """https://w3c.github.io/resource-timing/#performanceresourcetiming-redirectend"""
        return self._converted(self._timing_info.redirect_end_time)

    @property
    def fetchStart(self) -> float:
        """https://w3c.github.io/resource-timing/#performanceresourcetiming-fetchstart"""
        return self._converted(self._timing_info.post_redirect_start_time)

    @property
    def domainLookupStart(self) -> float:
        """https://w3c.github.io/resource-timing/#performanceresourcetiming-domainlookupstart"""
        return self._converted(
            self._timing_info.final_connection_timing_info.domain_lookup_start_time
        )

    @property
    def domainLookupEnd(self) -> float:
        """https://w3c.github.io/resource-timing/#performanceresourcetiming-domainlookupend"""
        return self._converted(
            self._timing_info.final_connection_timing_info.domain_lookup_end_time
        )

    @property
    def connectStart(self) -> float:
        """https://w3c.github.io/resource-timing/#performanceresourcetiming-connectstart"""
        return self._converted(self._timing_info.final_connection_timing_info.connection_start_time)

    @property
    def connectEnd(self) -> float:
        """https://w3c.github.io/resource-timing/#performanceresourcetiming-connectend"""
        return self._converted(self._timing_info.final_connection_timing_info.connection_end_time)

    @property
    def secureConnectionStart(self) -> float:
        """0 without TLS.

        https://w3c.github.io/resource-timing/#performanceresourcetiming-secureconnectionstart
        """
        return self._converted(
            self._timing_info.final_connection_timing_info.secure_connection_start_time
        )

    @property
    def requestStart(self) -> float:
        """https://w3c.github.io/resource-timing/#performanceresourcetiming-requeststart"""
        return self._converted(self._timing_info.final_network_request_start_time)

    @property
    def finalResponseHeadersStart(self) -> float:
        """https://w3c.github.io/resource-timing/#performanceresourcetiming-finalresponseheadersstart"""
        return self._converted(self._timing_info.final_network_response_start_time)

    @property
    def firstInterimResponseStart(self) -> float:
        """https://w3c.github.io/resource-timing/#performanceresourcetiming-firstinterimresponsestart"""
        return self._converted(self._timing_info.first_interim_network_response_start_time)

    @property
    def responseStart(self) -> float:
        """https://w3c.github.io/resource-timing/#performanceresourcetiming-responsestart"""
        return self.firstInterimResponseStart or self.finalResponseHeadersStart

    @property
    def responseEnd(self) -> float:
        """When the last byte was there that somebody has read.

        https://w3c.github.io/resource-timing/#performanceresourcetiming-responseend
        """
        return self._converted(self._timing_info.end_time)

    @property
    def workerRouterEvaluationStart(self) -> float:
        """There is no static routing.

        https://w3c.github.io/resource-timing/#performanceresourcetiming-workerrouterevaluationstart
        """
        return 0

    @property
    def workerCacheLookupStart(self) -> float:
        """There is no static routing.

        https://w3c.github.io/resource-timing/#performanceresourcetiming-workercachelookupstart
        """
        return 0

    @property
    def workerMatchedRouterSource(self) -> str:
        """There is no static routing.

        https://w3c.github.io/resource-timing/#performanceresourcetiming-workermatchedroutersource
        """
        return ""

    @property
    def workerFinalRouterSource(self) -> str:
        """There is no static routing.

        https://w3c.github.io/resource-timing/#performanceresourcetiming-workerfinalroutersource
        """
        return ""

    @property
    def transferSize(self) -> int:
        """How many bytes came over the network, about.

        https://w3c.github.io/resource-timing/#performanceresourcetiming-transfersize
        """
        if self._cache_mode == "local":
            return 0
        if self._cache_mode == "validated":
            return SIZE_OF_A_HEAD
        return self._resource_info.encoded_size + SIZE_OF_A_HEAD

    @property
    def encodedBodySize(self) -> int:
        """https://w3c.github.io/resource-timing/#performanceresourcetiming-encodedbodysize"""
        return self._resource_info.encoded_size

    @property
    def decodedBodySize(self) -> int:
        """https://w3c.github.io/resource-timing/#performanceresourcetiming-decodedbodysize"""
        return self._resource_info.decoded_size

    @property
    def responseStatus(self) -> int:
        """https://w3c.github.io/resource-timing/#performanceresourcetiming-responsestatus"""
        return self._response_status

    @property
    def renderBlockingStatus(self) -> RenderBlockingStatusType:
        """https://w3c.github.io/resource-timing/#performanceresourcetiming-renderblockingstatus"""
        return "blocking" if self._timing_info.render_blocking else "non-blocking"

    @property
    def contentType(self) -> str:
        """The essence of the MIME type, if it is one that the platform knows.

        https://w3c.github.io/resource-timing/#performanceresourcetiming-contenttype
        """
        return self._resource_info.content_type

    @property
    def contentEncoding(self) -> str:
        """https://w3c.github.io/resource-timing/#performanceresourcetiming-contentencoding"""
        return self._resource_info.content_encoding

    def toJSON(self) -> dict[str, Any]:
        """https://w3c.github.io/resource-timing/#dom-performanceresourcetiming-tojson"""
        return default_to_json_steps(self, PerformanceResourceTiming)


def setup_the_resource_timing_entry(
    entry: PerformanceResourceTiming,
    settings_object: EnvironmentSettingsObject,
    initiator_type: str,
    requested_url: str,
    timing_info: FetchTimingInfo,
    cache_mode: CacheMode,
    body_info: ResponseBodyInfo,
    response_status: int,
    delivery_type: str = "",
) -> None:
    """https://w3c.github.io/resource-timing/#setup-the-resource-timing-entry"""
    initialize_a_performance_entry(
        entry,
        settings_object,
        convert_fetch_timestamp(timing_info.start_time, settings_object),
        "resource",
        requested_url,
        convert_fetch_timestamp(timing_info.end_time, settings_object),
    )
    entry._initiator_type = initiator_type
    entry._timing_info = timing_info
    entry._resource_info = body_info
    entry._cache_mode = cache_mode
    entry._response_status = response_status
    if delivery_type == "" and cache_mode:
        delivery_type = "cache"
    entry._delivery_type = delivery_type


def convert_fetch_timestamp(
    timestamp: float | None, settings_object: EnvironmentSettingsObject
) -> float:
    """What stands for a moment, None for one that never was, in a scope.

    https://w3c.github.io/resource-timing/#dfn-convert-fetch-timestamp
    """
    # DEVIATION: all times become coarse and relative here, once; by the letter the end of a fetch
    # would become relative twice.
    if timestamp is None:
        return 0
    return relative_high_resolution_time(timestamp * 1000, settings_object)
