"""Writing: what is valid, and how the parsers say what is not.

URL Standard, 1.1 and 4.3: https://url.spec.whatwg.org/#writing,
https://url.spec.whatwg.org/#url-writing
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

# The names that the table has. https://url.spec.whatwg.org/#validation-error
ValidationError: TypeAlias = Literal[
    "domain-to-ASCII",
    "domain-percent-encoded",
    "host-invalid-code-point",
    "IPv4-empty-part",
    "IPv4-too-few-parts",
    "IPv4-too-many-parts",
    "IPv4-non-numeric-part",
    "IPv4-non-decimal-part",
    "IPv4-out-of-range-part",
    "IPv6-unclosed",
    "IPv6-invalid-compression",
    "IPv6-too-many-pieces",
    "IPv6-multiple-compression",
    "IPv6-invalid-code-point",
    "IPv6-too-few-pieces",
    "IPv6-piece-leading-zero",
    "IPv4-in-IPv6-too-many-pieces",
    "IPv4-in-IPv6-invalid-code-point",
    "IPv4-in-IPv6-out-of-range-part",
    "IPv4-in-IPv6-too-few-parts",
    "invalid-URL-unit",
    "special-scheme-missing-following-solidus",
    "missing-scheme-non-relative-URL",
    "invalid-reverse-solidus",
    "invalid-credentials",
    "host-missing",
    "port-out-of-range",
    "port-invalid",
    "file-invalid-Windows-drive-letter",
    "file-invalid-Windows-drive-letter-host",
]

# What a parser appends to, where a caller wants to know: a list, or None where nobody asks.
ValidationErrors: TypeAlias = "list[ValidationError] | None"

# Each plane has two noncharacters at its end. https://url.spec.whatwg.org/#url-code-points
URL_CODE_POINTS = "!$&-;=?-Z_a-z~\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd" + "".join(
    f"{chr(plane << 16)}-{chr(plane << 16 | 0xFFFD)}" for plane in range(1, 17)
)
NO_URL_UNIT = f"%(?![0-9A-Fa-f]{{2}})|[^%{URL_CODE_POINTS}]"


class URLFailure(Exception):
    """What the parsers raise where the standard returns failure; its message is the validation
    error that comes with it.

    Only where an API excludes what a URL may have, no validation error does.

    Part of https://url.spec.whatwg.org/#validation-error
    """

    def __init__(self, validation_error: ValidationError | None = None) -> None:
        super().__init__(validation_error or "failure")
        self.validation_error = validation_error


def code_points_that_are_no_url_units(string: str) -> list[str]:
    """Each code point that is neither a URL code point nor begins a percent-encoded byte.

    Part of https://url.spec.whatwg.org/#url-units
    """
    return re.findall(NO_URL_UNIT, string)
