"""Constructor string parsing: from one string in the shape of a URL to a pattern for each
component.

URL Pattern Standard, 1.6: https://urlpattern.spec.whatwg.org/#constructor-string-parsing
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from .canonicalization import canonicalize_a_protocol
from .dictionaries import ComponentName, URLPatternInit
from .internals import (
    DEFAULT_OPTIONS,
    compile_a_component,
    protocol_component_matches_a_special_scheme,
)
from .tokenizing import Token, tokenize

State: TypeAlias = Literal["init", "authority", "done"] | ComponentName


class ConstructorStringParser:
    """https://urlpattern.spec.whatwg.org/#constructor-string-parser"""

    __slots__ = ("component_start", "group_depth", "hostname_ipv6_bracket_depth", "input",
                 "protocol_matches_a_special_scheme_flag", "result", "state", "token_increment",
                 "token_index",
                 "token_list")  # fmt: skip

    def __init__(self, input: str) -> None:
        self.input = input
        self.token_list: list[Token] = tokenize(input, "lenient")
        self.result = URLPatternInit()
        self.component_start = 0
        self.token_index = 0
        self.token_increment = 1
        self.group_depth = 0
        self.hostname_ipv6_bracket_depth = 0
        self.protocol_matches_a_special_scheme_flag = False
        self.state: State = "init"


def parse_a_constructor_string(input: str) -> URLPatternInit:
    """TypeError if the protocol is not a well formed pattern string; the other components are not
    looked into.

    https://urlpattern.spec.whatwg.org/#parse-a-constructor-string
    """
    parser = ConstructorStringParser(input)
    while parser.token_index < len(parser.token_list):
        parser.token_increment = 1
        if parser.token_list[parser.token_index].type == "end":
            if parser.state == "init":
                rewind(parser)
                if is_a_hash_prefix(parser):
                    change_state(parser, "hash", 1)
                elif is_a_search_prefix(parser):
                    change_state(parser, "search", 1)
                else:
                    change_state(parser, "pathname", 0)
            elif parser.state == "authority":
                rewind_and_set_state(parser, "hostname")
            else:
                change_state(parser, "done", 0)
                break
        elif is_a_group_open(parser):
            parser.group_depth += 1
        elif parser.group_depth > 0 and not is_a_group_close(parser):
            pass
        else:
            if parser.group_depth > 0:
                parser.group_depth -= 1
            run_the_steps_of_the_state(parser)
        parser.token_index += parser.token_increment
    if "hostname" in parser.result and "port" not in parser.result:
        parser.result["port"] = ""
    return parser.result


def run_the_steps_of_the_state(parser: ConstructorStringParser) -> None:
    """The switch in the loop of the algorithm above.

    Part of https://urlpattern.spec.whatwg.org/#parse-a-constructor-string
    """
    match parser.state:
        case "init":
            if is_a_protocol_suffix(parser):
                rewind_and_set_state(parser, "protocol")
        case "protocol":
            if is_a_protocol_suffix(parser):
                compute_protocol_matches_a_special_scheme_flag(parser)
                if next_is_authority_slashes(parser):
                    change_state(parser, "authority", 3)
                elif parser.protocol_matches_a_special_scheme_flag:
                    change_state(parser, "authority", 1)
                else:
                    change_state(parser, "pathname", 1)
        case "authority":
            if is_an_identity_terminator(parser):
                rewind_and_set_state(parser, "username")
            elif (
                is_a_pathname_start(parser)
                or is_a_search_prefix(parser)
                or is_a_hash_prefix(parser)
            ):
                rewind_and_set_state(parser, "hostname")
        case "username":
            if is_a_password_prefix(parser):
                change_state(parser, "password", 1)
            elif is_an_identity_terminator(parser):
                change_state(parser, "hostname", 1)
        case "password":
            if is_an_identity_terminator(parser):
                change_state(parser, "hostname", 1)
        case "hostname":
            if is_an_ipv6_open(parser):
                parser.hostname_ipv6_bracket_depth += 1
            elif is_an_ipv6_close(parser):
                parser.hostname_ipv6_bracket_depth -= 1
            elif is_a_port_prefix(parser) and parser.hostname_ipv6_bracket_depth == 0:
                change_state(parser, "port", 1)
            else:
                change_state_after_the_authority(parser)
        case "port":
            change_state_after_the_authority(parser)
        case "pathname":
            if is_a_search_prefix(parser):
                change_state(parser, "search", 1)
            elif is_a_hash_prefix(parser):
                change_state(parser, "hash", 1)
        case "search":
            if is_a_hash_prefix(parser):
                change_state(parser, "hash", 1)


def change_state_after_the_authority(parser: ConstructorStringParser) -> None:
    """What the steps of "hostname" and of "port" have in common.

    Part of https://urlpattern.spec.whatwg.org/#parse-a-constructor-string
    """
    if is_a_pathname_start(parser):
        change_state(parser, "pathname", 0)
    elif is_a_search_prefix(parser):
        change_state(parser, "search", 1)
    elif is_a_hash_prefix(parser):
        change_state(parser, "hash", 1)


def change_state(parser: ConstructorStringParser, new_state: State, skip: int) -> None:
    """https://urlpattern.spec.whatwg.org/#change-state"""
    state, result = parser.state, parser.result
    if state != "init" and state != "authority" and state != "done":
        result[state] = make_a_component_string(parser)
    if state != "init" and new_state != "done":
        if (
            state in ("protocol", "authority", "username", "password")
            and new_state in ("port", "pathname", "search", "hash")
            and "hostname" not in result
        ):
            result["hostname"] = ""
        if (
            state in ("protocol", "authority", "username", "password", "hostname", "port")
            and new_state in ("search", "hash")
            and "pathname" not in result
        ):
            result["pathname"] = "/" if parser.protocol_matches_a_special_scheme_flag else ""
        if (
            state
            in ("protocol", "authority", "username", "password", "hostname", "port", "pathname")
            and new_state == "hash"
            and "search" not in result
        ):
            result["search"] = ""
    parser.state = new_state
    parser.token_index += skip
    parser.component_start = parser.token_index
    parser.token_increment = 0


def rewind(parser: ConstructorStringParser) -> None:
    """https://urlpattern.spec.whatwg.org/#rewind"""
    parser.token_index = parser.component_start
    parser.token_increment = 0


def rewind_and_set_state(parser: ConstructorStringParser, state: State) -> None:
    """https://urlpattern.spec.whatwg.org/#rewind-and-set-state"""
    rewind(parser)
    parser.state = state


def get_a_safe_token(parser: ConstructorStringParser, index: int) -> Token:
    """https://urlpattern.spec.whatwg.org/#get-a-safe-token"""
    if index < len(parser.token_list):
        return parser.token_list[index]
    token = parser.token_list[-1]
    assert token.type == "end"
    return token


def is_a_non_special_pattern_char(parser: ConstructorStringParser, index: int, value: str) -> bool:
    """https://urlpattern.spec.whatwg.org/#is-a-non-special-pattern-char"""
    token = get_a_safe_token(parser, index)
    return token.value == value and token.type in ("char", "escaped-char", "invalid-char")


def is_a_protocol_suffix(parser: ConstructorStringParser) -> bool:
    """https://urlpattern.spec.whatwg.org/#is-a-protocol-suffix"""
    return is_a_non_special_pattern_char(parser, parser.token_index, ":")


def next_is_authority_slashes(parser: ConstructorStringParser) -> bool:
    """https://urlpattern.spec.whatwg.org/#next-is-authority-slashes"""
    return is_a_non_special_pattern_char(
        parser, parser.token_index + 1, "/"
    ) and is_a_non_special_pattern_char(parser, parser.token_index + 2, "/")


def is_an_identity_terminator(parser: ConstructorStringParser) -> bool:
    """https://urlpattern.spec.whatwg.org/#is-an-identity-terminator"""
    return is_a_non_special_pattern_char(parser, parser.token_index, "@")


def is_a_password_prefix(parser: ConstructorStringParser) -> bool:
    """https://urlpattern.spec.whatwg.org/#is-a-password-prefix"""
    return is_a_non_special_pattern_char(parser, parser.token_index, ":")


def is_a_port_prefix(parser: ConstructorStringParser) -> bool:
    """https://urlpattern.spec.whatwg.org/#is-a-port-prefix"""
    return is_a_non_special_pattern_char(parser, parser.token_index, ":")


def is_a_pathname_start(parser: ConstructorStringParser) -> bool:
    """https://urlpattern.spec.whatwg.org/#is-a-pathname-start"""
    return is_a_non_special_pattern_char(parser, parser.token_index, "/")


def is_a_search_prefix(parser: ConstructorStringParser) -> bool:
    """https://urlpattern.spec.whatwg.org/#is-a-search-prefix"""
    if is_a_non_special_pattern_char(parser, parser.token_index, "?"):
        return True
    if parser.token_list[parser.token_index].value != "?":
        return False
    # It is a modifier, but of what?
    if parser.token_index == 0:
        return True
    return get_a_safe_token(parser, parser.token_index - 1).type not in (
        "name",
        "regexp",
        "close",
        "asterisk",
    )


def is_a_hash_prefix(parser: ConstructorStringParser) -> bool:
    """https://urlpattern.spec.whatwg.org/#is-a-hash-prefix"""
    return is_a_non_special_pattern_char(parser, parser.token_index, "#")


def is_a_group_open(parser: ConstructorStringParser) -> bool:
    """https://urlpattern.spec.whatwg.org/#is-a-group-open"""
    return parser.token_list[parser.token_index].type == "open"


def is_a_group_close(parser: ConstructorStringParser) -> bool:
    """https://urlpattern.spec.whatwg.org/#is-a-group-close"""
    return parser.token_list[parser.token_index].type == "close"


def is_an_ipv6_open(parser: ConstructorStringParser) -> bool:
    """https://urlpattern.spec.whatwg.org/#is-an-ipv6-open"""
    return is_a_non_special_pattern_char(parser, parser.token_index, "[")


def is_an_ipv6_close(parser: ConstructorStringParser) -> bool:
    """https://urlpattern.spec.whatwg.org/#is-an-ipv6-close"""
    return is_a_non_special_pattern_char(parser, parser.token_index, "]")


def make_a_component_string(parser: ConstructorStringParser) -> str:
    """https://urlpattern.spec.whatwg.org/#make-a-component-string"""
    end_index = parser.token_list[parser.token_index].index
    component_start_input_index = get_a_safe_token(parser, parser.component_start).index
    return parser.input[component_start_input_index:end_index]


def compute_protocol_matches_a_special_scheme_flag(parser: ConstructorStringParser) -> None:
    """https://urlpattern.spec.whatwg.org/#compute-protocol-matches-a-special-scheme-flag"""
    protocol_string = make_a_component_string(parser)
    protocol_component = compile_a_component(
        protocol_string, canonicalize_a_protocol, DEFAULT_OPTIONS
    )
    if protocol_component_matches_a_special_scheme(protocol_component):
        parser.protocol_matches_a_special_scheme_flag = True
