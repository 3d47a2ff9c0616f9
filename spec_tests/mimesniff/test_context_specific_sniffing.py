"""MIME Sniffing Standard, 8."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from worker_runtime.mimesniff.context_specific_sniffing import (
    rules_for_sniffing_audio_and_video_specifically,
    rules_for_sniffing_fonts_specifically,
    rules_for_sniffing_images_specifically,
    rules_for_sniffing_in_a_plugin_context,
    rules_for_sniffing_in_a_script_context,
    rules_for_sniffing_in_a_style_context,
)
from worker_runtime.mimesniff.handling_a_resource import Resource
from worker_runtime.mimesniff.mime_types import MIMEType, parse_a_mime_type

spec = pytest.mark.spec

IMAGES, MEDIA, FONTS = (
    rules_for_sniffing_images_specifically,
    rules_for_sniffing_audio_and_video_specifically,
    rules_for_sniffing_fonts_specifically,
)


def sniffed(
    rules: Callable[[Resource], MIMEType | None], supplied: str, header: bytes
) -> str | None:
    mime_type = rules(Resource(parse_a_mime_type(supplied), header))
    return mime_type.essence if mime_type else None


@spec("https://mimesniff.spec.whatwg.org/#context-specific-sniffing")
class TestContextSpecificSniffing:
    @spec("https://mimesniff.spec.whatwg.org/#rules-for-sniffing-audio-and-video-specifically")
    @spec("https://mimesniff.spec.whatwg.org/#rules-for-sniffing-fonts-specifically")
    @spec("https://mimesniff.spec.whatwg.org/#rules-for-sniffing-images-specifically")
    @pytest.mark.parametrize(
        "rules, supplied, header, essence",
        [
            (IMAGES, "image/png", b"GIF89a", "image/gif"),
            (IMAGES, "image/png", b"OggS\0", "image/png"),
            (IMAGES, "", b"GIF89a", "image/gif"),
            (IMAGES, "image/svg+xml", b"GIF89a", "image/svg+xml"),
            (IMAGES, "", b"", None),
            (MEDIA, "video/mp4", b"OggS\0", "application/ogg"),
            (MEDIA, "text/xml", b"OggS\0", "text/xml"),
            (FONTS, "font/ttf", b"wOFF", "font/woff"),
            (FONTS, "font/svg+xml", b"wOFF", "font/svg+xml"),
        ],
    )
    def test_what_matches_counts_unless_it_is_said_to_be_xml(
        self,
        rules: Callable[[Resource], MIMEType | None],
        supplied: str,
        header: bytes,
        essence: str | None,
    ) -> None:
        assert sniffed(rules, supplied, header) == essence

    @spec("https://mimesniff.spec.whatwg.org/#rules-for-sniffing-in-a-plugin-context")
    @spec("https://mimesniff.spec.whatwg.org/#rules-for-sniffing-in-a-script-context")
    @spec("https://mimesniff.spec.whatwg.org/#rules-for-sniffing-in-a-style-context")
    def test_plugins_styles_and_scripts_are_what_is_said(self) -> None:
        assert sniffed(rules_for_sniffing_in_a_plugin_context, "a/b", b"GIF89a") == "a/b"
        assert (
            sniffed(rules_for_sniffing_in_a_plugin_context, "", b"GIF89a")
            == "application/octet-stream"
        )
        assert sniffed(rules_for_sniffing_in_a_style_context, "text/css", b"GIF89a") == "text/css"
        assert sniffed(rules_for_sniffing_in_a_script_context, "", b"GIF89a") is None
