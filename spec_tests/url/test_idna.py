"""URL Standard, 3.3, and UTS #46."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from worker_runtime.infra.strings import convert_to_scalar_value_string
from worker_runtime.url import idna
from worker_runtime.url.idna import (
    domain_parser,
    domain_parser_to_ascii,
    domain_to_unicode,
    idna_mapping,
    joining_type,
    nfkc_casefold,
    normalize,
    processing,
    verify_bidi_rule,
    verify_contextual_rules,
    verify_validity_criteria,
)
from worker_runtime.url.writing import URLFailure, ValidationError

spec = pytest.mark.spec

ZWNJ, ZWJ = "\u200c", "\u200d"


def result_of(domain: str, be_strict: bool = False) -> str | None:
    try:
        return domain_parser(domain, be_strict)
    except URLFailure:
        return None


@spec("https://url.spec.whatwg.org/#concept-domain-to-ascii")
class TestDomainParser:
    @pytest.mark.parametrize(
        "domain, output",
        [
            ("EXAMPLE.com", "example.com"),
            ("fa\xdf.example", "xn--fa-hia.example"),
            ("\u2615.example", "xn--53h.example"),
            ("\uff27\uff4f.com", "go.com"),
            ("a\u3002b", "a.b"),
            ("a\xadb\u200b.c", "ab.c"),
            ("XN--FA-HIA.\xe9", "xn--fa-hia.xn--9ca"),
            ("\U000323b0", "xn--031o"),  # newer than the Unicode of Python 3.11
        ],
    )
    def test_maps_normalizes_and_encodes(self, domain: str, output: str) -> None:
        assert domain_parser(domain, False) == output

    @pytest.mark.parametrize(
        "domain", ["xn--", "xn--a", "xn--8i7caa", "XN--99999999", "a--b", "-a-", "a_b", "a" * 300]
    )
    def test_an_ascii_domain_is_only_lowercased(self, domain: str) -> None:
        assert domain_parser(domain, False) == domain.lower()

    @pytest.mark.parametrize(
        "domain",
        ["xn--.\xe9", "xn--a.\xe9", "xn--8i7caa.\xe9", "xn--\xe9", "\u0301a", "\ufffd", "\ue000"],
    )
    def test_what_is_not_ascii_has_to_be_valid(self, domain: str) -> None:
        with pytest.raises(URLFailure, match="domain-to-ASCII"):
            domain_parser(domain, False)

    @pytest.mark.parametrize(
        "domain", ["", "\xad", "a b", "a%b", "a\x7fb", "a\0b", "\u2100", "a/\xe9"]
    )
    def test_nothing_and_forbidden_code_points_are_failure(self, domain: str) -> None:
        assert result_of(domain) is None

    @pytest.mark.parametrize(
        "domain", ["a_b", "-a", "a-", "ab--c", "xn--a", "a..b", "", "a" * 64, "\xe9" * 60, "a.b.."]
    )
    def test_be_strict_excludes_what_no_registry_has(self, domain: str) -> None:
        assert result_of(domain, be_strict=True) is None

    @pytest.mark.parametrize(
        "domain", ["a-b.c", "a.b.", "a" * 63, ".".join(["a" * 49] * 5) + ".abc", "xn--fa-hia"]
    )
    def test_be_strict_leaves_other_domains(self, domain: str) -> None:
        assert result_of(domain, be_strict=True) == domain

    @pytest.mark.parametrize(
        "domain, expected", [("a_b", ["domain-to-ASCII"]), ("a-b", []), ("\xe9", [])]
    )
    def test_what_only_be_strict_excludes_is_a_validation_error(
        self, domain: str, expected: list[str]
    ) -> None:
        validation_errors: list[ValidationError] = []
        domain_parser(domain, False, validation_errors)
        assert validation_errors == expected

    @pytest.mark.parametrize("file", ["toascii.json", "IdnaTestV2.json", "IdnaTestV2-removed.json"])
    def test_official_vectors(self, file: str, wpt_data: Callable[[str], Any]) -> None:
        cases = [
            case
            for case in wpt_data(f"url/resources/{file}")
            if isinstance(case, dict) and case["input"]
        ]
        results = {
            case["input"]: result_of(convert_to_scalar_value_string(case["input"]))
            for case in cases
        }
        assert results == {case["input"]: case["output"] for case in cases}

    def test_official_vectors_of_dns_lengths(self, wpt_data: Callable[[str], Any]) -> None:
        for case in wpt_data("url/resources/verifydnslength_tests.json"):
            if isinstance(case, dict):
                domain = case["input"].removeprefix("http://").removesuffix("/")
                assert (result_of(domain, be_strict=True) is None) == case["failure"], case[
                    "message"
                ]


@spec("https://url.spec.whatwg.org/#domain-parser-toascii")
class TestDomainParserToASCII:
    def test_the_root_label_is_left_out_of_the_length(self) -> None:
        longest = ".".join(["a" * 63] * 3) + "." + "a" * 61
        assert domain_parser_to_ascii(longest + ".", True) == longest + "."
        with pytest.raises(URLFailure):
            domain_parser_to_ascii(longest + "a.", True)

    def test_labels_are_measured_in_ascii(self) -> None:
        assert len(domain_parser_to_ascii("\xe9" * 50, False)) > 50
        with pytest.raises(URLFailure):
            domain_parser_to_ascii("".join(map(chr, range(0x4E00, 0x6E00, 256))), True)


@spec("https://url.spec.whatwg.org/#concept-domain-to-unicode")
class TestDomainToUnicode:
    @pytest.mark.parametrize(
        "domain, output",
        [
            ("xn--fa-hia.example", "fa\xdf.example"),
            ("example.com", "example.com"),
            ("xn--8i7caa", "xn--8i7caa"),
            ("xn--a.xn--fa-hia", "xn--a.xn--fa-hia"),
        ],
    )
    def test_is_for_people_unless_it_breaks_a_rule(self, domain: str, output: str) -> None:
        assert domain_to_unicode(domain) == output


@spec("https://www.unicode.org/reports/tr46/#Processing")
class TestProcessing:
    def test_decodes_labels(self) -> None:
        assert processing("XN--FA-HIA.\uff41..", False) == ["fa\xdf", "a", "", ""]

    def test_one_label_from_right_to_left_puts_all_under_the_bidi_rule(self) -> None:
        assert processing("0a.b", False) == ["0a", "b"]
        with pytest.raises(URLFailure):
            processing("0a.\u05d0", False)
        with pytest.raises(URLFailure):
            processing("0a.xn--4db", False)


@spec("https://www.unicode.org/reports/tr15/#Norm_Forms")
class TestNormalize:
    @pytest.mark.parametrize(
        "string",
        [
            "",
            "abc",
            "a\u0323\u0301",
            "a\u0301\u0323",
            "\u1100\u1161\u11a8",
            "\u0340",
            "\u0958",
            "\u4e00",
        ],
    )
    def test_is_form_c(self, string: str) -> None:
        assert normalize(string) == unicodedata.normalize("NFC", string)

    def test_is_form_c_of_any_sequence_of_marks(self) -> None:
        marks = [c for c in map(chr, range(0x300, 0x370)) if unicodedata.normalize("NFKC", c) == c]
        string = "a" + "".join(marks) + "e" + "".join(reversed(marks)) + "x" + marks[0]
        assert normalize(string) == unicodedata.normalize("NFC", string)


@spec("https://www.unicode.org/reports/tr46/#Validity_Criteria")
class TestVerifyValidityCriteria:
    @pytest.mark.parametrize(
        "label", ["e\u0301", "\u0301e", "A", "\uff57", "a.b", "\u0f73" * 2, "\ufffd", "xn--a\xe9"]
    )
    def test_are_always_verified(self, label: str) -> None:
        with pytest.raises(URLFailure):
            verify_validity_criteria(label, be_strict=False)

    @pytest.mark.parametrize("label", ["-\xe9", "\xe9-", "ab--\xe9", "\xe9_", "\xe9 ", "\xe9!"])
    def test_hyphens_and_ascii_matter_if_be_strict(self, label: str) -> None:
        verify_validity_criteria(label, be_strict=False)
        with pytest.raises(URLFailure):
            verify_validity_criteria(label, be_strict=True)


@spec("https://www.unicode.org/reports/tr46/#IDNA_Mapping_Table")
class TestIDNAMapping:
    @pytest.mark.parametrize(
        "code_point, mapped",
        [
            ("a", "a"), ("A", "a"), ("%", "%"), ("\u3002", "."), ("\uff0e", "."), ("\xdf", "\xdf"),
            ("\u1e9e", "\xdf"), ("\u03c2", "\u03c2"), (ZWNJ, ZWNJ), ("\xad", ""), ("\ufe0f", ""),
            ("\ufb01", "fi"), ("\u2460", "1"), ("\xbd", "1\u20442"), ("\u2615", "\u2615"),
            ("\u2260", "\u2260"), ("\U00031350", "\U00031350"),
        ],
    )  # fmt: skip
    def test_maps_or_keeps_or_drops(self, code_point: str, mapped: str) -> None:
        assert idna_mapping(code_point) == mapped

    @pytest.mark.parametrize(
        "code_point",
        [
            "\x80",
            "\u2024",
            "\u2488",
            "\u061c",
            "\u2028",
            "\ue000",
            "\ud800",
            "\ufffd",
            "\u2ff0",
            "\U000e0001",
        ],
    )
    def test_disallows(self, code_point: str) -> None:
        with pytest.raises(URLFailure, match="domain-to-ASCII"):
            idna_mapping(code_point)

    def test_newer_characters_of_the_table_are_mapped_so_or_not_known(self, shared: Path) -> None:
        newer = json.loads((shared / "unicode" / "idna-newer.json").read_text("utf-8"))
        for first, last, status, mapping, _, _ in newer["ranges"]:
            for code_point in map(chr, range(first, last + 1)):
                try:
                    mapped = idna_mapping(code_point)
                except URLFailure:
                    assert unicodedata.category(code_point) == "Cn"
                else:
                    assert mapped == {"V": code_point, "M": mapping, "I": ""}[status]

    def test_normalization_changes_nothing_that_is_disallowed(self) -> None:
        def is_disallowed(code_point: str) -> bool:
            try:
                idna_mapping(code_point)
            except URLFailure:
                return True
            return False

        assigned = [
            c
            for c in map(chr, range(0x110000))
            if unicodedata.category(c) not in ("Cn", "Co", "Cs")
        ]
        disallowed = {code_point for code_point in assigned if is_disallowed(code_point)}
        assert len(disallowed) > 200
        for code_point in assigned:
            decomposed = unicodedata.normalize("NFD", code_point)
            assert disallowed.isdisjoint(decomposed) or decomposed == code_point

    def test_what_is_kept_of_it_is_bounded(self) -> None:
        "".join(map(chr, range(0x4E00, 0x9FFF))).translate(idna._MAPPINGS)
        assert len(idna._MAPPINGS) <= 10_000


@spec("https://www.unicode.org/reports/tr44/#NFKC_Casefold")
class TestNFKCCasefold:
    @pytest.mark.parametrize(
        "code_point, folded",
        [("\u212b", "\xe5"), ("\xad", ""), ("\u0345", "\u03b9"), ("\ufb03", "ffi"), ("\u3164", "")],
    )
    def test_folds_and_drops_what_is_ignorable(self, code_point: str, folded: str) -> None:
        assert nfkc_casefold(code_point) == folded


@spec("https://www.rfc-editor.org/rfc/rfc5892#appendix-A")
class TestVerifyContextualRules:
    @pytest.mark.parametrize(
        "label",
        [
            "\u0628" + ZWNJ + "\u0628",
            "\u0628\u064e" + ZWNJ + "\u064e\u0627",
            "\ua872" + ZWNJ + "\u0627",
            "\u0915\u094d" + ZWNJ,
            "\u0915\u094d" + ZWJ + "\u0937",
            "\u0628" + ZWNJ + "\u0628" + ZWNJ + "\u0628",
            "abc",
        ],
    )
    def test_a_joiner_with_a_reason_is_valid(self, label: str) -> None:
        verify_contextual_rules(label)
        with pytest.raises(URLFailure):  # the same, and one without a reason
            verify_contextual_rules(label + "a" + ZWJ)

    @pytest.mark.parametrize(
        "label",
        [
            ZWNJ,
            ZWJ,
            "a" + ZWNJ + "b",
            "a" + ZWJ + "b",
            "\u0627" + ZWNJ + "\u0628",
            "\u0628" + ZWNJ + "a",
            "\u0628" + ZWNJ + ZWNJ + "\u0628",
            "\u0628" + ZWNJ + "\u064e" + ZWNJ + "\u0628",
            "\u0915\u094d" + ZWJ + ZWJ,
        ],
    )
    def test_one_without_is_not(self, label: str) -> None:
        with pytest.raises(URLFailure):
            verify_contextual_rules(label)


@spec("https://www.unicode.org/reports/tr44/#Joining_Type")
class TestJoiningType:
    @pytest.mark.parametrize(
        "code_point, expected",
        [
            ("\ua872", "L"),
            ("\u0627", "R"),
            ("\u0628", "D"),
            ("\u064e", "T"),
            ("\U0001e94b", "T"),
            ("\u06dd", "U"),
            ("a", "U"),
        ],
    )
    def test_is_that_of_the_database(self, code_point: str, expected: str) -> None:
        assert joining_type(code_point) == expected


@spec("https://www.rfc-editor.org/rfc/rfc5893#section-2")
class TestVerifyBidiRule:
    @pytest.mark.parametrize(
        "label",
        [
            "\u05d0",
            "\u05d0\u05b0",
            "\u05d01",
            "\u0628\u0661",
            "\u05d0-\u05d0",
            "a",
            "a1",
            "a\u0301",
            "a-1",
            "a\U000323b0",
        ],
    )
    def test_letters_of_one_direction_keep_together(self, label: str) -> None:
        verify_bidi_rule(label)
        with pytest.raises(URLFailure):  # the same, and one of the other direction
            verify_bidi_rule(label + ("a" if label[0] >= "\u05d0" else "\u05d0"))

    @pytest.mark.parametrize(
        "label",
        [
            "1",
            "1a",
            "-",
            "\u0301",
            "\u05d0a",
            "a\u05d0",
            "\u05d0-",
            "a-",
            "\u05d01\u0661",
            "a\u0661",
            "\u0661",
        ],
    )
    def test_others_do_not(self, label: str) -> None:
        with pytest.raises(URLFailure):
            verify_bidi_rule(label)
