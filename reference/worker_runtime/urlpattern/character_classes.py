"""Characters and classes of regular expressions with the flag v: their escapes, and class contents
as sets of strings.

ECMA-262, 22.2.1: https://tc39.es/ecma262/#sec-patterns

A set holds strings of an alphabet of 97 code points (`unicode_properties.ALPHABET`), since what has
any other can match nothing here. Where case is ignored it holds case folded strings only.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import NamedTuple, NoReturn

from .unicode_properties import (
    ALPHABET,
    BINARY_PROPERTIES_OF_STRINGS,
    DIGITS,
    LETTERS,
    unicode_match_property,
)

SYNTAX_CHARACTERS = frozenset("^$\\.*+?()[]{}|")  # https://tc39.es/ecma262/#prod-SyntaxCharacter
# https://tc39.es/ecma262/#prod-ControlEscape
CONTROL_ESCAPES = {"f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
# https://tc39.es/ecma262/#prod-ClassSetSyntaxCharacter
CLASS_SET_SYNTAX_CHARACTERS = frozenset("()[]{}/-\\|")
# https://tc39.es/ecma262/#prod-ClassSetReservedPunctuator
CLASS_SET_RESERVED_PUNCTUATOR = re.compile("[-&!#%,:;<=>@`~]")
# https://tc39.es/ecma262/#prod-ClassSetReservedDoublePunctuator
CLASS_SET_RESERVED_DOUBLE_PUNCTUATORS = frozenset(c + c for c in "&!#$%*+,.:;<=>?@^`~")

HEX_DIGITS = re.compile(r"[0-9A-Fa-f]+")
TWO_HEX_DIGITS = re.compile(r"[0-9A-Fa-f]{2}")
FOUR_HEX_DIGITS = re.compile(r"[0-9A-Fa-f]{4}")
TRAIL_SURROGATE = re.compile(r"\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})")
UNICODE_PROPERTY_VALUE_EXPRESSION = re.compile(r"\{(?:([A-Za-z_]+)=)?([A-Za-z0-9_]+)\}")

DIGIT = re.compile(r"[0-9]")
ASCII_LETTER = re.compile(r"[A-Za-z]")
CHARACTER_CLASS_ESCAPE = re.compile(r"\\([dDsSwWpP])")

MEMBERS_OF_ESCAPE = {
    "d": frozenset(DIGITS),
    "s": frozenset(" "),
    "w": frozenset(LETTERS[:-2] + DIGITS + "_"),
}


class ClassSet(NamedTuple):
    """What a class matches, and whether its text allows for strings of other lengths than one.

    https://tc39.es/ecma262/#sec-compiletocharset
    """

    strings: frozenset[str]
    may_contain_strings: bool = False


class PatternReader:
    """A place in the text of a regular expression, and whether case is ignored there.

    https://tc39.es/ecma262/#sec-parsepattern
    """

    __slots__ = ("ignore_case", "position", "text")

    def __init__(self, text: str, ignore_case: bool) -> None:
        self.text = text
        self.position = 0
        self.ignore_case = ignore_case

    def next(self) -> str:
        """The code point that is next, the empty string at the end."""
        return self.text[self.position : self.position + 1]

    def take(self) -> str:
        code_point = self.next()
        self.position += 1
        return code_point

    def skip(self, text: str) -> bool:
        if not self.looks_at(text):
            return False
        self.position += len(text)
        return True

    def take_match(self, expression: re.Pattern[str]) -> re.Match[str] | None:
        match = expression.match(self.text, self.position)
        if match:
            self.position = match.end()
        return match

    def looks_at(self, text: str) -> bool:
        return self.text.startswith(text, self.position)

    def fail(self, what: str) -> NoReturn:
        raise TypeError(f"Invalid regular expression: {what}, at {self.position} of {self.text!r}")


def maybe_simple_case_folding(code_points: frozenset[str], ignore_case: bool) -> frozenset[str]:
    """https://tc39.es/ecma262/#sec-maybesimplecasefolding"""
    return (
        frozenset(case_folded(code_point) for code_point in code_points)
        if ignore_case
        else code_points
    )


def case_folded(string: str) -> str:
    """The simple case folding of a string of the alphabet.

    https://tc39.es/ecma262/#sec-runtime-semantics-canonicalize-ch
    """
    return (
        string.lower()
        if string.isascii()
        else string.replace("\u017f", "s").replace("\u212a", "k").lower()
    )


def character_complement(code_points: frozenset[str], ignore_case: bool) -> frozenset[str]:
    """https://tc39.es/ecma262/#sec-charactercomplement"""
    return maybe_simple_case_folding(frozenset(ALPHABET), ignore_case) - code_points


# ---- escapes -------------------------------------------------------------------------------------


def character_escape(reader: PatternReader) -> str:
    """What stands behind a backslash for one code point, which may be any.

    https://tc39.es/ecma262/#prod-CharacterEscape
    """
    code_point = reader.take()
    if code_point in SYNTAX_CHARACTERS or code_point == "/":
        return code_point
    if code_point in CONTROL_ESCAPES:
        return CONTROL_ESCAPES[code_point]
    if code_point == "0" and not reader.take_match(DIGIT):
        return "\0"
    if code_point == "c" and (letter := reader.take_match(ASCII_LETTER)):
        return chr(ord(letter[0]) % 32)
    if code_point == "x" and (digits := reader.take_match(TWO_HEX_DIGITS)):
        return chr(int(digits[0], 16))
    if code_point == "u":
        return regexp_unicode_escape_sequence(reader)
    reader.fail(f"the escape \\{code_point} has no meaning")


def regexp_unicode_escape_sequence(reader: PatternReader) -> str:
    r"""What stands behind \u: four digits, twice for a surrogate pair, or any number of them in
    braces.

    https://tc39.es/ecma262/#prod-RegExpUnicodeEscapeSequence
    """
    if reader.skip("{"):
        digits = reader.take_match(HEX_DIGITS)
        if not digits or not reader.skip("}") or (code := int(digits[0], 16)) > 0x10FFFF:
            reader.fail("\\u{ takes hexadecimal digits up to 10FFFF and a brace")
        return chr(code)
    digits = reader.take_match(FOUR_HEX_DIGITS)
    if not digits:
        reader.fail("\\u takes four hexadecimal digits")
    code = int(digits[0], 16)
    if 0xD800 <= code <= 0xDBFF and (trail := reader.take_match(TRAIL_SURROGATE)):
        code = 0x10000 + ((code - 0xD800) << 10) + int(trail[1], 16) - 0xDC00
    return chr(code)


def character_class_escape(reader: PatternReader) -> ClassSet | None:
    r"""A class that a backslash and a letter stand for, such as \d; None if what is next is
    something else.

    https://tc39.es/ecma262/#prod-CharacterClassEscape
    """
    escape = reader.take_match(CHARACTER_CLASS_ESCAPE)
    if not escape:
        return None
    members = MEMBERS_OF_ESCAPE.get(escape[1].lower())
    if members is None:
        expression = reader.take_match(UNICODE_PROPERTY_VALUE_EXPRESSION)
        if not expression:
            reader.fail(f"{escape[0]} takes the name of a Unicode property in braces")
        name, value = expression[1] or "", expression[2]
        if name == "" and value in BINARY_PROPERTIES_OF_STRINGS:
            if escape[1] == "P":
                reader.fail(f"{escape[0]}{expression[0]} would be the complement of strings")
            return ClassSet(frozenset(), True)
        members = unicode_match_property(name, value)
        if members is None:
            reader.fail(f"there is no Unicode property {expression[0]}")
    # The text folds no General_Category without its name, but all engines do.
    members = maybe_simple_case_folding(members, reader.ignore_case)
    return ClassSet(
        character_complement(members, reader.ignore_case) if escape[1].isupper() else members
    )


# ---- classes -------------------------------------------------------------------------------------


def character_class(reader: PatternReader) -> ClassSet:
    """The class whose opening bracket has been read, up to and with the closing one.

    https://tc39.es/ecma262/#prod-CharacterClass
    """
    is_complement = reader.skip("^")
    contents = class_contents(reader)
    if not reader.skip("]"):
        reader.fail("a class is not closed, or mixes unions, && and --")
    if not is_complement:
        return contents
    if contents.may_contain_strings:
        reader.fail("a class with strings has no complement")
    return ClassSet(character_complement(contents.strings, reader.ignore_case))


def class_contents(reader: PatternReader) -> ClassSet:
    """https://tc39.es/ecma262/#prod-ClassContents"""
    if reader.looks_at("]"):
        return ClassSet(frozenset())
    first = class_set_operand(reader)
    if reader.looks_at("&&"):
        return class_intersection(reader, class_set_of(first, reader.ignore_case))
    if reader.looks_at("--"):
        return class_subtraction(reader, class_set_of(first, reader.ignore_case))
    return class_union(reader, first)


def class_union(reader: PatternReader, operand: ClassSet | str) -> ClassSet:
    """https://tc39.es/ecma262/#prod-ClassUnion"""
    strings: set[str] = set()
    may_contain_strings = False
    while True:
        if isinstance(operand, str) and reader.skip("-"):
            operand = class_set_range(reader, operand)
        operand = class_set_of(operand, reader.ignore_case)
        strings |= operand.strings
        may_contain_strings |= operand.may_contain_strings
        if reader.looks_at("]") or reader.looks_at("&&") or reader.looks_at("--"):
            return ClassSet(frozenset(strings), may_contain_strings)
        operand = class_set_operand(reader)


def class_intersection(reader: PatternReader, result: ClassSet) -> ClassSet:
    """https://tc39.es/ecma262/#prod-ClassIntersection"""
    strings, may_contain_strings = result
    while reader.skip("&&"):
        if reader.looks_at("&"):
            reader.fail("a third & has to be escaped")
        operand = class_set_of(class_set_operand(reader), reader.ignore_case)
        strings &= operand.strings
        may_contain_strings &= operand.may_contain_strings
    return ClassSet(strings, may_contain_strings)


def class_subtraction(reader: PatternReader, result: ClassSet) -> ClassSet:
    """https://tc39.es/ecma262/#prod-ClassSubtraction"""
    strings, may_contain_strings = result
    while reader.skip("--"):
        strings -= class_set_of(class_set_operand(reader), reader.ignore_case).strings
    return ClassSet(strings, may_contain_strings)


def class_set_range(reader: PatternReader, first: str) -> ClassSet:
    """The range whose first code point and hyphen have been read.

    https://tc39.es/ecma262/#prod-ClassSetRange
    """
    last = class_set_character(reader)
    if first > last:
        reader.fail(f"the range {first!r} to {last!r} is out of order")
    members = ALPHABET[bisect_left(ALPHABET, first) : bisect_right(ALPHABET, last)]
    return ClassSet(maybe_simple_case_folding(frozenset(members), reader.ignore_case))


def class_set_operand(reader: PatternReader) -> ClassSet | str:
    """A set, or a single code point, with which a range may begin.

    https://tc39.es/ecma262/#prod-ClassSetOperand
    """
    if reader.skip("["):
        return character_class(reader)
    if reader.skip("\\q{"):
        return class_string_disjunction(reader)
    return character_class_escape(reader) or class_set_character(reader)


def class_string_disjunction(reader: PatternReader) -> ClassSet:
    r"""The strings behind \q{, up to and with the closing brace.

    https://tc39.es/ecma262/#prod-ClassStringDisjunction
    """
    strings: set[str] = set()
    may_contain_strings = False
    while True:
        code_points = []
        while not reader.looks_at("|") and not reader.looks_at("}"):
            code_points.append(class_set_character(reader))
        strings |= class_set_of("".join(code_points), reader.ignore_case).strings
        may_contain_strings |= len(code_points) != 1
        if not reader.skip("|"):
            reader.skip("}")
            return ClassSet(frozenset(strings), may_contain_strings)


def class_set_character(reader: PatternReader) -> str:
    """https://tc39.es/ecma262/#prod-ClassSetCharacter"""
    if reader.text[reader.position : reader.position + 2] in CLASS_SET_RESERVED_DOUBLE_PUNCTUATORS:
        reader.fail("a doubled punctuator in a class has to be escaped")
    code_point = reader.take()
    if code_point == "\\":
        if reader.skip("b"):
            return "\b"
        if punctuator := reader.take_match(CLASS_SET_RESERVED_PUNCTUATOR):
            return punctuator[0]
        return character_escape(reader)
    if code_point in CLASS_SET_SYNTAX_CHARACTERS or code_point == "":
        reader.fail(
            f"{code_point!r} in a class has to be escaped"
            if code_point
            else "a class is not closed"
        )
    return code_point


def class_set_of(operand: ClassSet | str, ignore_case: bool) -> ClassSet:
    """An operand as a set: a string that has a code point outside the alphabet is left out.

    https://tc39.es/ecma262/#sec-compileclasssetstring
    """
    if isinstance(operand, ClassSet):
        return operand
    if any(code_point not in ALPHABET for code_point in operand):
        return ClassSet(frozenset())
    return ClassSet(frozenset([case_folded(operand) if ignore_case else operand]))
