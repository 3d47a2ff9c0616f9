"""Service: what the connections of a server have in common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from ..fetch.infrastructure import FetchController
from ..fetch.requests import RequestRecord
from ..fetch.responses import FilteredResponse, ResponseRecord
from ..host.clock import Clock, SystemClock
from ..http.dates import imf_fixdate
from ..http.fields import MessageFailure
from ..url.url_parsing import url_parser
from ..url.writing import URLFailure
from .config import Config

if TYPE_CHECKING:
    from ..websocket_protocol.connection import Budget
    from .exchange import Exchange

Answer: TypeAlias = ResponseRecord | FilteredResponse | None
RequestHandler: TypeAlias = Callable[[RequestRecord, FetchController], "Answer | Awaitable[Answer]"]
Log: TypeAlias = Callable[["Exchange"], object]


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
        self._second = -1
        self._date = ""

    @property
    def websocket_budget(self) -> Budget:
        """The memory that the messages of all WebSockets share."""
        if self._websocket_budget is None:
            from ..websocket_protocol.connection import Budget

            self._websocket_budget = Budget(self.config.websocket_messages)
        return self._websocket_budget

    def date(self) -> str:
        """The Date of a response that is sent now; it is made once a second."""
        second = int(self.clock.wall())
        if second != self._second:
            self._second = second
            self._date = imf_fixdate(second)
        return self._date

    def check_url(self, url: str, authority: str) -> None:
        """MessageFailure if a URL is none. Only its authority can be wrong: path and query of an
        http URL can be anything.
        """
        try:
            url_parser(url)
        except URLFailure:
            raise MessageFailure(f"{url[:80]!r} is not a URL") from None
        # A client does not decide how much memory they take.
        if len(self.known_authorities) < 1000 and len(authority) < 256:
            self.known_authorities.add(authority)
