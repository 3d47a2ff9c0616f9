"""table(tabularData, properties): rows and columns on the console.

Console Standard, 1.1.7: https://console.spec.whatwg.org/#table
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import TypeAlias

from ..webidl.interfaces import Iterable as PairIterable
from .common_object_formats import CUT, optimally_useful_formatting

MAX_ROWS = 1000
MAX_COLUMNS = 50
MAX_CELL = 60  # code points

# The properties of a row by their names; under None the value of a row that has no properties.
Cells: TypeAlias = "dict[str | None, object]"


def construct_a_table(tabular_data: object, properties: Iterable[str] | None = None) -> str | None:
    """Lines of text, or None if the data has no rows. The columns are the properties of all rows,
    or only the given ones.

    https://console.spec.whatwg.org/#table-tabulardata-properties
    """
    rows = _items_of(tabular_data)
    if rows is None:
        return None
    table = [(_printable(str(key)), _cells_of(row)) for key, row in islice(rows, MAX_ROWS)]
    columns: list[str | None]
    if properties is None:
        names = dict.fromkeys(name for _, cells in table for name in cells)
        columns = [
            *islice((name for name in names if name is not None), MAX_COLUMNS),
            *([None] if None in names else []),
        ]
    else:
        columns = [*properties]
    head = ["(index)", *("Values" if name is None else _printable(name) for name in columns)]
    body = [
        [key, *(_text_of(cells[name]) if name in cells else "" for name in columns)]
        for key, cells in table
    ]
    return _box([head, *body]) + (f"\n{CUT}" if len(table) == MAX_ROWS else "")


def _items_of(data: object) -> Iterable[tuple[object, object]] | None:
    """What a collection holds, with keys or indexes; None if the data has neither."""
    if isinstance(data, Mapping):
        return data.items()
    if isinstance(data, PairIterable):
        return data.entries()
    if isinstance(data, (Sequence, AbstractSet)) and not isinstance(
        data, (str, bytes, bytearray, memoryview)
    ):
        return enumerate(data)
    return None


def _cells_of(row: object) -> Cells:
    if hasattr(row, "_asdict"):  # a named tuple
        row = row._asdict()
    items = _items_of(row)
    if items is None and not callable(row) and not isinstance(row, BaseException):
        items = getattr(row, "__dict__", {}).items()
    return {str(name): value for name, value in islice(items or (), MAX_COLUMNS)} or {None: row}


def _text_of(value: object) -> str:
    text = _printable(optimally_useful_formatting(value, max_depth=0, is_part=True))
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - len(CUT)] + CUT


def _printable(text: str) -> str:
    """Text on one line, with what cannot be seen escaped."""
    return text if text.isprintable() else repr(text)[1:-1]


def _box(lines: list[list[str]]) -> str:
    """Cells in a box; the first line is the head."""
    widths = [max(map(_width, column)) + 2 for column in zip(*lines, strict=True)]
    rule = ["─" * width for width in widths]
    head, *body = (
        "│"
        + "│".join(
            f" {text}{' ' * (width - _width(text) - 1)}"
            for text, width in zip(line, widths, strict=True)
        )
        + "│"
        for line in lines
    )
    return "\n".join(
        [f"┌{'┬'.join(rule)}┐", head, f"├{'┼'.join(rule)}┤", *body, f"└{'┴'.join(rule)}┘"]
    )


def _width(text: str) -> int:
    """How many cells of a terminal text takes: none for a mark that combines, two for a wide
    character.
    """
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(
        0 if combining(character) else 2 if east_asian_width(character) in "WF" else 1
        for character in text
    )
