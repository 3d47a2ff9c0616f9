"""The URL pattern struct, and what it is made of: compiled components.

URL Pattern Standard, 1.3 and 1.5: https://urlpattern.spec.whatwg.org/#url-pattern-struct and
https://urlpattern.spec.whatwg.org/#urlpattern-internals
"""

from __future__ import annotations

from typing import NamedTuple

from ..url.url_parsing import basic_url_parser
from ..url.url_representation import SPECIAL_SCHEMES, URLRecord
from .dictionaries import URLPatternComponentResult
from .part_list_matching import part_list_reg_exp
from .pattern_strings import (
    EncodingCallback,
    Options,
    Part,
    generate_a_pattern_string,
    generate_a_regular_expression_and_name_list,
    parse_a_pattern_string,
)
from .regular_expressions import Captures, RegExp, reg_exp_create

DEFAULT_OPTIONS = Options("", "")  # https://urlpattern.spec.whatwg.org/#default-options
HOSTNAME_OPTIONS = Options(".", "")  # https://urlpattern.spec.whatwg.org/#hostname-options
PATHNAME_OPTIONS = Options("/", "/")  # https://urlpattern.spec.whatwg.org/#pathname-options


class Component(NamedTuple):
    """A compiled pattern string. Beyond the standard's items it keeps what it was made of, for
    `tentative_operations`.

    https://urlpattern.spec.whatwg.org/#component
    """

    pattern_string: str
    regular_expression: RegExp
    group_name_list: list[str]
    has_regexp_groups: bool
    part_list: list[Part]
    options: Options
    encoding_callback: EncodingCallback


class URLPatternRecord(NamedTuple):
    """https://urlpattern.spec.whatwg.org/#url-pattern"""

    protocol_component: Component
    username_component: Component
    password_component: Component
    hostname_component: Component
    port_component: Component
    pathname_component: Component
    search_component: Component
    hash_component: Component


def compile_a_component(
    input: str, encoding_callback: EncodingCallback, options: Options
) -> Component:
    """TypeError if the pattern string is not well formed, or has an expression that is invalid or
    has no translation.

    https://urlpattern.spec.whatwg.org/#compile-a-component
    """
    part_list = parse_a_pattern_string(input, options, encoding_callback)
    regular_expression_string, name_list = generate_a_regular_expression_and_name_list(
        part_list, options
    )
    # OPTIMIZATION: without an author's regular expression, matching takes linear time.
    regular_expression = part_list_reg_exp(part_list, options)
    if regular_expression is None:
        regular_expression = reg_exp_create(regular_expression_string, options.ignore_case)
    pattern_string = generate_a_pattern_string(part_list, options)
    has_regexp_groups = any(part.type == "regexp" for part in part_list)
    return Component(
        pattern_string,
        regular_expression,
        name_list,
        has_regexp_groups,
        part_list,
        options,
        encoding_callback,
    )


def create_a_component_match_result(
    component: Component, input: str, exec_result: Captures
) -> URLPatternComponentResult:
    """https://urlpattern.spec.whatwg.org/#create-a-component-match-result"""
    # zip ends with the list of names: an expression of the author may have more groups.
    return URLPatternComponentResult(input, dict(zip(component.group_name_list, exec_result)))


def create_a_dummy_url() -> URLRecord:
    """https://urlpattern.spec.whatwg.org/#url-pattern-create-a-dummy-url"""
    return basic_url_parser("https://dummy.invalid/")


def protocol_component_matches_a_special_scheme(protocol_component: Component) -> bool:
    """https://urlpattern.spec.whatwg.org/#protocol-component-matches-a-special-scheme"""
    return any(
        protocol_component.regular_expression(scheme) is not None for scheme in SPECIAL_SCHEMES
    )


def hostname_pattern_is_an_ipv6_address(input: str) -> bool:
    """https://urlpattern.spec.whatwg.org/#hostname-pattern-is-an-ipv6-address"""
    return len(input) >= 2 and input.startswith(("[", "{[", "\\["))
