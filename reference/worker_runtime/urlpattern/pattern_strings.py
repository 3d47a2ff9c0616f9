"""Pattern strings: from their text to a part list, and from a part list to a regular expression or
back to text.

URL Pattern Standard, 2.1.3 to 2.3: https://urlpattern.spec.whatwg.org/#parts,
https://urlpattern.spec.whatwg.org/#options-header, https://urlpattern.spec.whatwg.org/#parsing,
https://urlpattern.spec.whatwg.org/#converting-part-lists-to-regular-expressions and
https://urlpattern.spec.whatwg.org/#converting-part-lists-to-pattern-strings
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias

from .tokenizing import Token, TokenType, is_a_valid_name_code_point, tokenize

PartType: TypeAlias = Literal["fixed-text", "regexp", "segment-wildcard", "full-wildcard"]
Modifier: TypeAlias = Literal["none", "optional", "zero-or-more", "one-or-more"]

# Takes a piece of fixed text and returns it as it stands in a URL, or raises TypeError.
# https://urlpattern.spec.whatwg.org/#encoding-callback
EncodingCallback: TypeAlias = Callable[[str], str]

MODIFIER_OF_TOKEN: dict[str, Modifier] = {"?": "optional", "*": "zero-or-more", "+": "one-or-more"}
TEXT_OF_MODIFIER: dict[Modifier, str] = {
    "none": "",
    "optional": "?",
    "zero-or-more": "*",
    "one-or-more": "+",
}

# https://urlpattern.spec.whatwg.org/#full-wildcard-regexp-value
FULL_WILDCARD_REGEXP_VALUE = ".*"

REGEXP_SYNTAX = re.compile(r"[.+*?^${}()[\]|/\\]")
PATTERN_SYNTAX = re.compile(r"[+*?:{}()\\]")


class Part(NamedTuple):
    """One piece of a pattern string: fixed text, or a matching group with what stands around it.

    https://urlpattern.spec.whatwg.org/#part
    """

    type: PartType
    value: str
    modifier: Modifier
    name: str = ""
    prefix: str = ""
    suffix: str = ""


class Options(NamedTuple):
    """How a pattern string behaves; a code point may be absent, which is the empty string.

    https://urlpattern.spec.whatwg.org/#options
    """

    delimiter_code_point: str
    prefix_code_point: str
    ignore_case: bool = False


class PatternParser:
    """https://urlpattern.spec.whatwg.org/#pattern-parser"""

    __slots__ = ("encoding_callback", "index", "input", "names", "next_numeric_name", "part_list",
        "pending_fixed_value",
                 "segment_wildcard_regexp", "token_list")  # fmt: skip

    def __init__(
        self, input: str, encoding_callback: EncodingCallback, segment_wildcard_regexp: str
    ) -> None:
        self.input = input
        self.token_list: list[Token] = tokenize(input, "strict")
        self.encoding_callback = encoding_callback
        self.segment_wildcard_regexp = segment_wildcard_regexp
        self.part_list: list[Part] = []
        self.pending_fixed_value: list[str] = []  # its pieces
        self.index = 0
        self.next_numeric_name = 0
        self.names: set[str] = set()  # those of the part list


# ---- 2.1.5 Parsing -------------------------------------------------------------------------------


def parse_a_pattern_string(
    input: str, options: Options, encoding_callback: EncodingCallback
) -> list[Part]:
    """The part list of a pattern string; TypeError if it is not well formed, or if the callback
    refuses its text.

    https://urlpattern.spec.whatwg.org/#parse-a-pattern-string
    """
    parser = PatternParser(input, encoding_callback, generate_a_segment_wildcard_regexp(options))
    while parser.index < len(parser.token_list):
        char_token = try_to_consume_a_token(parser, "char")
        name_token = try_to_consume_a_token(parser, "name")
        regexp_or_wildcard_token = try_to_consume_a_regexp_or_wildcard_token(parser, name_token)
        if name_token or regexp_or_wildcard_token:
            prefix = char_token.value if char_token else ""
            if prefix and prefix != options.prefix_code_point:
                parser.pending_fixed_value.append(prefix)
                prefix = ""
            maybe_add_a_part_from_the_pending_fixed_value(parser)
            modifier_token = try_to_consume_a_modifier_token(parser)
            add_a_part(parser, prefix, name_token, regexp_or_wildcard_token, "", modifier_token)
            continue
        if fixed_token := char_token or try_to_consume_a_token(parser, "escaped-char"):
            parser.pending_fixed_value.append(fixed_token.value)
            continue
        if try_to_consume_a_token(parser, "open"):
            prefix = consume_text(parser)
            name_token = try_to_consume_a_token(parser, "name")
            regexp_or_wildcard_token = try_to_consume_a_regexp_or_wildcard_token(parser, name_token)
            suffix = consume_text(parser)
            consume_a_required_token(parser, "close")
            modifier_token = try_to_consume_a_modifier_token(parser)
            add_a_part(parser, prefix, name_token, regexp_or_wildcard_token, suffix, modifier_token)
            continue
        maybe_add_a_part_from_the_pending_fixed_value(parser)
        consume_a_required_token(parser, "end")
    return parser.part_list


def generate_a_segment_wildcard_regexp(options: Options) -> str:
    """https://urlpattern.spec.whatwg.org/#generate-a-segment-wildcard-regexp"""
    return f"[^{escape_a_regexp_string(options.delimiter_code_point)}]+?"


def try_to_consume_a_token(parser: PatternParser, type: TokenType) -> Token | None:
    """https://urlpattern.spec.whatwg.org/#try-to-consume-a-token"""
    next_token = parser.token_list[parser.index]
    if next_token.type != type:
        return None
    parser.index += 1
    return next_token


def try_to_consume_a_modifier_token(parser: PatternParser) -> Token | None:
    """https://urlpattern.spec.whatwg.org/#try-to-consume-a-modifier-token"""
    return try_to_consume_a_token(parser, "other-modifier") or try_to_consume_a_token(
        parser, "asterisk"
    )


def try_to_consume_a_regexp_or_wildcard_token(
    parser: PatternParser, name_token: Token | None
) -> Token | None:
    """https://urlpattern.spec.whatwg.org/#try-to-consume-a-regexp-or-wildcard-token"""
    token = try_to_consume_a_token(parser, "regexp")
    if name_token is None and token is None:
        token = try_to_consume_a_token(parser, "asterisk")
    return token


def consume_a_required_token(parser: PatternParser, type: TokenType) -> Token:
    """https://urlpattern.spec.whatwg.org/#consume-a-required-token"""
    result = try_to_consume_a_token(parser, type)
    if result is None:
        found = parser.token_list[parser.index]
        raise TypeError(
            f"Invalid pattern: {found.type!r} instead of {type!r} at {found.index} of "
            f"{parser.input!r}"
        )
    return result


def consume_text(parser: PatternParser) -> str:
    """https://urlpattern.spec.whatwg.org/#consume-text"""
    result = []
    while token := try_to_consume_a_token(parser, "char") or try_to_consume_a_token(
        parser, "escaped-char"
    ):
        result.append(token.value)
    return "".join(result)


def maybe_add_a_part_from_the_pending_fixed_value(parser: PatternParser) -> None:
    """https://urlpattern.spec.whatwg.org/#maybe-add-a-part-from-the-pending-fixed-value"""
    pending_fixed_value = "".join(parser.pending_fixed_value)
    if not pending_fixed_value:
        return
    encoded_value = parser.encoding_callback(pending_fixed_value)
    parser.pending_fixed_value.clear()
    parser.part_list.append(Part("fixed-text", encoded_value, "none"))


def add_a_part(
    parser: PatternParser,
    prefix: str,
    name_token: Token | None,
    regexp_or_wildcard_token: Token | None,
    suffix: str,
    modifier_token: Token | None,
) -> None:
    """https://urlpattern.spec.whatwg.org/#add-a-part"""
    modifier = MODIFIER_OF_TOKEN[modifier_token.value] if modifier_token else "none"
    if name_token is None and regexp_or_wildcard_token is None and modifier == "none":
        parser.pending_fixed_value.append(prefix)
        return
    maybe_add_a_part_from_the_pending_fixed_value(parser)
    if name_token is None and regexp_or_wildcard_token is None:
        assert suffix == ""
        if prefix:
            parser.part_list.append(Part("fixed-text", parser.encoding_callback(prefix), modifier))
        return
    if regexp_or_wildcard_token is None:
        regexp_value = parser.segment_wildcard_regexp
    elif regexp_or_wildcard_token.type == "asterisk":
        regexp_value = FULL_WILDCARD_REGEXP_VALUE
    else:
        regexp_value = regexp_or_wildcard_token.value
    type: PartType = "regexp"
    if regexp_value == parser.segment_wildcard_regexp:
        type, regexp_value = "segment-wildcard", ""
    elif regexp_value == FULL_WILDCARD_REGEXP_VALUE:
        type, regexp_value = "full-wildcard", ""
    if name_token:
        name = name_token.value
    else:
        name = str(parser.next_numeric_name)
        parser.next_numeric_name += 1
    if is_a_duplicate_name(parser, name):
        raise TypeError(f"Invalid pattern: the group {name!r} stands twice in {parser.input!r}")
    parser.names.add(name)
    encoded_prefix = parser.encoding_callback(prefix)
    encoded_suffix = parser.encoding_callback(suffix)
    parser.part_list.append(
        Part(type, regexp_value, modifier, name, encoded_prefix, encoded_suffix)
    )


def is_a_duplicate_name(parser: PatternParser, name: str) -> bool:
    """https://urlpattern.spec.whatwg.org/#is-a-duplicate-name"""
    return name in parser.names


# ---- 2.2 Converting part lists to regular expressions --------------------------------------------


def generate_a_regular_expression_and_name_list(
    part_list: list[Part], options: Options
) -> tuple[str, list[str]]:
    """A regular expression in JavaScript's syntax, and the names of its groups.

    https://urlpattern.spec.whatwg.org/#generate-a-regular-expression-and-name-list
    """
    result = ["^"]
    name_list = []
    for part in part_list:
        modifier = convert_a_modifier_to_a_string(part.modifier)
        if part.type == "fixed-text":
            value = escape_a_regexp_string(part.value)
            result.append(value if part.modifier == "none" else f"(?:{value}){modifier}")
            continue
        name_list.append(part.name)
        regexp_value = part.value
        if part.type == "segment-wildcard":
            regexp_value = generate_a_segment_wildcard_regexp(options)
        elif part.type == "full-wildcard":
            regexp_value = FULL_WILDCARD_REGEXP_VALUE
        repeats = part.modifier in ("zero-or-more", "one-or-more")
        zero = "?" if part.modifier == "zero-or-more" else ""
        prefix, suffix = escape_a_regexp_string(part.prefix), escape_a_regexp_string(part.suffix)
        # OPTIMIZATION: where wildcards are repeated, one run matches the same as a run of runs,
        # which it does in exponentially many ways.
        if repeats and part.type == "full-wildcard":
            result.append(
                f"(?:{prefix}({regexp_value}){suffix}){zero}"
                if prefix or suffix
                else f"({regexp_value})"
            )
        elif repeats and part.type == "segment-wildcard" and not prefix and not suffix:
            result.append(f"({regexp_value.removesuffix('+?')}{modifier})")
        elif not prefix and not suffix:
            result.append(
                f"((?:{regexp_value}){modifier})" if repeats else f"({regexp_value}){modifier}"
            )
        elif not repeats:
            result.append(f"(?:{prefix}({regexp_value}){suffix}){modifier}")
        else:
            result.append(
                f"(?:{prefix}((?:{regexp_value})(?:{suffix}{prefix}(?:{regexp_value}))*){suffix})"
                f"{zero}"
            )
    result.append("$")
    return "".join(result), name_list


def escape_a_regexp_string(input: str) -> str:
    """https://urlpattern.spec.whatwg.org/#escape-a-regexp-string"""
    assert input.isascii()
    return REGEXP_SYNTAX.sub(r"\\\g<0>", input)


# ---- 2.3 Converting part lists to pattern strings ------------------------------------------------


def generate_a_pattern_string(part_list: list[Part], options: Options) -> str:
    """The pattern string of a part list in its normal form.

    https://urlpattern.spec.whatwg.org/#generate-a-pattern-string
    """
    result = []
    for index, part in enumerate(part_list):
        previous_part = part_list[index - 1] if index > 0 else None
        next_part = part_list[index + 1] if index < len(part_list) - 1 else None
        modifier = convert_a_modifier_to_a_string(part.modifier)
        if part.type == "fixed-text":
            value = escape_a_pattern_string(part.value)
            result.append(value if part.modifier == "none" else f"{{{value}}}{modifier}")
            continue
        custom_name = not part.name[0] in "0123456789"
        needs_grouping = part.suffix != "" or part.prefix not in ("", options.prefix_code_point)
        if (
            not needs_grouping
            and custom_name
            and part.type == "segment-wildcard"
            and part.modifier == "none"
            and next_part
            and next_part.prefix == ""
            and next_part.suffix == ""
        ):
            if next_part.type == "fixed-text":
                needs_grouping = next_part.value != "" and is_a_valid_name_code_point(
                    next_part.value[0], False
                )
            else:
                needs_grouping = next_part.name[0] in "0123456789"
        if (
            not needs_grouping
            and part.prefix == ""
            and previous_part
            and previous_part.type == "fixed-text"
            and previous_part.value[-1:] == options.prefix_code_point != ""
        ):
            needs_grouping = True
        group = escape_a_pattern_string(part.prefix)
        if custom_name:
            group += f":{part.name}"
        if part.type == "regexp":
            group += f"({part.value})"
        elif part.type == "segment-wildcard" and not custom_name:
            group += f"({generate_a_segment_wildcard_regexp(options)})"
        elif part.type == "full-wildcard":
            if not custom_name and (
                previous_part is None
                or previous_part.type == "fixed-text"
                or previous_part.modifier != "none"
                or needs_grouping
                or part.prefix != ""
            ):
                group += "*"
            else:
                group += f"({FULL_WILDCARD_REGEXP_VALUE})"
        if (
            part.type == "segment-wildcard"
            and custom_name
            and part.suffix != ""
            and is_a_valid_name_code_point(part.suffix[0], False)
        ):
            group += "\\"
        group += escape_a_pattern_string(part.suffix)
        result.append((f"{{{group}}}" if needs_grouping else group) + modifier)
    return "".join(result)


def escape_a_pattern_string(input: str) -> str:
    """https://urlpattern.spec.whatwg.org/#escape-a-pattern-string"""
    assert input.isascii()
    return PATTERN_SYNTAX.sub(r"\\\g<0>", input)


def convert_a_modifier_to_a_string(modifier: Modifier) -> str:
    """https://urlpattern.spec.whatwg.org/#convert-a-modifier-to-a-string"""
    return TEXT_OF_MODIFIER[modifier]
