"""Taken locks: each has an end, however its owner comes to one."""

from __future__ import annotations

import threading

import pytest

from spec_tests.fs.places import Place
from worker_runtime.fs.taken_locks import FileInUse, TakenLock, UsesOfFiles
from worker_runtime.webidl.exceptions import DOMException

spec = pytest.mark.spec


@spec("https://fs.spec.whatwg.org/#file-entry-lock")
class TestTakenLock:
    async def test_is_released_once(self, memory: Place) -> None:
        locator = (await memory.root())._locator.child("a", "file")
        table = locator.root.locks
        assert locator.root.take(locator.path, None, "siloed")
        assert locator.root.take(locator.path, None, "siloed")
        lock = TakenLock(locator.root, locator.path, None, "siloed")
        lock.release()
        lock.release()
        assert table.taken[locator.path].shared_lock_count == 1
        TakenLock(locator.root, locator.path, None, "siloed").__del__()
        assert table.taken == {}


@spec("https://fs.spec.whatwg.org/#file-entry-lock")
class TestFileInUse:
    async def test_ends_with_its_scope(self, memory: Place) -> None:
        ended: list[int] = []
        use = FileInUse(lambda: ended.append(1))
        memory.scope.record(UsesOfFiles).end()
        memory.scope.record(UsesOfFiles).end()
        assert (use.is_over, ended) == (True, [1])
        with pytest.raises(DOMException, match="closed"):
            use.perform(lambda: None)

    async def test_a_thread_that_is_busy_with_the_file_lets_go_of_it(self, memory: Place) -> None:
        ended: list[int] = []
        is_busy, goes_on = threading.Event(), threading.Event()
        use = FileInUse(lambda: ended.append(threading.get_ident()))

        def steps() -> None:
            is_busy.set()
            goes_on.wait()

        thread = threading.Thread(target=use.perform, args=(steps,))
        thread.start()
        is_busy.wait()
        use.end()
        assert ended == []
        goes_on.set()
        thread.join()
        assert ended == [thread.ident]
