"""What is left out, as SPEC_NOTES.md says it: the table below the heading "Algorithms left out".

    | what | why |
    |---|---|
    | [host equals](https://url.spec.whatwg.org/#concept-host-equals) | `==` of two hosts is that |

An address is that of an algorithm, or of a section, which stands for everything in it and in its
subsections; one with a "*" at its end stands for every algorithm whose address begins so. A row may
have several. What has code of its own is not left out, whatever a row says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .addresses import ADDRESS

HEADING = "Algorithms left out"
ANCHOR = re.compile(r'<a id="([^"]+)">')


@dataclass(slots=True)
class LeftOut:
    """A row of the table."""

    line: int
    addresses: list[str]
    reason: str


def read_anchors(notes: Path) -> set[str]:
    """The ids that the notes define, for what no standard does."""
    return set(ANCHOR.findall(notes.read_text("utf-8")))


def read_left_out(notes: Path) -> list[LeftOut]:
    """The rows of the table, in order; ValueError names a row without an address or a reason."""
    rows = []
    for number, what, why in rows_below(notes, HEADING):
        addresses = ADDRESS.findall(what)
        if not addresses or not why:
            raise ValueError(
                f"{notes}:{number}: a row of what is left out has an address and a reason: {what!r}, {why!r}"
            )
        rows.append(LeftOut(number, addresses, why))
    return rows


def rows_below(notes: Path, heading: str) -> Iterator[tuple[int, str, str]]:
    """The rows of the tables below a heading, up to the next one: the number of the line, what, and
    why.
    """
    is_inside = False
    for number, line in enumerate(notes.read_text("utf-8").splitlines(), 1):
        if line.startswith("#"):
            is_inside = line.rstrip().endswith(f" {heading}")
        elif is_inside and line.startswith("|"):
            what, _, why = (cell.strip() for cell in line.strip().strip("|").partition("|"))
            if what != "what" and what.strip("-: "):
                yield number, what, why
