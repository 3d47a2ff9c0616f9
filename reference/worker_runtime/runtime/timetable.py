"""Timetable: calls a worker at the minutes that cron expressions name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from ..cloudflare.cron_expressions import next_fire, parse_a_cron_expression
from ..cloudflare.scheduled_event import ScheduledResult
from ..host.clock import TimerHandle
from ..html.event_loops import in_parallel
from ..storage.storage_bottles import Entries, StorageProxyMap
from ..storage.storage_sheds import StorageShed
from .runtime import RunningWorker

ONE_MINUTE = timedelta(minutes=1)
SECONDS_BETWEEN_LOOKS = 300.0
"""The wall clock may be set, and a timer does not count while the machine sleeps."""

Log = Callable[[str, datetime, ScheduledResult], object]


class Timetable:
    """The expressions of a worker, and the timer for the next of them. `log` is told how each run
    has ended. CronFailure if an expression is wrong.

    What it says of time and of other processes is in SPEC_NOTES.md#scheduled-events.
    """

    def __init__(self, worker: RunningWorker, crons: Iterable[str], log: Log | None = None) -> None:
        self.worker = worker
        self.log = log
        host = worker.registration.host
        self._clock = host.clock
        self._console = host.console
        self._claims = StorageProxyMap(host.record(StorageShed).bottle_of_the_host(b"cron/"))
        self._expressions = [parse_a_cron_expression(cron) for cron in dict.fromkeys(crons)]
        now = self._now()
        self._due = [next_fire(expression, now) for expression in self._expressions]
        self._timer: TimerHandle | None = None

    def start(self) -> None:
        """From now on. It needs a running event loop."""
        self._arm()

    def stop(self) -> None:
        """Fire no more; what runs goes on."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.wall(), UTC)

    def _arm(self) -> None:
        if self._due:
            delay = (min(self._due) - self._now()).total_seconds()
            self._timer = self._clock.call_later(
                min(max(delay, 0.0), SECONDS_BETWEEN_LOOKS), self._look
            )

    def _look(self) -> None:
        now = self._now()
        # All that is due at one minute is claimed before the first of it runs.
        for minute in sorted({due for due in self._due if due <= now}):
            is_missed = now - minute > ONE_MINUTE
            crons = [
                expression.text
                for expression, due in zip(self._expressions, self._due)
                if due == minute
            ]
            if is_missed:
                self._console.write(
                    "warn", f"{', '.join(crons)}: the run of {minute:%Y-%m-%d %H:%M} was missed"
                )
            else:
                for cron in crons:
                    in_parallel(self._fire(cron, minute))
        self._due = [
            due if due > now else next_fire(expression, max(due, now - ONE_MINUTE))
            for expression, due in zip(self._expressions, self._due)
        ]
        self._arm()

    async def _fire(self, cron: str, minute: datetime) -> None:
        if await self._claims.write(lambda entries: claim(entries, cron, minute)):
            result = await self.worker.scheduled(cron, minute.timestamp() * 1000)
            if self.log is not None:
                self.log(cron, minute, result)


def claim(entries: Entries, cron: str, minute: datetime) -> bool:
    """Whether nobody has claimed that minute of an expression, or a later one; if so, it is now."""
    key, number = cron.encode("utf-8", "surrogatepass"), int(minute.timestamp()) // 60
    claimed = entries.get(key)
    if claimed is not None and int(claimed) >= number:
        return False
    entries.put(key, b"%d" % number)
    return True
