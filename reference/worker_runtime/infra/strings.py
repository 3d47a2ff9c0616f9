"""Strings: sequences of code units, with lone surrogates kept.

Infra Standard, 4.7: https://infra.spec.whatwg.org/#strings
"""

import re

SURROGATE = re.compile("[\ud800-\udfff]")


def convert_to_scalar_value_string(string: str) -> str:
    """https://infra.spec.whatwg.org/#javascript-string-convert"""
    if string.isascii() or not SURROGATE.search(string):
        return string
    # Python keeps the two halves of a pair apart, too: going through UTF-16 joins them.
    return string.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
