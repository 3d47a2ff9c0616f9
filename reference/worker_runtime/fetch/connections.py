"""Connections: the pool that keeps them between one request and the next.

Fetch Standard, 2.6: https://fetch.spec.whatwg.org/#connections
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Callable
from typing import NamedTuple
from weakref import WeakKeyDictionary

from ..host.clock import Clock, TimerHandle
from ..host.host import Host
from ..host.network import ByteStream, ClientTLS, Network, TCPAddress
from ..host.timeouts import Timeouts
from ..host.tls import TruncatedTLS
from ..html.event_loops import EventLoop, in_parallel, relevant_event_loop
from ..html.settings_objects import EnvironmentSettingsObject
from ..http.connection import ClientConnection
from ..http.edge import Edge
from ..http.failures_and_timeouts import Awaited
from ..url.host_serializing import host_serializer
from ..url.url_representation import URLRecord
from .network_partition_keys import NetworkPartitionKey
from .resolving_domains import resolve_an_origin
from .timing_info import ConnectionTimingInfo

IDLE_TIMEOUT = 15.0  # seconds that a connection is kept for another request
MOST_IDLE_OF_A_KEY = 32
MOST_KEYS = 256
DEFAULT_PORTS = {"http": 80, "https": 443}


class ConnectionKey(NamedTuple):
    """What has to be the same for a connection to be used again.

    https://fetch.spec.whatwg.org/#connection-key
    """

    network_partition_key: NetworkPartitionKey | None
    network: Network
    scheme: str
    host: str
    port: int
    credentials: bool


class PooledConnection(Edge[ClientConnection]):
    """An HTTP/1.1 connection to an origin; it has one request at a time. One that `is_shared` is
    kept for the next request.

    Part of https://fetch.spec.whatwg.org/#concept-connection
    """

    __slots__ = (
        "_has_ended", "_is_lenient", "_pool", "has_been_used", "idle_since", "is_shared", "key",
        "on_end", "timeouts", "timing_info",
    )  # fmt: skip

    def __init__(
        self,
        pool: ConnectionPool,
        key: ConnectionKey,
        stream: ByteStream,
        timeouts: Timeouts,
        is_lenient: bool,
        timing_info: ConnectionTimingInfo,
    ) -> None:
        http = ClientConnection(is_lenient=is_lenient)
        content = timeouts.content
        super().__init__(stream, http, pool.clock, self._on_missed_deadline, content, content)
        self._pool = pool
        self._is_lenient = is_lenient
        self.timeouts = timeouts  # of whom it is in use by
        self.key = key
        self.timing_info = timing_info
        self.has_been_used = False  # for a request before this one
        self.is_shared = True
        self.idle_since: float | None = None  # None: it is in use
        self._has_ended = False
        # Its user, when it is not in `receive`, is told here that the server has nothing more to
        # say.
        self.on_end: Callable[[], object] | None = None
        stream.on_end = self._end

    @property
    def event_loop(self) -> EventLoop:
        """The loop that its pool belongs to."""
        return self._pool.event_loop

    def use(self, timeouts: Timeouts) -> None:
        """It is taken from the pool for somebody who has so much time."""
        self.timeouts = timeouts
        self.content_timeout = self.taking_timeout = timeouts.content

    @property
    def has_ended_in_order(self) -> bool:
        """Whether an end that has come is one that counts."""
        failure = self.stream.failure
        return failure is None or (self._is_lenient and isinstance(failure, TruncatedTLS))

    async def receive(self) -> None:
        """Take in what the server sends next. OSError if the connection is lost or given up."""
        try:
            await super().receive()
        except TruncatedTLS:
            if not self._is_lenient:
                raise
            self.http.receive_data(b"")  # an end like any other, as browsers have it

    def release(self) -> None:
        """The response is there to its end: keep the connection for the next request, if all of
        this one is sent, and server and pool want that.
        """
        self.on_end = None
        if (
            self.http.may_go_on
            and self.is_shared
            and not self._has_ended
            and not self.http.has_unused_data
            and not self.stream.take()
        ):
            self._pool.keep(self)
        else:
            self.close()

    def leave_to_another_protocol(self) -> bytes:
        """The caller owns the stream from now on. What the server has sent in the other
        protocol is returned.

        Part of https://www.rfc-editor.org/rfc/rfc9110#section-15.2.2
        """
        self._part()
        return self.http.take_unused_data()

    def close(self) -> None:
        """End the connection now, whatever goes on."""
        self._part()
        self.stream.abort()

    def _part(self) -> None:
        self.on_end = self.stream.on_data = self.stream.on_end = None
        self.deadlines.cancel()
        self._pool.forget(self)

    def _on_missed_deadline(self, awaited: Awaited) -> None:
        match awaited:
            case "head":
                message = f"no response within {self.timeouts.head:g} seconds"
            case "content":
                message = f"no more content within {self.timeouts.content:g} seconds"
            case _:
                message = (
                    "the server takes no more of the request within "
                    f"{self.timeouts.content:g} seconds"
                )
        self.give_up(TimeoutError(message))

    def _end(self) -> None:
        self._has_ended = True
        if self.idle_since is not None:
            self.close()
        elif self.on_end is not None:
            self.on_end()


class ConnectionPool:
    """The connections of an event loop: those that are in use, and those that wait for another
    request.

    The pool belongs to the loop: when asyncio shuts the loop down, every connection is closed.

    https://fetch.spec.whatwg.org/#concept-connection-pool
    """

    __slots__ = ("_alarm", "_idle", "_in_use", "_lifetime", "clock", "event_loop")

    def __init__(self, event_loop: EventLoop, clock: Clock) -> None:
        self.event_loop = event_loop
        self.clock = clock
        self._in_use: set[PooledConnection] = set()
        self._idle: dict[ConnectionKey, deque[PooledConnection]] = {}
        self._alarm: TimerHandle | None = None
        # asyncio closes the asynchronous generators that have begun when a loop ends; this one has,
        # from here on.
        self._lifetime = self._live()
        try:
            self._lifetime.asend(None).send(None)
        except StopIteration:
            pass

    async def _live(self) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            connections = [
                *self._in_use,
                *(connection for waiting in self._idle.values() for connection in waiting),
            ]
            for connection in connections:
                connection.close()
            for connection in connections:
                await connection.stream.wait_closed()
            if self._alarm is not None:
                self._alarm.cancel()

    def take(self, key: ConnectionKey) -> PooledConnection | None:
        """A connection that has waited for another request, if there is one; the one that was used
        last.
        """
        waiting = self._idle.get(key)
        if not waiting:
            return None
        connection = waiting.pop()
        if not waiting:
            del self._idle[key]
        connection.stream.on_data = None
        connection.idle_since = None
        connection.has_been_used = True
        self._in_use.add(connection)
        return connection

    def add(self, connection: PooledConnection) -> None:
        """It is in use from now on."""
        self._in_use.add(connection)

    def keep(self, connection: PooledConnection) -> None:
        """Let it wait for another request, until it has waited for too long, the server ends it, or
        there are too many.
        """
        self._in_use.discard(connection)
        waiting = self._idle.setdefault(connection.key, deque())
        waiting.append(connection)
        connection.idle_since = self.clock.monotonic()
        # What a server sends without being asked, before it hangs up, is no response to the next
        # request.
        connection.stream.on_data = lambda data: connection.close()
        if len(waiting) > MOST_IDLE_OF_A_KEY:
            waiting[0].close()
        if len(self._idle) > MOST_KEYS:
            next(iter(self._idle.values()))[0].close()
        if self._alarm is None:
            self._alarm = self.clock.call_later(
                IDLE_TIMEOUT, self._close_those_that_wait_for_too_long
            )

    def forget(self, connection: PooledConnection) -> None:
        """It is not to be used again."""
        self._in_use.discard(connection)
        waiting = self._idle.get(connection.key)
        if waiting is not None and connection in waiting:
            waiting.remove(connection)
            if not waiting:
                del self._idle[connection.key]

    def _close_those_that_wait_for_too_long(self) -> None:
        self._alarm = None
        oldest = self.clock.monotonic() - IDLE_TIMEOUT
        for waiting in list(self._idle.values()):
            while waiting and (waiting[0].idle_since or 0) <= oldest:
                waiting[0].close()
        if self._idle:
            due = min(waiting[0].idle_since or 0 for waiting in self._idle.values()) - oldest
            self._alarm = self.clock.call_later(due, self._close_those_that_wait_for_too_long)


class _ConnectionPools:
    """The pools of an event loop, by the hosts that reach others through them."""

    __slots__ = ("_event_loop", "_pools")

    def __init__(self, event_loop: EventLoop) -> None:
        self._event_loop = event_loop
        self._pools: WeakKeyDictionary[Host, ConnectionPool] = WeakKeyDictionary()

    def pool_of(self, host: Host) -> ConnectionPool:
        """The pool of a host, made when it is first asked for."""
        pool = self._pools.get(host)
        if pool is None:
            pool = self._pools[host] = ConnectionPool(self._event_loop, host.clock)
        return pool


def connection_pool(client: EnvironmentSettingsObject) -> ConnectionPool:
    """The pool of the event loop that is running; RuntimeError if none is.

    Part of https://fetch.spec.whatwg.org/#concept-connection-pool
    """
    return relevant_event_loop().record(_ConnectionPools).pool_of(client.host)


async def obtain_a_connection(
    client: EnvironmentSettingsObject,
    network_partition_key: NetworkPartitionKey | None,
    url: URLRecord,
    credentials: bool,
    new: bool = False,
) -> PooledConnection:
    """A connection to the origin of a URL, by the network of the client; OSError with the reason if
    there is none to be had.

    https://fetch.spec.whatwg.org/#concept-connection-obtain
    """
    pool = connection_pool(client)
    assert url.host is not None
    port = DEFAULT_PORTS[url.scheme] if url.port is None else url.port
    key = ConnectionKey(
        network_partition_key, client.host.network, url.scheme, host_serializer(url.host), port,
        credentials,
    )  # fmt: skip
    connection = None if new else pool.take(key)
    if connection is None:
        connection = await create_a_connection(client, pool, key)
    else:
        connection.use(client.host.timeouts)
    connection.is_shared = not new
    return connection


async def create_a_connection(
    client: EnvironmentSettingsObject, pool: ConnectionPool, key: ConnectionKey
) -> PooledConnection:
    """https://fetch.spec.whatwg.org/#create-a-connection"""
    host = key.host.strip("[]")
    # The final dot of a name is no part of what certificates are for.
    tls = ClientTLS(host.removesuffix(".")) if key.scheme == "https" else None
    clock = client.host.clock
    start_time = clock.monotonic()
    address = TCPAddress(resolve_an_origin(host), key.port)
    dialling = in_parallel(client.host.network.dial(address, tls))
    is_too_late = False

    def give_up() -> None:
        nonlocal is_too_late
        is_too_late = True
        dialling.cancel()

    alarm = clock.call_later(client.host.timeouts.connect, give_up)
    try:
        stream = await dialling
    except BaseException:
        if is_too_late:
            raise TimeoutError(
                f"no connection within {client.host.timeouts.connect:g} seconds"
            ) from None
        if dialling.done() and not dialling.cancelled() and dialling.exception() is None:
            dialling.result().abort()  # it came about just when nobody wanted it any more
        dialling.cancel()
        raise
    finally:
        alarm.cancel()
    # DEVIATION: in the profile "server" a Content-Length that is no number is an error, and so is
    # TLS that ends without its closure alert, as RFC 9112, 6.3 and 9.8, has it; by the standard it
    # is as if there were no such field.
    is_lenient = client.host.profile == "browser"
    connection = PooledConnection(
        pool, key, stream, client.host.timeouts, is_lenient,
        record_connection_timing_info(stream, start_time, clock.monotonic()),
    )  # fmt: skip
    pool.add(connection)
    return connection


def record_connection_timing_info(
    stream: ByteStream, start_time: float, end_time: float
) -> ConnectionTimingInfo:
    """The network that dials looks names up by itself, so that this is a part of connecting.

    https://fetch.spec.whatwg.org/#record-connection-timing-info
    """
    return ConnectionTimingInfo(
        domain_lookup_start_time=start_time,
        domain_lookup_end_time=start_time,
        connection_start_time=start_time,
        connection_end_time=end_time,
        secure_connection_start_time=(
            max(start_time, stream.connected_at) if stream.is_secure else None
        ),
        alpn_negotiated_protocol=stream.application_protocol or "http/1.1",
    )
