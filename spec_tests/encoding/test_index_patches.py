"""Encoding Standard, 5: what tools/make_index_patches.py has written."""

from __future__ import annotations

import pytest

from worker_runtime.encoding.index_patches import PATCHES

spec = pytest.mark.spec


@spec("https://encoding.spec.whatwg.org/#indexes")
class TestPatches:
    def test_they_are_for_229_pointers(self) -> None:
        counts = {name: sum(map(len, runs.values())) for name, runs in PATCHES.items()}
        assert counts == {
            "big5": 203,
            "gb18030": 20,
            "iso-2022-jp-katakana": 2,
            "jis0212": 1,
            "koi8-u": 2,
            "windows-1255": 1,
        }

    def test_their_runs_do_not_overlap(self) -> None:
        for runs in PATCHES.values():
            ends = [first_pointer + len(run) for first_pointer, run in runs.items()]
            assert all(end <= first_pointer for end, first_pointer in zip(ends, [*runs][1:]))
