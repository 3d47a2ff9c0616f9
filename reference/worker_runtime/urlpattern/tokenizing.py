"""Tokens and tokenizing: what a pattern string is made of.

URL Pattern Standard, 2.1.1 and 2.1.2: https://urlpattern.spec.whatwg.org/#tokens and
https://urlpattern.spec.whatwg.org/#tokenizing
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

TokenType: TypeAlias = Literal[
    "open",
    "close",
    "regexp",
    "name",
    "char",
    "escaped-char",
    "other-modifier",
    "asterisk",
    "end",
    "invalid-char",
]
TokenizePolicy: TypeAlias = Literal["strict", "lenient"]

TYPE_OF_CODE_POINT: dict[str, TokenType] = {
    "*": "asterisk", "+": "other-modifier", "?": "other-modifier", "{": "open", "}": "close"
}  # fmt: skip
# What neither this tokenizer nor a parser of its tokens gives a meaning to.
PLAIN_RUN = re.compile(r"[^*+?\\{}:(/@#\[\]]+")
ASCII_NAME_RUN = re.compile(r"[A-Za-z0-9_$]*")
SIGNIFICANT_IN_REGEXP = re.compile(r"[()\\]|[^\x00-\x7f]")

# Unicode's Other_ID_Start and Other_ID_Continue, and the letter that Pattern_Syntax takes away.
OTHER_ID_START = frozenset("\u1885\u1886\u2118\u212e\u309b\u309c")
OTHER_ID_CONTINUE = frozenset(
    "\xb7\u0387\u1369\u136a\u136b\u136c\u136d\u136e\u136f\u1370\u1371\u19da\u200c\u200d\u30fb\uff65"
)
NOT_ID_START = frozenset("\u2e2f")


class Token:
    """A piece of a pattern string; its index is where it begins, its value what it says within its
    colon or parentheses.

    https://urlpattern.spec.whatwg.org/#token
    """

    __slots__ = ("index", "type", "value")

    def __init__(self, type: TokenType, index: int, value: str) -> None:
        self.type = type
        self.index = index
        self.value = value


class Tokenizer:
    """https://urlpattern.spec.whatwg.org/#tokenizer"""

    __slots__ = ("index", "input", "policy", "token_list")

    def __init__(self, input: str, policy: TokenizePolicy) -> None:
        self.input = input
        self.policy = policy
        self.token_list: list[Token] = []
        self.index = 0


def tokenize(input: str, policy: TokenizePolicy) -> list[Token]:
    """The tokens of a pattern string, an "end" behind them; TypeError for an error if the policy is
    "strict".

    https://urlpattern.spec.whatwg.org/#tokenize
    """
    tokenizer = Tokenizer(input, policy)
    while (index := tokenizer.index) < len(input):
        # OPTIMIZATION: a run of plain code points is one "char" token. Parsers only ever join such
        # tokens.
        if run := PLAIN_RUN.match(input, index):
            add_a_token(tokenizer, "char", run.end(), index, run.end() - index)
            continue
        code_point = input[index]
        if code_point in TYPE_OF_CODE_POINT:
            add_a_token(tokenizer, TYPE_OF_CODE_POINT[code_point], index + 1, index, 1)
        elif code_point == "\\":
            if index == len(input) - 1:
                process_a_tokenizing_error(
                    tokenizer, index + 1, index, "nothing follows the backslash"
                )
            else:
                add_a_token(tokenizer, "escaped-char", index + 2, index + 1, 1)
        elif code_point == ":":
            name_start = index + 1
            name_position = end_of_name(input, name_start)
            if name_position == name_start:
                process_a_tokenizing_error(
                    tokenizer, name_start, index, "no name follows the colon"
                )
            else:
                add_a_token(
                    tokenizer, "name", name_position, name_start, name_position - name_start
                )
        elif code_point == "(":
            regexp_start = index + 1
            regexp_position = end_of_regexp(input, regexp_start)
            if isinstance(regexp_position, str):
                process_a_tokenizing_error(tokenizer, regexp_start, index, regexp_position)
            else:
                add_a_token(
                    tokenizer,
                    "regexp",
                    regexp_position,
                    regexp_start,
                    regexp_position - regexp_start - 1,
                )
        else:
            add_a_token(tokenizer, "char", index + 1, index, 1)
    add_a_token(tokenizer, "end", tokenizer.index, tokenizer.index, 0)
    return tokenizer.token_list


def end_of_name(input: str, name_start: int) -> int:
    """The position behind the name that starts there, which is the same position where there is
    none.

    Part of https://urlpattern.spec.whatwg.org/#tokenize
    """
    name_position = name_start
    while name_position < len(input) and is_a_valid_name_code_point(
        input[name_position], name_position == name_start
    ):
        run = ASCII_NAME_RUN.match(input, name_position + 1)
        assert run is not None
        name_position = run.end()
    return name_position


def end_of_regexp(input: str, regexp_start: int) -> int | str:
    """The position behind the parenthesis that ends the regexp that starts there, or what is wrong
    with it.

    Part of https://urlpattern.spec.whatwg.org/#tokenize
    """
    if input.startswith("?", regexp_start):
        return "a regular expression begins with '?'"
    depth = 1
    position = regexp_start
    while significant := SIGNIFICANT_IN_REGEXP.search(input, position):
        position = significant.end()
        match significant[0]:
            case "\\":
                if position == len(input):
                    return "nothing follows the backslash in a regular expression"
                if not input[position].isascii():
                    return f"a regular expression has {input[position]!r}, which is not ASCII"
                position += 1
            case ")":
                depth -= 1
                if depth == 0:
                    return (
                        position if position > regexp_start + 1 else "a regular expression is empty"
                    )
            case "(":
                depth += 1
                if not input.startswith("?", position):
                    return "a regular expression has a capturing group without a name"
            case code_point:
                return f"a regular expression has {code_point!r}, which is not ASCII"
    return "the parenthesis of a regular expression is not closed"


def add_a_token(
    tokenizer: Tokenizer,
    type: TokenType,
    next_position: int,
    value_position: int,
    value_length: int,
) -> None:
    """https://urlpattern.spec.whatwg.org/#add-a-token"""
    value = tokenizer.input[value_position : value_position + value_length]
    tokenizer.token_list.append(Token(type, tokenizer.index, value))
    tokenizer.index = next_position


def process_a_tokenizing_error(
    tokenizer: Tokenizer, next_position: int, value_position: int, what: str
) -> None:
    """https://urlpattern.spec.whatwg.org/#process-a-tokenizing-error"""
    if tokenizer.policy == "strict":
        raise TypeError(f"Invalid pattern: {what}, at {tokenizer.index} of {tokenizer.input!r}")
    add_a_token(
        tokenizer, "invalid-char", next_position, value_position, next_position - value_position
    )


def is_a_valid_name_code_point(code_point: str, first: bool) -> bool:
    """Whether a code point may begin an identifier of JavaScript, or go on with one.

    https://urlpattern.spec.whatwg.org/#is-a-valid-name-code-point
    """
    if code_point.isascii():
        return code_point == "$" or (code_point if first else "_" + code_point).isidentifier()
    import unicodedata  # a table of some size that few patterns need

    category = unicodedata.category(code_point)
    if category[0] == "L" or category == "Nl" or code_point in OTHER_ID_START:
        return code_point not in NOT_ID_START
    return not first and (category in ("Mn", "Mc", "Nd", "Pc") or code_point in OTHER_ID_CONTINUE)
