"""compareComponent and generate, which are tentative."""

from __future__ import annotations

import pytest

from worker_runtime.urlpattern.dictionaries import ComponentName, to_url_pattern_input
from worker_runtime.urlpattern.high_level_operations import create
from worker_runtime.urlpattern.pattern_strings import Part
from worker_runtime.urlpattern.tentative_operations import compare_component, generate, rank_of

spec = pytest.mark.spec


@spec(
    "https://github.com/web-platform-tests/wpt/blob/master/urlpattern/urlpattern-compare.tentative.any.js#L1"
)
class TestCompareComponent:
    def test_what_matches_less_comes_last(self) -> None:
        pathnames = ["/*", "/:a*", "/:a?", "/:a+", "/:a", "/(b)*", "/(b)", "/b/:a", "/b", "/b/c"]
        patterns = [create({"pathname": pathname}, None) for pathname in pathnames]
        for left in range(len(patterns)):
            for right in range(len(patterns)):
                assert compare_component("pathname", patterns[left], patterns[right]) == (
                    left > right
                ) - (left < right)

    def test_names_are_of_no_matter(self) -> None:
        assert (
            compare_component(
                "hash", create({"hash": ":a-(b)"}, None), create({"hash": ":c-(b)"}, None)
            )
            == 0
        )


@spec("https://urlpattern.spec.whatwg.org/#part-modifier")
class TestRankOf:
    def test_the_type_comes_before_the_modifier_and_that_before_the_texts(self) -> None:
        parts = [
            Part("segment-wildcard", "", "none", "a", "z"),
            Part("regexp", "b", "optional", "a", "/"),
            Part("regexp", "a", "none", "a", "/"),
            Part("regexp", "b", "none", "a", "/"),
            Part("fixed-text", "", "zero-or-more"),
        ]
        assert sorted(reversed(parts), key=rank_of) == parts


@spec(
    "https://github.com/web-platform-tests/wpt/blob/master/urlpattern/urlpattern-generate.tentative.any.js#L1"
)
class TestGenerate:
    @pytest.mark.parametrize(
        "name, pattern, groups, expected",
        [
            ("pathname", "/a{/:b}c", {"b": "\xe9", "other": "x"}, "/a/%C3%A9c"),
            ("hostname", ":a.example", {"a": "\xfc"}, "xn--tda.example"),
            ("search", "q=:q", {"q": "a&b/c"}, "q=a&b/c"),
            ("hash", "", {}, ""),
        ],
    )
    def test_a_group_is_encoded_as_its_component(
        self, name: ComponentName, pattern: str, groups: dict[str, str], expected: str
    ) -> None:
        assert (
            generate(name, create(to_url_pattern_input({name: pattern}), None), groups) == expected
        )

    @pytest.mark.parametrize(
        "pattern, groups, message",
        [
            ("/:a", {}, "There is no value for the group 'a'"),
            ("/:a", {"a": ""}, "cannot be ''"),
            ("/:a", {"a": "b/c"}, "cannot be 'b/c'"),
            ("/:a?", {"a": "b"}, "Only fixed text and groups"),
            ("/{b}+", {}, "Only fixed text and groups"),
            ("/*", {"0": "b"}, "Only fixed text and groups"),
            ("/(b)", {"0": "b"}, "Only fixed text and groups"),
        ],
    )
    def test_what_cannot_be_generated_is_a_type_error(
        self, pattern: str, groups: dict[str, str], message: str
    ) -> None:
        with pytest.raises(TypeError, match=message):
            generate("pathname", create({"pathname": pattern}, None), groups)
