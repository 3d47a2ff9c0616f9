"""Unicode Character Database, Joining_Type."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from worker_runtime.url import joining_types

spec = pytest.mark.spec


@spec("https://www.unicode.org/reports/tr44/#Joining_Type")
class TestJoiningTypes:
    NAMES = {
        "L": joining_types.LEFT_JOINING,
        "R": joining_types.RIGHT_JOINING,
        "D": joining_types.DUAL_JOINING,
        "T_not": joining_types.NOT_TRANSPARENT,
        "T_extra": joining_types.ALSO_TRANSPARENT,
    }

    @pytest.mark.parametrize("name", NAMES)
    def test_ranges_are_in_order_and_apart(self, name: str) -> None:
        ends = [end for bounds in self.NAMES[name] for end in (bounds[0], bounds[1] + 1)]
        assert ends == sorted(set(ends))

    @pytest.mark.parametrize("name", NAMES)
    def test_are_those_of_unicode(self, name: str, shared: Path) -> None:
        published = json.loads((shared / "unicode" / "joining-types.json").read_text("utf-8"))
        assert [list(bounds) for bounds in self.NAMES[name]] == published[name]
