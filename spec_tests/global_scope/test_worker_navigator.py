"""HTML, 10.3.2."""

from __future__ import annotations

import re

import pytest

from worker_runtime import WorkerNavigator, navigator

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/workers.html#workernavigator")
class TestWorkerNavigator:
    @spec("https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-useragent")
    def test_user_agent_is_one_product_token(self) -> None:
        token = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
        assert re.fullmatch(f"{token}/{token}", navigator.userAgent)

    @spec("https://html.spec.whatwg.org/multipage/system-state.html#navigatorid")
    def test_it_says_what_the_web_expects_to_read(self) -> None:
        assert (navigator.appCodeName, navigator.appName) == ("Mozilla", "Netscape")
        assert (navigator.product, navigator.appVersion) == ("Gecko", "")
        assert navigator.platform and "\n" not in navigator.platform

    def test_says_what_the_machine_has(self) -> None:
        assert navigator.hardwareConcurrency >= 1
        assert navigator.onLine is True

    def test_language_is_the_first_of_the_languages(self) -> None:
        assert navigator.language == navigator.languages[0]
        assert navigator.languages is navigator.languages

    def test_cannot_be_constructed(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            WorkerNavigator()
