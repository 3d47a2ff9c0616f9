"""Scheme fetch: what needs no network."""

from __future__ import annotations

import pytest

from worker_runtime import URL, Blob, fetch
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.scheme_fetch import determine_the_environment
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, current_settings_object

spec = pytest.mark.spec


@spec("https://fetch.spec.whatwg.org/#concept-scheme-fetch")
class TestSchemeFetch:
    async def test_about_blank_is_an_empty_page(self) -> None:
        answer = await fetch("about:blank")
        assert (await answer.text(), answer.headers.get("Content-Type")) == (
            "",
            "text/html;charset=utf-8",
        )

    async def test_a_data_url_is_its_own_response(self) -> None:
        answer = await fetch("data:text/x;base64,aGk")
        assert (await answer.text(), answer.statusText, answer.headers.get("Content-Type")) == (
            "hi",
            "OK",
            "text/x",
        )

    @pytest.mark.parametrize("url, message", [
        ("about:config", "scheme 'about'"), ("data:no comma", "malformed"),
        ("file:///etc/passwd", "scheme 'file'"), ("ftp://a.example/", "scheme 'ftp'"),
        ("blob:null/none", "nothing at the blob: URL"),
    ])  # fmt: skip
    async def test_everything_else_is_a_network_error(self, url: str, message: str) -> None:
        with pytest.raises(TypeError, match=message):
            await fetch(url)


@spec("https://fetch.spec.whatwg.org/#concept-scheme-fetch")
class TestBlobResponse:
    async def test_is_all_of_the_blob(self) -> None:
        url = URL.createObjectURL(Blob(["0123456789"], type="text/x"))
        answer = await fetch(url)
        assert await answer.text() == "0123456789"
        assert (answer.headers.get("Content-Length"), answer.headers.get("Content-Type")) == (
            "10",
            "text/x",
        )

    @pytest.mark.parametrize("range, text, content_range", [
        ("bytes=2-4", "234", "bytes 2-4/10"), ("bytes=8-", "89", "bytes 8-9/10"),
        ("bytes=-3", "789", "bytes 7-9/10"), ("bytes=0-99", "0123456789", "bytes 0-9/10"),
        ("bytes=-99", "0123456789", "bytes 0-9/10"),
        (f"bytes=3-{'9' * 5000}", "3456789", "bytes 3-9/10"),
        (f"bytes=-{'9' * 5000}", "0123456789", "bytes 0-9/10"),
        (f"bytes={'0' * 5000}3-4", "34", "bytes 3-4/10"),
    ])  # fmt: skip
    async def test_is_the_range_that_is_asked_for(
        self, range: str, text: str, content_range: str
    ) -> None:
        url = URL.createObjectURL(Blob(["0123456789"]))
        answer = await fetch(url, headers={"Range": range})
        assert (answer.status, await answer.text(), answer.headers.get("Content-Range")) == (
            206,
            text,
            content_range,
        )

    @pytest.mark.parametrize(
        "range, message",
        [
            ("bytes=10-", "has 10 bytes"),
            ("bytes=10-20", "has 10 bytes"),
            (f"bytes={'9' * 5000}-", "has 10 bytes"),
            ("bytes=-0", "has 10 bytes"),
            ("lines=1-2", "not a range"),
            ("bytes=5-4", "not a range"),
        ],
    )
    async def test_a_range_that_is_none_is_a_network_error(self, range: str, message: str) -> None:
        url = URL.createObjectURL(Blob(["0123456789"]))
        with pytest.raises(TypeError, match=message):
            await fetch(url, headers={"Range": range})

    @pytest.mark.parametrize("range", ["bytes=0-", "bytes=-5", "bytes=0-5"])
    async def test_an_empty_blob_has_no_ranges(self, range: str) -> None:
        url = URL.createObjectURL(Blob([]))
        with pytest.raises(TypeError, match="has 0 bytes"):
            await fetch(url, headers={"Range": range})

    async def test_is_for_get(self) -> None:
        url = URL.createObjectURL(Blob(["x"]))
        with pytest.raises(TypeError, match="with GET, not with POST"):
            await fetch(url, method="POST")


@spec("https://fetch.spec.whatwg.org/#request-determine-the-environment")
class TestDetermineTheEnvironment:
    def test_is_the_reserved_client_or_the_client(self) -> None:
        request = RequestRecord("http://a.example/")
        assert determine_the_environment(request) is current_settings_object()
        request.client = EnvironmentSettingsObject()
        assert determine_the_environment(request) is request.client
