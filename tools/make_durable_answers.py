"""Records what the Durable Objects of Cloudflare's own runtime answer to the operations of
`spec_tests/cloudflare/durable_objects/answers.json`, for ours to answer the same.

    npm install miniflare        in some folder
    python3 tools/make_durable_answers.py FOLDER [--check]

The file has a list: an operation and its answer, and where ours is another one, that and the
reason. An operation is performed inside an object, that with the name `object` if there is one, or
`outside`; `steps` are operations within it, and `end` is how those end. In both, `{"bytes": hex}`,
`{"date": ms}`, `{"set": [...]}` and `{"map": [[key, value], ...]}` are values, `{"repeat": [text,
n]}` is a long text, and `{"long": [length, first, last]}` one that is not written down.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ANSWERS = (
    Path(__file__).parent.parent / "spec_tests" / "cloudflare" / "durable_objects" / "answers.json"
)
SCRIPT = Path(__file__).parent / "durable_answers.mjs"
SECONDS = 300


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("folder", type=Path, help="where node finds miniflare")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    options = parser.parse_args()
    rows = json.loads(ANSWERS.read_text("utf-8"))
    answers = answers_of_miniflare(options.folder, [row[0] for row in rows])
    if options.check:
        for (operation, old, *_), new in zip(rows, answers, strict=True):
            if old != new:
                print(f"{operation} is answered with {new}, not {old}", file=sys.stderr)
        return int(answers != [row[1] for row in rows])
    for row, answer in zip(rows, answers, strict=True):
        row[1] = answer
    ANSWERS.write_text("[\n" + ",\n".join(map(json.dumps, rows)) + "\n]\n", "utf-8")
    return 0


def answers_of_miniflare(folder: Path, operations: list[Any]) -> list[Any]:
    """What objects answer to operations, one after the other."""
    answers: list[Any] = json.loads(
        subprocess.run(
            ["node", "--input-type=module", "--eval", SCRIPT.read_text("utf-8")],
            cwd=folder,
            input=json.dumps(operations),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=SECONDS,
        ).stdout
    )
    return answers


if __name__ == "__main__":
    sys.exit(main())
