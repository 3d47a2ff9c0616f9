"""Timing info: what Resource Timing learns of a fetch."""

from __future__ import annotations

import pytest

from worker_runtime.fetch.timing_info import (
    ConnectionTimingInfo,
    FetchTimingInfo,
    ResponseBodyInfo,
    clamp_and_coarsen_connection_timing_info,
    create_an_opaque_timing_info,
)

spec = pytest.mark.spec

CONNECTION = ConnectionTimingInfo(1, 2, 3, 5, 4, "http/1.1")


@spec("https://fetch.spec.whatwg.org/#fetch-timing-info")
class TestFetchTimingInfo:
    def test_a_fetch_without_redirects_starts_once(self) -> None:
        timing_info = FetchTimingInfo(7)
        assert (timing_info.start_time, timing_info.post_redirect_start_time) == (7, 7)
        assert timing_info.redirect_start_time is None and timing_info.end_time is None

    @spec("https://fetch.spec.whatwg.org/#fetch-timing-info-final-connection-timing-info")
    def test_its_connection_is_clamped_when_it_is_looked_at(self) -> None:
        timing_info = FetchTimingInfo(1)
        assert timing_info.final_connection_timing_info == ConnectionTimingInfo()
        timing_info.connection_timing_info = CONNECTION
        assert timing_info.final_connection_timing_info == CONNECTION
        timing_info.post_redirect_start_time = 9
        assert timing_info.final_connection_timing_info.connection_end_time == 9

    @spec("https://fetch.spec.whatwg.org/#fetch-timing-info-server-timing-headers")
    def test_server_timing_is_split_at_its_commas(self) -> None:
        timing_info = FetchTimingInfo()
        assert timing_info.server_timing_headers == []
        timing_info.server_timing = 'a;desc="x, y", b'
        assert timing_info.server_timing_headers == ['a;desc="x, y"', "b"]


@spec("https://fetch.spec.whatwg.org/#response-body-info")
class TestResponseBodyInfo:
    def test_who_waits_for_the_end_is_told_once(self) -> None:
        body_info = ResponseBodyInfo()
        told: list[str] = []
        body_info.upon_end = lambda: told.append("end")
        assert not body_info.has_ended
        body_info.end()
        body_info.end()
        assert body_info.has_ended and told == ["end"]


@spec("https://fetch.spec.whatwg.org/#connection-timing-info")
@spec("https://fetch.spec.whatwg.org/#clamp-and-coarsen-connection-timing-info")
class TestClampAndCoarsenConnectionTimingInfo:
    def test_a_connection_of_this_fetch_is_told_as_it_was(self) -> None:
        assert clamp_and_coarsen_connection_timing_info(CONNECTION, 3) == CONNECTION

    def test_of_an_older_one_there_is_its_protocol(self) -> None:
        clamped = clamp_and_coarsen_connection_timing_info(CONNECTION, 3.5)
        assert clamped == ConnectionTimingInfo(3.5, 3.5, 3.5, 3.5, 3.5, "http/1.1")

    def test_without_tls_none_has_begun(self) -> None:
        without = CONNECTION._replace(secure_connection_start_time=None)
        for start in (3, 4):
            clamped = clamp_and_coarsen_connection_timing_info(without, start)
            assert clamped.secure_connection_start_time is None


@spec("https://fetch.spec.whatwg.org/#create-an-opaque-timing-info")
class TestCreateAnOpaqueTimingInfo:
    def test_it_has_a_start_and_an_end(self) -> None:
        timing_info = FetchTimingInfo(1)
        timing_info.post_redirect_start_time = 3
        timing_info.end_time = 4
        timing_info.connection_timing_info = CONNECTION
        timing_info.server_timing = "a"
        opaque = create_an_opaque_timing_info(timing_info)
        assert (opaque.start_time, opaque.post_redirect_start_time, opaque.end_time) == (1, 1, 4)
        assert opaque.final_connection_timing_info == ConnectionTimingInfo()
        assert opaque.server_timing_headers == []
