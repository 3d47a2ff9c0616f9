"""Base64 utility methods: between binary strings and base64.

HTML Standard, 8.3: https://html.spec.whatwg.org/multipage/webappapis.html#atob

The strings are those of JavaScript: one code point up to U+00FF a byte. For bytes there is Python's
base64 module.
"""

from __future__ import annotations

from ..infra.byte_sequences import isomorphic_decode
from ..infra.strings import isomorphic_encode
from ..webidl.exceptions import DOMException
from ..webidl.type_mapping import is_buffer_source, to_dom_string


def btoa(data: str) -> str:
    """The base64 of a binary string; an "InvalidCharacterError" DOMException if a code point is
    above U+00FF.

    https://html.spec.whatwg.org/multipage/webappapis.html#dom-btoa
    """
    if is_buffer_source(data):
        raise TypeError(
            f"btoa() takes a str, not {type(data).__name__}: write "
            "base64.b64encode(data).decode(), or btoa(data.decode('latin-1'))"
        )
    data = to_dom_string(data)
    try:
        from ..infra.forgiving_base64 import forgiving_base64_encode

        return forgiving_base64_encode(isomorphic_encode(data))
    except UnicodeEncodeError as error:
        message = (
            f"Expected code points up to U+00FF, but there is {data[error.start]!r} at "
            f"{error.start}"
        )
        raise DOMException(message, "InvalidCharacterError") from None


def atob(data: str) -> str:
    """The binary string of base64, in which there may be whitespace; an "InvalidCharacterError"
    DOMException if it is not one.

    https://html.spec.whatwg.org/multipage/webappapis.html#dom-atob
    """
    data = to_dom_string(data)
    from ..infra.forgiving_base64 import forgiving_base64_decode

    decoded_data = forgiving_base64_decode(data)
    if decoded_data is None:
        shown = data if len(data) <= 64 else data[:64] + "..."
        raise DOMException(f"This is not base64: {shown!r}", "InvalidCharacterError")
    return isomorphic_decode(decoded_data)
