"""The coroutine runner: a test that hangs or leaves a task behind fails."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from spec_tests.conftest import ended_after, run_and_look_for_leaks


def test_a_coroutine_that_hangs_fails() -> None:
    async def hangs() -> None:
        await asyncio.Event().wait()

    with pytest.raises(AssertionError, match="has not ended within 0.0 s"):
        asyncio.run(run_and_look_for_leaks(hangs(), limit=0.0))


def test_a_timeout_within_a_test_is_its_own() -> None:
    async def gives_up() -> None:
        raise TimeoutError("the server is slow")

    with pytest.raises(TimeoutError, match="the server is slow"):
        asyncio.run(run_and_look_for_leaks(gives_up()))


def test_a_task_that_is_left_behind_fails() -> None:
    tasks = []

    async def leaves() -> None:
        tasks.append(asyncio.create_task(asyncio.Event().wait()))

    with pytest.raises(AssertionError, match="leaves tasks behind"):
        asyncio.run(run_and_look_for_leaks(leaves()))


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="there are no alarms")
class TestEndedAfter:
    def test_what_waits_for_another_process_is_ended(self) -> None:
        reading, writing = os.pipe()
        try:
            with pytest.raises(AssertionError, match="within 0.05 s"), ended_after(0.05):
                os.read(reading, 1)
        finally:
            os.close(reading)
            os.close(writing)

    def test_what_runs_in_circles_is_ended(self) -> None:
        with pytest.raises(AssertionError, match="within 0.05 s"), ended_after(0.05):
            while True:
                pass

    def test_what_ends_is_left_alone(self) -> None:
        before = signal.getsignal(signal.SIGALRM)
        with ended_after(0.05):
            pass
        assert signal.getsignal(signal.SIGALRM) is before
        assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
