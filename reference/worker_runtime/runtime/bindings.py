"""Bindings: what a worker finds in its `env` beyond strings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..host.host import Host


@dataclass(frozen=True, slots=True)
class Binding:
    """A member of `env` that needs to know the host of the worker, such as a key-value store."""

    make: Callable[[Host], object]


def bound(env: Mapping[str, object], host: Host) -> dict[str, object]:
    """The members of `env` for a worker of that host."""
    return {
        name: value.make(host) if isinstance(value, Binding) else value
        for name, value in env.items()
    }
