"""Fetch Standard, 2.1."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from worker_runtime.fetch.url import (
    is_fetch_scheme,
    is_http_scheme,
    is_local,
    parse_relative_to_the_worker,
)
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, realm_execution_context
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.url.url_serializing import url_serializer

spec = pytest.mark.spec


@spec("https://fetch.spec.whatwg.org/#is-local")
class TestIsLocal:
    def test_is_about_blob_or_data(self) -> None:
        urls = ["about:blank", "blob:null/x", "data:,x", "http://a", "file:///x"]
        assert [url for url in urls if is_local(url_parser(url))] == [
            "about:blank",
            "blob:null/x",
            "data:,x",
        ]


@spec("https://fetch.spec.whatwg.org/#http-scheme")
class TestHTTPScheme:
    def test_is_http_or_https(self) -> None:
        assert [scheme for scheme in ("http", "https", "ws", "HTTP") if is_http_scheme(scheme)] == [
            "http",
            "https",
        ]


@spec("https://fetch.spec.whatwg.org/#fetch-scheme")
class TestFetchScheme:
    def test_is_one_of_six(self) -> None:
        schemes = ["about", "blob", "data", "file", "http", "https"]
        assert [scheme for scheme in [*schemes, "ftp", "ws"] if is_fetch_scheme(scheme)] == schemes


@spec("https://fetch.spec.whatwg.org/#url")
class TestParseRelativeToTheWorker:
    @pytest.fixture
    def worker(self) -> Iterator[None]:
        settings_object = EnvironmentSettingsObject(
            api_base_url=url_parser("http://a.example/b/worker.py")
        )
        token = realm_execution_context.set(settings_object)
        yield
        realm_execution_context.reset(token)

    @pytest.mark.usefixtures("worker")
    def test_a_worker_with_a_location_has_relative_urls(self) -> None:
        assert url_serializer(parse_relative_to_the_worker("../c?d")) == "http://a.example/c?d"

    @pytest.mark.usefixtures("worker")
    def test_what_is_no_url_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match=r"Invalid URL: 'http://:' \(host-missing\)$"):
            parse_relative_to_the_worker("http://:")

    def test_without_a_location_a_relative_url_says_what_is_missing(self) -> None:
        with pytest.raises(TypeError, match="Invalid URL: '/c'.*has to be absolute"):
            parse_relative_to_the_worker("/c")
