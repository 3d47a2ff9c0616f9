"""SPEC_NOTES.md as the tools read it: the anchors of what no standard defines."""

from __future__ import annotations

import re
from pathlib import Path

ANCHOR = re.compile(r'<a id="([^"]+)">')


def read_anchors(notes: Path) -> set[str]:
    """The ids that the notes define, for what no standard does."""
    return set(ANCHOR.findall(notes.read_text("utf-8")))
