"""MIME types: their record, their text, and the groups they belong to.

MIME Sniffing Standard, 4: https://mimesniff.spec.whatwg.org/#understanding-mime-types
"""

from __future__ import annotations

import re

from ..infra.byte_sequences import isomorphic_decode
from ..infra.strings import ascii_lowercase, collect_a_sequence_of_code_points, isomorphic_encode

HTTP_WHITESPACE = "\t\n\r "  # https://fetch.spec.whatwg.org/#http-whitespace
# https://mimesniff.spec.whatwg.org/#http-token-code-point
HTTP_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
# https://mimesniff.spec.whatwg.org/#http-quoted-string-token-code-point
HTTP_QUOTED_STRING_TOKENS = re.compile("[\t -~\x80-\xff]*")

NOT_SEMICOLON_OR_EQUALS = re.compile("[^;=]*")
NOT_QUOTE_OR_BACKSLASH = re.compile(r'[^"\\]*')
QUOTE_OR_BACKSLASH = re.compile(r'["\\]')

# "Supported by the user agent" means that it can present the resource to its user. A worker has no
# user; for what other user agents present it can at least tell apart what they get.
SUPPORTED = frozenset({
    "application/ogg", "application/pdf", "audio/aac", "audio/flac", "audio/mpeg", "audio/ogg",
    "audio/wav", "audio/wave", "audio/webm", "font/collection", "font/otf", "font/ttf", "font/woff",
    "font/woff2", "image/avif", "image/bmp", "image/gif", "image/jpeg", "image/png", "image/webp",
    "image/x-icon", "text/css", "text/html", "text/plain", "text/vtt", "video/mp4", "video/ogg",
    "video/webm",
})  # fmt: skip
FONTS = frozenset({
    "application/font-cff", "application/font-otf", "application/font-sfnt", "application/font-ttf",
    "application/font-woff", "application/vnd.ms-fontobject", "application/vnd.ms-opentype",
})  # fmt: skip
ARCHIVES = frozenset({"application/x-rar-compressed", "application/zip", "application/x-gzip"})
JAVASCRIPT = frozenset({
    "application/ecmascript", "application/javascript", "application/x-ecmascript",
    "application/x-javascript", "text/ecmascript", "text/javascript", "text/javascript1.0",
    "text/javascript1.1", "text/javascript1.2", "text/javascript1.3", "text/javascript1.4",
    "text/javascript1.5", "text/jscript", "text/livescript", "text/x-ecmascript",
    "text/x-javascript",
})  # fmt: skip


class MIMEType:
    """A MIME type record: type and subtype in lowercase, parameters by name in their order.

    https://mimesniff.spec.whatwg.org/#mime-type
    """

    __slots__ = ("parameters", "subtype", "type")

    def __init__(self, type: str, subtype: str, parameters: dict[str, str] | None = None) -> None:
        self.type = type
        self.subtype = subtype
        self.parameters = {} if parameters is None else parameters

    @property
    def essence(self) -> str:
        """https://mimesniff.spec.whatwg.org/#mime-type-essence"""
        return f"{self.type}/{self.subtype}"

    def __repr__(self) -> str:
        return f"<MIMEType {serialize_a_mime_type(self)}>"


def minimize_a_supported_mime_type(mime_type: MIMEType) -> str:
    """An essence that stands for all MIME types that are processed alike; empty if the type is not
    known.

    https://mimesniff.spec.whatwg.org/#minimize-a-supported-mime-type
    """
    if is_javascript_mime_type(mime_type):
        return "text/javascript"
    if is_json_mime_type(mime_type):
        return "application/json"
    if mime_type.essence == "image/svg+xml":
        return "image/svg+xml"
    if is_xml_mime_type(mime_type):
        return "application/xml"
    return mime_type.essence if mime_type.essence in SUPPORTED else ""


# ---- parsing a MIME type -------------------------------------------------------------------------


def parse_a_mime_type(input: str) -> MIMEType | None:
    """The record, or None for failure.

    https://mimesniff.spec.whatwg.org/#parse-a-mime-type
    """
    input = input.strip(HTTP_WHITESPACE)
    type, _, _ = input.partition("/")
    if len(type) == len(input) or not HTTP_TOKEN.fullmatch(type):
        return None
    position = len(type) + 1
    end = input.find(";", position)
    end = len(input) if end == -1 else end
    subtype = input[position:end].rstrip(HTTP_WHITESPACE)
    if not HTTP_TOKEN.fullmatch(subtype):
        return None
    mime_type = MIMEType(type.lower(), subtype.lower())  # tokens are ASCII
    if end < len(input):
        collect_parameters(input, end, mime_type.parameters)
    return mime_type


def collect_parameters(input: str, position: int, parameters: dict[str, str]) -> None:
    """Add the parameters of the text of a MIME type, of which the first one starts with the
    semicolon at a position.

    Part of https://mimesniff.spec.whatwg.org/#parse-a-mime-type
    """
    while position < len(input):
        name, position = collect_a_sequence_of_code_points(
            NOT_SEMICOLON_OR_EQUALS, input, position + 1
        )
        name = ascii_lowercase(name.lstrip(HTTP_WHITESPACE))
        if position == len(input):
            break
        if input[position] == ";":
            continue
        position += 1
        if position == len(input):
            break
        if input[position] == '"':
            value, position = collect_an_http_quoted_string(input, position, extract_value=True)
            position = input.find(";", position)
            position = len(input) if position == -1 else position
        else:
            end = input.find(";", position)
            end = len(input) if end == -1 else end
            value = input[position:end].rstrip(HTTP_WHITESPACE)
            position = end
            if not value:
                continue
        if HTTP_TOKEN.fullmatch(name) and HTTP_QUOTED_STRING_TOKENS.fullmatch(value):
            parameters.setdefault(name, value)


def parse_a_mime_type_from_bytes(input: bytes) -> MIMEType | None:
    """https://mimesniff.spec.whatwg.org/#parse-a-mime-type-from-bytes"""
    return parse_a_mime_type(isomorphic_decode(input))


def collect_an_http_quoted_string(
    input: str, position: int, extract_value: bool = False
) -> tuple[str, int]:
    """The quoted string whose quote stands at a position, or what it quotes; and the position
    behind it.

    https://fetch.spec.whatwg.org/#collect-an-http-quoted-string
    """
    position_start = position
    value: list[str] = []
    assert input[position] == '"'
    position += 1
    while True:
        run, position = collect_a_sequence_of_code_points(NOT_QUOTE_OR_BACKSLASH, input, position)
        value.append(run)
        if position == len(input):
            break
        quote_or_backslash = input[position]
        position += 1
        if quote_or_backslash == '"':
            break
        if position == len(input):
            value.append("\\")
            break
        value.append(input[position])
        position += 1
    return "".join(value) if extract_value else input[position_start:position], position


# ---- serializing a MIME type ---------------------------------------------------------------------


def serialize_a_mime_type(mime_type: MIMEType) -> str:
    """https://mimesniff.spec.whatwg.org/#serialize-a-mime-type"""
    serialization = mime_type.essence
    for name, value in mime_type.parameters.items():
        if not HTTP_TOKEN.fullmatch(value):
            value = '"' + QUOTE_OR_BACKSLASH.sub(r"\\\g<0>", value) + '"'
        serialization += f";{name}={value}"
    return serialization


def serialize_a_mime_type_to_bytes(mime_type: MIMEType) -> bytes:
    """https://mimesniff.spec.whatwg.org/#serialize-a-mime-type-to-bytes"""
    return isomorphic_encode(serialize_a_mime_type(mime_type))


# ---- MIME type groups ----------------------------------------------------------------------------


def is_image_mime_type(mime_type: MIMEType) -> bool:
    """https://mimesniff.spec.whatwg.org/#image-mime-type"""
    return mime_type.type == "image"


def is_audio_or_video_mime_type(mime_type: MIMEType) -> bool:
    """https://mimesniff.spec.whatwg.org/#audio-or-video-mime-type"""
    return mime_type.type in ("audio", "video") or mime_type.essence == "application/ogg"


def is_font_mime_type(mime_type: MIMEType) -> bool:
    """https://mimesniff.spec.whatwg.org/#font-mime-type"""
    return mime_type.type == "font" or mime_type.essence in FONTS


def is_zip_based_mime_type(mime_type: MIMEType) -> bool:
    """https://mimesniff.spec.whatwg.org/#zip-based-mime-type"""
    return mime_type.subtype.endswith("+zip") or mime_type.essence == "application/zip"


def is_archive_mime_type(mime_type: MIMEType) -> bool:
    """https://mimesniff.spec.whatwg.org/#archive-mime-type"""
    return mime_type.essence in ARCHIVES


def is_xml_mime_type(mime_type: MIMEType) -> bool:
    """https://mimesniff.spec.whatwg.org/#xml-mime-type"""
    return mime_type.subtype.endswith("+xml") or mime_type.essence in (
        "text/xml",
        "application/xml",
    )


def is_html_mime_type(mime_type: MIMEType) -> bool:
    """https://mimesniff.spec.whatwg.org/#html-mime-type"""
    return mime_type.essence == "text/html"


def is_scriptable_mime_type(mime_type: MIMEType) -> bool:
    """https://mimesniff.spec.whatwg.org/#scriptable-mime-type"""
    return (
        is_xml_mime_type(mime_type)
        or is_html_mime_type(mime_type)
        or mime_type.essence == "application/pdf"
    )


def is_javascript_mime_type(mime_type: MIMEType) -> bool:
    """https://mimesniff.spec.whatwg.org/#javascript-mime-type"""
    return mime_type.essence in JAVASCRIPT


def is_javascript_mime_type_essence_match(string: str) -> bool:
    """https://mimesniff.spec.whatwg.org/#javascript-mime-type-essence-match"""
    return ascii_lowercase(string) in JAVASCRIPT


def is_json_mime_type(mime_type: MIMEType) -> bool:
    """https://mimesniff.spec.whatwg.org/#json-mime-type"""
    return mime_type.subtype.endswith("+json") or mime_type.essence in (
        "application/json",
        "text/json",
    )
