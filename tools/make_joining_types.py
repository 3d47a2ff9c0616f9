"""Make reference/worker_runtime/url/joining_types.py from a file of the Unicode Character Database.

    cd reference/worker_runtime/url
    python3 ../../../tools/make_joining_types.py DerivedJoiningType.txt > joining_types.py

The file: https://www.unicode.org/Public/UCD/latest/ucd/extracted/DerivedJoiningType.txt
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

LINE = re.compile(r"([0-9A-F]+)(?:\.\.([0-9A-F]+))?\s*;\s*(\w)")

MODULE = '''"""Joining types: how a letter of a cursive script joins its neighbours.

Made by tools/make_joining_types.py of the Unicode Character Database {version},
DerivedJoiningType.txt: https://www.unicode.org/reports/tr44/#Joining_Type
(c) Unicode, Inc., under the Unicode License V3. Each pair is the first and the last code point of a
range.
"""

LEFT_JOINING = (
{L}
)  # fmt: skip
RIGHT_JOINING = (
{R}
)  # fmt: skip
DUAL_JOINING = (
{D}
)  # fmt: skip

# Transparent is what has the category Mn, Me or Cf, less the first of these and with the second.
NOT_TRANSPARENT = (
{less}
)  # fmt: skip
ALSO_TRANSPARENT = (
{more}
)  # fmt: skip
'''


def main(file: str) -> None:
    """Print the module."""
    text = Path(file).read_text("utf-8")
    version = re.search(r"DerivedJoiningType-([0-9.]+)\.txt", text)
    assert version is not None, f"{file} does not say its version"
    code_points: dict[str, set[int]] = {joining_type: set() for joining_type in "CDLRT"}
    for first, last, joining_type in LINE.findall(text):
        code_points[joining_type].update(range(int(first, 16), int(last or first, 16) + 1))
    assigned = [
        code_point
        for code_point in range(0x110000)
        if unicodedata.category(chr(code_point)) != "Cn"
    ]
    derived = {
        code_point
        for code_point in assigned
        if unicodedata.category(chr(code_point)) in ("Mn", "Me", "Cf")
    }
    transparent = code_points["T"].intersection(assigned)
    print(
        MODULE.format(
            version=version[1],
            **{joining_type: "\n".join(lines(code_points[joining_type])) for joining_type in "LRD"},
            less="\n".join(lines(derived - transparent)),
            more="\n".join(lines(transparent - derived)),
        ),
        end="",
    )


def lines(code_points: Iterable[int]) -> Iterator[str]:
    """Ranges, as many as fit in a line of the module."""
    # In a range the difference between a code point and its number is always the same.
    numbered = groupby(enumerate(sorted(code_points)), lambda pair: pair[1] - pair[0])
    runs = [[code_point for _, code_point in run] for _, run in numbered]
    ranges = [f"(0x{run[0]:04X}, 0x{run[-1]:04X})," for run in runs]
    for start in range(0, len(ranges), 6):
        yield "    " + " ".join(ranges[start : start + 6])


if __name__ == "__main__":
    main(*sys.argv[1:])
