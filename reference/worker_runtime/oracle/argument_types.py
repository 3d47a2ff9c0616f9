"""Argument types: what the JSON of a question becomes, and what the values of an answer are in
JSON.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from ..infra.strings import convert_to_scalar_value_string
from ..mimesniff.mime_types import MIMEType
from ..url.percent_encoded_bytes import (
    APPLICATION_X_WWW_FORM_URLENCODED_PERCENT_ENCODE_SET,
    C0_CONTROL_PERCENT_ENCODE_SET,
    COMPONENT_PERCENT_ENCODE_SET,
    FRAGMENT_PERCENT_ENCODE_SET,
    PATH_PERCENT_ENCODE_SET,
    QUERY_PERCENT_ENCODE_SET,
    SPECIAL_QUERY_PERCENT_ENCODE_SET,
    USERINFO_PERCENT_ENCODE_SET,
    PercentEncodeSet,
)
from ..urlpattern.dictionaries import MEMBER_NAMES, URLPatternInit, URLPatternInput
from ..xhr.form_data import Entry

Convert: TypeAlias = Callable[[Any], Any]

PERCENT_ENCODE_SETS = {
    "C0 control": C0_CONTROL_PERCENT_ENCODE_SET, "fragment": FRAGMENT_PERCENT_ENCODE_SET, "query":
    QUERY_PERCENT_ENCODE_SET, "special-query": SPECIAL_QUERY_PERCENT_ENCODE_SET, "path":
    PATH_PERCENT_ENCODE_SET, "userinfo": USERINFO_PERCENT_ENCODE_SET, "component":
    COMPONENT_PERCENT_ENCODE_SET, "application/x-www-form-urlencoded":
    APPLICATION_X_WWW_FORM_URLENCODED_PERCENT_ENCODE_SET,
}  # fmt: skip


class BadQuestion(Exception):
    """What was asked is not a question: a fault of the caller, not an answer."""


def shown(value: object) -> str:
    """A value of JSON for a message, not longer than a line."""
    text = repr(value)
    return text if len(text) <= 80 else text[:80] + "..."


# ---- from a question -----------------------------------------------------------------------------


def to_boolean(value: object) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise BadQuestion(f"expected true or false, not {shown(value)}")
    return value


def to_integer(value: object) -> int:
    """A number without a fraction."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadQuestion(f"expected an integer, not {shown(value)}")
    return value


def to_number(value: object) -> float:
    """A number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadQuestion(f"expected a number, not {shown(value)}")
    return value


def to_dom_string(value: object) -> str:
    """A string as it is, lone surrogates and all."""
    if not isinstance(value, str):
        raise BadQuestion(f"expected a string, not {shown(value)}")
    return value


def to_usv_string(value: object) -> str:
    """A string in which each lone surrogate becomes U+FFFD."""
    return convert_to_scalar_value_string(to_dom_string(value))


def to_byte_string(value: object) -> str:
    """A string of code points up to U+00FF."""
    string = to_dom_string(value)
    if not string.isascii() and max(string) > "\xff":
        raise BadQuestion(f"expected code points up to U+00FF, not {shown(value)}")
    return string


def to_bytes(value: object) -> bytes:
    """{"bytes": STRING}, one code point up to U+00FF for each byte."""
    if not isinstance(value, dict) or value.keys() != {"bytes"}:
        raise BadQuestion(f'expected {{"bytes": "..."}}, not {shown(value)}')
    return to_byte_string(value["bytes"]).encode("latin-1")


def to_percent_encode_set(value: object) -> PercentEncodeSet:
    """The name of a percent-encode set."""
    try:
        return PERCENT_ENCODE_SETS[to_dom_string(value)]
    except KeyError:
        raise BadQuestion(
            f"expected one of {', '.join(PERCENT_ENCODE_SETS)}, not {shown(value)}"
        ) from None


def to_list(value: object) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise BadQuestion(f"expected a list, not {shown(value)}")
    return value


def to_dictionary(value: object) -> dict[str, Any]:
    """An object."""
    if not isinstance(value, dict):
        raise BadQuestion(f"expected an object, not {shown(value)}")
    return value


def to_pair(value: object, convert: Convert) -> tuple[Any, Any]:
    """A list of a name and a value."""
    if len(pair := to_list(value)) != 2:
        raise BadQuestion(f"expected a name and a value, not {shown(value)}")
    return convert(pair[0]), convert(pair[1])


def to_mime_type(value: object) -> MIMEType:
    """{"type": STRING, "subtype": STRING, "parameters": [[NAME, VALUE], ...]}; what is not there is
    empty.
    """
    members = to_dictionary(value)
    parameters = [to_pair(pair, to_dom_string) for pair in to_list(members.get("parameters", []))]
    return MIMEType(
        to_dom_string(members.get("type", "")),
        to_dom_string(members.get("subtype", "")),
        dict(parameters),
    )


def to_form_entry(value: object) -> Entry:
    """[NAME, STRING] for a field, [NAME, {"name": STRING, "type": STRING, "bytes": STRING}] for a
    file.
    """
    from ..file_api.file import File

    name, value = to_pair(value, lambda item: item)
    if not isinstance(value, dict):
        return to_usv_string(name), to_usv_string(value)
    file_name, type = to_usv_string(value.get("name", "")), to_usv_string(value.get("type", ""))
    return to_usv_string(name), File(
        [to_bytes({"bytes": value.get("bytes", "")})], file_name, type=type
    )


def to_search_params_init(value: object) -> Any:
    """A string, an object of strings, or a list of lists, which URLSearchParams itself looks
    into.
    """
    if isinstance(value, list):
        return [[to_usv_string(item) for item in to_list(pair)] for pair in value]
    if isinstance(value, dict):
        return {to_usv_string(name): to_usv_string(member) for name, member in value.items()}
    return to_usv_string(value)


def to_url_pattern_inputs(value: object) -> tuple[URLPatternInput, str | None]:
    """A list of nothing, an input, or an input and a base URL: what `test` and `exec` are called
    with.
    """
    if len(arguments := to_list(value)) > 2:
        raise BadQuestion(f"expected an input and a base URL at most, not {shown(value)}")
    input = to_url_pattern_input(arguments[0]) if arguments else {}
    return input, to_usv_string(arguments[1]) if len(arguments) > 1 else None


def to_url_pattern_input(value: object) -> URLPatternInput:
    """A string, or an object with a string for each component; other members do not count, as for
    any dictionary.
    """
    if not isinstance(value, dict):
        return to_usv_string(value)
    init = URLPatternInit()
    for name in MEMBER_NAMES:
        if name in value:
            init[name] = to_usv_string(value[name])
    return init


def to_url_pattern_arguments(value: object) -> tuple[URLPatternInput, str | None, bool]:
    """The same, and options at the end, of which ignoreCase is the only one: what the constructor
    is called with.
    """
    arguments = to_list(value)
    ignore_case = False
    if len(arguments) > 1 and isinstance(arguments[-1], dict):
        *arguments, options = arguments
        ignore_case = to_boolean(options.get("ignoreCase", False))
    return *to_url_pattern_inputs(arguments), ignore_case


class ArgumentType(NamedTuple):
    """How an argument is converted, and what to write to have one."""

    convert: Convert
    help: str


ARGUMENT_TYPES = {
    "any": ArgumentType(lambda value: value, "anything"),
    "boolean": ArgumentType(to_boolean, "true or false"),
    "integer": ArgumentType(to_integer, "a number without a fraction"),
    "number": ArgumentType(to_number, "a number"),
    "DOMString": ArgumentType(
        to_dom_string, "a string; a lone surrogate is written, and stays, an escape such as \\ud800"
    ),
    "USVString": ArgumentType(to_usv_string, "a string; a lone surrogate becomes U+FFFD"),
    "ByteString": ArgumentType(
        to_byte_string, "a string of code points up to U+00FF, one for each byte"
    ),
    "bytes": ArgumentType(
        to_bytes, '{"bytes": "GET /\\r\\n\\u00ff"}: a ByteString; bytes in a result look the same'
    ),
    "Header": ArgumentType(
        lambda value: to_pair(value, to_byte_string), "[name, value], two ByteStrings"
    ),
    "Pair": ArgumentType(
        lambda value: to_pair(value, to_usv_string), "[name, value], two USVStrings"
    ),
    "FormEntry": ArgumentType(
        to_form_entry, '[name, "text"], or [name, {"name": "a.txt", "type": "a/b", "bytes": "..."}]'
    ),
    "MIMEType": ArgumentType(
        to_mime_type, '{"type": "text", "subtype": "html", "parameters": [["charset", "utf-8"]]}'
    ),
    "PercentEncodeSet": ArgumentType(
        to_percent_encode_set, f"one of {', '.join(PERCENT_ENCODE_SETS)}"
    ),
    "URLSearchParamsInit": ArgumentType(
        to_search_params_init, "a string, an object of strings, or a list of Pairs"
    ),
    "MethodCall": ArgumentType(
        to_list, '["append", "a", "b"]: the name of a method and its arguments'
    ),
    "URLPatternInputs": ArgumentType(
        to_url_pattern_inputs, '[], ["/:id"], ["/:id", baseURL], [{"pathname": "/:id"}]'
    ),
    "URLPatternArguments": ArgumentType(
        to_url_pattern_arguments, 'the same, with or without {"ignoreCase": true} at the end'
    ),
}


def convert_of(type: str) -> Convert:
    """How an argument of a type, or of `sequence<type>`, is converted."""
    if sequence := re.fullmatch("sequence<(.+)>", type):
        convert = convert_of(sequence[1])
        return lambda value: [convert(item) for item in to_list(value)]
    return ARGUMENT_TYPES[type].convert


# ---- to an answer --------------------------------------------------------------------------------


def from_bytes(value: bytes) -> dict[str, str]:
    """As `to_bytes` takes it."""
    return {"bytes": value.decode("latin-1")}


def from_mime_type(mime_type: MIMEType) -> dict[str, Any]:
    """As `to_mime_type` takes it."""
    return {
        "type": mime_type.type,
        "subtype": mime_type.subtype,
        "parameters": [*mime_type.parameters.items()],
    }


def from_form_entry(entry: Entry) -> list[Any]:
    """As `to_form_entry` takes it."""
    from ..file_api.blob import byte_sequence

    name, value = entry
    if isinstance(value, str):
        return [name, value]
    return [name, {"name": value.name, "type": value.type, **from_bytes(byte_sequence(value))}]
