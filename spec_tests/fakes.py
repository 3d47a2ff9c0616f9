"""What stands for the outside in a test: a clock that the test sets, and a worker that runs while
it does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from worker_runtime import WorkerGlobalScope
from worker_runtime.global_scope.worker_global_scope import (
    set_up_a_worker_environment_settings_object,
)
from worker_runtime.host.host import Host, Profile
from worker_runtime.html.settings_objects import (
    EnvironmentSettingsObject,
    current_settings_object,
    realm_execution_context,
    terminate_a_worker,
)
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.webidl.interfaces import new


class FakeClock:
    """A clock that stands until the test lets time pass. If it `shuffles`, alarms for one moment
    ring in the wrong order.
    """

    def __init__(
        self, monotonic: float = 1000.0, wall: float = 1_700_000_000.0, shuffles: bool = False
    ) -> None:
        self.now = monotonic
        self.wall_at_zero = wall - monotonic
        self.shuffles = shuffles
        self.alarms: set[Alarm] = set()
        self.numbers = count()

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.wall_at_zero + self.now

    def call_later(self, delay: float, callback: Callable[[], object]) -> Alarm:
        number = next(self.numbers)
        alarm = Alarm(self, (self.now + delay, -number if self.shuffles else number), callback)
        self.alarms.add(alarm)
        return alarm

    def advance(self, seconds: float) -> None:
        """Let time pass, and whatever is due in it happen when it is due."""
        end = self.now + seconds
        while due := [alarm for alarm in self.alarms if alarm.when[0] <= end + 1e-9]:
            alarm = min(due, key=lambda alarm: alarm.when)
            alarm.cancel()
            self.now = max(self.now, alarm.when[0])
            alarm.callback()
        self.now = end


class Alarm:
    def __init__(
        self, clock: FakeClock, when: tuple[float, int], callback: Callable[[], object]
    ) -> None:
        self.clock = clock
        self.when = when
        self.callback = callback

    def cancel(self) -> None:
        self.clock.alarms.discard(self)


class RecordingConsole:
    """A console that keeps what it is told."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str]] = []
        self.reports: list[tuple[object, str]] = []

    def write(self, log_level: str, text: str) -> None:
        self.messages.append((log_level, text))

    def report(self, value: object, what: str) -> None:
        self.reports.append((value, what))


class Worker:
    """A worker: its scope, its clock, and what it has reported on its console."""

    def __init__(self, url: str, clock: FakeClock) -> None:
        self.clock = clock
        self.console = RecordingConsole()
        self.reports = self.console.reports
        self.host = Host(clock=clock, console=self.console)
        self.scope: WorkerGlobalScope = new(WorkerGlobalScope)
        self.settings_object: EnvironmentSettingsObject = (
            set_up_a_worker_environment_settings_object(self.scope, url_parser(url), self.host)
        )


@contextmanager
def running_in(settings_object: EnvironmentSettingsObject) -> Iterator[EnvironmentSettingsObject]:
    """Run what is in the block in that scope."""
    token = realm_execution_context.set(settings_object)
    try:
        yield settings_object
    finally:
        realm_execution_context.reset(token)


@contextmanager
def in_profile(profile: Profile) -> Iterator[None]:
    """Run what is in the block as a user agent of that kind."""
    host = current_settings_object().host
    before, host.profile = host.profile, profile
    try:
        yield
    finally:
        host.profile = before


@contextmanager
def running_worker(
    url: str = "https://worker.example/script.py", clock: FakeClock | None = None
) -> Iterator[Worker]:
    """Run what is in the block as the script of a worker."""
    worker = Worker(url, clock or FakeClock())
    token = realm_execution_context.set(worker.settings_object)
    try:
        yield worker
    finally:
        realm_execution_context.reset(token)
        terminate_a_worker(worker.settings_object)
