"""SPEC_NOTES.md as the tools read it: the anchors of what no standard defines, the deviations of
each room, and the texts that were read.

    | algorithm | deviation |
    |---|---|
    | [Formatter](https://console.spec.whatwg.org/#formatter) | One pass: ... |
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .addresses import ADDRESS

LINK = re.compile(r"\]\((https://[^)\s]+)\)")
ANCHOR = re.compile(r'<a id="([^"]+)">')


def read_anchors(notes: Path) -> set[str]:
    """The ids that the notes define, for what no standard does."""
    return set(ANCHOR.findall(notes.read_text("utf-8")))


@dataclass(slots=True)
class Noted:
    """A row of a table: its line, the addresses in the first cell, and the other cells."""

    line: int
    addresses: list[str]
    cells: list[str]


def read_deviations(notes: Path) -> list[Noted]:
    """The rows of the tables whose second column is "deviation", in order."""
    return [
        Noted(line, ADDRESS.findall(cells[0]), cells[1:])
        for line, head, cells in rows(notes)
        if head[1:2] == ["deviation"]
    ]


def read_texts(notes: Path) -> list[Noted]:
    """The rows of the table of the texts that were read: the addresses are those of the texts."""
    return [
        Noted(line, LINK.findall(cells[1]), cells[2:])
        for line, head, cells in rows(notes)
        if head[:2] == ["room", "standard"]
    ]


def rows(notes: Path) -> Iterator[tuple[int, list[str], list[str]]]:
    """The rows of every table: the line, the cells of the table's head, and its own."""
    head: list[str] = []
    for number, line in enumerate(notes.read_text("utf-8").splitlines(), 1):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            head = []
        elif not head:
            head = cells
        elif any(cell.strip("-: ") for cell in cells):
            yield number, head, cells
