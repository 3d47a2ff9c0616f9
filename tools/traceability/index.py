"""The index: what was read of each file, kept in .trace/ at the top of the checkout.

A file is read again when its size or its time of modification is another one than in the index, and
all of them when these tools have changed. So an answer takes a fraction of a second, and is as true
as if everything had been read.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
Stamp = tuple[int, int]


class Index:
    """The index of a checkout; one that cannot be read or written is as good as none."""

    def __init__(self, root: Path) -> None:
        self._file = root / ".trace" / "index.pickle"
        self._maker = (sys.version_info[:2], [stamp_of(file) for file in sorted(HERE.glob("*.py"))])
        self._known: dict[tuple[str, str], tuple[Stamp, Any]] = {}
        self._used: dict[tuple[str, str], tuple[Stamp, Any]] = {}
        try:
            maker, known = pickle.loads(self._file.read_bytes())
            if maker == self._maker:
                self._known = known
        except Exception:  # whatever is wrong with the file, it is made anew
            pass

    def read(self, kind: str, file: Path, read: Callable[[], T]) -> T:
        """What of some kind is known of a file, or else what a function reads. It has to be left as
        it is until the index is saved.
        """
        key = (kind, str(file))
        stamp = stamp_of(file)
        known = self._known.get(key)
        if known is None or known[0] != stamp:
            known = (stamp, read())
        self._used[key] = known
        found: T = known[1]
        return found

    def save(self) -> None:
        """Keep what was read, if that is new."""
        if self._used.items() == self._known.items():
            return
        temporary = self._file.with_suffix(".new")
        try:
            self._file.parent.mkdir(exist_ok=True)
            temporary.write_bytes(pickle.dumps((self._maker, self._used)))
            temporary.replace(self._file)
        except OSError:
            pass


def stamp_of(file: Path) -> Stamp:
    """What changes when a file does."""
    stat = file.stat()
    return stat.st_mtime_ns, stat.st_size


HERE = Path(__file__).parent
