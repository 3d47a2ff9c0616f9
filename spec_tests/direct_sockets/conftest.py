"""Every test has a scope of its own: what it leaves open ends with that."""

from __future__ import annotations

import functools
import inspect
from typing import Any

import pytest

from spec_tests.direct_sockets.outcomes import a_scope


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> None:
    """Let a test that is a coroutine run in a scope."""
    test = pyfuncitem.obj
    if not inspect.iscoroutinefunction(test):
        return

    @functools.wraps(test)
    async def test_in_a_scope(**arguments: Any) -> None:
        with a_scope():
            await test(**arguments)

    pyfuncitem.obj = test_in_a_scope
