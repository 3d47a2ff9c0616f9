r"""Matching with a part list that has no regular expression of its author: in linear time.

URL Pattern Standard, 1.5 and 2.1.3, whose notes leave open how a component is matched:
https://urlpattern.spec.whatwg.org/#parts

The regular expression of such a list can backtrack: that of "/:a-:b-:c" tries every pair of dashes
before it fails. Here its captures are found without that. A list whose expression can be written so
that it hardly backtracks keeps one. Any other is a program for a machine that never takes up a
choice twice at one place.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Literal, NamedTuple

from .pattern_strings import Options, Part
from .regular_expressions import Captures, RegExp

WILDCARDS = ("segment-wildcard", "full-wildcard")
# Each part that may be left out doubles what is tried.
MOST_OPTIONAL_PARTS = 3


def part_list_reg_exp(part_list: list[Part], options: Options) -> RegExp | None:
    """What the regular expression of a part list does; None if an author wrote some of it.

    Part of https://urlpattern.spec.whatwg.org/#part-list
    """
    if any(part.type == "regexp" for part in part_list):
        return None
    # OPTIMIZATION: fixed text is compared, and a full wildcard alone matches whatever a component
    # can be.
    match part_list:
        case []:
            return lambda string: () if string == "" else None
        case [Part(type="fixed-text", value=text, modifier="none")] if not options.ignore_case:
            return lambda string: () if string == text else None
        case [Part(type="full-wildcard", modifier="none", prefix="", suffix="")]:
            return lambda string: (string,)
    # OPTIMIZATION: an expression of Python's, if it is as good as linear.
    expression = _expression_of_texts_and_wildcards(part_list, options)
    if expression is None and _is_a_list_of_segments(part_list, options):
        expression = "".join(_expression_of_a_part(part, options) for part in part_list)
    if expression is None:
        return _Machine(part_list, options).match
    matches = re.compile(rf"{expression}\Z", re.ASCII | re.IGNORECASE * options.ignore_case).match

    def reg_exp(string: str) -> Captures | None:
        found = matches(string)
        return None if found is None else found.groups()

    return reg_exp


# ---- expressions that hardly backtrack -----------------------------------------------------------


def _segment_code_point(options: Options) -> str:
    """The class of what a segment wildcard matches."""
    delimiter = options.delimiter_code_point
    return f"[^{re.escape(delimiter)}]" if delimiter else "."


def _expression_of_texts_and_wildcards(part_list: list[Part], options: Options) -> str | None:
    """The expression of a list without modifiers; None if that can backtrack.

    A segment wildcard, a text, and another wildcard: the first place of the text will do, since the
    second wildcard can match what lies between that place and any later one. So the first wildcard
    ends at the first place.
    """
    wildcards: list[str] = []
    texts = [""]  # before the first wildcard, and behind each
    for part in part_list:
        if part.modifier != "none":
            return None
        if part.type == "fixed-text":
            texts[-1] += part.value
        else:
            texts[-1] += part.prefix
            wildcards.append(part.type)
            texts.append(part.suffix)
    segment = _segment_code_point(options)
    expression = [re.escape(texts[0])]
    last = len(wildcards) - 1
    for index, (wildcard, text) in enumerate(zip(wildcards, texts[1:])):
        escaped = re.escape(text)
        if wildcard == "full-wildcard":
            # What stands behind it is tried at every place: a text and the end, or a text and
            # whatever follows.
            if index < last and (wildcards[index + 1 :], texts[-1]) != (["full-wildcard"], ""):
                return None
            expression.append(f"(.*){escaped}")
        elif index == last or (options.delimiter_code_point or "\0") in text:
            # There is but one place for the text.
            expression.append(f"({segment}+?){escaped}")
        else:
            expression.append(f"({segment}(?:(?!{escaped}){segment})*){escaped}")
    return "".join(expression)


def _is_a_list_of_segments(part_list: list[Part], options: Options) -> bool:
    """Whether each wildcard is a segment, and whatever can follow it is the end or begins with the
    delimiter. Then there is one way to divide a string, but for parts that may be left out or
    repeated.
    """
    delimiter = options.delimiter_code_point
    optional = [part for part in part_list if part.modifier in ("optional", "zero-or-more")]
    repeated = [part for part in part_list if part.modifier in ("zero-or-more", "one-or-more")]
    return (
        delimiter != ""
        and len(optional) <= MOST_OPTIONAL_PARTS
        and len(repeated) <= 1
        and all(part.type != "full-wildcard" and part.suffix == "" for part in part_list)
        and all(part.prefix[:1] in ("", delimiter) for part in repeated)
        and all(
            (previous.type == "fixed-text" and previous.modifier == "none" and previous.value)
            or (part.prefix or part.value).startswith(delimiter)
            for previous, part in pairwise(part_list)
        )
    )


def _expression_of_a_part(part: Part, options: Options) -> str:
    """Part of *generate a regular expression and name list*, for texts and segment wildcards."""
    modifier = {"none": "", "optional": "?", "zero-or-more": "*", "one-or-more": "+"}[part.modifier]
    if part.type == "fixed-text":
        text = re.escape(part.value)
        return f"(?:{text}){modifier}" if modifier else text
    segment = _segment_code_point(options)
    prefix = re.escape(part.prefix)
    if part.modifier in ("none", "optional"):
        return f"(?:{prefix}({segment}+?)){modifier}"
    if not prefix:
        return f"({segment}{modifier})"
    zero = "?" if part.modifier == "zero-or-more" else ""
    return f"(?:{prefix}({segment}+?(?:{prefix}{segment}+?)*)){zero}"


# ---- the machine ---------------------------------------------------------------------------------


class _Instruction(NamedTuple):
    """One step of a program: what it does with a string at a position, and what comes next.

    - "text" needs its text there.
    - "segment" is a wildcard of one code point or more, the fewest first; "full" is one of `number`
      code points or more, the most first. `text` is what follows either, if that is known.
    - "choose" goes on with the next instruction; if that fails, `number` instructions further on.
    - "jump" goes on there.
    - "open" and "close" set the start and the end of the capture `number`.
    - "end" needs the end of the string.
    """

    operation: Literal["text", "segment", "full", "choose", "jump", "open", "close", "end"]
    text: str = ""
    number: int = 0


class _Machine:
    """What matches with a program. It tries the choices in the order in which an expression would,
    and none of them twice at one position: where that failed once, it fails again.
    """

    __slots__ = ("_captures", "_delimiter", "_ignores_case", "_program")

    def __init__(self, part_list: list[Part], options: Options) -> None:
        self._ignores_case = options.ignore_case
        self._delimiter = options.delimiter_code_point
        self._captures = sum(part.type in WILDCARDS for part in part_list)
        program: list[_Instruction] = []
        capture = 0
        for part in part_list:
            program += _instructions_of(part, capture)
            capture += part.type in WILDCARDS
        program.append(_Instruction("end"))
        if options.ignore_case:
            program = [step._replace(text=step.text.lower()) for step in program]
        self._program = [
            step._replace(text=_text_behind(program, at))
            if step.operation in ("segment", "full")
            else step
            for at, step in enumerate(program)
        ]

    def match(self, string: str) -> Captures | None:
        """The captures, or None."""
        subject = string.lower() if self._ignores_case else string
        program, end = self._program, len(subject)
        # what was tried: choices, and ends of segments, by instruction and position; and where full
        # wildcards began
        width = end + 1
        tried = bytearray(len(program) * width)
        first_start: dict[int, int] = {}
        captures: tuple[int, ...] = (-1,) * (2 * self._captures)  # starts and ends
        at = position = 0
        # What is left to try: an instruction, a position, the captures, and the last place where a
        # wildcard that has begun can end.
        left: list[tuple[int, int, tuple[int, ...], int]] = []
        bound = -1  # of the wildcard that goes on, else -1
        while True:
            operation, text, number = program[at]
            fails = False
            if operation == "text":
                fails = not subject.startswith(text, position)
                position += len(text)
            elif operation == "segment":
                if bound < 0:
                    bound = subject.find(self._delimiter, position) if self._delimiter else end
                    bound = end if bound < 0 else bound
                    position += 1
                position = subject.find(text, position, bound + len(text))
                fails = position < 0 or position > bound or tried[at * width + position] == 1
                if not fails:
                    tried[at * width + position] = 1
                    if position < bound:
                        left.append((at, position + 1, captures, bound))
            elif operation == "full":
                start = position
                if bound < 0:
                    bound = first_start.get(at, end + 1) - 1
                    start += number
                    first_start[at] = min(start, bound + 1)
                position = subject.rfind(text, start, bound + len(text)) if start <= bound else -1
                fails = position < 0
                if start < position:
                    left.append((at, start, captures, position - 1))
            elif operation == "choose":
                fails = tried[at * width + position] == 1
                if not fails:
                    tried[at * width + position] = 1
                    left.append((at + number, position, captures, -1))
            elif operation == "end":
                if position == end:
                    return [
                        None if start < 0 else string[start:stop]
                        for start, stop in zip(captures[::2], captures[1::2])
                    ]
                fails = True
            elif operation != "jump":
                index = 2 * number + (operation == "close")
                captures = (*captures[:index], position, *captures[index + 1 :])
            if fails:
                if not left:
                    return None
                at, position, captures, bound = left.pop()
            else:
                bound = -1
                at += number if operation == "jump" else 1


def _text_behind(program: list[_Instruction], at: int) -> str:
    """What has to follow a wildcard, as far as one instruction says it."""
    behind = at + 1
    while program[behind].operation in ("open", "close"):
        behind += 1
    return program[behind].text if program[behind].operation == "text" else ""


def _instructions_of(part: Part, capture: int) -> list[_Instruction]:
    """What the regular expression of a part says."""
    may_be_left_out = part.modifier in ("optional", "zero-or-more")
    is_repeated = part.modifier in ("zero-or-more", "one-or-more")
    if part.type == "fixed-text":
        steps = _text_instructions(part.value)
        if is_repeated:
            steps += _repeated(steps)
        return _optional(steps) if may_be_left_out else steps
    is_bare = part.prefix == "" and part.suffix == ""
    if part.type == "full-wildcard":
        # A run of runs is a run. What is optional is left out rather than empty.
        least = int(is_bare and part.modifier == "optional")
        within = [_Instruction("full", "", least)]
        may_be_left_out = may_be_left_out and not (is_bare and is_repeated)
    else:
        within = [_Instruction("segment")]
        if is_repeated:
            within += _repeated([*_text_instructions(part.suffix + part.prefix), *within])
        if is_bare and part.modifier == "zero-or-more":  # then it captures the empty string
            within, may_be_left_out = _optional(within), False
    steps = [
        *_text_instructions(part.prefix),
        _Instruction("open", "", capture),
        *within,
        _Instruction("close", "", capture),
        *_text_instructions(part.suffix),
    ]
    return _optional(steps) if may_be_left_out else steps


def _text_instructions(text: str) -> list[_Instruction]:
    """The empty text is always there."""
    return [_Instruction("text", text)] if text else []


def _optional(steps: list[_Instruction]) -> list[_Instruction]:
    """Rather once than not at all."""
    return [_Instruction("choose", "", len(steps) + 1), *steps]


def _repeated(steps: list[_Instruction]) -> list[_Instruction]:
    """As often as it can be, or not at all."""
    return _optional([*steps, _Instruction("jump", "", -len(steps) - 1)])
