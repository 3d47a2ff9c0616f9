"""Host: the outside of a runtime in one record, which is made once and handed down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from .bus import Bus, LoneBus
from .clock import Clock, SystemClock
from .console import Console, StandardStreams
from .entropy import Entropy, SystemEntropy
from .network import Network, SystemNetwork
from .owner import Owner
from .storage.backend import StorageBackend
from .storage.memory import MemoryStorage
from .storage.object_database import MemoryDatabases, ObjectDatabases
from .timeouts import Timeouts

Profile: TypeAlias = Literal["server", "browser"]


@dataclass(slots=True, eq=False, kw_only=True, weakref_slot=True)
class Host(Owner):
    """Time, chance, network, storage and console, and what kind of user agent this is.

    Scopes that share a host are of one user agent: they share its cookies and all that is stored.
    To give a worker less than that, make another: `dataclasses.replace(host, network=...)` has the
    same outside, but records of its own.
    """

    clock: Clock = field(default_factory=SystemClock)
    entropy: Entropy = field(default_factory=SystemEntropy)
    network: Network = field(default_factory=SystemNetwork)
    storage: StorageBackend = field(default_factory=MemoryStorage)
    databases: ObjectDatabases = field(default_factory=MemoryDatabases)
    """Those of Durable Objects."""
    console: Console = field(default_factory=StandardStreams)
    bus: Bus = field(default_factory=LoneBus)
    """What leads to the other processes of the same server."""
    timeouts: Timeouts = Timeouts()
    """How long the servers are waited for that are reached through the network."""
    profile: Profile = "server"
    """In the profile "browser" the Fetch Standard holds to the letter. In the profile "server" a
    worker is its own user agent: what the standard forbids to protect the user of a browser, such
    as setting `Cookie`, may be a server's daily work.
    """
    http_cache: bool = False
    """Whether what is fetched is stored, as HTTP allows. In the profile "browser" it always is."""
    _records: dict[Callable[[Any], Any], Any] = field(default_factory=dict, init=False, repr=False)


_default_host: Host | None = None


def default_host() -> Host:
    """The host of code that runs in no worker: a plain script, or a thread that a worker started.

    Whoever starts the process may choose it, so that what holds for its workers holds for their
    threads, too.
    """
    global _default_host
    if _default_host is None:
        _default_host = Host()
    return _default_host


def use_default_host(host: Host | None) -> None:
    """Let `default_host` be this one; None is one that is made anew."""
    global _default_host
    _default_host = host
