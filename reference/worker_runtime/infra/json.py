"""JSON: between text and values.

Infra Standard, 6: https://infra.spec.whatwg.org/#json
ECMA-262, 25.5: https://tc39.es/ecma262/#sec-json-object

The values are those of Python's json module: None, bool, int, float, str, list, dict. An int is
exact, however large.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Coroutine, Iterator, Mapping, Set
from functools import cache
from json import JSONDecodeError, JSONDecoder, JSONEncoder
from typing import Any, NoReturn

from .strings import SURROGATE

# A float that Python writes in another way than JavaScript, such as 1.0 and 1e-07; or text that
# looks like one.
PYTHONS_OWN_FLOAT = re.compile(r"[0-9](?:\.0(?![0-9])|e[-+])")


# ---- parsing -------------------------------------------------------------------------------------


def parse_a_json_string_to_a_javascript_value(string: str) -> Any:
    """The value that a JSON text says; JSONDecodeError, which says where, if it says none or is
    nested too deeply.

    https://infra.spec.whatwg.org/#parse-a-json-string-to-a-javascript-value
    """
    try:
        return json_decoder(None).decode(string)
    except JSONDecodeError:
        raise
    except RecursionError:
        raise JSONDecodeError("Nested too deeply", string, 0) from None
    except ValueError:  # Python refuses an int of thousands of digits
        return json_decoder(_integer_of_any_length).decode(string)


def parse_json_bytes_to_a_javascript_value(bytes: bytes) -> Any:
    """As `parse_a_json_string_to_a_javascript_value`; the bytes are UTF-8, with or without a byte
    order mark.

    https://infra.spec.whatwg.org/#parse-json-bytes-to-a-javascript-value
    """
    return parse_a_json_string_to_a_javascript_value(
        bytes.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    )


@cache
def json_decoder(parse_int: Callable[[str], float] | None) -> JSONDecoder:
    """Python's parser, less the three names of numbers that it takes beyond JSON.

    https://tc39.es/ecma262/#sec-json.parse
    """

    def refuse(name: str) -> NoReturn:
        raise JSONDecodeError(f"{name} is not JSON", name, 0)

    return JSONDecoder(parse_int=parse_int, parse_constant=refuse)


def _integer_of_any_length(digits: str) -> float:
    """An int, or the infinity that JavaScript makes of thousands of digits."""
    try:
        return int(digits)
    except ValueError:
        return float(digits)


# ---- serializing ---------------------------------------------------------------------------------


def serialize_a_javascript_value_to_a_json_string(value: object) -> str:
    """The JSON text of a value, without whitespace; TypeError if the value or one within it has
    none, or it contains itself.

    None is null. An object with a method `toJSON` is what that returns, a datetime is its time in
    UTC, a Mapping is a dict.

    https://infra.spec.whatwg.org/#serialize-a-javascript-value-to-a-json-string
    """
    try:
        try:
            # OPTIMIZATION: Python's serializer is as good as ours for what it knows, but for the
            # way it writes some floats.
            result = json_encoder().encode(value)
            may_differ = ".0" in result or "e-" in result or "e+" in result
            is_as_in_javascript = not (may_differ and PYTHONS_OWN_FLOAT.search(result))
        except ValueError:
            is_as_in_javascript = False
        if not is_as_in_javascript:
            result = serialize_json_property(value, set())
    except RecursionError:
        raise TypeError("The value is nested too deeply for JSON") from None
    if not result.isascii() and SURROGATE.search(result):
        joined = result.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        result = SURROGATE.sub(lambda lone: f"\\u{ord(lone[0]):04x}", joined)
    return result


def serialize_a_javascript_value_to_json_bytes(value: object) -> bytes:
    """As `serialize_a_javascript_value_to_a_json_string`, in UTF-8.

    https://infra.spec.whatwg.org/#serialize-a-javascript-value-to-json-bytes
    """
    return serialize_a_javascript_value_to_a_json_string(value).encode()


@cache
def json_encoder() -> JSONEncoder:
    """Python's serializer, with JavaScript's punctuation; ValueError for what needs a closer look.

    https://tc39.es/ecma262/#sec-json.stringify
    """

    def refuse(value: object) -> NoReturn:
        raise ValueError

    return JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=refuse)


def serialize_json_property(value: object, stack: set[int]) -> str:
    """The stack is the ids of the objects that this value stands in.

    https://tc39.es/ecma262/#sec-serializejsonproperty
    """
    if callable(to_json := getattr(value, "toJSON", None)):
        value = to_json()
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json_encoder().encode(value)
    if isinstance(value, int):
        return _integer_digits(value)
    if isinstance(value, float):
        return number_to_string(value) if math.isfinite(value) else "null"
    if isinstance(value, (list, tuple, Mapping)):
        if id(value) in stack:
            raise TypeError(f"A {type(value).__name__} that contains itself has no JSON")
        stack.add(id(value))
        if isinstance(value, Mapping):
            result = serialize_json_object(value, stack)
        else:
            result = f"[{','.join([serialize_json_property(element, stack) for element in value])}]"
        stack.remove(id(value))
        return result
    return f'"{date_to_json(value)}"'


def serialize_json_object(value: Mapping[Any, object], stack: set[int]) -> str:
    """https://tc39.es/ecma262/#sec-serializejsonobject"""
    partial = []
    for name, member in value.items():
        if not isinstance(name, str):
            if name is not None and not isinstance(name, (int, float)):
                raise TypeError(f"A name in JSON is a string, not {name!r}")
            name = (
                number_to_string(name)
                if type(name) is float
                else serialize_json_property(name, stack)
            )
        partial.append(f"{json_encoder().encode(name)}:{serialize_json_property(member, stack)}")
    return f"{{{','.join(partial)}}}"


def date_to_json(value: object) -> str:
    """The time of a datetime in UTC, to the millisecond; TypeError for any other value.

    https://tc39.es/ecma262/#sec-date.prototype.tojson
    """
    from datetime import datetime, timezone

    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} has no JSON{_what_to_write(value)}")
    return (
        value.astimezone(timezone.utc).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    )


def _what_to_write(value: object) -> str:
    if hasattr(type(value), "__await__"):
        if isinstance(value, Coroutine):
            value.close()  # The error stands for Python's warning that nobody has awaited it.
        return ": write `await` before it"
    return ": write list(...)" if isinstance(value, (Set, Iterator)) else ""


def _integer_digits(integer: int) -> str:
    """All digits, or TypeError where Python refuses to write thousands of them."""
    try:
        return int.__repr__(integer)
    except ValueError:
        raise TypeError("An int of thousands of digits has no JSON") from None


def number_to_string(x: float) -> str:
    """A float as JavaScript writes it: 1.0 is "1", 1e16 is "10000000000000000", 1e-07 is "1e-7".

    https://tc39.es/ecma262/#sec-numeric-types-number-tostring
    """
    if not math.isfinite(x):
        return "NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity"
    if x == 0:
        return "0"
    if x < 0:
        return "-" + number_to_string(-x)
    mantissa, _, exponent = float.__repr__(x).partition("e")
    integral, _, fraction = mantissa.partition(".")
    digits = (integral + fraction).lstrip("0")
    n = len(digits) - len(fraction) + int(exponent or "0")  # the point stands behind the nth digit
    digits = digits.rstrip("0")
    k = len(digits)
    if k <= n <= 21:
        return digits + "0" * (n - k)
    if 0 < n <= 21:
        return f"{digits[:n]}.{digits[n:]}"
    if -6 < n <= 0:
        return f"0.{'0' * -n}{digits}"
    return f"{digits[0]}{'.' if k > 1 else ''}{digits[1:]}e{n - 1:+d}"
