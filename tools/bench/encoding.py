"""Decoding: TextDecoder beside the incremental decoders of Python's codecs, streamed in chunks of 4
KiB.

Each text is 1 MiB that both decode without an error. A ratio above 1 means that TextDecoder is the
faster.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from statistics import median
from time import perf_counter

from worker_runtime import TextDecoder

SIZE, CHUNK, ROUNDS = 1 << 20, 4096, 15

ENGLISH = "The quick brown fox jumps over the lazy dog, and nobody asks it why.\n"
FRENCH = (
    "Voilà déjà l'été : les garçons flânent, un café à la main, sur les quais de la Côte d'Azur.\n"
)
RUSSIAN = "Съешь же ещё этих мягких французских булок, да выпей чаю.\n"
JAPANESE = "いろはにほへと、ちりぬるを。吾輩は猫である。名前はまだ無い。カタカナとASCIIも混ざる文章です。\n"
CHINESE = "中文文本：人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心（1948）。\n"
TAIWANESE = "人人生而自由，在尊嚴和權利上一律平等。他們賦有理性和良心（1948）。\n"
KOREAN = "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다 (1948).\n"

# the label, the codec, and the text
ROWS = [
    ("utf-8", "utf-8", ENGLISH),
    ("utf-8", "utf-8", FRENCH),
    ("utf-8", "utf-8", JAPANESE),
    ("utf-16le", "utf-16-le", JAPANESE),
    ("windows-1252", "cp1252", ENGLISH),
    ("windows-1252", "cp1252", FRENCH),
    ("windows-1251", "cp1251", RUSSIAN),
    ("shift_jis", "cp932", JAPANESE),
    ("euc-jp", "euc_jp", JAPANESE),
    ("iso-2022-jp", "iso2022_jp", JAPANESE),
    ("gb18030", "gb18030", CHINESE),
    ("gbk", "gbk", CHINESE),
    ("big5", "big5hkscs", TAIWANESE),
    ("euc-kr", "cp949", KOREAN),
]


def main() -> None:
    """Print a row for each encoding: the medians of interleaved rounds, and the codec's time over
    TextDecoder's.
    """
    print(f"{'encoding':14} {'text':10} {'TextDecoder':>12} {'codec':>12} {'ratio':>6}")
    names = {text: name.lower() for name, text in globals().items() if isinstance(text, str)}
    for label, codec, text in ROWS:
        encoded = (text * (SIZE // len(text.encode(codec)))).encode(codec)
        chunks = [encoded[start : start + CHUNK] for start in range(0, len(encoded), CHUNK)]
        ours: list[float] = []
        theirs: list[float] = []
        assert decode_with_text_decoder(label, chunks) == decode_with_codec(codec, chunks)
        for _ in range(ROUNDS):
            ours.append(time_of(decode_with_text_decoder, label, chunks))
            theirs.append(time_of(decode_with_codec, codec, chunks))
        ours_median, theirs_median = median(ours), median(theirs)
        print(
            f"{label:14} {names[text]:10} {ours_median * 1000:9.2f} ms {theirs_median * 1000:9.2f} "
            f"ms"
            f" {theirs_median / ours_median:6.2f}"
        )


def decode_with_text_decoder(label: str, chunks: list[bytes]) -> str:
    """Decode chunks as a script does."""
    decoder = TextDecoder(label)
    return "".join([decoder.decode(chunk, stream=True) for chunk in chunks]) + decoder.decode()


def decode_with_codec(name: str, chunks: list[bytes]) -> str:
    """Decode chunks as a Python program does."""
    decoder = codecs.getincrementaldecoder(name)("replace")
    return "".join([decoder.decode(chunk) for chunk in chunks]) + decoder.decode(b"", True)


def time_of(decode: Callable[[str, list[bytes]], str], name: str, chunks: list[bytes]) -> float:
    """The seconds that decoding takes."""
    start = perf_counter()
    decode(name, chunks)
    return perf_counter() - start
