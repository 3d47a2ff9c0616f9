"""URL Pattern Standard, 1.2: the dictionaries."""

from __future__ import annotations

import pytest

from worker_runtime.urlpattern.dictionaries import (
    COMPONENT_NAMES,
    URLPatternComponentResult,
    URLPatternResult,
    to_component_name,
    to_url_pattern_input,
)

spec = pytest.mark.spec


@spec("https://urlpattern.spec.whatwg.org/#typedefdef-urlpatterninput")
class TestToURLPatternInput:
    @pytest.mark.parametrize(
        "name, hint",
        [
            ("path", "did you mean 'pathname'"),
            ("host", "did you mean 'hostname'"),
            ("baseUrl", "did you mean 'baseURL'"),
            ("query", "there is protocol, username, .*, search,"),
        ],
    )
    def test_a_component_that_there_is_not_is_a_mistake(self, name: str, hint: str) -> None:
        with pytest.raises(TypeError, match=f"no component '{name}'; {hint}"):
            to_url_pattern_input({"protocol": "https", name: None})
        assert to_url_pattern_input({"ignoreCase": True}) == {}  # as in an official test

    def test_a_mapping_is_a_dictionary_of_the_members_that_are_there(self) -> None:
        value = {"pathname": "/a\ud800", "port": 80, "hash": None, "baseURL": "https://x"}
        assert to_url_pattern_input(value) == {
            "pathname": "/a\ufffd",
            "port": "80",
            "baseURL": "https://x",
        }

    def test_nothing_is_an_empty_dictionary(self) -> None:
        assert to_url_pattern_input(None) == {}

    def test_any_other_value_is_a_string_of_scalar_values(self) -> None:
        assert to_url_pattern_input("a\udc00") == "a\ufffd"
        assert to_url_pattern_input(1) == "1"

    def test_bytes_are_refused(self) -> None:
        with pytest.raises(TypeError, match="bytes"):
            to_url_pattern_input(b"https://x/")


@spec("https://webidl.spec.whatwg.org/#js-enumeration")
class TestToComponentName:
    def test_the_names_of_components(self) -> None:
        assert tuple(map(to_component_name, COMPONENT_NAMES)) == COMPONENT_NAMES

    @pytest.mark.parametrize("value", ["", "host", "baseURL", "Pathname"])
    def test_other_strings_are_a_type_error(self, value: str) -> None:
        with pytest.raises(TypeError, match="name of a component"):
            to_component_name(value)


@spec("https://urlpattern.spec.whatwg.org/#dictdef-urlpatterncomponentresult")
@spec("https://urlpattern.spec.whatwg.org/#dictdef-urlpatternresult")
class TestURLPatternResult:
    def test_it_cannot_be_changed(self) -> None:
        empty = URLPatternComponentResult("", {})
        result = URLPatternResult([], *[empty] * 8)
        for name in ("inputs", *COMPONENT_NAMES):
            with pytest.raises(AttributeError):
                setattr(result, name, None)
