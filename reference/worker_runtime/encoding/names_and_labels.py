"""Names and labels: which encodings there are, and what they are called. Output encodings: which of
them to encode with.

Encoding Standard, 4.2 and 4.3: https://encoding.spec.whatwg.org/#names-and-labels
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from importlib import import_module
from typing import Any

from ..infra.strings import ascii_lowercase, strip_leading_and_trailing_ascii_whitespace
from .encoders_and_decoders import Encoding
from .miscellaneous import ReplacementDecoder, SharedUTF16Decoder
from .utf_8 import UTF8Decoder, UTF8Encoder


def _legacy(file: str, name: str, **arguments: object) -> Callable[[], Any]:
    """What makes a coder of a file that is imported when it is first needed."""

    def make() -> Any:
        return getattr(import_module(f".{file}", __package__), name)(**arguments)

    return make


def _single_byte(name: str, labels: str, index: str | None = None) -> Encoding:
    index = index or name.lower()
    return Encoding(
        name,
        labels,
        _legacy("single_byte", "SingleByteDecoder", index=index),
        _legacy("single_byte", "SingleByteEncoder", index=index),
    )


UTF_8 = Encoding(
    "UTF-8",
    "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
    UTF8Decoder,
    UTF8Encoder,
)
REPLACEMENT = Encoding(
    "replacement",
    "csiso2022kr hz-gb-2312 iso-2022-cn iso-2022-cn-ext iso-2022-kr replacement",
    ReplacementDecoder,
    None,
)
UTF_16BE = Encoding(
    "UTF-16BE", "unicodefffe utf-16be", partial(SharedUTF16Decoder, is_utf_16be_decoder=True), None
)
UTF_16LE = Encoding(
    "UTF-16LE",
    "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le",
    SharedUTF16Decoder,
    None,
)

ENCODINGS = (
    # The Encoding
    UTF_8,
    # Legacy single-byte encodings
    _single_byte("IBM866", "866 cp866 csibm866 ibm866"),
    _single_byte(
        "ISO-8859-2",
        "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2",
    ),
    _single_byte(
        "ISO-8859-3",
        "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3",
    ),
    _single_byte(
        "ISO-8859-4",
        "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4",
    ),
    _single_byte(
        "ISO-8859-5",
        "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 "
        "iso_8859-5:1988",
    ),
    _single_byte(
        "ISO-8859-6",
        "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e "
        "iso-8859-6-i iso-ir-127 "
        "iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987",
    ),
    _single_byte(
        "ISO-8859-7",
        "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 "
        "iso_8859-7 iso_8859-7:1987 "
        "sun_eu_greek",
    ),
    _single_byte(
        "ISO-8859-8",
        "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 iso88598 "
        "iso_8859-8 iso_8859-8:1988 "
        "visual",
    ),
    _single_byte("ISO-8859-8-I", "csiso88598i iso-8859-8-i logical", index="iso-8859-8"),
    _single_byte(
        "ISO-8859-10", "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6"
    ),
    _single_byte("ISO-8859-13", "iso-8859-13 iso8859-13 iso885913"),
    _single_byte("ISO-8859-14", "iso-8859-14 iso8859-14 iso885914"),
    _single_byte("ISO-8859-15", "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9"),
    _single_byte("ISO-8859-16", "iso-8859-16"),
    _single_byte("KOI8-R", "cskoi8r koi koi8 koi8-r koi8_r"),
    _single_byte("KOI8-U", "koi8-ru koi8-u"),
    _single_byte("macintosh", "csmacintosh mac macintosh x-mac-roman"),
    _single_byte("windows-874", "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874"),
    _single_byte("windows-1250", "cp1250 windows-1250 x-cp1250"),
    _single_byte("windows-1251", "cp1251 windows-1251 x-cp1251"),
    _single_byte(
        "windows-1252",
        "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 "
        "iso88591 iso_8859-1 "
        "iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252",
    ),
    _single_byte("windows-1253", "cp1253 windows-1253 x-cp1253"),
    _single_byte(
        "windows-1254",
        "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 "
        "latin5 windows-1254 "
        "x-cp1254",
    ),
    _single_byte("windows-1255", "cp1255 windows-1255 x-cp1255"),
    _single_byte("windows-1256", "cp1256 windows-1256 x-cp1256"),
    _single_byte("windows-1257", "cp1257 windows-1257 x-cp1257"),
    _single_byte("windows-1258", "cp1258 windows-1258 x-cp1258"),
    _single_byte("x-mac-cyrillic", "x-mac-cyrillic x-mac-ukrainian"),
    # Legacy multi-byte Chinese (simplified) encodings
    Encoding(
        "GBK",
        "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk",
        _legacy("chinese", "GB18030Decoder"),
        _legacy("chinese", "GB18030Encoder", is_gbk=True),
    ),
    Encoding(
        "gb18030",
        "gb18030",
        _legacy("chinese", "GB18030Decoder"),
        _legacy("chinese", "GB18030Encoder"),
    ),
    # Legacy multi-byte Chinese (traditional) encodings
    Encoding(
        "Big5",
        "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
        _legacy("chinese", "Big5Decoder"),
        _legacy("chinese", "Big5Encoder"),
    ),
    # Legacy multi-byte Japanese encodings
    Encoding(
        "EUC-JP",
        "cseucpkdfmtjapanese euc-jp x-euc-jp",
        _legacy("japanese", "EUCJPDecoder"),
        _legacy("japanese", "EUCJPEncoder"),
    ),
    Encoding(
        "ISO-2022-JP",
        "csiso2022jp iso-2022-jp",
        _legacy("japanese", "ISO2022JPDecoder"),
        _legacy("japanese", "ISO2022JPEncoder"),
    ),
    Encoding(
        "Shift_JIS",
        "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
        _legacy("japanese", "ShiftJISDecoder"),
        _legacy("japanese", "ShiftJISEncoder"),
    ),
    # Legacy multi-byte Korean encodings
    Encoding(
        "EUC-KR",
        "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 "
        "ksc_5601 windows-949",
        _legacy("korean", "EUCKRDecoder"),
        _legacy("korean", "EUCKREncoder"),
    ),
    # Legacy miscellaneous encodings
    REPLACEMENT,
    UTF_16BE,
    UTF_16LE,
    Encoding(
        "x-user-defined",
        "x-user-defined",
        _legacy("miscellaneous", "XUserDefinedDecoder"),
        _legacy("miscellaneous", "XUserDefinedEncoder"),
    ),
)


@cache
def _encodings_by_label() -> dict[str, Encoding]:
    return {label: encoding for encoding in ENCODINGS for label in encoding.labels.split()}


def get_an_encoding(label: str) -> Encoding | None:
    """https://encoding.spec.whatwg.org/#concept-encoding-get"""
    return _encodings_by_label().get(
        ascii_lowercase(strip_leading_and_trailing_ascii_whitespace(label))
    )


def get_an_output_encoding(encoding: Encoding) -> Encoding:
    """The encoding itself, or UTF-8 if it can only be decoded.

    https://encoding.spec.whatwg.org/#get-an-output-encoding
    """
    return UTF_8 if encoding.encoder is None else encoding
