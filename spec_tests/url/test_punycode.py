"""RFC 3492."""

from __future__ import annotations

from random import Random

import pytest

from worker_runtime.url.punycode import Places, adapt, decode, encode
from worker_runtime.url.writing import URLFailure

spec = pytest.mark.spec

# RFC 3492, 7.1, in lowercase where that is what IDNA hands over.
SAMPLES = [
    (
        "\u0644\u064a\u0647\u0645\u0627\u0628\u062a\u0643\u0644\u0645\u0648\u0634\u0639\u0631\u0628"
        "\u064a\u061f",
        "egbpdaj6bu4bxfgehfvwxn",
    ),
    ("\u4ed6\u4eec\u4e3a\u4ec0\u4e48\u4e0d\u8bf4\u4e2d\u6587", "ihqwcrb4cv8a8dqg056pqjye"),
    ("pro\u010dprost\u011bnemluv\xed\u010desky", "proprostnemluvesky-uyb24dma41a"),
    (
        "\u306a\u305c\u307f\u3093\u306a\u65e5\u672c\u8a9e\u3092\u8a71\u3057\u3066\u304f\u308c\u306a"
        "\u3044\u306e\u304b",
        "n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa",
    ),
    ("3\u5e74b\u7d44\u91d1\u516b\u5148\u751f", "3b-ww4c5e180e575a65lsy2b"),
    ("-> $1.00 <-", "-> $1.00 <--"),
    ("\u305d\u306e\u30b9\u30d4\u30fc\u30c9\u3067", "d9juau41awczczp"),
    ("b\xfccher", "bcher-kva"),
    ("\U0010ffff", "dn32g"),
]


@spec("https://www.rfc-editor.org/rfc/rfc3492#section-6.2")
class TestDecode:
    @pytest.mark.parametrize("output, input", SAMPLES)
    def test_the_samples_of_the_rfc(self, input: str, output: str) -> None:
        assert decode(input) == output

    @pytest.mark.parametrize(
        "input", ["-foo", "a\xe9", "bcher-kv", "bcher_kva", "99999999", "KVA", " "]
    )
    def test_what_no_encoder_writes_is_failure(self, input: str) -> None:
        with pytest.raises(URLFailure, match="domain-to-ASCII"):
            decode(input)

    def test_overflow_is_failure_before_the_number_grows(self) -> None:
        with pytest.raises(URLFailure):
            decode("9" * 2**20)

    def test_nothing_stands_for_nothing(self) -> None:
        assert decode("") == ""


@spec("https://www.rfc-editor.org/rfc/rfc3492#section-6.3")
class TestEncode:
    @pytest.mark.parametrize("input, output", SAMPLES)
    def test_the_samples_of_the_rfc(self, input: str, output: str) -> None:
        assert encode(input) == output

    def test_is_what_the_codec_of_the_standard_library_does_and_decode_undoes_it(self) -> None:
        random = Random(3492)
        alphabet = [
            "a",
            "z",
            "-",
            "\x80",
            "\xe9",
            "\u0100",
            "\u4e00",
            "\u4e01",
            "\uffff",
            "\U00010000",
            "\U0010ffff",
        ]
        for length in range(300):
            input = "".join(random.choices(alphabet, k=length % 60)) + "\xfc"
            encoded = encode(input)
            assert encoded == input.encode("punycode").decode()
            assert decode(encoded) == input


@spec("https://www.rfc-editor.org/rfc/rfc3492#section-6.1")
class TestAdapt:
    @pytest.mark.parametrize(
        "delta, numpoints, firsttime, bias",
        [
            (0, 1, True, 0),
            (699, 1, True, 0),
            (700, 1, True, 1),
            (910, 1000, False, 33),
            (912, 1000, False, 45),
        ],
    )
    def test_scales_the_delta(self, delta: int, numpoints: int, firsttime: bool, bias: int) -> None:
        assert adapt(delta, numpoints, firsttime) == bias


@spec("https://www.rfc-editor.org/rfc/rfc3492#section-3.2")
class TestPlaces:
    @pytest.mark.parametrize("number", [1, 2, 3, 7, 8, 9, 64, 100])
    def test_both_ways_to_take_one_count_what_is_free(self, number: int) -> None:
        random = Random(number)
        free = list(range(number))
        by_index, by_place = Places(number), Places(number)
        while free:
            index = random.randrange(len(free))
            assert by_index.take_free(index) == free[index]
            assert by_place.take(free[index]) == index
            del free[index]
