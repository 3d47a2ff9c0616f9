"""The CloseEvent interface: how a WebSocket has ended.

WebSockets Standard, 6: https://websockets.spec.whatwg.org/#the-closeevent-interface
"""

from __future__ import annotations

from typing import Unpack

from ..dom.event import Event, EventInit, inner_event_creation_steps
from ..webidl.dictionaries import to_dictionary
from ..webidl.type_mapping import to_integer, to_usv_string


class CloseEventInit(EventInit, total=False):
    """https://websockets.spec.whatwg.org/#dictdef-closeeventinit"""

    wasClean: bool
    code: int
    reason: str


class CloseEvent(Event):
    """https://websockets.spec.whatwg.org/#closeevent"""

    __slots__ = ("_code", "_reason", "_was_clean")

    def __init__(
        self,
        type: str,
        eventInitDict: CloseEventInit | CloseEvent | None = None,
        **members: Unpack[CloseEventInit],
    ) -> None:
        """https://websockets.spec.whatwg.org/#dom-closeevent-closeevent"""
        init = to_dictionary(CloseEventInit, eventInitDict, members)
        inner_event_creation_steps(self, type, init)
        self._was_clean = bool(init.get("wasClean"))
        self._code = to_integer(init.get("code", 0), 16)
        self._reason = to_usv_string(init.get("reason", ""))

    @property
    def wasClean(self) -> bool:
        """Whether both sides have said that they close.

        https://websockets.spec.whatwg.org/#dom-closeevent-wasclean
        """
        return self._was_clean

    @property
    def code(self) -> int:
        """Why the other side closed: 1005 if it did not say, 1006 if it did not close at all.

        https://websockets.spec.whatwg.org/#dom-closeevent-code
        """
        return self._code

    @property
    def reason(self) -> str:
        """The other side's words for it.

        https://websockets.spec.whatwg.org/#dom-closeevent-reason
        """
        return self._reason
