"""URL Pattern Standard, 1.3 and 1.5."""

from __future__ import annotations

import pytest

from worker_runtime.url.url_serializing import url_serializer
from worker_runtime.urlpattern.internals import (
    DEFAULT_OPTIONS,
    HOSTNAME_OPTIONS,
    PATHNAME_OPTIONS,
    Component,
    compile_a_component,
    create_a_component_match_result,
    create_a_dummy_url,
    hostname_pattern_is_an_ipv6_address,
    protocol_component_matches_a_special_scheme,
)
from worker_runtime.urlpattern.pattern_strings import (
    Options,
)

spec = pytest.mark.spec


def compiled(input: str, options: Options = DEFAULT_OPTIONS) -> Component:
    return compile_a_component(input, lambda text: text, options)


@spec("https://urlpattern.spec.whatwg.org/#component")
@spec("https://urlpattern.spec.whatwg.org/#compile-a-component")
class TestCompileAComponent:
    def test_its_items(self) -> None:
        component = compiled("/{a}/:b/(c)/*", PATHNAME_OPTIONS)
        assert component.pattern_string == "/a/:b/(c)/*"
        assert component.group_name_list == ["b", "0", "1"]
        assert component.has_regexp_groups
        assert component.regular_expression("/a/x/c/y/z") == ("x", "c", "y/z")
        assert component.regular_expression("/a/x/d/y") is None

    @pytest.mark.parametrize("input", ["a", "*", ":a", "{a}?", "(.*)", "([^]+?)"])
    def test_wildcards_are_no_regexp_groups(self, input: str) -> None:
        assert not compiled(input).has_regexp_groups

    def test_case_is_ignored_where_the_options_say_so(self) -> None:
        options = DEFAULT_OPTIONS._replace(ignore_case=True)
        for input in ("aB", ":x(aB)", "{aB}?"):
            assert compiled(input, options).regular_expression("Ab") is not None
            assert compiled(input).regular_expression("Ab") is None

    @pytest.mark.parametrize("input", ["([b-a])", "(\\a)", "([)", "(*)"])
    def test_an_invalid_expression_is_a_type_error(self, input: str) -> None:
        with pytest.raises(TypeError, match="Invalid regular expression"):
            compiled(input)

    def test_a_name_may_be_any_identifier(self) -> None:
        component = compiled(":\u540d-:$_1(\\d+)")
        assert create_a_component_match_result(
            component, "a-1", component.regular_expression("a-1") or ()
        ).groups == {
            "\u540d": "a",
            "$_1": "1",
        }


@spec("https://urlpattern.spec.whatwg.org/#create-a-component-match-result")
class TestCreateAComponentMatchResult:
    def test_groups_that_took_no_part_are_none(self) -> None:
        result = create_a_component_match_result(compiled(":a-:b?"), "x-", ("x", None))
        assert result == ("x-", {"a": "x", "b": None})

    def test_there_are_no_more_groups_than_names(self) -> None:
        component = compiled(":a(x(?<n>y))")
        assert component.regular_expression("xy") == ("xy", "y")
        assert create_a_component_match_result(component, "xy", ("xy", "y")).groups == {"a": "xy"}


@spec("https://urlpattern.spec.whatwg.org/#url-pattern-create-a-dummy-url")
class TestCreateADummyURL:
    def test_each_is_a_new_one(self) -> None:
        assert url_serializer(create_a_dummy_url()) == "https://dummy.invalid/"
        assert create_a_dummy_url() is not create_a_dummy_url()


@spec("https://urlpattern.spec.whatwg.org/#protocol-component-matches-a-special-scheme")
class TestProtocolComponentMatchesASpecialScheme:
    @pytest.mark.parametrize("input", ["https", "http{s}?", "*", ":a", "(ws|x)", "f:rest"])
    def test_one_is_enough(self, input: str) -> None:
        assert protocol_component_matches_a_special_scheme(compiled(input))

    @pytest.mark.parametrize("input", ["", "data", "httpx", "(x|y)", "HTTP"])
    def test_others_match_none(self, input: str) -> None:
        assert not protocol_component_matches_a_special_scheme(compiled(input))


@spec("https://urlpattern.spec.whatwg.org/#hostname-pattern-is-an-ipv6-address")
class TestHostnamePatternIsAnIPv6Address:
    @pytest.mark.parametrize("input", ["[::1]", "{[::1]}", "\\[::1]", "[:"])
    def test_it_begins_with_a_bracket(self, input: str) -> None:
        assert hostname_pattern_is_an_ipv6_address(input)

    @pytest.mark.parametrize("input", ["", "[", "a[", "{a[", "(["])
    def test_others_do_not(self, input: str) -> None:
        assert not hostname_pattern_is_an_ipv6_address(input)


@spec("https://urlpattern.spec.whatwg.org/#hostname-options")
class TestOptions:
    def test_a_group_ends_at_the_delimiter(self) -> None:
        assert compiled(":a.:b", HOSTNAME_OPTIONS).regular_expression("x.y.z") is None
        assert compiled(":a.:b").regular_expression("x.y.z") == ("x", "y.z")
