"""Fields: names, values, and the syntax that most values share.

RFC 9110, 5: https://www.rfc-editor.org/rfc/rfc9110#section-5

A field is a pair of strings of code points up to U+00FF, one for each byte; its name is in lower
case.
"""

from __future__ import annotations

import re
from typing import TypeAlias

Fields: TypeAlias = "list[tuple[str, str]]"

# tchar = "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "." / "^" / "_" / "`" / "|" / "~" /
# DIGIT / ALPHA
TCHAR = b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# What no field line contains: every control character but the tab.
CONTROLS = bytes([*range(0x09), *range(0x0A, 0x20), 0x7F])


class MessageFailure(Exception):
    """A message is not one, or exceeds a limit; `status` is what a server answers to it, and then
    it closes the connection.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-2.2-9
    """

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def is_token(string: str) -> bool:
    """https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2"""
    return string != "" and string.isascii() and not string.encode().translate(None, TCHAR)


# OPTIMIZATION: names that have been seen to be tokens, as they were sent, and in lower case.
known_names: dict[str, str] = {}


def field_name(name: str) -> str:
    """A name in lower case; MessageFailure if it is not one.

    https://www.rfc-editor.org/rfc/rfc9110#section-5.1
    """
    if not is_token(name):
        raise MessageFailure(f"{name[:80]!r} is not a field name")
    lower_case = name.lower()
    # a client must not decide how much memory its names take
    if len(known_names) < 1000 and len(name) <= 40:
        known_names[name] = lower_case
    return lower_case


def combined_field_values(fields: Fields) -> dict[str, str]:
    """The value of each name; several lines of one name are one value, joined by commas.

    Part of https://www.rfc-editor.org/rfc/rfc9110#section-5.3
    """
    values = dict(fields)
    if len(values) != len(fields):
        lines: dict[str, list[str]] = {}
        for name, value in fields:
            lines.setdefault(name, []).append(value)
        values = {name: ", ".join(several) for name, several in lines.items()}
    return values


def list_members(value: str) -> list[str]:
    """The members of a list, without empty ones; a comma within a quoted string belongs to its
    member.

    https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1
    Part of https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1.2
    """
    members = (
        re.findall(r'(?:[^",]|"(?:[^"\\]|\\.)*"?)+', value) if '"' in value else value.split(",")
    )
    return [member for member in map(_without_whitespace, members) if member]


def _without_whitespace(value: str) -> str:
    """A value without the OWS around it.

    Part of https://www.rfc-editor.org/rfc/rfc9110#section-5.6.3
    """
    return value.strip(" \t")
