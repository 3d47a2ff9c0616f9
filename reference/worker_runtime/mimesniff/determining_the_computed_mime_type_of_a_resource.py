"""Determining the computed MIME type of a resource: by what is said of it and by what it looks
like.

MIME Sniffing Standard, 7:
https://mimesniff.spec.whatwg.org/#determining-the-computed-mime-type-of-a-resource
"""

from __future__ import annotations

from functools import cache

from .handling_a_resource import Resource
from .matching_a_mime_type_pattern import (
    Row,
    archive_type_pattern_matching_algorithm,
    audio_or_video_type_pattern_matching_algorithm,
    first_match,
    image_type_pattern_matching_algorithm,
    mime_type_of,
)
from .mime_types import (
    SUPPORTED,
    MIMEType,
    is_audio_or_video_mime_type,
    is_html_mime_type,
    is_image_mime_type,
    is_xml_mime_type,
)

WHITESPACE_BYTES = b"\t\n\f\r "
TAG_TERMINATING_BYTES = b" >"
# https://mimesniff.spec.whatwg.org/#binary-data-byte
BINARY_DATA_BYTES = bytes([*range(0x00, 0x09), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)])

TEXT_AND_DOCUMENT_TYPES = (
    Row(b"%!PS-Adobe-", "application/postscript"),
    Row(b"\xfe\xff\0\0", "text/plain", "FF FF 00 00"),  # a byte order mark of UTF-16BE
    Row(b"\xff\xfe\0\0", "text/plain", "FF FF 00 00"),  # of UTF-16LE
    Row(b"\xef\xbb\xbf\0", "text/plain", "FF FF FF 00"),  # of UTF-8
)


def mime_type_sniffing_algorithm(resource: Resource) -> MIMEType:
    """The computed MIME type.

    https://mimesniff.spec.whatwg.org/#mime-type-sniffing-algorithm
    """
    supplied = resource.supplied_mime_type
    if supplied and (is_xml_mime_type(supplied) or is_html_mime_type(supplied)):
        return supplied
    if supplied is None or supplied.essence in ("unknown/unknown", "application/unknown", "*/*"):
        return rules_for_identifying_an_unknown_mime_type(
            resource, sniff_scriptable=not resource.no_sniff_flag
        )
    if resource.no_sniff_flag:
        return supplied
    if resource.check_for_apache_bug_flag:
        return rules_for_distinguishing_if_a_resource_is_text_or_binary(resource)
    matched_type = None
    if supplied.essence in SUPPORTED:
        if is_image_mime_type(supplied):
            matched_type = image_type_pattern_matching_algorithm(resource.resource_header)
        elif is_audio_or_video_mime_type(supplied):
            matched_type = audio_or_video_type_pattern_matching_algorithm(resource.resource_header)
    return matched_type or supplied


@cache
def scriptable_types() -> list[Row]:
    """The first table of the rules below, with a row for each byte that may end a tag.

    Part of https://mimesniff.spec.whatwg.org/#rules-for-identifying-an-unknown-mime-type
    """
    table = []
    for tag in (
        b"<!DOCTYPE HTML", b"<HTML", b"<HEAD", b"<SCRIPT", b"<IFRAME", b"<H1", b"<DIV", b"<FONT",
        b"<TABLE", b"<A", b"<STYLE", b"<TITLE", b"<B", b"<BODY", b"<BR", b"<P", b"<!--",
    ):  # fmt: skip
        mask = "".join("DF" if 0x41 <= byte <= 0x5A else "FF" for byte in tag) + "FF"
        table += [
            Row(tag + bytes([end]), "text/html", mask, WHITESPACE_BYTES)
            for end in TAG_TERMINATING_BYTES
        ]
    return [
        *table,
        Row(b"<?xml", "text/xml", ignored=WHITESPACE_BYTES),
        Row(b"%PDF-", "application/pdf"),
    ]


def rules_for_identifying_an_unknown_mime_type(
    resource: Resource, sniff_scriptable: bool = False
) -> MIMEType:
    """https://mimesniff.spec.whatwg.org/#rules-for-identifying-an-unknown-mime-type"""
    header = resource.resource_header
    return (
        (first_match(header, scriptable_types()) if sniff_scriptable else None)
        or first_match(header, TEXT_AND_DOCUMENT_TYPES)
        or image_type_pattern_matching_algorithm(header)
        or audio_or_video_type_pattern_matching_algorithm(header)
        or archive_type_pattern_matching_algorithm(header)
        or mime_type_of(
            "application/octet-stream" if contains_binary_data_bytes(header) else "text/plain"
        )
    )


def rules_for_distinguishing_if_a_resource_is_text_or_binary(resource: Resource) -> MIMEType:
    """https://mimesniff.spec.whatwg.org/#rules-for-text-or-binary"""
    header = resource.resource_header
    if header.startswith(
        (b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf")
    ) or not contains_binary_data_bytes(header):
        return mime_type_of("text/plain")
    return mime_type_of("application/octet-stream")


def contains_binary_data_bytes(header: bytes) -> bool:
    """Part of https://mimesniff.spec.whatwg.org/#rules-for-text-or-binary"""
    return len(header.translate(None, BINARY_DATA_BYTES)) < len(header)
