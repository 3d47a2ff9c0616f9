"""Matching a MIME type pattern: what a file's signature tells.

MIME Sniffing Standard, 6: https://mimesniff.spec.whatwg.org/#matching-a-mime-type-pattern
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .mime_types import MIMEType


class Row(NamedTuple):
    """A row of a table of this standard. The mask is in hexadecimal; without one, each byte is
    strictly significant.

    Part of https://mimesniff.spec.whatwg.org/#pattern-matching-algorithm
    """

    pattern: bytes
    essence: str
    mask: str = ""
    ignored: bytes = b""


def pattern_matching_algorithm(input: bytes, pattern: bytes, mask: bytes, ignored: bytes) -> bool:
    """https://mimesniff.spec.whatwg.org/#pattern-matching-algorithm"""
    assert len(pattern) == len(mask)
    s = len(input) - len(input.lstrip(ignored)) if ignored else 0
    masked_data = bytes(
        byte & significant for byte, significant in zip(input[s : s + len(pattern)], mask)
    )
    return masked_data == pattern


def first_match(input: bytes, table: Iterable[Row]) -> MIMEType | None:
    """The MIME type of the first row that matches, or None.

    Part of https://mimesniff.spec.whatwg.org/#matching-a-mime-type-pattern
    """
    for pattern, essence, mask, ignored in table:
        mask_bytes = bytes.fromhex(mask) if mask else b"\xff" * len(pattern)
        if pattern_matching_algorithm(input, pattern, mask_bytes, ignored):
            return mime_type_of(essence)
    return None


def mime_type_of(essence: str) -> MIMEType:
    """The record of an essence that this standard names.

    Part of https://mimesniff.spec.whatwg.org/#matching-a-mime-type-pattern
    """
    type, _, subtype = essence.partition("/")
    return MIMEType(type, subtype)


IMAGE_TYPES = (
    Row(b"\x00\x00\x01\x00", "image/x-icon"),  # a Windows Icon
    Row(b"\x00\x00\x02\x00", "image/x-icon"),  # a Windows Cursor
    Row(b"BM", "image/bmp"),
    Row(b"GIF87a", "image/gif"),
    Row(b"GIF89a", "image/gif"),
    Row(b"RIFF\0\0\0\0WEBPVP", "image/webp", "FF FF FF FF 00 00 00 00 FF FF FF FF FF FF"),
    Row(b"\x89PNG\r\n\x1a\n", "image/png"),
    Row(b"\xff\xd8\xff", "image/jpeg"),
)
AUDIO_OR_VIDEO_TYPES = (
    Row(b"FORM\0\0\0\0AIFF", "audio/aiff", "FF FF FF FF 00 00 00 00 FF FF FF FF"),
    Row(b"ID3", "audio/mpeg"),
    Row(b"OggS\x00", "application/ogg"),
    Row(b"MThd\x00\x00\x00\x06", "audio/midi"),
    Row(b"RIFF\0\0\0\0AVI ", "video/avi", "FF FF FF FF 00 00 00 00 FF FF FF FF"),
    Row(b"RIFF\0\0\0\0WAVE", "audio/wave", "FF FF FF FF 00 00 00 00 FF FF FF FF"),
)
FONT_TYPES = (
    # Embedded OpenType
    Row(b"\0" * 34 + b"LP", "application/vnd.ms-fontobject", "00" * 34 + "FF FF"),
    Row(b"\x00\x01\x00\x00", "font/ttf"),
    Row(b"OTTO", "font/otf"),
    Row(b"ttcf", "font/collection"),
    Row(b"wOFF", "font/woff"),
    Row(b"wOF2", "font/woff2"),
)
ARCHIVE_TYPES = (
    Row(b"\x1f\x8b\x08", "application/x-gzip"),
    Row(b"PK\x03\x04", "application/zip"),
    Row(b"Rar!\x1a\x07\x00", "application/x-rar-compressed"),
)


def image_type_pattern_matching_algorithm(input: bytes) -> MIMEType | None:
    """https://mimesniff.spec.whatwg.org/#image-type-pattern-matching-algorithm"""
    return first_match(input, IMAGE_TYPES)


def audio_or_video_type_pattern_matching_algorithm(input: bytes) -> MIMEType | None:
    """https://mimesniff.spec.whatwg.org/#audio-or-video-type-pattern-matching-algorithm"""
    if matched_type := first_match(input, AUDIO_OR_VIDEO_TYPES):
        return matched_type
    if matches_the_signature_for_mp4(input):
        return mime_type_of("video/mp4")
    if matches_the_signature_for_webm(input):
        return mime_type_of("video/webm")
    if matches_the_signature_for_mp3_without_id3(input):
        return mime_type_of("audio/mpeg")
    return None


def font_type_pattern_matching_algorithm(input: bytes) -> MIMEType | None:
    """https://mimesniff.spec.whatwg.org/#font-type-pattern-matching-algorithm"""
    return first_match(input, FONT_TYPES)


def archive_type_pattern_matching_algorithm(input: bytes) -> MIMEType | None:
    """https://mimesniff.spec.whatwg.org/#archive-type-pattern-matching-algorithm"""
    return first_match(input, ARCHIVE_TYPES)


# ---- signature for MP4 ---------------------------------------------------------------------------


def matches_the_signature_for_mp4(sequence: bytes) -> bool:
    """https://mimesniff.spec.whatwg.org/#matches-the-signature-for-mp4"""
    if len(sequence) < 12:
        return False
    box_size = int.from_bytes(sequence[:4], "big")
    if len(sequence) < box_size or box_size % 4 != 0 or sequence[4:8] != b"ftyp":
        return False
    # The major brand, and behind its version the compatible brands.
    return sequence[8:11] == b"mp4" or any(
        sequence[read : read + 3] == b"mp4" for read in range(16, box_size, 4)
    )


# ---- signature for WebM --------------------------------------------------------------------------


def matches_the_signature_for_webm(sequence: bytes) -> bool:
    """https://mimesniff.spec.whatwg.org/#matches-the-signature-for-webm"""
    if not sequence.startswith(b"\x1a\x45\xdf\xa3"):
        return False
    length = len(sequence)
    iter = 4
    while iter < length and iter < 38:
        if sequence[iter : iter + 2] == b"\x42\x82":  # the element DocType
            iter += 2
            if iter >= length:
                break
            _, number_size = parse_a_vint(sequence, iter)
            iter += number_size
            if iter >= length - 4:
                break
            if matching_a_padded_sequence(b"webm", sequence, iter):
                return True
        iter += 1
    return False


def parse_a_vint(sequence: bytes, iter: int) -> tuple[int, int]:
    """A number of variable length that starts at an index, and its size in bytes, 1 to 8.

    https://mimesniff.spec.whatwg.org/#parse-a-vint
    """
    mask = 128
    number_size = 1
    while number_size < 8 and number_size < len(sequence) and not sequence[iter] & mask:
        mask >>= 1
        number_size += 1
    rest = sequence[iter + 1 : iter + number_size]
    return int.from_bytes(bytes([sequence[iter] & ~mask]) + rest, "big"), number_size


def matching_a_padded_sequence(pattern: bytes, sequence: bytes, offset: int) -> bool:
    """Whether a pattern stands at an offset, or behind zero bytes there.

    https://mimesniff.spec.whatwg.org/#matching-a-padded-sequence
    """
    return sequence[offset:].lstrip(b"\0").startswith(pattern)


# ---- signature for MP3 without ID3 ---------------------------------------------------------------

# in 1000 bits a second
MP3_RATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
MP2_5_RATES = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
SAMPLE_RATES = (44100, 48000, 32000)


# DEVIATION: as they are written, the steps of this section accept no MP3 file: the sync pattern is
# tested with "and" for "or", the layer is taken from the whole byte, the two tables and the two
# scales are each other's, the sample rates of MPEG 2 and
# 2.5 are those of MPEG 1, and the length is subtracted from the offset. This is what ISO/IEC
# 11172-3 and 13818-3 say.
def matches_the_signature_for_mp3_without_id3(sequence: bytes) -> bool:
    """Whether two frames of MPEG audio, layer III, follow one another.

    https://mimesniff.spec.whatwg.org/#matches-the-signature-for-mp3-without-id3
    """
    if not match_an_mp3_header(sequence, 0):
        return False
    skipped_bytes = compute_an_mp3_frame_size(*parse_an_mp3_frame(sequence, 0))
    return skipped_bytes >= 4 and match_an_mp3_header(sequence, skipped_bytes)


def match_an_mp3_header(sequence: bytes, s: int) -> bool:
    """https://mimesniff.spec.whatwg.org/#match-an-mp3-header"""
    if len(sequence) - s < 4:
        return False
    if sequence[s] != 0xFF or sequence[s + 1] & 0xE0 != 0xE0:
        return False
    layer = (sequence[s + 1] & 0x06) >> 1
    bit_rate = (sequence[s + 2] & 0xF0) >> 4
    sample_rate = (sequence[s + 2] & 0x0C) >> 2
    final_layer = 4 - layer
    return layer != 0 and bit_rate != 15 and sample_rate != 3 and final_layer == 3


def parse_an_mp3_frame(sequence: bytes, s: int) -> tuple[int, int, int, int]:
    """Version (3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5), bits a second, samples a second, and whether
    there is a byte of padding.

    https://mimesniff.spec.whatwg.org/#parse-an-mp3-frame
    """
    version = (sequence[s + 1] & 0x18) >> 3
    rates = MP3_RATES if version & 0x01 else MP2_5_RATES
    bitrate = rates[(sequence[s + 2] & 0xF0) >> 4] * 1000
    samplerate = SAMPLE_RATES[(sequence[s + 2] & 0x0C) >> 2] // {3: 1, 2: 2}.get(version, 4)
    pad = (sequence[s + 2] & 0x02) >> 1
    return version, bitrate, samplerate, pad


def compute_an_mp3_frame_size(version: int, bitrate: int, freq: int, pad: int) -> int:
    """In bytes.

    https://mimesniff.spec.whatwg.org/#compute-an-mp3-frame-size
    """
    scale = 144 if version & 0x01 else 72
    return bitrate * scale // freq + pad
