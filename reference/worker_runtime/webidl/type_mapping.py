"""Type mapping: from Python values to the types of Web IDL.

Web IDL, 3.2: https://webidl.spec.whatwg.org/#js-type-mapping

A conversion takes what an operation was called with and returns what its algorithm works on, or
raises TypeError.
"""

from __future__ import annotations

import math
from collections.abc import Coroutine
from typing import SupportsFloat, SupportsIndex, TypeAlias

from ..infra.strings import convert_to_scalar_value_string

BufferSource: TypeAlias = "bytes | bytearray | memoryview"


# ---- strings -------------------------------------------------------------------------------------


def to_dom_string(value: object) -> str:
    """A str as it is, a bool in the web's spelling, a number or an object with a `__str__` of its
    own as `str()` shows it. What is not text is refused, and the error says what to write.

    https://webidl.spec.whatwg.org/#js-DOMString
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    # DEVIATION: what would be shown as JavaScript's [object Object] cannot be meant.
    if type(value).__str__ is object.__str__ or is_buffer_source(value) or is_path(value):
        raise TypeError(f"Expected a string, not {what_it_is(value)}{what_to_write(value)}")
    return str(value)


def is_path(value: object) -> bool:
    """Whether a value is the path of a file, of which neither the name nor the content is meant for
    sure.

    Part of https://webidl.spec.whatwg.org/#js-DOMString
    """
    return hasattr(type(value), "__fspath__")


def what_it_is(value: object) -> str:
    """A value that was refused, in a few words.

    Part of https://webidl.spec.whatwg.org/#js-DOMString
    """
    if value is None or isinstance(value, (list, tuple, dict, set)):
        return type(value).__name__ + ("" if value is None else f" {value!r:.60}")
    return f"{type(value).__name__}"


def what_to_write(value: object) -> str:
    """The end of an error: what the caller may have meant by this value, or nothing.

    Part of https://webidl.spec.whatwg.org/#js-DOMString
    """
    if isinstance(value, Coroutine):
        value.close()  # The error stands for Python's warning that nobody has awaited it.
    if hasattr(type(value), "__await__"):
        return ": write `await` before it"
    if hasattr(value, "read"):
        return ": write what its read() returns"
    if hasattr(value, "readable"):
        return ": write .readable behind it"
    if hasattr(value, "getFile"):
        return ": write `await handle.getFile()`"
    if isinstance(getattr(value, "url", None), str):
        return ": write .url behind it"
    if is_path(value):
        return (
            ": write str(path) for its name, path.read_text() or path.read_bytes() for what it "
            "holds"
        )
    if isinstance(value, (list, tuple, dict, set)):
        return ": write json.dumps(...) to send it as JSON"
    if is_buffer_source(value):
        return ": write .decode() behind it"
    if callable(value):
        return f": write {getattr(value, '__name__', 'it')}() to call it"
    return ""


def to_usv_string(value: object) -> str:
    """A string with each lone surrogate replaced by U+FFFD.

    https://webidl.spec.whatwg.org/#js-USVString
    """
    # OPTIMIZATION: ASCII has no surrogates
    if isinstance(value, str) and value.isascii():
        return value
    return convert_to_scalar_value_string(to_dom_string(value))


def to_byte_string(value: object) -> str:
    """A string of code points up to U+00FF; TypeError otherwise.

    https://webidl.spec.whatwg.org/#js-ByteString
    """
    string = to_dom_string(value)
    if not string.isascii():
        for index, code_unit in enumerate(string):
            if code_unit > "\xff":
                raise TypeError(
                    f"Expected a byte string, but {string!r} has {code_unit!r} at {index}"
                )
    return string


# ---- numbers -------------------------------------------------------------------------------------


def to_integer(
    value: SupportsFloat | SupportsIndex,
    bits: int,
    signed: bool = False,
    enforce_range: bool = False,
    clamp: bool = False,
) -> int:
    """An integer of so many bits, modulo 2**bits unless the type is [EnforceRange] or [Clamp].

    Part of https://webidl.spec.whatwg.org/#abstract-opdef-converttoint
    """
    # OPTIMIZATION: most integers are in every range.
    if type(value) is int and 0 <= value < (1 << 53 if bits == 64 else 1 << (bits - 1)):
        return value
    magnitude = 1 << (bits - signed)
    upper_bound = 2**53 - 1 if bits == 64 else magnitude - 1
    lower_bound = 0 if not signed else 1 - 2**53 if bits == 64 else -magnitude
    number = to_number(value)
    if enforce_range:
        if not math.isfinite(number) or not lower_bound <= int(number) <= upper_bound:
            raise TypeError(
                f"Expected an integer from {lower_bound} to {upper_bound}, not {value!r}"
            )
        return int(number)
    if clamp:
        return 0 if math.isnan(number) else round(min(max(number, lower_bound), upper_bound))
    if not math.isfinite(number):
        return 0
    integer = int(number) % (1 << bits)
    return integer - (1 << bits) if signed and integer >= magnitude else integer


def to_double(value: SupportsFloat | SupportsIndex) -> float:
    """A finite number; TypeError otherwise.

    https://webidl.spec.whatwg.org/#js-double
    """
    number = to_number(value)
    if not math.isfinite(number):
        raise TypeError(f"Expected a finite number, not {value!r}")
    return number


def to_epoch_time_stamp(value: SupportsFloat | SupportsIndex, name: str) -> float:
    """A finite number of milliseconds since 1970; TypeError also for what can only have been meant
    in seconds, as `time.time()` has them: it would be in the first weeks of 1970.

    Part of SPEC_NOTES.md#cannot-be-meant
    """
    number = to_double(value)
    if 1e9 <= number < 1e10:
        raise TypeError(
            f"{name} is in milliseconds since 1970, not in seconds: write {number:.0f} * 1000"
        )
    return number


def to_number(value: SupportsFloat | SupportsIndex) -> float:
    """An int, a float, or what Python makes one of; strings are not numbers.

    Part of https://webidl.spec.whatwg.org/#js-unrestricted-double
    """
    if isinstance(value, (int, float)):
        return value
    if not isinstance(value, (SupportsFloat, SupportsIndex)):
        raise TypeError(f"Expected a number, not {value!r}")
    return float(value)


# ---- buffers -------------------------------------------------------------------------------------


def is_buffer_source(value: object) -> bool:
    """Whether a value has the buffer protocol.

    https://webidl.spec.whatwg.org/#dfn-buffer-source-type
    """
    if isinstance(value, (bytes, bytearray, memoryview)):
        return True
    try:
        memoryview(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return True


def get_a_copy_of_the_buffer_source(buffer_source: object) -> bytes:
    """The bytes that a buffer holds now; none if it is a memoryview that has been released, which
    is a detached buffer.

    https://webidl.spec.whatwg.org/#dfn-get-buffer-source-copy
    """
    if isinstance(buffer_source, bytes):
        return buffer_source
    try:
        return bytes(memoryview(buffer_source))  # type: ignore[arg-type]
    except ValueError:
        return b""
    except TypeError:
        hint = ": write .encode() behind it" if isinstance(buffer_source, str) else ""
        if hasattr(type(buffer_source), "__await__"):
            hint = what_to_write(buffer_source)
        raise TypeError(f"Expected a buffer, not {type(buffer_source).__name__}{hint}") from None
