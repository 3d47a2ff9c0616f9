"""Records what the KV namespaces of Cloudflare's own runtime answer to the calls of
`spec_tests/cloudflare/kv_answers.json`, for ours to answer the same.

    npm install miniflare        in some folder
    python3 tools/make_kv_answers.py FOLDER [--check]

The file has a list of pairs: a call, and its answer. In a call `{"repeat": [text, n]}` is a long
text, `{"bytes": hex}` an ArrayBuffer, `{"stream": [hex, ...]}` a stream of chunks, `{"zeros": n}` a
stream of so many bytes, `{"names": [text, n]}` that many names, `{"last cursor": true}` what the
last list has returned. In an answer, `{"map": ...}` is what many names have, and `{"long": [length,
first, last]}` a text that is not written down. SPEC_NOTES.md says where we answer otherwise; there
is no such call in the file.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ANSWERS = Path(__file__).parent.parent / "spec_tests" / "cloudflare" / "kv_answers.json"
SCRIPT = Path(__file__).parent / "kv_answers.mjs"
SECONDS = 300


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("folder", type=Path, help="where node finds miniflare")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    options = parser.parse_args()
    pairs = json.loads(ANSWERS.read_text("utf-8"))
    calls = [call for call, _ in pairs]
    answers = answers_of_miniflare(options.folder, calls)
    if options.check:
        for call, old, new in zip(calls, [answer for _, answer in pairs], answers, strict=True):
            if old != new:
                print(f"{call} is answered with {new}, not {old}", file=sys.stderr)
        return int(answers != [answer for _, answer in pairs])
    lines = [json.dumps(pair) for pair in zip(calls, answers, strict=True)]
    ANSWERS.write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")
    return 0


def answers_of_miniflare(folder: Path, calls: list[Any]) -> list[Any]:
    """What one namespace answers to calls, one after the other."""
    answers: list[Any] = json.loads(
        subprocess.run(
            ["node", "--input-type=module", "--eval", SCRIPT.read_text("utf-8")],
            cwd=folder,
            input=json.dumps(calls),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=SECONDS,
        ).stdout
    )
    return answers


if __name__ == "__main__":
    sys.exit(main())
