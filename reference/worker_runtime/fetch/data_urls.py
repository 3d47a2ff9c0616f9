"""data: URLs: resources that are their own address.

Fetch Standard, 6: https://fetch.spec.whatwg.org/#data-urls
"""

from __future__ import annotations

from typing import NamedTuple

from ..infra.byte_sequences import isomorphic_decode
from ..infra.forgiving_base64 import forgiving_base64_decode
from ..infra.strings import ascii_lowercase, strip_leading_and_trailing_ascii_whitespace
from ..mimesniff.mime_types import MIMEType, parse_a_mime_type
from ..url.percent_encoded_bytes import percent_decode_string
from ..url.url_representation import URLRecord
from ..url.url_serializing import url_serializer


class DataURLStruct(NamedTuple):
    """https://fetch.spec.whatwg.org/#data-url-struct"""

    mime_type: MIMEType
    body: bytes


def data_url_processor(data_url: URLRecord) -> DataURLStruct | None:
    """What a data: URL holds, or None for failure.

    https://fetch.spec.whatwg.org/#data-url-processor
    """
    assert data_url.scheme == "data"
    input = url_serializer(data_url, exclude_fragment=True).removeprefix("data:")
    mime_type, comma, encoded_body = input.partition(",")
    mime_type = strip_leading_and_trailing_ascii_whitespace(mime_type)
    if not comma:
        return None
    body = percent_decode_string(encoded_body)
    before, semicolon, last = mime_type.rpartition(";")
    if semicolon and ascii_lowercase(last.lstrip(" ")) == "base64":
        decoded_body = forgiving_base64_decode(isomorphic_decode(body))
        if decoded_body is None:
            return None
        body = decoded_body
        mime_type = before
    if mime_type.startswith(";"):
        mime_type = "text/plain" + mime_type
    mime_type_record = parse_a_mime_type(mime_type) or MIMEType(
        "text", "plain", {"charset": "US-ASCII"}
    )
    return DataURLStruct(mime_type_record, body)
