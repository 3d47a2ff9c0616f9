"""Cookie infrastructure: the same-site mode and the default path."""

from __future__ import annotations

import pytest

from worker_runtime.fetch.cookie_infrastructure import (
    determine_the_same_site_mode,
    serialized_cookie_default_path,
)
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.url.url_serializing import origin

spec = pytest.mark.spec


@spec("https://fetch.spec.whatwg.org/#determine-the-same-site-mode")
class TestDetermineTheSameSiteMode:
    @pytest.mark.parametrize("urls, mode", [
        (["https://a.example/"], "strict-or-less"), (["https://b.example/"], "strict-or-less"),
        (["https://a.example/", "https://b.example/"], "strict-or-less"),
        (["https://b.example/", "https://b.example:8443/"], "strict-or-less"),
        (["https://b.example/", "https://a.example/"], "unset-or-less"),
        (["https://b.example/", "https://c.example/", "https://c.example/"], "unset-or-less"),
    ])  # fmt: skip
    def test_another_site_must_not_send_a_request_back(self, urls: list[str], mode: str) -> None:
        request = RequestRecord(url_parser(urls[0]), "PUT")
        request.origin = origin(url_parser("https://a.example/"))
        request.url_list += map(url_parser, urls[1:])
        assert determine_the_same_site_mode(request) == mode


@spec("https://fetch.spec.whatwg.org/#serialized-cookie-default-path")
class TestSerializedCookieDefaultPath:
    @pytest.mark.parametrize("url, path", [
        ("https://a.example", "/"), ("https://a.example/a", "/"), ("https://a.example/a/", "/a"),
        ("https://a.example/a/b?c/d", "/a"),
    ])  # fmt: skip
    def test_it_is_the_folder(self, url: str, path: str) -> None:
        record = url_parser(url)
        assert serialized_cookie_default_path(record) == path
        assert url_parser(url).path == record.path
