"""The Lock class: what a callback gets while the lock is held.

Web Locks, 3.3: https://w3c.github.io/web-locks/#api-lock
"""

from __future__ import annotations

from ..webidl.interfaces import illegal_constructor
from .concepts import LockMode, LockRecord


class Lock:
    """https://w3c.github.io/web-locks/#lock"""

    __slots__ = ("__weakref__", "_lock")

    __init__ = illegal_constructor

    _lock: LockRecord

    @property
    def name(self) -> str:
        """https://w3c.github.io/web-locks/#dom-lock-name"""
        return self._lock.name

    @property
    def mode(self) -> LockMode:
        """https://w3c.github.io/web-locks/#dom-lock-mode"""
        return self._lock.mode
