"""Service: what the connections of a server have in common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias

from ..fetch.infrastructure import FetchController
from ..fetch.requests import RequestRecord
from ..fetch.responses import FilteredResponse, ResponseRecord
from ..host.clock import Clock, SystemClock
from ..host.network import Address
from ..http.dates import imf_fixdate
from ..http.fields import MessageFailure
from ..http.message import RequestHead
from ..url.url_parsing import url_parser
from ..url.writing import URLFailure
from .config import Config

if TYPE_CHECKING:
    from ..websocket_protocol.connection import Budget
    from ..websockets.websocket_connections import ConnectionLimits


Answer: TypeAlias = ResponseRecord | FilteredResponse | None
RequestHandler: TypeAlias = Callable[[RequestRecord, FetchController], "Answer | Awaitable[Answer]"]


class Logged(Protocol):
    """What there is to say of an exchange."""

    @property
    def request(self) -> RequestHead:
        """What was asked for."""

    @property
    def status(self) -> int:
        """0 if the client has left before there was one."""

    @property
    def received(self) -> int:
        """Bytes of content that have been received."""

    @property
    def sent(self) -> int:
        """Bytes of content that have been sent."""

    @property
    def remote_address(self) -> Address:
        """Where the client is."""

    @property
    def duration(self) -> float:
        """Seconds since the head of the request was there."""

    @property
    def wall_time(self) -> float:
        """What time it is, in seconds since 1970."""


Log: TypeAlias = Callable[[Logged], object]


class Service:
    """Who answers, how much is put up with, and what time it is. `log` is called after each
    exchange.
    """

    __slots__ = (
        "_date",
        "_second",
        "clock",
        "config",
        "handle_request",
        "is_draining",
        "known_authorities",
        "log",
        "_websocket_budget",
        "_websocket_limits",
    )

    def __init__(
        self,
        handle_request: RequestHandler,
        config: Config = Config(),
        clock: Clock | None = None,
        log: Log | None = None,
    ) -> None:
        self.handle_request = handle_request
        self.config = config
        self.clock: Clock = SystemClock() if clock is None else clock
        self.log = log
        self.is_draining = False  # whether what goes on is to be the last
        self.known_authorities: set[str] = set()
        self._websocket_budget: Budget | None = None
        self._websocket_limits: ConnectionLimits | None = None
        self._second = -1
        self._date = ""

    @property
    def websocket_budget(self) -> Budget:
        """The memory that the messages of all WebSockets share."""
        if self._websocket_budget is None:
            from ..websocket_protocol.connection import Budget

            self._websocket_budget = Budget(self.config.websocket_messages)
        return self._websocket_budget

    @property
    def websocket_limits(self) -> ConnectionLimits:
        """Those of each WebSocket."""
        if self._websocket_limits is None:
            from ..websockets.websocket_connections import ConnectionLimits

            config = self.config
            self._websocket_limits = ConnectionLimits(
                config.websocket_message,
                config.websocket_unsent,
                config.websocket_ping_timeout,
                config.websocket_idle_timeout,
            )
        return self._websocket_limits

    def date(self) -> str:
        """The Date of a response that is sent now; it is made once a second."""
        second = int(self.clock.wall())
        if second != self._second:
            self._second = second
            self._date = imf_fixdate(second)
        return self._date

    def check_url(self, url: str, authority: str) -> None:
        """MessageFailure if it is not a URL. Only its authority can be wrong: path and query of an
        http URL can be anything.
        """
        try:
            url_parser(url)
        except URLFailure:
            raise MessageFailure(f"{url[:80]!r} is not a URL") from None
        # A client does not decide how much memory they take.
        if len(self.known_authorities) < 1000 and len(authority) < 256:
            self.known_authorities.add(authority)
