"""MIME Sniffing Standard, 6."""

from __future__ import annotations

import pytest

from worker_runtime.mimesniff.matching_a_mime_type_pattern import (
    archive_type_pattern_matching_algorithm,
    audio_or_video_type_pattern_matching_algorithm,
    font_type_pattern_matching_algorithm,
    image_type_pattern_matching_algorithm,
    matches_the_signature_for_mp4,
    matches_the_signature_for_webm,
    parse_a_vint,
    pattern_matching_algorithm,
)
from worker_runtime.mimesniff.mime_types import MIMEType

spec = pytest.mark.spec


def essence_of(mime_type: MIMEType | None) -> str | None:
    return mime_type.essence if mime_type else None


@spec("https://mimesniff.spec.whatwg.org/#pattern-matching-algorithm")
class TestPatternMatchingAlgorithm:
    @pytest.mark.parametrize(
        "input, mask, ignored, matches",
        [
            (b"AB", b"\xff\xff", b"", True),
            (b"aB", b"\xdf\xff", b"", True),
            (b"ab", b"\xdf\xff", b"", False),
            (b"A", b"\xff\xff", b"", False),
            (b" \nABC", b"\xff\xff", b" \n", True),
            (b" AB", b"\xff\xff", b"", False),
            (b"   A", b"\xff\xff", b" ", False),
        ],
    )
    def test_masked_bytes_are_the_pattern(
        self, input: bytes, mask: bytes, ignored: bytes, matches: bool
    ) -> None:
        assert pattern_matching_algorithm(input, b"AB", mask, ignored) is matches


@spec("https://mimesniff.spec.whatwg.org/#image-type-pattern-matching-algorithm")
class TestImageTypePatternMatchingAlgorithm:
    @pytest.mark.parametrize(
        "input, essence",
        [
            (b"\0\0\1\0...", "image/x-icon"),
            (b"\0\0\2\0", "image/x-icon"),
            (b"BM", "image/bmp"),
            (b"GIF87a", "image/gif"),
            (b"GIF89a", "image/gif"),
            (b"RIFF1234WEBPVP8L", "image/webp"),
            (b"\x89PNG\r\n\x1a\n", "image/png"),
            (b"\xff\xd8\xff\xe0", "image/jpeg"),
            (b"", None),
            (b"gif89a", None),
            (b" GIF89a", None),
            (b"RIFF1234WEBP", None),
        ],
    )
    def test_knows_a_signature(self, input: bytes, essence: str | None) -> None:
        assert essence_of(image_type_pattern_matching_algorithm(input)) == essence


@spec("https://mimesniff.spec.whatwg.org/#audio-or-video-type-pattern-matching-algorithm")
class TestAudioOrVideoTypePatternMatchingAlgorithm:
    @pytest.mark.parametrize(
        "input, essence",
        [
            (b"FORM\1\2\3\4AIFF", "audio/aiff"),
            (b"ID3\4", "audio/mpeg"),
            (b"OggS\0\2", "application/ogg"),
            (b"MThd\0\0\0\6", "audio/midi"),
            (b"RIFF\1\2\3\4AVI LIST", "video/avi"),
            (b"RIFF\1\2\3\4WAVEfmt", "audio/wave"),
            (b"\0\0\0\x10ftypmp42\0\0\0\0", "video/mp4"),
            (b"\x1aE\xdf\xa3\x42\x82\x84webm\x42\x87\x81\x02", "video/webm"),
            (b"OggS", None),
        ],
    )
    def test_knows_a_signature(self, input: bytes, essence: str | None) -> None:
        assert essence_of(audio_or_video_type_pattern_matching_algorithm(input)) == essence


@spec("https://mimesniff.spec.whatwg.org/#matches-the-signature-for-mp4")
class TestMatchesTheSignatureForMp4:
    @pytest.mark.parametrize(
        "sequence, matches",
        [
            (b"\0\0\0\x10ftypmp41\0\0\0\0", True),
            (b"\0\0\0\x18ftypisom\0\0\2\0iso2mp41", True),
            (b"\0\0\0\x18ftypisommp41iso2avc1", False),
            (b"\0\0\0\x14ftypmp41\0\0\0\0", False),
            (b"\0\0\0\x0fftypmp41\0\0\0\0", False),
            (b"\0\0\0\x10moovmp41\0\0\0\0", False),
            (b"\0\0\0\x0cftypmp4", False),
            (b"\xff\xff\xff\xfcftypisom", False),
        ],
    )
    def test_a_brand_in_the_first_box_begins_with_mp4(self, sequence: bytes, matches: bool) -> None:
        assert matches_the_signature_for_mp4(sequence) is matches


@spec("https://mimesniff.spec.whatwg.org/#matches-the-signature-for-webm")
class TestMatchesTheSignatureForWebm:
    @pytest.mark.parametrize(
        "sequence, matches",
        [
            (
                b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\xf7\x81\1B\xf2\x81\4B\xf3\x81\x08B\x82\x84webmB\x87",
                True,
            ),
            (b"\x1aE\xdf\xa3B\x82\x40\x06\0\0webm.", True),
            (b"\x1aE\xdf\xa3B\x82\x88matroskaB\x87", False),
            (b"\x1aE\xdf\xa3B\x82", False),
            (b"\x1aE\xdf\xa3B\x82\x84web", False),
            (b"\x1aE\xdf\xa3B\x82\x01", False),
            (b"\x1aE\xdf\xa3" + b"\0" * 34 + b"B\x82\x84webm....", False),
            (b"E\xdf\xa3B\x82\x84webmB\x87", False),
        ],
    )
    def test_the_doctype_near_the_beginning_is_webm(self, sequence: bytes, matches: bool) -> None:
        assert matches_the_signature_for_webm(sequence) is matches


@spec("https://mimesniff.spec.whatwg.org/#parse-a-vint")
class TestParseAVint:
    @pytest.mark.parametrize(
        "sequence, result",
        [
            (b"\x84", (4, 1)),
            (b"\x40\x02", (2, 2)),
            (b"\x10\0\1\0", (256, 4)),
            (b"\x01" + b"\xff" * 7, (2**56 - 1, 8)),
            (b"\0" * 9, (0, 8)),
        ],
    )
    def test_leading_zero_bits_count_the_bytes(
        self, sequence: bytes, result: tuple[int, int]
    ) -> None:
        assert parse_a_vint(b"." + sequence, 1) == result


@spec("https://mimesniff.spec.whatwg.org/#matches-the-signature-for-mp3-without-id3")
class TestMatchesTheSignatureForMp3WithoutId3:
    @pytest.mark.parametrize(
        "header, frame_size",
        [
            (b"\xff\xfb\x90\x00", 417),
            (b"\xff\xfb\x92\x00", 418),
            (b"\xff\xfa\xe4\x00", 960),
            (b"\xff\xf3\x80\x00", 208),
            (b"\xff\xe3\x88\x00", 576),
        ],
        ids=[
            "MPEG 1, 128 kbit/s, 44.1 kHz",
            "padded",
            "320 kbit/s, 48 kHz",
            "MPEG 2, 64 kbit/s, 22.05 kHz",
            "MPEG 2.5, 64 kbit/s, 8 kHz",
        ],
    )
    def test_one_frame_ends_where_the_next_one_starts(self, header: bytes, frame_size: int) -> None:
        frame = header + b"x" * (frame_size - 4)
        assert (
            essence_of(audio_or_video_type_pattern_matching_algorithm(frame + header))
            == "audio/mpeg"
        )
        assert audio_or_video_type_pattern_matching_algorithm(frame) is None
        assert audio_or_video_type_pattern_matching_algorithm(frame + b"x" + header) is None

    @pytest.mark.parametrize(
        "header",
        [
            b"\xff\xf9\x90\x00",
            b"\xff\xfd\x90\x00",
            b"\xff\xfb\xf0\x00",
            b"\xff\xfb\x9c\x00",
            b"\xff\x1b\x90\x00",
            b"\xff\xfb\x00\x00",
        ],
        ids=["no layer", "layer II", "bit rate 15", "sample rate 3", "no sync", "free bit rate"],
    )
    def test_other_headers_are_none(self, header: bytes) -> None:
        assert audio_or_video_type_pattern_matching_algorithm(header * 500) is None


@spec("https://mimesniff.spec.whatwg.org/#font-type-pattern-matching-algorithm")
class TestFontTypePatternMatchingAlgorithm:
    @pytest.mark.parametrize(
        "input, essence",
        [
            (b"x" * 34 + b"LP", "application/vnd.ms-fontobject"),
            (b"\0\1\0\0", "font/ttf"),
            (b"OTTO", "font/otf"),
            (b"ttcf", "font/collection"),
            (b"wOFF", "font/woff"),
            (b"wOF2", "font/woff2"),
            (b"woff", None),
        ],
    )
    def test_knows_a_signature(self, input: bytes, essence: str | None) -> None:
        assert essence_of(font_type_pattern_matching_algorithm(input)) == essence


@spec("https://mimesniff.spec.whatwg.org/#archive-type-pattern-matching-algorithm")
class TestArchiveTypePatternMatchingAlgorithm:
    @pytest.mark.parametrize(
        "input, essence",
        [
            (b"\x1f\x8b\x08\0", "application/x-gzip"),
            (b"PK\3\4", "application/zip"),
            (b"Rar!\x1a\7\0", "application/x-rar-compressed"),
            (b"PK\5\6", None),
        ],
    )
    def test_knows_a_signature(self, input: bytes, essence: str | None) -> None:
        assert essence_of(archive_type_pattern_matching_algorithm(input)) == essence
