"""The CloseEvent interface: how a WebSocket has ended.

WebSockets Standard, 6: https://websockets.spec.whatwg.org/#the-closeevent-interface
"""

from __future__ import annotations

from ..dom.event import Event
from ..webidl.type_mapping import to_integer, to_usv_string


class CloseEvent(Event):
    """https://websockets.spec.whatwg.org/#closeevent"""

    __slots__ = ("_code", "_reason", "_was_clean")

    def __init__(
        self,
        type: str,
        *,
        bubbles: bool = False,
        cancelable: bool = False,
        composed: bool = False,
        wasClean: bool = False,
        code: int = 0,
        reason: str = "",
    ) -> None:
        """https://websockets.spec.whatwg.org/#dom-closeevent-closeevent"""
        super().__init__(type, bubbles=bubbles, cancelable=cancelable, composed=composed)
        self._was_clean = bool(wasClean)
        self._code = to_integer(code, 16)
        self._reason = to_usv_string(reason)

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
