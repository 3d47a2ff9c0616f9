"""Context-specific sniffing: where only some MIME types are of interest.

MIME Sniffing Standard, 8: https://mimesniff.spec.whatwg.org/#context-specific-sniffing

In a browsing context it is the MIME type sniffing algorithm, for a text track "text/vtt", for a
cache manifest "text/cache-manifest". None is the MIME type of a resource of which nobody said any.
"""

from __future__ import annotations

from collections.abc import Callable

from .handling_a_resource import Resource
from .matching_a_mime_type_pattern import (
    audio_or_video_type_pattern_matching_algorithm,
    font_type_pattern_matching_algorithm,
    image_type_pattern_matching_algorithm,
    mime_type_of,
)
from .mime_types import MIMEType, is_xml_mime_type


def sniff_specifically(
    resource: Resource, pattern_matching: Callable[[bytes], MIMEType | None]
) -> MIMEType | None:
    """What the three sets of rules for images, for audio and video, and for fonts have in common.

    Part of https://mimesniff.spec.whatwg.org/#context-specific-sniffing-algorithm
    """
    supplied = resource.supplied_mime_type
    if supplied and is_xml_mime_type(supplied):
        return supplied
    return pattern_matching(resource.resource_header) or supplied


def rules_for_sniffing_images_specifically(resource: Resource) -> MIMEType | None:
    """https://mimesniff.spec.whatwg.org/#rules-for-sniffing-images-specifically"""
    return sniff_specifically(resource, image_type_pattern_matching_algorithm)


def rules_for_sniffing_audio_and_video_specifically(resource: Resource) -> MIMEType | None:
    """https://mimesniff.spec.whatwg.org/#rules-for-sniffing-audio-and-video-specifically"""
    return sniff_specifically(resource, audio_or_video_type_pattern_matching_algorithm)


def rules_for_sniffing_fonts_specifically(resource: Resource) -> MIMEType | None:
    """https://mimesniff.spec.whatwg.org/#rules-for-sniffing-fonts-specifically"""
    return sniff_specifically(resource, font_type_pattern_matching_algorithm)


def rules_for_sniffing_in_a_plugin_context(resource: Resource) -> MIMEType:
    """https://mimesniff.spec.whatwg.org/#rules-for-sniffing-in-a-plugin-context"""
    return resource.supplied_mime_type or mime_type_of("application/octet-stream")


def rules_for_sniffing_in_a_style_context(resource: Resource) -> MIMEType | None:
    """https://mimesniff.spec.whatwg.org/#rules-for-sniffing-in-a-style-context"""
    return resource.supplied_mime_type


def rules_for_sniffing_in_a_script_context(resource: Resource) -> MIMEType | None:
    """https://mimesniff.spec.whatwg.org/#rules-for-sniffing-in-a-script-context"""
    return resource.supplied_mime_type
