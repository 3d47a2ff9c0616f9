"""The coroutine runner: a test that hangs or leaves a task behind fails."""

from __future__ import annotations

import asyncio

import pytest

from spec_tests.conftest import run_and_look_for_leaks


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
