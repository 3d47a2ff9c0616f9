r"""Regular expressions: from JavaScript's, with the flag v, to Python's.

ECMA-262, 22.2: https://tc39.es/ecma262/#sec-regexp-regular-expression-objects

The components of a URL are printable ASCII, so only that has to be matched: a class is a set of
such code points, the flags m and s have nothing to change, and what asks for any other code point
never matches. A translation means exactly the same. What Python cannot say is a TypeError, as is
what JavaScript refuses:
- a lookbehind that has an alternative of no fixed length, or a reference to a group of its own;
- a repeated group with a capturing group that may be left out (JavaScript forgets it in each round,
  Python does not), or with a capturing group where it may be empty or stands in a lookbehind;
- a reference to one of more than 100 groups of a name, and groups nested more deeply than Python's
  recursion limit allows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, NoReturn, TypeAlias

from .character_classes import (
    PatternReader,
    case_folded,
    character_class,
    character_class_escape,
    character_escape,
    regexp_unicode_escape_sequence,
)
from .tokenizing import is_a_valid_name_code_point
from .unicode_properties import ALPHABET

# What a regular expression does with a string: the captures of a match that begins where it begins,
# or None.
# https://tc39.es/ecma262/#sec-regexpbuiltinexec
Captures: TypeAlias = Sequence[str | None]
RegExp: TypeAlias = Callable[[str], Captures | None]

PRINTABLE = frozenset(ALPHABET[:-2])
NEVER = "[^ -~]"  # matches no printable ASCII
UNBOUNDED = 2**32 - 2  # the largest number in Python's quantifiers, and longer than any string
MAX_GROUPS_OF_A_NAME = 100  # where one of them is referred to: each reference has to list them all

# Several code points that stand for themselves, without the last one if it has a quantifier.
PLAIN_RUN = re.compile(r"[^\\^$.*+?()[\]{}|]+(?![*+?{])")
QUANTIFIER = re.compile(r"(?:([*+?])|\{([0-9]+)(?:(,)([0-9]*))?\})(\??)")
MODIFIERS = re.compile(r"\?([ims]*)(-?)([ims]*):")
DECIMAL_ESCAPE = re.compile(r"\\([1-9][0-9]*)")


class Piece(NamedTuple):
    """A translated part of a regular expression, with what has to be known of it where it is
    repeated or looked behind for.

    https://tc39.es/ecma262/#sec-pattern-notation
    """

    text: str
    least: int  # how many code points it matches
    most: int
    has_captures: bool = False
    may_skip_captures: bool = False


class Translator(PatternReader):
    """A regular expression while it is translated.

    https://tc39.es/ecma262/#sec-compilepattern
    """

    __slots__ = ("capture_count", "groups_by_name", "is_closed", "largest_reference",
        "lookbehind_start", "names_referred_to",
                 "rest_count")  # fmt: skip

    def __init__(self, text: str, ignore_case: bool) -> None:
        super().__init__(text, ignore_case)
        self.capture_count = 0
        self.is_closed: list[bool] = [True]  # by the number of a group
        self.groups_by_name: dict[str, list[int]] = {}
        self.largest_reference = 0
        self.names_referred_to: set[str] = set()
        # the number of the last group before the lookbehind around this place
        self.lookbehind_start: int | None = None
        self.rest_count = 0

    def cannot_translate(self, what: str) -> NoReturn:
        raise TypeError(
            f"Python has no regular expression for {what}, at {self.position} of {self.text!r}"
        )


def reg_exp_create(pattern: str, ignore_case: bool) -> RegExp:
    """Compile a regular expression with the flag v, and the flag i; TypeError if it is invalid or
    cannot be translated.

    https://tc39.es/ecma262/#sec-regexpcreate
    """
    translator = Translator(pattern, ignore_case)
    try:
        text = compile_pattern(translator)
        expression = re.compile(text, re.ASCII | re.IGNORECASE if ignore_case else re.ASCII)
    except RecursionError:
        raise TypeError(
            "Python has no regular expression for groups that are nested so deeply"
        ) from None
    except (re.error, OverflowError) as error:
        raise TypeError(f"Python has no regular expression for {pattern!r}: {error}") from None
    match = expression.match
    if not translator.rest_count:

        def reg_exp_builtin_exec(string: str) -> Captures | None:
            found = match(string)
            return None if found is None else found.groups()

    else:
        numbers = [
            expression.groupindex[f"_{number}"] for number in range(1, translator.capture_count + 1)
        ]

        def reg_exp_builtin_exec(string: str) -> Captures | None:
            found = match(string)
            return None if found is None else [found[number] for number in numbers]

    return reg_exp_builtin_exec


def compile_pattern(translator: Translator) -> str:
    """The text of a regular expression in Python's syntax; its group _1 is the first of the
    original.

    https://tc39.es/ecma262/#prod-Pattern
    """
    pattern = either(disjunction(translator, set()))
    if translator.looks_at(")"):
        translator.fail("a parenthesis closes nothing")
    if translator.largest_reference > translator.capture_count:
        translator.fail(f"there is no group {translator.largest_reference} to refer to")
    for name in translator.names_referred_to:
        if name not in translator.groups_by_name:
            translator.fail(f"there is no group {name!r} to refer to")
    return pattern.text


def disjunction(translator: Translator, names: set[str]) -> list[Piece]:
    """The alternatives; the names of their groups are added to those of the alternative around
    them.

    https://tc39.es/ecma262/#prod-Disjunction
    """
    alternatives = []
    names_within: set[str] = set()
    while True:
        names_of_alternative: set[str] = set()
        alternatives.append(alternative(translator, names_of_alternative))
        names_within |= names_of_alternative
        if not translator.skip("|"):
            break
    add_names(translator, names, names_within)
    return alternatives


def add_names(translator: Translator, names: set[str], more: set[str]) -> None:
    """https://tc39.es/ecma262/#sec-mightbothparticipate"""
    if twice := names & more:
        translator.fail(f"the group {min(twice)!r} stands twice")
    names |= more


def either(alternatives: list[Piece]) -> Piece:
    """https://tc39.es/ecma262/#sec-matchtwoalternatives"""
    if len(alternatives) == 1:
        return alternatives[0]
    has_captures = any(piece.has_captures for piece in alternatives)
    least, most = (
        min(piece.least for piece in alternatives),
        max(piece.most for piece in alternatives),
    )
    return Piece(
        "|".join(piece.text for piece in alternatives), least, most, has_captures, has_captures
    )


def alternative(translator: Translator, names: set[str]) -> Piece:
    """https://tc39.es/ecma262/#prod-Alternative"""
    pieces = []
    while translator.next() not in ("", "|", ")"):
        pieces.append(term(translator, names))
    return Piece(
        "".join(piece.text for piece in pieces),
        min(sum(piece.least for piece in pieces), UNBOUNDED),
        min(sum(piece.most for piece in pieces), UNBOUNDED),
        any(piece.has_captures for piece in pieces),
        any(piece.may_skip_captures for piece in pieces),
    )


def term(translator: Translator, names: set[str]) -> Piece:
    """https://tc39.es/ecma262/#prod-Term"""
    if run := translator.take_match(PLAIN_RUN):
        return Piece(re.escape(run[0]), len(run[0]), len(run[0]))
    return assertion(translator, names) or quantified(translator, atom(translator, names))


def assertion(translator: Translator, names: set[str]) -> Piece | None:
    """https://tc39.es/ecma262/#prod-Assertion"""
    if translator.skip("^"):
        return Piece(r"\A", 0, 0)
    if translator.skip("$"):
        return Piece(r"\Z", 0, 0)
    if translator.skip("\\b"):
        return Piece(r"\b", 0, 0)
    if translator.skip("\\B"):
        return Piece(r"(?!\b)", 0, 0)  # Python's \B does not match the empty string
    for lookahead in ("(?=", "(?!"):
        if translator.skip(lookahead):
            within = either(group_contents(translator, names))
            is_skipped = within.may_skip_captures or (within.has_captures and lookahead == "(?!")
            return Piece(f"{lookahead}{within.text})", 0, 0, within.has_captures, is_skipped)
    for lookbehind in ("(?<=", "(?<!"):
        if translator.skip(lookbehind):
            return look_behind(translator, names, lookbehind)
    return None


def look_behind(translator: Translator, names: set[str], lookbehind: str) -> Piece:
    """The alternatives of a lookbehind, each in one of its own: they may have different lengths.

    https://tc39.es/ecma262/#sec-compileassertion
    """
    outer_start = translator.lookbehind_start
    if outer_start is None:
        translator.lookbehind_start = translator.capture_count
    alternatives = group_contents(translator, names)
    translator.lookbehind_start = outer_start
    if any(piece.least != piece.most for piece in alternatives):
        translator.cannot_translate("a lookbehind with an alternative of no fixed length")
    within = either(alternatives)
    texts = [f"{lookbehind}{piece.text})" for piece in alternatives]
    if lookbehind == "(?<!":
        return Piece("".join(texts), 0, 0, within.has_captures, within.has_captures)
    return Piece(f"(?:{'|'.join(texts)})", 0, 0, within.has_captures, within.may_skip_captures)


def quantified(translator: Translator, piece: Piece) -> Piece:
    """An atom with the quantifier that follows it, if any does.

    https://tc39.es/ecma262/#prod-Quantifier
    """
    quantifier = translator.take_match(QUANTIFIER)
    if not quantifier:
        return piece
    sign, lower, comma, upper, lazy = quantifier.groups()
    if sign:
        minimum, maximum = int(sign == "+"), 1 if sign == "?" else UNBOUNDED
    else:
        minimum, maximum = (
            count_of(lower),
            count_of(upper) if upper else UNBOUNDED if comma else count_of(lower),
        )
    if minimum > maximum:
        translator.fail(f"the numbers of the quantifier {quantifier[0]} are out of order")
    text = piece.text
    if piece.has_captures and maximum > 1:
        if piece.may_skip_captures:
            translator.cannot_translate(
                "a repeated group in which a capturing group may be left out"
            )
        if piece.least == 0:
            translator.cannot_translate(
                "a repeated group that has a capturing group and may be empty"
            )
        if translator.lookbehind_start is not None:
            translator.cannot_translate("a repeated capturing group in a lookbehind")
    elif piece.has_captures and piece.least == 0 and minimum == 0:
        # In JavaScript what is optional is left out rather than empty: the rest of the string has
        # to be shorter behind it.
        translator.rest_count += 1
        rest = f"rest_{translator.rest_count}"
        text = rf"(?:(?=(?P<{rest}>.*)){text}(?!(?P={rest})\Z))"
    return Piece(
        text + (sign or f"{{{minimum},{maximum if maximum < UNBOUNDED else ''}}}") + lazy,
        min(piece.least * minimum, UNBOUNDED),
        min(piece.most * maximum, UNBOUNDED),
        piece.has_captures,
        piece.may_skip_captures or (piece.has_captures and minimum == 0),
    )


def count_of(digits: str) -> int:
    """The number that decimal digits say; one that is too large for any string is UNBOUNDED.

    https://tc39.es/ecma262/#prod-DecimalDigits
    """
    return int(min(float(digits), UNBOUNDED))


def atom(translator: Translator, names: set[str]) -> Piece:
    """https://tc39.es/ecma262/#prod-Atom"""
    if translator.looks_at("\\"):
        return atom_escape(translator)
    code_point = translator.take()
    match code_point:
        case ".":
            return Piece(".", 1, 1)
        case "(":
            return group(translator, names)
        case "[":
            return class_piece(character_class(translator).strings, translator.ignore_case)
        case "*" | "+" | "?" | "{":
            translator.fail(f"there is nothing that {code_point!r} could repeat")
        case "]" | "}":
            translator.fail(f"{code_point!r} closes nothing")
    return literal(translator, code_point)


def atom_escape(translator: Translator) -> Piece:
    """https://tc39.es/ecma262/#prod-AtomEscape"""
    if decimal := translator.take_match(DECIMAL_ESCAPE):
        number = count_of(decimal[1])
        translator.largest_reference = max(translator.largest_reference, number)
        return back_reference(translator, [number])
    if class_set := character_class_escape(translator):
        return class_piece(class_set.strings, translator.ignore_case)
    if translator.skip("\\k<"):
        name = group_name(translator)
        translator.names_referred_to.add(name)
        return back_reference(translator, translator.groups_by_name.get(name, [UNBOUNDED]))
    translator.take()
    return literal(translator, character_escape(translator))


def back_reference(translator: Translator, numbers: list[int]) -> Piece:
    """What the one of these groups that has matched did match; nothing if none has yet.

    https://tc39.es/ecma262/#sec-backreference-matcher
    """
    if len(numbers) > MAX_GROUPS_OF_A_NAME:
        translator.cannot_translate(f"a reference to one of {len(numbers)} groups")
    if translator.lookbehind_start is not None and max(numbers) > translator.lookbehind_start:
        translator.cannot_translate(
            "a reference in a lookbehind to a group that does not stand before it"
        )
    closed = [
        number
        for number in numbers
        if number <= translator.capture_count and translator.is_closed[number]
    ]
    if not closed:
        return Piece("(?:)", 0, 0)
    return Piece(
        f"(?:{''.join(f'(?(_{number})(?P=_{number}))' for number in closed)})", 0, UNBOUNDED
    )


def group(translator: Translator, names: set[str]) -> Piece:
    """A group whose opening parenthesis has been read, and which is not an assertion.

    https://tc39.es/ecma262/#sec-compileatom
    """
    if modifiers := translator.take_match(MODIFIERS):
        add, dash, remove = modifiers.groups()
        if (dash and not add and not remove) or len({*add, *remove}) < len(add + remove):
            translator.fail(f"the modifiers {add}{dash}{remove} are unknown, or twice the same")
        ignored_case = translator.ignore_case
        translator.ignore_case = "i" in add or (ignored_case and "i" not in remove)
        within = either(group_contents(translator, names))
        translator.ignore_case = ignored_case
        return within._replace(
            text=f"(?{'i' if 'i' in add else '-i' if 'i' in remove else ''}:{within.text})"
        )
    name = None
    if translator.skip("?"):
        if not translator.skip("<"):
            translator.fail("nothing that is known follows (?")
        name = group_name(translator)
        add_names(translator, names, {name})
    translator.capture_count += 1
    number = translator.capture_count
    translator.is_closed.append(False)
    if name:
        translator.groups_by_name.setdefault(name, []).append(number)
    within = either(group_contents(translator, names))
    translator.is_closed[number] = True
    return within._replace(text=f"(?P<_{number}>{within.text})", has_captures=True)


def group_contents(translator: Translator, names: set[str]) -> list[Piece]:
    """The alternatives up to the closing parenthesis, which is read, too.

    https://tc39.es/ecma262/#sec-compilesubpattern
    """
    alternatives = disjunction(translator, names)
    if not translator.skip(")"):
        translator.fail("a parenthesis is not closed")
    return alternatives


def group_name(translator: Translator) -> str:
    """The name of a group and the bracket behind it.

    https://tc39.es/ecma262/#prod-GroupName
    """
    name = ""
    while not translator.skip(">"):
        code_point = translator.take()
        if code_point == "\\" and translator.skip("u"):
            code_point = regexp_unicode_escape_sequence(translator)
        if not code_point or not is_a_valid_name_code_point(code_point, name == ""):
            translator.fail("the name of a group is not an identifier")
        name += code_point
    if not name:
        translator.fail("the name of a group is empty")
    return name


def literal(translator: Translator, code_point: str) -> Piece:
    """https://tc39.es/ecma262/#sec-runtime-semantics-charactersetmatcher-abstract-operation"""
    if translator.ignore_case and code_point in ALPHABET:
        code_point = case_folded(code_point)
    return Piece(re.escape(code_point) if code_point in PRINTABLE else NEVER, 1, 1)


def class_piece(strings: frozenset[str], ignore_case: bool) -> Piece:
    """What matches the strings of a class, the longest first.

    https://tc39.es/ecma262/#sec-compilecharacterclass
    """
    members = {
        code_point
        for code_point in PRINTABLE
        if (case_folded(code_point) if ignore_case else code_point) in strings
    }
    if len(members) > len(PRINTABLE) // 2:
        others = re.escape("".join(sorted(PRINTABLE - members)))
        text = f"[^{others}]" if others else "."
    else:
        text = f"[{re.escape(''.join(sorted(members)))}]" if members else NEVER
    longer = sorted(
        (string for string in strings if len(string) > 1 and PRINTABLE.issuperset(string)),
        key=len,
        reverse=True,
    )
    if not longer and "" not in strings:
        return Piece(text, 1, 1)
    texts = [*map(re.escape, longer), text, *([""] if "" in strings else [])]
    return Piece(f"(?:{'|'.join(texts)})", min(map(len, strings)), max(map(len, strings)))
