"""Fetch response handover: the caller gets the response, and the timeline an entry."""

from __future__ import annotations

import asyncio
import gc
import gzip
import sys
from types import FrameType

import pytest

from spec_tests.fakes import FakeClock
from worker_runtime import (
    AbortController,
    PerformanceResourceTiming,
    Request,
    Response,
    fetch,
    performance,
)
from worker_runtime.fetch.fetch_response_handover import fetch_response_handover
from worker_runtime.fetch.fetching import fetch as fetch_record
from worker_runtime.fetch.infrastructure import FetchController, FetchParams
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import FilteredResponse, ResponseRecord
from worker_runtime.fetch.timing_info import ResponseBodyInfo
from worker_runtime.html.settings_objects import current_settings_object
from worker_runtime.url.url_parsing import url_parser

from .scripted_network import Received, network_of, response

spec = pytest.mark.spec


def entries() -> list[PerformanceResourceTiming]:
    found = performance.getEntriesByType("resource")
    return [entry for entry in found if isinstance(entry, PerformanceResourceTiming)]


@spec("https://fetch.spec.whatwg.org/#fetch-finale")
class TestFetchResponseHandover:
    async def test_the_timeline_has_what_a_fetch_took(self) -> None:
        clock = FakeClock()

        def serve(request: Received) -> bytes:
            clock.advance(0.25)
            return response(b"one", content_length="6", content_type="text/html;charset=utf-8")

        with network_of(serve, clock=clock) as network:
            clock.advance(1)
            answer = await fetch("http://a.example/path?query#fragment")
            assert entries() == []
            clock.advance(0.5)
            network.streams[0].feed(b"two")
            await answer.text()
            [entry] = entries()
            assert (entry.name, entry.entryType, entry.initiatorType) == (
                "http://a.example/path?query#fragment", "resource", "fetch",
            )  # fmt: skip
            assert (entry.startTime, entry.fetchStart) == (1000, 1000)
            assert (entry.connectStart, entry.requestStart) == (1000, 1000)
            assert (entry.responseStart, entry.responseEnd) == (1250, 1750)
            assert entry.duration == 750
            assert (entry.encodedBodySize, entry.decodedBodySize) == (6, 6)
            assert (entry.transferSize, entry.responseStatus) == (306, 200)
            assert (entry.contentType, entry.nextHopProtocol) == ("text/html", "http/1.1")

    async def test_with_all_bytes_in_hand_it_is_there_with_the_response(self) -> None:
        with network_of(lambda request: response(b"one")):
            await fetch("http://a.example/", method="POST", body="x")
            await fetch("http://a.example/", method="HEAD")
            assert [entry.decodedBodySize for entry in entries()] == [3, 0]

    async def test_a_short_body_that_nobody_reads_has_an_end(self) -> None:
        with network_of(lambda request: response(b"one", content_length="6")) as network:
            answer = await fetch("http://a.example/")
            network.streams[0].feed(b"tw")
            assert entries() == []
            network.streams[0].feed(b"o")
            assert [entry.encodedBodySize for entry in entries()] == [6]
            assert await answer.text() == "onetwo"
            assert [entry.encodedBodySize for entry in entries()] == [6]

    async def test_so_does_one_that_ends_with_the_connection(self) -> None:
        with network_of(lambda request: response(b"one", content_length="")) as network:
            answer = await fetch("http://a.example/")
            network.streams[0].end()
            assert [entry.encodedBodySize for entry in entries()] == [3]
            assert await answer.text() == "one"

    async def test_what_is_dropped_unread_has_ended_then(self) -> None:
        with network_of(lambda request: response(b"one", content_length="6")):
            answer: Response | None = await fetch("http://a.example/")
            assert answer is not None and entries() == []
            del answer
            gc.collect()
            await asyncio.sleep(0)
            assert len(entries()) == 1

    async def test_what_is_aborted_has_ended_then(self) -> None:
        controller = AbortController()
        with network_of(lambda request: response(b"one", content_length="6")):
            answer = await fetch("http://a.example/", signal=controller.signal)
            controller.abort()
            assert answer.status == 200 and len(entries()) == 1

    async def test_of_a_failure_there_is_a_start_and_an_end(self) -> None:
        with network_of(lambda request: b"no HTTP\r\n\r\n"):
            with pytest.raises(TypeError):
                await fetch("http://a.example/")
            [entry] = entries()
            assert (entry.responseStatus, entry.requestStart, entry.nextHopProtocol) == (0, 0, "")
            assert entry.responseEnd >= entry.startTime

    async def test_redirects_have_a_time_of_their_own(self) -> None:
        clock = FakeClock()

        def serve(request: Received) -> bytes:
            clock.advance(1)
            if request.target == "/":
                return response(b"somewhere else", "302 x", location="/to")
            return response(b"here")

        with network_of(serve, clock=clock):
            await fetch("http://a.example/")
            [entry] = entries()
            assert entry.name == "http://a.example/"
            assert (entry.startTime, entry.redirectStart) == (0, 0)
            assert (entry.redirectEnd, entry.fetchStart) == (1000, 1000)
            assert entry.connectStart == entry.connectEnd == 1000  # It was used again.
            assert (entry.responseEnd, entry.decodedBodySize) == (2000, 4)

    async def test_interim_responses_have_a_time_of_their_own(self) -> None:
        clock = FakeClock()
        with network_of(lambda request: None, clock=clock) as network:
            fetching = fetch("http://a.example/")
            while not network.requests:
                await asyncio.sleep(0)
            for seconds, data in ((1, b"HTTP/1.1 103 Early Hints\r\n\r\n"), (1, response(b"x"))):
                clock.advance(seconds)
                network.streams[0].feed(data)
                await asyncio.sleep(0)
            await fetching
            [entry] = entries()
            assert entry.firstInterimResponseStart == entry.responseStart == 1000
            assert entry.finalResponseHeadersStart == entry.responseEnd == 2000

    async def test_for_an_entry_that_nobody_would_see_little_is_done(self) -> None:
        calls: list[str] = []

        def note(frame: FrameType, event: str, argument: object) -> None:
            if event == "call":
                calls.append(frame.f_code.co_name)

        with network_of(lambda request: response(b"x", server_timing="a")):
            performance.setResourceTimingBufferSize(0)
            await fetch("http://a.example/")
            request = RequestRecord(url_parser("http://a.example/"))
            request.client, request.initiator_type = current_settings_object(), "fetch"
            fetch_params = FetchParams(request)
            internal_response = ResponseRecord()
            internal_response.body_info = ResponseBodyInfo()
            internal_response.body_info.end()
            answer = FilteredResponse(internal_response, "basic", internal_response.header_list)
            sys.setprofile(note)
            try:
                fetch_response_handover(fetch_params, answer)
            finally:
                sys.setprofile(None)
            assert len(calls) <= 12 and "report_timing_steps" not in calls
            assert fetch_params.controller.report_timing_steps is None
            assert entries() == []

    async def test_the_controller_goes_with_who_has_it(self) -> None:
        def number_of_controllers() -> int:
            return sum(type(thing) is FetchController for thing in gc.get_objects())

        with network_of(lambda request: response(b"x")):
            await fetch("http://a.example/")
            gc.collect()
            gc.disable()
            try:
                before = number_of_controllers()
                await fetch("http://a.example/")
                assert number_of_controllers() == before
            finally:
                gc.enable()
            assert len(entries()) == 2

    async def test_what_is_not_fetched_over_http_has_no_entry(self) -> None:
        with network_of(lambda request: None):
            assert await (await fetch("data:,x")).text() == "x"
            assert entries() == []

    async def test_a_fetch_without_an_initiator_type_has_no_entry(self) -> None:
        with network_of(lambda request: response(b"x")):
            request = RequestRecord(url_parser("http://a.example/"))
            request.client = current_settings_object()
            answered = asyncio.Event()
            fetch_record(request, lambda response: answered.set())
            await answered.wait()
            assert entries() == []

    @pytest.mark.parametrize("allows", [True, False])
    async def test_another_origin_may_allow_to_be_measured(self, allows: bool) -> None:
        headers = {"timing_allow_origin": "http://a.example"} if allows else {}

        def serve(request: Received) -> bytes:
            return response(
                b"x", access_control_allow_origin="*", server_timing="db;dur=1",
                content_type="text/plain", **headers,
            )  # fmt: skip

        with network_of(serve, "http://a.example/"):
            await (await fetch("http://b.example/")).text()
            [entry] = entries()
            assert entry.responseStatus == 200 and entry.contentType == "text/plain"
            assert bool(entry.requestStart) == bool(entry.nextHopProtocol) == allows
            assert len(entry.serverTiming) == allows
            assert entry.responseEnd >= entry.startTime

    async def test_of_an_opaque_response_there_is_no_status_and_no_size(self) -> None:
        with network_of(lambda request: response(b"x" * 9), "http://a.example/"):
            await fetch(Request("http://b.example/", mode="no-cors"))
            [entry] = entries()
            assert (entry.responseStatus, entry.encodedBodySize, entry.contentType) == (0, 0, "")

    async def test_codings_and_both_sizes_are_told(self) -> None:
        content = gzip.compress(b"x" * 1000)
        with network_of(
            lambda request: response(content, content_encoding="GZip"), "http://a.example/"
        ):
            await (await fetch("http://a.example/")).text()
            [entry] = entries()
            assert (entry.encodedBodySize, entry.decodedBodySize) == (len(content), 1000)
            assert entry.contentEncoding == "gzip"

    @pytest.mark.parametrize(
        "coding, told", [("gzip, gzip", "multiple"), ("made-up", "@unknown"), ("", "")]
    )
    async def test_a_coding_is_told_if_it_is_a_known_one(self, coding: str, told: str) -> None:
        with network_of(
            lambda request: response(b"", content_encoding=coding), "http://a.example/"
        ):
            await fetch("http://a.example/", method="HEAD")
            assert [entry.contentEncoding for entry in entries()] == [told]


@spec("https://fetch.spec.whatwg.org/#finalize-and-report-timing")
class TestReportTiming:
    async def test_an_entry_may_go_to_the_scope_that_is_given(self) -> None:
        with network_of(lambda request: response(b"x")):
            request = RequestRecord(url_parser("http://a.example/"))
            request.client = current_settings_object()
            request.initiator_type = "other"
            answered = asyncio.Event()
            controller = fetch_record(request, lambda response: answered.set())
            await answered.wait()
            assert request.done and [entry.initiatorType for entry in entries()] == ["other"]
            with network_of(lambda request: None):
                controller.report_timing(current_settings_object())
                assert [entry.name for entry in entries()] == ["http://a.example/"]
