"""Failures and timeouts: how long the other side is waited for.

RFC 9112, 9.5: https://www.rfc-editor.org/rfc/rfc9112#section-9.5

A connection has one timer, however often its deadlines move: it is set anew when it goes off too
early.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from ..host.clock import Clock, TimerHandle

Awaited: TypeAlias = Literal[
    "request", "head", "content", "message to be taken", "end", "a sign of life"
]

NEVER = float("inf")


class Deadlines:
    """What the other side is waited for, and until when. It has one deadline for what it is to
    send, one for what to take, and one for a sign that it is still there.

    A client that takes a little is not late: the time to take something counts from the last byte
    that `bytes_taken` has seen taken.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-9.5-2
    """

    __slots__ = (
        "_awaited", "_bytes_taken", "_clock", "_looked_at_by", "_on_missed", "_patience",
        "_sent_by", "_taken", "_taken_by", "_timer", "_timer_due",
    )  # fmt: skip

    def __init__(
        self,
        clock: Clock,
        on_missed: Callable[[Awaited], object],
        bytes_taken: Callable[[], int] = lambda: 0,
    ) -> None:
        self._clock = clock
        self._on_missed = on_missed
        self._bytes_taken = bytes_taken
        self._awaited: Awaited = "request"
        self._sent_by = NEVER
        self._taken_by = NEVER
        self._taken = 0  # bytes, when it was looked last
        self._patience = NEVER  # how long it may take to take one
        self._looked_at_by = NEVER
        self._timer: TimerHandle | None = None
        self._timer_due = NEVER

    @property
    def awaited(self) -> Awaited | None:
        """What the other side has to send now, if anything."""
        return None if self._sent_by == NEVER else self._awaited

    def wait_for(self, awaited: Awaited, seconds: float) -> None:
        """The other side has so much time to send something."""
        self._awaited = awaited
        self._sent_by = due = self._clock.monotonic() + seconds
        if due < self._timer_due:
            self._set_timer(due)

    def it_was_sent(self) -> None:
        """It has."""
        self._sent_by = NEVER

    def wait_until_taken(self, seconds: float) -> None:
        """The other side has so much time to take something of what it is sent, again and again,
        until it has taken enough.
        """
        self._patience = seconds
        self._taken = self._bytes_taken()
        self._taken_by = due = self._clock.monotonic() + seconds
        if due < self._timer_due:
            self._set_timer(due)

    def it_was_taken(self) -> None:
        """It has."""
        self._taken_by = NEVER

    def look_after(self, seconds: float) -> None:
        """After so much time it is to be seen whether the other side is there."""
        self._looked_at_by = due = self._clock.monotonic() + seconds
        if due < self._timer_due:
            self._set_timer(due)

    def look_no_more(self) -> None:
        """That does not matter now."""
        self._looked_at_by = NEVER

    def cancel(self) -> None:
        """The connection is gone: the other side has nothing to do any more, whatever it is waited
        for after this.
        """
        self._sent_by = self._taken_by = self._looked_at_by = NEVER
        # no deadline is earlier, so there is no timer that would hold the connection
        self._timer_due = -NEVER
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set_timer(self, due: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer_due = due
        self._timer = self._clock.call_later(due - self._clock.monotonic(), self._look)

    def _look(self) -> None:
        self._timer = None
        self._timer_due = NEVER
        now = self._clock.monotonic()
        if self._taken_by <= now and (taken := self._bytes_taken()) != self._taken:
            self._taken = taken
            self._taken_by = now + self._patience
        due = min(self._sent_by, self._taken_by, self._looked_at_by)
        if due > now:
            if due != NEVER:
                self._set_timer(due)
        elif due == self._looked_at_by:
            self._looked_at_by = NEVER
            self._on_missed("a sign of life")
            self._look_again()
        else:
            self._on_missed("message to be taken" if due == self._taken_by else self._awaited)

    def _look_again(self) -> None:
        due = min(self._sent_by, self._taken_by, self._looked_at_by)
        if due < self._timer_due:
            self._set_timer(due)
