"""Measure: each benchmark compares with something that stands beside it, in interleaved rounds of
one run.

    python3 tools/bench.py               # lists them
    python3 tools/bench.py http          # runs one; options after its name are its own

Quote the ratios, not the times: both sides of a ratio ran on the same machine in the same minute.
"""

from __future__ import annotations

import ast
import runpy
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent / "bench"


def main(arguments: list[str]) -> int:
    """Run the benchmark that is named first, or list them."""
    names = sorted(file.stem for file in BENCHMARKS.glob("*.py"))
    if not arguments or arguments[0] not in names:
        print(__doc__)
        for name in names:
            description = (
                ast.get_docstring(ast.parse((BENCHMARKS / f"{name}.py").read_text("utf-8"))) or ""
            )
            print(f"  {name:12} {description.partition(chr(10))[0]}")
        return 2 if arguments and arguments[0] not in ("-h", "--help") else 0
    sys.path.insert(0, str(BENCHMARKS.parent.parent / "reference"))
    sys.argv = arguments
    runpy.run_path(str(BENCHMARKS / f"{arguments[0]}.py"))["main"]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
