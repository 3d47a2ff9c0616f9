"""How many connections each process has that accepts at the same address."""

from __future__ import annotations

import os
import sys

import pytest

from worker_runtime.host.shared_loads import MOST_PROCESSES, Load, SharedLoads

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no processes that inherit descriptors"
)


def loads_of(shared: SharedLoads, count: int) -> list[Load]:
    return [Load(os.dup(shared.descriptor), shared.take_a_place()) for _ in range(count)]


class TestSharedLoads:
    def test_processes_see_who_has_fewer(self) -> None:
        shared = SharedLoads()
        first, second, third = loads_of(shared, 3)
        first.set(2)
        assert not first.another_has_fewer(0)  # nobody else accepts yet
        second.set(1)
        third.set(5)
        assert [each.another_has_fewer(0) for each in (first, second, third)] == [True, False, True]
        assert not second.another_has_fewer(1) and second.another_has_fewer(2)
        second.end()
        second.set(0)
        assert not first.another_has_fewer(0) and not second.another_has_fewer(9)
        shared.close()

    def test_the_dead_leave_their_places_to_others(self) -> None:
        shared = SharedLoads()
        first, second = loads_of(shared, 2)
        first.set(1)
        second.set(0)
        assert first.another_has_fewer(0)
        shared.leave(1)
        assert not first.another_has_fewer(0) and shared.take_a_place() == 1
        shared.close()

    def test_who_has_no_place_accepts_all(self) -> None:
        shared = SharedLoads()
        (first,) = loads_of(shared, 1)
        for _ in range(MOST_PROCESSES - 1):
            shared.take_a_place()
        first.set(0)
        assert shared.take_a_place() == MOST_PROCESSES
        late = Load(os.dup(shared.descriptor), MOST_PROCESSES)
        late.set(9)
        assert not late.another_has_fewer(9)
        shared.leave(MOST_PROCESSES)
        assert shared.take_a_place() == MOST_PROCESSES
        shared.close()
