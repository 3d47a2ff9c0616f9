"""URL as a worker sees it."""

from __future__ import annotations

import pytest

from worker_runtime import URL, Blob
from worker_runtime.url import url_class

spec = pytest.mark.spec


@spec("https://w3c.github.io/FileAPI/#creating-revoking")
class TestURL:
    def test_there_is_one_interface_with_the_members_of_both_standards(self) -> None:
        assert url_class.URL is URL
        assert URL.canParse(URL.createObjectURL(Blob(["x"])))
