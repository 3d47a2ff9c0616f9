"""Strings: sequences of code units, with lone surrogates kept.

Infra Standard, 4.7: https://infra.spec.whatwg.org/#strings

What Python says as well is not here: `"".join` concatenates, `str.split(delimiter)` splits
strictly, a slice is a substring. Beware of `str.strip()`, `str.split()` and `str.lower()`, which
know all of Unicode's whitespace and letters.
"""

from __future__ import annotations

import re

ASCII_WHITESPACE = "\t\n\f\r "  # https://infra.spec.whatwg.org/#ascii-whitespace

SURROGATE = re.compile("[\ud800-\udfff]")
ASCII_WHITESPACE_RUN = re.compile(f"[{ASCII_WHITESPACE}]+")
UPPER_ALPHAS = re.compile("[A-Z]+")


def convert_to_scalar_value_string(string: str) -> str:
    """https://infra.spec.whatwg.org/#javascript-string-convert"""
    if string.isascii() or not SURROGATE.search(string):
        return string
    # Python keeps the two halves of a pair apart, too: going through UTF-16 joins them.
    return string.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def isomorphic_encode(input: str) -> bytes:
    """One byte a code point; a code point above U+00FF is the caller's mistake, and a
    UnicodeEncodeError.

    https://infra.spec.whatwg.org/#isomorphic-encode
    """
    return input.encode("latin-1")


def ascii_lowercase(string: str) -> str:
    """https://infra.spec.whatwg.org/#ascii-lowercase"""
    return (
        string.lower() if string.isascii() else UPPER_ALPHAS.sub(lambda run: run[0].lower(), string)
    )


def strip_newlines(string: str) -> str:
    """https://infra.spec.whatwg.org/#strip-newlines"""
    return string.replace("\n", "").replace("\r", "")


def normalize_newlines(string: str) -> str:
    """https://infra.spec.whatwg.org/#normalize-newlines"""
    return string.replace("\r\n", "\n").replace("\r", "\n")


def strip_leading_and_trailing_ascii_whitespace(string: str) -> str:
    """https://infra.spec.whatwg.org/#strip-leading-and-trailing-ascii-whitespace"""
    return string.strip(ASCII_WHITESPACE)


def strip_and_collapse_ascii_whitespace(string: str) -> str:
    """https://infra.spec.whatwg.org/#strip-and-collapse-ascii-whitespace"""
    return ASCII_WHITESPACE_RUN.sub(" ", string).strip(" ")


def collect_a_sequence_of_code_points(
    condition: re.Pattern[str], input: str, position: int
) -> tuple[str, int]:
    """The run of code points that meet a condition, and the position behind it.

    The condition is a pattern that eats the whole run and matches an empty one, too, such as
    `re.compile("[^;=]*")`.

    https://infra.spec.whatwg.org/#collect-a-sequence-of-code-points
    """
    run = condition.match(input, position)
    assert run is not None
    return run[0], run.end()


def split_on_ascii_whitespace(input: str) -> list[str]:
    """https://infra.spec.whatwg.org/#split-on-ascii-whitespace"""
    return [token for token in ASCII_WHITESPACE_RUN.split(input) if token]


def split_on_commas(input: str) -> list[str]:
    """The tokens between the commas, which may be empty; nothing stands behind a last comma.

    https://infra.spec.whatwg.org/#split-on-commas
    """
    tokens = [token.strip(ASCII_WHITESPACE) for token in input.split(",")]
    if not input or input.endswith(","):
        tokens.pop()
    return tokens
