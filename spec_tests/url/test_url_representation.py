"""URL Standard, 4.1 and 4.2."""

from __future__ import annotations

import pytest

from worker_runtime.url.host_representation import Host
from worker_runtime.url.url_representation import (
    DOUBLE_DOT_PATH_SEGMENTS,
    SPECIAL_SCHEMES,
    START_WITH_A_WINDOWS_DRIVE_LETTER,
    URLRecord,
    shorten_a_urls_path,
)

spec = pytest.mark.spec


@spec("https://url.spec.whatwg.org/#concept-url")
class TestURLRecord:
    def test_its_items_begin_as_the_standard_says(self) -> None:
        url = URLRecord()
        assert (url.scheme, url.username, url.password, url.host, url.port) == (
            "",
            "",
            "",
            None,
            None,
        )
        assert (url.path, url.query, url.fragment, url.blob_url_entry) == ([], None, None, None)

    def test_two_do_not_share_a_path(self) -> None:
        assert URLRecord().path is not URLRecord().path

    @pytest.mark.parametrize("scheme", ["ftp", "file", "http", "https", "ws", "wss"])
    def test_six_schemes_are_special(self, scheme: str) -> None:
        assert URLRecord(scheme).is_special and not URLRecord(scheme.upper()).is_special
        assert len(SPECIAL_SCHEMES) == 6

    def test_includes_credentials_if_there_is_one(self) -> None:
        url = URLRecord()
        assert not url.includes_credentials
        url.password = "x"
        assert url.includes_credentials

    def test_has_an_opaque_path_if_that_is_no_list(self) -> None:
        assert URLRecord(path="").has_an_opaque_path and not URLRecord().has_an_opaque_path

    @pytest.mark.parametrize(
        "scheme, host, cannot",
        [
            ("http", None, True),
            ("a", "", True),
            ("file", "h", True),
            ("http", "h", False),
            ("http", 0, False),
        ],
    )
    def test_may_not_have_a_username_password_port(
        self, scheme: str, host: Host | None, cannot: bool
    ) -> None:
        assert URLRecord(scheme, host).cannot_have_a_username_password_port == cannot


@spec("https://url.spec.whatwg.org/#double-dot-path-segment")
class TestDoubleDotPathSegments:
    @pytest.mark.parametrize("segment", ["..", ".%2e", "%2E.", "%2e%2E"])
    def test_a_dot_may_be_percent_encoded(self, segment: str) -> None:
        assert segment in DOUBLE_DOT_PATH_SEGMENTS

    def test_there_are_nine(self) -> None:
        assert len(DOUBLE_DOT_PATH_SEGMENTS) == 9


@spec("https://url.spec.whatwg.org/#start-with-a-windows-drive-letter")
class TestStartWithAWindowsDriveLetter:
    @pytest.mark.parametrize(
        "string, starts",
        [
            ("c:", True),
            ("c:/", True),
            ("C|\\", True),
            ("c:?", True),
            ("c:a", False),
            ("c:\n", False),
        ],
    )
    def test_the_standards_examples(self, string: str, starts: bool) -> None:
        assert bool(START_WITH_A_WINDOWS_DRIVE_LETTER.match(string)) == starts


@spec("https://url.spec.whatwg.org/#shorten-a-urls-path")
class TestShortenAURLsPath:
    @pytest.mark.parametrize(
        "scheme, path, shortened",
        [
            ("http", ["a", "b"], ["a"]),
            ("http", [], []),
            ("http", ["C:"], []),
            ("file", ["C:"], ["C:"]),
            ("file", ["C|"], []),
            ("file", ["C:", "a"], ["C:"]),
        ],
    )
    def test_takes_the_last_item_away_but_no_drive_letter(
        self, scheme: str, path: list[str], shortened: list[str]
    ) -> None:
        url = URLRecord(scheme, path=path)
        shorten_a_urls_path(url)
        assert url.path == shortened
