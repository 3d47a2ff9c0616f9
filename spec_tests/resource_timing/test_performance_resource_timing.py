"""Resource Timing, 3.3: the PerformanceResourceTiming interface."""

from __future__ import annotations

from typing import Any

import pytest

from spec_tests.fakes import running_worker
from worker_runtime import PerformanceResourceTiming
from worker_runtime.fetch.timing_info import ConnectionTimingInfo, FetchTimingInfo, ResponseBodyInfo
from worker_runtime.html.settings_objects import current_settings_object
from worker_runtime.resource_timing.performance_resource_timing import (
    convert_fetch_timestamp,
    setup_the_resource_timing_entry,
)
from worker_runtime.webidl.interfaces import new

spec = pytest.mark.spec


def full_timing_info() -> FetchTimingInfo:
    """Of a worker whose time origin is 1,000 seconds after that of the clock."""
    timing_info = FetchTimingInfo(1001)
    timing_info.redirect_start_time = 1001
    timing_info.redirect_end_time = timing_info.post_redirect_start_time = 1002
    timing_info.final_network_request_start_time = 1004
    timing_info.first_interim_network_response_start_time = 1005
    timing_info.final_network_response_start_time = 1006
    timing_info.end_time = 1007
    timing_info.connection_timing_info = ConnectionTimingInfo(
        1002.1, 1002.2, 1002.3, 1002.5, 1002.4, "http/1.1"
    )
    return timing_info


def entry_with(
    timing_info: FetchTimingInfo | None = None, cache_mode: Any = "", **sizes: Any
) -> PerformanceResourceTiming:
    body_info = ResponseBodyInfo()
    for name, value in sizes.items():
        setattr(body_info, name, value)
    entry: PerformanceResourceTiming = new(PerformanceResourceTiming)
    setup_the_resource_timing_entry(
        entry, current_settings_object(), "fetch", "https://a.example/",
        timing_info or FetchTimingInfo(), cache_mode, body_info, 200,
    )  # fmt: skip
    return entry


@spec("https://w3c.github.io/resource-timing/#performanceresourcetiming")
class TestPerformanceResourceTiming:
    def test_its_times_are_milliseconds_since_the_time_origin(self) -> None:
        with running_worker():
            entry = entry_with(full_timing_info())
            times = [
                entry.startTime, entry.redirectStart, entry.redirectEnd, entry.fetchStart,
                entry.domainLookupStart, entry.domainLookupEnd, entry.connectStart,
                entry.secureConnectionStart, entry.connectEnd, entry.requestStart,
                entry.firstInterimResponseStart, entry.responseStart,
                entry.finalResponseHeadersStart, entry.responseEnd,
            ]  # fmt: skip
            assert times == pytest.approx(
                [1000, 1000, 2000, 2000, 2100, 2200, 2300, 2400, 2500, 4000, 5000, 5000, 6000, 7000]
            )
            assert entry.duration == 6000 and entry.nextHopProtocol == "http/1.1"

    def test_what_did_not_happen_is_zero_or_empty(self) -> None:
        with running_worker():
            entry = entry_with()
            assert (entry.workerStart, entry.workerRouterEvaluationStart) == (0, 0)
            assert (entry.workerCacheLookupStart, entry.responseStart) == (0, 0)
            assert (entry.workerMatchedRouterSource, entry.workerFinalRouterSource) == ("", "")
            assert (entry.secureConnectionStart, entry.contentEncoding) == (0, "")
            assert (entry.deliveryType, entry.renderBlockingStatus) == ("", "non-blocking")
            assert (entry.initiatorType, entry.contentType) == ("fetch", "")

    def test_without_interim_responses_the_response_starts_with_the_final_one(self) -> None:
        with running_worker():
            timing_info = full_timing_info()
            timing_info.first_interim_network_response_start_time = None
            assert entry_with(timing_info).responseStart == 6000

    @spec("https://w3c.github.io/resource-timing/#performanceresourcetiming-transfersize")
    @pytest.mark.parametrize(
        "cache_mode, size, delivery_type",
        [("", 310, ""), ("local", 0, "cache"), ("validated", 300, "cache")],
    )
    def test_what_the_cache_had_was_not_transferred(
        self, cache_mode: str, size: int, delivery_type: str
    ) -> None:
        with running_worker():
            entry = entry_with(None, cache_mode, encoded_size=10, decoded_size=20)
            assert (entry.transferSize, entry.deliveryType) == (size, delivery_type)
            assert (entry.encodedBodySize, entry.decodedBodySize) == (10, 20)
            assert entry.responseStatus == 200

    @spec("https://w3c.github.io/resource-timing/#dom-performanceresourcetiming-tojson")
    def test_to_json_has_the_attributes_of_an_entry_first(self) -> None:
        with running_worker():
            json = entry_with(full_timing_info(), content_type="text/css").toJSON()
            assert list(json)[:6] == [
                "id", "name", "entryType", "startTime", "duration", "navigationId",
            ]  # fmt: skip
            assert json["responseEnd"] == 7000 and json["contentType"] == "text/css"
            assert json["serverTiming"] == () and "toJSON" not in json and len(json) == 35

    def test_it_cannot_be_constructed(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            PerformanceResourceTiming()


@spec("https://w3c.github.io/resource-timing/#setup-the-resource-timing-entry")
class TestSetupTheResourceTimingEntry:
    def test_its_name_is_the_url_that_was_asked_for(self) -> None:
        with running_worker():
            entry = entry_with()
            assert (entry.name, entry.entryType) == ("https://a.example/", "resource")


@spec("https://w3c.github.io/resource-timing/#dfn-convert-fetch-timestamp")
class TestConvertFetchTimestamp:
    def test_it_is_coarse(self) -> None:
        with running_worker() as worker:
            assert convert_fetch_timestamp(None, worker.settings_object) == 0
            time = convert_fetch_timestamp(1000.00123456, worker.settings_object)
            assert time == pytest.approx(1.2)
