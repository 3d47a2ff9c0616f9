"""Taken locks: each has an end, however its owner comes to one.

File System Standard, 2.1: https://fs.spec.whatwg.org/#file-entry-lock
"""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import TypeVar
from weakref import WeakSet

from ..html.agents import end_if_it_has_to
from ..html.settings_objects import EnvironmentSettingsObject, current_settings_object
from ..webidl.exceptions import DOMException
from .concepts import FileSystemPath
from .file_systems import Entry, FileSystem
from .locks import LockValue

T = TypeVar("T")


class TakenLock:
    """A lock that was taken, until it is released, or nobody holds this object any more.

    Part of https://fs.spec.whatwg.org/#file-entry-lock
    """

    __slots__ = ("_entry", "_file_system", "_path", "_value", "is_released")

    def __init__(
        self,
        file_system: FileSystem,
        path: FileSystemPath,
        entry: Entry | None,
        value: LockValue,
    ) -> None:
        self._entry = entry
        self._file_system = file_system
        self._path = path
        self._value = value
        self.is_released = False

    def release(self) -> None:
        """Let go of it. Does nothing a second time."""
        with self._file_system.locks.lock:  # two threads may come here
            if not self.is_released:
                self.is_released = True
                self._file_system.release(self._path, self._entry, self._value)

    def __del__(self) -> None:
        self.release()


class UsesOfFiles:
    """Those of a scope, which end with it: `settings_object.record(UsesOfFiles)`.

    Part of https://fs.spec.whatwg.org/#file-entry-lock
    """

    __slots__ = ("uses",)

    def __init__(self, settings_object: EnvironmentSettingsObject) -> None:
        self.uses: WeakSet[FileInUse] = WeakSet()
        settings_object.closing_steps.append(self.end)

    def add(self, use: FileInUse) -> None:
        """Another one."""
        self.uses.add(use)

    def end(self) -> None:
        """The scope ends."""
        for use in list(self.uses):
            use.end()


class FileInUse:
    """What uses a file until it ends, which may be while another thread is busy with the file: then
    that thread lets go of it.

    Part of https://fs.spec.whatwg.org/#file-entry-lock
    """

    __slots__ = ("__weakref__", "_let_go", "_mutex", "is_over")

    def __init__(self, let_go: Callable[[], object]) -> None:
        self._let_go = let_go
        self._mutex = RLock()
        self.is_over = False
        current_settings_object().record(UsesOfFiles).add(self)

    def perform(self, steps: Callable[[], T]) -> T:
        """What steps return that need the file. "InvalidStateError" if it is not used any more."""
        end_if_it_has_to()
        try:
            with self._mutex:
                if self.is_over:
                    raise DOMException("The file is closed", "InvalidStateError")
                return steps()
        finally:
            if self.is_over:
                self._let_go()

    def end(self) -> None:
        """Use it no more. Does nothing a second time."""
        if self.is_over:
            return
        self.is_over = True
        if self._mutex.acquire(blocking=False):
            try:
                self._let_go()
            finally:
                self._mutex.release()

    def __del__(self) -> None:
        self.end()
