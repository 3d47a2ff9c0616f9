"""IDNA: from a domain as it is written to the ASCII string that names it, and back.

URL Standard, 3.3: https://url.spec.whatwg.org/#idna
Unicode IDNA Compatibility Processing (UTS #46), 17.0.0: https://www.unicode.org/reports/tr46/
The rules of IDNA2008 that it refers to: RFC 5892, appendix A, and RFC 5893, section 2.

Of the flags of UTS #46 the URL Standard always sets CheckBidi and CheckJoiners, never
Transitional_Processing and IgnoreInvalidPunycode, and the others as beStrict is set. Where UTS #46
records an error, URLFailure is raised: a result that comes with one is not used.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Literal

from . import joining_types, punycode
from .host_representation import FORBIDDEN_DOMAIN_CODE_POINTS
from .writing import URLFailure, ValidationErrors

ZERO_WIDTH_NON_JOINER = "\u200c"
ZERO_WIDTH_JOINER = "\u200d"
VIRAMA = 9  # a canonical combining class

# ASCII other than lowercase letters, digits and hyphen-minus
NO_STD3_ASCII = re.compile(r"[\0-,./:-`{-\x7f]")


def domain_parser(domain: str, be_strict: bool, validation_errors: ValidationErrors = None) -> str:
    """https://url.spec.whatwg.org/#concept-domain-to-ascii"""
    if be_strict:
        return domain_parser_to_ascii(domain, True)
    result = domain.lower() if domain.isascii() else domain_parser_to_ascii(domain, False)
    if not result or not FORBIDDEN_DOMAIN_CODE_POINTS.isdisjoint(result):
        raise URLFailure("domain-to-ASCII")
    # 1. and 2. What fails above fails here as well, so nothing is said twice.
    if validation_errors is not None:
        try:
            domain_parser_to_ascii(domain, True)
        except URLFailure:
            validation_errors.append("domain-to-ASCII")
    return result


def domain_parser_to_ascii(domain: str, be_strict: bool) -> str:
    """Unicode ToASCII, https://www.unicode.org/reports/tr46/#ToASCII, with the flags of the URL
    Standard.

    https://url.spec.whatwg.org/#domain-parser-toascii
    """
    labels = [
        label if label.isascii() else "xn--" + punycode.encode(label)
        for label in processing(domain, be_strict)
    ]
    ascii_domain = ".".join(labels)
    if be_strict:
        if len(labels) > 1 and not labels[-1]:
            labels.pop()  # VerifyDnsLength leaves the root label out, and its dot.
        if not all(1 <= len(label) <= 63 for label in labels) or len(".".join(labels)) > 253:
            raise URLFailure("domain-to-ASCII")
    return ascii_domain


def domain_to_unicode(domain: str) -> str:
    """A domain for people to read; as it is if it breaks a rule.

    https://url.spec.whatwg.org/#concept-domain-to-unicode
    """
    try:
        return ".".join(processing(domain, be_strict=False))
    except URLFailure:
        return domain


def processing(domain_name: str, be_strict: bool) -> list[str]:
    """The labels of a domain in Unicode, each of them valid.

    https://www.unicode.org/reports/tr46/#Processing
    """
    labels = normalize(domain_name.translate(_MAPPINGS)).split(".")
    for index, label in enumerate(labels):
        if label.startswith("xn--"):
            if not label.isascii():
                raise URLFailure("domain-to-ASCII")
            labels[index] = label = punycode.decode(label[4:])
            if label.isascii():
                raise URLFailure("domain-to-ASCII")
        if label:
            verify_validity_criteria(label, be_strict)
    if not {"R", "AL", "AN"}.isdisjoint(map(unicodedata.bidirectional, "".join(labels))):
        for label in filter(None, labels):
            verify_bidi_rule(label)
    return labels


def normalize(string: str) -> str:
    """Normalization Form C of what has been mapped.

    https://www.unicode.org/reports/tr15/#Norm_Forms
    """
    if any(map(unicodedata.combining, string)):
        # unicodedata puts the marks behind a letter in order by insertion, which takes the square
        # of their number: give it them in order. (That is the order of their classes, and no mark
        # that is valid decomposes into several.)
        runs = groupby(string, lambda code_point: unicodedata.combining(code_point) > 0)
        string = "".join(
            "".join(sorted(run, key=unicodedata.combining) if are_marks else run)
            for are_marks, run in runs
        )
    return unicodedata.normalize("NFC", string)


def verify_validity_criteria(label: str, be_strict: bool) -> None:
    """URLFailure if a label is not valid, so far as that does not depend on the other labels.

    https://www.unicode.org/reports/tr46/#Validity_Criteria
    """
    if (
        label.translate(_MAPPINGS) != label  # 6. Before 1., which takes only what has been mapped.
        or normalize(label) != label
        or (be_strict and (label[2:4] == "--" or label.startswith("-") or label.endswith("-")))
        or (not be_strict and label.startswith("xn--"))
        or "." in label
        or unicodedata.category(label[0])[0] == "M"
        or (be_strict and NO_STD3_ASCII.search(label))
    ):
        raise URLFailure("domain-to-ASCII")
    verify_contextual_rules(label)


# ---- the IDNA mapping table ----------------------------------------------------------------------

# CJK Extensions I, H and J: valid, and newer than the Unicode of Python 3.11.
NEWER_IDEOGRAPHS = ((0x2EBF0, 0x2EE5D), (0x31350, 0x323AF), (0x323B0, 0x33479))
# Disallowed although the rest of Unicode's properties would have them valid or ignored.
DISALLOWED = (
    (0x061C, 0x061C), (0x200E, 0x200F), (0x202A, 0x202E), (0x2066, 0x2069), (0x2FF0, 0x2FFF),
    (0x31EF, 0x31EF), (0xFFFC, 0xFFFD), (0xE0001, 0xE0001), (0xE0020, 0xE007F),
)  # fmt: skip
# https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point
DEFAULT_IGNORABLE = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip
EXCEPTIONS = {
    "\u3002": ".", "\uff0e": ".", "\uff61": ".", "\u00df": "\u00df", "\u1e9e": "\u00df", "\u03c2":
    "\u03c2", ZERO_WIDTH_NON_JOINER: ZERO_WIDTH_NON_JOINER, ZERO_WIDTH_JOINER: ZERO_WIDTH_JOINER,
}  # fmt: skip


def _is_in(ranges: Sequence[tuple[int, int]], code_point: str) -> bool:
    following = bisect_right(ranges, (ord(code_point), 0x110000))
    return following > 0 and ord(code_point) <= ranges[following - 1][1]


def nfkc_casefold(code_point: str) -> str:
    """https://www.unicode.org/reports/tr44/#NFKC_Casefold"""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", code_point).casefold())
    return "".join(code_point for code_point in folded if not _is_in(DEFAULT_IGNORABLE, code_point))


def idna_mapping(code_point: str) -> str:
    """What a code point is mapped to: itself if it is valid, nothing if it is ignored; URLFailure
    if it is disallowed.

    The published table says the same of each code point that the interpreter's Unicode has.

    https://www.unicode.org/reports/tr46/#IDNA_Mapping_Table
    """
    if code_point.isascii():
        return code_point.lower()
    if code_point in EXCEPTIONS:
        return EXCEPTIONS[code_point]
    if _is_in(NEWER_IDEOGRAPHS, code_point):
        return code_point
    # UTS #46 leaves what is disallowed to the validity criteria. As normalization changes none of
    # it, that may be said at once.
    category = unicodedata.category(code_point)
    if category in ("Cc", "Cs", "Co", "Cn") or _is_in(DISALLOWED, code_point):
        raise URLFailure("domain-to-ASCII")
    mapped = nfkc_casefold(code_point)
    if mapped == code_point:
        is_allowed = category not in ("Cf", "Zs", "Zl", "Zp")
    else:
        is_allowed = {".", "\u3002"}.isdisjoint(mapped) and all(
            part.isascii()
            or (nfkc_casefold(part) == part and unicodedata.category(part)[0] not in "CZ")
            for part in mapped
        )
    if not is_allowed:
        raise URLFailure("domain-to-ASCII")
    return mapped


class _Mappings(dict[int, str]):
    """The mappings of code points that have been met, for `str.translate`; a bounded number of
    them.
    """

    __slots__ = ()

    def __missing__(self, code_point: int) -> str:
        if len(self) == 10_000:
            self.clear()
        self[code_point] = mapped = idna_mapping(chr(code_point))
        return mapped


_MAPPINGS = _Mappings()


# ---- joiners -------------------------------------------------------------------------------------


def verify_contextual_rules(label: str) -> None:
    """URLFailure unless each joiner has a reason to be where it is.

    https://www.rfc-editor.org/rfc/rfc5892#appendix-A
    """
    # A.1. Between two letters that it keeps from joining, or behind a virama.
    parts = label.split(ZERO_WIDTH_NON_JOINER)
    for before, after in pairwise(parts):
        if not _ends_with_virama(before) and not (
            _first_that_joins(reversed(before)) in ("L", "D")
            and _first_that_joins(after) in ("R", "D")
        ):
            raise URLFailure("domain-to-ASCII")
    # A.2. Behind a virama.
    if not all(map(_ends_with_virama, label.split(ZERO_WIDTH_JOINER)[:-1])):
        raise URLFailure("domain-to-ASCII")


def _ends_with_virama(string: str) -> bool:
    return string != "" and unicodedata.combining(string[-1]) == VIRAMA


def _first_that_joins(code_points: Iterable[str]) -> Literal["L", "R", "D", "T", "U"]:
    """The joining type of the first code point that is not transparent."""
    return next((type for type in map(joining_type, code_points) if type != "T"), "U")


@lru_cache
def joining_type(code_point: str) -> Literal["L", "R", "D", "T", "U"]:
    """https://www.unicode.org/reports/tr44/#Joining_Type"""
    if _is_in(joining_types.DUAL_JOINING, code_point):
        return "D"
    if _is_in(joining_types.RIGHT_JOINING, code_point):
        return "R"
    if _is_in(joining_types.LEFT_JOINING, code_point):
        return "L"
    is_transparent = unicodedata.category(code_point) in ("Mn", "Me", "Cf")
    if _is_in(
        joining_types.ALSO_TRANSPARENT if not is_transparent else joining_types.NOT_TRANSPARENT,
        code_point,
    ):
        is_transparent = not is_transparent
    return "T" if is_transparent else "U"


# ---- the Bidi rule -------------------------------------------------------------------------------

NEUTRAL_CLASSES = frozenset({"EN", "ES", "CS", "ET", "ON", "BN", "NSM"})
RTL_CLASSES = NEUTRAL_CLASSES | {"R", "AL", "AN"}
LTR_CLASSES = NEUTRAL_CLASSES | {"L"}


def verify_bidi_rule(label: str) -> None:
    """URLFailure if a label of a Bidi domain name does not keep its letters together.

    https://www.rfc-editor.org/rfc/rfc5893#section-2
    """
    # a newer ideograph has none
    classes = [unicodedata.bidirectional(code_point) or "L" for code_point in label]
    occurring = set(classes)
    last = next((bidi_class for bidi_class in reversed(classes) if bidi_class != "NSM"), "NSM")
    match classes[0]:
        case "R" | "AL":
            is_kept = (
                occurring <= RTL_CLASSES
                and last in ("R", "AL", "EN", "AN")
                and not {"EN", "AN"} <= occurring
            )
        case "L":
            is_kept = occurring <= LTR_CLASSES and last in ("L", "EN")
        case _:
            is_kept = False
    if not is_kept:
        raise URLFailure("domain-to-ASCII")
