"""MIME Sniffing Standard, 7."""

from __future__ import annotations

import pytest

from worker_runtime.mimesniff.determining_the_computed_mime_type_of_a_resource import (
    mime_type_sniffing_algorithm,
    rules_for_distinguishing_if_a_resource_is_text_or_binary,
    rules_for_identifying_an_unknown_mime_type,
)
from worker_runtime.mimesniff.handling_a_resource import Resource
from worker_runtime.mimesniff.mime_types import parse_a_mime_type

spec = pytest.mark.spec

GIF, HTML, OGG = b"GIF89a.", b"<html>", b"OggS\0"


@spec("https://mimesniff.spec.whatwg.org/#mime-type-sniffing-algorithm")
class TestMimeTypeSniffingAlgorithm:
    @pytest.mark.parametrize(
        "supplied, header, no_sniff, computed",
        [
            ("text/html", GIF, False, "text/html"),
            ("a/b+xml", GIF, False, "a/b+xml"),
            (None, HTML, False, "text/html"),
            ("unknown/unknown", HTML, False, "text/html"),
            ("application/unknown", GIF, True, "image/gif"),
            ("*/*", HTML, True, "text/plain"),
            ("image/png", GIF, True, "image/png"),
            ("image/png", GIF, False, "image/gif"),
            ("image/png", HTML, False, "image/png"),
            ("image/x-unheard-of", GIF, False, "image/x-unheard-of"),
            ("video/mp4", OGG, False, "application/ogg"),
            ("video/mp4", GIF, False, "video/mp4"),
            ("text/plain", HTML, False, "text/plain"),
            ("text/plain", GIF, False, "text/plain"),
        ],
    )
    def test_trusts_what_is_said_as_far_as_it_may(
        self, supplied: str | None, header: bytes, no_sniff: bool, computed: str
    ) -> None:
        resource = Resource(supplied and parse_a_mime_type(supplied) or None, header, no_sniff)
        assert mime_type_sniffing_algorithm(resource).essence == computed

    @pytest.mark.parametrize(
        "header, computed", [(HTML, "text/plain"), (b"GIF89a\0", "application/octet-stream")]
    )
    def test_what_old_apache_says_is_text_or_binary(self, header: bytes, computed: str) -> None:
        resource = Resource(parse_a_mime_type("text/plain"), header)
        resource.check_for_apache_bug_flag = True
        assert mime_type_sniffing_algorithm(resource).essence == computed


@spec("https://mimesniff.spec.whatwg.org/#rules-for-identifying-an-unknown-mime-type")
class TestRulesForIdentifyingAnUnknownMimeType:
    @pytest.mark.parametrize(
        "header, essence",
        [
            (b" \t\r\n<!docType hTml>", "text/html"),
            (b"<!DOCTYPE HTML ", "text/html"),
            (b"<!doctype\thtml>", "text/plain"),
            (b"<p>", "text/html"),
            (b"<h1 ", "text/html"),
            (b"<a", "text/plain"),
            (b"<bR>", "text/html"),
            (b"<body\n", "text/plain"),
            (b"<!-- ", "text/html"),
            (b"<!--x", "text/plain"),
            (b"\v<p>", "application/octet-stream"),
            (b"\n<?xml", "text/xml"),
            (b"<?XML", "text/plain"),
            (b"%PDF-1.7", "application/pdf"),
            (b" %PDF-", "text/plain"),
        ],
    )
    def test_finds_scriptable_types_where_it_may(self, header: bytes, essence: str) -> None:
        resource = Resource(resource_header=header)
        assert (
            rules_for_identifying_an_unknown_mime_type(resource, sniff_scriptable=True).essence
            == essence
        )
        assert rules_for_identifying_an_unknown_mime_type(resource).essence in (
            "text/plain",
            "application/octet-stream",
        )

    @pytest.mark.parametrize(
        "header, essence",
        [
            (b"", "text/plain"),
            (b"%!PS-Adobe-3", "application/postscript"),
            (b"\xfe\xff\0a", "text/plain"),
            (b"\xff\xfe\0\0", "text/plain"),
            (b"\xef\xbb\xbf\0", "text/plain"),
            (b"\xfe\xff\0", "application/octet-stream"),
            (GIF, "image/gif"),
            (OGG, "application/ogg"),
            (b"PK\3\4", "application/zip"),
            (b"wOF2", "text/plain"),
            (b"\x1b[0m \x7f\xff", "text/plain"),
            (b"a\x1c", "application/octet-stream"),
        ],
    )
    def test_finds_other_types_and_else_text_or_bytes(self, header: bytes, essence: str) -> None:
        assert (
            rules_for_identifying_an_unknown_mime_type(Resource(resource_header=header)).essence
            == essence
        )


@spec("https://mimesniff.spec.whatwg.org/#rules-for-text-or-binary")
class TestRulesForDistinguishingIfAResourceIsTextOrBinary:
    @pytest.mark.parametrize(
        "header, essence",
        [
            (b"", "text/plain"),
            (b"\xfe\xff\0", "text/plain"),
            (b"\xff\xfe\0", "text/plain"),
            (b"\xef\xbb\xbf\0", "text/plain"),
            (b"\xef\xbb\0", "application/octet-stream"),
            (b"\t\n\f\r\x1b \xff", "text/plain"),
            (b"\v", "application/octet-stream"),
        ],
    )
    def test_a_byte_order_mark_or_no_binary_data_is_text(self, header: bytes, essence: str) -> None:
        assert (
            rules_for_distinguishing_if_a_resource_is_text_or_binary(
                Resource(resource_header=header)
            ).essence
            == essence
        )
