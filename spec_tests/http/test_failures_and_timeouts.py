"""RFC 9112, 9.5: by when the other side has to have done something."""

from __future__ import annotations

import pytest

from spec_tests.fakes import FakeClock
from worker_runtime.host.timeouts import Timeouts
from worker_runtime.http.failures_and_timeouts import NEVER, Awaited, Deadlines

spec = pytest.mark.spec


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-9.5-1")
class TestTimeouts:
    def test_nobody_is_waited_for_for_ever_unless_that_is_wanted(self) -> None:
        assert all(0 < seconds < NEVER for seconds in Timeouts())


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-9.5-2")
class TestDeadlines:
    def deadlines(self) -> tuple[FakeClock, Deadlines, list[tuple[float, Awaited]]]:
        clock = FakeClock(monotonic=0)
        missed: list[tuple[float, Awaited]] = []
        return clock, Deadlines(clock, lambda awaited: missed.append((clock.now, awaited))), missed

    def test_what_is_not_sent_in_time_is_missed(self) -> None:
        clock, deadlines, missed = self.deadlines()
        deadlines.wait_for("head", 30)
        assert deadlines.awaited == "head"
        clock.advance(29)
        assert missed == []
        clock.advance(5)
        assert missed == [(30, "head")]

    def test_what_is_sent_is_not(self) -> None:
        clock, deadlines, missed = self.deadlines()
        deadlines.wait_for("head", 30)
        deadlines.it_was_sent()
        assert deadlines.awaited is None
        clock.advance(100)
        assert missed == [] and clock.alarms == set()

    def test_a_later_deadline_takes_the_timer_that_is_there(self) -> None:
        clock, deadlines, missed = self.deadlines()
        for _ in range(10):
            deadlines.wait_for("request", 75)
            clock.advance(50)
            assert len(clock.alarms) == 1
        clock.advance(50)
        assert missed == [(525, "request")]

    def test_an_earlier_one_is_not_late(self) -> None:
        clock, deadlines, missed = self.deadlines()
        deadlines.wait_for("request", 75)
        deadlines.wait_for("head", 30)
        clock.advance(40)
        assert missed == [(30, "head")]

    def test_there_is_one_for_each_direction(self) -> None:
        clock, deadlines, missed = self.deadlines()
        deadlines.wait_until_taken(60)
        deadlines.wait_for("content", 10)
        deadlines.it_was_sent()
        clock.advance(61)
        assert missed == [(60, "message to be taken")]

    def test_cancelled_ones_leave_no_timer(self) -> None:
        clock, deadlines, missed = self.deadlines()
        deadlines.wait_for("content", 10)
        deadlines.wait_until_taken(20)
        deadlines.cancel()
        assert clock.alarms == set()
        deadlines.wait_for("request", 50)  # by who has not heard yet that the connection is gone
        deadlines.wait_until_taken(50)
        assert clock.alarms == set()
        clock.advance(60)
        assert missed == []

    def test_for_ever_has_no_timer(self) -> None:
        clock, deadlines, _ = self.deadlines()
        deadlines.wait_for("content", NEVER)
        assert clock.alarms == set()

    def test_who_takes_a_little_now_and_then_is_not_late(self) -> None:
        clock, missed, taken = FakeClock(monotonic=0), [], 0
        deadlines = Deadlines(
            clock, lambda awaited: missed.append((clock.now, awaited)), lambda: taken
        )
        deadlines.wait_until_taken(60)
        for taken in range(1, 10):
            clock.advance(50)
        assert missed == [] and clock.now == 450
        clock.advance(121)
        assert missed == [(480, "message to be taken")]

    def test_a_look_is_neither_early_nor_the_end_of_the_other_deadlines(self) -> None:
        clock, deadlines, missed = self.deadlines()
        deadlines.wait_for("head", 10)
        deadlines.look_after(4)
        clock.advance(5)
        assert missed == [(4, "a sign of life")]
        deadlines.look_after(2)
        deadlines.look_no_more()
        clock.advance(20)
        assert missed == [(4, "a sign of life"), (10, "head")]
