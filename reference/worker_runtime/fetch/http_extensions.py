"""HTTP extensions: how the web reads Content-Length, Content-Type and X-Content-Type-Options.

Fetch Standard, 3.4 to 3.6: https://fetch.spec.whatwg.org/#content-length-header
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from ..encoding.encoders_and_decoders import Encoding
from ..encoding.names_and_labels import get_an_encoding
from ..mimesniff.mime_types import MIMEType, is_javascript_mime_type, parse_a_mime_type
from .headers import HeaderList
from .requests import RequestRecord, is_script_like
from .responses import ResponseRecord

Verdict: TypeAlias = Literal["allowed", "blocked"]


class LengthFailure(ValueError):
    """Two lengths that differ, or one that cannot be.

    Part of https://fetch.spec.whatwg.org/#header-list-extract-a-length
    """


def extract_a_length(headers: HeaderList) -> int | None:
    """The number of bytes that Content-Length says, None if it says none, or LengthFailure.

    https://fetch.spec.whatwg.org/#header-list-extract-a-length
    """
    values = headers.get_decode_and_split("Content-Length")
    if values is None:
        return None
    candidate_value = values[0]
    for value in values:
        if value != candidate_value:
            raise LengthFailure(f"Content-Length is both {candidate_value!r} and {value!r}")
    if not (candidate_value.isascii() and candidate_value.isdigit()):
        return None
    try:
        return int(candidate_value)
    except ValueError:  # thousands of digits
        raise LengthFailure(
            f"Content-Length is out of all proportion: {candidate_value[:99]}..."
        ) from None


def extract_a_mime_type(headers: HeaderList) -> MIMEType | None:
    """The MIME type that Content-Type says, or None for failure.

    https://fetch.spec.whatwg.org/#concept-header-extract-mime-type
    """
    charset = essence = mime_type = None
    for value in headers.get_decode_and_split("Content-Type") or ():
        temporary_mime_type = parse_a_mime_type(value)
        if temporary_mime_type is None or temporary_mime_type.essence == "*/*":
            continue
        mime_type = temporary_mime_type
        if mime_type.essence != essence:
            charset = mime_type.parameters.get("charset")
            essence = mime_type.essence
        elif charset is not None:
            mime_type.parameters.setdefault("charset", charset)
    return mime_type


def legacy_extract_an_encoding(mime_type: MIMEType | None, fallback_encoding: Encoding) -> Encoding:
    """https://fetch.spec.whatwg.org/#legacy-extract-an-encoding"""
    if mime_type is None or "charset" not in mime_type.parameters:
        return fallback_encoding
    return get_an_encoding(mime_type.parameters["charset"]) or fallback_encoding


def determine_nosniff(list: HeaderList) -> bool:
    """https://fetch.spec.whatwg.org/#determine-nosniff"""
    values = list.get_decode_and_split("X-Content-Type-Options")
    return values is not None and values[0].lower() == "nosniff"


def should_response_to_request_be_blocked_due_to_nosniff(
    response: ResponseRecord, request: RequestRecord
) -> Verdict:
    """https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-nosniff?"""
    if not determine_nosniff(response.header_list):
        return "allowed"
    mime_type = extract_a_mime_type(response.header_list)
    destination = request.destination
    if is_script_like(destination) and (
        mime_type is None or not is_javascript_mime_type(mime_type)
    ):
        return "blocked"
    if destination == "style" and (mime_type is None or mime_type.essence != "text/css"):
        return "blocked"
    return "allowed"
